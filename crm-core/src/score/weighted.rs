//! The default model: what each value says by its counts, weighed per field by weights that learn, mixed with the running base rate.
//!
//! Stored are whole numbers per team, field and value, which undo exactly, and the weights of [`Online`] and of single values, which
//! need not. Here an empty field is a value, a number is its bin, and a value never met says nothing.
//!
//! A value's win rate is shrunk to the base rate by ten leads; a team's rate to what the other teams say, also by ten. The stage has
//! no weight to learn: won leads count at every stage, lost ones up to theirs, so what it adds is how much better than all leads
//! those fare that came so far; it is added to the mixture and to the base rate alike.
//!
//! With [`Kind::Stage`] and [`Kind::Base`] the same counts answer without the fields. Deliberately absent: storage; undoing weights.

use std::borrow::Cow;

use crate::base::{Probability, TeamId};
use crate::record::ProbabilitySource;
use crate::score::bins::{self, Bins};
use crate::score::config::Kind;
use crate::score::count::{Map, StageRank, Tally, Words, by_sequence};
use crate::score::evidence::{Evidence, STAGE, Variable};
use crate::score::model::Said;
use crate::score::online::{Lesson, Online, Pull, chance, logit};

/// Leads by which a value's win rate is shrunk.
const SHRUNK: f64 = 10.0;
/// Leads by which a team's base rate is shrunk.
const TEAM_SHRUNK: f64 = 20.0;
/// Fewer outcomes than that, or fewer than [`RARE`] of one kind, say no more than the base rate.
pub(crate) const COLD: i64 = 30;
/// See [`COLD`].
pub(crate) const RARE: i64 = 5;

/// Whose counts apply to a lead, and the rates they are compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ground {
    team: Option<TeamId>,
    /// The running base rate: the team's, shrunk to that of all.
    pub base: f64,
    /// Its log-odds: reckoned once for all values of a lead, as the two below.
    base_odds: f64,
    /// The rate of the other teams.
    others: f64,
    /// Its log-odds.
    others_odds: f64,
    /// Log-odds of all leads' rate, reckoned as a value's is: what every lead has says exactly nothing.
    of_all: f64,
}

/// What one value of a lead adds, in log-odds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term<'e> {
    /// Which variable; none for the team.
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
    /// The mixture's log-odds without the stage, what the stage adds, and how they come to the chance.
    mixture: f64,
    stage: f64,
    closing: Closing,
}

