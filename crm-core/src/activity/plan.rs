//! When an activity is due, and what a new one takes from its type: pure.

use chrono::Months;

use crate::base::{Date, Result};
use crate::record::{Activity, ActivityType, DelayFrom, DelayUnit};

/// The day by which an activity of that type is due: counted from today, or for one that follows another from that one's deadline if
/// its type says so.
///
/// # Errors
/// `Invalid` beyond the years of dates.
pub(super) fn deadline(
    kind: &ActivityType,
    today: Date,
    before: Option<&Activity>,
) -> Result<Date> {
    let base = match before {
        Some(before) if kind.delay_from == DelayFrom::PreviousActivity => before.date_deadline,
        _ => today,
    };
    let count = kind.delay_count;
    match kind.delay_unit {
        DelayUnit::Days => base.plus_days(count).checked(),
        DelayUnit::Weeks => base.plus_days(count.saturating_mul(7)).checked(),
        DelayUnit::Months => {
            let months = Months::new(u32::try_from(count).unwrap_or(u32::MAX));
            let due = base.to_chrono().checked_add_months(months);
            due.map_or_else(|| Date::stored(i64::MAX).checked(), Date::from_chrono)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(count: i64, unit: DelayUnit, from: DelayFrom, before: Option<&str>) -> String {
        let kind = ActivityType {
            delay_count: count,
            delay_unit: unit,
            delay_from: from,
            ..ActivityType::default()
        };
        let before = before.map(|day| Activity {
            date_deadline: Date::parse(day).unwrap(),
            ..Activity::default()
        });
        deadline(&kind, Date::parse("2026-01-31").unwrap(), before.as_ref()).unwrap().to_string()
    }

    #[test]
    fn a_delay_is_counted_from_today_or_from_the_deadline_before() {
        use DelayFrom::{Completion, PreviousActivity};
        use DelayUnit::{Days, Months, Weeks};
        assert_eq!(due(2, Days, PreviousActivity, None), "2026-02-02");
        assert_eq!(due(2, Weeks, PreviousActivity, None), "2026-02-14");
        assert_eq!(due(1, Months, PreviousActivity, None), "2026-02-28", "there is no 31st");
        assert_eq!(due(2, Days, PreviousActivity, Some("2026-01-10")), "2026-01-12");
        assert_eq!(due(2, Days, Completion, Some("2026-01-10")), "2026-02-02");
        assert_eq!(due(10_000, Days, Completion, None), "2053-06-18");
    }

    #[test]
    fn a_deadline_beyond_the_years_is_refused() {
        let kind = ActivityType {
            delay_count: 10_000,
            delay_unit: DelayUnit::Months,
            ..ActivityType::default()
        };
        let late = Date::parse("2900-01-01").unwrap();
        assert!(deadline(&kind, late, None).is_err());
    }
}
