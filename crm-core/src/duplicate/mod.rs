//! Duplicates: leads and customers that are probably the same, each with the reasons for thinking so.
//!
//! A lead is looked for by its e-mail addresses, its customer, its phone number, the domain of its company and the companies and
//! people around its customer, each through an index; what is empty matches nothing. Every reason has a strength; they add up to a
//! score as independent witnesses do. Whether two are one is for people, or for the caller's threshold, to say.
//!
//! Deliberately absent: writing, but for the policy. `merge` and `convert` act on what is found here.

mod alike;
mod kin;
pub(crate) mod policy;
mod reason;
mod scan;
mod search;
mod store;
#[cfg(test)]
mod tests;

use crate::base::{
    FieldKind, Fields, Frame, LeadId, PartnerId, Progress, RecordKind, Result, Value,
};
use crate::storage::Link;

pub use reason::{Duplicate, Reason};
pub use scan::DuplicateCluster;
pub(crate) use search::{Identity, same_customer};

/// For what duplicates are looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum DuplicateOf {
    /// A lead that there is.
    Lead(LeadId),
    /// A customer that there is.
    Partner(PartnerId),
    /// A lead or a customer (`RecordKind::Lead`, `RecordKind::Partner`) that may be created with these fields.
    Candidate(RecordKind, Fields),
}

/// A look for duplicates.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateQuery {
    /// Of what.
    pub of: DuplicateOf,
    /// Lost and archived opportunities too (of kind `opportunity`), and archived customers.
    pub include_lost: bool,
    /// Won leads too, and archived ones of any kind: everything there is.
    pub include_won: bool,
}

impl DuplicateQuery {
    /// Among what is open and active.
    #[must_use]
    pub const fn of(of: DuplicateOf) -> Self {
        Self { of, include_lost: false, include_won: false }
    }
}

/// A look through everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateScan {
    /// `RecordKind::Lead` or `RecordKind::Partner`.
    pub record: RecordKind,
    /// How strong a reason must be to tie two records: 1 to 99, see [`Reason::strength`]. Colleagues (`commercial_partner_id`) are
    /// never tied.
    pub least: i64,
    /// Lost and archived opportunities too (of kind `opportunity`), and archived customers.
    pub include_lost: bool,
}

impl DuplicateScan {
    /// Among what is open and active, for reasons of 80 and more: the same address or phone number.
    #[must_use]
    pub const fn of(record: RecordKind) -> Self {
        Self { record, least: 80, include_lost: false }
    }
}

/// The desk of duplicates.
///
/// ```
/// use crm_core::duplicate::{DuplicateOf, DuplicateQuery};
/// use crm_core::{Crm, RecordKind, fields};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// let known = s.leads().create(fields! { name: "Fleet lease", email_from: "Ada <ada@harbour.com>" })?;
/// let typed = fields! { name: "Lease", email_from: "ADA@harbour.com" };
/// let found = s.duplicates().find(&DuplicateQuery::of(DuplicateOf::Candidate(RecordKind::Lead, typed)))?;
/// assert_eq!((found[0].record_id, found[0].reasons[0].field), (known.id.0, "email_normalized"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Duplicates<'s> {
    link: &'s Link,
}

impl<'s> Duplicates<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// Leads like a lead, customers like a customer: the most alike first, then the newest; the one that is asked about is not among them.
    /// Only what this user sees is found. A reason that is no address of its own (a domain, a phone number) counts for nothing when more
    /// than [`limit::SHARED`](crate::base::limit::SHARED) share it. Names of leads are compared by [`Self::scan`] alone, since an index of
    /// them would cost each lead's write; a lead's customer is found by name as a partner.
    ///
    /// # Errors
    /// `NotFound` for a record that this user does not see; `Invalid` naming a candidate's field that cannot be what it is given as.
    pub fn find(&self, query: &DuplicateQuery) -> Result<Vec<Duplicate>> {
        self.link.read(|tx| search::find(tx, query))
    }

    /// All records that reasons tie together, in groups that share no record, by their lowest id. Who shares something with one of a group
    /// belongs to it. Only what this user sees is scanned, and nothing is written; the work grows with the records, not with their pairs.
    ///
    /// ```
    /// use crm_core::duplicate::DuplicateScan;
    /// use crm_core::{Crm, Progress, RecordKind, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let s = crm.session(None, None)?;
    /// for email in ["ada@harbour.com", "bob@harbour.com", "ADA@harbour.com"] {
    ///     s.leads().create(fields! { name: "Fleet lease", email_from: email })?;
    /// }
    /// let found = s.duplicates().scan(&DuplicateScan::of(RecordKind::Lead), &mut Progress::none())?;
    /// assert_eq!((found.len(), found[0].ids.clone()), (1, vec![1, 3]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for another kind of record or a strength out of its range; `Cancelled` when the host stops it.
    pub fn scan(
        &self,
        scan: &DuplicateScan,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<DuplicateCluster>> {
        self.link.read(|tx| scan::scan(tx, scan, progress))
    }
}

impl DuplicateCluster {
    /// A row per record and reason, in order: `cluster` (the lowest id of the group), `record_id`, `field`, `value`, `strength`.
    #[must_use]
    pub fn frame(found: &[Self], record: RecordKind) -> Frame {
        let mut frame = Frame::new([
            ("cluster", FieldKind::Ref(record)),
            ("record_id", FieldKind::Ref(record)),
            ("field", FieldKind::Text),
            ("value", FieldKind::Text),
            ("strength", FieldKind::Int),
        ]);
        for cluster in found {
            let first = cluster.ids.first().copied();
            for (id, reason) in &cluster.reasons {
                frame.push([
                    first.into(),
                    Value::Int(*id),
                    reason.field.into(),
                    reason.value.as_str().into(),
                    Value::Int(reason.strength),
                ]);
            }
        }
        frame
    }
}

impl Duplicate {
    /// A row per record and reason, in order: `record_id`, `score`, `field`, `value`, `strength`.
    #[must_use]
    pub fn frame(found: &[Self], record: RecordKind) -> Frame {
        let mut frame = Frame::new([
            ("record_id", FieldKind::Ref(record)),
            ("score", FieldKind::Int),
            ("field", FieldKind::Text),
            ("value", FieldKind::Text),
            ("strength", FieldKind::Int),
        ]);
        for duplicate in found {
            for reason in &duplicate.reasons {
                frame.push([
                    Value::Int(duplicate.record_id),
                    Value::Int(duplicate.score),
                    reason.field.into(),
                    reason.value.as_str().into(),
                    Value::Int(reason.strength),
                ]);
            }
        }
        frame
    }
}
