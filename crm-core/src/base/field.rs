//! One list of fields per record, from which everything else derives.
//!
//! [`record!`](crate::record!) writes the struct; a [`Table`] that doors, filters and CSV read (name, type, place, traits, doc);
//! and one [`Access`] per field (to and from a [`Value`], to and from a [`Cell`]). A list of columns written by hand is a bug.
//!
//! A field's [`Place`] says where it is stored: in the record's row, in a 1:1 side table, in a link table, or nowhere (derived).
//!
//! Deliberately absent: behaviour. A field knows its type and its limits, never a rule of the trade.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::base::error::{Error, Result};
use crate::base::id::{Id, RecordKind, Subject};
use crate::base::limit;
use crate::base::money::{Amount, Currency};
use crate::base::probability::Probability;
use crate::base::time::{Date, Timestamp};
use crate::base::value::{Cell, Value};

/// The type of a field, as doors and filters see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Money in major units of the record's currency; minor units in storage.
    Money,
    /// Percent, four places; ppm in storage.
    Percent,
    /// UTF-8 text.
    Text,
    /// One of these words; its position in storage.
    Choice(&'static [&'static str]),
    /// A civil date.
    Date,
    /// An instant, UTC.
    Time,
    /// The id of a record of that kind.
    Ref(RecordKind),
    /// Ids of records of that kind.
    Ids(RecordKind),
    /// Declared custom values by name.
    Properties,
}

/// Where a field is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the record's own row.
    Column,
    /// In a 1:1 side table that this record's desk writes.
    Side(&'static str),
    /// In a 1:1 table that another room writes; read only here.
    Joined(&'static str),
    /// In a link table: (table, column of this record, column of the other).
    Link(&'static str, &'static str, &'static str),
    /// Computed by this SQL expression.
    Sql(&'static str),
    /// Computed after reading; cannot be filtered.
    Computed,
}

/// What the library knows of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name everywhere.
    pub name: &'static str,
    /// Its type.
    pub kind: FieldKind,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Where it is stored.
    pub place: Place,
    /// Written by verbs only; refused in `create` and `update`.
    pub system: bool,
    /// Must be given and not blank.
    pub required: bool,
    /// May identify a person: kept apart in feed and history.
    pub personal: bool,
    /// No two records share it, whatever the case.
    pub unique: bool,
    /// Not copied by `copy`.
    pub uncopied: bool,
    /// Not shown at any door.
    pub hidden: bool,
    /// Bytes of text.
    pub max: usize,
    /// Least and greatest whole number.
    pub range: (i64, i64),
    /// What it means.
    pub doc: &'static str,
}

macro_rules! flags {
    ($($(#[$doc:meta])* $flag:ident),*) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $flag(mut self) -> Self {
            self.$flag = true;
            self
        }
    )*};
}

impl Field {
    /// A plain column.
    #[must_use]
    pub const fn new(
        name: &'static str,
        kind: FieldKind,
        nullable: bool,
        doc: &'static str,
    ) -> Self {
        let place = match kind {
            FieldKind::Ids(_) => Place::Computed,
            _ => Place::Column,
        };
        Self {
            name,
            kind,
            nullable,
            place,
            system: false,
            required: false,
            personal: false,
            unique: false,
            uncopied: false,
            hidden: false,
            max: limit::SHORT_TEXT,
            range: (i64::MIN, i64::MAX),
            doc,
        }
    }

    flags! {
        /// Written by verbs only.
        system,
        /// Must be given.
        required,
        /// May identify a person.
        personal,
        /// Unique among its kind.
        unique,
        /// Left out by `copy`.
        uncopied
    }

    /// An inner column: written by verbs, shown nowhere.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self.system()
    }

    /// Kept in a 1:1 side table.
    #[must_use]
    pub const fn side(mut self, table: &'static str) -> Self {
        self.place = Place::Side(table);
        self
    }

    /// Kept in a 1:1 table of another room.
    #[must_use]
    pub const fn joined(mut self, table: &'static str) -> Self {
        self.place = Place::Joined(table);
        self.system()
    }

    /// Kept in a link table.
    #[must_use]
    pub const fn link(
        mut self,
        table: &'static str,
        ours: &'static str,
        theirs: &'static str,
    ) -> Self {
        self.place = Place::Link(table, ours, theirs);
        self
    }

    /// Computed by SQL.
    #[must_use]
    pub const fn sql(mut self, expression: &'static str) -> Self {
        self.place = Place::Sql(expression);
        self
    }

    /// Computed after reading.
    #[must_use]
    pub const fn computed(mut self) -> Self {
        self.place = Place::Computed;
        self.system()
    }

    /// At most so many bytes of text.
    #[must_use]
    pub const fn max(mut self, bytes: usize) -> Self {
        self.max = bytes;
        self
    }

    /// From `least` to `greatest`.
    #[must_use]
    pub const fn range(mut self, least: i64, greatest: i64) -> Self {
        self.range = (least, greatest);
        self
    }

    /// Whether the record's own desk writes it.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        matches!(self.place, Place::Column | Place::Side(_))
    }

    /// An `Invalid` about this field.
    pub fn refuse(&self, message: impl std::fmt::Display) -> Error {
        Error::invalid(self.name, format!("{}: {message}", self.name))
    }

    fn mismatch(&self, value: &Value, wanted: &str) -> Error {
        self.refuse(format_args!("{} is not {wanted}", value.type_name()))
    }
}

