//! How a partner is reached: several addresses and numbers, of which the card names the primary ones.
//!
//! The card's `email`, `phone` and `mobile` are rows of this table, too, so that whoever looks for an address looks in one place. What
//! is written on the card is written here, and the reverse; which row is primary is not stored but compared, so that a merge, which
//! moves rows, cannot leave two. A card that is emptied is given the oldest of what is left.

use std::collections::HashMap;

use crate::base::{Error, Fields, Id as _, PartnerContactId, PartnerId, Result, limit, text};
use crate::desk::{self, Room, alter_in};
use crate::partner::{home, seen, unite};
use crate::record::{ContactChannel, ContactKind, ContactState, Partner, PartnerContact};
use crate::storage::Tx;
use crate::storage::records::{Inserter, id_list};

/// The fields of a card that say how somebody is reached, the primary one of a channel first, and what they say of its kind.
const SLOTS: [(&str, ContactChannel, ContactKind); 3] = [
    ("email", ContactChannel::Email, ContactKind::Work),
    ("phone", ContactChannel::Phone, ContactKind::Work),
    ("mobile", ContactChannel::Phone, ContactKind::Mobile),
];

/// What a card says in each of [`SLOTS`].
fn said(card: &Partner) -> [Option<&str>; 3] {
    [card.email.as_deref(), card.phone.as_deref(), card.mobile.as_deref()]
}

/// Whether a card says something of a channel.
fn has_primary(card: &Partner, channel: ContactChannel) -> bool {
    SLOTS.iter().zip(said(card)).any(|((_, of, _), said)| *of == channel && said.is_some())
}

/// A partner's contacts, the oldest first.
fn of_partner(tx: &Tx<'_>, id: PartnerId) -> Result<Vec<PartnerContact>> {
    tx.select("WHERE partner_contact.partner_id = ?1 ORDER BY partner_contact.id", &[id.0.into()])
}

/// The contacts of several partners, by partner, the oldest first.
pub(crate) fn of_partners(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, Vec<PartnerContact>>> {
    let rest = "WHERE partner_contact.partner_id IN (SELECT value FROM json_each(?1)) ORDER BY partner_contact.id";
    let rows = tx.select(rest, &[id_list(ids)])?;
    Ok(unite::by_partner(rows, |row: &PartnerContact| row.partner_id))
}

/// Whether a card says a contact, letter by letter.
pub(super) fn names(card: &Partner, contact: &PartnerContact) -> bool {
    naming(card, contact).next().is_some()
}

impl Room for PartnerContact {
    fn there(tx: &Tx<'_>, new: &Self) -> Result<Option<PartnerContactId>> {
        let Some(card) = seen(tx, new.partner_id)? else { return Ok(None) };
        let mut new = new.clone();
        normalize(tx, &card, &mut new)?;
        Ok(of_partner(tx, card.id)?.iter().find(|known| is_same(known, &new)).map(|known| known.id))
    }

    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if let Some(before) = before {
            let stays = before.partner_id == after.partner_id;
            crate::require!(stays, "partner_id", "partner_id: a contact stays its partner's");
            let stays = before.channel == after.channel;
            crate::require!(stays, "channel", "channel: it stays; create another contact");
            crate::require!(
                after.is_primary || !before.is_primary,
                "is_primary",
                "is_primary: one is; make another one primary, or delete this one"
            );
        }
        let mobile = after.channel == ContactChannel::Email && after.kind == ContactKind::Mobile;
        crate::require!(!mobile, "kind", "kind: an e-mail address is not mobile; a phone is");
        // Without a partner the reference is refused by who checks them.
        let Some(card) = seen(tx, after.partner_id)? else { return Ok(()) };
        let told = "partner_id: who this partner was has been erased; create a new one";
        crate::require!(card.date_erased.is_none(), "partner_id", "{told}");
        normalize(tx, &card, after)?;
        if before.is_some_and(|before| before.value == after.value) {
            return Ok(());
        }
        let known = of_partner(tx, card.id)?;
        if let Some(same) = known.iter().find(|known| known.id != after.id && is_same(known, after))
        {
            let told = format!("value: {} says the same", same.id.subject());
            return Err(Error::conflict(told).with_field("value").with_subject(same.id.subject()));
        }
        if before.is_none() && known.len() >= limit::CONTACTS {
            let told = format!("value: a partner has {} contacts; no more fit", limit::CONTACTS);
            return Err(Error::limit("value", told));
        }
        Ok(())
    }

    fn after_save(tx: &mut Tx<'_>, before: Option<&Self>, after: &Self) -> Result<()> {
        let Some(card) = tx.by_id::<Partner>(after.partner_id)? else { return Ok(()) };
        let mut news = Fields::new();
        if let Some(before) = before.filter(|before| before.value != after.value) {
            for (name, _) in naming(&card, before) {
                news.set(name, after.value.clone());
            }
        }
        let is_chosen = after.is_primary && !before.is_some_and(|before| before.is_primary);
        if is_chosen || !has_primary(&card, after.channel) {
            news.set(slot(&card, after), after.value.clone());
        }
        write(tx, card.id, &news)
    }

    fn after_delete(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(card) = tx.by_id::<Partner>(self.partner_id)? else { return Ok(()) };
        let same =
            |known: &PartnerContact| known.channel == self.channel && known.value == self.value;
        if of_partner(tx, card.id)?.iter().any(same) {
            return Ok(());
        }
        let mut news = Fields::new();
        for (name, _) in naming(&card, self) {
            news.set(name, crate::base::Value::Null);
        }
        write(tx, card.id, &news)
    }
}

