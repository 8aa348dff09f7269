//! The outlook: what open deals should bring, and when.
//!
//! `period` is the calendar, `weighted` the sums, `answer` what comes out.
//!
//! Deliberately absent: rounding of parts; see `weighted`.
#![cfg_attr(not(test), expect(dead_code, reason = "its desk is the next step"))]

mod answer;
mod period;
#[cfg(test)]
mod tests;
mod weighted;

pub use answer::{Forecast, ForecastBucket, ForecastKey, ForecastRow, ForecastTotal};
