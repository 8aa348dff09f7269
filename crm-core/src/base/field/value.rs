//! The Rust types that a field can have, each to and from a host's [`Value`] and to and from storage's [`Cell`].
//!
//! Here a host's value meets type, range and length; what passes is what will be stored.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind};
use crate::base::id::Id;
use crate::base::limit;
use crate::base::money::{Amount, Currency};
use crate::base::probability::Probability;
use crate::base::time::{Date, Timestamp};
use crate::base::value::{Cell, Value};

/// A Rust type that a field can have.
pub trait FieldValue: Sized {
    /// The field's type.
    const KIND: FieldKind;
    /// Whether it may be empty.
    const NULLABLE: bool = false;
    /// As hosts see it.
    fn to_value(&self, currency: Currency) -> Value;
    /// From what a host gave.
    ///
    /// # Errors
    /// `Invalid` or `Limit`, naming the field.
    fn from_value(value: &Value, field: &Field, currency: Currency) -> Result<Self>;
    /// As storage sees it.
    fn cell(&self) -> Cell<'_>;
    /// From storage; `None` when the cell makes no sense.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

impl<T: FieldValue> FieldValue for Option<T> {
    const KIND: FieldKind = T::KIND;
    const NULLABLE: bool = true;
    fn to_value(&self, currency: Currency) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.to_value(currency))
    }
    fn from_value(value: &Value, field: &Field, currency: Currency) -> Result<Self> {
        match value {
            Value::Null => Ok(None),
            // An empty text in an optional field is an empty field: otherwise two spellings of nothing.
            Value::Text(text) if text.trim().is_empty() => Ok(None),
            value => T::from_value(value, field, currency).map(Some),
        }
    }
    fn cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, FieldValue::cell)
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

impl FieldValue for bool {
    const KIND: FieldKind = FieldKind::Bool;
    fn to_value(&self, _: Currency) -> Value {
        Value::Bool(*self)
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        match value {
            Value::Bool(truth) => Ok(*truth),
            other => Err(field.mismatch(other, "true or false")),
        }
    }
    fn cell(&self) -> Cell<'_> {
        Cell::from(*self)
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Int(number) = cell { Some(number != 0) } else { None }
    }
}

/// An exact number out of anything that is one; truths are not.
///
/// # Errors
/// `Invalid` for what is no number or not finite.
pub fn decimal(value: &Value, field: &Field) -> Result<Decimal> {
    let text = match value {
        Value::Int(number) => return Ok(Decimal::from(*number)),
        Value::Decimal(number) => return Ok(*number),
        // The shortest text that reads back as the same float: 0.1 means 0.1.
        Value::Float(number) if number.is_finite() => number.to_string(),
        Value::Float(_) => return Err(field.refuse("a number that is not finite")),
        Value::Text(text) => text.trim().to_owned(),
        other => return Err(field.mismatch(other, "a number")),
    };
    text.parse().map_err(|_| {
        field.refuse(format_args!("{text:?} is not a number that fits, such as 1250.50"))
    })
}

fn integer(value: &Value, field: &Field) -> Result<i64> {
    let number = decimal(value, field)?;
    let whole = number.fract().is_zero().then(|| i64::try_from(number).ok()).flatten();
    whole.ok_or_else(|| field.refuse(format_args!("{number} is not a whole number that fits")))
}

impl FieldValue for i64 {
    const KIND: FieldKind = FieldKind::Int;
    fn to_value(&self, _: Currency) -> Value {
        Value::Int(*self)
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        let number = integer(value, field)?;
        let (least, greatest) = field.range;
        if number < least || number > greatest {
            return Err(
                field.refuse(format_args!("{number} is not between {least} and {greatest}"))
            );
        }
        Ok(number)
    }
    fn cell(&self) -> Cell<'_> {
        Cell::Int(*self)
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Int(number) = cell { Some(number) } else { None }
    }
}

