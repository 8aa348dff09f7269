//! Learning from what happens: counters follow closed leads, scores follow pending ones, in the same transaction.
//!
//! Both work on the difference between two states, so no path of a lead can be forgotten: what a closed lead was counted as is
//! taken back, what it is now is counted. Deliberately absent: rescoring of other leads; that is `recompute`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::field::Nature as _;
use crate::base::{Error, LeadId, Probability, Progress, Result, TeamId, Timestamp, limit};
use crate::event::LeadChange;
use crate::record::{Lead, ProbabilitySource, WonStatus};
use crate::score::compiled::Judging;
use crate::score::config::{self, Config};
use crate::score::count::Tally;
use crate::score::created::{self, Created};
use crate::score::evidence::{Course, Evidence, STAGE, evidence, same};
use crate::score::lesson::{self, Waiting};
use crate::score::model::{Model, Said};
use crate::score::replay::lot;
use crate::score::stage_chance::stage_chances;
use crate::score::store::{self, Moves, Saying};
use crate::score::tables::Tables;
use crate::score::{batch, bayes, bins, weighted};
use crate::storage::Tx;

/// Weights learn anew once one of so many outcomes was taken back.
const FORGOTTEN: i64 = 100;

/// Lets the study know of changed leads. Their `after` states are told what the machine says of them now.
pub(crate) fn learn(tx: &mut Tx<'_>, changes: &mut [LeadChange]) -> Result<()> {
    let mut config = config::load(tx)?;
    let created = created::follow(tx, &config, changes)?;
    if let Some(earlier) = config::earlier(tx, &config, changes)? {
        let was = std::mem::replace(&mut config, earlier).start();
        // What an import brought from between the two counts now: with everything else, these changes among it.
        if reopens(changes) || store::has_closed(tx, config.start(), was)? {
            super::recount(tx)?;
            return rescore(tx, &config, None, changes, &created);
        }
    }
    let mut lessons = lessons(&config, changes, &created);
    let mut part = store::extract(tx, &config, || concerned(&config, &lessons, changes, &created))?;
    if !lessons.is_empty() {
        // As a replay takes them.
        lessons.sort_by_key(|lesson| (lesson.closed, lot(lesson.lead.0)));
        let is_part = part.is_some();
        let mut model = part.take().map_or_else(|| store::take(tx, &config), Ok)?;
        match &mut model {
            Model::Bayes(model) => recount(tx, &config, model, &lessons)?,
            Model::Weighted(model) => relearn(tx, &config, model, &lessons)?,
        }
        let is_to_learn_anew = match &model {
            Model::Weighted(model) => {
                model.tables.wants_bins() || is_to_forget(tx, model, &lessons)?
            }
            Model::Bayes(_) => false,
        };
        if is_part {
            part = Some(model);
        } else {
            tx.keep_counts(Arc::new(model));
        }
        // On a server others may be closing leads meanwhile; there `rebuild` does it, alone.
        if is_to_learn_anew && !tx.is_shared() {
            let mut nobody = Progress::none();
            let mut steps = batch::Steps::new(&mut nobody, store::last_lead(tx)?, 1);
            let (model, _) = batch::count(tx, &config, &mut steps)?;
            store::replace(tx, &config, model)?;
        }
    }
    rescore(tx, &config, part.as_ref(), changes, &created)
}

/// Whether so many outcomes were taken back that the weights are to forget them, which only learning anew does. Each costs the reading of
/// so many leads at most; where more are to be read, `rebuild` does it.
fn is_to_forget(tx: &Tx<'_>, model: &weighted::Model, lessons: &[LeadLesson]) -> Result<bool> {
    let is_other = |lesson: &&LeadLesson| {
        let outcome = |side: &Option<(Evidence, bool)>| side.as_ref().map(|(_, won)| *won);
        lesson.before.is_some() && outcome(&lesson.before) != outcome(&lesson.after)
    };
    let now = lessons.iter().filter(is_other).count();
    if now == 0 || tx.is_shared() {
        return Ok(false);
    }
    let all = store::take_back(tx, i64::try_from(now).unwrap_or(i64::MAX))?;
    Ok(forgets(all, &model.tables))
}

