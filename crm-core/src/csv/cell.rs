//! One cell's text to a value, by the type of its field. What cannot be read for sure is refused, never guessed and never dropped.
//!
//! Numbers have the declared decimal separator; groups of three digits may be set apart by the other one, by a space or an
//! apostrophe. Dates have the declared format, instants are RFC 3339 or local to the declared zone. `\N` is empty on purpose; a
//! text that looks like it gains a backslash on the way out and loses it on the way in.

use std::borrow::Cow;

use chrono::format::ParseErrorKind;
use chrono::{LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::base::{Date, Error, ErrorKind, Field, FieldKind, Result, Timestamp, Value};
use crate::csv::ImportOptions;
use crate::property::PropertyDefinition;
use crate::record::PropertyKind;

/// A cell that is empty on purpose: it clears the field.
const NOTHING: &str = "\\N";

/// Why a cell or a row is refused, and what would help.
#[derive(Debug)]
pub(super) struct Fault {
    /// The number of the mapped column.
    pub(super) column: Option<usize>,
    pub(super) error: Error,
    pub(super) hint: Option<Cow<'static, str>>,
}

impl Fault {
    pub(super) fn new(error: Error, hint: impl Into<Cow<'static, str>>) -> Self {
        Self { column: None, error, hint: Some(hint.into()) }
    }

    pub(super) fn at(mut self, column: usize) -> Self {
        self.column.get_or_insert(column);
        self
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { column: None, error, hint: None }
    }
}

/// How numbers, dates and instants are written in a file.
#[derive(Debug)]
pub(super) struct Format {
    zone: Tz,
    decimal: char,
    date: String,
}

impl Format {
    pub(super) fn new(options: &ImportOptions) -> Result<Self> {
        let zone = options.zone.parse().map_err(|_| {
            Error::invalid(
                "zone",
                format!("zone: {:?} is no IANA time zone such as Europe/Paris", options.zone),
            )
        })?;
        crate::require!(
            matches!(options.decimal, '.' | ','),
            "decimal",
            "decimal: the separator is \".\" or \",\", not {:?}",
            options.decimal
        );
        check_date_format(&options.date_format)?;
        Ok(Self { zone, decimal: options.decimal, date: options.date_format.clone() })
    }

    /// A cell's value; `None` when it is empty, which leaves the field alone.
    pub(super) fn value(&self, text: &str, field: &Field) -> Result<Option<Value>, Fault> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let value = match plain(text) {
            None => Value::Null,
            Some(text) => self.read(&text, field.kind).map_err(|fault| named(fault, field.name))?,
        };
        Ok(Some(value))
    }

    /// The same for a custom field.
    pub(super) fn property(
        &self,
        text: &str,
        known: &PropertyDefinition,
    ) -> Result<Option<Value>, Fault> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let Some(text) = plain(text) else { return Ok(Some(Value::Null)) };
        let value = match known.kind {
            PropertyKind::Text => Ok(Value::Text(text.into_owned())),
            PropertyKind::Number => self.float(&text),
            PropertyKind::Date => self.date(&text).map(Value::Date),
            PropertyKind::Boolean => truth(&text),
            PropertyKind::Selection => Ok(Value::Text(option(&text, &known.options))),
        };
        value.map(Some).map_err(|fault| named(fault, &format!("properties.{}", known.name)))
    }

    fn read(&self, text: &str, kind: FieldKind) -> Result<Value, Fault> {
        match kind {
            FieldKind::Bool => truth(text),
            FieldKind::Int => self.whole(text),
            FieldKind::Money => self.decimal(text).map(Value::Decimal),
            FieldKind::Percent => {
                let text = text.trim();
                self.decimal(text.strip_suffix('%').unwrap_or(text)).map(Value::Decimal)
            }
            FieldKind::Choice(words) => word(text, words),
            FieldKind::Date => self.date(text).map(Value::Date),
            FieldKind::Time => self.instant(text).map(Value::Time),
            FieldKind::Text | FieldKind::Ref(_) | FieldKind::Ids(_) | FieldKind::Properties => {
                Ok(Value::Text(text.to_owned()))
            }
        }
    }

    fn whole(&self, text: &str) -> Result<Value, Fault> {
        let number = self.decimal(text)?;
        let whole = number.fract().is_zero().then(|| i64::try_from(number).ok()).flatten();
        whole.map(Value::Int).ok_or_else(|| {
            Fault::new(
                Error::invalid("", format!("{text:?} is not a whole number")),
                "write digits only",
            )
        })
    }

    fn decimal(&self, text: &str) -> Result<Decimal, Fault> {
        let plain = self.number(text)?;
        plain.parse().map_err(|_| {
            let message = format!("{text:?} has more digits than fit");
            Fault::new(Error::invalid("", message), "at most 28 digits fit")
        })
    }

    fn float(&self, text: &str) -> Result<Value, Fault> {
        let number: Option<f64> = self.number(text)?.parse().ok();
        number.filter(|number| number.is_finite()).map(Value::Float).ok_or_else(|| {
            Fault::new(
                Error::invalid("", format!("{text:?} is not a finite number")),
                "write digits only",
            )
        })
    }

    /// A number as digits with a point.
    fn number(&self, text: &str) -> Result<String, Fault> {
        let refuse = || {
            let other = if self.decimal == '.' { ',' } else { '.' };
            let message =
                format!("{text:?} is not a number with the decimal separator {:?}", self.decimal);
            let hint = format!("write digits, or declare decimal {other:?} for the file");
            Fault::new(Error::invalid("", message), hint)
        };
        let mut rest = text.trim();
        let mut minus = false;
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            (rest, minus) = (inner.trim(), true);
        } else if let Some(after) = rest.strip_prefix(['-', '\u{2212}']) {
            (rest, minus) = (after.trim_start(), true);
        } else if let Some(before) = rest.strip_suffix(['-', '\u{2212}']) {
            (rest, minus) = (before.trim_end(), true);
        } else if let Some(after) = rest.strip_prefix('+') {
            rest = after;
        }
        let (whole, fraction) = rest.split_once(self.decimal).unwrap_or((rest, ""));
        let whole = ungrouped(whole, self.decimal).ok_or_else(refuse)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(&whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
            return Err(refuse());
        }
        let sign = if minus { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        let whole = if whole.is_empty() { "0" } else { &whole };
        Ok(format!("{sign}{whole}{point}{fraction}"))
    }

    fn date(&self, text: &str) -> Result<Date, Fault> {
        let day = NaiveDate::parse_from_str(text.trim(), &self.date).map_err(|error| {
            if is_no_day(&error) {
                return self.no_day(text);
            }
            let message = format!("{text:?} is not a date of the form {:?}", self.date);
            Fault::new(Error::invalid("", message), "declare date_format as the file has it")
        })?;
        Ok(Date::from_chrono(day)?)
    }

    fn no_day(&self, text: &str) -> Fault {
        let message = format!("{text:?} has the form {:?}, but there is no such day", self.date);
        Fault::new(
            Error::invalid("", message),
            "correct it, or declare date_format as the file has it",
        )
    }

    fn instant(&self, text: &str) -> Result<Timestamp, Fault> {
        let text = text.trim();
        if let Ok(moment) = Timestamp::parse(text) {
            return Ok(moment);
        }
        match NaiveDate::parse_from_str(text, &self.date) {
            Ok(day) => return self.start_of(day),
            Err(error) if is_no_day(&error) => return Err(self.no_day(text)),
            Err(_) => {}
        }
        let naive = ["T%H:%M:%S%.f", " %H:%M:%S%.f", "T%H:%M", " %H:%M"].iter().find_map(|time| {
            NaiveDateTime::parse_from_str(text, &format!("{}{time}", self.date)).ok()
        });
        let Some(naive) = naive else {
            let message = format!(
                "{text:?} is not an instant such as 2026-03-02T09:00:00Z, nor a date of the form {:?} with or without a time",
                self.date
            );
            return Err(Fault::new(
                Error::invalid("", message),
                "declare date_format as the file has it",
            ));
        };
        match self.zone.from_local_datetime(&naive) {
            LocalResult::Single(moment) => Ok(Timestamp::from_chrono(moment.to_utc())?),
            LocalResult::None => Err(Fault::new(
                Error::invalid(
                    "",
                    format!("{text:?} does not exist in {}: the clock was put forward", self.zone),
                ),
                "write the offset, as in 2026-03-02T09:00:00+01:00",
            )),
            LocalResult::Ambiguous(..) => Err(Fault::new(
                Error::invalid(
                    "",
                    format!("{text:?} happens twice in {}: the clock was put back", self.zone),
                ),
                "write the offset, as in 2026-03-02T09:00:00+01:00",
            )),
        }
    }

    /// The first instant of a day in the zone, also where midnight is skipped.
    fn start_of(&self, day: NaiveDate) -> Result<Timestamp, Fault> {
        let midnight = day.and_time(NaiveTime::MIN);
        let first = (0..=180).find_map(|minutes| {
            self.zone.from_local_datetime(&(midnight + TimeDelta::minutes(minutes))).earliest()
        });
        let first = first
            .ok_or_else(|| Error::invalid("", format!("{day} does not begin in {}", self.zone)))?;
        Ok(Timestamp::from_chrono(first.to_utc())?)
    }
}

