//! The audit: who changed what, and whether it is as it was sealed.

use crm_core::{AuditQuery, Error, FeedEntry, Result, Timestamp};

use crate::catalog;
use crate::desk::{moment, size, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmSession, CrmStatus, CrmStr};
use crate::edge::optional_text;

fn instant(micros: *const i64) -> Result<Option<Timestamp>> {
    moment(micros)?.map(Timestamp::from_micros).transpose()
}

/// Who changed what, the newest first, also of records that are gone: a row per entry of the feed, as `crm_feed` has them, but that the kind of
/// record is called `record`. `kind` is a kind of record (`CRM_KIND_LEAD`, …) or -1 for all; `id` one of them, `user_id` who did it, `event` what
/// happened, such as `setting.changed`; `since` and `until` point at microseconds since 1970 (from that one on, before that one);
/// `before` is the last `seq` of the page before; 0, empty and null narrow nothing. An administrator of all companies reads all, others of
/// records that they see now, and what is set up for all. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_audit_find(
    session: *const CrmSession,
    kind: i32,
    id: i64,
    user_id: i64,
    event: CrmStr,
    since: *const i64,
    until: *const i64,
    before: i64,
    limit: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let some = |number: i64| (number != 0).then_some(number);
        let query = AuditQuery {
            record: if kind == -1 { None } else { Some(catalog::kind(kind)?) },
            id: some(id),
            user_id: some(user_id).map(Into::into),
            event: optional_text(event, "event")?.map(str::to_owned),
            since: instant(since)?,
            until: instant(until)?,
            before: some(before),
            limit: size(limit, "limit")?,
        };
        Ok(FeedEntry::frame(session.audit().find(&query)?))
    })
}

/// Seals what was told since the last time: each entry gets a digest over the one before and itself. One row: `seq` of the last entry,
/// `digest` (SHA-256, hexadecimal), `sealed` (how many now). Kept elsewhere, `seq` and `digest` show that the chain was not written anew.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_audit_seal(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(session.audit().seal()?.frame()))
}

/// Whether sealed entries are what they were. `seq` and `digest` of a seal that was kept elsewhere, or 0 and empty. One row: `seq` and
/// `digest` of the last entry, `sealed` (how many are, and hold), `erased` (of how many what identified a person was erased), `unsealed` (how many came since),
/// `broken` (the first that is not what was sealed, or null) and `problem`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_audit_verify(
    session: *const CrmSession,
    seq: i64,
    digest: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let known = optional_text(digest, "digest")?;
        if seq != 0 && known.is_none() {
            return Err(Error::invalid("digest", "digest: give that of the seal, or 0 as its seq"));
        }
        Ok(session.audit().verify(known.map(|digest| (seq, digest)))?.frame())
    })
}