/// What the library knows of one kind of record.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its kind.
    pub kind: RecordKind,
    /// Its SQL table; also the prefix of its columns.
    pub name: &'static str,
    /// Its fields; the position is the field's number and never changes.
    pub fields: &'static [Field],
    /// What it is.
    pub doc: &'static str,
}

impl Table {
    /// The number of a shown field.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name && !field.hidden)
    }

    /// A shown field by name, or an `Invalid` that names the nearest one.
    ///
    /// # Errors
    /// `Invalid` when there is no such field.
    pub fn field(&self, name: &str) -> Result<&'static Field> {
        match self.position(name) {
            Some(at) => Ok(&self.fields[at]),
            None => Err(self.unknown(name)),
        }
    }

    /// The error for a name that is no field.
    #[must_use]
    pub fn unknown(&self, name: &str) -> Error {
        let names = self.fields.iter().filter(|field| !field.hidden).map(|field| field.name);
        let hint = crate::base::text::nearest(name, names)
            .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        Error::invalid(name, format!("{} has no field {name:?}{hint}", self.kind.name()))
    }

    /// The shown fields, in order.
    pub fn shown(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| !field.hidden)
    }
}

/// How one field of `R` is read and written; written by [`record!`](crate::record!).
#[derive(Debug)]
pub struct Access<R: 'static> {
    /// As hosts see it.
    pub to_value: fn(&R) -> Value,
    /// Sets it from a host's value; the currency is the record's.
    pub set: fn(&mut R, &Value, &Field, Currency) -> Result<()>,
    /// As storage sees it.
    pub cell: for<'a> fn(&'a R) -> Cell<'a>,
    /// Sets it from storage; `false` when the cell makes no sense.
    pub read: fn(&mut R, Cell<'_>) -> bool,
}

/// What a record adds by hand to its list of fields.
pub trait Nature {
    /// The currency of its amounts.
    fn currency(&self) -> Currency {
        Currency::default()
    }
    /// Fills computed fields after reading; `now` is the transaction's moment.
    fn derive(&mut self, _now: Timestamp) {}
}

/// A kind of record: made by [`record!`](crate::record!).
pub trait Record:
    Nature + Default + Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static
{
    /// Its identity.
    type Id: Id;
    /// What is known of it.
    const TABLE: &'static Table;
    /// One per field, in the same order.
    const ACCESS: &'static [Access<Self>];

    /// Its identity.
    fn id(&self) -> Self::Id;
    /// Sets the fields that every record has, when it is saved.
    fn stamp(&mut self, stamp: Stamp<Self::Id>);
    /// Its version, from 1; every change adds 1.
    fn version(&self) -> i64;

    /// The record as a [`Subject`].
    fn subject(&self) -> Subject {
        self.id().subject()
    }

    /// A field's value as hosts see it.
    ///
    /// # Errors
    /// `Invalid` when there is no such field.
    fn value(&self, name: &str) -> Result<Value> {
        let at = Self::TABLE.position(name).ok_or_else(|| Self::TABLE.unknown(name))?;
        Ok((Self::ACCESS[at].to_value)(self))
    }

    /// Sets a field from a host's value, checking type, range and length. System fields are refused.
    ///
    /// # Errors
    /// `Invalid` or `Limit`, naming the field.
    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let at = Self::TABLE.position(name).ok_or_else(|| Self::TABLE.unknown(name))?;
        let field = &Self::TABLE.fields[at];
        if field.system {
            return Err(field
                .refuse("is kept by the library and cannot be set; use the verb that changes it"));
        }
        let currency = self.currency();
        (Self::ACCESS[at].set)(self, value, field, currency)
    }

    /// Whether any stored field or link differs, other than version and write stamps.
    fn differs(&self, other: &Self) -> bool {
        changed_fields(self, other).next().is_some()
    }

    /// All values, for a door that has no type per record.
    fn row(&self) -> Row {
        Row {
            table: Self::TABLE,
            values: Self::ACCESS.iter().map(|access| (access.to_value)(self)).collect(),
        }
    }
}

