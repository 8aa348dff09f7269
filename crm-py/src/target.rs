//! Targets: what was reached, and how far that is.

use crm_core::base::{Record as _, RecordKind, Value};
use crm_core::{Filter, TargetFeed, TargetId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::fields::fields;
use crate::frame::frame;
use crate::session::{Session, answer};
use crate::value::{id as identify, moment};

#[pyfunction]
pub(crate) fn feed_target<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    given: &Bound<'py, PyDict>,
    at: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = id.py();
    let id = TargetId(identify("id", RecordKind::Target, id)?);
    let mut given = fields(RecordKind::Target, given.as_any())?;
    let mut value = |name: &str| given.take(name).unwrap_or(Value::Null);
    let (amount, count) = (value("amount"), value("count"));
    let at = at.map(|at| moment("at", at)).transpose()?;
    let fed = session.ask(py, |core| core.targets().feed(id, &TargetFeed { amount, count, at }))?;
    answer(py, vec![fed.row()], false)
}

#[pyfunction]
pub(crate) fn target_attainment<'py>(
    session: &Session,
    py: Python<'py>,
    filter: Option<&str>,
    below: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let table = session.ask(py, |core| {
        let filter = filter.map(Filter::parse).transpose()?;
        core.targets().attainment(filter.as_ref(), below)
    })?;
    frame(py, table)
}
