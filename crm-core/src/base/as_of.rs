//! The instant of the past that a question is asked as of.

use crate::base::error::{Error, Result};
use crate::base::field::choice;
use crate::base::time::Timestamp;

choice! {
    /// Which of the two times of a state counts: when it was true, or when the database learned it. They differ for what was imported or
    /// corrected later.
    Axis {
        /// What was true then, by what is known now.
        Effective = "effective",
        /// What was known then: the answer that would have been given.
        Known = "known",
    }
}

/// An instant of the past that a question is asked as of; made of a [`Timestamp`], it counts what was true then.
///
/// ```
/// use crm_core::{AsOf, Axis, Timestamp};
/// let then = Timestamp::parse("2026-03-31T22:00:00Z")?;
/// assert_eq!(AsOf::from(then), AsOf { at: then, axis: Axis::Effective });
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The instant; what begins at it counts.
    pub at: Timestamp,
    /// Which time of a state counts.
    pub axis: Axis,
}

impl AsOf {
    /// The instant on the axis of that name; `effective` when none is said.
    ///
    /// # Errors
    /// `Invalid` for another name.
    pub fn on(at: Timestamp, axis: Option<&str>) -> Result<Self> {
        let Some(name) = axis else { return Ok(at.into()) };
        let axis = Axis::from_word(name).ok_or_else(|| {
            let known = Axis::WORDS.join(" or ");
            Error::invalid("axis", format!("axis: {name:?} is none; it is {known}"))
        })?;
        Ok(Self { at, axis })
    }
}

impl From<Timestamp> for AsOf {
    fn from(at: Timestamp) -> Self {
        Self { at, axis: Axis::Effective }
    }
}
