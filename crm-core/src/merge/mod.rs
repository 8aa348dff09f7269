//! Merging: records that are one become one, and a merge can be taken back.
//!
//! A merge *plans* (`rules` decide, `plan` tells it field by field), then does exactly that: the best of the records is kept under its id,
//! the others go, and what hangs on them moves to it by the static list [`HANGING`](crate::record::HANGING). What each was is kept beside,
//! so that `unmerge` can put it back. An id that was merged away goes on naming the record that has its place.
//!
//! Deliberately absent: finding out which records are one; see `duplicate`.

mod image;
mod kind;
mod lead_rules;
mod log;
mod of_leads;
mod of_partners;
mod partner_rows;
#[cfg(test)]
mod partner_tests;
mod partners;
mod plan;
mod references;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod undo;
#[cfg(test)]
mod united_tests;
mod verbs;

pub use log::MergeEntry;
pub use partners::PartnerMerge;
pub use plan::{MergePlan, MergedField, MergedRows};
pub use undo::{MergeConflict, Unmerged};

use crate::base::{Error, Id as _, LeadId, Result, TeamId, UserId};
use crate::desk::query;
use crate::lead::{Leads, store as leads};
use crate::record::Lead;
use crate::storage::Tx;

/// What is given in place of what the merged leads say; what is `None` is decided by them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Merge {
    /// The salesperson.
    pub user_id: Option<UserId>,
    /// The team.
    pub team_id: Option<TeamId>,
}

/// What became of a merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged<R = Lead> {
    /// By which it can be taken back.
    pub merge_id: i64,
    /// The record that was kept.
    pub head: R,
}

