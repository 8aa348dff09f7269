//! What a step answers, and whether it is what the case expects.

use std::collections::BTreeMap;

use crm_core::{Frame, Row, Value};
use rust_decimal::{Decimal, RoundingStrategy};

/// What a verb answers, without its Rust type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Nothing,
    Plain(Value),
    Record(BTreeMap<String, Value>),
    List(Vec<Answer>),
}

impl Answer {
    pub(crate) fn row(row: &Row) -> Self {
        let fields = row.table().fields.iter().zip(row.values()).filter(|(field, _)| !field.hidden);
        Self::Record(fields.map(|(field, value)| (field.name.to_owned(), value.clone())).collect())
    }

    pub(crate) fn rows(rows: &[Row]) -> Self {
        Self::List(rows.iter().map(Self::row).collect())
    }

    /// A list as it is, or its only record if one id was asked for.
    pub(crate) fn one_or_list(rows: &[Row], one: bool) -> Self {
        match rows {
            [row] if one => Self::row(row),
            rows => Self::rows(rows),
        }
    }

    pub(crate) fn frame(frame: &Frame) -> Self {
        let row = |at| {
            let columns = frame.columns().iter().enumerate();
            Self::Record(
                columns.map(|(n, column)| (column.name.clone(), frame.value(at, n))).collect(),
            )
        };
        Self::List((0..frame.len()).map(row).collect())
    }

    /// The value that `$name` stands for: an id, or ids.
    pub(crate) fn reference(&self) -> Option<Value> {
        match self {
            Self::Plain(value) => Some(value.clone()),
            Self::Record(fields) => fields.get("id").cloned(),
            Self::List(answers) => {
                let id = |answer: &Self| answer.reference().and_then(|value| value.as_int());
                answers.iter().map(id).collect::<Option<_>>().map(Value::Ids)
            }
            Self::Nothing => None,
        }
    }
}

/// Whether a value is the expected one. Numbers compare by value, whatever their type; `"~35.19"` compares after rounding to as many
/// places as are written.
pub(crate) fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Text(text), Value::Decimal(_) | Value::Float(_) | Value::Int(_)) => {
            number(text, actual)
        }
        (Value::Int(number), Value::Text(text)) => *text == number.to_string(),
        (Value::Int(_) | Value::Decimal(_), Value::Decimal(_)) => {
            expected.as_decimal() == actual.as_decimal()
        }
        (Value::Int(wanted), Value::Float(_)) => number(&wanted.to_string(), actual),
        (Value::Map(expected), Value::Map(actual)) => {
            expected.len() == actual.len()
                && expected
                    .iter()
                    .all(|(name, value)| actual.get(name).is_some_and(|actual| same(value, actual)))
        }
        _ => expected == actual,
    }
}

fn number(expected: &str, actual: &Value) -> bool {
    let actual: Option<Decimal> = match actual {
        Value::Float(number) => Decimal::try_from(*number).ok(),
        other => other.as_decimal(),
    };
    let (near, text) = expected.strip_prefix('~').map_or((false, expected), |text| (true, text));
    let (Some(actual), Ok(expected)) = (actual, text.parse::<Decimal>()) else { return false };
    let rounded = |number: Decimal| {
        number.round_dp_with_strategy(expected.scale(), RoundingStrategy::MidpointAwayFromZero)
    };
    expected == if near { rounded(actual) } else { actual }
}
