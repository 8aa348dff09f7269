//! Counting and scoring everything: what `rebuild` and `recompute` do.
//!
//! Closed leads are counted in one pass, pending ones scored in another, each over narrow columns; only scores that differ from the
//! stored ones are written. Deliberately absent: archived leads, and those won or lost.

use std::collections::HashMap;

use crate::base::field::FieldValue as _;
use crate::base::{Currency, Date, LeadId, Progress, Result, TeamId};
use crate::event::Event;
use crate::record::{Decides, ProbabilityPolicy};
use crate::score::config::{Config, Kind};
use crate::score::count::{StageRank, Tally, Words};
use crate::score::created;
use crate::score::model::{Model, Said};
use crate::score::pass::{Narrow, Pass, RANGE, Which};
use crate::score::replay::{Drawn, Past};
use crate::score::store::{self, Saying};
use crate::score::{bayes, stage_chance};
use crate::storage::ahead::{Ahead, Ranges, in_ranges};
use crate::storage::{Line, Tx};
use crate::tally::{Key, Ledger};

/// What a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScoreRun {
    /// The run in the log of changed scores and stages; none when nothing changed.
    pub run: Option<i64>,
    /// Closed leads that were counted; 0 when only scores were computed.
    pub counted: u64,
    /// Closed leads that were not, since they were created before the start date; 0 when only scores were computed.
    pub before_start: u64,
    /// Pending leads that were scored.
    pub scored: u64,
    /// Those of which the score changed.
    pub changed: u64,
}

/// Values with a number below it are counted in arrays.
const DENSE: u32 = 4_096;

/// Counts while the model's form is not needed yet.
#[derive(Debug, Default)]
struct Counter {
    teams: HashMap<Option<TeamId>, usize>,
    dense: Vec<Vec<Vec<Tally>>>,
    sparse: HashMap<(usize, usize, u32), Tally>,
    leads: u64,
}

impl Counter {
    fn count(&mut self, team: Option<TeamId>, values: &[(u32, u32)], by: Tally) {
        self.leads += 1;
        let next = self.teams.len();
        let team = *self.teams.entry(team).or_insert(next);
        if team == self.dense.len() {
            self.dense.push(Vec::new());
        }
        for (variable, code) in values {
            let variable = *variable as usize;
            if *code >= DENSE {
                self.sparse.entry((team, variable, *code)).or_default().add(by);
                continue;
            }
            let (columns, at) = (&mut self.dense[team], *code as usize);
            if columns.len() <= variable {
                columns.resize(variable + 1, Vec::new());
            }
            if columns[variable].len() <= at {
                columns[variable].resize(at + 1, Tally::default());
            }
            columns[variable][at].add(by);
        }
    }

    /// What was counted under the numbers of `words`, as the model numbers them.
    fn into_model(self, words: &[Words], model: &mut bayes::Model) {
        let learn = |(variable, words): (usize, &Words)| -> Vec<u32> {
            let texts = words.codes().map(|code| words.text(code));
            texts.map(|text| model.words_mut(variable).learn(text)).collect()
        };
        let codes: Vec<Vec<u32>> = words.iter().enumerate().map(learn).collect();
        let mut teams: Vec<_> = self.teams.into_iter().collect();
        teams.sort_unstable_by_key(|(_, at)| *at);
        let mut rows = Vec::new();
        for ((team, _), columns) in teams.iter().zip(self.dense) {
            for (variable, column) in columns.into_iter().enumerate() {
                let codes = (0_u32..).zip(column).filter(|(_, tally)| *tally != Tally::default());
                rows.extend(codes.map(|(code, tally)| (*team, variable, code, tally)));
            }
        }
        let sparse = self.sparse.into_iter();
        rows.extend(
            sparse.map(|((team, variable, code), tally)| (teams[team].0, variable, code, tally)),
        );
        let known = |(team, variable, code, tally): (_, usize, u32, _)| {
            (team, variable, codes[variable][code as usize], tally)
        };
        model.load_codes(rows.into_iter().map(known));
    }
}

