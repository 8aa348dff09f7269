//! The database as one user sees it: the native half of `crm.Session` and of every desk.
//!
//! Methods are named as the verbs are; the kind of record comes first where a verb serves all desks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{ThreadId, current};

use crm_core::base::{AsOf, Error, Record as _, RecordKind, Result, Row};
use crm_core::filter::Filter;
use crm_core::progress::Progress;
use crm_core::record::Lead;
use crm_core::{Find, LeadId, Leads};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::call::{call, not_called_back};
use crate::error::{invalid, raise};
use crate::fields::fields;
use crate::frame::frame;
use crate::progress::{Hook, watched};
use crate::record::{record, records};
use crate::value::{id, moment, number, target, version_of};

/// One database as one user; `crm.Session` is its face.
#[pyclass(frozen, module = "crm._crm")]
#[derive(Debug)]
pub(crate) struct Session {
    core: crm_core::Session,
    /// The thread whose `atomic` is open.
    owner: Mutex<Option<ThreadId>>,
}

impl Session {
    pub(crate) const fn new(core: crm_core::Session) -> Self {
        Self { core, owner: Mutex::new(None) }
    }

    /// The session of the core. An open `atomic` belongs to the thread that opened it: another one would write into a transaction that
    /// it knows nothing of, so it is told.
    fn core(&self, py: Python<'_>) -> PyResult<&crm_core::Session> {
        match *self.owner() {
            Some(owner) if owner != current().id() => {
                let told = "this session's open transaction belongs to another thread; use a session of your own";
                Err(raise(py, &Error::conflict(told)))
            }
            _ => Ok(&self.core),
        }
    }

    /// Asks the core, without the interpreter.
    pub(crate) fn ask<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&crm_core::Session) -> Result<T> + Send,
    ) -> PyResult<T> {
        let core = self.core(py)?;
        call(py, || work(core))
    }

    /// Asks for something long, which tells its progress.
    pub(crate) fn watch<T: Send>(
        &self,
        py: Python<'_>,
        hook: &Hook,
        work: impl FnOnce(&crm_core::Session, &mut Progress<'_>) -> Result<T> + Send,
    ) -> PyResult<T> {
        let core = self.core(py)?;
        watched(py, hook, |progress| work(core, progress))
    }

    /// Whether an `atomic` is open.
    pub(crate) fn has_open_atomic(&self) -> bool {
        self.owner().is_some()
    }

    /// Ends the open `atomic`; however that goes, it is open no longer.
    fn end(&self, py: Python<'_>, end: fn(&crm_core::Session) -> Result<()>) -> PyResult<()> {
        let core = self.core(py)?;
        *self.owner() = None;
        call(py, || end(core))
    }

    fn owner(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A verb on one lead, or on several.
    pub(crate) fn verb<'py>(
        &self,
        given: &Bound<'py, PyAny>,
        work: impl FnOnce(Leads<'_>, &[LeadId]) -> Result<Vec<Lead>> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.verb_on(given, |leads, ids, _| work(leads, ids))
    }

    /// The same for a verb to which it matters whether one lead was named or several.
    pub(crate) fn verb_on<'py>(
        &self,
        given: &Bound<'py, PyAny>,
        work: impl FnOnce(Leads<'_>, &[LeadId], bool) -> Result<Vec<Lead>> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = given.py();
        let (ids, many) = target(RecordKind::Lead, given)?;
        let ids: Vec<LeadId> = ids.into_iter().map(LeadId).collect();
        let rows = self.ask(py, |core| {
            let leads = work(core.leads(), &ids, many)?;
            Ok(leads.iter().map(Lead::row).collect::<Vec<_>>())
        })?;
        answer(py, rows, many)
    }
}

#[pymethods]
impl Session {
    fn create<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        items: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let kind = kind_of(py, kind)?;
        let drafts = items.iter().map(|item| fields(kind, item)).collect::<PyResult<Vec<_>>>()?;
        records(py, self.ask(py, |core| core.desk(kind).create(drafts))?)
    }

    fn get<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        id: &Bound<'py, PyAny>,
        as_of: Option<&Bound<'py, PyAny>>,
        axis: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kind = kind_of(py, kind)?;
        let id = self::id("id", kind, id)?;
        let as_of = instant(py, as_of, axis)?;
        let row = self.ask(py, |core| match as_of {
            Some(as_of) => core.desk(kind).get_as_of(id, as_of),
            None => core.desk(kind).get(id),
        })?;
        record(py, row)
    }

    fn get_external<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        system: &str,
        name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kind = kind_of(py, kind)?;
        record(py, self.ask(py, |core| core.desk(kind).get_external(system, name))?)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a question, named in Python")]
    fn find<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        filter: Option<&str>,
        order: Option<String>,
        limit: Option<&Bound<'py, PyAny>>,
        offset: &Bound<'py, PyAny>,
        as_of: Option<&Bound<'py, PyAny>>,
        axis: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        let kind = kind_of(py, kind)?;
        let (limit, offset) = part(limit, offset)?;
        let as_of = instant(py, as_of, axis)?;
        let rows = self.ask(py, |core| {
            let filter = filter.map(Filter::parse).transpose()?;
            core.desk(kind).find(&Find { filter, order, limit, offset, as_of })
        })?;
        records(py, rows)
    }

    fn count(
        &self,
        py: Python<'_>,
        kind: &str,
        filter: Option<&str>,
        as_of: Option<&Bound<'_, PyAny>>,
        axis: &str,
    ) -> PyResult<i64> {
        let kind = kind_of(py, kind)?;
        let as_of = instant(py, as_of, axis)?;
        self.ask(py, |core| {
            let filter = filter.map(Filter::parse).transpose()?;
            match as_of {
                Some(as_of) => core.desk(kind).count_as_of(filter.as_ref(), as_of),
                None => core.desk(kind).count(filter.as_ref()),
            }
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a question, named in Python")]
    fn frame<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        filter: Option<&str>,
        order: Option<String>,
        limit: Option<&Bound<'py, PyAny>>,
        offset: &Bound<'py, PyAny>,
        columns: Option<Vec<String>>,
        as_of: Option<&Bound<'py, PyAny>>,
        axis: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kind = kind_of(py, kind)?;
        let (limit, offset) = part(limit, offset)?;
        let as_of = instant(py, as_of, axis)?;
        let table = self.ask(py, |core| {
            let filter = filter.map(Filter::parse).transpose()?;
            let columns = columns.as_ref().map(|names| names.iter().map(String::as_str).collect());
            let columns: Option<Vec<&str>> = columns;
            let find = Find { filter, order, limit, offset, as_of };
            core.desk(kind).frame(&find, columns.as_deref())
        })?;
        frame(py, table)
    }

    fn update<'py>(
        &self,
        kind: &str,
        id: &Bound<'py, PyAny>,
        fields: &Bound<'py, PyDict>,
        expected_version: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = id.py();
        let kind = kind_of(py, kind)?;
        let (ids, many) = target(kind, id)?;
        let mut changes = self::fields(kind, fields.as_any())?;
        if let Some(version) = expected_version {
            changes.expected_version = Some(version_of(version)?);
        }
        let rows = self.ask(py, |core| core.desk(kind).update(&ids, changes))?;
        answer(py, rows, many)
    }

    fn delete(&self, kind: &str, id: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = id.py();
        let kind = kind_of(py, kind)?;
        let (ids, _) = target(kind, id)?;
        self.ask(py, |core| core.desk(kind).delete(&ids))
    }

    fn begin(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, |core| core.begin())?;
        *self.owner() = Some(current().id());
        Ok(())
    }

    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, crm_core::Session::commit)
    }

    fn rollback(&self, py: Python<'_>) -> PyResult<()> {
        self.end(py, crm_core::Session::rollback)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        not_called_back(py)?;
        py.detach(|| self.core.close());
        *self.owner() = None;
        Ok(())
    }
}

