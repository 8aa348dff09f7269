//! The study's tables: counters of closed leads, weights learnt from them, the machine's score of each lead, and the log of its changes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::base::{Cell, Error, LeadId, Probability, Result, StageId, TeamId, Timestamp, limit};
use crate::record::ProbabilitySource;
use crate::score::bins::Bins;
use crate::score::config::{self, Config, Kind};
use crate::score::count::{StageRank, Tally};
use crate::score::evidence::{Evidence, STAGE, Variable};
use crate::score::model::{Model, Said};
use crate::score::online::{Online, Pull};
use crate::score::replay::Drawn;
use crate::score::{bayes, lesson, weighted};
use crate::storage::records::id_list;
use crate::storage::{Line, Tx, dialect};

/// Changes of counters by team (0: none), number of the variable and value.
pub(crate) type Moves = BTreeMap<(i64, usize, String), Tally>;

/// The state of the weights, in `score_model`.
const WEIGHTS: &str = "weights";
/// The edges of bins, there.
const BINS: &str = "bins";
/// How many outcomes were taken back since the weights learnt anew, there.
const TAKEN_BACK: &str = "taken_back";
/// Stands for the team among the variables of `score_weight`; no field is called so.
const TEAM: &str = "";

/// The model as stored, kept beside the connection.
pub(crate) fn model(tx: &Tx<'_>, config: &Config) -> Result<Arc<Model>> {
    tx.memo_counts(|tx| load(tx, config))
}

/// The model as stored, to be changed; [`Tx::keep_counts`] is given it back.
pub(crate) fn take(tx: &Tx<'_>, config: &Config) -> Result<Model> {
    // Another holder means a reader of the same moment; then it is loaded anew.
    match tx.take_counts::<Model>().map(Arc::try_unwrap) {
        Some(Ok(model)) => Ok(model),
        _ => load(tx, config),
    }
}

/// The model of the stored counters and weights.
pub(crate) fn load(tx: &Tx<'_>, config: &Config) -> Result<Model> {
    if config.model != Kind::Bayes {
        return loaded(tx, config, None);
    }
    let mut model = bayes::Model::new(&config.variables, stages(tx)?);
    let counters = counters(tx, config, "", &[])?;
    model
        .load(counters.iter().map(|(team, at, value, tally)| (*team, *at, value.as_str(), *tally)));
    Ok(Model::Bayes(Box::new(model)))
}

/// What a few leads need of the model, where it is loaded for each transaction: the counts and weights of their values, which say of
/// these leads what the whole model says. Nothing where the whole is at hand, or pays: to who comes again in the same transaction.
pub(crate) fn extract(
    tx: &Tx<'_>,
    config: &Config,
    leads: impl FnOnce() -> Vec<Evidence>,
) -> Result<Option<Model>> {
    struct Asked;
    let is_whole = !tx.is_shared() || config.model == Kind::Bayes || tx.has_counts::<Model>();
    if is_whole || tx.has_counts::<Asked>() {
        return Ok(None);
    }
    let leads = leads();
    if leads.is_empty() || leads.len() > limit::FEW_LEADS {
        return Ok(None);
    }
    tx.keep_counts(Arc::new(Asked));
    loaded(tx, config, Some(&leads)).map(Some)
}

/// The model as it is, or what these leads need of it.
fn loaded(tx: &Tx<'_>, config: &Config, leads: Option<&[Evidence]>) -> Result<Model> {
    let variables = &config.variables;
    let mut model = weighted::Model::new(config.model, variables, stages(tx)?);
    let parts = parts(tx)?;
    let (bins, drawn) = bins_of(parts.get(BINS), variables);
    model.tables.set_bins(&bins, drawn);
    let waiting = if tx.is_shared() { lesson::waiting(tx, config)? } else { Vec::new() };
    let (mut of_these, mut or_stages, mut params) = ("", "", Vec::new());
    if let Some(leads) = leads {
        let needed = leads.iter().chain(waiting.iter().map(|waiting| &waiting.evidence));
        params.push(Cell::from(needed_values(&model, needed)?));
        (of_these, or_stages) = (OF_THESE, OR_STAGES);
    }
    for (team, variable, value, tally) in
        counters(tx, config, &[of_these, or_stages].concat(), &params)?
    {
        let code = model.tables.words_mut(variable).learn(&value);
        model.tables.count(team, variable, code, tally);
    }
    if let Some(text) = parts.get(WEIGHTS) {
        model.online = Online::from_text(text, &names(config));
    }
    let sql = format!("SELECT variable, value, pull, seen FROM score_weight{of_these}");
    tx.each(&sql, &params, |line| {
        let pull = Pull { sum: real(line, 2), seen: real(line, 3) };
        match (line.text(0)?, line.text(1)?) {
            (TEAM, id) => {
                if let Ok(id) = id.parse() {
                    model.set_team_pull(TeamId(id), pull);
                }
            }
            (name, value) => {
                if let Some(at) = config.place_of(name) {
                    model.set_pull(at, value, pull);
                }
            }
        }
        Ok(())
    })?;
    lesson::catch_up(&mut model, &waiting);
    Ok(Model::Weighted(Box::new(model)))
}

