//! Values both ways: `Decimal` for money and percent, aware `datetime` for instants, `date` for days, `None` for empty.
//!
//! A truth is never a number, a naive `datetime` is refused, and a record stands for its id.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use crm_core::base::{Date, FieldKind, RecordKind, Timestamp, Value};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyString,
    PyType,
};
use rust_decimal::Decimal;

use crate::error::invalid;
use crate::record::Record;

/// A value of the core as Python sees it.
pub(crate) fn give<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(truth) => PyBool::new(py, *truth).to_owned().into_any(),
        Value::Int(number) => number.into_pyobject(py)?.into_any(),
        Value::Float(number) => PyFloat::new(py, *number).into_any(),
        Value::Decimal(number) => number.into_pyobject(py)?,
        Value::Text(text) => PyString::new(py, text).into_any(),
        Value::Date(date) => date.to_chrono().into_pyobject(py)?.into_any(),
        Value::Time(moment) => moment.to_chrono().into_pyobject(py)?.into_any(),
        Value::Ids(ids) => PyList::new(py, ids)?.into_any(),
        Value::Map(map) => {
            let dict = PyDict::new(py);
            for (name, value) in map {
                dict.set_item(name, give(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

/// What a host gave for `field`, whose kind is known unless it is a property.
pub(crate) fn take(
    field: &str,
    kind: Option<FieldKind>,
    given: &Bound<'_, PyAny>,
) -> PyResult<Value> {
    let py = given.py();
    if given.is_none() {
        return Ok(Value::Null);
    }
    if let Some(FieldKind::Ids(kind)) = kind {
        return ids(field, kind, given).map(Value::Ids);
    }
    if let Ok(truth) = given.cast::<PyBool>() {
        return Ok(Value::Bool(truth.is_true()));
    }
    if let Ok(text) = given.cast::<PyString>() {
        return text_of(field, text).map(Value::Text);
    }
    if let Ok(record) = given.cast::<Record>() {
        let wanted = match kind {
            Some(FieldKind::Ref(wanted)) => Some(wanted),
            _ => None,
        };
        return id_of(field, wanted, record.get()).map(Value::Int);
    }
    if let Ok(number) = given.cast::<PyFloat>() {
        return Ok(Value::Float(number.value()));
    }
    if given.is_instance(decimal_class(py)?)? {
        return decimal(field, given).map(Value::Decimal);
    }
    if given.is_instance_of::<PyDateTime>() {
        return moment(field, given).map(Value::Time);
    }
    if given.is_instance_of::<PyDate>() {
        return day(field, given).map(Value::Date);
    }
    if let Ok(dict) = given.cast::<PyDict>() {
        return map(field, dict).map(Value::Map);
    }
    if let Ok(number) = given.extract::<i64>() {
        return Ok(Value::Int(number));
    }
    if given.is_instance_of::<PyInt>() {
        return decimal(field, given).map(Value::Decimal);
    }
    // The scalars of numpy, such as a truth out of a column of truths.
    if given.hasattr(intern!(py, "dtype"))?
        && let Ok(item) = given.call_method0(intern!(py, "item"))
        && !item.hasattr(intern!(py, "dtype"))?
    {
        return take(field, kind, &item);
    }
    Err(invalid(py, field, format_args!("a {} is no value of a field", type_name(given))))
}

/// An instant: an aware `datetime`.
pub(crate) fn moment(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    static UTC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = given.py();
    if !given.is_instance_of::<PyDateTime>() {
        let message = format_args!("a {} is no aware datetime", type_name(given));
        return Err(invalid(py, field, message));
    }
    let offset = given
        .call_method0(intern!(py, "utcoffset"))
        .map_err(|error| invalid(py, field, format_args!("its tzinfo failed: {error}")))?;
    if offset.is_none() {
        let hint =
            "a naive datetime has no zone; give an aware one, such as datetime.now(timezone.utc)";
        return Err(invalid(py, field, hint));
    }
    let utc = UTC.get_or_try_init(py, || {
        py.import("datetime")?.getattr("timezone")?.getattr("utc").map(Bound::unbind)
    })?;
    let read = given
        .call_method1(intern!(py, "astimezone"), (utc,))
        .and_then(|moment| moment.extract::<DateTime<Utc>>());
    let Ok(read) = read else {
        return Err(invalid(py, field, format_args!("{given} is out of the calendar")));
    };
    Timestamp::from_chrono(read).map_err(|error| invalid(py, field, error))
}

/// A civil date; a `datetime` is none, since its day depends on a zone.
pub(crate) fn day(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Date> {
    let py = given.py();
    if !given.is_instance_of::<PyDate>() || given.is_instance_of::<PyDateTime>() {
        return Err(invalid(py, field, format_args!("a {} is no date", type_name(given))));
    }
    Date::from_chrono(given.extract::<NaiveDate>()?).map_err(|error| invalid(py, field, error))
}

/// Ids of `kind`: any iterable of ids and records.
pub(crate) fn ids(field: &str, kind: RecordKind, given: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    let py = given.py();
    let refused = given.is_instance_of::<PyString>()
        || given.is_instance_of::<PyBytes>()
        || given.is_instance_of::<PyByteArray>()
        || given.is_instance_of::<PyDict>();
    let iter = if refused { None } else { given.try_iter().ok() };
    let Some(iter) = iter else {
        let message = format_args!("a {} is no list of ids of a {}", type_name(given), kind.name());
        return Err(invalid(py, field, message));
    };
    iter.map(|item| id(field, kind, &item?)).collect()
}

/// One id of `kind`: a whole number or a record.
pub(crate) fn id(field: &str, kind: RecordKind, given: &Bound<'_, PyAny>) -> PyResult<i64> {
    if let Ok(record) = given.cast::<Record>() {
        return id_of(field, Some(kind), record.get());
    }
    let number = if given.is_instance_of::<PyBool>() { None } else { given.extract::<i64>().ok() };
    number.ok_or_else(|| {
        let hint = if given.is_instance_of::<PyString>() {
            "; give its number or its record"
        } else if given.is_instance_of::<PyInt>() {
            "; ids go from 1 to 2**63 - 1"
        } else {
            ""
        };
        let message = format_args!("{} is no id of a {}{hint}", shown(given), kind.name());
        invalid(given.py(), field, message)
    })
}

/// One id, or several: what a verb is done to.
pub(crate) fn target(kind: RecordKind, given: &Bound<'_, PyAny>) -> PyResult<(Vec<i64>, bool)> {
    let one = given.is_instance_of::<Record>() || given.try_iter().is_err();
    if one || given.is_instance_of::<PyString>() {
        Ok((vec![id("id", kind, given)?], false))
    } else {
        Ok((ids("id", kind, given)?, true))
    }
}

fn id_of(field: &str, wanted: Option<RecordKind>, record: &Record) -> PyResult<i64> {
    match wanted {
        Some(wanted) if wanted != record.kind() => Python::attach(|py| {
            let message = format_args!("a {} is no {}", record.kind().name(), wanted.name());
            Err(invalid(py, field, message))
        }),
        _ => Ok(record.id()),
    }
}

pub(crate) fn text_of(field: &str, text: &Bound<'_, PyString>) -> PyResult<String> {
    let refuse =
        |_| invalid(text.py(), field, "text that is not Unicode (it holds a lone surrogate)");
    text.to_cow().map(std::borrow::Cow::into_owned).map_err(refuse)
}

fn map(field: &str, dict: &Bound<'_, PyDict>) -> PyResult<BTreeMap<String, Value>> {
    let mut map = BTreeMap::new();
    for (name, value) in dict {
        let Ok(name) = name.cast::<PyString>() else {
            return Err(invalid(dict.py(), field, format_args!("{} is no name", shown(&name))));
        };
        let name = text_of(field, name)?;
        let value = take(&format!("{field}.{name}"), None, &value)?;
        map.insert(name, value);
    }
    Ok(map)
}

/// An exact number out of a `Decimal` or a large `int`; too many digits are refused, never rounded.
fn decimal(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Decimal> {
    let py = given.py();
    let mut text = given.str()?.to_string();
    if text.contains(['E', 'e']) {
        // Written out, but only if that is short: Decimal("1E+999999") is a megabyte.
        let size: i64 = given.call_method0(intern!(py, "adjusted"))?.extract()?;
        if size.abs() < 64 {
            text = given.call_method1(intern!(py, "__format__"), ("f",))?.extract()?;
        }
    }
    Decimal::from_str_exact(&text)
        .map_err(|_| invalid(py, field, format_args!("{} is not a number that fits", shown(given))))
}

fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "decimal", "Decimal")
}

fn type_name(given: &Bound<'_, PyAny>) -> String {
    given.get_type().name().map_or_else(|_| "thing".into(), |name| name.to_string())
}

/// A value in a message: its `repr`, cut short.
pub(crate) fn shown(given: &Bound<'_, PyAny>) -> String {
    let text = given.repr().map_or_else(|_| type_name(given), |text| text.to_string());
    if text.chars().count() <= 80 {
        text
    } else {
        text.chars().take(77).chain("...".chars()).collect()
    }
}

/// A text that a verb is given.
pub(crate) fn text(field: &str, given: &Bound<'_, PyAny>) -> PyResult<String> {
    match given.cast::<PyString>() {
        Ok(text) => text_of(field, text),
        Err(_) => Err(invalid(given.py(), field, format_args!("{} is no text", shown(given)))),
    }
}

/// A text, or none.
pub(crate) fn optional_text(
    field: &str,
    given: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    given.map(|given| text(field, given)).transpose()
}

/// A truth that a verb is given.
pub(crate) fn truth(field: &str, given: &Bound<'_, PyAny>) -> PyResult<bool> {
    let refuse = |_| invalid(given.py(), field, format_args!("{} is no truth", shown(given)));
    given.extract::<bool>().map_err(refuse)
}

/// A whole number that a verb is given.
pub(crate) fn whole(field: &str, given: &Bound<'_, PyAny>) -> PyResult<i64> {
    let number = if given.is_instance_of::<PyBool>() { None } else { given.extract::<i64>().ok() };
    number.ok_or_else(|| {
        invalid(given.py(), field, format_args!("{} is no whole number", shown(given)))
    })
}

/// A number of things: not negative, and no truth.
pub(crate) fn number(field: &str, given: &Bound<'_, PyAny>) -> PyResult<usize> {
    let number =
        if given.is_instance_of::<PyBool>() { None } else { given.extract::<usize>().ok() };
    number.ok_or_else(|| {
        invalid(given.py(), field, format_args!("{} is no number from 0 on", shown(given)))
    })
}

/// A version that a record may have.
pub(crate) fn version_of(given: &Bound<'_, PyAny>) -> PyResult<i64> {
    let number = if given.is_instance_of::<PyBool>() { None } else { given.extract::<i64>().ok() };
    number.filter(|number| *number > 0).ok_or_else(|| {
        let what = "is no version; give the record's `version`, a whole number from 1 to 2**63 - 1";
        invalid(given.py(), "expected_version", format_args!("{} {what}", shown(given)))
    })
}

/// A `TypeError`: the call itself is wrong, not the value.
pub(crate) fn type_error(message: impl std::fmt::Display) -> PyErr {
    PyTypeError::new_err(message.to_string())
}
