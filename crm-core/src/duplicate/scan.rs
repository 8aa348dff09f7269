//! All duplicates of a file at once: what records share is grouped by the engine, and groups are joined where they share a record.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::free_mail::is_free_mail;
use crate::base::{Progress, RecordKind, Result, limit};
use crate::duplicate::DuplicateScan;
use crate::duplicate::alike::alike;
use crate::duplicate::kin::Kin;
use crate::duplicate::reason::{Reason, Shared};
use crate::duplicate::search::{is_left, told};
use crate::duplicate::store::{self, Hit};
use crate::storage::Tx;

/// Records that are probably one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateCluster {
    /// Which, in order: two at least.
    pub ids: Vec<i64>,
    /// What each of them shares with another of them, by id, the strongest first.
    pub reasons: Vec<(i64, Reason)>,
}

/// What is looked for in a whole file; colleagues are not tied by being some.
const SCANNED: [Shared; 6] =
    [Shared::TaxId, Shared::Email, Shared::Phone, Shared::Partner, Shared::Name, Shared::Domain];

pub(super) fn scan(
    tx: &Tx<'_>,
    asked: &DuplicateScan,
    progress: &mut Progress<'_>,
) -> Result<Vec<DuplicateCluster>> {
    crate::require!(
        (1..=99).contains(&asked.least),
        "least",
        "least: {} is no strength; 1 to 99 are",
        asked.least
    );
    let table = store::table_of(asked.record)?;
    let looked: Vec<Shared> = SCANNED
        .into_iter()
        .filter(|shared| shared.strength() >= asked.least && store::has(table, *shared))
        .filter(|shared| !is_hidden(tx, table.kind, *shared))
        .collect();
    let total = looked.len() as u64;
    let mut groups = Vec::new();
    let mut seen = 0_usize;
    let kin = Kin::read(tx, table, || {
        seen += 1;
        if seen.is_multiple_of(limit::CHUNK) { progress.tell(0, total) } else { Ok(()) }
    })?;
    for (done, shared) in looked.into_iter().enumerate() {
        progress.tell(done as u64, total)?;
        let mut read = 0_usize;
        let mut tell = || {
            read += 1;
            let is_time = read.is_multiple_of(limit::CHUNK);
            if is_time { progress.tell(done as u64, total) } else { Ok(()) }
        };
        let mut names = HashMap::new();
        let sharing = if shared == Shared::Name {
            let names = store::names(tx, table, &mut tell)?;
            alike(names, asked.least, |hit| is_asked(hit, asked))
        } else {
            let hits = store::shared_by_many(tx, table, shared, &mut tell)?;
            if shared.is_of_a_floor() {
                names = hits.iter().filter_map(|hit| Some((hit.id, hit.kept_key()?))).collect();
            }
            grouped(hits, asked, shared)
        };
        let apart = sharing.into_iter().flat_map(|group| kin.apart(shared, group, &names));
        groups.extend(apart.filter(|group| group.ids.len() > 1));
    }
    progress.tell(total, total)?;
    Ok(joined(groups))
}

/// Records that share something, and how each of them says it.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) ids: Vec<i64>,
    pub(super) reasons: Vec<Reason>,
}

impl Group {
    pub(super) fn push(&mut self, id: i64, reason: Reason) {
        self.ids.push(id);
        self.reasons.push(reason);
    }
}

/// Whether what is shared is hidden from who asks; a domain is that of an address. Names of leads stand in two fields.
pub(super) fn is_hidden(tx: &Tx<'_>, kind: RecordKind, shared: Shared) -> bool {
    let hides = |name: &str| tx.actor.hides(kind, name);
    match (shared, kind) {
        (Shared::Domain | Shared::Email, _) => hides("email_normalized"),
        (Shared::Name, RecordKind::Lead) => hides("partner_name") || hides("contact_name"),
        (Shared::Partner | Shared::Family, _) => hides("partner_id"),
        (other, _) => hides(other.field()),
    }
}

/// Whether a record is among what is asked for.
fn is_asked(hit: &Hit, asked: &DuplicateScan) -> bool {
    let hidden = asked.include_lost && asked.record != RecordKind::Lead;
    hidden || is_left(hit, asked.include_lost)
}

/// The groups of one thing that leave something to be done: two records or more, of what is asked for.
fn grouped(hits: Vec<Hit>, asked: &DuplicateScan, shared: Shared) -> Vec<Group> {
    let mut by_value: BTreeMap<String, Vec<Hit>> = BTreeMap::new();
    for hit in hits {
        by_value.entry(told(shared, &hit.value)).or_default().push(hit);
    }
    let group = |(value, hits): (String, Vec<Hit>)| {
        // A customer may say it twice: two addresses of one domain.
        let sharing: BTreeSet<i64> = hits.iter().map(|hit| hit.id).collect();
        let says = !(shared.fades() && sharing.len() > limit::SHARED
            || shared == Shared::Domain && is_free_mail(&value));
        let mut ids: Vec<i64> =
            hits.iter().filter(|hit| says && is_asked(hit, asked)).map(|hit| hit.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let reasons = vec![shared.reason(value); ids.len()];
        (ids.len() > 1).then_some(Group { ids, reasons })
    };
    by_value.into_iter().filter_map(group).collect()
}

/// Groups as clusters that share no record.
fn joined(groups: Vec<Group>) -> Vec<DuplicateCluster> {
    let mut ids: Vec<i64> = groups.iter().flat_map(|group| group.ids.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let place = |id: i64| ids.binary_search(&id).unwrap_or_default();
    let mut sets = Sets::new(ids.len());
    for group in &groups {
        for pair in group.ids.windows(2) {
            sets.join(place(pair[0]), place(pair[1]));
        }
    }
    let mut clusters: BTreeMap<usize, DuplicateCluster> = BTreeMap::new();
    for (at, id) in ids.iter().enumerate() {
        let empty = || DuplicateCluster { ids: Vec::new(), reasons: Vec::new() };
        clusters.entry(sets.first(at)).or_insert_with(empty).ids.push(*id);
    }
    // Groups come by what is shared, the strongest first, and by value; a stable sort by id leaves it so within each record.
    for group in groups {
        for (id, reason) in group.ids.iter().zip(group.reasons) {
            if let Some(cluster) = clusters.get_mut(&sets.first(place(*id))) {
                cluster.reasons.push((*id, reason));
            }
        }
    }
    let mut clusters: Vec<DuplicateCluster> = clusters.into_values().collect();
    for cluster in &mut clusters {
        cluster.reasons.sort_by_key(|(id, _)| *id);
        // A name that is like several others says so once, as the surest of them.
        cluster
            .reasons
            .dedup_by(|a, b| a.0 == b.0 && a.1.field == b.1.field && a.1.value == b.1.value);
    }
    clusters
}

/// Disjoint sets of numbers from 0, each known by its lowest.
struct Sets {
    above: Vec<usize>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { above: (0..count).collect() }
    }

    /// The lowest number of a number's set.
    fn first(&mut self, mut at: usize) -> usize {
        while self.above[at] != at {
            self.above[at] = self.above[self.above[at]];
            at = self.above[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.above[a.max(b)] = a.min(b);
    }
}
