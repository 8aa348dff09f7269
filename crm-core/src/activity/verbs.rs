//! The verbs of activities: schedule, change, do, cancel. Each loads, decides, saves and announces, however many there are.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access::{self, Deed};
use crate::activity::types::Types;
use crate::activity::{Schedule, due, plan};
use crate::base::field::FieldValue;
use crate::base::{
    CompanyId, Currency, Error, Fields, Id as _, Record as _, RecordKind, Result, UserId, limit,
};
use crate::desk::blind::{self, Given};
use crate::desk::{check_version, query};
use crate::event::{ActivityChange, Event};
use crate::lead::office::{Office, office};
use crate::record::{Activity, ActivityType, ChainingType, SubjectKind, table};
use crate::storage::Tx;
use crate::storage::records::{Inserter, id_list};

/// What decisions read: the office and the types of activities.
struct Context {
    office: Arc<Office>,
    types: Arc<Types>,
}

impl Context {
    fn of(tx: &Tx<'_>) -> Result<Self> {
        Ok(Self { office: office(tx)?, types: tx.memo(Types::load)? })
    }
}

/// The companies of the records that activities are about.
type Companies = HashMap<(SubjectKind, i64), Option<CompanyId>>;

/// Schedules the same about records of a kind.
pub(super) fn schedule(
    tx: &mut Tx<'_>,
    kind: RecordKind,
    ids: &[i64],
    wanted: &Schedule,
) -> Result<Vec<Activity>> {
    access::allow(RecordKind::Activity, Deed::Create, &tx.actor)?;
    let subject_kind = SubjectKind::of(kind)?;
    let cx = Context::of(tx)?;
    let sort = cx.types.get(wanted.activity_type_id)?;
    fits(sort, subject_kind)?;
    let user_id = wanted.user_id.or(sort.default_user_id).or(tx.actor.user_id);
    let mut draft = Activity {
        subject_kind,
        activity_type_id: sort.id,
        user_id,
        date_deadline: match wanted.date_deadline {
            Some(day) => day.checked().map_err(|error| error.with_field("date_deadline"))?,
            None => plan::deadline(sort, cx.office.zone(user_id).date(tx.now), None)?,
        },
        ..Activity::default()
    };
    let text = |given: &Option<String>, usual: &Option<String>| {
        given.clone().or_else(|| usual.clone()).into()
    };
    draft.set("summary", &text(&wanted.summary, &sort.summary))?;
    draft.set("note", &text(&wanted.note, &sort.default_note))?;
    due::set_day(&cx.office, &mut draft);
    let ids = query::distinct(ids)?;
    let companies = query::companies(tx, table(kind), &ids)?;
    let about = |id: &i64| {
        if let Some(user) = user_id {
            cx.office.check_assignee(user, companies.get(id).copied().flatten())?;
        }
        Ok(Activity { subject_id: *id, ..draft.clone() })
    };
    let drafts = ids.iter().map(about).collect::<Result<Vec<_>>>()?;
    if let Some(user) = user_id {
        blind::refuse(tx, kind, &Given::from([(user, ids.clone())]))?;
    }
    let scheduled = insert(tx, drafts)?;
    let stored = scheduled.iter().map(|activity| activity.id.0).collect::<Vec<_>>();
    let changes = scheduled
        .into_iter()
        .map(|activity| ActivityChange { before: None, after: Some(activity) });
    tx.announce(Event::Activities(changes.collect()));
    as_stored(tx, &stored)
}

/// Refuses a type that is for another kind of record.
fn fits(sort: &ActivityType, kind: SubjectKind) -> Result<()> {
    crate::require!(
        sort.subject_kind.is_none_or(|only| only == kind),
        "activity_type_id",
        "activity_type_id: {:?} is not for a {}",
        sort.name,
        kind.word()
    );
    Ok(())
}

fn insert(tx: &Tx<'_>, mut drafts: Vec<Activity>) -> Result<Vec<Activity>> {
    let mut inserter = Inserter::new(tx, drafts.len());
    for draft in &mut drafts {
        inserter.insert(draft)?;
    }
    inserter.end()?;
    Ok(drafts)
}

