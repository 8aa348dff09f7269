//! What the desk of targets knows beyond creating and changing them: what was reached, and how far that is.

use crm_core::{Record as _, TargetFeed, TargetId, Timestamp, Value};

use crate::desk::{filter, one, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmRecord, CrmSession, CrmStatus, CrmStr};
use crate::edge::value::parse_exact;
use crate::edge::{array, optional_text};

/// Says what was reached, by the host's own books: `amount`, in words such as `12.50`, of a target in money; `count` of one that counts. The other
/// one is empty, or null. `at_micros` says as of when, in microseconds since 1970-01-01T00:00:00Z; null: now. `CRM_E_INVALID` for the metrics
/// `won_revenue` and `won_count`, which are reckoned. `out` receives the target as stored; end it with `crm_record_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_feed(
    session: *const CrmSession,
    id: i64,
    amount: CrmStr,
    count: *const i64,
    at_micros: *const i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let amount = optional_text(amount, "amount")?;
        let amount = amount.map(|text| parse_exact(text, "amount")).transpose()?;
        let pointed = |at: *const i64, name| {
            Ok(array(at, usize::from(!at.is_null()), name)?.first().copied())
        };
        let count: Option<i64> = pointed(count, "count")?;
        let at = pointed(at_micros, "at_micros")?.map(Timestamp::from_micros).transpose()?;
        let fed = TargetFeed {
            amount: amount.map_or(Value::Null, Value::Decimal),
            count: count.into(),
            at,
        };
        Ok(session.targets().feed(TargetId(id), &fed)?.row())
    })
}

/// How far targets are, a row for each that matches the filter; empty: all active ones. `id`, `name`, `team_id`, `user_id`, `metric`, `unit`,
/// `currency`, `date_from`, `date_to`, `goal`, `actual` (empty: unknown), `date_actual`, `attainment`, `gap`, `pace`, `state` (`unknown`, `open`,
/// `achieved`, `missed`), `left_out`. Reckoned of the leads that the session's user sees; `below`: a team's target counts the leads of teams below
/// it, too. End `out` with `crm_frame_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_target_attainment(
    session: *const CrmSession,
    filter: CrmStr,
    below: bool,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        session.targets().attainment(self::filter(filter)?.as_ref(), below)
    })
}
