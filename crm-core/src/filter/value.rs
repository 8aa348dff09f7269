//! Written values become storage's cells: major units minor, percent ppm, words numbers, dates days, instants microseconds.
//!
//! Numbers are compared exactly whatever their decimals: what lies between two stored numbers moves the bound, not the literal.
//! Deliberately absent: rounding.

use rust_decimal::Decimal;

use super::cond::{Compare, Cond, DECIMALS};
use super::like::Pattern;
use super::node::{Item, Op, Param};
use super::parse::decimal;
use super::path::Path;
use super::resolve::Params;
use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind};
use crate::base::time::{Date, Timestamp};
use crate::base::value::Cell;
use crate::record::PropertyKind;

/// What a filter can ask of a field, and in which form its values are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sort {
    Bool,
    /// Whole numbers of this many decimals.
    Number(u32),
    Money,
    /// A binary number.
    Real,
    Text,
    /// Text out of a list that only its declaration knows.
    Option,
    Words(&'static [&'static str]),
    Date,
    /// A date kept as text.
    DateText,
    Time,
    /// The record's own id, which has an order.
    Id,
    Ref,
    Ids,
    Properties,
}

impl Sort {
    pub(super) fn of(field: &Field) -> Self {
        match field.kind {
            FieldKind::Bool => Self::Bool,
            FieldKind::Int => Self::Number(0),
            FieldKind::Percent => Self::Number(4),
            FieldKind::Money => Self::Money,
            FieldKind::Text => Self::Text,
            FieldKind::Choice(words) => Self::Words(words),
            FieldKind::Date => Self::Date,
            FieldKind::Time => Self::Time,
            FieldKind::Ref(_) if field.name == "id" => Self::Id,
            FieldKind::Ref(_) => Self::Ref,
            FieldKind::Ids(_) => Self::Ids,
            FieldKind::Properties => Self::Properties,
        }
    }

    pub(super) const fn of_property(kind: PropertyKind) -> Self {
        match kind {
            PropertyKind::Text => Self::Text,
            PropertyKind::Number => Self::Real,
            PropertyKind::Date => Self::DateText,
            PropertyKind::Boolean => Self::Bool,
            PropertyKind::Selection => Self::Option,
        }
    }

    const fn wants(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Number(_) | Self::Money | Self::Real => "a number",
            Self::Text | Self::Option => "a text in quotes",
            Self::Words(_) => "one of its words in quotes",
            Self::Date | Self::DateText => "a date such as \"2026-03-02\" or :today",
            Self::Time => "an instant such as \"2026-03-02T09:00:00Z\" or :now",
            Self::Id | Self::Ref | Self::Ids => "an id",
            Self::Properties => "the name of a property",
        }
    }

    /// Refuses an operator that makes no sense here, saying which do.
    pub(super) fn check(self, op: Op, path: &Path) -> Result<()> {
        let plain = matches!(op, Op::Eq | Op::Ne | Op::In | Op::NotIn);
        let ordered = matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
        let null = matches!(op, Op::IsNull | Op::IsNotNull);
        let like = matches!(op, Op::Like | Op::NotLike | Op::Ilike | Op::NotIlike);
        let (fits, hint) = match self {
            Self::Ids => (!(plain || ordered || like), format!("`{path} any (3)`")),
            Self::Properties => (null, format!("`{path}.name`")),
            Self::Text => (plain || ordered || like || null, "`=`, `in`, `<` or `like`".to_owned()),
            Self::Ref => (plain || null, format!("`{path} in (3)` or `{path}.name`")),
            Self::Bool => (plain || null, format!("`{path} = true`")),
            Self::Words(_) | Self::Option => (plain || null, "`=` or `in`".to_owned()),
            _ => (plain || ordered || null, "`=`, `in` or `<`".to_owned()),
        };
        if fits {
            return Ok(());
        }
        let message = format!("`{}` cannot be asked of {path}; write {hint}", op.word());
        Err(Error::invalid(path.to_string(), message))
    }
}

/// The values of one condition on a field of that sort.
pub(super) struct Values<'a> {
    pub(super) params: &'a Params,
    pub(super) path: &'a Path,
    pub(super) sort: Sort,
    pub(super) items: &'a [Item],
}

