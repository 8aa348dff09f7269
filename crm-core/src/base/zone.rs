//! The day that an instant falls on in a zone, and when a day begins there.
//!
//! Deliberately absent: the clock, and a zone of the machine.

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;

use crate::base::error::{Error, Result};
use crate::base::time::{Date, Timestamp};

/// Quarters of an hour of a day: no clock was ever put forward by more.
const QUARTERS: i32 = 96;

/// A time zone of the IANA tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Zone(Tz);

impl Zone {
    pub(crate) const UTC: Self = Self(Tz::UTC);

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

    /// The first instant of a day there. A day that begins twice begins the first time; one whose beginning is left out begins when its
    /// clocks show a time of it at last.
    pub(crate) fn start_of(self, date: Date) -> Timestamp {
        if self.is_utc() {
            return Timestamp::start_of(date);
        }
        let midnight = date.to_chrono().and_time(NaiveTime::MIN);
        let shown = (0..=QUARTERS).find_map(|quarter| {
            let local = midnight + TimeDelta::minutes(i64::from(quarter) * 15);
            local.and_local_timezone(self.0).earliest()
        });
        shown.map_or_else(
            || Timestamp::start_of(date),
            |moment| Timestamp::stored(moment.timestamp_micros()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(zone: &str, day: &str) -> String {
        Zone::new(zone).unwrap().start_of(Date::parse(day).unwrap()).to_string()
    }

    #[test]
    fn a_day_begins_once_whatever_the_clocks_do() {
        assert_eq!(starts("UTC", "2026-03-29"), "2026-03-29T00:00:00Z");
        // Summer time begins in the night: the day has 23 hours, and the next begins an hour earlier.
        assert_eq!(starts("Europe/Paris", "2026-03-29"), "2026-03-28T23:00:00Z");
        assert_eq!(starts("Europe/Paris", "2026-03-30"), "2026-03-29T22:00:00Z");
        // Clocks go back from one to midnight: it is midnight twice.
        assert_eq!(starts("America/Havana", "2025-11-02"), "2025-11-02T04:00:00Z");
        // Clocks go forward at midnight: the day begins at one.
        assert_eq!(starts("America/Asuncion", "2023-10-01"), "2023-10-01T04:00:00Z");
        // A day that never was, since the date line moved: it begins with the day after.
        assert_eq!(starts("Pacific/Apia", "2011-12-30"), starts("Pacific/Apia", "2011-12-31"));
    }

    #[test]
    fn an_instant_falls_on_the_day_that_began_last() {
        let zone = Zone::new("America/Asuncion").unwrap();
        for day in 0..4_000 {
            let day = Date::stored(17_000 + day);
            let start = zone.start_of(day);
            assert_eq!(zone.date(start), day, "{day}");
            assert_eq!(zone.date(Timestamp::stored(start.micros() - 1)), day.plus_days(-1));
        }
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
