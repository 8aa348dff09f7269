//! A filter meets a table: names and types are checked, values become storage's, `not` moves down to the leaves.
//!
//! After that nothing is negated but single tests, so that "unknown" never has to be carried: a test on an empty field just fails.
//! Deliberately absent: SQL and evaluation; both read the same [`Test`].

use std::collections::BTreeSet;

use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind, Place, Table};
use crate::base::id::RecordKind;
use crate::base::limit;
use crate::base::text::{folded, nearest};
use crate::base::time::{Date, Timestamp};
use crate::base::value::Cell;
use crate::record::{self, PropertyKind};

use super::cond::{Compare, Cond, Test};
use super::node::{Leaf, Node, Op};
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

/// Who knows the declared properties.
pub trait PropertyTypes {
    /// The type of a declared property; nothing when it was not declared.
    fn property(&self, kind: RecordKind, name: &str) -> Option<PropertyKind>;
    /// The declared names, for a hint.
    fn names(&self, kind: RecordKind) -> Vec<String>;
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
        if rest.is_empty() {
            return self.leaf(field, table, leaf, negated);
        }
        match field.kind {
            FieldKind::Ref(kind) if field.name != "id" => {
                let table = record::table(kind);
                let test = Box::new(self.step(rest, table, leaf, negated)?);
                Ok(Test::Via { field, table, or_null: test.asks_for_null(), test })
            }
            FieldKind::Ids(kind) if matches!(field.place, Place::Link(..)) => {
                let table = record::table(kind);
                let test = Box::new(self.step(rest, table, leaf, false)?);
                Ok(Test::Linked { field, table, negated, test })
            }
            _ => Err(field.refuse(format_args!("is no link, so {:?} cannot follow it", rest[0]))),
        }
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
        let values = Values { params: self.params, path: &leaf.path, sort, items: &leaf.items };
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
