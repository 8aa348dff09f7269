//! Creating leads, one or a million, and copying them.

use crate::access::{self, Actor, Deed};
use crate::base::{FieldKind, Fields, Record as _, RecordKind, Result, TeamId, Value, limit};
use crate::desk::query;
use crate::event::LeadChange;
use crate::lead::customer::{self, Customers, Reached};
use crate::lead::draft::{self, Context, OwnPartners};
use crate::lead::office::{Office, office};
use crate::lead::store;
use crate::property;
use crate::record::{Lead, LeadKind};
use crate::storage::Tx;
use crate::storage::ahead::in_turn;
use crate::storage::records::Inserter;

/// Creates leads as a host says, which asks no team for what it does not do.
pub(crate) fn create_asked(tx: &mut Tx<'_>, drafts: &[Fields]) -> Result<Vec<Lead>> {
    let office = office(tx)?;
    for fields in drafts {
        access::may_give(RecordKind::Lead, fields, Deed::Create, &tx.actor)?;
        able(fields, &office, &tx.actor)?;
    }
    create(tx, drafts)
}

/// Refuses a team that was named and does not work on leads of that kind.
fn able(fields: &Fields, office: &Office, actor: &Actor) -> Result<()> {
    let team = fields.get("team_id").and_then(Value::as_int).map(TeamId);
    let seen = |team: &TeamId| office.check_team(*team, actor).is_ok();
    let usual = if office.use_leads { "lead" } else { "opportunity" };
    let kind = fields.get("kind").or_else(|| fields.get("type")).and_then(Value::as_text);
    let kind = match kind.unwrap_or(usual) {
        "lead" => LeadKind::Lead,
        _ => LeadKind::Opportunity,
    };
    office.check_switch(team.filter(seen), kind)
}

/// Creates leads in the order given; answers them as stored.
pub(crate) fn create(tx: &mut Tx<'_>, drafts: &[Fields]) -> Result<Vec<Lead>> {
    access::allow(RecordKind::Lead, Deed::Create, &tx.actor)?;
    let mut created: Vec<Lead> = Vec::with_capacity(drafts.len());
    for chunk in drafts.chunks(limit::CHUNK) {
        let partners = named_partners(tx, chunk)?;
        let (office, properties) = (office(tx)?, property::definitions(tx)?);
        let actor = tx.actor.clone();
        let mut changes = Vec::with_capacity(chunk.len());
        let (mut bound, mut reached) = (Vec::new(), Vec::new());
        let cx = Context {
            office: &office,
            partners: &partners,
            own: &OwnPartners::new(),
            properties: &properties,
            actor: &actor,
            now: tx.now,
        };
        let ahead = tx.ahead();
        let mut inserter = Inserter::new(tx, chunk.len());
        let make = |fields: &Fields| draft::create(fields, &cx);
        in_turn(ahead, chunk, make, |fields, mut lead| {
            reached.extend(Reached::of(&lead, fields));
            inserter.insert(&mut lead)?;
            if let Some((system, external)) = &fields.external_id {
                bound.push((lead.id.0, system.as_str(), external.as_str()));
            }
            changes.push(LeadChange::new(None, Some(lead)));
            Ok(())
        })?;
        inserter.end()?;
        store::refuse_blind(tx, &office, &changes)?;
        crate::external_id::bind_all(tx, RecordKind::Lead, &bound)?;
        let settled = tx.settle_leads(changes)?;
        debug_assert_eq!(settled.len(), chunk.len(), "a new lead has no further consequences");
        let mut leads: Vec<Lead> = settled.into_iter().filter_map(|change| change.after).collect();
        if customer::tell(tx, reached)? {
            // What a customer heard from one of them, another may have heard from the customer.
            let ids: Vec<i64> = leads.iter().map(|lead| lead.id.0).collect();
            leads = store::as_stored(tx, &ids)?;
        }
        if !tx.actor.rules.is_empty() {
            let ids: Vec<i64> = leads.iter().map(|lead| lead.id.0).collect();
            query::permit(tx, Lead::TABLE, &ids, Deed::Create)?;
        }
        created.append(&mut leads);
    }
    Ok(created)
}

/// The partners that drafts name, looked up at once.
pub(crate) fn named_partners(tx: &Tx<'_>, drafts: &[Fields]) -> Result<Customers> {
    let ids: Vec<i64> = drafts
        .iter()
        .filter_map(|fields| fields.get("partner_id").and_then(Value::as_int))
        .collect();
    customer::load(tx, &ids)
}

/// Copies leads: what they are about, not what became of them. Answers the copies.
pub(crate) fn copy(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Lead>> {
    let mut copies = Vec::with_capacity(ids.len());
    for chunk in query::distinct(ids)?.chunks(limit::CHUNK) {
        let office = office(tx)?;
        let drafts: Vec<Fields> =
            store::visible(tx, chunk)?.iter().map(|lead| copied(lead, &office)).collect();
        copies.extend(create(tx, &drafts)?);
    }
    Ok(copies)
}

/// The fields that a copy takes over. An archived salesperson is not among them.
fn copied(lead: &Lead, office: &Office) -> Fields {
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
