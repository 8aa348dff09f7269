//! Taking a merge back: what nobody has touched since is put back exactly; what was changed since stays, and is listed if the merge had
//! changed it too.

use std::collections::BTreeSet;

use crate::access::{self, Deed};
use crate::base::field::{Place, told_fields};
use crate::base::frame::json;
use crate::base::{
    Error, ErrorKind, FieldKind, Frame, Id as _, LeadId, PartnerId, Record as _, RecordKind,
    Result, Value,
};
use crate::desk::query;
use crate::event::{Event, LeadChange, Merged};
use crate::lead::office::{Office, office};
use crate::lead::rules as pipeline;
use crate::lead::store as leads;
use crate::merge::image;
use crate::merge::store::{self, Kept, Stored};
use crate::record::{Lead, Message, WonStatus};
use crate::storage::Tx;
use crate::{history, merged};

/// Something that could not be put back as it was, since it has changed in the meantime.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeConflict {
    /// Of which lead.
    pub record: LeadId,
    /// Which field.
    pub field: &'static str,
    /// What it was before the merge.
    pub before: Value,
    /// What the merge made of it; nothing of a lead that was merged away.
    pub merged: Value,
    /// What it is now, and stays.
    pub now: Value,
}

/// What became of taking a merge back.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmerged {
    /// The leads that stand for themselves again, the one that was kept first; those that the user may see.
    pub leads: Vec<Lead>,
    /// What is not as it was. Empty: everything is.
    pub conflicts: Vec<MergeConflict>,
}

impl Unmerged {
    /// The conflicts as a table: `record_id`, `field`, and `before`, `merged` and `now` as text.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
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
            frame.push([conflict.record.into(), conflict.field.into()].into_iter().chain(states));
        }
        frame
    }
}

/// Fields that are put back together or not at all.
const TOGETHER: [&[&str]; 2] = [
    &["street", "street2", "city", "zip", "state_code", "country_code"],
    &[
        "company_id",
        "partner_id",
        "user_id",
        "team_id",
        "stage_id",
        "date_open",
        "date_last_stage_update",
        "lost_reason_id",
        "kind",
    ],
];

/// The second of them: whose the lead is and where it stands.
const PLACE: &[&str] = TOGETHER[1];

/// Takes a merge back.
pub(crate) fn unmerge(tx: &mut Tx<'_>, id: i64) -> Result<Unmerged> {
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    let missing = || {
        Error::new(ErrorKind::NotFound, format!("no merge {id} of leads")).with_field("merge_id")
    };
    let stored = store::load(tx, id)?
        .filter(|stored| stored.kind == RecordKind::Lead.name())
        .ok_or_else(missing)?;
    let head = LeadId(stored.head);
    let now = match query::get::<Lead>(tx, head) {
        Err(error)
            if error.kind() == ErrorKind::NotFound
                && merged::survivor(tx, RecordKind::Lead, head.0)?.is_some() =>
        {
            return Err(Error::conflict(format!("{error}; take that merge back first"))
                .with_subject(head.subject()));
        }
        found => found?,
    };
    if stored.is_undone {
        return Ok(Unmerged { leads: vec![now], conflicts: Vec::new() });
    }
    let (kept, gone) = stored.rows.split_first().ok_or_else(missing)?;
    let mut changes = Vec::new();
    let mut ids = vec![head.0];
    for tail in gone {
        changes.push(LeadChange::restored(None, put_back(tx, &stored, tail)?));
        ids.push(tail.record);
    }
    let exact = is_untouched(tx, kept, &now)?;
    if exact && kept.was.get("version") != kept.is.get("version") {
        let mut was = now.clone();
        image::onto(&kept.was, &mut was)?;
        tx.take_back(&now, &was)?;
        history::take_back(tx, head.0, kept.seq)?;
        changes.push(LeadChange::restored(Some(now.clone()), was));
    }
    if let Some(message) = stored.message {
        tx.remove::<Message>(message.into())?;
    }
    store::end(tx, id)?;
    tx.announce(Event::Leads(changes));
    tx.settle()?;
    let mut conflicts = Vec::new();
    if !exact {
        three_way(tx, kept, now, &mut conflicts)?;
    }
    mend(tx, &ids, &mut conflicts)?;
    tx.announce(Event::Merged(vec![Merged {
        id,
        kind: RecordKind::Lead,
        head: head.0,
        merged: ids[1..].to_vec(),
        undone: true,
    }]));
    tx.settle()?;
    let mut seen = query::seen::<Lead>(tx, &ids)?;
    Ok(Unmerged { leads: ids.iter().filter_map(|id| seen.remove(id)).collect(), conflicts })
}

