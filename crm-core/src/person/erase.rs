//! Forgetting a person: who they were goes, that there was somebody stays, with numbers, times, kinds, amounts and outcomes.
//!
//! Of records that are theirs every text that may identify a person goes, of others' those that tell of them. What the feed and merges
//! remember goes with it; the feed says once more what is left, so that whoever replays it, or holds a copy by it, comes to the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Cell, Error, ErrorKind, Id as _, PartnerId, Record, RecordKind, Result, limit};
use crate::desk::query;
use crate::event::{Event, LeadChange, OfficeChange};
use crate::feed::ERASED;
use crate::lead::{office::office, rules};
use crate::merge::store as merges;
use crate::person::known::{self, Known, is_text};
use crate::person::traces::Traces;
use crate::person::{Erased, Erasure};
use crate::record::{Activity, Lead, Message, Partner, PartnerContact, Role, User};
use crate::storage::{Tx, clean};
use crate::{access, audit, external_id, feed, merged, partner, score};

/// What can be kept for reasons of law.
const HOLDS: [RecordKind; 3] = [RecordKind::Lead, RecordKind::Message, RecordKind::Activity];

/// Whose card it is, of a person who may be read and erased as a whole: the one that has its place, if it was merged away, and itself, if
/// it was deleted, since what was said of it is remembered.
pub(super) fn card(tx: &Tx<'_>, deed: &str, id: PartnerId) -> Result<PartnerId> {
    access::allow_everything(deed, &tx.actor)?;
    let card = match query::get_or_survivor::<Partner>(tx, id) {
        Err(gone) if gone.kind() == ErrorKind::NotFound && feed::knows(tx, id.subject())? => {
            let place = merged::survivor(tx, RecordKind::Partner, id.0)?;
            return Ok(place.map_or(id, PartnerId));
        }
        found => found?,
    };
    if card.is_company {
        let subject = card.id.subject();
        let told = format!(
            "is_company: {subject} is a company; who trades under their own name is a person once it is false"
        );
        return Err(Error::invalid("is_company", told).with_subject(subject));
    }
    Ok(card.id)
}

/// Forgets them.
pub(super) fn erase(tx: &mut Tx<'_>, id: PartnerId, holds: &[RecordKind]) -> Result<Erasure> {
    let card = card(tx, "erase a person", id)?;
    if let Some(other) = holds.iter().find(|kind| !HOLDS.contains(kind)) {
        let known = HOLDS.map(RecordKind::name).join(", ");
        let told = format!("holds: a {} cannot be kept; {known} can", other.name());
        return Err(Error::invalid("holds", told));
    }
    let known = known::of(tx, card)?;
    for user in tx.by_ids::<User>(&known.own(RecordKind::User))? {
        if user.role != Role::External {
            let subject = user.id.subject();
            let told =
                format!("partner_id: {subject} works here under this card; empty that first");
            return Err(Error::conflict(told).with_field("partner_id").with_subject(subject));
        }
    }
    let mut eraser = Eraser { known, holds, counts: BTreeMap::new() };
    tx.is_forgetting = true;
    let done = eraser.run(tx);
    tx.is_forgetting = false;
    done?;
    let told = Erasure {
        partner_id: card,
        records: eraser
            .counts
            .into_iter()
            .map(|(name, (erased, kept))| Erased { record: name.to_owned(), erased, kept })
            .collect(),
    };
    if told.records.iter().any(|of| of.erased > 0) {
        clean::owe(tx)?;
        let list = |get: fn(&Erased) -> i64| -> BTreeMap<&str, i64> {
            let some = told.records.iter().filter(|of| get(of) > 0);
            some.map(|of| (of.record.as_str(), get(of))).collect()
        };
        let (erased, kept) = (list(|of| of.erased), list(|of| of.kept));
        let data = serde_json::json!({ "erased": erased, "kept": kept }).to_string();
        feed::erased(tx, card.subject(), &data)?;
    }
    Ok(told)
}

struct Eraser<'h> {
    known: Known,
    holds: &'h [RecordKind],
    /// Of what how much went and was kept.
    counts: BTreeMap<&'static str, (i64, i64)>,
}

