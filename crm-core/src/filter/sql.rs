//! A resolved filter as SQL that both engines understand.
//!
//! Columns are written with their table before them, so that the text fits any statement that names the record's table; 1:1 side
//! tables that it needs are listed for the caller to join. Truths stand bare (`lead.active`), so that partial indexes serve.
//! Deliberately absent: table aliases; each level of a dotted reference is a subselect and shadows the outer one.

use std::fmt::Write as _;

use crate::base::error::{Error, Result};
use crate::base::field::{Field, Place, Table};
use crate::base::money::Currency;
use crate::base::text::domain_first;
use crate::base::time::Timestamp;
use crate::base::value::Cell;
use crate::record::{self, PropertyKind};

use super::cond::{Compare, Cond, DECIMALS, Test};
use super::resolve::Resolved;

/// Values of a list that are bound; longer lists of numbers are written out, for engines limit parameters.
const BOUND_LIST: usize = 200;
/// Parameters that every engine takes in one statement.
const PARAMETERS: usize = 32_000;
/// Conjuncts that stand in one row; more are bracketed in halves, for engines limit the depth of an expression.
const ROW: usize = 100;

/// How expressions write the moment of asking.
const NOW: &str = ":now";

/// SQL in the making: text, parameters, and the side tables it reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The moment of asking.
    now: Timestamp,
    /// The text so far.
    pub sql: String,
    /// The parameters so far, in the order of their numbers.
    pub params: Vec<Cell<'static>>,
    /// 1:1 tables of the root table that the text reads, each once.
    pub sides: Vec<&'static str>,
}

impl Statement {
    /// An empty one, asked at that moment; its first parameter is `?1`.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self { now, sql: String::new(), params: Vec::new(), sides: Vec::new() }
    }

    /// Keeps a parameter and answers its number as SQL writes it: `?3`.
    pub fn bind(&mut self, cell: impl Into<Cell<'static>>) -> String {
        self.params.push(cell.into());
        format!("?{}", self.params.len())
    }

    /// Notes that a side table is read.
    pub fn needs(&mut self, side: &'static str) {
        if !self.sides.contains(&side) {
            self.sides.push(side);
        }
    }

    /// `LEFT JOIN`s of the side tables, each beginning with a space.
    #[must_use]
    pub fn joins(&self, table: &Table) -> String {
        joins(table, &self.sides)
    }

    /// SQL of a field of the root table; notes the sides it reads.
    ///
    /// # Errors
    /// `Invalid` for link lists, which are no column.
    pub fn column(&mut self, table: &Table, field: &Field) -> Result<String> {
        let mut scope = Scope { name: table.name, table, sides: Vec::new() };
        let column = scope.column(field, self)?;
        for side in scope.sides {
            self.needs(side);
        }
        Ok(column)
    }
}

fn joins(table: &Table, sides: &[&str]) -> String {
    let name = table.name;
    let join = |side: &&str| format!(" LEFT JOIN {side} ON {side}.{name}_id = {name}.id");
    sides.iter().map(join).collect()
}

impl Resolved {
    /// Appends the condition, to stand after `WHERE` or within brackets; `(1 = 1)` when everything meets it.
    ///
    /// # Errors
    /// `Limit` when it needs more parameters than engines take.
    pub fn sql(&self, out: &mut Statement) -> Result<()> {
        self.sql_on(self.table.name, out)
    }

    /// The same where only the record's own row is at hand: what its 1:1 tables are asked is asked by itself.
    ///
    /// # Errors
    /// As [`Self::sql`].
    pub fn sql_alone(&self, out: &mut Statement) -> Result<()> {
        let (before, at_hand) = (std::mem::take(&mut out.sql), std::mem::take(&mut out.sides));
        let done = self.sql(out);
        let text = std::mem::replace(&mut out.sql, before);
        let joined = out.joins(self.table);
        let own = std::mem::replace(&mut out.sides, at_hand);
        done?;
        if own.is_empty() {
            out.sql.push_str(&text);
        } else {
            let _ =
                write!(out.sql, "EXISTS (SELECT 1 FROM (SELECT 1) AS own{joined} WHERE {text})");
        }
        Ok(())
    }

