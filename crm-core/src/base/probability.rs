//! Chance of winning: whole parts per million in storage, exact percent at the doors.

use rust_decimal::Decimal;

use crate::base::error::{Error, Result};

/// A chance from 0 to 100 %, in steps of one part per million (0.0001 %).
///
/// ```
/// use crm_core::Probability;
/// let chance = Probability::from_percent("12.5".parse().unwrap()).unwrap();
/// assert_eq!(chance.ppm(), 125_000);
/// assert_eq!(chance.percent().to_string(), "12.5000");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Probability(u32);

impl Probability {
    /// No chance.
    pub const ZERO: Self = Self(0);
    /// Certainty.
    pub const CERTAIN: Self = Self(1_000_000);

    /// From parts per million; what lies outside 0…1,000,000 is refused.
    ///
    /// # Errors
    /// `Invalid` outside the range.
    pub fn from_ppm(ppm: i64) -> Result<Self> {
        match u32::try_from(ppm) {
            Ok(ppm) if ppm <= 1_000_000 => Ok(Self(ppm)),
            _ => Err(Error::invalid(
                "probability",
                format!("{ppm} ppm is not between 0 and 1000000"),
            )),
        }
    }

    /// From percent with at most four decimals.
    ///
    /// # Errors
    /// `Invalid` outside 0…100 or with more decimals.
    pub fn from_percent(percent: Decimal) -> Result<Self> {
        let refuse = |why: &str| Error::invalid("probability", format!("{percent} {why}"));
        if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
            return Err(refuse("is not a percentage between 0 and 100"));
        }
        let ppm = percent * Decimal::from(10_000);
        if !ppm.fract().is_zero() {
            return Err(refuse("has more than four decimals"));
        }
        i64::try_from(ppm).map_err(|_| refuse("is out of range")).and_then(Self::from_ppm)
    }

    /// From a fraction 0…1 that was computed; clamped and rounded to the nearest step.
    #[must_use]
    pub fn from_fraction(fraction: f64) -> Self {
        let ppm = (fraction.clamp(0.0, 1.0) * 1e6).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0…1,000,000; NaN is 0"
        )]
        Self(ppm as u32)
    }

    /// Whole parts per million.
    #[must_use]
    pub const fn ppm(self) -> i64 {
        self.0 as i64
    }

    /// Percent with four places.
    #[must_use]
    pub fn percent(self) -> Decimal {
        Decimal::new(self.ppm(), 4)
    }

    /// Percent rounded half up to two places, in hundredths: how two probabilities are compared for being the same.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        (self.0 as i64 + 50) / 100
    }
}
