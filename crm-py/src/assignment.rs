//! Assignment: planning who is given which lead, and doing it.

use crm_core::base::{LeadId, RecordKind, TeamId, UserId};
use crm_core::filter::Filter;
use crm_core::{Assign, AssignPlan, AssignRules, HandOver, Record as _};
use pyo3::prelude::*;

use crate::frame::frame;
use crate::session::{Session, answer, kind_of};
use crate::value::{id as identify, ids as identities, number, optional_text};

#[pyfunction]
pub(crate) fn claim<'py>(session: &Session, id: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, id) = (id.py(), LeadId(identify("id", RecordKind::Lead, id)?));
    let claimed = session.ask(py, |core| core.leads().claim(id))?;
    answer(py, vec![claimed.row()], false)
}

/// A plan: its text, its steps and its head.
type Plan<'py> = (String, Bound<'py, PyAny>, Bound<'py, PyAny>);

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the parts of a plan, named in Python")]
pub(crate) fn plan_assignment<'py>(
    session: &Session,
    py: Python<'py>,
    rules: &str,
    team_ids: Option<&Bound<'py, PyAny>>,
    force: bool,
    seed: &Bound<'py, PyAny>,
    delay_hours: &Bound<'py, PyAny>,
    created_within_days: Option<&Bound<'py, PyAny>>,
    affinity: bool,
) -> PyResult<Plan<'py>> {
    let whole = |field, given: &Bound<'py, PyAny>| number(field, given).map(|n| n as u64);
    // Numbers that are too large stay so: the plan says how large one may be.
    let some = |field, given| whole(field, given).map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let seed = whole("seed", seed)?;
    let delay_hours = some("delay_hours", delay_hours)?;
    let created_within_days =
        created_within_days.map(|days| some("created_within_days", days)).transpose()?;
    let team_ids = team_ids.map(|teams| identities("team_ids", RecordKind::Team, teams));
    let team_ids = team_ids.transpose()?.map(|ids| ids.into_iter().map(TeamId).collect());
    let plan = session.ask(py, |core| {
        let rules = AssignRules::parse(rules)?;
        let assign =
            Assign { rules, team_ids, force, seed, delay_hours, created_within_days, affinity };
        core.assignment().plan(&assign)
    })?;
    Ok((plan.to_json(), frame(py, plan.frame())?, frame(py, plan.head())?))
}

#[pyfunction]
pub(crate) fn hand_over<'py>(
    session: &Session,
    py: Python<'py>,
    user_id: &Bound<'py, PyAny>,
    to_user_id: &Bound<'py, PyAny>,
    record: Option<&Bound<'py, PyAny>>,
    matching: Option<&str>,
    plan: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let user = |field: &str, given| identify(field, RecordKind::User, given).map(UserId);
    let (user_id, to_user_id) = (user("user_id", user_id)?, user("to_user_id", to_user_id)?);
    let record = optional_text("record", record)?.map(|word| kind_of(py, &word)).transpose()?;
    let done = session.ask(py, |core| {
        let filter = matching.map(Filter::parse).transpose()?;
        let asked = HandOver { user_id, to_user_id, record, filter };
        let desk = core.assignment();
        if plan { desk.plan_hand_over(&asked) } else { desk.hand_over(&asked) }
    })?;
    frame(py, done)
}

#[pyfunction]
pub(crate) fn run_assignment<'py>(
    session: &Session,
    py: Python<'py>,
    plan: &Bound<'py, PyAny>,
) -> PyResult<(usize, usize, usize, usize)> {
    let plan = optional_text("plan", Some(plan))?.unwrap_or_default();
    let done = session.ask(py, |core| core.assignment().run(&AssignPlan::parse(&plan)?))?;
    Ok((done.assigned, done.allocated, done.merged, done.users))
}