/// The fields of a card that name a contact.
fn naming<'c>(
    card: &'c Partner,
    contact: &'c PartnerContact,
) -> impl Iterator<Item = (&'static str, ContactKind)> + 'c {
    let slots = SLOTS.iter().zip(said(card));
    slots
        .filter(|((_, channel, _), said)| {
            *channel == contact.channel && *said == Some(contact.value.as_str())
        })
        .map(|((name, _, kind), _)| (*name, *kind))
}

/// The field of a card that a contact is written to when it becomes primary.
fn slot(card: &Partner, contact: &PartnerContact) -> &'static str {
    match (contact.channel, contact.kind) {
        (ContactChannel::Email, _) => "email",
        (ContactChannel::Phone, ContactKind::Mobile) if card.phone.is_none() => "mobile",
        (ContactChannel::Phone, _) => "phone",
    }
}

fn write(tx: &mut Tx<'_>, card: PartnerId, news: &Fields) -> Result<()> {
    if news.is_empty() { Ok(()) } else { alter_in::<Partner>(tx, &[card.0], news).map(drop) }
}

/// Whether two contacts of a partner are one, however they are written.
pub(crate) fn is_same(one: &PartnerContact, other: &PartnerContact) -> bool {
    one.channel == other.channel
        && match (&one.normalized, &other.normalized) {
            (Some(one), Some(other)) => one == other,
            _ => one.value == other.value,
        }
}

/// The comparable form of a contact. A number that names no country is read as the partner's own are.
fn normalize(tx: &Tx<'_>, card: &Partner, contact: &mut PartnerContact) -> Result<()> {
    contact.normalized = match contact.channel {
        ContactChannel::Email => text::email_normalized(&contact.value),
        ContactChannel::Phone => {
            let home = match &card.country_code {
                Some(country) => Some(country.clone()),
                None => home(tx, card)?,
            };
            text::phone_normalized(&contact.value, home.as_deref())
        }
    };
    contact.state = ContactState::of(true, contact.normalized.is_some());
    Ok(())
}

