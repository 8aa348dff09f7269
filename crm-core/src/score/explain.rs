//! Why a lead has its chance: what each of its values weighs.
//!
//! Weights are log-odds, and they add up: the prior's log-odds and the rows' together are those of `raw`. Under `bayes` that is the
//! chance before it is rounded and kept off 0 and 100; under `weighted` it is recalibrated and mixed with the base rate first, which
//! keeps the order of leads. Above 0 (a share above one half) a value raises the chance.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::base::frame::{Column, ColumnData};
use crate::base::{FieldKind, Frame, LeadId, Probability, RecordKind, TeamId};
use crate::record::{Lead, ProbabilityPolicy, ProbabilitySource, WonStatus};
use crate::score::bayes::{self, log_prior, probability};
use crate::score::count::Tally;
use crate::score::evidence::{Evidence, Variable};
use crate::score::model::Judge;
use crate::score::online::logit;
use crate::score::weighted;

/// What being of a team is called among the reasons.
const TEAM_ID: &str = "team_id";

/// Why a lead has its chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The lead.
    pub lead_id: LeadId,
    /// What the machine says.
    pub probability: Probability,
    /// What was stored of it last: what a list shows until it is recomputed.
    pub automated_probability: Probability,
    /// Whether the lead is pending and what is stored is another chance.
    pub is_stale: bool,
    /// What a person typed; none: nothing was.
    pub manual_probability: Option<Probability>,
    /// What its stage says.
    pub stage_probability: Probability,
    /// What the stored `automated_probability` rests on.
    pub automated_source: ProbabilitySource,
    /// What `stage_probability` rests on: `stage`; `base` where nobody came to that stage yet; `none` before anything was counted, which
    /// `rebuild` and `recompute` do for stages.
    pub stage_source: ProbabilitySource,
    /// Which of the three is the lead's chance while it is pending.
    pub policy: ProbabilityPolicy,
    /// What that rests on: the model, or nothing.
    pub source: ProbabilitySource,
    /// The share of leads won among those it is judged by, 0…1; 0 when nothing is known.
    pub base: f64,
    /// Log-odds of that share.
    pub base_log_odds: f64,
    /// The chance 0…1 that the base and the rows add up to, before recalibration; unrounded.
    pub raw: f64,
    /// What each value weighs, stage first, then in the order of the configured fields. Values that were never counted weigh nothing.
    pub rows: Vec<ExplanationRow>,
}

impl Explanation {
    /// What is stored of the lead stands beside.
    pub(crate) fn stored(&mut self, lead: &Lead) {
        self.automated_probability = lead.automated_probability;
        self.is_stale =
            lead.won_status == WonStatus::Pending && self.probability != lead.automated_probability;
        self.manual_probability = lead.manual_probability;
        self.stage_probability = lead.stage_probability;
        self.automated_source = lead.automated_source;
        self.stage_source = lead.stage_source();
        self.policy = lead.probability_policy;
    }

    /// The rows: `variable`, `value`, `log_odds`, `share`, `won_count`, `lost_count`, `bin`, `points`, `is_changed`, as in
    /// [`ExplanationRow`].
    #[must_use]
    pub fn frame(&self) -> Frame {
        let texts = |of: fn(&ExplanationRow) -> Option<String>| {
            ColumnData::Text(self.rows.iter().map(of).collect())
        };
        let floats = |of: fn(&ExplanationRow) -> f64| {
            ColumnData::Float(self.rows.iter().map(|row| Some(of(row))).collect())
        };
        let counts = |of: fn(&ExplanationRow) -> Decimal| {
            ColumnData::Decimal(self.rows.iter().map(|row| Some(of(row))).collect())
        };
        let columns = [
            ("variable", texts(|row| Some(row.variable.clone()))),
            ("value", texts(|row| Some(row.value.clone()))),
            ("log_odds", floats(|row| row.log_odds)),
            ("share", floats(|row| row.share)),
            ("won_count", counts(|row| row.won_count)),
            ("lost_count", counts(|row| row.lost_count)),
            ("bin", texts(|row| row.bin.clone())),
            ("points", floats(|row| row.points)),
            (
                "is_changed",
                ColumnData::Bool(self.rows.iter().map(|row| Some(row.is_changed)).collect()),
            ),
        ];
        let column = |(name, data): (&str, _)| Column { name: name.to_owned(), data };
        Frame::of(columns.map(column).into())
    }

