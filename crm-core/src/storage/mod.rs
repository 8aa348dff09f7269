//! Storage: one concrete transaction, [`Tx`], over a closed set of engines: SQLite, and PostgreSQL with the feature `postgres`.
//!
//! Rooms say `Tx`; this folder alone says `rusqlite` and `postgres`. A transaction knows who acts ([`Actor`]), what time it is (read once), and
//! collects the events that its verbs announce. Statements are prepared once per connection and always bound.
//!
//! [`Memo`] keeps what every verb reads and hardly anyone writes (stages, teams) beside the connection, as long as nobody has changed
//! it. What many change (the model's counters) is kept likewise where one writer works at a time, and for one transaction where many
//! do. Deliberately absent: traits per table, an in-memory fake.

pub(crate) mod actor;
pub(crate) mod ahead;
mod backup;
pub(crate) mod clean;
mod conn;
pub(crate) mod copy;
mod dialect;
pub(crate) mod door;
pub(crate) mod file;
pub(crate) mod handle;
mod hanging;
mod line;
mod link;
pub(crate) mod migrate;
pub(crate) mod opening;
pub(crate) mod past;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod prepared;
pub(crate) mod records;
mod seat;
pub(crate) mod sqlite;
pub(crate) mod stop;

pub(crate) use dialect::dialect;
pub(crate) use line::Line;
pub(crate) use link::Link;
pub(crate) use prepared::Prepared;

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::access::Actor;
use crate::base::{AsOf, Cell, Error, Result, Timestamp, limit};
use crate::event::{Event, LeadChange};
use crate::storage::ahead::Ahead;
use crate::storage::stop::Stop;

/// What a transaction may do. One writer works at a time in SQLite, whatever it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Ask.
    Read,
    /// Change deals, while others do too.
    Share,
    /// Change the office, or all deals, while nobody else writes.
    Alone,
    /// Change what only one may, while another connection of the same call has the office alone.
    #[cfg(feature = "postgres")]
    Within,
}

/// The row that a statement is about: a table and its key.
pub(crate) type Key = (&'static str, i64);

/// Where statements go: the closed set of engines.
#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(rusqlite::Connection),
    #[cfg(feature = "postgres")]
    Postgres(Box<postgres::Session>),
}

impl Engine {
    pub(crate) const fn wire(&self) -> Wire<'_> {
        match self {
            Self::Sqlite(conn) => Wire::Sqlite(conn),
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => Wire::Postgres(session),
        }
    }
}

/// The same, borrowed for a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wire<'c> {
    Sqlite(&'c rusqlite::Connection),
    #[cfg(feature = "postgres")]
    Postgres(&'c postgres::Session),
}

type Kept = RefCell<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>;

/// Values kept beside a connection; see the module's head.
#[derive(Default)]
pub(crate) struct Memo {
    /// Of the office.
    office: Kept,
    /// Of what many change.
    counts: Kept,
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memo({} + {} kept)", self.office.borrow().len(), self.counts.borrow().len())
    }
}

impl Memo {
    pub(crate) fn clear(&self) {
        self.office.borrow_mut().clear();
        self.clear_counts();
    }

    pub(crate) fn clear_counts(&self) {
        self.counts.borrow_mut().clear();
    }
}

fn find<T: Any + Send + Sync>(kept: &Kept) -> Option<Arc<T>> {
    let found = kept.borrow().get(&TypeId::of::<T>()).cloned();
    found.and_then(|found| found.downcast::<T>().ok())
}

