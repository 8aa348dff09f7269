//! Many leads at once, each with its own fields and its own past: what an import brings.
//!
//! Deciding is apart from writing. [`decide`] says for each draft what would become of it, or why not, and writes nothing, so that a
//! refused draft takes no other with it; [`write`] then stores all of it and lets the consequences follow once.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::access::{self, Deed};
use crate::base::field::changed_fields;
use crate::base::{
    Error, Field, Fields, LostReasonId, Record, RecordKind, Result, Subject, Timestamp, Value,
};
use crate::desk::{self, query};
use crate::event::{Event, LeadChange};
use crate::lead::customer;
use crate::lead::draft::{self, Context};
use crate::lead::office::office;
use crate::lead::past::{Past, announce, dated, not_to_come};
use crate::lead::{rules, store};
use crate::property::{self, Definitions};
use crate::record::{ForecastCategory, Lead, WonStatus};
use crate::storage::Tx;
use crate::storage::records::Inserter;

/// One lead as a file describes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// The lead that it changes; none: a new one.
    pub(crate) id: Option<i64>,
    /// What is given.
    pub(crate) fields: Fields,
    /// What is given of its past.
    pub(crate) past: Past,
    /// Fields of the library's own that are given; they must be so already.
    pub(crate) kept: Vec<(&'static Field, Value)>,
}

/// What becomes of a draft.
#[derive(Debug)]
pub(crate) enum Step {
    /// A new lead; with its state before it was closed, if it was.
    Create(Box<(Lead, Option<Lead>)>),
    /// A changed one, with its state before, when its outcome became true, and the chance that was given.
    Update(Box<LeadChange>),
    /// It is so already.
    Same(i64),
}

/// What would become of each draft. No two drafts name the same lead.
pub(crate) fn decide(tx: &Tx<'_>, drafts: &[Draft]) -> Result<Vec<Result<Step>>> {
    let ids: Vec<i64> = drafts.iter().filter_map(|draft| draft.id).collect();
    let stored: HashMap<i64, Lead> =
        if ids.is_empty() { HashMap::new() } else { query::seen(tx, &ids)? };
    let named: Vec<i64> = drafts
        .iter()
        .filter_map(|draft| draft.fields.get("partner_id").and_then(Value::as_int))
        .collect();
    let partners = customer::load(tx, &named)?;
    let own = store::own_partners(tx, &ids)?;
    let (office, properties) = (office(tx)?, property::definitions(tx)?);
    let cx = Context {
        office: &office,
        partners: &partners,
        own: &own,
        properties: &properties,
        actor: &tx.actor,
        now: tx.now,
    };
    let step = |draft: &Draft| match draft.id {
        None => access::allow(RecordKind::Lead, Deed::Create, cx.actor)
            .and_then(|()| create(draft, &cx)),
        Some(id) => {
            let subject = Subject { kind: RecordKind::Lead, id };
            let before = stored.get(&id).ok_or_else(|| Error::not_found(subject))?;
            access::allow(RecordKind::Lead, Deed::Update, cx.actor)
                .and_then(|()| update(before, draft, &cx))
                .map_err(|error| error.or_subject(subject))
        }
    };
    Ok(drafts.iter().map(step).collect())
}

/// Stores what was decided; answers the lead of each step.
pub(crate) fn write(tx: &mut Tx<'_>, steps: Vec<Step>) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(steps.len());
    let altered = steps.iter().filter_map(|step| match step {
        Step::Update(change) => Some(change.id()),
        _ => None,
    });
    let altered: Vec<i64> = altered.collect();
    query::permit(tx, Lead::TABLE, &altered, Deed::Update)?;
    let mut created = Vec::with_capacity(steps.len() - altered.len());
    let mut changes = Vec::with_capacity(steps.len());
    let new = steps.iter().filter(|step| matches!(step, Step::Create(_))).count();
    let mut inserter = Inserter::new(tx, new);
    for step in steps {
        match step {
            Step::Same(id) => ids.push(id),
            Step::Create(new) => {
                let (mut lead, begun) = *new;
                inserter.insert(&mut lead)?;
                ids.push(lead.id.0);
                created.push(lead.id.0);
                announce(&mut changes, lead, begun);
            }
            Step::Update(change) => {
                let mut change = *change;
                ids.push(change.id());
                if let (Some(before), Some(after)) = (&change.before, &mut change.after) {
                    tx.save(before, after)?;
                }
                changes.push(change);
            }
        }
    }
    inserter.end()?;
    store::refuse_blind(tx, &*office(tx)?, &changes)?;
    if !changes.is_empty() {
        tx.announce(Event::Leads(changes));
        tx.settle()?;
    }
    query::permit(tx, Lead::TABLE, &created, Deed::Create)?;
    query::permit(tx, Lead::TABLE, &altered, Deed::Update)?;
    Ok(ids)
}

