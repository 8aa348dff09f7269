//! The reference model: naive Bayes over counts of won and lost leads, per team.
//!
//! Stored are whole numbers: how many leads with a value were won and lost. Everything else is derived when read. For the stage the
//! counters stand at the stage in which a lead was closed; a won lead counts at every stage, a lost one at every stage that is not
//! behind its own. Each counted value gets a tenth of a lead on either side, so sums are kept in tenths and stay exact: adding a lead
//! and taking it back leaves the very same model, in whatever order.
//!
//! A lead of a team that has counts is judged by that team alone; any other by the sum over all teams, tenths included.
//!
//! Deliberately absent: storage, and the reference's quirks of step-wise updates; live counts equal a recount.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::base::{Probability, TeamId};
use crate::score::count::{Map, StageRank, Tally, Words, by_sequence};
use crate::score::evidence::{Evidence, STAGE, TAG_IDS, Variable};

/// Leads that a tag must have been counted on, in one team, before it is believed.
const TAG_COUNT: i64 = 50;

/// The counts that one team's leads, or all leads without a team that has counts, are judged by; in tenths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    /// By variable and code; the stage's are cumulated.
    pub rows: Map<(usize, u32), Tally>,
    totals: Vec<Tally>,
    counters: usize,
}

impl Book {
    fn shift(&mut self, variable: usize, code: u32, by: Tally) {
        if by.is_zero() {
            return;
        }
        let row = self.rows.entry((variable, code)).or_default();
        row.add(by);
        if row.is_zero() {
            self.rows.remove(&(variable, code));
        }
        if self.totals.len() <= variable {
            self.totals.resize(variable + 1, Tally::ZERO);
        }
        self.totals[variable].add(by);
    }

    fn row(&self, variable: usize, code: u32) -> Tally {
        self.rows.get(&(variable, code)).copied().unwrap_or_default()
    }
}

/// What one value of a lead weighs, in tenths of leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// Which variable.
    pub variable: usize,
    /// Won and lost with this value.
    pub row: Tally,
    /// Won and lost that it is compared with: all for the stage, those with any value for the rest.
    pub total: Tally,
}

impl Term {
    /// Its share in the won over its share in the lost, as a logarithm.
    pub(crate) fn log_odds(self) -> f64 {
        let (row, total) = (self.row, self.total);
        ((row.won as f64 * total.lost as f64) / (row.lost as f64 * total.won as f64)).ln()
    }

    /// How much it speaks for winning, 0…1: above ½ it raises the chance.
    pub(crate) fn share(self) -> f64 {
        let won = self.row.won as f64 / self.total.won as f64;
        let lost = self.row.lost as f64 / self.total.lost as f64;
        if self.variable == STAGE { 1.0 - lost } else { won / (won + lost) }
    }
}

/// What each value of a lead weighs, with the variable and the value; nothing of what was never counted, or too rarely.
pub(crate) type Terms<'e> = Vec<(usize, Cow<'e, str>, Option<Term>)>;

/// The model: counts, and what follows from them.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    words: Vec<Words>,
    tags: Option<usize>,
    stages: Vec<(StageRank, u32)>,
    first: Option<u32>,
    counters: Map<(Option<TeamId>, usize, u32), Tally>,
    books: Map<Option<TeamId>, Book>,
    all: Book,
}

impl Model {
    /// A model that has counted nothing.
    pub(crate) fn new(variables: &[Variable], stages: Vec<StageRank>) -> Self {
        let mut words = vec![Words::default(); variables.len()];
        let stages = by_sequence(stages, &mut words[STAGE]);
        let first = stages.iter().find(|(stage, _)| stage.for_all).map(|(_, code)| *code);
        let tags = variables.iter().position(|variable| variable.name == TAG_IDS);
        let (counters, books) = (Map::default(), Map::default());
        Self { words, tags, stages, first, counters, books, all: Book::default() }
    }

    /// Takes stored counters in: team, variable, value, count.
    pub(crate) fn load<'c>(
        &mut self,
        counters: impl IntoIterator<Item = (Option<TeamId>, usize, &'c str, Tally)>,
    ) {
        let codes = counters.into_iter().map(|(team, variable, value, tally)| {
            (team, variable, self.words[variable].learn(value), tally)
        });
        let codes: Vec<_> = codes.collect();
        self.load_codes(codes);
    }

