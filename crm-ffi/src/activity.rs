//! Activities: what is to be done about leads and partners by a day, or was done.

use crm_core::record::Activity;
use crm_core::{ActivityId, Record as _, RecordKind, Result, Row, Schedule};

use crate::catalog;
use crate::desk::{self, many, nothing, one, only, table};
use crate::edge::abi::{
    CrmError, CrmFields, CrmFrame, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr,
};
use crate::edge::option::CrmFindOptions;
use crate::edge::{ids, optional_text, value};
use crate::fields::given;
use crate::lead::leads;

const KIND: RecordKind = RecordKind::Activity;

fn activities(pointer: *const i64, count: usize) -> Result<Vec<ActivityId>> {
    Ok(ids(pointer, count)?.iter().copied().map(ActivityId).collect())
}

fn rows(activities: &[Activity]) -> Vec<Row> {
    activities.iter().map(Activity::row).collect()
}

/// What the fields say is to be done. Each is checked as a field of an activity; what is empty is as the type says.
fn plan(fields: *const CrmFields) -> Result<Schedule> {
    let fields = given(fields)?;
    let mut draft = Activity::default();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        draft.set(name, value)?;
    }
    let dated = fields.get("date_deadline").is_some_and(|value| !value.is_null());
    Ok(Schedule {
        activity_type_id: draft.activity_type_id,
        date_deadline: dated.then_some(draft.date_deadline),
        user_id: draft.user_id,
        summary: draft.summary,
        note: draft.note,
    })
}

/// Schedules an activity about a lead or a partner (`CRM_KIND_LEAD`, `CRM_KIND_PARTNER`). `fields` say `activity_type_id`, and if it is
/// not as the type says `date_deadline`, `user_id` (else the session's user), `summary`, `note`. `out` receives it as stored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_schedule(
    session: *const CrmSession,
    kind: i32,
    id: i64,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let kind = catalog::kind(kind)?;
        only(rows(&session.activities().schedule_about(kind, &[id], &plan(fields)?)?))
    })
}

/// As `crm_activity_schedule`, the same about each of several, all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_schedule_many(
    session: *const CrmSession,
    kind: i32,
    ids: *const i64,
    count: usize,
    fields: *const CrmFields,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        let (kind, ids) = (catalog::kind(kind)?, self::ids(ids, count)?);
        Ok(rows(&session.activities().schedule_about(kind, ids, &plan(fields)?)?))
    })
}

/// Says that an activity was done, and what came of it (empty: nothing to say), which a message tells. Doing twice changes nothing. What
/// its type schedules then is in `next_activity_id`, what it suggests in `suggested_next_type_ids`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_done(
    session: *const CrmSession,
    id: i64,
    feedback: CrmStr,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let feedback = optional_text(feedback, "feedback")?;
        Ok(session.activities().done(ActivityId(id), feedback)?.row())
    })
}

/// As `crm_activity_done`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_done_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    feedback: CrmStr,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        let feedback = optional_text(feedback, "feedback")?;
        Ok(rows(&session.activities().done(&activities(ids, count)?, feedback)?))
    })
}

/// Gives an activity another day, in days since 1970-01-01.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_reschedule(
    session: *const CrmSession,
    id: i64,
    date_deadline_days: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let day = value::date_from_days(date_deadline_days)?;
        Ok(session.activities().reschedule(ActivityId(id), day)?.row())
    })
}

/// As `crm_activity_reschedule`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_reschedule_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    date_deadline_days: i64,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        let day = value::date_from_days(date_deadline_days)?;
        Ok(rows(&session.activities().reschedule(&activities(ids, count)?, day)?))
    })
}

/// Takes an activity back: it was never to be done. `CRM_E_INVALID` for one that is done.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_cancel(
    session: *const CrmSession,
    id: i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| session.activities().cancel(ActivityId(id)))
}

/// As `crm_activity_cancel`, on several, all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_cancel_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| session.activities().cancel(&activities(ids, count)?))
}

/// How leads stand, a row per lead: `lead_id`; `activity_state`, the worst of what is to be done; `date_deadline`, the next;
/// `my_date_deadline`, the next of the session's user; `activity_count`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_status(
    session: *const CrmSession,
    lead_ids: *const i64,
    count: usize,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| session.activities().status(&leads(lead_ids, count)?))
}

/// The activity with that id, done or not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_get(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::get(KIND, session, id, out, err)
}

/// What the options look for; null: all that are to be done, the next due first. Those that are done only if the filter mentions
/// `state` or `date_done`. End `out` with `crm_list_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_find(
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::find(KIND, session, find, out, err)
}

/// How many match the filter; empty: all that are to be done.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_count(
    session: *const CrmSession,
    filter: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::count(KIND, session, filter, out, err)
}

/// As `crm_activity_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_frame(
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::frame(KIND, session, find, out, err)
}

/// Changes the fields that are set, of `activity_type_id`, `summary`, `note`, `date_deadline` and `user_id`, while it is to be done.
/// `out` receives the activity as stored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_update(
    session: *const CrmSession,
    id: i64,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::update(KIND, session, id, fields, out, err)
}

/// Changes several in the same way, all or none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_activity_update_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    fields: *const CrmFields,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    desk::update_many(KIND, session, ids, count, fields, out, err)
}