fn create(draft: &Draft, cx: &Context<'_>) -> Result<Step> {
    if let Some((field, _)) = draft.kept.first() {
        return Err(field.refuse("is kept by the library; a new lead cannot bring it"));
    }
    let past = &draft.past;
    let mut fields = Cow::Borrowed(&draft.fields);
    let category = ended_category(&mut fields, past)?;
    // What was thought of a deal that has ended since is kept, though it decides nothing any more.
    let opinion = opinion(draft);
    if opinion.is_some() {
        fields.to_mut().take("manual_probability");
    }
    let mut lead = draft::create(&fields, cx)?;
    if let Some(chance) = opinion {
        lead.set("manual_probability", &chance)?;
    }
    let begun = dated(&mut lead, past, cx.office, cx.now)?;
    settle_past(&mut lead, past, cx)?;
    if let Some(category) = category {
        rules::set_category(None, &mut lead, category)?;
    }
    Ok(Step::Create(Box::new((lead, begun))))
}

/// The category of a draft whose file says the outcome, to be set once that is known.
fn ended_category(fields: &mut Cow<'_, Fields>, past: &Past) -> Result<Option<ForecastCategory>> {
    if past.outcome.is_none() || !fields.has("forecast_category") {
        return Ok(None);
    }
    let category = draft::category(fields)?;
    fields.to_mut().take("forecast_category");
    Ok(category)
}

/// The chance that a person gave.
fn opinion(draft: &Draft) -> Option<Value> {
    draft.fields.get("manual_probability").filter(|chance| !chance.is_null()).cloned()
}

fn update(before: &Lead, draft: &Draft, cx: &Context<'_>) -> Result<Step> {
    if let Some(created) = draft.past.created {
        desk::same_creation(before, created)?;
    }
    for (field, value) in &draft.kept {
        let stored = before.value(field.name)?;
        if stored != *value {
            return Err(field.refuse("is kept by the library and differs from what is stored"));
        }
    }
    if same(before, draft, cx.properties) {
        return Ok(Step::Same(before.id.0));
    }
    let mut fields = Cow::Borrowed(&draft.fields);
    let category = ended_category(&mut fields, &draft.past)?;
    for name in ["probability", "manual_probability"] {
        if fields.get(name).is_some_and(|given| says(before, name, given)) {
            fields.to_mut().take(name);
        }
    }
    let mut after = draft::update(before, &fields, cx)?;
    let effective = outcome(before, &mut after, draft, cx)?;
    cx.office.follow_policy(&mut after);
    if let Some(category) = category {
        rules::set_category(Some(before), &mut after, category)?;
    }
    let changed = changed_fields(before, &after).next().is_some();
    Ok(if changed {
        let opinion = draft::chance(&fields)?.flatten();
        let change = LeadChange::new(Some(before.clone()), Some(after));
        Step::Update(Box::new(LeadChange { effective, opinion, ..change }))
    } else {
        Step::Same(before.id.0)
    })
}

/// Whether a lead has that value of that field already.
fn says(lead: &Lead, name: &str, value: &Value) -> bool {
    let mut probe = lead.clone();
    probe.set(name, value).is_ok()
        && probe.probability == lead.probability
        && changed_fields(lead, &probe).next().is_none()
}

