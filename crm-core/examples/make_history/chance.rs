//! Chance without a state: every draw is a function of (seed, column, row).
//!
//! Why: a column can be added without changing the others, and the same seed gives the same world on every machine and every day.

/// Where draws come from.
pub(crate) struct Chance {
    seed: u64,
}

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// 64 bits for one cell (splitmix64 over the row, keyed by FNV-1a of the column's name).
    fn bits(&self, column: &str, row: u64) -> u64 {
        let key = column.bytes().fold(0xCBF2_9CE4_8422_2325 ^ mix(self.seed), |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        mix(mix(row.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(key)))
    }

    /// Uniform in 0…1, never 0 or 1.
    pub(crate) fn share(&self, column: &str, row: u64) -> f64 {
        ((self.bits(column, row) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Uniform in 0…n−1.
    pub(crate) fn below(&self, column: &str, row: u64, n: usize) -> usize {
        let n = u128::try_from(n).unwrap_or(1);
        usize::try_from((u128::from(self.bits(column, row)) * n) >> 64).unwrap_or(0)
    }

    /// The place of a weight, chosen in proportion.
    pub(crate) fn weighted(&self, column: &str, row: u64, weights: &[f64]) -> usize {
        let mut rest = self.share(column, row) * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return at;
            }
        }
        weights.len() - 1
    }

    /// About normal with mean 0 and deviation 1: twelve uniforms, so that no machine's `ln` or `cos` matters.
    pub(crate) fn normal(&self, column: &str, row: u64) -> f64 {
        (0..12).map(|n| self.share(&format!("{column}/{n}"), row)).sum::<f64>() - 6.0
    }
}

const fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
