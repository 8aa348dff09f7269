//! The customer that a lead names: found, or what it would be created with.
//!
//! Who has an e-mail address is found by it alone. Others are found by the name of their company, and persons within it by theirs, or by
//! their phone number; a person's name alone finds nobody. Names are the same whatever their case and spaces, not whatever their form of
//! company: Harbour Ltd need not be Harbour Inc. What is found or created for one lead is there for the next.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization as _;

use crate::base::name::name_key;
use crate::base::text::{emails_normalized, folded};
use crate::base::{Cell, CompanyId, Fields, PartnerId, Result, limit};
use crate::desk::{Find, query};
use crate::filter::Filter;
use crate::record::{Lead, Partner, PartnerContact};
use crate::storage::Tx;

/// Names in one statement: engines limit parameters.
const NAMES_ASKED: usize = 500;

/// Customers by what they are found by.
#[derive(Debug, Default)]
pub(crate) struct Known {
    emails: HashMap<String, Vec<Card>>,
    companies: HashMap<String, Vec<Card>>,
    persons: HashMap<String, Vec<Card>>,
}

/// A customer, as far as it is found by.
#[derive(Debug, Clone)]
struct Card {
    id: PartnerId,
    name: String,
    owner: Option<CompanyId>,
    parent: Option<PartnerId>,
    phone: Option<String>,
}

/// What a lead says of its customer.
struct Said<'l> {
    lead: &'l Lead,
    email: Option<String>,
    contact: Option<String>,
    company: Option<&'l str>,
}

impl<'l> Said<'l> {
    fn of(lead: &'l Lead) -> Self {
        let filled = |text: &'l Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty())
        };
        let contact = filled(&lead.contact_name).map(str::to_owned);
        let contact = contact.or_else(|| lead.email_from.as_deref().and_then(shown_name));
        Self {
            lead,
            email: lead.email_normalized.clone(),
            contact,
            company: filled(&lead.partner_name),
        }
    }

    /// Whether a customer may be this lead's.
    fn fits(&self, card: &Card) -> bool {
        let own = self.lead.company_id;
        card.owner.is_none_or(|owner| own.is_none_or(|own| own == owner))
    }

    fn first<'c>(
        &self,
        cards: Option<&'c Vec<Card>>,
        is: impl Fn(&Card) -> bool,
    ) -> Option<&'c Card> {
        cards?.iter().find(|card| self.fits(card) && is(card))
    }

    fn card(&self, id: PartnerId, name: &str, parent: Option<PartnerId>) -> Card {
        let (lead, name) = (self.lead, name.to_owned());
        Card { id, name, owner: lead.company_id, parent, phone: lead.phone_normalized.clone() }
    }

    /// What a new customer is told by: the person's way to be reached, or the company's.
    fn fields(&self, name: &str, is_company: bool, reached: bool) -> Fields {
        let lead = self.lead;
        let mut fields = crate::fields! {
            name: name,
            is_company: is_company,
            website: lead.website.clone(),
            street: lead.street.clone(),
            street2: lead.street2.clone(),
            city: lead.city.clone(),
            zip: lead.zip.clone(),
            state_code: lead.state_code.clone(),
            country_code: lead.country_code.clone(),
            lang: lead.lang.clone(),
            user_id: lead.user_id,
            company_id: lead.company_id,
        };
        if reached {
            fields.set("email", self.email.clone().or_else(|| lead.email_from.clone()));
            fields.set("phone", lead.phone.clone());
            fields.set("mobile", lead.mobile.clone());
            fields.set("function", lead.function.clone());
            fields.set("comment", lead.description.clone());
        }
        fields
    }
}

/// The name before an address: `"Ada L." <ada@harbour.example>`.
fn shown_name(text: &str) -> Option<String> {
    let (name, _) = text.split_once('<')?;
    let name = name.trim().trim_matches('"').trim();
    (!name.is_empty() && emails_normalized(name).is_empty()).then(|| name.to_owned())
}

/// Customers that these leads may mean, in a few questions for all of them.
pub(crate) fn known(tx: &Tx<'_>, leads: &[&Lead]) -> Result<Known> {
    let mut known = Known::default();
    let said: Vec<Said<'_>> = leads.iter().map(|lead| Said::of(lead)).collect();
    let texts = |of: &dyn Fn(&Said<'_>) -> Option<String>| -> Vec<String> {
        let all: std::collections::BTreeSet<String> = said.iter().filter_map(of).collect();
        all.into_iter().collect()
    };
    for chunk in texts(&|said| said.email.clone()).chunks(limit::FILTER_LIST) {
        let filter = Filter::is_in("email_normalized", chunk.iter().map(String::as_str));
        let asked = Find { filter: Some(filter), ..Find::all() };
        for partner in query::find::<Partner>(tx, &asked)? {
            let email = partner.email_normalized.clone().unwrap_or_default();
            known.emails.entry(email).or_default().push(card(&partner));
        }
    }
    further(tx, &texts(&|said| said.email.clone()), &mut known)?;
    let companies = texts(&|said| said.company.map(name_key));
    let nameless =
        |said: &Said<'_>| said.contact.as_deref().filter(|_| said.email.is_none()).map(name_key);
    let persons = texts(&nameless);
    called(tx, &companies, true, &mut known.companies)?;
    called(tx, &persons, false, &mut known.persons)?;
    Ok(known)
}

