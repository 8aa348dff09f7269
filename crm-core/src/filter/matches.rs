//! A resolved filter asked about one record in memory, with the answers SQL gives.
//!
//! Deliberately absent: how the record was read; whoever asks hands over single cells.

use std::cmp::Ordering;

use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind, FieldValue as _, Properties, Record, Table};
use crate::base::id::Subject;
use crate::base::money::Currency;
use crate::base::value::{Cell, Value};

use super::cond::{Cond, DECIMALS, Test};
use super::resolve::Resolved;

/// Hands over a field's cell as storage holds it: of the record asked about, or of a record that a link names.
///
/// Link lists are ids joined by commas, as [`Field`]s of that type write them; properties are their JSON object.
pub type Get<'a> = dyn FnMut(Option<Subject>, &'static Field) -> Result<Cell<'static>> + 'a;

impl Resolved {
    /// Whether a record meets it.
    ///
    /// # Errors
    /// What `get` answers.
    pub fn matches(&self, get: &mut Get<'_>) -> Result<bool> {
        holds(&self.test, At { table: self.table, record: None }, get)
    }

    /// Whether it asks nothing of records that the record refers to.
    pub(crate) fn reads_the_record_alone(&self) -> bool {
        fn alone(test: &Test) -> bool {
            match test {
                Test::All(tests) | Test::Any(tests) => tests.iter().all(alone),
                Test::Check { .. } => true,
                Test::Via { .. } | Test::Linked { .. } => false,
            }
        }
        alone(&self.test)
    }

    /// Whether `record` meets it; `linked` answers for records that it refers to.
    ///
    /// # Errors
    /// What `linked` answers; `Bug` when the record is of another kind.
    pub fn matches_record<R: Record>(
        &self,
        record: &R,
        linked: &mut dyn FnMut(Subject, &'static Field) -> Result<Cell<'static>>,
    ) -> Result<bool> {
        if R::TABLE.kind != self.table.kind {
            return Err(Error::bug("a filter of another kind of record"));
        }
        self.matches(&mut |of, field| match of {
            Some(subject) => linked(subject, field),
            None => {
                let at = R::TABLE.fields.iter().position(|own| own.name == field.name);
                let at = at.ok_or_else(|| R::TABLE.unknown(field.name))?;
                Ok((R::ACCESS[at].cell)(record).into_owned())
            }
        })
    }
}

/// The record that tests are asked of.
#[derive(Clone, Copy)]
struct At {
    table: &'static Table,
    record: Option<Subject>,
}

fn holds(test: &Test, at: At, get: &mut Get<'_>) -> Result<bool> {
    match test {
        Test::All(tests) => {
            for test in tests {
                if !holds(test, at, get)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Test::Any(tests) => {
            for test in tests {
                if holds(test, at, get)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Test::Check { field, property, cond } => {
            let mut cell = get(at.record, field)?;
            if matches!(field.kind, FieldKind::Ids(_)) {
                return Ok(links_hold(&ids(&cell), cond));
            }
            if let Some((name, _)) = property {
                cell = property_cell(cell, name);
            }
            if let Cond::Scaled(conds) = cond {
                let currency = get(at.record, at.table.field("currency")?)?;
                let decimals = Currency::from_cell(currency).unwrap_or_default().decimals();
                let conds = DECIMALS.iter().zip(conds.iter());
                let mut found = conds.filter(|(known, _)| **known == decimals);
                return Ok(found
                    .any(|(_, cond)| cond.as_ref().is_some_and(|cond| cell_holds(&cell, cond))));
            }
            Ok(cell_holds(&cell, cond))
        }
        Test::Via { field, table, or_null, seen, test } => match get(at.record, field)? {
            Cell::Int(id) => match seen {
                Some(seen) if !holds(seen, there(table, id), get)? => Ok(*or_null),
                _ => holds(test, there(table, id), get),
            },
            _ => Ok(*or_null),
        },
        Test::Linked { field, table, negated, test } => {
            for id in ids(&get(at.record, field)?) {
                if holds(test, there(table, id), get)? {
                    return Ok(!negated);
                }
            }
            Ok(*negated)
        }
    }
}

fn there(table: &'static Table, id: i64) -> At {
    At { table, record: Some(Subject { kind: table.kind, id }) }
}

fn ids(cell: &Cell<'_>) -> Vec<i64> {
    match cell {
        Cell::Text(text) => text.split(',').filter_map(|id| id.parse().ok()).collect(),
        _ => Vec::new(),
    }
}

fn links_hold(linked: &[i64], cond: &Cond) -> bool {
    match cond {
        Cond::Null => linked.is_empty(),
        Cond::NotNull => !linked.is_empty(),
        Cond::Links { every, ids, negated } => {
            let mut each = ids.iter().map(|id| linked.contains(id));
            let found = if *every { each.all(|found| found) } else { each.any(|found| found) };
            found != *negated
        }
        _ => false,
    }
}

fn property_cell(cell: Cell<'_>, name: &str) -> Cell<'static> {
    let mut values = Properties::from_cell(cell).unwrap_or_default();
    match values.0.remove(name) {
        Some(Value::Bool(truth)) => Cell::from(truth),
        Some(Value::Int(number)) => Cell::Int(number),
        Some(Value::Float(number)) => Cell::Real(number),
        Some(Value::Text(text)) => Cell::from(text),
        Some(Value::Date(date)) => Cell::from(date.to_string()),
        _ => Cell::Null,
    }
}

/// The order of two cells of one type.
fn order(a: &Cell<'_>, b: &Cell<'_>) -> Option<Ordering> {
    match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => Some(a.cmp(b)),
        (Cell::Real(a), Cell::Real(b)) => a.partial_cmp(b),
        (Cell::Text(a), Cell::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        _ => None,
    }
}

fn cell_holds(cell: &Cell<'_>, cond: &Cond) -> bool {
    let null = *cell == Cell::Null;
    match cond {
        Cond::Null => null,
        _ if null => false,
        Cond::NotNull => true,
        Cond::Is(truth) => (*cell != Cell::Int(0)) == *truth,
        Cond::Compare(compare, with) => order(cell, with).is_some_and(|order| compare.holds(order)),
        Cond::In(cells) => cells.contains(cell),
        Cond::NotIn(cells) => !cells.contains(cell),
        Cond::Like { pattern, negated, .. } => match cell {
            Cell::Text(text) => pattern.matches(text) != *negated,
            _ => false,
        },
        Cond::Scaled(_) | Cond::Links { .. } => false,
    }
}
