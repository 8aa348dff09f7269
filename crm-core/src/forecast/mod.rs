//! The outlook: what open deals should bring, and when.
//!
//! `period` is the calendar, `weighted` the sums, `answer` what comes out, `store` where the rows come from.
//!
//! Deliberately absent: rounding of parts; see `weighted`.
#![doc = include_str!("../../docs/forecast.md")]

mod answer;
mod board;
#[cfg(test)]
mod desk_tests;
mod period;
mod store;
#[cfg(test)]
mod tests;
mod weighted;

pub use answer::{Forecast, ForecastBucket, ForecastKey, ForecastRow, ForecastTotal};
pub use board::{BoardColumn, frame as board_frame};

use crate::access;
use crate::base::zone::Zone;
use crate::base::{AsOf, Record as _, RecordKind, Result};
use crate::filter::Filter;
use crate::forecast::weighted::Plan;
use crate::record::Lead;
use crate::storage::{Link, Tx};

/// What to foresee.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastQuery {
    /// What to group by; nothing: all in one. Month and quarter exclude each other.
    pub by: Vec<ForecastKey>,
    /// Which leads; `None`: opportunities. A filter that mentions `kind` decides that itself, one that mentions `on_hold` that too.
    pub filter: Option<Filter>,
    /// Where a day begins: an IANA time zone.
    pub zone: String,
    /// As of when; `None`: as things are. What was won later is open then, and overdue is decided by the day it was.
    pub as_of: Option<AsOf>,
}

impl Default for ForecastQuery {
    fn default() -> Self {
        Self { by: Vec::new(), filter: None, zone: "UTC".to_owned(), as_of: None }
    }
}

/// The desk of the forecast.
///
/// ```
/// use crm_core::{Crm, fields};
/// use crm_core::forecast::{ForecastKey, ForecastQuery};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// s.leads().create(fields! { name: "Fleet lease", expected_revenue: 1000, probability: 25, date_deadline: "2999-06-15" })?;
/// let forecast = s.forecast().weighted(&ForecastQuery { by: vec![ForecastKey::Month], ..Default::default() })?;
/// let row = &forecast.rows[0];
/// assert_eq!(row.period_start.map(|day| day.to_string()).as_deref(), Some("2999-06-01"));
/// assert_eq!((row.bucket.word(), row.weighted_revenue), ("open", 250.into()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Forecasts<'s> {
    link: &'s Link,
}

impl<'s> Forecasts<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// What stands in each stage now: open deals in open stages, won ones in won stages. Opportunities unless the filter mentions
    /// `kind`. Every stage has a line; one that holds several currencies has one for each, one that holds nothing has the currency of
    /// the user's company.
    ///
    /// The deals behind a line: `kind = "opportunity" and stage_id = 3` with `won_status = "won"` for a won stage, else with
    /// `won_status = "pending" and active = true and on_hold = false`. Won deals count when they are archived, too.
    ///
    /// # Errors
    /// As [`Self::weighted`].
    pub fn board(&self, filter: Option<&Filter>) -> Result<Vec<BoardColumn>> {
        self.link.read(|tx| board::board(tx, filter))
    }

    /// What stood in each stage then, of today's stages.
    ///
    /// # Errors
    /// As [`Self::weighted`].
    pub fn board_as_of(&self, filter: Option<&Filter>, as_of: AsOf) -> Result<Vec<BoardColumn>> {
        self.link.read_as_of(Some(as_of), Lead::TABLE, |tx| board::board(tx, filter))
    }

    /// What open deals should bring by their chances, beside what won deals brought: by group, currency and bucket.
    ///
    /// # Errors
    /// `Invalid` for an unknown zone, months together with quarters, an instant that is still to come, or a filter that makes no sense.
    pub fn weighted(&self, query: &ForecastQuery) -> Result<Forecast> {
        let zone = Zone::new(&query.zone)?;
        self.link.read_as_of(query.as_of, Lead::TABLE, |tx| {
            let plan = Plan::new(&query.by, zone.date(tx.now), zone)?;
            weighted(tx, query, plan)
        })
    }
}

fn weighted(tx: &Tx<'_>, query: &ForecastQuery, plan: Plan) -> Result<Forecast> {
    for key in &query.by {
        let named: &[&str] = match key {
            ForecastKey::Month | ForecastKey::Quarter => &["date_deadline", "date_closed"],
            key => &[key.name()],
        };
        named.iter().try_for_each(|name| access::readable(RecordKind::Lead, name, &tx.actor))?;
    }
    let scope = store::scope(tx, query.filter.as_ref())?;
    if store::is_kept(tx, &scope) {
        store::from_counts(tx, &scope, plan)
    } else {
        store::from_leads(tx, &scope, plan)
    }
}
