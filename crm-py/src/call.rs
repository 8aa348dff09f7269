//! The one way into the core: the interpreter is released, panics stop here, errors become exceptions.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crm_core::base::{Error, Result};
use pyo3::prelude::*;

use crate::error::raise;

thread_local! {
    /// Whether this thread is in a callback of the host, within a call of ours.
    static CALLED_BACK: Cell<bool> = const { Cell::new(false) };
}

/// Runs what the host gave to be called in the middle of a call: with the interpreter, and without a way back into the library, which
/// would wait for the call that waits for it.
pub(crate) fn call_back<T>(work: impl FnOnce(Python<'_>) -> PyResult<T>) -> PyResult<T> {
    struct Leave(bool);
    impl Drop for Leave {
        fn drop(&mut self) {
            CALLED_BACK.set(self.0);
        }
    }
    let _leave = Leave(CALLED_BACK.replace(true));
    Python::attach(|py| py.check_signals().and_then(|()| work(py)))
}

/// Runs `work` without the interpreter, so that other threads go on, and so that no lock of the core is ever waited for with it.
pub(crate) fn call<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    if CALLED_BACK.get() {
        let told =
            "a callback cannot call the library that is calling it; note it, and call afterwards";
        return Err(raise(py, &Error::conflict(told)));
    }
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