/// What settles the consequences of announced events; `reaction::settle`, given at opening.
pub(crate) type Settle = fn(&mut Tx<'_>, Vec<Event>) -> Result<()>;

/// One open transaction.
#[derive(Debug)]
pub(crate) struct Tx<'c> {
    wire: Wire<'c>,
    memo: &'c Memo,
    settle: Settle,
    stop: &'c Stop,
    ahead: Option<Ahead<'c>>,
    events: Vec<Event>,
    /// Who acts.
    pub(crate) actor: Actor,
    /// The moment of the transaction, read once; or that of the past to which it was turned.
    pub(crate) now: Timestamp,
    /// The instant as of which records are asked about, if it is not as they are.
    past: Option<AsOf>,
    /// Whether what was is being forgotten: the feed tells what is, and no more.
    pub(crate) is_forgetting: bool,
    /// The run of machine scores that single writes of this transaction share.
    pub(crate) score_run: Option<i64>,
    /// What became of announced leads, while someone waits to hear that.
    settled: Option<Vec<LeadChange>>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(
        wire: Wire<'c>,
        memo: &'c Memo,
        settle: Settle,
        stop: &'c Stop,
        now: Timestamp,
    ) -> Self {
        Self {
            wire,
            memo,
            settle,
            stop,
            ahead: None,
            events: Vec::new(),
            actor: Actor::system(),
            now,
            past: None,
            is_forgetting: false,
            score_run: None,
            settled: None,
        }
    }

    /// Calls `each` for every row, which must ask nothing else meanwhile.
    pub(crate) fn each(
        &self,
        sql: &str,
        params: &[Cell<'_>],
        mut each: impl FnMut(&Line<'_>) -> Result<()>,
    ) -> Result<()> {
        self.stop.statement()?;
        match self.wire {
            Wire::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(sql).map_err(sqlite::error)?;
                bind(&mut statement, params)?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next().map_err(sqlite::error)? {
                    self.stop.row()?;
                    each(&Line::Sqlite(row))?;
                }
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.each(sql, params, |row| {
                self.stop.row()?;
                each(&Line::Postgres(row))
            }),
        }
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
        self.stop.statement()?;
        match self.wire {
            Wire::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(sql).map_err(sqlite::error)?;
                bind(&mut statement, params)?;
                let mut rows = statement.raw_query();
                match rows.next().map_err(sqlite::error)? {
                    Some(row) => read(&Line::Sqlite(row)).map(Some),
                    None => Ok(None),
                }
            }
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => {
                session.first(sql, params)?.map(|row| read(&Line::Postgres(&row))).transpose()
            }
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
        self.stop.statement()?;
        match self.wire {
            Wire::Sqlite(conn) => run(conn, sql, params),
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Writes, before the next question at the latest: on a server many rows then travel as one statement. `key` names the row, so
    /// that what several statements do to it keeps its order.
    pub(crate) fn write(&self, sql: &str, key: Key, params: &[Cell<'_>]) -> Result<()> {
        match self.wire {
            Wire::Sqlite(_) => {
                let _ = key;
                self.execute(sql, params).map(drop)
            }
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => {
                self.stop.statement()?;
                session.later(sql, Some(key), params)
            }
        }
    }

    /// Says that so many rows of a table will be inserted next: a server gives their ids at once.
    pub(crate) fn expect_rows(&self, table: &str, rows: usize) -> Result<()> {
        match self.wire {
            Wire::Sqlite(_) => {
                let _ = (table, rows);
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.reserve(table, rows),
        }
    }

    /// Whether others may write at the same time: then counts are only added to, and positions given by who reads.
    pub(crate) const fn is_shared(&self) -> bool {
        !matches!(self.wire, Wire::Sqlite(_))
    }

    /// The tables in which kept counts of that name stand.
    pub(crate) fn parts(&self, counts: &str) -> Vec<String> {
        if self.is_shared() {
            vec![format!("{counts}_total"), format!("{counts}_delta")]
        } else {
            vec![counts.to_owned()]
        }
    }

    /// What stands behind a question for records that are to be changed: on a server their rows are locked, so that of two who change
    /// the same deal one waits.
    pub(crate) fn locking(&self, table: &str) -> String {
        match self.wire {
            Wire::Sqlite(_) => {
                let _ = table;
                String::new()
            }
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) if session.right() == Some(Right::Read) => String::new(),
            #[cfg(feature = "postgres")]
            Wire::Postgres(_) => format!(" FOR UPDATE OF {table}"),
        }
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

    /// Ends a verb: its consequences follow, all of it is sent, and the host says a last time whether it is to be kept.
    pub(crate) fn complete(&mut self) -> Result<()> {
        self.settle()?;
        self.flush()?;
        self.stop.last_call()
    }

    /// Announces changes of leads and lets the consequences follow; answers them as those left them, the machine's scores among it.
    pub(crate) fn settle_leads(&mut self, changes: Vec<LeadChange>) -> Result<Vec<LeadChange>> {
        self.settled = Some(Vec::new());
        self.announce(Event::Leads(changes));
        let done = self.settle();
        let settled = self.settled.take().unwrap_or_default();
        done.map(|()| settled)
    }

    /// Does something of which whoever waits for what became of leads hears nothing.
    pub(crate) fn unheard<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let waiting = self.settled.take();
        let done = work(self);
        self.settled = waiting;
        done
    }

    /// Tells whoever waits for it what became of leads.
    pub(crate) fn tell_back(&mut self, changes: Vec<LeadChange>) {
        match &mut self.settled {
            Some(settled) if settled.is_empty() => *settled = changes,
            Some(settled) => settled.extend(changes),
            None => {}
        }
    }

    /// What is kept of the office of type `T`; loaded when it is not.
    pub(crate) fn memo<T: Any + Send + Sync>(
        &self,
        load: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<Arc<T>> {
        if let Some(kept) = find::<T>(&self.memo.office) {
            return Ok(kept);
        }
        let fresh = Arc::new(load(self)?);
        self.memo.office.borrow_mut().insert(TypeId::of::<T>(), fresh.clone());
        Ok(fresh)
    }

    /// What is kept of counts of type `T`; loaded when it is not.
    pub(crate) fn memo_counts<T: Any + Send + Sync>(
        &self,
        load: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<Arc<T>> {
        if let Some(kept) = find::<T>(&self.memo.counts) {
            return Ok(kept);
        }
        let fresh = Arc::new(load(self)?);
        self.keep_counts(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Whether counts of type `T` are kept.
    pub(crate) fn has_counts<T: Any + Send + Sync>(&self) -> bool {
        find::<T>(&self.memo.counts).is_some()
    }

    /// Keeps counts until someone forgets them, the transaction fails or another writer comes.
    pub(crate) fn keep_counts<T: Any + Send + Sync>(&self, value: Arc<T>) {
        self.memo.counts.borrow_mut().insert(TypeId::of::<T>(), value);
    }

    /// Takes kept counts out, to change them without copying.
    pub(crate) fn take_counts<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let kept = self.memo.counts.borrow_mut().remove(&TypeId::of::<T>());
        kept.and_then(|kept| kept.downcast::<T>().ok())
    }

    /// Forgets everything that is kept, here and in every other process: after a write to the office.
    pub(crate) fn forget_all(&self) -> Result<()> {
        self.memo.clear();
        match self.wire {
            // The engine itself tells other connections that something was written.
            Wire::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.office_changed(),
        }
    }

    /// Sends what waits to be written, so that its failures are heard here.
    pub(crate) fn flush(&self) -> Result<()> {
        match self.wire {
            Wire::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.flush(),
        }
    }

    /// Makes sure that nobody else writes until this transaction ends.
    pub(crate) fn alone(&self) -> Result<()> {
        match self.wire {
            Wire::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.alone(),
        }
    }

    /// Opens a place to which a failing part of the work can go back.
    pub(crate) fn savepoint(&self) -> Result<()> {
        self.command("SAVEPOINT part")
    }

    /// Ends a part of the work that [`Self::savepoint`] began.
    pub(crate) fn release(&self, ok: bool) -> Result<()> {
        if !ok {
            self.memo.clear();
            #[cfg(feature = "postgres")]
            if let Wire::Postgres(session) = self.wire {
                return session.take_part_back();
            }
            self.command("ROLLBACK TO part")?;
        }
        self.command("RELEASE part")
    }

    /// Runs also when the host has said to stop: it takes work back.
    fn command(&self, sql: &str) -> Result<()> {
        match self.wire {
            Wire::Sqlite(conn) => run(conn, sql, &[]).map(drop),
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => session.command(sql),
        }
    }
}

fn run(conn: &rusqlite::Connection, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
    let mut statement = conn.prepare_cached(sql).map_err(sqlite::error)?;
    bind(&mut statement, params)?;
    statement.raw_execute().map_err(sqlite::error)
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Cell<'_>]) -> Result<()> {
    debug_assert_eq!(statement.parameter_count(), params.len(), "each parameter is bound");
    bind_from(statement, 0, params)
}

/// Binds the parameters that follow upon the first so many.
fn bind_from(
    statement: &mut rusqlite::Statement<'_>,
    first: usize,
    params: &[Cell<'_>],
) -> Result<()> {
    for (at, cell) in params.iter().enumerate() {
        statement.raw_bind_parameter(first + at + 1, cell).map_err(sqlite::error)?;
    }
    Ok(())
}
