//! The study: how likely a lead is to be won, learnt from those that were won and lost.
//!
//! `evidence` says what counts; the models `bayes` and `weighted` (with `online` weights and `bins` of numbers) count and judge,
//! `compiled` judges many at once, `explain` says why. `learn` follows every change of a lead within its transaction, `batch` counts
//! and scores everything anew, by `replay` where order matters; at any moment the counters equal a recount.
//!
//! Deliberately absent: random numbers and clocks; the same leads always give the same scores.
#![doc = include_str!("../../docs/scoring.md")]

mod backtest;
#[cfg(test)]
mod backtest_tests;
mod batch;
mod bayes;
mod bins;
#[cfg(test)]
mod changed_tests;
mod compiled;
mod config;
mod count;
mod created;
mod evidence;
mod explain;
mod former;
mod health;
#[cfg(test)]
mod health_tests;
mod known;
mod learn;
mod lesson;
mod model;
mod nearest;
mod online;
mod parameters;
mod pass;
#[cfg(test)]
mod past_tests;
mod predict;
#[cfg(test)]
mod predict_tests;
mod quality;
#[cfg(test)]
mod reference_tests;
mod replay;
mod stage_chance;
mod store;
mod tables;
#[cfg(test)]
mod tests;
mod weighted;
#[cfg(test)]
mod weighted_desk_tests;
#[cfg(test)]
mod weighted_tests;

pub use backtest::{Backtest, BacktestAt, BacktestReport, BacktestRow};
pub use batch::ScoreRun;
pub use config::{ScoreConfig, ScoreConfiguration};
pub use explain::{Explanation, ExplanationRow, ScoreFrequency};
pub use health::{FieldHealth, ScoreHealth};
pub(crate) use learn::{catch_up, learn};
pub use nearest::NearestDeal;
pub use predict::ScorePrediction;
pub use quality::{ScoreBin, ScoreQuality};
pub(crate) use stage_chance::{StageChances, stage_chances};

use std::sync::Arc;

use crate::access;
use crate::base::{LeadId, Progress, RecordKind, Result, Timestamp};
use crate::desk::query;
use crate::filter::Filter;
use crate::record::{Lead, WonStatus};
use crate::score::config::Config;
use crate::score::known::Whose;
use crate::score::model::Model;
use crate::storage::{Link, Tx};
use crate::tally;

/// The desk of the score.
///
/// ```
/// use crm_core::{Crm, Progress, fields};
/// use crm_core::score::ScoreConfig;
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// let fields = Some(vec!["source_id".to_owned(), "tag_ids".to_owned()]);
/// s.score().configure(&ScoreConfig { fields, ..ScoreConfig::default() })?;
/// let lead = s.leads().create(fields! { name: "Fleet lease" })?;
/// let run = s.score().rebuild(&mut Progress::none())?;
/// assert_eq!((run.counted, run.scored), (0, 1));
/// assert!(s.score().explain(lead.id)?.rows.is_empty(), "nothing was won or lost yet");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Scores<'s> {
    link: &'s Link,
}

