//! A lead and its customer: what a lead takes over when it is given one, and what each tells the other afterwards.
//!
//! What is given together with the customer stays as it is given. Empty never replaces anything, nor does what differs in its writing
//! alone. What a lead tells its customer is a change of the customer, with its entry in the feed; what a customer tells its leads
//! reaches those that had what it had, so that nobody's own value is lost. Deliberately absent: imports tell customers nothing, since
//! a file of old deals knows less of them than they do.

use std::collections::HashMap;

use crate::base::{
    Error, FieldKind, Fields, Frame, Id as _, PartnerId, Record as _, RecordKind, Result, Row, text,
};
use crate::desk::{alter_apart, query};
use crate::event::OfficeChange;
use crate::lead::store;
use crate::lead::verbs::as_system;
use crate::partner::contact;
use crate::partner::keys::{Form, stale_email, stale_phone};
use crate::record::{ContactState, Lead, Partner};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// A customer that a lead may be given.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) card: Partner,
    /// The name of whom it belongs to.
    parent_name: Option<String>,
}

impl Customer {
    /// One of that card, and of the company of that name.
    pub(crate) const fn new(card: Partner, parent_name: Option<String>) -> Self {
        Self { card, parent_name }
    }
}

/// Customers by id, and of those that are not there any more who has their place.
#[derive(Debug, Default)]
pub(crate) struct Customers {
    known: HashMap<i64, Customer>,
    merged: HashMap<i64, i64>,
}

impl Customers {
    pub(crate) fn get(&self, id: i64) -> Option<&Customer> {
        self.known.get(&id)
    }

    /// More of them.
    pub(crate) fn extend(&mut self, more: Self) {
        self.known.extend(more.known);
        self.merged.extend(more.merged);
    }

    /// Refuses one that is not there for the actor, saying into whom it was merged if he sees that one.
    pub(crate) fn check(&self, id: PartnerId) -> Result<()> {
        if self.known.contains_key(&id.0) {
            return Ok(());
        }
        let subject = id.subject();
        let told = match self.merged.get(&id.0) {
            Some(place) => {
                format!("partner_id: {subject} was merged into {}", PartnerId(*place).subject())
            }
            None => format!("partner_id: there is no {subject}"),
        };
        Err(Error::invalid("partner_id", told).with_subject(subject))
    }
}

/// Those of these customers that the actor sees.
pub(crate) fn load(tx: &Tx<'_>, ids: &[i64]) -> Result<Customers> {
    if ids.is_empty() {
        return Ok(Customers::default());
    }
    let cards = tx.by_ids::<Partner>(ids)?;
    let seen = query::seen_among(tx, Partner::TABLE, ids)?;
    let sees = |card: &Partner| seen.as_ref().is_none_or(|seen| seen.contains(&card.id.0));
    // What is hidden of a card is not copied to where it is not.
    let cards: Vec<Partner> = query::all_told(tx, cards.into_iter().filter(sees).collect());
    let parents: Vec<i64> = cards.iter().filter_map(|card| card.parent_id).map(|id| id.0).collect();
    let mut names = HashMap::new();
    if !parents.is_empty() {
        // The name of a company that is not seen is nobody's to copy.
        let parents = match query::seen_among(tx, Partner::TABLE, &parents)? {
            Some(seen) => seen.into_iter().collect(),
            None => parents,
        };
        let sql = "SELECT id, name FROM partner WHERE id IN (SELECT value FROM json_each(?1))";
        tx.each(sql, &[id_list(&parents)], |line| {
            names.insert(line.int(0)?, line.text(1)?.to_owned());
            Ok(())
        })?;
    }
    let customer = |card: Partner| {
        let parent_name = card.parent_id.and_then(|id| names.get(&id.0).cloned());
        (card.id.0, Customer { card, parent_name })
    };
    let known: HashMap<i64, Customer> = cards.into_iter().map(customer).collect();
    let missing: Vec<i64> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
    let merged = query::places::<Partner>(tx, &missing)?;
    Ok(Customers { known, merged })
}

