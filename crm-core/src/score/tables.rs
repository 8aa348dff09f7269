//! What the model `weighted` has counted: won and lost by team, field and value, and what those counts say.
//!
//! Every field is counted by what it said when the lead was created, and beside that, as a variable of its own, by what it was changed to
//! since, if it was: see `created`. Where a field was changed, the stage is counted once more for that field: what is filled in when a
//! lead comes to a stage says again what the stage says, and these counts tell how much the stage says beside it. Whole numbers, which
//! undo exactly. A value's win rate is shrunk to the base rate by ten leads; a team's rate to what the other teams say, also by ten.
//! Deliberately absent: weights, which learn from what is said here.

use std::borrow::Cow;

use crate::base::TeamId;
use crate::score::bins::{self, Bins};
use crate::score::count::{Map, StageRank, Tally, Words, by_sequence};
use crate::score::evidence::{Course, Evidence, STAGE, Variable, Was};
use crate::score::online::{EDGE, Lesson, logit};

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
    /// Which team; none: as leads without one.
    pub team: Option<TeamId>,
    /// The running base rate: the team's, shrunk to that of all.
    pub base: f64,
    /// The rate of the other teams.
    others: f64,
    /// The base rate's odds by theirs: what another's odds are multiplied with to be this team's.
    lift: f64,
    /// Log-odds of all leads' rate, reckoned as a value's is: what every lead has says exactly nothing.
    of_all: f64,
}

/// The counts, and how values are numbered.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    /// How many variables are configured; so many more stand behind them, for what was changed since the creation, and so many again, for
    /// the stage of leads of which that was changed.
    fields: usize,
    words: Vec<Words>,
    stages: Vec<(StageRank, u32)>,
    bins: Vec<Option<Bins>>,
    /// Outcomes when the bins were drawn.
    pub(crate) drawn: i64,
    counters: Map<(Option<TeamId>, usize, u32), Tally>,
    whole: Vec<Vec<Tally>>,
    teams: Map<Option<TeamId>, Tally>,
    total: Tally,
}

impl Tables {
    /// Nothing counted, with one bin for every number.
    pub(crate) fn new(variables: &[Variable], stages: Vec<StageRank>) -> Self {
        let fields = variables.len();
        let mut words = vec![Words::default(); 3 * fields];
        let stages = by_sequence(stages, &mut words[STAGE]);
        // Stages have the same numbers wherever they are counted.
        let numbered = words[STAGE].clone();
        words[2 * fields..].fill(numbered);
        let one: Vec<_> = variables.iter().map(|variable| variable.scale.map(Bins::one)).collect();
        let bins = in_banks(&one);
        Self {
            fields,
            words,
            stages,
            bins,
            drawn: 0,
            counters: Map::default(),
            whole: vec![Vec::new(); 3 * fields],
            teams: Map::default(),
            total: Tally::ZERO,
        }
    }

    /// Sets the bins, drawn from so many outcomes; to be done before anything is counted.
    pub(crate) fn set_bins(&mut self, bins: &[Option<Bins>], drawn: i64) {
        let bins = in_banks(bins);
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

    /// Variable and text of everything that a lead is judged by: an empty field is an empty text.
    pub(crate) fn values<'e>(&self, evidence: &'e Evidence) -> Vec<(usize, Cow<'e, str>)> {
        let mut values = self.stage_value(evidence);
        let mut rest = evidence.values.as_slice();
        for variable in 1..self.fields {
            let own = rest.iter().take_while(|(at, _)| *at == variable).count();
            let is_changed = evidence.at_creation(variable).is_some();
            let at = if is_changed { self.changed(variable) } else { variable };
            put(&mut values, at, rest[..own].iter().map(|(_, text)| text));
            rest = &rest[own..];
        }
        values
    }

