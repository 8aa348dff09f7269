//! Looking for duplicates of one record, and for all records of given customers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::access;
use crate::base::free_mail::company_domain;
use crate::base::likeness::Wanted;
use crate::base::text::{domain_first, emails_normalized};
use crate::base::{
    FieldKind, Fields, LeadId, PartnerId, Record, RecordKind, Result, Table, Value, limit,
};
use crate::desk::query;
use crate::duplicate::reason::{Duplicate, Reason, Shared, score};
use crate::duplicate::scan::is_hidden;
use crate::duplicate::store::{self, Hit, Part};
use crate::duplicate::{DuplicateOf, DuplicateQuery};
use crate::record::{Lead, Partner};
use crate::storage::{Line, Tx};

/// Addresses in one statement: engines limit parameters.
pub(super) const ADDRESSES_ASKED: usize = 500;

/// By what a record is looked for; what is empty matches nothing.
#[derive(Debug, Default)]
struct Probe {
    id: Option<i64>,
    emails: Vec<String>,
    phones: Vec<String>,
    partner: Option<i64>,
    tax_id: Option<String>,
    name: Wanted,
}

/// Duplicates of one record.
pub(super) fn find(tx: &Tx<'_>, asked: &DuplicateQuery) -> Result<Vec<Duplicate>> {
    let (kind, probe) = match &asked.of {
        DuplicateOf::Lead(id) => {
            let stored = |id| Probe::stored_lead(tx, LeadId(id));
            (RecordKind::Lead, query::of_place(tx, RecordKind::Lead, id.0, stored)?)
        }
        DuplicateOf::Partner(id) => {
            let stored = |id| {
                let contacts = store::contacts(tx, PartnerId(id))?;
                Ok(Probe::stored_partner(tx, PartnerId(id))?.with_contacts(contacts))
            };
            (RecordKind::Partner, query::of_place(tx, RecordKind::Partner, id.0, stored)?)
        }
        DuplicateOf::Candidate(RecordKind::Lead, fields) => {
            (RecordKind::Lead, Probe::of_lead(&lead_to_be(tx, fields)?))
        }
        DuplicateOf::Candidate(kind, fields) => {
            store::table_of(*kind)?;
            (*kind, Probe::of_partner(&partner_to_be(tx, fields)?))
        }
    };
    let table = store::table_of(kind)?;
    let mut hits = store::sharing(tx, table, &probe.parts(tx, kind)?)?;
    // What has half of a name may have another half.
    let like = |hit: &Hit| probe.name.likeness(&hit.value, &hit.key());
    hits.retain(|hit| hit.shared != Shared::Name || like(hit) > 0);
    let mut left_out: HashSet<i64> = probe.id.into_iter().collect();
    let found_others = hits.iter().any(|hit| Some(hit.id) != probe.id);
    if let (RecordKind::Partner, Some(id), true) = (kind, probe.id, found_others) {
        // A company's invoice address has its phone number: they are not two.
        left_out.extend(store::line_of(tx, id)?);
    }
    let passes = |hit: &Hit| {
        let hidden = kind != RecordKind::Lead && asked.include_lost;
        asked.include_won || hidden || is_left(hit, asked.include_lost)
    };
    Ok(ranked(&probe.name, hits, |hit| !left_out.contains(&hit.id) && passes(hit)))
}

/// Whether a lead is there to be merged with: open and active; or else, if lost ones are, not won and, if it is archived, an opportunity.
pub(super) const fn is_left(hit: &Hit, include_lost: bool) -> bool {
    match include_lost {
        false => hit.won_status == 0 && hit.active,
        true => hit.won_status != 1 && (hit.is_opportunity || hit.active),
    }
}

/// Whether the actor sees a record.
fn sees(tx: &Tx<'_>, table: &'static Table, id: i64) -> Result<bool> {
    match access::sight(table.kind, &tx.actor) {
        Some(sight) => Ok(query::among(tx, table, &[id], &sight)?.contains(&id)),
        None => Ok(true),
    }
}

