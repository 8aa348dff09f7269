//! A stored value as JSON in the units that hosts see, written straight into a text: feeds write a dozen per lead.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use crate::base::field::{Field, FieldKind, FieldValue as _, Properties};
use crate::base::frame::json;
use crate::base::money::{Amount, Currency};
use crate::base::time::{Date, Timestamp};
use crate::base::value::{Cell, Value};

/// Appends the JSON of a field's cell: the same text as [`json`] gives for its [`Value`].
pub(crate) fn write_json(field: &Field, cell: &Cell<'_>, currency: Currency, out: &mut String) {
    let done = match (cell, field.kind) {
        (Cell::Null, _) => out.write_str(empty(field.kind)),
        (Cell::Int(number), FieldKind::Bool) => write!(out, "{}", *number != 0),
        (Cell::Int(number), FieldKind::Money) => {
            write!(out, "\"{}\"", Amount(*number).to_major(currency))
        }
        (Cell::Int(number), FieldKind::Percent) => {
            write!(out, "\"{}\"", Decimal::new(*number, 4))
        }
        (Cell::Int(number), FieldKind::Choice(words)) => {
            let word = usize::try_from(*number).ok().and_then(|at| words.get(at));
            write!(out, "\"{}\"", word.unwrap_or(&""))
        }
        (Cell::Int(number), FieldKind::Date) => write!(out, "\"{}\"", Date::stored(*number)),
        (Cell::Int(number), FieldKind::Time) => write!(out, "\"{}\"", Timestamp::stored(*number)),
        (Cell::Int(number), _) => write!(out, "{number}"),
        (Cell::Real(number), _) => write!(out, "{}", json(&Value::Float(*number))),
        (Cell::Text(ids), FieldKind::Ids(_)) => write!(out, "[{ids}]"),
        (Cell::Text(_), FieldKind::Properties) => {
            let map = Properties::from_cell(cell.clone()).unwrap_or_default();
            write!(out, "{}", json(&map.to_value(currency)))
        }
        (Cell::Text(text), _) => {
            write_text(text, out);
            Ok(())
        }
    };
    done.expect("a String takes everything");
}

/// What nothing is, for lists and sets of named values.
const fn empty(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Ids(_) => "[]",
        FieldKind::Properties => "{}",
        _ => "null",
    }
}

/// Appends a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Record;
    use crate::record::Lead;

    #[test]
    fn it_is_the_json_of_the_value() {
        let mut lead = Lead { currency: Currency::new("KWD").unwrap(), ..Lead::default() };
        for (name, value) in [
            ("name", Value::from("a \"quoted\"\nname – ünïcode")),
            ("expected_revenue", Value::from("12.345")),
            ("date_deadline", Value::from("2026-03-02")),
            ("tag_ids", Value::Ids(vec![3, 1])),
            ("priority", Value::Int(2)),
            ("manual_probability", Value::from("12.5")),
        ] {
            lead.set(name, &value).unwrap();
        }
        lead.properties.0.insert("Due".to_owned(), Value::Date(Date::stored(20_000)));
        lead.properties.0.insert("a \"b\"".to_owned(), Value::Float(1.5));
        lead.create_date = Timestamp::parse("2026-03-02T09:00:00.5Z").unwrap();
        for (field, access) in Lead::TABLE.fields.iter().zip(Lead::ACCESS) {
            let mut text = String::new();
            write_json(field, &(access.cell)(&lead), lead.currency, &mut text);
            assert_eq!(text, json(&(access.to_value)(&lead)).to_string(), "{}", field.name);
        }
    }
}
