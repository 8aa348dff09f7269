//! What there is of a person: the records that are theirs, those that tell of them, and what is remembered of both.
//!
//! Theirs are their card and those that were merged into it, the addresses below it, the deals whose customer it is or that nobody's
//! customer sent from their address, what was said and is to be done about these, and users from outside who work under it. Others may
//! tell of them: a deal of whom they work for, a note at a colleague's deal. Those are read through once, and so is all that the feed
//! remembers: it takes as long as reading the whole database. Deliberately absent: what is done with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::base::field::Place;
use crate::base::{Cell, FieldKind, PartnerId, Record, RecordKind, Result, Row, Table, limit};
use crate::merge::store as merges;
use crate::person::traces::{Said, Traces};
use crate::record::{Activity, Lead, Message, Partner, PartnerContact, SubjectKind, User, sides};
use crate::storage::Tx;
use crate::storage::records::{from, id_list};
use crate::{external_id, feed};

/// Ids of records by kind.
pub(super) type Ids = BTreeMap<RecordKind, BTreeSet<i64>>;

/// An entry of the feed that tells of them though its record is not theirs: kind and id of that, and its own number.
pub(super) type Entry = (String, i64, i64);

/// What there is of a person.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Records that are theirs, those that are gone among them.
    pub(super) own: Ids,
    /// Records of others that tell of them.
    pub(super) told: Ids,
    /// Entries about others' records that tell of them.
    pub(super) entries: Vec<Entry>,
    /// Merges that they were part of, or that tell of them: of which kind, and its number.
    pub(super) merges: BTreeSet<(String, i64)>,
    /// Names by which other systems call others' records and that tell of them: kind, id, system, name.
    pub(super) names: Vec<(String, i64, String, String)>,
    pub(super) traces: Traces,
}

/// Kinds of which records can be somebody's.
pub(super) const KINDS: [RecordKind; 6] = [
    RecordKind::Partner,
    RecordKind::PartnerContact,
    RecordKind::Lead,
    RecordKind::Message,
    RecordKind::Activity,
    RecordKind::User,
];

impl Known {
    /// Theirs of a kind.
    pub(super) fn own(&self, kind: RecordKind) -> Vec<i64> {
        self.own.get(&kind).into_iter().flatten().copied().collect()
    }

    /// Others' of a kind that tell of them.
    pub(super) fn told(&self, kind: RecordKind) -> Vec<i64> {
        self.told.get(&kind).into_iter().flatten().copied().collect()
    }

    fn is_own(&self, kind: RecordKind, id: i64) -> bool {
        self.own.get(&kind).is_some_and(|ids| ids.contains(&id))
    }

    fn add(&mut self, kind: RecordKind, ids: impl IntoIterator<Item = i64>) {
        self.own.entry(kind).or_default().extend(ids);
    }
}

/// Ids that a statement over some ids answers, a chunk at a time.
fn ids(tx: &Tx<'_>, sql: &str, of: &[i64]) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for chunk in of.chunks(limit::CHUNK) {
        found.extend(tx.rows(sql, &[id_list(chunk)], |line| line.int(0))?);
    }
    Ok(found)
}

/// All that is found from some ids by a statement, and from those again.
fn spread(tx: &Tx<'_>, sql: &str, from: Vec<i64>) -> Result<BTreeSet<i64>> {
    let mut all: BTreeSet<i64> = from.iter().copied().collect();
    let mut last = from;
    while !last.is_empty() {
        last = ids(tx, sql, &last)?;
        last.retain(|id| all.insert(*id));
    }
    Ok(all)
}

/// Those that were merged into these, by kind.
fn with_merged(tx: &Tx<'_>, kind: RecordKind, of: Vec<i64>) -> Result<BTreeSet<i64>> {
    let sql = format!(
        "SELECT record_id FROM merge_row WHERE kind = '{}' AND into_id IN (SELECT value FROM json_each(?1))",
        kind.name()
    );
    spread(tx, &sql, of)
}