/// What a lead takes over from the customer that it is given, or loses with the one that is taken away.
pub(crate) fn take_over(lead: &mut Lead, customer: Option<&Customer>, given: &Fields) {
    let open = |name: &str| !given.has(name);
    let Some(Customer { card, parent_name }) = customer else {
        if open("contact_name") {
            lead.contact_name = None;
        }
        if open("partner_name") {
            lead.partner_name = None;
        }
        return;
    };
    macro_rules! copy {
        ($($name:ident)*) => {$(
            if open(stringify!($name)) {
                lead.$name.clone_from(&card.$name);
            }
        )*};
    }
    let block =
        [&card.street, &card.street2, &card.city, &card.zip, &card.state_code, &card.country_code];
    if block.iter().any(|part| part.is_some()) {
        // An address is one thing: a street of theirs with our town would be nobody's.
        copy!(street street2 city zip state_code country_code);
    }
    copy!(lang);
    if card.function.is_some() {
        copy!(function);
    }
    if card.website.is_some() {
        copy!(website);
    }
    if !card.is_company && open("contact_name") {
        lead.contact_name = Some(card.name.clone());
    }
    let company = parent_name.clone().or_else(|| card.is_company.then(|| card.name.clone()));
    if company.is_some() && open("partner_name") {
        lead.partner_name = company;
    }
    if open("email_from") && differs_email(card.email.as_deref(), lead.email_from.as_deref()) {
        lead.email_from.clone_from(&card.email);
    }
    let country = lead.country_code.as_deref();
    if open("phone") && differs_phone(card.phone.as_deref(), lead.phone.as_deref(), country) {
        lead.phone.clone_from(&card.phone);
    }
    if open("mobile") && differs_phone(card.mobile.as_deref(), lead.mobile.as_deref(), country) {
        lead.mobile.clone_from(&card.mobile);
    }
}

/// What a lead says that it would lose to a customer's card, by the names of its fields.
pub(crate) fn replaced(lead: &Lead, customer: &Customer) -> Vec<&'static str> {
    let mut after = lead.clone();
    take_over(&mut after, Some(customer), &Fields::new());
    let mut names = Vec::new();
    macro_rules! compare {
        ($($name:ident)*) => {$(
            if lead.$name.as_ref().is_some_and(|said| !said.is_empty()) && lead.$name != after.$name {
                names.push(stringify!($name));
            }
        )*};
    }
    compare!(partner_name contact_name email_from phone mobile function website lang street street2 city zip state_code country_code);
    names
}

/// Whether an e-mail is there and another one, not only written otherwise.
fn differs_email(theirs: Option<&str>, ours: Option<&str>) -> bool {
    differs(theirs, ours, text::email_normalized)
}

fn differs_phone(theirs: Option<&str>, ours: Option<&str>, country: Option<&str>) -> bool {
    differs(theirs, ours, |phone| text::phone_normalized(phone, country))
}

fn differs(
    theirs: Option<&str>,
    ours: Option<&str>,
    normal: impl Fn(&str) -> Option<String>,
) -> bool {
    let form = |text: &str| normal(text).unwrap_or_else(|| text.trim().to_owned());
    theirs.is_some_and(|theirs| ours.is_none_or(|ours| form(theirs) != form(ours)))
}

/// How somebody is reached, as a lead was told.
#[derive(Debug)]
pub(crate) struct Reached {
    partner: PartnerId,
    country: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    mobile: Option<String>,
}

impl Reached {
    /// What a lead's customer is to hear of what was given for the lead; `None` when nothing was.
    pub(crate) fn of(lead: &Lead, given: &Fields) -> Option<Self> {
        let said = |name: &str, value: &Option<String>| value.clone().filter(|_| given.has(name));
        let reached = Self {
            partner: lead.partner_id?,
            country: lead.country_code.clone(),
            email: said("email_from", &lead.email_from),
            phone: said("phone", &lead.phone),
            mobile: said("mobile", &lead.mobile),
        };
        let says = reached.email.is_some() || reached.phone.is_some() || reached.mobile.is_some();
        says.then_some(reached)
    }

    /// What a lead says now, as if all of it were given.
    fn whole(lead: &Lead) -> Option<Self> {
        let mut all = Fields::new();
        for name in ["email_from", "phone", "mobile"] {
            all.set(name, true);
        }
        Self::of(lead, &all)
    }

    /// What is another one than the customer's, and no unreadable text in the place of something readable.
    fn news(self, card: &Partner) -> Fields {
        let mut news = Fields::new();
        let email = self.email.as_deref();
        let spoils =
            card.email_normalized.is_some() && email.and_then(text::email_normalized).is_none();
        if differs_email(email, card.email.as_deref()) && !spoils {
            news.set("email", self.email);
        }
        let home = card.country_code.as_deref();
        let country = self.country.as_deref().or(home);
        let reads = |phone: Option<&str>, country: Option<&str>| {
            phone.is_some_and(|phone| text::phone_normalized(phone, country).is_some())
        };
        for (name, told, known) in
            [("phone", self.phone, &card.phone), ("mobile", self.mobile, &card.mobile)]
        {
            let (ours, theirs) = (told.as_deref(), known.as_deref());
            let spoils = reads(theirs, home.or(country)) && !reads(ours, country);
            if differs_phone(ours, theirs, country) && !spoils {
                news.set(name, told);
            }
        }
        news
    }
}

