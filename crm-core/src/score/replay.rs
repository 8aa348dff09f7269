//! The past in order of closing: what the model `weighted` learns from when it learns anew.
//!
//! Leads are read in order of ids, as everything is that reads many, with their values as numbers; then sorted by the moment they
//! were closed, and those closed at once by [`lot`]. That is 8 bytes a value and some 64 a lead in memory: a million leads of ten fields
//! take 160 MB. Beside them stands what fields said at the creation, of leads that say something else since. Deliberately absent: what
//! leads looked like between the two.

use std::collections::{HashMap, HashSet};

use crate::base::{Result, StageId, TeamId, Timestamp};
use crate::score::batch::Steps;
use crate::score::bins::{self, Bins};
use crate::score::config::{Config, Kind};
use crate::score::count::{StageRank, Tally, Words};
use crate::score::evidence::{Course, Evidence, First, STAGE, Variable, Was};
use crate::score::model::Model;
use crate::score::pass::{Pass, Which};
use crate::score::tables::{Lessons, Tables};
use crate::score::{bayes, weighted};
use crate::storage::Tx;
use crate::storage::ahead::{Ahead, in_parts, in_ranges};

/// Bins by variable, and the number of outcomes they were drawn from.
pub(crate) type Drawn = (Vec<Option<Bins>>, i64);

/// A lead's place among those that were closed at the same moment: the same each time, and without meaning. Ids have one: a file that is
/// sorted by outcome gives them in that order, and the model would take it for what came later.
pub(super) const fn lot(id: i64) -> (u64, i64) {
    // The finaliser of splitmix64: one id, one place.
    let mut x = id.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (x ^ (x >> 31), id)
}

/// One closed lead.
#[derive(Debug, Clone, Copy)]
struct Closed {
    at: i64,
    created: i64,
    id: i64,
    team: Option<TeamId>,
    is_won: bool,
    /// Its values, from where to where.
    values: (usize, usize),
    /// Where it stands what it said at its creation, if that was something else.
    first: Option<usize>,
    /// When it was no longer so; never, if it still is.
    until: i64,
}

/// Of what is still so.
const NEVER: i64 = i64::MAX;

/// Every closed lead that counts.
#[derive(Debug)]
pub(crate) struct Past {
    words: Vec<Words>,
    leads: Vec<Closed>,
    values: Vec<(u32, u32)>,
    first: Vec<FirstCodes>,
}

/// What a lead was at its creation, as [`First`], its values by their numbers.
#[derive(Debug)]
struct FirstCodes {
    team: Option<(i64, Option<TeamId>)>,
    values: Vec<(usize, i64, Vec<u32>)>,
}

impl FirstCodes {
    /// What became of the lead, which is this team's now.
    fn course(&self, now: Option<TeamId>) -> Course {
        let (moved, first) = self.team.unwrap_or((0, now));
        let changed = self.values.iter().map(|(at, until, _)| (*at, *until)).collect();
        Course { now, first, moved, changed }
    }
}

impl Past {
    /// Nothing yet.
    pub(crate) fn new(config: &Config) -> Self {
        let words = vec![Words::default(); config.variables.len()];
        Self { words, leads: Vec::new(), values: Vec::new(), first: Vec::new() }
    }

    /// Reads it: the leads created since a moment, as they are now.
    pub(crate) fn read(
        tx: &mut Tx<'_>,
        config: &Config,
        which: Which,
        since: Timestamp,
        tell: &mut Steps<'_, '_>,
    ) -> Result<Self> {
        let mut past = Self::pass(tx, config, (which, since, false), tell, |_| ())?;
        past.sort();
        Ok(past)
    }

    /// Reads what the configured model learns from.
    pub(crate) fn lessons(
        tx: &mut Tx<'_>,
        config: &Config,
        tell: &mut Steps<'_, '_>,
    ) -> Result<Self> {
        let mut past = Self::pass(tx, config, (Which::Closed, config.start(), true), tell, |_| ())?;
        past.sort();
        Ok(past)
    }

    /// Reads it in the order of ids; `take` is called after each range, and may take away what was read so far.
    pub(crate) fn each(
        tx: &mut Tx<'_>,
        config: &Config,
        tell: &mut Steps<'_, '_>,
        take: impl FnMut(&mut Self),
    ) -> Result<Self> {
        Self::pass(tx, config, (Which::Closed, config.start(), false), tell, take)
    }