    /// The same over another table that has the columns that the filter uses (see [`Self::only_uses`]), such as kept counts.
    ///
    /// # Errors
    /// As [`Self::sql`].
    pub fn sql_on(&self, name: &str, out: &mut Statement) -> Result<()> {
        let mut scope = Scope { name, table: self.table, sides: std::mem::take(&mut out.sides) };
        let text = write(&self.test, &mut scope, out);
        out.sides = scope.sides;
        out.sql.push_str(&text?);
        if out.params.len() > PARAMETERS {
            let message = format!("the filter holds more than {PARAMETERS} values");
            return Err(Error::limit("filter", message));
        }
        Ok(())
    }
}

impl Resolved {
    /// Whether the one record that an expression names meets it, as SQL.
    pub(super) fn meets(&self, id: &str, out: &mut Statement) -> Result<String> {
        Ok(format!("EXISTS ({})", subselect_of(self.table, Some(id), &[&self.test], out)?))
    }
}

/// The table whose columns are at hand.
struct Scope<'a> {
    name: &'a str,
    table: &'a Table,
    sides: Vec<&'static str>,
}

impl Scope<'_> {
    fn needs(&mut self, side: &'static str) {
        if !self.sides.contains(&side) {
            self.sides.push(side);
        }
    }

    fn column(&mut self, field: &Field, out: &mut Statement) -> Result<String> {
        Ok(match field.place {
            Place::Column => format!("{}.{}", self.name, field.name),
            Place::Side(side) => {
                self.needs(side);
                format!("{side}.{}", field.name)
            }
            Place::Joined(side) => {
                self.needs(side);
                format!("COALESCE({side}.{}, 0)", field.name)
            }
            Place::Sql(expression) | Place::Computed(expression) => {
                for side in record::sides(self.table) {
                    if expression.contains(&format!("{side}.")) {
                        self.needs(side);
                    }
                }
                if expression.contains(NOW) {
                    let now = out.bind(out.now.micros());
                    expression.replace(NOW, &now)
                } else {
                    expression.to_owned()
                }
            }
            Place::Link(..) => {
                return Err(field.refuse("is no column and cannot be read by SQL"));
            }
        })
    }
}

fn write(test: &Test, scope: &mut Scope<'_>, out: &mut Statement) -> Result<String> {
    match test {
        Test::All(tests) => row(tests, " AND ", "(1 = 1)", scope, out),
        Test::Any(tests) => row(tests, " OR ", "(1 = 0)", scope, out),
        Test::Check { field, cond: Cond::Links { every, ids, negated }, .. } => {
            links(field, *every, ids, *negated, scope, out)
        }
        Test::Check { field, property: None, cond } if matches!(field.place, Place::Link(..)) => {
            let (table, ours, _) = link(field)?;
            let not = if *cond == Cond::Null { "NOT " } else { "" };
            let name = scope.name;
            Ok(format!("{not}EXISTS (SELECT 1 FROM {table} WHERE {table}.{ours} = {name}.id)"))
        }
        Test::Check { field, property, cond } => {
            let mut column = scope.column(field, out)?;
            if let Some(cond) = addresses(field, cond) {
                let test = single(&by_domain(&column), &cond, scope, out)?;
                return Ok(format!("({column} IS NOT NULL AND {test})"));
            }
            if let Some((name, kind)) = property {
                column = property_value(&column, name, *kind, out);
            }
            single(&column, cond, scope, out)
        }
        Test::Via { field, table, or_null, seen, test } => {
            let column = scope.column(field, out)?;
            // What hangs on a record asks about each of its own: of the others there may be a million.
            let is_own = matches!(field.place, Place::Sql(_)) && table.name != scope.name;
            let mut leads_to = |tests: &[&Test], not: &str| {
                let of = is_own.then_some(column.as_str());
                let ids = subselect_of(table, of, tests, out)?;
                let one = if is_own { "EXISTS".to_owned() } else { format!("{column} {not}IN") };
                let not = if is_own { not } else { "" };
                Ok::<_, Error>(format!("{not}{one} ({ids})"))
            };
            let mut any = String::new();
            if *or_null {
                any = format!("{column} IS NULL OR ");
                if let Some(seen) = seen {
                    any.push_str(&leads_to(&[seen], "NOT ")?);
                    any.push_str(" OR ");
                }
            }
            let tests: Vec<&Test> = [test].into_iter().chain(seen).map(AsRef::as_ref).collect();
            any.push_str(&leads_to(&tests, "")?);
            Ok(format!("({any})"))
        }
        Test::Linked { field, table: other, negated, test } => {
            let (table, ours, theirs) = link(field)?;
            let ids = subselect(other, test, out)?;
            let (name, not) = (scope.name, if *negated { "NOT " } else { "" });
            Ok(format!(
                "{name}.id {not}IN (SELECT {table}.{ours} FROM {table} WHERE {table}.{theirs} IN ({ids}))"
            ))
        }
    }
}