/// Whether weights learn anew once so many outcomes were taken back.
pub(super) fn forgets(taken_back: i64, tables: &Tables) -> bool {
    tables.outcomes() <= bins::LAST && taken_back.saturating_mul(FORGOTTEN) >= tables.outcomes()
}

/// What the leads are that teach something or are to be judged.
fn concerned(
    config: &Config,
    lessons: &[LeadLesson],
    changes: &[LeadChange],
    created: &Created,
) -> Vec<Evidence> {
    let taught = lessons.iter().flat_map(|lesson| [&lesson.before, &lesson.after]);
    let taught = taught.flatten().map(|(evidence, _)| evidence.clone());
    let judged = changes.iter().filter_map(|change| judged(config, change));
    // Of many the whole model is read: one more than a few tells it.
    taught
        .chain(judged.map(|lead| told(config, lead, created)))
        .take(limit::FEW_LEADS + 1)
        .collect()
}

/// The lead that a change leaves to be judged by the model.
fn judged<'c>(config: &Config, change: &'c LeadChange) -> Option<&'c Lead> {
    change.after.as_ref().filter(|after| {
        after.won_status == WonStatus::Pending
            && !change.restored
            && is_concerned(config, change.before.as_ref(), after)
    })
}

/// Whether something that was closed is another now.
fn reopens(changes: &[LeadChange]) -> bool {
    let closed = |lead: &Lead| lead.won_status != WonStatus::Pending;
    changes.iter().any(|change| change.before.as_ref().is_some_and(closed))
}

/// What one changed lead teaches: what it counted as, and what it counts as now.
#[derive(Debug)]
struct LeadLesson {
    lead: LeadId,
    /// When it was closed, as far as it is.
    closed: Option<Timestamp>,
    before: Option<(Evidence, bool)>,
    after: Option<(Evidence, bool)>,
    /// It taught this already, before it was merged.
    known: bool,
}

fn lessons(config: &Config, changes: &[LeadChange], created: &Created) -> Vec<LeadLesson> {
    let lesson = |change: &LeadChange| {
        let counted = |lead: &Option<Lead>| counted(config, lead.as_ref(), created);
        let (before, after) = (counted(&change.before), counted(&change.after));
        let state = change.after.as_ref().or(change.before.as_ref())?;
        let (lead, closed, known) = (state.id, state.date_closed, change.restored);
        (before != after).then_some(LeadLesson { lead, closed, before, after, known })
    };
    changes.iter().filter_map(lesson).collect()
}

/// Moves the counters of `bayes`.
fn recount(
    tx: &Tx<'_>,
    config: &Config,
    model: &mut bayes::Model,
    lessons: &[LeadLesson],
) -> Result<()> {
    let mut moves = Moves::new();
    for lesson in lessons {
        for (side, step) in [(&lesson.before, -1), (&lesson.after, 1)] {
            if let Some((evidence, won)) = side {
                count(&mut moves, evidence, Tally::one(*won, step));
            }
        }
    }
    moves.retain(|_, by| *by != Tally::default());
    store::add(tx, config, &moves)?;
    for ((team, variable, value), by) in moves {
        model.add(store::team(team), variable, &value, by);
    }
    Ok(())
}

