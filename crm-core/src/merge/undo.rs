//! Taking a merge back: what nobody has touched since is put back exactly; what was changed since stays, and is listed if the merge had
//! changed it too.

use std::collections::BTreeSet;

use crate::access::{self, Deed};
use crate::base::field::{Place, Stamp, told_fields};
use crate::base::frame::json;
use crate::base::{Error, ErrorKind, FieldKind, Frame, Id as _, Result, Subject, Value};
use crate::desk::query;
use crate::event::{Event, Merged};
use crate::merge::image;
use crate::merge::kind::{Changed, Mergeable};
use crate::merge::references;
use crate::merge::store::{self, Kept, Stored};
use crate::merged;
use crate::record::{Lead, Message};
use crate::storage::Tx;

/// Something that could not be put back as it was, since it has changed in the meantime.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeConflict {
    /// Of which record: one of those that were merged, or one that named one of them.
    pub record: Subject,
    /// Which field.
    pub field: &'static str,
    /// What it was before the merge.
    pub before: Value,
    /// What the merge made of it; nothing of a record that was merged away.
    pub merged: Value,
    /// What it is now, and stays.
    pub now: Value,
}

/// What became of taking a merge back.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmerged<R = Lead> {
    /// The records that stand for themselves again, the one that was kept first; those that the user may see.
    pub records: Vec<R>,
    /// What is not as it was. Empty: everything is.
    pub conflicts: Vec<MergeConflict>,
}

impl<R> Unmerged<R> {
    /// The conflicts as a table: `record` (the kind), `record_id`, `field`, and `before`, `merged` and `now` as text.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("record", FieldKind::Text),
            ("record_id", FieldKind::Int),
            ("field", FieldKind::Text),
            ("before", FieldKind::Text),
            ("merged", FieldKind::Text),
            ("now", FieldKind::Text),
        ]);
        let text = |value: &Value| match json(value) {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::String(text) => Value::Text(text),
            other => Value::Text(other.to_string()),
        };
        for conflict in &self.conflicts {
            let states = [&conflict.before, &conflict.merged, &conflict.now].map(text);
            let Subject { kind, id } = conflict.record;
            let of = [kind.name().into(), id.into(), conflict.field.into()];
            frame.push(of.into_iter().chain(states));
        }
        frame
    }
}

/// Takes a merge back.
pub(crate) fn unmerge<R: Mergeable>(tx: &mut Tx<'_>, id: i64) -> Result<Unmerged<R>> {
    let kind = R::TABLE.kind;
    access::allow(kind, Deed::Update, &tx.actor)?;
    let missing = || {
        let told = format!("no merge {id} of {}s", kind.name());
        Error::new(ErrorKind::NotFound, told).with_field("merge_id")
    };
    let stored =
        store::load(tx, id)?.filter(|stored| stored.kind == kind.name()).ok_or_else(missing)?;
    let head = R::Id::from(stored.head);
    let now = match query::get::<R>(tx, head) {
        Err(error)
            if error.kind() == ErrorKind::NotFound
                && merged::survivor(tx, kind, stored.head)?.is_some() =>
        {
            return Err(Error::conflict(format!("{error}; take that merge back first"))
                .with_subject(head.subject()));
        }
        found => found?,
    };
    if stored.is_undone {
        return Ok(Unmerged { records: vec![query::told(tx, now)], conflicts: Vec::new() });
    }
    query::permit(tx, R::TABLE, &[stored.head], Deed::Update)?;
    let (kept, gone) = stored.rows.split_first().ok_or_else(missing)?;
    let (mut changes, mut conflicts) = (Vec::new(), Vec::new());
    let mut ids = vec![stored.head];
    let rows = R::rows(tx, &ids)?.remove(&stored.head).unwrap_or_default();
    for tail in gone {
        changes.push(Changed::restored(None, put_back(tx, &stored, tail, &mut conflicts)?));
        ids.push(tail.record);
    }
    let exact = is_untouched(tx, kept, &now)?;
    if exact && kept.was.get("version") != kept.is.get("version") {
        let mut was = now.clone();
        image::onto(&kept.was, &mut was)?;
        was.fit(tx, &mut conflicts)?;
        tx.take_back(&now, &was)?;
        R::forget_states(tx, stored.head, kept.seq)?;
        changes.push(Changed::restored(Some(now.clone()), was));
    }
    R::part(tx, kept, gone, &rows, &mut conflicts)?;
    if let Some(message) = stored.message {
        tx.remove::<Message>(message.into())?;
    }
    store::end(tx, id)?;
    R::announce(tx, changes);
    tx.settle()?;
    for tail in gone {
        references::go_back::<R>(tx, stored.head, tail.record, &tail.moved, &mut conflicts)?;
    }
    if !exact {
        three_way(tx, kept, now, &mut conflicts)?;
    }
    R::mend(tx, &ids, &mut conflicts)?;
    tx.announce(Event::Merged(vec![Merged {
        id,
        kind,
        head: stored.head,
        merged: ids[1..].to_vec(),
        undone: true,
    }]));
    tx.settle()?;
    let mut seen = query::seen::<R>(tx, &ids)?;
    conflicts.retain(|conflict| !tx.actor.hides(conflict.record.kind, conflict.field));
    let records = ids.iter().filter_map(|id| seen.remove(id)).collect();
    Ok(Unmerged { records: query::all_told(tx, records), conflicts })
}