/// An e-mail address as `domain@local`, which is how its index keeps it: it serves the whole address and its domain.
pub(crate) fn by_domain(column: &str) -> String {
    format!(
        "(substr({column}, instr({column}, '@') + 1) || '@' || substr({column}, 1, instr({column}, '@') - 1))"
    )
}

/// A test for whole e-mail addresses as one of what their index keeps.
fn addresses(field: &Field, cond: &Cond) -> Option<Cond> {
    let turned = |cell: &Cell<'static>| match cell {
        Cell::Text(text) => Cell::from(domain_first(text)),
        other => other.clone(),
    };
    match cond {
        _ if field.name != "email_normalized" => None,
        Cond::Compare(Compare::Eq, cell) => Some(Cond::Compare(Compare::Eq, turned(cell))),
        Cond::In(cells) => Some(Cond::In(cells.iter().map(turned).collect())),
        _ => None,
    }
}

/// Tests joined by a word, always in brackets.
fn row(
    tests: &[Test],
    word: &str,
    empty: &str,
    scope: &mut Scope<'_>,
    out: &mut Statement,
) -> Result<String> {
    if tests.is_empty() {
        return Ok(empty.to_owned());
    }
    if tests.len() > ROW {
        let (left, right) = tests.split_at(tests.len() / 2);
        let left = row(left, word, empty, scope, out)?;
        return Ok(format!("({left}{word}{})", row(right, word, empty, scope, out)?));
    }
    let parts = tests.iter().map(|test| write(test, scope, out)).collect::<Result<Vec<_>>>()?;
    Ok(format!("({})", parts.join(word)))
}

/// The ids of a table's records that meet a test.
fn subselect(table: &Table, test: &Test, out: &mut Statement) -> Result<String> {
    subselect_of(table, None, &[test], out)
}

/// The same, of the one record that an expression of the outer level names.
fn subselect_of(
    table: &Table,
    of: Option<&str>,
    tests: &[&Test],
    out: &mut Statement,
) -> Result<String> {
    let mut scope = Scope { name: table.name, table, sides: Vec::new() };
    let conditions = tests.iter().map(|test| write(test, &mut scope, out));
    let condition = conditions.collect::<Result<Vec<_>>>()?.join(" AND ");
    let (name, joins) = (table.name, joins(table, &scope.sides));
    let of = of.map_or(String::new(), |of| format!("{name}.id = {of} AND "));
    Ok(format!("SELECT {name}.id FROM {name}{joins} WHERE {of}{condition}"))
}

fn link(field: &Field) -> Result<(&'static str, &'static str, &'static str)> {
    match field.place {
        Place::Link(table, ours, theirs) => Ok((table, ours, theirs)),
        _ => Err(Error::bug("a field that is no list of links was taken for one")),
    }
}