/// Rows with one of the values in a JSON list; only a server is asked so.
const OF_THESE: &str =
    " WHERE value = ANY (ARRAY (SELECT json_array_elements_text(CAST(CAST(?1 AS TEXT) AS JSON))))";
/// And those of all stages: what a stage says depends on those behind it, and their rows count the leads themselves.
const OR_STAGES: &str = " OR variable = 'stage_id' OR starts_with(variable, 'stage_id ')";

/// Texts of everything that counts of these leads, and their teams, as a JSON list.
fn needed_values<'e>(
    model: &weighted::Model,
    leads: impl Iterator<Item = &'e Evidence>,
) -> Result<String> {
    let mut texts = BTreeSet::new();
    for lead in leads {
        let course = lead.course();
        let teams = [course.now, course.first];
        texts.extend(teams.into_iter().flatten().map(|team| team.to_string()));
        let values = [model.tables.values(lead), model.tables.counted_values(lead)];
        for (variable, text) in values.into_iter().flatten() {
            texts.insert(model.tables.counted(variable, &text).into_owned());
        }
    }
    serde_json::to_string(&texts).map_err(|_| Error::bug("texts can be written as JSON"))
}

/// A counter: team, variable, value, won and lost.
type Counter = (Option<TeamId>, usize, String, Tally);

/// The stored counters of configured variables.
fn counters(
    tx: &Tx<'_>,
    config: &Config,
    which: &str,
    params: &[Cell<'_>],
) -> Result<Vec<Counter>> {
    let sql = format!("SELECT team_id, variable, value, won, lost FROM score_count{which}");
    let mut counters = Vec::new();
    tx.each(&sql, params, |line| {
        let name = line.text(1)?;
        if let Some(at) = config.place_of(name) {
            let tally = Tally { won: line.int(3)?, lost: line.int(4)? };
            counters.push((team(line.int(0)?), at, line.text(2)?.to_owned(), tally));
        }
        Ok(())
    })?;
    Ok(counters)
}

fn real(line: &Line<'_>, at: usize) -> f64 {
    match line.cell(at) {
        Cell::Real(number) => number,
        _ => 0.0,
    }
}

fn names(config: &Config) -> Vec<Cow<'_, str>> {
    (0..2 * config.variables.len()).map(|at| config.name_of(at)).collect()
}

/// The parts of the model's state, by name.
fn parts(tx: &Tx<'_>) -> Result<HashMap<String, String>> {
    let read = |line: &Line<'_>| Ok((line.text(0)?.to_owned(), line.text(1)?.to_owned()));
    Ok(tx.rows("SELECT part, state FROM score_model", &[], read)?.into_iter().collect())
}

fn put_part(tx: &Tx<'_>, name: &str, state: &str) -> Result<()> {
    let sql = "INSERT INTO score_model (part, state) VALUES (?1, ?2) ON CONFLICT (part) DO UPDATE SET state = excluded.state";
    tx.execute(sql, &[name.into(), state.into()]).map(drop)
}

/// Notes that so many outcomes were taken back; answers how many since the weights learnt anew.
pub(crate) fn take_back(tx: &Tx<'_>, outcomes: i64) -> Result<i64> {
    let before = parts(tx)?.get(TAKEN_BACK).and_then(|state| state.parse().ok()).unwrap_or(0);
    let all = outcomes.saturating_add(before);
    put_part(tx, TAKEN_BACK, &all.to_string())?;
    Ok(all)
}

/// The bins by variable, as stored.
pub(crate) fn bins(tx: &Tx<'_>, variables: &[Variable]) -> Result<Drawn> {
    Ok(bins_of(parts(tx)?.get(BINS), variables))
}

