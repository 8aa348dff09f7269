//! The audit: who changed what, and when; of records, settings and definitions, also of records that are gone.
//!
//! It is a reading of the feed, which keeps every change with what was and what is: no second log that could say otherwise. Whoever sees
//! everything reads everything; others read of records that they see now, and of what is set up for all. A seal runs digests over the
//! entries, each over the one before, so that whoever edits, adds or removes one is found out.
//!
//! Deliberately absent: sealing as the feed is written, which would make one writer of many.

mod chain;
mod find;

use crate::access;
use crate::base::{FieldKind, Frame, RecordKind, Result, Timestamp, UserId};
use crate::feed::FeedEntry;
use crate::storage::{Link, Tx};

/// A question to the audit; what is not said narrows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of that kind of record.
    pub record: Option<RecordKind>,
    /// Of the record of that id; `record` says of which kind.
    pub id: Option<i64>,
    /// By that user.
    pub user_id: Option<UserId>,
    /// What happened: `lead.changed`, `setting.changed`, …, as the feed names it.
    pub event: Option<String>,
    /// From that moment on.
    pub since: Option<Timestamp>,
    /// Before that moment.
    pub until: Option<Timestamp>,
    /// Entries of lower numbers: the next page begins with the last `seq` of the one before.
    pub before: Option<i64>,
    /// At most so many, up to [`FEED_PAGE`](crate::base::limit::FEED_PAGE).
    pub limit: usize,
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self {
            record: None,
            id: None,
            user_id: None,
            event: None,
            since: None,
            until: None,
            before: None,
            limit: 100,
        }
    }
}

/// How far the audit was sealed. Kept elsewhere, it shows that the whole chain was not written anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditSeal {
    /// The number of the last entry that was sealed; 0 before the first.
    pub seq: i64,
    /// Its digest: SHA-256 in hexadecimal digits; empty before the first.
    pub digest: String,
    /// How many entries this call has sealed.
    pub sealed: i64,
}

impl AuditSeal {
    /// As a table of one row: `seq`, `digest`, `sealed`.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("seq", FieldKind::Int),
            ("digest", FieldKind::Text),
            ("sealed", FieldKind::Int),
        ]);
        frame.push([self.seq.into(), self.digest.as_str().into(), self.sealed.into()]);
        frame
    }
}

/// What became of sealed entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditState {
    /// The number of the last entry that was sealed; 0 when none is.
    pub seq: i64,
    /// Its digest.
    pub digest: String,
    /// How many entries are sealed.
    pub sealed: i64,
    /// Of how many of them what identified a person was erased.
    pub erased: i64,
    /// How many entries came since.
    pub unsealed: i64,
    /// The first entry that is not what was sealed, or is gone.
    pub broken: Option<i64>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

impl AuditState {
    /// As a table of one row, its columns named as the fields.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("seq", FieldKind::Int),
            ("digest", FieldKind::Text),
            ("sealed", FieldKind::Int),
            ("erased", FieldKind::Int),
            ("unsealed", FieldKind::Int),
            ("broken", FieldKind::Int),
            ("problem", FieldKind::Text),
        ]);
        frame.push([
            self.seq.into(),
            self.digest.as_str().into(),
            self.sealed.into(),
            self.erased.into(),
            self.unsealed.into(),
            self.broken.into(),
            self.problem.clone().into(),
        ]);
        frame
    }
}

/// What was said of a person in entries about these records is forgotten, not tampered with.
pub(crate) fn forget(tx: &Tx<'_>, kind: &str, ids: &[i64]) -> Result<()> {
    chain::forget(tx, kind, ids)
}

/// The desk of the audit.
///
/// ```
/// use crm_core::{AuditQuery, Crm, RecordKind, fields};
/// # fn main() -> crm_core::Result<()> {
/// let s = Crm::open(":memory:")?.session(None, None)?;
/// let deal = s.leads().create(fields! { name: "Fleet lease" })?;
/// s.leads().delete(deal.id)?;
/// let query = AuditQuery { record: Some(RecordKind::Lead), id: Some(deal.id.0), ..AuditQuery::default() };
/// let told = s.audit().find(&query)?;
/// assert_eq!(told.iter().map(|entry| entry.event.as_str()).collect::<Vec<_>>(), ["lead.deleted", "lead.created"]);
/// let seal = s.audit().seal()?;
/// assert_eq!(s.audit().verify(Some((seal.seq, &seal.digest)))?.broken, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Audit<'s> {
    link: &'s Link,
}

impl<'s> Audit<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// Who changed what, the newest first: entries of the feed, whose `data` tells what is set and what was.
    ///
    /// An administrator of all companies reads all, also of records that are gone. Others read of records that they see now, and what was
    /// set up for all (settings, custom fields, the score). A record's sealed entries are found by an index, later ones by reading them.
    /// On a server an open `atomic` hears of its own changes after its end.
    ///
    /// # Errors
    /// `Invalid` for an `id` without `record`; `Limit` for too many at once.
    pub fn find(&self, query: &AuditQuery) -> Result<Vec<FeedEntry>> {
        self.link.number_feed()?;
        self.link.read(|tx| {
            access::allow_inside("read the audit", &tx.actor)?;
            find::find(tx, query)
        })
    }

    /// Seals what was told since the last time: each entry gets a digest over the one before and itself. What is sealed is also found by
    /// its record without reading the rest. Writers wait for a round of ten thousand entries at most. Called each night, or each minute.
    ///
    /// # Errors
    /// `Denied` below admin.
    pub fn seal(&self) -> Result<AuditSeal> {
        self.link.number_feed()?;
        let mut sealed = 0;
        loop {
            let round = self.link.write_alone(|tx| {
                access::allow_setup("seal the audit", &tx.actor)?;
                chain::round(tx)
            })?;
            sealed += round.sealed;
            if round.sealed < chain::ROUND {
                return Ok(AuditSeal { sealed, ..round });
            }
        }
    }

    /// Whether sealed entries are what they were. `known` is the `seq` and `digest` of a seal that was kept elsewhere: without one,
    /// who can write to the file could have sealed it anew.
    ///
    /// # Errors
    /// `Denied` below admin.
    pub fn verify(&self, known: Option<(i64, &str)>) -> Result<AuditState> {
        self.link.number_feed()?;
        self.link.read(|tx| {
            access::allow_setup("verify the audit", &tx.actor)?;
            chain::verify(tx, known)
        })
    }
}
