//! The score: what it looks at, counting anew, and why a lead has its chance.

use std::ffi::c_void;
use std::sync::Arc;

use crm_core::base::frame::{Column, ColumnData};
use crm_core::score::{
    Backtest, BacktestAt, Explanation, NearestDeal, ScoreConfig, ScoreFrequency, ScorePrediction,
    ScoreRun,
};
use crm_core::{Frame, LeadId, Progress, Result, Session, Timestamp};

use crate::desk::{filter, moment, nothing, table};
use crate::edge::abi::{CrmError, CrmFrame, CrmSession, CrmStatus, CrmStr};
use crate::edge::option::{
    CRM_SCORE_FIELDS, CRM_SCORE_MODEL, CRM_SCORE_START_DATE, CrmScoreOptions, init, known_bits,
    read,
};
use crate::edge::progress::{Callback, CrmProgressFn};
use crate::edge::{Out, guard, optional_text, take, text, texts, value};

/// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_options_init(options: *mut CrmScoreOptions, struct_size: usize) {
    init(options, struct_size);
}

fn config(given: *const CrmScoreOptions) -> Result<ScoreConfig> {
    let given = read(given)?;
    known_bits(
        given.set_mask,
        CRM_SCORE_FIELDS | CRM_SCORE_START_DATE | CRM_SCORE_MODEL,
        "set_mask",
    )?;
    let mut config = ScoreConfig::default();
    if given.set_mask & CRM_SCORE_FIELDS != 0 {
        let fields = texts(given.fields, given.field_count, "fields")?;
        config.fields = Some(fields.map(|field| field.map(str::to_owned)).collect::<Result<_>>()?);
    }
    if given.set_mask & CRM_SCORE_START_DATE != 0 {
        config.start_date = Some(value::date_from_days(given.start_date_days)?);
    }
    if given.set_mask & CRM_SCORE_MODEL != 0 {
        config.model = Some(text(given.model, "model")?.to_owned());
    }
    Ok(config)
}

/// Changes how leads are scored and counts closed ones anew; scores of open leads are stale until `crm_score_recompute`. What `set_mask` leaves out stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_configure(
    session: *const CrmSession,
    options: *const CrmScoreOptions,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| session.score().configure(&config(options)?))
}

/// What is configured, one row: `model`, `start_date`, `is_default_start` (nobody has said one), and `fields` as a JSON list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_configuration(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(session.score().configuration()?.frame()))
}

/// What the model has learnt: one row, `parameters`, a JSON object with every weight, bin edge and level.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_parameters(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let text = ColumnData::Text(vec![Some(session.score().parameters()?)]);
        Ok(Frame::of(vec![column("parameters", text)]))
    })
}

/// Whether the evidence can be trusted; for administrators. `out` receives a row per field: `field`, `known` and `known_open` (shares of closed and open
/// leads that have a value), `values`, `signal` (0 says nothing, 1 knows the outcome), `drift`, `filled_after_closing` (the share
/// of values that came with the closing or after it), `filled_after_creation` (that were not there at the creation), `changed_after_creation` (that
/// were others then or not there), `findings`
/// (`nearly_perfect`, `filled_after_closing`, `filled_after_creation`, `changed_after_creation`, `mostly_missing`, `no_signal`, `drift`,
/// joined by `;`);
/// `out_summary` one row: `model`, `outcomes`, `won`, `before_start`, `outcomes_needed`, `won_needed`, `lost_needed`, `won_lately`,
/// `won_before`. `progress` may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_health(
    session: *const CrmSession,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    out_summary: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    let host = Callback { call: progress, user_data };
    guard(err, || {
        let (fields, summary) = (Out::at(out, "out")?, Out::at(out_summary, "out_summary")?);
        let mut tell = |done, total| host.tell(done, total);
        let health = take(session)?.score().health(&mut Progress::new(&mut tell))?;
        fields.hand(Arc::new(health.frame().into()));
        summary.hand(Arc::new(health.summary().into()));
        Ok(())
    })
}

