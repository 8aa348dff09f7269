//! Names of a whole file that are the same but for their spelling, or but for one letter: without comparing each with each.

use std::collections::{BTreeMap, HashMap};

use crate::base::limit;
use crate::base::name::{halves, likeness};
use crate::duplicate::scan::Group;
use crate::duplicate::search::named;
use crate::duplicate::store::Hit;

/// A compared name and the records that have it.
type Named = (String, Vec<Hit>);

/// Groups of names that are alike; of more than [`limit::SHARED`] records with one name nothing is said.
pub(super) fn alike(names: Vec<Hit>, least: i64, is_asked: impl Fn(&Hit) -> bool) -> Vec<Group> {
    let mut by_key: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
    for hit in names {
        let key = hit.key().into_owned();
        if !key.is_empty() {
            by_key.entry(key).or_default().push(hit);
        }
    }
    let mut known: Vec<Named> =
        by_key.into_iter().filter(|(_, hits)| hits.len() <= limit::SHARED).collect();
    known.iter_mut().for_each(|(_, hits)| hits.retain(&is_asked));
    known.retain(|(_, hits)| !hits.is_empty());
    let same = known.iter().filter(|(_, hits)| hits.len() > 1);
    let mut groups: Vec<Group> = same.map(|(_, hits)| group(hits.iter(), 100)).collect();
    if named("", 0).strength >= least {
        groups.extend(one_letter_off(&known));
    }
    groups
}

fn group<'h>(hits: impl Iterator<Item = &'h Hit>, likeness: i64) -> Group {
    let (ids, reasons) = hits.map(|hit| (hit.id, named(&hit.value, likeness))).unzip();
    Group { ids, reasons }
}

/// Pairs of names with one letter wrong: such a name has one of its halves in common with the right one.
fn one_letter_off(known: &[Named]) -> Vec<Group> {
    let mut by_half: HashMap<(bool, String), Vec<usize>> = HashMap::new();
    for (at, (key, _)) in known.iter().enumerate() {
        let half = key.chars().count() / 2;
        by_half.entry((true, key.chars().take(half).collect())).or_default().push(at);
        by_half.entry((false, key.chars().skip(half).collect())).or_default().push(at);
    }
    let mut groups = Vec::new();
    for (at, (key, hits)) in known.iter().enumerate() {
        let (heads, tails) = halves(key);
        let heads = heads.into_iter().map(|half| (true, half));
        let mut others: Vec<usize> = heads
            .chain(tails.into_iter().map(|half| (false, half)))
            .filter_map(|half| by_half.get(&half))
            // Half of a name that so many have is a word of the trade.
            .filter(|others| others.len() <= limit::DUPLICATES)
            .flatten()
            .copied()
            .filter(|other| *other > at && likeness(key, &known[*other].0) > 0)
            .collect();
        others.sort_unstable();
        others.dedup();
        for (other, its) in others.into_iter().map(|other| &known[other]) {
            groups.push(group(hits.iter().chain(its), likeness(key, other)));
        }
    }
    groups
}
