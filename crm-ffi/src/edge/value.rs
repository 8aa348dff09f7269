//! A [`Value`] as the C types: each getter takes its own type, and emptiness, which reads as zero as in SQL engines.

use crm_core::base::frame::ColumnData;
use crm_core::base::time::DAY_MICROS;
use crm_core::{Date, Error, ErrorKind, FieldKind, Result, Timestamp, Value};
use rust_decimal::Decimal;

use crate::edge::abi::{
    CRM_TYPE_BOOL, CRM_TYPE_DATE, CRM_TYPE_DECIMAL, CRM_TYPE_FLOAT, CRM_TYPE_IDS, CRM_TYPE_INT,
    CRM_TYPE_PROPERTIES, CRM_TYPE_TEXT, CRM_TYPE_TIME, CrmIds,
};
use crate::edge::array::array;

/// A field's type as a `CRM_TYPE_…`.
pub(crate) const fn field_type(kind: FieldKind) -> i32 {
    match kind {
        FieldKind::Bool => CRM_TYPE_BOOL,
        FieldKind::Int | FieldKind::Ref(_) => CRM_TYPE_INT,
        FieldKind::Money | FieldKind::Percent => CRM_TYPE_DECIMAL,
        FieldKind::Text | FieldKind::Choice(_) => CRM_TYPE_TEXT,
        FieldKind::Date => CRM_TYPE_DATE,
        FieldKind::Time => CRM_TYPE_TIME,
        FieldKind::Ids(_) => CRM_TYPE_IDS,
        FieldKind::Properties => CRM_TYPE_PROPERTIES,
    }
}

/// A column's type as a `CRM_TYPE_…`.
pub(crate) const fn column_type(data: &ColumnData) -> i32 {
    match data {
        ColumnData::Bool(_) => CRM_TYPE_BOOL,
        ColumnData::Int(_) => CRM_TYPE_INT,
        ColumnData::Float(_) => CRM_TYPE_FLOAT,
        ColumnData::Decimal(_) => CRM_TYPE_DECIMAL,
        ColumnData::Text(_) => CRM_TYPE_TEXT,
        ColumnData::Date(_) => CRM_TYPE_DATE,
        ColumnData::Time(_) => CRM_TYPE_TIME,
        ColumnData::Ids(_) => CRM_TYPE_IDS,
    }
}

/// Refuses a getter of another type, also where the value happens to be empty. Wider numbers take narrower ones.
pub(crate) fn fits(stored: i32, wanted: i32, name: &str) -> Result<()> {
    let fits = match wanted {
        CRM_TYPE_FLOAT => matches!(stored, CRM_TYPE_INT | CRM_TYPE_DECIMAL | CRM_TYPE_FLOAT),
        CRM_TYPE_DECIMAL => matches!(stored, CRM_TYPE_INT | CRM_TYPE_DECIMAL),
        wanted => stored == wanted,
    };
    if fits {
        return Ok(());
    }
    let message = format!("{name} is of type {}, not {}", type_name(stored), type_name(wanted));
    Err(Error::invalid(name, message))
}

const fn type_name(number: i32) -> &'static str {
    match number {
        CRM_TYPE_BOOL => "CRM_TYPE_BOOL",
        CRM_TYPE_INT => "CRM_TYPE_INT",
        CRM_TYPE_FLOAT => "CRM_TYPE_FLOAT",
        CRM_TYPE_DECIMAL => "CRM_TYPE_DECIMAL",
        CRM_TYPE_TEXT => "CRM_TYPE_TEXT",
        CRM_TYPE_DATE => "CRM_TYPE_DATE",
        CRM_TYPE_TIME => "CRM_TYPE_TIME",
        CRM_TYPE_IDS => "CRM_TYPE_IDS",
        _ => "CRM_TYPE_PROPERTIES",
    }
}

/// A getter that does not fit its value.
fn misfit(name: &str, value: &Value, wanted: &str) -> Error {
    Error::invalid(name, format!("{name} is {}, not {wanted}", value.type_name()))
}

pub(crate) fn truth(value: &Value, name: &str) -> Result<bool> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::Null => Ok(false),
        other => Err(misfit(name, other, "a truth value")),
    }
}

pub(crate) fn int(value: &Value, name: &str) -> Result<i64> {
    match value {
        Value::Int(number) => Ok(*number),
        Value::Null => Ok(0),
        other => Err(misfit(name, other, "a whole number")),
    }
}

/// Any number as the nearest float.
pub(crate) fn real(value: &Value, name: &str) -> Result<f64> {
    match value {
        Value::Float(number) => Ok(*number),
        Value::Null => Ok(0.0),
        number => {
            let decimal = number.as_decimal().ok_or_else(|| misfit(name, number, "a number"))?;
            f64::try_from(decimal).map_err(|_| misfit(name, number, "a number that fits"))
        }
    }
}