/// Those of the fields of a card that would be told what is among its contacts already, which are given.
pub(crate) fn known(
    tx: &Tx<'_>,
    card: &Partner,
    known: &[PartnerContact],
    told: &Fields,
) -> Result<Vec<&'static str>> {
    let mut old = Vec::new();
    for (name, channel, _) in SLOTS {
        let Some(value) = told.get(name).and_then(|value| value.as_text()) else { continue };
        let (partner_id, value) = (card.id, value.to_owned());
        let mut said = PartnerContact { partner_id, channel, value, ..PartnerContact::default() };
        if known.iter().any(|known| known.channel == channel) {
            normalize(tx, card, &mut said)?;
        }
        if known.iter().any(|known| is_same(known, &said)) {
            old.push(name);
        }
    }
    Ok(old)
}

/// Keeps what cards said before they were told otherwise among their contacts, while there is room.
pub(crate) fn keep(tx: &Tx<'_>, before: &[&Partner]) -> Result<()> {
    let mut new = Vec::new();
    for chunk in before.chunks(limit::CHUNK) {
        let ids: Vec<i64> = chunk.iter().map(|card| card.id.0).collect();
        let mut known = of_partners(tx, &ids)?;
        let now = tx.by_ids::<Partner>(&ids)?;
        let now: HashMap<i64, Partner> = now.into_iter().map(|card| (card.id.0, card)).collect();
        for before in chunk {
            let Some(card) = now.get(&before.id.0) else { continue };
            let known = known.entry(card.id.0).or_default();
            for ((_, channel, kind), said) in SLOTS.iter().zip(said(before)) {
                let Some(value) = said.filter(|_| known.len() < limit::CONTACTS) else { continue };
                let old = said_as(tx, card, *channel, *kind, value)?;
                if !known.iter().any(|known| is_same(known, &old)) {
                    known.push(old.clone());
                    new.push(old);
                }
            }
        }
    }
    insert(tx, new)
}

/// Contacts of new partners, out of what their cards say.
pub(super) fn begin(tx: &Tx<'_>, cards: &[Partner]) -> Result<()> {
    let mut new: Vec<PartnerContact> = Vec::new();
    for card in cards {
        let first = new.len();
        for ((_, channel, kind), said) in SLOTS.iter().zip(said(card)) {
            let Some(value) = said else { continue };
            let is_told = |told: &PartnerContact| told.channel == *channel && told.value == value;
            if !new[first..].iter().any(is_told) {
                new.push(said_as(tx, card, *channel, *kind, value)?);
            }
        }
    }
    insert(tx, new)
}

fn insert(tx: &Tx<'_>, mut contacts: Vec<PartnerContact>) -> Result<()> {
    let mut inserter = Inserter::new(tx, contacts.len());
    for contact in &mut contacts {
        inserter.insert(contact)?;
    }
    inserter.end()
}

/// A contact that a card says.
fn said_as(
    tx: &Tx<'_>,
    card: &Partner,
    channel: ContactChannel,
    kind: ContactKind,
    value: &str,
) -> Result<PartnerContact> {
    let (partner_id, value) = (card.id, value.to_owned());
    let mut contact =
        PartnerContact { partner_id, channel, kind, value, ..PartnerContact::default() };
    // What the card says first has its comparable form there already.
    let own = |of: Option<&String>| of == Some(&contact.value);
    if own(card.email.as_ref()) && channel == ContactChannel::Email {
        contact.normalized.clone_from(&card.email_normalized);
        contact.state = card.email_state;
    } else if own(card.phone.as_ref()) && card.phone_state == Some(ContactState::Correct) {
        contact.normalized.clone_from(&card.phone_normalized);
        contact.state = card.phone_state;
    } else {
        normalize(tx, card, &mut contact)?;
    }
    Ok(contact)
}

/// Lets partners' contacts follow what is written on their cards, before and after.
pub(super) fn follow_cards(tx: &mut Tx<'_>, changed: &[(Partner, Partner)]) -> Result<()> {
    let moved: Vec<_> = changed.iter().filter(|(before, after)| is_told(before, after)).collect();
    for chunk in moved.chunks(limit::CHUNK) {
        let ids: Vec<i64> = chunk.iter().map(|(before, _)| before.id.0).collect();
        let mut known = of_partners(tx, &ids)?;
        for (before, after) in chunk {
            let known = known.remove(&before.id.0).unwrap_or_default();
            follow_card(tx, before, after, known)?;
        }
    }
    Ok(())
}

