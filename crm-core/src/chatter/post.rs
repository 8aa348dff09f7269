//! Posting: what someone says, and what others did that is worth a message. However many, they are written as one.

use crate::access::{self, Deed};
use crate::base::field::FieldValue;
use crate::base::{Field, Id, MessageId, Record as _, RecordKind, Result, Value};
use crate::desk::query;
use crate::event::{ActivityChange, Event, LeadChange};
use crate::record::{Activity, Message, MessageType, SubjectKind, table};
use crate::storage::Tx;
use crate::storage::records::Inserter;

/// Posts the same about records of a kind.
pub(super) fn post(
    tx: &mut Tx<'_>,
    kind: RecordKind,
    ids: &[i64],
    body: &str,
    internal: bool,
) -> Result<Vec<MessageId>> {
    access::allow(RecordKind::Message, Deed::Create, &tx.actor)?;
    if internal {
        access::allow_inside("write what is meant for colleagues", &tx.actor)?;
    }
    let subject_kind = SubjectKind::of(kind)?;
    let field: &Field = Message::TABLE.field("body")?;
    let body: Option<String> =
        FieldValue::from_value(&Value::from(body), field, crate::base::Currency::default())?;
    crate::require!(
        body.as_deref().is_some_and(|body| !body.trim().is_empty()),
        "body",
        "body: a message says something"
    );
    let ids = query::distinct(ids)?;
    query::companies(tx, table(kind), &ids)?;
    let messages = ids.iter().map(|id| Message {
        subject_kind,
        subject_id: *id,
        message_type: MessageType::Comment,
        internal,
        body: body.clone(),
        ..Message::default()
    });
    write(tx, messages.collect())
}

/// What was said about losing leads is a message of theirs.
pub(crate) fn follow_leads(tx: &mut Tx<'_>, changes: &[LeadChange]) -> Result<()> {
    let said = |change: &LeadChange| {
        Some(Message {
            subject_kind: SubjectKind::Lead,
            subject_id: change.after.as_ref()?.id.number(),
            message_type: MessageType::Lost,
            internal: true,
            body: Some(change.note.clone()?),
            ..Message::default()
        })
    };
    write(tx, changes.iter().filter_map(said).collect()).map(drop)
}

/// So is what came of an activity that was done.
pub(crate) fn follow_activities(tx: &mut Tx<'_>, changes: &[ActivityChange]) -> Result<()> {
    let message = |activity: &Activity| Message {
        subject_kind: activity.subject_kind,
        subject_id: activity.subject_id,
        message_type: MessageType::Activity,
        internal: true,
        body: activity.feedback.clone(),
        activity_id: Some(activity.id),
        ..Message::default()
    };
    let done = changes.iter().filter(|change| change.is_done());
    write(tx, done.filter_map(|change| change.after.as_ref()).map(message).collect()).map(drop)
}

/// Posts what the library itself has to tell about records of a kind; answers a message for each.
pub(crate) fn notify(
    tx: &mut Tx<'_>,
    kind: RecordKind,
    told: Vec<(i64, String)>,
) -> Result<Vec<MessageId>> {
    let subject_kind = SubjectKind::of(kind)?;
    let messages = told.into_iter().map(|(id, body)| Message {
        subject_kind,
        subject_id: id,
        message_type: MessageType::Notification,
        internal: true,
        body: Some(body),
        ..Message::default()
    });
    write(tx, messages.collect())
}

/// Stores messages of this user and this moment, and announces them.
fn write(tx: &mut Tx<'_>, mut messages: Vec<Message>) -> Result<Vec<MessageId>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let mut inserter = Inserter::new(tx, messages.len());
    for message in &mut messages {
        message.author_id = tx.actor.user_id;
        message.date = tx.now;
        inserter.insert(message)?;
    }
    inserter.end()?;
    let ids = messages.iter().map(|message| message.id).collect();
    tx.announce(Event::Messages(messages));
    Ok(ids)
}
