//! What would have been said: history replayed in its order, each chance by what was known at its moment.
//!
//! A lead is predicted as it was known then: where it stood, and what its fields said before they were changed. A lead that was closed
//! teaches what it counted as at that moment, until it was reopened; nothing is learnt before it, and nothing that closed at the moment of a
//! prediction itself. The file's own scores are neither used nor changed.

use std::collections::HashSet;
use std::str::FromStr;

use crate::base::frame::{Column, ColumnData};
use crate::base::{
    Date, Error, FieldKind, Frame, LeadId, Probability, Progress, Result, Timestamp, Value, limit,
};
use crate::record::{ProbabilitySource, WonStatus};
use crate::score::batch::Steps;
use crate::score::config::{Config, Kind};
use crate::score::count::{StageRank, Tally};
use crate::score::evidence::Evidence;
use crate::score::known::{self, Known, State, Whose};
use crate::score::model::Judge as _;
use crate::score::pass::Which;
use crate::score::quality::{ScoreBin, ScoreQuality};
use crate::score::replay::{self, Past};
use crate::score::{bayes, learn, store, weighted};
use crate::storage::Tx;

/// The moments at which a backtest asks for a chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BacktestAt {
    /// When the lead was created.
    #[default]
    Created,
    /// Each time it came into a stage, until it was closed.
    StageEntry,
    /// So many days before it was closed, if it was there by then.
    DaysBeforeClose(u32),
}

impl FromStr for BacktestAt {
    type Err = Error;

    /// From `created`, `stage_entry` or `30_days_before_close`.
    fn from_str(text: &str) -> Result<Self> {
        let days = || {
            let days = text.strip_suffix("_days_before_close")?.parse().ok();
            days.filter(|days| *days <= limit::BACKTEST_DAYS)
        };
        match text {
            "created" => Ok(Self::Created),
            "stage_entry" => Ok(Self::StageEntry),
            _ => days().map(Self::DaysBeforeClose).ok_or_else(|| {
                Error::invalid(
                    "at",
                    format!(
                        "{text:?} is none of created, stage_entry, 30_days_before_close (at most {})",
                        limit::BACKTEST_DAYS
                    ),
                )
            }),
        }
    }
}

/// What to replay; what is `None` is as configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backtest {
    /// The evidence fields.
    pub fields: Option<Vec<String>>,
    /// Predictions before 00:00 UTC of this day are left out; learning begins with the history all the same.
    pub start: Option<Date>,
    /// When chances are asked for.
    pub at: BacktestAt,
    /// The model.
    pub model: Option<String>,
}

/// One prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestRow {
    /// Of which lead.
    pub lead_id: LeadId,
    /// When.
    pub predicted_at: Timestamp,
    /// The chance that would have been said; the base rate where the model had nothing to say.
    pub probability: Probability,
    /// The share won of all that was closed by then, `(won + 1) ÷ (all + 2)`.
    pub base_rate: Probability,
    /// Whether it was won.
    pub outcome: bool,
    /// When it was closed.
    pub closed_at: Timestamp,
}

/// What a backtest found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BacktestReport {
    /// The model's name.
    pub kind: String,
    /// Predictions in order of their moments.
    pub rows: Vec<BacktestRow>,
    /// Predictions for moments before the database was told of the lead, as an import brings them with their dates: fields that the history
    /// does not keep counted as they were told first, and may have been filled in later.
    pub past_unknown: u64,
    /// How good they were.
    pub model: ScoreQuality,
    /// How good the running base rate was at the same moments.
    pub base: ScoreQuality,
    /// How good the model `bayes` was, with the same fields.
    pub bayes: ScoreQuality,
}

impl BacktestReport {
    /// One row per prediction: `lead_id`, `predicted_at`, `probability` and `base_rate` in percent, `outcome` (`won` or `lost`),
    /// `closed_at`.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("lead_id", FieldKind::Int),
            ("predicted_at", FieldKind::Time),
            ("probability", FieldKind::Percent),
            ("base_rate", FieldKind::Percent),
            ("outcome", FieldKind::Text),
            ("closed_at", FieldKind::Time),
        ]);
        for row in &self.rows {
            let outcome = if row.outcome { WonStatus::Won } else { WonStatus::Lost };
            frame.push([
                row.lead_id.0.into(),
                row.predicted_at.into(),
                Value::Decimal(row.probability.percent()),
                Value::Decimal(row.base_rate.percent()),
                outcome.word().into(),
                row.closed_at.into(),
            ]);
        }
        frame
    }
}