/// Whether a text has the form of a date, and names a day that no calendar has.
fn is_no_day(error: &chrono::ParseError) -> bool {
    matches!(error.kind(), ParseErrorKind::OutOfRange | ParseErrorKind::Impossible)
}

/// Refuses a format that cannot bring a day back.
fn check_date_format(format: &str) -> Result<()> {
    let broken =
        chrono::format::StrftimeItems::new(format).any(|item| item == chrono::format::Item::Error);
    let day = NaiveDate::from_ymd_opt(2026, 3, 22).unwrap_or_default();
    let mut written = String::new();
    let back = !broken
        && std::fmt::write(&mut written, format_args!("{}", day.format(format))).is_ok()
        && NaiveDate::parse_from_str(&written, format) == Ok(day);
    crate::require!(
        back,
        "date_format",
        "date_format: {format:?} does not say year, month and day, as \"%d/%m/%Y\" does"
    );
    Ok(())
}

/// The cell's text; `None` when it is [`NOTHING`].
pub(super) fn plain(text: &str) -> Option<Cow<'_, str>> {
    match text {
        NOTHING => None,
        escaped if is_escaped(escaped) => Some(Cow::Borrowed(&escaped[1..])),
        text => Some(Cow::Borrowed(text)),
    }
}

/// A text as a cell: one that would be read as nothing gains a backslash.
pub(super) fn written(text: &str) -> Cow<'_, str> {
    let mistakable = text == NOTHING || is_escaped(text);
    if mistakable { Cow::Owned(format!("\\{text}")) } else { Cow::Borrowed(text) }
}

