//! A filter meets a table: names and types are checked, values become storage's, `not` moves down to the leaves.
//!
//! After that nothing is negated but single tests, so that "unknown" never has to be carried: a test on an empty field just fails.
//! Deliberately absent: SQL and evaluation; both read the same [`Test`].

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind, Place, Table};
use crate::base::id::RecordKind;
use crate::base::limit;
use crate::base::text::{folded, nearest};
use crate::base::time::{Date, Timestamp};
use crate::base::value::Cell;
use crate::record::{self, PropertyKind};

use super::cond::{Compare, Cond, Test};
use super::node::{Item, Leaf, Node, Op};
use super::value::{Sort, Values};
use super::{Filter, canonical};

/// What parameters stand for.
#[derive(Debug, Clone, Default)]
pub struct Params {
    /// `:me`; a comparison with nobody never holds.
    pub me: Option<i64>,
    /// `:today`.
    pub today: Date,
    /// `:now`.
    pub now: Timestamp,
    /// `:my_teams`, a list.
    pub my_teams: Vec<i64>,
}

/// Who knows the declared properties, and whose place a merged record has.
pub trait PropertyTypes {
    /// The type of a declared property; nothing when it was not declared.
    fn property(&self, kind: RecordKind, name: &str) -> Option<PropertyKind>;
    /// The declared names, for a hint.
    fn names(&self, kind: RecordKind) -> Vec<String>;
    /// Of these ids those that were merged away, with the ids that have their places: a filter that names the former means the latter.
    ///
    /// # Errors
    /// When they cannot be read.
    fn places(&self, _kind: RecordKind, _ids: &[i64]) -> Result<HashMap<i64, i64>> {
        Ok(HashMap::new())
    }
    /// Refuses a field that is hidden from whoever asks.
    ///
    /// # Errors
    /// `Denied`, naming it.
    fn readable(&self, _kind: RecordKind, _name: &str) -> Result<()> {
        Ok(())
    }
    /// What whoever asks sees of a kind, if not everything: a link to anything else is as an empty one.
    fn sight(&self, _kind: RecordKind) -> Option<Filter> {
        None
    }
}

/// The same without sight.
struct Unseeing<'p>(&'p dyn PropertyTypes);

impl PropertyTypes for Unseeing<'_> {
    fn property(&self, kind: RecordKind, name: &str) -> Option<PropertyKind> {
        self.0.property(kind, name)
    }
    fn names(&self, kind: RecordKind) -> Vec<String> {
        self.0.names(kind)
    }
}

/// No properties at all.
impl PropertyTypes for () {
    fn property(&self, _: RecordKind, _: &str) -> Option<PropertyKind> {
        None
    }
    fn names(&self, _: RecordKind) -> Vec<String> {
        Vec::new()
    }
}

/// A filter that was checked against a table, with its parameters filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    pub(super) table: &'static Table,
    pub(super) test: Test,
}

/// Checks a filter against a table.
///
/// # Errors
/// `Invalid`, naming the field, for unknown names, operators that do not fit and values that do not; `Limit` beyond the limits.
pub fn resolve(
    filter: &Filter,
    table: &'static Table,
    params: &Params,
    properties: &dyn PropertyTypes,
) -> Result<Resolved> {
    let test = Resolver { params, properties }.node(&filter.0, table, false, 0)?;
    Ok(Resolved { table, test })
}

struct Resolver<'a> {
    params: &'a Params,
    properties: &'a dyn PropertyTypes,
}

