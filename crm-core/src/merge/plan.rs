//! What a merge will do, as data: which record is kept, what of whom it gets, what is dropped, and what moves to it.
//!
//! It is told by comparing the decided record with those it is made of, so that no field can be forgotten. Computed values are left out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::base::field::{Place, told_fields};
use crate::base::frame::json;
use crate::base::text::phone_normalized;
use crate::base::{FieldKind, Frame, Id, LeadId, Record, RecordKind, Result, Value};
use crate::merge::kind::Mergeable;
use crate::record::table;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// A field of the record that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedField<I = LeadId> {
    /// Its name; a custom field's is `properties.<name>`.
    pub name: String,
    /// What it will be.
    pub value: Value,
    /// The records whose value that is, or is part of it; none: it was given.
    pub from: Vec<I>,
    /// What others say and will not be kept.
    pub dropped: Vec<(I, Value)>,
}

/// What hangs on a record, or names it, and moves to the one that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedRows<I = LeadId> {
    /// The table, such as `external_id`; of records that name it with the field, such as `lead.partner_id`.
    pub name: String,
    /// The record that they hang on now.
    pub from: I,
    /// How many.
    pub count: usize,
}

/// What a merge will do. Nothing has been written.
#[derive(Debug, Clone, PartialEq)]
pub struct MergePlan<I = LeadId> {
    /// The record that is kept, with its id.
    pub head: I,
    /// Those that it takes the place of, in the order in which they count.
    pub merged: Vec<I>,
    /// Fields of which something is kept or dropped.
    pub fields: Vec<MergedField<I>>,
    /// What moves.
    pub rows: Vec<MergedRows<I>>,
    /// Rows, those that move among them, that will be one with another row of the kept record, since both say the same: the oldest stays.
    pub united: Vec<MergedRows<I>>,
}

impl<I: Id> MergePlan<I> {
    /// The plan as a table: `what` (`head`, `merged`, `field`, `dropped`, `moved`, `united`), `name` (of the field, or of the table of
    /// which rows move or become one with another), `record_id` (which record is kept or merged; whose value it is), `value` (as text;
    /// lists and custom fields as JSON), `count` (of rows).
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("what", FieldKind::Text),
            ("name", FieldKind::Text),
            ("record_id", FieldKind::Int),
            ("value", FieldKind::Text),
            ("count", FieldKind::Int),
        ]);
        let mut row =
            |what: &str, name: Option<&str>, id: Option<I>, value: Value, count: Option<usize>| {
                let count = count.and_then(|count| i64::try_from(count).ok());
                let id = id.map(Id::number);
                frame.push([what.into(), name.into(), id.into(), value, count.into()]);
            };
        row("head", None, Some(self.head), Value::Null, None);
        for id in &self.merged {
            row("merged", None, Some(*id), Value::Null, None);
        }
        for field in &self.fields {
            let name = Some(field.name.as_str());
            if !field.value.is_null() {
                let value = text(&field.value);
                match field.from.as_slice() {
                    [] => row("field", name, None, value, None),
                    from => from
                        .iter()
                        .for_each(|id| row("field", name, Some(*id), value.clone(), None)),
                }
            }
            for (id, value) in &field.dropped {
                row("dropped", name, Some(*id), text(value), None);
            }
        }
        for (what, all) in [("moved", &self.rows), ("united", &self.united)] {
            for rows in all {
                row(what, Some(&rows.name), Some(rows.from), Value::Null, Some(rows.count));
            }
        }
        frame
    }
}

/// A value as text.
fn text(value: &Value) -> Value {
    match json(value) {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::String(text) => Value::Text(text),
        other => Value::Text(other.to_string()),
    }
}

/// Whether a value says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) => true,
        Value::Text(text) => text.is_empty(),
        Value::Decimal(number) => number.is_zero(),
        Value::Ids(ids) => ids.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// Fields that a rule hides from somebody.
pub(crate) type Unsaid = HashSet<(RecordKind, String)>;

/// What other records are called, by kind and id.
pub(crate) type Names = HashMap<(RecordKind, i64), String>;

/// What the records are called that these name by their fields.
pub(crate) fn names<R: Mergeable>(tx: &Tx<'_>, records: &[&R]) -> Result<Names> {
    let mut named: BTreeMap<RecordKind, BTreeSet<i64>> = BTreeMap::new();
    for (at, field) in R::TABLE.fields.iter().enumerate() {
        let (FieldKind::Ref(kind) | FieldKind::Ids(kind)) = field.kind else { continue };
        let named_here = table(kind).field("name").is_ok_and(|name| name.place == Place::Column);
        if field.name == "id" || !named_here {
            continue;
        }
        for record in records {
            match (R::ACCESS[at].to_value)(record) {
                Value::Int(id) => drop(named.entry(kind).or_default().insert(id)),
                Value::Ids(ids) => named.entry(kind).or_default().extend(ids),
                _ => {}
            }
        }
    }
    let mut names = Names::new();
    for (kind, ids) in named {
        let sql = format!(
            "SELECT id, name FROM {} WHERE id IN (SELECT value FROM json_each(?1))",
            table(kind).name
        );
        let ids: Vec<i64> = ids.into_iter().collect();
        tx.each(&sql, &[id_list(&ids)], |line| {
            names.insert((kind, line.int(0)?), line.text(1)?.to_owned());
            Ok(())
        })?;
    }
    Ok(names)
}

