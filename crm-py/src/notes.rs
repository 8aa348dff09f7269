//! Activities and messages: what is to be done about leads and partners, and what was said.

use crm_core::base::{ActivityId, LeadId, Record as _, RecordKind, Result, Subject};
use crm_core::record::Activity;
use crm_core::{Activities, Schedule};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::frame::frame;
use crate::lead::optional;
use crate::session::{Session, answer, kind_of};
use crate::value::{day, id as identify, ids as identities, optional_text, target, text, truth};

type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python's arguments, one by one")]
pub(crate) fn schedule_activity<'py>(
    session: &Session,
    record: &str,
    id: &Bound<'py, PyAny>,
    activity_type_id: &Bound<'py, PyAny>,
    date_deadline: Given<'_, 'py>,
    user_id: Given<'_, 'py>,
    summary: Given<'_, 'py>,
    note: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = id.py();
    let kind = kind_of(py, record)?;
    let (ids, many) = target(kind, id)?;
    let of = identify("activity_type_id", RecordKind::ActivityType, activity_type_id)?;
    let plan = Schedule {
        activity_type_id: of.into(),
        date_deadline: date_deadline.map(|given| day("date_deadline", given)).transpose()?,
        user_id: optional("user_id", RecordKind::User, user_id)?,
        summary: optional_text("summary", summary)?,
        note: optional_text("note", note)?,
    };
    let scheduled = session.ask(py, |core| core.activities().schedule_about(kind, &ids, &plan))?;
    answer(py, scheduled.iter().map(Activity::row).collect(), many)
}

/// A verb on one activity, or on several.
fn verb<'py>(
    session: &Session,
    given: &Bound<'py, PyAny>,
    work: impl FnOnce(Activities<'_>, &[ActivityId]) -> Result<Vec<Activity>> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let py = given.py();
    let (ids, many) = target(RecordKind::Activity, given)?;
    let ids: Vec<ActivityId> = ids.into_iter().map(ActivityId).collect();
    let done = session.ask(py, |core| work(core.activities(), &ids))?;
    answer(py, done.iter().map(Activity::row).collect(), many)
}

#[pyfunction]
pub(crate) fn activity_done<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    feedback: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let feedback = optional_text("feedback", feedback)?;
    verb(session, id, |activities, ids| activities.done(ids, feedback.as_deref()))
}

#[pyfunction]
pub(crate) fn reschedule_activity<'py>(
    session: &Session,
    id: &Bound<'py, PyAny>,
    date_deadline: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let due = day("date_deadline", date_deadline)?;
    verb(session, id, |activities, ids| activities.reschedule(ids, due))
}

#[pyfunction]
pub(crate) fn cancel_activity(session: &Session, id: &Bound<'_, PyAny>) -> PyResult<()> {
    let (ids, _) = target(RecordKind::Activity, id)?;
    let ids: Vec<ActivityId> = ids.into_iter().map(ActivityId).collect();
    session.ask(id.py(), |core| core.activities().cancel(&ids))
}

#[pyfunction]
pub(crate) fn activity_status<'py>(
    session: &Session,
    lead_ids: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = lead_ids.py();
    let leads = identities("lead_ids", RecordKind::Lead, lead_ids)?;
    let leads: Vec<LeadId> = leads.into_iter().map(LeadId).collect();
    frame(py, session.ask(py, |core| core.activities().status(&leads))?)
}

#[pyfunction]
pub(crate) fn post_message<'py>(
    session: &Session,
    record: &str,
    id: &Bound<'py, PyAny>,
    body: &Bound<'py, PyAny>,
    internal: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = id.py();
    let (body, internal) = (text("body", body)?, truth("internal", internal)?);
    let kind = kind_of(py, record)?;
    let (ids, many) = target(kind, id)?;
    let posted = session.ask(py, |core| core.chatter().post_about(kind, &ids, &body, internal))?;
    match posted.as_slice() {
        [id] if !many => Ok(id.0.into_pyobject(py)?.into_any()),
        ids => Ok(PyList::new(py, ids.iter().map(|id| id.0))?.into_any()),
    }
}

#[pyfunction]
pub(crate) fn timeline<'py>(
    session: &Session,
    record: &str,
    id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = id.py();
    let kind = kind_of(py, record)?;
    let subject = Subject { kind, id: identify("id", kind, id)? };
    frame(py, session.ask(py, |core| core.chatter().list(subject))?)
}
