//! How good chances were, once the outcomes are known: metrics 4.15.
//!
//! Pure arithmetic on pairs of chance and outcome. Deliberately absent: where the pairs come from; `backtest` makes them.

/// Bins of equal count for calibration.
const BINS: usize = 10;
/// Chances are clipped so far from 0 and 1 before a logarithm is taken.
const CLIP: f64 = 1e-6;

/// One bin of the reliability table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreBin {
    /// Predictions in it.
    pub count: u64,
    /// Their mean chance, 0…1.
    pub predicted: f64,
    /// The share that was won, 0…1.
    pub observed: f64,
}

/// How good a list of chances was. What is not defined is none: everything when nothing was predicted, `auc` when one kind is missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreQuality {
    /// Predictions.
    pub count: u64,
    /// The share that was won, 0…1.
    pub won: Option<f64>,
    /// Mean of −ln of the chance given to what happened, chances clipped to 0.000001…0.999999.
    pub log_loss: Option<f64>,
    /// Mean squared distance of chance and outcome: `reliability − resolution + uncertainty + within_variance − within_covariance`.
    pub brier: Option<f64>,
    /// How far chances are from what they came to, by bin; 0 is best.
    pub reliability: Option<f64>,
    /// How far the bins' outcomes are apart; more is better.
    pub resolution: Option<f64>,
    /// The Brier score of always saying the share won.
    pub uncertainty: Option<f64>,
    /// Variance of chances within their bins.
    pub within_variance: Option<f64>,
    /// Twice the covariance of chance and outcome within the bins.
    pub within_covariance: Option<f64>,
    /// The chance that a won lead was given more than a lost one, ties count half; none when one kind is missing.
    pub auc: Option<f64>,
    /// Mean distance of chance and share won over the bins, weighed by their counts.
    pub ece: Option<f64>,
    /// Ten bins of equal count by chance; equal chances stay together.
    pub bins: Vec<ScoreBin>,
}

impl ScoreQuality {
    /// The quality of chances 0…1, each with whether the lead was won.
    #[must_use]
    pub fn of(pairs: &[(f64, bool)]) -> Self {
        if pairs.is_empty() {
            return Self::default();
        }
        let mut sorted = pairs.to_vec();
        sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let n = sorted.len() as f64;
        let truth = |won: bool| if won { 1.0 } else { 0.0 };
        let mean = |of: &dyn Fn(&(f64, bool)) -> f64| sorted.iter().map(of).sum::<f64>() / n;
        let won = mean(&|pair| truth(pair.1));
        let log_loss = mean(&|(chance, won)| {
            let chance = chance.clamp(CLIP, 1.0 - CLIP);
            -(if *won { chance } else { 1.0 - chance }).ln()
        });
        let [mut reliability, mut resolution, mut ece] = [0.0; 3];
        let [mut variance, mut covariance] = [0.0; 2];
        let mut bins = Vec::with_capacity(BINS);
        for part in parts(&sorted) {
            let count = part.len() as f64;
            let predicted = part.iter().map(|(chance, _)| chance).sum::<f64>() / count;
            let observed = part.iter().map(|(_, won)| truth(*won)).sum::<f64>() / count;
            reliability += count / n * (predicted - observed).powi(2);
            resolution += count / n * (observed - won).powi(2);
            ece += count / n * (predicted - observed).abs();
            for (chance, won) in part {
                variance += (chance - predicted).powi(2) / n;
                covariance += 2.0 * (chance - predicted) * (truth(*won) - observed) / n;
            }
            bins.push(ScoreBin { count: part.len() as u64, predicted, observed });
        }
        Self {
            count: sorted.len() as u64,
            won: Some(won),
            log_loss: Some(log_loss),
            brier: Some(mean(&|(chance, won)| (chance - truth(*won)).powi(2))),
            reliability: Some(reliability),
            resolution: Some(resolution),
            uncertainty: Some(won * (1.0 - won)),
            within_variance: Some(variance),
            within_covariance: Some(covariance),
            auc: auc(&sorted),
            ece: Some(ece),
            bins,
        }
    }
}