/// Learns from every closed lead that counts, anew; numbers fall into bins drawn from them.
pub(crate) fn count(
    tx: &mut Tx<'_>,
    config: &Config,
    tell: &mut Steps<'_, '_>,
) -> Result<(Model, u64)> {
    created::catch_up(tx, config)?;
    learned(tx, config, tell, None)
}

/// The same with the bins as they are stored: what the stored counters must equal.
pub(crate) fn recount(
    tx: &mut Tx<'_>,
    config: &Config,
    tell: &mut Steps<'_, '_>,
) -> Result<(Model, u64)> {
    let bins = store::bins(tx, &config.variables)?;
    learned(tx, config, tell, Some(bins))
}

fn learned(
    tx: &mut Tx<'_>,
    config: &Config,
    tell: &mut Steps<'_, '_>,
    bins: Option<Drawn>,
) -> Result<(Model, u64)> {
    let stages = store::stages(tx)?;
    if config.model == Kind::Bayes {
        let (model, leads) = counted(tx, config, stages, tell)?;
        return Ok((Model::Bayes(Box::new(model)), leads));
    }
    let past = Past::lessons(tx, config, tell)?;
    let bins = bins.unwrap_or_else(|| past.bins(&config.variables));
    let model = past.replay(config, stages, bins, tell.ahead)?;
    Ok((Model::Weighted(Box::new(model)), past.len() as u64))
}

/// Counts every closed lead that counts, as `bayes` does.
fn counted(
    tx: &mut Tx<'_>,
    config: &Config,
    stages: Vec<StageRank>,
    tell: &mut Steps<'_, '_>,
) -> Result<(bayes::Model, u64)> {
    let mut counter = Counter::default();
    let mut count = |team, values: &[(u32, u32)], won| {
        counter.count(team, values, Tally::one(won, 1));
    };
    let past = Past::each(tx, config, tell, |past| {
        past.drain(&mut count);
    })?;
    let mut model = bayes::Model::new(&config.variables, stages);
    let leads = counter.leads;
    counter.into_model(past.words(), &mut model);
    Ok((model, leads))
}

/// Scores every pending lead, and writes what changed.
pub(crate) fn score(
    tx: &mut Tx<'_>,
    config: &Config,
    tell: &mut Steps<'_, '_>,
) -> Result<ScoreRun> {
    let model = store::model(tx, config)?;
    let judge = model.judge();
    let compiled = judge.compiled();
    let begin = || {
        Pass::new(&config.variables, Which::Pending, config.scored_since(), &WEIGHED)
            .following(config)
    };
    let read = |pass: &mut Pass<'_>, tx: &Tx<'_>, range| {
        let said = store::said_between(tx, range)?;
        let (mut rest, mut judged) = (said.as_slice(), Judged::default());
        let beside = pass.beside.clone();
        pass.range(tx, range, &mut |variable, text| judge.number(variable, text), |lead, line| {
            let before = rest.iter().take_while(|(id, _)| *id < lead.id).count();
            rest = &rest[before..];
            let old = rest.first().filter(|(id, _)| *id == lead.id);
            let before = old.map(|(_, said)| *said);
            let old = before.unwrap_or(Said::NOTHING);
            let now = compiled.said_of(judge, lead);
            judged.leads += 1;
            if now != old {
                let by = now.probability.ppm() - old.probability.ppm();
                judged.weights.shift(lead, line, &beside, by)?;
                judged.changed.push(Saying { lead: LeadId(lead.id), now, before });
            }
            Ok(())
        })?;
        Ok(judged)
    };
    let mut done = ScoreRun::default();
    let is_first = tx.score_run.is_none();
    let mut weights = Ledger::default();
    in_ranges(tx, tell.ahead, tell.ranges(), begin, read, |tx, part| {
        let judged = part.read;
        done.scored += judged.leads;
        done.changed += judged.changed.len() as u64;
        weights.add_all(judged.weights.ledger);
        store::say(tx, &judged.changed, is_first)?;
        tell.step(part.end)
    })?;
    weights.write(tx)?;
    let changed = i64::try_from(done.changed).unwrap_or(i64::MAX);
    done.run = refresh(tx, changed)?;
    Ok(done)
}