impl BacktestReport {
    /// One row for each of `weighted` (or what was asked for), `base_rate` and `bayes`: `model`, `count`, `past_unknown` (the same in each), `won`,
    /// `log_loss`, `brier`, `reliability`, `resolution`, `uncertainty`, `within_variance`, `within_covariance`, `auc`, `ece`; what is not
    /// defined is null.
    #[must_use]
    pub fn summary(&self) -> Frame {
        let all =
            [(self.kind.as_str(), &self.model), ("base_rate", &self.base), ("bayes", &self.bayes)];
        let float = |name: &str, read: fn(&ScoreQuality) -> Option<f64>| {
            column(name, ColumnData::Float(all.iter().map(|(_, of)| read(of)).collect()))
        };
        let names = all.iter().map(|(name, _)| Some((*name).to_owned())).collect();
        let counts = all.iter().map(|(_, of)| i64::try_from(of.count).ok()).collect();
        let unknown = all.iter().map(|_| i64::try_from(self.past_unknown).ok()).collect();
        Frame::of(vec![
            column("model", ColumnData::Text(names)),
            column("count", ColumnData::Int(counts)),
            column("past_unknown", ColumnData::Int(unknown)),
            float("won", |of| of.won),
            float("log_loss", |of| of.log_loss),
            float("brier", |of| of.brier),
            float("reliability", |of| of.reliability),
            float("resolution", |of| of.resolution),
            float("uncertainty", |of| of.uncertainty),
            float("within_variance", |of| of.within_variance),
            float("within_covariance", |of| of.within_covariance),
            float("auc", |of| of.auc),
            float("ece", |of| of.ece),
        ])
    }

    /// The reliability table of the model, one row per bin: `count`, `predicted` and `observed` shares 0…1.
    #[must_use]
    pub fn reliability(&self) -> Frame {
        let bins = &self.model.bins;
        let float = |name: &str, read: fn(&ScoreBin) -> f64| {
            column(name, ColumnData::Float(bins.iter().map(|bin| Some(read(bin))).collect()))
        };
        let counts = bins.iter().map(|bin| i64::try_from(bin.count).ok()).collect();
        Frame::of(vec![
            column("count", ColumnData::Int(counts)),
            float("predicted", |bin| bin.predicted),
            float("observed", |bin| bin.observed),
        ])
    }
}

fn column(name: &str, data: ColumnData) -> Column {
    Column { name: name.to_owned(), data }
}

