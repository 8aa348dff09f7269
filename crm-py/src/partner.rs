//! Partners: where to write to, what they are to us, and what is known of a person.

use crm_core::PartnerId;
use crm_core::base::{Record as _, RecordKind};
use crm_core::record::{AddressType, PartnerRole};
use pyo3::prelude::*;

use crate::frame::frame;
use crate::session::{Session, answer, kind_of};
use crate::value::{day, id as identify, text};

fn partner(id: &Bound<'_, PyAny>) -> PyResult<PartnerId> {
    identify("id", RecordKind::Partner, id).map(PartnerId)
}

#[pyfunction]
pub(crate) fn address_for<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    kind: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, id, kind) = (id.py(), partner(id)?, text("kind", kind)?);
    let card =
        session.ask(py, |core| core.partners().address_for(id, AddressType::parse(&kind)?))?;
    answer(py, vec![card.row()], false)
}

#[pyfunction]
pub(crate) fn partner_roles<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, id) = (id.py(), partner(id)?);
    let roles = session.ask(py, |core| core.partners().roles(id))?;
    answer(py, roles.iter().map(PartnerRole::row).collect(), true)
}

#[pyfunction]
pub(crate) fn partner_role_as_of<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    date: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, id, date) = (id.py(), partner(id)?, day("date", date)?);
    let roles = session.ask(py, |core| core.partners().role_as_of(id, date))?;
    answer(py, roles.iter().map(PartnerRole::row).collect(), true)
}

#[pyfunction]
pub(crate) fn subject_export(session: &Session, id: &Bound<'_, PyAny>) -> PyResult<String> {
    let (py, id) = (id.py(), partner(id)?);
    session.ask(py, |core| core.partners().subject_export(id))
}

#[pyfunction]
pub(crate) fn subject_erase<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    holds: Vec<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, id) = (id.py(), partner(id)?);
    let holds = holds.iter().map(|name| kind_of(py, name)).collect::<PyResult<Vec<_>>>()?;
    let done = session.ask(py, |core| core.partners().subject_erase(id, &holds))?;
    frame(py, done.frame())
}
