//! Building `crm_fields`: named values for `create` and `update`. What is not set is omitted; what is set to null is empty.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crm_core::{Date, Fields, Result, Timestamp, Value};

use crate::edge::abi::{CrmError, CrmFields, CrmStatus, CrmStr};
use crate::edge::handle::Handle;
use crate::edge::value::{finite, from_ids, parse_exact};
use crate::edge::{Out, guard, release, take, text};

impl Handle for CrmFields {
    type Object = Mutex<Fields>;
    const KIND: usize = 3;
    const NAME: &'static str = "crm_fields";
}

/// The values as they are now.
pub(crate) fn given(fields: *const CrmFields) -> Result<Fields> {
    Ok(take(fields)?.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Changes the values.
fn change(
    fields: *mut CrmFields,
    err: *mut *mut CrmError,
    change: impl FnOnce(&mut Fields) -> Result<()>,
) -> CrmStatus {
    guard(err, || {
        let fields = take(fields.cast_const())?;
        change(&mut fields.lock().unwrap_or_else(PoisonError::into_inner))
    })
}

/// Sets one value.
fn set(
    fields: *mut CrmFields,
    name: CrmStr,
    err: *mut *mut CrmError,
    value: impl FnOnce(&str) -> Result<Value>,
) -> CrmStatus {
    change(fields, err, |fields| {
        let name = text(name, "name")?;
        let value = value(name)?;
        fields.set(name.to_owned(), value);
        Ok(())
    })
}

/// No values yet. Release it with `crm_fields_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_new(
    out: *mut *mut CrmFields,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        Out::at(out, "out")?.hand(Mutex::new(Fields::new()));
        Ok(())
    })
}

/// Forgets all values, to start anew.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_clear(
    fields: *mut CrmFields,
    err: *mut *mut CrmError,
) -> CrmStatus {
    change(fields, err, |fields| {
        *fields = Fields::new();
        Ok(())
    })
}

/// Empties a field.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_null(
    fields: *mut CrmFields,
    name: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |_| Ok(Value::Null))
}

/// A truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_bool(
    fields: *mut CrmFields,
    name: CrmStr,
    value: bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |_| Ok(Value::Bool(value)))
}

/// A whole number, the id of a record, or an amount in whole major units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_i64(
    fields: *mut CrmFields,
    name: CrmStr,
    value: i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |_| Ok(Value::Int(value)))
}

/// A finite float. For money and percent prefer `crm_fields_set_decimal`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_f64(
    fields: *mut CrmFields,
    name: CrmStr,
    value: f64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |name| Ok(Value::Float(finite(value, name)?)))
}

/// An exact number written out: money in major units ("1250.50"), percent ("12.5").
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_decimal(
    fields: *mut CrmFields,
    name: CrmStr,
    value: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |name| Ok(Value::Decimal(parse_exact(text(value, name)?, name)?)))
}

/// Text, or the word of a choice. It is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_text(
    fields: *mut CrmFields,
    name: CrmStr,
    value: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |name| Ok(Value::Text(text(value, name)?.to_owned())))
}

/// A civil date.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_date(
    fields: *mut CrmFields,
    name: CrmStr,
    year: i32,
    month: u32,
    day: u32,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |_| Ok(Value::Date(Date::new(year, month, day)?)))
}

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_time(
    fields: *mut CrmFields,
    name: CrmStr,
    micros: i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |_| Ok(Value::Time(Timestamp::from_micros(micros)?)))
}

/// Ids of several records, such as `tag_ids`. They are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_ids(
    fields: *mut CrmFields,
    name: CrmStr,
    ids: *const i64,
    count: usize,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set(fields, name, err, |_| from_ids(ids, count))
}

/// Sets one custom value within `properties`; the others stay as they are.
fn set_property(
    fields: *mut CrmFields,
    name: CrmStr,
    err: *mut *mut CrmError,
    value: impl FnOnce(&str) -> Result<Value>,
) -> CrmStatus {
    change(fields, err, |fields| {
        let name = text(name, "name")?;
        let value = value(name)?;
        let mut map = match fields.take("properties") {
            Some(Value::Map(map)) => map,
            _ => BTreeMap::new(),
        };
        map.insert(name.to_owned(), value);
        fields.set("properties", map);
        Ok(())
    })
}

/// Clears a custom value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_property_null(
    fields: *mut CrmFields,
    name: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set_property(fields, name, err, |_| Ok(Value::Null))
}

/// A custom truth.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_property_bool(
    fields: *mut CrmFields,
    name: CrmStr,
    value: bool,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set_property(fields, name, err, |_| Ok(Value::Bool(value)))
}

/// A custom number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_property_f64(
    fields: *mut CrmFields,
    name: CrmStr,
    value: f64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set_property(fields, name, err, |name| Ok(Value::Float(finite(value, name)?)))
}

/// A custom text, or the word of a selection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_property_text(
    fields: *mut CrmFields,
    name: CrmStr,
    value: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set_property(fields, name, err, |name| Ok(Value::Text(text(value, name)?.to_owned())))
}

/// A custom civil date.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_property_date(
    fields: *mut CrmFields,
    name: CrmStr,
    year: i32,
    month: u32,
    day: u32,
    err: *mut *mut CrmError,
) -> CrmStatus {
    set_property(fields, name, err, |_| Ok(Value::Date(Date::new(year, month, day)?)))
}

/// What another system calls the record: `crm_…_get_external(session, system, external_id, …)` finds it again. An update puts it
/// in place of what that system called the record before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_external_id(
    fields: *mut CrmFields,
    system: CrmStr,
    external_id: CrmStr,
    err: *mut *mut CrmError,
) -> CrmStatus {
    change(fields, err, |fields| {
        let (system, id) = (text(system, "system")?, text(external_id, "external_id")?);
        fields.external_id = Some((system.to_owned(), id.to_owned()));
        Ok(())
    })
}

/// The version that the caller has seen: an update answers `CRM_E_CONFLICT` if the record has another.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_set_expected_version(
    fields: *mut CrmFields,
    version: i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    change(fields, err, |fields| {
        fields.expected_version = Some(version);
        Ok(())
    })
}

/// Ends the fields. Null is fine; twice is `CRM_E_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_fields_free(fields: *mut CrmFields) -> CrmStatus {
    guard(std::ptr::null_mut(), || release(fields.cast_const()))
}
