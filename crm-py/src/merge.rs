//! Making one record of several, leads or partners, and taking that back.

use crm_core::base::{LeadId, PartnerId, Record, RecordKind};
use crm_core::{Merge, MergeEntry, Merged, PartnerMerge};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::error::invalid;
use crate::frame::frame;
use crate::lead::optional;
use crate::record::record;
use crate::session::Session;
use crate::value::{id as identify, ids as identities, number};

type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

fn ids<I: From<i64>>(name: &str, kind: RecordKind, given: &Bound<'_, PyAny>) -> PyResult<Vec<I>> {
    Ok(identities(name, kind, given)?.into_iter().map(I::from).collect())
}

fn sets<I: From<i64>>(kind: RecordKind, clusters: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<I>>> {
    let Ok(sets) = clusters.try_iter() else {
        let told = format_args!("clusters are lists of {}s", kind.name());
        return Err(invalid(clusters.py(), "clusters", told));
    };
    sets.map(|set| ids("clusters", kind, &set?)).collect()
}

fn merge_of(user_id: Given<'_, '_>, team_id: Given<'_, '_>) -> PyResult<Merge> {
    Ok(Merge {
        user_id: optional("user_id", RecordKind::User, user_id)?,
        team_id: optional("team_id", RecordKind::Team, team_id)?,
    })
}

fn merge_of_partners(head_id: Given<'_, '_>, user_id: Given<'_, '_>) -> PyResult<PartnerMerge> {
    Ok(PartnerMerge {
        head_id: optional("head_id", RecordKind::Partner, head_id)?,
        user_id: optional("user_id", RecordKind::User, user_id)?,
    })
}

fn pair<'py, R: Record>(py: Python<'py>, merged: &Merged<R>) -> PyResult<(i64, Bound<'py, PyAny>)> {
    Ok((merged.merge_id, record(py, merged.head.row())?))
}

fn pairs<'py, R: Record>(py: Python<'py>, merged: &[Merged<R>]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    merged.iter().try_for_each(|one| list.append(pair(py, one)?))?;
    Ok(list)
}

fn merge_number(merge_id: &Bound<'_, PyAny>) -> PyResult<i64> {
    Ok(i64::try_from(number("merge_id", merge_id)?).unwrap_or(i64::MAX))
}

#[pyfunction]
pub(crate) fn plan_merge<'py>(
    session: &Session,
    leads: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, merge) = (leads.py(), merge_of(user_id, team_id)?);
    let ids: Vec<LeadId> = ids("ids", RecordKind::Lead, leads)?;
    frame(py, session.ask(py, |core| core.leads().plan_merge(&ids, &merge))?.frame())
}

#[pyfunction]
pub(crate) fn merge<'py>(
    session: &Session,
    leads: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
) -> PyResult<(i64, Bound<'py, PyAny>)> {
    let (py, merge) = (leads.py(), merge_of(user_id, team_id)?);
    let ids: Vec<LeadId> = ids("ids", RecordKind::Lead, leads)?;
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
    let sets: Vec<Vec<LeadId>> = sets(RecordKind::Lead, clusters)?;
    pairs(py, &session.ask(py, |core| core.leads().merge_clusters(&sets, &merge))?)
}

#[pyfunction]
pub(crate) fn unmerge<'py>(
    session: &Session,
    merge_id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, id) = (merge_id.py(), merge_number(merge_id)?);
    frame(py, session.ask(py, |core| core.leads().unmerge(id))?.frame())
}

fn most(limit: Given<'_, '_>) -> PyResult<Option<usize>> {
    limit.map(|limit| number("limit", limit)).transpose()
}

#[pyfunction]
pub(crate) fn merges<'py>(
    py: Python<'py>,
    session: &Session,
    id: Given<'_, 'py>,
    limit: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (of, most) = (optional("id", RecordKind::Lead, id)?, most(limit)?);
    let merges = session.ask(py, |core| core.leads().merges(of, most))?;
    frame(py, MergeEntry::frame(&merges))
}

#[pyfunction]
pub(crate) fn merges_of_partners<'py>(
    py: Python<'py>,
    session: &Session,
    id: Given<'_, 'py>,
    limit: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (of, most) = (optional("id", RecordKind::Partner, id)?, most(limit)?);
    let merges = session.ask(py, |core| core.partners().merges(of, most))?;
    frame(py, MergeEntry::frame(&merges))
}

#[pyfunction]
pub(crate) fn merged_into(session: &Session, id: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let py = id.py();
    let id = LeadId(identify("id", RecordKind::Lead, id)?);
    Ok(session.ask(py, |core| core.leads().merged_into(id))?.map(|id| id.0))
}

#[pyfunction]
pub(crate) fn plan_merge_partners<'py>(
    session: &Session,
    partners: &Bound<'py, PyAny>,
    head_id: Given<'_, 'py>,
    user_id: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, merge) = (partners.py(), merge_of_partners(head_id, user_id)?);
    let ids: Vec<PartnerId> = ids("ids", RecordKind::Partner, partners)?;
    frame(py, session.ask(py, |core| core.partners().plan_merge(&ids, &merge))?.frame())
}

#[pyfunction]
pub(crate) fn merge_partners<'py>(
    session: &Session,
    partners: &Bound<'py, PyAny>,
    head_id: Given<'_, 'py>,
    user_id: Given<'_, 'py>,
) -> PyResult<(i64, Bound<'py, PyAny>)> {
    let (py, merge) = (partners.py(), merge_of_partners(head_id, user_id)?);
    let ids: Vec<PartnerId> = ids("ids", RecordKind::Partner, partners)?;
    pair(py, &session.ask(py, |core| core.partners().merge(&ids, &merge))?)
}

#[pyfunction]
pub(crate) fn merge_partner_clusters<'py>(
    session: &Session,
    clusters: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyList>> {
    let (py, merge) = (clusters.py(), merge_of_partners(None, user_id)?);
    let sets: Vec<Vec<PartnerId>> = sets(RecordKind::Partner, clusters)?;
    pairs(py, &session.ask(py, |core| core.partners().merge_clusters(&sets, &merge))?)
}

#[pyfunction]
pub(crate) fn unmerge_partners<'py>(
    session: &Session,
    merge_id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, id) = (merge_id.py(), merge_number(merge_id)?);
    frame(py, session.ask(py, |core| core.partners().unmerge(id))?.frame())
}

#[pyfunction]
pub(crate) fn partner_merged_into(
    session: &Session,
    id: &Bound<'_, PyAny>,
) -> PyResult<Option<i64>> {
    let py = id.py();
    let id = PartnerId(identify("id", RecordKind::Partner, id)?);
    Ok(session.ask(py, |core| core.partners().merged_into(id))?.map(|id| id.0))
}
