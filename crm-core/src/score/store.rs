//! The study's tables: counters of closed leads, the machine's score of each lead, and the log of its changes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::{Cell, LeadId, Probability, Result, StageId, TeamId};
use crate::record::ProbabilitySource;
use crate::score::bayes::{Model, StageRank};
use crate::score::config::Config;
use crate::score::count::Tally;
use crate::score::evidence::Variable;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// Changes of counters by team (0: none), number of the variable and value.
pub(crate) type Moves = BTreeMap<(i64, usize, String), Tally>;

/// The model as it stands, kept beside the connection.
#[derive(Debug)]
struct Kept(Model);

/// What the machine says of a lead, and on what ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) probability: Probability,
    pub(crate) source: ProbabilitySource,
}

impl Said {
    /// Nothing is known: what a new lead begins with.
    pub(crate) const NOTHING: Self =
        Self { probability: Probability::ZERO, source: ProbabilitySource::None };

    /// What the model's answer comes to.
    pub(crate) fn of(score: Option<Probability>) -> Self {
        let known = |probability| Self { probability, source: ProbabilitySource::Model };
        score.map_or(Self::NOTHING, known)
    }
}

/// Runs `ask` on the model of the stored counters.
pub(crate) fn with_model<T>(
    tx: &Tx<'_>,
    config: &Config,
    ask: impl FnOnce(&Model) -> T,
) -> Result<T> {
    let kept = tx.memo_counts(|tx| load(tx, &config.variables).map(Kept))?;
    Ok(ask(&kept.0))
}

/// The model of the stored counters.
pub(crate) fn load(tx: &Tx<'_>, variables: &[Variable]) -> Result<Model> {
    let mut model = Model::new(variables, stages(tx)?);
    let sql = "SELECT team_id, variable, value, won, lost FROM score_count";
    let counters = tx.rows(sql, &[], |line| {
        let variable = line.text(1)?;
        let at = variables.iter().position(|known| known.name == variable);
        let tally = Tally { won: line.int(3)?, lost: line.int(4)? };
        Ok((team(line.int(0)?), at, line.text(2)?.to_owned(), tally))
    })?;
    let known = counters
        .iter()
        .filter_map(|(team, at, value, tally)| at.map(|at| (*team, at, value.as_str(), *tally)));
    model.load(known);
    Ok(model)
}

/// The stages as the model ranks them.
pub(crate) fn stages(tx: &Tx<'_>) -> Result<Vec<StageRank>> {
    let sql = "SELECT id, sequence, EXISTS (SELECT 1 FROM stage_team WHERE stage_team.stage_id = stage.id) FROM stage";
    tx.rows(sql, &[], |line| {
        let (id, sequence) = (StageId(line.int(0)?), line.int(1)?);
        Ok(StageRank { id, sequence, for_all: line.int(2)? == 0 })
    })
}

/// Adds to the counters and to the kept model.
pub(crate) fn add(tx: &Tx<'_>, config: &Config, moves: &Moves) -> Result<()> {
    // Where many write at once each only adds what it changes, and empty rows go when that is folded.
    let mut put = tx.prepare(tx.dialect(
        "INSERT INTO score_count (team_id, variable, value, won, lost) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (team_id, variable, value) DO UPDATE SET won = score_count.won + excluded.won, lost = score_count.lost + excluded.lost",
        "INSERT INTO score_count_delta (team_id, variable, value, won, lost) VALUES (?1, ?2, ?3, ?4, ?5)",
    ))?;
    let mut sweep = if tx.is_shared() {
        None
    } else {
        Some(tx.prepare(
            "DELETE FROM score_count WHERE team_id = ?1 AND variable = ?2 AND value = ?3 AND won = 0 AND lost = 0",
        )?)
    };
    for ((team, variable, value), by) in moves {
        let key = || {
            [
                Cell::Int(*team),
                config.variables[*variable].name.as_str().into(),
                value.as_str().into(),
            ]
        };
        let [team, variable, value] = key();
        put.execute(&[team, variable, value, by.won.into(), by.lost.into()])?;
        if let Some(sweep) = sweep.as_mut().filter(|_| by.won < 0 || by.lost < 0) {
            sweep.execute(&key())?;
        }
    }
    // Taken out to be changed in place; another holder means a reader of the same moment, and then it is loaded anew.
    if let Some(Ok(Kept(mut model))) = tx.take_counts::<Kept>().map(Arc::try_unwrap) {
        for ((of, variable, value), by) in moves {
            model.add(team(*of), *variable, value, *by);
        }
        tx.keep_counts(Arc::new(Kept(model)));
    }
    Ok(())
}

/// Puts a model's counters in the place of the stored ones, and keeps the model.
pub(crate) fn replace(tx: &Tx<'_>, config: &Config, model: Model) -> Result<()> {
    for part in tx.parts("score_count") {
        tx.execute(&format!("DELETE FROM {part}"), &[])?;
    }
    let mut counters: Vec<_> = model.counters().collect();
    counters.sort_unstable_by_key(|(team, at, value, _)| {
        (*team, config.variables[*at].name.as_str(), *value)
    });
    let mut put = tx.prepare(tx.dialect(
        "INSERT INTO score_count (team_id, variable, value, won, lost) VALUES (?1, ?2, ?3, ?4, ?5)",
        "INSERT INTO score_count_delta (team_id, variable, value, won, lost) VALUES (?1, ?2, ?3, ?4, ?5)",
    ))?;
    for (team, at, value, tally) in counters {
        let team = team.map_or(0, |team| team.0);
        let name = config.variables[at].name.as_str();
        put.execute(&[
            team.into(),
            name.into(),
            value.into(),
            tally.won.into(),
            tally.lost.into(),
        ])?;
    }
    tx.keep_counts(Arc::new(Kept(model)));
    Ok(())
}

