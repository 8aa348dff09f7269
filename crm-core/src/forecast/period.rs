//! Months and quarters of the civil calendar, and the day that an instant falls on in a zone.
//!
//! A period is half-open: its end is the first day of the next. Days never pass through a zone; instants always do.
//!
//! Deliberately absent: fiscal calendars, and the clock.

use chrono_tz::Tz;

use crate::base::error::{Error, Result};
use crate::base::{Date, Timestamp};

/// A length of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// From the first of a month.
    Month,
    /// From the first of January, April, July or October.
    Quarter,
}

impl Period {
    const fn months(self) -> i64 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
        }
    }

    /// The first day of the period that holds `date`.
    pub(crate) fn start(self, date: Date) -> Date {
        let months = self.months();
        Date::from_month_index(date.month_index().div_euclid(months) * months)
    }

    /// The first day after the period that holds `date`.
    pub(crate) fn end(self, date: Date) -> Date {
        let months = self.months();
        Date::from_month_index((date.month_index().div_euclid(months) + 1) * months)
    }
}

/// A time zone of the IANA tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone(Tz);

impl Zone {
    /// The zone of that name, such as `Europe/Paris`.
    ///
    /// # Errors
    /// `Invalid` when there is none.
    pub(crate) fn new(name: &str) -> Result<Self> {
        name.trim().parse().map(Self).map_err(|_| {
            Error::invalid(
                "zone",
                format!("{name:?} is not an IANA time zone such as Europe/Paris"),
            )
        })
    }

    /// Whether days begin there as they do in UTC.
    pub(crate) fn is_utc(self) -> bool {
        self.0 == Tz::UTC
    }

    /// The day that an instant falls on there.
    pub(crate) fn date(self, moment: Timestamp) -> Date {
        if self.is_utc() {
            return moment.date();
        }
        let local = moment.to_chrono().with_timezone(&self.0).date_naive();
        // Only the last day of the last year can fall outside, in zones ahead of UTC.
        Date::from_chrono(local).unwrap_or(moment.date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(period: Period, day: &str, start: &str, end: &str) {
        let day = Date::parse(day).unwrap();
        let found = (period.start(day).to_string(), period.end(day).to_string());
        assert_eq!(found, (start.into(), end.into()), "{day}");
    }

    #[test]
    fn periods_are_half_open() {
        check(Period::Month, "2026-12-31", "2026-12-01", "2027-01-01");
        check(Period::Month, "2028-02-29", "2028-02-01", "2028-03-01");
        check(Period::Month, "1969-01-01", "1969-01-01", "1969-02-01");
        check(Period::Quarter, "2026-12-31", "2026-10-01", "2027-01-01");
        check(Period::Quarter, "2026-04-01", "2026-04-01", "2026-07-01");
        check(Period::Quarter, "2026-03-31", "2026-01-01", "2026-04-01");
        check(Period::Quarter, "1969-12-31", "1969-10-01", "1970-01-01");
    }

    #[test]
    fn an_instant_falls_on_the_day_of_its_zone() {
        for (zone, moment, day) in [
            ("UTC", "2026-03-31T23:30:00Z", "2026-03-31"),
            ("Europe/Paris", "2026-03-31T22:00:00Z", "2026-04-01"),
            ("Europe/Paris", "2026-03-31T21:59:59.999999Z", "2026-03-31"),
            ("America/New_York", "2026-04-01T03:59:59Z", "2026-03-31"),
            ("Asia/Kolkata", "2026-03-31T18:30:00Z", "2026-04-01"),
            ("Pacific/Kiritimati", "2026-03-31T10:00:00Z", "2026-04-01"),
        ] {
            let zone = Zone::new(zone).unwrap();
            assert_eq!(
                zone.date(Timestamp::parse(moment).unwrap()).to_string(),
                day,
                "{zone:?} {moment}"
            );
        }
        assert_eq!(Zone::new("Mars/Olympus").unwrap_err().field(), Some("zone"));
    }
}
