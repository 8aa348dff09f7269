//! A [`Frame`] as Arrow: a record batch for Rust, and the C stream that pandas, polars, pyarrow and C programs read.
//!
//! Money and percent become `decimal128(38, s)` with the greatest scale of their column, days `date32`, instants
//! `timestamp(us, "UTC")`, ids `list<int64>`, text and choices `utf8`. Every column but lists of ids may be empty somewhere.
//!
//! Deliberately absent: reading Arrow. What comes in comes as [`Fields`](crate::Fields) or CSV.

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    LargeStringArray, RecordBatch, RecordBatchIterator, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use rust_decimal::Decimal;

use crate::base::error::{Error, Result};
use crate::base::frame::{Column, ColumnData, Frame};
use crate::base::limit;
use crate::base::time::{Date, Timestamp};

/// Digits of every decimal column: the most that 128 bits hold.
const DIGITS: u8 = 38;

/// Decimals that every decimal column has at least, so that an empty list has the type of a full one.
const LEAST_SCALE: u32 = 2;

impl Frame {
    /// The table as one Arrow record batch.
    ///
    /// # Errors
    /// `Limit` when a number has more digits than 128 bits hold at its column's scale.
    pub fn to_arrow(&self) -> Result<RecordBatch> {
        let mut fields = Vec::with_capacity(self.columns().len());
        let mut arrays = Vec::with_capacity(self.columns().len());
        for column in self.columns() {
            let array = array(column, limit::ARROW_TEXT)?;
            let nullable = !matches!(column.data, ColumnData::Ids(_));
            fields.push(Field::new(&column.name, array.data_type().clone(), nullable));
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(self.len()));
        let batch =
            RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options);
        batch.map_err(|error| broken(&error))
    }

    /// The table as an Arrow C stream of one batch. The stream owns its data: it outlives the frame, the session and the database.
    ///
    /// # Errors
    /// As [`Self::to_arrow`].
    pub fn arrow_stream(&self) -> Result<FFI_ArrowArrayStream> {
        let batch = self.to_arrow()?;
        let schema = batch.schema();
        let batches = RecordBatchIterator::new([Ok(batch)], schema);
        Ok(FFI_ArrowArrayStream::new(Box::new(batches)))
    }
}