/// Numbers of the stored fields and links that differ, leaving out the version and who wrote when.
pub fn changed_fields<'a, R: Record>(
    before: &'a R,
    after: &'a R,
) -> impl Iterator<Item = usize> + 'a {
    R::TABLE.fields.iter().zip(R::ACCESS).enumerate().filter_map(move |(at, (field, access))| {
        let compared = match field.place {
            Place::Column | Place::Side(_) => {
                !matches!(field.name, "version" | "write_date" | "write_uid")
            }
            Place::Link(..) => true,
            Place::Joined(_) | Place::Sql(_) | Place::Computed => false,
        };
        (compared && (access.cell)(before) != (access.cell)(after)).then_some(at)
    })
}

/// Who saved a record when.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<I> {
    /// The record's id.
    pub id: I,
    /// Its new version.
    pub version: i64,
    /// Given when it is created: the moment it counts from.
    pub created: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
    /// The user, if one.
    pub user: Option<i64>,
}

/// A record without its Rust type: the values by field number.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    table: &'static Table,
    values: Box<[Value]>,
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Row {
    /// What is known of its kind.
    #[must_use]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// The values in field order, hidden ones included.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// A field's value.
    ///
    /// # Errors
    /// `Invalid` when there is no such field.
    pub fn get(&self, name: &str) -> Result<&Value> {
        self.table.position(name).map(|at| &self.values[at]).ok_or_else(|| self.table.unknown(name))
    }

    /// The record's id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.values.first().and_then(Value::as_int).unwrap_or_default()
    }
}

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
        let amount = Self::from_major(decimal(value, field)?, currency);
        amount.map_err(|error| {
            Error::new(error.kind(), format!("{}: {error}", field.name)).with_field(field.name)
        })
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

impl FieldValue for String {
    const KIND: FieldKind = FieldKind::Text;
    fn to_value(&self, _: Currency) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        let Value::Text(text) = value else { return Err(field.mismatch(value, "text")) };
        // Long texts keep their white space; it may be their layout.
        let text = if field.max > limit::SHORT_TEXT { text.as_str() } else { text.trim() };
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
        Ok(text.to_owned())
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
        if let Cell::Text(code) = cell { Self::new(&code).ok() } else { None }
    }
}

impl FieldValue for Date {
    const KIND: FieldKind = FieldKind::Date;
    fn to_value(&self, _: Currency) -> Value {
        Value::Date(*self)
    }
    fn from_value(value: &Value, field: &Field, _: Currency) -> Result<Self> {
        match value {
            Value::Date(date) => Ok(*date),
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

/// A closed set of words with a number each: `choice! { /// doc  LeadKind { Lead = "lead", … } }`. The first is the default.
macro_rules! choice {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// The words, in order of their stored numbers.
            pub const WORDS: &'static [&'static str] = &[$($text),*];
            /// Every value, in order of their stored numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word, as every door spells it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }

            /// The stored number.
            #[must_use]
            pub const fn code(self) -> i64 {
                self as i64
            }

            /// The value of that word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::WORDS.iter().position(|known| *known == word).map(|at| Self::ALL[at])
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl $crate::base::field::FieldValue for $name {
            const KIND: $crate::base::field::FieldKind = $crate::base::field::FieldKind::Choice(Self::WORDS);
            fn to_value(&self, _: $crate::base::money::Currency) -> $crate::base::value::Value {
                $crate::base::value::Value::Text(self.word().to_owned())
            }
            fn from_value(
                value: &$crate::base::value::Value,
                field: &$crate::base::field::Field,
                _: $crate::base::money::Currency,
            ) -> $crate::base::error::Result<Self> {
                let found = value.as_text().and_then(Self::from_word);
                found.ok_or_else(|| field.refuse(format_args!("{value:?} is none of {:?}", Self::WORDS)))
            }
            fn cell(&self) -> $crate::base::value::Cell<'_> {
                $crate::base::value::Cell::Int(self.code())
            }
            fn from_cell(cell: $crate::base::value::Cell<'_>) -> Option<Self> {
                let $crate::base::value::Cell::Int(code) = cell else { return None };
                usize::try_from(code).ok().and_then(|at| Self::ALL.get(at).copied())
            }
        }
    )*};
}
pub(crate) use choice;

