//! Numbers and dates as evidence: bins of about equal count.
//!
//! A number is counted by the bin it falls into. Before [`FIRST`] outcomes there is one bin; then edges are drawn from the closed
//! leads, and drawn anew as their number grows threefold, always with a recount. A number that many leads share (often 0) has a bin
//! of its own, and the others divide the rest. Deliberately absent: what is no number; storage.

use crate::base::{Date, Timestamp};

/// At most so many bins: each needs outcomes of its own.
pub(crate) const BINS: usize = 10;
/// Outcomes at which edges are first drawn.
pub(crate) const FIRST: i64 = 30;
/// Outcomes up to which edges are redrawn within the write that closes a lead; beyond, `rebuild` does it. Reading that many leads
/// again takes about a second.
pub(crate) const LAST: i64 = 300_000;

/// What a variable's texts measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// A number.
    Number,
    /// A day.
    Day,
    /// An instant.
    Moment,
}

impl Scale {
    /// The number that a text stands for.
    pub(crate) fn read(self, text: &str) -> Option<f64> {
        let number = match self {
            Self::Number => text.parse().ok()?,
            Self::Day => Date::parse(text).ok()?.days() as f64,
            Self::Moment => Timestamp::parse(text).ok()?.micros() as f64,
        };
        f64::is_finite(number).then_some(number)
    }

    fn show(self, number: f64) -> String {
        match self {
            Self::Number => number.to_string(),
            #[expect(clippy::cast_possible_truncation, reason = "whole days that were read")]
            Self::Day => Date::stored(number as i64).to_string(),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole microseconds that were read"
            )]
            Self::Moment => Timestamp::stored(number as i64).to_string(),
        }
    }
}

/// The bins of one variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bins {
    /// What its texts measure.
    pub scale: Scale,
    /// The least number of each bin but the first, ascending.
    pub edges: Vec<f64>,
}

impl Bins {
    /// One bin.
    pub(crate) const fn one(scale: Scale) -> Self {
        Self { scale, edges: Vec::new() }
    }

    /// Bins of about equal count for these numbers, each with how often it was met.
    pub(crate) fn draw(scale: Scale, numbers: &mut [(f64, u64)]) -> Self {
        numbers.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut rest: u64 = numbers.iter().map(|(_, times)| times).sum();
        let (mut edges, mut held, mut left) = (Vec::new(), 0, BINS as u64);
        for (number, times) in numbers.iter() {
            // The bin ends where it has its share, or comes nearer to it without this number than with it.
            if held > 0 && left > 1 && (2 * held + times) * left > 2 * rest {
                edges.push(*number);
                rest -= held;
                left -= 1;
                held = 0;
            }
            held += times;
        }
        // −0 and 0 are one number.
        edges.dedup();
        Self { scale, edges }
    }

    /// The bin of a text, by its place; `None` for what is no number.
    pub(crate) fn place(&self, text: &str) -> Option<usize> {
        let number = self.scale.read(text)?;
        Some(self.edges.partition_point(|edge| *edge <= number))
    }

    /// How many bins there are.
    pub(crate) fn len(&self) -> usize {
        self.edges.len() + 1
    }

    /// What a bin is called and counted by.
    pub(crate) fn name(&self, place: usize) -> String {
        let edge = |at: usize| self.scale.show(self.edges[at]);
        match (place.checked_sub(1), place < self.edges.len()) {
            (None, false) => "any".to_owned(),
            (None, true) => format!("< {}", edge(0)),
            (Some(low), false) => format!(">= {}", edge(low)),
            (Some(low), true) => format!("{} .. {}", edge(low), edge(place)),
        }
    }
}

/// The number of outcomes at which edges drawn at `drawn` are to be drawn anew.
pub(crate) fn next(drawn: i64) -> i64 {
    let mut step = FIRST;
    while step <= drawn {
        // 30, 100, 300, 1,000 …: threefold and a round number.
        step = if step.to_string().starts_with('3') { step / 3 * 10 } else { step * 3 };
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(numbers: &[(f64, u64)]) -> Vec<f64> {
        Bins::draw(Scale::Number, &mut numbers.to_vec()).edges
    }

    #[test]
    fn a_number_that_many_share_has_a_bin_of_its_own() {
        let mut numbers: Vec<(f64, u64)> = (1..=90).map(|n| (f64::from(n), 1)).collect();
        numbers.push((0.0, 60));
        let edges = drawn(&numbers);
        assert_eq!(&edges[..1], [1.0], "zero stands alone");
        assert_eq!(edges.len(), BINS - 1);
        assert_eq!(&edges[1..4], [11.0, 21.0, 31.0], "the rest is divided evenly");
    }

    #[test]
    fn few_numbers_have_a_bin_each_and_one_number_one() {
        assert_eq!(drawn(&[(1.0, 50), (2.0, 20), (3.0, 30)]), [2.0, 3.0]);
        assert!(drawn(&[(5.0, 100)]).is_empty());
        assert!(drawn(&[]).is_empty());
    }

    #[test]
    fn bins_are_found_and_named() {
        let bins = Bins { scale: Scale::Number, edges: vec![0.0, 2.5] };
        let names: Vec<_> = ["-1", "0", "2.4", "2.5", "1e9"]
            .iter()
            .map(|text| bins.name(bins.place(text).unwrap()))
            .collect();
        assert_eq!(names, ["< 0", "0 .. 2.5", "0 .. 2.5", ">= 2.5", ">= 2.5"]);
        assert_eq!((bins.place("x"), bins.place("NaN"), bins.place("")), (None, None, None));
        assert_eq!(Bins::one(Scale::Number).name(0), "any");
        let days = Bins { scale: Scale::Day, edges: vec![Scale::Day.read("2026-03-02").unwrap()] };
        assert_eq!(days.name(days.place("2026-03-05").unwrap()), ">= 2026-03-02");
    }

    #[test]
    fn edges_are_drawn_anew_at_threefold_growth() {
        let mut steps = vec![next(0)];
        while *steps.last().unwrap() < LAST {
            steps.push(next(*steps.last().unwrap()));
        }
        assert_eq!(steps, [30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000]);
    }
}
