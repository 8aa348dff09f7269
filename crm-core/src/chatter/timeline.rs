//! Everything about a record in the order of time: messages, and what the history of a lead tells of its changes.

use crate::base::{FieldKind, Frame, LeadId, RecordKind, Result, Subject, Timestamp, Value};
use crate::desk::query;
use crate::history;
use crate::record::{MessageType, Role, SubjectKind, WonStatus, table};
use crate::storage::Tx;

/// The fields whose changes are told, of those that the history keeps.
const TRACKED: [&str; 10] = [
    "kind",
    "won_status",
    "stage_id",
    "lost_reason_id",
    "active",
    "user_id",
    "team_id",
    "partner_id",
    "expected_revenue",
    "recurring_revenue",
];

const COLUMNS: [(&str, FieldKind); 15] = [
    ("date", FieldKind::Time),
    ("message_type", FieldKind::Text),
    ("author_id", FieldKind::Ref(RecordKind::User)),
    ("message_id", FieldKind::Ref(RecordKind::Message)),
    ("internal", FieldKind::Bool),
    ("body", FieldKind::Text),
    ("activity_id", FieldKind::Ref(RecordKind::Activity)),
    ("activity_type_id", FieldKind::Ref(RecordKind::ActivityType)),
    ("summary", FieldKind::Text),
    ("subtype", FieldKind::Text),
    ("field", FieldKind::Text),
    ("old_value", FieldKind::Text),
    ("new_value", FieldKind::Text),
    ("origin_id", FieldKind::Int),
    ("origin", FieldKind::Text),
];

type Line = (Timestamp, [Value; COLUMNS.len()]);

/// What was said about a record and what became of it.
pub(super) fn list(tx: &mut Tx<'_>, subject: Subject) -> Result<Frame> {
    let kind = SubjectKind::of(subject.kind)?;
    let seen = |id: i64| query::companies(tx, table(subject.kind), &[id]).map(|_| id);
    let id = query::of_place(tx, subject.kind, subject.id, seen)?;
    let outside = tx.actor.role == Role::External;
    let mut lines = match kind {
        _ if outside => Vec::new(),
        SubjectKind::Lead => changes(&history::of_lead(tx, LeadId(id))?),
        SubjectKind::Partner => Vec::new(),
    };
    lines.extend(messages(tx, kind, id)?);
    if outside {
        // What was said to them, as sight has it of messages; what became of the deal is for colleagues.
        let comment = Value::from(MessageType::Comment.word());
        lines.retain(|(_, values)| values[1] == comment && values[4] == Value::Bool(false));
    }
    // Stable: what happened at one moment stays in its order, changes before what was said about them.
    lines.sort_by_key(|(date, _)| *date);
    let mut frame = Frame::new(COLUMNS);
    lines.into_iter().for_each(|(_, values)| frame.push(values));
    Ok(frame)
}

fn messages(tx: &Tx<'_>, kind: SubjectKind, id: i64) -> Result<Vec<Line>> {
    let sql = include_str!("messages.sql");
    tx.rows(sql, &[kind.code().into(), id.into()], |line| {
        let text =
            |at: usize| line.text_or_null(at).map(|text| Value::from(text.map(str::to_owned)));
        let id = |at: usize| line.int_or_null(at).map(Value::from);
        let date = Timestamp::stored(line.int(0)?);
        let sort = usize::try_from(line.int(1)?).ok().and_then(|at| MessageType::WORDS.get(at));
        let (none, sort) = (Value::Null, sort.copied().unwrap_or_default());
        let values = [
            date.into(),
            sort.into(),
            id(2)?,
            id(3)?,
            (line.int(4)? != 0).into(),
            text(5)?,
            id(6)?,
            id(7)?,
            text(8)?,
            none.clone(),
            none.clone(),
            none.clone(),
            none,
            id(9)?,
            text(10)?,
        ];
        Ok((date, values))
    })
}

/// One line per tracked field that differs between a state and the one before, and one for the creation.
fn changes(history: &Frame) -> Vec<Line> {
    let mut lines = Vec::new();
    for row in 0..history.len() {
        let Value::Time(date) = history.at(row, "valid_from") else { continue };
        let line = |subtype: &str, field: Value, was: Value, is: Value| {
            let none = Value::Null;
            let values = [
                date.into(),
                "change".into(),
                history.at(row, "by_user_id"),
                none.clone(),
                false.into(),
                none.clone(),
                none.clone(),
                none.clone(),
                none.clone(),
                subtype.into(),
                field,
                was,
                is,
                none.clone(),
                none,
            ];
            (date, values)
        };
        if row == 0 {
            lines.push(line("created", Value::Null, Value::Null, Value::Null));
            continue;
        }
        let differs = |name: &str| history.at(row - 1, name) != history.at(row, name);
        let subtype =
            subtype(&differs, &history.at(row, "won_status"), &history.at(row, "lost_reason_id"));
        for name in TRACKED.into_iter().filter(|name| differs(name)) {
            let text = |row| shown(&history.at(row, name));
            lines.push(line(subtype, name.into(), text(row - 1), text(row)));
        }
    }
    lines
}

/// What sort of change it is, the weightiest first.
fn subtype(differs: &dyn Fn(&str) -> bool, status: &Value, reason: &Value) -> &'static str {
    let is = |word: WonStatus| status.as_text() == Some(word.word());
    if differs("won_status") && is(WonStatus::Won) {
        "won"
    } else if differs("won_status") && is(WonStatus::Lost)
        || differs("lost_reason_id") && !reason.is_null()
    {
        "lost"
    } else if differs("won_status") {
        "restored"
    } else if differs("stage_id") {
        "stage"
    } else {
        "note"
    }
}

/// A value as text.
fn shown(value: &Value) -> Value {
    match value {
        Value::Int(number) => number.to_string().into(),
        Value::Decimal(number) => number.to_string().into(),
        Value::Bool(truth) => truth.to_string().into(),
        Value::Text(_) => value.clone(),
        _ => Value::Null,
    }
}
