//! Reading a `crm_frame`: cell by cell, from row 0 and column 0, or whole as an Arrow C stream. An empty cell reads as zero.

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use crm_core::Result;

use crate::edge::abi::{
    CRM_TYPE_BOOL, CRM_TYPE_DATE, CRM_TYPE_DECIMAL, CRM_TYPE_FLOAT, CRM_TYPE_INT, CRM_TYPE_TEXT,
    CRM_TYPE_TIME, CrmError, CrmFrame, CrmIds, CrmStatus, CrmStr,
};
use crate::edge::frame::FrameObject;
use crate::edge::guard::guard_or_default;
use crate::edge::{Out, guard, release, take, text, value};

/// One getter: checks the place, finds the frame, reads, gives.
fn get<T>(
    frame: *const CrmFrame,
    out: *mut T,
    err: *mut *mut CrmError,
    read: impl FnOnce(&FrameObject) -> Result<T>,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(read(&*take(frame)?)?);
        Ok(())
    })
}

/// How many rows it has; 0 for nonsense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_rows(frame: *const CrmFrame) -> usize {
    guard_or_default(|| Ok(take(frame)?.rows()))
}

/// How many columns it has; 0 for nonsense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_columns(frame: *const CrmFrame) -> usize {
    guard_or_default(|| Ok(take(frame)?.columns()))
}

/// The name of a column; empty outside. Lives as long as the frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_name(frame: *const CrmFrame, column: usize) -> CrmStr {
    guard_or_default(|| take(frame)?.name(column))
}

/// The type of a column, `CRM_TYPE_…`; 0 outside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_type(frame: *const CrmFrame, column: usize) -> i32 {
    guard_or_default(|| Ok(value::column_type(&take(frame)?.column(column)?.data)))
}

/// The number of the column of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_column(
    frame: *const CrmFrame,
    name: CrmStr,
    out: *mut usize,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| frame.find(text(name, "name")?))
}

/// Whether the cell is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_is_null(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| frame.is_null(row, column))
}

/// A truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_bool(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| {
        let (name, value) = frame.typed(row, column, CRM_TYPE_BOOL)?;
        value::truth(&value, name)
    })
}

/// A whole number, or the id of a record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_i64(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| {
        let (name, value) = frame.typed(row, column, CRM_TYPE_INT)?;
        value::int(&value, name)
    })
}

/// Any number as the nearest float: for charts, not for sums.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_f64(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut f64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| {
        let (name, value) = frame.typed(row, column, CRM_TYPE_FLOAT)?;
        value::real(&value, name)
    })
}

/// Text, or the word of a choice. Lives as long as the frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_text(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| frame.text(row, column, CRM_TYPE_TEXT))
}

/// An exact number as text. Lives as long as the frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_decimal_text(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| frame.text(row, column, CRM_TYPE_DECIMAL))
}

/// A civil date in days since 1970-01-01.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_date_days(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| {
        let (name, value) = frame.typed(row, column, CRM_TYPE_DATE)?;
        value::days(&value, name)
    })
}

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_time_micros(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| {
        let (name, value) = frame.typed(row, column, CRM_TYPE_TIME)?;
        value::micros(&value, name)
    })
}

/// Ids of several records. They live as long as the frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_ids(
    frame: *const CrmFrame,
    row: usize,
    column: usize,
    out: *mut CrmIds,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(frame, out, err, |frame| frame.ids(row, column))
}

/// The whole frame as an Arrow C stream of one batch. The caller ends it by its `release`; it outlives the frame and the database.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_arrow(
    frame: *const CrmFrame,
    out: *mut FFI_ArrowArrayStream,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        take(frame)?.stream(out)
    })
}

/// Ends a frame and the texts it gave. Null is fine; twice is `CRM_E_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_frame_free(frame: *mut CrmFrame) -> CrmStatus {
    guard(std::ptr::null_mut(), || release(frame.cast_const()))
}
