//! What leads were when they were created: what fields that count said, and whose they were, where that was changed since.
//!
//! Open leads are judged from their first day on, so what their values of that day came to must be told apart from what was filled in
//! later: a field that is filled in on winning would else make every lead lose that has it empty yet, and a team that is given to the best
//! leads every lead that has none yet. Kept are first values only, a row
//! for each lead of which a field that counts was changed; a lead that says what it always said has none. Rows of deleted leads stay,
//! since a merge that is taken back brings such leads again.
//!
//! Deliberately absent: `bayes`, which counts leads as they were closed; values between the first and the last.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::base::{Cell, Currency, Error, Past, Place, Result, TeamId};
use crate::event::LeadChange;
use crate::score::config::{Config, Kind};
use crate::score::evidence::{First, agree, evidence, text};
use crate::score::former;
use crate::score::known::Whose;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// Under which the team stands; no field is called so.
pub(crate) const TEAM: &str = "";
/// First values by lead.
pub(crate) type Created = HashMap<i64, First>;

/// Whether the configured model asks for them.
pub(crate) const fn is_asked(config: &Config) -> bool {
    !matches!(config.model, Kind::Bayes)
}

/// First values of these leads.
pub(crate) fn of(tx: &Tx<'_>, config: &Config, leads: &[i64]) -> Result<Created> {
    match leads {
        [] => Ok(Created::new()),
        [lead] => which(tx, config, "lead_id = ?1", &[(*lead).into()]),
        _ => which(tx, config, "lead_id IN (SELECT value FROM json_each(?1))", &[id_list(leads)]),
    }
}

/// First values of the leads with ids in that range.
pub(crate) fn between(tx: &Tx<'_>, config: &Config, (after, last): (i64, i64)) -> Result<Created> {
    which(tx, config, "lead_id > ?1 AND lead_id <= ?2", &[after.into(), last.into()])
}

fn which(tx: &Tx<'_>, config: &Config, such: &str, params: &[Cell<'_>]) -> Result<Created> {
    let mut created = Created::new();
    let sql = format!("SELECT lead_id, fields FROM score_created WHERE {such}");
    tx.each(&sql, params, |line| {
        created.insert(line.int(0)?, read(config, line.text(1)?));
        Ok(())
    })?;
    Ok(created)
}

/// First values of the leads that change, with what these changes are the first to change.
pub(crate) fn follow(tx: &Tx<'_>, config: &Config, changes: &[LeadChange]) -> Result<Created> {
    if !is_asked(config) {
        return Ok(Created::new());
    }
    // What a merge took away and gives back is no new lead.
    let known = changes.iter().filter(|change| change.before.is_some() || change.restored);
    let mut created = of(tx, config, &known.map(LeadChange::id).collect::<Vec<_>>())?;
    let mut touched = Vec::new();
    for change in changes.iter().filter(|change| !change.restored) {
        let (Some(before), Some(after)) = (&change.before, &change.after) else { continue };
        if before.team_id != after.team_id {
            let own = created.entry(change.id()).or_default();
            if own.team.is_none() {
                own.team = Some((tx.now.micros(), before.team_id));
                touched.push(change.id());
            }
        }
        let mut was = None;
        for (at, variable) in config.variables.iter().enumerate().skip(1) {
            if agree(before, after, variable) {
                continue;
            }
            let own = created.entry(change.id()).or_default();
            let was = was.get_or_insert_with(|| evidence(before, &config.variables));
            if own.add(at, tx.now.micros(), || was.texts(at).cloned().collect()) {
                touched.push(change.id());
            }
        }
    }
    touched.dedup();
    let mut put = tx.prepare(
        "INSERT INTO score_created (lead_id, fields) VALUES (?1, ?2) ON CONFLICT (lead_id) DO UPDATE SET fields = excluded.fields",
    )?;
    for lead in touched {
        put.execute(&[lead.into(), written(config, &created[&lead])?.into()])?;
    }
    Ok(created)
}

/// Whether that was never done as it is now: in a file of an older library.
pub(crate) fn is_due(tx: &Tx<'_>) -> Result<bool> {
    let sql = "SELECT 1 FROM score_model WHERE part = 'created_due'";
    Ok(tx.optional(sql, &[], |_| Ok(()))?.is_some())
}

/// Finds anew what was changed, if that is due.
pub(crate) fn catch_up(tx: &Tx<'_>, config: &Config) -> Result<()> {
    if is_due(tx)? { refill(tx, config) } else { Ok(()) }
}

