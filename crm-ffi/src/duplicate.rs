//! Duplicates: leads and customers that are probably the same as one, or as each other.

use std::ffi::c_void;

use crm_core::duplicate::{
    Duplicate, DuplicateCluster, DuplicateOf, DuplicateQuery, DuplicateScan,
};
use crm_core::{Error, LeadId, PartnerId, Progress, RecordKind, Result};

use crate::catalog;
use crate::desk::table;
use crate::edge::abi::{CrmError, CrmFields, CrmFrame, CrmSession, CrmStatus};
use crate::edge::option::{CRM_DUPLICATES_INCLUDE_LOST, CRM_DUPLICATES_INCLUDE_WON, known_bits};
use crate::edge::progress::{Callback, CrmProgressFn};
use crate::fields::given;

fn of(kind: RecordKind, id: i64, candidate: *const CrmFields) -> Result<DuplicateOf> {
    match (kind, candidate.is_null()) {
        (kind, false) if id == 0 => Ok(DuplicateOf::Candidate(kind, given(candidate)?)),
        (_, false) => {
            Err(Error::invalid("candidate", "candidate: give it or an id, and 0 for the other"))
        }
        (RecordKind::Partner, true) => Ok(DuplicateOf::Partner(PartnerId(id))),
        (RecordKind::Lead, true) => Ok(DuplicateOf::Lead(LeadId(id))),
        (kind, true) => Err(Error::invalid(
            "kind",
            format!("kind: leads and partners have duplicates, a {} has none", kind.name()),
        )),
    }
}

/// Leads (`CRM_KIND_LEAD`) or partners (`CRM_KIND_PARTNER`) that are probably the same as one: as that of `id`, or with `id` 0 as one
/// that may be created with the fields of `candidate`, which is else null. `flags`: 0, or `CRM_DUPLICATES_INCLUDE_LOST`,
/// `CRM_DUPLICATES_INCLUDE_WON`. `out` receives a row per record and reason, the surest record first, then the newest: `record_id`,
/// `score` (1 to 99, of all its reasons), `field`, `value` (what they share), `strength` (1 to 99, of this reason). What this user does
/// not see is not found, and what is empty matches nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_duplicates_find(
    session: *const CrmSession,
    kind: i32,
    id: i64,
    candidate: *const CrmFields,
    flags: u64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        known_bits(flags, CRM_DUPLICATES_INCLUDE_LOST | CRM_DUPLICATES_INCLUDE_WON, "flags")?;
        let kind = catalog::kind(kind)?;
        let query = DuplicateQuery {
            of: of(kind, id, candidate)?,
            include_lost: flags & CRM_DUPLICATES_INCLUDE_LOST != 0,
            include_won: flags & CRM_DUPLICATES_INCLUDE_WON != 0,
        };
        Ok(Duplicate::frame(&session.duplicates().find(&query)?, kind))
    })
}

/// All leads or partners that reasons tie together, in groups that share no record. `least` is how strong a reason must be, 1 to 99; 0
/// is 80: the same address or phone number. `flags`: 0, or `CRM_DUPLICATES_INCLUDE_LOST`. `out` receives a row per record and reason:
/// `cluster` (the lowest id of its group), `record_id`, `field`, `value`, `strength`. `progress` may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_duplicates_scan(
    session: *const CrmSession,
    kind: i32,
    least: i64,
    flags: u64,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    let host = Callback { call: progress, user_data };
    table(session, out, err, |session| {
        known_bits(flags, CRM_DUPLICATES_INCLUDE_LOST, "flags")?;
        let usual = DuplicateScan::of(catalog::kind(kind)?);
        let scan = DuplicateScan {
            least: if least == 0 { usual.least } else { least },
            include_lost: flags & CRM_DUPLICATES_INCLUDE_LOST != 0,
            ..usual
        };
        let mut tell = |done, total| host.tell(done, total);
        let found = session.duplicates().scan(&scan, &mut Progress::new(&mut tell))?;
        Ok(DuplicateCluster::frame(&found, scan.record))
    })
}
