//! The one way into the core: the interpreter is released, panics stop here, errors become exceptions.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crm_core::base::{Error, Result};
use pyo3::prelude::*;

use crate::error::raise;

/// Runs `work` without the interpreter, so that other threads go on, and so that no lock of the core is ever waited for with it.
pub(crate) fn call<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    // What `work` held is dropped with it; the core rolls its transaction back when it unwinds.
    let outcome = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    let outcome = outcome.unwrap_or_else(|payload| Err(Error::bug(said(&*payload))));
    outcome.map_err(|error| raise(py, &error))
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    format!("the library panicked: {}", text.unwrap_or("without a word"))
}