/// Replays; `config` says by which fields and model.
pub(crate) fn run(
    tx: &mut Tx<'_>,
    config: &Config,
    asked: &Backtest,
    progress: &mut Progress<'_>,
) -> Result<BacktestReport> {
    let mut steps = Steps::new(progress, store::last_lead(tx)?, 3);
    // A start that nobody has said is about what the live model counts; a replay takes the whole history.
    let since = if config.is_default_start { Timestamp::stored(i64::MIN) } else { config.start() };
    let mut past = Past::read(tx, config, Which::Closed, since, &mut steps)?;
    steps.next();
    let open = reopened(tx, config, since, &mut steps)?;
    steps.next();
    let leads = [&past, &open].into_iter().flat_map(|all| (0..all.len()).map(|at| all.id(at)));
    let known = Known::read(tx, &config.variables, None, Whose::These(&leads.collect()))?;
    for at in 0..past.len() {
        let (id, closed, is_won) = (past.id(at), past.closed_at(at), past.is_won(at));
        for (from, until, was_won) in known::passed(known.states(id)) {
            let then = known.at_closing(id, from, was_won, || past.evidence(at));
            let then = then.unwrap_or_else(|| past.evidence(at));
            past.add_until(id, (from, until), &then, was_won);
        }
        if let Some(then) = known.at_closing(id, closed, is_won, || past.evidence(at)) {
            past.set_evidence(at, &then);
        }
    }
    for at in 0..open.len() {
        for (from, until, was_won) in known::passed(known.states(open.id(at))) {
            let then = known.at_closing(open.id(at), from, was_won, || open.evidence(at));
            let then = then.unwrap_or_else(|| open.evidence(at));
            past.add_until(open.id(at), (from, until), &then, was_won);
        }
    }
    past.sort();
    let start = asked.start.map_or(i64::MIN, |day| Timestamp::start_of(day).micros());
    let mut questions: Vec<(i64, usize)> = Vec::new();
    for at in (0..past.len()).filter(|at| past.ended_at(*at).is_none()) {
        let states = known.states(past.id(at));
        let passed = known::passed(states);
        // While it was closed, nobody asked.
        let was_open =
            |when: &i64| passed.iter().all(|(from, until, _)| when <= from || when >= until);
        let moments = moments(asked.at, &past, at, states).into_iter().filter(was_open);
        questions.extend(moments.filter(|when| *when >= start).map(|when| (when, at)));
    }
    questions.sort_unstable_by_key(|(when, at)| (*when, past.id(*at)));

    let stages = store::stages(tx)?;
    let mut replay = Replay::new(config, &past, stages);
    let mut report =
        BacktestReport { kind: config.model.word().to_owned(), ..BacktestReport::default() };
    let [mut said, mut base, mut bayes] = [(); 3].map(|()| Vec::with_capacity(questions.len()));
    let all = questions.len();
    for (done, (when, at)) in questions.into_iter().enumerate() {
        if done % 1_000 == 0 {
            let [done, all] = [done, all].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
            steps.step(steps.last * done / all.max(1))?;
        }
        replay.learn_until(when)?;
        let evidence = known.while_open(past.id(at), when, past.evidence(at));
        report.past_unknown += u64::from(!known.is_known(past.id(at), when));
        let base_rate = replay.base();
        let chance_of = |source, chance: Probability| match source {
            ProbabilitySource::None => base_rate,
            _ => chance.ppm() as f64 / 1e6,
        };
        let judged = replay.said(&evidence);
        let chance = chance_of(judged.source, judged.probability);
        let judged = replay.bayes.said(&evidence);
        bayes.push((chance_of(judged.source, judged.probability), past.is_won(at)));
        said.push((chance, past.is_won(at)));
        base.push((base_rate, past.is_won(at)));
        report.rows.push(BacktestRow {
            lead_id: LeadId(past.id(at)),
            predicted_at: Timestamp::stored(when),
            probability: Probability::from_fraction(chance),
            base_rate: Probability::from_fraction(base_rate),
            outcome: past.is_won(at),
            closed_at: Timestamp::stored(past.closed_at(at)),
        });
    }
    steps.step(steps.last)?;
    report.model = ScoreQuality::of(&said);
    report.base = ScoreQuality::of(&base);
    report.bayes = ScoreQuality::of(&bayes);
    Ok(report)
}

/// The moments at which a lead's chance is asked for.
fn moments(at: BacktestAt, past: &Past, lead: usize, states: &[State]) -> Vec<i64> {
    let (created, closed) = (past.created_at(lead), past.closed_at(lead));
    match at {
        BacktestAt::Created => vec![created],
        BacktestAt::DaysBeforeClose(days) => {
            let when = Timestamp::stored(closed).plus_days(-i64::from(days)).micros();
            if when >= created { vec![when] } else { Vec::new() }
        }
        BacktestAt::StageEntry => {
            let mut moments = Vec::new();
            let mut last = None;
            for state in states.iter().filter(|state| state.from <= closed) {
                if state.is_pending && state.stage.is_some() && state.stage != last {
                    moments.push(state.from);
                }
                last = state.stage;
            }
            moments
        }
    }
}

/// Pending leads that were closed once.
fn reopened(
    tx: &mut Tx<'_>,
    config: &Config,
    since: Timestamp,
    steps: &mut Steps<'_, '_>,
) -> Result<Past> {
    let sql = "SELECT DISTINCT lead.id FROM lead_history JOIN lead ON lead.id = lead_history.lead_id \
               WHERE lead_history.won_status <> 0 AND lead.won_status = 0 AND lead.create_date >= ?1";
    let ids: HashSet<i64> =
        tx.rows(sql, &[since.micros().into()], |line| line.int(0))?.into_iter().collect();
    if ids.is_empty() {
        return Ok(Past::new(config));
    }
    let mut open = Past::read(tx, config, Which::Open, since, steps)?;
    open.retain(&ids);
    Ok(open)
}

