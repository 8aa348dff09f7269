//! Kept counts: how many deals, how much money, weighted how, by everything that boards and forecasts group by.
//!
//! Written in the same transaction as the leads, by difference: what a change takes from one cell it gives to another. A cell at
//! zero does not exist. Counting anew gives the same cells ([`recount`]); `verify` says so.
//!
//! `grain` 0 is a cell of the board, `grain` 1 the same by month (of the deadline, or of closing in UTC), `grain` 2 counts leads by who may
//! see them: see [`kept`](crate::desk::kept).

use std::collections::BTreeMap;

use crate::base::{Cell, Currency, Error, Result};
use crate::desk::kept;
use crate::event::LeadChange;
use crate::record::{Decides, Lead, WonStatus};
use crate::storage::{Tx, dialect};

/// Parts of Σ minor × ppm: high × 10¹² + low, since one integer column cannot hold a million large deals.
const HIGH: i128 = 1_000_000_000_000;

/// What a cell does not reach, in minor units; `tally_add.sqlite.sql` says so as well.
const MOST: i64 = 9_000_000_000_000_000_000;

/// What may be added to a cell unseen, in minor units: it takes ten million such changes to fill one.
const UNSEEN: i128 = MOST as i128 / 10_000_000;

/// Outcome of deals that are pending, shown and not on hold.
pub(crate) const OPEN: i64 = 0;
/// Outcome of deals that were won.
pub(crate) const WON: i64 = 1;
/// Outcome of deals that were lost.
pub(crate) const LOST: i64 = 2;

/// What a cell counts. Ids are 0 for "none".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) grain: i64,
    /// [`OPEN`], [`WON`] or [`LOST`].
    pub(crate) outcome: i64,
    pub(crate) company_id: i64,
    pub(crate) team_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) user_id: i64,
    pub(crate) kind: i64,
    pub(crate) currency: Currency,
    pub(crate) period: i64,
}

/// What is in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sum {
    pub(crate) n: i64,
    /// Minor units.
    pub(crate) revenue: i128,
    /// Minor units × ppm, of deals that are weighed by a chance of their own.
    pub(crate) weighted: i128,
    /// Minor units of the deals that are weighed by what their stage says: all of a cell have the same, whatever it is when one asks.
    pub(crate) stage_revenue: i128,
}

impl Sum {
    fn add(&mut self, sign: i64, other: Self) {
        let signed = |amount: i128| i128::from(sign) * amount;
        self.n += sign * other.n;
        self.revenue += signed(other.revenue);
        self.weighted += signed(other.weighted);
        self.stage_revenue += signed(other.stage_revenue);
    }
}

/// Changes of cells, gathered before they are written.
#[derive(Debug, Default)]
pub(crate) struct Ledger(BTreeMap<Key, Sum>);

impl Ledger {
    /// Adds a lead to its cells, or with `-1` takes it out.
    pub(crate) fn add(&mut self, lead: &Lead, sign: i64) {
        let seen = Key {
            grain: kept::GRAIN,
            outcome: kept::standing(lead.won_status, lead.active),
            company_id: lead.company_id.map_or(0, |id| id.0),
            team_id: lead.team_id.map_or(0, |id| id.0),
            stage_id: 0,
            user_id: lead.user_id.map_or(0, |id| id.0),
            kind: lead.kind.code(),
            currency: Currency::default(),
            period: 0,
        };
        self.put(seen.clone(), sign, Sum { n: 1, ..Sum::default() });
        let outcome = match lead.won_status {
            WonStatus::Pending if lead.is_open() => OPEN,
            WonStatus::Pending => return,
            WonStatus::Won => WON,
            WonStatus::Lost => LOST,
        };
        let month = match lead.won_status {
            WonStatus::Pending => lead.date_deadline,
            _ => lead.date_closed.map(crate::base::Timestamp::date),
        };
        let revenue = i128::from(lead.expected_revenue.0);
        let key = Key {
            grain: 0,
            outcome,
            stage_id: lead.stage_id.map_or(0, |id| id.0),
            currency: lead.currency,
            ..seen
        };
        let mut sum = Sum { n: 1, revenue, ..Sum::default() };
        if outcome == OPEN && lead.decides() == Decides::Stage {
            sum.stage_revenue = revenue;
        } else {
            sum.weighted = revenue * i128::from(lead.effective_probability().ppm());
        }
        let month = month.map_or(0, crate::base::Date::month_index);
        self.put(Key { grain: 1, period: month, ..key.clone() }, sign, sum);
        self.put(key, sign, sum);
    }