/// Merging leads.
impl Leads<'_> {
    /// What [`Self::merge`] will do with these leads: which is kept, what of whom it gets, what is dropped, what moves. Writes nothing.
    ///
    /// ```
    /// use crm_core::{Crm, Merge, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let one = s.leads().create(fields! { name: "Fleet lease", expected_revenue: 12_000 })?;
    /// let two = s.leads().create(fields! { name: "Lease of a fleet", phone: "+33 1 70 18 99 00" })?;
    /// let plan = s.leads().plan_merge(&[one.id, two.id], &Merge::default())?;
    /// assert_eq!((plan.head, plan.merged), (one.id, vec![two.id]));
    /// let phone = plan.fields.iter().find(|field| field.name == "phone").unwrap();
    /// assert_eq!(phone.from, [two.id]);
    /// let name = plan.fields.iter().find(|field| field.name == "name").unwrap();
    /// assert_eq!(name.dropped, [(two.id, "Lease of a fleet".into())]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` naming the lead: one id alone, an id twice, a lead that is won, of another company or currency than the others; `Limit`
    /// for more than [`limit::MERGE`](crate::base::limit::MERGE) unless an administrator asks; `NotFound`; `Denied` for who may not merge.
    pub fn plan_merge(&self, ids: &[LeadId], merge: &Merge) -> Result<MergePlan> {
        let clusters = [numbers(ids)];
        let plans = self.link().read(|tx| verbs::plan::<Lead>(tx, &clusters, merge))?;
        plans.into_iter().next().ok_or_else(|| Error::bug("a cluster has a plan"))
    }

    /// Makes one lead of several, as [`Self::plan_merge`] says. The ids of the others go on naming it in [`Self::get`], and their external
    /// ids are its own.
    ///
    /// ```
    /// use crm_core::{Crm, Merge, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let one = s.leads().create(fields! { name: "Fleet lease" })?;
    /// let two = s.leads().create(fields! { name: "Lease of a fleet", phone: "+33 1 70 18 99 00" })?;
    /// let merged = s.leads().merge(&[one.id, two.id], &Merge::default())?;
    /// assert_eq!(merged.head.phone, two.phone);
    /// assert_eq!(s.leads().get(two.id)?.id, one.id);
    /// assert_eq!(s.leads().merged_into(two.id)?, Some(one.id));
    /// assert!(s.leads().unmerge(merged.merge_id)?.conflicts.is_empty());
    /// assert_eq!(s.leads().get(two.id)?, two);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Self::plan_merge`]; `Conflict` when someone else merged them at the same time.
    pub fn merge(&self, ids: &[LeadId], merge: &Merge) -> Result<Merged> {
        let merged = self.merge_clusters(&[ids.to_vec()], merge)?;
        merged.into_iter().next().ok_or_else(|| Error::bug("a cluster is merged"))
    }

    /// Makes one lead of each of several sets, all or none. No lead is in two of them, so their order does not matter.
    ///
    /// # Errors
    /// As [`Self::merge`]; `Invalid` naming a lead that is in two sets.
    pub fn merge_clusters(&self, clusters: &[Vec<LeadId>], merge: &Merge) -> Result<Vec<Merged>> {
        let clusters: Vec<Vec<i64>> = clusters.iter().map(|ids| numbers(ids)).collect();
        self.link().write(|tx| {
            let done = verbs::merge::<Lead>(tx, &clusters, merge)?;
            let heads: Vec<i64> = done.iter().map(|(_, head)| *head).collect();
            let heads = query::all_told(tx, leads::as_stored(tx, &heads)?);
            Ok(done
                .into_iter()
                .zip(heads)
                .map(|((merge_id, _), head)| Merged { merge_id, head })
                .collect())
        })
    }

    /// Takes a merge back: every lead is again what it was, with its id, version, history and what hung on it. What has changed since
    /// stays as it is now; where the merge had changed the same, the answer lists it. Taking back twice changes nothing.
    ///
    /// # Errors
    /// `NotFound` for an unknown merge, or leads that this user may not see; `Conflict` when the kept lead was merged or deleted since, or
    /// what a lead was has been erased.
    pub fn unmerge(&self, merge_id: i64) -> Result<Unmerged> {
        self.link().write(|tx| undo::unmerge(tx, merge_id))
    }

    /// The merges that there were, the newest first and at most so many: those that a lead was part of, kept or merged away, or all. Those
    /// that were taken back are told, too; so is what a conversion merged.
    ///
    /// ```
    /// use crm_core::{Convert, Crm, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let draft = fields! { name: "Fleet lease", kind: "lead", email_from: "ada@harbour.example" };
    /// let leads = s.leads().create_many(vec![draft.clone(), draft])?;
    /// let deal = s.leads().convert(leads[0].id, &Convert { deduplicate: true, ..Convert::default() })?;
    /// let merges = s.leads().merges(Some(deal.id), None)?;
    /// assert_eq!((merges[0].head, &merges[0].merged[..]), (leads[0].id, &[leads[1].id][..]));
    /// s.leads().unmerge(merges[0].merge_id)?;
    /// assert!(s.leads().merges(None, Some(1))?[0].undone.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` for a lead that this user does not see, nor one that has its place; `Denied` for who is outside.
    pub fn merges(&self, of: Option<LeadId>, limit: Option<usize>) -> Result<Vec<MergeEntry>> {
        self.link().read(|tx| log::list::<Lead>(tx, of, limit))
    }

    /// The lead that has the place of one that was merged away, through all merges since; `None` for one that stands for itself.
    ///
    /// # Errors
    /// `NotFound` when there is neither that this user may see.
    pub fn merged_into(&self, id: LeadId) -> Result<Option<LeadId>> {
        self.link().read(|tx| {
            let found = query::get_or_survivor::<Lead>(tx, id)?;
            Ok((found.id != id).then_some(found.id))
        })
    }
}

fn numbers(ids: &[LeadId]) -> Vec<i64> {
    ids.iter().map(|id| id.number()).collect()
}

/// Merges each of these sets, for a conversion; answers the merges' ids and the leads that were kept.
pub(crate) fn merge_sets(tx: &mut Tx<'_>, sets: &[Vec<i64>]) -> Result<Vec<(i64, i64)>> {
    verbs::merge::<Lead>(tx, sets, &Merge::default())
}

/// What the kept lead of each of these sets would be, and those that would go.
pub(crate) fn preview(tx: &Tx<'_>, sets: &[Vec<i64>]) -> Result<Vec<(Lead, Vec<LeadId>)>> {
    verbs::preview(tx, sets, &Merge::default())
}
