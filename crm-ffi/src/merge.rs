//! Making one record of several, leads or partners, and taking that back.

use crm_core::base::FieldKind;
use crm_core::{
    Error, Frame, Id, LeadId, Merge, MergeEntry, PartnerId, PartnerMerge, Record as _, Result,
    Value,
};

use crate::desk::table;
use crate::edge::abi::{CrmError, CrmFrame, CrmRecord, CrmSession, CrmStatus};
use crate::edge::record::shared;
use crate::edge::{Out, array, guard, take};
use crate::lead::{leads, reference};

fn partners(ids: *const i64, count: usize) -> Result<Vec<PartnerId>> {
    Ok(array(ids, count, "ids")?.iter().copied().map(PartnerId).collect())
}

fn of_partners(head_id: i64, user_id: i64) -> PartnerMerge {
    PartnerMerge { head_id: reference(head_id), user_id: reference(user_id) }
}

fn merge(user_id: i64, team_id: i64) -> Merge {
    Merge { user_id: reference(user_id), team_id: reference(team_id) }
}

/// What `crm_lead_merge` will do with these leads; writes nothing. Rows of `what`: `head` (the lead that is kept), `merged` (one that goes),
/// `field` (what the kept lead will be, and in `record_id` of whom that is), `dropped` (what is not kept of whom), `moved` (`count` rows
/// that hang on a lead and move). `name` is the field, or the table of the rows; `value` is text. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_plan_merge(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    user_id: i64,
    team_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        Ok(session.leads().plan_merge(&leads(ids, count)?, &merge(user_id, team_id))?.frame())
    })
}

/// Makes one lead of several, of that salesperson and team (0: as the leads say). `merge_id` receives the number by which it can be taken
/// back, `out` the lead that was kept; the ids of the others go on naming it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_merge(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    user_id: i64,
    team_id: i64,
    merge_id: *mut i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let (merge_id, out) = (Out::at(merge_id, "merge_id")?, Out::at(out, "out")?);
        let merged = take(session)?.leads().merge(&leads(ids, count)?, &merge(user_id, team_id))?;
        merge_id.give(merged.merge_id);
        out.hand(shared(merged.head.row()));
        Ok(())
    })
}

/// Makes one lead of each of several sets, all or none: `sizes` says how many of `ids` are in each, one set behind the other. A row per
/// set: `merge_id`, `head` (the lead that was kept). End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_merge_clusters(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    sizes: *const usize,
    clusters: usize,
    user_id: i64,
    team_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let sets = sets(&leads(ids, count)?, array(sizes, clusters, "sizes")?)?;
        let mut frame = Frame::new([("merge_id", FieldKind::Int), ("head", FieldKind::Int)]);
        for merged in session.leads().merge_clusters(&sets, &merge(user_id, team_id))? {
            frame.push([merged.merge_id.into(), Value::from(merged.head.id)]);
        }
        Ok(frame)
    })
}

/// Ids in sets of those sizes, which take all of them.
fn sets<I: Id>(mut ids: &[I], sizes: &[usize]) -> Result<Vec<Vec<I>>> {
    let mut sets = Vec::with_capacity(sizes.len());
    for size in sizes {
        let Some((set, rest)) = ids.split_at_checked(*size) else { return Err(unfit()) };
        sets.push(set.to_vec());
        ids = rest;
    }
    if ids.is_empty() { Ok(sets) } else { Err(unfit()) }
}

fn unfit() -> Error {
    Error::invalid("sizes", "sizes: together they are not the number of ids")
}

/// Takes a merge back. A row per conflict, none if everything is as it was: `record` (its kind), `record_id`, `field`, and as text what it
/// was `before`, what was `merged`, and what it is `now` and stays, since it has changed in the meantime. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_unmerge(
    session: *const CrmSession,
    merge_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(session.leads().unmerge(merge_id)?.frame()))
}

/// The merges that there were, the newest first and at most `limit` of them (0: all): those that lead `id` was part of, kept or merged away
/// (0: of all leads). A row for each lead that was merged away: `merge_id`, `date`, `user_id`, `head_id` (the lead that was kept),
/// `merged_id`, `undone` (when it was taken back). End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_merges(
    session: *const CrmSession,
    id: i64,
    limit: usize,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let limit = (limit > 0).then_some(limit);
        Ok(MergeEntry::frame(&session.leads().merges(reference(id), limit)?))
    })
}

/// The lead that has the place of one that was merged away, through all merges since; 0 for one that stands for itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_lead_merged_into(
    session: *const CrmSession,
    id: i64,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(take(session)?.leads().merged_into(LeadId(id))?.map_or(0, |id| id.0));
        Ok(())
    })
}

/// What `crm_partner_merge` will do with these partners; writes nothing. Rows as those of `crm_lead_plan_merge`; what names a partner and
/// moves is `moved`, too, by table and field, such as `lead.partner_id`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_plan_merge(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    head_id: i64,
    user_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let merge = of_partners(head_id, user_id);
        Ok(session.partners().plan_merge(&partners(ids, count)?, &merge)?.frame())
    })
}

/// Makes one partner of several: `head_id` is kept (0: one in use, a company, the older), `user_id` looks after it (0: as they say). Their
/// leads and people are its own. `merge_id` receives the number by which it can be taken back, `out` the partner that was kept; the ids of
/// the others go on naming it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_merge(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    head_id: i64,
    user_id: i64,
    merge_id: *mut i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let (merge_id, out) = (Out::at(merge_id, "merge_id")?, Out::at(out, "out")?);
        let merge = of_partners(head_id, user_id);
        let merged = take(session)?.partners().merge(&partners(ids, count)?, &merge)?;
        merge_id.give(merged.merge_id);
        out.hand(shared(merged.head.row()));
        Ok(())
    })
}

/// Makes one partner of each of several sets, as `crm_lead_merge_clusters` does of leads. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_merge_clusters(
    session: *const CrmSession,
    ids: *const i64,
    count: usize,
    sizes: *const usize,
    clusters: usize,
    user_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let sets = sets(&partners(ids, count)?, array(sizes, clusters, "sizes")?)?;
        let mut frame = Frame::new([("merge_id", FieldKind::Int), ("head", FieldKind::Int)]);
        for merged in session.partners().merge_clusters(&sets, &of_partners(0, user_id))? {
            frame.push([merged.merge_id.into(), Value::from(merged.head.id)]);
        }
        Ok(frame)
    })
}

/// Takes a merge of partners back; rows as those of `crm_lead_unmerge`. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_unmerge(
    session: *const CrmSession,
    merge_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(session.partners().unmerge(merge_id)?.frame()))
}

/// The merges of partners that there were, as `crm_lead_merges` tells those of leads. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_merges(
    session: *const CrmSession,
    id: i64,
    limit: usize,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let limit = (limit > 0).then_some(limit);
        Ok(MergeEntry::frame(&session.partners().merges(reference(id), limit)?))
    })
}

/// The partner that has the place of one that was merged away, through all merges since; 0 for one that stands for itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_partner_merged_into(
    session: *const CrmSession,
    id: i64,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(take(session)?.partners().merged_into(PartnerId(id))?.map_or(0, |id| id.0));
        Ok(())
    })
}