    fn pass(
        tx: &mut Tx<'_>,
        config: &Config,
        (which, since, follows): (Which, Timestamp, bool),
        tell: &mut Steps<'_, '_>,
        mut take: impl FnMut(&mut Self),
    ) -> Result<Self> {
        let pass = || Pass::new(&config.variables, which, since, &["date_closed", "create_date"]);
        let begin = || Reader {
            pass: if follows { pass().following(config) } else { pass() },
            words: vec![Words::default(); config.variables.len()],
            told: vec![0; config.variables.len()],
        };
        let mut past = Self::new(config);
        let mut codes: Vec<Vec<Vec<u32>>> = Vec::new();
        in_ranges(tx, tell.ahead, tell.ranges(), begin, Reader::read, |_, part| {
            if codes.len() <= part.thread {
                codes.resize(part.thread + 1, vec![Vec::new(); config.variables.len()]);
            }
            past.append(&part.read, &mut codes[part.thread]);
            take(&mut past);
            tell.step(part.end)
        })?;
        Ok(past)
    }

    /// Hands out each lead's team, values and outcome, and forgets it; the values keep their numbers.
    pub(crate) fn drain(&mut self, mut give: impl FnMut(Option<TeamId>, &[(u32, u32)], bool)) {
        for lead in &self.leads {
            give(lead.team, self.values_of(lead), lead.is_won);
        }
        self.leads.clear();
        self.values.clear();
        self.first.clear();
    }

    /// The texts by variable, in the order of their numbers.
    pub(crate) fn words(&self) -> &[Words] {
        &self.words
    }

    /// Adds what was read of a range. `codes` are the numbers here of those the reader has told so far: values are numbered in the
    /// order in which they are met, however many have read.
    fn append(&mut self, read: &Read, codes: &mut [Vec<u32>]) {
        for ((words, codes), new) in self.words.iter_mut().zip(codes.iter_mut()).zip(&read.new) {
            codes.extend(new.iter().map(|text| words.learn(text)));
        }
        let from = self.values.len();
        let value = |(at, code): &(u32, u32)| (*at, codes[*at as usize][*code as usize]);
        self.values.extend(read.values.iter().map(value));
        let first: HashMap<i64, Option<usize>> =
            read.created.iter().map(|(id, first)| (*id, self.push_first(first))).collect();
        let own = |lead: &Closed| Closed {
            values: (from + lead.values.0, from + lead.values.1),
            first: first.get(&lead.id).copied().flatten(),
            ..*lead
        };
        self.leads.extend(read.leads.iter().map(own));
    }

    /// Adds what was said at a creation; answers where it stands.
    fn push_first(&mut self, first: &First) -> Option<usize> {
        let words = &mut self.words;
        let learn = |was: &Was| {
            let codes = was.texts.iter().map(|text| words[was.variable].learn(text)).collect();
            (was.variable, was.until, codes)
        };
        let values = first.values.iter().map(learn).collect();
        if first.is_empty() {
            return None;
        }
        self.first.push(FirstCodes { team: first.team, values });
        Some(self.first.len() - 1)
    }

    /// Keeps these leads only.
    pub(crate) fn retain(&mut self, ids: &HashSet<i64>) {
        self.leads.retain(|lead| ids.contains(&lead.id));
    }

    /// Puts all in the order of closing.
    pub(crate) fn sort(&mut self) {
        self.leads.sort_unstable_by_key(|lead| (lead.at, lot(lead.id)));
    }

    /// Adds an outcome, in no order; [`Self::model`] puts them in order.
    pub(crate) fn add(&mut self, id: i64, closed: i64, evidence: &Evidence, is_won: bool) {
        self.add_until(id, (closed, NEVER), evidence, is_won);
    }

    /// The same of one that was so until it was reopened, or became the other.
    pub(crate) fn add_until(
        &mut self,
        id: i64,
        (at, until): (i64, i64),
        evidence: &Evidence,
        is_won: bool,
    ) {
        let values = self.push_values(evidence);
        let first = self.push_first(&evidence.created);
        // When it was created is asked of what was read only.
        let (created, team) = (at, evidence.team_id);
        self.leads.push(Closed { at, created, id, team, is_won, values, first, until });
    }

