//! The verbs of a lead.

use crm_core::base::{LeadId, LostReasonId, PartnerId, RecordKind, StageId, TeamId, UserId};
use crm_core::{Convert, Leads, Lost};
use pyo3::prelude::*;

use crate::frame::frame;
use crate::session::Session;
use crate::value::{id as identify, ids as identities, optional_text, target, truth};

type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

pub(crate) fn optional<I: From<i64>>(
    field: &str,
    kind: RecordKind,
    given: Given<'_, '_>,
) -> PyResult<Option<I>> {
    Ok(given.map(|given| identify(field, kind, given)).transpose()?.map(I::from))
}

#[pyfunction]
pub(crate) fn mark_won<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    session.verb(id, |leads: Leads<'_>, ids| leads.mark_won(ids))
}

#[pyfunction]
pub(crate) fn mark_lost<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    lost_reason_id: Given<'_, 'py>,
    note: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let lost_reason_id: Option<LostReasonId> =
        optional("lost_reason_id", RecordKind::LostReason, lost_reason_id)?;
    let lost = Lost { lost_reason_id, note: optional_text("note", note)? };
    session.verb(id, |leads, ids| leads.mark_lost(ids, &lost))
}

#[pyfunction]
pub(crate) fn reopen<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    session.verb(id, |leads, ids| leads.reopen(ids))
}

#[pyfunction]
pub(crate) fn archive<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    session.verb(id, |leads, ids| leads.archive(ids))
}

#[pyfunction]
pub(crate) fn restore<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    session.verb(id, |leads, ids| leads.restore(ids))
}

#[pyfunction]
pub(crate) fn move_to<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    stage_id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let stage = StageId(identify("stage_id", RecordKind::Stage, stage_id)?);
    session.verb(id, |leads, ids| leads.move_to(ids, stage))
}

#[expect(clippy::too_many_arguments, reason = "the parts of a conversion, named in Python")]
fn conversion(
    partner_id: Given<'_, '_>,
    user_id: Given<'_, '_>,
    team_id: Given<'_, '_>,
    create_partner: &Bound<'_, PyAny>,
    user_ids: Given<'_, '_>,
    deduplicate: &Bound<'_, PyAny>,
    force: &Bound<'_, PyAny>,
    key: Given<'_, '_>,
) -> PyResult<Convert> {
    let user_ids = user_ids.map(|users| identities("user_ids", RecordKind::User, users));
    Ok(Convert {
        partner_id: optional::<PartnerId>("partner_id", RecordKind::Partner, partner_id)?,
        create_partner: truth("create_partner", create_partner)?,
        user_id: optional("user_id", RecordKind::User, user_id)?,
        user_ids: user_ids.transpose()?.unwrap_or_default().into_iter().map(UserId).collect(),
        team_id: optional("team_id", RecordKind::Team, team_id)?,
        deduplicate: truth("deduplicate", deduplicate)?,
        force: truth("force", force)?,
        key: optional_text("key", key)?,
    })
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the parts of a conversion, named in Python")]
pub(crate) fn convert<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    partner_id: Given<'_, 'py>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
    create_partner: &Bound<'py, PyAny>,
    user_ids: Given<'_, 'py>,
    deduplicate: &Bound<'py, PyAny>,
    force: &Bound<'py, PyAny>,
    key: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let convert = conversion(
        partner_id,
        user_id,
        team_id,
        create_partner,
        user_ids,
        deduplicate,
        force,
        key,
    )?;
    session.verb_on(id, |leads, ids, many| match ids {
        [one] if !many => Ok(vec![leads.convert(*one, &convert)?]),
        ids => leads.convert(ids, &convert),
    })
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the parts of a conversion, named in Python")]
pub(crate) fn plan_convert<'py>(
    session: &Session,
    ids: &Bound<'py, PyAny>,
    partner_id: Given<'_, 'py>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
    create_partner: &Bound<'py, PyAny>,
    user_ids: Given<'_, 'py>,
    deduplicate: &Bound<'py, PyAny>,
    force: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, convert) = (
        ids.py(),
        conversion(
            partner_id,
            user_id,
            team_id,
            create_partner,
            user_ids,
            deduplicate,
            force,
            None,
        )?,
    );
    let ids: Vec<LeadId> = target(RecordKind::Lead, ids)?.0.into_iter().map(LeadId).collect();
    frame(py, session.ask(py, |core| core.leads().plan_convert(&ids, &convert))?.frame())
}

#[pyfunction]
pub(crate) fn assign_to<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    user_id: Given<'_, 'py>,
    team_id: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let user: Option<UserId> = optional("user_id", RecordKind::User, user_id)?;
    let team: Option<TeamId> = optional("team_id", RecordKind::Team, team_id)?;
    session.verb(id, |leads, ids| leads.assign_to(ids, user, team))
}

#[pyfunction]
pub(crate) fn copy<'py>(session: &Session, id: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    session.verb(id, |leads, ids| leads.copy(ids))
}

#[pyfunction]
pub(crate) fn partner_updates<'py>(
    session: &Session,
    ids: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = ids.py();
    let ids: Vec<LeadId> = target(RecordKind::Lead, ids)?.0.into_iter().map(LeadId).collect();
    frame(py, session.ask(py, |core| core.leads().partner_updates(&ids))?)
}

#[pyfunction]
pub(crate) fn history<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = id.py();
    let id = LeadId(identify("id", RecordKind::Lead, id)?);
    frame(py, session.ask(py, |core| core.leads().history(id))?)
}
