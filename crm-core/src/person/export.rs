//! All that is known of a person as one JSON text, for them to read and to take elsewhere.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::base::frame::json as as_json;
use crate::base::{Frame, Id as _, PartnerId, Record as _, RecordKind, Result, Row, Timestamp};
use crate::merge::store as merges;
use crate::person::known::{self, KINDS, Known};
use crate::record::{Lead, PartnerRole};
use crate::storage::Tx;
use crate::storage::records::id_list;
use crate::{feed, history};

/// Whatever there is of whom a card is.
pub(super) fn export(tx: &Tx<'_>, id: PartnerId) -> Result<String> {
    let card = super::erase::card(tx, "export a person", id)?;
    let known = known::of(tx, card)?;
    let mut all = Map::new();
    all.insert("partner_id".to_owned(), card.number().into());
    all.insert("date".to_owned(), tx.now.to_string().into());
    all.insert("own".to_owned(), records(tx, &known, Known::own)?);
    all.insert("told".to_owned(), records(tx, &known, Known::told)?);
    all.insert("roles".to_owned(), roles(tx, &known.own(RecordKind::Partner))?);
    all.insert("external_ids".to_owned(), names(&known));
    all.insert("states".to_owned(), states(tx, &known.own(RecordKind::Lead))?);
    all.insert("feed".to_owned(), entries(tx, &known)?);
    all.insert("merges".to_owned(), merged(tx, &known)?);
    Ok(Json::Object(all).to_string())
}

fn of_record(record: &Row) -> Json {
    let fields = record.table().fields.iter().zip(record.values());
    let shown = fields.filter(|(field, _)| !field.hidden);
    Json::Object(shown.map(|(field, value)| (field.name.to_owned(), as_json(value))).collect())
}

/// Records that are there, by kind.
fn records(
    tx: &Tx<'_>,
    known: &Known,
    ids: impl Fn(&Known, RecordKind) -> Vec<i64>,
) -> Result<Json> {
    let mut all = Map::new();
    for kind in KINDS {
        let found = known::rows(tx, kind, &ids(known, kind))?;
        all.insert(kind.name().to_owned(), found.iter().map(of_record).collect());
    }
    Ok(all.into())
}

fn roles(tx: &Tx<'_>, cards: &[i64]) -> Result<Json> {
    let rest = "WHERE partner_role.partner_id IN (SELECT value FROM json_each(?1)) ORDER BY partner_role.id";
    let roles: Vec<PartnerRole> = tx.select(rest, &[id_list(cards)])?;
    Ok(roles.iter().map(|role| of_record(&role.row())).collect())
}

fn names(known: &Known) -> Json {
    let name = |(kind, id, system, name): &(String, i64, String, String)| json!({ "record": kind, "record_id": id, "system": system, "external_id": name });
    known.names.iter().map(name).collect()
}

/// What became of their deals.
fn states(tx: &Tx<'_>, leads: &[i64]) -> Result<Json> {
    let mut all = Vec::new();
    for lead in tx.by_ids::<Lead>(leads)? {
        let frame: Frame = history::of_lead(tx, lead.id)?;
        for row in 0..frame.len() {
            let cells = frame
                .columns()
                .iter()
                .map(|column| (column.name.clone(), as_json(&frame.at(row, &column.name))));
            let mut state: Map<String, Json> = cells.collect();
            state.insert("lead_id".to_owned(), lead.id.number().into());
            all.push(Json::Object(state));
        }
    }
    Ok(all.into())
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

/// What the feed, and so the audit, remembers of them.
fn entries(tx: &Tx<'_>, known: &Known) -> Result<Json> {
    let told: std::collections::BTreeSet<_> = known.entries.iter().collect();
    let own: BTreeMap<&str, _> = known.own.iter().map(|(kind, ids)| (kind.name(), ids)).collect();
    let mut all = Vec::new();
    feed::each_personal(tx, |entry| {
        let is_own = own.get(entry.kind).is_some_and(|ids| ids.contains(&entry.record));
        if is_own || told.contains(&(entry.kind.to_owned(), entry.record, entry.entry)) {
            all.push(json!({
                "record": entry.kind,
                "record_id": entry.record,
                "event": entry.event,
                "date": Timestamp::stored(entry.date).to_string(),
                "user_id": entry.user,
                "data": entry.plain.map(parsed),
                "personal": parsed(entry.text),
            }));
        }
        Ok(())
    })?;
    Ok(all.into())
}

/// What merges kept of them.
fn merged(tx: &Tx<'_>, known: &Known) -> Result<Json> {
    let mut all = Vec::new();
    merges::each_personal(tx, |merge| {
        if known.merges.contains(&(merge.kind.to_owned(), merge.id)) {
            all.push(json!({
                "merge_id": merge.id,
                "record": merge.kind,
                "record_id": merge.record,
                "kept": parsed(merge.text),
            }));
        }
        Ok(())
    })?;
    Ok(all.into())
}