    /// Adds values; answers from where to where they stand.
    fn push_values(&mut self, evidence: &Evidence) -> (usize, usize) {
        let from = self.values.len();
        let stage = evidence.stage_id.map(|stage| (STAGE, stage.to_string()));
        for (variable, text) in stage.iter().chain(&evidence.values) {
            let code = self.words[*variable].learn(text);
            self.values.push((u32::try_from(*variable).unwrap_or(0), code));
        }
        (from, self.values.len())
    }

    /// The configured model that has learnt all of it: what a rebuild would come to.
    pub(crate) fn model(mut self, config: &Config, stages: Vec<StageRank>) -> Result<Model> {
        self.sort();
        if config.model == Kind::Bayes {
            let mut model = bayes::Model::new(&config.variables, stages);
            for at in 0..self.len() {
                tell(&mut model, &self.evidence(at), Tally::one(self.is_won(at), 1));
            }
            return Ok(Model::Bayes(Box::new(model)));
        }
        let bins = self.bins(&config.variables);
        let model = self.replay(config, stages, bins, None)?;
        Ok(Model::Weighted(Box::new(model)))
    }

    /// How many leads there are.
    pub(crate) fn len(&self) -> usize {
        self.leads.len()
    }

    /// The lead at that place in the order of closing.
    pub(crate) fn id(&self, at: usize) -> i64 {
        self.leads[at].id
    }

    /// Whether it was won.
    pub(crate) fn is_won(&self, at: usize) -> bool {
        self.leads[at].is_won
    }

    /// When it was created, in microseconds.
    pub(crate) fn created_at(&self, at: usize) -> i64 {
        self.leads[at].created
    }

    /// When it was closed, in microseconds.
    pub(crate) fn closed_at(&self, at: usize) -> i64 {
        self.leads[at].at
    }

    /// When it was no longer so, in microseconds; `None`: it still is.
    pub(crate) fn ended_at(&self, at: usize) -> Option<i64> {
        Some(self.leads[at].until).filter(|until| *until != NEVER)
    }

    /// What it counts as.
    pub(crate) fn evidence(&self, at: usize) -> Evidence {
        let mut evidence = Evidence { team_id: self.leads[at].team, ..Evidence::default() };
        for (variable, code) in self.values_of(&self.leads[at]) {
            let variable = *variable as usize;
            let text = self.words[variable].text(*code);
            if variable == STAGE {
                evidence.stage_id = text.parse().ok().map(StageId);
            } else {
                evidence.values.push((variable, text.to_owned()));
            }
        }
        if let Some(first) = self.first_of(&self.leads[at]) {
            evidence.created.team = first.team;
            for (variable, until, codes) in &first.values {
                let texts = codes.iter().map(|code| self.words[*variable].text(*code).to_owned());
                evidence.created.add(*variable, *until, || texts.collect());
            }
        }
        evidence
    }

    /// Puts other evidence in the place of what a lead has.
    pub(crate) fn set_evidence(&mut self, at: usize, evidence: &Evidence) {
        let values = self.push_values(evidence);
        let first = self.push_first(&evidence.created);
        let lead = &mut self.leads[at];
        (lead.team, lead.values, lead.first) = (evidence.team_id, values, first);
    }

    /// The texts that it has for a variable.
    pub(crate) fn texts(&self, at: usize, variable: usize) -> impl Iterator<Item = &str> {
        let own = self.values_of(&self.leads[at]).iter();
        own.filter(move |(known, _)| *known as usize == variable)
            .map(move |(_, code)| self.words[variable].text(*code))
    }

    fn first_of(&self, lead: &Closed) -> Option<&FirstCodes> {
        lead.first.and_then(|at| self.first.get(at))
    }

    fn values_of(&self, lead: &Closed) -> &[(u32, u32)] {
        &self.values[lead.values.0..lead.values.1]
    }

    /// Bins for every variable that measures something, drawn from all outcomes; and how many those are.
    pub(crate) fn bins(&self, variables: &[Variable]) -> Drawn {
        self.bins_of(variables, &self.leads)
    }