/// What a record that is merged away was, in words: its name, then a line for each field that says something, other records by their names.
///
/// What is hidden from anybody is not written where everybody reads it.
pub(crate) fn summary<R: Mergeable>(record: &R, names: &Names, unsaid: &Unsaid) -> String {
    let mut body = format!("Merged {} {:?}", record.subject(), record.name());
    for at in told_fields::<R>() {
        let field = &R::TABLE.fields[at];
        let apart = field.hidden || matches!(field.name, "id" | "name") || field.name == R::JOINED;
        let value = (R::ACCESS[at].to_value)(record);
        if apart || is_empty(&value) || unsaid.contains(&(R::TABLE.kind, field.name.to_owned())) {
            continue;
        }
        let called = |kind: RecordKind, id: &i64| {
            names.get(&(kind, *id)).cloned().unwrap_or_else(|| id.to_string())
        };
        let told = match (&value, field.kind) {
            (Value::Int(id), FieldKind::Ref(kind)) => Value::Text(called(kind, id)),
            (Value::Ids(ids), FieldKind::Ids(kind)) => {
                let all: Vec<String> = ids.iter().map(|id| called(kind, id)).collect();
                Value::Text(all.join(", "))
            }
            (value, _) => text(value),
        };
        if let Value::Text(text) = told {
            body.push_str(&format!("\n{}: {text}", field.name));
        }
    }
    body
}

/// What the decided record has of each of those it is made of, the kept one first, field by field.
pub(crate) fn fields<R: Mergeable>(records: &[R], after: &R) -> Vec<MergedField<R::Id>> {
    let mut fields = Vec::new();
    for at in told_fields::<R>() {
        let field = &R::TABLE.fields[at];
        // Normal forms follow from what they are forms of.
        let derived =
            field.system && field.past == crate::base::Past::Now && field.name != "create_date";
        if field.hidden || derived || field.name == "id" {
            continue;
        }
        let value = |record: &R| (R::ACCESS[at].to_value)(record);
        let is = value(after);
        if let Value::Map(is) = &is {
            fields.extend(properties(records, is, value));
            continue;
        }
        let mut told = MergedField {
            name: field.name.to_owned(),
            value: is.clone(),
            from: Vec::new(),
            dropped: Vec::new(),
        };
        for record in records {
            let own = value(record);
            if is_empty(&own) {
                continue;
            }
            // Notes are joined, lists united: nothing of them is dropped.
            let several = matches!(field.place, Place::Link(..)) || field.name == R::JOINED;
            if several || own == is || is_same_number(record, field.name, &own, &is) {
                if told.from.is_empty() || several {
                    told.from.push(record.id());
                }
            } else {
                told.dropped.push((record.id(), own));
            }
        }
        if is_empty(&is) {
            told.value = Value::Null;
        }
        if !told.value.is_null() || !told.dropped.is_empty() {
            fields.push(told);
        }
    }
    fields
}

/// Whether a number is another writing of a record's own.
fn is_same_number<R: Record>(record: &R, name: &str, own: &Value, is: &Value) -> bool {
    if !matches!(name, "phone" | "mobile") {
        return false;
    }
    let said = |name: &str| record.value(name).unwrap_or_default();
    let read = own.as_text().and_then(|own| {
        let country = said("country_code");
        phone_normalized(own, country.as_text())
    });
    said("phone_normalized") == *is
        || read.as_deref().is_some_and(|read| is.as_text() == Some(read))
}

fn properties<R: Record>(
    records: &[R],
    is: &BTreeMap<String, Value>,
    value: impl Fn(&R) -> Value,
) -> Vec<MergedField<R::Id>> {
    let mut told: BTreeMap<String, MergedField<R::Id>> = BTreeMap::new();
    for record in records {
        let Value::Map(own) = value(record) else { continue };
        for (name, own) in own {
            let kept = is.get(&name).cloned().unwrap_or_default();
            let told = told.entry(name.clone()).or_insert_with(|| MergedField {
                name: format!("properties.{name}"),
                value: kept.clone(),
                from: Vec::new(),
                dropped: Vec::new(),
            });
            if own == kept {
                if told.from.is_empty() {
                    told.from.push(record.id());
                }
            } else {
                told.dropped.push((record.id(), own));
            }
        }
    }
    told.into_values().collect()
}
