//! What every model answers, and the two that there are.

use crate::base::{LeadId, Probability, TeamId};
use crate::record::ProbabilitySource;
use crate::score::compiled::Compiled;
use crate::score::count::Tally;
use crate::score::evidence::{Evidence, STAGE, Variable};
use crate::score::explain::{self, Explanation};
use crate::score::{bayes, weighted};

/// What the machine says of a lead, and on what ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) probability: Probability,
    pub(crate) source: ProbabilitySource,
}

impl Said {
    /// Nothing is known: what a new lead begins with.
    pub(crate) const NOTHING: Self =
        Self { probability: Probability::ZERO, source: ProbabilitySource::None };

    /// What a model's answer comes to.
    pub(crate) fn of(score: Option<Probability>) -> Self {
        let known = |probability| Self { probability, source: ProbabilitySource::Model };
        score.map_or(Self::NOTHING, known)
    }
}

/// A counter: team, number of the variable, value, won and lost.
pub(crate) type Counter<'m> = (Option<TeamId>, usize, &'m str, Tally);

/// What a model is asked.
pub(crate) trait Judge: Sync {
    /// The chance of a lead, were it pending.
    fn said(&self, evidence: &Evidence) -> Said;
    /// The same, with reasons.
    fn explain(&self, variables: &[Variable], id: LeadId, evidence: &Evidence) -> Explanation;
    /// The stored counters, in no order.
    fn counters(&self) -> Vec<Counter<'_>>;
    /// The counts as they are shown, in tenths of leads and in no order.
    fn shown(&self) -> Vec<Counter<'_>>;
    /// The tables by which many leads are scored.
    fn compiled(&self) -> Compiled;
    /// How many weights those hold.
    fn size(&self) -> usize;
    /// The number of a value's text in those tables; `None` leaves the value out.
    fn number(&self, variable: usize, text: &str) -> Option<u32>;
}

/// The model that is configured, as it stands.
#[derive(Debug, Clone)]
pub(crate) enum Model {
    /// The compatibility model.
    Bayes(Box<bayes::Model>),
    /// The default, and its plainer forms.
    Weighted(Box<weighted::Model>),
}

impl Model {
    /// Whoever it is, to be asked.
    pub(crate) fn judge(&self) -> &dyn Judge {
        match self {
            Self::Bayes(model) => &**model,
            Self::Weighted(model) => &**model,
        }
    }

    /// The model without one outcome among its counts. Weights keep what they learnt from it, a small part of what all taught them.
    pub(crate) fn without(&self, evidence: &Evidence, won: bool) -> Self {
        let (mut rest, by) = (self.clone(), Tally::one(won, -1));
        let team = evidence.team_id;
        match &mut rest {
            Self::Bayes(model) => {
                let stage = evidence.stage_id.map(|stage| (STAGE, stage.to_string()));
                for (variable, value) in stage.iter().chain(&evidence.values) {
                    model.add(team, *variable, value, by);
                }
            }
            Self::Weighted(model) => {
                let values = model.tables.counted_values(evidence);
                for (variable, code) in model.tables.learn_codes(&values) {
                    model.tables.count(team, variable, code, by);
                }
            }
        }
        rest
    }
}

impl Judge for bayes::Model {
    fn said(&self, evidence: &Evidence) -> Said {
        Said::of(self.score(evidence))
    }
    fn explain(&self, variables: &[Variable], id: LeadId, evidence: &Evidence) -> Explanation {
        explain::bayes(self, variables, id, evidence)
    }
    fn counters(&self) -> Vec<Counter<'_>> {
        self.counters().collect()
    }
    fn shown(&self) -> Vec<Counter<'_>> {
        self.shown()
    }
    fn size(&self) -> usize {
        self.counters().count()
    }
    fn compiled(&self) -> Compiled {
        Compiled::new(self)
    }
    fn number(&self, variable: usize, text: &str) -> Option<u32> {
        self.words(variable).code(text)
    }
}

impl Judge for weighted::Model {
    fn said(&self, evidence: &Evidence) -> Said {
        self.reasons(evidence).said
    }
    fn explain(&self, variables: &[Variable], id: LeadId, evidence: &Evidence) -> Explanation {
        explain::weighted(self, variables, id, evidence)
    }
    fn counters(&self) -> Vec<Counter<'_>> {
        self.tables.counters().collect()
    }
    fn shown(&self) -> Vec<Counter<'_>> {
        let said = self.tables.counters().filter(|(_, at, _, _)| self.tables.is_said(*at));
        said.map(|(team, at, text, tally)| (team, at, text, tally.tenths())).collect()
    }
    fn size(&self) -> usize {
        let values: usize =
            (0..self.tables.variables()).map(|at| self.tables.words(at).len()).sum();
        values * (self.tables.teams().count() + 1)
    }
    fn compiled(&self) -> Compiled {
        Compiled::weighted(self)
    }
    fn number(&self, variable: usize, text: &str) -> Option<u32> {
        Some(self.tables.number(variable, text))
    }
}
