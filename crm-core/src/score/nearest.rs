//! The closed deals that are most like a lead: evidence that a person can look at.
//!
//! Likeness is what two leads share of the configured fields, each shared value the more the rarer it is. Numbers are alike in one bin.
//! Deliberately absent: stages, which say how a deal ended; empty fields, which many share for no reason; leads beyond the newest
//! closed ones, so that an answer takes the same time in any file.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::base::frame::{Column, ColumnData};
use crate::base::{Frame, LeadId, Record as _, RecordKind, Result, Timestamp, limit};
use crate::desk::{Find, query};
use crate::filter::Filter;
use crate::record::{Lead, WonStatus};
use crate::score::config::Config;
use crate::score::evidence::{STAGE, evidence};
use crate::score::pass::{Pass, RANGE, Which};
use crate::score::store;
use crate::storage::Tx;

/// How many are told.
const TOLD: usize = 10;

/// A closed deal that is like a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestDeal {
    /// Which.
    pub lead_id: LeadId,
    /// How alike, above 0 and up to 1: the weight of the values it shares in that of all values the lead has. 1: it shares all of them; it may
    /// have others in fields that are empty in the lead. Values of the lead that were never counted are in neither.
    pub likeness: f64,
    /// The fields it shares a value of.
    pub shared: Vec<String>,
    /// Whether it was won.
    pub outcome: bool,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl NearestDeal {
    /// One row per deal, most alike first: `lead_id`, `likeness`, `shared` (names of fields joined by `;`), `outcome` (`won` or `lost`),
    /// `closed_at`.
    #[must_use]
    pub fn frame(deals: &[Self]) -> Frame {
        let column = |name: &str, data| Column { name: name.to_owned(), data };
        let outcome = |deal: &Self| {
            let status = if deal.outcome { WonStatus::Won } else { WonStatus::Lost };
            Some(status.word().to_owned())
        };
        let ids = deals.iter().map(|deal| Some(deal.lead_id.0));
        let shared = deals.iter().map(|deal| Some(deal.shared.join(";")));
        Frame::of(vec![
            column("lead_id", ColumnData::Int(ids.collect())),
            column(
                "likeness",
                ColumnData::Float(deals.iter().map(|deal| Some(deal.likeness)).collect()),
            ),
            column("shared", ColumnData::Text(shared.collect())),
            column("outcome", ColumnData::Text(deals.iter().map(outcome).collect())),
            column(
                "closed_at",
                ColumnData::Time(deals.iter().map(|deal| deal.closed_at).collect()),
            ),
        ])
    }
}

/// A closed lead with the numbers of its values.
struct Closed {
    id: i64,
    is_won: bool,
    at: Option<i64>,
    values: Vec<(usize, u32)>,
}

/// The ten closed deals most like a lead, of the newest that this user sees.
pub(crate) fn nearest(tx: &Tx<'_>, config: &Config, lead: &Lead) -> Result<Vec<NearestDeal>> {
    let model = store::model(tx, config)?;
    let mut number = |variable: usize, text: &str| {
        (variable != STAGE && !text.is_empty()).then(|| model.judge().number(variable, text))?
    };
    let own = evidence(lead, &config.variables).values;
    let own: Vec<(usize, u32)> = own
        .iter()
        .filter_map(|(at, text)| Some((*at, number(*at, text)?)))
        .filter(|(_, code)| *code != u32::MAX)
        .filter(|(at, _)| !tx.actor.hides(RecordKind::Lead, &config.variables[*at].name))
        .collect();
    let find = Find {
        filter: Some(Filter::parse("won_status in (\"won\", \"lost\")")?),
        order: Some("id desc".to_owned()),
        limit: Some(limit::NEAREST_POOL),
        ..Find::default()
    };
    let mut ids = query::ids(tx, &find, Lead::TABLE)?;
    ids.reverse();

    let mut pass =
        Pass::new(&config.variables, Which::Closed, Timestamp::stored(i64::MIN), &["date_closed"]);
    let at = pass.beside[0];
    let mut closed = Vec::with_capacity(ids.len());
    let mut rest = ids.as_slice();
    while let Some(first) = rest.first().copied() {
        let end = first.saturating_add(RANGE);
        let (mut part, behind) = rest.split_at(rest.partition_point(|id| *id < end));
        let last = part.last().copied().unwrap_or(first);
        pass.range(tx, (first - 1, last), &mut number, |one, line| {
            part = &part[part.partition_point(|id| *id < one.id)..];
            if part.first() == Some(&one.id) && one.id != lead.id.0 {
                let (id, is_won, at) = (one.id, one.is_won, line.int_or_null(at)?);
                let values = one.values.iter().filter(|value| own.contains(value));
                closed.push(Closed { id, is_won, at, values: values.copied().collect() });
            }
            Ok(())
        })?;
        rest = behind;
    }
    Ok(rank(config, &own, closed))
}

/// The most alike first, then the newest.
fn rank(config: &Config, own: &[(usize, u32)], mut closed: Vec<Closed>) -> Vec<NearestDeal> {
    let mut met: HashMap<(usize, u32), usize> = HashMap::new();
    for value in closed.iter().flat_map(|one| &one.values) {
        *met.entry(*value).or_default() += 1;
    }
    let all = closed.len() as f64;
    // A value that all have still weighs something: it is shared.
    let weight = |value: &(usize, u32)| {
        ((all + 2.0) / (met.get(value).copied().unwrap_or(0) as f64 + 1.0)).ln()
    };
    let whole: f64 = own.iter().map(weight).sum();
    closed.retain(|one| !one.values.is_empty());
    let mut deals: Vec<_> = closed
        .into_iter()
        .map(|one| (one.values.iter().map(weight).sum::<f64>() / whole, one))
        .collect();
    let key =
        |(likeness, one): &(f64, Closed)| (Reverse(likeness.to_bits()), Reverse((one.at, one.id)));
    deals.sort_unstable_by_key(key);
    deals.truncate(TOLD);
    let deal = |(likeness, one): (f64, Closed)| {
        let mut shared: Vec<_> =
            one.values.iter().map(|(at, _)| config.variables[*at].name.clone()).collect();
        shared.dedup();
        NearestDeal {
            lead_id: LeadId(one.id),
            likeness: likeness.min(1.0),
            shared,
            outcome: one.is_won,
            closed_at: one.at.map(Timestamp::stored),
        }
    };
    deals.into_iter().map(deal).collect()
}
