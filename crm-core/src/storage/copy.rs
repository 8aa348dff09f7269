//! A whole database from one place to another, whatever engines they are: every row as it is, with its id, its number and its past.
//!
//! Which tables there are, and in which order they can be filled, is asked of the schema itself: an empty database in memory has it. A
//! row is read by [`Tx`] on either engine and put as one line of text; over those lines, in the order of the key, goes the digest. What
//! was written is read back in the same way before it is kept, and has to come to the same rows and digest. All of it is one
//! transaction on a server, and a file that takes its name when it is whole: else nothing is left.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use crate::base::error::storage_code;
use crate::base::progress::Progress;
use crate::base::{Cell, Error, ErrorKind, FieldKind, Frame, Result, Timestamp, Value};
use crate::storage::door::Door;
use crate::storage::file::{self, Beside};
use crate::storage::handle::Handle;
use crate::storage::opening::Opening;
#[cfg(feature = "postgres")]
use crate::storage::postgres::load;
use crate::storage::sqlite::{self, Target};
use crate::storage::stop::{Stop, Wishes};
use crate::storage::{Engine, Line, Memo, Tx, migrate};

/// Rows between two words to the host.
const STEP: u64 = 1_000;

/// A table as the schema has it.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The columns that order its rows.
    key: Vec<String>,
    /// Whether it gives its own ids, none of them twice.
    gives_ids: bool,
}

impl Table {
    fn select(&self, tx: &Tx<'_>) -> String {
        let from = match tx.is_shared() {
            #[cfg(feature = "postgres")]
            true => load::rows_of(&self.name),
            _ => &self.name,
        };
        format!("SELECT {} FROM {from} ORDER BY {}", quoted(&self.columns), quoted(&self.key))
    }

    fn insert(&self) -> String {
        let holes: Vec<String> = (1..=self.columns.len()).map(|at| format!("?{at}")).collect();
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.name,
            quoted(&self.columns),
            holes.join(", ")
        )
    }
}

/// Names of columns: some are words of SQL.
pub(super) fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// What a table holds: how many rows, and a digest of them and of the last id that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    rows: u64,
    /// FNV-1a of 128 bits.
    digest: u128,
}

impl Sum {
    const EMPTY: Self = Self { rows: 0, digest: 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d };

    fn with_last(mut self, id: i64) -> Self {
        self.add(&id.to_string());
        self
    }

