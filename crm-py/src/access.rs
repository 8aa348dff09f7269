//! Rights: who may do what, and why.

use crm_core::base::{RecordKind, UserId};
use pyo3::prelude::*;

use crate::frame::Columns;
use crate::session::{Session, kind_of};
use crate::value::id as identify;

#[pyfunction]
pub(crate) fn why_can<'py>(
    session: &Session,
    py: Python<'py>,
    user_id: &Bound<'py, PyAny>,
    operation: &str,
    record: &str,
    id: Option<&Bound<'py, PyAny>>,
) -> PyResult<(bool, Columns)> {
    let kind = kind_of(py, record)?;
    let id = id.map(|id| identify("id", kind, id)).transpose()?;
    let user = UserId(identify("user_id", RecordKind::User, user_id)?);
    let why = session.ask(py, |core| core.access().why_can(user, operation, kind, id))?;
    Ok((why.can, Columns::new(why.frame())))
}
