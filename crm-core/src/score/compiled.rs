//! The model as tables of weights, for scoring many leads: one addition per value.
//!
//! A weight is what [`Term::log_odds`](crate::score::bayes::Term) says, computed once per (team, variable, value); it is added in the
//! same order as for a single lead, so that both agree in the last bit. Measured figure to beat: 1 µs a lead through the maps of the
//! model, some 30 ns through these tables. Deliberately absent: leads of which a field was changed since their creation, which are fewer
//! and are judged one by one.

use std::collections::BTreeSet;

use crate::base::TeamId;
use crate::score::bayes::{Book, Model, log_prior, probability};
use crate::score::count::Map;
use crate::score::evidence::{Evidence, STAGE};
use crate::score::model::{self, Judge, Said};
use crate::score::pass::Narrow;
use crate::score::weighted::{self, Closing};

/// Values that a column may hold for each one it knows before it becomes a map: bounds memory when there are many teams.
const SPARSITY: usize = 8;
/// Values of a column that is always an array.
const SMALL: usize = 1_024;

/// Judges leads as the model does: by tables, if there are so many that making them pays.
#[derive(Debug)]
pub(crate) struct Judging<'m> {
    model: &'m model::Model,
    compiled: Option<Compiled>,
    values: Vec<(usize, u32)>,
}

impl<'m> Judging<'m> {
    /// To judge so many leads of so many variables.
    pub(crate) fn new(model: &'m model::Model, leads: usize, variables: usize) -> Self {
        // A lead costs about as much through the maps as its values' weights cost to be put into tables. Of a single one, that is not
        // even asked: how large the model is may take as long as the answer.
        let pays = leads > 1 && leads * variables > model.judge().size();
        let compiled = pays.then(|| model.judge().compiled());
        Self { model, compiled, values: Vec::new() }
    }

    /// What the model says of a lead.
    pub(crate) fn said(&mut self, evidence: &Evidence) -> Said {
        let judge = self.model.judge();
        let Some(compiled) = self.compiled.as_ref().filter(|_| evidence.created.values.is_empty())
        else {
            return judge.said(evidence);
        };
        self.values.clear();
        let stage = evidence.stage_id.map(|stage| stage.to_string());
        let stage = stage.as_deref().and_then(|text| Some((STAGE, judge.number(STAGE, text)?)));
        let values = evidence.values.iter();
        let values = values.filter_map(|(at, text)| Some((*at, judge.number(*at, text)?)));
        self.values.extend(stage.into_iter().chain(values));
        let is_moved = evidence.created.team.is_some();
        compiled.said(evidence.team_id, is_moved, stage.is_some(), &self.values)
    }
}

/// The weights of one variable's values.
#[derive(Debug)]
enum Weights {
    Dense(Vec<f64>),
    Sparse(Map<u32, f64>),
}

impl Weights {
    fn of(&self, code: u32) -> f64 {
        match self {
            Self::Dense(weights) => weights.get(code as usize).copied().unwrap_or(0.0),
            Self::Sparse(weights) => weights.get(&code).copied().unwrap_or(0.0),
        }
    }
}

/// What the leads of one team, or of no known team, are judged by.
#[derive(Debug)]
pub(crate) struct Sheet {
    prior: f64,
    columns: Vec<Weights>,
    mixture: Option<Mixture>,
}

/// What the weights of the model `weighted` are closed with.
#[derive(Debug)]
struct Mixture {
    base: f64,
    /// By variable: what emptiness adds.
    empty: Vec<f64>,
    closing: Closing,
}

impl Mixture {
    fn said(&self, sheet: &Sheet, values: &[(usize, u32)]) -> Said {
        let (mut log_odds, mut stage, mut rest) = (sheet.prior, 0.0, values);
        for (variable, column) in sheet.columns.iter().enumerate() {
            let own = rest.iter().take_while(|(at, _)| *at == variable).count();
            let sum = if variable == STAGE { &mut stage } else { &mut log_odds };
            if own == 0 {
                *sum += self.empty[variable];
            }
            for (_, code) in &rest[..own] {
                *sum += column.of(*code);
            }
            rest = &rest[own..];
        }
        self.closing.said(self.base, log_odds, [stage; 2])
    }
}

impl Sheet {
    /// The log-odds of a lead with these values (variable, code): the stage first, then in the variables' order.
    pub(crate) fn log_odds(&self, values: &[(usize, u32)]) -> f64 {
        values.iter().fold(self.prior, |sum, (at, code)| sum + self.columns[*at].of(*code))
    }
}

/// All sheets.
#[derive(Debug)]
pub(crate) struct Compiled {
    begun: Sheets,
    /// For leads of which the team was changed since their creation, where those are judged otherwise.
    moved: Option<Sheets>,
}

/// Those of all teams.
#[derive(Debug)]
struct Sheets {
    teams: Map<TeamId, Option<Sheet>>,
    /// Of teams that nothing is known of, where they are judged otherwise than leads without team.
    other: Option<Sheet>,
    all: Option<Sheet>,
}

