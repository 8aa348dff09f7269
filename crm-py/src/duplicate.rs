//! Duplicates: of one record, of a candidate, of all.

use crm_core::base::{LeadId, PartnerId, RecordKind};
use crm_core::duplicate::{
    Duplicate, DuplicateCluster, DuplicateOf, DuplicateQuery, DuplicateScan,
};
use pyo3::prelude::*;

use crate::error::invalid;
use crate::fields::fields;
use crate::frame::{Columns, frame};
use crate::progress::Hook;
use crate::session::{Session, kind_of};
use crate::value::{id, text, truth, whole};

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python's arguments, one by one")]
pub(crate) fn find_duplicates(
    session: &Session,
    py: Python<'_>,
    lead_id: Option<&Bound<'_, PyAny>>,
    partner_id: Option<&Bound<'_, PyAny>>,
    candidate: Option<&Bound<'_, PyAny>>,
    record: &Bound<'_, PyAny>,
    include_lost: &Bound<'_, PyAny>,
    include_won: &Bound<'_, PyAny>,
) -> PyResult<Columns> {
    let asked = kind_of(py, &text("record", record)?)?;
    let include_lost = truth("include_lost", include_lost)?;
    let include_won = truth("include_won", include_won)?;
    let (of, kind) = match (lead_id, partner_id, candidate) {
        (Some(lead), None, None) => {
            let lead = LeadId(id("lead_id", RecordKind::Lead, lead)?);
            (DuplicateOf::Lead(lead), RecordKind::Lead)
        }
        (None, Some(partner), None) => {
            let partner = PartnerId(id("partner_id", RecordKind::Partner, partner)?);
            (DuplicateOf::Partner(partner), RecordKind::Partner)
        }
        (None, None, Some(candidate)) => {
            (DuplicateOf::Candidate(asked, fields(asked, candidate)?), asked)
        }
        _ => {
            let hint = "give one of lead_id, partner_id and candidate";
            return Err(invalid(py, "candidate", hint));
        }
    };
    let query = DuplicateQuery { of, include_lost, include_won };
    let found = session.ask(py, |core| core.duplicates().find(&query))?;
    Ok(Columns::new(Duplicate::frame(&found, kind)))
}

#[pyfunction]
pub(crate) fn scan_duplicates<'py>(
    session: &Session,
    py: Python<'py>,
    record: &Bound<'py, PyAny>,
    least: &Bound<'py, PyAny>,
    include_lost: &Bound<'py, PyAny>,
    progress: Hook,
) -> PyResult<Bound<'py, PyAny>> {
    let scan = DuplicateScan {
        record: kind_of(py, &text("record", record)?)?,
        least: whole("least", least)?,
        include_lost: truth("include_lost", include_lost)?,
    };
    let found =
        session.watch(py, &progress, |core, progress| core.duplicates().scan(&scan, progress))?;
    frame(py, DuplicateCluster::frame(&found, scan.record))
}
