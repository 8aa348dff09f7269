//! Planning and doing a conversion: both by the same functions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::access::{self, Deed};
use crate::base::text::emails_normalized;
use crate::base::{
    Error, Fields, Id as _, LeadId, PartnerId, Record as _, RecordKind, Result, Value, limit,
};
use crate::convert::customer;
use crate::convert::plan::{ConvertPlan, ConvertStep};
use crate::convert::{Convert, rules, store};
use crate::desk::{create_apart, query};
use crate::duplicate::{Identity, same_customer};
use crate::lead::customer::{Customer, load as customer_cards, replaced};
use crate::lead::import::{self, Draft};
use crate::lead::office::office;
use crate::lead::{store as leads, verbs};
use crate::merge;
use crate::record::{Lead, Partner};
use crate::storage::Tx;

/// Refuses what is given for fields that rules lock.
fn may_give(tx: &Tx<'_>, convert: &Convert) -> Result<()> {
    let user = convert.user_id.is_some() || !convert.user_ids.is_empty();
    let partner = convert.partner_id.is_some() || convert.create_partner;
    let given =
        [("user_id", user), ("team_id", convert.team_id.is_some()), ("partner_id", partner)];
    let mut given = given.into_iter().filter(|(_, given)| *given);
    given
        .try_for_each(|(name, _)| access::writable(RecordKind::Lead, name, Deed::Update, &tx.actor))
}

/// Refuses what cannot be done, all of it in one error.
fn check(tx: &Tx<'_>, convert: &Convert) -> Result<()> {
    let mut refused: Vec<Error> = Vec::new();
    if convert.user_id.is_some() && !convert.user_ids.is_empty() {
        refused.push(Error::invalid(
            "user_ids",
            "user_ids: give one salesperson or several, not both",
        ));
    }
    if let Some(key) = &convert.key
        && (key.is_empty() || key.len() > limit::SHORT_TEXT || key.contains('\0'))
    {
        let told = format!("key: it must have 1 to {} bytes, none of them zero", limit::SHORT_TEXT);
        refused.push(Error::invalid("key", told));
    }
    let office = office(tx)?;
    if let Some(partner) = convert.partner_id {
        refused.extend(customer_cards(tx, &[partner.0])?.check(partner).err());
    }
    let users = convert.user_id.iter().map(|user| ("user_id", user));
    for (field, user) in users.chain(convert.user_ids.iter().map(|user| ("user_ids", user))) {
        let told = match office.user(*user) {
            Some(user) if user.active => continue,
            Some(_) => format!("{field}: {} is archived and cannot be given leads", user.subject()),
            None => format!("{field}: there is no {}", user.subject()),
        };
        refused.push(Error::invalid(field, told).with_subject(user.subject()));
    }
    if let Some(team) = convert.team_id {
        refused.extend(office.check_team(team, &tx.actor).err());
    }
    let all: Vec<&str> = refused.iter().map(Error::message).collect();
    let message = all.join("; ");
    let Some(first) = refused.first() else { return Ok(()) };
    let error = Error::invalid(first.field().unwrap_or_default(), message);
    Err(match first.subject() {
        Some(subject) => error.with_subject(subject),
        None => error,
    })
}

/// Leads that are one, of these and all others that the actor sees.
fn clusters(tx: &Tx<'_>, given: &[Lead]) -> Result<Vec<Vec<i64>>> {
    // Those who are the same person ask once; of another company or currency there are deals of their own.
    let mut asked = BTreeSet::new();
    for lead in given.iter().filter(|lead| rules::is_open(lead)) {
        let emails = lead.email_from.as_deref().map(emails_normalized).unwrap_or_default();
        let owner = (lead.company_id, lead.currency.code());
        asked.insert((emails, lead.partner_id, owner));
    }
    let identities: Vec<Identity> = asked
        .iter()
        .map(|(emails, partner_id, _)| Identity { emails: emails.clone(), partner_id: *partner_id })
        .collect();
    let found = same_customer(tx, &identities, false)?;
    let ids: BTreeSet<i64> = found.iter().flatten().copied().collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let known: HashMap<i64, Lead> = query::seen::<Lead>(tx, &ids)?;
    let groups = asked.into_iter().zip(found).map(|((_, _, owner), found)| {
        let alike = |id: &i64| {
            known.get(id).is_some_and(|lead| owner == (lead.company_id, lead.currency.code()))
        };
        found.into_iter().filter(alike).collect::<Vec<_>>()
    });
    let clusters = rules::clusters(groups);
    if let Some(set) = clusters.iter().find(|set| set.len() > limit::MERGE) {
        // Whoever asks: nobody has looked at them, and an address of many is hardly one customer's.
        let subject = LeadId(set[0]).subject();
        let told = format!(
            "deduplicate: {subject} and {} others have an address or a customer in common; at most {} leads become one unseen. Merge them by \
             merge(), or convert them as they are",
            set.len() - 1,
            limit::MERGE
        );
        return Err(Error::limit("deduplicate", told).with_subject(subject));
    }
    Ok(clusters)
}

