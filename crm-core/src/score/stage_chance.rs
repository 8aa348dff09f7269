//! What each stage says: how those fared that came so far, by team; one of the three numbers that every lead has.
//!
//! These are the numbers of the model `stage`, whichever model is configured. They are kept, and new ones come with `rebuild`,
//! `recompute` and a changed policy alone: then stored sums, lists and forecasts agree, and no lead is written for them. Team 0 stands for all
//! teams, stage 0 for deals without one; a team or stage that has no row yet has theirs. `stage_chance_log` keeps what changed in which run.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::{Record as _, Result, StageId, TeamId};
use crate::record::{Lead, ProbabilitySource};
use crate::score::config::Kind;
use crate::score::count::Tally;
use crate::score::evidence::{Evidence, STAGE, Variable};
use crate::score::{store, weighted};
use crate::storage::{Tx, past};

/// What is said where nothing was counted: a half, on no ground.
const NOTHING: i64 = 500_000 * 8;

/// In the log: no number from then on.
const NONE: i64 = -1;

/// The numbers by team and stage, each ppm × 8 + its ground's, as a lead reads it.
#[derive(Debug, Default)]
pub(crate) struct StageChances(HashMap<(i64, i64), i64>);

impl StageChances {
    /// What the stage of a lead says, as the statements of leads read it.
    pub(crate) fn said(&self, team: Option<TeamId>, stage: Option<StageId>) -> i64 {
        let (team, stage) = (team.map_or(0, |team| team.0), stage.map_or(0, |stage| stage.0));
        let known = |team, stage| self.0.get(&(team, stage)).copied();
        known(team, stage).or_else(|| known(0, stage)).or_else(|| known(0, 0)).unwrap_or(NOTHING)
    }

    /// The chance alone, in ppm; 0 stands for none.
    pub(crate) fn ppm(&self, team: i64, stage: i64) -> i64 {
        let some = |id: i64| (id != 0).then_some(id);
        self.said(some(team).map(TeamId), some(stage).map(StageId)) / 8
    }
}

/// The numbers as they are kept, or as they were by the instant to which the transaction was turned.
pub(crate) fn stage_chances(tx: &Tx<'_>) -> Result<Arc<StageChances>> {
    let load = |tx: &Tx<'_>| Ok(StageChances(kept(tx)?.into_iter().collect()));
    if tx.as_of(Lead::TABLE).is_some() { load(tx).map(Arc::new) } else { tx.memo(load) }
}

fn kept(tx: &Tx<'_>) -> Result<BTreeMap<(i64, i64), i64>> {
    let mut sql = "SELECT team_id, stage_id, ppm, source FROM stage_chance".to_owned();
    let mut params = Vec::new();
    if let Some(as_of) = tx.as_of(Lead::TABLE) {
        sql.insert_str(0, &past::with("?1"));
        params.push(as_of.at.micros().into());
    }
    let row = tx.rows(&sql, &params, |line| {
        Ok(((line.int(0)?, line.int(1)?), line.int(2)? * 8 + line.int(3)?))
    })?;
    Ok(row.into_iter().collect())
}

/// Brings the numbers up to date with what was counted; answers how many of them are others now. Nobody else writes meanwhile.
pub(crate) fn refresh(tx: &mut Tx<'_>) -> Result<i64> {
    let (old, new) = (kept(tx)?, counted(tx)?);
    let changed: Vec<_> = new.iter().filter(|(key, said)| old.get(*key) != Some(*said)).collect();
    let gone: Vec<_> = old.keys().filter(|key| !new.contains_key(*key)).collect();
    if changed.is_empty() && gone.is_empty() {
        return Ok(0);
    }
    let run = store::run(tx)?;
    let mut put = tx.prepare(
        "INSERT INTO stage_chance (team_id, stage_id, ppm, source) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (team_id, stage_id) DO UPDATE SET ppm = excluded.ppm, source = excluded.source",
    )?;
    let mut log = tx.prepare(
        "INSERT INTO stage_chance_log (team_id, stage_id, run, ppm, source) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (team_id, stage_id, run) DO UPDATE SET ppm = excluded.ppm, source = excluded.source",
    )?;
    for ((team, stage), said) in &changed {
        let (ppm, source) = (*said / 8, *said % 8);
        put.execute(&[(*team).into(), (*stage).into(), ppm.into(), source.into()])?;
        log.execute(&[(*team).into(), (*stage).into(), run.into(), ppm.into(), source.into()])?;
    }
    let mut drop = tx.prepare("DELETE FROM stage_chance WHERE team_id = ?1 AND stage_id = ?2")?;
    for (team, stage) in gone {
        drop.execute(&[(*team).into(), (*stage).into()])?;
        let none = [(*team).into(), (*stage).into(), run.into(), NONE.into(), 0.into()];
        log.execute(&none)?;
    }
    tx.forget_all()?;
    Ok(i64::try_from(changed.len()).unwrap_or(i64::MAX))
}

/// The numbers that the counts come to; none while nothing was counted.
fn counted(tx: &Tx<'_>) -> Result<BTreeMap<(i64, i64), i64>> {
    let variables = [Variable::parse(crate::score::evidence::STAGE_ID)?];
    let stages = store::stages(tx)?;
    let mut model = weighted::Model::new(Kind::Stage, &variables, stages.clone());
    let sql = "SELECT team_id, value, won, lost FROM score_count WHERE variable = ?1";
    tx.each(sql, &[crate::score::evidence::STAGE_ID.into()], |line| {
        let tally = Tally { won: line.int(2)?, lost: line.int(3)? };
        let code = model.tables.words_mut(STAGE).learn(line.text(1)?);
        model.tables.count(store::team(line.int(0)?), STAGE, code, tally);
        Ok(())
    })?;
    let mut said = BTreeMap::new();
    if model.tables.outcomes() == 0 {
        return Ok(said);
    }
    let teams = tx.rows("SELECT id FROM team", &[], |line| line.int(0))?;
    let places = stages.iter().map(|stage| Some(stage.id)).chain([None]);
    for stage_id in places {
        let text = stage_id.map_or_else(String::new, |stage| stage.to_string());
        let known = model.tables.words(STAGE).code(&text);
        let has_come = stage_id.is_some()
            && known.is_some_and(|code| model.tables.tally(None, STAGE, code) != Tally::default());
        let source = if has_come { ProbabilitySource::Stage } else { ProbabilitySource::Base };
        for team in teams.iter().copied().chain([0]) {
            let evidence = Evidence { team_id: store::team(team), stage_id, ..Evidence::default() };
            let chance = model.reasons(&evidence).said.probability;
            let key = (team, stage_id.map_or(0, |stage| stage.0));
            said.insert(key, chance.ppm() * 8 + source.code());
        }
    }
    Ok(said)
}