fn run(
    session: *const CrmSession,
    host: Callback,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
    verb: impl FnOnce(&Session, &mut Progress<'_>) -> Result<ScoreRun>,
) -> CrmStatus {
    table(session, out, err, |session| {
        let mut tell = |done, total| host.tell(done, total);
        let run = verb(session, &mut Progress::new(&mut tell))?;
        let number = |number: u64| i64::try_from(number).ok();
        Ok(Frame::of(vec![
            column("run", ColumnData::Int(vec![run.run])),
            column("counted", ColumnData::Int(vec![number(run.counted)])),
            column("before_start", ColumnData::Int(vec![number(run.before_start)])),
            column("scored", ColumnData::Int(vec![number(run.scored)])),
            column("changed", ColumnData::Int(vec![number(run.changed)])),
        ]))
    })
}

/// Counts all closed leads anew, and scores all open ones. `out` receives one row: `run` (empty if no score changed), `counted`,
/// `before_start` (closed leads that did not count, being created before the start date), `scored`, `changed`. `progress` may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_rebuild(
    session: *const CrmSession,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    let host = Callback { call: progress, user_data };
    run(session, host, out, err, |session, progress| session.score().rebuild(progress))
}

/// Scores all open leads with what has been counted. The rest is as for `crm_score_rebuild`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_recompute(
    session: *const CrmSession,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    let host = Callback { call: progress, user_data };
    run(session, host, out, err, |session, progress| session.score().recompute(progress))
}

/// Replays history, for administrators: what would have been said of closed leads, each at its moment and by what was known then, also of fields that
/// were filled in since. `options` may be null;
/// its fields and model are those to try, its start date the first day of predictions. `at` is `created` (or empty), `stage_entry` or
/// `30_days_before_close`. `out` receives a row per prediction: `lead_id`, `predicted_at`, `probability`, `base_rate`, `outcome`,
/// `closed_at`; `out_summary` a row for the model, the base rate and `bayes`: `model`, `count`, `past_unknown` (predictions for
/// moments before the database was told of the lead: what the history does not keep counted as it was told first), `won`, `log_loss`,
/// `brier` and its parts, `auc`, `ece`; `out_reliability` the model's bins: `count`, `predicted`, `observed`. `progress` may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_backtest(
    session: *const CrmSession,
    options: *const CrmScoreOptions,
    at: CrmStr,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    out_summary: *mut *mut CrmFrame,
    out_reliability: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    let host = Callback { call: progress, user_data };
    guard(err, || {
        let rows = Out::at(out, "out")?;
        let summary = Out::at(out_summary, "out_summary")?;
        let reliability = Out::at(out_reliability, "out_reliability")?;
        let session = take(session)?;
        let asked = if options.is_null() { ScoreConfig::default() } else { config(options)? };
        let moments = optional_text(at, "at")?.map_or(Ok(BacktestAt::default()), str::parse)?;
        let asked = Backtest {
            fields: asked.fields,
            start: asked.start_date,
            at: moments,
            model: asked.model,
        };
        let mut tell = |done, total| host.tell(done, total);
        let report = session.score().backtest(&asked, &mut Progress::new(&mut tell))?;
        rows.hand(Arc::new(report.frame().into()));
        summary.hand(Arc::new(report.summary().into()));
        reliability.hand(Arc::new(report.reliability().into()));
        Ok(())
    })
}

/// What is said of the pending leads of a filter (empty: all that are not archived), without storing it: `lead_id`, `predicted_at`,
/// `probability`, `source`. `as_of_micros` may be null (as things stand) or point to a moment of the past, in microseconds since
/// 1970-01-01T00:00:00Z: then leads are judged by what was known of them and by the outcomes known then; the filter reads what the
/// history does not keep as it is now. `progress` may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_predict(
    session: *const CrmSession,
    filter: CrmStr,
    as_of_micros: *const i64,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    let host = Callback { call: progress, user_data };
    table(session, out, err, |session| predicted(session, filter, as_of_micros, &host))
}

