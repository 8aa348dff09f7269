//! Records: one native base that holds the values, and one Python class per kind (`crm.Lead`, …) whose attributes are [`Field`]s.
//!
//! A record is a value, as it was when it was read: frozen, comparable, hashable by (kind, id, version), picklable. Values become
//! Python objects when an attribute is read, so a list of records costs little until it is looked at.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use crm_core::base::{Field as CoreField, FieldKind, RecordKind, Row, Table, Value};
use crm_core::record::table;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

use crate::error::raise;
use crate::value::{give, take, type_error};

/// What all records have in common; the classes of `crm` derive from it.
#[pyclass(subclass, frozen, module = "crm._crm")]
#[derive(Debug)]
pub(crate) struct Record {
    table: &'static Table,
    values: Arc<[Value]>,
}

/// Values on their way into a [`Record`]: Python calls the class, and the class needs something to take them from.
#[pyclass(frozen)]
#[derive(Debug)]
struct Values(Arc<[Value]>);

impl Record {
    pub(crate) const fn kind(&self) -> RecordKind {
        self.table.kind
    }

    pub(crate) fn id(&self) -> i64 {
        self.values.first().and_then(Value::as_int).unwrap_or_default()
    }

    fn version(&self) -> i64 {
        self.values.get(1).and_then(Value::as_int).unwrap_or_default()
    }

    fn shown(&self) -> impl Iterator<Item = (&'static CoreField, &Value)> {
        self.table.fields.iter().zip(self.values.iter()).filter(|(field, _)| !field.hidden)
    }
}

#[pymethods]
impl Record {
    #[new]
    #[classmethod]
    #[pyo3(signature = (values, /))]
    fn new(cls: &Bound<'_, PyType>, values: &Bound<'_, PyAny>) -> PyResult<Self> {
        let table = table_of(cls.as_any())?;
        if let Ok(values) = values.cast::<Values>() {
            return Ok(Self { table, values: values.get().0.clone() });
        }
        let Ok(named) = values.cast::<PyDict>() else {
            return Err(type_error("a record is made of a dict of its values"));
        };
        for name in named.keys() {
            let name = name.extract::<String>()?;
            table.field(&name).map_err(|error| raise(cls.py(), &error))?;
        }
        let values = table.fields.iter().map(|field| match named.get_item(field.name)? {
            Some(given) => take(field.name, Some(field.kind), &given),
            None => Ok(Value::Null),
        });
        Ok(Self { table, values: values.collect::<PyResult<_>>()? })
    }

    /// The values by field name, as a new dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (field, value) in self.shown() {
            dict.set_item(PyString::intern(py, field.name), give(py, value)?)?;
        }
        Ok(dict)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let (py, this) = (slf.py(), slf.get());
        let mut text = slf.get_type().name()?.to_string();
        let mut before = "(";
        for name in told(this.kind()) {
            let at = this.table.position(name);
            let value = at.and_then(|at| this.values.get(at)).unwrap_or(&Value::Null);
            text += &format!("{before}{name}={}", give(py, value)?.repr()?);
            before = ", ";
        }
        Ok(text + ")")
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let Ok(other) = other.cast::<Self>() else { return false };
        let other = other.get();
        self.kind() == other.kind() && self.shown().eq_by_value(other.shown())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.kind(), self.id(), self.version()).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        (slf.get_type(), (slf.get().to_dict(py)?,)).into_pyobject(py)
    }
}

trait EqByValue {
    fn eq_by_value(self, other: Self) -> bool;
}

impl<'a, I: Iterator<Item = (&'static CoreField, &'a Value)>> EqByValue for I {
    fn eq_by_value(self, other: Self) -> bool {
        self.map(|(_, value)| value).eq(other.map(|(_, value)| value))
    }
}

/// The fields that a `repr` tells.
const fn told(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::Company => &["id", "name", "currency"],
        RecordKind::User => &["id", "name", "login", "role"],
        RecordKind::TeamMember => &["id", "team_id", "user_id"],
        RecordKind::Stage => &["id", "name", "sequence", "is_won"],
        RecordKind::RecurringPlan => &["id", "name", "number_of_months"],
        RecordKind::Partner => &["id", "name", "is_company", "email"],
        RecordKind::PartnerContact => &["id", "partner_id", "kind", "value", "is_primary"],
        RecordKind::PartnerRole => &["id", "partner_id", "role", "date_start", "date_end"],
        RecordKind::Target => &["id", "team_id", "user_id", "metric", "date_from", "date_to"],
        RecordKind::Rule => &["id", "name", "record", "filter"],
        RecordKind::Lead => {
            &["id", "name", "stage_id", "expected_revenue", "probability", "won_status"]
        }
        _ => &["id", "name"],
    }
}

