//! Planning and merging leads, one set or many: load, decide, save, announce.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::access::{self, Deed};
use crate::base::{Error, Id as _, LeadId, RecordKind, Result, Subject, limit};
use crate::chatter;
use crate::desk::query;
use crate::event::{Event, LeadChange, Merged};
use crate::history;
use crate::lead::office::office;
use crate::lead::store as leads;
use crate::merge::image;
use crate::merge::plan::{self, MergePlan, MergedRows};
use crate::merge::rules::{self, Context, Given};
use crate::merge::store::{self, Kept};
use crate::record::{Lead, Role};
use crate::storage::Tx;

/// Leads that become one, in the order in which they count, and what the first becomes.
struct Decided {
    leads: Vec<Lead>,
    after: Lead,
}

/// Refuses sets that are none: a lead alone, twice, or too many.
fn check(tx: &Tx<'_>, clusters: &[Vec<i64>]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for ids in clusters {
        for id in ids {
            let subject = Subject { kind: RecordKind::Lead, id: *id };
            if !seen.insert(*id) {
                let message = format!("ids: {subject} is named twice; name each lead once");
                return Err(Error::invalid("ids", message).with_subject(subject));
            }
        }
        if ids.len() < 2 {
            let error = Error::invalid("ids", "ids: to merge takes two leads at least");
            return Err(match ids.first() {
                Some(id) => error.with_subject(Subject { kind: RecordKind::Lead, id: *id }),
                None => error,
            });
        }
        if ids.len() > limit::MERGE && tx.actor.role < Role::Admin {
            let message = format!(
                "ids: {} leads; at most {} become one, unless an administrator merges them",
                ids.len(),
                limit::MERGE
            );
            return Err(Error::limit("ids", message));
        }
    }
    if seen.len() > limit::IDS {
        return Err(Error::limit(
            "ids",
            format!("ids: {} in one call; at most {} fit", seen.len(), limit::IDS),
        ));
    }
    Ok(())
}

fn decide(tx: &Tx<'_>, clusters: &[Vec<i64>], given: Given) -> Result<Vec<Decided>> {
    check(tx, clusters)?;
    let ids: Vec<i64> = clusters.iter().flatten().copied().collect();
    let mut found: BTreeMap<i64, Lead> =
        query::visible::<Lead>(tx, &ids)?.into_iter().map(|lead| (lead.id.0, lead)).collect();
    let partners = leads::own_partners(tx, &ids)?;
    let office = office(tx)?;
    let cx = Context { office: &office, partners: &partners, given, now: tx.now };
    let decided = |ids: &Vec<i64>| {
        let mut leads: Vec<Lead> = ids.iter().filter_map(|id| found.remove(id)).collect();
        rules::check(&leads)?;
        rules::rank(&mut leads, &office);
        let after = rules::decide(&leads, &cx)?;
        Ok(Decided { leads, after })
    };
    clusters.iter().map(decided).collect()
}

/// What a merge of each of these sets will do.
pub(crate) fn plan(tx: &Tx<'_>, clusters: &[Vec<i64>], given: Given) -> Result<Vec<MergePlan>> {
    let decided = decide(tx, clusters, given)?;
    let tails: Vec<i64> =
        decided.iter().flat_map(|one| &one.leads[1..]).map(|lead| lead.id.0).collect();
    let hanging = store::hanging(tx, RecordKind::Lead, &tails)?;
    let plan = |Decided { leads, after }: Decided| {
        let merged: Vec<LeadId> = leads[1..].iter().map(|lead| lead.id).collect();
        let rows = merged.iter().flat_map(|id| {
            let rows = hanging.get(&id.0).into_iter().flatten();
            rows.map(|(name, rows)| MergedRows { name, from: *id, count: rows.len() })
        });
        MergePlan {
            head: leads[0].id,
            rows: rows.collect(),
            fields: plan::fields(&leads, &after),
            merged,
        }
    };
    Ok(decided.into_iter().map(plan).collect())
}

/// What the kept lead of each of these sets would be, and those that would go.
pub(crate) fn preview(
    tx: &Tx<'_>,
    clusters: &[Vec<i64>],
    given: Given,
) -> Result<Vec<(Lead, Vec<i64>)>> {
    let gone = |leads: &[Lead]| leads[1..].iter().map(|lead| lead.id.0).collect();
    Ok(decide(tx, clusters, given)?.into_iter().map(|one| (one.after, gone(&one.leads))).collect())
}

