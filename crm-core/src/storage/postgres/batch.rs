//! Writes in bulk: statements for one row, gathered by their text, and put so that one run of each does all rows.
//!
//! The rows travel as one array per parameter; `unnest` makes rows of them again. Texts are those of the rooms: `INSERT … VALUES`,
//! `INSERT … SELECT … FROM (…)`, `UPDATE` and `DELETE` with a `WHERE`.

use std::collections::HashMap;
use std::fmt::Write as _;

use tokio_postgres::types::Type;

use crate::base::{Cell, Error, Result, limit};
use crate::storage::Key;
use crate::storage::postgres::Param;

/// Bytes of text that are gathered before they are sent; the rest of a row is small.
const BYTES: usize = 1 << 24;

/// Rows by statement, in the order in which each statement came first.
#[derive(Debug, Default)]
pub(super) struct Batches {
    all: Vec<(String, Vec<Vec<Cell<'static>>>)>,
    /// Where the last statement about a row waits.
    keys: HashMap<Key, usize>,
    rows: usize,
    bytes: usize,
}

impl Batches {
    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn take(&mut self) -> Vec<(String, Vec<Vec<Cell<'static>>>)> {
        std::mem::take(self).all
    }

    fn position(&self, sql: &str) -> Option<usize> {
        self.all.iter().position(|(known, _)| known == sql)
    }

    /// Whether a statement can wait with the others, without overtaking an earlier one about the same row and without growing beyond
    /// what is to be held.
    pub(super) fn takes(&self, sql: &str, key: Option<Key>) -> bool {
        let place = self.position(sql).unwrap_or(self.all.len());
        let overtakes =
            key.and_then(|key| self.keys.get(&key)).is_some_and(|waiting| *waiting >= place);
        !overtakes && self.rows < limit::BATCH_ROWS && self.bytes < BYTES
    }

    pub(super) fn push(&mut self, sql: &str, key: Option<Key>, params: &[Cell<'_>]) {
        let place = self.position(sql).unwrap_or_else(|| {
            self.all.push((sql.to_owned(), Vec::new()));
            self.all.len() - 1
        });
        if let Some(key) = key {
            self.keys.insert(key, place);
        }
        self.rows += 1;
        self.bytes += params
            .iter()
            .map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 })
            .sum::<usize>();
        self.all[place].1.push(params.iter().map(|cell| cell.clone().into_owned()).collect());
    }
}

/// The rows as one column of values per parameter.
pub(super) fn columns<'r>(rows: &'r [Vec<Cell<'static>>]) -> Vec<Vec<Param<'r, 'static>>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|at| rows.iter().map(|row| Param(&row[at])).collect()).collect()
}

/// The text that does for the rows of `unnest` what `sql` does for one row of parameters.
pub(super) fn for_many(sql: &str, types: &[Type]) -> Result<String> {
    let mut source = "unnest(".to_owned();
    for (at, ty) in types.iter().enumerate() {
        let name = match *ty {
            Type::INT8 => "BIGINT",
            Type::INT4 => "INTEGER",
            Type::BOOL => "BOOLEAN",
            Type::FLOAT8 => "DOUBLE PRECISION",
            Type::TEXT | Type::VARCHAR => "TEXT",
            _ => return Err(Error::bug(format!("no rows of {ty} can be sent at once"))),
        };
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(source, "{comma}${}::{name}[]", at + 1);
    }
    source.push_str(") AS v (");
    for at in 1..=types.len() {
        let comma = if at == 1 { "" } else { ", " };
        let _ = write!(source, "{comma}p{at}");
    }
    source.push(')');
    let sql = sql.replace('$', "v.p");
    let unfit = || Error::bug("this statement cannot be put for many rows");
    let word = sql.split_whitespace().next().unwrap_or_default();
    if word == "INSERT" {
        if let Some((head, rest)) = sql.split_once("VALUES (") {
            let end = closing(rest).ok_or_else(unfit)?;
            let (values, tail) = rest.split_at(end);
            return Ok(format!("{head}SELECT {values} FROM {source}{}", &tail[1..]));
        }
        let (head, tail) = sql.split_once("FROM (").ok_or_else(unfit)?;
        return Ok(format!("{head}FROM {source} CROSS JOIN LATERAL ({tail}"));
    }
    let link = match word {
        "UPDATE" => "FROM",
        "DELETE" => "USING",
        _ => return Err(unfit()),
    };
    let (head, tail) = sql.split_once(" WHERE ").ok_or_else(unfit)?;
    Ok(format!("{head} {link} {source} WHERE {tail}"))
}

/// Where the bracket ends that was opened before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, letter)| {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_for_one_row_becomes_one_for_many() {
        let types = [Type::INT8, Type::TEXT];
        let source = "unnest($1::BIGINT[], $2::TEXT[]) AS v (p1, p2)";
        for (one, many) in [
            (
                "INSERT INTO t (a, b, c) VALUES ($1, lower($2), 1)",
                "INSERT INTO t (a, b, c) SELECT v.p1, lower(v.p2), 1 FROM {}",
            ),
            (
                "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
                "INSERT INTO t (a) SELECT v.p1 FROM {} ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            ),
            (
                "INSERT INTO t (a) SELECT $1, s.b FROM (SELECT b FROM t WHERE a = $1) AS s",
                "INSERT INTO t (a) SELECT v.p1, s.b FROM {} CROSS JOIN LATERAL (SELECT b FROM t WHERE a = v.p1) AS s",
            ),
            ("UPDATE t SET b = $2 WHERE a = $1", "UPDATE t SET b = v.p2 FROM {} WHERE a = v.p1"),
            (
                "DELETE FROM t WHERE a = $1 AND b = $2",
                "DELETE FROM t USING {} WHERE a = v.p1 AND b = v.p2",
            ),
        ] {
            assert_eq!(for_many(one, &types).unwrap(), many.replace("{}", source));
        }
        assert!(for_many("SELECT $1", &types).is_err());
        assert!(for_many("UPDATE t SET b = $1", &[Type::JSON]).is_err());
    }

    #[test]
    fn nothing_overtakes_what_was_written_about_the_same_row() {
        let mut batches = Batches::default();
        let row = |lead| Some(("lead_history", lead));
        batches.push("first", row(1), &[]);
        assert!(batches.takes("next", row(1)), "it waits behind");
        batches.push("next", row(1), &[]);
        assert!(!batches.takes("next", row(1)), "one run of a statement meets a row once");
        assert!(!batches.takes("first", row(1)));
        assert!(
            batches.takes("next", row(2))
                && batches.takes("first", row(2))
                && batches.takes("first", None)
        );
        batches.push("next", row(2), &[]);
        assert!(!batches.takes("first", row(2)), "it would run before");
        assert!(!batches.is_empty());
        assert_eq!(batches.take().len(), 2);
        assert!(batches.is_empty() && batches.takes("first", row(2)));
    }
}
