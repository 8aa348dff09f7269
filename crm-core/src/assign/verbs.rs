//! Planning: what becomes of each lead, by which rules, and why.

use std::collections::{HashMap, HashSet};

use crate::assign::Assign;
use crate::assign::optimal;
use crate::assign::plan::{
    AssignDeed, AssignPlan, AssignReason, AssignRules, AssignStep, AssignTerm,
};
use crate::assign::random::Random;
use crate::assign::reference::{self, Judge as _};
use crate::assign::run::{allow, leads_mark, moving};
use crate::assign::world::{self, Set, World};
use crate::base::{Error, LeadId, Result, TeamId, Timestamp, UserId};
use crate::desk::query;
use crate::record::Lead;
use crate::storage::Tx;

/// Hours that a lead may be asked to wait.
const DELAY: i64 = 100_000;
/// Days after which a lead without team is left, unless the host says otherwise.
const WITHIN: i64 = 7;

/// What becomes of one lead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fate {
    what: AssignDeed,
    team: Option<TeamId>,
    user: Option<UserId>,
    into: Option<LeadId>,
    why: AssignReason,
    /// What the salesperson makes of deals, and of how many that is known.
    record: Option<(i64, i64)>,
}

impl Fate {
    pub(super) const fn leave(team: Option<TeamId>, why: AssignReason) -> Self {
        Self { what: AssignDeed::Leave, team, user: None, into: None, why, record: None }
    }

    /// The same, with what was known of the salesperson.
    pub(super) const fn with(self, record: (i64, i64)) -> Self {
        Self { record: Some(record), ..self }
    }
}