impl<'s> Scores<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// Says what counts; what is omitted stays as it was. Closed leads are counted anew if need be; scores of pending leads are stale until
    /// [`Self::recompute`] or [`Self::rebuild`], and change one by one as leads are written. `explain` says so of a lead (`is_stale`).
    ///
    /// # Errors
    /// `Invalid` for an unknown field or model; `Limit` for too many fields; `Denied` below admin.
    pub fn configure(&self, config: &ScoreConfig) -> Result<()> {
        self.link.write_alone(|tx| {
            allow(tx)?;
            if config::store(tx, config)? {
                learn_anew(tx)?;
            }
            Ok(())
        })
    }

    /// The ten closed deals most like a lead by the configured fields, of the 10,000 newest that this user sees; the most alike first.
    /// A shared value counts the more the rarer it is.
    ///
    /// ```
    /// use crm_core::score::ScoreConfig;
    /// use crm_core::{Crm, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let s = crm.session(None, None)?;
    /// let fields = Some(vec!["country_code".to_owned()]);
    /// s.score().configure(&ScoreConfig { fields, ..ScoreConfig::default() })?;
    /// let french = s.leads().create(fields! { name: "Rental", country_code: "FR" })?;
    /// let german = s.leads().create(fields! { name: "Racks", country_code: "DE" })?;
    /// let deal = s.leads().create(fields! { name: "Fleet lease", country_code: "FR" })?;
    /// s.leads().mark_won(french.id)?;
    /// s.leads().mark_won(german.id)?;
    /// let like = s.score().nearest(deal.id)?;
    /// assert_eq!((like.len(), like[0].lead_id, like[0].outcome), (1, french.id, true));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` when there is no such lead that this user may see; `Denied` for who is outside.
    pub fn nearest(&self, id: LeadId) -> Result<Vec<NearestDeal>> {
        self.link.read(|tx| {
            access::allow_inside("read what was learnt", &tx.actor)?;
            let lead = query::get::<Lead>(tx, id)?;
            nearest::nearest(tx, &*config::load(tx)?, &lead)
        })
    }

    /// What is configured.
    ///
    /// # Errors
    /// `Denied` for who is outside.
    pub fn configuration(&self) -> Result<ScoreConfiguration> {
        self.link.read(|tx| {
            access::allow_inside("read settings", &tx.actor)?;
            Ok(config::load(tx)?.told())
        })
    }

    /// What the model has learnt, as JSON: its fields, won and lost, and for `weighted` every weight, bin edge and level; a chance can be
    /// reckoned from it by the rules of the documentation. A number adds `slope` at its last bin and takes it away at its first, bins
    /// between are evenly spaced; values' weights are as they count now; `changed` says the same of what fields were changed to, with the
    /// `stages` of such leads. `bayes` has counts only, see [`Self::frequencies`].
    ///
    /// # Errors
    /// `Storage` when the database fails; `Denied` for who is outside. Who does not see every lead is not told the values of texts and
    /// custom fields, which are words of leads.
    pub fn parameters(&self) -> Result<String> {
        self.link.read(|tx| {
            let config = config::load(tx)?;
            access::allow_inside("read what was learnt", &tx.actor)?;
            let all = access::sees_every_lead(&tx.actor);
            let told = |variable: &evidence::Variable| {
                (all || !variable.is_words()) && !tx.actor.hides(RecordKind::Lead, &variable.name)
            };
            Ok(parameters::parameters(&*store::model(tx, &config)?, &config, &told).to_string())
        })
    }

    /// Whether the evidence can be trusted: what is missing, says nothing, says too much, was filled in after the closing or the creation,
    /// or has changed; and how many outcomes are still needed.
    ///
    /// ```
    /// use crm_core::{Crm, Progress};
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let health = crm.session(None, None)?.score().health(&mut Progress::none())?;
    /// assert_eq!((health.outcomes, health.outcomes_needed, health.won_needed), (0, 30, 5));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Cancelled` when the host says so; `Denied` below admin.
    pub fn health(&self, progress: &mut Progress<'_>) -> Result<ScoreHealth> {
        self.link.read(|tx| {
            allow(tx)?;
            health::examine(tx, &*config::load(tx)?, progress)
        })
    }

    /// Counts every closed lead anew, then scores every pending one.
    ///
    /// # Errors
    /// `Cancelled` when the host says so, and nothing is written; `Denied` below admin.
    pub fn rebuild(&self, progress: &mut Progress<'_>) -> Result<ScoreRun> {
        self.link.write_alone(|tx| {
            allow(tx)?;
            let config = config::load(tx)?;
            let mut steps = batch::Steps::new(progress, store::last_lead(tx)?, 2);
            steps.ahead = tx.ahead();
            let counted = count(tx, &config, &mut steps)?;
            steps.next();
            let run = batch::score(tx, &config, &mut steps)?;
            let before_start = tally::closed(tx)?.saturating_sub(counted);
            Ok(ScoreRun { counted, before_start, ..run })
        })
    }

    /// Scores every pending lead by the counts as they are.
    ///
    /// # Errors
    /// As [`Self::rebuild`].
    pub fn recompute(&self, progress: &mut Progress<'_>) -> Result<ScoreRun> {
        self.link.write_alone(|tx| {
            allow(tx)?;
            let config = config::load(tx)?;
            let mut steps = batch::Steps::new(progress, store::last_lead(tx)?, 1);
            steps.ahead = tx.ahead();
            batch::score(tx, &config, &mut steps)
        })
    }

    /// What would have been said of closed leads, each at its moment and by what was known then, also of fields that were filled in since,
    /// and how good that was; beside the running base rate and the model `bayes` with the same fields. Changes nothing.
    ///
    /// ```
    /// use crm_core::{Crm, Progress, fields};
    /// use crm_core::score::Backtest;
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let s = crm.session(None, None)?;
    /// let deal = s.leads().create(fields! { name: "Fleet lease" })?;
    /// s.leads().mark_won(deal.id)?;
    /// let report = s.score().backtest(&Backtest::default(), &mut Progress::none())?;
    /// assert_eq!((report.rows.len(), report.model.count), (1, 1));
    /// assert_eq!(report.rows[0].probability.percent().to_string(), "50.0000", "nothing was known yet");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for an unknown field or model; `Cancelled` when the host says so; `Denied` below admin.
    pub fn backtest(
        &self,
        asked: &Backtest,
        progress: &mut Progress<'_>,
    ) -> Result<BacktestReport> {
        self.link.read(|tx| {
            allow(tx)?;
            let config = config::asked(tx, asked.fields.as_deref(), asked.model.as_deref())?;
            backtest::run(tx, &config, asked, progress)
        })
    }

    /// What the machine says of pending leads, without storing it: of those that match the filter, as things stand or as they stood at a
    /// moment. Then the model is what a rebuild at that moment would have come to, from the outcomes known by then, and fields say what was
    /// known of them then. The filter reads what the history keeps as of then, anything else as it is now. Leads that were closed, or not
    /// there yet, are left out.
    ///
    /// ```
    /// use crm_core::{Crm, Progress, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let s = crm.session(None, None)?;
    /// let won = s.leads().create(fields! { name: "Rental" })?;
    /// let deal = s.leads().create(fields! { name: "Fleet lease" })?;
    /// s.leads().mark_won(won.id)?;
    /// let said = s.score().predict(None, None, &mut Progress::none())?;
    /// assert_eq!((said.len(), said[0].lead_id), (1, deal.id), "the other one is won");
    /// assert_eq!(said[0].probability.percent().to_string(), "66.6667");
    /// assert_eq!(s.leads().get(deal.id)?.probability.percent().to_string(), "50.0000", "as it was stored");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for a filter that does not fit, or a moment still to come; `Cancelled` when the host says so; `Denied` for who is outside.
    pub fn predict(
        &self,
        filter: Option<&Filter>,
        as_of: Option<Timestamp>,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<ScorePrediction>> {
        self.link.read(|tx| {
            access::allow_inside("read what was learnt", &tx.actor)?;
            access::readable(RecordKind::Lead, "probability", &tx.actor)?;
            let config = config::load(tx)?;
            predict::predict(tx, &config, filter, as_of, progress)
        })
    }

    /// How often each value was won and lost; by team, field and value. Each number is leads and a tenth, as `bayes` reads its counts; of
    /// numbers and dates under `weighted`, values are bins. Only `bayes` adds up stages: under other models a lead counts at the stage in
    /// which it was closed, and the model reads whole leads, without the tenth. A lead of which a field was changed counts there by what the
    /// field said when it was created and, with `is_changed`, by what it says now.
    ///
    /// # Errors
    /// `Storage` when the database fails; `Denied` for who is outside. Who does not see every lead is not told the values of texts and
    /// custom fields, which are words of leads.
    pub fn frequencies(&self) -> Result<Vec<ScoreFrequency>> {
        self.link.read(|tx| {
            let config = config::load(tx)?;
            let model = store::model(tx, &config)?;
            access::allow_inside("read what was learnt", &tx.actor)?;
            let mut rows = explain::frequencies(model.judge(), &config.variables);
            if !access::sees_every_lead(&tx.actor) {
                let words = config.variables.iter().filter(|variable| variable.is_words());
                let words: Vec<&str> = words.map(|variable| variable.name.as_str()).collect();
                rows.retain(|row| !words.contains(&row.variable.as_str()));
            }
            rows.retain(|row| !tx.actor.hides(RecordKind::Lead, &row.variable));
            Ok(rows)
        })
    }

    /// Why the machine gives a lead its chance, by the counts as they are now; what was stored last stands beside it. Of a closed lead:
    /// what the model would say of it as it stood before, without its own outcome among the counts. Where the base rate alone speaks
    /// (source `base`) there are no rows: no value had a part in the chance.
    ///
    /// # Errors
    /// `NotFound` when there is no such lead that this user may see.
    pub fn explain(&self, id: LeadId) -> Result<Explanation> {
        self.link.read(|tx| {
            access::allow_inside("read what was learnt", &tx.actor)?;
            access::readable(RecordKind::Lead, "probability", &tx.actor)?;
            let lead = query::get::<Lead>(tx, id)?;
            let config = config::load(tx)?;
            let created = created::of(tx, &config, &[id.0])?;
            let mut evidence = learn::told(&config, &lead, &created);
            let mut model = store::model(tx, &config)?;
            if lead.won_status != WonStatus::Pending {
                if let Some((counted, won)) = learn::counted(&config, Some(&lead), &created) {
                    model = Arc::new(model.without(&counted, won));
                }
                let states = known::states(tx, &config.variables, None, Whose::One(id))?;
                let before = states.get(&id.0).and_then(|states| known::pending(states, i64::MAX));
                evidence = known::recall(evidence, before);
            }
            let mut explained = model.judge().explain(&config.variables, id, &evidence);
            explained.stored(&lead);
            explained.rows.retain(|row| !tx.actor.hides(RecordKind::Lead, &row.variable));
            Ok(explained)
        })
    }
}

