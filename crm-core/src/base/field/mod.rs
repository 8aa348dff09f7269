//! One list of fields per record, from which everything else derives.
//!
//! `record!` writes the struct; a [`Table`] that doors, filters and CSV read (name, type, place, traits, doc);
//! and one [`Access`] per field (to and from a [`Value`], to and from a [`Cell`]). A list of columns written by hand is a bug.
//!
//! A field's [`Place`] says where it is stored: in the record's row, in a 1:1 side table, in a link table, or nowhere (derived).
//!
//! Deliberately absent: behaviour. A field knows its type and its limits, never a rule of the trade.

mod define;
mod json;
mod value;

pub(crate) use define::{choice, record};
pub(crate) use json::{write_int, write_json, write_text};
pub use value::{FieldValue, Properties, decimal};

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use crate::base::error::{Error, Result};
use crate::base::id::{Id, RecordKind, Subject};
use crate::base::limit;
use crate::base::money::Currency;
use crate::base::time::Timestamp;
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
    /// In a 1:1 table that another room writes; read only here, and 0 where it has written nothing.
    Joined(&'static str),
    /// In a link table: (table, column of this record, column of the other).
    Link(&'static str, &'static str, &'static str),
    /// Computed by this SQL expression.
    Sql(&'static str),
    /// Computed after reading; filters and orders ask this SQL expression for the same. In it `:now` is the moment of asking.
    Computed(&'static str),
}

/// What an answer as of an instant of the past says of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// It has no history: what it is now. What is computed follows from the fields it is computed of.
    Now,
    /// What it was, by the history of its record.
    Kept,
    /// What this SQL expression works out: of `state`, the row of the history that held then, and of the record as it is now. In it
    /// `:at` is the instant, `:time` the column of the history that counts, `:settled` whether that is the last row.
    Then(&'static str),
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
    /// What is said of it as of an instant of the past.
    pub past: Past,
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
        Self {
            name,
            kind,
            nullable,
            place: Place::Column,
            past: Past::Now,
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

    /// Computed after reading, as this SQL expression does.
    #[must_use]
    pub const fn computed(mut self, expression: &'static str) -> Self {
        self.place = Place::Computed(expression);
        self.system()
    }

    /// Its history is kept.
    #[must_use]
    pub const fn kept(mut self) -> Self {
        self.past = Past::Kept;
        self
    }

    /// Worked out by SQL as of an instant of the past.
    #[must_use]
    pub const fn then(mut self, expression: &'static str) -> Self {
        self.past = Past::Then(expression);
        self
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
        if value.is_null() {
            return self.refuse(format_args!("cannot be empty; it is {wanted}"));
        }
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
        /// Names to numbers, made once per kind: a draft looks up a dozen names, and comparing them with seventy each adds up.
        static KNOWN: OnceLock<Vec<OnceLock<Names>>> = OnceLock::new();
        let kinds = KNOWN.get_or_init(|| RecordKind::ALL.iter().map(|_| OnceLock::new()).collect());
        let names = kinds[self.kind as usize].get_or_init(|| {
            let shown = self.fields.iter().enumerate().filter(|(_, field)| !field.hidden);
            shown.map(|(at, field)| (field.name, at)).collect()
        });
        names.get(name).copied()
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

    /// Whether the history of its records is kept.
    #[must_use]
    pub fn has_history(&self) -> bool {
        self.fields.iter().any(|field| field.past != Past::Now)
    }

    /// The shown fields, in order.
    pub fn shown(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| !field.hidden)
    }
}

/// Field names to numbers. The names are ours, so that nobody can crowd them: a plain hash (FNV-1a) does.
type Names = HashMap<&'static str, usize, BuildHasherDefault<Fnv>>;

#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// How one field of `R` is read and written; written by `record!`.
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

/// A kind of record: made by `record!`.
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
        self.set_at(at, value)
    }

    /// As [`Self::set`], by the field's number.
    ///
    /// # Errors
    /// `Invalid` or `Limit`, naming the field.
    fn set_at(&mut self, at: usize, value: &Value) -> Result<()> {
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

/// Numbers of the stored fields and links, leaving out the version and who wrote when: what a change can be told by.
pub fn told_fields<R: Record>() -> impl Iterator<Item = usize> {
    R::TABLE.fields.iter().enumerate().filter_map(|(at, field)| {
        let told = match field.place {
            Place::Column | Place::Side(_) => {
                !matches!(field.name, "version" | "write_date" | "write_uid")
            }
            Place::Link(..) => true,
            Place::Joined(_) | Place::Sql(_) | Place::Computed(_) => false,
        };
        told.then_some(at)
    })
}

/// Those of [`told_fields`] that differ.
pub fn changed_fields<'a, R: Record>(
    before: &'a R,
    after: &'a R,
) -> impl Iterator<Item = usize> + 'a {
    told_fields::<R>()
        .filter(move |at| (R::ACCESS[*at].cell)(before) != (R::ACCESS[*at].cell)(after))
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

    /// The values in field order, hidden ones included, without a copy.
    #[must_use]
    pub fn into_values(self) -> Box<[Value]> {
        self.values
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