/// What the machine last said of leads.
pub(crate) fn said_of(tx: &Tx<'_>, leads: &[i64]) -> Result<HashMap<i64, Said>> {
    let sql = match leads {
        [] => return Ok(HashMap::new()),
        [_] => {
            "SELECT lead_id, automated_probability, probability_source FROM lead_score WHERE lead_id = ?1"
        }
        _ => {
            "SELECT lead_id, automated_probability, probability_source FROM lead_score \
             WHERE lead_id IN (SELECT value FROM json_each(?1))"
        }
    };
    let which = if let [lead] = leads { (*lead).into() } else { id_list(leads) };
    let mut said = HashMap::with_capacity(leads.len());
    tx.each(sql, &[which], |line| {
        said.insert(line.int(0)?, read_said(line.int(1)?, line.int(2)?));
        Ok(())
    })?;
    Ok(said)
}

/// What the machine last said of the leads with ids above `after`, up to `last`; in their order.
pub(crate) fn said_between(tx: &Tx<'_>, after: i64, last: i64) -> Result<Vec<(i64, Said)>> {
    let sql = "SELECT lead_id, automated_probability, probability_source FROM lead_score \
               WHERE lead_id > ?1 AND lead_id <= ?2 ORDER BY lead_id";
    tx.rows(sql, &[after.into(), last.into()], |line| {
        Ok((line.int(0)?, read_said(line.int(1)?, line.int(2)?)))
    })
}

/// What stored numbers say.
pub(crate) fn read_said(ppm: i64, source: i64) -> Said {
    let source =
        usize::try_from(source).ok().and_then(|at| ProbabilitySource::ALL.get(at).copied());
    let probability = Probability::from_ppm(ppm).unwrap_or_default();
    Said { probability, source: source.unwrap_or(ProbabilitySource::None) }
}

/// What the machine says of a lead from now on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying {
    pub(crate) lead: LeadId,
    pub(crate) now: Said,
    /// What it said before; nothing of a new lead.
    pub(crate) before: Option<Said>,
}

impl Saying {
    /// Whether the chance itself is another.
    fn is_logged(&self) -> bool {
        self.now.probability != self.before.unwrap_or(Said::NOTHING).probability
    }
}

/// Writes what the machine says now, and logs it where the chance itself has changed.
pub(crate) fn say(tx: &mut Tx<'_>, changed: &[Saying]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let run = if changed.iter().any(Saying::is_logged) { Some(run(tx)?) } else { None };
    let mut put = tx.prepare(
        "UPDATE lead_score SET automated_probability = ?2, probability_source = ?3 WHERE lead_id = ?1",
    )?;
    let mut add = tx.prepare(
        "INSERT INTO lead_score (lead_id, automated_probability, probability_source) VALUES (?1, ?2, ?3)",
    )?;
    let mut log = tx.prepare(
        "INSERT INTO score_log (run, lead_id, automated_probability) VALUES (?1, ?2, ?3) \
         ON CONFLICT (run, lead_id) DO UPDATE SET automated_probability = excluded.automated_probability",
    )?;
    for saying in changed {
        let (lead, ppm) = (saying.lead, saying.now.probability.ppm());
        let row = [lead.0.into(), ppm.into(), saying.now.source.code().into()];
        let statement = if saying.before.is_none() { &mut add } else { &mut put };
        statement.execute_on(("lead_score", lead.0), &row)?;
        if let (Some(run), true) = (run, saying.is_logged()) {
            log.execute_on(("score_log", lead.0), &[run.into(), lead.0.into(), ppm.into()])?;
        }
    }
    Ok(())
}

/// The transaction's run of changed scores, begun when the first one changes.
pub(crate) fn run(tx: &mut Tx<'_>) -> Result<i64> {
    if let Some(run) = tx.score_run {
        return Ok(run);
    }
    let user = tx.actor.user_id.map(|user| user.0);
    let sql = "INSERT INTO score_run (date, user_id, model) VALUES (?1, ?2, 'bayes') RETURNING id";
    let run = tx.one(sql, &[tx.now.micros().into(), user.into()], |line| line.int(0))?;
    tx.score_run = Some(run);
    Ok(run)
}

/// A deleted lead has no score.
pub(crate) fn delete(tx: &Tx<'_>, lead: i64) -> Result<()> {
    tx.write("DELETE FROM lead_score WHERE lead_id = ?1", ("lead_score", lead), &[lead.into()])
}

/// The greatest id a lead has.
pub(crate) fn last_lead(tx: &Tx<'_>) -> Result<i64> {
    tx.one("SELECT COALESCE(MAX(id), 0) FROM lead", &[], |line| line.int(0))
}

/// A team as stored: 0 is none.
pub(crate) fn team(stored: i64) -> Option<TeamId> {
    (stored != 0).then_some(TeamId(stored))
}
