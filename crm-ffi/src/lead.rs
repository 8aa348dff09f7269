//! A lead's own verbs, on one (`out` receives the record) and on several (`out` receives the list, all or none).

use crm_core::{Convert, Id, LeadId, Lost, Record as _, Result, Row, StageId, record};

use crate::desk::{as_of, many, one, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr};
use crate::edge::{Out, guard, ids, optional_text, take};

/// A link to another record; 0 is none.
pub(crate) fn reference<I: Id>(id: i64) -> Option<I> {
    (id != 0).then(|| I::from(id))
}

fn lost(lost_reason_id: i64, note: CrmStr) -> Result<Lost> {
    let note = optional_text(note, "note")?.map(str::to_owned);
    Ok(Lost { lost_reason_id: reference(lost_reason_id), note })
}

fn conversion(partner_id: i64, user_id: i64, team_id: i64) -> Convert {
    Convert {
        partner_id: reference(partner_id),
        user_id: reference(user_id),
        team_id: reference(team_id),
        ..Convert::default()
    }
}

pub(crate) fn leads(pointer: *const i64, count: usize) -> Result<Vec<LeadId>> {
    Ok(ids(pointer, count)?.iter().copied().map(LeadId).collect())
}

fn rows(leads: &[record::Lead]) -> Vec<Row> {
    leads.iter().map(record::Lead::row).collect()
}

/// Wins a lead: in the first won stage its team can use, closed now. Winning twice changes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_mark_won(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| Ok(session.leads().mark_won(LeadId(id))?.row()))
}

/// As `crm_lead_mark_won`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_mark_won_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| Ok(rows(&session.leads().mark_won(&leads(ids, count)?)?)))
}

/// Loses a lead: archived, with a reason (0: none) and a note (empty: none), which becomes a message of the lead (`crm_chatter_list`) and
/// is read in the feed: `note` in the data of the entry `lead.lost`, or of `lead.changed` if the lead was lost before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_mark_lost(
    session: *const CrmSession,
    id: i64,
    lost_reason_id: i64,
    note: CrmStr,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        Ok(session.leads().mark_lost(LeadId(id), &lost(lost_reason_id, note)?)?.row())
    })
}

/// As `crm_lead_mark_lost`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_mark_lost_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    lost_reason_id: i64,
    note: CrmStr,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        Ok(rows(&session.leads().mark_lost(&leads(ids, count)?, &lost(lost_reason_id, note)?)?))
    })
}

/// Takes a won or lost lead back into the pipeline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_reopen(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| Ok(session.leads().reopen(LeadId(id))?.row()))
}

/// As `crm_lead_reopen`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_reopen_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| Ok(rows(&session.leads().reopen(&leads(ids, count)?)?)))
}

/// Hides a lead; its outcome stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_archive(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| Ok(session.leads().archive(LeadId(id))?.row()))
}

/// As `crm_lead_archive`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_archive_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| Ok(rows(&session.leads().archive(&leads(ids, count)?)?)))
}

/// Shows an archived lead again; a lost one is reopened instead.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_restore(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| Ok(session.leads().restore(LeadId(id))?.row()))
}

/// As `crm_lead_restore`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_restore_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| Ok(rows(&session.leads().restore(&leads(ids, count)?)?)))
}

/// Moves a lead into a stage; a won stage wins it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_move_to(
    session: *const CrmSession,
    id: i64,
    stage_id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        Ok(session.leads().move_to(LeadId(id), StageId(stage_id))?.row())
    })
}

/// As `crm_lead_move_to`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_move_to_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    stage_id: i64,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        Ok(rows(&session.leads().move_to(&leads(ids, count)?, StageId(stage_id))?))
    })
}

/// Makes a lead an opportunity, with a customer, a salesperson and a team (0: as they are).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_convert(
    session: *const CrmSession,
    id: i64,
    partner_id: i64,
    user_id: i64,
    team_id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        Ok(session.leads().convert(LeadId(id), &conversion(partner_id, user_id, team_id))?.row())
    })
}

/// As `crm_lead_convert`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_convert_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    partner_id: i64,
    user_id: i64,
    team_id: i64,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        Ok(rows(
            &session
                .leads()
                .convert(&leads(ids, count)?, &conversion(partner_id, user_id, team_id))?,
        ))
    })
}

/// Gives a lead to a salesperson and a team (0: nobody, none).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_assign_to(
    session: *const CrmSession,
    id: i64,
    user_id: i64,
    team_id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        Ok(session.leads().assign_to(LeadId(id), reference(user_id), reference(team_id))?.row())
    })
}

/// As `crm_lead_assign_to`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_assign_to_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    user_id: i64,
    team_id: i64,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        Ok(rows(&session.leads().assign_to(
            &leads(ids, count)?,
            reference(user_id),
            reference(team_id),
        )?))
    })
}

/// Makes a new open lead out of one. `out` receives the copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_copy(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| Ok(session.leads().copy(LeadId(id))?.row()))
}

/// As `crm_lead_copy`, on several.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_copy_many(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| Ok(rows(&session.leads().copy(&leads(ids, count)?)?)))
}

/// What leads would tell their customers if what they say of their contact were written again: a row for each that has a customer, with
/// `lead_id`, `partner_id`, `partner_email_update`, `partner_phone_update`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_partner_updates(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| session.leads().partner_updates(&leads(ids, count)?))
}

/// Every interval of a lead's life in the pipeline, oldest first. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_history(
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| session.leads().history(LeadId(id)))
}

/// The lead with that id as it was at an instant, in microseconds since 1970-01-01T00:00:00Z, by what is known now (`axis` empty or
/// `effective`) or was known then (`known`). What has no history, such as its name, is as it is now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_get_as_of(
    session: *const CrmSession,
    id: i64,
    as_of_micros: i64,
    axis: CrmStr,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        Ok(session.leads().get_as_of(LeadId(id), as_of(as_of_micros, axis)?)?.row())
    })
}

/// How many leads matched the filter at an instant; as `crm_lead_get_as_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_count_as_of(
    session: *const CrmSession,
    filter: CrmStr,
    as_of_micros: i64,
    axis: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let (filter, as_of) = (crate::desk::filter(filter)?, as_of(as_of_micros, axis)?);
        out.give(take(session)?.leads().count_as_of(filter.as_ref(), as_of)?);
        Ok(())
    })
}
