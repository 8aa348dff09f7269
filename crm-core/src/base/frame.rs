//! A table of typed columns: what lists, forecasts and counts come back as.
//!
//! A frame is a value. With the cargo feature `arrow` it turns into an Arrow record batch, which pandas, polars and pyarrow read.

use rust_decimal::Decimal;

use crate::base::field::FieldKind;
use crate::base::time::{Date, Timestamp};
use crate::base::value::Value;

/// The values of one column, all of one type; `None` is empty.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Truths.
    Bool(Vec<Option<bool>>),
    /// Whole numbers and ids.
    Int(Vec<Option<i64>>),
    /// Floats.
    Float(Vec<Option<f64>>),
    /// Exact numbers.
    Decimal(Vec<Option<Decimal>>),
    /// Text and choices.
    Text(Vec<Option<String>>),
    /// Civil dates.
    Date(Vec<Option<Date>>),
    /// Instants.
    Time(Vec<Option<Timestamp>>),
    /// Lists of ids.
    Ids(Vec<Vec<i64>>),
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values.
    pub data: ColumnData,
}

/// A table of typed columns.
///
/// ```
/// use crm_core::base::{FieldKind, Frame, Value};
/// let mut frame = Frame::new([("stage", FieldKind::Text), ("count", FieldKind::Int)]);
/// frame.push([Value::from("New"), Value::Int(3)]);
/// assert_eq!((frame.len(), frame.value(0, 1)), (1, Value::Int(3)));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    columns: Vec<Column>,
    rows: usize,
}

impl Frame {
    /// An empty table with these columns.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, FieldKind)>) -> Self {
        let columns = columns
            .into_iter()
            .map(|(name, kind)| Column { name: name.into(), data: ColumnData::of(kind) });
        Self { columns: columns.collect(), rows: 0 }
    }

    /// Whole columns, which are of one length.
    #[must_use]
    pub fn of(columns: Vec<Column>) -> Self {
        let rows = columns.first().map_or(0, |column| column.data.len());
        debug_assert!(columns.iter().all(|column| column.data.len() == rows), "ragged columns");
        Self { columns, rows }
    }

    /// Adds a row; a value that does not fit its column's type is empty there.
    pub fn push(&mut self, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        for column in &mut self.columns {
            column.data.push(values.next().unwrap_or_default());
        }
        self.rows += 1;
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether it has no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// One value; `Null` outside the table.
    #[must_use]
    pub fn value(&self, row: usize, column: usize) -> Value {
        self.columns.get(column).map_or(Value::Null, |column| column.data.value(row))
    }

    /// One value by column name; `Null` outside the table.
    #[must_use]
    pub fn at(&self, row: usize, column: &str) -> Value {
        let column = self.columns.iter().find(|known| known.name == column);
        column.map_or(Value::Null, |column| column.data.value(row))
    }
}

macro_rules! each {
    ($data:expr, $values:ident => $body:expr) => {
        match $data {
            ColumnData::Bool($values) => $body,
            ColumnData::Int($values) => $body,
            ColumnData::Float($values) => $body,
            ColumnData::Decimal($values) => $body,
            ColumnData::Text($values) => $body,
            ColumnData::Date($values) => $body,
            ColumnData::Time($values) => $body,
            ColumnData::Ids($values) => $body,
        }
    };
}

impl ColumnData {
    /// None yet, of that type.
    pub(crate) fn of(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Bool => Self::Bool(Vec::new()),
            FieldKind::Int | FieldKind::Ref(_) => Self::Int(Vec::new()),
            FieldKind::Money | FieldKind::Percent => Self::Decimal(Vec::new()),
            FieldKind::Text | FieldKind::Choice(_) | FieldKind::Properties => {
                Self::Text(Vec::new())
            }
            FieldKind::Date => Self::Date(Vec::new()),
            FieldKind::Time => Self::Time(Vec::new()),
            FieldKind::Ids(_) => Self::Ids(Vec::new()),
        }
    }

    fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Bool(column), Value::Bool(value)) => column.push(Some(value)),
            (Self::Int(column), Value::Int(value)) => column.push(Some(value)),
            (Self::Float(column), Value::Float(value)) => column.push(Some(value)),
            (Self::Decimal(column), value) => column.push(value.as_decimal()),
            (Self::Text(column), Value::Text(value)) => column.push(Some(value)),
            (Self::Text(column), value @ Value::Map(_)) => column.push(Some(json_text(&value))),
            (Self::Date(column), Value::Date(value)) => column.push(Some(value)),
            (Self::Time(column), Value::Time(value)) => column.push(Some(value)),
            (Self::Ids(column), Value::Ids(value)) => column.push(value),
            (Self::Ids(column), _) => column.push(Vec::new()),
            (Self::Bool(column), _) => column.push(None),
            (Self::Int(column), _) => column.push(None),
            (Self::Float(column), _) => column.push(None),
            (Self::Text(column), _) => column.push(None),
            (Self::Date(column), _) => column.push(None),
            (Self::Time(column), _) => column.push(None),
        }
    }

    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        each!(self, values => values.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn value(&self, row: usize) -> Value {
        match self {
            Self::Ids(values) => values.get(row).cloned().map_or(Value::Null, Value::Ids),
            Self::Bool(values) => values.get(row).copied().flatten().into(),
            Self::Int(values) => values.get(row).copied().flatten().into(),
            Self::Float(values) => values.get(row).copied().flatten().into(),
            Self::Decimal(values) => values.get(row).copied().flatten().into(),
            Self::Text(values) => values.get(row).cloned().flatten().into(),
            Self::Date(values) => values.get(row).copied().flatten().into(),
            Self::Time(values) => values.get(row).copied().flatten().into(),
        }
    }
}

/// A value as JSON text: decimals, dates and instants as text.
#[must_use]
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Decimal(number) => number.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Time(moment) => moment.to_string().into(),
        Value::Ids(ids) => ids.as_slice().into(),
        Value::Map(map) => serde_json::Value::Object(
            map.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
        ),
    }
}

fn json_text(value: &Value) -> String {
    json(value).to_string()
}
