//! The ground: values, money, time, errors, fields. Knows nothing of storage or of the trade.
//!
//! Deliberately absent: anything that reads a clock, a file or a database.

#[cfg(feature = "arrow")]
pub mod arrow;
pub mod as_of;
pub(crate) mod digest;
pub mod error;
pub mod field;
pub mod fields;
pub mod frame;
pub mod free_mail;
pub mod id;
pub mod likeness;
pub mod limit;
pub mod money;
pub mod name;
mod phone;
pub mod probability;
pub mod progress;
pub mod text;
pub mod time;
pub mod value;
pub(crate) mod zone;

pub use as_of::{AsOf, Axis};
pub use error::{Error, ErrorKind, Result};
pub use field::{Field, FieldKind, Past, Place, Record, Row, Table};
pub use fields::Fields;
pub use frame::Frame;
pub use id::*;
pub use money::{Amount, Currency, Money, MoneyBag};
pub use probability::Probability;
pub use progress::Progress;
pub use time::{Date, Timestamp};
pub use value::{Cell, Value};
