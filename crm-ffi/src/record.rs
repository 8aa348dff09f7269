//! Reading a `crm_record`, by field number (`CRM_LEAD_NAME`) or by name. An empty field reads as zero; ask `crm_record_is_null`.

use crm_core::Result;

use crate::catalog;
use crate::edge::abi::{
    CRM_TYPE_BOOL, CRM_TYPE_DATE, CRM_TYPE_FLOAT, CRM_TYPE_IDS, CRM_TYPE_INT, CRM_TYPE_TIME,
    CrmError, CrmIds, CrmMoney, CrmRecord, CrmStatus, CrmStr,
};
use crate::edge::guard::guard_or_default;
use crate::edge::record::RecordObject;
use crate::edge::{Out, guard, release, take, text, value};

/// One getter: checks the place, finds the record, reads, gives.
fn get<T>(
    record: *const CrmRecord,
    out: *mut T,
    err: *mut *mut CrmError,
    read: impl FnOnce(&RecordObject) -> Result<T>,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(read(&*take(record)?)?);
        Ok(())
    })
}

/// The record's id; 0 for nonsense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_id(record: *const CrmRecord) -> i64 {
    guard_or_default(|| Ok(take(record)?.row().id()))
}

/// The record's kind, `CRM_KIND_…`; -1 for nonsense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_kind(record: *const CrmRecord) -> i32 {
    let kind = guard_or_default(|| Ok(Some(take(record)?.row().table().kind)));
    kind.map_or(-1, catalog::number)
}

/// Whether the field is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_is_null(
    record: *const CrmRecord,
    field: u32,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| Ok(record.value(field)?.1.is_null()))
}

/// A truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_bool(
    record: *const CrmRecord,
    field: u32,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(field, CRM_TYPE_BOOL)?;
        value::truth(value, name)
    })
}

/// A whole number, or the id of a record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_i64(
    record: *const CrmRecord,
    field: u32,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(field, CRM_TYPE_INT)?;
        value::int(value, name)
    })
}

/// Any number as the nearest float: for charts, not for sums.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_f64(
    record: *const CrmRecord,
    field: u32,
    out: *mut f64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(field, CRM_TYPE_FLOAT)?;
        value::real(value, name)
    })
}

/// Text, or the word of a choice. Lives as long as the record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_text(
    record: *const CrmRecord,
    field: u32,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| record.text(field))
}

/// An exact number as text: money in major units ("1250.50"), percent ("12.5000"). Lives as long as the record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_decimal_text(
    record: *const CrmRecord,
    field: u32,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| record.decimal_text(field))
}

/// Money in minor units with its currency.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_money(
    record: *const CrmRecord,
    field: u32,
    out: *mut CrmMoney,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| record.money(field))
}

/// A percentage in parts per million: 125000 is 12.5 %.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_ppm(
    record: *const CrmRecord,
    field: u32,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| record.ppm(field))
}

/// A civil date in days since 1970-01-01.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_date_days(
    record: *const CrmRecord,
    field: u32,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(field, CRM_TYPE_DATE)?;
        value::days(value, name)
    })
}

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_time_micros(
    record: *const CrmRecord,
    field: u32,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(field, CRM_TYPE_TIME)?;
        value::micros(value, name)
    })
}

/// Ids of several records, ascending. They live as long as the record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_ids(
    record: *const CrmRecord,
    field: u32,
    out: *mut CrmIds,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(field, CRM_TYPE_IDS)?;
        value::id_list(value, name)
    })
}

/// As `crm_record_text`, by name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_get_text(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| record.text(record.number(text(name, "name")?)?))
}

/// As `crm_record_i64`, by name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_get_i64(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| {
        let (name, value) = record.typed(record.number(text(name, "name")?)?, CRM_TYPE_INT)?;
        value::int(value, name)
    })
}

/// As `crm_record_decimal_text`, by name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_get_decimal_text(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| record.decimal_text(record.number(text(name, "name")?)?))
}

/// The whole record as a JSON object: decimals, dates and instants as text. Lives as long as the record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_json(
    record: *const CrmRecord,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, out, err, |record| Ok(record.json()))
}

/// Ends a record and the texts it gave. Null is fine; twice is `CRM_E_CLOSED`; a list's record is `CRM_E_INVALID`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_free(record: *mut CrmRecord) -> CrmStatus {
    guard(std::ptr::null_mut(), || release(record.cast_const()))
}