/// Scores are the administrator's to set up.
fn allow(tx: &Tx<'_>) -> Result<()> {
    access::allow_setup("set up or compute scores", &tx.actor)
}

/// Counts anew and stores that; answers how many leads counted.
fn count(tx: &mut Tx<'_>, config: &Config, steps: &mut batch::Steps<'_, '_>) -> Result<u64> {
    let (model, leads) = batch::count(tx, config, steps)?;
    store::replace(tx, config, model)?;
    Ok(leads)
}

/// A policy changed: from now on stages say what was counted up to now.
pub(crate) fn refresh_stages(tx: &mut Tx<'_>) -> Result<()> {
    batch::refresh(tx, 0).map(drop)
}

/// Counts every closed lead anew; scores stay until they are computed.
pub(crate) fn recount(tx: &mut Tx<'_>) -> Result<()> {
    let config = config::load(tx)?;
    let mut nobody = Progress::none();
    let mut steps = batch::Steps::new(&mut nobody, store::last_lead(tx)?, 1);
    count(tx, &config, &mut steps).map(drop)
}

/// Lets the model know words of leads no more that none of them says any longer.
pub(crate) fn forget_words(tx: &mut Tx<'_>) -> Result<()> {
    let config = config::load(tx)?;
    let names_people = |variable: &evidence::Variable| {
        variable.is_words() && variable.field().is_none_or(|field| field.personal)
    };
    if !config.variables.iter().any(names_people) {
        return Ok(());
    }
    learn_anew(tx)
}