impl Resolver<'_> {
    fn node(
        &self,
        node: &Node,
        table: &'static Table,
        negated: bool,
        depth: usize,
    ) -> Result<Test> {
        // Sight, rules and the host's filter may be nested in one another; each was read within the limit.
        if depth > 2 * limit::FILTER_DEPTH {
            let message = format!("filters are combined more than {depth} levels deep");
            return Err(Error::limit("filter", message));
        }
        let parts = |parts: &[Node]| -> Result<Vec<Test>> {
            parts.iter().map(|part| self.node(part, table, negated, depth + 1)).collect()
        };
        match (node, negated) {
            (Node::All(inner), false) | (Node::Any(inner), true) => Ok(Test::all(parts(inner)?)),
            (Node::All(inner), true) | (Node::Any(inner), false) => Ok(Test::any(parts(inner)?)),
            (Node::Not(inner), _) => self.node(inner, table, !negated, depth + 1),
            (Node::Leaf(leaf), _) => {
                if leaf.path.hops() > limit::FILTER_HOPS {
                    let message = format!("{}: more than {} links", leaf.path, limit::FILTER_HOPS);
                    return Err(Error::limit(leaf.path.to_string(), message));
                }
                let test = self.step(&leaf.path.fields, table, leaf, negated);
                test.map_err(|error| {
                    let message = format!("filter: {}", error.message());
                    Error::new(error.kind(), message).with_field(leaf.path.to_string())
                })
            }
        }
    }

    /// Follows the links of a reference.
    fn step(
        &self,
        names: &[String],
        table: &'static Table,
        leaf: &Leaf,
        negated: bool,
    ) -> Result<Test> {
        let (name, rest) =
            names.split_first().ok_or_else(|| Error::bug("a path without a name"))?;
        let field = match table.position(canonical(name)) {
            Some(at) => &table.fields[at],
            None => return Err(table.unknown(name)),
        };
        match &leaf.path.property {
            Some(property) if rest.is_empty() => {
                self.properties.readable(table.kind, &format!("{}.{property}", field.name))?;
            }
            _ => self.properties.readable(table.kind, field.name)?,
        }
        if rest.is_empty() {
            return self.leaf(field, table, leaf, negated);
        }
        match field.kind {
            FieldKind::Ref(kind) if field.name != "id" => {
                let table = record::table(kind);
                let test = Box::new(self.step(rest, table, leaf, negated)?);
                let seen = self.sight(kind, table)?.map(Box::new);
                Ok(Test::Via { field, table, or_null: test.asks_for_null(), seen, test })
            }
            FieldKind::Ids(kind) if matches!(field.place, Place::Link(..)) => {
                let table = record::table(kind);
                let test = self.step(rest, table, leaf, false)?;
                let tests = [test].into_iter().chain(self.sight(kind, table)?).collect();
                Ok(Test::Linked { field, table, negated, test: Box::new(Test::all(tests)) })
            }
            _ => Err(field.refuse(format_args!("is no link, so {:?} cannot follow it", rest[0]))),
        }
    }

    /// What must hold of records of a kind for whoever asks to follow a link to them.
    fn sight(&self, kind: RecordKind, table: &'static Table) -> Result<Option<Test>> {
        let Some(sight) = self.properties.sight(kind) else { return Ok(None) };
        // Sight follows its own links to what it is decided by, seen or not.
        let unseeing = Unseeing(self.properties);
        let resolver = Resolver { params: self.params, properties: &unseeing };
        resolver.node(&sight.0, table, false, 0).map(Some)
    }

    fn leaf(
        &self,
        field: &'static Field,
        table: &'static Table,
        leaf: &Leaf,
        negated: bool,
    ) -> Result<Test> {
        if matches!(field.kind, FieldKind::Ids(_)) && !matches!(field.place, Place::Link(..)) {
            return Err(
                field.refuse("is worked out when a record is read, and cannot be asked for")
            );
        }
        let Some(name) = &leaf.path.property else {
            let sort = Sort::of(field);
            sort.check(leaf.op, &leaf.path)?;
            return self.test(field, sort, leaf, negated);
        };
        let Some(kind) = self.properties.property(table.kind, name) else {
            let names = self.properties.names(table.kind);
            let folded: Vec<_> = names.iter().map(|name| folded(name)).collect();
            let near = nearest(name, folded.iter().map(AsRef::as_ref));
            let near = near.and_then(|near| folded.iter().position(|name| name.as_ref() == near));
            let hint = near.map_or(String::new(), |at| format!("; did you mean {:?}?", names[at]));
            let message = format!("{} has no property {name:?}{hint}", table.kind.name());
            return Err(Error::invalid(name.as_str(), message));
        };
        let sort = Sort::of_property(kind);
        sort.check(leaf.op, &leaf.path)?;
        Ok(match self.test(field, sort, leaf, negated)? {
            Test::Check { cond, .. } => {
                Test::Check { field, property: Some((name.clone(), kind)), cond }
            }
            constant => constant,
        })
    }

    /// The test of a field whose sort allows the operator.
    fn test(&self, field: &'static Field, sort: Sort, leaf: &Leaf, negated: bool) -> Result<Test> {
        let items = self.placed(field, leaf)?;
        let values = Values { params: self.params, path: &leaf.path, sort, items: &items };
        let Some(opposite) = leaf.op.negated() else {
            return links(field, leaf.op, &values, negated);
        };
        let op = if negated { opposite } else { leaf.op };
        let cond = match op {
            Op::IsNull => Some(Cond::Null),
            Op::IsNotNull => Some(Cond::NotNull),
            Op::In | Op::NotIn => values.listed(op == Op::NotIn)?,
            Op::Like | Op::NotLike => Some(values.like(false, op == Op::NotLike)?),
            Op::Ilike | Op::NotIlike => Some(values.like(true, op == Op::NotIlike)?),
            _ => {
                let compare =
                    Compare::of(op).ok_or_else(|| Error::bug("an operator without a test"))?;
                values.compared(compare)?
            }
        };
        Ok(cond.map_or(Test::NEVER, |cond| Test::check(field, cond)))
    }
}

