//! Reading a `crm_error`. Every getter takes nonsense and answers the type's zero.

use crate::edge::abi::{CRM_OK, CrmError, CrmStatus, CrmStr};
use crate::edge::guard::guard_or_default;
use crate::edge::{guard, release, take};

/// Its status code, as the failed call answered it; 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_code(error: *const CrmError) -> CrmStatus {
    guard_or_default(|| Ok(CrmStatus::try_from(take(error)?.error.code()).unwrap_or(CRM_OK)))
}

/// Its family in a word: invalid `not_found` denied conflict limit closed cancelled storage format host bug.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_kind(error: *const CrmError) -> CrmStr {
    guard_or_default(|| Ok(take(error)?.kind.lend()))
}

/// What was wrong, and what would be right. Lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_message(error: *const CrmError) -> CrmStr {
    guard_or_default(|| Ok(take(error)?.message.lend()))
}

/// The field to blame; empty if none is. Lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_field(error: *const CrmError) -> CrmStr {
    guard_or_default(|| Ok(take(error)?.field.lend()))
}

/// The kind of the record to blame, such as "lead"; empty if none is. Lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_record_kind(error: *const CrmError) -> CrmStr {
    guard_or_default(|| Ok(take(error)?.record_kind.lend()))
}

/// The id of the record to blame; 0 if none is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_record_id(error: *const CrmError) -> i64 {
    guard_or_default(|| Ok(take(error)?.error.subject().map_or(0, |subject| subject.id)))
}

/// Whether the same call may succeed when it is tried again unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_retryable(error: *const CrmError) -> bool {
    guard_or_default(|| Ok(take(error)?.error.is_retryable()))
}

/// The line, from 1, of the text that could not be read; 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_line(error: *const CrmError) -> u64 {
    guard_or_default(|| Ok(take(error)?.error.line().map_or(0, |(line, _)| line)))
}

/// The column, from 1, within that line; 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_column(error: *const CrmError) -> u64 {
    guard_or_default(|| Ok(take(error)?.error.line().map_or(0, |(_, column)| column)))
}

/// Ends an error and the texts it gave. Null is fine; twice is `CRM_E_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_error_free(error: *mut CrmError) -> CrmStatus {
    guard(std::ptr::null_mut(), || release(error.cast_const()))
}
