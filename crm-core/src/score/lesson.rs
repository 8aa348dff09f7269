//! Outcomes that wait for the weights to learn from them, where many close deals at once.
//!
//! The weights are one state, so that of many writers one at a time may change it. Whoever closes a deal while another does, or does
//! by a state that is newer than what he sees, leaves his outcome here and goes on; the next one whose turn it is learns from all that
//! wait. Whoever reads the model learns from them too, for himself, so that every score knows every outcome that is committed.
//!
//! Deliberately absent: files. They have one writer, who always learns.

use serde_json::{Value as Json, json};

use crate::base::{Cell, Error, Result, StageId};
use crate::score::config::Config;
use crate::score::count::Tally;
use crate::score::created;
use crate::score::evidence::{Evidence, STAGE, STAGE_ID};
use crate::score::store;
use crate::score::weighted::Model;
use crate::storage::{Prepared, Tx};

/// What a lead was when it was closed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) evidence: Evidence,
    pub(crate) is_won: bool,
}

/// Whether it is this transaction's turn to change the weights; nobody waits for that.
pub(crate) fn take_turn(tx: &Tx<'_>) -> Result<bool> {
    tx.one("SELECT crm_may_learn()", &[], |line| Ok(line.int(0)? != 0))
}

/// Leaves outcomes for others to learn from.
pub(crate) struct Desk<'c> {
    put: Prepared<'c>,
}

impl<'c> Desk<'c> {
    pub(crate) fn open(tx: &Tx<'c>) -> Result<Self> {
        let sql = "INSERT INTO score_lesson (team_id, is_won, evidence) VALUES (?1, ?2, ?3)";
        Ok(Self { put: tx.prepare(sql)? })
    }

    pub(crate) fn leave(
        &mut self,
        config: &Config,
        evidence: &Evidence,
        is_won: bool,
    ) -> Result<()> {
        let team = evidence.team_id.map_or(0, |team| team.0);
        let text = written(config, evidence)?;
        self.put.execute(&[team.into(), Cell::Int(is_won.into()), text.as_str().into()])
    }
}

/// The outcomes that wait, in the order in which they were left.
pub(crate) fn waiting(tx: &Tx<'_>, config: &Config) -> Result<Vec<Waiting>> {
    let sql = "SELECT team_id, is_won, evidence FROM score_lesson ORDER BY id";
    tx.rows(sql, &[], |line| {
        let mut evidence = read(config, line.text(2)?)?;
        evidence.team_id = store::team(line.int(0)?);
        Ok(Waiting { evidence, is_won: line.int(1)? != 0 })
    })
}

/// Nothing waits any more.
pub(crate) fn clear(tx: &Tx<'_>) -> Result<()> {
    tx.execute("DELETE FROM score_lesson", &[]).map(drop)
}

/// Lets a model learn from what waits, as it would have then: from counts that do not know the outcome yet. One that was taken back
/// meanwhile teaches nothing, unless others with all its values are counted.
pub(crate) fn catch_up(model: &mut Model, waiting: &[Waiting]) {
    let mut late = Vec::with_capacity(waiting.len());
    for one in waiting {
        let codes = model.tables.learn_codes(&model.tables.counted_values(&one.evidence));
        if model.tables.has_counted(one.evidence.team_id, &codes, one.is_won) {
            for (variable, code) in &codes {
                model.tables.count(
                    one.evidence.team_id,
                    *variable,
                    *code,
                    Tally::one(one.is_won, -1),
                );
            }
            late.push((one, codes));
        }
    }
    for (one, codes) in late {
        model.learn(&one.evidence.course(), &codes, one.is_won);
    }
}

/// Pairs of field and value, the stage first: names outlast a change of the configured fields, numbers do not. What a field said at the
/// creation, where that is something else, stands behind.
fn written(config: &Config, evidence: &Evidence) -> Result<String> {
    let name = |at: &usize| config.variables[*at].name.as_str();
    let stage = evidence.stage_id.map(|stage| json!([STAGE_ID, stage.to_string()]));
    let values = evidence.values.iter().map(|(at, text)| json!([name(at), text]));
    let created = created::pairs(config, &evidence.created);
    let pairs: Vec<Json> = stage.into_iter().chain(values).chain(created).collect();
    serde_json::to_string(&pairs).map_err(|_| Error::bug("texts can be written as JSON"))
}

fn read(config: &Config, text: &str) -> Result<Evidence> {
    let pairs: Vec<(String, Json)> =
        serde_json::from_str(text).map_err(|_| Error::bug("a waiting outcome cannot be read"))?;
    let mut evidence = Evidence::default();
    for (name, value) in pairs {
        match value {
            Json::String(text) => match config.variables.iter().position(|own| own.name == name) {
                Some(STAGE) => evidence.stage_id = text.parse().ok().map(StageId),
                Some(at) => evidence.values.push((at, text)),
                None => {}
            },
            was => created::add(&mut evidence.created, config, &name, &was),
        }
    }
    // In the variables' order as they are now; several values of one stay as they were.
    evidence.values.sort_by_key(|(at, _)| *at);
    Ok(evidence)
}