/// The bins in a text: the number of outcomes they were drawn from, then a line per variable, its name and edges.
fn bins_of(text: Option<&String>, variables: &[Variable]) -> Drawn {
    let mut lines = text.map_or("", String::as_str).lines();
    let drawn = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
    let mut bins: Vec<_> = variables.iter().map(|known| known.scale.map(Bins::one)).collect();
    for line in lines {
        let mut parts = line.split('\t');
        let name = parts.next().unwrap_or_default();
        let at = variables.iter().position(|known| known.name == name);
        if let Some(bins) = at.and_then(|at| bins[at].as_mut()) {
            bins.edges = parts.filter_map(|edge| edge.parse().ok()).collect();
        }
    }
    (bins, drawn)
}

fn bins_text(model: &weighted::Model, variables: &[Variable]) -> String {
    let mut text = format!("{}\n", model.tables.drawn);
    for (bins, variable) in model.tables.bins().iter().zip(variables) {
        for bins in bins.iter().filter(|bins| !bins.edges.is_empty()) {
            let edges = bins.edges.iter().map(|edge| format!("\t{edge:e}"));
            text.push_str(&variable.name);
            text.extend(edges);
            text.push('\n');
        }
    }
    text
}

/// The stages as the model ranks them.
pub(crate) fn stages(tx: &Tx<'_>) -> Result<Vec<StageRank>> {
    let sql = "SELECT id, sequence, EXISTS (SELECT 1 FROM stage_team WHERE stage_team.stage_id = stage.id) FROM stage";
    tx.rows(sql, &[], |line| {
        let (id, sequence) = (StageId(line.int(0)?), line.int(1)?);
        Ok(StageRank { id, sequence, for_all: line.int(2)? == 0 })
    })
}

/// Adds to the stored counters.
pub(crate) fn add(tx: &Tx<'_>, config: &Config, moves: &Moves) -> Result<()> {
    let mut put = tx.prepare(dialect!(tx, "count_add"))?;
    // Where each only adds what it changes, empty rows go when that is folded.
    let mut sweep = if tx.is_shared() {
        None
    } else {
        Some(tx.prepare(
            "DELETE FROM score_count WHERE team_id = ?1 AND variable = ?2 AND value = ?3 AND won = 0 AND lost = 0",
        )?)
    };
    for ((team, variable, value), by) in moves {
        let name = config.name_of(*variable);
        let key = || [Cell::Int(*team), name.as_ref().into(), value.as_str().into()];
        let [team, variable, value] = key();
        put.execute(&[team, variable, value, by.won.into(), by.lost.into()])?;
        if let Some(sweep) = sweep.as_mut().filter(|_| by.won < 0 || by.lost < 0) {
            sweep.execute(&key())?;
        }
    }
    Ok(())
}

/// Stores the weights that outcomes have moved: those of the model, and of these values and teams.
pub(crate) fn put_weights(
    tx: &Tx<'_>,
    config: &Config,
    model: &weighted::Model,
    values: &BTreeSet<(usize, u32)>,
    teams: &BTreeSet<TeamId>,
) -> Result<()> {
    put_part(tx, WEIGHTS, &model.online.to_text(&names(config)))?;
    let mut put = tx.prepare(dialect!(tx, "weight_put"))?;
    for (at, code) in values.iter().filter(|(at, _)| *at != STAGE && model.tables.is_said(*at)) {
        let (name, pull) = (config.name_of(*at), model.pull(*at, *code));
        let value = model.tables.words(*at).text(*code);
        put.execute(&[
            name.as_ref().into(),
            value.into(),
            Cell::Real(pull.sum),
            Cell::Real(pull.seen),
        ])?;
    }
    for team in teams {
        let pull = model.team_pull(*team);
        let value = team.to_string();
        put.execute(&[
            TEAM.into(),
            value.as_str().into(),
            Cell::Real(pull.sum),
            Cell::Real(pull.seen),
        ])?;
    }
    Ok(())
}

