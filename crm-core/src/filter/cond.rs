//! What is left of a filter after it met a table: tests on cells, without a `not` above them.
//!
//! Deliberately absent: "unknown". A test on an empty field fails, whatever side of a `not` it stood on.

use crate::base::field::{Field, Table};
use crate::base::value::Cell;
use crate::record::PropertyKind;

use super::like::Pattern;
use super::node::Op;

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
    /// Of the record that a reference names; or the reference is empty, as one to a record that is not `seen`.
    Via {
        field: &'static Field,
        table: &'static Table,
        or_null: bool,
        seen: Option<Box<Self>>,
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
    pub(super) const ALWAYS: Self = Self::All(Vec::new());

    pub(super) fn all(tests: Vec<Self>) -> Self {
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

    pub(super) fn any(tests: Vec<Self>) -> Self {
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

    pub(super) fn check(field: &'static Field, cond: Cond) -> Self {
        Self::Check { field, property: None, cond }
    }

    /// Whether it asks for emptiness, so that an empty link on the way answers yes.
    pub(super) fn asks_for_null(&self) -> bool {
        match self {
            Self::Check { cond, .. } => *cond == Cond::Null,
            Self::Via { or_null, .. } => *or_null,
            _ => false,
        }
    }
}

impl Op {
    /// The operator that holds where this one fails, on fields that are not empty.
    pub(super) const fn negated(self) -> Option<Self> {
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
