//! Settings and custom fields.

use crm_core::base::{RecordKind, TeamId};
use crm_core::{PropertyDefinition, PropertyKind};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::error::invalid;
use crate::session::{Session, kind_of};
use crate::value::{give, ids, take};

#[pyfunction]
pub(crate) fn setting<'py>(
    session: &Session,
    py: Python<'py>,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    give(py, &session.ask(py, |core| core.settings().get(name))?)
}

#[pyfunction]
pub(crate) fn set_settings(
    session: &Session,
    py: Python<'_>,
    values: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let mut taken = Vec::with_capacity(values.len());
    for (name, value) in values {
        let name: String = name.extract()?;
        let value = take(&name, None, &value)?;
        taken.push((name, value));
    }
    let within = session.has_open_atomic();
    session.ask(py, |core| {
        let set = |core: &crm_core::Session| {
            taken.into_iter().try_for_each(|(name, value)| core.settings().set(&name, value))
        };
        if within { set(core) } else { core.atomic(set) }
    })
}

#[pyfunction]
pub(crate) fn settings<'py>(session: &Session, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for (name, value) in session.ask(py, |core| core.settings().all())? {
        list.append((name, give(py, &value)?))?;
    }
    Ok(list)
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the parts of a declaration, named in Python")]
pub(crate) fn declare_property<'py>(
    session: &Session,
    py: Python<'py>,
    record: &str,
    name: String,
    r#type: &str,
    label: Option<String>,
    options: Vec<String>,
    team_ids: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let record = kind_of(py, record)?;
    let kind = PropertyKind::from_word(r#type).ok_or_else(|| {
        let known = PropertyKind::WORDS.join(", ");
        invalid(py, "type", format_args!("{type:?} is no type of property; there are {known}"))
    })?;
    let team_ids = ids("team_ids", RecordKind::Team, team_ids)?.into_iter().map(TeamId).collect();
    let draft = PropertyDefinition { record, name, kind, label, options, team_ids };
    property(py, session.ask(py, |core| core.properties().declare(&draft))?)
}

#[pyfunction]
pub(crate) fn properties<'py>(
    session: &Session,
    py: Python<'py>,
    record: &str,
) -> PyResult<Bound<'py, PyList>> {
    let kind = kind_of(py, record)?;
    let list = PyList::empty(py);
    for known in session.ask(py, |core| core.properties().list(kind))? {
        list.append(property(py, known)?)?;
    }
    Ok(list)
}

fn property(py: Python<'_>, known: PropertyDefinition) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("record", known.record.name())?;
    dict.set_item("name", known.name)?;
    dict.set_item("type", known.kind.word())?;
    dict.set_item("label", known.label)?;
    dict.set_item("options", known.options)?;
    dict.set_item("team_ids", known.team_ids.iter().map(|team| team.0).collect::<Vec<_>>())?;
    Ok(dict)
}