/// Bins of equal count; a chance that begins in one ends there.
fn parts(sorted: &[(f64, bool)]) -> Vec<&[(f64, bool)]> {
    let mut parts = Vec::with_capacity(BINS);
    let mut start = 0;
    for bin in 1..=BINS {
        let mut end = (sorted.len() * bin).div_ceil(BINS).max(start);
        while end > start && end < sorted.len() && same(sorted[end].0, sorted[end - 1].0) {
            end += 1;
        }
        if end > start {
            parts.push(&sorted[start..end]);
            start = end;
        }
    }
    parts
}

fn same(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}

/// By ranks: equal chances share their mean rank.
fn auc(sorted: &[(f64, bool)]) -> Option<f64> {
    let won = sorted.iter().filter(|(_, won)| *won).count();
    let lost = sorted.len() - won;
    if won == 0 || lost == 0 {
        return None;
    }
    let (mut ranks, mut start) = (0.0, 0);
    while start < sorted.len() {
        let ties =
            sorted[start..].iter().take_while(|(chance, _)| same(*chance, sorted[start].0)).count();
        let wins = sorted[start..start + ties].iter().filter(|(_, won)| *won).count();
        ranks += wins as f64 * (start as f64 + (ties as f64 + 1.0) / 2.0);
        start += ties;
    }
    Some((ranks - won as f64 * (won as f64 + 1.0) / 2.0) / (won as f64 * lost as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: Option<f64>, other: f64) -> bool {
        one.is_some_and(|one| (one - other).abs() < 1e-12)
    }

    #[test]
    fn four_predictions_by_hand() {
        let quality = ScoreQuality::of(&[(0.8, true), (0.6, false), (0.4, true), (0.2, false)]);
        assert!(close(quality.log_loss, -(0.8_f64.ln() + 0.4_f64.ln()) / 2.0), "{quality:?}");
        assert!(close(quality.brier, (0.04 + 0.36) / 2.0));
        assert!(close(quality.auc, 0.75), "three of four pairs are in order");
        assert!(close(quality.won, 0.5) && close(quality.uncertainty, 0.25));
        assert!(close(quality.ece, (0.2 + 0.6 + 0.6 + 0.2) / 4.0), "each stands alone");
    }

    #[test]
    fn the_parts_of_the_brier_score_add_up() {
        let pairs: Vec<(f64, bool)> =
            (0..137).map(|i| (f64::from(i * 37 % 101) / 101.0, i * i % 7 < 3)).collect();
        let q = ScoreQuality::of(&pairs);
        let [reliability, resolution, uncertainty] =
            [q.reliability, q.resolution, q.uncertainty].map(Option::unwrap);
        let [variance, covariance] = [q.within_variance, q.within_covariance].map(Option::unwrap);
        let sum = reliability - resolution + uncertainty + variance - covariance;
        assert!(close(q.brier, sum), "{q:?}");
        assert_eq!(q.bins.iter().map(|bin| bin.count).sum::<u64>(), 137);
        assert_eq!(q.bins.len(), 10);
    }

    #[test]
    fn equal_chances_stay_together_and_say_nothing() {
        let pairs: Vec<(f64, bool)> = (0..50).map(|i| (0.3, i % 10 < 3)).collect();
        let q = ScoreQuality::of(&pairs);
        assert_eq!(q.bins.len(), 1);
        assert!(close(q.auc, 0.5) && q.ece.unwrap() < 1e-9 && q.resolution.unwrap() < 1e-12);
        assert!(ScoreQuality::of(&[(0.0, true)]).log_loss.unwrap() < 14.0, "clipped");
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let none = ScoreQuality::of(&[]);
        assert_eq!((none.count, none.won, none.log_loss, none.auc), (0, None, None, None));
        assert_eq!((none.brier, none.ece, none.bins.len()), (None, None, 0));
        let one_kind = ScoreQuality::of(&[(0.9, true), (0.8, true)]);
        assert_eq!((one_kind.auc, one_kind.won), (None, Some(1.0)), "no pair to put in order");
        assert!(close(one_kind.brier, 0.025) && one_kind.log_loss.unwrap().is_finite());
    }
}