    /// Takes counters in by the numbers of their values.
    pub(crate) fn load_codes(
        &mut self,
        counters: impl IntoIterator<Item = (Option<TeamId>, usize, u32, Tally)>,
    ) {
        let mut teams = BTreeSet::new();
        for (team, variable, code, tally) in counters {
            self.step(team, variable, code, tally);
            teams.insert(team);
        }
        teams.into_iter().for_each(|team| self.cumulate(team));
    }

    /// Counts one value (−1 undoes exactly).
    pub(crate) fn add(&mut self, team: Option<TeamId>, variable: usize, value: &str, by: Tally) {
        let code = self.words[variable].learn(value);
        self.add_code(team, variable, code, by);
    }

    /// Counts one value by its number.
    pub(crate) fn add_code(&mut self, team: Option<TeamId>, variable: usize, code: u32, by: Tally) {
        self.step(team, variable, code, by);
        if variable == STAGE {
            self.cumulate(team);
        }
    }

    /// Counts a closed lead, or takes it back.
    #[cfg(test)]
    pub(crate) fn count(&mut self, evidence: &Evidence, by: Tally) {
        for (variable, value) in &evidence.values {
            self.add(evidence.team_id, *variable, value, by);
        }
        if let Some(stage) = evidence.stage_id {
            self.add(evidence.team_id, STAGE, &stage.to_string(), by);
        }
    }

    /// Changes a stored counter, and the books unless it is the stage's.
    fn step(&mut self, team: Option<TeamId>, variable: usize, code: u32, by: Tally) {
        let counter = self.counters.entry((team, variable, code)).or_default();
        let before = *counter;
        counter.add(by);
        let after = *counter;
        debug_assert!(after.won >= 0 && after.lost >= 0, "what is taken back was counted");
        if after.is_zero() {
            self.counters.remove(&(team, variable, code));
        }
        let book = self.books.entry(team).or_default();
        book.counters += usize::from(before.is_zero() && !after.is_zero());
        book.counters -= usize::from(!before.is_zero() && after.is_zero());
        if variable != STAGE {
            let change = self.believed(variable, after).minus(self.believed(variable, before));
            self.shift(team, variable, code, change);
        }
    }

    fn shift(&mut self, team: Option<TeamId>, variable: usize, code: u32, by: Tally) {
        self.books.entry(team).or_default().shift(variable, code, by);
        self.all.shift(variable, code, by);
    }

    /// A counter as the model reads it: rare tags say nothing.
    fn believed(&self, variable: usize, counter: Tally) -> Tally {
        if self.tags == Some(variable) && counter.won + counter.lost < TAG_COUNT {
            return Tally::ZERO;
        }
        counter.tenths()
    }

    /// Derives a team's stage rows from its counters: won at every stage, lost at every stage not behind the lead's.
    fn cumulate(&mut self, team: Option<TeamId>) {
        for (code, after) in self.cumulated(team) {
            let before = self.books.get(&team).map_or(Tally::ZERO, |book| book.row(STAGE, code));
            self.shift(team, STAGE, code, after.tenths().minus(before));
        }
    }

    /// A team's cumulated counts by stage, in whole leads.
    fn cumulated(&self, team: Option<TeamId>) -> Vec<(u32, Tally)> {
        let counter = |code| self.counters.get(&(team, STAGE, code)).copied().unwrap_or_default();
        let won = self.words[STAGE].codes().map(|code| counter(code).won).sum();
        let (mut lost, mut end, mut rows) = (0, self.stages.len(), Vec::new());
        while let Some((last, _)) = self.stages[..end].last() {
            let start = self.stages.partition_point(|(stage, _)| stage.sequence < last.sequence);
            lost +=
                self.stages[start..end].iter().map(|(_, code)| counter(*code).lost).sum::<i64>();
            rows.extend(
                self.stages[start..end].iter().map(|(_, code)| (*code, Tally { won, lost })),
            );
            end = start;
        }
        rows
    }

    /// The values of a variable.
    pub(crate) fn words(&self, variable: usize) -> &Words {
        &self.words[variable]
    }

    /// The values of a variable, to add to.
    pub(crate) fn words_mut(&mut self, variable: usize) -> &mut Words {
        &mut self.words[variable]
    }

