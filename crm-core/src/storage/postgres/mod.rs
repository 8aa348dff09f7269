//! PostgreSQL: statements, rows, writes in bulk. Where the server is: `server`; connections: `pool`.
//!
//! Rooms write one SQL for both engines ([`spelled`] says what is put otherwise); values follow the types that the server gives to
//! columns and parameters. What a verb writes row by row is gathered and sent by many rows in one statement, in the order in which
//! it was written, before the next question is asked: so the number of round trips does not grow with the number of records.

mod batch;
mod client;
mod ear;
mod failure;
pub(super) mod load;
mod pool;
mod server;
mod tls;

pub(super) use pool::Pool;

use std::borrow::Cow;
use std::cell::{Cell as Slot, RefCell, RefMut};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use tokio_postgres::{Row, SimpleQueryMessage, Statement};

use crate::base::error::storage_code;
use crate::base::{Cell, Error, ErrorKind, Result, limit};
use crate::storage::postgres::batch::Batches;
use crate::storage::postgres::client::Client;
use crate::storage::postgres::ear::{Ear, Telling};
use crate::storage::postgres::failure::{error, lost};
use crate::storage::{Key, Right};

/// The table of which nobody sees the ids.
const UNSEEN: &str = "feed_entry";

/// One connection and what it has prepared.
pub(crate) struct Session {
    client: RefCell<Client>,
    ear: Arc<Ear>,
    /// By the text that rooms write.
    statements: RefCell<HashMap<String, Known>>,
    batches: RefCell<Batches>,
    /// Ids that were taken from a table's sequence and are not given yet.
    ids: RefCell<HashMap<String, VecDeque<i64>>>,
    /// How many ids that nobody sees are taken next, if none are left.
    unseen: Slot<usize>,
    /// The count of office changes that the open transaction sees.
    epoch: Slot<i64>,
    /// Whether the open transaction has changed the office.
    changed_office: Slot<bool>,
    /// What the open transaction may do, if one is open.
    right: Slot<Option<Right>>,
    /// Questions to the server so far, on all connections of the handle.
    trips: Arc<AtomicU64>,
    /// Rows added since the last fold.
    pub(super) added: Slot<usize>,
}

/// A prepared statement, with the one that does the same for many rows.
#[derive(Clone)]
struct Known {
    one: Statement,
    many: Option<Statement>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("trips", &self.trips).finish_non_exhaustive()
    }
}

impl Session {
    /// `process` is the server's name of its other end.
    fn new(client: Client, process: String, telling: &Telling, trips: Arc<AtomicU64>) -> Self {
        Self {
            ear: Ear::new(telling, process, client.cancel_token()),
            client: RefCell::new(client),
            statements: RefCell::default(),
            batches: RefCell::default(),
            ids: RefCell::default(),
            unseen: Slot::new(1),
            epoch: Slot::new(-1),
            changed_office: Slot::new(false),
            right: Slot::new(None),
            trips,
            added: Slot::new(0),
        }
    }

