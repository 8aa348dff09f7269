//! Partners as records that can be merged: who is kept, and what of whom.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::base::{
    CompanyId, Error, FieldKind, Id as _, PartnerId, Record, RecordKind, Result, Value,
};
use crate::desk;
use crate::event::{Event, OfficeChange};
use crate::merge::PartnerMerge;
use crate::merge::image::Image;
use crate::merge::kind::{Changed, Decided, Mergeable, first, fullest_address, same_numbers};
use crate::merge::partner_rows;
use crate::merge::plan::MergedRows;
use crate::merge::store::Kept;
use crate::merge::undo::MergeConflict;
use crate::record::{Partner, table};
use crate::storage::Tx;
use crate::{merged, partner};

impl Mergeable for Partner {
    type Given = PartnerMerge;
    const TOGETHER: &'static [&'static [&'static str]] =
        &[&["street", "street2", "city", "zip", "state_code", "country_code"]];
    const JOINED: &'static str = "comment";

    fn name(&self) -> &str {
        &self.name
    }

    fn decide(
        tx: &Tx<'_>,
        sets: Vec<Vec<Self>>,
        given: &PartnerMerge,
    ) -> Result<Vec<Decided<Self>>> {
        if let Some(user) = given.user_id {
            desk::check_references(tx, "user_id", RecordKind::User, &[user.0])?;
        }
        let decide = |mut records: Vec<Self>| {
            check(&records, given)?;
            rank(&mut records, given.head_id);
            let mut after = become_one(&records, given)?;
            let home = match (&after.country_code, &after.phone, &after.mobile) {
                (None, phone, mobile) if phone.is_some() || mobile.is_some() => {
                    partner::home(tx, &after)?
                }
                _ => None,
            };
            same_numbers!(after, records, home.as_deref());
            partner::normalize(tx, Some(&records[0]), &mut after)?;
            Ok(Decided { records, after })
        };
        let mut decided = sets.into_iter().map(decide).collect::<Result<Vec<_>>>()?;
        tops(tx, &mut decided)?;
        Ok(decided)
    }

    fn announce(tx: &mut Tx<'_>, changes: Vec<Changed<Self>>) {
        for Changed { before, after, .. } in changes {
            let id = after.as_ref().or(before.as_ref()).map_or(0, |partner| partner.id.0);
            let (before, after) = (before.map(|it| it.row()), after.map(|it| it.row()));
            // What leads say of their contact is theirs, and stays so whoever their customer is one with.
            let change = OfficeChange { kind: RecordKind::Partner, id, before, after, apart: true };
            tx.announce(Event::Office(change));
        }
    }

    fn follow(tx: &Tx<'_>, now: &Self, after: &mut Self) -> Result<()> {
        partner::normalize(tx, Some(now), after)
    }

    fn fit(&mut self, tx: &Tx<'_>, conflicts: &mut Vec<MergeConflict>) -> Result<()> {
        for field in Self::TABLE.fields {
            let (FieldKind::Ref(kind) | FieldKind::Ids(kind)) = field.kind else { continue };
            if field.name == "id" || field.system {
                continue;
            }
            let was = self.value(field.name)?;
            let known = |id: i64| {
                let sql = format!("SELECT 1 FROM {} WHERE id = ?1", table(kind).name);
                Ok::<_, Error>(tx.optional(&sql, &[id.into()], |_| Ok(()))?.is_some())
            };
            let is = match &was {
                Value::Int(id) if !known(*id)? => merged::survivor(tx, kind, *id)?.into(),
                Value::Ids(ids) => {
                    let mut there = Vec::with_capacity(ids.len());
                    for id in ids {
                        there.extend(known(*id)?.then_some(*id));
                    }
                    Value::Ids(there)
                }
                _ => was.clone(),
            };
            if is != was {
                self.set(field.name, &is)?;
                let (record, field) = (self.subject(), field.name);
                let merged = Value::Null;
                conflicts.push(MergeConflict { record, field, before: was, merged, now: is });
            }
        }
        Ok(())
    }

    const ROWS: &'static [&'static str] = &partner_rows::TABLES;

    fn rows(tx: &Tx<'_>, ids: &[i64]) -> Result<BTreeMap<i64, Image>> {
        partner_rows::of(tx, ids)
    }

    fn unite(tx: &Tx<'_>, heads: &[i64]) -> Result<()> {
        partner::unite::unite(tx, heads, true)
    }

    fn united(tx: &Tx<'_>, decided: &[Decided<Self>]) -> Result<Vec<Vec<MergedRows<PartnerId>>>> {
        partner_rows::united(tx, decided)
    }

    fn part(
        tx: &Tx<'_>,
        kept: &Kept,
        gone: &[Kept],
        now: &Image,
        conflicts: &mut Vec<MergeConflict>,
    ) -> Result<()> {
        partner_rows::part(tx, kept, gone, now, conflicts)
    }

    fn mend(tx: &mut Tx<'_>, ids: &[i64], _: &mut Vec<MergeConflict>) -> Result<()> {
        // A contact that was changed meanwhile is its partner's again: cards that it left, or came to, follow.
        partner::agree(tx, ids)?;
        partner::unite::unite(tx, ids, false)?;
        tx.settle()
    }
}

