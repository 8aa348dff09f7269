//! What salespeople make of deals: the share that they win of those they closed, drawn to what their team and everybody win as long as few
//! are known.

use std::collections::{HashMap, HashSet};

use crate::base::{Record as _, RecordKind, Result};
use crate::desk::query::Scope;
use crate::filter::{Filter, Statement};
use crate::record::{Lead, LostReason};
use crate::storage::Tx;

/// As many deals of the wider share a narrower one begins with.
const TRUST: i64 = 20;
/// All parts of a share.
pub(super) const WHOLE: i64 = 1_000_000;

/// Deals that were won, of those that were won or lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Closed {
    won: i64,
    n: i64,
}

impl Closed {
    fn add(&mut self, won: bool, n: i64) {
        self.n += n;
        self.won += if won { n } else { 0 };
    }

    /// In parts per million.
    fn share(self, wider: i64) -> i64 {
        let of = |n: i64| i128::from(n);
        let sum = of(self.won) * of(WHOLE) + of(TRUST) * of(wider);
        i64::try_from(sum / of(self.n + TRUST)).unwrap_or(wider)
    }
}

/// What is known of everybody's closed deals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Records {
    all: Closed,
    teams: HashMap<i64, Closed>,
    users: HashMap<i64, Closed>,
}

impl Records {
    /// Reads all closed deals that the actor sees, in one question. Cancelled ones are none; with a field that tells hidden from the actor,
    /// nothing is known.
    pub(super) fn load(tx: &Tx<'_>) -> Result<Self> {
        let mut records = Self::default();
        let told = ["won_status", "user_id", "team_id", "lost_reason_id"];
        if told.iter().any(|name| tx.actor.hides(RecordKind::Lead, name)) {
            return Ok(records);
        }
        let cancelled: HashSet<i64> = tx
            .select::<LostReason>("WHERE lost_reason.is_cancellation", &[])?
            .into_iter()
            .map(|reason| reason.id.0)
            .collect();
        let closed = Filter::parse("won_status in (\"won\", \"lost\") and user_id is not null")?;
        let mut rest = Statement::new(tx.now);
        rest.sql.push_str(" WHERE ");
        let scope = Scope::new(tx, Lead::TABLE, vec![closed], None)?;
        scope.asked.sql(&mut rest)?;
        rest.sql
            .push_str(" GROUP BY lead.team_id, lead.user_id, lead.won_status, lead.lost_reason_id");
        let read = rest.sides.clone();
        let what =
            "SELECT lead.team_id, lead.user_id, lead.won_status, lead.lost_reason_id, count(*)";
        let text = scope.select(tx, what, Lead::TABLE, &read, &mut rest)?;
        tx.each(&text, &rest.params, |line| {
            if line.int_or_null(3)?.is_some_and(|reason| cancelled.contains(&reason)) {
                return Ok(());
            }
            let (won, n) = (line.int(2)? == 1, line.int(4)?);
            records.all.add(won, n);
            records.users.entry(line.int(1)?).or_default().add(won, n);
            if let Some(team) = line.int_or_null(0)? {
                records.teams.entry(team).or_default().add(won, n);
            }
            Ok(())
        })?;
        Ok(records)
    }

    /// The share that a member of a team wins, in parts per million, and of how many deals that is known.
    pub(super) fn of(&self, team: i64, user: i64) -> (i64, i64) {
        let known = |of: &HashMap<i64, Closed>, id| of.get(&id).copied().unwrap_or_default();
        let (team, user) = (known(&self.teams, team), known(&self.users, user));
        (user.share(team.share(self.all.share(WHOLE / 2))), user.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_deals_say_what_the_team_makes_and_many_their_own() {
        let closed = |won, n| Closed { won, n };
        let records = Records {
            all: closed(480, 980),
            teams: HashMap::from([(1, closed(80, 180))]),
            users: HashMap::from([(1, closed(1, 1)), (2, closed(0, 1)), (3, closed(900, 980))]),
        };
        let of = |user| records.of(1, user).0;
        let new = of(9);
        assert!(of(2) < new && new < of(1), "one deal says something");
        assert!(of(1) - of(2) < 50_000, "and not much");
        assert!((of(3) - 900 * WHOLE / 980).abs() < 20_000, "many say it all");
        assert_eq!((records.of(1, 3).1, records.of(1, 9).1), (980, 0));
        assert!((new - 450_000).abs() < 10_000, "{new}");
        assert_eq!(Records::default().of(1, 1), (WHOLE / 2, 0));
    }
}
