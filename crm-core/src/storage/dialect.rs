//! Statements of which one text cannot serve both engines: at most ten, each a pair of files, `x.sqlite.sql` and `x.postgres.sql`, of
//! which the latter says in its first line why. `tests/tidy.rs` counts them.

use crate::storage::{Tx, Wire};

/// The text of a pair of files beside the caller's, for the engine of a transaction.
macro_rules! dialect {
    ($tx:expr, $name:literal) => {
        $tx.dialect(
            include_str!(concat!($name, ".sqlite.sql")),
            include_str!(concat!($name, ".postgres.sql")),
        )
    };
}

pub(crate) use dialect;

impl Tx<'_> {
    /// What [`dialect!`] says.
    pub(crate) fn dialect<'t>(&self, sqlite: &'t str, postgres: &'t str) -> &'t str {
        let _ = postgres;
        match self.wire {
            Wire::Sqlite(_) => sqlite,
            #[cfg(feature = "postgres")]
            Wire::Postgres(_) => postgres.split_once('\n').map_or("", |(_, text)| text),
        }
    }
}