/// Finds anew what was changed, from the feed and the history: other fields count from now on.
pub(crate) fn refill(tx: &Tx<'_>, config: &Config) -> Result<()> {
    tx.execute("DELETE FROM score_created", &[])?;
    if !is_asked(config) {
        return Ok(());
    }
    let kept =
        |at: &usize| config.variables[*at].field().is_some_and(|field| field.past == Past::Kept);
    let told: Vec<_> =
        config.variables.iter().enumerate().skip(1).filter(|(at, _)| !kept(at)).collect();
    let mut created = Created::new();
    for (lead, changes) in former::read(tx, &told, Whose::All)? {
        let own = created.entry(lead).or_default();
        for change in changes {
            own.add(change.variable, change.until, || change.was);
        }
    }
    let kept: Vec<usize> = (1..config.variables.len()).filter(kept).collect();
    first_states(tx, config, &kept, &mut created)?;
    let mut leads: Vec<_> = created.into_iter().collect();
    leads.sort_unstable_by_key(|(lead, _)| *lead);
    let mut put = tx.prepare("INSERT INTO score_created (lead_id, fields) VALUES (?1, ?2)")?;
    for (lead, first) in leads {
        put.execute(&[lead.into(), written(config, &first)?.into()])?;
    }
    Ok(())
}

/// Adds what the history kept first of teams and these variables, where leads say something else now.
fn first_states(tx: &Tx<'_>, config: &Config, kept: &[usize], created: &mut Created) -> Result<()> {
    let fields: Vec<_> = kept
        .iter()
        .filter_map(|at| Some((*at, config.variables[*at].field()?)))
        .filter(|(_, field)| matches!(field.place, Place::Column))
        .collect();
    let columns = |of: &str| -> String {
        fields.iter().map(|(_, field)| format!(", {of}.{}", field.name)).collect()
    };
    let differ: String = fields
        .iter()
        .map(|(_, field)| format!(" OR first.{0} IS DISTINCT FROM lead.{0}", field.name))
        .collect();
    let sql = format!(
        "SELECT state.lead_id, state.known_at, state.currency, state.team_id{} FROM lead_history AS state WHERE state.lead_id IN \
         (SELECT lead.id FROM lead JOIN lead_history AS first ON first.lead_id = lead.id AND first.seq = 1 \
         WHERE first.team_id IS DISTINCT FROM lead.team_id{differ}) ORDER BY state.lead_id, state.seq",
        columns("state"),
    );
    // The first state of the lead whose states are being read.
    let mut first = (0, None, Vec::new());
    tx.each(&sql, &[], |line| {
        let (lead, known) = (line.int(0)?, line.int(1)?);
        let currency = Currency::new(line.text(2)?)?;
        let team = line.int_or_null(3)?.map(TeamId);
        let texts = fields.iter().enumerate().map(|(column, (_, field))| {
            text(field, line.cell(4 + column), currency).map(std::borrow::Cow::into_owned)
        });
        let texts: Vec<Option<String>> = texts.collect();
        if first.0 != lead {
            first = (lead, team, texts);
            return Ok(());
        }
        let own = created.entry(lead).or_default();
        if own.team.is_none() && team != first.1 {
            own.team = Some((known, first.1));
        }
        for ((at, _), (was, is)) in fields.iter().zip(first.2.iter().zip(&texts)) {
            if was != is {
                own.add(*at, known, || was.iter().cloned().collect());
            }
        }
        Ok(())
    })
}

/// A list of [name, when it was changed first, texts]: names outlast a change of the configured fields, numbers do not.
fn written(config: &Config, first: &First) -> Result<String> {
    let pairs: Vec<Json> = pairs(config, first).collect();
    serde_json::to_string(&pairs).map_err(|_| Error::bug("texts can be written as JSON"))
}

/// Pairs of a name and what stood there; the team has the name of no field.
pub(super) fn pairs<'f>(
    config: &'f Config,
    first: &'f First,
) -> impl Iterator<Item = Json> + use<'f> {
    let values = first.values.iter();
    let values = values.map(|was| {
        json!([config.variables[was.variable].name, { "until": was.until, "was": was.texts }])
    });
    let team = first
        .team
        .iter()
        .map(|(until, team)| json!([TEAM, { "until": until, "was": team.map(|team| team.0) }]));
    values.chain(team)
}

fn read(config: &Config, fields: &str) -> First {
    let pairs: Vec<(String, Json)> = serde_json::from_str(fields).unwrap_or_default();
    let mut first = First::default();
    for (name, was) in pairs {
        add(&mut first, config, &name, &was);
    }
    first
}

/// Adds what a pair says; nothing of a field that does not count any more.
pub(super) fn add(first: &mut First, config: &Config, name: &str, pair: &Json) {
    let until = pair["until"].as_i64().unwrap_or(0);
    if name == TEAM {
        first.team = Some((until, pair["was"].as_i64().map(TeamId)));
    } else if let Some(at) = config.variables.iter().position(|known| known.name == name) {
        let texts = serde_json::from_value(pair["was"].clone()).unwrap_or_default();
        first.add(at, until, || texts);
    }
}