impl Values<'_> {
    fn mismatch(&self, item: &Item) -> Error {
        let hint = match (self.sort, item) {
            (Sort::Ref, Item::Text(_)) => format!("; by name: `{}.name = {item}`", self.path),
            (Sort::Words(words), _) => format!(": {}", words.join(", ")),
            _ => String::new(),
        };
        let message = format!("{} wants {}, not {item}{hint}", self.path, self.sort.wants());
        Error::invalid(self.path.to_string(), message)
    }

    /// The number decimals are compared with.
    fn number(&self, item: &Item) -> Result<Decimal> {
        let number = match item {
            Item::Number(number) => Some(*number),
            Item::Text(text) => decimal(text.trim()),
            _ => None,
        };
        number.ok_or_else(|| self.mismatch(item))
    }

    /// The value as it is stored; nothing for nobody.
    fn cell(&self, item: &Item) -> Result<Option<Cell<'static>>> {
        let named = |error: Error| {
            Error::invalid(self.path.to_string(), format!("{}: {}", self.path, error.message()))
        };
        Ok(Some(match (self.sort, item) {
            (Sort::Bool, Item::Bool(truth)) => Cell::from(*truth),
            (Sort::Real, item) => {
                let number = self.number(item)?.to_string();
                Cell::Real(number.parse().map_err(|_| self.mismatch(item))?)
            }
            (Sort::Text | Sort::Option, Item::Text(text)) => Cell::from(text.clone()),
            (Sort::Words(words), Item::Text(text)) => {
                let at = words.iter().position(|word| word == text);
                let code = at.and_then(|at| i64::try_from(at).ok());
                Cell::Int(code.ok_or_else(|| self.mismatch(item))?)
            }
            (Sort::Date, Item::Text(text)) => Cell::Int(Date::parse(text).map_err(named)?.days()),
            (Sort::Date, Item::Param(Param::Today)) => Cell::Int(self.params.today.days()),
            (Sort::DateText, Item::Text(text)) => {
                Cell::from(Date::parse(text).map_err(named)?.to_string())
            }
            (Sort::DateText, Item::Param(Param::Today)) => {
                Cell::from(self.params.today.to_string())
            }
            (Sort::Time, Item::Text(text)) => {
                Cell::Int(Timestamp::parse(text).map_err(named)?.micros())
            }
            (Sort::Time, Item::Param(Param::Now)) => Cell::Int(self.params.now.micros()),
            (Sort::Id | Sort::Ref | Sort::Ids, Item::Number(number)) => {
                let whole = number.fract().is_zero().then(|| i64::try_from(*number).ok());
                Cell::Int(whole.flatten().ok_or_else(|| self.mismatch(item))?)
            }
            (Sort::Id | Sort::Ref | Sort::Ids, Item::Param(Param::Me)) => {
                return Ok(self.params.me.map(Cell::Int));
            }
            _ => return Err(self.mismatch(item)),
        }))
    }

    /// All values as they are stored, `:my_teams` unfolded.
    pub(super) fn cells(&self) -> Result<Vec<Option<Cell<'static>>>> {
        let mut cells = Vec::with_capacity(self.items.len());
        for item in self.items {
            if *item == Item::Param(Param::MyTeams)
                && matches!(self.sort, Sort::Ref | Sort::Id | Sort::Ids)
            {
                cells.extend(self.params.my_teams.iter().map(|id| Some(Cell::Int(*id))));
            } else {
                cells.push(self.cell(item)?);
            }
        }
        Ok(cells)
    }

    /// A comparison with one value; nothing when it never holds.
    pub(super) fn compared(&self, compare: Compare) -> Result<Option<Cond>> {
        let [item] = self.items else { return Err(Error::bug("a comparison takes one value")) };
        if *item == Item::Param(Param::MyTeams) {
            let message = format!("{}: :my_teams is a list; write `in :my_teams`", self.path);
            return Err(Error::invalid(self.path.to_string(), message));
        }
        match self.sort {
            Sort::Number(decimals) => Ok(bound(compare, self.number(item)?, decimals)),
            Sort::Money => {
                let number = self.number(item)?;
                Ok(scaled(DECIMALS.map(|decimals| bound(compare, number, decimals))))
            }
            Sort::Bool => Ok(self
                .cell(item)?
                .map(|cell| Cond::Is((cell == Cell::Int(1)) == (compare == Compare::Eq)))),
            _ => Ok(self.cell(item)?.map(|cell| Cond::Compare(compare, cell))),
        }
    }

    /// `in`, or `not in`; nothing when it never holds.
    pub(super) fn listed(&self, negated: bool) -> Result<Option<Cond>> {
        let numbers = |decimals: &[u32]| -> Result<Vec<Vec<Cell<'static>>>> {
            let read =
                self.items.iter().map(|item| self.number(item)).collect::<Result<Vec<_>>>()?;
            let at = |decimals: u32| {
                read.iter().filter_map(|number| stored(*number, decimals)).collect()
            };
            Ok(decimals.iter().map(|decimals| at(*decimals)).collect())
        };
        match self.sort {
            Sort::Number(decimals) => {
                Ok(numbers(&[decimals])?.pop().and_then(|cells| among(cells, negated)))
            }
            Sort::Money => {
                let lists: [Vec<Cell<'static>>; 4] = numbers(&DECIMALS)?
                    .try_into()
                    .map_err(|_| Error::bug("one list per number of decimals"))?;
                Ok(scaled(lists.map(|cells| among(cells, negated))))
            }
            sort => {
                let cells = self.cells()?;
                // Nobody is unknown: being among others and nobody may hold, not being among them cannot.
                if negated && cells.contains(&None) {
                    return Ok(None);
                }
                let cond = among(cells.into_iter().flatten().collect(), negated);
                Ok(if sort == Sort::Bool { cond.and_then(truths) } else { cond })
            }
        }
    }

    pub(super) fn like(&self, insensitive: bool, negated: bool) -> Result<Cond> {
        match self.items {
            [Item::Text(text)] => {
                let pattern = Pattern::new(text, insensitive);
                Ok(Cond::Like { pattern, text: text.clone(), insensitive, negated })
            }
            [item] => Err(self.mismatch(item)),
            _ => Err(Error::bug("a pattern is one value")),
        }
    }
}

