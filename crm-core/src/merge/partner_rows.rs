//! How merged partners are reached and what they are to us: rows that a merge makes one of several of, and that are put back whole.
//!
//! What each partner had is kept row by row. Taken back, a partner that was merged away has again what it had; a row that was changed
//! meanwhile stays, as it is by then, with the kept one, and is listed. Deliberately absent: rows that only move; see `store`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::base::field::Stamp;
use crate::base::{Id as _, PartnerId, Record, Result, Value};
use crate::merge::image::{self, Image};
use crate::merge::kind::Decided;
use crate::merge::plan::MergedRows;
use crate::merge::store::Kept;
use crate::merge::undo::MergeConflict;
use crate::partner::{contact, role, unite};
use crate::record::{Partner, PartnerContact, PartnerRole};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// A kind of row that is kept whole.
pub(super) trait Row: Record {
    /// What a host writes of it; the first says whether it is there at all.
    const TOLD: &'static [&'static str];
    /// Whose it is.
    fn owner(&self) -> i64;
    /// Gives it to another.
    fn give(&mut self, to: i64);
    /// Whether a partner cannot have both.
    fn clashes(&self, other: &Self) -> bool;
    /// Whether the card names it.
    fn is_primary(&self) -> bool;
}

impl Row for PartnerContact {
    const TOLD: &'static [&'static str] = &["value", "kind"];
    fn owner(&self) -> i64 {
        self.partner_id.0
    }
    fn give(&mut self, to: i64) {
        self.partner_id = PartnerId(to);
    }
    fn clashes(&self, other: &Self) -> bool {
        contact::is_same(self, other)
    }
    fn is_primary(&self) -> bool {
        self.is_primary
    }
}

impl Row for PartnerRole {
    const TOLD: &'static [&'static str] = &["role", "date_start", "date_end"];
    fn owner(&self) -> i64 {
        self.partner_id.0
    }
    fn give(&mut self, to: i64) {
        self.partner_id = PartnerId(to);
    }
    fn clashes(&self, other: &Self) -> bool {
        role::clash(self, other)
    }
    fn is_primary(&self) -> bool {
        false
    }
}

/// The tables whose rows are kept whole.
pub(super) const TABLES: [&str; 2] = [PartnerContact::TABLE.name, PartnerRole::TABLE.name];

/// The rows of partners, by partner, then by table and id.
pub(super) fn of(tx: &Tx<'_>, ids: &[i64]) -> Result<BTreeMap<i64, Image>> {
    let mut found: BTreeMap<i64, Image> = ids.iter().map(|id| (*id, Image::new())).collect();
    put::<PartnerContact>(tx, &mut found)?;
    put::<PartnerRole>(tx, &mut found)?;
    Ok(found)
}

fn put<T: Row>(tx: &Tx<'_>, found: &mut BTreeMap<i64, Image>) -> Result<()> {
    let ids: Vec<i64> = found.keys().copied().collect();
    let mut rows: BTreeMap<i64, Image> = BTreeMap::new();
    for row in load::<T>(tx, &ids)? {
        let mut kept = image::of(&row);
        if row.is_primary() {
            kept.insert("is_primary".to_owned(), 1.into());
        }
        rows.entry(row.owner()).or_default().insert(row.id().number().to_string(), kept.into());
    }
    for (id, tables) in found {
        tables.insert(T::TABLE.name.to_owned(), rows.remove(id).unwrap_or_default().into());
    }
    Ok(())
}

fn load<T: Row>(tx: &Tx<'_>, owners: &[i64]) -> Result<Vec<T>> {
    let name = T::TABLE.name;
    let rest = format!(
        "WHERE {name}.partner_id IN (SELECT value FROM json_each(?1)) ORDER BY {name}.partner_id, {name}.id"
    );
    tx.select(&rest, &[id_list(owners)])
}

/// The rows of a table that were kept, by id.
fn read<T: Row>(tx: &Tx<'_>, kept: &Image) -> Result<BTreeMap<i64, T>> {
    let mut rows = BTreeMap::new();
    for (id, row) in kept.get(T::TABLE.name).and_then(Json::as_object).into_iter().flatten() {
        let (Ok(id), Some(image)) = (id.parse::<i64>(), row.as_object()) else { continue };
        let mut row = T::default();
        row.stamp(Stamp { id: id.into(), version: 0, created: None, now: tx.now, user: None });
        image::onto(image, &mut row)?;
        rows.insert(id, row);
    }
    Ok(rows)
}

/// Rows of each of these sets that say the same and will be one, by whose they are.
pub(super) fn united(
    tx: &Tx<'_>,
    decided: &[Decided<Partner>],
) -> Result<Vec<Vec<MergedRows<PartnerId>>>> {
    let ids: Vec<i64> = decided.iter().flat_map(|one| &one.records).map(|it| it.id.0).collect();
    let (mut contacts, mut roles) = (BTreeMap::new(), BTreeMap::new());
    for row in load::<PartnerContact>(tx, &ids)? {
        contacts.entry(row.owner()).or_insert_with(Vec::new).push(row);
    }
    for row in load::<PartnerRole>(tx, &ids)? {
        roles.entry(row.owner()).or_insert_with(Vec::new).push(row);
    }
    let mut all = Vec::with_capacity(decided.len());
    for Decided { records, after } in decided {
        let owners: Vec<i64> = records.iter().map(|partner| partner.id.0).collect();
        let mut own: Vec<PartnerContact> =
            owners.iter().filter_map(|id| contacts.remove(id)).flatten().collect();
        for (_, carried) in unite::carried(tx, after, &own)? {
            own.iter_mut()
                .filter(|row| row.id == carried.id)
                .for_each(|row| *row = carried.clone());
        }
        let mut held: Vec<PartnerRole> =
            owners.iter().filter_map(|id| roles.remove(id)).flatten().collect();
        // The oldest row stays, whosever it was.
        own.sort_by_key(|row| row.id);
        held.sort_by_key(|row| row.id);
        let mut told = counted(&owners, &unite::contacts(after, own).gone);
        told.extend(counted(&owners, &unite::roles(held).gone));
        all.push(told);
    }
    Ok(all)
}

