//! Planning and merging, one set or many: load, decide, save, announce.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::access::{self, Deed};
use crate::base::{Error, Id as _, RecordKind, Result, Subject, limit};
use crate::chatter;
use crate::desk::query;
use crate::event::{Event, Merged};
use crate::merge::image;
use crate::merge::kind::{Changed, Decided, Mergeable};
use crate::merge::plan::{self, MergePlan, MergedField, MergedRows};
use crate::merge::references;
use crate::merge::store::{self, Kept};
use crate::record::Role;
use crate::storage::{Tx, actor};

/// Refuses sets that are none: a record alone, twice, or too many.
fn check(tx: &Tx<'_>, kind: RecordKind, clusters: &[Vec<i64>]) -> Result<()> {
    let named = kind.name();
    let mut seen = BTreeSet::new();
    for ids in clusters {
        for id in ids {
            let subject = Subject { kind, id: *id };
            if !seen.insert(*id) {
                let message = format!("ids: {subject} is named twice; name each {named} once");
                return Err(Error::invalid("ids", message).with_subject(subject));
            }
        }
        if ids.len() < 2 {
            let error = Error::invalid("ids", format!("ids: to merge takes two {named}s at least"));
            return Err(match ids.first() {
                Some(id) => error.with_subject(Subject { kind, id: *id }),
                None => error,
            });
        }
        if ids.len() > limit::MERGE && !tx.actor.role.reaches(Role::Admin) {
            let message = format!(
                "ids: {} {named}s; at most {} become one, unless an administrator merges them",
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

fn decide<R: Mergeable>(
    tx: &Tx<'_>,
    clusters: &[Vec<i64>],
    given: &R::Given,
) -> Result<Vec<Decided<R>>> {
    check(tx, R::TABLE.kind, clusters)?;
    let ids: Vec<i64> = clusters.iter().flatten().copied().collect();
    let found = query::visible::<R>(tx, &ids)?;
    let mut found: BTreeMap<i64, R> =
        found.into_iter().map(|record| (record.id().number(), record)).collect();
    let sets = clusters.iter().map(|ids| ids.iter().filter_map(|id| found.remove(id)).collect());
    R::decide(tx, sets.collect(), given)
}

/// The ids of all that go.
fn gone<R: Mergeable>(decided: &[Decided<R>]) -> Vec<i64> {
    decided.iter().flat_map(|one| one.gone()).map(|id| id.number()).collect()
}

/// By what goes, what has its place.
fn places<R: Mergeable>(decided: &[Decided<R>]) -> BTreeMap<i64, i64> {
    let of = |one: &Decided<R>| {
        let head = one.records[0].id().number();
        one.gone().into_iter().map(move |id| (id.number(), head)).collect::<Vec<_>>()
    };
    decided.iter().flat_map(of).collect()
}

/// What a merge of each of these sets will do.
pub(crate) fn plan<R: Mergeable>(
    tx: &Tx<'_>,
    clusters: &[Vec<i64>],
    given: &R::Given,
) -> Result<Vec<MergePlan<R::Id>>> {
    // Who may not do it is not told what it would be.
    access::allow(R::TABLE.kind, Deed::Update, &tx.actor)?;
    let decided = decide::<R>(tx, clusters, given)?;
    let (kind, tails) = (R::TABLE.kind, gone(&decided));
    let mut hanging = store::hanging(tx, kind, &tails)?;
    references::find(tx, kind, &places(&decided), &mut hanging)?;
    references::keep_seen(tx, kind, &mut hanging)?;
    let mut united = R::united(tx, &decided)?.into_iter();
    let plan = |one: Decided<R>| {
        let merged = one.gone();
        let rows = merged.iter().flat_map(|id| {
            let rows = hanging.get(&id.number()).into_iter().flatten();
            rows.map(|(name, rows)| MergedRows { name: name.clone(), from: *id, count: rows.len() })
        });
        MergePlan {
            head: one.records[0].id(),
            rows: rows.collect(),
            united: united.next().unwrap_or_default(),
            fields: readable(tx, R::TABLE.kind, plan::fields(&one.records, &one.after)),
            merged,
        }
    };
    Ok(decided.into_iter().map(plan).collect())
}

/// Those fields of a plan that the actor may read.
fn readable<I>(
    tx: &Tx<'_>,
    kind: RecordKind,
    mut fields: Vec<MergedField<I>>,
) -> Vec<MergedField<I>> {
    fields.retain(|field| !tx.actor.hides(kind, &field.name));
    fields
}

/// What the kept record of each of these sets would be, and those that would go.
pub(crate) fn preview<R: Mergeable>(
    tx: &Tx<'_>,
    clusters: &[Vec<i64>],
    given: &R::Given,
) -> Result<Vec<(R, Vec<R::Id>)>> {
    let preview = |one: Decided<R>| {
        let gone = one.gone();
        (one.after, gone)
    };
    Ok(decide::<R>(tx, clusters, given)?.into_iter().map(preview).collect())
}

/// Merges each of these sets; answers the merges' ids and the records that were kept.
pub(crate) fn merge<R: Mergeable>(
    tx: &mut Tx<'_>,
    clusters: &[Vec<i64>],
    given: &R::Given,
) -> Result<Vec<(i64, i64)>> {
    let kind = R::TABLE.kind;
    access::allow(kind, Deed::Update, &tx.actor)?;
    let decided = decide::<R>(tx, clusters, given)?;
    let all: Vec<i64> = clusters.iter().flatten().copied().collect();
    query::permit(tx, R::TABLE, &all, Deed::Update)?;
    let tails = gone(&decided);
    let last = R::last_state(tx, &all)?;
    let mut rows = R::rows(tx, &all)?;
    let mut hanging = store::hanging(tx, kind, &tails)?;
    references::find(tx, kind, &places(&decided), &mut hanging)?;
    let mut done = Vec::with_capacity(decided.len());
    let mut heads = HashMap::with_capacity(tails.len());
    let mut changes = Vec::with_capacity(all.len());
    tx.expect_rows("merge", decided.len())?;
    for Decided { records, after } in &decided {
        let (head, mut after) = (&records[0], after.clone());
        let into = head.id().number();
        let merge = store::add(tx, kind, into)?;
        for tail in &records[1..] {
            let id = tail.id().number();
            let mut moved = hanging.get(&id).cloned().unwrap_or_default();
            moved.retain(|table, _| !R::ROWS.contains(&table.as_str()));
            let kept = Kept {
                record: id,
                into: Some(into),
                seq: last.get(&id).copied().unwrap_or(0),
                seq_after: None,
                was: image::of(tail),
                is: image::Image::new(),
                moved: moved.into_iter().map(|(table, rows)| (table, rows.into())).collect(),
                rows_was: rows.remove(&id).unwrap_or_default(),
                rows_is: image::Image::new(),
            };
            store::keep::<R>(tx, merge, kept)?;
            heads.insert(id, into);
            changes.push(Changed::new(Some(tail.clone()), None));
        }
        if tx.save(head, &mut after)? {
            changes.push(Changed::new(Some(head.clone()), Some(after)));
        }
        done.push((merge, into));
    }
    store::move_hanging(tx, R::TABLE, &tails)?;
    let kept: Vec<i64> = done.iter().map(|(_, head)| *head).collect();
    R::unite(tx, &kept)?;
    references::follow(tx, kind, &hanging, &heads)?;
    for id in &tails {
        tx.remove::<R>((*id).into())?;
    }
    R::announce(tx, changes);
    tx.settle()?;
    leave_messages(tx, &decided, &done)?;
    keep_heads(tx, &decided, &done, &last, rows)?;
    let told = done.iter().zip(&decided).map(|((id, head), one)| {
        let merged = one.gone().into_iter().map(|id| id.number()).collect();
        Merged { id: *id, kind, head: *head, merged, undone: false }
    });
    tx.announce(Event::Merged(told.collect()));
    tx.settle()?;
    query::permit(tx, R::TABLE, &kept, Deed::Update)?;
    Ok(done)
}

/// Tells on each kept record what those were that it took the place of.
fn leave_messages<R: Mergeable>(
    tx: &mut Tx<'_>,
    decided: &[Decided<R>],
    done: &[(i64, i64)],
) -> Result<()> {
    let gone: Vec<&R> = decided.iter().flat_map(|one| &one.records[1..]).collect();
    let names = plan::names(tx, &gone)?;
    let unsaid = actor::hidden_from_some(tx)?;
    let told = decided.iter().map(|one| {
        let merged = one.records[1..].iter().map(|gone| plan::summary(gone, &names, &unsaid));
        let merged: Vec<String> = merged.collect();
        let mut body = merged.join("\n\n");
        body.truncate(body.floor_char_boundary(limit::LONG_TEXT));
        (one.records[0].id().number(), body)
    });
    let messages = chatter::notify(tx, R::TABLE.kind, told.collect())?;
    for ((merge, _), message) in done.iter().zip(messages) {
        store::leave_message(tx, *merge, message.0)?;
    }
    tx.settle()
}

/// Keeps what became of the records that were kept, once all that follows is known.
fn keep_heads<R: Mergeable>(
    tx: &Tx<'_>,
    decided: &[Decided<R>],
    done: &[(i64, i64)],
    states: &HashMap<i64, i64>,
    mut rows: BTreeMap<i64, image::Image>,
) -> Result<()> {
    let heads: Vec<i64> = done.iter().map(|(_, head)| *head).collect();
    let mut stored: BTreeMap<i64, R> = BTreeMap::new();
    for chunk in heads.chunks(limit::CHUNK) {
        let found = tx.by_ids::<R>(chunk)?;
        stored.extend(found.into_iter().map(|record| (record.id().number(), record)));
    }
    let last = R::last_state(tx, &heads)?;
    let mut rows_is = R::rows(tx, &heads)?;
    for ((merge, head), one) in done.iter().zip(decided) {
        let before = &one.records[0];
        let after = stored.get(head).ok_or_else(|| Error::not_found(before.subject()))?;
        let kept = Kept {
            record: *head,
            into: None,
            seq: states.get(head).copied().unwrap_or(0),
            seq_after: last.get(head).copied(),
            was: image::of_difference(before, before, after),
            is: image::of_difference(after, before, after),
            moved: serde_json::Map::new(),
            rows_was: rows.remove(head).unwrap_or_default(),
            rows_is: rows_is.remove(head).unwrap_or_default(),
        };
        store::keep::<R>(tx, *merge, kept)?;
    }
    Ok(())
}
