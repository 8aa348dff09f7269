//! The optimal rules: leads and members as a flow, and why who is left is left.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::assign::flow::{self, Class, Problem};
use crate::assign::plan::{AssignReason, AssignTerm};
use crate::assign::random::Random;
use crate::assign::record::Records;
use crate::assign::reference::{self, Judge as _};
use crate::assign::verbs::{Fate, given, no_team, term};
use crate::assign::world::World;
use crate::base::{Error, Result};
use crate::storage::Tx;

/// More than there are leads in a plan.
const MOST: i64 = 1 << 32;

/// Shares leads out among all members who may be given them, of whatever team. What proves it is told with the terms: each member's `price` and
/// `level`, and that they were looked at.
pub(super) fn share(
    tx: &Tx<'_>,
    world: &World,
    leads: &[usize],
    random: &mut Random,
    fates: &mut [Option<Fate>],
    terms: &mut Vec<AssignTerm>,
) -> Result<()> {
    // Where nothing else decides, the first gets it: whose territory it is, by the order of teams and then of members, else who chance says.
    let mut order: Vec<(bool, i64, u64, usize)> = (0..world.members.len())
        .map(|at| {
            let (drawn, row) = (random.next(), &world.members[at].row);
            let is_drawn = !world.seats[at].has_territory;
            let sequence = world.teams[world.members[at].team].sequence;
            let id = |id: i64| u64::try_from(id).unwrap_or_default();
            match is_drawn {
                true => (true, 0, drawn, at),
                false => (false, sequence, id(row.team_id.0) << 32 | id(row.id.0), at),
            }
        })
        .collect();
    order.sort_unstable();
    let order: Vec<usize> = order.into_iter().map(|(.., member)| member).collect();
    let records = Records::load(tx)?;
    let record = |at: usize| {
        let row = &world.members[at].row;
        records.of(row.team_id.0, row.user_id.0)
    };
    let mut place_of = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, member)| place_of[*member] = place);
    let many = i64::try_from(leads.len()).unwrap_or(i64::MAX);
    let mut problem = Problem {
        room: order.iter().map(|at| world.seats[*at].quota.min(many)).collect(),
        had: order.iter().map(|at| world.seats[*at].month).collect(),
        chance: order.iter().map(|at| record(*at).0).collect(),
        ..Problem::default()
    };
    let mut known: HashMap<Class, usize> = HashMap::new();
    for lead in leads {
        let mut class = class(world, *lead)?;
        class.iter_mut().for_each(|(member, _)| *member = place_of[*member]);
        class.sort_unstable();
        let next = known.len();
        let at = *known.entry(class).or_insert_with_key(|class| {
            problem.classes.push(class.clone());
            next
        });
        // Of equal chances the first of the list.
        let place = MOST - i64::try_from(problem.leads.len()).unwrap_or(MOST);
        problem.leads.push((at, world.leads[*lead].probability.ppm() * MOST + place));
    }
    let solution = flow::solve(&problem);
    if !flow::is_proven(&problem, &solution) {
        return Err(Error::bug("the plan's prices do not prove it"));
    }
    for (at, member) in world.members.iter().enumerate() {
        let (team, user) = (Some(member.row.team_id), Some(member.row.user_id));
        terms.push(term(team, user, "price", solution.prices[place_of[at]]));
        terms.push(term(team, user, "level", solution.levels[place_of[at]]));
        let (rate, n) = record(at);
        terms.push(term(team, user, "win_rate", Decimal::new(rate, 4)));
        terms.push(term(team, user, "n", n));
    }
    terms.push(term(None, None, "proven", true));
    for (lead, member) in leads.iter().zip(solution.member) {
        fates[*lead] = Some(match member {
            Some(place) => {
                given(world, order[place], AssignReason::Best).with(record(order[place]))
            }
            None => Fate::leave(world.leads[*lead].team_id, left(world, *lead)?),
        });
    }
    Ok(())
}

/// The teams that may have a lead: its own, unless that has nobody who is ever given anything; else those that accept it.
fn teams(world: &World, lead: usize) -> Result<Vec<usize>> {
    let own = own_team(world, lead);
    // A quota that is only used up for today keeps what its team has: else a second run would give more than the first.
    if own.is_some_and(|own| world.has_capacity(own)) {
        return Ok(own.into_iter().collect());
    }
    let mut judge = world.judge();
    let mut accepting = Vec::new();
    for team in 0..world.teams.len() {
        if judge.team(team, lead)? {
            accepting.push(team);
        }
    }
    Ok(accepting)
}

/// The team that a lead has, by its place.
fn own_team(world: &World, lead: usize) -> Option<usize> {
    world.teams.iter().position(|team| Some(team.id) == world.leads[lead].team_id)
}

/// Who may be given a lead.
fn class(world: &World, lead: usize) -> Result<Class> {
    let mut judge = world.judge();
    let mut class = Class::new();
    let members = teams(world, lead)?.into_iter().flat_map(|team| world.of_team[team].iter());
    let members: Vec<usize> = members.copied().collect();
    let close = reference::closest(lead, &members, &world.seats, &mut judge)?;
    for member in members {
        let seat = &world.seats[member];
        let is_here = seat.is_in && !seat.is_away && seat.quota > 0;
        if is_here && judge.closeness(member, lead) == close && judge.member(member, lead)? {
            let preferred = seat.has_preferred && judge.preferred(member, lead)?;
            class.push((member, preferred));
        }
    }
    Ok(class)
}

/// Why nobody is given a lead.
fn left(world: &World, lead: usize) -> Result<AssignReason> {
    let mut teams = teams(world, lead)?;
    if teams.is_empty() {
        // No other accepts it: its own says why.
        teams.extend(own_team(world, lead));
    }
    if teams.is_empty() {
        return no_team(world, lead);
    }
    let members: Vec<usize> =
        teams.into_iter().flat_map(|team| world.of_team[team].iter().copied()).collect();
    reference::nobody(lead, &members, &world.seats, &mut world.judge())
}