/// What became of the leads of one range.
#[derive(Debug, Default)]
struct Judged {
    leads: u64,
    changed: Vec<Saying>,
    weights: Weights,
}

/// Brings what stages say up to date, and tells of the run if that or `changed` scores are new; answers it then.
pub(crate) fn refresh(tx: &mut Tx<'_>, changed: i64) -> Result<Option<i64>> {
    let stages = stage_chance::refresh(tx)?;
    if stages + changed == 0 {
        return Ok(None);
    }
    let run = store::run(tx)?;
    tx.announce(Event::Rescored { run, changed, stages });
    Ok(Some(run))
}

/// What a lead's kept counts are kept by, beside its team.
const WEIGHED: [&str; 10] = [
    "manual_probability",
    "on_hold",
    "expected_revenue",
    "company_id",
    "stage_id",
    "user_id",
    "kind",
    "date_deadline",
    "currency",
    "probability_policy",
];

/// What changed scores mean for the kept counts, which weigh revenue by them.
#[derive(Debug, Default)]
struct Weights {
    ledger: Ledger,
    currency: Currency,
}

impl Weights {
    fn shift(&mut self, lead: &Narrow<'_>, line: &Line<'_>, at: &[usize], ppm: i64) -> Result<()> {
        let number = |column: usize| line.int_or_null(at[column]).map(|number| number.unwrap_or(0));
        let by = i128::from(number(2)?) * i128::from(ppm);
        // What is typed or the stage says, and a deal on hold, is not weighed by the machine.
        if by == 0 || number(1)? != 0 {
            return Ok(());
        }
        let policy = ProbabilityPolicy::from_cell(line.cell(at[9])).unwrap_or_default();
        if policy.decides(line.int_or_null(at[0])?.is_some()) != Decides::Machine {
            return Ok(());
        }
        let code = line.text(at[8])?;
        if code != self.currency.code() {
            self.currency = Currency::new(code)?;
        }
        let period = line.int_or_null(at[7])?.map_or(0, |day| Date::stored(day).month_index());
        let key = Key {
            grain: 0,
            outcome: 0,
            company_id: number(3)?,
            team_id: lead.team_id.map_or(0, |team| team.0),
            stage_id: number(4)?,
            user_id: number(5)?,
            kind: number(6)?,
            currency: self.currency,
            period: 0,
        };
        self.ledger.weigh(Key { grain: 1, period, ..key.clone() }, by);
        self.ledger.weigh(key, by);
        Ok(())
    }
}

/// Steps of one or two passes over ids up to `last`, as the host is told them.
#[derive(Debug)]
pub(crate) struct Steps<'t, 'p> {
    progress: &'t mut Progress<'p>,
    pub(crate) last: i64,
    passes: i64,
    before: i64,
    /// Who reads beside the calling thread.
    pub(crate) ahead: Option<Ahead<'t>>,
}

impl<'t, 'p> Steps<'t, 'p> {
    pub(crate) fn new(progress: &'t mut Progress<'p>, last: i64, passes: i64) -> Self {
        Self { progress, last, passes, before: 0, ahead: None }
    }

    /// What one pass goes through.
    pub(crate) const fn ranges(&self) -> Ranges {
        Ranges { last: self.last, step: RANGE }
    }

    pub(crate) fn step(&mut self, at: i64) -> Result<()> {
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        self.progress.tell(number(self.before + at.min(self.last)), number(self.last * self.passes))
    }

    /// The next pass begins.
    pub(crate) fn next(&mut self) {
        self.before += self.last;
    }
}