/// Reads anew the numbers of who belongs to partners that are of another country now, and names none of their own. What is no number there
/// stays what it was.
pub(super) fn follow_countries(tx: &mut Tx<'_>, changed: &[(Partner, Partner)]) -> Result<()> {
    let moved = changed.iter().filter(|(before, after)| before.country_code != after.country_code);
    let moved: HashMap<i64, &Partner> = moved.map(|(_, after)| (after.id.0, after)).collect();
    let mut ids: Vec<i64> = moved.keys().copied().collect();
    ids.sort_unstable();
    for chunk in ids.chunks(limit::CHUNK) {
        let rest = "WHERE partner.parent_id IN (SELECT value FROM json_each(?1)) AND partner.country_code IS NULL \
                    AND partner.date_erased IS NULL ORDER BY partner.id";
        let below: Vec<Partner> = tx.select(rest, &[id_list(chunk)])?;
        let ids: Vec<i64> = below.iter().map(|card| card.id.0).collect();
        let mut known = of_partners(tx, &ids)?;
        for before in below {
            let mut known = known.remove(&before.id.0).unwrap_or_default();
            let above = before.parent_id.and_then(|id| moved.get(&id.0));
            let country = match above.and_then(|above| above.country_code.clone()) {
                Some(country) => Some(country),
                None => home(tx, &before)?,
            };
            let mut after = before.clone();
            super::read_phones(&mut after, country.as_deref());
            let is_one = after.phone_normalized.is_some();
            if is_one && tx.save(&before, &mut after)? {
                desk::changed(tx, Some(&before), Some(&after))?;
            }
            let is_one = |contact: &PartnerContact| {
                text::phone_normalized(&contact.value, country.as_deref()).is_some()
            };
            let there = known.iter_mut().filter(|contact| is_one(contact));
            read_phones(tx, country.as_deref(), there)?;
            unite::unite_contacts(tx, &before, &mut known)?;
        }
    }
    Ok(())
}

/// Reads numbers as they are dialled in a country.
fn read_phones<'c>(
    tx: &Tx<'_>,
    country: Option<&str>,
    known: impl Iterator<Item = &'c mut PartnerContact>,
) -> Result<()> {
    for contact in known.filter(|known| known.channel == ContactChannel::Phone) {
        let mut read = contact.clone();
        read.normalized = text::phone_normalized(&read.value, country);
        read.state = ContactState::of(true, read.normalized.is_some());
        tx.save(contact, &mut read)?;
        *contact = read;
    }
    Ok(())
}

/// Whether contacts follow a change of a card.
fn is_told(before: &Partner, after: &Partner) -> bool {
    said(before) != said(after) || is_moved(before, after)
}

/// Whether the numbers of a card may be read as another country's.
fn is_moved(before: &Partner, after: &Partner) -> bool {
    before.country_code != after.country_code || before.parent_id != after.parent_id
}

