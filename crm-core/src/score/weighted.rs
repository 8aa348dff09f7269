//! The default model: what each value says by its counts, weighed per field by weights that learn, mixed with the running base rate.
//!
//! Stored are whole numbers per team, field and value, which undo exactly, and the weights of [`Online`] and of single values, which
//! need not. Here an empty field is a value, a number is its bin, and a value never met says nothing.
//!
//! A value's win rate is shrunk to the base rate by ten leads; a team's rate to what the other teams say, also by ten. The stage has
//! no weight to learn: won leads count at every stage, lost ones up to theirs, so what it adds is how much better than all leads
//! those fare that came so far; it is added to the mixture and to the base rate alike. To the mixture of a lead of which a field was
//! changed it adds what it does among leads of which the same was.
//!
//! With [`Kind::Stage`] and [`Kind::Base`] the same counts answer without the fields. Deliberately absent: storage; undoing weights.

use std::borrow::Cow;

use crate::base::{Probability, TeamId};
use crate::record::ProbabilitySource;
use crate::score::config::Kind;
use crate::score::count::{Map, StageRank};
use crate::score::evidence::{Course, Evidence, STAGE, Variable};
use crate::score::model::Said;
use crate::score::online::{Online, Pull, chance, logit};
use crate::score::tables::{Ground, Lessons, Tables, grown};

/// What one value of a lead adds, in log-odds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term<'e> {
    /// Which variable of the tables; none for the team.
    pub variable: Option<usize>,
    /// The value as the lead has it: a number is not its bin here.
    pub text: Cow<'e, str>,
    /// The value's number; none when it was never met.
    pub code: Option<u32>,
    /// What it adds.
    pub log_odds: f64,
}

/// What a lead's chance is made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reasons<'e> {
    /// The base rate that applies.
    pub base: f64,
    /// What each value adds, stage first and the team last.
    pub terms: Vec<Term<'e>>,
    /// Chance and source.
    pub said: Said,
    /// The mixture's log-odds without the stage, what the stage adds to the base rate and to the mixture, and how they come to the chance.
    mixture: f64,
    stage: [f64; 2],
    closing: Closing,
}

impl Reasons<'_> {
    /// How much more likely the lead is to be won than were a term of it to add nothing, in percentage points.
    pub(crate) fn points(&self, term: &Term<'_>) -> f64 {
        let (mut mixture, mut stage) = (self.mixture, self.stage);
        if term.variable == Some(STAGE) {
            stage = [0.0; 2];
        } else {
            mixture -= term.log_odds;
        }
        let without = self.closing.said(self.base, mixture, stage).probability;
        (self.said.probability.ppm() - without.ppm()) as f64 / 1e4
    }
}

/// The model: counts, and weights.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    kind: Kind,
    /// What was counted.
    pub(crate) tables: Tables,
    pub(crate) online: Online,
    pulls: Vec<Vec<Pull>>,
    team_pulls: Map<TeamId, Pull>,
}

impl Model {
    /// A model that has learnt nothing, with one bin for every number.
    pub(crate) fn new(kind: Kind, variables: &[Variable], stages: Vec<StageRank>) -> Self {
        let tables = Tables::new(variables, stages);
        let count = tables.variables();
        Self {
            kind,
            tables,
            online: Online::new(count),
            pulls: vec![Vec::new(); count],
            team_pulls: Map::default(),
        }
    }

    /// Learns from an outcome, and counts it.
    pub(crate) fn learn(&mut self, course: &Course, values: &[(usize, u32)], won: bool) {
        let mut lessons = Lessons::default();
        self.tables.teach(course, values, won, &mut lessons);
        self.take(&lessons);
    }

    /// Lets the weights learn from outcomes that are counted already, in their order.
    pub(crate) fn take(&mut self, lessons: &Lessons) {
        for lesson in lessons.each() {
            let of_team = |team| lesson.team_share * self.team_pull(team).weight();
            let mut pulls = lesson.team.map_or(0.0, of_team);
            for (variable, code, share) in lesson.telling {
                pulls += share * self.pull(*variable as usize, *code).weight();
            }
            let gradient = self.online.learn(&lesson, pulls);
            let from = lesson.learns_from;
            for (variable, code, share) in lesson.telling {
                if *variable as usize >= from {
                    grown(&mut self.pulls[*variable as usize], *code).step(gradient * share);
                }
            }
            if let Some(team) = lesson.team.filter(|_| lesson.teaches_team) {
                self.team_pulls.entry(team).or_default().step(gradient * lesson.team_share);
            }
        }
    }

    /// The value expert's weight of a value.
    pub(crate) fn pull(&self, variable: usize, code: u32) -> Pull {
        self.pulls[variable].get(code as usize).copied().unwrap_or_default()
    }

    /// Sets it, as stored.
    pub(crate) fn set_pull(&mut self, variable: usize, text: &str, pull: Pull) {
        let code = self.tables.words_mut(variable).learn(text);
        *grown(&mut self.pulls[variable], code) = pull;
    }

    /// The value expert's weight of a team.
    pub(crate) fn team_pull(&self, team: TeamId) -> Pull {
        self.team_pulls.get(&team).copied().unwrap_or_default()
    }