    fn bins_of(&self, variables: &[Variable], leads: &[Closed]) -> Drawn {
        let outcomes = i64::try_from(leads.len()).unwrap_or(i64::MAX);
        let mut bins: Vec<_> = variables.iter().map(|known| known.scale.map(Bins::one)).collect();
        if outcomes < bins::FIRST {
            return (bins, 0);
        }
        let mut times: Vec<Vec<u64>> =
            self.words.iter().map(|words| vec![0; words.len()]).collect();
        for (variable, code) in leads.iter().flat_map(|lead| self.values_of(lead)) {
            times[*variable as usize][*code as usize] += 1;
        }
        for (at, bins) in bins.iter_mut().enumerate() {
            let Some(known) = bins else { continue };
            let words = &self.words[at];
            let number = |code| known.scale.read(words.text(code));
            // Numbers of leads still to come draw no edges.
            let texts = words.codes().zip(&times[at]).filter(|(_, times)| **times > 0);
            let mut numbers: Vec<_> =
                texts.filter_map(|(code, times)| Some((number(code)?, *times))).collect();
            *known = Bins::draw(known.scale, &mut numbers);
        }
        (bins, outcomes)
    }

    /// Learns from all outcomes in their order. With `ahead`, a second thread counts the next ones while weights learn.
    pub(crate) fn replay(
        &self,
        config: &Config,
        stages: Vec<StageRank>,
        bins: Drawn,
        ahead: Option<Ahead<'_>>,
    ) -> Result<weighted::Model> {
        self.replay_of(config, stages, bins, &self.leads, ahead)
    }

    /// What a rebuild would come to once the first `until` were closed and some of those were taken back; bins are drawn from what is left.
    pub(crate) fn replay_until(
        &self,
        config: &Config,
        stages: Vec<StageRank>,
        until: usize,
        taken_back: &[(i64, usize)],
    ) -> Result<weighted::Model> {
        let gone: HashSet<usize> = taken_back.iter().map(|(_, at)| *at).collect();
        let closed = self.leads[..until].iter().enumerate().filter(|(at, _)| !gone.contains(at));
        let closed: Vec<Closed> = closed.map(|(_, lead)| *lead).collect();
        let bins = self.bins_of(&config.variables, &closed);
        self.replay_of(config, stages, bins, &closed, None)
    }

    fn replay_of(
        &self,
        config: &Config,
        stages: Vec<StageRank>,
        (bins, drawn): Drawn,
        closed: &[Closed],
        ahead: Option<Ahead<'_>>,
    ) -> Result<weighted::Model> {
        let (kind, variables) = (config.model, &config.variables);
        let mut model = weighted::Model::new(kind, variables, stages);
        let mut tables = model.tables.clone();
        tables.set_bins(&bins, drawn);
        let mut coder = Coder::new(&self.words, &mut tables);
        let teach = |leads: &[Closed]| {
            let mut lessons = Lessons::default();
            for lead in leads {
                let first = self.first_of(lead);
                let course = first.map_or(Course::of(lead.team), |first| first.course(lead.team));
                let values = coder.values(&mut tables, self.values_of(lead), first);
                tables.teach(&course, values, lead.is_won, &mut lessons);
            }
            lessons
        };
        in_parts(ahead, closed, teach, |_, lessons| {
            model.take(&lessons);
            Ok(())
        })?;
        model.tables = tables;
        Ok(model)
    }
}

/// How values of the past are numbered in the tables; an empty field is a value there.
struct Coder<'p> {
    words: &'p [Words],
    /// By variable, the number of the empty value.
    empty: Vec<u32>,
    /// By variable and number here; those of changed fields stand behind, then those of the stages of such leads.
    codes: Vec<Vec<Option<u32>>>,
    values: Vec<(usize, u32)>,
}

impl<'p> Coder<'p> {
    fn new(words: &'p [Words], tables: &mut Tables) -> Self {
        let stages = words.iter().map(|_| &words[STAGE]);
        let all = words.iter().chain(words).chain(stages);
        let codes = all.map(|words| vec![None; words.len()]).collect();
        let empty = (0..words.len()).map(|at| tables.words_mut(at).learn("")).collect();
        Self { words, empty, codes, values: Vec::new() }
    }

