//! One open file: the native half of `crm.Crm`.

use std::path::PathBuf;
use std::sync::Arc;

use crm_core::base::{RecordKind, UserId};
use crm_core::{Crm, CrmOptions, FeedEntry, UserRef};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::call::{call, go_on, not_called_back};
use crate::frame::frame;
use crate::progress::{Hook, watched};
use crate::session::Session;
use crate::value::{id, moment, number, text_of};

/// An open database; `crm.Crm` is its face.
#[pyclass(frozen, module = "crm._crm")]
#[derive(Debug)]
pub(crate) struct Database(Crm);

#[pymethods]
impl Database {
    #[new]
    fn new(
        py: Python<'_>,
        target: &str,
        currency: String,
        default_data: bool,
        busy_timeout_ms: u32,
        full_sync: bool,
        threads: u32,
    ) -> PyResult<Self> {
        let options = CrmOptions { currency, default_data, busy_timeout_ms, full_sync, threads };
        call(py, || Crm::open_with(target, &options)).map(Self)
    }

    fn session(
        &self,
        py: Python<'_>,
        user: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Session> {
        let user = user.map(user_ref).transpose()?;
        let now = now.map(|now| moment("now", now)).transpose()?;
        call(py, || self.0.session_asking(user, now, Some(Arc::new(go_on)))).map(Session::new)
    }

    fn backup(&self, py: Python<'_>, path: PathBuf, progress: Hook) -> PyResult<()> {
        watched(py, &progress, |progress| self.0.backup(&path, progress))
    }

    fn verify(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        call(py, || self.0.verify())
    }

    fn repair(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        call(py, || self.0.repair())
    }

    fn feed<'py>(
        &self,
        after: &Bound<'py, PyAny>,
        limit: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = after.py();
        let after = i64::try_from(number("after", after)?).unwrap_or(i64::MAX);
        let limit = number("limit", limit)?;
        let entries = call(py, || self.0.feed(after, limit))?;
        frame(py, FeedEntry::frame(entries))
    }

    fn interrupt(&self, py: Python<'_>) {
        py.detach(|| self.0.interrupt());
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        not_called_back(py)?;
        py.detach(|| self.0.close());
        Ok(())
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

/// Moves a whole database to another place.
#[pyfunction]
pub(crate) fn copy_database<'py>(
    py: Python<'py>,
    from: &str,
    to: &str,
    progress: Hook,
) -> PyResult<Bound<'py, PyAny>> {
    let report = watched(py, &progress, |progress| crm_core::copy(from, to, progress))?;
    frame(py, report)
}

fn user_ref(user: &Bound<'_, PyAny>) -> PyResult<UserRef> {
    match user.cast::<PyString>() {
        Ok(login) => text_of("user", login).map(UserRef::Login),
        Err(_) => id("user", RecordKind::User, user).map(|id| UserRef::Id(UserId(id))),
    }
}
