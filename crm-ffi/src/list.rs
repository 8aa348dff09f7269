//! Reading a `crm_list`.

use crate::edge::abi::{CrmError, CrmList, CrmRecord, CrmStatus};
use crate::edge::guard::guard_or_default;
use crate::edge::{Out, guard, release, take};

/// How many records it has; 0 for nonsense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_list_len(list: *const CrmList) -> usize {
    guard_or_default(|| Ok(take(list)?.len()))
}

/// The id of the record at `index`, from 0; 0 outside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_list_id(list: *const CrmList, index: usize) -> i64 {
    guard_or_default(|| Ok(take(list)?.id(index).unwrap_or_default()))
}

/// The record at `index`, from 0. It belongs to the list and goes with it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_list_at(
    list: *const CrmList,
    index: usize,
    out: *mut *const CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(take(list)?.at(index)?);
        Ok(())
    })
}

/// Ends a list, its records and the texts they gave. Null is fine; twice is `CRM_E_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_list_free(list: *mut CrmList) -> CrmStatus {
    guard(std::ptr::null_mut(), || release(list.cast_const()))
}
