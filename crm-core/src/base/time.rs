//! Moments and days. A [`Timestamp`] is an instant, UTC, in microseconds; a [`Date`] is a day in the civil calendar
//! and never passes through a zone.
//!
//! Stored as integers: microseconds, and days since 1970-01-01. Deliberately absent: reading the clock.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::base::error::{Error, Result};
use crate::base::limit;

/// Microseconds in a day of 86,400 seconds.
pub const DAY_MICROS: i64 = 86_400_000_000;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    ///
    /// # Errors
    /// `Invalid` outside the years of [`limit`].
    pub fn from_micros(micros: i64) -> Result<Self> {
        let moment = Self(micros);
        let year = moment.date().year();
        crate::require!(
            DateTime::from_timestamp_micros(micros).is_some()
                && (limit::YEAR_MIN..=limit::YEAR_MAX).contains(&year),
            "",
            "{micros} µs is outside the years {}–{}",
            limit::YEAR_MIN,
            limit::YEAR_MAX
        );
        Ok(moment)
    }

    /// From stored microseconds, which were checked when they were written.
    #[must_use]
    pub const fn stored(micros: i64) -> Self {
        Self(micros)
    }

    /// From chrono.
    ///
    /// # Errors
    /// `Invalid` outside the years of [`limit`].
    pub fn from_chrono(moment: DateTime<Utc>) -> Result<Self> {
        Self::from_micros(moment.timestamp_micros())
    }

    /// To chrono.
    #[must_use]
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// Reads RFC 3339 (`2026-03-02T09:00:00Z`); a zone is required.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read.
    pub fn parse(text: &str) -> Result<Self> {
        let moment = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| {
            Error::invalid(
                "",
                format!(
                    "{text:?} is not an instant such as 2026-03-02T09:00:00Z (the zone is required)"
                ),
            )
        })?;
        Self::from_chrono(moment.with_timezone(&Utc))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The day it falls on, UTC.
    #[must_use]
    pub const fn date(self) -> Date {
        Date(self.0.div_euclid(DAY_MICROS))
    }

    /// The first instant of `date`, UTC.
    #[must_use]
    pub const fn start_of(date: Date) -> Self {
        Self(date.0.saturating_mul(DAY_MICROS))
    }

    /// Later (or earlier) by whole days of 86,400 seconds.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_MICROS)))
    }

    /// Appends what [`Display`](std::fmt::Display) shows, without its machinery: feeds write several per lead.
    pub(crate) fn write(self, out: &mut String) {
        const PIECES: [(i64, char); 3] =
            [(3_600_000_000, 'T'), (60_000_000, ':'), (1_000_000, ':')];
        self.date().write(out);
        let mut rest = self.0.rem_euclid(DAY_MICROS);
        for (unit, before) in PIECES {
            out.push(before);
            write_digits(rest / unit, 2, out);
            rest %= unit;
        }
        if rest > 0 {
            out.push('.');
            if rest % 1_000 == 0 {
                write_digits(rest / 1_000, 3, out);
            } else {
                write_digits(rest, 6, out);
            }
        }
        out.push('Z');
    }

    /// Whole days between two instants, whichever comes first.
    #[must_use]
    pub const fn days_between(self, other: Self) -> i64 {
        (self.0 - other.0).abs() / DAY_MICROS
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_chrono().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

/// A civil date: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Date(i64);

impl Date {
    /// From year, month and day.
    ///
    /// # Errors
    /// `Invalid` when there is no such day, or outside the years of [`limit`].
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| {
            Error::invalid("", format!("there is no day {year:04}-{month:02}-{day:02}"))
        })?;
        Self::from_chrono(date)
    }

    /// From chrono.
    ///
    /// # Errors
    /// `Invalid` outside the years of [`limit`].
    pub fn from_chrono(date: NaiveDate) -> Result<Self> {
        crate::require!(
            (limit::YEAR_MIN..=limit::YEAR_MAX).contains(&date.year()),
            "",
            "{date} is outside the years {}–{}",
            limit::YEAR_MIN,
            limit::YEAR_MAX
        );
        Ok(Self((date - NaiveDate::default()).num_days()))
    }

    /// From stored days, which were checked when they were written.
    #[must_use]
    pub const fn stored(days: i64) -> Self {
        Self(days)
    }

    /// Reads ISO 8601, `2026-03-02`.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read.
    pub fn parse(text: &str) -> Result<Self> {
        let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| {
            Error::invalid("", format!("{text:?} is not a date such as 2026-03-02"))
        })?;
        Self::from_chrono(date)
    }

    /// To chrono.
    #[must_use]
    pub fn to_chrono(self) -> NaiveDate {
        self.known().unwrap_or_default()
    }

    /// The day in the calendar, if there is one that far away.
    fn known(self) -> Option<NaiveDate> {
        NaiveDate::default().checked_add_signed(TimeDelta::try_days(self.0)?)
    }

    /// The same date, if it lies within the years of [`limit`]: what [`Self::stored`] takes was checked by nobody.
    ///
    /// # Errors
    /// `Invalid` outside them.
    pub fn checked(self) -> Result<Self> {
        self.known().map_or_else(
            || Err(Error::invalid("", format!("day {} is in no calendar", self.0))),
            Self::from_chrono,
        )
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i64 {
        self.0
    }

    /// Appends what [`Display`](std::fmt::Display) shows.
    pub(crate) fn write(self, out: &mut String) {
        let date = self.to_chrono();
        write_digits(i64::from(date.year()), 4, out);
        out.push('-');
        write_digits(i64::from(date.month()), 2, out);
        out.push('-');
        write_digits(i64::from(date.day()), 2, out);
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.to_chrono().year()
    }

    /// Months since January of year 0: `year * 12 + month - 1`.
    #[must_use]
    pub fn month_index(self) -> i64 {
        let date = self.to_chrono();
        i64::from(date.year()) * 12 + i64::from(date.month0())
    }

    /// The first day of the month with that [`Self::month_index`].
    #[must_use]
    pub fn from_month_index(index: i64) -> Self {
        let year = i32::try_from(index.div_euclid(12)).unwrap_or(limit::YEAR_MAX);
        let month = u32::try_from(index.rem_euclid(12)).unwrap_or(0) + 1;
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
        Self((first - NaiveDate::default()).num_days())
    }

    /// Later (or earlier) by days.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_chrono().fmt(f)
    }
}

