//! The change feed: every event, numbered, readable from a cursor. Replaying `created`, `changed` and `deleted` gives the records.
//!
//! `data` is JSON: `{"version": 2, "set": {field: value}, "was": {field: value}}` in the units that hosts see; what is empty or at its
//! default is left out of a creation. Named events (`lead.won`, …) follow the plain one and carry no fields, so that a listener to
//! one name hears it whatever the path. The note of losing a lead is the `note` of `lead.lost`, or of `lead.changed` if the lead was
//! lost before. `message.posted` carries its message as a creation does. What hangs on a record goes with it, without a word of its own.
//! Fields that may identify a person are kept in a table of their own and joined when read.

use serde_json::{Map, Value as Json};

use crate::base::field::{
    Field, Place, changed_fields, told_fields, write_int, write_json, write_text,
};
use crate::base::frame::json;
use crate::base::{
    Cell, Error, FieldKind, Frame, Record, RecordKind, Result, Row, Subject, Timestamp, UserId,
    Value, limit,
};
use crate::event::{ActivityChange, LeadChange, Merged, OfficeChange};
use crate::record::{Activity, Lead, Message};
use crate::storage::ahead::in_turn;
use crate::storage::records::id_list;
use crate::storage::{Line, Prepared, Tx, dialect};

/// One event as a host reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// Its number; later ones are greater.
    pub seq: i64,
    /// When.
    pub date: Timestamp,
    /// By whom; nobody for the administrator session.
    pub user_id: Option<UserId>,
    /// What: `lead.created`, `lead.changed`, `lead.won`, `stage.deleted`, `score.recomputed`, `score.configured`, `setting.changed`,
    /// `property.declared`, …
    pub event: String,
    /// Of which record; `None` for events about the whole file.
    pub subject: Option<Subject>,
    /// Details, a JSON object.
    pub data: String,
}

impl FeedEntry {
    /// Entries as a table: `seq`, `date`, `user_id`, `event`, `record`, `record_id`, `data`.
    #[must_use]
    pub fn frame(entries: Vec<Self>) -> Frame {
        let mut frame = Frame::new([
            ("seq", FieldKind::Int),
            ("date", FieldKind::Time),
            ("user_id", FieldKind::Ref(RecordKind::User)),
            ("event", FieldKind::Text),
            ("record", FieldKind::Text),
            ("record_id", FieldKind::Int),
            ("data", FieldKind::Text),
        ]);
        for entry in entries {
            frame.push([
                entry.seq.into(),
                entry.date.into(),
                entry.user_id.into(),
                entry.event.into(),
                entry.subject.map(|subject| subject.kind.name()).into(),
                entry.subject.map(|subject| subject.id).into(),
                entry.data.into(),
            ]);
        }
        frame
    }
}

/// Appends entries through held statements.
struct Writer<'t, 'c> {
    tx: &'t Tx<'c>,
    plain: Prepared<'c>,
    /// What may identify a person: kind, record, entry and text. It goes last and at once, when it is known how much there is.
    personal: Vec<(&'static str, i64, i64, String)>,
}

impl<'t, 'c> Writer<'t, 'c> {
    /// For so many entries.
    fn new(tx: &'t Tx<'c>, entries: usize) -> Result<Self> {
        if entries > 1 {
            tx.expect_rows("feed_entry", entries)?;
        }
        let plain = tx.prepare_rows(dialect!(tx, "feed_add"), entries)?;
        Ok(Self { tx, plain, personal: Vec::new() })
    }

    /// Appends one entry; what may identify a person goes apart.
    fn append(
        &mut self,
        event: &str,
        kind: &'static str,
        id: i64,
        data: Option<&str>,
        personal: Option<String>,
    ) -> Result<()> {
        let user = self.tx.actor.user_id.map(|user| user.0);
        let seq = self.plain.insert(&[
            self.tx.now.micros().into(),
            user.into(),
            event.into(),
            kind.into(),
            id.into(),
            data.into(),
        ])?;
        self.personal.extend(personal.map(|text| (kind, id, seq, text)));
        Ok(())
    }

