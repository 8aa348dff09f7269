//! Custom values: reading those of a record by their names. A value that the record lacks is empty, and reads as zero.

use crm_core::Result;

use crate::edge::abi::{CrmError, CrmRecord, CrmStatus, CrmStr};
use crate::edge::guard::guard_or_default;
use crate::edge::record::RecordObject;
use crate::edge::{Out, guard, take, text, value};

/// One getter: checks the place, finds the record, reads, gives.
fn get<T>(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut T,
    err: *mut *mut CrmError,
    read: impl FnOnce(&RecordObject, &str) -> Result<T>,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(read(&*take(record)?, text(name, "name")?)?);
        Ok(())
    })
}

/// How many custom values the record has; 0 for nonsense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_count(record: *const CrmRecord) -> usize {
    guard_or_default(|| take(record)?.property_count())
}

/// The name of the custom value at `index`, from 0, in alphabetical order. Lives as long as the record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_name(
    record: *const CrmRecord,
    index: usize,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(take(record)?.property_name(index)?);
        Ok(())
    })
}

/// Whether the record lacks that custom value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_is_null(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, name, out, err, |record, name| Ok(record.property(name)?.is_null()))
}

/// A custom truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_bool(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, name, out, err, |record, name| value::truth(record.property(name)?, name))
}

/// A custom number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_f64(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut f64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, name, out, err, |record, name| value::real(record.property(name)?, name))
}

/// A custom text, or the word of a selection. Lives as long as the record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_text(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, name, out, err, |record, name| record.property_text(name))
}

/// A custom date in days since 1970-01-01.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_record_property_date_days(
    record: *const CrmRecord,
    name: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    get(record, name, out, err, |record, name| value::days(record.property(name)?, name))
}
