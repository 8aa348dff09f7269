// A copy of stage.rs, written by the test `desks`; do not edit.

//! The desk of every target: create, get, find, count, frame, update, delete.

use crm_core::RecordKind;

use crate::desk;
use crate::edge::abi::{
    CrmError, CrmFields, CrmFrame, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr,
};
use crate::edge::option::CrmFindOptions;

const KIND: RecordKind = RecordKind::Target;

/// Creates a target. `out` receives it as stored; end it with `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_create(
    session: *const CrmSession,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::create(KIND, session, fields, out, err)
}

/// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_create_many(
    session: *const CrmSession,
    fields: *const *const CrmFields,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::create_many(KIND, session, fields, count, out, err)
}

/// The target with that id, archived or not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_get(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::get(KIND, session, id, out, err)
}

/// The target that another system knows by that id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_get_external(
    session: *const CrmSession,
    system: CrmStr,
    external_id: CrmStr,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::get_external(KIND, session, system, external_id, out, err)
}

/// What the options look for; null: all active ones. End `out` with `crm_list_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_find(
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::find(KIND, session, find, out, err)
}

/// How many match the filter; empty: all active ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_count(
    session: *const CrmSession,
    filter: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::count(KIND, session, filter, out, err)
}

/// As `crm_target_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_frame(
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::frame(KIND, session, find, out, err)
}

/// Changes the fields that are set, and no other. `out` receives the target as stored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_update(
    session: *const CrmSession,
    id: i64,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::update(KIND, session, id, fields, out, err)
}

/// Changes several in the same way, all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_update_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    fields: *const CrmFields,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::update_many(KIND, session, ids, count, fields, out, err)
}

/// Deletes a target; `CRM_E_CONFLICT` while others refer to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_delete(
    session: *const CrmSession,
    id: i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::delete(KIND, session, id, err)
}

/// Deletes several, all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_delete_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::delete_many(KIND, session, ids, count, err)
}