/// Who is given what.
pub(super) fn plan(tx: &mut Tx<'_>, assign: &Assign) -> Result<AssignPlan> {
    allow(tx)?;
    let delay = assign.delay_hours;
    crate::require!(
        (0..=DELAY).contains(&delay),
        "delay_hours",
        "delay_hours: {delay} is none of 0 to {DELAY}"
    );
    let within = assign.created_within_days.unwrap_or(if assign.force { 0 } else { WITHIN });
    crate::require!(
        (0..=DELAY).contains(&within),
        "created_within_days",
        "created_within_days: {within} is none of 0 to {DELAY}"
    );
    let mut world = World::load(tx, assign)?;
    let mut terms = terms(&world, assign, within);
    for (at, hidden) in world.hidden()? {
        let row = &world.members[at].row;
        terms.push(term(Some(row.team_id), Some(row.user_id), "blind", hidden));
    }
    let mut fates: Vec<Option<Fate>> = vec![None; world.leads.len()];
    let mut random = Random::new(assign.seed);
    let of_scope: HashMap<TeamId, usize> =
        world.teams.iter().enumerate().map(|(at, team)| (team.id, at)).collect();
    let until = Timestamp::stored(tx.now.micros().saturating_sub(delay * 3_600_000_000));
    let since = tx.now.plus_days(-within);
    let (mut free, mut pools) = (Vec::new(), vec![Vec::new(); world.teams.len()]);
    for (at, lead) in world.leads.iter().enumerate() {
        match lead.team_id.map(|team| of_scope.get(&team)) {
            Some(Some(team)) => pools[*team].push(at),
            Some(None) => fates[at] = Some(Fate::leave(lead.team_id, AssignReason::TeamOut)),
            None if lead.create_date > until => {
                fates[at] = Some(Fate::leave(None, AssignReason::TooNew));
            }
            None if within > 0 && lead.create_date < since => {
                fates[at] = Some(Fate::leave(None, AssignReason::TooOld));
            }
            None => free.push(at),
        }
    }
    let (sets, set_of) = world.sets(tx, &free)?;
    let mut extra = Vec::new();
    if assign.affinity {
        let mut asked: Vec<(usize, Option<&Set>)> = Vec::new();
        for at in free.iter().chain(pools.iter().flatten()).copied() {
            let id = world.leads[at].id;
            match set_of.get(&id.0).map(|set| &sets[*set]) {
                None => asked.push((at, None)),
                // What duplicates become is the customer's as well.
                Some(set) if set.head.id == id && set.head.user_id.is_none() => {
                    asked.push((at, Some(set)));
                }
                Some(_) => {}
            }
        }
        asked.sort_unstable_by_key(|(at, _)| *at);
        let heads = |(at, set): &(usize, Option<&Set>)| {
            set.map_or_else(|| world.leads[*at].clone(), |set| set.head.clone())
        };
        let heads: Vec<Lead> = asked.iter().map(heads).collect();
        for ((at, set), owners) in asked.into_iter().zip(world.owners(tx, &heads)?) {
            if let Some(set) = set {
                world.leads[at] = set.head.clone();
            }
            let mut found = None;
            for (user, why) in owners {
                if let Some(member) = world.seat_of(user, at)? {
                    found = Some((member, why));
                    break;
                }
            }
            let Some((member, why)) = found else { continue };
            world.seats[member].quota -= 1;
            if let Some(set) = set {
                become_one(&world, set, None, &mut fates, &mut pools, &mut extra);
            }
            fates[at] = Some(given(&world, member, why));
        }
    }
    let is_open = |fates: &[Option<Fate>], at: &usize| fates[*at].is_none();
    free.retain(|at| is_open(&fates, at));
    match assign.rules {
        AssignRules::Reference => {
            allocate(
                &world,
                &free,
                &sets,
                &set_of,
                &mut random,
                &mut fates,
                &mut pools,
                &mut extra,
            )?;
        }
        AssignRules::Optimal => {
            let mut merged = vec![false; sets.len()];
            for at in free.clone() {
                let set = set_of.get(&world.leads[at].id.0).copied();
                if let Some(set) = set.filter(|set| !std::mem::replace(&mut merged[*set], true)) {
                    let set = &sets[set];
                    free.extend(become_one(&world, set, None, &mut fates, &mut pools, &mut extra));
                }
            }
            tidy(&mut pools);
        }
    }
    let merged = world.leads.iter().zip(&fates).filter_map(|(lead, fate)| {
        fate.filter(|fate| fate.what == AssignDeed::Merge).map(|_| lead.id)
    });
    let merged: HashSet<LeadId> = merged.chain(extra.iter().map(|step| step.lead_id)).collect();
    for set in sets.iter().filter(|set| set.gone.iter().any(|(id, _)| merged.contains(id))) {
        // Members look at what a lead will be once it is merged.
        if let Some(at) = world.at.get(&set.head.id.0).copied() {
            world.leads[at] = set.head.clone();
        }
    }
    if assign.rules == AssignRules::Optimal {
        let mut open: Vec<usize> = free.iter().chain(pools.iter().flatten()).copied().collect();
        open.retain(|at| is_open(&fates, at));
        open.sort_unstable();
        open.dedup();
        optimal::share(tx, &world, &open, &mut random, &mut fates, &mut terms)?;
    }
    for (team, pool) in pools.iter_mut().enumerate() {
        pool.retain(|at| is_open(&fates, at));
        let best =
            |at: &usize| (std::cmp::Reverse(world.leads[*at].probability), world.leads[*at].id);
        pool.sort_by_key(best);
        let mut seats = std::mem::take(&mut world.seats);
        let members = &world.of_team[team];
        let shared = reference::share(pool, members, &mut seats, &mut random, &mut world.judge());
        world.seats = seats;
        for (at, member, why) in shared? {
            let id = world.teams[team].id;
            fates[at] = Some(match member {
                Some(member) => given(&world, member, why),
                None if world.leads[at].team_id.is_some() => Fate::leave(Some(id), why),
                None => Fate { what: AssignDeed::Allocate, ..Fate::leave(Some(id), why) },
            });
        }
    }
    for at in free.iter().filter(|at| fates[**at].is_none()).copied().collect::<Vec<_>>() {
        fates[at] = Some(Fate::leave(None, no_team(&world, at)?));
    }
    let fate = |(lead, fate): (&Lead, Option<Fate>)| {
        let fate = fate.ok_or_else(|| Error::bug("a lead that was looked at has no fate"))?;
        Ok(step(lead.id, lead.version, fate))
    };
    let mut steps = world.leads.iter().zip(fates).map(fate).collect::<Result<Vec<_>>>()?;
    steps.append(&mut extra);
    let left = steps.iter().filter(|step| step.what == AssignDeed::Leave).count();
    terms.push(term(None, None, "leads", world.leads.len()));
    terms.push(term(None, None, "left", left));
    let known: HashMap<i64, Timestamp> =
        world.leads.iter().map(|lead| (lead.id.0, lead.create_date)).collect();
    let others: Vec<i64> =
        steps.iter().map(|step| step.lead_id.0).filter(|id| !known.contains_key(id)).collect();
    let mut created: HashMap<i64, Timestamp> = query::seen::<Lead>(tx, &others)?
        .values()
        .map(|lead| (lead.id.0, lead.create_date))
        .collect();
    created.extend(known);
    let moving: Vec<i64> = moving(&steps).map(|step| step.lead_id.0).collect();
    Ok(AssignPlan {
        rules: assign.rules,
        force: assign.force,
        at: tx.now.micros(),
        terms,
        teams: world.marks(),
        leads: leads_mark(&moving, &created),
        steps,
    })
}

pub(super) fn given(world: &World, member: usize, why: AssignReason) -> Fate {
    let row = &world.members[member].row;
    Fate {
        what: AssignDeed::Assign,
        team: Some(row.team_id),
        user: Some(row.user_id),
        into: None,
        why,
        record: None,
    }
}

fn step(lead_id: LeadId, version: i64, fate: Fate) -> AssignStep {
    AssignStep {
        lead_id,
        version,
        what: fate.what,
        team_id: fate.team,
        user_id: fate.user,
        into_id: fate.into,
        why: fate.why,
        win_rate: fate.record.map(|(rate, _)| rate),
        n: fate.record.map(|(_, n)| n),
    }
}