impl Compiled {
    /// Computes every weight of the model.
    pub(crate) fn new(model: &Model) -> Self {
        let teams = model.teams().map(|(team, book)| (team, sheet(model, book))).collect();
        let begun = Sheets { teams, other: None, all: sheet(model, model.all()) };
        Self { begun, moved: None }
    }

    /// The same of the model `weighted`.
    pub(crate) fn weighted(model: &weighted::Model) -> Self {
        let weighed = model.all_team_pulls().into_iter().map(|(team, _)| team);
        let known: BTreeSet<TeamId> = model.tables.teams().chain(weighed).collect();
        let sheets = |is_changed| {
            let mixed = |team| Some(mixed(model, team, is_changed));
            let teams = known.iter().map(|team| (*team, mixed(Some(*team)))).collect();
            // No team has that number.
            Sheets { teams, other: mixed(Some(TeamId(0))), all: mixed(None) }
        };
        Self { begun: sheets(false), moved: Some(sheets(true)) }
    }

    /// What the model says of a lead with these values: the stage first, if it has one, then in the variables' order.
    pub(crate) fn said(
        &self,
        team: Option<TeamId>,
        is_moved: bool,
        has_stage: bool,
        values: &[(usize, u32)],
    ) -> Said {
        let sheets = self.moved.as_ref().filter(|_| is_moved).unwrap_or(&self.begun);
        match sheets.of(team) {
            Some(sheet) => match &sheet.mixture {
                Some(mixture) => mixture.said(sheet, values),
                None if has_stage => Said::of(Some(probability(sheet.log_odds(values)))),
                None => Said::NOTHING,
            },
            None => Said::NOTHING,
        }
    }

    /// What the model says of a lead of a pass.
    pub(crate) fn said_of(&self, judge: &dyn Judge, lead: &Narrow<'_>) -> Said {
        match &lead.changed {
            Some(changed) => judge.said(changed),
            None => {
                let is_moved = lead.moved_from.is_some();
                self.said(lead.team_id, is_moved, lead.has_stage, lead.values)
            }
        }
    }

    /// The sheet for leads of that team that have it since their creation.
    #[cfg(test)]
    pub(crate) fn sheet(&self, team: Option<TeamId>) -> Option<&Sheet> {
        self.begun.of(team)
    }
}

impl Sheets {
    /// The sheet for leads of that team; `None` when they cannot be judged.
    fn of(&self, team: Option<TeamId>) -> Option<&Sheet> {
        let Some(team) = team else { return self.all.as_ref() };
        match self.teams.get(&team) {
            Some(own) => own.as_ref(),
            None => self.other.as_ref().or(self.all.as_ref()),
        }
    }
}

fn sheet(model: &Model, book: &Book) -> Option<Sheet> {
    let prior = model.prior(book)?;
    let mut columns: Vec<Map<u32, f64>> = vec![Map::default(); model.variables()];
    for (variable, code) in book.rows.keys() {
        if let Some(term) = Model::term(book, prior, *variable, *code) {
            columns[*variable].insert(*code, term.log_odds());
        }
    }
    debug_assert!(!columns[STAGE].is_empty(), "the prior is a stage's count");
    let columns = columns.into_iter().enumerate();
    let columns = columns.map(|(variable, weights)| column(model.words(variable).len(), weights));
    Some(Sheet { prior: log_prior(prior), columns: columns.collect(), mixture: None })
}

/// Dense where that is small or mostly filled.
fn column(values: usize, weights: Map<u32, f64>) -> Weights {
    if values > SMALL && values > weights.len() * SPARSITY {
        return Weights::Sparse(weights);
    }
    let mut dense = vec![0.0; values];
    weights.into_iter().for_each(|(code, weight)| dense[code as usize] = weight);
    Weights::Dense(dense)
}

fn mixed(model: &weighted::Model, team: Option<TeamId>, is_changed: bool) -> Sheet {
    let ground = model.tables.ground(team);
    let adds = |variable: usize, code: u32| match variable {
        STAGE => model.tables.stage_says(ground, code),
        _ => model.adds(ground, variable, code, is_changed),
    };
    let codes = |variable: usize| model.tables.words(variable).codes();
    let columns = (0..model.tables.fields()).map(|variable| {
        let weights = codes(variable).map(|code| (code, adds(variable, code)));
        column(model.tables.words(variable).len(), weights.collect())
    });
    let empty = (0..model.tables.fields()).map(|variable| {
        let code = model.tables.words(variable).code("");
        code.map_or(0.0, |code| adds(variable, code))
    });
    let closing = model.closing(is_changed);
    let mixture = Mixture { base: ground.base, empty: empty.collect(), closing };
    let prior = model.start(ground, is_changed);
    Sheet { prior, columns: columns.collect(), mixture: Some(mixture) }
}
