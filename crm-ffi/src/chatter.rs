//! Chatter: what is said about leads and partners.

use crm_core::base::FieldKind;
use crm_core::{Frame, RecordKind, Subject, Value};

use crate::catalog;
use crate::desk::{self, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr};
use crate::edge::option::CrmFindOptions;
use crate::edge::{Out, guard, ids, take, text};

const KIND: RecordKind = RecordKind::Message;

/// Posts a message about a lead or a partner (`CRM_KIND_LEAD`, `CRM_KIND_PARTNER`); an internal one is meant for colleagues. `out`
/// receives its id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_post(
    session: *const CrmSession,
    kind: i32,
    id: i64,
    body: CrmStr,
    internal: bool,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let (kind, body) = (catalog::kind(kind)?, text(body, "body")?);
        let posted = take(session)?.chatter().post_about(kind, &[id], body, internal)?;
        out.give(posted.first().map_or(0, |id| id.0));
        Ok(())
    })
}

/// As `crm_chatter_post`, the same about each of several, all or none: a row per message, in the order of the ids, each
/// once: `message_id`. End `out` with
/// `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_post_many(
    session: *const CrmSession,
    kind: i32,
    ids: *const i64,
    count: usize,
    body: CrmStr,
    internal: bool,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let (kind, about) = (catalog::kind(kind)?, self::ids(ids, count)?);
        let posted = session.chatter().post_about(kind, about, text(body, "body")?, internal)?;
        let mut frame = Frame::new([("message_id", FieldKind::Int)]);
        posted.into_iter().for_each(|id| frame.push([Value::from(id)]));
        Ok(frame)
    })
}

/// Everything about a lead or a partner in the order of time: messages, and for a lead a row per field that changed, as its history tells.
/// All have `date`, `message_type` (`comment`, `notification`, `activity`, `lost`, `change`) and `author_id`; a message `message_id`,
/// `internal` and `body`, one of an activity that was done `activity_id`, `activity_type_id` and `summary`; a change `subtype`
/// (`created`, `won`, `lost`, `restored`, `stage`, `note`), `field`, `old_value` and `new_value` as text. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_list(
    session: *const CrmSession,
    kind: i32,
    id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        session.chatter().list(Subject { kind: catalog::kind(kind)?, id })
    })
}

/// The message with that id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_get(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::get(KIND, session, id, out, err)
}

/// What the options look for; null: all, in the order of time. End `out` with `crm_list_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_find(
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::find(KIND, session, find, out, err)
}

/// How many match the filter; empty: all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_count(
    session: *const CrmSession,
    filter: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::count(KIND, session, filter, out, err)
}

/// As `crm_chatter_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_chatter_frame(
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::frame(KIND, session, find, out, err)
}
