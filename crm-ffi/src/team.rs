//! What the desk of teams knows beyond creating and changing them: who belongs to them, and what they have been given.

use crm_core::{Record as _, TeamId, UserId};

use crate::desk::{one, table};
use crate::edge::abi::{CrmError, CrmFields, CrmFrame, CrmRecord, CrmSession, CrmStatus};
use crate::edge::{array, value};
use crate::fields::given;

/// Lets a user join a team: `fields` are those of a team member, and may be null. A user is a member of one team at a time, so that another
/// membership ends, unless the setting `multi_membership` is on. `out` receives the team member; end it with `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_team_add_member(
    session: *const CrmSession,
    team_id: i64,
    user_id: i64,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let fields = if fields.is_null() { crm_core::Fields::new() } else { given(fields)? };
        Ok(session.teams().add_member(TeamId(team_id), UserId(user_id), fields)?.row())
    })
}

/// Changes a membership that goes on. `out` receives the team member; end it with `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_team_update_member(
    session: *const CrmSession,
    team_id: i64,
    user_id: i64,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let fields = given(fields)?;
        Ok(session.teams().update_member(TeamId(team_id), UserId(user_id), fields)?.row())
    })
}

/// Ends a membership today; its record is kept, archived. `out` receives it; end it with `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_team_remove_member(
    session: *const CrmSession,
    team_id: i64,
    user_id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        Ok(session.teams().remove_member(TeamId(team_id), UserId(user_id))?.row())
    })
}

/// Who is a member of a team, or with `as_of_days` (days since 1970-01-01; null: now) was on that day, the oldest membership first: `id`,
/// `user_id`, `date_start`, `date_end`, `assignment_max`, `assignment_filter`, `assignment_filter_preferred`, `assignment_optout`,
/// `territory`, `languages`, `skill_ids`, `is_absent`, and how many of the member's leads in this team were opened in the last 24 hours
/// (`lead_day_count`) and 30 days (`lead_month_count`), lost and archived ones too. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_team_members(
    session: *const CrmSession,
    team_id: i64,
    as_of_days: *const i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let day = array(as_of_days, usize::from(!as_of_days.is_null()), "as_of_days")?.first();
        let day = day.map(|days| value::date_from_days(*days)).transpose()?;
        session.teams().members(TeamId(team_id), day)
    })
}

/// What each team may be given and has: `team_id`, `assignment_max` (empty: no limit), `lead_unassigned_count`,
/// `lead_all_assigned_month_count`, `is_exceeded`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_team_workload(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| session.teams().workload())
}

/// What each team and all below it have together: `team_id`, `parent_id`, `team_count` (itself too), `member_count` (users, each once), `lead_count`
/// (pending ones), `lead_unassigned_count`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_team_rollup(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| session.teams().rollup())
}
