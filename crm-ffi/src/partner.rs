//! What the desk of partners knows beyond creating and changing them: where to write to, and what they are to us.

use crm_core::record::{AddressType, PartnerRole};
use crm_core::{PartnerId, Record as _, Row};

use crate::desk::{many, one};
use crate::edge::abi::{CrmError, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr};
use crate::edge::{text, value};

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
