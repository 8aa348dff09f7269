//! A stored value as JSON in the units that hosts see, written straight into a text: feeds write a dozen per lead.

use crate::base::field::{Field, FieldKind, FieldValue as _, Properties};
use crate::base::frame::json;
use crate::base::money::Currency;
use crate::base::time::{Date, Timestamp};
use crate::base::value::{Cell, Value};

/// Appends the JSON of a field's cell: the same text as [`json`] gives for its [`Value`].
pub(crate) fn write_json(field: &Field, cell: &Cell<'_>, currency: Currency, out: &mut String) {
    match (cell, field.kind) {
        (Cell::Null, _) => out.push_str(empty(field.kind)),
        (Cell::Int(number), FieldKind::Bool) => {
            out.push_str(if *number == 0 { "false" } else { "true" });
        }
        (Cell::Int(number), FieldKind::Money) => {
            quoted(out, |out| write_scaled(*number, currency.decimals(), out));
        }
        (Cell::Int(number), FieldKind::Percent) => quoted(out, |out| write_scaled(*number, 4, out)),
        (Cell::Int(number), FieldKind::Choice(words)) => {
            let word = usize::try_from(*number).ok().and_then(|at| words.get(at));
            quoted(out, |out| out.push_str(word.unwrap_or(&"")));
        }
        (Cell::Int(number), FieldKind::Date) => quoted(out, |out| Date::stored(*number).write(out)),
        (Cell::Int(number), FieldKind::Time) => {
            quoted(out, |out| Timestamp::stored(*number).write(out));
        }
        (Cell::Int(number), _) => write_int(*number, out),
        (Cell::Real(number), _) => out.push_str(&json(&Value::Float(*number)).to_string()),
        (Cell::Text(ids), FieldKind::Ids(_)) => {
            out.push('[');
            out.push_str(ids);
            out.push(']');
        }
        (Cell::Text(_), FieldKind::Properties) => {
            let map = Properties::from_cell(cell.clone()).unwrap_or_default();
            out.push_str(&json(&map.to_value(currency)).to_string());
        }
        (Cell::Text(text), _) => write_text(text, out),
    }
}

fn quoted(out: &mut String, inside: impl FnOnce(&mut String)) {
    out.push('"');
    inside(out);
    out.push('"');
}

/// Appends a whole number.
pub(crate) fn write_int(number: i64, out: &mut String) {
    write_scaled(number, 0, out);
}

/// Appends a number of so many decimals, given without its point.
fn write_scaled(number: i64, decimals: u32, out: &mut String) {
    let mut digits = [b'0'; 32];
    let (mut at, mut rest, mut written) = (digits.len(), number.unsigned_abs(), 0);
    while rest > 0 || written <= decimals {
        if written == decimals && decimals > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        written += 1;
    }
    if number < 0 {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
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
    // Looks at every byte whatever it finds: that way the compiler compares many at a time.
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().fold(true, |all, byte| all & plain(byte)) {
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