impl Probe {
    /// Of a lead that there is: the whole of it is far more than is looked for.
    fn stored_lead(tx: &Tx<'_>, id: LeadId) -> Result<Self> {
        let sql = "SELECT lead_text.email_from, lead_text.phone_normalized, lead.partner_id \
                   FROM lead JOIN lead_text ON lead_text.lead_id = lead.id WHERE lead.id = ?1";
        let read = |line: &Line<'_>| {
            Ok(Self {
                id: Some(id.0),
                emails: line.text_or_null(0)?.map(emails_normalized).unwrap_or_default(),
                phones: line.text_or_null(1)?.map(str::to_owned).into_iter().collect(),
                partner: line.int_or_null(2)?,
                ..Self::default()
            })
        };
        match tx.optional(sql, &[id.0.into()], read)? {
            Some(found) if sees(tx, Lead::TABLE, id.0)? => Ok(found),
            // Says what there is to say of one that is not there.
            _ => query::get::<Lead>(tx, id).map(|lead| Self::of_lead(&lead)),
        }
    }

    /// The same of a customer.
    fn stored_partner(tx: &Tx<'_>, id: PartnerId) -> Result<Self> {
        let sql =
            "SELECT email, phone_normalized, tax_id_normalized, name FROM partner WHERE id = ?1";
        let read = |line: &Line<'_>| {
            Ok(Self {
                id: Some(id.0),
                emails: line.text_or_null(0)?.map(emails_normalized).unwrap_or_default(),
                phones: line.text_or_null(1)?.map(str::to_owned).into_iter().collect(),
                partner: None,
                tax_id: line.text_or_null(2)?.map(str::to_owned),
                name: Wanted::of(line.text(3)?),
            })
        };
        match tx.optional(sql, &[id.0.into()], read)? {
            Some(found) if sees(tx, Partner::TABLE, id.0)? => Ok(found),
            _ => query::get::<Partner>(tx, id).map(|partner| Self::of_partner(&partner)),
        }
    }

    fn of_lead(lead: &Lead) -> Self {
        Self {
            id: (lead.id.0 != 0).then_some(lead.id.0),
            emails: lead.email_from.as_deref().map(emails_normalized).unwrap_or_default(),
            phones: lead.phone_normalized.iter().cloned().collect(),
            partner: lead.partner_id.map(|id| id.0),
            ..Self::default()
        }
    }

    fn of_partner(partner: &Partner) -> Self {
        Self {
            id: (partner.id.0 != 0).then_some(partner.id.0),
            emails: partner.email.as_deref().map(emails_normalized).unwrap_or_default(),
            phones: partner.phone_normalized.iter().cloned().collect(),
            partner: None,
            tax_id: partner.tax_id_normalized.clone(),
            name: Wanted::of(&partner.name),
        }
    }

    /// And by what else the customer is reached.
    fn with_contacts(mut self, contacts: store::Contacts) -> Self {
        for (known, more) in
            [(&mut self.emails, contacts.emails), (&mut self.phones, contacts.phones)]
        {
            for one in more {
                if known.len() < limit::ADDRESSES && !known.contains(&one) {
                    known.push(one);
                }
            }
        }
        self
    }

    fn parts(&self, tx: &Tx<'_>, kind: RecordKind) -> Result<Vec<Part>> {
        let emails = self.emails.iter().map(|email| domain_first(email)).collect();
        let domain = self.emails.first().and_then(|email| company_domain(email));
        let mut parts = vec![
            Part::Texts(Shared::Email, emails),
            Part::Texts(Shared::Phone, self.phones.clone()),
            Part::Texts(Shared::Domain, domain.map(str::to_owned).into_iter().collect()),
        ];
        if kind == RecordKind::Partner {
            parts.push(Part::Texts(Shared::TaxId, self.tax_id.iter().cloned().collect()));
            if !is_hidden(tx, kind, Shared::Name) {
                parts.push(Part::Named(store::names_like(tx, Partner::TABLE, &self.name)?));
            }
        }
        if let (RecordKind::Lead, Some(partner)) = (kind, self.partner) {
            let mut family = store::family(tx, partner)?;
            family.retain(|member| *member != partner);
            parts.push(Part::Ids(Shared::Partner, vec![partner]));
            parts.push(Part::Ids(Shared::Family, family));
        }
        // Nobody finds by what they may not read: the answer would tell it.
        parts.retain(|part| !is_hidden(tx, kind, part.shared()));
        Ok(parts)
    }
}

/// A lead with what a caller would create it with, as far as that says who it is.
fn lead_to_be(tx: &Tx<'_>, fields: &Fields) -> Result<Lead> {
    let mut lead: Lead = to_be(fields)?;
    let office = crate::lead::office::office(tx)?;
    let home = office.country(lead.company_id);
    crate::lead::rules::normalize(None, &mut lead, home)?;
    if let Some(partner) = lead.partner_id {
        crate::lead::customer::load(tx, &[partner.0])?.check(partner)?;
    }
    Ok(lead)
}

fn partner_to_be(tx: &Tx<'_>, fields: &Fields) -> Result<Partner> {
    let mut partner: Partner = to_be(fields)?;
    crate::partner::normalize(tx, None, &mut partner)?;
    Ok(partner)
}

/// A record with the texts and customer of a draft. Other fields are known or refused, and say nothing of who it is.
fn to_be<R: Record>(fields: &Fields) -> Result<R> {
    let mut record = R::default();
    for (name, value) in fields.iter() {
        let known = match name {
            "type" if R::TABLE.kind == RecordKind::Lead => "kind",
            name if name.starts_with("properties.") => continue,
            name => name,
        };
        let field = R::TABLE.field(known)?;
        let says = field.kind == FieldKind::Text
            || matches!(value, Value::Text(_))
            || known == "partner_id";
        if says && !value.is_null() && !field.system && known != "currency" {
            record.set(known, value)?;
        }
    }
    Ok(record)
}