/// Whether all is to be counted anew, since an older library counted less.
pub(crate) fn is_due(tx: &Tx<'_>) -> Result<bool> {
    created::is_due(tx)
}

/// Finds what was changed since leads were created, and counts every closed one anew.
pub(crate) fn learn_anew(tx: &mut Tx<'_>) -> Result<()> {
    created::refill(tx, &*config::load(tx)?)?;
    recount(tx)
}

/// What is wrong with the stored counters, in words.
pub(crate) fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let config = config::load(tx)?;
    let mut nobody = Progress::none();
    let mut steps = batch::Steps::new(&mut nobody, store::last_lead(tx)?, 1);
    let (fresh, _) = batch::recount(tx, &config, &mut steps)?;
    let stored = store::load(tx, &config)?;
    let names = |model: &Model| -> std::collections::BTreeMap<_, _> {
        let rows = model.judge().counters().into_iter();
        rows.map(|(team, at, value, tally)| ((team, at, value.to_owned()), tally)).collect()
    };
    let (fresh, stored) = (names(&fresh), names(&stored));
    let mut wrong = Vec::new();
    for key in fresh.keys().chain(stored.keys().filter(|key| !fresh.contains_key(*key))) {
        let (count, kept) = (fresh.get(key), stored.get(key));
        if count != kept {
            let (team, at, value) = key;
            let name = config.name_of(*at);
            wrong.push(format!(
                "score: {name} = {value:?} of team {team:?}: kept {kept:?}, counted {count:?}"
            ));
        }
    }
    Ok(wrong)
}