/// How many rows each of these partners has among some.
fn counted<T: Row>(owners: &[i64], rows: &[T]) -> Vec<MergedRows<PartnerId>> {
    let of = |owner: &i64| {
        let count = rows.iter().filter(|row| row.owner() == *owner).count();
        let name = T::TABLE.name.to_owned();
        (count > 0).then_some(MergedRows { name, from: PartnerId(*owner), count })
    };
    owners.iter().filter_map(of).collect()
}

/// Gives each partner of a merge its rows again; `now` is what the kept one had before anything was taken back.
pub(super) fn part(
    tx: &Tx<'_>,
    kept: &Kept,
    gone: &[Kept],
    now: &Image,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<()> {
    // What was merged before rows were kept has moved back by their keys.
    if kept.rows_is.is_empty() {
        return Ok(());
    }
    part_of::<PartnerContact>(tx, kept, gone, now, conflicts)?;
    part_of::<PartnerRole>(tx, kept, gone, now, conflicts)
}

fn part_of<T: Row>(
    tx: &Tx<'_>,
    kept: &Kept,
    gone: &[Kept],
    now: &Image,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<()> {
    let (is, mut now) = (read::<T>(tx, &kept.rows_is)?, read::<T>(tx, now)?);
    // Rows to put on the kept one once it is known what it keeps.
    let mut coming: Vec<T> = Vec::new();
    let mut returning: Vec<T> = Vec::new();
    for tail in gone {
        for (id, was) in read::<T>(tx, &tail.rows_was)? {
            let (merged, found) = (is.get(&id), now.remove(&id));
            if let Some(merged) = merged {
                let chosen =
                    found.as_ref().is_some_and(|row| row.is_primary() && !merged.is_primary());
                let differs = list(&was, Some(merged), found.as_ref(), conflicts)?;
                if chosen {
                    conflicts.push(MergeConflict {
                        record: was.subject(),
                        field: "is_primary",
                        before: was.is_primary().into(),
                        merged: false.into(),
                        now: true.into(),
                    });
                }
                coming.extend(found.clone().filter(|_| differs || chosen));
            }
            put_back(tx, found, &was)?;
        }
    }
    for (id, was) in read::<T>(tx, &kept.rows_was)? {
        match (is.get(&id), now.get(&id)) {
            (Some(merged), Some(found)) if differing(merged, found)?.is_empty() => {
                if image::of(merged) != image::of(&was) {
                    tx.take_back(found, &was)?;
                    now.insert(id, was);
                }
            }
            (Some(merged), Some(found)) => {
                if !differing(&was, merged)?.is_empty() {
                    list(&was, Some(merged), Some(found), conflicts)?;
                }
            }
            // It went since, and stays away.
            (Some(_), None) => {}
            (None, _) => returning.push(was),
        }
    }
    for was in returning {
        if now.values().any(|row| row.clashes(&was)) {
            list(&was, None, None, conflicts)?;
        } else {
            put_back(tx, None, &was)?;
            now.insert(was.id().number(), was);
        }
    }
    for mut row in coming {
        row.give(kept.record);
        if !now.values().any(|known| known.clashes(&row)) {
            tx.insert(&mut row)?;
            now.insert(row.id().number(), row);
        }
    }
    Ok(())
}

/// Lets a row be what it was, wherever it is; one that is another's by now stays.
fn put_back<T: Row>(tx: &Tx<'_>, found: Option<T>, was: &T) -> Result<()> {
    match found {
        Some(found) => tx.take_back(&found, was),
        None if tx.by_id::<T>(was.id())?.is_none() => tx.put_back(was),
        None => Ok(()),
    }
}

/// What hosts wrote that differs.
fn differing<T: Row>(one: &T, other: &T) -> Result<Vec<&'static str>> {
    let mut names = Vec::new();
    for name in T::TOLD {
        if one.value(name)? != other.value(name)? {
            names.push(*name);
        }
    }
    Ok(names)
}

/// Lists what is not as the merge has left it; answers whether anything is.
fn list<T: Row>(
    was: &T,
    merged: Option<&T>,
    now: Option<&T>,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<bool> {
    let names = match (merged, now) {
        (Some(merged), Some(now)) => differing(merged, now)?,
        _ => vec![T::TOLD[0]],
    };
    let value = |row: Option<&T>, name: &str| row.map_or(Ok(Value::Null), |row| row.value(name));
    for field in &names {
        conflicts.push(MergeConflict {
            record: was.subject(),
            field,
            before: was.value(field)?,
            merged: value(merged, field)?,
            now: value(now, field)?,
        });
    }
    Ok(!names.is_empty())
}