    /// How many variables there are, the stage among them.
    pub(crate) fn variables(&self) -> usize {
        self.words.len()
    }

    /// The teams that have counts, each with its book.
    pub(crate) fn teams(&self) -> impl Iterator<Item = (TeamId, &Book)> {
        let known = self.books.iter().filter(|(_, book)| book.counters > 0);
        known.filter_map(|(team, book)| team.map(|team| (team, book)))
    }

    /// The sum over all teams.
    pub(crate) fn all(&self) -> &Book {
        &self.all
    }

    /// The counts by which leads of that team are judged.
    fn book(&self, team: Option<TeamId>) -> &Book {
        let own = team.and_then(|team| self.books.get(&Some(team)));
        own.filter(|book| book.counters > 0).unwrap_or(&self.all)
    }

    /// Won and lost of all leads of a book: those at the first stage that every team uses. `None`: it cannot judge.
    pub(crate) fn prior(&self, book: &Book) -> Option<Tally> {
        let tally = book.row(STAGE, self.first?);
        (tally.won > 0 && tally.lost > 0).then_some(tally)
    }

    /// What a value weighs; `None` when it was never counted.
    pub(crate) fn term(book: &Book, prior: Tally, variable: usize, code: u32) -> Option<Term> {
        let row = book.rows.get(&(variable, code)).copied()?;
        let total = if variable == STAGE { prior } else { book.totals[variable] };
        Some(Term { variable, row, total })
    }

    /// The prior and what each value of the evidence weighs, stage first; `None` when there is nothing to judge by.
    pub(crate) fn terms<'e>(&self, evidence: &'e Evidence) -> Option<(Tally, Terms<'e>)> {
        let book = self.book(evidence.team_id);
        let prior = self.prior(book)?;
        let stage = evidence.stage_id?.to_string();
        let mut terms = Vec::with_capacity(evidence.values.len() + 1);
        let values = evidence.values.iter().map(|(at, text)| (*at, text.as_str().into()));
        for (variable, text) in std::iter::once((STAGE, stage.into())).chain(values) {
            let text: Cow<'e, str> = text;
            let code = self.words[variable].code(&text);
            let term = code.and_then(|code| Self::term(book, prior, variable, code));
            terms.push((variable, text, term));
        }
        Some((prior, terms))
    }

    /// The chance of a pending lead; `None` without a stage, or when nothing was counted that could judge it.
    pub(crate) fn score(&self, evidence: &Evidence) -> Option<Probability> {
        let (prior, terms) = self.terms(evidence)?;
        let terms = terms.iter().filter_map(|(_, _, term)| *term);
        let log_odds = terms.fold(log_prior(prior), |sum, term| sum + term.log_odds());
        Some(probability(log_odds))
    }

    /// The stored counters: team, variable, value, count; in no order.
    pub(crate) fn counters(&self) -> impl Iterator<Item = (Option<TeamId>, usize, &str, Tally)> {
        self.counters.iter().map(|((team, variable, code), tally)| {
            (*team, *variable, self.words[*variable].text(*code), *tally)
        })
    }

    /// The counts as the reference shows them: in tenths, the stage cumulated, rare tags included; in no order.
    pub(crate) fn shown(&self) -> Vec<(Option<TeamId>, usize, &str, Tally)> {
        let plain = self.counters().filter(|(_, variable, ..)| *variable != STAGE);
        let mut shown: Vec<_> =
            plain.map(|(team, at, text, tally)| (team, at, text, tally.tenths())).collect();
        for team in self.books.keys() {
            let rows = self.cumulated(*team).into_iter().filter(|(_, tally)| !tally.is_zero());
            shown.extend(
                rows.map(|(code, tally)| {
                    (*team, STAGE, self.words[STAGE].text(code), tally.tenths())
                }),
            );
        }
        shown
    }
}

/// The odds of all leads, as a logarithm.
pub(crate) fn log_prior(prior: Tally) -> f64 {
    (prior.won as f64 / prior.lost as f64).ln()
}

/// A chance from its log-odds: percent with two decimals, never quite 0 or 100.
pub(crate) fn probability(log_odds: f64) -> Probability {
    let hundredths = (1e4 / (1.0 + (-log_odds).exp())).round().clamp(1.0, 9_999.0);
    Probability::from_fraction(hundredths / 1e4)
}