/// Merges each of these sets; answers the merges' ids and the leads that were kept.
pub(crate) fn merge(
    tx: &mut Tx<'_>,
    clusters: &[Vec<i64>],
    given: Given,
) -> Result<Vec<(i64, i64)>> {
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    let decided = decide(tx, clusters, given)?;
    let all: Vec<i64> = clusters.iter().flatten().copied().collect();
    let tails: Vec<i64> =
        decided.iter().flat_map(|one| &one.leads[1..]).map(|lead| lead.id.0).collect();
    let last = history::last(tx, &all)?;
    let mut hanging = store::hanging(tx, RecordKind::Lead, &tails)?;
    let mut done = Vec::with_capacity(decided.len());
    let mut changes = Vec::with_capacity(all.len());
    tx.expect_rows("merge", decided.len())?;
    for Decided { leads, after } in &decided {
        let (head, mut after) = (&leads[0], after.clone());
        let merge = store::add(tx, RecordKind::Lead, head.id.0)?;
        for tail in &leads[1..] {
            tx.remove::<Lead>(tail.id)?;
            let moved = hanging.remove(&tail.id.0).unwrap_or_default();
            let moved = moved.into_iter().map(|(table, rows)| (table.to_owned(), rows.into()));
            let kept = Kept {
                record: tail.id.0,
                into: Some(head.id.0),
                seq: last.get(&tail.id.0).copied().unwrap_or(0),
                seq_after: None,
                was: image::of(tail),
                is: image::Image::new(),
                moved: moved.collect(),
            };
            store::keep::<Lead>(tx, merge, kept)?;
            changes.push(LeadChange::new(Some(tail.clone()), None));
        }
        if tx.save(head, &mut after)? {
            changes.push(LeadChange::new(Some(head.clone()), Some(after)));
        }
        done.push((merge, head.id.0));
    }
    store::move_hanging(tx, RecordKind::Lead, &tails)?;
    tx.announce(Event::Leads(changes));
    tx.settle()?;
    leave_messages(tx, &decided, &done)?;
    keep_heads(tx, &decided, &done, &last)?;
    let told = done.iter().zip(&decided).map(|((id, head), one)| {
        let merged = one.leads[1..].iter().map(|lead| lead.id.0).collect();
        Merged { id: *id, kind: RecordKind::Lead, head: *head, merged, undone: false }
    });
    tx.announce(Event::Merged(told.collect()));
    tx.settle()?;
    Ok(done)
}

/// Tells on each kept lead what those were that it took the place of.
fn leave_messages(tx: &mut Tx<'_>, decided: &[Decided], done: &[(i64, i64)]) -> Result<()> {
    let told = decided.iter().map(|one| {
        let merged: Vec<String> =
            one.leads[1..].iter().map(|lead| plan::summary(lead, &lead.name)).collect();
        let mut body = merged.join("\n\n");
        body.truncate(body.floor_char_boundary(limit::LONG_TEXT));
        (one.leads[0].id.0, body)
    });
    let messages = chatter::notify(tx, RecordKind::Lead, told.collect())?;
    for ((merge, _), message) in done.iter().zip(messages) {
        store::leave_message(tx, *merge, message.0)?;
    }
    tx.settle()
}

/// Keeps what became of the leads that were kept, once all that follows is known.
fn keep_heads(
    tx: &Tx<'_>,
    decided: &[Decided],
    done: &[(i64, i64)],
    before: &HashMap<i64, i64>,
) -> Result<()> {
    let heads: Vec<i64> = done.iter().map(|(_, head)| *head).collect();
    let stored: BTreeMap<i64, Lead> =
        leads::as_stored(tx, &heads)?.into_iter().map(|lead| (lead.id.0, lead)).collect();
    let last = history::last(tx, &heads)?;
    let seq = before;
    for ((merge, head), one) in done.iter().zip(decided) {
        let before = &one.leads[0];
        let after = stored.get(head).ok_or_else(|| Error::not_found(before.id.subject()))?;
        let kept = Kept {
            record: *head,
            into: None,
            seq: seq.get(head).copied().unwrap_or(0),
            seq_after: last.get(head).copied(),
            was: image::of_difference(before, before, after),
            is: image::of_difference(after, before, after),
            moved: serde_json::Map::new(),
        };
        store::keep::<Lead>(tx, *merge, kept)?;
    }
    Ok(())
}