/// A list of cells as a test; nothing when it never holds.
fn among(mut cells: Vec<Cell<'static>>, negated: bool) -> Option<Cond> {
    let key = |cell: &Cell<'static>| match cell {
        Cell::Null => (0, 0, String::new()),
        Cell::Int(number) => (1, *number, String::new()),
        Cell::Real(number) => (2, 0, number.to_string()),
        Cell::Text(text) => (3, 0, text.to_string()),
    };
    cells.sort_by_cached_key(key);
    cells.dedup();
    match (negated, cells.len()) {
        (false, 0) => None,
        (true, 0) => Some(Cond::NotNull),
        (false, 1) => Some(Cond::Compare(Compare::Eq, cells.remove(0))),
        (true, 1) => Some(Cond::Compare(Compare::Ne, cells.remove(0))),
        (false, _) => Some(Cond::In(cells)),
        (true, _) => Some(Cond::NotIn(cells)),
    }
}

/// A test of listed truths, as a test of one.
fn truths(cond: Cond) -> Option<Cond> {
    match cond {
        Cond::Compare(compare, cell) => {
            Some(Cond::Is((cell == Cell::Int(1)) == (compare == Compare::Eq)))
        }
        Cond::In(_) => Some(Cond::NotNull),
        Cond::NotIn(_) => None,
        other => Some(other),
    }
}

/// One test if all currencies agree, else one for each number of decimals.
fn scaled(conds: [Option<Cond>; 4]) -> Option<Cond> {
    if conds.iter().all(|cond| *cond == conds[0]) {
        let [first, ..] = conds;
        return first;
    }
    Some(Cond::Scaled(Box::new(conds)))
}

/// `number × 10^decimals`: the greatest whole number not above it, and whether it is that.
fn floor(number: Decimal, decimals: u32) -> (i128, bool) {
    // 96 bits of mantissa and 4 decimals stay far inside.
    let shifted = number.mantissa() * 10_i128.pow(decimals);
    let unit = 10_i128.pow(number.scale());
    (shifted.div_euclid(unit), shifted.rem_euclid(unit) == 0)
}

/// The whole number a decimal is stored as, if it is stored exactly.
fn stored(number: Decimal, decimals: u32) -> Option<Cell<'static>> {
    let (floor, exact) = floor(number, decimals);
    i64::try_from(floor).ok().filter(|_| exact).map(Cell::Int)
}

/// A comparison of stored whole numbers with any decimal, exactly; nothing when it never holds.
fn bound(compare: Compare, number: Decimal, decimals: u32) -> Option<Cond> {
    let (floor, exact) = floor(number, decimals);
    let Ok(whole) = i64::try_from(floor) else {
        let above = floor > 0;
        return match compare {
            Compare::Ne => Some(Cond::NotNull),
            Compare::Lt | Compare::Le if above => Some(Cond::NotNull),
            Compare::Gt | Compare::Ge if !above => Some(Cond::NotNull),
            _ => None,
        };
    };
    let compare = match (compare, exact) {
        (compare, true) => compare,
        (Compare::Eq, false) => return None,
        (Compare::Ne, false) => return Some(Cond::NotNull),
        (Compare::Lt | Compare::Le, false) => Compare::Le,
        (Compare::Gt | Compare::Ge, false) => Compare::Gt,
    };
    Some(Cond::Compare(compare, Cell::Int(whole)))
}
