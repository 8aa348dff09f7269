//! Days on which a member is away, as text: `2026-12-24/2027-01-02, 2027-02-01/2027-02-08`, each from its first day to the day of return.

use crate::base::{Date, Result};

/// Intervals, the earliest first, none within another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Absences(Vec<(Date, Date)>);

impl Absences {
    /// Reads what a host wrote.
    ///
    /// # Errors
    /// `Invalid` for what is no day, and an interval that ends before it begins.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut all = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let days = part.split_once('/').and_then(|(from, until)| {
                Some((Date::parse(from.trim()).ok()?, Date::parse(until.trim()).ok()?))
            });
            let days = days.filter(|(from, until)| from < until);
            crate::require!(
                days.is_some(),
                "absences",
                "absences: {part:?} is no interval; write its first day and the day of return, as 2026-12-24/2027-01-02"
            );
            all.extend(days);
        }
        all.sort_unstable();
        Ok(Self(all))
    }

    /// Reads what is stored, which was checked.
    pub(crate) fn stored(text: Option<&str>) -> Self {
        text.and_then(|text| Self::parse(text).ok()).unwrap_or_default()
    }

    /// As it is stored.
    pub(crate) fn text(&self) -> Option<String> {
        let all: Vec<String> =
            self.0.iter().map(|(from, until)| format!("{from}/{until}")).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Whether a day is one of them.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.0.iter().any(|(from, until)| *from <= day && day < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_return_is_no_day_off() {
        let away = Absences::parse("2027-02-01/2027-02-08,2026-12-24/2027-01-02 ").unwrap();
        assert_eq!(away.text().unwrap(), "2026-12-24/2027-01-02, 2027-02-01/2027-02-08");
        let day = |text: &str| Date::parse(text).unwrap();
        assert!(away.covers(day("2026-12-24")) && away.covers(day("2027-01-01")));
        assert!(!away.covers(day("2027-01-02")) && !away.covers(day("2026-12-23")));
        for wrong in ["tomorrow", "2026-12-24", "2026-12-24/2026-12-24", "2026-12-24/2026-11-01"] {
            assert_eq!(Absences::parse(wrong).unwrap_err().field(), Some("absences"), "{wrong}");
        }
        assert_eq!(Absences::parse(" ").unwrap().text(), None);
    }
}