/// Moves the counters of `weighted`, and its weights by what was won or lost just now.
fn relearn(
    tx: &Tx<'_>,
    config: &Config,
    model: &mut weighted::Model,
    lessons: &[LeadLesson],
) -> Result<()> {
    let mut moves = Moves::new();
    let mut touched = Touched::default();
    let mut news = Vec::new();
    for lesson in lessons {
        for (side, step) in [(&lesson.before, -1), (&lesson.after, 1)] {
            let Some((evidence, won)) = side else { continue };
            let team = evidence.team_id;
            let codes = model.tables.learn_codes(&model.tables.counted_values(evidence));
            for (variable, code) in &codes {
                let text = model.tables.words(*variable).text(*code).to_owned();
                let key = (team.map_or(0, |team| team.0), *variable, text);
                moves.entry(key).or_default().add(Tally::one(*won, step));
            }
            // A closed lead that is changed is counted anew, and teaches the weights nothing.
            if step > 0
                && !lesson.known
                && lesson.before.as_ref().is_none_or(|(_, before)| before != won)
            {
                let course = evidence.course();
                model.learn(&course, &codes, *won);
                touched.add(&course, codes);
                news.push((evidence, *won));
                continue;
            }
            for (variable, code) in codes {
                model.tables.count(team, variable, code, Tally::one(*won, step));
            }
        }
    }
    moves.retain(|_, by| *by != Tally::default());
    store::add(tx, config, &moves)?;
    if news.is_empty() {
        return Ok(());
    }
    if tx.is_shared() {
        if !lesson::take_turn(tx)? {
            let mut desk = lesson::Desk::open(tx)?;
            return news
                .into_iter()
                .try_for_each(|(evidence, won)| desk.leave(config, evidence, won));
        }
        take_waiting(tx, config, model, &mut touched)?;
    }
    store::put_weights(tx, config, model, &touched.values, &touched.teams)
}

/// Takes the outcomes that wait; the model has learnt from them already, when it was loaded.
fn take_waiting(
    tx: &Tx<'_>,
    config: &Config,
    model: &mut weighted::Model,
    touched: &mut Touched,
) -> Result<()> {
    for Waiting { evidence, .. } in lesson::waiting(tx, config)? {
        let codes = model.tables.learn_codes(&model.tables.counted_values(&evidence));
        touched.add(&evidence.course(), codes);
    }
    lesson::clear(tx)
}

/// Lets the stored weights learn from the outcomes that wait on a server, while nobody else writes.
pub(crate) fn catch_up(tx: &mut Tx<'_>) -> Result<()> {
    let config = config::load(tx)?;
    if lesson::waiting(tx, &config)?.is_empty() {
        return Ok(());
    }
    if !lesson::take_turn(tx)? {
        // Who wrote last has ended, and is just about to leave it to others.
        return Err(Error::conflict("someone else learns at the same time; try again").retryable());
    }
    if let Model::Weighted(mut model) = store::take(tx, &config)? {
        let mut touched = Touched::default();
        take_waiting(tx, &config, &mut model, &mut touched)?;
        store::put_weights(tx, &config, &model, &touched.values, &touched.teams)?;
    }
    Ok(())
}

/// Values and teams of which the weights have moved.
#[derive(Debug, Default)]
struct Touched {
    values: BTreeSet<(usize, u32)>,
    teams: BTreeSet<TeamId>,
}

impl Touched {
    fn add(&mut self, course: &Course, codes: Vec<(usize, u32)>) {
        self.values.extend(codes);
        self.teams.extend([course.first, course.now].into_iter().flatten());
    }
}

/// What a lead counts as: its evidence and whether it was won; nothing while it is pending or too old.
pub(super) fn counted(
    config: &Config,
    lead: Option<&Lead>,
    created: &Created,
) -> Option<(Evidence, bool)> {
    let lead = lead.filter(|lead| {
        lead.won_status != WonStatus::Pending && lead.create_date >= config.start()
    })?;
    Some((told(config, lead, created), lead.won_status == WonStatus::Won))
}

/// The evidence of a lead, with what it said at its creation.
pub(super) fn told(config: &Config, lead: &Lead, created: &Created) -> Evidence {
    let mut evidence = evidence(lead, &config.variables);
    if let Some(first) = created.get(&lead.id.0) {
        evidence.set_created(first);
    }
    evidence
}

fn count(moves: &mut Moves, evidence: &Evidence, by: Tally) {
    let team = evidence.team_id.map_or(0, |team| team.0);
    let stage = evidence.stage_id.map(|stage| (STAGE, stage.to_string()));
    for (variable, value) in stage.into_iter().chain(evidence.values.iter().cloned()) {
        moves.entry((team, variable, value)).or_default().add(by);
    }
}

