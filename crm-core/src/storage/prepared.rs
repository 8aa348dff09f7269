//! Statements held for many runs.
//!
//! A file's rows are inserted several in one statement, where it is known how many come: opening a table and its indexes again for
//! each row was a seventh of the instructions of creating leads. On a server runs are gathered, and sent before the next question.

use std::fmt::Write as _;

use rusqlite::{CachedStatement, Connection};

use crate::base::{Cell, Error, Result};
#[cfg(feature = "postgres")]
use crate::storage::postgres;
use crate::storage::stop::Stop;
use crate::storage::{Key, Tx, Wire, bind, bind_from, sqlite};

/// Rows that one statement inserts into a file.
const GROUP: usize = 16;

/// A statement held for many runs.
pub(crate) struct Prepared<'c> {
    run: Run<'c>,
    stop: &'c Stop,
}

enum Run<'c> {
    Sqlite(Held<'c>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Writer<'c>),
}

/// On a file.
struct Held<'c> {
    conn: &'c Connection,
    statement: CachedStatement<'c>,
    group: Option<Group<'c>>,
}

/// Rows that are inserted together.
struct Group<'c> {
    statement: CachedStatement<'c>,
    /// How many rows are to come, those that wait here among them.
    coming: usize,
    /// How many wait here.
    bound: usize,
    /// The id of the last row; ids follow one upon the other, since one writer works at a time.
    last: Option<i64>,
}

impl<'c> Tx<'c> {
    /// A statement to write with, many times.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Prepared<'c>> {
        self.prepare_rows(sql, 0)
    }

    /// An `INSERT … VALUES` of one row for so many rows, which [`Prepared::end`] ends. Rows wait for their group: until then nothing may be
    /// asked, or done, that is about them.
    pub(crate) fn prepare_rows(&self, sql: &str, rows: usize) -> Result<Prepared<'c>> {
        let run = match self.wire {
            Wire::Sqlite(conn) => {
                let statement = conn.prepare_cached(sql).map_err(sqlite::error)?;
                let group = if rows > GROUP {
                    let sql = grouped(sql, statement.parameter_count());
                    let statement = conn.prepare_cached(&sql).map_err(sqlite::error)?;
                    Some(Group { statement, coming: rows, bound: 0, last: None })
                } else {
                    None
                };
                Run::Sqlite(Held { conn, statement, group })
            }
            #[cfg(feature = "postgres")]
            Wire::Postgres(session) => Run::Postgres(postgres::Writer::new(session, sql)),
        };
        Ok(Prepared { run, stop: self.stop })
    }
}

/// The same `INSERT` for a group of rows. One that fails leaves what it did before to the verb, which takes back everything: else the engine
/// would keep a copy of each page for the statement's sake, which costs what the group saves.
fn grouped(sql: &str, parameters: usize) -> String {
    let sql = sql.replacen("INSERT INTO", "INSERT OR FAIL INTO", 1);
    let values = sql.find("VALUES").map_or(sql.len(), |at| at + "VALUES".len());
    let (head, rest) = sql.split_at(values);
    let end = rest.find(')').map_or(rest.len(), |at| at + 1);
    let (row, tail) = rest.split_at(end);
    let mut parts = row.split('?');
    let mut text = format!("{head}{}", parts.next().unwrap_or_default());
    let parts: Vec<(usize, &str)> = parts
        .map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            (part[..digits].parse().unwrap_or(0), &part[digits..])
        })
        .collect();
    for at in 0..GROUP {
        text.push_str(if at > 0 { ", (" } else { "" });
        for (n, after) in &parts {
            let _ = write!(text, "?{}{after}", at * parameters + n);
        }
    }
    text.push_str(tail);
    text
}