fn links(
    field: &Field,
    every: bool,
    ids: &[i64],
    negated: bool,
    scope: &Scope<'_>,
    out: &mut Statement,
) -> Result<String> {
    let (table, ours, theirs) = link(field)?;
    let cells: Vec<Cell<'static>> = ids.iter().map(|id| Cell::Int(*id)).collect();
    let listed = list(&cells, out);
    let (name, not) = (scope.name, if negated { "NOT " } else { "" });
    let whole = if every && ids.len() > 1 {
        format!(" GROUP BY {table}.{ours} HAVING COUNT(DISTINCT {table}.{theirs}) = {}", ids.len())
    } else {
        String::new()
    };
    Ok(format!(
        "{name}.id {not}IN (SELECT {table}.{ours} FROM {table} WHERE {table}.{theirs} IN {listed}{whole})"
    ))
}

fn list(cells: &[Cell<'static>], out: &mut Statement) -> String {
    let inline = cells.len() > BOUND_LIST || out.params.len() > PARAMETERS / 2;
    let parts = cells.iter().map(|cell| match cell {
        Cell::Int(number) if inline => number.to_string(),
        other => out.bind(other.clone()),
    });
    format!("({})", parts.collect::<Vec<_>>().join(", "))
}

/// One value out of a JSON object. Truths and numbers are cast to what they are, since one of the engines reads all as text.
fn property_value(column: &str, name: &str, kind: PropertyKind, out: &mut Statement) -> String {
    let mut path = format!("$.{}", serde_json::Value::from(name));
    if kind == PropertyKind::Date {
        path.push_str(".date");
    }
    let path = out.bind(path);
    let value = format!("json_extract({column}, {path})");
    match kind {
        PropertyKind::Number => format!("CAST({value} AS DOUBLE PRECISION)"),
        PropertyKind::Boolean => format!("CAST({value} AS BOOLEAN)"),
        _ => value,
    }
}

/// How this dialect compares with a pattern. `crm_like` is [`super::like()`], which storage registers; null text answers null.
fn like_call(column: &str, pattern: &str, insensitive: bool) -> String {
    format!("crm_like({column}, {pattern}, {})", i32::from(insensitive))
}

/// A test of one column or expression.
fn single(column: &str, cond: &Cond, scope: &mut Scope<'_>, out: &mut Statement) -> Result<String> {
    Ok(match cond {
        Cond::Null => format!("{column} IS NULL"),
        Cond::NotNull => format!("{column} IS NOT NULL"),
        Cond::Is(true) => column.to_owned(),
        Cond::Is(false) => format!("NOT {column}"),
        Cond::Compare(compare, cell) => {
            format!("{column} {} {}", compare.sql(), out.bind(cell.clone()))
        }
        Cond::In(cells) => format!("{column} IN {}", list(cells, out)),
        Cond::NotIn(cells) => format!("{column} NOT IN {}", list(cells, out)),
        Cond::Like { text, insensitive, negated, .. } => {
            let pattern = out.bind(text.clone());
            let call = like_call(column, &pattern, *insensitive);
            if *negated { format!("({column} IS NOT NULL AND NOT {call})") } else { call }
        }
        Cond::Scaled(conds) => return scaled(column, conds, scope, out),
        Cond::Links { .. } => return Err(Error::bug("links are no column")),
    })
}

/// Money: the stored number depends on the decimals of the record's currency; the common ones are asked first.
fn scaled(
    column: &str,
    conds: &[Option<Cond>; 4],
    scope: &mut Scope<'_>,
    out: &mut Statement,
) -> Result<String> {
    let currency = scope.table.field("currency")?;
    let currency = scope.column(currency, out)?;
    let mut text = "CASE".to_owned();
    let mut usual = String::new();
    for (decimals, cond) in DECIMALS.iter().zip(conds) {
        let test = match cond {
            Some(cond) => single(column, cond, scope, out)?,
            None => "(1 = 0)".to_owned(),
        };
        if *decimals == DECIMALS[0] {
            let _ = write!(text, " WHEN {currency} IN ('EUR', 'USD') THEN {test}");
            usual = test;
            continue;
        }
        let codes: Vec<String> =
            Currency::codes(*decimals).map(|code| format!("'{code}'")).collect();
        let _ = write!(text, " WHEN {currency} IN ({}) THEN {test}", codes.join(", "));
    }
    let _ = write!(text, " ELSE {usual} END");
    Ok(text)
}
