//! Rows of answers, whichever engine gives them.
//!
//! Deliberately absent: names of columns. A statement says what it selects, and who reads it knows the order.

use rusqlite::types::ValueRef;

use crate::base::error::storage_code;
use crate::base::{Cell, Error, Result};
#[cfg(feature = "postgres")]
use crate::storage::postgres;
use crate::storage::sqlite;

/// One row of an answer, read by position.
#[derive(Debug)]
pub(crate) enum Line<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    #[cfg(feature = "postgres")]
    Postgres(&'r tokio_postgres::Row),
}

impl Line<'_> {
    /// The column as a cell.
    pub(crate) fn cell(&self, at: usize) -> Cell<'_> {
        match self {
            Self::Sqlite(row) => row.get_ref(at).map_or(Cell::Null, sqlite::cell),
            #[cfg(feature = "postgres")]
            Self::Postgres(row) => postgres::cell(row, at),
        }
    }

    /// A whole number.
    pub(crate) fn int(&self, at: usize) -> Result<i64> {
        self.int_or_null(at)?.ok_or_else(|| mistyped(at))
    }

    /// A whole number or nothing.
    pub(crate) fn int_or_null(&self, at: usize) -> Result<Option<i64>> {
        match self {
            // Without the way through a cell, which may own text: batches read ten numbers of each of a million rows.
            Self::Sqlite(row) => match row.get_ref(at) {
                Ok(ValueRef::Integer(number)) => Ok(Some(number)),
                Ok(ValueRef::Null) => Ok(None),
                _ => Err(mistyped(at)),
            },
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => match self.cell(at) {
                Cell::Int(number) => Ok(Some(number)),
                Cell::Null => Ok(None),
                _ => Err(mistyped(at)),
            },
        }
    }

    /// Text.
    pub(crate) fn text(&self, at: usize) -> Result<&str> {
        self.text_or_null(at)?.ok_or_else(|| mistyped(at))
    }

    /// Text or nothing.
    pub(crate) fn text_or_null(&self, at: usize) -> Result<Option<&str>> {
        match self {
            Self::Sqlite(row) => match row.get_ref(at) {
                Ok(ValueRef::Text(text)) => {
                    std::str::from_utf8(text).map(Some).map_err(|_| mistyped(at))
                }
                Ok(ValueRef::Null) => Ok(None),
                _ => Err(mistyped(at)),
            },
            #[cfg(feature = "postgres")]
            Self::Postgres(row) => postgres::text(row, at).map_err(|()| mistyped(at)),
        }
    }
}

fn mistyped(at: usize) -> Error {
    Error::storage(
        storage_code::CORRUPT,
        format!("column {at} of an answer does not hold what it should"),
    )
}
