//! What the desk of partners knows beyond creating and changing them: where to write to, what they are to us, and what is known of a person.

use crm_core::record::{AddressType, PartnerRole};
use crm_core::{FieldKind, Frame, PartnerId, Record as _, Result, Row};

use crate::catalog;
use crate::desk::{many, one, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr};
use crate::edge::{array, text, value};

fn rows(roles: &[PartnerRole]) -> Vec<Row> {
    roles.iter().map(PartnerRole::row).collect()
}

/// The card with the address to use of a partner for a purpose (`contact`, `invoice`, `delivery`, `private`, `other`); its id says whose it
/// is. The partner's own card for that, else one below it, else the same from the one it belongs to; then whatever address is its own or
/// of those above; then its own card. `out` receives a partner; end it with `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_address_for(
    session: *const CrmSession,
    id: i64,
    kind: CrmStr,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let kind = AddressType::parse(text(kind, "kind")?)?;
        Ok(session.partners().address_for(PartnerId(id), kind)?.row())
    })
}

/// What a partner is and was to us, the earliest first. `out` receives partner roles; end it with `crm_list_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_roles(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| Ok(rows(&session.partners().roles(PartnerId(id))?)))
}

/// What a partner is to us on a day, in days since 1970-01-01; several roles may hold, or none. `out` receives partner roles; end it with
/// `crm_list_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_role_as_of(
    session: *const CrmSession,
    id: i64,
    date_days: i64,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        let date = value::date_from_days(date_days)?;
        Ok(rows(&session.partners().role_as_of(PartnerId(id), date)?))
    })
}

/// Everything that is known of a person. One row, one column: `data`, a JSON object with `own` and `told` (records that are theirs, and
/// others' that tell of them, by kind), `roles`, `external_ids`, `states` of their deals, `feed`, `merges`, `partner_id`, `date`. For
/// administrators of all companies; a company is refused. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_subject_export(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let known = session.partners().subject_export(PartnerId(id))?;
        let mut frame = Frame::new([("data", FieldKind::Text)]);
        frame.push([known.into()]);
        Ok(frame)
    })
}

/// Forgets a person: afterwards no text of theirs is in the database, nor in its files, which are written anew. Numbers, times, kinds,
/// amounts and outcomes stay. `holds` are kinds of record that are kept (`CRM_KIND_LEAD`, `CRM_KIND_MESSAGE`, `CRM_KIND_ACTIVITY`). A row for
/// each sort of thing: `record`, `erased`, `kept`. Not within an open transaction. `CRM_E_STORAGE` with code 701: a reader of an older
/// state keeps the file from being written anew; it is erased by then, and the same call does the rest. For administrators of all
/// companies; a company is refused. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_subject_erase(
    session: *const CrmSession,
    id: i64,
    holds: *const i32,
    hold_count: usize,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let holds = array(holds, hold_count, "holds")?.iter().map(|kind| catalog::kind(*kind));
        let holds = holds.collect::<Result<Vec<_>>>()?;
        Ok(session.partners().subject_erase(PartnerId(id), &holds)?.frame())
    })
}