/// Finds it.
pub(super) fn of(tx: &Tx<'_>, id: PartnerId) -> Result<Known> {
    let mut known = Known::default();
    let below = "SELECT id FROM partner WHERE parent_id IN (SELECT value FROM json_each(?1)) \
                 AND address_type <> 0 AND NOT is_company";
    let living = spread(tx, below, vec![id.0])?;
    let cards = with_merged(tx, RecordKind::Partner, living.into_iter().collect())?;
    let cards: Vec<i64> = cards.into_iter().collect();
    known.add(RecordKind::Partner, cards.iter().copied());
    let of_cards = |table: &str| {
        format!("SELECT id FROM {table} WHERE partner_id IN (SELECT value FROM json_each(?1))")
    };
    known.add(RecordKind::User, ids(tx, &of_cards("user_account"), &cards)?);
    known.add(RecordKind::PartnerContact, ids(tx, &of_cards("partner_contact"), &cards)?);
    let gone = "SELECT DISTINCT lead_id FROM lead_history WHERE deleted AND partner_id IN (SELECT value FROM json_each(?1))";
    let mut leads = ids(tx, &of_cards("lead"), &cards)?;
    leads.extend(ids(tx, gone, &cards)?);
    let above = above(tx, &known, &cards)?;
    known.traces = said(tx, &mut known, &cards)?.traces(tx, &cards, &above)?;
    leads.extend(nobodys(tx, &known.traces)?);
    known.add(RecordKind::Lead, with_merged(tx, RecordKind::Lead, leads)?);
    let near = near(tx, &above, &cards)?;
    for (kind, of) in
        [(SubjectKind::Lead, RecordKind::Lead), (SubjectKind::Partner, RecordKind::Partner)]
    {
        for (hangs, table) in [(RecordKind::Message, "message"), (RecordKind::Activity, "activity")]
        {
            let sql = format!(
                "SELECT id FROM {table} WHERE subject_kind = {} AND subject_id IN (SELECT value FROM json_each(?1))",
                kind.code()
            );
            let own = known.own(of);
            known.add(hangs, ids(tx, &sql, &own)?);
        }
    }
    for kind in KINDS {
        known.told.insert(kind, BTreeSet::new());
    }
    tellers::<Lead>(tx, &mut known, &near)?;
    tellers::<Partner>(tx, &mut known, &near)?;
    tellers::<Message>(tx, &mut known, &near)?;
    tellers::<Activity>(tx, &mut known, &near)?;
    for email in known.traces.emails.clone() {
        let sql = "SELECT id FROM partner_contact WHERE normalized = ?1";
        let found = tx.rows(sql, &[email.into()], |line| line.int(0))?;
        let others = found.into_iter().filter(|id| !known.is_own(RecordKind::PartnerContact, *id));
        let others: Vec<i64> = others.collect();
        known.told.entry(RecordKind::PartnerContact).or_default().extend(others);
    }
    remembered(tx, &mut known, &near)?;
    Ok(known)
}

/// What was ever said of these cards, their contacts and their users.
fn said(tx: &Tx<'_>, known: &mut Known, cards: &[i64]) -> Result<Said> {
    let mut said = Said::default();
    let is_card: BTreeSet<i64> = cards.iter().copied().collect();
    let mut contacts = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    let users = known.own(RecordKind::User);
    feed::each_personal(tx, |entry| {
        let kind = RecordKind::from_name(entry.kind);
        let is_theirs = match kind {
            Some(RecordKind::Partner) => is_card.contains(&entry.record),
            Some(RecordKind::User) => users.contains(&entry.record),
            Some(RecordKind::PartnerContact) => {
                if subject(entry.plain, "partner_id").is_some_and(|id| is_card.contains(&id)) {
                    contacts.push(entry.record);
                }
                contacts.last() == Some(&entry.record)
                    || known.is_own(RecordKind::PartnerContact, entry.record)
            }
            _ => false,
        };
        if is_theirs {
            texts.push(entry.text.to_owned());
        }
        Ok(())
    })?;
    known.add(RecordKind::PartnerContact, contacts);
    merges::each_personal(tx, |merge| {
        if merge.kind == RecordKind::Partner.name() && is_card.contains(&merge.record) {
            texts.push(merge.text.to_owned());
        }
        Ok(())
    })?;
    for text in texts {
        said.learn_json(&serde_json::from_str(&text).unwrap_or_default());
    }
    learn::<Partner>(tx, cards, &mut said)?;
    learn::<PartnerContact>(tx, &known.own(RecordKind::PartnerContact), &mut said)?;
    learn::<User>(tx, &users, &mut said)?;
    Ok(said)
}

