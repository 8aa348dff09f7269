//! Tables: the native half of `crm.Frame`. Rows become Python objects when asked for; columns leave as an Arrow C stream.

use std::sync::Arc;

use arrow_array::ffi::FFI_ArrowSchema;
use crm_core::base::{Error, Frame};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyDict, PyList, PyString};

use crate::call::call;
use crate::value::give;

/// Columns of values; `crm.Frame` is its face.
#[pyclass(frozen, module = "crm._crm")]
#[derive(Debug)]
pub(crate) struct Columns(Arc<Frame>);

impl Columns {
    pub(crate) fn new(frame: Frame) -> Self {
        Self(Arc::new(frame))
    }
}

#[pymethods]
impl Columns {
    /// The names of the columns, in order.
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.0.columns().iter().map(|column| PyString::new(py, &column.name)))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Rows `start` to `stop` (not included) as dicts.
    fn rows<'py>(
        &self,
        py: Python<'py>,
        start: usize,
        stop: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let names: Vec<_> =
            self.0.columns().iter().map(|column| PyString::new(py, &column.name)).collect();
        let list = PyList::empty(py);
        for row in start..stop.min(self.0.len()) {
            let dict = PyDict::new(py);
            for (at, name) in names.iter().enumerate() {
                dict.set_item(name, give(py, &self.0.value(row, at))?)?;
            }
            list.append(dict)?;
        }
        Ok(list)
    }

    /// The values of one column, by position.
    fn column<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for row in 0..self.0.len() {
            list.append(give(py, &self.0.value(row, at))?)?;
        }
        Ok(list)
    }

    /// A new Arrow C stream in a capsule; the stream owns its data.
    fn stream<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let stream = call(py, || self.0.arrow_stream())?;
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The types of the columns as an Arrow C schema in a capsule.
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = call(py, || {
            let batch = self.0.to_arrow()?;
            FFI_ArrowSchema::try_from(batch.schema_ref().as_ref())
                .map_err(|error| Error::bug(format!("a schema that Arrow refuses: {error}")))
        })?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }
}

/// A table of the core as a `crm.Frame`.
pub(crate) fn frame(py: Python<'_>, frame: Frame) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let columns = Bound::new(py, Columns::new(frame))?;
    CLASS.import(py, "crm.frame", "Frame")?.call1((columns,))
}
