//! Storage: one concrete transaction, [`Tx`], over a closed set of engines. SQLite today.
//!
//! Rooms say `Tx`; this folder alone says `rusqlite`. A transaction knows who acts ([`Actor`]), what time it is (read once), and
//! collects the events that its verbs announce. Statements are prepared once per connection and always bound.
//!
//! [`Memo`] keeps what every verb reads and hardly anyone writes (stages, teams, the model's counters) beside the connection, as
//! long as nobody else has written to the file. Deliberately absent: traits per table, an in-memory fake.

pub(crate) mod actor;
pub(crate) mod door;
pub(crate) mod handle;
pub(crate) mod migrate;
pub(crate) mod records;
mod seat;
pub(crate) mod sqlite;

pub(crate) use handle::Link;

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::access::Actor;
use crate::base::error::storage_code;
use crate::base::{Cell, Error, Result, Timestamp, limit};
use crate::event::Event;

/// Values kept beside a connection; see the module's head.
#[derive(Default)]
pub(crate) struct Memo(RefCell<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memo({} kept)", self.0.borrow().len())
    }
}

impl Memo {
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// What settles the consequences of announced events; `reaction::settle`, given at opening.
pub(crate) type Settle = fn(&mut Tx<'_>, Vec<Event>) -> Result<()>;

/// One open transaction.
#[derive(Debug)]
pub(crate) struct Tx<'c> {
    conn: &'c rusqlite::Connection,
    memo: &'c Memo,
    settle: Settle,
    events: Vec<Event>,
    /// Who acts.
    pub(crate) actor: Actor,
    /// The moment of the transaction, read once.
    pub(crate) now: Timestamp,
    /// The run of machine scores that single writes of this transaction share.
    pub(crate) score_run: Option<i64>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(
        conn: &'c rusqlite::Connection,
        memo: &'c Memo,
        settle: Settle,
        now: Timestamp,
    ) -> Self {
        Self {
            conn,
            memo,
            settle,
            events: Vec::new(),
            actor: Actor::system(),
            now,
            score_run: None,
        }
    }

    /// Calls `each` for every row.
    pub(crate) fn each(
        &self,
        sql: &str,
        params: &[Cell<'_>],
        mut each: impl FnMut(&Line<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(sql).map_err(sqlite::error)?;
        bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(sqlite::error)? {
            each(&Line(row))?;
        }
        Ok(())
    }

    /// All rows.
    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        params: &[Cell<'_>],
        mut read: impl FnMut(&Line<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql, params, |line| {
            all.push(read(line)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// The first row, if there is one.
    pub(crate) fn optional<T>(
        &self,
        sql: &str,
        params: &[Cell<'_>],
        read: impl FnOnce(&Line<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(sqlite::error)?;
        bind(&mut statement, params)?;
        let mut rows = statement.raw_query();
        match rows.next().map_err(sqlite::error)? {
            Some(row) => read(&Line(row)).map(Some),
            None => Ok(None),
        }
    }

    /// The first row of a statement that always has one.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: &[Cell<'_>],
        read: impl FnOnce(&Line<'_>) -> Result<T>,
    ) -> Result<T> {
        self.optional(sql, params, read)?
            .ok_or_else(|| Error::bug("a statement that always answers did not"))
    }

    /// Runs a statement; answers how many rows it touched.
    pub(crate) fn execute(&self, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
        let mut statement = self.conn.prepare_cached(sql).map_err(sqlite::error)?;
        bind(&mut statement, params)?;
        statement.raw_execute().map_err(sqlite::error)
    }

    /// A statement to run many times.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Prepared<'c>> {
        Ok(Prepared {
            statement: self.conn.prepare_cached(sql).map_err(sqlite::error)?,
            conn: self.conn,
        })
    }

    /// Adds to what happened; consequences follow at [`Self::settle`].
    pub(crate) fn announce(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Lets the consequences of what was announced follow, round by round.
    pub(crate) fn settle(&mut self) -> Result<()> {
        for _ in 0..limit::REACTION_ROUNDS {
            if self.events.is_empty() {
                return Ok(());
            }
            let events = std::mem::take(&mut self.events);
            (self.settle)(self, events)?;
        }
        Err(Error::limit(
            "REACTION_ROUNDS",
            "consequences did not come to rest; two of them feed each other",
        ))
    }

    /// What is kept of type `T` beside this connection; loaded when it is not.
    pub(crate) fn memo<T: Any + Send + Sync>(
        &self,
        load: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<Arc<T>> {
        if let Some(kept) = self.kept::<T>() {
            return Ok(kept);
        }
        let fresh = Arc::new(load(self)?);
        self.keep(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// What is kept of type `T`, if anything.
    pub(crate) fn kept<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let kept = self.memo.0.borrow().get(&TypeId::of::<T>()).cloned();
        kept.and_then(|kept| kept.downcast::<T>().ok())
    }

    /// Keeps a value until someone forgets it, the transaction fails or another writer comes.
    pub(crate) fn keep<T: Any + Send + Sync>(&self, value: Arc<T>) {
        self.memo.0.borrow_mut().insert(TypeId::of::<T>(), value);
    }

    /// Takes a kept value out, to change it without copying.
    pub(crate) fn take<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.memo
            .0
            .borrow_mut()
            .remove(&TypeId::of::<T>())
            .and_then(|kept| kept.downcast::<T>().ok())
    }

    /// Forgets everything that is kept: after a write to the office.
    pub(crate) fn forget_all(&self) {
        self.memo.clear();
    }

    /// Opens a place to which a failing part of the work can go back.
    pub(crate) fn savepoint(&self) -> Result<()> {
        self.execute("SAVEPOINT part", &[]).map(drop)
    }

    /// Ends a part of the work that [`Self::savepoint`] began.
    pub(crate) fn release(&self, ok: bool) -> Result<()> {
        if !ok {
            self.memo.clear();
            self.execute("ROLLBACK TO part", &[])?;
        }
        self.execute("RELEASE part", &[]).map(drop)
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Cell<'_>]) -> Result<()> {
    debug_assert_eq!(statement.parameter_count(), params.len(), "each parameter is bound");
    for (at, cell) in params.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, cell).map_err(sqlite::error)?;
    }
    Ok(())
}

/// A statement held for many runs.
pub(crate) struct Prepared<'c> {
    statement: rusqlite::CachedStatement<'c>,
    conn: &'c rusqlite::Connection,
}

impl Prepared<'_> {
    /// Runs it; answers how many rows it touched.
    pub(crate) fn execute(&mut self, params: &[Cell<'_>]) -> Result<usize> {
        bind(&mut self.statement, params)?;
        self.statement.raw_execute().map_err(sqlite::error)
    }

    /// Runs an `INSERT`; answers the new row's id.
    pub(crate) fn insert(&mut self, params: &[Cell<'_>]) -> Result<i64> {
        self.execute(params)?;
        Ok(self.conn.last_insert_rowid())
    }
}

/// One row of an answer, read by position.
#[derive(Debug)]
pub(crate) struct Line<'r>(&'r rusqlite::Row<'r>);

impl Line<'_> {
    /// The column as a cell.
    pub(crate) fn cell(&self, at: usize) -> Cell<'_> {
        self.0.get_ref(at).map_or(Cell::Null, sqlite::cell)
    }

    /// A whole number.
    pub(crate) fn int(&self, at: usize) -> Result<i64> {
        self.int_or_null(at)?.ok_or_else(|| mistyped(at))
    }

    /// A whole number or nothing.
    pub(crate) fn int_or_null(&self, at: usize) -> Result<Option<i64>> {
        match self.cell(at) {
            Cell::Int(number) => Ok(Some(number)),
            Cell::Null => Ok(None),
            _ => Err(mistyped(at)),
        }
    }

    /// Text.
    pub(crate) fn text(&self, at: usize) -> Result<&str> {
        self.text_or_null(at)?.ok_or_else(|| mistyped(at))
    }

    /// Text or nothing.
    pub(crate) fn text_or_null(&self, at: usize) -> Result<Option<&str>> {
        match self.0.get_ref(at) {
            Ok(rusqlite::types::ValueRef::Text(text)) => {
                std::str::from_utf8(text).map(Some).map_err(|_| mistyped(at))
            }
            Ok(rusqlite::types::ValueRef::Null) => Ok(None),
            _ => Err(mistyped(at)),
        }
    }
}

fn mistyped(at: usize) -> Error {
    Error::storage(
        storage_code::CORRUPT,
        format!("column {at} of an answer does not hold what it should"),
    )
}
