//! CSV in and out. Files are the host's: opened in Python, read and written here with the interpreter taken back for each block.

use std::io::{BufReader, BufWriter, Error as IoError, Read, Result as IoResult, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crm_core::filter::Filter;
use crm_core::{Error, ErrorKind, ImportOptions, ImportReport, LinkPolicy, OnError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::call::call_back;
use crate::error::{invalid, raise};
use crate::frame::frame;
use crate::progress::Hook;
use crate::session::{Session, kind_of};
use crate::value::type_error;

/// Bytes that one call of the host's file moves.
const BLOCK: usize = 1 << 16;

/// What the host's file raised; it is raised in place of the core's complaint.
type Raised = Arc<Mutex<Option<PyErr>>>;

/// An open binary file of Python.
struct HostFile {
    file: Py<PyAny>,
    raised: Raised,
}

impl HostFile {
    fn new(file: &Bound<'_, PyAny>) -> (Self, Raised) {
        let raised = Raised::default();
        (Self { file: file.clone().unbind(), raised: raised.clone() }, raised)
    }

    fn attached<T>(&self, work: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<T>) -> IoResult<T> {
        call_back(|py| work(self.file.bind(py))).map_err(|error| {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            IoError::other("the host's file failed")
        })
    }
}

impl Read for HostFile {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        self.attached(|file| {
            let block = file.call_method1("read", (into.len(),))?;
            let block = block
                .cast::<PyBytes>()
                .map_err(|_| invalid(file.py(), "source", "open the file in binary mode"))?;
            let block = block.as_bytes();
            into.get_mut(..block.len())
                .ok_or_else(|| type_error("the file gave more than it was asked for"))?
                .copy_from_slice(block);
            Ok(block.len())
        })
    }
}

impl Write for HostFile {
    fn write(&mut self, from: &[u8]) -> IoResult<usize> {
        self.attached(|file| {
            let py = file.py();
            let written = file.call_method1("write", (PyBytes::new(py, from),))?;
            // Some files take all and say nothing; a raw one that says nothing took nothing.
            let silent = written.is_none() && !file.is_instance(raw_file(py)?)?;
            let count = if silent { Some(from.len()) } else { written.extract::<usize>().ok() };
            count.filter(|count| (1..=from.len()).contains(count)).ok_or_else(|| {
                let answer = written.repr().map_or_else(|_| "nonsense".into(), |it| it.to_string());
                let message = format!(
                    "the file's write() answered {answer} for {} bytes; it answers how many it took",
                    from.len()
                );
                raise(py, &Error::new(ErrorKind::Host, message))
            })
        })
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

fn raw_file(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "io", "RawIOBase")
}

fn first<T>(raised: &Raised, outcome: PyResult<T>) -> PyResult<T> {
    let raised = raised.lock().unwrap_or_else(PoisonError::into_inner).take();
    raised.map_or(outcome, Err)
}

#[pyfunction]
pub(crate) fn import_csv<'py>(
    session: &Session,
    record: &str,
    source: &Bound<'py, PyAny>,
    mapping: &Bound<'py, PyDict>,
    options: &Bound<'py, PyDict>,
    progress: Hook,
) -> PyResult<Bound<'py, PyDict>> {
    let py = source.py();
    let kind = kind_of(py, record)?;
    let mapping: Vec<(String, String)> =
        mapping.iter().map(|(column, field)| pair(py, &column, &field)).collect::<PyResult<_>>()?;
    let options = import_options(options)?;
    let (file, raised) = HostFile::new(source);
    let outcome = session.watch(py, &progress, |core, progress| {
        let mut blocks = BufReader::with_capacity(BLOCK, file);
        core.csv().import(kind, &mut blocks, &mapping, &options, progress)
    });
    report(py, first(&raised, outcome)?)
}