/// An attribute of a record class: reads one value. It knows its name from the class body it stands in.
#[pyclass(frozen, dict, module = "crm._crm")]
#[derive(Debug, Default)]
pub(crate) struct Field {
    place: OnceLock<(&'static Table, usize)>,
}

#[pymethods]
impl Field {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn __set_name__(slf: &Bound<'_, Self>, owner: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
        let table = table_of(owner)?;
        if slf.get().place.get().is_some() {
            return Ok(()); // Another name of the same field.
        }
        let at = table.position(name).ok_or_else(|| type_error(table.unknown(name)))?;
        slf.get().place.get_or_init(|| (table, at));
        slf.setattr("__doc__", table.fields[at].doc.trim())
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, PyAny>,
        _owner: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if instance.is_none() {
            return Ok(slf.clone().into_any());
        }
        let record = instance.cast::<Record>()?.get();
        let (table, at) =
            slf.get().place.get().ok_or_else(|| type_error("a field without a class"))?;
        match record.values.get(*at) {
            Some(value) if record.kind() == table.kind => give(slf.py(), value),
            _ => Err(type_error("a field of another record")),
        }
    }

    fn __set__(&self, _instance: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        let hint = "records are values; change them with their desk's `update`";
        Err(PyAttributeError::new_err(hint))
    }

    fn __delete__(&self, instance: &Bound<'_, PyAny>) -> PyResult<()> {
        self.__set__(instance, instance)
    }

    fn __repr__(&self) -> String {
        let place = self.place.get();
        place.map_or_else(
            || "<field>".into(),
            |(table, at)| format!("<field {}.{}>", table.kind.name(), table.fields[*at].name),
        )
    }
}

fn table_of(class: &Bound<'_, PyAny>) -> PyResult<&'static Table> {
    let kind = class.getattr_opt("_kind")?.and_then(|kind| kind.extract::<String>().ok());
    let kind = kind.and_then(|kind| RecordKind::from_name(&kind));
    kind.map(table).ok_or_else(|| {
        type_error("records are instances of the classes of `crm`, such as crm.Lead")
    })
}

/// The record class of a kind.
fn class(py: Python<'_>, kind: RecordKind) -> PyResult<&Bound<'_, PyType>> {
    static CLASSES: PyOnceLock<Vec<Py<PyType>>> = PyOnceLock::new();
    let classes = CLASSES.get_or_try_init(py, || {
        let by_kind = py.import("crm._records")?.getattr("CLASSES")?;
        let one =
            |kind: &RecordKind| Ok(by_kind.get_item(kind.name())?.cast_into::<PyType>()?.unbind());
        RecordKind::ALL.iter().map(one).collect::<PyResult<_>>()
    })?;
    let at = RecordKind::ALL.iter().position(|known| *known == kind);
    let class = at.and_then(|at| classes.get(at));
    class.map(|class| class.bind(py)).ok_or_else(|| type_error(kind.name()))
}

/// A row as a record.
pub(crate) fn record(py: Python<'_>, row: Row) -> PyResult<Bound<'_, PyAny>> {
    let kind = row.table().kind;
    let values = Bound::new(py, Values(row.into_values().into()))?;
    class(py, kind)?.call1((values,))
}

/// Rows as a list of records.
pub(crate) fn records(py: Python<'_>, rows: Vec<Row>) -> PyResult<Bound<'_, PyList>> {
    let list = PyList::empty(py);
    for row in rows {
        list.append(record(py, row)?)?;
    }
    Ok(list)
}

/// Every kind of record with its fields: `(kind, [(name, type, target or words, nullable, settable)])`. Tests compare it with the classes.
#[pyfunction]
pub(crate) fn catalogue() -> Vec<(&'static str, Vec<FieldFacts>)> {
    let facts = |field: &CoreField| {
        let (word, of) = match field.kind {
            FieldKind::Bool => ("bool", vec![]),
            FieldKind::Int => ("int", vec![]),
            FieldKind::Money => ("money", vec![]),
            FieldKind::Percent => ("percent", vec![]),
            FieldKind::Text => ("text", vec![]),
            FieldKind::Choice(words) => ("choice", words.to_vec()),
            FieldKind::Date => ("date", vec![]),
            FieldKind::Time => ("time", vec![]),
            FieldKind::Ref(kind) => ("ref", vec![kind.name()]),
            FieldKind::Ids(kind) => ("ids", vec![kind.name()]),
            FieldKind::Properties => ("properties", vec![]),
        };
        (field.name, word, of, field.nullable, !field.system)
    };
    let kinds = RecordKind::ALL.iter();
    kinds.map(|kind| (kind.name(), table(*kind).shown().map(facts).collect())).collect()
}

type FieldFacts = (&'static str, &'static str, Vec<&'static str>, bool, bool);