impl Reasons<'_> {
    /// How much more likely the lead is to be won than were a term of it to add nothing, in percentage points.
    pub(crate) fn points(&self, term: &Term<'_>) -> f64 {
        let (mut mixture, mut stage) = (self.mixture, self.stage);
        if term.variable == Some(STAGE) {
            stage -= term.log_odds;
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
    words: Vec<Words>,
    stages: Vec<(StageRank, u32)>,
    bins: Vec<Option<Bins>>,
    /// Outcomes when the bins were drawn.
    pub(crate) drawn: i64,
    counters: Map<(Option<TeamId>, usize, u32), Tally>,
    whole: Vec<Vec<Tally>>,
    teams: Map<Option<TeamId>, Tally>,
    total: Tally,
    pub(crate) online: Online,
    pulls: Vec<Vec<Pull>>,
    team_pulls: Map<TeamId, Pull>,
}

impl Model {
    /// A model that has learnt nothing, with one bin for every number.
    pub(crate) fn new(kind: Kind, variables: &[Variable], stages: Vec<StageRank>) -> Self {
        let mut words = vec![Words::default(); variables.len()];
        let stages = by_sequence(stages, &mut words[STAGE]);
        let bins = variables.iter().map(|variable| variable.scale.map(Bins::one)).collect();
        let count = variables.len();
        Self {
            kind,
            words,
            stages,
            bins,
            drawn: 0,
            counters: Map::default(),
            whole: vec![Vec::new(); count],
            teams: Map::default(),
            total: Tally::ZERO,
            online: Online::new(count),
            pulls: vec![Vec::new(); count],
            team_pulls: Map::default(),
        }
    }

    /// Sets the bins, drawn from so many outcomes; to be done before anything is counted.
    pub(crate) fn set_bins(&mut self, bins: Vec<Option<Bins>>, drawn: i64) {
        for (words, bins) in self.words.iter_mut().zip(&bins) {
            for place in bins.iter().flat_map(|bins| 0..bins.len()) {
                // In this order, so that a bin's place is its number.
                words.learn(&bins.as_ref().map_or_else(String::new, |bins| bins.name(place)));
            }
        }
        (self.bins, self.drawn) = (bins, drawn);
    }

    /// The bins by variable.
    pub(crate) fn bins(&self) -> &[Option<Bins>] {
        &self.bins
    }

    /// Whether it is time to draw bins anew within a write.
    pub(crate) fn wants_bins(&self) -> bool {
        let outcomes = self.outcomes();
        self.bins.iter().any(Option::is_some)
            && outcomes <= 2 * bins::LAST
            && bins::next(self.drawn) <= outcomes.min(bins::LAST)
    }

    /// Won and lost of all leads.
    pub(crate) const fn total(&self) -> Tally {
        self.total
    }

    /// Leads counted.
    pub(crate) const fn outcomes(&self) -> i64 {
        self.total.won + self.total.lost
    }

    /// The bin of a number, by its bounds.
    pub(crate) fn bin(&self, variable: usize, text: &str) -> Option<String> {
        self.bins[variable].as_ref().and_then(|bins| Some(bins.name(bins.place(text)?)))
    }

    /// What a value is counted by: a number by its bin, anything else by itself.
    pub(crate) fn counted<'t>(&self, variable: usize, text: &'t str) -> Cow<'t, str> {
        self.bin(variable, text).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// The number of a value's text in the tables; the greatest number when it was never met.
    pub(crate) fn number(&self, variable: usize, text: &str) -> u32 {
        let bins = self.bins[variable].as_ref().filter(|bins| bins.len() > 1);
        let place = bins.and_then(|bins| u32::try_from(bins.place(text)?).ok());
        let code = place.or_else(|| self.words[variable].code(&self.counted(variable, text)));
        code.unwrap_or(u32::MAX)
    }

    /// Variable and text of everything that counts of a lead: an empty field is an empty text.
    pub(crate) fn values<'e>(&self, evidence: &'e Evidence) -> Vec<(usize, Cow<'e, str>)> {
        let mut values = Vec::with_capacity(self.words.len() + 1);
        let stage = evidence.stage_id.map_or_else(String::new, |stage| stage.to_string());
        values.push((STAGE, stage.into()));
        let mut rest = evidence.values.as_slice();
        for variable in 1..self.words.len() {
            let own = rest.iter().take_while(|(at, _)| *at == variable).count();
            if own == 0 {
                values.push((variable, Cow::Borrowed("")));
            }
            values.extend(rest[..own].iter().map(|(at, text)| (*at, Cow::Borrowed(text.as_str()))));
            rest = &rest[own..];
        }
        values
    }

    /// The numbers of values, given now to those that are new.
    pub(crate) fn learn_codes(&mut self, values: &[(usize, Cow<'_, str>)]) -> Vec<(usize, u32)> {
        let learn = |(at, text): &(usize, Cow<'_, str>)| {
            let counted = self.counted(*at, text).into_owned();
            (*at, self.words[*at].learn(&counted))
        };
        values.iter().map(learn).collect()
    }

    /// The values of a variable.
    pub(crate) fn words(&self, variable: usize) -> &Words {
        &self.words[variable]
    }

    /// How many variables there are, the stage among them.
    pub(crate) fn variables(&self) -> usize {
        self.words.len()
    }

    /// The values of a variable, to add to.
    pub(crate) fn words_mut(&mut self, variable: usize) -> &mut Words {
        &mut self.words[variable]
    }

    /// Counts a value; −1 undoes exactly. The stage's row stands for the lead itself.
    pub(crate) fn count(&mut self, team: Option<TeamId>, variable: usize, code: u32, by: Tally) {
        let counter = self.counters.entry((team, variable, code)).or_default();
        counter.add(by);
        debug_assert!(counter.won >= 0 && counter.lost >= 0, "what is taken back was counted");
        if counter.is_zero() {
            self.counters.remove(&(team, variable, code));
        }
        grown(&mut self.whole[variable], code).add(by);
        if variable == STAGE {
            self.total.add(by);
            let own = self.teams.entry(team).or_default();
            own.add(by);
            if own.is_zero() {
                self.teams.remove(&team);
            }
        }
    }

    /// Whether an outcome with all these values is among the counts.
    pub(crate) fn has_counted(
        &self,
        team: Option<TeamId>,
        values: &[(usize, u32)],
        won: bool,
    ) -> bool {
        values.iter().all(|(variable, code)| {
            let counter = self.counters.get(&(team, *variable, *code)).copied().unwrap_or_default();
            if won { counter.won > 0 } else { counter.lost > 0 }
        })
    }

    /// Learns from an outcome, then counts it.
    pub(crate) fn learn(&mut self, team: Option<TeamId>, values: &[(usize, u32)], won: bool) {
        let ground = self.ground(team);
        let mut says = vec![0.0; self.words.len()];
        let mut places = vec![0.0; self.words.len()];
        let mut pulls = team.map_or(0.0, |team| self.team_says(team));
        let of_team = self.share_without(self.of_team(team));
        let mut telling = Vec::with_capacity(values.len());
        for (variable, code) in values.iter().filter(|(variable, _)| *variable != STAGE) {
            let share = self.telling(*variable, *code);
            says[*variable] += self.says(ground, *variable, *code);
            places[*variable] += self.place(*variable, *code);
            pulls += share * self.pull(*variable, *code).weight();
            telling.push((*variable, *code, share));
        }
        let lesson = Lesson { base: ground.base, says: &says, places: &places, pulls };
        let gradient = self.online.learn(&lesson, won);
        for (variable, code, share) in telling {
            grown(&mut self.pulls[variable], code).step(gradient * share);
        }
        if let Some(team) = team {
            self.team_pulls.entry(team).or_default().step(gradient * of_team);
        }
        for (variable, code) in values {
            self.count(team, *variable, *code, Tally::one(won, 1));
        }
    }

    /// The value expert's weight of a value.
    pub(crate) fn pull(&self, variable: usize, code: u32) -> Pull {
        self.pulls[variable].get(code as usize).copied().unwrap_or_default()
    }

    /// Sets it, as stored.
    pub(crate) fn set_pull(&mut self, variable: usize, text: &str, pull: Pull) {
        let code = self.words[variable].learn(text);
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

    /// The teams that have outcomes.
    pub(crate) fn teams(&self) -> impl Iterator<Item = TeamId> {
        self.teams.keys().filter_map(|team| *team)
    }

    /// The stored counters: team, variable, value, count; in no order.
    pub(crate) fn counters(&self) -> impl Iterator<Item = (Option<TeamId>, usize, &str, Tally)> {
        self.counters.iter().map(|((team, variable, code), tally)| {
            (*team, *variable, self.words[*variable].text(*code), *tally)
        })
    }

    /// What leads of a team are compared with.
    pub(crate) fn ground(&self, team: Option<TeamId>) -> Ground {
        let all = (self.total.won as f64 + 1.0) / (self.outcomes() as f64 + 2.0);
        let own = self.of_team(team);
        let others = shrunk(self.total.minus(own), all, SHRUNK);
        let base = shrunk(own, all, TEAM_SHRUNK);
        let (base_odds, others_odds) = (logit(base), logit(others));
        let mut ground = Ground { team, base, base_odds, others, others_odds, of_all: 0.0 };
        ground.of_all = ground.rate(team.map(|_| own), self.total);
        ground
    }

    /// Won and lost of a team; nothing for leads without one, which all are judged by.
    fn of_team(&self, team: Option<TeamId>) -> Tally {
        team.and_then(|team| self.teams.get(&Some(team))).copied().unwrap_or_default()
    }

    /// Won and lost with a value by the counts that apply: the team's own if it has outcomes, else all.
    pub(crate) fn tally(&self, team: Option<TeamId>, variable: usize, code: u32) -> Tally {
        let own = team.filter(|team| self.teams.contains_key(&Some(*team)));
        if variable == STAGE {
            let at = self.stages.iter().find(|(_, known)| *known == code);
            return at.map_or(Tally::ZERO, |(stage, _)| self.came_to(own, stage.sequence));
        }
        if own.is_some() {
            return self.counters.get(&(own, variable, code)).copied().unwrap_or_default();
        }
        self.of_all(variable, code)
    }

    /// Won and lost of a team.
    pub(crate) fn team_tally(&self, team: Option<TeamId>) -> Tally {
        self.of_team(team)
    }

    fn of_all(&self, variable: usize, code: u32) -> Tally {
        self.whole[variable].get(code as usize).copied().unwrap_or_default()
    }

    /// What the tables say of a value, in log-odds against the base rate.
    fn says(&self, ground: Ground, variable: usize, code: u32) -> f64 {
        let all = self.of_all(variable, code);
        if all.is_zero() {
            return 0.0;
        }
        let key = (ground.team, variable, code);
        let own = ground.team.map(|_| self.counters.get(&key).copied().unwrap_or_default());
        ground.rate(own, all) - ground.of_all
    }

    /// How much a value can tell, 0…1: the share of the outcomes that are without it. What every lead has is one more level, and
    /// each level more would make all of them step the faster.
    fn telling(&self, variable: usize, code: u32) -> f64 {
        self.share_without(self.of_all(variable, code))
    }

    fn share_without(&self, with: Tally) -> f64 {
        let without = self.total.minus(with);
        (without.won + without.lost) as f64 / self.outcomes().max(1) as f64
    }

    /// What the value expert says of a value, and of a team: its weight, by how much it can tell.
    pub(crate) fn pulls(&self, variable: usize, code: u32) -> f64 {
        self.telling(variable, code) * self.pull(variable, code).weight()
    }

    /// See [`Self::pulls`].
    pub(crate) fn team_says(&self, team: TeamId) -> f64 {
        self.share_without(self.of_team(Some(team))) * self.team_pull(team).weight()
    }

    /// What having come to a stage adds: log-odds against those of all leads.
    pub(crate) fn stage_says(&self, ground: Ground, code: u32) -> f64 {
        let stage = self.stages.iter().find(|(_, known)| *known == code);
        let Some((stage, _)) = stage.filter(|_| self.outcomes() > 0) else { return 0.0 };
        let all = self.came_to(None, stage.sequence);
        let own = ground.team.map(|team| self.came_to(Some(team), stage.sequence));
        ground.rate(own, all) - ground.of_all
    }

    /// Leads that came to a place in the pipeline: every won one, and those lost there or behind; of a team, or of all.
    fn came_to(&self, team: Option<TeamId>, sequence: i64) -> Tally {
        let all = if team.is_some() { self.of_team(team) } else { self.total };
        let reached = self.stages.iter().filter(|(stage, _)| stage.sequence >= sequence);
        let lost = reached.map(|(_, code)| match team {
            Some(_) => self.counters.get(&(team, STAGE, *code)).map_or(0, |tally| tally.lost),
            None => self.of_all(STAGE, *code).lost,
        });
        Tally { won: all.won, lost: lost.sum() }
    }

    /// The place of a number's bin, −1…1; 0 for what is no number or has one bin only.
    pub(crate) fn place(&self, variable: usize, code: u32) -> f64 {
        match &self.bins[variable] {
            Some(bins) if bins.len() > 1 && (code as usize) < bins.len() => {
                f64::from(code) / (bins.len() - 1) as f64 * 2.0 - 1.0
            }
            _ => 0.0,
        }
    }

    /// What a value adds to the mixture's log-odds.
    pub(crate) fn adds(&self, ground: Ground, variable: usize, code: u32) -> f64 {
        let says = self.says(ground, variable, code);
        self.online.adds(variable, says, self.place(variable, code), self.pulls(variable, code))
    }

    /// Log-odds of the mixture before any value is looked at.
    pub(crate) fn start(&self, ground: Ground) -> f64 {
        self.online.start(ground.base, ground.team.map_or(0.0, |team| self.team_says(team)))
    }

    /// How mixture, base rate and stage come to a chance, as things stand.
    pub(crate) fn closing(&self) -> Closing {
        let kind = match self.kind {
            _ if self.outcomes() == 0 => ProbabilitySource::None,
            Kind::Stage => ProbabilitySource::Stage,
            Kind::Weighted if !self.is_cold() => ProbabilitySource::Model,
            _ => ProbabilitySource::Base,
        };
        Closing { source: kind, trust: self.online.trust }
    }

    /// Whether there are too few outcomes for more than the base rate.
    pub(crate) const fn is_cold(&self) -> bool {
        self.outcomes() < COLD || self.total.won < RARE || self.total.lost < RARE
    }

    /// Chance of a lead, with what it is made of.
    pub(crate) fn reasons<'e>(&self, evidence: &'e Evidence) -> Reasons<'e> {
        let team = evidence.team_id;
        let ground = self.ground(team);
        let (mut terms, mut stage, mut mixture) = (Vec::new(), 0.0, self.start(ground));
        for (variable, text) in self.values(evidence) {
            let code = self.words[variable].code(&self.counted(variable, &text));
            let known = code.map(|code| {
                if variable == STAGE {
                    stage = self.stage_says(ground, code);
                    return stage;
                }
                let adds = self.adds(ground, variable, code);
                mixture += adds;
                adds
            });
            let log_odds = known.unwrap_or(0.0);
            terms.push(Term { variable: Some(variable), text, code, log_odds });
        }
        let closing = self.closing();
        let said = closing.said(ground.base, mixture, stage);
        if let Some(team) = team.filter(|team| self.team_pulls.contains_key(team)) {
            let log_odds = self.online.adds_team(self.team_says(team));
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

/// The entry of a number, with room made for it.
fn grown<T: Default + Clone>(list: &mut Vec<T>, code: u32) -> &mut T {
    let at = code as usize;
    if list.len() <= at {
        list.resize(at + 1, T::default());
    }
    &mut list[at]
}

fn shrunk(tally: Tally, to: f64, by: f64) -> f64 {
    (tally.won as f64 + by * to) / ((tally.won + tally.lost) as f64 + by)
}

/// How a chance is closed: by what, and with how much trust.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Closing {
    source: ProbabilitySource,
    trust: [f64; 2],
}

impl Closing {
    /// The chance of a lead, from the mixture's log-odds without the stage and what the stage adds.
    pub(crate) fn said(self, base: f64, mixture: f64, stage: f64) -> Said {
        let chance = match self.source {
            ProbabilitySource::None => 0.5,
            ProbabilitySource::Model => {
                self.trust[0] * chance(logit(base) + stage)
                    + self.trust[1] * chance(mixture + stage)
            }
            ProbabilitySource::Stage => chance(logit(base) + stage),
            _ => base,
        };
        // In steps of 0.0001 %, and never quite certain.
        let probability = Probability::from_fraction(chance.clamp(1e-4, 1.0 - 1e-4));
        Said { probability, source: self.source }
    }
}

impl Ground {
    /// Log-odds of a rate: of a team's own leads, shrunk to what the others' say against their base rate; without a team, of all.
    ///
    /// The others are counted without the team, so that nothing counts twice.
    fn rate(self, own: Option<Tally>, all: Tally) -> f64 {
        let Some(own) = own else { return logit(shrunk(all, self.base, SHRUNK)) };
        let said = logit(shrunk(all.minus(own), self.others, SHRUNK)) - self.others_odds;
        logit(shrunk(own, chance(self.base_odds + said), SHRUNK))
    }
}