fn pair(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    field: &Bound<'_, PyAny>,
) -> PyResult<(String, String)> {
    let texts = column.extract::<String>().and_then(|column| Ok((column, field.extract()?)));
    let refuse =
        |_| invalid(py, "mapping", "names a field, as text, per column: {\"Deal\": \"name\"}");
    texts.map_err(refuse)
}

fn import_options(given: &Bound<'_, PyDict>) -> PyResult<ImportOptions> {
    let py = given.py();
    let item = |name: &str| given.as_any().get_item(name);
    let text = |name: &str| {
        let text = item(name)?.extract::<String>();
        text.map_err(|_| invalid(py, name, "is text"))
    };
    let letter = |name: &str| {
        let letter = item(name)?.extract::<char>();
        letter.map_err(|_| invalid(py, name, "is one character"))
    };
    let on_error = text("on_error")?;
    let mut options = ImportOptions {
        dry_run: item("dry_run")?.is_truthy()?,
        on_error: OnError::from_name(&on_error).ok_or_else(|| {
            invalid(py, "on_error", format_args!("{on_error:?} is neither \"skip\" nor \"abort\""))
        })?,
        zone: text("zone")?,
        decimal: letter("decimal")?,
        date_format: text("date_format")?,
        delimiter: letter("delimiter")?,
        safe_for_spreadsheets: item("safe_for_spreadsheets")?.is_truthy()?,
        ..ImportOptions::default()
    };
    for (link, policy) in item("policy")?.cast::<PyDict>()? {
        let (link, policy) = (link.str()?.to_string(), policy.str()?.to_string());
        let known = LinkPolicy::from_name(&policy).ok_or_else(|| {
            let known = "\"create\", \"error\" or \"skip\"";
            invalid(py, "policy", format_args!("{policy:?} for {link} is not {known}"))
        })?;
        options.policy.insert(link, known);
    }
    Ok(options)
}

fn report(py: Python<'_>, report: ImportReport) -> PyResult<Bound<'_, PyDict>> {
    let facts = PyDict::new(py);
    facts.set_item("rows", report.rows)?;
    facts.set_item("created", report.created)?;
    facts.set_item("updated", report.updated)?;
    facts.set_item("unchanged", report.unchanged)?;
    facts.set_item("skipped", report.skipped)?;
    facts.set_item("failed", report.failed)?;
    facts.set_item("errors", frame(py, report.errors)?)?;
    facts.set_item("plan_hash", report.plan_hash)?;
    Ok(facts)
}

fn desk(core: &crm_core::Session, safe: bool) -> crm_core::Csv<'_> {
    if safe { core.csv().safe_for_spreadsheets() } else { core.csv() }
}

#[pyfunction]
pub(crate) fn export_csv(
    session: &Session,
    record: &str,
    target: &Bound<'_, PyAny>,
    filter: Option<&str>,
    columns: Option<Vec<String>>,
    safe: bool,
) -> PyResult<u64> {
    let py = target.py();
    let kind = kind_of(py, record)?;
    let (file, raised) = HostFile::new(target);
    let outcome = session.ask(py, |core| {
        let filter = filter.map(Filter::parse).transpose()?;
        let columns: Option<Vec<&str>> =
            columns.as_ref().map(|names| names.iter().map(String::as_str).collect());
        let mut out = BufWriter::with_capacity(BLOCK, file);
        desk(core, safe).export(kind, &mut out, filter.as_ref(), columns.as_deref())
    });
    first(&raised, outcome)
}

#[pyfunction]
pub(crate) fn export_csv_file(
    session: &Session,
    py: Python<'_>,
    record: &str,
    target: PathBuf,
    filter: Option<&str>,
    columns: Option<Vec<String>>,
    safe: bool,
) -> PyResult<u64> {
    let kind = kind_of(py, record)?;
    session.ask(py, |core| {
        let filter = filter.map(Filter::parse).transpose()?;
        let columns: Option<Vec<&str>> =
            columns.as_ref().map(|names| names.iter().map(String::as_str).collect());
        desk(core, safe).export_file(kind, &target, filter.as_ref(), columns.as_deref())
    })
}
