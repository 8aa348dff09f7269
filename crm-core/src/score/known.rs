//! Leads as the history knows them: where they stood at a moment, and what they counted as there.
//!
//! Stage, team and what else the history keeps are read from there; other fields have no history and count as they are now.

use std::collections::{HashMap, HashSet};

use crate::base::{Cell, Currency, LeadId, Result, StageId, TeamId, Timestamp};
use crate::score::evidence::{self, Evidence, STAGE, Variable};
use crate::storage::Tx;

/// A state of a lead that the history keeps.
#[derive(Debug)]
pub(crate) struct State {
    /// Since when, in microseconds.
    pub(crate) from: i64,
    team: Option<TeamId>,
    pub(crate) stage: Option<StageId>,
    pub(crate) is_pending: bool,
    pub(crate) is_won: bool,
    /// Texts of the configured fields that the history keeps, by variable.
    values: Vec<(usize, Option<String>)>,
}

/// Fields that the history keeps, beside stage and team.
const KEPT: [&str; 9] = [
    "kind",
    "company_id",
    "partner_id",
    "user_id",
    "expected_revenue",
    "recurring_revenue",
    "recurring_plan_id",
    "date_deadline",
    "on_hold",
];

/// Whose states are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'l> {
    All,
    One(LeadId),
    These(&'l HashSet<i64>),
}

/// The states of leads, each in their order; only those that began by a moment, if one is said.
pub(crate) fn states(
    tx: &Tx<'_>,
    variables: &[Variable],
    until: Option<Timestamp>,
    whose: Whose<'_>,
) -> Result<HashMap<i64, Vec<State>>> {
    let kept: Vec<(usize, &'static crate::base::Field)> = variables
        .iter()
        .enumerate()
        .filter_map(|(at, variable)| Some((at, variable.field()?)))
        .filter(|(at, field)| *at != STAGE && KEPT.contains(&field.name))
        .collect();
    let columns: String = kept.iter().map(|(_, field)| format!(", {}", field.name)).collect();
    let mut params = vec![Cell::Int(until.map_or(i64::MAX, Timestamp::micros))];
    let mut one = "";
    if let Whose::One(lead) = whose {
        params.push(lead.0.into());
        one = " AND lead_id = ?2";
    }
    let sql = format!(
        "SELECT lead_id, effective_at, team_id, stage_id, won_status, currency{columns} FROM lead_history \
         WHERE effective_at <= ?1{one} ORDER BY lead_id, seq"
    );
    let mut states: HashMap<i64, Vec<State>> = HashMap::new();
    tx.each(&sql, &params, |line| {
        let lead = line.int(0)?;
        if matches!(whose, Whose::These(leads) if !leads.contains(&lead)) {
            return Ok(());
        }
        let currency = Currency::new(line.text(5)?)?;
        let values = kept.iter().enumerate().map(|(column, (at, field))| {
            let text = evidence::text(field, line.cell(6 + column), currency);
            (*at, text.map(std::borrow::Cow::into_owned))
        });
        let status = line.int(4)?;
        states.entry(lead).or_default().push(State {
            from: line.int(1)?,
            team: line.int_or_null(2)?.map(TeamId),
            stage: line.int_or_null(3)?.map(StageId),
            is_pending: status == 0,
            is_won: status == 1,
            values: values.collect(),
        });
        Ok(())
    })?;
    Ok(states)
}

/// The last pending state by then; what was closed is judged as it stood before.
pub(crate) fn pending(states: &[State], when: i64) -> Option<&State> {
    let open = |state: &&State| state.is_pending;
    let known = states.iter().filter(|state| state.from <= when).rfind(open);
    known.or_else(|| states.iter().find(open))
}

/// Since when the last of these states has its outcome.
pub(crate) fn closed_since(states: &[State]) -> Option<i64> {
    let last = states.last().filter(|state| !state.is_pending)?;
    let same = states.iter().rev();
    same.take_while(|state| !state.is_pending && state.is_won == last.is_won)
        .last()
        .map(|state| state.from)
}

/// What spoke for or against a lead in that state, given what does now.
pub(crate) fn recall(mut evidence: Evidence, state: Option<&State>) -> Evidence {
    let Some(state) = state else { return evidence };
    (evidence.team_id, evidence.stage_id) = (state.team, state.stage);
    for (variable, text) in &state.values {
        evidence.values.retain(|(known, _)| known != variable);
        if let Some(text) = text {
            let at = evidence.values.partition_point(|(known, _)| known < variable);
            evidence.values.insert(at, (*variable, text.clone()));
        }
    }
    evidence
}
