//! How much members and teams have been given lately, in one question for all of them.

use std::collections::{HashMap, HashSet};

use crate::base::{Record as _, Result, Timestamp, limit};
use crate::desk::query::Scope;
use crate::filter::{Filter, Statement};
use crate::record::{Lead, Team};
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

/// What members have been given lately at a moment, by team and user; of these teams, or all. What came later counts only if asked for: a
/// quota counts what a clock that was ahead has dated. Every lead counts, whoever asks: a quota that depended on who looks would be none.
pub(crate) fn of_members(
    tx: &Tx<'_>,
    teams: Option<&[i64]>,
    at: Timestamp,
    later: bool,
) -> Result<HashMap<(i64, i64), Load>> {
    let of = if teams.is_some() { " AND team_id IN (SELECT value FROM json_each(?4))" } else { "" };
    let sql = format!(
        "SELECT team_id, user_id, sum(CASE WHEN date_open > ?1 THEN 1 ELSE 0 END), count(*) FROM lead \
         WHERE date_open > ?2 AND date_open <= ?3 AND team_id IS NOT NULL AND user_id IS NOT NULL{of} GROUP BY team_id, user_id"
    );
    let mut params = vec![
        at.plus_days(-1).micros().into(),
        at.plus_days(-MONTH).micros().into(),
        if later { i64::MAX } else { at.micros() }.into(),
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

/// What a team and all below it have together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Together {
    /// Teams, itself too.
    pub(super) teams: i64,
    /// Users who are members of any of them, each once.
    pub(super) members: HashSet<i64>,
    /// Pending leads.
    pub(super) leads: i64,
    /// Those without salesperson.
    pub(super) unassigned: i64,
}

/// What each of these teams and all below it among them have together; archived ones add nothing of their own. A lead is one team's, a user
/// counts once however many of them they are in.
pub(super) fn together(tx: &Tx<'_>, teams: &[Team]) -> Result<HashMap<i64, Together>> {
    let parent: HashMap<i64, Option<i64>> =
        teams.iter().map(|team| (team.id.0, team.parent_id.map(|id| id.0))).collect();
    let mut own: HashMap<i64, (i64, i64)> = HashMap::new();
    let pending = || vec![Filter::eq("won_status", "pending"), Filter::eq("active", true)];
    group(tx, Filter::all(pending()), |team, n| own.entry(team).or_default().0 = n)?;
    let mut free = pending();
    free.push(Filter::is_null("user_id"));
    group(tx, Filter::all(free), |team, n| own.entry(team).or_default().1 = n)?;
    let mut all: HashMap<i64, Together> = HashMap::new();
    for team in teams.iter().filter(|team| team.active) {
        let (leads, unassigned) = own.get(&team.id.0).copied().unwrap_or_default();
        let mut above = Some(team.id.0);
        for _ in 0..limit::PARENTS {
            // What is above and unseen joins nothing: the tree is cut there.
            let Some(id) = above.filter(|id| parent.contains_key(id)) else { break };
            let sum = all.entry(id).or_default();
            sum.teams += 1;
            sum.members.extend(team.member_ids.iter().map(|user| user.0));
            sum.leads += leads;
            sum.unassigned += unassigned;
            above = parent.get(&id).copied().flatten();
        }
    }
    Ok(all)
}