/// Appends the last digits of a number that is not negative.
fn write_digits(number: i64, digits: u32, out: &mut String) {
    for place in (0..digits).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        out.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_is_as_shown() {
        for micros in
            [0, 1, -1, 1_500_000, 86_399_999_999, 1_772_442_000_123_000, -2_208_988_800_000_000]
        {
            let moment = Timestamp::stored(micros);
            let mut text = String::new();
            moment.write(&mut text);
            assert_eq!(text, moment.to_string());
            let mut text = String::new();
            moment.date().write(&mut text);
            assert_eq!(text, moment.date().to_string());
        }
    }

    #[test]
    fn a_date_is_days_and_back() {
        let date = Date::new(2026, 3, 2).unwrap();
        assert_eq!((date.days(), date.to_string().as_str()), (20_514, "2026-03-02"));
        assert_eq!(Date::from_month_index(date.month_index()), Date::new(2026, 3, 1).unwrap());
        assert!(Date::new(2026, 2, 30).is_err() && Date::new(1066, 10, 14).is_err());
    }

    #[test]
    fn an_instant_before_the_epoch_falls_on_its_own_day() {
        let moment = Timestamp::parse("1969-12-31T23:59:59Z").unwrap();
        assert_eq!(moment.date().to_string(), "1969-12-31");
        assert!(Timestamp::parse("2026-03-02T09:00:00").is_err(), "a zone is required");
        assert_eq!(
            Timestamp::parse("2026-03-02T10:00:00+01:00").unwrap().to_string(),
            "2026-03-02T09:00:00Z"
        );
    }
}