    /// Variable and number of everything that a lead is counted by.
    fn values(
        &mut self,
        tables: &mut Tables,
        mut rest: &[(u32, u32)],
        first: Option<&FirstCodes>,
    ) -> &[(usize, u32)] {
        self.values.clear();
        let all = rest;
        let first = first.map_or(&[][..], |first| &first.values);
        for variable in 0..self.empty.len() {
            let own = rest.iter().take_while(|(at, _)| *at as usize == variable).count();
            match first.iter().find(|(at, _, _)| *at == variable) {
                Some((_, _, was)) => self.put(tables, variable, was.iter().copied()),
                None => self.put(tables, variable, rest[..own].iter().map(|(_, code)| *code)),
            }
            rest = &rest[own..];
        }
        for (variable, _, _) in first {
            let own = all.iter().filter(|(at, _)| *at as usize == *variable);
            self.put(tables, tables.changed(*variable), own.map(|(_, code)| *code));
        }
        for (variable, _, _) in first {
            let stage = all.iter().filter(|(at, _)| *at as usize == STAGE);
            self.put(tables, tables.came(*variable), stage.map(|(_, code)| *code));
        }
        &self.values
    }

    fn put(&mut self, tables: &mut Tables, at: usize, own: impl Iterator<Item = u32>) {
        let before = self.values.len();
        for known in own {
            let code = self.codes[at][known as usize].get_or_insert_with(|| {
                let own = if tables.is_said(at) { tables.field(at) } else { STAGE };
                let text = self.words[own].text(known);
                let counted = tables.counted(at, text).into_owned();
                tables.words_mut(at).learn(&counted)
            });
            self.values.push((at, *code));
        }
        if self.values.len() == before {
            let empty = self.empty.get(at).copied();
            self.values.push((at, empty.unwrap_or_else(|| tables.words_mut(at).learn(""))));
        }
    }
}

/// One of those who read the past at once, with its own numbers of values.
struct Reader<'p> {
    pass: Pass<'p>,
    words: Vec<Words>,
    /// By variable, how many numbers were told.
    told: Vec<usize>,
}

/// The closed leads of a range, with values as their reader numbers them.
struct Read {
    leads: Vec<Closed>,
    values: Vec<(u32, u32)>,
    /// By variable, the texts of numbers that were not told before.
    new: Vec<Vec<String>>,
    /// Of leads that say something else since, what they said at their creation.
    created: Vec<(i64, First)>,
}

impl Reader<'_> {
    fn read(&mut self, tx: &Tx<'_>, range: (i64, i64)) -> Result<Read> {
        let (mut leads, mut all, mut first) = (Vec::new(), Vec::new(), Vec::new());
        let words = &mut self.words;
        let mut number = |variable: usize, text: &str| Some(words[variable].learn(text));
        let (closed, created) = (self.pass.beside[0], self.pass.beside[1]);
        self.pass.range(tx, range, &mut number, |lead, line| {
            let from = all.len();
            let value = |(at, code): &(usize, u32)| (u32::try_from(*at).unwrap_or(0), *code);
            all.extend(lead.values.iter().map(value));
            first.extend(lead.first().map(|first| (lead.id, first)));
            leads.push(Closed {
                at: line.int_or_null(closed)?.unwrap_or(0),
                created: line.int(created)?,
                id: lead.id,
                team: lead.team_id,
                is_won: lead.is_won,
                values: (from, all.len()),
                first: None,
                until: NEVER,
            });
            Ok(())
        })?;
        let new = |(words, told): (&Words, &mut usize)| {
            let from = std::mem::replace(told, words.len());
            words.codes().skip(from).map(|code| words.text(code).to_owned()).collect()
        };
        let new = self.words.iter().zip(&mut self.told).map(new).collect();
        Ok(Read { leads, values: all, new, created: first })
    }
}

/// Lets `bayes` count an outcome, or take it back.
pub(crate) fn tell(model: &mut bayes::Model, evidence: &Evidence, tally: Tally) {
    if let Some(stage) = evidence.stage_id {
        model.add(evidence.team_id, STAGE, &stage.to_string(), tally);
    }
    for (variable, value) in &evidence.values {
        model.add(evidence.team_id, *variable, value, tally);
    }
}
