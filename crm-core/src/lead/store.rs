//! Leads in and out of storage, and the one way in which every verb changes them: load a chunk, decide, save, announce.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access::{self, Deed};
use crate::base::{Id as _, LeadId, Probability, Record as _, RecordKind, Result, limit};
use crate::desk::blind::{self, Given};
use crate::desk::query;
use crate::event::{Event, LeadChange};
use crate::lead::office::{Office, office};
use crate::record::Lead;
use crate::storage::Tx;

/// The leads of those ids that the actor sees, in the order of the ids; the first that is missing is an error.
pub(crate) fn visible(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<Lead>> {
    query::visible(tx, ids)
}

/// What a user said along with a change.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Remark<'r> {
    pub(crate) note: Option<&'r str>,
    /// The chance given by hand.
    pub(crate) opinion: Option<Probability>,
}

/// Changes leads: for each, `decide` says what becomes of it. All or nothing; what stays the same is not written.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    ids: &[i64],
    decide: impl FnMut(&Lead, &Office) -> Result<Lead>,
) -> Result<()> {
    change_saying(tx, ids, Remark::default(), decide)
}

/// As [`change`], with what the user said about it.
pub(crate) fn change_saying(
    tx: &mut Tx<'_>,
    ids: &[i64],
    remark: Remark<'_>,
    mut decide: impl FnMut(&Lead, &Office) -> Result<Lead>,
) -> Result<()> {
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    for chunk in query::distinct(ids)?.chunks(limit::CHUNK) {
        let leads = visible(tx, chunk)?;
        query::permit(tx, Lead::TABLE, chunk, Deed::Update)?;
        let office = office(tx)?;
        save_all(tx, &office, leads, remark, &mut decide)?;
        query::permit(tx, Lead::TABLE, chunk, Deed::Update)?;
    }
    Ok(())
}

/// Decides, saves and announces loaded leads.
pub(crate) fn save_all(
    tx: &mut Tx<'_>,
    office: &Arc<Office>,
    leads: Vec<Lead>,
    remark: Remark<'_>,
    mut decide: impl FnMut(&Lead, &Office) -> Result<Lead>,
) -> Result<()> {
    let mut changes = Vec::with_capacity(leads.len());
    for before in leads {
        let decided = decide(&before, office).and_then(|mut after| {
            office.follow_policy(&mut after);
            office.check_owners(Some(&before), &after)?;
            Ok(after)
        });
        let mut after = decided.map_err(|error| error.or_subject(before.id.subject()))?;
        if tx.save(&before, &mut after)? || remark.note.is_some() {
            changes.push(LeadChange {
                note: remark.note.map(str::to_owned),
                opinion: remark.opinion,
                ..LeadChange::new(Some(before), Some(after))
            });
        }
    }
    refuse_blind(tx, office, &changes)?;
    if !changes.is_empty() {
        tx.announce(Event::Leads(changes));
        tx.settle()?;
    }
    Ok(())
}

/// Refuses leads that were given to somebody who does not see them.
pub(crate) fn refuse_blind(tx: &Tx<'_>, office: &Office, changes: &[LeadChange]) -> Result<()> {
    let mut given = Given::new();
    for change in changes {
        let had = change.before.as_ref().and_then(|before| before.user_id);
        let Some(lead) = change.after.as_ref() else { continue };
        if let Some(user) =
            lead.user_id.filter(|user| Some(*user) != had && office.may_be_blind(*user))
        {
            given.entry(user).or_default().push(lead.id.0);
        }
    }
    blind::refuse(tx, RecordKind::Lead, &given)
}

/// The leads as they now are, in the order of the ids: what every verb answers.
pub(crate) fn as_stored(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<Lead>> {
    let ids = query::distinct(ids)?;
    if let [id] = ids.as_slice() {
        return Ok(tx.by_id(LeadId(*id))?.into_iter().collect());
    }
    let mut leads = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(limit::CHUNK) {
        leads.extend(tx.by_ids::<Lead>(chunk)?.into_iter().map(|lead| (lead.id.0, lead)));
    }
    Ok(ids.iter().filter_map(|id| leads.remove(id)).collect())
}

/// Ids of the leads that refer to a record by one of their columns.
pub(crate) fn referring(tx: &Tx<'_>, column: &str, id: i64) -> Result<Vec<i64>> {
    tx.rows(&format!("SELECT id FROM lead WHERE {column} = ?1 ORDER BY id"), &[id.into()], |line| {
        line.int(0)
    })
}

/// Ids of the leads of these customers.
pub(crate) fn of_partners(tx: &Tx<'_>, partners: &[i64]) -> Result<Vec<i64>> {
    let sql =
        "SELECT id FROM lead WHERE partner_id IN (SELECT value FROM json_each(?1)) ORDER BY id";
    let mut ids = Vec::new();
    for chunk in partners.chunks(limit::CHUNK) {
        ids.extend(tx.rows(sql, &[crate::storage::records::id_list(chunk)], |line| line.int(0))?);
    }
    Ok(ids)
}

/// Ids of the leads that carry a tag.
pub(crate) fn tagged(tx: &Tx<'_>, tag: i64) -> Result<Vec<i64>> {
    tx.rows(
        "SELECT lead_id FROM lead_tag WHERE tag_id = ?1 ORDER BY lead_id",
        &[tag.into()],
        |line| line.int(0),
    )
}

/// Companies of the partners that stored leads have, whoever asks.
pub(crate) fn own_partners(tx: &Tx<'_>, leads: &[i64]) -> Result<HashMap<i64, Option<i64>>> {
    let mut companies = HashMap::new();
    for chunk in leads.chunks(limit::CHUNK) {
        let ids = [crate::storage::records::id_list(chunk)];
        tx.each(include_str!("own_partners.sql"), &ids, |line| {
            companies.insert(line.int(0)?, line.int_or_null(1)?);
            Ok(())
        })?;
    }
    Ok(companies)
}
