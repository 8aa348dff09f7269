//! Making one lead of several, and taking that back.

use crm_core::base::{LeadId, Record as _, RecordKind};
use crm_core::{Merge, Merged};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::error::invalid;
use crate::frame::frame;
use crate::lead::optional;
use crate::record::record;
use crate::session::Session;
use crate::value::{id as identify, ids as identities, number};

type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

fn leads(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<LeadId>> {
    Ok(identities(name, RecordKind::Lead, given)?.into_iter().map(LeadId).collect())
}

fn merge_of(user_id: Given<'_, '_>, team_id: Given<'_, '_>) -> PyResult<Merge> {
    Ok(Merge {
        user_id: optional("user_id", RecordKind::User, user_id)?,
        team_id: optional("team_id", RecordKind::Team, team_id)?,
    })
}

#[pyfunction]
pub(crate) fn plan_merge<'py>(
    session: &Session,
    ids: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, merge) = (ids.py(), merge_of(user_id, team_id)?);
    let ids = leads("ids", ids)?;
    frame(py, session.ask(py, |core| core.leads().plan_merge(&ids, &merge))?.frame())
}

#[pyfunction]
pub(crate) fn merge<'py>(
    session: &Session,
    ids: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
) -> PyResult<(i64, Bound<'py, PyAny>)> {
    let (py, merge) = (ids.py(), merge_of(user_id, team_id)?);
    let ids = leads("ids", ids)?;
    pair(py, &session.ask(py, |core| core.leads().merge(&ids, &merge))?)
}

#[pyfunction]
pub(crate) fn merge_clusters<'py>(
    session: &Session,
    clusters: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyList>> {
    let (py, merge) = (clusters.py(), merge_of(user_id, team_id)?);
    let Ok(sets) = clusters.try_iter() else {
        return Err(invalid(py, "clusters", format_args!("clusters are lists of leads")));
    };
    let sets = sets.map(|set| leads("clusters", &set?));
    let sets = sets.collect::<PyResult<Vec<_>>>()?;
    let list = PyList::empty(py);
    for merged in session.ask(py, |core| core.leads().merge_clusters(&sets, &merge))? {
        list.append(pair(py, &merged)?)?;
    }
    Ok(list)
}

fn pair<'py>(py: Python<'py>, merged: &Merged) -> PyResult<(i64, Bound<'py, PyAny>)> {
    Ok((merged.merge_id, record(py, merged.head.row())?))
}

#[pyfunction]
pub(crate) fn unmerge<'py>(
    session: &Session,
    merge_id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = merge_id.py();
    let id = i64::try_from(number("merge_id", merge_id)?).unwrap_or(i64::MAX);
    frame(py, session.ask(py, |core| core.leads().unmerge(id))?.frame())
}

#[pyfunction]
pub(crate) fn merged_into(session: &Session, id: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let py = id.py();
    let id = LeadId(identify("id", RecordKind::Lead, id)?);
    Ok(session.ask(py, |core| core.leads().merged_into(id))?.map(|id| id.0))
}
