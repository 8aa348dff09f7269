//! Names of a whole file that are the same but for their spelling, or but for a slip: without comparing each with each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::likeness::{Wanted, halved};
use crate::base::limit;
use crate::duplicate::scan::Group;
use crate::duplicate::search::named;
use crate::duplicate::store::Hit;

/// A compared name and the records that have it, in the names' order.
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
        groups.extend(one_slip_off(&known));
    }
    groups
}

fn group<'h>(hits: impl Iterator<Item = &'h Hit>, likeness: i64) -> Group {
    let (ids, reasons) = hits.map(|hit| (hit.id, named(&hit.value, likeness))).unzip();
    Group { ids, reasons }
}

/// Pairs of names that are alike but for a slip: each is looked for under the halves and keys of what it may have been meant to be.
fn one_slip_off(known: &[Named]) -> Vec<Group> {
    let mut by_half: HashMap<(bool, String), Vec<usize>> = HashMap::new();
    for (at, (key, _)) in known.iter().enumerate() {
        let (head, tail) = halved(key);
        by_half.entry((true, head)).or_default().push(at);
        by_half.entry((false, tail)).or_default().push(at);
    }
    let mut pairs = BTreeSet::new();
    for (at, (_, hits)) in known.iter().enumerate() {
        // One key may be several names: in one word, and in two.
        let written: BTreeSet<&str> = hits.iter().map(|hit| hit.value.as_str()).collect();
        for wanted in written.into_iter().map(Wanted::of) {
            let looks = wanted.looks();
            let heads = looks.heads.into_iter().map(|half| (true, half));
            let tails = looks.tails.into_iter().map(|half| (false, half));
            let under = heads.chain(tails).filter_map(|half| by_half.get(&half));
            // Half of a name that so many have is a word of the trade.
            let few = under.filter(|others| others.len() <= limit::DUPLICATES).flatten().copied();
            let whole = |key: &String| known.binary_search_by(|(known, _)| known.cmp(key)).ok();
            for other in few.chain(looks.wholes.iter().filter_map(whole)) {
                if other != at && is_like(&wanted, &known[other]) {
                    pairs.insert((at.min(other), at.max(other)));
                }
            }
        }
    }
    let group_of =
        |(one, other): (usize, usize)| group(known[one].1.iter().chain(&known[other].1), 90);
    pairs.into_iter().map(group_of).collect()
}

/// Whether one of those that have a key is like a name.
fn is_like(wanted: &Wanted, (key, hits): &Named) -> bool {
    hits.iter().any(|hit| wanted.likeness(&hit.value, key) > 0)
}
