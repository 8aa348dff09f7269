//! Months and quarters of the civil calendar.
//!
//! A period is half-open: its end is the first day of the next. Days never pass through a zone; instants always do.
//!
//! Deliberately absent: fiscal calendars, and the clock.

use crate::base::Date;

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
}
