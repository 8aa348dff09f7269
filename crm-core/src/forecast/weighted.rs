//! The weighted forecast: what open deals should bring, each by its chance, and what won deals brought.
//!
//! Sums are exact: minor units in 128 bits, and minor units × ppm for the weighted ones, shown with up to six more decimals than
//! the currency has. Nothing is rounded but the total, once, half to even. No open deal vanishes: one without a date is `undated`, one
//! whose date has passed is `overdue` and stays in the period it was expected in. So open + overdue + undated is the weighted pipeline.
//!
//! The same function sums leads and counts kept of them; a row of either says how many leads it stands for.
//!
//! Deliberately absent: conversion between currencies; each has rows and a total of its own.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::base::error::{Error, Result};
use crate::base::money::divide_half_even;
use crate::base::zone::Zone;
use crate::base::{CompanyId, Currency, Date, StageId, TeamId, Timestamp, UserId};
use crate::forecast::answer::{Forecast, ForecastBucket, ForecastKey, ForecastRow, ForecastTotal};
use crate::forecast::period::Period;

/// Parts of a whole chance.
const PPM: i128 = 1_000_000;

/// Where a deal stands by itself, before today is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Pending, expected on that day if any.
    Pending(Option<Date>),
    /// Won, closed then.
    Won(Option<Timestamp>),
}

/// A lead, or a count of leads that share everything but money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slim {
    pub standing: Standing,
    pub company_id: Option<i64>,
    pub team_id: Option<i64>,
    pub user_id: Option<i64>,
    pub stage_id: Option<i64>,
    pub currency: Currency,
    /// Leads.
    pub count: i64,
    /// Σ minor units.
    pub revenue: i128,
    /// Σ minor units × ppm.
    pub weighted: i128,
}

/// What a forecast is asked by, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub by: Vec<ForecastKey>,
    pub today: Date,
    pub zone: Zone,
}

impl Plan {
    /// # Errors
    /// `Invalid` when both months and quarters are asked for.
    pub(crate) fn new(keys: &[ForecastKey], today: Date, zone: Zone) -> Result<Self> {
        let mut by = Vec::new();
        for key in keys {
            if !by.contains(key) {
                by.push(*key);
            }
        }
        crate::require!(
            by.iter().filter(|key| key.period().is_some()).count() < 2,
            "by",
            "a forecast is grouped by month or by quarter, not by both"
        );
        Ok(Self { by, today, zone })
    }

    fn asks(&self, key: ForecastKey) -> bool {
        self.by.contains(&key)
    }

    /// Whether months or quarters are asked for.
    pub(crate) fn has_periods(&self) -> bool {
        self.period().is_some()
    }

    fn period(&self) -> Option<Period> {
        self.by.iter().find_map(|key| key.period())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Group {
    period: Option<Date>,
    team_id: Option<i64>,
    user_id: Option<i64>,
    stage_id: Option<i64>,
    company_id: Option<i64>,
    currency: Currency,
    bucket: ForecastBucket,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: i64,
    revenue: i128,
    weighted: i128,
}

impl Sums {
    fn add(&mut self, count: i64, revenue: i128, weighted: i128) {
        self.count += count;
        self.revenue += revenue;
        self.weighted += weighted;
    }
}

/// Sums as they are fed, for sources that do not fit in a vector.
#[derive(Debug)]
pub(crate) struct RollUp {
    plan: Plan,
    groups: HashMap<Group, Sums>,
}

impl RollUp {
    /// No sums yet.
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, groups: HashMap::new() }
    }