/// Refuses partners that cannot be one, naming the partner.
fn check(partners: &[Partner], given: &PartnerMerge) -> Result<()> {
    if let Some(head) = given.head_id
        && partners.iter().all(|partner| partner.id != head)
    {
        let told = format!("head_id: {} is none of those that are merged", head.subject());
        return Err(Error::invalid("head_id", told).with_subject(head.subject()));
    }
    if let Some(partner) = partners.iter().find(|partner| partner.date_erased.is_some()) {
        let subject = partner.id.subject();
        let told = format!("date_erased: who {subject} was has been erased; nobody is the same");
        return Err(Error::invalid("date_erased", told).with_subject(subject));
    }
    let company = partners.iter().find_map(|partner| partner.company_id);
    let foreign = |partner: &&Partner| partner.company_id.is_some_and(|own| Some(own) != company);
    if let Some(partner) = partners.iter().find(foreign) {
        let subject = partner.id.subject();
        let told = format!(
            "company_id: {subject} is another company's; partners of one company can be merged"
        );
        return Err(Error::invalid("company_id", told).with_subject(subject));
    }
    Ok(())
}

/// Puts partners in the order in which they count: whoever is to be kept, what is in use, companies, then what is older.
fn rank(partners: &mut [Partner], head: Option<PartnerId>) {
    partners.sort_by_key(|partner| {
        let given = head == Some(partner.id);
        (Reverse(given), Reverse(partner.active), Reverse(partner.is_company), partner.id)
    });
}

/// What the first of ranked partners becomes.
fn become_one(partners: &[Partner], given: &PartnerMerge) -> Result<Partner> {
    let mut after = partners[0].clone();
    first!(after, partners: parent_id, function, email, phone, mobile, website, lang, user_id, tax_id, referrer_id);
    fullest_address!(after, partners);
    let any = |get: fn(&Partner) -> bool| partners.iter().any(get);
    after.is_company = any(|partner| partner.is_company);
    after.is_customer = any(|partner| partner.is_customer);
    after.is_supplier = any(|partner| partner.is_supplier);
    after.active = any(|partner| partner.active);
    // What was everybody's stays so: leads of other companies may be theirs.
    let shared = any(|partner| partner.company_id.is_none());
    let owner: Option<CompanyId> = partners.iter().find_map(|partner| partner.company_id);
    after.company_id = owner.filter(|_| !shared);
    if given.user_id.is_some() {
        after.user_id = given.user_id;
    }
    let notes: Vec<&str> = partners.iter().filter_map(|it| it.comment.as_deref()).collect();
    if !notes.is_empty() {
        after.set("comment", &Value::Text(notes.join("\n\n")))?;
    }
    let tags = partners.iter().flat_map(|partner| partner.tag_ids.iter().map(|tag| tag.0));
    after.set("tag_ids", &Value::Ids(tags.collect()))?;
    for partner in &partners[1..] {
        for (name, value) in &partner.properties.0 {
            after.properties.0.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    Ok(after)
}

/// Lets what is decided belong to whom it will, and refuses what would belong to itself: a partner is not merged with one above it.
fn tops(tx: &Tx<'_>, decided: &mut [Decided<Partner>]) -> Result<()> {
    let all: Vec<i64> = decided.iter().flat_map(|one| &one.records).map(|it| it.id.0).collect();
    let parents: HashMap<i64, Option<i64>> = desk::parents(tx, Partner::TABLE, &all)?;
    let mut heads: BTreeMap<i64, i64> = BTreeMap::new();
    for one in decided.iter() {
        heads.extend(one.records.iter().map(|partner| (partner.id.0, one.records[0].id.0)));
    }
    let head = |id: i64| heads.get(&id).copied().unwrap_or(id);
    for one in decided.iter_mut() {
        one.after.parent_id = one.after.parent_id.map(|parent| PartnerId(head(parent.0)));
        // Nobody recommends themselves.
        let referrer = one.after.referrer_id.map(|referrer| PartnerId(head(referrer.0)));
        one.after.referrer_id = referrer.filter(|referrer| *referrer != one.after.id);
    }
    let refuse = |id: PartnerId| {
        let subject = id.subject();
        let told = format!(
            "parent_id: {subject} belongs, through others or at once, to one that it would be one with; change that first"
        );
        Err(Error::invalid("parent_id", told).with_subject(subject))
    };
    // Chains end within as many steps as there are partners; what does not is a ring.
    let chain = |from: Option<i64>, next: &dyn Fn(i64) -> Option<i64>| {
        let steps = std::iter::successors(from, |at| next(*at));
        steps.take(parents.len() + 1).collect::<Vec<i64>>()
    };
    for one in decided.iter() {
        for partner in &one.records {
            let own = partner.parent_id.map(|parent| parent.0);
            let above = chain(own, &|at| parents.get(&at).copied().flatten());
            if above.iter().any(|id| head(*id) == one.after.id.0) {
                return refuse(partner.id);
            }
        }
    }
    let after: HashMap<i64, Option<PartnerId>> =
        decided.iter().map(|one| (one.after.id.0, one.after.parent_id)).collect();
    let next = |at: i64| match after.get(&at) {
        Some(parent) => parent.map(|parent| parent.0),
        None => parents.get(&at).copied().flatten().map(head),
    };
    for one in decided.iter() {
        let above = chain(one.after.parent_id.map(|parent| parent.0), &next);
        if above.contains(&one.after.id.0) {
            return refuse(one.after.id);
        }
    }
    Ok(())
}
