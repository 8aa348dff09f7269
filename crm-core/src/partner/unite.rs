//! Rows of partners that say the same once their partners are one: a role that holds on the same days, an address written twice. They
//! become one row, as they would have been refused at one partner.
//!
//! Deciding is apart from writing, so that a merge can be planned: [`roles`] and [`contacts`] are functions of loaded rows.

use std::collections::{BTreeMap, HashMap};

use crate::base::{Date, Id as _, PartnerId, Record, Result, limit, text};
use crate::partner::contact::{self, of_partners};
use crate::partner::{home, role};
use crate::record::{ContactChannel, ContactState, Partner, PartnerContact, PartnerRole, RoleKind};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// What becomes of rows that say the same.
#[derive(Debug)]
pub(crate) struct United<T> {
    /// Rows that stay and say more than before.
    pub(crate) changed: Vec<(T, T)>,
    /// Rows whose place another one has.
    pub(crate) gone: Vec<T>,
}

impl<T> Default for United<T> {
    fn default() -> Self {
        Self { changed: Vec::new(), gone: Vec::new() }
    }
}

/// Roles of one partner, those that count first in front: of the same role on the same days one stays, from the first day of all to the last.
pub(crate) fn roles(rows: Vec<PartnerRole>) -> United<PartnerRole> {
    let mut united = United::default();
    let mut by_role: BTreeMap<RoleKind, Vec<(usize, PartnerRole)>> = BTreeMap::new();
    for (rank, row) in rows.into_iter().enumerate() {
        by_role.entry(row.role).or_default().push((rank, row));
    }
    for mut rows in by_role.into_values() {
        rows.sort_by_key(|(rank, row)| (row.date_start.is_some(), row.date_start, *rank));
        let mut rows = rows.into_iter().peekable();
        while let Some(first) = rows.next() {
            let mut whole = first.1.clone();
            let mut run = vec![first];
            while let Some(next) = rows.next_if(|(_, next)| role::clash(&whole, next)) {
                whole.date_end = later(whole.date_end, next.1.date_end);
                run.push(next);
            }
            let (start, end) = (whole.date_start, whole.date_end);
            run.sort_by_key(|(rank, _)| *rank);
            let mut run = run.into_iter().map(|(_, row)| row);
            let Some(kept) = run.next() else { continue };
            let after = PartnerRole { date_start: start, date_end: end, ..kept.clone() };
            if after != kept {
                united.changed.push((kept, after));
            }
            united.gone.extend(run);
        }
    }
    united
}

/// The later of two ends; none goes on.
fn later(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    one.zip(other).map(|(one, other)| one.max(other))
}

/// Contacts of a card, those that count first in front: of those that are the same however they are written one stays, the card's own
/// before others.
pub(crate) fn contacts(card: &Partner, mut rows: Vec<PartnerContact>) -> United<PartnerContact> {
    rows.sort_by_key(|row| !contact::names(card, row));
    let (mut kept, mut gone): (Vec<PartnerContact>, Vec<PartnerContact>) = (Vec::new(), Vec::new());
    for row in rows {
        let same = |known: &&PartnerContact| contact::is_same(known, &row);
        let written = |known: &PartnerContact| known.value == row.value;
        // A card may say one number as its phone and, written otherwise, as its mobile.
        let goes = match contact::names(card, &row) {
            true => kept.iter().filter(same).any(written),
            false => kept.iter().any(|known| same(&known)),
        };
        if goes { gone.push(row) } else { kept.push(row) }
    }
    United { changed: Vec::new(), gone }
}

/// Lets numbers go on being what they are for a card of another country: what was read at home is written out with its country, and what
/// could not be read is read now if it can be.
pub(crate) fn carried(
    tx: &Tx<'_>,
    card: &Partner,
    rows: &[PartnerContact],
) -> Result<Vec<(PartnerContact, PartnerContact)>> {
    let phones: Vec<&PartnerContact> =
        rows.iter().filter(|row| row.channel == ContactChannel::Phone).collect();
    if phones.is_empty() {
        return Ok(Vec::new());
    }
    let country = match &card.country_code {
        Some(country) => Some(country.clone()),
        None => home(tx, card)?,
    };
    let carried = phones.into_iter().filter_map(|row| {
        let read = text::phone_normalized(&row.value, country.as_deref());
        let after = match (&row.normalized, read) {
            (Some(whole), read) if read.as_ref() != Some(whole) => {
                PartnerContact { value: whole.clone(), ..row.clone() }
            }
            (None, Some(read)) => PartnerContact {
                normalized: Some(read),
                state: Some(ContactState::Correct),
                ..row.clone()
            },
            _ => return None,
        };
        Some((row.clone(), after))
    });
    Ok(carried.collect())
}

/// Writes what became of rows.
fn write<T: Record>(tx: &Tx<'_>, united: United<T>) -> Result<()> {
    for (before, mut after) in united.changed {
        tx.save(&before, &mut after)?;
    }
    let gone: Vec<i64> = united.gone.iter().map(|row| row.id().number()).collect();
    if !gone.is_empty() {
        let name = T::TABLE.name;
        let sql = format!("DELETE FROM {name} WHERE id IN (SELECT value FROM json_each(?1))");
        tx.execute(&sql, &[id_list(&gone)])?;
    }
    Ok(())
}

/// Makes one of the contacts of a card that are the same.
pub(super) fn unite_contacts(
    tx: &Tx<'_>,
    card: &Partner,
    known: &mut Vec<PartnerContact>,
) -> Result<()> {
    let united = contacts(card, known.clone());
    known.retain(|row| united.gone.iter().all(|gone| gone.id != row.id));
    write(tx, united)
}

/// Makes one of the rows of these partners that say the same; `carries` when they have just become one, of several countries.
pub(crate) fn unite(tx: &Tx<'_>, partners: &[i64], carries: bool) -> Result<()> {
    for chunk in partners.chunks(limit::CHUNK) {
        let mut known = of_partners(tx, chunk)?;
        let mut held = role::of_partners(tx, chunk)?;
        for card in tx.by_ids::<Partner>(chunk)? {
            let mut rows = known.remove(&card.id.0).unwrap_or_default();
            if carries {
                for (before, mut after) in carried(tx, &card, &rows)? {
                    tx.save(&before, &mut after)?;
                    rows.iter_mut()
                        .filter(|row| row.id == after.id)
                        .for_each(|row| row.clone_from(&after));
                }
            }
            write(tx, contacts(&card, rows))?;
            write(tx, roles(held.remove(&card.id.0).unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// Partners of whom rows say the same.
pub(crate) fn doubled(tx: &Tx<'_>) -> Result<Vec<PartnerId>> {
    tx.rows(include_str!("doubled.sql"), &[], |line| line.int(0).map(PartnerId))
}

/// What is wrong, in words.
pub(super) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let told = |id: PartnerId| format!("{} has a role or a contact twice", id.subject());
    Ok(doubled(tx)?.into_iter().map(told).collect())
}

/// Mends it.
pub(super) fn rebuild(tx: &Tx<'_>) -> Result<()> {
    let doubled: Vec<i64> = doubled(tx)?.into_iter().map(|id| id.0).collect();
    unite(tx, &doubled, false)
}

/// The rows of several partners, by partner.
pub(super) fn by_partner<T>(rows: Vec<T>, of: impl Fn(&T) -> PartnerId) -> HashMap<i64, Vec<T>> {
    let mut found: HashMap<i64, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(of(&row).0).or_default().push(row);
    }
    found
}