impl Held<'_> {
    fn run(&mut self, params: &[Cell<'_>]) -> Result<usize> {
        if let Some(group) = &mut self.group {
            if group.bound > 0 || group.coming >= GROUP {
                return group.add(self.conn, params);
            }
            group.coming = group.coming.saturating_sub(1);
        }
        bind(&mut self.statement, params)?;
        self.statement.raw_execute().map_err(sqlite::error)
    }

    fn insert(&mut self, params: &[Cell<'_>]) -> Result<i64> {
        // The first row goes alone, and tells the ids of those that follow.
        if let Some(Group { last: Some(last), .. }) = &mut self.group {
            *last += 1;
            let id = *last;
            self.run(params)?;
            return Ok(id);
        }
        let group = self.group.take();
        self.run(params)?;
        let id = self.conn.last_insert_rowid();
        self.group = group.map(|group| Group {
            coming: group.coming.saturating_sub(1),
            last: Some(id),
            ..group
        });
        Ok(id)
    }
}

impl Group<'_> {
    fn add(&mut self, conn: &Connection, params: &[Cell<'_>]) -> Result<usize> {
        bind_from(&mut self.statement, self.bound * params.len(), params)?;
        self.bound += 1;
        if self.bound < GROUP {
            return Ok(0);
        }
        self.bound = 0;
        self.coming = self.coming.saturating_sub(GROUP);
        let rows = self.statement.raw_execute().map_err(sqlite::error)?;
        match self.last {
            Some(last) if conn.last_insert_rowid() != last => Err(Error::bug(
                "rows that were inserted together have other ids than they were given",
            )),
            _ => Ok(rows),
        }
    }
}

impl Prepared<'_> {
    /// Runs it. No two runs before the next question may be about the same row, unless it is given as the key.
    pub(crate) fn execute(&mut self, params: &[Cell<'_>]) -> Result<()> {
        self.touch(params).map(drop)
    }

    /// Likewise; answers how many rows it touched, if it has been sent already.
    pub(crate) fn touch(&mut self, params: &[Cell<'_>]) -> Result<Option<usize>> {
        self.stop.statement()?;
        match &mut self.run {
            Run::Sqlite(held) => held.run(params).map(Some),
            #[cfg(feature = "postgres")]
            Run::Postgres(writer) => writer.execute(None, params).map(|()| None),
        }
    }

    /// Runs it on the row that the key names.
    pub(crate) fn execute_on(&mut self, key: Key, params: &[Cell<'_>]) -> Result<()> {
        self.stop.statement()?;
        match &mut self.run {
            Run::Sqlite(held) => {
                let _ = key;
                held.run(params).map(drop)
            }
            #[cfg(feature = "postgres")]
            Run::Postgres(writer) => writer.execute(Some(key), params),
        }
    }

    /// Runs an `INSERT`; answers the new row's id.
    pub(crate) fn insert(&mut self, params: &[Cell<'_>]) -> Result<i64> {
        self.stop.statement()?;
        match &mut self.run {
            Run::Sqlite(held) => held.insert(params),
            #[cfg(feature = "postgres")]
            Run::Postgres(writer) => writer.insert(params),
        }
    }

    /// Says that all rows came that were announced.
    pub(crate) fn end(self) -> Result<()> {
        match self.run {
            Run::Sqlite(Held { group: Some(Group { bound: 1.., .. }), .. }) => {
                Err(Error::bug("fewer rows came than were announced"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_repeats_the_row_with_numbers_of_its_own() {
        let text = grouped("INSERT INTO t (a, b, c) VALUES (?1, 1, ?2) ON CONFLICT DO NOTHING", 2);
        assert!(
            text.starts_with("INSERT OR FAIL INTO t (a, b, c) VALUES (?1, 1, ?2), (?3, 1, ?4), (")
        );
        assert!(text.ends_with(", (?31, 1, ?32) ON CONFLICT DO NOTHING"));
    }

    #[test]
    fn every_announced_row_is_inserted_under_the_id_it_was_given() {
        for rows in [1, GROUP, GROUP + 1, 3 * GROUP + 5] {
            let crm = crate::Crm::open(":memory:").unwrap();
            let session = crm.session(None, None).unwrap();
            let made = (0..rows).map(|n| crate::fields! { name: format!("Deal {n}") }).collect();
            let made = session.leads().create_many(made).unwrap();
            let ids: Vec<i64> = made.iter().map(|lead| lead.id.0).collect();
            let wanted: Vec<i64> = (1..=i64::try_from(rows).unwrap()).collect();
            assert_eq!(ids, wanted);
            for (n, lead) in made.iter().enumerate() {
                assert_eq!(session.leads().get(lead.id).unwrap().name, format!("Deal {n}"));
            }
            assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
        }
    }
}