/// Tells customers how they are reached; answers whether any heard something new. Who does not see a customer tells it nothing.
pub(crate) fn tell(tx: &mut Tx<'_>, reached: Vec<Reached>) -> Result<bool> {
    if reached.is_empty() {
        return Ok(false);
    }
    let ids: Vec<i64> = reached.iter().map(|reached| reached.partner.0).collect();
    let ids = query::distinct(&ids)?;
    let Customers { known, .. } = load(tx, &ids)?;
    let mut news = Vec::new();
    for reached in reached {
        let Some(customer) = known.get(&reached.partner.0) else { continue };
        if customer.card.date_erased.is_some() {
            continue;
        }
        let told = reached.news(&customer.card);
        if !told.is_empty() {
            news.push((&customer.card, told));
        }
    }
    let told: Vec<i64> = news.iter().map(|(card, _)| card.id.0).collect();
    let contacts = contact::of_partners(tx, &query::distinct(&told)?)?;
    let (mut changed, mut asked): (Vec<&Partner>, Vec<(i64, Fields)>) = (Vec::new(), Vec::new());
    let mut place: HashMap<i64, usize> = HashMap::new();
    for (card, mut told) in news {
        // One of their further addresses is no news, and does not become the card's.
        let there = contacts.get(&card.id.0).map_or(&[][..], Vec::as_slice);
        for name in contact::known(tx, card, there, &told)? {
            told.take(name);
        }
        if told.is_empty() {
            continue;
        }
        // Of several leads of a customer the last one has the last word.
        let at = *place.entry(card.id.0).or_insert(asked.len());
        match asked.get_mut(at) {
            Some((_, before)) => before.set_all(told),
            None => {
                asked.push((card.id.0, told));
                changed.push(card);
            }
        }
    }
    alter_apart::<Partner>(tx, &asked)?;
    tx.settle()?;
    contact::keep(tx, &changed)?;
    Ok(!changed.is_empty())
}

/// What leads would tell their customers, if what they say were written again: a row for each that has one.
pub(crate) fn updates(tx: &Tx<'_>, ids: &[i64]) -> Result<Frame> {
    crate::access::allow_inside("ask what customers would be told", &tx.actor)?;
    let mut frame = Frame::new([
        ("lead_id", FieldKind::Ref(RecordKind::Lead)),
        ("partner_id", FieldKind::Ref(RecordKind::Partner)),
        ("partner_email_update", FieldKind::Bool),
        ("partner_phone_update", FieldKind::Bool),
    ]);
    let leads = store::visible(tx, &query::distinct(ids)?)?;
    let partners: Vec<i64> =
        leads.iter().filter_map(|lead| lead.partner_id).map(|id| id.0).collect();
    let partners = query::distinct(&partners)?;
    let Customers { known, .. } = load(tx, &partners)?;
    let contacts = contact::of_partners(tx, &partners)?;
    for lead in leads {
        let Some(customer) = lead.partner_id.and_then(|id| known.get(&id.0)) else { continue };
        let card = &customer.card;
        let mut news = Reached::whole(&lead).map(|said| said.news(card)).unwrap_or_default();
        let there = contacts.get(&card.id.0).map_or(&[][..], Vec::as_slice);
        for name in contact::known(tx, card, there, &news)? {
            news.take(name);
        }
        let phone = news.has("phone") || news.has("mobile");
        frame.push([lead.id.into(), card.id.into(), news.has("email").into(), phone.into()]);
    }
    Ok(frame)
}

/// Calls `each` with what is wrong with what each lead is found by: its address, its number.
fn stale(
    tx: &Tx<'_>,
    thorough: bool,
    mut each: impl FnMut(i64, Option<Form>, Option<Form>),
) -> Result<()> {
    tx.each(include_str!("keys.sql"), &[], |line| {
        let text = |at: usize| line.text_or_null(at);
        let email = stale_email(text(1)?, text(2)?);
        let countries = [text(6)?, text(7)?, text(8)?];
        let phone = stale_phone((text(3)?, text(4)?), text(5)?, &countries, thorough);
        if email.is_some() || phone.is_some() {
            each(line.int(0)?, email, phone);
        }
        Ok(())
    })
}

