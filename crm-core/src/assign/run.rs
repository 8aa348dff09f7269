//! Doing what was planned, exactly or not at all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::access;
use crate::assign::plan::{AssignDeed, AssignPlan, AssignReason, AssignStep, Assigned};
use crate::assign::world;
use crate::base::{Error, Id as _, LeadId, Result, TeamId, Timestamp, UserId, digest, limit};
use crate::desk::query;
use crate::event::Event;
use crate::lead::verbs::{as_system, give};
use crate::merge;
use crate::record::{Lead, Role, Team};
use crate::storage::Tx;

/// Leads that a refusal names.
const NAMED: usize = 20;

pub(super) fn allow(tx: &Tx<'_>) -> Result<()> {
    access::allow_role("assign leads", Role::All, &tx.actor)
}

/// The steps that do something.
pub(super) fn moving(steps: &[AssignStep]) -> impl Iterator<Item = &AssignStep> {
    steps.iter().filter(|step| step.what != AssignDeed::Leave)
}

/// A digest of some text: two that are equal are of equal texts.
pub(super) fn mark(text: &str) -> String {
    let mut told = digest::sha256(&[text]);
    told.truncate(16);
    told
}

/// By what leads are known to be these: their numbers, and when each was created.
pub(super) fn leads_mark(ids: &[i64], created: &HashMap<i64, Timestamp>) -> String {
    let told = ids.iter().map(|id| {
        let at = created.get(id).map_or(0, |at| at.micros());
        format!("{id}:{at}\n")
    });
    mark(&told.collect::<String>())
}

/// Does what a plan says, or nothing.
pub(super) fn run(tx: &mut Tx<'_>, plan: &AssignPlan) -> Result<Assigned> {
    allow(tx)?;
    let steps: Vec<&AssignStep> = moving(&plan.steps).collect();
    in_time(tx, plan)?;
    unmoved(tx, plan, &steps)?;
    within_quotas(tx, plan, &steps)?;
    let mut sets: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut to: BTreeMap<i64, (TeamId, Option<UserId>)> = BTreeMap::new();
    for step in &steps {
        let id = step.lead_id.0;
        match (step.what, step.into_id, step.team_id) {
            (AssignDeed::Merge, Some(into), _) => {
                sets.entry(into.0).or_insert_with(|| vec![into.0]).push(id);
            }
            (AssignDeed::Assign | AssignDeed::Allocate, _, Some(team)) => {
                to.insert(id, (team, step.user_id));
            }
            _ => return Err(broken(step)),
        }
    }
    let ids: Vec<Vec<i64>> = sets.values().cloned().collect();
    let heads = as_system(tx, |tx| merge::merge_sets(tx, &ids))?;
    for ((_, head), into) in heads.iter().zip(sets.keys()) {
        if head != into {
            return Err(moved(&[*into]));
        }
    }
    give(tx, &to)?;
    tell(tx, plan, &steps);
    let users: BTreeSet<UserId> = to.values().filter_map(|(_, user)| *user).collect();
    let assigned = to.values().filter(|(_, user)| user.is_some()).count();
    Ok(Assigned {
        assigned,
        allocated: to.len() - assigned,
        merged: ids.iter().map(|set| set.len() - 1).sum(),
        users: users.len(),
    })
}

/// Lets the feed tell which leads were given by which rules, and why: ids by reason.
fn tell(tx: &mut Tx<'_>, plan: &AssignPlan, steps: &[&AssignStep]) {
    let mut why: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for step in steps {
        why.entry(step.why.word()).or_default().push(step.lead_id.0);
    }
    if !steps.is_empty() {
        let data =
            serde_json::json!({ "rules": plan.rules.word(), "planned": plan.at, "why": why });
        tx.announce(Event::SetUp { event: "assignment.run", data: data.to_string() });
    }
}

/// Refuses a plan that is too old, or of a time that is still to come.
fn in_time(tx: &Tx<'_>, plan: &AssignPlan) -> Result<()> {
    let oldest = tx.now.micros().saturating_sub(limit::PLAN_HOURS * 3_600_000_000);
    let newest = tx.now.micros().saturating_add(limit::PLAN_AHEAD_MINUTES * 60_000_000);
    let why = match plan.at {
        at if at < oldest => format!("more than {} hours ago", limit::PLAN_HOURS),
        at if at > newest => "which is still to come".to_owned(),
        _ => return Ok(()),
    };
    let told = format!("plan: it was made at {}, {why}; plan again", Timestamp::stored(plan.at));
    Err(Error::conflict(told).with_field("plan"))
}