/// Writes a record: `record! { /// doc  Stage in "stage" as StageId { /// doc  name: String => required; … } }`.
///
/// Every record begins with `id`, `version`, `create_date`, `write_date`, `create_uid`, `write_uid`. What stands behind `=>` are
/// methods of [`Field`]. A record's file adds `impl Nature` for its currency and its computed fields.
macro_rules! record {
    (
        $(#[doc = $doc:expr])*
        $name:ident in $table:literal as $Id:ident {
            $($(#[doc = $fdoc:expr])* $f:ident : $t:ty $(=> $($flag:ident $(($($arg:expr),*))?),+)?;)*
        }
    ) => {
        $crate::base::field::record!(@struct
            $(#[doc = $doc])*
            $name in $table as $Id {
                #[doc = " Row number, given by the library."]
                id: $Id => system, uncopied;
                #[doc = " From 1; every change adds 1. Give it to `update` to be told when someone was faster."]
                version: i64 => system, uncopied;
                #[doc = " When it was created."]
                create_date: $crate::base::Timestamp => system, uncopied;
                #[doc = " When it last changed."]
                write_date: $crate::base::Timestamp => system, uncopied;
                #[doc = " Who created it; nobody for the administrator session."]
                create_uid: Option<$crate::base::UserId> => system, uncopied;
                #[doc = " Who last changed it."]
                write_uid: Option<$crate::base::UserId> => system, uncopied;
                $($(#[doc = $fdoc])* $f: $t $(=> $($flag $(($($arg),*))?),+)?;)*
            }
        );
    };
    (@struct
        $(#[doc = $doc:expr])*
        $name:ident in $table:literal as $Id:ident {
            $($(#[doc = $fdoc:expr])* $f:ident : $t:ty $(=> $($flag:ident $(($($arg:expr),*))?),+)?;)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name { $($(#[doc = $fdoc])* pub $f: $t,)* }

        impl $crate::base::field::Record for $name {
            type Id = $Id;
            const TABLE: &'static $crate::base::field::Table = &$crate::base::field::Table {
                kind: <$Id as $crate::base::id::Id>::KIND,
                name: $table,
                fields: &[$(
                    $crate::base::field::Field::new(
                        stringify!($f),
                        <$t as $crate::base::field::FieldValue>::KIND,
                        <$t as $crate::base::field::FieldValue>::NULLABLE,
                        concat!($($fdoc),*),
                    )$($(.$flag($($($arg),*)?))+)?,
                )*],
                doc: concat!($($doc),*),
            };
            const ACCESS: &'static [$crate::base::field::Access<Self>] = &[$(
                $crate::base::field::Access {
                    to_value: |record| $crate::base::field::FieldValue::to_value(
                        &record.$f, $crate::base::field::Nature::currency(record)),
                    set: |record, value, field, currency| {
                        record.$f = $crate::base::field::FieldValue::from_value(value, field, currency)?;
                        Ok(())
                    },
                    cell: |record| $crate::base::field::FieldValue::cell(&record.$f),
                    read: |record, cell| match $crate::base::field::FieldValue::from_cell(cell) {
                        Some(value) => { record.$f = value; true }
                        None => false,
                    },
                },
            )*];

            fn id(&self) -> $Id {
                self.id
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn stamp(&mut self, stamp: $crate::base::field::Stamp<$Id>) {
                self.id = stamp.id;
                self.version = stamp.version;
                if let Some(created) = stamp.created {
                    self.create_date = created;
                    self.create_uid = stamp.user.map($crate::base::UserId);
                }
                self.write_date = stamp.now;
                self.write_uid = stamp.user.map($crate::base::UserId);
            }
        }
    };
}
pub(crate) use record;