    /// Adds to one cell.
    fn put(&mut self, key: Key, sign: i64, sum: Sum) {
        self.0.entry(key).or_default().add(sign, sum);
    }

    /// Adds to what one cell weighs.
    pub(crate) fn weigh(&mut self, key: Key, by: i128) {
        self.0.entry(key).or_default().weighted += by;
    }

    /// Adds what was gathered elsewhere.
    pub(crate) fn add_all(&mut self, other: Self) {
        for (key, sum) in other.0 {
            self.0.entry(key).or_default().add(1, sum);
        }
    }

    /// Writes what was gathered.
    pub(crate) fn write(&self, tx: &Tx<'_>) -> Result<()> {
        let changed: Vec<_> = self.0.iter().filter(|(_, sum)| **sum != Sum::default()).collect();
        if changed.is_empty() {
            return Ok(());
        }
        if tx.is_shared() {
            check_room(tx, &changed)?;
        }
        let mut add = tx.prepare(dialect!(tx, "tally_add"))?;
        for (key, sum) in changed {
            if i64::try_from(sum.revenue).is_ok_and(|revenue| revenue >= MOST) {
                return Err(too_much());
            }
            let part = |value: i128| i64::try_from(value).map(Cell::Int).map_err(|_| too_much());
            let row = [
                key.grain.into(),
                key.outcome.into(),
                key.company_id.into(),
                key.team_id.into(),
                key.stage_id.into(),
                key.user_id.into(),
                key.kind.into(),
                key.currency.code().into(),
                key.period.into(),
                sum.n.into(),
                part(sum.revenue)?,
                part(sum.weighted.div_euclid(HIGH))?,
                part(sum.weighted.rem_euclid(HIGH))?,
                part(sum.stage_revenue)?,
            ];
            // A server adds the parts up when it reads; only here the statement itself sees that a cell is full.
            if add.touch(&row)? == Some(0) {
                return Err(too_much());
            }
            if sum.n <= 0 && !tx.is_shared() {
                sweep(tx, key)?;
            }
        }
        Ok(())
    }
}

/// A cell holds what 64 bits do; see `tally_add.sqlite.sql`, which adds nothing to one that would be fuller.
fn too_much() -> Error {
    Error::limit(
        "expected_revenue",
        "expected_revenue: the deals of one stage, salesperson and currency come to more than 9 × 10¹⁸ minor units together",
    )
}

/// Refuses, where cells are only added to, what would make one too full. Rare sums are that large, so that few writers ask. Those that
/// write at the same moment do not see each other: between [`MOST`] and what a column holds is room for two hundred of them.
fn check_room(tx: &Tx<'_>, changed: &[(&Key, &Sum)]) -> Result<()> {
    let mut large: BTreeMap<(i64, i64), BTreeMap<&Key, i128>> = BTreeMap::new();
    for (key, sum) in changed.iter().filter(|(_, sum)| sum.revenue.abs() >= UNSEEN) {
        large.entry((key.grain, key.outcome)).or_default().insert(*key, sum.revenue);
    }
    for ((grain, outcome), added) in large {
        each(tx, grain, outcome, |key, sum| match added.get(&key) {
            Some(more) if sum.revenue + more >= i128::from(MOST) => Err(too_much()),
            _ => Ok(()),
        })?;
    }
    Ok(())
}

/// Removes a cell that counts nothing any more.
fn sweep(tx: &Tx<'_>, key: &Key) -> Result<()> {
    tx.execute(
        "DELETE FROM lead_tally WHERE grain = ?1 AND outcome = ?2 AND company_id = ?3 AND team_id = ?4 AND stage_id = ?5 \
         AND user_id = ?6 AND kind = ?7 AND currency = ?8 AND period = ?9 AND n = 0",
        &[
            key.grain.into(),
            key.outcome.into(),
            key.company_id.into(),
            key.team_id.into(),
            key.stage_id.into(),
            key.user_id.into(),
            key.kind.into(),
            key.currency.code().into(),
            key.period.into(),
        ],
    )
    .map(drop)
}