fn array(column: &Column, most_text: usize) -> Result<ArrayRef> {
    Ok(match &column.data {
        ColumnData::Bool(values) => Arc::new(BooleanArray::from(values.clone())),
        ColumnData::Int(values) => Arc::new(Int64Array::from(values.clone())),
        ColumnData::Float(values) => Arc::new(Float64Array::from(values.clone())),
        ColumnData::Decimal(values) => Arc::new(decimals(&column.name, values)?),
        ColumnData::Text(values) => texts(values, most_text),
        ColumnData::Date(values) => Arc::new(days(&column.name, values)?),
        ColumnData::Time(values) => {
            let micros = values.iter().map(|value| value.map(Timestamp::micros));
            Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        ColumnData::Ids(values) => lists(values),
    })
}

fn decimals(name: &str, values: &[Option<Decimal>]) -> Result<Decimal128Array> {
    let scale = values.iter().flatten().map(Decimal::scale).max().unwrap_or(0).max(LEAST_SCALE);
    let widened = values.iter().map(|value| {
        let Some(value) = value else { return Ok(None) };
        let factor = 10_i128.pow(scale - value.scale());
        let mantissa = value.mantissa().checked_mul(factor);
        let fits = mantissa.filter(|mantissa| mantissa.unsigned_abs() < 10_u128.pow(38));
        let refuse =
            || Error::limit(name, format!("{name}: {value} has more than {DIGITS} digits"));
        fits.map(Some).ok_or_else(refuse)
    });
    let array: Decimal128Array = widened.collect::<Result<Vec<_>>>()?.into();
    let scale = i8::try_from(scale).map_err(|_| Error::bug("a scale above 28"))?;
    array.with_precision_and_scale(DIGITS, scale).map_err(|error| broken(&error))
}

/// Text with 32-bit offsets as long as they reach, which every reader knows; else with 64-bit ones.
fn texts(values: &[Option<String>], most_text: usize) -> ArrayRef {
    let bytes: usize = values.iter().flatten().map(String::len).sum();
    let texts = values.iter().map(Option::as_deref);
    if bytes <= most_text {
        Arc::new(texts.collect::<StringArray>())
    } else {
        Arc::new(texts.collect::<LargeStringArray>())
    }
}

fn days(name: &str, values: &[Option<Date>]) -> Result<Date32Array> {
    let days = values.iter().map(|value| {
        let days = value.map(|date| i32::try_from(date.days())).transpose();
        days.map_err(|_| Error::limit(name, format!("{name}: a date outside the calendar")))
    });
    Ok(days.collect::<Result<Vec<_>>>()?.into())
}

fn lists(values: &[Vec<i64>]) -> ArrayRef {
    let item = Field::new("item", DataType::Int64, false);
    let mut builder = ListBuilder::new(Int64Builder::new()).with_field(item);
    for ids in values {
        builder.values().append_slice(ids);
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn broken(error: &ArrowError) -> Error {
    Error::bug(format!("a frame that Arrow refuses: {error}"))
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
    use arrow_array::{Array, RecordBatchReader, ffi_stream::RecordBatchStreamReader};
    use arrow_schema::TimeUnit;

    use super::*;
    use crate::base::{FieldKind, RecordKind, Value};

    fn every_type() -> Frame {
        let mut frame = Frame::new([
            ("won", FieldKind::Bool),
            ("id", FieldKind::Int),
            ("revenue", FieldKind::Money),
            ("name", FieldKind::Text),
            ("day", FieldKind::Date),
            ("moment", FieldKind::Time),
            ("tag_ids", FieldKind::Ids(RecordKind::Tag)),
        ]);
        frame.push([
            true.into(),
            7_i64.into(),
            "12.5".parse::<Decimal>().unwrap().into(),
            "Fleet".into(),
            Date::new(2026, 3, 2).unwrap().into(),
            Timestamp::parse("2026-03-02T09:00:00Z").unwrap().into(),
            vec![3_i64, 4].into(),
        ]);
        frame.push(std::iter::repeat_n(Value::Null, 7));
        frame
    }

    #[test]
    fn every_column_has_its_type_and_its_empties() {
        let batch = every_type().to_arrow().unwrap();
        let types: Vec<_> = batch.schema().fields().iter().map(|f| f.data_type().clone()).collect();
        let ids = DataType::new_list(DataType::Int64, false);
        let moment = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        assert_eq!(
            types,
            [
                DataType::Boolean,
                DataType::Int64,
                DataType::Decimal128(38, 2),
                DataType::Utf8,
                DataType::Date32,
                moment,
                ids
            ]
        );
        assert_eq!(batch.column(2).as_primitive::<Decimal128Type>().value(0), 1250);
        assert_eq!(batch.column(3).as_string::<i32>().value(0), "Fleet");
        assert_eq!(batch.column(4).as_primitive::<Date32Type>().value(0), 20_514);
        let micros = batch.column(5).as_primitive::<TimestampMicrosecondType>().value(0);
        assert_eq!(micros, 1_772_442_000_000_000);
        let tags = batch.column(6).as_list::<i32>();
        assert_eq!(tags.value(0).as_primitive::<Int64Type>().values(), &[3, 4]);
        assert_eq!((tags.is_null(1), tags.value(1).len()), (false, 0));
        assert!((0..6).all(|column| batch.column(column).is_null(1)));
    }

    #[test]
    fn a_decimal_column_takes_its_greatest_scale_or_says_that_it_cannot() {
        let column = |numbers: &[&str]| {
            let mut frame = Frame::new([("weighted", FieldKind::Money)]);
            for number in numbers {
                frame.push([number.parse::<Decimal>().unwrap().into()]);
            }
            frame.to_arrow()
        };
        let batch = column(&["-1.5", "0.00000001", "3"]).unwrap();
        let numbers = batch.column(0).as_primitive::<Decimal128Type>();
        assert_eq!(numbers.data_type(), &DataType::Decimal128(38, 8));
        assert_eq!(numbers.values(), &[-150_000_000, 1, 300_000_000]);
        let wide = column(&["79228162514264337593543950335", "0.00000000000001"]).unwrap_err();
        assert_eq!((wide.code(), wide.field()), (500, Some("weighted")));
    }

    #[test]
    fn long_texts_get_long_offsets() {
        let data = ColumnData::Text(vec![Some("four".into()), None, Some("more".into())]);
        let column = Column { name: "note".into(), data };
        assert_eq!(array(&column, 8).unwrap().data_type(), &DataType::Utf8);
        assert_eq!(array(&column, 7).unwrap().data_type(), &DataType::LargeUtf8);
    }

    #[test]
    fn the_stream_gives_the_same_batch_after_the_frame_is_gone() {
        let (stream, batch) = {
            let frame = every_type();
            (frame.arrow_stream().unwrap(), frame.to_arrow().unwrap())
        };
        let mut reader = RecordBatchStreamReader::try_new(stream).unwrap();
        assert_eq!(reader.schema(), batch.schema());
        assert_eq!(reader.next().unwrap().unwrap(), batch);
        assert!(reader.next().is_none());
    }

    #[test]
    fn a_table_without_columns_keeps_its_rows() {
        let mut frame = Frame::new(std::iter::empty::<(&str, FieldKind)>());
        frame.push([]);
        assert_eq!(frame.to_arrow().unwrap().num_rows(), 1);
    }
}
