//! Leads as they were known: where they stood at a moment, and what they counted as there.
//!
//! Stage, team and what else the history keeps are read from there; what other fields said before they were changed, the feed tells.
//! A moment before the database was told of a lead, which an import brings with its dates, knows of those fields what it was told first.

use std::collections::{HashMap, HashSet};

use crate::base::{Cell, Currency, LeadId, Past, Result, StageId, TeamId, Timestamp};
use crate::score::evidence::{self, Evidence, First, STAGE, Variable};
use crate::score::former::{self, Former};
use crate::storage::Tx;

/// A state of a lead that the history keeps.
#[derive(Debug)]
pub(crate) struct State {
    /// Since when, in microseconds.
    pub(crate) from: i64,
    /// When the database was told.
    told: i64,
    team: Option<TeamId>,
    pub(crate) stage: Option<StageId>,
    pub(crate) is_pending: bool,
    pub(crate) is_won: bool,
    /// Texts of the configured fields that the history keeps, by variable.
    values: Vec<(usize, Option<String>)>,
}

/// Whose states are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'l> {
    All,
    One(LeadId),
    These(&'l HashSet<i64>),
}

/// Whether the history keeps what a variable says; else the feed tells what it said.
fn is_kept(variable: &Variable) -> bool {
    variable.field().is_some_and(|field| field.past == Past::Kept)
}

/// What was said of leads, and when.
#[derive(Debug)]
pub(crate) struct Known {
    states: HashMap<i64, Vec<State>>,
    former: HashMap<i64, Vec<Former>>,
    /// Whether all that counts is kept by the history.
    is_whole: bool,
}

impl Known {
    /// Reads it; states that began by a moment only, if one is said.
    pub(crate) fn read(
        tx: &Tx<'_>,
        variables: &[Variable],
        until: Option<Timestamp>,
        whose: Whose<'_>,
    ) -> Result<Self> {
        let states = states(tx, variables, until, whose)?;
        let told: Vec<_> = variables.iter().enumerate().filter(|(_, own)| !is_kept(own)).collect();
        Ok(Self { states, former: former::read(tx, &told, whose)?, is_whole: told.is_empty() })
    }

    /// The states of a lead, in their order.
    pub(crate) fn states(&self, lead: i64) -> &[State] {
        self.states.get(&lead).map_or(&[], Vec::as_slice)
    }

    /// Whether all that a lead said at a moment is known, not only what the history keeps.
    pub(crate) fn is_known(&self, lead: i64, when: i64) -> bool {
        self.is_whole || self.states(lead).first().is_none_or(|first| first.told <= when)
    }

    /// What spoke for or against a lead at a moment by which its states were read, given what does now.
    pub(crate) fn as_of(&self, lead: i64, when: i64, now: Evidence) -> Evidence {
        let then = recall(now, self.states(lead).last());
        self.since_creation(lead, self.unsaid(lead, then, |change| change.until > when))
    }

    /// The same while it was open: what was closed is judged as it stood before.
    pub(crate) fn while_open(&self, lead: i64, when: i64, now: Evidence) -> Evidence {
        let then = recall(now, pending(self.states(lead), when));
        let is_to_come = |change: &Former| change.until > when || change.is_late;
        self.since_creation(lead, self.unsaid(lead, then, is_to_come))
    }

    /// The same with what was changed since the lead was created.
    fn since_creation(&self, lead: i64, mut evidence: Evidence) -> Evidence {
        let former = self.former.get(&lead).map_or(&[][..], Vec::as_slice);
        let mut first = First::default();
        let states = self.states(lead);
        if let Some(state) = states.first() {
            let until = |differs: &dyn Fn(&State) -> bool| {
                states.iter().find(|state| differs(state)).map(|state| state.told)
            };
            let team = until(&|other| other.team != state.team);
            first.team = team.map(|until| (until, state.team));
            for (at, (variable, text)) in state.values.iter().enumerate() {
                if let Some(until) = until(&|other| other.values[at].1 != *text) {
                    first.add(*variable, until, || text.iter().cloned().collect());
                }
            }
        }
        for change in former {
            first.add(change.variable, change.until, || change.was.clone());
        }
        evidence.set_created(&first);
        evidence
    }