/// What was found as duplicates: each record once, with its reasons, those most alike first, then the newest.
fn ranked(name: &Wanted, hits: Vec<Hit>, passes: impl Fn(&Hit) -> bool) -> Vec<Duplicate> {
    let mut sharing: HashMap<Shared, HashSet<i64>> = HashMap::new();
    for hit in &hits {
        sharing.entry(hit.shared).or_default().insert(hit.id);
    }
    let counts = |hit: &Hit| !hit.shared.fades() || sharing[&hit.shared].len() <= limit::SHARED;
    let mut by_record: BTreeMap<i64, BTreeMap<Shared, Hit>> = BTreeMap::new();
    for hit in hits.into_iter().filter(|hit| counts(hit) && passes(hit)) {
        by_record.entry(hit.id).or_default().entry(hit.shared).or_insert(hit);
    }
    let mut found: Vec<Duplicate> = by_record
        .into_iter()
        .map(|(record_id, shared)| {
            let kept = |of: &Shared| of.within().is_none_or(|more| !shared.contains_key(&more));
            let reasons: Vec<Reason> = shared
                .iter()
                .filter(|(of, _)| kept(of))
                .map(|(of, hit)| match of {
                    Shared::Name => named(&hit.value, name.likeness(&hit.value, &hit.key())),
                    of => of.reason(told(*of, &hit.value)),
                })
                .collect();
            let score = score(reasons.iter().map(|reason| reason.strength));
            Duplicate { record_id, score, reasons }
        })
        .collect();
    found.sort_by_key(|duplicate| Reverse((duplicate.score, duplicate.record_id)));
    found.truncate(limit::DUPLICATES);
    found
}

/// A name as a reason, the weaker the less alike it is.
pub(super) fn named(name: &str, likeness: i64) -> Reason {
    let same = Shared::Name.reason(name.to_owned());
    // A slip is a doubt of its own: 45 of 100 rather than 60.
    let strength = if likeness == 100 { same.strength } else { same.strength * 3 / 4 };
    Reason { strength, ..same }
}

/// What is told of what was found.
pub(super) fn told(shared: Shared, value: &str) -> String {
    match (shared, value.split_once('@')) {
        (Shared::Domain, Some((_, domain))) => domain.to_owned(),
        _ => value.to_owned(),
    }
}

/// Who somebody is, as far as a merge or a conversion looks for more of theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Normalised addresses, [`limit::ADDRESSES`] at most.
    pub(crate) emails: Vec<String>,
    pub(crate) partner_id: Option<PartnerId>,
}

/// The leads of each of these, in the order of their ids: by an address of theirs, or by the customer. Who is nobody has none. Pending
/// and active ones; with `include_lost` all that are not won, of archived ones opportunities alone. The actor's sight holds.
///
/// However many are asked about, there is a statement per five hundred addresses and one per ten thousand customers.
pub(crate) fn same_customer(
    tx: &Tx<'_>,
    asked: &[Identity],
    include_lost: bool,
) -> Result<Vec<Vec<i64>>> {
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut customers: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, identity) in asked.iter().enumerate() {
        for email in &identity.emails {
            wanted.entry(domain_first(email)).or_default().push(at);
        }
        if let Some(partner) = identity.partner_id {
            customers.entry(partner.0).or_default().push(at);
        }
    }
    let mut found: Vec<BTreeSet<i64>> = vec![BTreeSet::new(); asked.len()];
    let mut give = |hit: &Hit, askers: Option<&Vec<usize>>| {
        if is_left(hit, include_lost) {
            for at in askers.into_iter().flatten() {
                found[*at].insert(hit.id);
            }
        }
    };
    let keys: Vec<&String> = wanted.keys().collect();
    for chunk in keys.chunks(ADDRESSES_ASKED) {
        let part = Part::Texts(Shared::Email, chunk.iter().map(|key| (*key).clone()).collect());
        for hit in store::all_sharing(tx, Lead::TABLE, &part)? {
            give(&hit, wanted.get(&domain_first(&hit.value)));
        }
    }
    let ids: Vec<i64> = customers.keys().copied().collect();
    for chunk in ids.chunks(limit::CHUNK) {
        for hit in store::all_sharing(tx, Lead::TABLE, &Part::Ids(Shared::Partner, chunk.to_vec()))?
        {
            give(&hit, hit.value.parse().ok().and_then(|id: i64| customers.get(&id)));
        }
    }
    Ok(found.into_iter().map(|ids| ids.into_iter().collect()).collect())
}
