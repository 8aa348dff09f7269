//! Scores and forecasts.

use crm_core::base::{FieldKind, Frame, LeadId, RecordKind};
use crm_core::filter::Filter;
use crm_core::forecast::{Forecast, ForecastKey, ForecastQuery, board_frame};
use crm_core::score::{
    Backtest, Explanation, NearestDeal, ScoreConfig, ScoreFrequency, ScorePrediction, ScoreRun,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::frame::{Columns, frame};
use crate::progress::Hook;
use crate::session::{Session, instant};
use crate::value::{day, id as identify, moment};

#[pyfunction]
pub(crate) fn configure_score(
    session: &Session,
    py: Python<'_>,
    fields: Option<Vec<String>>,
    start_date: Option<&Bound<'_, PyAny>>,
    model: Option<String>,
) -> PyResult<()> {
    let start_date = start_date.map(|given| day("start_date", given)).transpose()?;
    session.ask(py, |core| core.score().configure(&ScoreConfig { fields, start_date, model }))
}

#[pyfunction]
pub(crate) fn score_configuration<'py>(
    session: &Session,
    py: Python<'py>,
) -> PyResult<Bound<'py, PyDict>> {
    let told = session.ask(py, |core| core.score().configuration())?;
    let facts = PyDict::new(py);
    facts.set_item("fields", told.fields)?;
    facts.set_item("start_date", told.start_date.to_chrono())?;
    facts.set_item("is_default_start", told.is_default_start)?;
    facts.set_item("model", told.model)?;
    Ok(facts)
}

#[pyfunction]
pub(crate) fn score_parameters(session: &Session, py: Python<'_>) -> PyResult<String> {
    session.ask(py, |core| core.score().parameters())
}

#[pyfunction]
pub(crate) fn score_health(
    session: &Session,
    py: Python<'_>,
    progress: Hook,
) -> PyResult<(Columns, Columns)> {
    let health = session.watch(py, &progress, |core, progress| core.score().health(progress))?;
    Ok((Columns::new(health.frame()), Columns::new(health.summary())))
}

#[pyfunction]
pub(crate) fn rebuild_score<'py>(
    session: &Session,
    py: Python<'py>,
    progress: Hook,
) -> PyResult<Bound<'py, PyDict>> {
    run(py, &session.watch(py, &progress, |core, progress| core.score().rebuild(progress))?)
}

#[pyfunction]
pub(crate) fn recompute_score<'py>(
    session: &Session,
    py: Python<'py>,
    progress: Hook,
) -> PyResult<Bound<'py, PyDict>> {
    run(py, &session.watch(py, &progress, |core, progress| core.score().recompute(progress))?)
}

#[pyfunction]
pub(crate) fn backtest_score(
    session: &Session,
    py: Python<'_>,
    fields: Option<Vec<String>>,
    start: Option<&Bound<'_, PyAny>>,
    at: &str,
    model: Option<String>,
    progress: Hook,
) -> PyResult<(Columns, Columns, Columns)> {
    let start = start.map(|given| day("start", given)).transpose()?;
    let report = session.watch(py, &progress, |core, progress| {
        core.score().backtest(&Backtest { fields, start, at: at.parse()?, model }, progress)
    })?;
    let tables = [report.frame(), report.summary(), report.reliability()];
    Ok(tables.map(Columns::new).into())
}

#[pyfunction]
pub(crate) fn predict_score<'py>(
    session: &Session,
    py: Python<'py>,
    filter: Option<&str>,
    as_of: Option<&Bound<'py, PyAny>>,
    progress: Hook,
) -> PyResult<Bound<'py, PyAny>> {
    let as_of = as_of.map(|given| moment("as_of", given)).transpose()?;
    let rows = session.watch(py, &progress, |core, progress| {
        let filter = filter.map(Filter::parse).transpose()?;
        core.score().predict(filter.as_ref(), as_of, progress)
    })?;
    frame(py, ScorePrediction::frame(&rows))
}

#[pyfunction]
pub(crate) fn score_frequencies<'py>(
    session: &Session,
    py: Python<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let rows = session.ask(py, |core| core.score().frequencies())?;
    frame(py, ScoreFrequency::frame(&rows))
}