    /// Adds a lead, or a count of leads.
    pub(crate) fn add(&mut self, row: &Slim) {
        let plan = &self.plan;
        let (day, bucket) = match row.standing {
            Standing::Won(closed) if plan.period().is_some() => {
                (closed.map(|closed| plan.zone.date(closed)), ForecastBucket::Won)
            }
            Standing::Won(_) => (None, ForecastBucket::Won),
            Standing::Pending(None) => (None, ForecastBucket::Undated),
            Standing::Pending(Some(day)) if day < plan.today => {
                (Some(day), ForecastBucket::Overdue)
            }
            Standing::Pending(day) => (day, ForecastBucket::Open),
        };
        let asked = |key, value: Option<i64>| value.filter(|_| plan.asks(key));
        let group = Group {
            period: plan.period().zip(day).map(|(period, day)| period.start(day)),
            team_id: asked(ForecastKey::TeamId, row.team_id),
            user_id: asked(ForecastKey::UserId, row.user_id),
            stage_id: asked(ForecastKey::StageId, row.stage_id),
            company_id: asked(ForecastKey::CompanyId, row.company_id),
            currency: row.currency,
            bucket,
        };
        // What is won is certain, whatever was thought of it before.
        let weighted = if bucket == ForecastBucket::Won { row.revenue * PPM } else { row.weighted };
        self.groups.entry(group).or_default().add(row.count, row.revenue, weighted);
    }

    /// The forecast.
    ///
    /// # Errors
    /// `Limit` when a sum has more than 28 digits.
    pub(crate) fn finish(self) -> Result<Forecast> {
        let Self { plan, groups } = self;
        let mut totals: std::collections::BTreeMap<Currency, Sums> = Default::default();
        let mut groups: Vec<(Group, Sums)> =
            groups.into_iter().filter(|(_, sums)| sums.count != 0).collect();
        groups.sort_by_cached_key(|(group, _)| order(&plan.by, group));
        for (group, sums) in &groups {
            let total = totals.entry(group.currency).or_default();
            total.add(sums.count, sums.revenue, sums.weighted);
        }
        let rows = groups.iter().map(|(group, sums)| row(&plan, group, *sums));
        let totals = totals.into_iter().map(|(currency, sums)| {
            let decimals = currency.decimals();
            Ok(ForecastTotal {
                currency,
                count: sums.count,
                expected_revenue: exact(sums.revenue, decimals)?,
                weighted_revenue: exact(divide_half_even(sums.weighted, PPM), decimals)?,
            })
        });
        let (rows, totals) = (rows.collect::<Result<_>>()?, totals.collect::<Result<_>>()?);
        Ok(Forecast { by: plan.by, rows, totals })
    }
}

/// Where a group stands: its keys as asked for with nothing last, then currency and bucket.
fn order(by: &[ForecastKey], group: &Group) -> (Vec<i64>, Currency, ForecastBucket) {
    let keys = by.iter().map(|key| match key {
        ForecastKey::Month | ForecastKey::Quarter => group.period.map(Date::days),
        ForecastKey::TeamId => group.team_id,
        ForecastKey::UserId => group.user_id,
        ForecastKey::StageId => group.stage_id,
        ForecastKey::CompanyId => group.company_id,
    });
    (keys.map(|key| key.unwrap_or(i64::MAX)).collect(), group.currency, group.bucket)
}

fn row(plan: &Plan, group: &Group, sums: Sums) -> Result<ForecastRow> {
    let decimals = group.currency.decimals();
    Ok(ForecastRow {
        period_start: group.period,
        period_end: plan.period().zip(group.period).map(|(period, start)| period.end(start)),
        team_id: group.team_id.map(TeamId),
        user_id: group.user_id.map(UserId),
        stage_id: group.stage_id.map(StageId),
        company_id: group.company_id.map(CompanyId),
        currency: group.currency,
        bucket: group.bucket,
        count: sums.count,
        expected_revenue: exact(sums.revenue, decimals)?,
        weighted_revenue: unrounded(sums.weighted, decimals)?,
    })
}

/// Minor units × ppm in major units: exact, without the zeros behind the currency's own decimals.
pub(super) fn unrounded(weighted: i128, decimals: u32) -> Result<Decimal> {
    let (mut digits, mut scale) = (weighted, decimals + 6);
    while scale > decimals && digits % 10 == 0 {
        (digits, scale) = (digits / 10, scale - 1);
    }
    exact(digits, scale)
}

fn exact(digits: i128, scale: u32) -> Result<Decimal> {
    Decimal::try_from_i128_with_scale(digits, scale)
        .map_err(|_| Error::limit("expected_revenue", "a sum of amounts has more than 28 digits"))
}
