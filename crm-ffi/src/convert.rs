//! Making opportunities of leads, with their customers, in one go.

use crm_core::{Convert, Record as _, Result};

use crate::desk::{many, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmList, CrmSession, CrmStatus, CrmStr};
use crate::edge::option::{
    CRM_CONVERT_CREATE_PARTNER, CRM_CONVERT_DEDUPLICATE, CRM_CONVERT_KEEP_OWNERS, known_bits,
};
use crate::edge::{ids, optional_text};
use crate::lead::{leads, reference};

fn asked(
    partner_id: i64,
    user_ids: *const i64,
    user_count: usize,
    team_id: i64,
    flags: u64,
    key: CrmStr,
) -> Result<Convert> {
    let all = CRM_CONVERT_CREATE_PARTNER | CRM_CONVERT_DEDUPLICATE | CRM_CONVERT_KEEP_OWNERS;
    known_bits(flags, all, "flags")?;
    Ok(Convert {
        partner_id: reference(partner_id),
        create_partner: flags & CRM_CONVERT_CREATE_PARTNER != 0,
        user_id: None,
        user_ids: ids(user_ids, user_count)?.iter().copied().map(Into::into).collect(),
        team_id: reference(team_id),
        deduplicate: flags & CRM_CONVERT_DEDUPLICATE != 0,
        force: flags & CRM_CONVERT_KEEP_OWNERS == 0,
        key: optional_text(key, "key")?.map(str::to_owned),
    })
}

/// What `crm_lead_convert_all` will do; writes nothing. A row per lead, then per duplicate that is merged: `lead_id`; `what`: `convert`,
/// `keep` (an opportunity already), `merge` (`into_id` takes its place), or `archived`, `won`, `lost` (left as it is); `customer`: `own`,
/// `given`, `found`, `created` (of `partner_name`) or `none`; `partner_id`; `replaced`, what the
/// lead says and the customer's card says otherwise; `user_id` and `team_id` that it is given. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_plan_convert(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    partner_id: i64,
    user_ids: *const i64,
    user_count: usize,
    team_id: i64,
    flags: u64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let asked = asked(partner_id, user_ids, user_count, team_id, flags, CrmStr::default())?;
        Ok(session.leads().plan_convert(&leads(ids, count)?, &asked)?.frame())
    })
}

/// Makes opportunities of leads, all or none: of a customer (0: as they are), of salespeople who take turns, of a team (0: the
/// salesperson's), with `flags` `CRM_CONVERT_…`. Done again under the same `key` (empty: none) it changes nothing and answers the same leads.
/// Leads that were merged into one are answered once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_convert_all(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    partner_id: i64,
    user_ids: *const i64,
    user_count: usize,
    team_id: i64,
    flags: u64,
    key: CrmStr,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        let asked = asked(partner_id, user_ids, user_count, team_id, flags, key)?;
        let converted = session.leads().convert(&leads(ids, count)?, &asked)?;
        Ok(converted.iter().map(crm_core::Lead::row).collect())
    })
}
