//! Rights: who may do what, and why.

use crm_core::UserId;

use crate::catalog;
use crate::desk::table;
use crate::edge::abi::{CrmError, CrmFrame, CrmSession, CrmStatus, CrmStr};
use crate::edge::text;

/// Whether a user may `read`, `create`, `update` or `delete` the record `id` of a kind (`CRM_KIND_LEAD`, …), 0: records of the kind at all. A
/// row per ground: `can` (whether all hold, in each row the same), `about`, `holds`, `reason`. Others are the administrator's to ask about. End
/// `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_access_why_can(
    session: *const CrmSession,
    user_id: i64,
    operation: CrmStr,
    kind: i32,
    id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let (operation, kind) = (text(operation, "operation")?, catalog::kind(kind)?);
        let id = (id != 0).then_some(id);
        Ok(session.access().why_can(UserId(user_id), operation, kind, id)?.frame())
    })
}