/// Two or more backslashes and an `N`.
fn is_escaped(text: &str) -> bool {
    text.strip_suffix('N')
        .is_some_and(|rest| rest.len() > 1 && rest.bytes().all(|byte| byte == b'\\'))
}

/// A text as a cell that no spreadsheet takes for a formula: one that begins like one, after however many apostrophes, gains an
/// apostrophe, which [`unguarded`] takes away again. Other texts, those that begin with an apostrophe among them, stay as they are.
pub(super) fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if begins_a_formula(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

/// What [`guarded`] was given.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if begins_a_formula(text) => text,
        _ => cell,
    }
}

fn begins_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// The links in one cell: separated by `;`, else by `,`.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    let separator = if text.contains(';') { ';' } else { ',' };
    text.split(separator).map(str::trim).filter(|part| !part.is_empty())
}

/// The id in a cell.
pub(super) fn id(text: &str, field: &str) -> Result<i64, Fault> {
    text.trim().parse().ok().filter(|id| *id > 0).ok_or_else(|| {
        let error = Error::invalid(field, format!("{field}: {text:?} is not an id"));
        let hint = match field {
            "id" => {
                "map the column to external_id(<system>) if another system gave these".to_owned()
            }
            _ => format!("map the column to {field}.name if it holds names"),
        };
        Fault::new(error, hint)
    })
}

fn named(fault: Fault, field: &str) -> Fault {
    let error =
        Error::new(fault.error.kind(), format!("{field}: {}", fault.error)).with_field(field);
    Fault { error, ..fault }
}

/// Digits without what sets groups of three apart; `None` when the groups make no sense.
fn ungrouped(whole: &str, decimal: char) -> Option<String> {
    let other = if decimal == '.' { ',' } else { '.' };
    let is_group = |c: char| {
        c == other || matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '\u{2019}')
    };
    let Some(separator) = whole.chars().find(|c| is_group(*c)) else {
        return Some(whole.to_owned());
    };
    let groups: Vec<&str> = whole.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let fits = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    fits.then(|| groups.concat())
}

fn truth(text: &str) -> Result<Value, Fault> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(Value::Bool(true)),
        "false" | "no" | "0" => Ok(Value::Bool(false)),
        _ => Err(Fault::new(
            Error::invalid("", format!("{text:?} is neither true nor false")),
            "write true, false, yes, no, 1 or 0",
        )),
    }
}

fn word(text: &str, words: &'static [&'static str]) -> Result<Value, Fault> {
    let wanted = text.trim().to_lowercase().replace([' ', '-'], "_");
    match words.iter().find(|word| **word == wanted) {
        Some(word) => Ok(Value::Text((*word).to_owned())),
        None => Err(Fault {
            column: None,
            error: Error::new(
                ErrorKind::Invalid,
                format!("{text:?} is none of {}", words.join(", ")),
            ),
            hint: crate::base::text::nearest(&wanted, words.iter().copied())
                .map(|near| format!("did you mean {near:?}?").into()),
        }),
    }
}

/// The option that a cell means: as it stands, else the one that differs in case only.
fn option(text: &str, options: &[String]) -> String {
    let text = text.trim();
    let folded = |text: &str| crate::base::text::folded(text).into_owned();
    let mut near = options.iter().filter(|known| folded(known) == folded(text));
    match (options.iter().any(|known| known == text), near.next(), near.next()) {
        (false, Some(only), None) => only.clone(),
        _ => text.to_owned(),
    }
}
