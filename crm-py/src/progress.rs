//! Long calls: telling the host how far they are, being told to stop, and hearing Ctrl-C.
//!
//! The core tells its progress from within the call; only then the interpreter is taken back. What the host's callback raises stops the
//! work and is raised in place of the core's `CancelledError`.

use crm_core::base::Result;
use crm_core::progress::Progress;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::call::{call, call_back};

/// A callable `(done, total)`, or nothing.
pub(crate) type Hook = Option<Py<PyAny>>;

/// Runs `work`, which tells its progress; an answer of `False` stops it.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    hook: &Hook,
    work: impl FnOnce(&mut Progress<'_>) -> Result<T> + Send,
) -> PyResult<T> {
    let mut raised = None;
    let outcome = call(py, || {
        let mut tell = |done: u64, total: u64| {
            call_back(|py| asked(py, hook.as_ref(), done, total)).unwrap_or_else(|error| {
                raised = Some(error);
                false
            })
        };
        work(&mut Progress::new(&mut tell))
    });
    match raised {
        Some(error) => Err(error),
        None => outcome,
    }
}

fn asked(py: Python<'_>, hook: Option<&Py<PyAny>>, done: u64, total: u64) -> PyResult<bool> {
    let Some(hook) = hook else { return Ok(true) };
    let answer = hook.bind(py).call1((done, total))?;
    Ok(!answer.is(PyBool::new(py, false)))
}
