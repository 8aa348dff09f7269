//! Creating leads, one or a million, and copying them.

use crate::access::{self, Deed};
use crate::base::{FieldKind, Fields, Record as _, RecordKind, Result, Timestamp, Value, limit};
use crate::event::{Event, LeadChange};
use crate::lead::draft::{self, Context, Partners};
use crate::lead::office::office;
use crate::lead::{rules, store};
use crate::property;
use crate::record::{Lead, WonStatus};
use crate::storage::Tx;
use crate::storage::records::Inserter;

/// What an import knows of a lead's past.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    pub(crate) created: Option<Timestamp>,
    pub(crate) opened: Option<Timestamp>,
    pub(crate) closed: Option<Timestamp>,
    pub(crate) outcome: Option<WonStatus>,
    pub(crate) lost_reason_id: Option<i64>,
    /// When it last changed its stage.
    pub(crate) moved: Option<Timestamp>,
    /// When it became an opportunity.
    pub(crate) converted: Option<Timestamp>,
    /// Shown or hidden.
    pub(crate) active: Option<bool>,
}

/// Creates leads in the order given; answers their ids.
pub(crate) fn create(tx: &mut Tx<'_>, drafts: &[Fields]) -> Result<Vec<i64>> {
    create_dated(tx, drafts, |_| Past::default())
}

/// Creates leads that have a past, as an import does.
pub(crate) fn create_dated(
    tx: &mut Tx<'_>,
    drafts: &[Fields],
    past: impl Fn(usize) -> Past,
) -> Result<Vec<i64>> {
    access::allow(RecordKind::Lead, Deed::Create, &tx.actor)?;
    let mut ids = Vec::with_capacity(drafts.len());
    for (n, chunk) in drafts.chunks(limit::CHUNK).enumerate() {
        let partners = named_partners(tx, chunk)?;
        let (office, properties) = (office(tx)?, property::definitions(tx)?);
        let actor = tx.actor.clone();
        let mut changes = Vec::with_capacity(chunk.len());
        let mut inserter = Inserter::new(tx)?;
        for (at, fields) in chunk.iter().enumerate() {
            let cx = Context {
                office: &office,
                partners: &partners,
                properties: &properties,
                actor: &actor,
                now: tx.now,
            };
            let past = past(n * limit::CHUNK + at);
            let mut lead = draft::create(fields, &cx)?;
            let begun = dated(&mut lead, &past, &office, tx.now)?;
            inserter.insert(&mut lead)?;
            ids.push(lead.id.0);
            announce(&mut changes, lead, begun, &past);
        }
        drop(inserter);
        for (fields, change) in chunk.iter().zip(&ids[ids.len() - chunk.len()..]) {
            if let Some((system, external)) = &fields.external_id {
                crate::external_id::bind(tx, RecordKind::Lead, *change, system, external)?;
            }
        }
        tx.announce(Event::Leads(changes));
        tx.settle()?;
    }
    Ok(ids)
}