/// The salesperson, team and customer that each lead is given, as far as something is.
fn drafts(leads: &[Lead], convert: &Convert, customers: &BTreeMap<i64, PartnerId>) -> Vec<Draft> {
    let turns = rules::in_turn(leads, convert);
    let draft = |lead: &Lead| {
        let mut fields = Fields::new();
        if let Some(partner) = convert.partner_id.or_else(|| customers.get(&lead.id.0).copied()) {
            fields.set("partner_id", partner);
        }
        if let Some(user) = turns.get(&lead.id.0) {
            user.map(|user| fields.set("user_id", user));
            convert.team_id.map(|team| fields.set("team_id", team));
        }
        (!fields.is_empty()).then(|| Draft { id: Some(lead.id.0), fields, ..Draft::default() })
    };
    leads.iter().filter(|lead| rules::is_open(lead)).filter_map(draft).collect()
}

/// Those that are to get a customer.
fn without_customer<'l>(leads: &'l [Lead], convert: &Convert) -> Vec<&'l Lead> {
    let wanted = convert.create_partner && convert.partner_id.is_none();
    leads
        .iter()
        .filter(|lead| wanted && rules::is_open(lead) && lead.partner_id.is_none())
        .collect()
}

/// Customers that are to be created, each with the lead that asks for it first.
type New = Vec<(LeadId, Fields)>;

/// The customers of these leads. Those that are to be created have no ids yet: they are told apart by the numbers -1, -2 and so on.
fn customers(tx: &Tx<'_>, wanting: &[&Lead]) -> Result<(BTreeMap<i64, PartnerId>, New)> {
    let mut known = customer::known(tx, wanting)?;
    let mut new = New::new();
    let found = customer::customers(&mut known, wanting, |lead, fields| {
        new.push((lead.id, fields.clone()));
        PartnerId(-i64::try_from(new.len()).unwrap_or(i64::MAX))
    });
    Ok((found, new))
}

/// Creates them: first the companies, then people, who may be of them. However many, the statements are the same.
fn create(tx: &mut Tx<'_>, new: New) -> Result<HashMap<PartnerId, PartnerId>> {
    let parent = |fields: &Fields| fields.get("parent_id").and_then(Value::as_int);
    let numbered = (1..).map(|n| PartnerId(-n)).zip(new);
    let is_company = |fields: &Fields| fields.get("is_company") == Some(&Value::Bool(true));
    let (companies, people): (Vec<_>, Vec<_>) =
        numbered.partition(|(_, (_, fields))| is_company(fields));
    let mut created: HashMap<PartnerId, PartnerId> = HashMap::new();
    for mut wave in [companies, people] {
        for (_, (_, fields)) in &mut wave {
            if let Some(company) = parent(fields).and_then(|id| created.get(&PartnerId(id))) {
                fields.set("parent_id", *company);
            }
        }
        if wave.is_empty() {
            continue;
        }
        let drafts: Vec<Fields> = wave.iter().map(|(_, (_, fields))| fields.clone()).collect();
        let ids =
            create_apart::<Partner>(tx, &drafts, |_| None).map_err(|(at, error)| {
                match wave.get(at) {
                    Some((_, (lead, _))) => error.or_subject(lead.subject()),
                    None => error,
                }
            })?;
        created.extend(wave.iter().map(|(number, _)| *number).zip(ids));
    }
    Ok(created)
}

/// Converts; answers the leads that came of it. One that is named alone must be open.
pub(crate) fn convert(
    tx: &mut Tx<'_>,
    ids: &[i64],
    is_alone: bool,
    convert: &Convert,
) -> Result<Vec<i64>> {
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    may_give(tx, convert)?;
    check(tx, convert)?;
    let ids = query::distinct(ids)?;
    if let Some(key) = &convert.key
        && let Some(done) = store::done(tx, key, &ids)?
    {
        return still_there(tx, &done);
    }
    let asked = ids.clone();
    let given: Vec<Lead> = query::visible(tx, &ids)?;
    if is_alone {
        given.iter().try_for_each(rules::check_open)?;
    }
    let (ids, leads) = if convert.deduplicate {
        let mut place: BTreeMap<i64, i64> = BTreeMap::new();
        let sets = clusters(tx, &given)?;
        for (set, (_, head)) in sets.iter().zip(merge::merge_sets(tx, &sets)?) {
            place.extend(set.iter().map(|id| (*id, head)));
        }
        let heads: Vec<i64> = ids.iter().map(|id| place.get(id).copied().unwrap_or(*id)).collect();
        let heads = query::distinct(&heads)?;
        let leads = leads::as_stored(tx, &heads)?;
        (heads, leads)
    } else {
        (ids, given)
    };
    let wanting = without_customer(&leads, convert);
    let (mut customers, new) = customers(tx, &wanting)?;
    let created = create(tx, new)?;
    for customer in customers.values_mut().filter(|customer| customer.0 < 0) {
        *customer =
            *created.get(customer).ok_or_else(|| Error::bug("a customer nobody created"))?;
    }
    tx.settle()?;
    for chunk in drafts(&leads, convert, &customers).chunks(limit::CHUNK) {
        let steps = import::decide(tx, chunk)?.into_iter().collect::<Result<Vec<_>>>()?;
        import::write(tx, steps)?;
    }
    // Who gave a lead away just now may not see it any more, and still converts it.
    verbs::convert(tx, &ids)?;
    if let Some(key) = &convert.key {
        store::remember(tx, key, &asked, &ids)?;
    }
    Ok(ids)
}