/// Lets a partner's contacts follow what is written on the card: what replaces something there replaces it here, what is new is added,
/// what is emptied goes.
fn follow_card(
    tx: &mut Tx<'_>,
    before: &Partner,
    after: &Partner,
    mut known: Vec<PartnerContact>,
) -> Result<()> {
    let (was, is) = (said(before), said(after));
    for (at, (_, channel, kind)) in SLOTS.iter().enumerate() {
        if was[at] == is[at] {
            continue;
        }
        let says = |said: Option<&str>, contact: &PartnerContact| {
            contact.channel == *channel && said == Some(contact.value.as_str())
        };
        let still = |value: Option<&str>| {
            SLOTS.iter().zip(is).any(|((_, of, _), said)| of == channel && said == value)
        };
        let old = known.iter().position(|contact| says(was[at], contact));
        let old = old.filter(|_| !still(was[at]));
        let is_known = known.iter().any(|contact| says(is[at], contact));
        let same = is[at].map(|value| same_as(tx, after, *channel, value, &known)).transpose()?;
        // One that another field of the card says stays as that says it.
        let same = same.flatten().filter(|same| Some(*same) != old && !names(after, &known[*same]));
        match (is[at], same.or(old)) {
            (Some(_), _) if is_known => {}
            (Some(value), Some(old)) => {
                let mut contact = known[old].clone();
                value.clone_into(&mut contact.value);
                normalize(tx, after, &mut contact)?;
                tx.save(&known[old], &mut contact)?;
                known[old] = contact;
            }
            (Some(value), None) => known.push(add(tx, after, *channel, *kind, value)?),
            (None, Some(old)) => {
                tx.remove::<PartnerContact>(known[old].id)?;
                known.remove(old);
            }
            (None, None) => {}
        }
    }
    if is_moved(before, after) {
        let country = match &after.country_code {
            Some(country) => Some(country.clone()),
            None => home(tx, after)?,
        };
        read_phones(tx, country.as_deref(), known.iter_mut())?;
        unite::unite_contacts(tx, after, &mut known)?;
    }
    promote(tx, after, &known)
}

/// The contact that a value would be another writing of.
fn same_as(
    tx: &Tx<'_>,
    card: &Partner,
    channel: ContactChannel,
    value: &str,
    known: &[PartnerContact],
) -> Result<Option<usize>> {
    let (partner_id, value) = (card.id, value.to_owned());
    let mut new = PartnerContact { partner_id, channel, value, ..PartnerContact::default() };
    if known.iter().any(|known| known.channel == channel) {
        normalize(tx, card, &mut new)?;
    }
    Ok(known.iter().position(|known| is_same(known, &new)))
}

fn add(
    tx: &Tx<'_>,
    card: &Partner,
    channel: ContactChannel,
    kind: ContactKind,
    value: &str,
) -> Result<PartnerContact> {
    let mut contact = said_as(tx, card, channel, kind, value)?;
    tx.insert(&mut contact)?;
    Ok(contact)
}

/// Gives a card that names nothing of a channel the oldest that there is.
fn promote(tx: &mut Tx<'_>, card: &Partner, known: &[PartnerContact]) -> Result<()> {
    let mut news = Fields::new();
    for channel in ContactChannel::ALL.iter().filter(|channel| !has_primary(card, **channel)) {
        if let Some(oldest) = known.iter().find(|contact| contact.channel == *channel) {
            news.set(slot(card, oldest), oldest.value.clone());
        }
    }
    write(tx, card.id, &news)
}

/// Partners whose card and contacts do not say the same, by their ids.
fn astray(tx: &Tx<'_>) -> Result<Vec<i64>> {
    tx.rows(include_str!("astray.sql"), &[], |line| line.int(0))
}

/// What is wrong, in words.
pub(super) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let told = |id| format!("{}: its card and its contacts differ", PartnerId(id).subject());
    Ok(astray(tx)?.into_iter().map(told).collect())
}

/// Adds what cards say and contacts do not, and the reverse.
pub(super) fn rebuild(tx: &mut Tx<'_>) -> Result<()> {
    let astray = astray(tx)?;
    agree(tx, &astray)
}

/// The same for some partners.
pub(crate) fn agree(tx: &mut Tx<'_>, partners: &[i64]) -> Result<()> {
    for chunk in partners.chunks(limit::CHUNK) {
        let mut known = of_partners(tx, chunk)?;
        for card in tx.by_ids::<Partner>(chunk)? {
            let mut known = known.remove(&card.id.0).unwrap_or_default();
            for ((_, channel, kind), said) in SLOTS.iter().zip(said(&card)) {
                let Some(value) = said else { continue };
                let says =
                    |known: &PartnerContact| known.channel == *channel && known.value == value;
                if !known.iter().any(says) {
                    known.push(add(tx, &card, *channel, *kind, value)?);
                }
            }
            promote(tx, &card, &known)?;
        }
    }
    Ok(())
}