    /// What a lead counted as when it was closed, where that is not what it is now or was when it was created.
    pub(crate) fn at_closing(
        &self,
        lead: i64,
        when: i64,
        is_won: bool,
        now: impl FnOnce() -> Evidence,
    ) -> Option<Evidence> {
        let states = self.states(lead);
        let is_its = |state: &State| !state.is_pending && state.is_won == is_won;
        let at = states.iter().rposition(|state| state.from <= when && is_its(state));
        let state = at.filter(|at| at + 1 < states.len()).map(|at| &states[at]);
        let corrected = |change: &Former| change.until > when;
        let first = states.first().map(|state| (state.team, &state.values));
        let is_changed = self.former.contains_key(&lead)
            || states.iter().any(|state| Some((state.team, &state.values)) != first);
        (state.is_some() || is_changed).then(|| {
            let then = self.unsaid(lead, recall(now(), state), corrected);
            self.since_creation(lead, then)
        })
    }

    /// Takes changes back, the last one first.
    fn unsaid(
        &self,
        lead: i64,
        mut evidence: Evidence,
        is_to_come: impl Fn(&Former) -> bool,
    ) -> Evidence {
        let changes = self.former.get(&lead).into_iter().flatten().rev();
        for change in changes.filter(|change| is_to_come(change)) {
            evidence.set(change.variable, &change.was);
        }
        evidence
    }
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
        .filter(|(at, variable)| *at != STAGE && is_kept(variable))
        .filter_map(|(at, variable)| Some((at, variable.field()?)))
        .collect();
    let columns: String = kept.iter().map(|(_, field)| format!(", {}", field.name)).collect();
    let mut params = vec![Cell::Int(until.map_or(i64::MAX, Timestamp::micros))];
    let mut one = "";
    if let Whose::One(lead) = whose {
        params.push(lead.0.into());
        one = " AND lead_id = ?2";
    }
    let sql = format!(
        "SELECT lead_id, effective_at, known_at, team_id, stage_id, won_status, currency{columns} FROM lead_history \
         WHERE effective_at <= ?1{one} ORDER BY lead_id, seq"
    );
    let mut states: HashMap<i64, Vec<State>> = HashMap::new();
    tx.each(&sql, &params, |line| {
        let lead = line.int(0)?;
        if matches!(whose, Whose::These(leads) if !leads.contains(&lead)) {
            return Ok(());
        }
        let currency = Currency::new(line.text(6)?)?;
        let values = kept.iter().enumerate().map(|(column, (at, field))| {
            let text = evidence::text(field, line.cell(7 + column), currency);
            (*at, text.map(std::borrow::Cow::into_owned))
        });
        let status = line.int(5)?;
        states.entry(lead).or_default().push(State {
            from: line.int(1)?,
            told: line.int(2)?,
            team: line.int_or_null(3)?.map(TeamId),
            stage: line.int_or_null(4)?.map(StageId),
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

/// The outcomes that a lead had and has no more: from when until when, and whether it was won.
pub(crate) fn passed(states: &[State]) -> Vec<(i64, i64, bool)> {
    let mut passed = Vec::new();
    let mut open: Option<(i64, bool)> = None;
    for state in states {
        let outcome = (!state.is_pending).then_some(state.is_won);
        match open {
            Some((_, was)) if outcome == Some(was) => {}
            Some((from, was)) => {
                passed.push((from, state.from, was));
                open = outcome.map(|won| (state.from, won));
            }
            None => open = outcome.map(|won| (state.from, won)),
        }
    }
    passed
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
        evidence.set(*variable, text.as_slice());
    }
    evidence
}