/// Leads that came of a conversion, or those that have their places since.
fn still_there(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<i64>> {
    let seen = query::seen::<Lead>(tx, ids)?;
    let now = |id: &i64| match seen.contains_key(id) {
        true => Ok(*id),
        false => Ok(query::get_or_survivor::<Lead>(tx, LeadId(*id))?.id.0),
    };
    ids.iter().map(now).collect()
}

/// What a conversion will do.
pub(crate) fn plan(tx: &Tx<'_>, ids: &[i64], convert: &Convert) -> Result<ConvertPlan> {
    // Who may not do it is not told what it would be.
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    check(tx, convert)?;
    let ids = query::distinct(ids)?;
    let given: Vec<Lead> = query::visible(tx, &ids)?;
    let mut steps = Vec::new();
    let mut become_one: BTreeMap<i64, Lead> = BTreeMap::new();
    if convert.deduplicate {
        for (head, merged) in merge::preview(tx, &clusters(tx, &given)?)? {
            for id in merged {
                steps.push(ConvertStep { into_id: Some(head.id), ..step(id, "merge") });
                become_one.insert(id.0, head.clone());
            }
            become_one.insert(head.id.0, head);
        }
    }
    let mut seen = BTreeSet::new();
    let mut leads: Vec<Lead> = Vec::new();
    for lead in given {
        let lead = become_one.get(&lead.id.0).cloned().unwrap_or(lead);
        if seen.insert(lead.id) {
            leads.push(lead);
        }
    }
    let (found, new) = customers(tx, &without_customer(&leads, convert))?;
    let created = |id: PartnerId| {
        let (_, fields) = new.get(usize::try_from(-id.0 - 1).ok()?)?;
        fields.get("name").and_then(Value::as_text)
    };
    let turns = rules::in_turn(&leads, convert);
    let cards = cards(tx, convert.partner_id.iter().chain(found.values()), &new)?;
    let converted = leads.iter().map(|lead| {
        let own = lead.partner_id.map_or("none", |_| "own");
        let mut told = ConvertStep {
            partner_id: lead.partner_id,
            customer: own,
            ..step(lead.id, rules::what(lead))
        };
        if !rules::is_open(lead) {
            return told;
        }
        if let Some(partner) = convert.partner_id {
            (told.customer, told.partner_id) = ("given", Some(partner));
        }
        if let Some(id) = found.get(&lead.id.0) {
            match created(*id) {
                Some(name) => {
                    (told.customer, told.partner_name) = ("created", Some(name.to_owned()));
                }
                None => (told.customer, told.partner_id) = ("found", Some(*id)),
            }
        }
        let becomes = convert.partner_id.or_else(|| found.get(&lead.id.0).copied());
        if let Some(card) = becomes.filter(|id| lead.partner_id != Some(*id))
            && let Some(card) = cards.get(&card.0)
        {
            told.replaced = replaced(lead, card);
        }
        if let Some(user) = turns.get(&lead.id.0) {
            (told.user_id, told.team_id) = (*user, convert.team_id);
        }
        told
    });
    let mut all: Vec<ConvertStep> = converted.collect();
    all.extend(steps);
    Ok(ConvertPlan { steps: all })
}

/// The cards that leads are given, by id: those that are there, and those that are to be created, of whom a later lead may be told
/// otherwise than it says.
fn cards<'p>(
    tx: &Tx<'_>,
    given: impl Iterator<Item = &'p PartnerId>,
    new: &New,
) -> Result<HashMap<i64, Customer>> {
    let above = |fields: &Fields| fields.get("parent_id").and_then(Value::as_int);
    let ids = given.map(|id| id.0).chain(new.iter().filter_map(|(_, fields)| above(fields)));
    let ids: Vec<i64> = ids.filter(|id| *id > 0).collect();
    let known = customer_cards(tx, &query::distinct(&ids)?)?;
    let mut cards: HashMap<i64, Customer> =
        ids.iter().filter_map(|id| Some((*id, known.get(*id)?.clone()))).collect();
    // Companies stand before who is of them.
    for (number, (_, fields)) in (1..).zip(new) {
        let mut card = Partner::default();
        for (name, value) in fields.iter().filter(|(name, _)| *name != "parent_id") {
            card.set(name, value)?;
        }
        let company = above(fields).and_then(|id| cards.get(&id)).map(|of| of.card.name.clone());
        cards.insert(-number, Customer::new(card, company));
    }
    Ok(cards)
}

fn step(lead_id: LeadId, what: &'static str) -> ConvertStep {
    ConvertStep {
        lead_id,
        what,
        into_id: None,
        customer: "none",
        partner_id: None,
        partner_name: None,
        replaced: Vec::new(),
        user_id: None,
        team_id: None,
    }
}
