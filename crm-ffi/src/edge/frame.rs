//! The object behind a `crm_frame`: typed columns, read cell by cell or taken whole as an Arrow stream.

use std::fmt::Write as _;
use std::sync::OnceLock;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use crm_core::base::frame::{Column, ColumnData};
use crm_core::{Error, Frame, Result, Value};

use crate::edge::abi::{CRM_TYPE_IDS, CrmFrame, CrmIds, CrmStr};
use crate::edge::guard::Out;
use crate::edge::handle::Handle;
use crate::edge::text::Owned;
use crate::edge::value;

impl Handle for CrmFrame {
    type Object = FrameObject;
    const KIND: usize = 6;
    const NAME: &'static str = "crm_frame";
}

/// A frame, and its texts as far as they were asked for.
#[derive(Debug)]
pub(crate) struct FrameObject {
    frame: Frame,
    names: Box<[Owned]>,
    texts: Box<[OnceLock<Texts>]>,
}

/// All texts of a column in one piece, each ended by a NUL.
#[derive(Debug)]
struct Texts {
    bytes: Box<str>,
    /// Where each text begins; the last entry is the end of all.
    starts: Box<[usize]>,
}

impl From<Frame> for FrameObject {
    fn from(frame: Frame) -> Self {
        let names = frame.columns().iter().map(|column| Owned::new(&column.name)).collect();
        let texts = frame.columns().iter().map(|_| OnceLock::new()).collect();
        Self { frame, names, texts }
    }
}

impl FrameObject {
    pub(crate) fn rows(&self) -> usize {
        self.frame.len()
    }

    pub(crate) fn columns(&self) -> usize {
        self.frame.columns().len()
    }

    /// The number of the column of that name.
    pub(crate) fn find(&self, name: &str) -> Result<usize> {
        let found = self.frame.columns().iter().position(|column| column.name == name);
        found.ok_or_else(|| {
            let known = self.frame.columns().iter().map(|column| column.name.as_str());
            let hint = crm_core::base::text::nearest(name, known)
                .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
            Error::invalid(name, format!("the frame has no column {name:?}{hint}"))
        })
    }

    pub(crate) fn column(&self, at: usize) -> Result<&Column> {
        let column = self.frame.columns().get(at);
        column.ok_or_else(|| value::outside("column", at, self.columns()))
    }

    pub(crate) fn name(&self, at: usize) -> Result<CrmStr> {
        self.column(at).map(|_| self.names[at].lend())
    }

    fn cell(&self, row: usize, column: usize) -> Result<&Column> {
        let found = self.column(column)?;
        if row < self.rows() { Ok(found) } else { Err(value::outside("row", row, self.rows())) }
    }

    /// A value and its column's name, if the column is of a type that the getter takes.
    pub(crate) fn typed(&self, row: usize, column: usize, wanted: i32) -> Result<(&str, Value)> {
        let found = self.cell(row, column)?;
        value::fits(value::column_type(&found.data), wanted, &found.name)?;
        Ok((&found.name, self.frame.value(row, column)))
    }

    pub(crate) fn is_null(&self, row: usize, column: usize) -> Result<bool> {
        Ok(match &self.cell(row, column)?.data {
            ColumnData::Text(values) => values.get(row).is_none_or(Option::is_none),
            ColumnData::Ids(_) => false,
            _ => self.frame.value(row, column).is_null(),
        })
    }

    /// Text, or an exact number as text: `wanted` says which.
    pub(crate) fn text(&self, row: usize, column: usize, wanted: i32) -> Result<CrmStr> {
        let found = self.cell(row, column)?;
        value::fits(value::column_type(&found.data), wanted, &found.name)?;
        Ok(self.texts[column].get_or_init(|| Texts::of(&found.data)).lend(row))
    }

    pub(crate) fn ids(&self, row: usize, column: usize) -> Result<CrmIds> {
        let found = self.cell(row, column)?;
        value::fits(value::column_type(&found.data), CRM_TYPE_IDS, &found.name)?;
        let ColumnData::Ids(values) = &found.data else {
            return Err(Error::bug("a column of ids without ids"));
        };
        Ok(value::lend(values.get(row).map_or(&[], Vec::as_slice)))
    }

    /// The whole frame as an Arrow stream of the caller's, who calls its `release`.
    pub(crate) fn stream(&self, out: Out<FFI_ArrowArrayStream>) -> Result<()> {
        out.give(self.frame.arrow_stream()?);
        Ok(())
    }
}

impl Texts {
    fn of(data: &ColumnData) -> Self {
        let mut bytes = String::new();
        let mut starts = Vec::with_capacity(data.len() + 1);
        for row in 0..data.len() {
            starts.push(bytes.len());
            match data {
                ColumnData::Text(values) => {
                    bytes.push_str(values[row].as_deref().unwrap_or_default());
                }
                ColumnData::Decimal(values) => write_some(&mut bytes, values[row]),
                ColumnData::Int(values) => write_some(&mut bytes, values[row]),
                _ => {}
            }
            bytes.push('\0');
        }
        starts.push(bytes.len());
        Self { bytes: bytes.into(), starts: starts.into() }
    }

    fn lend(&self, row: usize) -> CrmStr {
        let text = &self.bytes[self.starts[row]..self.starts[row + 1]];
        CrmStr { data: text.as_ptr().cast(), len: text.len() - 1 }
    }
}

fn write_some<T: std::fmt::Display + Default>(bytes: &mut String, value: Option<T>) {
    write!(bytes, "{}", value.unwrap_or_default()).expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use crm_core::FieldKind;

    use super::*;
    use crate::edge::abi::{CRM_TYPE_DECIMAL, CRM_TYPE_FLOAT, CRM_TYPE_TEXT};
    use crate::edge::text::text;

    fn frame() -> FrameObject {
        let mut frame = Frame::new([("stage", FieldKind::Text), ("revenue", FieldKind::Money)]);
        frame.push(["New".into(), Value::Decimal("12.50".parse().unwrap())]);
        frame.push([Value::Null, Value::Null]);
        frame.into()
    }

    fn read(frame: &FrameObject, row: usize, column: usize, wanted: i32) -> String {
        text(frame.text(row, column, wanted).unwrap(), "").unwrap().to_owned()
    }

    #[test]
    fn cells_are_read_by_row_and_column() {
        let frame = frame();
        assert_eq!((frame.rows(), frame.columns(), frame.find("revenue").unwrap()), (2, 2, 1));
        assert_eq!(text(frame.name(0).unwrap(), "").unwrap(), "stage");
        assert_eq!(read(&frame, 0, 0, CRM_TYPE_TEXT), "New");
        assert_eq!(read(&frame, 1, 0, CRM_TYPE_TEXT), "");
        assert_eq!(read(&frame, 0, 1, CRM_TYPE_DECIMAL), "12.50");
        assert_eq!(frame.typed(0, 1, CRM_TYPE_FLOAT).unwrap().0, "revenue");
        assert!(frame.is_null(1, 0).unwrap() && !frame.is_null(0, 1).unwrap());
    }

    #[test]
    fn what_is_outside_or_of_another_type_is_refused() {
        let frame = frame();
        for error in [
            frame.text(2, 0, CRM_TYPE_TEXT).unwrap_err(),
            frame.text(0, 2, CRM_TYPE_TEXT).unwrap_err(),
            frame.text(0, 1, CRM_TYPE_TEXT).unwrap_err(),
            frame.ids(0, 0).unwrap_err(),
            frame.find("revenu").unwrap_err(),
        ] {
            assert_eq!(error.code(), 100, "{error}");
        }
    }
}