fn predicted(
    session: &Session,
    matching: CrmStr,
    as_of_micros: *const i64,
    host: &Callback,
) -> Result<Frame> {
    let matching = filter(matching)?;
    let as_of = moment(as_of_micros)?.map(Timestamp::from_micros).transpose()?;
    let mut tell = |done, total| host.tell(done, total);
    let rows = session.score().predict(matching.as_ref(), as_of, &mut Progress::new(&mut tell))?;
    Ok(ScorePrediction::frame(&rows))
}

/// What was counted: a table with the columns `team_id`, `variable`, `value`, `is_changed` (whether leads are counted that were changed to
/// the value, else those that were created with it), `won_count`, `lost_count`. Both counts are leads and a tenth, as
/// the model `bayes` reads them, and `bayes` alone adds up stages: under other models a lead counts at the stage in which it was closed. Of
/// numbers and dates under `weighted`, values are bins.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_frequencies(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(ScoreFrequency::frame(&session.score().frequencies()?)))
}

/// Why a lead has its chance: a table with the columns `variable`, `value`, `log_odds` (above 0 speaks for winning), `share`,
/// `won_count`, `lost_count`, `bin` (the bounds by which a number or date counts, or null), `points` (by how many percentage points the
/// chance is higher than if this value alone weighed nothing), `is_changed` (whether the lead said something else when it was created, and
/// is judged by leads that were changed so); the first row, `base`, is the share won before anything is known of the lead.
/// A value that was never met weighs nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_explain(
    session: *const CrmSession,
    lead_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(explained(&session.score().explain(LeadId(lead_id))?)))
}

/// What a lead's chance is made of, one row beside `crm_score_explain`: `lead_id`; what the model says now, `probability` (percent) and
/// its `source`; the three numbers as they are stored, `automated_probability` (and `is_stale`, whether that is another one),
/// `manual_probability`, `stage_probability`; the `policy` that chooses among them; `base` and `raw` (0 to 1), `base_log_odds`; what the
/// stored numbers rest on, `automated_source` and `stage_source` (`none`: nothing was counted yet).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_explanation(
    session: *const CrmSession,
    lead_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| Ok(session.score().explain(LeadId(lead_id))?.head()))
}

/// The ten closed deals most like a lead by the configured fields, of the newest ones: `lead_id`, `likeness` (up to 1: every value
/// that the lead has and that was ever counted is shared), `shared` (names
/// of fields joined by `;`), `outcome` (`won` or `lost`), `closed_at`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_score_nearest(
    session: *const CrmSession,
    lead_id: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        Ok(NearestDeal::frame(&session.score().nearest(LeadId(lead_id))?))
    })
}

fn column(name: &str, data: ColumnData) -> Column {
    Column { name: name.to_owned(), data }
}

/// The rows of an explanation, the base before them.
fn explained(of: &Explanation) -> Frame {
    let with_base = |column: &Column| {
        let mut column = column.clone();
        match (&mut column.data, column.name.as_str()) {
            (ColumnData::Text(texts), "variable") => texts.insert(0, Some("base".to_owned())),
            (ColumnData::Text(texts), "value") => texts.insert(0, Some(String::new())),
            (ColumnData::Text(texts), _) => texts.insert(0, None),
            (ColumnData::Float(numbers), "log_odds") => numbers.insert(0, Some(of.base_log_odds)),
            (ColumnData::Float(numbers), "share") => numbers.insert(0, Some(of.base)),
            (ColumnData::Float(numbers), _) => numbers.insert(0, None),
            (ColumnData::Decimal(numbers), _) => numbers.insert(0, None),
            (ColumnData::Bool(truths), _) => truths.insert(0, None),
            _ => {}
        }
        column
    };
    Frame::of(of.frame().columns().iter().map(with_base).collect())
}