/// Activities as they now are, in the order of the ids: what every verb answers.
fn as_stored(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Activity>> {
    tx.settle()?;
    let mut stored = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(limit::CHUNK) {
        let found = tx.by_ids::<Activity>(chunk)?;
        stored.extend(found.into_iter().map(|activity| (activity.id.0, activity)));
    }
    Ok(ids.iter().filter_map(|id| stored.remove(id)).collect())
}

/// As [`give`], to somebody who sees what it is about.
pub(super) fn update(tx: &mut Tx<'_>, ids: &[i64], fields: &Fields) -> Result<Vec<Activity>> {
    let changed = give(tx, ids, fields)?;
    if fields.has("user_id") {
        refuse_blind(tx, &changed)?;
    }
    Ok(changed)
}

/// Refuses that somebody has to do what is about a record that they do not see.
pub(crate) fn refuse_blind(tx: &Tx<'_>, activities: &[Activity]) -> Result<()> {
    for kind in SubjectKind::ALL {
        let mut given = Given::new();
        for activity in activities.iter().filter(|activity| activity.subject_kind == *kind) {
            if let Some(user) = activity.user_id {
                given.entry(user).or_default().push(activity.subject_id);
            }
        }
        blind::refuse(tx, kind.record(), &given)?;
    }
    Ok(())
}

/// Changes what is still to be done.
pub(crate) fn give(tx: &mut Tx<'_>, ids: &[i64], fields: &Fields) -> Result<Vec<Activity>> {
    access::allow(RecordKind::Activity, Deed::Update, &tx.actor)?;
    let cx = Context::of(tx)?;
    let ids = query::distinct(ids)?;
    let activities = query::visible::<Activity>(tx, &ids)?;
    let companies = companies(tx, &activities)?;
    if fields.external_id.is_some() {
        return Err(Error::invalid("external_id", "external_id: an activity has none"));
    }
    let mut changes = Vec::new();
    for before in activities {
        if let Some(expected) = fields.expected_version {
            check_version(tx, &before, expected, fields)?;
        }
        let changed = change(&cx, &before, fields, &companies);
        let mut after = changed.map_err(|error| error.or_subject(before.id.subject()))?;
        if tx.save(&before, &mut after)? {
            changes.push(ActivityChange { before: Some(before), after: Some(after) });
        }
    }
    if !changes.is_empty() {
        tx.announce(Event::Activities(changes));
    }
    as_stored(tx, &ids)
}

/// What an activity becomes with these fields.
fn change(
    cx: &Context,
    before: &Activity,
    fields: &Fields,
    companies: &Companies,
) -> Result<Activity> {
    let mut after = before.clone();
    for (name, value) in fields.iter() {
        after.set(name, value)?;
    }
    if after == *before {
        return Ok(after);
    }
    refuse_done(before, "changed")?;
    if after.activity_type_id != before.activity_type_id {
        fits(cx.types.get(after.activity_type_id)?, after.subject_kind)?;
    }
    if let Some(user) = after.user_id.filter(|_| after.user_id != before.user_id) {
        let company = companies.get(&(after.subject_kind, after.subject_id)).copied();
        cx.office.check_assignee(user, company.flatten())?;
    }
    due::set_day(&cx.office, &mut after);
    Ok(after)
}

fn refuse_done(activity: &Activity, what: &str) -> Result<()> {
    crate::require!(
        activity.date_done.is_none(),
        "date_done",
        "date_done: {} is done and stays as it is; it cannot be {what}",
        activity.id.subject()
    );
    Ok(())
}

/// The companies of the records that these are about; whoever sees an activity sees its record.
fn companies(tx: &Tx<'_>, activities: &[Activity]) -> Result<Companies> {
    let mut companies = Companies::new();
    for kind in SubjectKind::ALL {
        let of_kind = activities.iter().filter(|activity| activity.subject_kind == *kind);
        let ids: Vec<i64> = of_kind.map(|activity| activity.subject_id).collect();
        if !ids.is_empty() {
            let found = query::companies(tx, table(kind.record()), &query::distinct(&ids)?)?;
            companies.extend(found.into_iter().map(|(id, company)| ((*kind, id), company)));
        }
    }
    Ok(companies)
}

/// Says that activities were done. What is done already stays as it is.
pub(super) fn done(tx: &mut Tx<'_>, ids: &[i64], feedback: Option<&str>) -> Result<Vec<Activity>> {
    access::allow(RecordKind::Activity, Deed::Update, &tx.actor)?;
    let feedback = feedback.map(str::trim).filter(|feedback| !feedback.is_empty());
    let field = Activity::TABLE.field("feedback")?;
    let feedback: Option<String> =
        FieldValue::from_value(&feedback.into(), field, Currency::default())?;
    let cx = Context::of(tx)?;
    let ids = query::distinct(ids)?;
    let mut open = query::visible::<Activity>(tx, &ids)?;
    open.retain(|activity| activity.date_done.is_none());
    let companies = companies(tx, &open)?;
    let next = open.iter().map(|activity| follow_up(tx, &cx, activity, &companies));
    let next = next.collect::<Result<Vec<_>>>()?;
    let mut following = insert(tx, next.iter().flatten().cloned().collect())?.into_iter();
    let mut changes = Vec::with_capacity(open.len());
    for (before, next) in open.into_iter().zip(next) {
        let next = next.and_then(|_| following.next());
        let mut after = Activity {
            date_done: Some(tx.now),
            feedback: feedback.clone(),
            next_activity_id: next.as_ref().map(|next| next.id),
            ..before.clone()
        };
        tx.save(&before, &mut after)?;
        changes.push(ActivityChange { before: Some(before), after: Some(after) });
        changes.extend(next.map(|next| ActivityChange { before: None, after: Some(next) }));
    }
    if !changes.is_empty() {
        tx.announce(Event::Activities(changes));
    }
    as_stored(tx, &ids)
}

/// What is scheduled when an activity is done, if its type says so.
fn follow_up(
    tx: &Tx<'_>,
    cx: &Context,
    before: &Activity,
    companies: &Companies,
) -> Result<Option<Activity>> {
    let sort = cx.types.get(before.activity_type_id)?;
    let Some(next) =
        sort.triggered_next_type_id.filter(|_| sort.chaining_type == ChainingType::Trigger)
    else {
        return Ok(None);
    };
    let next = cx.types.get(next)?;
    fits(next, before.subject_kind)?;
    let company = companies.get(&(before.subject_kind, before.subject_id)).copied().flatten();
    let can = |user: &UserId| cx.office.check_assignee(*user, company).is_ok();
    // The type's own, else who did this one, else whose this one was; nobody of them may have left meanwhile.
    let user_id = [next.default_user_id, tx.actor.user_id, before.user_id];
    let user_id = user_id.into_iter().flatten().find(can);
    let today = cx.office.zone(user_id).date(tx.now);
    let mut after = Activity {
        subject_kind: before.subject_kind,
        subject_id: before.subject_id,
        activity_type_id: next.id,
        summary: next.summary.clone(),
        note: next.default_note.clone(),
        date_deadline: plan::deadline(next, today, Some(before))?,
        user_id,
        ..Activity::default()
    };
    due::set_day(&cx.office, &mut after);
    Ok(Some(after))
}

/// Takes activities back.
pub(super) fn cancel(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    access::allow(RecordKind::Activity, Deed::Delete, &tx.actor)?;
    let ids = query::distinct(ids)?;
    let activities = query::visible::<Activity>(tx, &ids)?;
    activities.iter().try_for_each(|activity| refuse_done(activity, "cancelled"))?;
    for chunk in ids.chunks(limit::CHUNK) {
        let chunk = [id_list(chunk)];
        tx.execute(include_str!("forget_next.sql"), &chunk)?;
        tx.execute("DELETE FROM activity WHERE id IN (SELECT value FROM json_each(?1))", &chunk)?;
    }
    let changes = activities
        .into_iter()
        .map(|activity| ActivityChange { before: Some(activity), after: None });
    tx.announce(Event::Activities(changes.collect()));
    tx.settle()
}
