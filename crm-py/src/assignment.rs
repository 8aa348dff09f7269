//! Assignment: planning who is given which lead, and doing it.

use crm_core::base::{LeadId, RecordKind, TeamId};
use crm_core::{Assign, AssignPlan, AssignRules, Record as _};
use pyo3::prelude::*;

use crate::frame::frame;
use crate::session::{Session, answer};
use crate::value::{id as identify, ids as identities};

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
    seed: u64,
    delay_hours: i64,
    created_within_days: Option<i64>,
    affinity: bool,
) -> PyResult<Plan<'py>> {
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
pub(crate) fn run_assignment<'py>(
    session: &Session,
    py: Python<'py>,
    plan: &str,
) -> PyResult<(usize, usize, usize, usize)> {
    let done = session.ask(py, |core| core.assignment().run(&AssignPlan::parse(plan)?))?;
    Ok((done.assigned, done.allocated, done.merged, done.users))
}
