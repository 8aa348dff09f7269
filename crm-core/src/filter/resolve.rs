//! A filter meets a table: names and types are checked, values become storage's, `not` moves down to the leaves.
//!
//! After that nothing is negated but single tests, so that "unknown" never has to be carried: a test on an empty field just fails.
//! Deliberately absent: SQL and evaluation; both read the same [`Test`].

use std::collections::BTreeSet;

use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind, Place, Table};
use crate::base::id::RecordKind;
use crate::base::limit;
use crate::base::text::nearest;
use crate::base::time::{Date, Timestamp};
use crate::base::value::Cell;
use crate::record::{self, PropertyKind};

use super::like::Pattern;
use super::value::{Sort, Values};
use super::{Filter, Leaf, Node, Op, canonical};

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

/// What a record must meet. `All` of none always holds, `Any` of none never.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    /// Of a field of the record at hand, or of one of its properties.
    Check {
        field: &'static Field,
        property: Option<(String, PropertyKind)>,
        cond: Cond,
    },
    /// Of the record that a reference names; or the reference is empty.
    Via {
        field: &'static Field,
        table: &'static Table,
        or_null: bool,
        test: Box<Test>,
    },
    /// Of at least one linked record; or, negated, of none.
    Linked {
        field: &'static Field,
        table: &'static Table,
        negated: bool,
        test: Box<Test>,
    },
}

/// What a single cell must meet. All but `Null` fail on an empty cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cond {
    Null,
    NotNull,
    Is(bool),
    Compare(Compare, Cell<'static>),
    In(Vec<Cell<'static>>),
    NotIn(Vec<Cell<'static>>),
    Like {
        pattern: Pattern,
        text: String,
        insensitive: bool,
        negated: bool,
    },
    /// One test per entry of [`DECIMALS`]; the currency of the record says which. Nothing never holds.
    Scaled(Box<[Option<Cond>; 4]>),
    /// Of a list of links: one of the ids, or every one; negated: not so.
    Links {
        every: bool,
        ids: Vec<i64>,
        negated: bool,
    },
}

/// Decimals that currencies have; most have the first.
pub(super) const DECIMALS: [u32; 4] = [2, 0, 3, 4];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Compare {
    pub(super) const fn of(op: Op) -> Option<Self> {
        Some(match op {
            Op::Eq => Self::Eq,
            Op::Ne => Self::Ne,
            Op::Lt => Self::Lt,
            Op::Le => Self::Le,
            Op::Gt => Self::Gt,
            Op::Ge => Self::Ge,
            _ => return None,
        })
    }

    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    pub(super) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

impl Test {
    pub(super) const NEVER: Self = Self::Any(Vec::new());
    const ALWAYS: Self = Self::All(Vec::new());

    fn all(tests: Vec<Self>) -> Self {
        let mut kept = Vec::with_capacity(tests.len());
        for test in tests {
            match test {
                Self::All(inner) => kept.extend(inner),
                never if never == Self::NEVER => return Self::NEVER,
                test => kept.push(test),
            }
        }
        if kept.len() == 1 { kept.remove(0) } else { Self::All(kept) }
    }

    fn any(tests: Vec<Self>) -> Self {
        let mut kept = Vec::with_capacity(tests.len());
        for test in tests {
            match test {
                Self::Any(inner) => kept.extend(inner),
                always if always == Self::ALWAYS => return Self::ALWAYS,
                test => kept.push(test),
            }
        }
        if kept.len() == 1 { kept.remove(0) } else { Self::Any(kept) }
    }

    fn check(field: &'static Field, cond: Cond) -> Self {
        Self::Check { field, property: None, cond }
    }

    /// Whether it asks for emptiness, so that an empty link on the way answers yes.
    fn asks_for_null(&self) -> bool {
        match self {
            Self::Check { cond, .. } => *cond == Cond::Null,
            Self::Via { or_null, .. } => *or_null,
            _ => false,
        }
    }
}

impl Op {
    /// The operator that holds where this one fails, on fields that are not empty.
    const fn negated(self) -> Option<Self> {
        Some(match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Ge => Self::Lt,
            Self::Gt => Self::Le,
            Self::Le => Self::Gt,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Like => Self::NotLike,
            Self::NotLike => Self::Like,
            Self::Ilike => Self::NotIlike,
            Self::NotIlike => Self::Ilike,
            Self::IsNull => Self::IsNotNull,
            Self::IsNotNull => Self::IsNull,
            Self::Any | Self::All | Self::None => return None,
        })
    }
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
        if field.place == Place::Computed {
            return Err(field.refuse("is computed after reading and cannot be filtered"));
        }
        let Some(name) = &leaf.path.property else {
            let sort = Sort::of(field);
            sort.check(leaf.op, &leaf.path)?;
            return self.test(field, sort, leaf, negated);
        };
        let Some(kind) = self.properties.property(table.kind, name) else {
            let names = self.properties.names(table.kind);
            let hint = nearest(name, names.iter().map(String::as_str))
                .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
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

/// What a column may hold for a conjunction to be met. Every test but `IsNull` and `or_null` keeps empty columns out.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyTest {
    /// One of these numbers, or empty if `or_null`.
    In {
        /// Ids, codes of choices, days, 0 and 1 for truths.
        values: Vec<i64>,
        /// Whether an empty column meets it too.
        or_null: bool,
    },
    /// One of these words.
    Words(Vec<String>),
    /// Anything but these numbers.
    NotIn(Vec<i64>),
    /// Within these bounds, both included.
    Range(Option<i64>, Option<i64>),
    /// Empty.
    IsNull,
    /// Not empty.
    NotNull,
}

impl Resolved {
    /// What it was resolved against.
    #[must_use]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// Whether every record meets it.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.test == Test::ALWAYS
    }

    /// Whether no record meets it.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.test == Test::NEVER
    }

    /// Both; they stem from the same table.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        debug_assert!(self.table == other.table, "filters of one table are joined");
        Self { table: self.table, test: Test::all(vec![self.test, other.test]) }
    }

    /// The fields of the record itself that decide it, in order of their numbers.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static Field> {
        let mut names = BTreeSet::new();
        self.test.root_fields(&mut names);
        self.table.fields.iter().filter(|field| names.contains(field.name)).collect()
    }

    /// Whether nothing but these fields of the record itself decides it; links may lead on from them.
    #[must_use]
    pub fn only_uses(&self, fields: &[&str]) -> bool {
        self.fields().iter().all(|field| fields.contains(&field.name))
    }

    /// The filter as one test per conjunct on `columns` (by their position there), if it is just that.
    #[must_use]
    pub fn as_key_predicate(&self, columns: &[&str]) -> Option<Vec<(usize, KeyTest)>> {
        let conjuncts = match &self.test {
            Test::All(tests) => tests.as_slice(),
            test => std::slice::from_ref(test),
        };
        conjuncts.iter().map(|test| key_test(test, columns)).collect()
    }
}

