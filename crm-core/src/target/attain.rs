//! How far targets are: deals read once for all targets, then arithmetic of values.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use crate::base::{
    Amount, Currency, Date, FieldKind, Frame, Record as _, RecordKind, Result, Timestamp, Value,
    limit,
};
use crate::desk::{Find, query};
use crate::filter::{Filter, Statement};
use crate::record::{Lead, Target, Team};
use crate::storage::Tx;
use crate::target::{WON_COUNT, WON_REVENUE, is_reckoned};

/// What was won for a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Won {
    count: i64,
    revenue: i128,
    /// Deals in other currencies.
    foreign: i64,
}

/// A deal that was won.
#[derive(Debug, Clone, Copy)]
struct Deal {
    team: Option<i64>,
    user: Option<i64>,
    currency: Currency,
    revenue: i64,
    day: Date,
}

/// Targets by whose they are.
struct Board<'t> {
    targets: &'t [Target],
    by: HashMap<(Option<i64>, Option<i64>), Vec<usize>>,
    /// The team above each, as far as deals count for teams above.
    above: HashMap<i64, i64>,
    won: Vec<Won>,
}

impl<'t> Board<'t> {
    fn new(targets: &'t [Target], above: HashMap<i64, i64>) -> Self {
        let mut by: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, target) in targets.iter().enumerate().filter(|(_, one)| is_reckoned(&one.metric)) {
            let whose = (target.team_id.map(|team| team.0), target.user_id.map(|user| user.0));
            by.entry(whose).or_default().push(at);
        }
        Self { targets, by, above, won: vec![Won::default(); targets.len()] }
    }

    /// Counts a deal for everything that it is won for, once.
    fn add(&mut self, deal: &Deal) {
        if deal.user.is_some() {
            self.add_for(None, deal.user, deal);
        }
        let mut team = deal.team;
        for _ in 0..limit::PARENTS {
            let Some(id) = team else { return };
            self.add_for(Some(id), None, deal);
            if deal.user.is_some() {
                self.add_for(Some(id), deal.user, deal);
            }
            team = self.above.get(&id).copied();
        }
    }

    fn add_for(&mut self, team: Option<i64>, user: Option<i64>, deal: &Deal) {
        for at in self.by.get(&(team, user)).into_iter().flatten() {
            let target = &self.targets[*at];
            let is_within = target.date_from.is_some_and(|from| from <= deal.day)
                && target.date_to.is_some_and(|to| deal.day <= to);
            if !is_within {
                continue;
            }
            let won = &mut self.won[*at];
            if target.metric == WON_REVENUE && target.currency != deal.currency {
                won.foreign += 1;
                continue;
            }
            won.count += 1;
            won.revenue += i128::from(deal.revenue);
        }
    }
}

pub(super) fn attainment(tx: &Tx<'_>, filter: Option<&Filter>, below: bool) -> Result<Frame> {
    let find = Find { filter: filter.cloned(), ..Find::default() };
    let targets = query::find::<Target>(tx, &find)?;
    let above = if below { above(tx)? } else { HashMap::new() };
    let mut board = Board::new(&targets, above);
    let hides = |names: &[&str]| names.iter().any(|name| tx.actor.hides(RecordKind::Lead, name));
    let hidden = hides(&["kind", "won_status", "date_closed", "team_id", "user_id"]);
    let no_revenue = hidden || hides(&["expected_revenue", "currency"]);
    if !hidden {
        each_won(tx, &targets, |deal| board.add(&deal))?;
    }
    let mut frame = Frame::new([
        ("id", FieldKind::Ref(RecordKind::Target)),
        ("name", FieldKind::Text),
        ("team_id", FieldKind::Ref(RecordKind::Team)),
        ("user_id", FieldKind::Ref(RecordKind::User)),
        ("metric", FieldKind::Text),
        ("unit", FieldKind::Text),
        ("currency", FieldKind::Text),
        ("date_from", FieldKind::Date),
        ("date_to", FieldKind::Date),
        ("goal", FieldKind::Money),
        ("actual", FieldKind::Money),
        ("date_actual", FieldKind::Time),
        ("attainment", FieldKind::Money),
        ("gap", FieldKind::Money),
        ("pace", FieldKind::Money),
        ("state", FieldKind::Text),
        ("left_out", FieldKind::Int),
    ]);
    for (target, won) in targets.iter().zip(&board.won) {
        let reckoned = is_reckoned(&target.metric);
        let actual = match target.metric.as_str() {
            WON_REVENUE => (!no_revenue).then(|| major(won.revenue, target.currency)).flatten(),
            WON_COUNT => (!hidden).then(|| won.count.into()),
            _ => fed(target),
        };
        let goal = goal(target);
        let is_money = target.amount.is_some();
        let far = how_far(target, goal, actual, tx.now.date());
        let decimal = |value: Option<Decimal>| value.map_or(Value::Null, Value::Decimal);
        frame.push([
            Value::from(target.id),
            target.name.as_deref().into(),
            target.team_id.into(),
            target.user_id.into(),
            target.metric.as_str().into(),
            (if is_money { "amount" } else { "count" }).into(),
            is_money.then(|| target.currency.code()).into(),
            target.date_from.into(),
            target.date_to.into(),
            Value::Decimal(goal),
            decimal(actual),
            (if reckoned { None } else { target.date_actual }).into(),
            decimal(far.attainment),
            decimal(actual.map(|actual| goal - actual)),
            decimal(far.pace),
            far.state.into(),
            (reckoned && actual.is_some()).then_some(won.foreign).into(),
        ]);
    }
    Ok(frame)
}

