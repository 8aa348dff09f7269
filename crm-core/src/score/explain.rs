//! Why a lead has its chance: what each of its values weighs.
//!
//! Weights are log-odds, and they add up: the prior's log-odds and the rows' together are the chance's, before it is rounded and
//! kept off 0 and 100. Above 0 (a share above one half) a value raises the chance.

use rust_decimal::Decimal;

use crate::base::{LeadId, Probability, TeamId};
use crate::record::ProbabilitySource;
use crate::score::bayes::{Model, log_prior, probability};
use crate::score::count::Tally;
use crate::score::evidence::{Evidence, Variable};

/// Why a lead has its chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The lead.
    pub lead_id: LeadId,
    /// What the machine says.
    pub probability: Probability,
    /// What that rests on: the model, or nothing.
    pub source: ProbabilitySource,
    /// The share of leads won among those it is judged by, 0…1; 0 when nothing is known.
    pub base: f64,
    /// Log-odds of that share.
    pub base_log_odds: f64,
    /// What each value weighs, stage first, then in the order of the configured fields. Values never counted are left out.
    pub rows: Vec<ExplanationRow>,
}

/// What one value weighs.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplanationRow {
    /// The field as configured.
    pub variable: String,
    /// Its value as counted.
    pub value: String,
    /// Added to the log-odds; above 0 it speaks for winning.
    pub log_odds: f64,
    /// How much it speaks for winning, 0…1.
    pub share: f64,
    /// Leads won with this value, by the counts that apply.
    pub won_count: Decimal,
    /// Leads lost with it.
    pub lost_count: Decimal,
}

/// Explains what the model says of a lead.
pub(crate) fn explain(
    model: &Model,
    variables: &[Variable],
    lead_id: LeadId,
    evidence: &Evidence,
) -> Explanation {
    let Some((prior, terms)) = model.terms(evidence) else {
        let (probability, source) = (Probability::ZERO, ProbabilitySource::None);
        let (base, base_log_odds, rows) = (0.0, 0.0, Vec::new());
        return Explanation { lead_id, probability, source, base, base_log_odds, rows };
    };
    let rows: Vec<_> = terms
        .into_iter()
        .map(|(value, term)| ExplanationRow {
            variable: variables[term.variable].name.clone(),
            value: value.into_owned(),
            log_odds: term.log_odds(),
            share: term.share(),
            won_count: leads(term.row.won),
            lost_count: leads(term.row.lost),
        })
        .collect();
    let base_log_odds = log_prior(prior);
    Explanation {
        lead_id,
        probability: probability(rows.iter().fold(base_log_odds, |sum, row| sum + row.log_odds)),
        source: ProbabilitySource::Model,
        base: share(prior),
        base_log_odds,
        rows,
    }
}

/// Tenths of leads as a number of leads.
pub(crate) fn leads(tenths: i64) -> Decimal {
    Decimal::new(tenths, 1)
}

fn share(tally: Tally) -> f64 {
    tally.won as f64 / (tally.won + tally.lost) as f64
}

/// How often a value was won and lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreFrequency {
    /// The team whose leads were counted; none: leads without team.
    pub team_id: Option<TeamId>,
    /// The field as configured.
    pub variable: String,
    /// The value as text: ids in decimal, an unset contact state is empty.
    pub value: String,
    /// Leads won, a tenth of a lead added. For the stage: every lead won.
    pub won_count: Decimal,
    /// Leads lost, a tenth added. For the stage: those lost there or further on.
    pub lost_count: Decimal,
}

/// Everything that was counted, by team (none last), field and value.
pub(crate) fn frequencies(model: &Model, variables: &[Variable]) -> Vec<ScoreFrequency> {
    let mut rows = model.shown();
    rows.sort_unstable_by_key(|(team, variable, value, _)| {
        (team.is_none(), *team, *variable, value.parse::<i64>().ok(), *value)
    });
    let rows = rows.into_iter().map(|(team_id, variable, value, tally)| ScoreFrequency {
        team_id,
        variable: variables[variable].name.clone(),
        value: value.to_owned(),
        won_count: leads(tally.won),
        lost_count: leads(tally.lost),
    });
    rows.collect()
}