/// Scores the leads of which something that counts has changed, by the part of the model that they need if that was read alone.
fn rescore(
    tx: &mut Tx<'_>,
    config: &Config,
    part: Option<&Model>,
    changes: &mut [LeadChange],
    created: &Created,
) -> Result<()> {
    let (mut changed, stages) = (Vec::new(), stage_chances(tx)?);
    let concerned = changes.iter().filter(|change| {
        let after = change.after.as_ref();
        let before = change.before.as_ref();
        let scored = |after| {
            change.restored || is_concerned(config, before, after) || opinion(change).is_some()
        };
        before.is_some() && after.is_some_and(scored)
    });
    let known = store::said_of(tx, &concerned.map(LeadChange::id).collect::<Vec<_>>())?;
    let pending = changes.iter().filter(|change| judged(config, change).is_some()).count();
    let whole = if pending > 0 && part.is_none() { Some(store::model(tx, config)?) } else { None };
    let mut judging =
        part.or(whole.as_deref()).map(|model| Judging::new(model, pending, config.variables.len()));
    for at in 0..changes.len() {
        // A state that the next change ends was never anybody's to see: the machine says nothing of it, and what it says of the
        // state after it is counted against nothing.
        let passes = changes.get(at + 1).is_some_and(|next| next.follows(&changes[at]));
        let change = &mut changes[at];
        let opinion = opinion(change);
        let Some(after) = &mut change.after else {
            store::delete(tx, change.before.as_ref().map_or(0, |lead| lead.id.0))?;
            continue;
        };
        after.stage_said = stages.said(after.team_id, after.stage_id);
        let concerned = change.restored || is_concerned(config, change.before.as_ref(), after);
        if passes || !(concerned || opinion.is_some()) {
            continue;
        }
        let before = known.get(&after.id.0).copied();
        let now = match after.won_status {
            _ if !concerned => before.unwrap_or(Said::NOTHING),
            // What it had said before the merge.
            _ if change.restored => {
                Said { probability: after.automated_probability, source: after.automated_source }
            }
            WonStatus::Won => {
                Said { probability: Probability::CERTAIN, source: ProbabilitySource::Outcome }
            }
            WonStatus::Lost => {
                Said { probability: Probability::ZERO, source: ProbabilitySource::Outcome }
            }
            WonStatus::Pending => {
                let evidence = told(config, after, created);
                judging.as_mut().map_or(Said::NOTHING, |judging| judging.said(&evidence))
            }
        };
        // A new lead gets its row in any case, so that reading one joins without exceptions.
        if before != Some(now) {
            changed.push(Saying { lead: after.id, now, before });
        }
        after.automated_probability = now.probability;
        after.automated_source = now.source;
        if let Some(chance) = opinion {
            keep_opinion(tx, after, chance)?;
        }
        after.derive(tx.now);
    }
    let is_first = tx.score_run.is_none();
    store::say(tx, &changed, is_first)
}

/// The chance that a person gave a pending lead in this change.
fn opinion(change: &LeadChange) -> Option<Probability> {
    let is_told = |lead: &&Lead| lead.won_status == WonStatus::Pending && !change.restored;
    let after = change.after.as_ref().filter(is_told)?;
    match &change.before {
        None => after.manual_probability,
        Some(before) if before.manual_probability == after.manual_probability => change.opinion,
        Some(_) => change.opinion.or(after.manual_probability),
    }
}

/// A chance given by hand is kept, unless the lead has the same without it now that the whole change is known.
fn keep_opinion(tx: &Tx<'_>, lead: &mut Lead, chance: Probability) -> Result<()> {
    let manual = Some(chance).filter(|chance| !lead.has_anyway(*chance));
    if manual == lead.manual_probability {
        return Ok(());
    }
    lead.manual_probability = manual;
    let ppm = manual.map(Probability::ppm);
    let sql = "UPDATE lead SET manual_probability = ?2 WHERE id = ?1";
    tx.write(sql, ("lead", lead.id.0), &[lead.id.0.into(), ppm.into()])
}

/// Whether a change can move the machine's score.
fn is_concerned(config: &Config, before: Option<&Lead>, after: &Lead) -> bool {
    let Some(before) = before else { return true };
    if before.won_status != after.won_status {
        return true;
    }
    after.won_status == WonStatus::Pending
        && ((after.active && !before.active) || !same(before, after, &config.variables))
}