/// Stores a lead that was merged away as it was, with its history and what hung on it.
fn put_back(tx: &Tx<'_>, stored: &Stored, tail: &Kept) -> Result<Lead> {
    let mut lead = Lead { id: LeadId(tail.record), ..Lead::default() };
    image::onto(&tail.was, &mut lead)?;
    tx.put_back(&lead)?;
    history::take_back(tx, tail.record, tail.seq)?;
    store::move_back(tx, RecordKind::Lead, stored.head, tail.record, &tail.moved)?;
    Ok(lead)
}

/// Whether the kept lead is what the merge has made of it.
fn is_untouched(tx: &Tx<'_>, kept: &Kept, now: &Lead) -> Result<bool> {
    let version = kept.is.get("version").and_then(serde_json::Value::as_i64);
    let last = history::last(tx, &[kept.record])?;
    Ok(version == Some(now.version) && last.get(&kept.record).copied() == kept.seq_after)
}

/// Puts back what nobody changed since; the rest stays and is listed.
fn three_way(
    tx: &mut Tx<'_>,
    kept: &Kept,
    now: Lead,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<()> {
    let (mut before, mut merged) = (now.clone(), now.clone());
    image::onto(&kept.was, &mut before)?;
    image::onto(&kept.is, &mut merged)?;
    let office = office(tx)?;
    let moment = pipeline::moment(&now, tx.now);
    let (mut after, mut kept_fields) = composed(&now, &before, &merged, &BTreeSet::new())?;
    let stands = |lead: &Lead| {
        let stage = lead.stage_id.and_then(|id| office.stage(id));
        let usable = stage.is_none_or(|stage| Office::usable(stage, lead.team_id, lead.company_id));
        let open = lead.won_status != WonStatus::Pending || stage.is_none_or(|stage| !stage.is_won);
        let won = lead.won_status != WonStatus::Won || stage.is_some_and(|stage| stage.is_won);
        usable && open && won && office.check_owners(Some(&now), lead).is_ok()
    };
    if !stands(&after) {
        // Where it stands now it cannot be another's: all of that stays.
        (after, kept_fields) = composed(&now, &before, &merged, &PLACE.iter().copied().collect())?;
    }
    let home = office.country(after.company_id).map(str::to_owned);
    pipeline::normalize(Some(&now), &mut after, home.as_deref())?;
    if after.stage_id != now.stage_id {
        after.date_last_stage_update = Some(moment);
    }
    office.follow_policy(&mut after);
    for name in kept_fields {
        conflicts.push(MergeConflict {
            record: now.id,
            field: name,
            before: before.value(name)?,
            merged: merged.value(name)?,
            now: now.value(name)?,
        });
    }
    if tx.save(&now, &mut after)? {
        tx.announce(Event::Leads(vec![LeadChange::new(Some(now), Some(after))]));
        tx.settle()?;
    }
    Ok(())
}

/// A lead with everything put back that is as the merge has left it, and the fields that the merge had changed and that stay.
fn composed(
    now: &Lead,
    before: &Lead,
    merged: &Lead,
    staying: &BTreeSet<&'static str>,
) -> Result<(Lead, Vec<&'static str>)> {
    let cell = |lead: &Lead, at: usize| (Lead::ACCESS[at].cell)(lead).into_owned();
    let table = Lead::TABLE;
    // What follows from other fields is worked out anew.
    let derived = |at: &usize| {
        matches!(
            table.fields[*at].name,
            "email_normalized" | "phone_normalized" | "email_state" | "phone_state"
        )
    };
    let by_merge: Vec<usize> = told_fields::<Lead>()
        .filter(|at| {
            !table.fields[*at].hidden && !derived(at) && cell(before, *at) != cell(merged, *at)
        })
        .collect();
    let mut stays: BTreeSet<&'static str> = staying.clone();
    for at in &by_merge {
        let name = table.fields[*at].name;
        let lists = matches!(table.fields[*at].place, Place::Link(..));
        if !lists && cell(now, *at) != cell(merged, *at) {
            stays.insert(name);
            stays.extend(TOGETHER.iter().filter(|group| group.contains(&name)).copied().flatten());
        }
    }
    let mut after = now.clone();
    let mut kept = Vec::new();
    for at in by_merge {
        let field = &table.fields[at];
        if field.name == "tag_ids" {
            // Those that the merge brought go; those that came later, or were there, stay.
            after
                .tag_ids
                .retain(|tag| before.tag_ids.contains(tag) || !merged.tag_ids.contains(tag));
        } else if !stays.contains(field.name) {
            if !(Lead::ACCESS[at].read)(&mut after, cell(before, at)) {
                return Err(Error::bug("a stored value can be read"));
            }
        } else if cell(now, at) != cell(before, at) {
            kept.push(field.name);
        }
    }
    Ok((after, kept))
}

/// Lets leads that are there again refer to what there still is, by today's office, and lists what they refer to no more.
fn mend(tx: &mut Tx<'_>, ids: &[i64], conflicts: &mut Vec<MergeConflict>) -> Result<()> {
    let office = office(tx)?;
    let leads = leads::as_stored(tx, ids)?;
    let partners: Vec<i64> =
        leads.iter().filter_map(|lead| lead.partner_id).map(|id| id.0).collect();
    let there: BTreeSet<i64> = leads::own_partners(tx, ids)?.into_keys().collect();
    let mut changes = Vec::new();
    let mut replaced = std::collections::BTreeMap::new();
    for id in partners.into_iter().filter(|id| !there.contains(id)) {
        replaced.insert(id, merged::survivor(tx, RecordKind::Partner, id)?.map(PartnerId));
    }
    for before in leads {
        let mut after = mended(&before, &office)?;
        if let Some(partner) = before.partner_id.and_then(|id| replaced.get(&id.0)) {
            after.partner_id = *partner;
        }
        if after.stage_id.is_none() && before.stage_id.is_some() {
            let open =
                office.default_stage(after.team_id, after.company_id).filter(|stage| !stage.is_won);
            after.stage_id = open.map(|stage| stage.id);
            after.date_last_stage_update = Some(pipeline::moment(&before, tx.now));
        }
        if after.user_id.is_none() {
            after.date_open = None;
        }
        for at in told_fields::<Lead>().filter(|at| !Lead::TABLE.fields[*at].hidden) {
            let value = |lead: &Lead| (Lead::ACCESS[at].to_value)(lead);
            let refers =
                matches!(Lead::TABLE.fields[at].kind, FieldKind::Ref(_) | FieldKind::Ids(_));
            if refers && value(&before) != value(&after) {
                let field = Lead::TABLE.fields[at].name;
                let (was, is) = (value(&before), value(&after));
                conflicts.push(MergeConflict {
                    record: before.id,
                    field,
                    before: was,
                    merged: Value::Null,
                    now: is,
                });
            }
        }
        office.follow_policy(&mut after);
        if tx.save(&before, &mut after)? {
            changes.push(LeadChange::new(Some(before), Some(after)));
        }
    }
    if !changes.is_empty() {
        tx.announce(Event::Leads(changes));
        tx.settle()?;
    }
    Ok(())
}

/// A lead without references to what is gone; a pending one stands in no won stage.
fn mended(lead: &Lead, office: &Office) -> Result<Lead> {
    let mut after = lead.clone();
    for (at, field) in Lead::TABLE.fields.iter().enumerate() {
        let value = (Lead::ACCESS[at].to_value)(lead);
        let known = |value: &Value| office.check_reference(field, value).is_ok();
        let is_stored = matches!(field.place, Place::Column | Place::Link(..));
        if !is_stored || field.name == "id" || field.system || known(&value) {
            continue;
        }
        let kept = match value {
            Value::Ids(ids) => {
                Value::Ids(ids.into_iter().filter(|id| known(&Value::Ids(vec![*id]))).collect())
            }
            _ => Value::Null,
        };
        (Lead::ACCESS[at].set)(&mut after, &kept, field, lead.currency)?;
    }
    let stage = after.stage_id.and_then(|id| office.stage(id));
    let unfit = |stage: &&crate::record::Stage| {
        let won = stage.is_won && after.won_status == WonStatus::Pending;
        won || !Office::usable(stage, after.team_id, after.company_id)
    };
    if stage.filter(unfit).is_some() && lead.won_status != WonStatus::Won {
        after.stage_id = None;
    }
    Ok(after)
}
