//! What the score does about changed leads, in the same transaction.

use crate::base::{Probability, Result};
use crate::event::LeadChange;
use crate::record::{ProbabilitySource, WonStatus};
use crate::storage::Tx;

/// Lets machine scores follow changed leads.
pub(crate) fn learn(tx: &mut Tx<'_>, changes: &mut [LeadChange]) -> Result<()> {
    for change in changes {
        let Some(after) = &mut change.after else {
            continue;
        };
        let (score, source) = match after.won_status {
            WonStatus::Won => (Probability::CERTAIN, ProbabilitySource::Outcome),
            WonStatus::Lost => (Probability::ZERO, ProbabilitySource::Outcome),
            WonStatus::Pending => (Probability::ZERO, ProbabilitySource::None),
        };
        after.automated_probability = score;
        let sql = "INSERT INTO lead_score (lead_id, automated_probability, probability_source) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (lead_id) DO UPDATE SET automated_probability = excluded.automated_probability, probability_source = excluded.probability_source";
        tx.execute(sql, &[after.id.0.into(), score.ppm().into(), source.code().into()])?;
    }
    Ok(())
}