/// The models as they were at a moment of the past.
struct Replay<'p> {
    past: &'p Past,
    config: &'p Config,
    stages: Vec<StageRank>,
    /// How many have been closed.
    done: usize,
    /// Outcomes that ended, by when, and how many of them have.
    ends: Vec<(i64, usize)>,
    ended: usize,
    now: Tally,
    /// How many were taken back since the weights learnt anew.
    taken_back: i64,
    model: Option<weighted::Model>,
    bayes: bayes::Model,
}

impl<'p> Replay<'p> {
    fn new(config: &'p Config, past: &'p Past, stages: Vec<StageRank>) -> Self {
        let model = (config.model != Kind::Bayes)
            .then(|| weighted::Model::new(config.model, &config.variables, stages.clone()));
        let bayes = bayes::Model::new(&config.variables, stages.clone());
        let mut ends: Vec<_> =
            (0..past.len()).filter_map(|at| Some((past.ended_at(at)?, at))).collect();
        ends.sort_unstable();
        let (done, ended, now, taken_back) = (0, 0, Tally::default(), 0);
        Self { past, config, stages, done, ends, ended, now, taken_back, model, bayes }
    }

    /// Learns from what was closed before a moment, and forgets what was reopened.
    fn learn_until(&mut self, when: i64) -> Result<()> {
        loop {
            let closed = (self.done < self.past.len()).then(|| self.past.closed_at(self.done));
            let ended = self.ends.get(self.ended).map(|(at, _)| *at);
            match (closed.filter(|at| *at < when), ended.filter(|at| *at < when)) {
                // What is lost and then won is taken back before it is counted again.
                (closed, Some(end)) if closed.is_none_or(|closed| end <= closed) => {
                    self.take_back()?;
                }
                (Some(_), _) => self.learn()?,
                (None, _) => return Ok(()),
            }
        }
    }

    fn learn(&mut self) -> Result<()> {
        let (evidence, won) = (self.past.evidence(self.done), self.past.is_won(self.done));
        replay::tell(&mut self.bayes, &evidence, Tally::one(won, 1));
        self.done += 1;
        self.now.add(Tally::one(won, 1));
        let Some(model) = &mut self.model else { return Ok(()) };
        let codes = model.tables.learn_codes(&model.tables.counted_values(&evidence));
        model.learn(&evidence.course(), &codes, won);
        if model.tables.wants_bins() { self.learn_anew() } else { Ok(()) }
    }

    fn take_back(&mut self) -> Result<()> {
        let (_, lead) = self.ends[self.ended];
        let (evidence, won) = (self.past.evidence(lead), self.past.is_won(lead));
        let by = Tally::one(won, -1);
        replay::tell(&mut self.bayes, &evidence, by);
        self.ended += 1;
        self.now.add(by);
        let Some(model) = &mut self.model else { return Ok(()) };
        for (variable, code) in model.tables.learn_codes(&model.tables.counted_values(&evidence)) {
            model.tables.count(evidence.team_id, variable, code, by);
        }
        self.taken_back += 1;
        if learn::forgets(self.taken_back, &model.tables) { self.learn_anew() } else { Ok(()) }
    }

    fn learn_anew(&mut self) -> Result<()> {
        let (stages, ended) = (self.stages.clone(), &self.ends[..self.ended]);
        self.model = Some(self.past.replay_until(self.config, stages, self.done, ended)?);
        self.taken_back = 0;
        Ok(())
    }

    fn base(&self) -> f64 {
        (self.now.won as f64 + 1.0) / ((self.now.won + self.now.lost) as f64 + 2.0)
    }

    fn said(&self, evidence: &Evidence) -> crate::score::model::Said {
        match &self.model {
            Some(model) => model.said(evidence),
            None => self.bayes.said(evidence),
        }
    }
}
