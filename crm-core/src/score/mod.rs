//! The study: how likely a lead is to be won, learnt from those that were won and lost.
//!
//! `evidence` says what counts, `bayes` counts and judges, `compiled` judges many at once, `explain` says why.
//!
//! Deliberately absent: random numbers and clocks; the same leads always give the same scores.
#![expect(dead_code, reason = "its desk is the next step")]

pub(crate) mod bayes;
pub(crate) mod compiled;
mod count;
pub(crate) mod evidence;
mod explain;
mod learn;
#[cfg(test)]
mod reference_tests;

pub use explain::{Explanation, ExplanationRow};
pub(crate) use learn::learn;