/// Whether a lead is all that a draft says already.
fn same(before: &Lead, draft: &Draft, properties: &Definitions) -> bool {
    let mut probe = before.clone();
    for (name, value) in draft.fields.iter() {
        let fits = match name.strip_prefix("properties.") {
            None => probe.set(name, value).is_ok(),
            Some(name) => properties
                .check(RecordKind::Lead, name, value)
                .is_ok_and(|value| before.properties.0.get(name) == value.as_ref()),
        };
        if !fits {
            return false;
        }
    }
    let past = &draft.past;
    let is =
        |given: Option<Timestamp>, stored: Option<Timestamp>| given.is_none() || given == stored;
    probe.probability == before.probability
        && changed_fields(before, &probe).next().is_none()
        && is(past.created, Some(before.create_date))
        && is(past.opened, before.date_open)
        && is(past.closed, before.date_closed)
        && is(past.moved, before.date_last_stage_update)
        && is(past.converted, before.date_conversion)
        && past.outcome.is_none_or(|outcome| outcome == before.won_status)
        && past.active.is_none_or(|active| active == before.active)
        && past.lost_reason_id.is_none_or(|id| before.lost_reason_id == Some(LostReasonId(id)))
}

/// The outcome and the dates that a file gives a stored lead; answers when the outcome became true.
fn outcome(
    before: &Lead,
    after: &mut Lead,
    draft: &Draft,
    cx: &Context<'_>,
) -> Result<Option<Timestamp>> {
    let past = &draft.past;
    let now = rules::moment(before, cx.now);
    let closed = past.closed.or(before.date_closed).unwrap_or(now);
    match past.outcome.filter(|outcome| *outcome != after.won_status) {
        None => {}
        Some(WonStatus::Won) => *after = rules::win(after, cx.office, closed)?,
        Some(other) if after.won_status == WonStatus::Won && draft.fields.has("stage_id") => {
            return Err(Error::invalid(
                "won_status",
                format!("won_status: a lead in a won stage is won, not {}", other.word()),
            ));
        }
        Some(WonStatus::Lost) => *after = rules::lose(after, None, closed)?,
        Some(WonStatus::Pending) => *after = rules::reopen(after, cx.office, now)?,
    }
    let ended = after.won_status != WonStatus::Pending;
    if let Some(closed) = past.closed {
        crate::require!(ended, "date_closed", "date_closed: only a won or lost lead was closed");
        not_to_come(
            "date_closed",
            Some(closed).filter(|closed| before.date_closed != Some(*closed)),
            cx.now,
        )?;
        crate::require!(
            closed >= after.create_date || before.date_closed == Some(closed),
            "date_closed",
            "date_closed: {closed} is before the lead was created ({})",
            after.create_date
        );
        if before.won_status != after.won_status && before.stage_id != after.stage_id {
            after.date_last_stage_update = Some(closed);
        }
        after.date_closed = Some(closed);
    }
    if let Some(opened) = past.opened {
        after.date_open = after.user_id.and(Some(opened));
    }
    settle_past(after, past, cx)?;
    let turned = before.won_status != after.won_status;
    Ok(after.date_closed.filter(|closed| turned || before.date_closed != Some(*closed)))
}

/// What is left of a past once the outcome is known.
fn settle_past(lead: &mut Lead, past: &Past, cx: &Context<'_>) -> Result<()> {
    if let Some(moved) = past.moved {
        lead.date_last_stage_update = Some(moved);
    }
    if let Some(converted) = past.converted {
        lead.date_conversion = Some(converted);
    }
    if let Some(reason) = past.lost_reason_id {
        let field = Lead::TABLE.field("lost_reason_id")?;
        cx.office.check_reference(field, &Value::Int(reason))?;
        crate::require!(
            lead.won_status == WonStatus::Lost,
            "lost_reason_id",
            "lost_reason_id: only a lost lead has a reason, and this one is {}",
            lead.won_status.word()
        );
        lead.lost_reason_id = Some(LostReasonId(reason));
    }
    if let Some(active) = past.active {
        crate::require!(
            !(active && lead.won_status == WonStatus::Lost),
            "active",
            "active: a lost lead is hidden"
        );
        lead.active = active;
    }
    Ok(())
}