    /// All but the rows, as one row: `lead_id`; in percent `probability`, then its `source`, `automated_probability`, `is_stale`,
    /// `manual_probability`, `stage_probability`; `policy`; `base` and `raw` from 0 to 1, `base_log_odds`; what the stored numbers rest
    /// on, `automated_source` and `stage_source`.
    #[must_use]
    pub fn head(&self) -> Frame {
        let percent = |chance: Option<Probability>| {
            ColumnData::Decimal(vec![chance.map(Probability::percent)])
        };
        let text = |word: &str| ColumnData::Text(vec![Some(word.to_owned())]);
        let float = |number: f64| ColumnData::Float(vec![Some(number)]);
        let columns = [
            ("lead_id", ColumnData::Int(vec![Some(self.lead_id.0)])),
            ("probability", percent(Some(self.probability))),
            ("source", text(self.source.word())),
            ("automated_probability", percent(Some(self.automated_probability))),
            ("is_stale", ColumnData::Bool(vec![Some(self.is_stale)])),
            ("manual_probability", percent(self.manual_probability)),
            ("stage_probability", percent(Some(self.stage_probability))),
            ("policy", text(self.policy.word())),
            ("base", float(self.base)),
            ("base_log_odds", float(self.base_log_odds)),
            ("raw", float(self.raw)),
            ("automated_source", text(self.automated_source.word())),
            ("stage_source", text(self.stage_source.word())),
        ];
        let column = |(name, data): (&str, _)| Column { name: name.to_owned(), data };
        Frame::of(columns.map(column).into())
    }
}

/// What one value weighs.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplanationRow {
    /// The field as configured.
    pub variable: String,
    /// Its value.
    pub value: String,
    /// Of a number or a date, the bin by which it counts under `weighted`: `< 10`, `10 .. 20` (20 left out), `>= 20`, or `any`.
    pub bin: Option<String>,
    /// Added to the log-odds; above 0 it speaks for winning.
    pub log_odds: f64,
    /// By how many percentage points `probability` is higher than if this value weighed nothing and all others what they do. These do not
    /// add up.
    pub points: f64,
    /// How much it speaks for winning, 0…1.
    pub share: f64,
    /// Leads won with this value, by the counts that apply: under `weighted`, of leads that were created with it, or if the lead was
    /// changed to it, of leads that were changed to it.
    pub won_count: Decimal,
    /// Leads lost with it.
    pub lost_count: Decimal,
    /// Whether the lead said something else when it was created, or was another team's: then it is judged by leads that were changed so.
    pub is_changed: bool,
}

/// An explanation before anything is said; what is stored of the lead, the desk adds.
const NOBODY: Explanation = Explanation {
    lead_id: LeadId(0),
    probability: Probability::ZERO,
    automated_probability: Probability::ZERO,
    is_stale: false,
    manual_probability: None,
    stage_probability: Probability::ZERO,
    automated_source: ProbabilitySource::None,
    stage_source: ProbabilitySource::None,
    policy: ProbabilityPolicy::Blend,
    source: ProbabilitySource::None,
    base: 0.0,
    base_log_odds: 0.0,
    raw: 0.0,
    rows: Vec::new(),
};

/// Explains what the model `bayes` says of a lead.
pub(crate) fn bayes(
    model: &bayes::Model,
    variables: &[Variable],
    lead_id: LeadId,
    evidence: &Evidence,
) -> Explanation {
    let Some((prior, terms)) = model.terms(evidence) else {
        return Explanation { lead_id, ..NOBODY };
    };
    let known = terms.iter().filter_map(|(_, _, term)| *term);
    let log_odds = known.fold(log_prior(prior), |sum, term| sum + term.log_odds());
    let said = probability(log_odds);
    let row = |(variable, value, term): (usize, Cow<'_, str>, Option<bayes::Term>)| {
        let weight = term.map_or(0.0, bayes::Term::log_odds);
        let row = term.map_or(Tally::default(), |term| term.row);
        ExplanationRow {
            variable: variables[variable].name.clone(),
            value: value.into_owned(),
            bin: None,
            log_odds: weight,
            points: (said.ppm() - probability(log_odds - weight).ppm()) as f64 / 1e4,
            share: term.map_or(0.5, bayes::Term::share),
            won_count: leads(row.won),
            lost_count: leads(row.lost),
            is_changed: false,
        }
    };
    let rows = terms.into_iter().map(row).collect();
    Explanation {
        lead_id,
        probability: said,
        raw: fraction(log_odds),
        source: ProbabilitySource::Model,
        base: share(prior),
        base_log_odds: log_prior(prior),
        rows,
        ..NOBODY
    }
}

