//! What crosses a door: [`Value`], owned and typed; and what crosses into storage: [`Cell`], borrowed and plain.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::base::time::{Date, Timestamp};

/// A value as hosts see it: money in major units, probability in percent, choices as their text.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Empty; never the same as omitted.
    #[default]
    Null,
    /// A truth; never a number.
    Bool(bool),
    /// A whole number, or the id of a record.
    Int(i64),
    /// A binary number; always finite.
    Float(f64),
    /// An exact number: money in major units, probability in percent.
    Decimal(Decimal),
    /// Text, or the name of a choice.
    Text(String),
    /// A civil date.
    Date(Date),
    /// An instant.
    Time(Timestamp),
    /// Ids of several records.
    Ids(Vec<i64>),
    /// Custom properties by name.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// The value's type in a word, for messages.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a truth value",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a float",
            Self::Decimal(_) => "a decimal",
            Self::Text(_) => "text",
            Self::Date(_) => "a date",
            Self::Time(_) => "an instant",
            Self::Ids(_) => "a list of ids",
            Self::Map(_) => "properties",
        }
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The exact number, if it is one; whole numbers count.
    #[must_use]
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) => Some(*number),
            Self::Int(number) => Some(Decimal::from(*number)),
            _ => None,
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident($convert:expr);)*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(($convert)(value))
            }
        }
    )*};
}

value_from! {
    bool => Bool(|v| v);
    i64 => Int(|v| v);
    i32 => Int(i64::from);
    f64 => Float(|v| v);
    Decimal => Decimal(|v| v);
    &str => Text(str::to_owned);
    String => Text(|v| v);
    Date => Date(|v| v);
    Timestamp => Time(|v| v);
    Vec<i64> => Ids(|v| v);
    BTreeMap<String, Value> => Map(|v| v);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<I: crate::base::id::Id> From<I> for Value {
    fn from(id: I) -> Self {
        Self::Int(id.number())
    }
}

/// A value as a database column holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// SQL `NULL`.
    Null,
    /// An integer: ids, minor units, ppm, microseconds, days, truths, choices.
    Int(i64),
    /// A float: properties only.
    Real(f64),
    /// Text, mostly borrowed.
    Text(Cow<'a, str>),
}

impl Cell<'_> {
    /// The same cell, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Int(number) => Cell::Int(number),
            Self::Real(number) => Cell::Real(number),
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
        }
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Cell<'_> {
    fn from(truth: bool) -> Self {
        Self::Int(i64::from(truth))
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
