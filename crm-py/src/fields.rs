//! What `create` and `update` are given: a dict, checked against the field table of its kind.

use crm_core::base::{FieldKind, Fields, RecordKind};
use crm_core::record::table;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::error::{invalid, raise};
use crate::value::take;

/// Named values for a record of `kind`.
pub(crate) fn fields(kind: RecordKind, given: &Bound<'_, PyAny>) -> PyResult<Fields> {
    let py = given.py();
    let Ok(dict) = given.cast::<PyDict>() else {
        return Err(invalid(py, "records", "each record is a dict of its fields"));
    };
    let mut fields = Fields::new();
    for (name, value) in dict {
        let name = name
            .extract::<String>()
            .map_err(|_| invalid(py, "", format_args!("{name} is no field")))?;
        if name == "external_id" {
            fields.external_id = external_id(&value)?;
            continue;
        }
        let (name, field_kind) = place(py, kind, name)?;
        if fields.has(&name) {
            return Err(invalid(py, &name, "given twice, as `type` and as `kind`"));
        }
        let value = take(&name, field_kind, &value)?;
        fields.set(name, value);
    }
    Ok(fields)
}

/// A field by its name, its alias, or as one custom value.
fn place(py: Python<'_>, kind: RecordKind, name: String) -> PyResult<(String, Option<FieldKind>)> {
    if name.starts_with("properties.") {
        return Ok((name, None));
    }
    let name = if kind == RecordKind::Lead && name == "type" { "kind".to_owned() } else { name };
    let field = table(kind).field(&name).map_err(|error| raise(py, &error))?;
    Ok((name, Some(field.kind)))
}

fn external_id(given: &Bound<'_, PyAny>) -> PyResult<Option<(String, String)>> {
    if given.is_none() {
        return Ok(None);
    }
    let pair = if given.is_instance_of::<PyString>() {
        None
    } else {
        given.extract::<(String, String)>().ok()
    };
    let hint =
        "a pair of texts: the system and the record's name there, such as (\"erp\", \"4711\")";
    pair.map(Some).ok_or_else(|| invalid(given.py(), "external_id", hint))
}