    /// After the last entry.
    fn end(self) -> Result<()> {
        self.plain.end()?;
        let tx = self.tx;
        let mut put = tx.prepare_rows(dialect!(tx, "feed_add_personal"), self.personal.len())?;
        for (kind, id, seq, text) in &self.personal {
            put.execute(&[(*kind).into(), (*id).into(), (*seq).into(), text.as_str().into()])?;
        }
        put.end()
    }
}

/// Appends a single entry.
fn append(
    tx: &Tx<'_>,
    event: &str,
    kind: &'static str,
    id: i64,
    data: &str,
    personal: Option<String>,
) -> Result<()> {
    let mut writer = Writer::new(tx, 1)?;
    writer.append(event, kind, id, Some(data), personal)?;
    writer.end()
}

/// What stands in the place of a name that cannot be empty, once it is forgotten.
pub(crate) const ERASED: &str = "erased";

/// Whether JSON text is that, alone or with a number that makes it unique.
fn is_erased(json: &str) -> bool {
    let text = json.trim_matches('"').strip_prefix(ERASED);
    text.is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('.') && rest[1..].parse::<i64>().is_ok()
    })
}

/// Fields of one entry, as the insides of JSON objects: what is told to all, and what may identify a person.
#[derive(Default)]
struct Told {
    /// What was is left out.
    forgets: bool,
    set: String,
    was: String,
    personal_set: String,
    personal_was: String,
}

impl Told {
    fn new(tx: &Tx<'_>) -> Self {
        Self { forgets: tx.is_forgetting, ..Self::default() }
    }

    /// Adds a field; `before` and `after` append its JSON.
    fn add(
        &mut self,
        field: &Field,
        before: Option<impl FnOnce(&mut String)>,
        after: impl FnOnce(&mut String),
    ) {
        let (set, was) = if field.personal {
            (&mut self.personal_set, &mut self.personal_was)
        } else {
            (&mut self.set, &mut self.was)
        };
        let name = |text: &mut String| {
            text.push_str(if text.is_empty() { "\"" } else { ",\"" });
            text.push_str(field.name);
            text.push_str("\":");
        };
        if !self.forgets {
            if let Some(before) = before {
                name(was);
                before(was);
            }
            name(set);
            after(set);
            return;
        }
        let mut text = String::new();
        after(&mut text);
        // That nothing is said any more is told to all, and stays when the rest is forgotten.
        let is_nothing = matches!(text.as_str(), "null" | "{}") || is_erased(&text);
        let set = if is_nothing { &mut self.set } else { set };
        name(set);
        set.push_str(&text);
    }

    /// The two JSON objects; the second only if it says something.
    fn texts(&self, version: i64) -> (String, Option<String>) {
        let mut plain = object(&self.set, &self.was);
        plain.push_str(if plain.len() > 1 { ",\"version\":" } else { "\"version\":" });
        write_int(version, &mut plain);
        plain.push('}');
        let mut personal = object(&self.personal_set, &self.personal_was);
        personal.push('}');
        (plain, (personal.len() > 2).then_some(personal))
    }

    /// Begins anew.
    fn clear(&mut self) {
        for text in [&mut self.set, &mut self.was, &mut self.personal_set, &mut self.personal_was] {
            text.clear();
        }
    }

    fn change(&mut self, before: &Lead, after: &Lead) {
        for at in changed_fields(before, after) {
            let (field, cell) = (&Lead::TABLE.fields[at], Lead::ACCESS[at].cell);
            if !field.hidden {
                let was = |out: &mut String| write_json(field, &cell(before), before.currency, out);
                let is = |out: &mut String| write_json(field, &cell(after), after.currency, out);
                self.add(field, Some(was), is);
            }
        }
    }

