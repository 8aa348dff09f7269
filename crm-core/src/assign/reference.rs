//! The reference rules: teams are drawn with their capacities as weights and take their first lead in turn; then members take turns by what is
//! left of their day's quota, leads with the best chances first. A function of values.
//!
//! Among members with as much left, who was given less in the last month comes first, then chance decides; so the remainder of an equal
//! share goes round.

use std::collections::VecDeque;

use crate::assign::plan::AssignReason;
use crate::assign::random::Random;
use crate::base::{Error, Result};

/// Who asks what of a lead.
pub(super) trait Judge {
    /// Whether a team may be given a lead.
    fn team(&mut self, team: usize, lead: usize) -> Result<bool>;
    /// Why a member may not be given a lead.
    fn refuses(&mut self, member: usize, lead: usize) -> Result<Option<AssignReason>>;
    /// How closely a member's territory says where a lead is.
    fn closeness(&mut self, member: usize, lead: usize) -> usize;
    /// Whether a member may be given a lead.
    fn member(&mut self, member: usize, lead: usize) -> Result<bool> {
        Ok(self.refuses(member, lead)?.is_none())
    }
    /// Whether a member is to be given a lead that it may be given before others are.
    fn preferred(&mut self, member: usize, lead: usize) -> Result<bool>;
}

/// A member as the rules see it.
#[derive(Debug, Clone, Default)]
pub(super) struct Seat {
    /// What may be given today.
    pub(super) quota: i64,
    /// What was given in the last month.
    pub(super) month: i64,
    /// Whether it takes part at all.
    pub(super) is_in: bool,
    pub(super) is_away: bool,
    pub(super) has_preferred: bool,
    /// Whether it is given anything on any day.
    pub(super) is_ever_given: bool,
    pub(super) has_territory: bool,
}

/// How closely anybody's territory says where a lead is, of those who may be given it, today or another day. A quota that is used up changes
/// nothing, so that a second run gives nobody else what is theirs; who is away is passed over.
pub(super) fn closest(
    lead: usize,
    members: &[usize],
    seats: &[Seat],
    judge: &mut impl Judge,
) -> Result<usize> {
    let mut closest = 0;
    for member in members {
        let seat = &seats[*member];
        if seat.has_territory && seat.is_in && !seat.is_away && seat.is_ever_given {
            let close = judge.closeness(*member, lead);
            if close > closest && judge.member(*member, lead)? {
                closest = close;
            }
        }
    }
    Ok(closest)
}

/// Draws teams until each has had its way: for every lead that is free, which team takes it. `weights` of 0 are passed over. `taken` hears of
/// each lead as it is taken and answers the leads that go with it.
pub(super) fn allocate(
    free: &[usize],
    weights: &[u64],
    random: &mut Random,
    judge: &mut impl Judge,
    mut taken: impl FnMut(usize, usize) -> Vec<usize>,
) -> Result<()> {
    let most = free.iter().max().map_or(0, |most| most + 1);
    let mut done = vec![false; most];
    let mut at = vec![0_usize; weights.len()];
    let mut left: Vec<usize> = (0..weights.len()).filter(|team| weights[*team] > 0).collect();
    let mut total: u64 = left.iter().map(|team| weights[*team]).sum();
    while !left.is_empty() {
        let mut drawn = random.below(total);
        let place = left.iter().position(|team| match drawn.checked_sub(weights[*team]) {
            Some(rest) => {
                drawn = rest;
                false
            }
            None => true,
        });
        let place = place.ok_or_else(|| Error::bug("a number below the sum falls to a team"))?;
        let team = left[place];
        let next = &mut at[team];
        while *next < free.len() && (done[free[*next]] || !judge.team(team, free[*next])?) {
            *next += 1;
        }
        let Some(lead) = free.get(*next).copied() else {
            left.remove(place);
            total -= weights[team];
            continue;
        };
        done[lead] = true;
        for with in taken(team, lead) {
            if let Some(place) = done.get_mut(with) {
                *place = true;
            }
        }
    }
    Ok(())
}

/// What the members of one team are given of its leads, which come with the best chances first: by lead, who gets it and why, or why nobody
/// does. Quotas go down.
pub(super) fn share(
    leads: &[usize],
    members: &[usize],
    seats: &mut [Seat],
    random: &mut Random,
    judge: &mut impl Judge,
) -> Result<Vec<(usize, Option<usize>, AssignReason)>> {
    let mut order: Vec<(i64, i64, u64, usize)> = members
        .iter()
        .filter(|member| {
            seats[**member].is_in && !seats[**member].is_away && seats[**member].quota > 0
        })
        .map(|member| {
            let (seat, drawn) = (&seats[*member], random.next());
            // Whose is a place is not drawn: the first member of it comes first.
            (-seat.quota, seat.month, if seat.has_territory { 0 } else { drawn }, *member)
        })
        .collect();
    order.sort_unstable();
    let mut queue: VecDeque<usize> = order.into_iter().map(|(.., member)| member).collect();
    let mut given: Vec<Option<(usize, AssignReason)>> = vec![None; leads.len()];
    let mut close = Vec::with_capacity(leads.len());
    for lead in leads {
        close.push(closest(*lead, members, seats, judge)?);
    }
    for (pass, why) in [(true, AssignReason::Preferred), (false, AssignReason::Turn)] {
        for ((lead, given), close) in leads.iter().zip(&mut given).zip(&close) {
            if given.is_some() || queue.is_empty() {
                continue;
            }
            for place in 0..queue.len() {
                let member = queue[place];
                let wants = (!pass || seats[member].has_preferred)
                    && judge.closeness(member, *lead) == *close
                    && judge.member(member, *lead)?
                    && (!pass || judge.preferred(member, *lead)?);
                if !wants {
                    continue;
                }
                *given = Some((member, why));
                queue.remove(place);
                let seat = &mut seats[member];
                seat.quota -= 1;
                if seat.quota > 0 {
                    queue.push_back(member);
                }
                break;
            }
        }
    }
    let mut all = Vec::with_capacity(leads.len());
    for (lead, given) in leads.iter().zip(given) {
        all.push(match given {
            Some((member, why)) => (*lead, Some(member), why),
            None => (*lead, None, nobody(*lead, members, seats, judge)?),
        });
    }
    Ok(all)
}

/// Why nobody of a team gets a lead.
pub(super) fn nobody(
    lead: usize,
    members: &[usize],
    seats: &[Seat],
    judge: &mut impl Judge,
) -> Result<AssignReason> {
    let mut there = members.iter().copied().filter(|member| seats[*member].is_in).peekable();
    if there.peek().is_none() {
        return Ok(AssignReason::NoMembers);
    }
    let mut here = there.filter(|member| !seats[*member].is_away).peekable();
    if here.peek().is_none() {
        return Ok(AssignReason::Away);
    }
    // Who lacks the least says what is missing.
    let mut nearest = AssignReason::NoMatch;
    for member in here {
        match judge.refuses(member, lead)? {
            None => return Ok(AssignReason::NoQuota),
            Some(why) => nearest = nearest.nearer(why),
        }
    }
    Ok(nearest)
}