    /// Variable and text of everything that a closed lead is counted by: what it was created with, then what that was changed to.
    pub(crate) fn counted_values<'e>(&self, evidence: &'e Evidence) -> Vec<(usize, Cow<'e, str>)> {
        if evidence.created.values.is_empty() {
            return self.values(evidence);
        }
        let mut values = self.stage_value(evidence);
        for variable in 1..self.fields {
            match evidence.at_creation(variable) {
                Some(was) => put(&mut values, variable, was.iter()),
                None => put(&mut values, variable, evidence.texts(variable)),
            }
        }
        let changed = || evidence.created.values.iter().map(|was| was.variable);
        for variable in changed() {
            put(&mut values, self.changed(variable), evidence.texts(variable));
        }
        let stage = values[0].1.clone();
        values.extend(changed().map(|variable| (self.came(variable), stage.clone())));
        values
    }

    fn stage_value<'e>(&self, evidence: &Evidence) -> Vec<(usize, Cow<'e, str>)> {
        let mut values = Vec::with_capacity(self.fields + 1);
        let stage = evidence.stage_id.map_or_else(String::new, |stage| stage.to_string());
        values.push((STAGE, stage.into()));
        values
    }

    /// The variable that stands for what another was changed to.
    pub(crate) const fn changed(&self, variable: usize) -> usize {
        self.fields + variable
    }

    /// The variable that stands for the stage of leads of which another was changed.
    pub(crate) const fn came(&self, variable: usize) -> usize {
        2 * self.fields + variable
    }

    /// Whether a variable counts what a lead said, rather than where it stood.
    pub(crate) const fn is_said(&self, variable: usize) -> bool {
        variable < 2 * self.fields
    }

    /// The configured variable that one stands for.
    pub(crate) const fn field(&self, variable: usize) -> usize {
        variable % self.fields
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

    /// How many variables are configured, the stage among them.
    pub(crate) const fn fields(&self) -> usize {
        self.fields
    }

    /// How many variables have weights: the configured ones, and those of what was changed.
    pub(crate) const fn variables(&self) -> usize {
        2 * self.fields
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

    /// Counts an outcome; what the tables said of it before goes to the lessons.
    pub(crate) fn teach(
        &mut self,
        course: &Course,
        values: &[(usize, u32)],
        won: bool,
        lessons: &mut Lessons,
    ) {
        let until = |bank: usize| values.partition_point(|(at, _)| *at < bank * self.fields);
        let (created, changed) = (&values[..until(1)], &values[until(1)..until(2)]);
        let begun = Outcome { team: course.first, teaches_team: true, won, ..Outcome::default() };
        self.tell(created.iter(), begun, lessons);
        for moment in course.moments() {
            // As the lead was judged from then on: what was still to come is no sign of how it will end. That teaches of what was changed
            // alone, or else it would count twice.
            let is_since =
                |at: usize| course.changed.iter().any(|one| one.0 == at && one.1 <= moment);
            let created = created.iter().filter(|(at, _)| !is_since(*at));
            let changed = changed.iter().filter(|(at, _)| is_since(self.field(*at)));
            let is_moved = course.first != course.now && course.moved <= moment;
            let since = Outcome {
                team: if is_moved { course.now } else { course.first },
                teaches_team: is_moved,
                learns_from: self.fields,
                ..begun
            };
            self.tell(created.chain(changed), since, lessons);
        }
        for (variable, code) in values {
            self.count(course.now, *variable, *code, Tally::one(won, 1));
        }
    }

    /// Adds what the tables say of an outcome with these values to the lessons.
    fn tell<'v>(
        &self,
        values: impl Iterator<Item = &'v (usize, u32)>,
        outcome: Outcome,
        lessons: &mut Lessons,
    ) {
        let ground = self.ground(outcome.team);
        let team_share = self.share_without(self.of_team(outcome.team));
        let width = if outcome.learns_from == 0 { self.fields } else { self.variables() };
        let row = lessons.says.len();
        lessons.says.resize(row + width, 0.0);
        lessons.places.resize(row + width, 0.0);
        for (variable, code) in values.filter(|(variable, _)| *variable != STAGE) {
            lessons.says[row + variable] += self.says(ground, *variable, *code);
            lessons.places[row + variable] += self.place(*variable, *code);
            let at = u32::try_from(*variable).unwrap_or(u32::MAX);
            lessons.telling.push((at, *code, self.telling(*variable, *code)));
        }
        let ends = (lessons.says.len(), lessons.telling.len());
        lessons.outcomes.push(Outcome { team_share, base: ground.base, ends, ..outcome });
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
        let lift = odds(base) / odds(others);
        let mut ground = Ground { team, base, others, lift, of_all: 0.0 };
        ground.of_all = ground.rate(team.map(|_| own), self.total);
        ground
    }

    /// Won and lost of a team; nothing for leads without one, which all are judged by.
    pub(super) fn of_team(&self, team: Option<TeamId>) -> Tally {
        team.and_then(|team| self.teams.get(&Some(team))).copied().unwrap_or_default()
    }

    /// Won and lost with a value by the counts that apply: the team's own if it has outcomes, else all.
    pub(crate) fn tally(&self, team: Option<TeamId>, variable: usize, code: u32) -> Tally {
        let own = team.filter(|team| self.teams.contains_key(&Some(*team)));
        if variable == STAGE {
            let stage = self.stage(code);
            return stage.map_or(Tally::ZERO, |stage| self.came_to(STAGE, own, stage.sequence));
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
    pub(super) fn says(&self, ground: Ground, variable: usize, code: u32) -> f64 {
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
    pub(super) fn telling(&self, variable: usize, code: u32) -> f64 {
        self.share_without(self.of_all(variable, code))
    }

    pub(super) fn share_without(&self, with: Tally) -> f64 {
        let without = self.total.minus(with);
        (without.won + without.lost) as f64 / self.outcomes().max(1) as f64
    }

    /// What having come to a stage adds: log-odds against those of all leads.
    pub(crate) fn stage_says(&self, ground: Ground, code: u32) -> f64 {
        let stage = self.stage(code).filter(|_| self.outcomes() > 0);
        stage.map_or(0.0, |stage| self.came_says(ground, STAGE, stage.sequence) - ground.of_all)
    }

    /// What having come to a stage adds for a lead of which fields were changed: what it adds among leads of which the same was. That is
    /// nothing where the field is filled in on coming there, and the change has said it all. Of several fields, the one that leaves least.
    pub(crate) fn stage_says_beside(&self, ground: Ground, code: u32, evidence: &Evidence) -> f64 {
        let says = self.stage_says(ground, code);
        let Some(stage) = self.stage(code) else { return says };
        let beside = |was: &Was| {
            let variable = self.came(was.variable);
            let all = self.sum(variable, None);
            let own = ground.team.map(|team| self.sum(variable, Some(team)));
            let count = (all.won + all.lost) as f64;
            let among = self.came_says(ground, variable, stage.sequence) - ground.rate(own, all);
            (count * among + SHRUNK * says) / (count + SHRUNK)
        };
        let changed = evidence.created.values.iter().map(beside);
        changed.fold(says, |least, beside| if beside.abs() < least.abs() { beside } else { least })
    }

    fn stage(&self, code: u32) -> Option<&StageRank> {
        self.stages.iter().find(|(_, known)| *known == code).map(|(stage, _)| stage)
    }

    /// Log-odds of the leads of a variable that counts stages that came to a place in the pipeline.
    fn came_says(&self, ground: Ground, variable: usize, sequence: i64) -> f64 {
        let all = self.came_to(variable, None, sequence);
        let own = ground.team.map(|team| self.came_to(variable, Some(team), sequence));
        ground.rate(own, all)
    }

    /// Leads that came to a place in the pipeline: every won one, and those lost there or behind; of a team, or of all.
    fn came_to(&self, variable: usize, team: Option<TeamId>, sequence: i64) -> Tally {
        let reached = self.stages.iter().filter(|(stage, _)| stage.sequence >= sequence);
        let lost = reached.map(|(_, code)| self.own(variable, team, *code).lost);
        Tally { won: self.sum(variable, team).won, lost: lost.sum() }
    }

    /// Leads with any value of a variable, of a team or of all.
    fn sum(&self, variable: usize, team: Option<TeamId>) -> Tally {
        match team {
            Some(_) if variable == STAGE => self.of_team(team),
            None if variable == STAGE => self.total,
            _ => {
                let mut sum = Tally::ZERO;
                let codes = self.words[variable].codes();
                codes.for_each(|code| sum.add(self.own(variable, team, code)));
                sum
            }
        }
    }

    /// Won and lost with a value, of a team or of all.
    fn own(&self, variable: usize, team: Option<TeamId>, code: u32) -> Tally {
        match team {
            Some(_) => self.counters.get(&(team, variable, code)).copied().unwrap_or_default(),
            None => self.of_all(variable, code),
        }
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

    /// Whether there are too few outcomes for more than the base rate.
    pub(crate) const fn is_cold(&self) -> bool {
        self.outcomes() < COLD || self.total.won < RARE || self.total.lost < RARE
    }
}

/// Bins of the configured variables, of what they were changed to, and of the stages of such leads.
fn in_banks(bins: &[Option<Bins>]) -> Vec<Option<Bins>> {
    [bins, bins, &vec![None; bins.len()]].concat()
}

/// The entry of a number, with room made for it.
pub(super) fn grown<T: Default + Clone>(list: &mut Vec<T>, code: u32) -> &mut T {
    let at = code as usize;
    if list.len() <= at {
        list.resize(at + 1, T::default());
    }
    &mut list[at]
}

fn shrunk(tally: Tally, to: f64, by: f64) -> f64 {
    (tally.won as f64 + by * to) / ((tally.won + tally.lost) as f64 + by)
}

impl Ground {
    /// Log-odds of a rate: of a team's own leads, shrunk to what the others' say against their base rate; without a team, of all.
    ///
    /// The others are counted without the team, so that nothing counts twice.
    fn rate(self, own: Option<Tally>, all: Tally) -> f64 {
        let Some(own) = own else { return logit(shrunk(all, self.base, SHRUNK)) };
        let prior = self.lift * odds(shrunk(all.minus(own), self.others, SHRUNK));
        logit(shrunk(own, (prior / (1.0 + prior)).clamp(EDGE, 1.0 - EDGE), SHRUNK))
    }
}

fn odds(chance: f64) -> f64 {
    chance / (1.0 - chance)
}

/// What outcomes teach the weights: what the tables said of each before it was counted. Lists for all of them together, since there may be
/// hundreds at a time.
#[derive(Debug, Default)]
pub(crate) struct Lessons {
    outcomes: Vec<Outcome>,
    says: Vec<f64>,
    places: Vec<f64>,
    telling: Vec<(u32, u32, f64)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    team: Option<TeamId>,
    team_share: f64,
    teaches_team: bool,
    base: f64,
    won: bool,
    /// The first variable that learns from it.
    learns_from: usize,
    /// Where its row of variables ends, and where what its values tell does.
    ends: (usize, usize),
}

impl Lessons {
    /// Each, in the order in which they were counted.
    pub(crate) fn each(&self) -> impl Iterator<Item = Lesson<'_>> {
        let mut from = (0, 0);
        self.outcomes.iter().map(move |outcome| {
            let row = from.0..outcome.ends.0;
            let (says, places) = (&self.says[row.clone()], &self.places[row]);
            let telling = &self.telling[from.1..outcome.ends.1];
            from = outcome.ends;
            let Outcome { team, team_share, teaches_team, base, won, learns_from, .. } = *outcome;
            Lesson { team, team_share, teaches_team, base, says, places, telling, won, learns_from }
        })
    }
}

/// Adds the texts of a variable; an empty text where there are none.
fn put<'e>(
    values: &mut Vec<(usize, Cow<'e, str>)>,
    variable: usize,
    texts: impl Iterator<Item = &'e String>,
) {
    let before = values.len();
    values.extend(texts.map(|text| (variable, Cow::Borrowed(text.as_str()))));
    if values.len() == before {
        values.push((variable, Cow::Borrowed("")));
    }
}