/// What a creation says that a record belongs to.
fn subject(plain: Option<&str>, field: &str) -> Option<i64> {
    let told: Json = serde_json::from_str(plain?).ok()?;
    told.get("set")?.get(field)?.as_i64()
}

fn learn<R: Record>(tx: &Tx<'_>, ids: &[i64], said: &mut Said) -> Result<()> {
    for record in tx.by_ids::<R>(ids)? {
        for (field, access) in R::TABLE.fields.iter().zip(R::ACCESS) {
            if let (true, Cell::Text(text)) = (field.personal, (access.cell)(&record)) {
                said.learn(field.name, &text);
            }
        }
    }
    Ok(())
}

/// Leads that no customer has, from one of their addresses or numbers.
fn nobodys(tx: &Tx<'_>, traces: &Traces) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for (column, said) in
        [("email_normalized", &traces.emails), ("phone_normalized", &traces.phones)]
    {
        let sql = format!(
            "SELECT lead.id FROM lead JOIN lead_text ON lead_text.lead_id = lead.id \
             WHERE lead.partner_id IS NULL AND lead_text.{column} = ?1"
        );
        for said in said {
            found.extend(tx.rows(&sql, &[said.as_str().into()], |line| line.int(0))?);
        }
    }
    Ok(found)
}

/// Whom they belong to.
fn above(tx: &Tx<'_>, known: &Known, cards: &[i64]) -> Result<Vec<i64>> {
    let above = "SELECT parent_id FROM partner WHERE parent_id IS NOT NULL AND id IN (SELECT value FROM json_each(?1))";
    let mut above = spread(tx, above, cards.to_vec())?;
    above.retain(|id| !known.is_own(RecordKind::Partner, *id));
    Ok(above.into_iter().collect())
}

/// Where a name that others have may be theirs: whom they belong to, the deals of that, and deals that were once theirs. By subject.
fn near(tx: &Tx<'_>, above: &[i64], cards: &[i64]) -> Result<BTreeSet<(i64, i64)>> {
    let deals = "SELECT id FROM lead WHERE partner_id IN (SELECT value FROM json_each(?1))";
    let once = "SELECT DISTINCT lead_id FROM lead_history WHERE partner_id IN (SELECT value FROM json_each(?1))";
    let mut leads = ids(tx, deals, above)?;
    leads.extend(ids(tx, once, cards)?);
    let leads = leads.into_iter().map(|id| (SubjectKind::Lead.code(), id));
    Ok(leads.chain(above.iter().map(|id| (SubjectKind::Partner.code(), *id))).collect())
}

/// The columns of a kind in which something may identify a person.
fn columns(table: &'static Table) -> Vec<String> {
    let column = |field: &crate::base::Field| match field.place {
        _ if !field.personal => None,
        Place::Column => Some(format!("{}.{}", table.name, field.name)),
        Place::Side(side) => Some(format!("{side}.{}", field.name)),
        _ => None,
    };
    table.fields.iter().filter_map(column).collect()
}

/// Others' records of a kind that tell of them.
fn tellers<R: Record>(tx: &Tx<'_>, known: &mut Known, near: &BTreeSet<(i64, i64)>) -> Result<()> {
    let (table, columns) = (R::TABLE, columns(R::TABLE));
    let itself = SubjectKind::of(table.kind).ok();
    let about = if itself.is_some() { "" } else { ", subject_kind, subject_id" };
    let sql = format!(
        "SELECT {}.id, {}{about}{}",
        table.name,
        columns.join(", "),
        from(table, &sides(table))
    );
    let mut found = BTreeSet::new();
    tx.each(&sql, &[], |line| {
        let id = line.int(0)?;
        if known.is_own(table.kind, id) {
            return Ok(());
        }
        let last = columns.len();
        let about = match itself {
            Some(kind) => (kind.code(), id),
            None => (line.int(last + 1)?, line.int(last + 2)?),
        };
        for at in 1..=last {
            let said = line.text_or_null(at)?;
            if said.is_some_and(|said| known.traces.are_in(said, near.contains(&about))) {
                found.insert(id);
                break;
            }
        }
        Ok(())
    })?;
    known.told.insert(table.kind, found);
    Ok(())
}