impl Test {
    fn root_fields(&self, names: &mut BTreeSet<&'static str>) {
        match self {
            Self::All(tests) | Self::Any(tests) => {
                for test in tests {
                    test.root_fields(names);
                }
            }
            Self::Check { field, cond, .. } => {
                names.insert(field.name);
                if matches!(cond, Cond::Scaled(_)) {
                    names.insert("currency");
                }
            }
            Self::Via { field, .. } | Self::Linked { field, .. } => {
                names.insert(field.name);
            }
        }
    }
}

fn key_test(test: &Test, columns: &[&str]) -> Option<(usize, KeyTest)> {
    // `user_id = 7 or user_id is null` is how sight is written.
    if let Test::Any(tests) = test {
        let [one, other] = tests.as_slice() else { return None };
        let (one, other) = (key_test(one, columns)?, key_test(other, columns)?);
        return match (one, other) {
            ((at, KeyTest::In { values, .. }), (with, KeyTest::IsNull))
            | ((with, KeyTest::IsNull), (at, KeyTest::In { values, .. }))
                if at == with =>
            {
                Some((at, KeyTest::In { values, or_null: true }))
            }
            _ => None,
        };
    }
    let Test::Check { field, property: None, cond } = test else { return None };
    if field.place != Place::Column {
        return None;
    }
    let at = columns.iter().position(|column| *column == field.name)?;
    let numbers = |cells: &[Cell<'_>]| {
        let number =
            |cell: &Cell<'_>| if let Cell::Int(number) = cell { Some(*number) } else { None };
        cells.iter().map(number).collect::<Option<Vec<i64>>>()
    };
    let words = |cells: &[Cell<'_>]| {
        let word = |cell: &Cell<'_>| {
            if let Cell::Text(text) = cell { Some(text.to_string()) } else { None }
        };
        cells.iter().map(word).collect::<Option<Vec<String>>>()
    };
    let within = |values: Vec<i64>| KeyTest::In { values, or_null: false };
    let listed = |cells: &[Cell<'_>]| {
        numbers(cells).map(within).or_else(|| words(cells).map(KeyTest::Words))
    };
    let test = match cond {
        Cond::Null => KeyTest::IsNull,
        Cond::NotNull => KeyTest::NotNull,
        Cond::Is(truth) => within(vec![i64::from(*truth)]),
        Cond::In(cells) => listed(cells)?,
        Cond::NotIn(cells) => KeyTest::NotIn(numbers(cells)?),
        Cond::Compare(Compare::Eq, cell) => listed(std::slice::from_ref(cell))?,
        Cond::Compare(compare, Cell::Int(number)) => match compare {
            Compare::Ne => KeyTest::NotIn(vec![*number]),
            Compare::Lt => KeyTest::Range(None, Some(number.checked_sub(1)?)),
            Compare::Le => KeyTest::Range(None, Some(*number)),
            Compare::Gt => KeyTest::Range(Some(number.checked_add(1)?), None),
            _ => KeyTest::Range(Some(*number), None),
        },
        _ => return None,
    };
    Some((at, test))
}