impl Eraser<'_> {
    fn is_held(&self, kind: RecordKind) -> bool {
        self.holds.contains(&kind)
    }

    fn count(&mut self, name: &'static str, erased: usize) {
        self.counts.entry(name).or_default().0 += i64::try_from(erased).unwrap_or(i64::MAX);
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        // What was remembered goes first: what the changes below tell is to stay.
        self.forget_feed(tx)?;
        self.forget_merges(tx)?;
        self.forget_names(tx)?;
        self.forget::<Message>(tx, |_, _, _| Ok(()))?;
        self.forget::<Activity>(tx, |_, _, _| Ok(()))?;
        let leads = self.forget_leads(tx)?;
        self.forget::<User>(tx, |_, before, after| {
            after.login = format!("{ERASED}.{}", before.id);
            after.active = false;
            Ok(())
        })?;
        self.forget_contacts(tx)?;
        let now = tx.now;
        self.forget::<Partner>(tx, |is_own, before, after| {
            if is_own {
                after.name_key = None;
                after.phone_state = None;
                after.date_erased = before.date_erased.or(Some(now));
                after.active = false;
            }
            if after.email.is_none() {
                (after.email_normalized, after.email_state) = (None, None);
            }
            Ok(())
        })?;
        tx.settle()?;
        // A company's card that said their address says another of its own, if it has one.
        partner::agree(tx, &self.known.told(RecordKind::Partner))?;
        tx.settle()?;
        for kind in known::KINDS {
            self.tell_again(tx, kind)?;
        }
        if leads > 0 {
            score::forget_words(tx)?;
        }
        tx.forget_all()
    }

    /// Tells of others' records what is left, where an entry that told of both is gone.
    fn tell_again(&self, tx: &Tx<'_>, kind: RecordKind) -> Result<()> {
        if self.is_held(kind) {
            return Ok(());
        }
        let of_kind = self.known.entries.iter().filter(|(name, ..)| name == kind.name());
        let ids: BTreeSet<i64> = of_kind.map(|(_, id, _)| *id).collect();
        for chunk in ids.into_iter().collect::<Vec<i64>>().chunks(limit::CHUNK) {
            for record in known::rows(tx, kind, chunk)? {
                feed::tell_again(tx, &record)?;
            }
        }
        Ok(())
    }

    fn forget_feed(&mut self, tx: &Tx<'_>) -> Result<()> {
        let (mut gone, mut touched) = (0, BTreeMap::<String, BTreeSet<i64>>::new());
        for kind in known::KINDS.into_iter().filter(|kind| !self.holds.contains(kind)) {
            for chunk in self.known.own(kind).chunks(limit::CHUNK) {
                gone += feed::forget(tx, kind.name(), chunk)?;
                audit::forget(tx, kind.name(), chunk)?;
            }
        }
        for (kind, record, entry) in &self.known.entries {
            if RecordKind::from_name(kind).is_none_or(|kind| !self.is_held(kind)) {
                gone += feed::forget_entry(tx, kind, *record, *entry)?;
                touched.entry(kind.clone()).or_default().insert(*record);
            }
        }
        for (kind, records) in touched {
            let records: Vec<i64> = records.into_iter().collect();
            for chunk in records.chunks(limit::CHUNK) {
                audit::forget(tx, &kind, chunk)?;
            }
        }
        self.count("feed", gone);
        Ok(())
    }

    fn forget_merges(&mut self, tx: &Tx<'_>) -> Result<()> {
        let held = |kind: &str| RecordKind::from_name(kind).is_some_and(|kind| self.is_held(kind));
        let merges: Vec<i64> =
            self.known.merges.iter().filter(|(kind, _)| !held(kind)).map(|(_, id)| *id).collect();
        for merge in &merges {
            merges::forget(tx, *merge)?;
        }
        self.count("merge", merges.len());
        Ok(())
    }

    fn forget_names(&mut self, tx: &Tx<'_>) -> Result<()> {
        let mut gone = 0;
        for (kind, id, system, name) in &self.known.names {
            if RecordKind::from_name(kind).is_none_or(|kind| !self.is_held(kind)) {
                external_id::forget(tx, kind, *id, system, name)?;
                gone += 1;
            }
        }
        self.count("external_id", gone);
        if !self.is_held(RecordKind::Lead) {
            let leads = [RecordKind::Lead]
                .into_iter()
                .flat_map(|kind| [self.known.own(kind), self.known.told(kind)].concat());
            let gone = crate::convert::forget(tx, &leads.collect())?;
            if gone > 0 {
                self.count("conversion", gone);
            }
        }
        Ok(())
    }

    /// The records of a kind that are there, and whether each is theirs; none of what is held, which is counted as kept.
    fn load<R: Record>(&mut self, tx: &Tx<'_>) -> Result<Vec<(bool, R)>> {
        let kind = R::TABLE.kind;
        let mut records = Vec::new();
        for (is_own, ids) in [(true, self.known.own(kind)), (false, self.known.told(kind))] {
            for chunk in ids.chunks(limit::CHUNK) {
                records.extend(tx.by_ids::<R>(chunk)?.into_iter().map(|record| (is_own, record)));
            }
        }
        if self.is_held(kind) {
            let kept = i64::try_from(records.len()).unwrap_or(i64::MAX);
            self.counts.entry(kind.name()).or_default().1 += kept;
            records.clear();
        }
        Ok(records)
    }

    /// Empties the texts of records of a kind; `also` says what else becomes of one.
    fn forget<R: Record>(
        &mut self,
        tx: &mut Tx<'_>,
        also: impl Fn(bool, &R, &mut R) -> Result<()>,
    ) -> Result<()> {
        let mut changed = 0;
        for (is_own, before) in self.load::<R>(tx)? {
            let mut after = emptied(&before, (!is_own).then_some(&self.known.traces))?;
            also(is_own, &before, &mut after)?;
            if tx.save(&before, &mut after)? {
                changed += 1;
                let (kind, id) = (R::TABLE.kind, before.id().number());
                let (before, after) = (Some(before.row()), Some(after.row()));
                tx.announce(Event::Office(OfficeChange { kind, id, before, after, apart: true }));
            }
        }
        self.count(R::TABLE.kind.name(), changed);
        Ok(())
    }

    fn forget_leads(&mut self, tx: &mut Tx<'_>) -> Result<usize> {
        let office = office(tx)?;
        let mut changes = Vec::new();
        for (is_own, before) in self.load::<Lead>(tx)? {
            let mut after = emptied(&before, (!is_own).then_some(&self.known.traces))?;
            if !is_own {
                let reached = [&after.email_from, &after.phone, &after.mobile];
                let was = [&before.email_from, &before.phone, &before.mobile];
                if reached != was {
                    // They were whom this deal of another's was done with.
                    (after.contact_name, after.function) = (None, None);
                }
                let country = before.country_code.as_deref();
                let country =
                    country.or_else(|| office.country(before.company_id)).map(str::to_owned);
                rules::normalize(Some(&before), &mut after, country.as_deref())?;
            }
            if tx.save(&before, &mut after)? {
                changes.push(LeadChange::new(Some(before), Some(after)));
            }
        }
        let changed = changes.len();
        self.count(RecordKind::Lead.name(), changed);
        if changed > 0 {
            tx.announce(Event::Leads(changes));
            tx.settle()?;
        }
        Ok(changed)
    }

    fn forget_contacts(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let contacts = self.load::<PartnerContact>(tx)?;
        self.count(RecordKind::PartnerContact.name(), contacts.len());
        for (_, contact) in contacts {
            tx.remove::<PartnerContact>(contact.id)?;
            let (kind, id) = (RecordKind::PartnerContact, contact.id.0);
            let (before, after) = (Some(contact.row()), None);
            tx.announce(Event::Office(OfficeChange { kind, id, before, after, apart: true }));
        }
        Ok(())
    }
}

/// Fields of a card that say who somebody is; those of others stay, whatever they tell.
const WHO: [&str; 7] =
    ["name", "name_key", "phone", "mobile", "phone_normalized", "tax_id", "tax_id_normalized"];

/// A record without its texts, or without those that tell of somebody.
fn emptied<R: Record>(record: &R, traces: Option<&Traces>) -> Result<R> {
    let mut after = record.clone();
    for (field, access) in R::TABLE.fields.iter().zip(R::ACCESS) {
        if !is_text(field) {
            continue;
        }
        let Cell::Text(text) = (access.cell)(record) else { continue };
        let is_card = R::TABLE.kind == RecordKind::Partner && WHO.contains(&field.name);
        if traces.is_some_and(|traces| is_card || !traces.are_in(&text, true)) {
            continue;
        }
        let empty = if field.nullable || field.kind == crate::base::FieldKind::Properties {
            Cell::Null
        } else {
            Cell::from(ERASED)
        };
        if !(access.read)(&mut after, empty) {
            return Err(Error::bug("a text can be emptied"));
        }
    }
    Ok(after)
}
