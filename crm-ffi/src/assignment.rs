//! Assignment: a plan of who is given which lead, as text; and doing it.

use crm_core::base::frame::{Column, ColumnData};
use crm_core::{
    Assign, AssignPlan, AssignRules, Frame, HandOver, LeadId, Record as _, Result, TeamId, UserId,
};

use crate::catalog;
use crate::desk::{filter, one, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmRecord, CrmSession, CrmStatus, CrmStr};
use crate::edge::option::{CRM_ASSIGN_FORCE, CRM_ASSIGN_WITHOUT_AFFINITY, known_bits};
use crate::edge::{ids, optional_text, text};

/// Takes a lead that nobody has, for the session's user. `CRM_E_CONFLICT` when somebody else has it. `out` receives the lead; end it with
/// `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_claim(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| Ok(session.leads().claim(LeadId(id))?.row()))
}

/// Who would be given which lead, and why; writes nothing. `rules`: `reference`, `optimal`; empty: `reference`. `team_ids`: these teams alone, or with `team_count`
/// 0 all that take part. `flags`: 0, or `CRM_ASSIGN_FORCE`, `CRM_ASSIGN_WITHOUT_AFFINITY`. The same `seed` draws the same. `delay_hours`: how old a
/// lead without team must be; `created_within_days`: at most how many days, 0 for any age, -1 for the usual. `out` receives one row, `plan`, a JSON
/// text for `crm_assignment_steps`, `_head` and `_run`. End it with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_assignment_plan(
    session: *const CrmSession,
    rules: CrmStr,
    team_ids: *const i64,
    team_count: usize,
    flags: u64,
    seed: u64,
    delay_hours: i64,
    created_within_days: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        known_bits(flags, CRM_ASSIGN_FORCE | CRM_ASSIGN_WITHOUT_AFFINITY, "flags")?;
        let rules = optional_text(rules, "rules")?.map(AssignRules::parse).transpose()?;
        let teams = ids(team_ids, team_count)?.iter().copied().map(TeamId).collect::<Vec<_>>();
        let assign = Assign {
            rules: rules.unwrap_or_default(),
            team_ids: (!teams.is_empty()).then_some(teams),
            force: flags & CRM_ASSIGN_FORCE != 0,
            seed,
            delay_hours,
            created_within_days: (created_within_days != -1).then_some(created_within_days),
            affinity: flags & CRM_ASSIGN_WITHOUT_AFFINITY == 0,
        };
        let plan = session.assignment().plan(&assign)?.to_json();
        let data = ColumnData::Text(vec![Some(plan)]);
        Ok(Frame::of(vec![Column { name: "plan".to_owned(), data }]))
    })
}

fn planned(plan: CrmStr) -> Result<AssignPlan> {
    AssignPlan::parse(text(plan, "plan")?)
}

/// What a plan does, a row per lead: `lead_id`; `what`: `assign`, `allocate` (a team gets it and nobody of it), `merge` (`into_id` takes its place)
/// or `leave`; `team_id`, `user_id`, `into_id`; `why`, a word; by `optimal` rules also `win_rate`, the salesperson's in percent, and of how many
/// closed deals it is known (`n`). End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_assignment_steps(
    session: *const CrmSession,
    plan: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |_| Ok(planned(plan)?.frame()))
}

/// Everything that a plan went by, a row per filter, number and switch: `team_id`, `user_id`, `name`, `value`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_assignment_head(
    session: *const CrmSession,
    plan: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |_| Ok(planned(plan)?.head()))
}

fn hand_over_of(user_id: i64, to_user_id: i64, kind: i32, matching: CrmStr) -> Result<HandOver> {
    let record = (kind != -1).then(|| catalog::kind(kind));
    Ok(HandOver {
        user_id: UserId(user_id),
        to_user_id: UserId(to_user_id),
        record: record.transpose()?,
        filter: filter(matching)?,
    })
}

/// What `crm_hand_over` would hand over now, a row for each: `record`, `record_id`, `name`. Writes nothing. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_plan_hand_over(
    session: *const CrmSession,
    user_id: i64,
    to_user_id: i64,
    kind: i32,
    filter: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let asked = hand_over_of(user_id, to_user_id, kind, filter)?;
        session.assignment().plan_hand_over(&asked)
    })
}

/// Makes another's what a user has: leads that are neither won nor lost, customers and what is still to be done, as far as the session's user
/// sees it; all of it or nothing. `kind`: `CRM_KIND_LEAD`, `_PARTNER` or `_ACTIVITY` alone; -1: all three. `filter`: of those what matches, only
/// with a `kind`; empty: all. `CRM_E_DENIED` below the role `team` for what is not one's own. `out` receives what was handed over, a row for each:
/// `record`, `record_id`, `name`. End it with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hand_over(
    session: *const CrmSession,
    user_id: i64,
    to_user_id: i64,
    kind: i32,
    filter: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let asked = hand_over_of(user_id, to_user_id, kind, filter)?;
        session.assignment().hand_over(&asked)
    })
}

/// Does exactly what a plan says. `CRM_E_CONFLICT` when a lead of it has changed since, or a member would be given more than the day's quota; then
/// nothing is written. `out` receives one row: `assigned`, `allocated`, `merged`, `users`. End it with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_assignment_run(
    session: *const CrmSession,
    plan: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(session.assignment().run(&planned(plan)?)?.frame()))
}