impl Resolver<'_> {
    /// The values of a condition, merged-away ids as those that have their places. An order of ids is one of numbers and stays.
    fn placed<'l>(&self, field: &Field, leaf: &'l Leaf) -> Result<Cow<'l, [Item]>> {
        let (FieldKind::Ref(kind) | FieldKind::Ids(kind)) = field.kind else {
            return Ok(leaf.items.as_slice().into());
        };
        if matches!(leaf.op, Op::Lt | Op::Le | Op::Gt | Op::Ge) {
            return Ok(leaf.items.as_slice().into());
        }
        let named = |item: &Item| match item {
            Item::Number(number) if number.fract().is_zero() => i64::try_from(*number).ok(),
            _ => None,
        };
        let ids: Vec<i64> = leaf.items.iter().filter_map(named).collect();
        let places = self.properties.places(kind, &ids)?;
        if places.is_empty() {
            return Ok(leaf.items.as_slice().into());
        }
        let place = |item: &Item| {
            let place = named(item).and_then(|id| places.get(&id));
            place.map_or_else(|| item.clone(), |place| Item::Number((*place).into()))
        };
        Ok(leaf.items.iter().map(place).collect())
    }
}

/// Tests of a list of links; they are never unknown.
fn links(field: &'static Field, op: Op, values: &Values<'_>, negated: bool) -> Result<Test> {
    let cells = values.cells()?;
    // Nobody is linked nowhere: `any` and `none` may forget it, `all` never holds.
    let with_nobody = cells.contains(&None);
    let ids: BTreeSet<i64> = cells
        .into_iter()
        .filter_map(|cell| if let Some(Cell::Int(id)) = cell { Some(id) } else { None })
        .collect();
    let every = op == Op::All;
    let negated = negated != (op == Op::None);
    let constant = match (every, with_nobody, ids.is_empty()) {
        (true, true, _) => Some(false),
        (true, false, true) => Some(true),
        (false, _, true) => Some(false),
        _ => None,
    };
    Ok(match constant {
        Some(holds) if holds != negated => Test::ALWAYS,
        Some(_) => Test::NEVER,
        None => Test::check(field, Cond::Links { every, ids: ids.into_iter().collect(), negated }),
    })
}
