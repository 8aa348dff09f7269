//! What teams and people are to reach: targets, and how far they are.
//!
//! `won_revenue` and `won_count` are reckoned of deals that are won; every other metric is fed by the host, since the library knows no invoices.
//! What nobody fed is unknown, and never 0. Deliberately absent: conversion of currencies, business days, and a goal that is divided by itself.

mod attain;

use crate::access::{self, Deed};
use crate::base::{
    Currency, Error, Fields, Frame, Id as _, Record as _, RecordKind, Result, TargetId, Timestamp,
    Value,
};
use crate::desk::{Desk, Room, query, update_in};
use crate::filter::Filter;
use crate::record::{Target, Team, User};
use crate::storage::Tx;

/// Metrics that the library reckons itself.
const WON_REVENUE: &str = "won_revenue";
const WON_COUNT: &str = "won_count";

/// Whether the library reckons a metric, so that nobody feeds it.
fn is_reckoned(metric: &str) -> bool {
    matches!(metric, WON_REVENUE | WON_COUNT)
}

impl Room for Target {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, ..Self::default() })
    }

    fn prepare(tx: &Tx<'_>, target: &mut Self, fields: &Fields) -> Result<()> {
        let was = target.currency;
        let is_new = target.id.0 == 0;
        match fields.get("currency") {
            Some(value) => target.set("currency", value)?,
            None if is_new => target.currency = currency(tx, fields)?,
            None => {}
        }
        let keeps = |name: &str, is: bool| is && !fields.has(name);
        let kept = keeps("amount", target.amount.is_some())
            || keeps("actual_amount", target.actual_amount.is_some());
        crate::require!(
            is_new || was == target.currency || !kept,
            "currency",
            "currency: amounts in {was} are not converted; give amount and actual_amount in {} too",
            target.currency
        );
        // Whoever feeds says as of when, or means now.
        if let Some(fed) = fields.get("actual_amount").or_else(|| fields.get("actual_count"))
            && !fields.has("date_actual")
        {
            target.date_actual = (*fed != Value::Null).then_some(tx.now);
        }
        Ok(())
    }

    fn check(tx: &Tx<'_>, _: Option<&Self>, target: &mut Self) -> Result<()> {
        target.metric = target.metric.trim().to_owned();
        check_whom(target)?;
        check_unit(target)?;
        if let Some(user) = target.user_id
            && let Some(user) = tx.by_id::<User>(user)?
        {
            // Colleagues abroad are known by name, and their targets are not there.
            let mut theirs = user.company_id.iter().chain(&user.company_ids);
            crate::require!(
                user.company_id.is_none() || theirs.any(|own| tx.actor.sees_company(Some(*own))),
                "user_id",
                "user_id: {} works in none of your companies",
                user.id.subject()
            );
        }
        // By the day, as clocks differ: what was reached tomorrow is not known.
        let known = target.date_actual.filter(|at| at.date() > tx.now.date());
        crate::require!(
            known.is_none(),
            "date_actual",
            "date_actual: {} is still to come; say as of when it was reached",
            known.unwrap_or(tx.now)
        );
        let (Some(from), Some(to)) = (target.date_from, target.date_to) else {
            let field = if target.date_from.is_none() { "date_from" } else { "date_to" };
            let told = format!("{field}: a target is from a day to a day, both included");
            return Err(Error::invalid(field, told));
        };
        crate::require!(from <= to, "date_to", "date_to: {to} is before {from}, the first day");
        if !target.active {
            return Ok(());
        }
        let sql = "SELECT id FROM target WHERE active AND id <> ?1 AND COALESCE(team_id, 0) = ?2 AND COALESCE(user_id, 0) = ?3 \
             AND metric = ?4 AND date_from <= ?6 AND date_to >= ?5 ORDER BY id LIMIT 1";
        let params = [
            target.id.0.into(),
            target.team_id.map_or(0, |team| team.0).into(),
            target.user_id.map_or(0, |user| user.0).into(),
            target.metric.as_str().into(),
            from.days().into(),
            to.days().into(),
        ];
        match tx.optional(sql, &params, |line| line.int(0))? {
            Some(other) => {
                let told = format!(
                    "date_from: {} is about {} in some of these days too; archive it, or choose other days",
                    TargetId(other).subject(),
                    target.metric
                );
                Err(Error::conflict(told).with_field("date_from"))
            }
            None => Ok(()),
        }
    }
}

/// Whose target it is.
fn check_whom(target: &Target) -> Result<()> {
    crate::require!(
        target.team_id.is_some() || target.user_id.is_some(),
        "team_id",
        "team_id: a target is a team's or a person's; give team_id, user_id or both"
    );
    let is_taken = target.metric.starts_with("won_") && !is_reckoned(&target.metric);
    crate::require!(
        !is_taken,
        "metric",
        "metric: names that begin with won_ are the library's, which knows {WON_REVENUE} and {WON_COUNT}"
    );
    Ok(())
}

/// What the goal is measured in, and what was fed.
fn check_unit(target: &Target) -> Result<()> {
    let (amount, count) = (target.amount.is_some(), target.count.is_some());
    let field = if target.metric == WON_COUNT { "count" } else { "amount" };
    crate::require!(amount != count, field, "{field}: a target has an amount or a count, not both");
    let fits = !is_reckoned(&target.metric) || amount == (field == "amount");
    let given = if amount { "amount" } else { "count" };
    crate::require!(fits, given, "{given}: {} is measured in {field}; give that", target.metric);
    let fed = [
        ("actual_amount", target.actual_amount.is_some(), amount),
        ("actual_count", target.actual_count.is_some(), count),
    ];
    for (field, _, fits) in fed.into_iter().filter(|(_, is_fed, _)| *is_fed) {
        crate::require!(
            !is_reckoned(&target.metric),
            field,
            "{field}: {} is reckoned by the library and not fed",
            target.metric
        );
        let unit = if amount { "an amount" } else { "a count" };
        crate::require!(fits, field, "{field}: the goal is {unit}, so is what was reached");
    }
    let is_fed = target.actual_amount.is_some() || target.actual_count.is_some();
    crate::require!(
        is_fed || target.date_actual.is_none(),
        "date_actual",
        "date_actual: nothing was fed; give actual_amount or actual_count with it"
    );
    Ok(())
}