/// Lets the cells follow changed leads.
pub(crate) fn follow(tx: &Tx<'_>, changes: &[LeadChange]) -> Result<()> {
    let mut ledger = Ledger::default();
    for change in changes {
        if let Some(before) = &change.before {
            ledger.add(before, -1);
        }
        if let Some(after) = &change.after {
            ledger.add(after, 1);
        }
    }
    ledger.write(tx)
}

/// Calls `each` for every cell of a grain and an outcome.
pub(crate) fn each(
    tx: &Tx<'_>,
    grain: i64,
    outcome: i64,
    mut each: impl FnMut(Key, Sum) -> Result<()>,
) -> Result<()> {
    let sql = "SELECT company_id, team_id, stage_id, user_id, kind, currency, period, n, revenue, weighted_high, weighted_low, \
               stage_revenue FROM lead_tally WHERE grain = ?1 AND outcome = ?2";
    let mut currency = Currency::default();
    tx.each(sql, &[grain.into(), outcome.into()], |line| {
        let code = line.text(5)?;
        if code != currency.code() {
            currency = Currency::new(code)?;
        }
        let key = Key {
            grain,
            outcome,
            company_id: line.int(0)?,
            team_id: line.int(1)?,
            stage_id: line.int(2)?,
            user_id: line.int(3)?,
            kind: line.int(4)?,
            currency,
            period: line.int(6)?,
        };
        let weighted = i128::from(line.int(9)?) * HIGH + i128::from(line.int(10)?);
        let (n, revenue) = (line.int(7)?, i128::from(line.int(8)?));
        each(key, Sum { n, revenue, weighted, stage_revenue: i128::from(line.int(11)?) })
    })
}

/// How many leads are won or lost.
pub(crate) fn closed(tx: &Tx<'_>) -> Result<u64> {
    let mut closed = 0;
    for outcome in [WON, LOST] {
        each(tx, 0, outcome, |_, sum| {
            closed += sum.n;
            Ok(())
        })?;
    }
    Ok(u64::try_from(closed).unwrap_or(0))
}

/// What the cells should be, from the leads themselves.
pub(crate) fn recount(tx: &Tx<'_>) -> Result<BTreeMap<Key, Sum>> {
    let mut ledger = Ledger::default();
    let all = crate::desk::Find {
        filter: Some(crate::filter::Filter::parse("active in (true, false)")?),
        ..Default::default()
    };
    crate::desk::query::each::<Lead>(tx, &all, |lead| {
        ledger.add(&lead, 1);
        Ok(())
    })?;
    ledger.0.retain(|_, sum| sum.n != 0);
    Ok(ledger.0)
}

/// Puts the cells that should be in the place of those that are.
pub(crate) fn rebuild(tx: &Tx<'_>) -> Result<()> {
    let cells = recount(tx)?;
    for part in tx.parts("lead_tally") {
        tx.execute(&format!("DELETE FROM {part}"), &[])?;
    }
    Ledger(cells).write(tx)
}

/// What is wrong with the cells, in words.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut expected = recount(tx)?;
    let mut wrong = Vec::new();
    let grains = [(0, 3), (1, 3), (kept::GRAIN, 6)];
    for (grain, outcome) in
        grains.into_iter().flat_map(|(grain, outcomes)| (0..outcomes).map(move |o| (grain, o)))
    {
        each(tx, grain, outcome, |key, sum| {
            let right = expected.remove(&key).unwrap_or_default();
            if right != sum {
                wrong.push(format!("kept count {key:?} is {sum:?}, the leads say {right:?}"));
            }
            Ok(())
        })?;
    }
    wrong.extend(
        expected
            .iter()
            .map(|(key, right)| format!("kept count {key:?} is missing, the leads say {right:?}")),
    );
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use crate::{Crm, ErrorKind, Fields, fields};

    fn quadrillion() -> Fields {
        fields! { name: "Dam", expected_revenue: "9999999999999.99" }
    }

    #[test]
    fn a_sum_that_is_too_large_is_a_limit_and_nothing_is_written() {
        let crm = Crm::open(":memory:").unwrap();
        let s = crm.session(None, None).unwrap();
        let refused = s.leads().create_many(vec![quadrillion(); 9_500]).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Limit, Some("expected_revenue")));
        assert_eq!(s.leads().count(None).unwrap(), 0);
        s.leads().create_many(vec![quadrillion(); 8_900]).unwrap();
        let refused = s.leads().create_many(vec![quadrillion(); 500]).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Limit, Some("expected_revenue")));
        assert_eq!(s.leads().count(None).unwrap(), 8_900);
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}