    fn add(&mut self, text: &str) {
        for byte in text.bytes() {
            self.digest =
                (self.digest ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
}

/// Tells the host how many rows are done: each is written, and read back.
struct Pace<'p, 'h> {
    progress: &'p mut Progress<'h>,
    done: u64,
    total: u64,
}

impl Pace<'_, '_> {
    fn row(&mut self) -> Result<()> {
        self.done += 1;
        if self.done.is_multiple_of(STEP) { self.tell() } else { Ok(()) }
    }

    fn tell(&mut self) -> Result<()> {
        self.progress.tell(self.done.min(self.total), self.total)
    }
}

/// Copies the database at `from` to `to`, which must hold none; answers a row per table: its name, rows and digest. `catch_up` does
/// what many writers may have left to be done.
pub(crate) fn copy(
    from: &str,
    to: &str,
    opening: &Opening,
    catch_up: impl FnMut(&mut Tx<'_>) -> Result<()>,
    progress: &mut Progress<'_>,
) -> Result<Frame> {
    let tables = tables()?;
    let source = source(from, opening)?;
    let to = Target::parse(to).map_err(|error| error.with_field("to"))?;
    let goal = Goal::open(&to, opening)?;
    let sums = source.open_handle()?.read_whole(catch_up, |tx| {
        let mut total = 0;
        for table in &tables {
            let sql = format!("SELECT count(*) FROM ({}) AS t", table.select(tx));
            total += u64::try_from(tx.one(&sql, &[], |line| line.int(0))?).unwrap_or(0) * 2;
        }
        let mut pace = Pace { progress, done: 0, total };
        pace.tell()?;
        let written: Vec<Sum> =
            tables.iter().map(|table| goal.fill(tx, table, &mut pace)).collect::<Result<_>>()?;
        for (table, written) in tables.iter().zip(&written) {
            let kept = goal.tx(tx, |tx| {
                let kept = sum(tx, table, &mut pace, |_, _| Ok(()))?;
                Ok(kept.with_last(last_id(tx, table)?))
            })?;
            if kept != *written {
                let what = "what was written is not what was read; nothing of it was kept";
                return Err(Error::storage(
                    storage_code::CORRUPT,
                    format!("table {}: {what}", table.name),
                ));
            }
        }
        pace.tell()?;
        Ok(written)
    })?;
    goal.finish()?;
    let mut report = Frame::new([
        ("table", FieldKind::Text),
        ("rows", FieldKind::Int),
        ("digest", FieldKind::Text),
    ]);
    for (table, sum) in tables.into_iter().zip(sums) {
        report.push([
            Value::Text(table.name),
            i64::try_from(sum.rows).unwrap_or(i64::MAX).into(),
            Value::Text(format!("{:032x}", sum.digest)),
        ]);
    }
    Ok(report)
}

/// Opens what is to be copied; where nothing is, nothing is made.
fn source(from: &str, opening: &Opening) -> Result<Arc<Door>> {
    let missing = || {
        Error::new(ErrorKind::NotFound, "from: there is no database to be copied")
            .with_field("from")
    };
    let there = match Target::parse(from).map_err(|error| error.with_field("from"))? {
        Target::Memory => return Err(not_in_memory("from")),
        Target::File(path) => path.metadata().is_ok_and(|file| !file.is_file() || file.len() > 0),
        #[cfg(feature = "postgres")]
        Target::Server(url) => load::is_there(&url, opening.busy)?,
    };
    if !there {
        return Err(missing());
    }
    Handle::open(from, opening, |_| Err(missing()))
}

fn not_in_memory(field: &str) -> Error {
    let what = "\":memory:\" begins and ends with its handle; backup() writes it to a file";
    Error::invalid(field, format!("{field}: {what}"))
}

/// The tables of the schema, those first that others refer to.
fn tables() -> Result<Vec<Table>> {
    let mut schema = Connection::open_in_memory().map_err(sqlite::error)?;
    migrate::upgrade(&mut schema, migrate::VERSION)?;
    let engine = Engine::Sqlite(schema);
    let (memo, stop) = (Memo::default(), Stop::new(&Wishes::default(), None));
    let tx = asking(&engine, &memo, &stop);
    let names = tx.rows(
        "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        &[],
        |line| Ok((line.text(0)?.to_owned(), line.int(1)? != 0)),
    )?;
    let mut waiting = Vec::new();
    for (name, gives_ids) in names {
        let about = [name.as_str().into()];
        let column = |line: &Line<'_>| Ok((line.text(0)?.to_owned(), line.int(1)?));
        let columns =
            tx.rows("SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid", &about, column)?;
        let mut key: Vec<_> = columns.iter().filter(|(_, place)| *place > 0).collect();
        key.sort_by_key(|(_, place)| *place);
        let key = key.into_iter().map(|(name, _)| name.clone()).collect();
        let refers =
            "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1) WHERE \"table\" <> ?1";
        let refers = tx.rows(refers, &about, |line| Ok(line.text(0)?.to_owned()))?;
        let columns = columns.into_iter().map(|(name, _)| name).collect();
        waiting.push((Table { name, columns, key, gives_ids }, refers));
    }
    let mut ready: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |refers: &[String]| {
            refers.iter().all(|name| ready.iter().any(|table| table.name == *name))
        };
        let next = waiting.iter().position(|(_, refers)| is_ready(refers));
        let next = next.ok_or_else(|| Error::bug("tables refer to each other in a circle"))?;
        ready.push(waiting.remove(next).0);
    }
    Ok(ready)
}

/// A transaction that is open already, or none, to ask and write with.
fn asking<'c>(engine: &'c Engine, memo: &'c Memo, stop: &'c Stop) -> Tx<'c> {
    Tx::new(engine.wire(), memo, |_, _| Ok(()), stop, Timestamp::stored(0))
}

/// Reads a table to its end and gives each row on, with its line of text.
fn sum(
    tx: &Tx<'_>,
    table: &Table,
    pace: &mut Pace<'_, '_>,
    mut each: impl FnMut(&Line<'_>, &str) -> Result<()>,
) -> Result<Sum> {
    let mut sum = Sum::EMPTY;
    let mut text = String::new();
    tx.each(&table.select(tx), &[], |line| {
        text.clear();
        for at in 0..table.columns.len() {
            if at > 0 {
                text.push('\t');
            }
            put(&line.cell(at), &mut text);
        }
        text.push('\n');
        sum.rows += 1;
        sum.add(&text);
        each(line, &text)?;
        pace.row()
    })?;
    Ok(sum)
}

/// A value as both engines write it: the text format of `COPY`.
fn put(cell: &Cell<'_>, out: &mut String) {
    match cell {
        Cell::Null => out.push_str("\\N"),
        Cell::Int(number) => write!(out, "{number}").expect("a String takes everything"),
        // Zero has no sign in a file.
        Cell::Real(number) => {
            write!(out, "{:?}", number + 0.0).expect("a String takes everything");
        }
        Cell::Text(text) => {
            for letter in text.chars() {
                match letter {
                    '\\' => out.push_str("\\\\"),
                    '\t' => out.push_str("\\t"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    letter => out.push(letter),
                }
            }
        }
    }
}

/// The last id that the table gave; 0: none.
fn last_id(tx: &Tx<'_>, table: &Table) -> Result<i64> {
    if !table.gives_ids {
        return Ok(0);
    }
    match tx.is_shared() {
        #[cfg(feature = "postgres")]
        true => tx.one(&load::last_id(&table.name), &[], |line| line.int(0)),
        _ => {
            let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
            let last = tx.optional(sql, &[table.name.as_str().into()], |line| line.int(0))?;
            Ok(last.unwrap_or(0))
        }
    }
}

/// What is being filled: an open transaction, and of a file the name that it will have.
struct Goal<'t> {
    engine: Engine,
    file: Option<(&'t Path, Beside)>,
}

impl<'t> Goal<'t> {
    fn open(to: &'t Target, opening: &Opening) -> Result<Self> {
        match to {
            Target::Memory => Err(not_in_memory("to")),
            Target::File(path) => Self::file(path, opening),
            #[cfg(feature = "postgres")]
            Target::Server(url) => {
                let session = load::begin(url, opening.busy, opening.full_sync)?;
                Ok(Self { engine: Engine::Postgres(Box::new(session)), file: None })
            }
        }
    }

    fn file(path: &'t Path, opening: &Opening) -> Result<Self> {
        file::checked(path, "to")?;
        if path.symlink_metadata().is_ok() {
            return Err(taken(path));
        }
        let (beside, made) = Beside::new(path).map_err(|error| file::failed(path, &error))?;
        drop(made);
        let place = Target::File(beside.path().to_owned());
        let mut conn = sqlite::connect(&place, opening.busy, opening.full_sync, false)?;
        // A failure leaves no file, so nothing needs to be undone in it.
        conn.pragma_update(None, "journal_mode", "OFF").map_err(sqlite::error)?;
        migrate::create(&mut conn)?;
        conn.execute_batch("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON")
            .map_err(sqlite::error)?;
        Ok(Self { engine: Engine::Sqlite(conn), file: Some((path, beside)) })
    }

    /// Works in the transaction that is open; who stops the reading of the source stops this.
    fn tx<T>(&self, source: &Tx<'_>, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let memo = Memo::default();
        work(&asking(&self.engine, &memo, source.stop))
    }

    /// Fills a table with the rows of the source.
    fn fill(&self, source: &Tx<'_>, table: &Table, pace: &mut Pace<'_, '_>) -> Result<Sum> {
        // Once: on a server others may be given ids meanwhile.
        let last = last_id(source, table)?;
        let sum = match &self.engine {
            Engine::Sqlite(_) => self.tx(source, |tx| {
                let mut insert = tx.prepare(&table.insert())?;
                let sum = sum(source, table, pace, |line, _| {
                    let row: Vec<Cell<'_>> =
                        (0..table.columns.len()).map(|at| line.cell(at)).collect();
                    insert.execute(&row)
                })?;
                if table.gives_ids && last > 0 {
                    let name = table.name.as_str();
                    tx.execute("DELETE FROM sqlite_sequence WHERE name = ?1", &[name.into()])?;
                    let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
                    tx.execute(sql, &[name.into(), last.into()])?;
                }
                Ok(sum)
            })?,
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => {
                let sum = load::fill(session, table, |out| {
                    sum(source, table, pace, |_, text| out.row(text))
                })?;
                if table.gives_ids {
                    load::give_after(session, &table.name, last)?;
                }
                sum
            }
        };
        Ok(sum.with_last(last))
    }

    /// Keeps what was filled.
    fn finish(self) -> Result<()> {
        match self.engine {
            Engine::Sqlite(conn) => {
                conn.execute_batch("COMMIT").map_err(sqlite::error)?;
                conn.pragma_update(None, "journal_mode", "DELETE").map_err(sqlite::error)?;
                conn.close().map_err(|(_, failure)| sqlite::error(failure))?;
            }
            #[cfg(feature = "postgres")]
            Engine::Postgres(session) => session.commit()?,
        }
        match self.file {
            None => Ok(()),
            Some((path, beside)) => beside.take_name(path).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => taken(path),
                _ => file::failed(path, &error),
            }),
        }
    }
}

fn taken(path: &Path) -> Error {
    let what = "a file of that name exists; a copy never overwrites";
    Error::conflict(format!("{}: {what}", path.display())).with_field("to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_comes_after_those_it_refers_to_and_has_an_order() {
        let tables = tables().unwrap();
        let place = |name: &str| tables.iter().position(|table| table.name == name).unwrap();
        assert!(place("company") < place("user_account") && place("user_account") < place("team"));
        assert!(tables.iter().all(|table| !table.key.is_empty() && !table.columns.is_empty()));
        assert!(tables[place("feed")].gives_ids && !tables[place("lead_text")].gives_ids);
    }

    #[test]
    fn a_value_is_one_text_whatever_is_in_it() {
        let mut text = String::new();
        for cell in [
            Cell::Null,
            Cell::Int(-7),
            Cell::Real(-0.0),
            Cell::Real(0.1),
            Cell::from("a\tb\\N\r\nc"),
            Cell::from(""),
        ] {
            put(&cell, &mut text);
            text.push('|');
        }
        assert_eq!(text, "\\N|-7|0.0|0.1|a\\tb\\\\N\\r\\nc||");
        let (mut one, mut other) = (Sum::EMPTY, Sum::EMPTY);
        one.add("a");
        other.add("b");
        assert_eq!(format!("{:032x}", one.digest), "d228cb696f1a8caf78912b704e4a8964");
        assert_ne!(one, other);
    }
}