fn broken(step: &AssignStep) -> Error {
    let told = format!("plan: its step for {} makes no sense", step.lead_id.subject());
    Error::format(told).with_field("plan").with_subject(step.lead_id.subject())
}

/// Refuses a plan of leads that have changed or gone since.
fn unmoved(tx: &Tx<'_>, plan: &AssignPlan, steps: &[&AssignStep]) -> Result<()> {
    let mut wanted: BTreeMap<i64, Option<i64>> = BTreeMap::new();
    for step in steps {
        if wanted.insert(step.lead_id.0, Some(step.version)).is_some() {
            return Err(broken(step));
        }
    }
    // Who stays may be looked at by a step that leaves it.
    for step in &plan.steps {
        if step.what == AssignDeed::Leave && step.why == AssignReason::Owned {
            wanted.insert(step.lead_id.0, Some(step.version));
        }
    }
    let (mut gone, mut created) = (Vec::new(), HashMap::new());
    let ids: Vec<i64> = wanted.keys().copied().collect();
    for chunk in ids.chunks(limit::CHUNK) {
        let seen = query::seen::<Lead>(tx, chunk)?;
        let version = |id: &i64| seen.get(id).map(|lead| lead.version);
        gone.extend(chunk.iter().copied().filter(|id| wanted[id] != version(id)));
        created.extend(seen.into_values().map(|lead| (lead.id.0, lead.create_date)));
    }
    if !gone.is_empty() {
        return Err(moved(&gone));
    }
    let ids: Vec<i64> = steps.iter().map(|step| step.lead_id.0).collect();
    if leads_mark(&ids, &created) != plan.leads {
        let told = "plan: its leads are not those of this database, though they have the same numbers; plan here";
        return Err(Error::conflict(told).with_field("plan"));
    }
    Ok(())
}

fn moved(ids: &[i64]) -> Error {
    let named: Vec<String> = ids.iter().take(NAMED).map(ToString::to_string).collect();
    let more = ids.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told = format!(
        "plan: leads that changed or went since it was made: {}{more}; plan again",
        named.join(", ")
    );
    let error = Error::conflict(told).with_field("plan");
    match ids.first() {
        Some(id) => error.with_subject(LeadId(*id).subject()),
        None => error,
    }
}

/// Refuses a plan that would give members more than they may have today, as they are now.
fn within_quotas(tx: &Tx<'_>, plan: &AssignPlan, steps: &[&AssignStep]) -> Result<()> {
    let mut counts: BTreeMap<(TeamId, UserId), i64> = BTreeMap::new();
    for step in steps {
        if let (Some(team), Some(user)) = (step.team_id, step.user_id) {
            *counts.entry((team, user)).or_default() += 1;
        }
    }
    let gives = |step: &&&AssignStep| step.what != AssignDeed::Merge;
    let ids = steps.iter().filter(gives).filter_map(|step| step.team_id);
    let ids: BTreeSet<i64> = ids.map(|id| id.0).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let changed = |id: TeamId, what: &str| {
        let told = format!("plan: {} {what} since it was made; plan again", id.subject());
        Error::conflict(told).with_field("plan").with_subject(id.subject())
    };
    let known: HashMap<i64, Team> = query::seen(tx, &ids)?;
    let teams =
        ids.iter().map(|id| known.get(id).cloned().ok_or_else(|| changed(TeamId(*id), "has gone")));
    let teams: Vec<Team> = teams.collect::<Result<_>>()?;
    let members = world::members(tx, &teams, plan.rules, plan.force)?;
    for (at, team) in teams.iter().enumerate() {
        let own = members.iter().filter(|(_, _, of, _)| *of == at);
        let now = world::mark(team, own.map(|(row, user, ..)| (row, user)));
        let was = plan.teams.iter().find(|known| known.team_id == team.id);
        if was.is_none_or(|was| was.mark != now) {
            return Err(changed(team.id, "or its members have changed"));
        }
    }
    let mut left: HashMap<(TeamId, UserId), i64> = HashMap::new();
    for (row, _, _, seat) in members {
        let may = if seat.is_in && !seat.is_away { seat.quota } else { 0 };
        left.insert((row.team_id, row.user_id), may);
    }
    for ((team, user), count) in counts {
        let may = left.get(&(team, user)).copied().unwrap_or(0);
        if count > may {
            let told = format!(
                "plan: {} would be given {count} leads of {} and may be given {may} now; plan again",
                user.subject(),
                team.subject()
            );
            return Err(Error::conflict(told).with_field("plan").with_subject(user.subject()));
        }
    }
    Ok(())
}
