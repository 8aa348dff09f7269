//! Errors of the core as exceptions of `crm.exceptions`, which are written in Python: so they have attributes, pickle, and derive
//! from `ValueError` and `LookupError` where that says something.

use crm_core::base::{Error, Subject};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The exception that says what `error` says.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let exception = MAKE.import(py, "crm.exceptions", "from_core").and_then(|make| {
        let subject = error.subject().map(|Subject { kind, id }| (kind.name(), id));
        make.call1((
            error.kind().name(),
            error.message(),
            error.code(),
            error.field().filter(|field| !field.is_empty()),
            subject,
            error.is_retryable(),
            error.line(),
        ))
    });
    match exception {
        Ok(exception) => PyErr::from_value(exception),
        Err(broken) => broken,
    }
}

/// An `InvalidError` about `field`, found before the core was asked.
pub(crate) fn invalid(py: Python<'_>, field: &str, message: impl std::fmt::Display) -> PyErr {
    let text = if field.is_empty() { message.to_string() } else { format!("{field}: {message}") };
    raise(py, &Error::invalid(field, text))
}
