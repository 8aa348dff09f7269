//! What fields said when their lead was created, of those that count and were changed since.
//!
//! Open leads are judged from their first day on, so what their values of that day came to must be told apart from what was filled in
//! later: a field that is filled in on winning would else make every lead lose that has it empty yet. Kept are first values only, a row
//! for each lead of which a field that counts was changed; a lead that says what it always said has none. Rows of deleted leads stay,
//! since a merge that is taken back brings such leads again.
//!
//! Deliberately absent: `bayes`, which counts leads as they were closed; values between the first and the last.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::base::{Currency, Error, Past, Place, Result};
use crate::event::LeadChange;
use crate::score::config::{Config, Kind};
use crate::score::evidence::{agree, evidence, text};
use crate::score::former;
use crate::score::known::Whose;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// By variable, the texts at the creation.
pub(crate) type First = Vec<(usize, Vec<String>)>;
/// First values by lead.
pub(crate) type Created = HashMap<i64, First>;

/// Whether the configured model asks for them.
pub(crate) const fn is_asked(config: &Config) -> bool {
    !matches!(config.model, Kind::Bayes)
}

/// First values of these leads.
pub(crate) fn of(tx: &Tx<'_>, config: &Config, leads: &[i64]) -> Result<Created> {
    let sql = match leads {
        [] => return Ok(Created::new()),
        [_] => "SELECT lead_id, fields FROM score_created WHERE lead_id = ?1",
        _ => {
            "SELECT lead_id, fields FROM score_created WHERE lead_id IN (SELECT value FROM json_each(?1))"
        }
    };
    let which = if let [lead] = leads { (*lead).into() } else { id_list(leads) };
    let mut created = Created::new();
    tx.each(sql, &[which], |line| {
        created.insert(line.int(0)?, read(config, line.text(1)?));
        Ok(())
    })?;
    Ok(created)
}

/// First values of the leads with ids in that range.
pub(crate) fn between(tx: &Tx<'_>, config: &Config, (after, last): (i64, i64)) -> Result<Created> {
    let sql = "SELECT lead_id, fields FROM score_created WHERE lead_id > ?1 AND lead_id <= ?2";
    let mut created = Created::new();
    tx.each(sql, &[after.into(), last.into()], |line| {
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
        let mut was = None;
        for (at, variable) in config.variables.iter().enumerate().skip(1) {
            if agree(before, after, variable) {
                continue;
            }
            let own = created.entry(change.id()).or_default();
            if own.iter().all(|(known, _)| *known != at) {
                let was = was.get_or_insert_with(|| evidence(before, &config.variables));
                own.push((at, was.texts(at).cloned().collect()));
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

/// Finds anew what was changed, if that was never done: in a file of an older library.
pub(crate) fn catch_up(tx: &Tx<'_>, config: &Config) -> Result<()> {
    let sql = "SELECT 1 FROM score_model WHERE part = 'created_due'";
    if tx.optional(sql, &[], |_| Ok(()))?.is_some() { refill(tx, config) } else { Ok(()) }
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
            if own.iter().all(|(known, _)| *known != change.variable) {
                own.push((change.variable, change.was));
            }
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

/// Adds what the history kept first of these variables, where leads say something else now.
fn first_states(tx: &Tx<'_>, config: &Config, kept: &[usize], created: &mut Created) -> Result<()> {
    let fields: Vec<_> = kept
        .iter()
        .filter_map(|at| Some((*at, config.variables[*at].field()?)))
        .filter(|(_, field)| matches!(field.place, Place::Column))
        .collect();
    if fields.is_empty() {
        return Ok(());
    }
    let list = |prefix: &str, between: &str| {
        let columns = fields.iter().map(|(_, field)| format!("{prefix}{}", field.name));
        columns.collect::<Vec<_>>().join(between)
    };
    let differs: Vec<String> = fields
        .iter()
        .map(|(_, field)| format!("first.{0} IS DISTINCT FROM lead.{0}", field.name))
        .collect();
    let sql = format!(
        "SELECT first.lead_id, first.currency, {} FROM lead JOIN lead_history AS first ON first.lead_id = lead.id AND first.seq = 1 \
         WHERE {}",
        list("first.", ", "),
        differs.join(" OR ")
    );
    tx.each(&sql, &[], |line| {
        let currency = Currency::new(line.text(1)?)?;
        let own = created.entry(line.int(0)?).or_default();
        for (column, (at, field)) in fields.iter().enumerate() {
            let text = text(field, line.cell(2 + column), currency);
            own.push((*at, text.map(std::borrow::Cow::into_owned).into_iter().collect()));
        }
        Ok(())
    })
}

/// By name: names outlast a change of the configured fields, numbers do not.
fn written(config: &Config, first: &First) -> Result<String> {
    let fields: Map<String, Json> = first
        .iter()
        .map(|(at, texts)| (config.variables[*at].name.clone(), texts.as_slice().into()))
        .collect();
    serde_json::to_string(&fields).map_err(|_| Error::bug("texts can be written as JSON"))
}

fn read(config: &Config, fields: &str) -> First {
    let fields: Map<String, Json> = serde_json::from_str(fields).unwrap_or_default();
    let place = |name: &str| config.variables.iter().position(|known| known.name == name);
    let texts = |list: Json| serde_json::from_value(list).unwrap_or_default();
    let fields = fields.into_iter();
    fields.filter_map(|(name, list)| Some((place(&name)?, texts(list)))).collect()
}
