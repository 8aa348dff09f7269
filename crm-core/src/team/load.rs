//! How much members and teams have been given lately, in one question for all of them.

use std::collections::HashMap;

use crate::base::{Record as _, Result, Timestamp};
use crate::desk::query::Scope;
use crate::filter::{Filter, Statement};
use crate::record::Lead;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// Days that count as the last month.
const MONTH: i64 = 30;

/// Leads that were opened lately, lost and archived ones too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Load {
    /// In the last 24 hours.
    pub(crate) day: i64,
    /// In the last 30 days.
    pub(crate) month: i64,
}

/// What members have been given until a moment, by team and user; of these teams, or all. Every lead counts, whoever asks: a quota that
/// depended on who looks would be none.
pub(crate) fn of_members(
    tx: &Tx<'_>,
    teams: Option<&[i64]>,
    until: Timestamp,
) -> Result<HashMap<(i64, i64), Load>> {
    let of = if teams.is_some() { " AND team_id IN (SELECT value FROM json_each(?4))" } else { "" };
    let sql = format!(
        "SELECT team_id, user_id, sum(CASE WHEN date_open > ?1 THEN 1 ELSE 0 END), count(*) FROM lead \
         WHERE date_open > ?2 AND date_open <= ?3 AND team_id IS NOT NULL AND user_id IS NOT NULL{of} GROUP BY team_id, user_id"
    );
    let mut params = vec![
        until.plus_days(-1).micros().into(),
        until.plus_days(-MONTH).micros().into(),
        until.micros().into(),
    ];
    params.extend(teams.map(id_list));
    let mut loads = HashMap::new();
    tx.each(&sql, &params, |line| {
        let load = Load { day: line.int(2)?, month: line.int(3)? };
        loads.insert((line.int(0)?, line.int(1)?), load);
        Ok(())
    })?;
    Ok(loads)
}

/// Of each team how many pending leads have no salesperson, and how many with one were opened in the last month; of those that the actor
/// sees.
pub(super) fn of_teams(tx: &Tx<'_>) -> Result<HashMap<i64, (i64, i64)>> {
    let open = [
        Filter::eq("won_status", "pending"),
        Filter::eq("active", true),
        Filter::is_null("user_id"),
    ];
    let mut counts: HashMap<i64, (i64, i64)> = HashMap::new();
    group(tx, Filter::all(open), |team, n| counts.entry(team).or_default().0 = n)?;
    let since = tx.now.plus_days(-MONTH);
    let given = Filter::parse(&format!("user_id is not null and date_open > \"{since}\""))?;
    group(tx, given, |team, n| counts.entry(team).or_default().1 = n)?;
    Ok(counts)
}

fn group(tx: &Tx<'_>, filter: Filter, mut each: impl FnMut(i64, i64)) -> Result<()> {
    let mut rest = Statement::new(tx.now);
    rest.sql.push_str(" WHERE lead.team_id IS NOT NULL AND ");
    let scope = Scope::new(tx, Lead::TABLE, vec![filter], None)?;
    scope.asked.sql(&mut rest)?;
    rest.sql.push_str(" GROUP BY lead.team_id");
    let read = rest.sides.clone();
    let text = scope.select(tx, "SELECT lead.team_id, count(*)", Lead::TABLE, &read, &mut rest)?;
    tx.each(&text, &rest.params, |line| {
        each(line.int(0)?, line.int(1)?);
        Ok(())
    })
}