/// Puts a model in the place of the stored one, and keeps it.
pub(crate) fn replace(tx: &Tx<'_>, config: &Config, model: Model) -> Result<()> {
    for part in tx.parts("score_count") {
        tx.execute(&format!("DELETE FROM {part}"), &[])?;
    }
    tx.execute("DELETE FROM score_weight", &[])?;
    tx.execute("DELETE FROM score_model", &[])?;
    if tx.is_shared() {
        lesson::clear(tx)?;
    }
    let mut counters = model.judge().counters();
    counters.sort_by_cached_key(|(team, at, value, _)| (*team, config.name_of(*at), *value));
    let mut put = tx.prepare(dialect!(tx, "count_add"))?;
    for (team, at, value, tally) in counters {
        let team = team.map_or(0, |team| team.0);
        let name = config.name_of(at);
        put.execute(&[
            team.into(),
            name.as_ref().into(),
            value.into(),
            tally.won.into(),
            tally.lost.into(),
        ])?;
    }
    if let Model::Weighted(model) = &model {
        put_part(tx, BINS, &bins_text(model, &config.variables))?;
        let values = model.all_pulls().map(|(at, code, _)| (at, code)).collect();
        let teams = model.all_team_pulls().into_iter().map(|(team, _)| team).collect();
        put_weights(tx, config, model, &values, &teams)?;
    }
    tx.keep_counts(Arc::new(model));
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

/// What the machine last said of the leads with ids in that range, as [`Ranges`](crate::storage::ahead::Ranges) has it; in their order.
pub(crate) fn said_between(tx: &Tx<'_>, (after, last): (i64, i64)) -> Result<Vec<(i64, Said)>> {
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
    /// Whether it is another thing to say.
    fn is_logged(&self) -> bool {
        self.now != self.before.unwrap_or(Said::NOTHING)
    }
}

/// Writes what the machine says now, and logs what it did not say before. `is_first`: the transaction has said nothing of these leads yet.
pub(crate) fn say(tx: &mut Tx<'_>, changed: &[Saying], is_first: bool) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let logged = changed.iter().filter(|saying| saying.is_logged());
    let is_new = |saying: &&Saying| is_first || saying.before.is_none();
    let new = logged.clone().filter(is_new).count();
    let run = if logged.count() > 0 { Some(run(tx)?) } else { None };
    let mut add = tx.prepare(
        "INSERT INTO lead_score (lead_id, automated_probability, probability_source) VALUES (?1, ?2, ?3)",
    )?;
    let mut put = tx.prepare(
        "UPDATE lead_score SET automated_probability = ?2, probability_source = ?3 WHERE lead_id = ?1",
    )?;
    // What has no entry of the run yet: without the clause a group of rows needs no copies of pages.
    let entry = "INSERT INTO score_log (lead_id, run, automated_probability, probability_source) VALUES (?1, ?2, ?3, ?4)";
    let mut log_new = tx.prepare_rows(entry, new)?;
    let mut log = tx.prepare(&format!(
        "{entry} ON CONFLICT (lead_id, run) DO UPDATE SET automated_probability = excluded.automated_probability, \
         probability_source = excluded.probability_source"
    ))?;
    for saying in changed {
        let (lead, ppm) = (saying.lead, saying.now.probability.ppm());
        let source = saying.now.source.code();
        let row = [lead.0.into(), ppm.into(), source.into()];
        let statement = if saying.before.is_none() { &mut add } else { &mut put };
        statement.execute_on(("lead_score", lead.0), &row)?;
        if let (Some(run), true) = (run, saying.is_logged()) {
            let row = [lead.0.into(), run.into(), ppm.into(), source.into()];
            let log = if is_new(&saying) { &mut log_new } else { &mut log };
            log.execute_on(("score_log", lead.0), &row)?;
        }
    }
    log_new.end()
}

/// The transaction's run of changed scores, begun when the first one changes.
pub(crate) fn run(tx: &mut Tx<'_>) -> Result<i64> {
    if let Some(run) = tx.score_run {
        return Ok(run);
    }
    let user = tx.actor.user_id.map(|user| user.0);
    let model = config::load(tx)?.model.word();
    let sql = "INSERT INTO score_run (date, user_id, model) VALUES (?1, ?2, ?3) RETURNING id";
    let row = [tx.now.micros().into(), user.into(), model.into()];
    let run = tx.one(sql, &row, |line| line.int(0))?;
    tx.score_run = Some(run);
    Ok(run)
}

/// A deleted lead has no score.
pub(crate) fn delete(tx: &Tx<'_>, lead: i64) -> Result<()> {
    tx.write("DELETE FROM lead_score WHERE lead_id = ?1", ("lead_score", lead), &[lead.into()])
}

/// Whether a closed lead was created at or after one moment and before another.
pub(crate) fn has_closed(tx: &Tx<'_>, from: Timestamp, before: Timestamp) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM lead WHERE won_status <> 0 AND create_date >= ?1 AND create_date < ?2)";
    tx.one(sql, &[from.micros().into(), before.micros().into()], |line| Ok(line.int(0)? != 0))
}

/// The greatest id a lead has.
pub(crate) fn last_lead(tx: &Tx<'_>) -> Result<i64> {
    tx.one("SELECT COALESCE(MAX(id), 0) FROM lead", &[], |line| line.int(0))
}

/// A team as stored: 0 is none.
pub(crate) fn team(stored: i64) -> Option<TeamId> {
    (stored != 0).then_some(TeamId(stored))
}
