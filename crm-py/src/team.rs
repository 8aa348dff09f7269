//! Teams: who belongs to them, and what they have been given.

use crm_core::base::{Record as _, RecordKind};
use crm_core::{TeamId, UserId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::fields::fields;
use crate::frame::frame;
use crate::session::{Session, answer};
use crate::value::{day, id as identify};

fn member(team: &Bound<'_, PyAny>, user: &Bound<'_, PyAny>) -> PyResult<(TeamId, UserId)> {
    let team = TeamId(identify("team_id", RecordKind::Team, team)?);
    Ok((team, UserId(identify("user_id", RecordKind::User, user)?)))
}

#[pyfunction]
pub(crate) fn add_member<'py>(
    session: &Session,
    team_id: &Bound<'py, PyAny>,
    user_id: &Bound<'py, PyAny>,
    given: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, (team, user)) = (team_id.py(), member(team_id, user_id)?);
    let given = fields(RecordKind::TeamMember, given.as_any())?;
    let added = session.ask(py, |core| core.teams().add_member(team, user, given))?;
    answer(py, vec![added.row()], false)
}

#[pyfunction]
pub(crate) fn update_member<'py>(
    session: &Session,
    team_id: &Bound<'py, PyAny>,
    user_id: &Bound<'py, PyAny>,
    given: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, (team, user)) = (team_id.py(), member(team_id, user_id)?);
    let given = fields(RecordKind::TeamMember, given.as_any())?;
    let changed = session.ask(py, |core| core.teams().update_member(team, user, given))?;
    answer(py, vec![changed.row()], false)
}

#[pyfunction]
pub(crate) fn remove_member<'py>(
    session: &Session,
    team_id: &Bound<'py, PyAny>,
    user_id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, (team, user)) = (team_id.py(), member(team_id, user_id)?);
    let ended = session.ask(py, |core| core.teams().remove_member(team, user))?;
    answer(py, vec![ended.row()], false)
}

#[pyfunction]
pub(crate) fn team_members<'py>(
    session: &Session,
    team_id: &Bound<'py, PyAny>,
    as_of: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = team_id.py();
    let team = TeamId(identify("team_id", RecordKind::Team, team_id)?);
    let as_of = as_of.map(|given| day("as_of", given)).transpose()?;
    frame(py, session.ask(py, |core| core.teams().members(team, as_of))?)
}

#[pyfunction]
pub(crate) fn team_workload<'py>(
    session: &Session,
    py: Python<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    frame(py, session.ask(py, |core| core.teams().workload())?)
}

#[pyfunction]
pub(crate) fn team_rollup<'py>(session: &Session, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    frame(py, session.ask(py, |core| core.teams().rollup())?)
}