/// Explains what the model `weighted` says of a lead.
pub(crate) fn weighted(
    model: &weighted::Model,
    variables: &[Variable],
    lead_id: LeadId,
    evidence: &Evidence,
) -> Explanation {
    let reasons = model.reasons(evidence);
    let row = |term: &weighted::Term<'_>| {
        let (name, tally) = match (term.variable, term.code) {
            (Some(at), Some(code)) => {
                let tally = model.tables.tally(evidence.team_id, at, code);
                (variables[model.tables.field(at)].name.as_str(), tally)
            }
            // A value that was never met says nothing.
            (Some(at), None) => (variables[model.tables.field(at)].name.as_str(), Tally::default()),
            (None, _) => (TEAM_ID, model.tables.team_tally(evidence.team_id)),
        };
        ExplanationRow {
            variable: name.to_owned(),
            value: term.text.clone().into_owned(),
            bin: term.variable.and_then(|at| model.tables.bin(at, &term.text)),
            log_odds: term.log_odds,
            points: reasons.points(term),
            share: fraction(term.log_odds),
            won_count: leads(tally.won * 10),
            lost_count: leads(tally.lost * 10),
            is_changed: term
                .variable
                .map_or(evidence.created.team.is_some(), |at| model.tables.field(at) != at),
        }
    };
    let rows: Vec<_> = reasons.terms.iter().map(row).collect();
    let base_log_odds = logit(reasons.base);
    Explanation {
        lead_id,
        probability: reasons.said.probability,
        source: reasons.said.source,
        base: reasons.base,
        base_log_odds,
        raw: fraction(rows.iter().fold(base_log_odds, |sum, row| sum + row.log_odds)),
        rows,
        ..NOBODY
    }
}

/// A chance from its log-odds.
fn fraction(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
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
    /// Whether leads are counted that were changed to the value; else those that were created with it. `bayes` tells no difference.
    pub is_changed: bool,
    /// Leads won with it, and a tenth of a lead. For the stage under `bayes`: every lead won; under other models: those won in that stage.
    pub won_count: Decimal,
    /// Leads lost with it, and a tenth. For the stage under `bayes`: those lost there or further on; under other models: those lost there.
    pub lost_count: Decimal,
}

impl ScoreFrequency {
    /// As a table: `team_id`, `variable`, `value`, `is_changed`, `won_count`, `lost_count`.
    #[must_use]
    pub fn frame(rows: &[Self]) -> Frame {
        let mut frame = Frame::new([
            ("team_id", FieldKind::Ref(RecordKind::Team)),
            ("variable", FieldKind::Text),
            ("value", FieldKind::Text),
            ("is_changed", FieldKind::Bool),
            ("won_count", FieldKind::Money),
            ("lost_count", FieldKind::Money),
        ]);
        for row in rows {
            frame.push([
                row.team_id.into(),
                row.variable.as_str().into(),
                row.value.as_str().into(),
                row.is_changed.into(),
                row.won_count.into(),
                row.lost_count.into(),
            ]);
        }
        frame
    }
}

/// Everything that was counted, by team (none last), field and value.
pub(crate) fn frequencies(model: &dyn Judge, variables: &[Variable]) -> Vec<ScoreFrequency> {
    let mut rows = model.shown();
    rows.sort_unstable_by_key(|(team, variable, value, _)| {
        let (is_changed, at) = (*variable / variables.len(), *variable % variables.len());
        (team.is_none(), *team, at, is_changed, value.parse::<i64>().ok(), *value)
    });
    let rows = rows.into_iter().map(|(team_id, variable, value, tally)| ScoreFrequency {
        team_id,
        variable: variables[variable % variables.len()].name.clone(),
        value: value.to_owned(),
        is_changed: variable >= variables.len(),
        won_count: leads(tally.won),
        lost_count: leads(tally.lost),
    });
    rows.collect()
}
