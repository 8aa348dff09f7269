//! The forecast: what open deals should bring, weighted by their chance.

use crm_core::forecast::{Forecast, ForecastKey, ForecastQuery, board_frame};
use crm_core::{AsOf, FieldKind, Frame, Result, Session};

use crate::desk::{as_of, filter, names, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmSession, CrmStatus, CrmStr};
use crate::edge::optional_text;

fn weighted(
    session: &Session,
    by: CrmStr,
    matching: CrmStr,
    zone: CrmStr,
    as_of: Option<AsOf>,
) -> Result<Forecast> {
    let keys = names(by, "by")?.unwrap_or_default();
    let mut query = ForecastQuery {
        by: keys.into_iter().map(ForecastKey::from_name).collect::<Result<_>>()?,
        filter: filter(matching)?,
        as_of,
        ..ForecastQuery::default()
    };
    if let Some(zone) = optional_text(zone, "zone")? {
        zone.clone_into(&mut query.zone);
    }
    session.forecast().weighted(&query)
}

/// The weighted forecast as a table. `by` names its groups, such as `month, team_id` (of `month quarter team_id user_id stage_id
/// company_id`); `zone` says where a day begins, such as "Europe/Paris". All three texts may be empty. Columns: the groups
/// (`period_start` and `period_end` for periods), `currency`, `bucket` (won open overdue undated), `count`, `expected_revenue`,
/// `weighted_revenue`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_forecast_weighted(
    session: *const CrmSession,
    by: CrmStr,
    filter: CrmStr,
    zone: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(weighted(session, by, filter, zone, None)?.frame()))
}

/// The totals of the weighted forecast, one row per currency: `currency`, `count`, `expected_revenue`, `weighted_revenue`, the last
/// rounded once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_forecast_total(
    session: *const CrmSession,
    filter: CrmStr,
    zone: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        Ok(totals(weighted(session, CrmStr::default(), filter, zone, None)?))
    })
}

fn totals(forecast: Forecast) -> Frame {
    let mut frame = Frame::new([
        ("currency", FieldKind::Text),
        ("count", FieldKind::Int),
        ("expected_revenue", FieldKind::Money),
        ("weighted_revenue", FieldKind::Money),
    ]);
    for total in forecast.totals {
        frame.push([
            total.currency.code().into(),
            total.count.into(),
            total.expected_revenue.into(),
            total.weighted_revenue.into(),
        ]);
    }
    frame
}

/// The board: what stands in each stage now, per currency; open stages show open deals, won stages won ones, empty ones stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_forecast_board(
    session: *const CrmSession,
    filter: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let filter = crate::desk::filter(filter)?;
        Ok(board_frame(&session.forecast().board(filter.as_ref())?))
    })
}

/// `crm_forecast_weighted` as of an instant, in microseconds since 1970-01-01T00:00:00Z: what was won later is open then, and what is
/// overdue is decided by that day. `axis`: `effective` (empty: so) counts what was true then by what is known now, `known` what was
/// known then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_forecast_weighted_as_of(
    session: *const CrmSession,
    by: CrmStr,
    filter: CrmStr,
    zone: CrmStr,
    as_of_micros: i64,
    axis: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let as_of = as_of(as_of_micros, axis)?;
        Ok(weighted(session, by, filter, zone, Some(as_of))?.frame())
    })
}

/// `crm_forecast_total` as of an instant; as `crm_forecast_weighted_as_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_forecast_total_as_of(
    session: *const CrmSession,
    filter: CrmStr,
    zone: CrmStr,
    as_of_micros: i64,
    axis: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let as_of = as_of(as_of_micros, axis)?;
        Ok(totals(weighted(session, CrmStr::default(), filter, zone, Some(as_of))?))
    })
}

/// `crm_forecast_board` as of an instant, in today's stages; as `crm_forecast_weighted_as_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_forecast_board_as_of(
    session: *const CrmSession,
    filter: CrmStr,
    as_of_micros: i64,
    axis: CrmStr,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let (filter, as_of) = (crate::desk::filter(filter)?, as_of(as_of_micros, axis)?);
        Ok(board_frame(&session.forecast().board_as_of(filter.as_ref(), as_of)?))
    })
}
