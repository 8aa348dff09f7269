//! The one way into the core: the interpreter is released, panics stop here, errors become exceptions.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
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

thread_local! {
    /// What a handler of a signal raised within a call, such as `KeyboardInterrupt`.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
    /// Whether signals are handled on this thread.
    static IS_MAIN: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether the call that runs on this thread is to go on: not if a signal came whose handler raises. Only the main thread hears them.
pub(crate) fn go_on() -> bool {
    if !IS_MAIN.with(|main| main.get().copied().unwrap_or(false)) {
        return true;
    }
    match call_back(|_| Ok(())) {
        Ok(()) => true,
        Err(error) => {
            RAISED.set(Some(error));
            false
        }
    }
}

/// Finds out whether this is the main thread, once for each.
fn look_around(py: Python<'_>) {
    IS_MAIN.with(|main| {
        if main.get().is_none() {
            let is_main = || -> PyResult<bool> {
                let threading = py.import("threading")?;
                let here = threading.call_method0("get_ident")?;
                here.eq(threading.call_method0("main_thread")?.getattr("ident")?)
            };
            let _ = main.set(is_main().unwrap_or(false));
        }
    });
}

/// Refuses to go on within a callback of the host.
pub(crate) fn not_called_back(py: Python<'_>) -> PyResult<()> {
    if !CALLED_BACK.get() {
        return Ok(());
    }
    let told =
        "a callback cannot call the library that is calling it; note it, and call afterwards";
    Err(raise(py, &Error::conflict(told)))
}

/// Runs `work` without the interpreter, so that other threads go on, and so that no lock of the core is ever waited for with it.
pub(crate) fn call<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    not_called_back(py)?;
    look_around(py);
    RAISED.set(None);
    // What `work` held is dropped with it; the core rolls its transaction back when it unwinds.
    let outcome = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    let outcome = outcome.unwrap_or_else(|payload| Err(Error::bug(said(&*payload))));
    outcome.map_err(|error| RAISED.take().unwrap_or_else(|| raise(py, &error)))
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    format!("the library panicked: {}", text.unwrap_or("without a word"))
}
