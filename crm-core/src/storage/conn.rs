//! One connection, with what is kept beside it, and the ends of its transaction.
//!
//! The two engines differ here and in the statements' own files; above, a transaction is a transaction.

use rusqlite::Connection;

use crate::base::Result;
#[cfg(feature = "postgres")]
use crate::storage::postgres;
use crate::storage::{Engine, Memo, Right, sqlite};

/// A connection with what is kept beside it.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(super) engine: Engine,
    pub(super) memo: Memo,
    /// What tells whether the memo is good: SQLite's count of other connections' commits, or a server's count of office changes.
    seen: i64,
}

impl Conn {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine, memo: Memo::default(), seen: -1 }
    }

    pub(super) fn file(&self) -> Result<&Connection> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(connection),
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => Err(crate::base::Error::bug("a server was taken for a file")),
        }
    }

    /// Tells connections apart while they live.
    #[cfg(feature = "postgres")]
    pub(super) fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    #[cfg(feature = "postgres")]
    pub(super) fn session(&self) -> &postgres::Session {
        match &self.engine {
            Engine::Postgres(session) => session,
            Engine::Sqlite(_) => unreachable!("a pool holds connections to its server"),
        }
    }

    /// Forgets what is kept if someone else has written since.
    pub(super) fn refresh(&mut self) -> Result<()> {
        let mut version =
            self.file()?.prepare_cached("PRAGMA data_version").map_err(sqlite::error)?;
        let seen = version.query_row([], |row| row.get::<_, i64>(0)).map_err(sqlite::error)?;
        drop(version);
        self.see(seen);
        Ok(())
    }

    fn see(&mut self, seen: i64) {
        if seen != self.seen {
            self.memo.clear();
            self.seen = seen;
        }
    }

    pub(super) fn run(&self, sql: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute([]))
                .map(drop)
                .map_err(sqlite::error),
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => session.command(sql),
        }
    }

    /// Opens a transaction.
    pub(super) fn begin(&mut self, right: Right) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => {
                self.run(if right == Right::Read { "BEGIN" } else { "BEGIN IMMEDIATE" })?;
                self.refresh().inspect_err(|_| {
                    let _ = self.run("ROLLBACK");
                })
            }
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => {
                self.memo.clear_counts();
                let seen = session.begin(right)?;
                self.see(seen);
                Ok(())
            }
        }
    }

    /// Ends the open transaction, keeping what it wrote.
    pub(super) fn commit(&mut self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => self.run("COMMIT"),
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => {
                session.commit()?;
                self.seen = session.epoch();
                session.fold_sometimes();
                Ok(())
            }
        }
    }

    /// Ends the open transaction, dropping what it wrote. The engine may have rolled back by itself; then this has nothing to do.
    pub(super) fn roll_back(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => {
                self.memo.clear();
                self.run("ROLLBACK")
            }
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => {
                self.memo.clear_counts();
                if session.has_changed_office() {
                    self.memo.clear();
                }
                session.rollback()
            }
        }
    }

    /// Goes back to where a part of the transaction began that will not end by itself.
    pub(super) fn undo_part(&self) {
        self.memo.clear();
        #[cfg(feature = "postgres")]
        if let Engine::Postgres(session) = &self.engine {
            let _ = session.take_part_back();
            return;
        }
        let _ = self.run("ROLLBACK TO part");
        let _ = self.run("RELEASE part");
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(connection) => !connection.is_autocommit(),
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => session.right().is_some(),
        }
    }
}