    fn client(&self) -> Result<RefMut<'_, Client>> {
        self.ear.listen();
        self.trips.fetch_add(1, Ordering::Relaxed);
        let inside = |_| Error::bug("a statement inside the reading of another's rows");
        self.client.try_borrow_mut().map_err(inside)
    }

    /// Whether the connection is gone.
    pub(super) fn is_lost(&self) -> bool {
        self.client.try_borrow().is_ok_and(|client| client.is_closed())
    }

    /// Tells the server to stop what other connections do. Whether it came in time shows in the calls that were to be stopped.
    /// After an error this connection is good for nothing more: its answer may still come.
    fn stop(&self, processes: &[&str], allowed: Duration) -> Result<()> {
        let mut client = self.client.borrow_mut();
        match client.execute_within(allowed, &server::stop(), &[&processes]) {
            Some(done) => done.map(drop).map_err(error),
            None => Err(lost("yes")),
        }
    }

    /// Opens a transaction on one snapshot; answers the count of office changes that it sees.
    ///
    /// The lock comes before the snapshot, so that who has the office alone sees all that was written before.
    pub(super) fn begin(&self, right: Right) -> Result<i64> {
        self.batches.borrow_mut().clear();
        self.ids.borrow_mut().clear();
        self.unseen.set(1);
        self.changed_office.set(false);
        let sql = match right {
            Right::Read => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT n FROM office_epoch"
            }
            Right::Share => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE office_epoch IN ROW SHARE MODE; SELECT n FROM office_epoch"
            }
            Right::Within => "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT n FROM office_epoch",
            Right::Alone => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE office_epoch IN EXCLUSIVE MODE; SELECT n FROM office_epoch"
            }
        };
        self.right.set(Some(right));
        let answers = self.client()?.simple_query(sql).map_err(error)?;
        let epoch = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
            _ => None,
        });
        let epoch = epoch.ok_or_else(|| {
            Error::storage(storage_code::NOT_OURS, "the schema was emptied under us")
        })?;
        self.epoch.set(epoch);
        Ok(epoch)
    }

    /// What the open transaction may do, if one is open.
    pub(super) const fn right(&self) -> Option<Right> {
        self.right.get()
    }

    /// The count of office changes as the open transaction will leave it.
    pub(super) const fn epoch(&self) -> i64 {
        self.epoch.get()
    }

    /// Makes sure that nobody else writes, also where the transaction was begun for less: an open `atomic`.
    pub(super) fn alone(&self) -> Result<()> {
        if self.right.get() == Some(Right::Share) {
            self.flush()?;
            self.client()?
                .batch_execute("LOCK TABLE office_epoch IN EXCLUSIVE MODE")
                .map_err(error)?;
            self.right.set(Some(Right::Alone));
        }
        Ok(())
    }

    /// Tells everyone that what they keep of the office is old, at the end of this transaction.
    pub(super) fn office_changed(&self) -> Result<()> {
        if self.changed_office.replace(true) {
            return Ok(());
        }
        self.alone()?;
        self.later(
            "UPDATE office_epoch SET n = n + 1 WHERE n = ?1",
            None,
            &[self.epoch.get().into()],
        )?;
        self.epoch.set(self.epoch.get() + 1);
        Ok(())
    }

    /// Ends the transaction. Answers what is known of it when the connection breaks meanwhile.
    pub(super) fn commit(&self) -> Result<()> {
        let flushed = self.flush();
        self.right.set(None);
        flushed?;
        let done = self.client()?.batch_execute("COMMIT").map_err(error);
        done.map_err(|failure| {
            if failure.code() == storage_code::LOST {
                lost("unknown: the connection broke while it was being committed")
            } else {
                failure
            }
        })
    }

    /// Gives the transaction up.
    pub(super) fn rollback(&self) -> Result<()> {
        self.batches.borrow_mut().clear();
        self.ids.borrow_mut().clear();
        self.right.set(None);
        let _deaf = self.ear.deafen();
        self.client()?.batch_execute("ROLLBACK").map_err(error)
    }

    /// Goes back to where the part of the transaction began that has failed, and ends it.
    pub(super) fn take_part_back(&self) -> Result<()> {
        self.batches.borrow_mut().clear();
        self.command("ROLLBACK TO part; RELEASE part")
    }

    /// Begins or ends a part of the transaction, which nobody stops half way.
    pub(super) fn command(&self, sql: &str) -> Result<()> {
        self.flush()?;
        let _deaf = self.ear.deafen();
        self.client()?.batch_execute(sql).map_err(error)
    }

    /// Whether the open transaction has changed the office.
    pub(super) const fn has_changed_office(&self) -> bool {
        self.changed_office.get()
    }

    /// Folds what writers added into the totals, once in a while. Nobody's call fails by it: the next one tries again.
    pub(super) fn fold_sometimes(&self) {
        if self.added.get() < limit::FOLD {
            return;
        }
        self.added.set(0);
        let fold =
            "BEGIN; LOCK TABLE office_epoch IN ROW SHARE MODE; SELECT crm_fold_deltas(); COMMIT";
        let folded = self.client().map(|mut client| client.batch_execute(fold).is_ok());
        if !matches!(folded, Ok(true)) {
            let _ = self.rollback();
        }
    }

    fn known(&self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.one.clone());
        }
        let one = self.client()?.prepare(&spelled(sql)).map_err(error)?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= limit::STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), Known { one: one.clone(), many: None });
        Ok(one)
    }

    /// The statement that does for many rows what `sql` does for one.
    fn known_many(&self, sql: &str) -> Result<Statement> {
        let one = self.known(sql)?;
        if let Some(many) = self.statements.borrow().get(sql).and_then(|known| known.many.clone()) {
            return Ok(many);
        }
        let text = batch::for_many(&spelled(sql), one.params())?;
        let many = self.client()?.prepare(&text).map_err(error)?;
        if let Some(known) = self.statements.borrow_mut().get_mut(sql) {
            known.many = Some(many.clone());
        }
        Ok(many)
    }

    /// Calls `each` for every row, which may ask nothing else meanwhile.
    pub(super) fn each(
        &self,
        sql: &str,
        params: &[Cell<'_>],
        mut each: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        self.flush()?;
        let statement = self.known(sql)?;
        check(params)?;
        let mut client = self.client()?;
        let mut rows = client.query_raw(&statement, params.iter().map(Param)).map_err(error)?;
        while let Some(row) = rows.next().map_err(error)? {
            each(&row)?;
        }
        Ok(())
    }

    /// The first row, if there is one.
    pub(super) fn first(&self, sql: &str, params: &[Cell<'_>]) -> Result<Option<Row>> {
        self.flush()?;
        let statement = self.known(sql)?;
        check(params)?;
        let mut client = self.client()?;
        let mut rows = client.query_raw(&statement, params.iter().map(Param)).map_err(error)?;
        let first = rows.next().map_err(error)?;
        // To the end, so that a failure behind the first row is heard; beyond the end there is nothing to ask.
        while first.is_some() && rows.next().map_err(error)?.is_some() {}
        Ok(first)
    }

    /// Runs a statement now; answers how many rows it touched.
    pub(super) fn execute(&self, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
        self.flush()?;
        self.run(sql, params)
    }

    fn run(&self, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
        let statement = self.known(sql)?;
        check(params)?;
        let params: Vec<Param<'_, '_>> = params.iter().map(Param).collect();
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        let touched = self.client()?.execute(&statement, &params).map_err(error)?;
        Ok(usize::try_from(touched).unwrap_or(usize::MAX))
    }

    /// Runs a statement some time before the next question. `key` names the row that it is about, where the order in which several
    /// statements reach a row matters.
    pub(super) fn later(&self, sql: &str, key: Option<Key>, params: &[Cell<'_>]) -> Result<()> {
        check(params)?;
        if !self.batches.borrow().takes(sql, key) {
            self.flush()?;
        }
        self.batches.borrow_mut().push(sql, key, params);
        Ok(())
    }

    /// Sends what was written and not sent yet.
    pub(super) fn flush(&self) -> Result<()> {
        if self.batches.borrow().is_empty() {
            return Ok(());
        }
        let batches = self.batches.borrow_mut().take();
        for (sql, rows) in batches {
            if sql.contains("_delta") {
                self.added.set(self.added.get() + rows.len());
            }
            if let [row] = rows.as_slice() {
                self.run(&sql, row)?;
                continue;
            }
            let statement = self.known_many(&sql)?;
            let columns = batch::columns(&rows);
            let params: Vec<&(dyn ToSql + Sync)> =
                columns.iter().map(|column| column as _).collect();
            self.client()?.execute(&statement, &params).map_err(error)?;
        }
        Ok(())
    }

    /// Takes so many ids for new rows of a table at once.
    pub(super) fn reserve(&self, table: &str, rows: usize) -> Result<()> {
        let known = self.ids.borrow().get(table).map_or(0, VecDeque::len);
        if rows <= known {
            return Ok(());
        }
        let sql =
            format!("SELECT nextval('{table}_id_seq') FROM generate_series(1, CAST(?1 AS BIGINT))");
        let statement = self.known(&sql)?;
        let more = i64::try_from(rows - known).unwrap_or(i64::MAX);
        let fresh = self.client()?.query(&statement, &[&more]).map_err(error)?;
        let mut ids = self.ids.borrow_mut();
        ids.entry(table.to_owned())
            .or_default()
            .extend(fresh.iter().map(|row| row.get::<_, i64>(0)));
        Ok(())
    }

    /// The next id for a new row of a table. Ids that nobody sees are taken in growing numbers; a record's leave no gaps.
    pub(super) fn next_id(&self, table: &str) -> Result<i64> {
        let is_empty = self.ids.borrow().get(table).is_none_or(VecDeque::is_empty);
        if is_empty {
            if table == UNSEEN {
                let given = self.unseen.get();
                self.reserve(table, given)?;
                self.unseen.set((given * 2).min(limit::BATCH_ROWS));
            } else {
                self.reserve(table, 1)?;
            }
        }
        let next = self.ids.borrow_mut().get_mut(table).and_then(VecDeque::pop_front);
        next.ok_or_else(|| Error::bug("an id that was reserved is not there"))
    }
}

/// A statement that rooms write with, many times.
pub(crate) struct Writer<'c> {
    session: &'c Session,
    sql: String,
    /// The table, and the text that brings the new row's id along; made when it is first asked for.
    insert: Option<(String, String)>,
}

impl<'c> Writer<'c> {
    pub(super) fn new(session: &'c Session, sql: &str) -> Self {
        Self { session, sql: sql.to_owned(), insert: None }
    }

    /// Runs it before the next question.
    pub(super) fn execute(&mut self, key: Option<Key>, params: &[Cell<'_>]) -> Result<()> {
        self.session.later(&self.sql, key, params)
    }

    /// Runs an `INSERT INTO table (…) VALUES (…)` before the next question; answers the new row's id, which is known before.
    pub(super) fn insert(&mut self, params: &[Cell<'_>]) -> Result<i64> {
        if self.insert.is_none() {
            let unfit = || Error::bug("this statement gives no ids");
            let rest = self.sql.strip_prefix("INSERT INTO ").ok_or_else(unfit)?;
            let (table, rest) = rest.split_once(" (").ok_or_else(unfit)?;
            let (columns, values) = rest.split_once("VALUES (").ok_or_else(unfit)?;
            let text = format!(
                "INSERT INTO {table} (id, {columns}VALUES (?{}, {values}",
                params.len() + 1
            );
            self.insert = Some((table.to_owned(), text));
        }
        let (table, text) = self.insert.as_ref().expect("made on the lines above");
        let id = self.session.next_id(table)?;
        let mut params = params.to_vec();
        params.push(id.into());
        self.session.later(text, None, &params)?;
        Ok(id)
    }
}

/// What rooms write, as this server reads it: parameters, and the functions of `0001_foundation.sql` in the place of SQLite's own.
fn spelled(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let mut rest = sql;
    while let Some(at) = rest.find(['?', 'j']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let (word, instead) = if from.starts_with('?') {
            ("?", "$")
        } else if from.starts_with("json_each(") {
            ("json_each(", "crm_ids(")
        } else if from.starts_with("json_extract(") {
            ("json_extract(", "crm_extract(")
        } else {
            ("j", "j")
        };
        text.push_str(instead);
        rest = &from[word.len()..];
    }
    text.push_str(rest);
    text
}

/// Refuses what the server cannot store: its texts have no NUL.
fn check(params: &[Cell<'_>]) -> Result<()> {
    let has_nul = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if text.contains('\0'));
    if params.iter().any(has_nul) {
        return Err(Error::new(ErrorKind::Invalid, "a text must not contain NUL"));
    }
    Ok(())
}

/// A cell on its way to the server, in the type that the server wants.
#[derive(Debug)]
struct Param<'p, 'c>(&'p Cell<'c>);

impl ToSql for Param<'_, '_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, ty) {
            (Cell::Null, _) => Ok(IsNull::Yes),
            (Cell::Int(number), &Type::INT8) => number.to_sql(ty, out),
            (Cell::Int(number), &Type::BOOL) => (*number != 0).to_sql(ty, out),
            (Cell::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            #[expect(clippy::cast_precision_loss, reason = "the column is a float by declaration")]
            (Cell::Int(number), &Type::FLOAT8) => (*number as f64).to_sql(ty, out),
            (Cell::Real(number), &Type::FLOAT8) => number.to_sql(ty, out),
            (Cell::Text(text), &Type::TEXT | &Type::VARCHAR) => text.as_ref().to_sql(ty, out),
            _ => Err(format!("a parameter of type {ty} was given something else").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A column on its way from the server.
struct Column<'r>(Cell<'r>);

impl<'r> FromSql<'r> for Column<'r> {
    fn from_sql(
        ty: &Type,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Cell::Int(bool::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Cell::Real(f64::from_sql(ty, raw)?),
            Type::TEXT | Type::VARCHAR => Cell::Text(Cow::Borrowed(std::str::from_utf8(raw)?)),
            _ => return Err(format!("a column of type {ty}").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A column's value without copying its text.
pub(super) fn cell(row: &Row, at: usize) -> Cell<'_> {
    row.try_get::<_, Column<'_>>(at).map_or(Cell::Null, |column| column.0)
}

/// A column's text; `Err`: it is no text.
pub(super) fn text(row: &Row, at: usize) -> Result<Option<&str>, ()> {
    row.try_get::<_, Option<&str>>(at).map_err(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_read_by_both_engines() {
        for (sql, expected) in [
            ("SELECT id FROM lead WHERE id = ?1", "SELECT id FROM lead WHERE id = $1"),
            ("id IN (SELECT value FROM json_each(?12))", "id IN (SELECT value FROM crm_ids($12))"),
            (
                "json_extract(partner.properties, ?1) = ?2",
                "crm_extract(partner.properties, $1) = $2",
            ),
            ("job.j", "job.j"),
        ] {
            assert_eq!(spelled(sql), expected);
        }
    }
}
