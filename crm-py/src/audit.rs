//! The audit: who changed what, and whether it is as it was sealed.

use crm_core::base::RecordKind;
use crm_core::{AuditQuery, AuditState, FeedEntry};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::invalid;
use crate::frame::frame;
use crate::lead::optional;
use crate::session::{Session, kind_of};
use crate::value::{id as identify, moment, number, shown};

type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python's arguments, one by one")]
pub(crate) fn find_audit<'py>(
    session: &Session,
    py: Python<'py>,
    record: Option<&str>,
    id: Given<'_, 'py>,
    user_id: Given<'_, 'py>,
    event: Option<String>,
    since: Given<'_, 'py>,
    until: Given<'_, 'py>,
    before: Given<'_, 'py>,
    limit: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let record = record.map(|name| kind_of(py, name)).transpose()?;
    let of = record.unwrap_or(RecordKind::Lead);
    let query = AuditQuery {
        record,
        id: id.map(|id| identify("id", of, id)).transpose()?,
        user_id: optional("user_id", RecordKind::User, user_id)?,
        event,
        since: since.map(|since| moment("since", since)).transpose()?,
        until: until.map(|until| moment("until", until)).transpose()?,
        before: before
            .map(|seq| number("before", seq).map(|seq| i64::try_from(seq).unwrap_or(i64::MAX)))
            .transpose()?,
        limit: number("limit", limit)?,
    };
    frame(py, FeedEntry::frame(session.ask(py, |core| core.audit().find(&query))?))
}

#[pyfunction]
pub(crate) fn seal_audit(session: &Session, py: Python<'_>) -> PyResult<(i64, String, i64)> {
    let seal = session.ask(py, |core| core.audit().seal())?;
    Ok((seal.seq, seal.digest, seal.sealed))
}

#[pyfunction]
pub(crate) fn verify_audit<'py>(
    session: &Session,
    py: Python<'py>,
    known: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyDict>> {
    let known = known.map(|seal| {
        let pair = seal.extract::<(i64, String)>();
        pair.map_err(|_| {
            let told = format_args!("{} is neither a seal nor its number and digest", shown(seal));
            invalid(py, "seal", told)
        })
    });
    let known = known.transpose()?;
    let state = session.ask(py, |core| {
        core.audit().verify(known.as_ref().map(|(seq, digest)| (*seq, digest.as_str())))
    })?;
    let AuditState { seq, digest, sealed, erased, unsealed, broken, problem } = state;
    let dict = PyDict::new(py);
    dict.set_item("seq", seq)?;
    dict.set_item("digest", digest)?;
    dict.set_item("sealed", sealed)?;
    dict.set_item("erased", erased)?;
    dict.set_item("unsealed", unsealed)?;
    dict.set_item("broken", broken)?;
    dict.set_item("problem", problem)?;
    Ok(dict)
}