    /// Tells what differs from a lead without anything; `told` are the fields that can.
    fn creation(&mut self, told: &[(usize, Cell<'_>)], lead: &Lead) {
        for (at, empty) in told {
            let (field, cell) = (&Lead::TABLE.fields[*at], (Lead::ACCESS[*at].cell)(lead));
            if cell != *empty {
                let is = |out: &mut String| write_json(field, &cell, lead.currency, out);
                self.add(field, None::<fn(&mut String)>, is);
            }
        }
    }
}

/// The beginning of a JSON object.
fn object(set: &str, was: &str) -> String {
    let mut text = String::with_capacity(set.len() + was.len() + 40);
    text.push('{');
    for (name, inside) in [("\"set\":{", set), ("\"was\":{", was)] {
        if !inside.is_empty() {
            text.push_str(if text.len() > 1 { "," } else { "" });
            text.push_str(name);
            text.push_str(inside);
            text.push('}');
        }
    }
    text
}

/// A JSON object with a note added, if there is one.
fn with_note(object: Option<String>, note: Option<&str>) -> Option<String> {
    let Some(note) = note else { return object };
    let mut text = object.unwrap_or_else(|| "{}".to_owned());
    text.pop();
    text.push_str(if text.len() > 1 { ",\"note\":" } else { "\"note\":" });
    write_text(note, &mut text);
    text.push('}');
    Some(text)
}

/// Tells of changed leads.
pub(crate) fn leads(tx: &Tx<'_>, changes: &[LeadChange]) -> Result<()> {
    let entries = changes.iter().map(|change| change.names().len()).sum();
    let mut writer = Writer::new(tx, entries)?;
    let kind = RecordKind::Lead.name();
    let empty = Lead::default();
    let fields: Vec<(usize, Cell<'_>)> = told_fields::<Lead>()
        .filter(|at| !Lead::TABLE.fields[*at].hidden)
        .map(|at| (at, (Lead::ACCESS[at].cell)(&empty)))
        .collect();
    let mut told = Told::new(tx);
    let tell = |change: &LeadChange| {
        told.clear();
        match (&change.before, &change.after) {
            (Some(before), Some(after)) => told.change(before, after),
            (None, Some(after)) => told.creation(&fields, after),
            _ => {}
        }
        let lead = change.after.as_ref().or(change.before.as_ref());
        Ok(told.texts(lead.map_or(0, |lead| lead.version)))
    };
    in_turn(tx.ahead(), changes, tell, |change, (data, mut personal)| {
        let names = change.names();
        // What was said about losing stands where a listener to losing finds it.
        let said = names.iter().position(|name| *name == "lead.lost").unwrap_or(0);
        for (at, event) in names.into_iter().enumerate() {
            let note = change.note.as_deref().filter(|_| at == said);
            let personal = with_note(personal.take(), note);
            let data = (at == 0).then_some(data.as_str());
            writer.append(event, kind, change.id(), data, personal)?;
        }
        Ok(())
    })?;
    writer.end()
}

/// Tells of changed records of the office.
pub(crate) fn office(tx: &Tx<'_>, changes: &[OfficeChange]) -> Result<()> {
    let mut writer = Writer::new(tx, changes.len())?;
    for change in changes {
        let (data, personal) = difference(tx, change.before.as_ref(), change.after.as_ref());
        writer.append(&change.name(), change.kind.name(), change.id, Some(&data), personal)?;
    }
    writer.end()
}

/// What differs between two states of a record: told to all, and what may identify a person.
fn difference(tx: &Tx<'_>, before: Option<&Row>, after: Option<&Row>) -> (String, Option<String>) {
    let mut told = Told::new(tx);
    if let Some(after) = after {
        for (at, field) in after.table().fields.iter().enumerate() {
            let stored = field.is_stored() || matches!(field.place, Place::Link(..));
            let stamps = matches!(field.name, "version" | "write_date" | "write_uid");
            if !stored || field.hidden || stamps {
                continue;
            }
            let is = &after.values()[at];
            let was = before.map(|before| &before.values()[at]);
            if was.map_or(!is.is_null(), |was| was != is) {
                let text = |value: &Value, out: &mut String| out.push_str(&json(value).to_string());
                told.add(field, was.map(|was| move |out: &mut String| text(was, out)), |out| {
                    text(is, out);
                });
            }
        }
    }
    // Of what was removed the last one, as of leads.
    let version = after.or(before).and_then(|row: &Row| row.get("version").ok()?.as_int());
    told.texts(version.unwrap_or_default())
}

/// Tells of activities that were scheduled, changed, done or cancelled.
pub(crate) fn activities(tx: &Tx<'_>, changes: &[ActivityChange]) -> Result<()> {
    let entries = changes.iter().map(|change| change.names().len()).sum();
    let mut writer = Writer::new(tx, entries)?;
    let kind = RecordKind::Activity.name();
    for change in changes {
        let id = change.after.as_ref().or(change.before.as_ref()).map_or(0, |it| it.id.0);
        let row = |state: &Option<Activity>| state.as_ref().map(Record::row);
        let (data, mut personal) =
            difference(tx, row(&change.before).as_ref(), row(&change.after).as_ref());
        for (at, event) in change.names().into_iter().enumerate() {
            let data = (at == 0).then_some(data.as_str());
            writer.append(event, kind, id, data, personal.take())?;
        }
    }
    writer.end()
}

/// Tells of messages, which stay as they were posted.
pub(crate) fn messages(tx: &Tx<'_>, posted: &[Message]) -> Result<()> {
    let mut writer = Writer::new(tx, posted.len())?;
    for message in posted {
        let (data, personal) = difference(tx, None, Some(&message.row()));
        let kind = RecordKind::Message.name();
        writer.append("message.posted", kind, message.id.0, Some(&data), personal)?;
    }
    writer.end()
}

/// Tells of a batch of new machine scores.
pub(crate) fn rescored(tx: &Tx<'_>, run: i64, changed: i64, stages: i64) -> Result<()> {
    let data = serde_json::json!({ "run": run, "changed": changed, "stages": stages }).to_string();
    append(tx, "score.recomputed", "score", run, &data, None)
}

/// Tells whose places records have taken, or given back.
pub(crate) fn merged(tx: &Tx<'_>, merges: &[Merged]) -> Result<()> {
    let mut writer = Writer::new(tx, merges.len())?;
    for merged in merges {
        let data = serde_json::json!({ "merge_id": merged.id, "merged": merged.merged });
        let verb = if merged.undone { "unmerged" } else { "merged" };
        let kind = merged.kind.name();
        let event = format!("{kind}.{verb}");
        writer.append(&event, kind, merged.head, Some(&data.to_string()), None)?;
    }
    Ok(())
}

/// Tells who set something of the whole file up otherwise, and how.
pub(crate) fn set_up(tx: &Tx<'_>, event: &str, data: &str) -> Result<()> {
    let about = SET_UP.iter().find(|about| event.starts_with(*about)).unwrap_or(&SET_UP[0]);
    append(tx, event, about, 0, data, None)
}

/// Tells that who somebody was is forgotten: of what how much, as a JSON object.
pub(crate) fn erased(tx: &Tx<'_>, subject: Subject, data: &str) -> Result<()> {
    let kind = subject.kind.name();
    append(tx, &format!("{kind}.erased"), kind, subject.id, data, None)
}

/// Tells of a record once more what may identify a person, since an entry that told it is forgotten.
pub(crate) fn tell_again(tx: &Tx<'_>, record: &Row) -> Result<()> {
    let mut told = Told::new(tx);
    for (field, value) in record.table().fields.iter().zip(record.values()) {
        if field.personal && field.is_stored() && !field.hidden && !value.is_null() {
            let is = |out: &mut String| out.push_str(&json(value).to_string());
            told.add(field, None::<fn(&mut String)>, is);
        }
    }
    let version = record.get("version")?.as_int();
    let (data, personal) = told.texts(version.unwrap_or_default());
    let kind = record.table().kind.name();
    append(tx, &format!("{kind}.changed"), kind, record.id(), &data, personal)
}

/// Something that an entry says and that may identify a person.
#[derive(Debug)]
pub(crate) struct Personal<'l> {
    pub(crate) kind: &'l str,
    pub(crate) record: i64,
    /// The entry.
    pub(crate) entry: i64,
    /// When, in microseconds.
    pub(crate) date: i64,
    pub(crate) user: Option<i64>,
    pub(crate) event: &'l str,
    /// What it tells to all of the same.
    pub(crate) plain: Option<&'l str>,
    pub(crate) text: &'l str,
}

/// Calls `each` for all that is said so, record by record.
pub(crate) fn each_personal(
    tx: &Tx<'_>,
    mut each: impl FnMut(&Personal<'_>) -> Result<()>,
) -> Result<()> {
    let sql = "SELECT kind, record_id, seq, date, user_id, event, data, personal FROM feed_told ORDER BY kind, record_id, seq";
    tx.each(sql, &[], |line| {
        each(&Personal {
            kind: line.text(0)?,
            record: line.int(1)?,
            entry: line.int(2)?,
            date: line.int(3)?,
            user: line.int_or_null(4)?,
            event: line.text(5)?,
            plain: line.text_or_null(6)?,
            text: line.text(7)?,
        })
    })
}

/// Whether anything was ever told of a record, also of one that is gone. Reads entries until it meets one.
pub(crate) fn knows(tx: &Tx<'_>, subject: Subject) -> Result<bool> {
    let sql = "SELECT 1 FROM feed_whole WHERE kind = ?1 AND record_id = ?2 LIMIT 1";
    let found = tx.optional(sql, &[subject.kind.name().into(), subject.id.into()], |_| Ok(()))?;
    Ok(found.is_some())
}

/// Forgets all that may identify a person in what is told of these records; answers in how many entries.
pub(crate) fn forget(tx: &Tx<'_>, kind: &str, ids: &[i64]) -> Result<usize> {
    let sql = "DELETE FROM feed_personal WHERE kind = ?1 AND record_id IN (SELECT value FROM json_each(?2))";
    tx.execute(sql, &[kind.into(), id_list(ids)])
}

/// The same of one entry.
pub(crate) fn forget_entry(tx: &Tx<'_>, kind: &str, record: i64, entry: i64) -> Result<usize> {
    let sql = "DELETE FROM feed_personal WHERE kind = ?1 AND record_id = ?2 AND seq = ?3";
    tx.execute(sql, &[kind.into(), record.into(), entry.into()])
}

/// What entries are about that are about no record but the whole file.
pub(crate) const SET_UP: [&str; 3] = ["score", "setting", "property"];

/// Entries after a number, in order.
pub(crate) fn read(tx: &Tx<'_>, after: i64, most: usize) -> Result<Vec<FeedEntry>> {
    if most > limit::FEED_PAGE {
        return Err(Error::limit(
            "limit",
            format!("limit: at most {} entries in one read", limit::FEED_PAGE),
        ));
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = format!("{ENTRIES} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    tx.rows(&sql, &[after.into(), most.into()], entry)
}

/// Asks for entries, each of which [`entry`] reads.
pub(crate) const ENTRIES: &str =
    "SELECT seq, date, user_id, event, kind, record_id, data, personal FROM feed_whole";

/// One of [`ENTRIES`].
pub(crate) fn entry(line: &Line<'_>) -> Result<FeedEntry> {
    let kind = RecordKind::from_name(line.text(4)?);
    let id = line.int(5)?;
    Ok(FeedEntry {
        seq: line.int(0)?,
        date: Timestamp::stored(line.int(1)?),
        user_id: line.int_or_null(2)?.map(UserId),
        event: line.text(3)?.to_owned(),
        subject: kind.map(|kind| Subject { kind, id }),
        data: joined(line.text_or_null(6)?, line.text_or_null(7)?),
    })
}

/// The details with what was kept apart.
fn joined(plain: Option<&str>, personal: Option<&str>) -> String {
    let object = |text: Option<&str>| match text.map(serde_json::from_str) {
        Some(Ok(Json::Object(object))) => object,
        _ => Map::new(),
    };
    let mut all = object(plain);
    for (name, value) in object(personal) {
        match (all.get_mut(&name), value) {
            (Some(Json::Object(known)), Json::Object(more)) => known.extend(more),
            (_, value) => {
                all.insert(name, value);
            }
        }
    }
    Json::Object(all).to_string()
}

/// Names of the fields that the last `changes` changes of a record touched.
pub(crate) fn fields_changed(tx: &Tx<'_>, subject: Subject, changes: i64) -> Result<Vec<String>> {
    if changes <= 0 {
        return Ok(Vec::new());
    }
    let name = format!("{}.changed", subject.kind.name());
    let params: [Cell<'_>; 4] =
        [subject.kind.name().into(), subject.id.into(), name.into(), changes.into()];
    let sql = dialect!(tx, "feed_of_record");
    let found =
        tx.rows(sql, &params, |line| Ok(joined(line.text_or_null(0)?, line.text_or_null(1)?)))?;
    let mut names = std::collections::BTreeSet::new();
    for data in found {
        if let Ok(Json::Object(mut data)) = serde_json::from_str::<Json>(&data)
            && let Some(Json::Object(set)) = data.remove("set")
        {
            names.extend(set.into_iter().map(|(name, _)| name));
        }
    }
    Ok(names.into_iter().collect())
}
