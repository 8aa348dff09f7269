//! Personal data: what is known of a person told to them, or forgotten.
//!
//! Both begin with the same search (`known`, by `traces`): what is exported is what would be erased. Deliberately absent: when either is
//! due, and who asked; that is the host's to know.

mod erase;
mod export;
mod known;
mod traces;

use crate::base::{FieldKind, Frame, PartnerId, RecordKind, Result};
use crate::desk::Desk;
use crate::record::Partner;

/// What became of one sort of thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// A kind of record; `feed` (entries), `merge` or `external_id`.
    pub record: String,
    /// Of how many texts were erased; contacts and external ids themselves.
    pub erased: i64,
    /// How many were kept, since they are held.
    pub kept: i64,
}

/// What became of all that was known of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Whose card is left, without them.
    pub partner_id: PartnerId,
    /// Of what how much went and was kept, by name.
    pub records: Vec<Erased>,
}

impl Erasure {
    /// As a table: `record`, `erased`, `kept`.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("record", FieldKind::Text),
            ("erased", FieldKind::Int),
            ("kept", FieldKind::Int),
        ]);
        for of in &self.records {
            frame.push([of.record.as_str().into(), of.erased.into(), of.kept.into()]);
        }
        frame
    }
}

/// People as persons who may ask.
impl Desk<'_, Partner> {
    /// Everything that is known of a person, as a JSON object: `own` and `told` (records that are theirs, and others' that tell of them,
    /// by kind), `roles`, `external_ids`, `states` (of their deals), `feed` (entries that say something of them, which is what the audit
    /// holds, too), `merges` (what merges kept of them), `partner_id` and `date`.
    ///
    /// Theirs are their card, the cards merged into it and the addresses below it, their contacts, the deals whose customer it is, or that
    /// nobody's customer sent from an address that they alone have, messages and activities of these, and users from outside under this
    /// card. Others' records tell of them by an address, a number or a tax number that no other card has, by a name of two words that no
    /// other card has, and, at whom they belong to, by any of their names. An id that was merged away is whoever has its place; of a
    /// card that was deleted the feed still tells. The whole database is read for it.
    ///
    /// ```
    /// use crm_core::{Crm, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let ada = s.partners().create(fields! { name: "Ada Lovelace", email: "ada@harbour.example" })?;
    /// s.leads().create(fields! { name: "Fleet lease", partner_id: ada.id })?;
    /// let known = s.partners().subject_export(ada.id)?;
    /// assert!(known.contains("ada@harbour.example") && known.contains("Fleet lease"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Denied` unless an administrator of all companies asks; `NotFound`; `Invalid` for a company.
    pub fn subject_export(&self, id: PartnerId) -> Result<String> {
        self.link.number_feed()?;
        self.link.read(|tx| export::export(tx, id))
    }

    /// Forgets a person: afterwards no text of theirs is in the database, nor in its files.
    ///
    /// Of all that [`Self::subject_export`] tells, texts that may identify a person go: of their own records all of them, of others'
    /// those that tell of them; their contacts and what other systems call them; what the feed and merges remember of these. Numbers,
    /// times, kinds, amounts and outcomes stay, and where a name has to be there stands `"erased"`. The card is archived, bears
    /// `date_erased`, and cannot be given a name, merged or unmerged again. The feed tells what is left, and `partner.erased` how much went;
    /// the audit's chain holds. Kinds of record in `holds` (`lead`, `message`, `activity`) are kept as they are, with what is remembered
    /// of them, and counted. Erasing again erases what came since; nothing, if nothing did.
    ///
    /// A file is then written anew, and its log emptied; the time and the room on disk that this takes are those of the whole file. A server's
    /// tables of texts are locked and written anew; its log, backups and replicas are its administrator's. Copies and backups that were made
    /// before hold what they held.
    ///
    /// ```
    /// use crm_core::{Crm, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let ada = s.partners().create(fields! { name: "Ada Lovelace", email: "ada@harbour.example" })?;
    /// let deal = s.leads().create(fields! { name: "Lease for Ada", partner_id: ada.id, expected_revenue: 900 })?;
    /// s.partners().subject_erase(ada.id, &[])?;
    /// let left = s.leads().get(deal.id)?;
    /// assert_eq!((left.name.as_str(), left.expected_revenue), ("erased", deal.expected_revenue));
    /// assert!(s.partners().get(ada.id)?.email.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Denied` unless an administrator of all companies asks; `NotFound`; `Invalid` for a company, or a kind that cannot be held;
    /// `Conflict` within an open `atomic`, and while a colleague's user names the card. `Storage` 701 when a reader of an older state
    /// keeps the file from being written anew: it is erased by then, and the same call, made again, does the rest.
    pub fn subject_erase(&self, id: PartnerId, holds: &[RecordKind]) -> Result<Erasure> {
        self.link.number_feed()?;
        self.link.erase(|tx| erase::erase(tx, id, holds))
    }
}
