//! One filter language for lists, rules, sight, forecasts and exports.
//!
//! A [`Filter`] is a tree that knows no table. It is written as text or as JSON, [`resolve`](resolve())d against a table into a
//! [`Resolved`] (names and types checked, values in storage's units, `not` pushed down to the leaves), which either becomes SQL
//! ([`Resolved::sql`]) or is asked about one record in memory ([`Resolved::matches`]); both answer alike.
//!
//! Empty fields match nothing but `is null`: `!=`, `not in` and `not like` keep them out, on both sides of a `not`.
//!
//! Deliberately absent: text search, child-of over trees, functions on fields. They are columns first, then filters.

mod cond;
mod json;
mod key;
mod like;
mod matches;
mod node;
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

use node::{Item, Leaf, Node, Op, Param};

pub use key::KeyTest;
pub use like::{Pattern, like};
pub use matches::Get;
pub use order::Order;
pub use path::Path;
pub use resolve::{Params, PropertyTypes, Resolved, resolve};
pub use sql::Statement;
pub(crate) use sql::by_domain;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Node);

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

    /// Whether what meets it depends on who asks: `:me` or `:my_teams` stands in it.
    pub(crate) fn asks_who(&self) -> bool {
        let mut found = false;
        let asks = |item: &Item| matches!(item, Item::Param(Param::Me | Param::MyTeams));
        self.0.each_leaf(&mut |leaf| found |= leaf.items.iter().any(asks));
        found
    }

    /// The same of the record to which a link leads; of the record itself, without one.
    pub(crate) fn through(mut self, link: Option<&str>) -> Self {
        if let Some(link) = link {
            self.0.each_path(&mut |path| path.fields.insert(0, link.to_owned()));
        }
        self
    }

    /// How many links its longest reference follows.
    pub(crate) fn hops(&self) -> usize {
        let mut most = 0;
        self.0.each_leaf(&mut |leaf| most = most.max(leaf.path.hops()));
        most
    }

    /// Whether whatever meets it surely has one of these words in a field of the record itself.
    pub(crate) fn confines(&self, field: &str, words: &[&str]) -> bool {
        self.0.confines(field, words)
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