fn major(minor: i128, currency: Currency) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(minor, currency.decimals()).ok()
}

fn amount_or_count(amount: Option<Amount>, count: Option<i64>, of: &Target) -> Option<Decimal> {
    amount.map(|amount| amount.to_major(of.currency)).or_else(|| count.map(Decimal::from))
}

fn goal(target: &Target) -> Decimal {
    amount_or_count(target.amount, target.count, target).unwrap_or_default()
}

fn fed(target: &Target) -> Option<Decimal> {
    amount_or_count(target.actual_amount, target.actual_count, target)
}

/// What a target's numbers say on a day.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Far {
    pub(super) attainment: Option<Decimal>,
    pub(super) pace: Option<Decimal>,
    pub(super) state: &'static str,
}

/// Decimals of ratios.
const PLACES: u32 = 6;

pub(super) fn how_far(target: &Target, goal: Decimal, actual: Option<Decimal>, today: Date) -> Far {
    let (from, to) =
        (target.date_from.unwrap_or_default().days(), target.date_to.unwrap_or_default().days());
    let Some(actual) = actual else {
        return Far { attainment: None, pace: None, state: "unknown" };
    };
    let ratio = |of: Decimal| of.checked_div(goal).map(|ratio| ratio.round_dp(PLACES));
    let (days, begun) = (to - from + 1, today.days().min(to) - from + 1);
    let is_begun = begun > 0;
    let pace = is_begun.then(|| Decimal::from(days) / Decimal::from(begun));
    let pace = pace.and_then(|share| actual.checked_mul(share)).and_then(ratio);
    let state = if actual >= goal {
        "achieved"
    } else if today.days() > to {
        "missed"
    } else {
        "open"
    };
    Far { attainment: ratio(actual), pace, state }
}

/// The team above each, among those that are seen: elsewhere the tree is cut, as in every roll-up. What an archived team won is won, too.
fn above(tx: &Tx<'_>) -> Result<HashMap<i64, i64>> {
    let teams = query::find::<Team>(tx, &Find::filter("active in (true, false)")?)?;
    let there: HashSet<i64> = teams.iter().map(|team| team.id.0).collect();
    let parents = teams.iter().filter_map(|team| Some((team.id.0, team.parent_id?.0)));
    Ok(parents.filter(|(_, parent)| there.contains(parent)).collect())
}

/// Hands out the won opportunities that the actor sees, of all days that targets speak of.
fn each_won(tx: &Tx<'_>, targets: &[Target], mut take: impl FnMut(Deal)) -> Result<()> {
    let reckoned = || targets.iter().filter(|target| is_reckoned(&target.metric));
    let from = reckoned().filter_map(|target| target.date_from).min();
    let to = reckoned().filter_map(|target| target.date_to).max();
    let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
    let mut rest = Statement::new(tx.now);
    rest.params.push(Timestamp::start_of(from).micros().into());
    rest.params.push(Timestamp::start_of(to.plus_days(1)).micros().into());
    rest.sql = " WHERE lead.won_status = 1 AND lead.kind = 1 AND lead.date_closed >= ?1 AND lead.date_closed < ?2 AND ".to_owned();
    let scope = query::Scope::new(tx, Lead::TABLE, Vec::new(), None)?;
    scope.asked.sql(&mut rest)?;
    let sides = rest.sides.clone();
    let what =
        "SELECT lead.team_id, lead.user_id, lead.currency, lead.expected_revenue, lead.date_closed";
    let sql = scope.select(tx, what, Lead::TABLE, &sides, &mut rest)?;
    let mut currency = Currency::default();
    tx.each(&sql, &rest.params, |line| {
        let code = line.text(2)?;
        if code != currency.code() {
            currency = Currency::new(code)?;
        }
        take(Deal {
            team: line.int_or_null(0)?,
            user: line.int_or_null(1)?,
            currency,
            revenue: line.int(3)?,
            day: Timestamp::stored(line.int(4)?).date(),
        });
        Ok(())
    })
}
