//! The canonical JSON form: `{"and":[{"field":"name","op":"ilike","value":"%fleet%"},{"not":{…}}]}`.
//!
//! Numbers are JSON numbers while every reader keeps them exact, else `{"number":"…"}`; parameters are `{"param":"today"}`.
//! Deliberately absent: other spellings. One tree has one text.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value as Json, json};

use super::node::{Arity, Item, Leaf, Node, Op, Param};
use super::parse::decimal;
use super::path::Path;
use crate::base::error::{Error, Result};
use crate::base::limit;

/// Reads the JSON form. The reader underneath refuses what is nested too deep for a stack.
pub(super) fn read(text: &str) -> Result<Node> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line() as u64, error.column() as u64);
        let message = error.to_string();
        if message.starts_with("recursion limit") {
            let message =
                format!("the filter has more than {} levels of nesting", limit::FILTER_DEPTH);
            return Error::limit("filter", message).with_line(line, column);
        }
        Error::format(format!("filter: {message}")).with_line(line, column)
    })?;
    node(&json)
}

fn wrong(message: impl std::fmt::Display) -> Error {
    Error::format(format!("filter: {message}"))
}

fn node(json: &Json) -> Result<Node> {
    let Json::Object(object) = json else {
        return Err(wrong(format_args!("{json} is not a condition, which is an object")));
    };
    let list = |json: &Json| match json {
        Json::Array(parts) => parts.iter().map(node).collect::<Result<Vec<Node>>>(),
        other => Err(wrong(format_args!("{other} is not a list of conditions"))),
    };
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None) if key == "and" => Ok(Node::all(list(value)?)),
        (Some((key, value)), None) if key == "or" => Ok(Node::any(list(value)?)),
        (Some((key, value)), None) if key == "not" => Ok(Node::not(node(value)?)),
        _ => leaf(object),
    }
}

fn leaf(object: &Map<String, Json>) -> Result<Node> {
    if let Some(key) = object.keys().find(|key| !matches!(key.as_str(), "field" | "op" | "value")) {
        return Err(wrong(format_args!(
            "{key:?} has no place beside the others; a condition has one of `and`, `or`, `not`, or `field`, `op` and `value`"
        )));
    }
    let word = |key: &str| {
        let found = object.get(key).and_then(Json::as_str);
        found.ok_or_else(|| wrong(format_args!("a condition without the text {key:?}")))
    };
    let (field, op) = (word("field")?, word("op")?);
    let path = Path::read(field).ok_or_else(|| wrong(format_args!("{field:?} names no field")))?;
    let op = Op::from_word(op).ok_or_else(|| {
        wrong(format_args!("{op:?} is no operator; there are {}", Op::WORDS.join(", ")))
    })?;
    let items = match (op.arity(), object.get("value")) {
        (Arity::Nothing, None) => Vec::new(),
        (Arity::Nothing, Some(_)) => {
            return Err(wrong(format_args!("{} takes no value", op.word())));
        }
        (_, None) => return Err(wrong(format_args!("{field} {} needs a value", op.word()))),
        (Arity::Many, Some(Json::Array(values))) => {
            values.iter().map(item).collect::<Result<_>>()?
        }
        (Arity::Many, Some(value @ Json::Object(_))) => vec![item(value)?],
        (Arity::Many, Some(_)) => {
            return Err(wrong(format_args!("{field} {} needs a list", op.word())));
        }
        (Arity::One, Some(value)) => vec![item(value)?],
    };
    Ok(Node::Leaf(Leaf { path, op, items }))
}

fn item(json: &Json) -> Result<Item> {
    let refuse = || wrong(format_args!("{json} is not a value"));
    match json {
        Json::Bool(truth) => Ok(Item::Bool(*truth)),
        Json::String(text) => Ok(Item::Text(text.clone())),
        Json::Number(number) => {
            let text = number.to_string();
            let number = decimal(&text).or_else(|| Decimal::from_scientific(&text).ok());
            number.map(Item::Number).ok_or_else(refuse)
        }
        Json::Null => {
            Err(wrong("nothing equals null; the operators are \"is null\" and \"is not null\""))
        }
        Json::Array(_) => Err(refuse()),
        Json::Object(object) => {
            let mut entries = object.iter();
            let only = match (entries.next(), entries.next()) {
                (Some((key, Json::String(text))), None) => (key.as_str(), text),
                _ => return Err(refuse()),
            };
            match only {
                ("param", name) => Param::from_word(name).map(Item::Param).ok_or_else(|| {
                    let known = Param::WORDS.join(", ");
                    wrong(format_args!("there is no parameter {name:?}; there are {known}"))
                }),
                ("number", text) => decimal(text).map(Item::Number).ok_or_else(refuse),
                _ => Err(refuse()),
            }
        }
    }
}

/// Writes the JSON form.
pub(super) fn write(node: &Node) -> Json {
    let list = |parts: &[Node]| parts.iter().map(write).collect::<Vec<_>>();
    match node {
        Node::All(parts) => json!({ "and": list(parts) }),
        Node::Any(parts) => json!({ "or": list(parts) }),
        Node::Not(part) => json!({ "not": write(part) }),
        Node::Leaf(leaf) => {
            let mut object = Map::new();
            object.insert("field".to_owned(), leaf.path.to_string().into());
            object.insert("op".to_owned(), leaf.op.word().into());
            let mut items = leaf.items.iter().map(value);
            match leaf.op.arity() {
                Arity::Nothing => {}
                Arity::One => {
                    object.insert("value".to_owned(), items.next().unwrap_or(Json::Null));
                }
                Arity::Many => {
                    object.insert("value".to_owned(), items.collect());
                }
            }
            Json::Object(object)
        }
    }
}

fn value(item: &Item) -> Json {
    match item {
        Item::Bool(truth) => (*truth).into(),
        Item::Text(text) => text.as_str().into(),
        Item::Param(param) => json!({ "param": param.word() }),
        Item::Number(number) => {
            let number = number.normalize();
            // Up to fifteen digits survive a float on any path.
            let short =
                number.mantissa().unsigned_abs() < 1_000_000_000_000_000 && number.scale() <= 15;
            match (number.scale(), number.to_i64()) {
                (0, Some(whole)) => whole.into(),
                _ if short => number.to_string().parse::<f64>().map_or(Json::Null, Json::from),
                _ => json!({ "number": number.to_string() }),
            }
        }
    }
}
