//! How far the scores are from the truth, in a world where that is known.

use std::fmt::Write as _;

use crm_core::Session;
use crm_core::score::Explanation;
use rust_decimal::prelude::ToPrimitive as _;

use crate::Result;
use crate::folder::History;
use crate::show::heading;

/// Compares open deals' scores with `truth.csv`; says nothing for a folder without one.
pub(crate) fn compare(text: &mut String, s: &Session, history: &History) -> Result<()> {
    if history.truth.is_empty() {
        return Ok(());
    }
    let (mut off, mut off_stage, mut bias) = (0.0, 0.0, 0.0);
    let (mut revenue, mut true_revenue) = (0.0, 0.0);
    for (id, truth) in &history.truth {
        let deal = s.leads().get_external("history", id)?;
        let score = deal.probability.percent().to_f64().unwrap_or_default();
        let value = deal.revenue().major().to_f64().unwrap_or_default();
        off += (score - truth).abs();
        off_stage += (by_stage(&s.score().explain(deal.id)?) - truth).abs();
        bias += score - truth;
        revenue += value * score / 100.0;
        true_revenue += value * truth / 100.0;
    }
    let deals = history.truth.len() as f64;
    heading(text, "Against the known truth");
    writeln!(
        text,
        "The true chance of each of the {deals} open deals is known (truth.md has the formula). On average a score is off by {:.1} \
         points\n({:+.1} with sign); by the stage alone it would be {:.1}. The open deals are truly worth {:.0} % of what the scores say.",
        off / deals,
        bias / deals,
        off_stage / deals,
        100.0 * true_revenue / revenue,
    )?;
    Ok(())
}

/// What the stage alone would say, in percent.
fn by_stage(explanation: &Explanation) -> f64 {
    let stage = explanation.rows.iter().find(|row| row.variable == "stage_id");
    let log_odds = explanation.base_log_odds + stage.map_or(0.0, |row| row.log_odds);
    100.0 / (1.0 + (-log_odds).exp())
}