/// The currency of a new target: of the team's company, else the user's, else company 1. What the actor does not see has none of its own.
fn currency(tx: &Tx<'_>, fields: &Fields) -> Result<Currency> {
    let id = |name: &str| fields.get(name).and_then(Value::as_int);
    let mut company = None;
    if let Some(team) = id("team_id") {
        company = tx.by_id::<Team>(team.into())?.and_then(|team| team.company_id);
    }
    if company.is_none()
        && let Some(user) = id("user_id")
    {
        company = tx.by_id::<User>(user.into())?.and_then(|user| user.company_id);
    }
    let company = company.filter(|company| tx.actor.sees_company(Some(*company)));
    let sql = "SELECT currency FROM company WHERE id = ?1";
    let company = company.map_or(1, |company| company.0);
    let code = tx.optional(sql, &[company.into()], |line| Ok(line.text(0)?.to_owned()))?;
    code.map_or_else(|| Ok(Currency::default()), |code| Currency::new(&code))
}

/// A refusal of a field that was fed, by the name under which it was given.
fn as_given(error: Error) -> Error {
    let names = [("actual_amount", "amount"), ("actual_count", "count"), ("date_actual", "at")];
    let Some((field, given)) = names.into_iter().find(|(field, _)| error.field() == Some(field))
    else {
        return error;
    };
    let rest = error.message().strip_prefix(field).map(|rest| format!("{given}{rest}"));
    let told = rest.unwrap_or_else(|| error.message().to_owned());
    let same = Error::new(error.kind(), told).with_field(given);
    match error.subject() {
        Some(subject) => same.with_subject(subject),
        None => same,
    }
}

/// What was reached of a target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetFeed {
    /// In the target's currency.
    pub amount: Value,
    /// As a whole number, of a target that counts.
    pub count: Value,
    /// As of when; `None`: now.
    pub at: Option<Timestamp>,
}

/// What targets know beyond the verbs of every desk.
impl Desk<'_, Target> {
    /// Says what was reached: `amount` of a target in money, `count` of one that counts. The last word holds.
    ///
    /// ```
    /// use crm_core::{Crm, TargetFeed, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let team = s.teams().create(fields! { name: "Europe" })?.id;
    /// let days = fields! { team_id: team, metric: "lines", count: 500, date_from: "2026-01-01", date_to: "2026-12-31" };
    /// let target = s.targets().create(days)?.id;
    /// assert_eq!(s.targets().attainment(None, false)?.at(0, "state"), "unknown".into());
    /// s.targets().feed(target, &TargetFeed { count: 125.into(), ..TargetFeed::default() })?;
    /// assert_eq!(s.targets().attainment(None, false)?.at(0, "gap"), crm_core::Value::Decimal(375.into()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for a metric that the library reckons, for neither or both of amount and count, and for the one that the target is not
    /// measured in; `NotFound`; `Denied` below admin.
    pub fn feed(&self, id: TargetId, fed: &TargetFeed) -> Result<Target> {
        self.link.write_alone(|tx| {
            access::allow(RecordKind::Target, Deed::Update, &tx.actor)?;
            let one = (fed.amount == Value::Null) != (fed.count == Value::Null);
            crate::require!(
                one,
                "amount",
                "amount: give what was reached as an amount or as a count"
            );
            let mut fields = Fields::new();
            let is_amount = fed.amount != Value::Null;
            let (name, value) = if is_amount {
                ("actual_amount", &fed.amount)
            } else {
                ("actual_count", &fed.count)
            };
            fields.set(name, value.clone());
            if let Some(at) = fed.at {
                fields.set("date_actual", at);
            }
            let fed = update_in::<Target>(tx, &[id.number()], &fields).map_err(as_given)?;
            let fed = fed.into_iter().next().map(|target| query::told(tx, target));
            fed.ok_or_else(|| Error::bug("a changed record is stored"))
        })
    }

    /// How far targets are, a row for each: `id`, `name`, `team_id`, `user_id`, `metric`, `unit` (`amount` or `count`), `currency` (of
    /// amounts), `date_from`, `date_to`, `goal`, `actual` (empty: unknown), `date_actual`, `attainment` (actual ÷ goal), `gap` (goal −
    /// actual), `pace` (attainment ÷ the share of days that have begun), `state` (`unknown`, `open`, `achieved`, `missed`), `left_out`.
    /// Ratios have six decimals.
    ///
    /// `won_revenue` and `won_count` are reckoned of the opportunities won on these days (UTC) that this user sees, archived ones too; so two users
    /// may be told different sums. Deals in other currencies are not converted: `left_out` says how many. With `below` a team's target counts the
    /// deals of teams below it, too. To whom a rule hides what is reckoned it is unknown.
    ///
    /// # Errors
    /// `Invalid` or `Format` for a filter that makes no sense.
    pub fn attainment(&self, filter: Option<&Filter>, below: bool) -> Result<Frame> {
        self.link.read(|tx| attain::attainment(tx, filter, below))
    }
}