#[pyfunction]
pub(crate) fn explain_score<'py>(
    session: &Session,
    lead_id: &Bound<'py, PyAny>,
) -> PyResult<(Columns, Bound<'py, PyDict>)> {
    let py = lead_id.py();
    let lead = LeadId(identify("lead_id", RecordKind::Lead, lead_id)?);
    explanation(py, session.ask(py, |core| core.score().explain(lead))?)
}

#[pyfunction]
pub(crate) fn nearest_deals<'py>(
    session: &Session,
    lead_id: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = lead_id.py();
    let lead = LeadId(identify("lead_id", RecordKind::Lead, lead_id)?);
    let deals = session.ask(py, |core| core.score().nearest(lead))?;
    frame(py, NearestDeal::frame(&deals))
}

#[pyfunction]
pub(crate) fn board<'py>(
    session: &Session,
    py: Python<'py>,
    filter: Option<&str>,
    as_of: Option<&Bound<'py, PyAny>>,
    axis: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let as_of = instant(py, as_of, axis)?;
    let table = session.ask(py, |core| {
        let filter = filter.map(Filter::parse).transpose()?;
        let columns = match as_of {
            Some(as_of) => core.forecast().board_as_of(filter.as_ref(), as_of),
            None => core.forecast().board(filter.as_ref()),
        };
        Ok(board_frame(&columns?))
    })?;
    frame(py, table)
}

#[pyfunction]
pub(crate) fn weighted_forecast<'py>(
    session: &Session,
    py: Python<'py>,
    by: Vec<String>,
    filter: Option<&str>,
    zone: String,
    as_of: Option<&Bound<'_, PyAny>>,
    axis: &str,
) -> PyResult<(Columns, Columns)> {
    let as_of = instant(py, as_of, axis)?;
    session.ask(py, |core| {
        let by = by.iter().map(|key| ForecastKey::from_name(key)).collect::<Result<_, _>>()?;
        let filter = filter.map(Filter::parse).transpose()?;
        let forecast = core.forecast().weighted(&ForecastQuery { by, filter, zone, as_of })?;
        Ok((Columns::new(forecast.frame()), Columns::new(totals(&forecast))))
    })
}

fn totals(forecast: &Forecast) -> Frame {
    let mut frame = Frame::new([
        ("currency", FieldKind::Text),
        ("count", FieldKind::Int),
        ("expected_revenue", FieldKind::Money),
        ("weighted_revenue", FieldKind::Money),
    ]);
    for total in &forecast.totals {
        frame.push([
            total.currency.code().into(),
            total.count.into(),
            total.expected_revenue.into(),
            total.weighted_revenue.into(),
        ]);
    }
    frame
}

fn explanation(py: Python<'_>, explanation: Explanation) -> PyResult<(Columns, Bound<'_, PyDict>)> {
    let facts = PyDict::new(py);
    facts.set_item("lead_id", explanation.lead_id.0)?;
    facts.set_item("probability", explanation.probability.percent())?;
    facts.set_item("automated_probability", explanation.automated_probability.percent())?;
    facts.set_item("is_stale", explanation.is_stale)?;
    let typed = explanation.manual_probability.map(crm_core::Probability::percent);
    facts.set_item("manual_probability", typed)?;
    facts.set_item("stage_probability", explanation.stage_probability.percent())?;
    facts.set_item("policy", explanation.policy.word())?;
    facts.set_item("source", explanation.source.word())?;
    facts.set_item("base", explanation.base)?;
    facts.set_item("base_log_odds", explanation.base_log_odds)?;
    facts.set_item("raw", explanation.raw)?;
    facts.set_item("automated_source", explanation.automated_source.word())?;
    facts.set_item("stage_source", explanation.stage_source.word())?;
    Ok((Columns::new(explanation.frame()), facts))
}

fn run<'py>(py: Python<'py>, run: &ScoreRun) -> PyResult<Bound<'py, PyDict>> {
    let facts = PyDict::new(py);
    facts.set_item("run", run.run)?;
    facts.set_item("counted", run.counted)?;
    facts.set_item("before_start", run.before_start)?;
    facts.set_item("scored", run.scored)?;
    facts.set_item("changed", run.changed)?;
    Ok(facts)
}