impl FieldValue for Amount {
    const KIND: FieldKind = FieldKind::Money;
    fn to_value(&self, currency: Currency) -> Value {
        Value::Decimal(self.to_major(currency))
    }
    fn from_value(value: &Value, field: &Field, currency: Currency) -> Result<Self> {
        if value.is_null() {
            return Ok(Self::ZERO);
        }
        let amount = Self::from_major(decimal(value, field)?, currency).map_err(|error| {
            Error::new(error.kind(), format!("{}: {error}", field.name)).with_field(field.name)
        })?;
        if amount.0 < field.range.0 {
            let (amount, least) = (amount.of(currency), Self(field.range.0).of(currency));
            return Err(field.refuse(format_args!("{amount} is too little; at least {least}")));
        }
        Ok(amount)
    }
    fn cell(&self) -> Cell<'_> {
        Cell::Int(self.0)
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell).map(Self)
    }
}

impl FieldValue for Probability {
    const KIND: FieldKind = FieldKind::Percent;
    fn to_value(&self, _: Currency) -> Value {
        Value::Decimal(self.percent())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        Self::from_percent(decimal(value, field)?).map_err(|error| field.refuse(error))
    }
    fn cell(&self) -> Cell<'_> {
        Cell::Int(self.ppm())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell).and_then(|ppm| Self::from_ppm(ppm).ok())
    }
}

/// A text in normal form C.
fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

impl FieldValue for String {
    const KIND: FieldKind = FieldKind::Text;
    fn to_value(&self, _: Currency) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        let Value::Text(text) = value else { return Err(field.mismatch(value, "text")) };
        // Long texts keep their white space; it may be their layout.
        let text = if field.max > limit::SHORT_TEXT { text.as_str() } else { text.trim() };
        // One text for what looks the same: letters with their marks, not marks behind their letters.
        let text = composed(text);
        if text.len() > field.max {
            let message =
                format!("{}: {} bytes of text; at most {} fit", field.name, text.len(), field.max);
            return Err(Error::limit(field.name, message));
        }
        if text.contains('\0') {
            return Err(field.refuse("text must not contain NUL"));
        }
        if field.required && text.is_empty() {
            return Err(field.refuse("must not be blank"));
        }
        Ok(text.into_owned())
    }
    fn cell(&self) -> Cell<'_> {
        Cell::from(self.as_str())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text.into_owned()) } else { None }
    }
}

impl FieldValue for Currency {
    const KIND: FieldKind = FieldKind::Text;
    fn to_value(&self, _: Currency) -> Value {
        Value::Text(self.code().to_owned())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        let Value::Text(code) = value else { return Err(field.mismatch(value, "a currency code")) };
        Self::new(code).map_err(|error| field.refuse(error))
    }
    fn cell(&self) -> Cell<'_> {
        Cell::from(self.code())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Text(code) = cell { Self::stored(&code) } else { None }
    }
}

impl FieldValue for Date {
    const KIND: FieldKind = FieldKind::Date;
    fn to_value(&self, _: Currency) -> Value {
        Value::Date(*self)
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        match value {
            Value::Date(date) => date.checked().map_err(|error| field.refuse(error)),
            Value::Text(text) => Self::parse(text).map_err(|error| field.refuse(error)),
            other => Err(field.mismatch(other, "a date")),
        }
    }
    fn cell(&self) -> Cell<'_> {
        Cell::Int(self.days())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell).map(Self::stored)
    }
}

impl FieldValue for Timestamp {
    const KIND: FieldKind = FieldKind::Time;
    fn to_value(&self, _: Currency) -> Value {
        Value::Time(*self)
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        match value {
            Value::Time(moment) => Ok(*moment),
            Value::Text(text) => Self::parse(text).map_err(|error| field.refuse(error)),
            other => Err(field.mismatch(other, "an instant with its zone")),
        }
    }
    fn cell(&self) -> Cell<'_> {
        Cell::Int(self.micros())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell).map(Self::stored)
    }
}