/// Days since 1970-01-01.
pub(crate) fn days(value: &Value, name: &str) -> Result<i64> {
    match value {
        Value::Date(date) => Ok(date.days()),
        Value::Null => Ok(0),
        other => Err(misfit(name, other, "a date")),
    }
}

/// Microseconds since 1970-01-01T00:00:00Z.
pub(crate) fn micros(value: &Value, name: &str) -> Result<i64> {
    match value {
        Value::Time(moment) => Ok(moment.micros()),
        Value::Null => Ok(0),
        other => Err(misfit(name, other, "an instant")),
    }
}

pub(crate) fn exact(value: &Value, name: &str) -> Result<Decimal> {
    match value {
        Value::Null => Ok(Decimal::ZERO),
        number => number.as_decimal().ok_or_else(|| misfit(name, number, "an exact number")),
    }
}

pub(crate) fn words<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Null => Ok(""),
        other => Err(misfit(name, other, "text")),
    }
}

/// Ids, lent for as long as the value lives.
pub(crate) fn id_list(value: &Value, name: &str) -> Result<CrmIds> {
    match value {
        Value::Ids(ids) => Ok(lend(ids)),
        Value::Null => Ok(lend(&[])),
        other => Err(misfit(name, other, "a list of ids")),
    }
}

/// Ids, lent for as long as the slice lives.
pub(crate) const fn lend(ids: &[i64]) -> CrmIds {
    CrmIds { data: ids.as_ptr(), len: ids.len() }
}

/// A decimal that a caller wrote, such as `1250.50`.
pub(crate) fn parse_exact(text: &str, name: &str) -> Result<Decimal> {
    let refuse = |_| Error::invalid(name, format!("{name}: {text:?} is no number such as 1250.50"));
    text.trim().parse().map_err(refuse)
}

/// A float of the caller's; it must be a number.
pub(crate) fn finite(number: f64, name: &str) -> Result<f64> {
    if number.is_finite() {
        Ok(number)
    } else {
        Err(Error::invalid(name, format!("{name}: a number that is not finite")))
    }
}

/// A date of the caller's, in days since 1970-01-01.
pub(crate) fn date_from_days(days: i64) -> Result<Date> {
    // The calendar's own check of a day that was only counted.
    let micros = days.checked_mul(DAY_MICROS).unwrap_or(i64::MAX);
    Ok(Timestamp::from_micros(micros)?.date())
}

/// Ids of the caller's as a value.
pub(crate) fn from_ids(pointer: *const i64, count: usize) -> Result<Value> {
    Ok(Value::Ids(array(pointer, count, "ids")?.to_vec()))
}

/// Nothing at that place.
pub(crate) fn outside(what: &str, at: usize, len: usize) -> Error {
    Error::new(ErrorKind::Invalid, format!("there is no {what} {at}: there are {len}, from 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_getter_takes_its_type_and_emptiness() {
        let price = Value::Decimal("12.50".parse().unwrap());
        assert_eq!(exact(&price, "x").unwrap().to_string(), "12.50");
        assert_eq!(real(&price, "x").unwrap().to_string(), "12.5");
        assert_eq!((int(&Value::Null, "x").unwrap(), words(&Value::Null, "x").unwrap()), (0, ""));
        assert_eq!(id_list(&Value::Null, "x").unwrap().len, 0);
        let misfit = int(&price, "expected_revenue").unwrap_err();
        assert_eq!(misfit.message(), "expected_revenue is a decimal, not a whole number");
        for refused in [truth(&Value::Int(1), "x").err(), days(&Value::Int(1), "x").err()] {
            assert_eq!(refused.map(|error| error.code()), Some(100));
        }
        assert!(micros(&price, "x").is_err() && real(&Value::Bool(true), "x").is_err());
    }

    #[test]
    fn types_are_checked_before_values() {
        assert!(fits(CRM_TYPE_INT, CRM_TYPE_FLOAT, "x").is_ok());
        assert!(fits(CRM_TYPE_INT, CRM_TYPE_DECIMAL, "x").is_ok());
        let refused = fits(CRM_TYPE_TEXT, CRM_TYPE_INT, "name").unwrap_err();
        assert_eq!(refused.message(), "name is of type CRM_TYPE_TEXT, not CRM_TYPE_INT");
        assert!(fits(CRM_TYPE_FLOAT, CRM_TYPE_DECIMAL, "x").is_err());
    }

    #[test]
    fn counted_days_are_days_of_the_calendar() {
        assert_eq!(date_from_days(20_514).unwrap().to_string(), "2026-03-02");
        assert!(date_from_days(i64::MAX).is_err() && date_from_days(i64::MIN).is_err());
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        assert!(parse_exact("12,50", "x").is_err() && parse_exact("", "x").is_err());
        assert!(finite(f64::NAN, "x").is_err() && finite(f64::INFINITY, "x").is_err());
    }
}
