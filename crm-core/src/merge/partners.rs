//! Merging partners, at their desk.

use crate::base::{Error, Id as _, PartnerId, Result, UserId};
use crate::desk::{Desk, query};
use crate::merge::plan::MergePlan;
use crate::merge::undo::{self, Unmerged};
use crate::merge::{MergeEntry, Merged, log, verbs};
use crate::record::Partner;

/// What is given in place of what the merged partners say; what is `None` is decided by them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartnerMerge {
    /// Who is kept.
    pub head_id: Option<PartnerId>,
    /// Who looks after them.
    pub user_id: Option<UserId>,
}

/// Merging people and companies.
impl Desk<'_, Partner> {
    /// What [`Self::merge`] will do with these partners: who is kept, what of whom it gets, what is dropped, what moves. Writes nothing.
    ///
    /// # Errors
    /// `Invalid` naming the partner: one id alone, an id twice, a partner of another company than the others, one that belongs to another
    /// of them, a `head_id` that is none of them; `Limit` for more than [`limit::MERGE`](crate::base::limit::MERGE) unless an
    /// administrator asks; `NotFound`; `Denied` for who may not merge.
    pub fn plan_merge(
        &self,
        ids: &[PartnerId],
        merge: &PartnerMerge,
    ) -> Result<MergePlan<PartnerId>> {
        let clusters = [numbers(ids)];
        let plans = self.link.read(|tx| verbs::plan::<Partner>(tx, &clusters, merge))?;
        plans.into_iter().next().ok_or_else(|| Error::bug("a cluster has a plan"))
    }

    /// Makes one partner of several, as [`Self::plan_merge`] says. Kept is the one that is named, else one that is not archived, a company,
    /// the older one; it gets what it does not have from the others in this order. Their leads, the people that belong to them, what is
    /// said and to be done, and what other systems call them are its own; their ids go on naming it in [`Self::get`]. What leads say of
    /// their contact stays as it is.
    ///
    /// ```
    /// use crm_core::{Crm, PartnerMerge, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let one = s.partners().create(fields! { name: "Azure Bakery", is_company: true })?;
    /// let two = s.partners().create(fields! { name: "Azure bakery Ltd", is_company: true, phone: "+33 1 70 18 99 00" })?;
    /// let lease = s.leads().create(fields! { name: "Fleet lease", partner_id: two.id })?;
    /// let merged = s.partners().merge(&[one.id, two.id], &PartnerMerge::default())?;
    /// assert_eq!((merged.head.id, merged.head.phone), (one.id, two.phone.clone()));
    /// assert_eq!(s.leads().get(lease.id)?.partner_id, Some(one.id));
    /// assert_eq!(s.partners().merged_into(two.id)?, Some(one.id));
    /// assert!(s.partners().unmerge(merged.merge_id)?.conflicts.is_empty());
    /// assert_eq!(s.partners().get(two.id)?, two);
    /// assert_eq!(s.leads().get(lease.id)?.partner_id, Some(two.id));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Self::plan_merge`].
    pub fn merge(&self, ids: &[PartnerId], merge: &PartnerMerge) -> Result<Merged<Partner>> {
        let merged = self.merge_clusters(&[ids.to_vec()], merge)?;
        merged.into_iter().next().ok_or_else(|| Error::bug("a cluster is merged"))
    }

    /// Makes one partner of each of several sets, all or none. No partner is in two of them, so their order does not matter.
    ///
    /// # Errors
    /// As [`Self::merge`]; `Invalid` naming a partner that is in two sets.
    pub fn merge_clusters(
        &self,
        clusters: &[Vec<PartnerId>],
        merge: &PartnerMerge,
    ) -> Result<Vec<Merged<Partner>>> {
        let clusters: Vec<Vec<i64>> = clusters.iter().map(|ids| numbers(ids)).collect();
        // Alone: nobody gives a partner a lead while it goes.
        self.link.write_alone(|tx| {
            let done = verbs::merge::<Partner>(tx, &clusters, merge)?;
            let heads: Vec<i64> = done.iter().map(|(_, head)| *head).collect();
            let heads = query::all_told(tx, query::visible::<Partner>(tx, &heads)?);
            let merged = done.into_iter().zip(heads);
            Ok(merged.map(|((merge_id, _), head)| Merged { merge_id, head }).collect())
        })
    }

    /// Takes a merge back: every partner is again what it was, with its id and version, and has its leads and people again. What has
    /// changed since stays as it is now; where the merge had changed the same, the answer lists it. Taking back twice changes nothing.
    /// Leads and people that belonged to others meanwhile are changed records: their version and history tell of both.
    ///
    /// # Errors
    /// `NotFound` for an unknown merge, or partners that this user may not see; `Conflict` when the kept partner was merged or deleted
    /// since, or what a partner was has been erased.
    pub fn unmerge(&self, merge_id: i64) -> Result<Unmerged<Partner>> {
        self.link.write_alone(|tx| undo::unmerge(tx, merge_id))
    }

    /// The merges that there were, the newest first and at most so many: those that a partner was part of, kept or merged away, or all;
    /// see [`Leads::merges`](crate::Leads::merges).
    ///
    /// # Errors
    /// `NotFound` for a partner that this user does not see, nor one that has its place; `Denied` for who is outside.
    pub fn merges(
        &self,
        of: Option<PartnerId>,
        limit: Option<usize>,
    ) -> Result<Vec<MergeEntry<PartnerId>>> {
        self.link.read(|tx| log::list::<Partner>(tx, of, limit))
    }

    /// The partner that has the place of one that was merged away, through all merges since; `None` for one that stands for itself.
    ///
    /// # Errors
    /// `NotFound` when there is neither that this user may see.
    pub fn merged_into(&self, id: PartnerId) -> Result<Option<PartnerId>> {
        self.link.read(|tx| {
            let found = query::get_or_survivor::<Partner>(tx, id)?;
            Ok((found.id != id).then_some(found.id))
        })
    }
}

fn numbers(ids: &[PartnerId]) -> Vec<i64> {
    ids.iter().map(|id| id.number()).collect()
}
