//! Who is converted, and who gets whom. Functions of loaded records.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Error, Id as _, Result, UserId};
use crate::convert::Convert;
use crate::record::{Lead, LeadKind, WonStatus};

/// What a conversion does to a lead.
pub(crate) const fn what(lead: &Lead) -> &'static str {
    match (lead.won_status, lead.active, lead.kind) {
        (WonStatus::Won, ..) => "won",
        (WonStatus::Lost, ..) => "lost",
        (_, false, _) => "archived",
        (_, _, LeadKind::Opportunity) => "keep",
        _ => "convert",
    }
}

/// Whether a conversion changes it.
pub(crate) const fn is_open(lead: &Lead) -> bool {
    lead.active && matches!(lead.won_status, WonStatus::Pending)
}

/// Refuses what a conversion leaves as it is.
pub(crate) fn check_open(lead: &Lead) -> Result<()> {
    let subject = lead.id.subject();
    let (field, told) = match what(lead) {
        ended @ ("won" | "lost") => {
            ("won_status", format!("{subject} is {ended}; reopen it before converting it"))
        }
        "archived" => ("active", format!("{subject} is archived; restore it before converting it")),
        _ => return Ok(()),
    };
    Err(Error::invalid(field, format!("{field}: {told}")).with_subject(subject))
}

/// Who gets each of these leads: salespeople in turn, those who have one left out unless that is to be changed.
pub(crate) fn in_turn(leads: &[Lead], convert: &Convert) -> BTreeMap<i64, Option<UserId>> {
    let users: Vec<UserId> =
        convert.user_id.into_iter().chain(convert.user_ids.iter().copied()).collect();
    let given =
        leads.iter().filter(|lead| is_open(lead) && (convert.force || lead.user_id.is_none()));
    let next = |at: usize| if users.is_empty() { None } else { Some(users[at % users.len()]) };
    given.enumerate().map(|(at, lead)| (lead.id.0, next(at))).collect()
}

/// Leads that belong together, out of the duplicates of each: disjoint sets of two or more.
pub(crate) fn clusters(groups: impl IntoIterator<Item = Vec<i64>>) -> Vec<Vec<i64>> {
    // Of each lead the set that it is in, by its number.
    let mut set_of: BTreeMap<i64, usize> = BTreeMap::new();
    let mut sets: Vec<BTreeSet<i64>> = Vec::new();
    for group in groups.into_iter().filter(|group| group.len() > 1) {
        let mut all: BTreeSet<i64> = group.iter().copied().collect();
        let known: BTreeSet<usize> =
            group.iter().filter_map(|id| set_of.get(id).copied()).collect();
        for set in known {
            all.extend(std::mem::take(&mut sets[set]));
        }
        set_of.extend(all.iter().map(|id| (*id, sets.len())));
        sets.push(all);
    }
    sets.into_iter().filter(|set| !set.is_empty()).map(|set| set.into_iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_member_is_one_set_whatever_the_order() {
        let groups = [vec![1, 2], vec![3], vec![4, 5], vec![6, 7], vec![2, 6]];
        let mut turned = groups.clone();
        turned.reverse();
        for groups in [groups, turned] {
            let mut sets = clusters(groups);
            sets.sort();
            assert_eq!(sets, [vec![1, 2, 6, 7], vec![4, 5]]);
        }
    }

    #[test]
    fn salespeople_take_turns() {
        let lead = |id: i64, user: Option<i64>| Lead {
            id: id.into(),
            active: true,
            user_id: user.map(UserId),
            ..Lead::default()
        };
        let leads = [
            lead(1, None),
            lead(2, Some(9)),
            lead(3, None),
            Lead { active: false, ..lead(4, None) },
            lead(5, None),
        ];
        let convert = Convert { user_ids: vec![UserId(7), UserId(8)], ..Convert::default() };
        let all: Vec<_> = in_turn(&leads, &convert)
            .into_iter()
            .map(|(id, user)| (id, user.map_or(0, |user| user.0)))
            .collect();
        assert_eq!(all, [(1, 7), (2, 8), (3, 7), (5, 8)]);
        let free = Convert { force: false, ..convert };
        let all: Vec<_> = in_turn(&leads, &free)
            .into_iter()
            .map(|(id, user)| (id, user.map_or(0, |user| user.0)))
            .collect();
        assert_eq!(all, [(1, 7), (3, 8), (5, 7)]);
    }
}
