//! One filter language for lists, rules, sight, forecasts and exports.
//!
//! A [`Filter`] is a tree that knows no table. It is written as text or as JSON, [`resolve`](resolve())d against a table into a
//! [`Resolved`] (names and types checked, values in storage's units, `not` pushed down to the leaves), which either becomes SQL
//! ([`Resolved::sql`]) or is asked about one record in memory ([`Resolved::matches`]); both answer alike.
//!
//! Empty fields match nothing but `is null`: `!=`, `not in` and `not like` keep them out, on both sides of a `not`.
//!
//! Deliberately absent: text search, child-of over trees, functions on fields. They are columns first, then filters.

mod json;
mod like;
mod matches;
mod order;
mod parse;
mod path;
mod resolve;
mod sql;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;

use rust_decimal::Decimal;

use crate::base::error::{Error, Result};
use crate::base::limit;
use crate::base::value::Value;

pub use like::{Pattern, like};
pub use matches::Get;
pub use order::Order;
pub use path::Path;
pub use resolve::{KeyTest, Params, PropertyTypes, Resolved, resolve};
pub use sql::Statement;

/// A condition on records, from text or canonical JSON.
///
/// ```
/// use crm_core::filter::Filter;
/// let filter = Filter::parse(r#"name ilike "%fleet%" and (stage_id.is_won = true or expected_revenue >= 1000.00)"#)?;
/// assert_eq!(
///     filter.to_string(),
///     r#"name ilike "%fleet%" and (stage_id.is_won = true or expected_revenue >= 1000)"#
/// );
/// assert_eq!(Filter::parse(&filter.to_json())?, filter);
///
/// let mine = Filter::any([Filter::eq("user_id", 7), Filter::is_null("user_id")]);
/// assert_eq!(mine.to_string(), "user_id = 7 or user_id is null");
///
/// let error = Filter::parse("name =\n  null").unwrap_err();
/// assert_eq!(error.line(), Some((2, 3)));
/// # Ok::<(), crm_core::base::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filter(Node);

/// The tree. `All` and `Any` never hold one child or a child of their own sort; `Not` never holds a `Not`.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
}

/// A field, what is asked of it, and against which values: none for `is null`, one for comparisons, any number for lists.
#[derive(Debug, Clone, PartialEq)]
struct Leaf {
    path: Path,
    op: Op,
    items: Vec<Item>,
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Bool(bool),
    Number(Decimal),
    Text(String),
    Param(Param),
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum $name { $($variant),* }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),*];

            const fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

words! {
    /// What is asked of a field.
    Op {
        Eq = "=", Ne = "!=", Lt = "<", Le = "<=", Gt = ">", Ge = ">=", In = "in", NotIn = "not in", Like = "like",
        NotLike = "not like", Ilike = "ilike", NotIlike = "not ilike", IsNull = "is null", IsNotNull = "is not null",
        Any = "any", All = "all", None = "none",
    }
    /// What is filled in when the filter is used.
    Param { Me = "me", Today = "today", Now = "now", MyTeams = "my_teams" }
}

/// How many values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arity {
    Nothing,
    One,
    Many,
}

impl Op {
    const fn arity(self) -> Arity {
        match self {
            Self::IsNull | Self::IsNotNull => Arity::Nothing,
            Self::In | Self::NotIn | Self::Any | Self::All | Self::None => Arity::Many,
            _ => Arity::One,
        }
    }
}

impl Node {
    fn all(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            if let Self::All(inner) = part { flat.extend(inner) } else { flat.push(part) }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    fn any(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            if let Self::Any(inner) = part { flat.extend(inner) } else { flat.push(part) }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    fn not(part: Self) -> Self {
        if let Self::Not(inner) = part { *inner } else { Self::Not(Box::new(part)) }
    }

    fn each_leaf<'a>(&'a self, seen: &mut dyn FnMut(&'a Leaf)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_leaf(seen);
                }
            }
            Self::Not(part) => part.each_leaf(seen),
            Self::Leaf(leaf) => seen(leaf),
        }
    }

    /// How deep it is nested. A leaf counts two, for its JSON form nests a list and a parameter.
    fn depth(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(part) => 1 + part.depth(),
            Self::Leaf(_) => 2,
        }
    }

    /// What the limits say of a tree that was read.
    fn check_size(&self) -> Result<()> {
        let beyond = |what: &str, most: usize| {
            Err(Error::limit("filter", format!("the filter has more than {most} {what}")))
        };
        let (mut leaves, mut list, mut hops) = (0, 0, 0);
        self.each_leaf(&mut |leaf| {
            leaves += 1;
            list = list.max(leaf.items.len());
            hops = hops.max(leaf.path.hops());
        });
        if self.depth() > limit::FILTER_DEPTH {
            return beyond("levels of nesting", limit::FILTER_DEPTH);
        }
        if leaves > limit::FILTER_LEAVES {
            return beyond("conditions", limit::FILTER_LEAVES);
        }
        if list > limit::FILTER_LIST {
            return beyond("values in one list", limit::FILTER_LIST);
        }
        if hops > limit::FILTER_HOPS {
            return beyond("links in one reference", limit::FILTER_HOPS);
        }
        Ok(())
    }
}

