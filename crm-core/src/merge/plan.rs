//! What a merge will do, as data: which record is kept, what of whom it gets, what is dropped, and what moves to it.
//!
//! It is told by comparing the decided record with those it is made of, so that no field can be forgotten. Computed values are left out.

use crate::base::field::{Place, told_fields};
use crate::base::frame::json;
use crate::base::{FieldKind, Frame, Id, LeadId, Record, Value};
use crate::merge::kind::Mergeable;

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
}

impl<I: Id> MergePlan<I> {
    /// The plan as a table: `what` (`head`, `merged`, `field`, `dropped`, `moved`), `name` (of the field, or of the table of which rows
    /// move), `record_id` (which record is kept or merged; whose value it is), `value` (as text; lists and custom fields as JSON), `count`
    /// (of rows that move).
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
        for rows in &self.rows {
            row("moved", Some(&rows.name), Some(rows.from), Value::Null, Some(rows.count));
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

/// What a record that is merged away was, in words: its name, then a line for each field that says something.
pub(crate) fn summary<R: Mergeable>(record: &R) -> String {
    let mut body = format!("Merged {} {:?}", record.subject(), record.name());
    for at in told_fields::<R>() {
        let field = &R::TABLE.fields[at];
        let apart = field.hidden || matches!(field.name, "id" | "name") || field.name == R::JOINED;
        let value = (R::ACCESS[at].to_value)(record);
        if apart || is_empty(&value) {
            continue;
        }
        if let Value::Text(text) = text(&value) {
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
            if several || own == is {
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

fn properties<R: Record>(
    records: &[R],
    is: &std::collections::BTreeMap<String, Value>,
    value: impl Fn(&R) -> Value,
) -> Vec<MergedField<R::Id>> {
    let mut told: std::collections::BTreeMap<String, MergedField<R::Id>> =
        std::collections::BTreeMap::new();
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