    /// Sets it, as stored.
    pub(crate) fn set_team_pull(&mut self, team: TeamId, pull: Pull) {
        self.team_pulls.insert(team, pull);
    }

    /// All weights of values: variable, number of the value, weight.
    pub(crate) fn all_pulls(&self) -> impl Iterator<Item = (usize, u32, Pull)> {
        self.pulls.iter().enumerate().flat_map(|(at, pulls)| {
            let met = (0..).zip(pulls).filter(|(_, pull)| pull.seen > 0.0);
            met.map(move |(code, pull)| (at, code, *pull))
        })
    }

    /// All weights of teams, in their order.
    pub(crate) fn all_team_pulls(&self) -> Vec<(TeamId, Pull)> {
        let mut all: Vec<_> = self.team_pulls.iter().map(|(team, pull)| (*team, *pull)).collect();
        all.sort_unstable_by_key(|(team, _)| *team);
        all
    }

    /// What the value expert says of a value, and of a team: its weight, by how much it can tell.
    pub(crate) fn pulls(&self, variable: usize, code: u32) -> f64 {
        self.tables.telling(variable, code) * self.pull(variable, code).weight()
    }

    /// See [`Self::pulls`].
    pub(crate) fn team_says(&self, team: TeamId) -> f64 {
        self.tables.share_without(self.tables.of_team(Some(team))) * self.team_pull(team).weight()
    }

    /// What a value adds to the mixture's log-odds.
    pub(crate) fn adds(&self, ground: Ground, variable: usize, code: u32, is_changed: bool) -> f64 {
        let says = self.tables.says(ground, variable, code);
        let place = self.tables.place(variable, code);
        self.online.adds(variable, (says, place, self.pulls(variable, code)), is_changed)
    }

    /// Log-odds of the mixture before any value is looked at.
    pub(crate) fn start(&self, ground: Ground, is_changed: bool) -> f64 {
        let team = ground.team.map_or(0.0, |team| self.team_says(team));
        self.online.start(ground.base, team, is_changed)
    }

    /// How mixture, base rate and stage come to a chance, as things stand.
    ///
    /// `is_changed`: of leads of which something that counts was changed since their creation.
    pub(crate) fn closing(&self, is_changed: bool) -> Closing {
        let kind = match self.kind {
            _ if self.tables.outcomes() == 0 => ProbabilitySource::None,
            Kind::Stage => ProbabilitySource::Stage,
            Kind::Weighted if !self.tables.is_cold() => ProbabilitySource::Model,
            _ => ProbabilitySource::Base,
        };
        Closing { source: kind, trust: self.online.mix(is_changed).trust }
    }

    /// Chance of a lead, with what it is made of.
    pub(crate) fn reasons<'e>(&self, evidence: &'e Evidence) -> Reasons<'e> {
        let team = evidence.team_id;
        let ground = self.tables.ground(team);
        let is_changed = !evidence.created.is_empty();
        let mut mixture = self.start(ground, is_changed);
        let (mut terms, mut stage) = (Vec::new(), [0.0; 2]);
        for (variable, text) in self.tables.values(evidence) {
            let code = self.tables.words(variable).code(&self.tables.counted(variable, &text));
            let known = code.map(|code| {
                if variable == STAGE {
                    let beside = self.tables.stage_says_beside(ground, code, evidence);
                    stage = [self.tables.stage_says(ground, code), beside];
                    return beside;
                }
                let adds = self.adds(ground, variable, code, is_changed);
                mixture += adds;
                adds
            });
            let log_odds = known.unwrap_or(0.0);
            terms.push(Term { variable: Some(variable), text, code, log_odds });
        }
        let closing = self.closing(is_changed);
        let said = closing.said(ground.base, mixture, stage);
        if let Some(team) = team.filter(|team| self.team_pulls.contains_key(team)) {
            let log_odds = self.online.adds_team(self.team_says(team), is_changed);
            let text = Cow::Owned(team.to_string());
            terms.push(Term { variable: None, text, code: None, log_odds });
        }
        match said.source {
            ProbabilitySource::Model => {}
            ProbabilitySource::Stage => terms.retain(|term| term.variable == Some(STAGE)),
            _ => terms.clear(),
        }
        Reasons { base: ground.base, terms, said, mixture, stage, closing }
    }
}

/// How a chance is closed: by what, and with how much trust.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Closing {
    source: ProbabilitySource,
    trust: [f64; 2],
}

impl Closing {
    /// The chance of a lead, from the mixture's log-odds without the stage and what the stage adds to the base rate and to the mixture:
    /// less to what was changed since, if the change says so much already.
    pub(crate) fn said(self, base: f64, mixture: f64, [stage, beside]: [f64; 2]) -> Said {
        let chance = match self.source {
            ProbabilitySource::None => 0.5,
            ProbabilitySource::Model => {
                self.trust[0] * chance(logit(base) + stage)
                    + self.trust[1] * chance(mixture + beside)
            }
            ProbabilitySource::Stage => chance(logit(base) + stage),
            _ => base,
        };
        // In steps of 0.0001 %, and never quite certain.
        let probability = Probability::from_fraction(chance.clamp(1e-4, 1.0 - 1e-4));
        Said { probability, source: self.source }
    }
}