/// What is remembered: by the feed, by merges, by other systems.
fn remembered(tx: &Tx<'_>, known: &mut Known, near: &BTreeSet<(i64, i64)>) -> Result<()> {
    let mut hanging: Vec<(RecordKind, i64)> = Vec::new();
    let mut entries = Vec::new();
    feed::each_personal(tx, |entry| {
        let Some(kind) = RecordKind::from_name(entry.kind) else { return Ok(()) };
        if known.is_own(kind, entry.record) || hanging.last() == Some(&(kind, entry.record)) {
            return Ok(());
        }
        let about = match kind {
            RecordKind::Lead => Some((SubjectKind::Lead, entry.record)),
            RecordKind::Partner => Some((SubjectKind::Partner, entry.record)),
            RecordKind::Message | RecordKind::Activity => about(entry.plain),
            _ => None,
        };
        let is_about_theirs = about.is_some_and(|(kind, id)| known.is_own(kind.record(), id));
        if is_about_theirs && matches!(kind, RecordKind::Message | RecordKind::Activity) {
            hanging.push((kind, entry.record));
            return Ok(());
        }
        let is_near = about.is_some_and(|(kind, id)| near.contains(&(kind.code(), id)));
        if known.traces.are_in(entry.text, is_near) {
            entries.push((entry.kind.to_owned(), entry.record, entry.entry));
        }
        Ok(())
    })?;
    for (kind, id) in hanging {
        known.add(kind, [id]);
    }
    entries.retain(|(kind, id, _)| {
        RecordKind::from_name(kind).is_none_or(|kind| !known.is_own(kind, *id))
    });
    known.entries = entries;
    let mut merges = BTreeSet::new();
    merges::each_personal(tx, |merge| {
        let kind = RecordKind::from_name(merge.kind);
        let is_own = kind.is_some_and(|kind| known.is_own(kind, merge.record));
        let is_near = kind.and_then(|kind| SubjectKind::of(kind).ok());
        let is_near = is_near.is_some_and(|kind| near.contains(&(kind.code(), merge.record)));
        let tells = [merge.text, merge.moved].iter().any(|text| known.traces.are_in(text, is_near));
        if is_own || tells {
            merges.insert((merge.kind.to_owned(), merge.id));
        }
        Ok(())
    })?;
    known.merges = merges;
    let mut names = Vec::new();
    external_id::each(tx, |kind, id, system, name| {
        let is_own = kind == RecordKind::Partner.name() && known.is_own(RecordKind::Partner, id);
        if is_own || known.traces.are_in(name, false) {
            names.push((kind.to_owned(), id, system.to_owned(), name.to_owned()));
        }
    })?;
    known.names = names;
    Ok(())
}

/// What the creation of a message or an activity says that it is about.
fn about(plain: Option<&str>) -> Option<(SubjectKind, i64)> {
    let told: Json = serde_json::from_str(plain?).ok()?;
    let set = told.get("set")?;
    let word = set.get("subject_kind")?.as_str()?;
    let kind = SubjectKind::ALL.iter().copied().find(|kind| kind.word() == word)?;
    Some((kind, set.get("subject_id")?.as_i64()?))
}

/// Records of one of [`KINDS`], of those that are there.
pub(super) fn rows(tx: &Tx<'_>, kind: RecordKind, ids: &[i64]) -> Result<Vec<Row>> {
    fn of<R: Record>(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<Row>> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(limit::CHUNK) {
            found.extend(tx.by_ids::<R>(chunk)?.iter().map(Record::row));
        }
        Ok(found)
    }
    match kind {
        RecordKind::Partner => of::<Partner>(tx, ids),
        RecordKind::PartnerContact => of::<PartnerContact>(tx, ids),
        RecordKind::Lead => of::<Lead>(tx, ids),
        RecordKind::Message => of::<Message>(tx, ids),
        RecordKind::Activity => of::<Activity>(tx, ids),
        _ => of::<User>(tx, ids),
    }
}

/// Whether a field of a record holds texts that may identify a person.
pub(super) fn is_text(field: &crate::base::Field) -> bool {
    let stored = matches!(field.place, Place::Column | Place::Side(_));
    field.personal && stored && matches!(field.kind, FieldKind::Text | FieldKind::Properties)
}