/// Leads that are not found by their address or their number, in words.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    stale(tx, false, |id, email, phone| {
        let by = [(email.is_some(), "address"), (phone.is_some(), "number")];
        let by = by.into_iter().filter(|(is, _)| *is);
        wrong.extend(by.map(|(_, by)| format!("lead {id} is not found by its {by}")));
    })?;
    Ok(wrong)
}

/// Writes what they should be found by; answers whether any was not.
pub(crate) fn rebuild(tx: &Tx<'_>) -> Result<bool> {
    let mut wrong = Vec::new();
    stale(tx, true, |id, email, phone| wrong.push((id, email, phone)))?;
    let forms = |of: &str| {
        let form = format!("UPDATE lead_text SET {of}_normalized = ?1 WHERE lead_id = ?2");
        let state = format!("UPDATE lead SET {of}_state = ?1 WHERE id = ?2");
        Ok::<_, Error>((tx.prepare(&form)?, tx.prepare(&state)?))
    };
    let (mut email, mut phone) = (forms("email")?, forms("phone")?);
    let is_any = !wrong.is_empty();
    for (id, is_email, is_phone) in wrong {
        for ((form, state), is) in [(&mut email, is_email), (&mut phone, is_phone)] {
            if let Some((is, can)) = is {
                form.execute_on(("lead_text", id), &[is.into(), id.into()])?;
                let can = can.map(ContactState::code);
                state.execute_on(("lead", id), &[can.into(), id.into()])?;
            }
        }
    }
    Ok(is_any)
}

/// What became of a customer's addresses: what each was, and is.
struct Moved {
    country: Option<String>,
    email: Option<(Option<String>, String)>,
    phone: Option<(Option<String>, String)>,
    mobile: Option<(Option<String>, String)>,
}

impl Moved {
    /// `None` when a change is none of theirs.
    fn of(change: &OfficeChange) -> Option<Self> {
        let (Some(before), Some(after)) = (&change.before, &change.after) else { return None };
        if change.kind != RecordKind::Partner || change.apart {
            return None;
        }
        let text = |row: &Row, name: &str| -> Option<String> {
            row.get(name).ok().and_then(|value| value.as_text().map(str::to_owned))
        };
        let moved = |name: &str| {
            let (was, is) = (text(before, name), text(after, name));
            is.filter(|is| was.as_ref() != Some(is)).map(|is| (was, is))
        };
        let moved = Self {
            country: text(after, "country_code"),
            email: moved("email"),
            phone: moved("phone"),
            mobile: moved("mobile"),
        };
        let any = moved.email.is_some() || moved.phone.is_some() || moved.mobile.is_some();
        any.then_some(moved)
    }

    /// Lets a lead follow, where it had the old one or none.
    fn reach(&self, lead: &mut Lead, home: Option<&str>) {
        let country = lead.country_code.clone();
        let country = country.as_deref().or(self.country.as_deref()).or(home);
        let had = |own: &Option<String>, was: &Option<String>, phone: bool| {
            let own = own.as_deref();
            own.is_none()
                || was.is_some()
                    && !if phone {
                        differs_phone(own, was.as_deref(), country)
                    } else {
                        differs_email(own, was.as_deref())
                    }
        };
        if let Some((was, is)) = &self.email
            && had(&lead.email_from, was, false)
        {
            lead.email_from = Some(is.clone());
        }
        if let Some((was, is)) = &self.phone
            && had(&lead.phone, was, true)
        {
            lead.phone = Some(is.clone());
        }
        if let Some((was, is)) = &self.mobile
            && had(&lead.mobile, was, true)
        {
            lead.mobile = Some(is.clone());
        }
    }
}

/// Lets leads follow what became of their customers' addresses, where they had the old one or none.
pub(crate) fn follow(tx: &mut Tx<'_>, changes: &[OfficeChange]) -> Result<()> {
    let mut moved: HashMap<i64, Vec<Moved>> = HashMap::new();
    for change in changes {
        if let Some(news) = Moved::of(change) {
            moved.entry(change.id).or_default().push(news);
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let partners: Vec<i64> = moved.keys().copied().collect();
    let ids = store::of_partners(tx, &query::distinct(&partners)?)?;
    as_system(tx, |tx| {
        store::change(tx, &ids, |lead, office| {
            let mut follows = lead.clone();
            let news =
                lead.partner_id.and_then(|id| moved.get(&id.0)).map_or(&[][..], Vec::as_slice);
            let home = office.country(lead.company_id);
            let mut country = home;
            for news in news {
                news.reach(&mut follows, home);
                country = news.country.as_deref().or(home);
            }
            crate::lead::rules::normalize(Some(lead), &mut follows, country)?;
            Ok(follows)
        })
    })
}