/// Gives teams their leads, and lets duplicates become one on the way.
#[expect(clippy::too_many_arguments, reason = "the parts of a plan that is being made")]
fn allocate(
    world: &World,
    free: &[usize],
    sets: &[Set],
    set_of: &HashMap<i64, usize>,
    random: &mut Random,
    fates: &mut [Option<Fate>],
    pools: &mut [Vec<usize>],
    extra: &mut Vec<AssignStep>,
) -> Result<()> {
    let weights: Vec<u64> = (0..world.teams.len()).map(|team| world.weight(team)).collect();
    reference::allocate(free, &weights, random, &mut world.judge(), |team, lead| {
        match set_of.get(&world.leads[lead].id.0) {
            Some(set) => become_one(world, &sets[*set], Some(team), fates, pools, extra),
            None => {
                pools[team].push(lead);
                Vec::new()
            }
        }
    })?;
    tidy(pools);
    Ok(())
}

/// Each lead once.
fn tidy(pools: &mut [Vec<usize>]) {
    for pool in pools {
        pool.sort_unstable();
        pool.dedup();
    }
}

/// Lets duplicates become one, which goes to its own team, or to the one that takes it; answers those of them that were looked at.
fn become_one(
    world: &World,
    set: &Set,
    team: Option<usize>,
    fates: &mut [Option<Fate>],
    pools: &mut [Vec<usize>],
    extra: &mut Vec<AssignStep>,
) -> Vec<usize> {
    let (head, own) = (set.head.id, set.head.team_id);
    let mut with = Vec::new();
    for (gone, version) in &set.gone {
        let fate = Fate {
            what: AssignDeed::Merge,
            into: Some(head),
            ..Fate::leave(own, AssignReason::Duplicate)
        };
        match world.at.get(&gone.0) {
            Some(at) => {
                fates[*at] = Some(fate);
                with.push(*at);
            }
            None => extra.push(step(*gone, *version, fate)),
        }
    }
    let Some(at) = world.at.get(&head.0).copied() else { return with };
    with.push(at);
    if set.head.user_id.is_some() {
        fates[at] = Some(Fate::leave(own, AssignReason::Owned));
        return with;
    }
    let place = match own {
        Some(id) => world.teams.iter().position(|team| team.id == id),
        None => team,
    };
    match place {
        Some(team) => {
            fates[at] = None;
            pools[team].push(at);
        }
        None if own.is_some() => fates[at] = Some(Fate::leave(own, AssignReason::TeamOut)),
        None => fates[at] = None,
    }
    with
}

/// Why no team takes a lead.
pub(super) fn no_team(world: &World, lead: usize) -> Result<AssignReason> {
    if world.teams.is_empty() {
        return Ok(AssignReason::NoTeam);
    }
    let mut judge = world.judge();
    for team in 0..world.teams.len() {
        if judge.team(team, lead)? {
            return Ok(AssignReason::NoCapacity);
        }
    }
    Ok(AssignReason::NoTeamMatch)
}

#[expect(clippy::needless_pass_by_value, reason = "numbers and texts are written in place")]
pub(super) fn term(
    team_id: Option<TeamId>,
    user_id: Option<UserId>,
    name: &str,
    value: impl ToString,
) -> AssignTerm {
    AssignTerm { team_id, user_id, name: name.to_owned(), value: value.to_string() }
}

/// Everything that a plan goes by.
fn terms(world: &World, assign: &Assign, within: i64) -> Vec<AssignTerm> {
    let filter = world::open_leads(assign.team_ids.as_deref()).to_string();
    let all = |name: &str, value: String| term(None, None, name, value);
    let mut terms = vec![
        all("rules", assign.rules.word().to_owned()),
        all("filter", filter),
        all("seed", assign.seed.to_string()),
        all("force", assign.force.to_string()),
        all("delay_hours", assign.delay_hours.to_string()),
        all("created_within_days", within.to_string()),
        all("affinity", assign.affinity.to_string()),
    ];
    for (at, team) in world.teams.iter().enumerate() {
        let id = Some(team.id);
        terms.push(term(id, None, "weight", world.weight(at)));
        if let Some(filter) = &team.assignment_filter {
            terms.push(term(id, None, "assignment_filter", filter));
        }
    }
    for (member, seat) in world.members.iter().zip(&world.seats) {
        let (team, user) = (Some(member.row.team_id), Some(member.row.user_id));
        let most = member.row.assignment_max;
        let quota = most.map_or_else(|| "no limit".to_owned(), |_| seat.quota.to_string());
        terms.push(term(team, user, "quota", quota));
        if !seat.is_in {
            terms.push(term(team, user, "assignment_optout", true));
        }
        if seat.is_away {
            terms.push(term(team, user, "is_absent", true));
        }
        let row = &member.row;
        for (name, filter) in [
            ("assignment_filter", &row.assignment_filter),
            ("assignment_filter_preferred", &row.assignment_filter_preferred),
            ("territory", &row.territory),
            ("languages", &row.languages),
        ] {
            if let Some(filter) = filter {
                terms.push(term(team, user, name, filter));
            }
        }
        if !row.skill_ids.is_empty() {
            let ids: Vec<String> = row.skill_ids.iter().map(ToString::to_string).collect();
            terms.push(term(team, user, "skill_ids", ids.join(", ")));
        }
    }
    terms
}