impl<I: Id> FieldValue for I {
    const KIND: FieldKind = FieldKind::Ref(I::KIND);
    fn to_value(&self, _: Currency) -> Value {
        Value::Int(self.number())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        match value {
            Value::Int(id) if *id > 0 => Ok(Self::from(*id)),
            Value::Int(id) => Err(field.refuse(format_args!("{id} is not an id"))),
            Value::Decimal(id) => Err(field.refuse(format_args!("{id} is too large for an id"))),
            other => Err(field.mismatch(other, "an id")),
        }
    }
    fn cell(&self) -> Cell<'_> {
        Cell::Int(self.number())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell).map(Self::from)
    }
}

/// Ids of a link table: sorted, without repetition.
impl<I: Id> FieldValue for Vec<I> {
    const KIND: FieldKind = FieldKind::Ids(I::KIND);
    fn to_value(&self, _: Currency) -> Value {
        Value::Ids(self.iter().map(|id| id.number()).collect())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        let ids = match value {
            Value::Null => &[],
            Value::Ids(ids) => ids.as_slice(),
            other => return Err(field.mismatch(other, "a list of ids")),
        };
        if ids.len() > limit::LINKS {
            return Err(Error::limit(
                field.name,
                format!("{}: at most {} ids fit", field.name, limit::LINKS),
            ));
        }
        let mut ids: Vec<I> = ids
            .iter()
            .map(|id| I::from_value(&Value::Int(*id), field, Currency::default()))
            .collect::<Result<_>>()?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
    fn cell(&self) -> Cell<'_> {
        use std::fmt::Write as _;
        let mut text = String::new();
        for id in self {
            let comma = if text.is_empty() { "" } else { "," };
            write!(text, "{comma}{id}").expect("a String takes everything");
        }
        Cell::from(text)
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        let text = match cell {
            Cell::Null => return Some(Self::new()),
            Cell::Text(text) => text,
            _ => return None,
        };
        let ids = text.split(',').filter(|part| !part.is_empty());
        let mut ids = ids.map(|part| part.parse().ok().map(I::from)).collect::<Option<Self>>()?;
        ids.sort_unstable();
        Some(ids)
    }
}

/// Custom values by name, as declared; stored as one JSON object.
///
/// Dates are stored as `{"date": "2026-03-02"}`, so that the text of an object tells the type of each value without its declaration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties(pub BTreeMap<String, Value>);

impl FieldValue for Properties {
    const KIND: FieldKind = FieldKind::Properties;
    fn to_value(&self, _: Currency) -> Value {
        Value::Map(self.0.clone())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        match value {
            Value::Null => Ok(Self::default()),
            Value::Map(map) => Ok(Self(map.clone())),
            other => Err(field.mismatch(other, "properties by name")),
        }
    }
    fn cell(&self) -> Cell<'_> {
        if self.0.is_empty() {
            return Cell::Null;
        }
        let json = self.0.iter().map(|(name, value)| {
            let value = match value {
                Value::Bool(truth) => (*truth).into(),
                Value::Int(number) => (*number).into(),
                Value::Float(number) => (*number).into(),
                Value::Date(date) => serde_json::json!({ "date": date.to_string() }),
                Value::Text(text) => text.as_str().into(),
                _ => serde_json::Value::Null,
            };
            (name.clone(), value)
        });
        Cell::from(serde_json::Value::Object(json.collect()).to_string())
    }
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        let Cell::Text(text) = cell else { return Some(Self::default()) };
        let serde_json::Value::Object(object) = serde_json::from_str(&text).ok()? else {
            return None;
        };
        let mut values = BTreeMap::new();
        for (name, json) in object {
            let value = match json {
                serde_json::Value::Bool(truth) => Value::Bool(truth),
                serde_json::Value::Number(number) => Value::Float(number.as_f64()?),
                serde_json::Value::String(text) => Value::Text(text),
                serde_json::Value::Object(date) => {
                    Value::Date(Date::parse(date.get("date")?.as_str()?).ok()?)
                }
                _ => return None,
            };
            values.insert(name, value);
        }
        Some(Self(values))
    }
}