/// Customers who have an address beside that of their card, behind those whose card says it.
fn further(tx: &Tx<'_>, emails: &[String], known: &mut Known) -> Result<()> {
    for chunk in emails.chunks(limit::FILTER_LIST) {
        let named = Filter::is_in("normalized", chunk.iter().map(String::as_str));
        let filter = Filter::all([Filter::eq("channel", "email"), named]);
        let asked = Find { filter: Some(filter), ..Find::all() };
        let contacts = query::find::<PartnerContact>(tx, &asked)?;
        let ids: Vec<i64> = contacts.iter().map(|contact| contact.partner_id.0).collect();
        let cards: BTreeMap<i64, Card> = tx
            .by_ids::<Partner>(&ids)?
            .iter()
            .filter(|partner| partner.active)
            .map(|partner| (partner.id.0, card(partner)))
            .collect();
        for contact in contacts {
            let (Some(email), Some(card)) = (contact.normalized, cards.get(&contact.partner_id.0))
            else {
                continue;
            };
            let there = known.emails.entry(email).or_default();
            if there.iter().all(|one| one.id != card.id) {
                there.push(card.clone());
            }
        }
    }
    Ok(())
}

/// Companies, or persons, that the actor sees and that are in use, by their names in one spelling: of those whose names are compared by
/// these keys.
fn called(
    tx: &Tx<'_>,
    keys: &[String],
    is_company: bool,
    known: &mut HashMap<String, Vec<Card>>,
) -> Result<()> {
    for chunk in keys.chunks(NAMES_ASKED) {
        let mut params: Vec<Cell<'_>> = vec![is_company.into()];
        let mut listed = |texts: &mut dyn Iterator<Item = String>| {
            let places = texts.map(|text| {
                params.push(text.into());
                format!("?{}", params.len())
            });
            places.collect::<Vec<_>>().join(", ")
        };
        let half = |key: &String| key.chars().take(key.chars().count() / 2).collect();
        let (heads, names) =
            (listed(&mut chunk.iter().map(half)), listed(&mut chunk.iter().cloned()));
        let sql = format!(
            "SELECT id FROM partner WHERE name_key IS NOT NULL AND substr(name_key, 1, length(name_key) / 2) IN ({heads}) \
             AND name_key IN ({names}) AND is_company = ?1 ORDER BY id"
        );
        let ids = tx.rows(&sql, &params, |line| line.int(0))?;
        let mut found = query::seen::<Partner>(tx, &ids)?;
        for partner in ids.iter().filter_map(|id| found.remove(id)).filter(|found| found.active) {
            known.entry(spelled(&partner.name)).or_default().push(card(&partner));
        }
    }
    Ok(())
}

/// A name whatever its case and the spaces in it.
fn spelled(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    folded(&words.join(" ")).nfc().collect()
}

fn card(partner: &Partner) -> Card {
    Card {
        id: partner.id,
        name: partner.name.clone(),
        owner: partner.company_id,
        parent: partner.parent_id,
        phone: partner.phone_normalized.clone(),
    }
}

/// The customer of each of these leads, in their order. One that is not there yet gets a number from `create`, which is told for which lead.
pub(crate) fn customers(
    known: &mut Known,
    leads: &[&Lead],
    mut create: impl FnMut(&Lead, &Fields) -> PartnerId,
) -> BTreeMap<i64, PartnerId> {
    let mut customers = BTreeMap::new();
    for lead in leads {
        let customer = customer(known, &Said::of(lead), &mut |fields| create(lead, fields));
        customers.insert(lead.id.0, customer);
    }
    customers
}

fn customer(
    known: &mut Known,
    said: &Said<'_>,
    create: &mut impl FnMut(&Fields) -> PartnerId,
) -> PartnerId {
    if let Some(email) = &said.email
        && let Some(card) = said.first(known.emails.get(email), |_| true)
    {
        return card.id;
    }
    let company = company(known, said, create);
    let name = match (&said.contact, company) {
        (None, Some(company)) => return company,
        (contact, _) => contact.as_deref().unwrap_or(&said.lead.name),
    };
    let phone = said.lead.phone_normalized.as_ref();
    let is = |card: &Card| match (company, phone) {
        (Some(_), _) => card.parent == company,
        (None, Some(phone)) => card.phone.as_ref() == Some(phone),
        (None, None) => false,
    };
    if said.email.is_none()
        && said.contact.is_some()
        && let Some(card) = said.first(known.persons.get(&spelled(name)), is)
    {
        return card.id;
    }
    let mut fields = said.fields(name, false, true);
    fields.set("parent_id", company);
    let card = said.card(create(&fields), name, company);
    let id = card.id;
    if let Some(email) = &said.email {
        known.emails.entry(email.clone()).or_default().push(card.clone());
    }
    known.persons.entry(spelled(name)).or_default().push(card);
    id
}

/// The company that a lead names, created if it is not there. Without a person it is the customer, and reached as the lead says.
fn company(
    known: &mut Known,
    said: &Said<'_>,
    create: &mut impl FnMut(&Fields) -> PartnerId,
) -> Option<PartnerId> {
    let name = said.company?;
    let there = known.companies.get(&spelled(name));
    let same = said.first(there, |card| card.name == name);
    if let Some(card) = same.or_else(|| said.first(there, |_| true)) {
        return Some(card.id);
    }
    let is_customer = said.contact.is_none();
    let card = said.card(create(&said.fields(name, true, is_customer)), name, None);
    let id = card.id;
    if let Some(email) = said.email.as_ref().filter(|_| is_customer) {
        known.emails.entry(email.clone()).or_default().push(card.clone());
    }
    known.companies.entry(spelled(name)).or_default().push(card);
    Some(id)
}