impl Filter {
    /// Reads text, or canonical JSON when it begins with `{`.
    ///
    /// # Errors
    /// `Format` with line and column for what cannot be read; `Limit` for what is too long, too deep or too many.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > limit::FILTER_TEXT {
            let message = format!("the filter is longer than {} bytes", limit::FILTER_TEXT);
            return Err(Error::limit("filter", message));
        }
        let node =
            if text.trim_start().starts_with('{') { json::read(text)? } else { parse::read(text)? };
        node.check_size()?;
        Ok(Self(node))
    }

    /// The canonical JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(&self.0).to_string()
    }

    /// What meets all of them; everything, of none.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::all(filters.into_iter().map(|filter| filter.0).collect()))
    }

    /// What meets at least one of them; nothing, of none.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::any(filters.into_iter().map(|filter| filter.0).collect()))
    }

    /// What surely does not meet it: an empty field meets neither a comparison nor its opposite.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "`Filter::not(x)` stands beside `all` and `any`"
    )]
    pub fn not(filter: Self) -> Self {
        Self(Node::not(filter.0))
    }

    /// `field = value`; `field is null` for an empty value.
    pub fn eq(field: &str, value: impl Into<Value>) -> Self {
        match item(value.into()) {
            Some(item) => Self::leaf(field, Op::Eq, vec![item]),
            None => Self::is_null(field),
        }
    }

    /// `field is null`.
    #[must_use]
    pub fn is_null(field: &str) -> Self {
        Self::leaf(field, Op::IsNull, Vec::new())
    }

    /// `field in (values)`; an empty value among them stands for `field is null`.
    pub fn is_in<V: Into<Value>>(field: &str, values: impl IntoIterator<Item = V>) -> Self {
        let items: Vec<Option<Item>> = values.into_iter().map(|value| item(value.into())).collect();
        let or_null = items.iter().any(Option::is_none);
        let listed = Self::leaf(field, Op::In, items.into_iter().flatten().collect());
        if or_null { Self::any([listed, Self::is_null(field)]) } else { listed }
    }

    /// `field any (ids)`: at least one of them is linked.
    pub fn has_any(field: &str, ids: impl IntoIterator<Item = i64>) -> Self {
        let items = ids.into_iter().map(|id| Item::Number(id.into())).collect();
        Self::leaf(field, Op::Any, items)
    }

    /// Whether a field of the record itself is named anywhere, also as the beginning of a dotted reference.
    #[must_use]
    pub fn mentions(&self, field: &str) -> bool {
        let mut found = false;
        self.0.each_leaf(&mut |leaf| found |= canonical(leaf.path.root()) == canonical(field));
        found
    }

    fn leaf(field: &str, op: Op, items: Vec<Item>) -> Self {
        Self(Node::Leaf(Leaf { path: Path::of(field), op, items }))
    }
}

/// The one alias: a lead's `type` is its `kind`.
fn canonical(name: &str) -> &str {
    if name == "type" { "kind" } else { name }
}

/// A host's value as if it were written; nothing for an empty one.
fn item(value: Value) -> Option<Item> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => Item::Bool(truth),
        Value::Int(number) => Item::Number(number.into()),
        Value::Decimal(number) => Item::Number(number),
        // What is no number is refused when the field is known.
        Value::Float(number) => match Decimal::from_str_exact(&number.to_string()) {
            Ok(exact) => Item::Number(exact),
            Err(_) => Item::Text(number.to_string()),
        },
        Value::Text(text) => Item::Text(text),
        Value::Date(date) => Item::Text(date.to_string()),
        Value::Time(moment) => Item::Text(moment.to_string()),
        other @ (Value::Ids(_) | Value::Map(_)) => Item::Text(other.type_name().to_owned()),
    })
}

impl std::str::FromStr for Filter {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (at, part) in parts.iter().enumerate() {
                let before = if at == 0 { "" } else { word };
                match part {
                    Self::Any(inner) if !inner.is_empty() => write!(f, "{before}({part})")?,
                    _ => write!(f, "{before}{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::All(parts) if parts.is_empty() => f.write_str("true"),
            Self::Any(parts) if parts.is_empty() => f.write_str("false"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(part) => match &**part {
                Self::All(inner) | Self::Any(inner) if !inner.is_empty() => {
                    write!(f, "not ({part})")
                }
                _ => write!(f, "not {part}"),
            },
            Self::Leaf(leaf) => leaf.fmt(f),
        }
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.op.word())?;
        match self.op.arity() {
            Arity::Nothing => Ok(()),
            Arity::One => self.items.iter().try_for_each(|item| write!(f, " {item}")),
            Arity::Many => {
                f.write_str(" (")?;
                for (at, item) in self.items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(truth) => truth.fmt(f),
            Self::Number(number) => number.normalize().fmt(f),
            Self::Param(param) => write!(f, ":{}", param.word()),
            Self::Text(text) => {
                f.write_str("\"")?;
                for letter in text.chars() {
                    match letter {
                        '"' | '\\' => write!(f, "\\{letter}")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        _ => write!(f, "{letter}")?,
                    }
                }
                f.write_str("\"")
            }
        }
    }
}