/// Gives a new lead its past; answers what it was before it was closed, if it was.
pub(super) fn dated(
    lead: &mut Lead,
    past: &Past,
    office: &crate::lead::office::Office,
    now: Timestamp,
) -> Result<Option<Lead>> {
    if let Some(created) = past.created {
        lead.create_date = created;
        lead.date_last_stage_update = Some(created);
        lead.date_open = lead.user_id.map(|_| past.opened.unwrap_or(created));
    } else if past.opened.is_some() {
        lead.date_open = lead.user_id.and(past.opened);
    }
    let closed_in_stage = lead.won_status == WonStatus::Won;
    let outcome = past.outcome.unwrap_or(lead.won_status);
    if past.created.is_none() && past.closed.is_none() && past.outcome.is_none() {
        return Ok(None);
    }
    let start = lead.create_date;
    let first = start.micros() == 0;
    let closed = past.closed.unwrap_or(now);
    crate::require!(
        first || closed >= start || outcome == WonStatus::Pending,
        "date_closed",
        "date_closed: {closed} is before the lead was created ({start})"
    );
    crate::require!(
        !(closed_in_stage && outcome != WonStatus::Won),
        "won_status",
        "won_status: a lead in a won stage is won, not {}",
        outcome.word()
    );
    crate::require!(
        past.closed.is_none() || outcome != WonStatus::Pending,
        "date_closed",
        "date_closed: only a won or lost lead was closed"
    );
    match outcome {
        WonStatus::Pending => Ok(None),
        WonStatus::Won if closed_in_stage => {
            let stage =
                office.default_stage(lead.team_id, lead.company_id).filter(|stage| !stage.is_won);
            let begun = Lead {
                won_status: WonStatus::Pending,
                date_closed: None,
                stage_id: stage.map(|stage| stage.id),
                won_from_stage_id: None,
                ..lead.clone()
            };
            lead.won_from_stage_id = begun.stage_id;
            lead.date_closed = Some(closed);
            lead.date_last_stage_update = Some(closed);
            Ok(Some(begun))
        }
        WonStatus::Won => {
            let begun = lead.clone();
            *lead = rules::win(lead, office, closed)?;
            Ok(Some(begun))
        }
        WonStatus::Lost => {
            let begun = lead.clone();
            *lead = rules::lose(lead, past.lost_reason_id.map(crate::base::LostReasonId), closed)?;
            Ok(Some(begun))
        }
    }
}

/// What happened, in the order in which it did.
pub(super) fn announce(
    changes: &mut Vec<LeadChange>,
    lead: Lead,
    begun: Option<Lead>,
    past: &Past,
) {
    let created = past.created;
    match begun {
        None => {
            changes.push(LeadChange { effective: created, ..LeadChange::new(None, Some(lead)) })
        }
        Some(mut begun) => {
            begun.id = lead.id;
            begun.version = lead.version;
            begun.create_date = lead.create_date;
            begun.create_uid = lead.create_uid;
            begun.write_date = lead.write_date;
            begun.write_uid = lead.write_uid;
            let closed = lead.date_closed;
            changes.push(LeadChange {
                effective: created,
                ..LeadChange::new(None, Some(begun.clone()))
            });
            changes
                .push(LeadChange { effective: closed, ..LeadChange::new(Some(begun), Some(lead)) });
        }
    }
}

/// The partners that drafts name, looked up at once.
pub(crate) fn named_partners(tx: &Tx<'_>, drafts: &[Fields]) -> Result<Partners> {
    let ids: Vec<i64> = drafts
        .iter()
        .filter_map(|fields| fields.get("partner_id").and_then(Value::as_int))
        .collect();
    if ids.is_empty() { Ok(Partners::new()) } else { store::partners(tx, &ids) }
}

/// Copies leads: what they are about, not what became of them. Answers the copies' ids.
pub(crate) fn copy(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<i64>> {
    let mut copies = Vec::with_capacity(ids.len());
    for chunk in store::distinct(ids)?.chunks(limit::CHUNK) {
        let office = office(tx)?;
        let drafts: Vec<Fields> =
            store::visible(tx, chunk)?.iter().map(|lead| copied(lead, &office)).collect();
        copies.extend(create(tx, &drafts)?);
    }
    Ok(copies)
}

/// The fields that a copy takes over. An archived salesperson is not among them.
fn copied(lead: &Lead, office: &crate::lead::office::Office) -> Fields {
    let mut fields = Fields::new();
    for (field, access) in Lead::TABLE.fields.iter().zip(Lead::ACCESS) {
        let links = matches!(field.kind, FieldKind::Ids(_));
        if !field.system && !field.uncopied && (field.is_stored() || links) {
            fields.set(field.name, (access.to_value)(lead));
        }
    }
    if lead.user_id.and_then(|id| office.user(id)).is_none_or(|user| !user.active) {
        fields.set("user_id", Value::Null);
    }
    fields
}