/// At most how many, after how many.
fn part(
    limit: Option<&Bound<'_, PyAny>>,
    offset: &Bound<'_, PyAny>,
) -> PyResult<(Option<usize>, usize)> {
    let limit = limit.map(|limit| number("limit", limit)).transpose()?;
    Ok((limit, number("offset", offset)?))
}

/// The instant of the past that is asked about, if one is.
pub(crate) fn instant(
    py: Python<'_>,
    as_of: Option<&Bound<'_, PyAny>>,
    axis: &str,
) -> PyResult<Option<AsOf>> {
    let at = as_of.map(|given| moment("as_of", given)).transpose()?;
    // A word that is no axis is told even where the present is asked about.
    let on = AsOf::on(at.unwrap_or_default(), Some(axis)).map_err(|error| raise(py, &error))?;
    Ok(at.map(|_| on))
}

/// One record for one id, a list for a list.
pub(crate) fn answer(py: Python<'_>, mut rows: Vec<Row>, many: bool) -> PyResult<Bound<'_, PyAny>> {
    match rows.pop() {
        Some(row) if !many => record(py, row),
        last => {
            rows.extend(last);
            records(py, rows).map(Bound::into_any)
        }
    }
}

/// The kind of record of that name.
pub(crate) fn kind_of(py: Python<'_>, name: &str) -> PyResult<RecordKind> {
    RecordKind::from_name(name).ok_or_else(|| {
        let known: Vec<_> = RecordKind::ALL.iter().map(|kind| kind.name()).collect();
        invalid(
            py,
            "record",
            format_args!("{name:?} is no kind of record; there are {}", known.join(", ")),
        )
    })
}