/// Stores a record that was merged away as it was, with its history and what hung on it.
fn put_back<R: Mergeable>(
    tx: &Tx<'_>,
    stored: &Stored,
    tail: &Kept,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<R> {
    let mut record = R::default();
    let (id, version) = (tail.record.into(), 0);
    record.stamp(Stamp { id, version, created: None, now: tx.now, user: None });
    image::onto(&tail.was, &mut record)?;
    record.fit(tx, conflicts)?;
    tx.put_back(&record)?;
    R::forget_states(tx, tail.record, tail.seq)?;
    store::move_back(tx, R::TABLE.kind, stored.head, tail.record, &tail.moved, conflicts)?;
    Ok(record)
}

/// Whether the kept record is what the merge has made of it.
fn is_untouched<R: Mergeable>(tx: &Tx<'_>, kept: &Kept, now: &R) -> Result<bool> {
    let version = kept.is.get("version").and_then(serde_json::Value::as_i64);
    let last = R::last_state(tx, &[kept.record])?;
    Ok(version == Some(now.version()) && last.get(&kept.record).copied() == kept.seq_after)
}

/// Puts back what nobody changed since; the rest stays and is listed.
fn three_way<R: Mergeable>(
    tx: &mut Tx<'_>,
    kept: &Kept,
    now: R,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<()> {
    let (mut before, mut merged) = (now.clone(), now.clone());
    image::onto(&kept.was, &mut before)?;
    image::onto(&kept.is, &mut merged)?;
    before.fit(tx, conflicts)?;
    let (mut after, mut kept_fields) = composed(&now, &before, &merged, &[])?;
    let unfit = R::unfit(tx, &now, &after)?;
    if !unfit.is_empty() {
        (after, kept_fields) = composed(&now, &before, &merged, unfit)?;
    }
    R::follow(tx, &now, &mut after)?;
    for name in kept_fields {
        conflicts.push(MergeConflict {
            record: now.subject(),
            field: name,
            before: before.value(name)?,
            merged: merged.value(name)?,
            now: now.value(name)?,
        });
    }
    if tx.save(&now, &mut after)? {
        R::announce(tx, vec![Changed::new(Some(now), Some(after))]);
        tx.settle()?;
    }
    Ok(())
}

/// Fields that follow from others and are worked out anew.
const DERIVED: [&str; 5] =
    ["email_normalized", "phone_normalized", "tax_id_normalized", "email_state", "phone_state"];

/// A record with everything put back that is as the merge has left it, and the fields that the merge had changed and that stay.
fn composed<R: Mergeable>(
    now: &R,
    before: &R,
    merged: &R,
    staying: &[&'static str],
) -> Result<(R, Vec<&'static str>)> {
    let cell = |record: &R, at: usize| (R::ACCESS[at].cell)(record).into_owned();
    let fields = R::TABLE.fields;
    let by_merge: Vec<usize> = told_fields::<R>()
        .filter(|at| {
            let field = &fields[*at];
            let own = !field.hidden && !DERIVED.contains(&field.name);
            own && cell(before, *at) != cell(merged, *at)
        })
        .collect();
    let mut stays: BTreeSet<&'static str> = staying.iter().copied().collect();
    for at in &by_merge {
        let name = fields[*at].name;
        let lists = matches!(fields[*at].place, Place::Link(..));
        if !lists && cell(now, *at) != cell(merged, *at) {
            stays.insert(name);
            let together = R::TOGETHER.iter().filter(|group| group.contains(&name));
            stays.extend(together.copied().flatten());
        }
    }
    let mut after = now.clone();
    let mut kept = Vec::new();
    for at in by_merge {
        let (field, value) = (&fields[at], R::ACCESS[at].to_value);
        if let (Value::Ids(mut ids), Value::Ids(before), Value::Ids(merged)) =
            (value(&after), value(before), value(merged))
        {
            // Those that the merge brought go; those that came later, or were there, stay.
            ids.retain(|id| before.contains(id) || !merged.contains(id));
            after.set_at(at, &Value::Ids(ids))?;
        } else if !stays.contains(field.name) {
            if !(R::ACCESS[at].read)(&mut after, cell(before, at)) {
                return Err(Error::bug("a stored value can be read"));
            }
        } else if cell(now, at) != cell(before, at) {
            kept.push(field.name);
        }
    }
    Ok((after, kept))
}
