//! What is said about leads and partners, and, read from the history of a lead, what was done to it.
//!
//! Messages stay as they were posted; they go when their record is deleted, and with it when it is merged. Who sees a record sees what
//! was said about it, and nobody else does.
//!
//! Deliberately absent: followers, mentions, mail. A host reads `message.posted` in the feed and tells whom it likes.

mod post;
#[cfg(test)]
mod tests;
mod timeline;

pub(crate) use post::{follow_activities, follow_leads, notify};

use crate::base::{Frame, Id, MessageId, RecordKind, Result, Subject};
use crate::desk::{Desk, Find, Target};
use crate::filter::Filter;
use crate::record::Message;
use crate::storage::Link;

/// The desk of messages.
///
/// ```
/// use crm_core::{Crm, fields};
/// # fn main() -> crm_core::Result<()> {
/// let s = Crm::open(":memory:")?.session(None, None)?;
/// let deal = s.leads().create(fields! { name: "Fleet lease" })?;
/// s.chatter().post(deal.id, "They want the blue ones.", false)?;
/// s.leads().move_to(deal.id, 2.into())?;
/// let told = s.chatter().list(deal.id)?;
/// assert_eq!(told.at(1, "body"), "They want the blue ones.".into());
/// assert_eq!((told.at(2, "field"), told.at(2, "new_value")), ("stage_id".into(), "2".into()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Chatter<'s> {
    link: &'s Link,
}

impl<'s> Chatter<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    const fn desk(&self) -> Desk<'s, Message> {
        Desk::new(self.link)
    }

    /// Posts a message about a lead or a partner, or the same about each of several, all or none. An `internal` one is meant for
    /// colleagues only. Its author is the session's user.
    ///
    /// # Errors
    /// `Invalid` for a kind of record that has no messages, a blank body and one with NULs; `Limit` beyond
    /// [`LONG_TEXT`](crate::base::limit::LONG_TEXT) bytes; `NotFound`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn post<I: Id, T: Target<I>>(
        &self,
        target: T,
        body: &str,
        internal: bool,
    ) -> Result<T::Out<MessageId>> {
        Ok(T::give(self.post_about(I::KIND, &target.ids(), body, internal)?))
    }

    /// As [`Self::post`], for code that learns the kind when it runs.
    ///
    /// # Errors
    /// As there.
    pub fn post_about(
        &self,
        kind: RecordKind,
        ids: &[i64],
        body: &str,
        internal: bool,
    ) -> Result<Vec<MessageId>> {
        self.link.write(|tx| post::post(tx, kind, ids, body, internal))
    }

    /// Everything about a lead or a partner in the order of time: messages, and for a lead what became of it, one line per field that
    /// changed.
    ///
    /// A line has `date`, `message_type` (`comment`, `notification`, `activity`, `lost`, or `change`) and `author_id`. A message's has
    /// `message_id`, `internal` and `body`; one of an activity that was done also `activity_id`, `activity_type_id` and `summary`. A
    /// change's has `subtype` (`created`, `won`, `lost`, `restored`, `stage` or `note`), `field`, `old_value` and `new_value`, as text:
    /// ids in decimal, money in major units. Changes are read from the history of `user_id`, `team_id`, `stage_id`,
    /// `expected_revenue`, `recurring_revenue`, `partner_id`, `kind`, `won_status`, `lost_reason_id` and `active`, and stand at the time
    /// from which they held; the history keeps no names and addresses, whose changes are read in the feed. Of a record that was merged away it
    /// is the one that has its place that is told of.
    ///
    /// # Errors
    /// `Invalid` for a kind of record that has no messages; `NotFound`.
    pub fn list(&self, subject: impl Into<Subject>) -> Result<Frame> {
        let subject = subject.into();
        self.link.read(|tx| timeline::list(tx, subject))
    }

    /// The message of that id.
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn get(&self, id: MessageId) -> Result<Message> {
        self.desk().get(id)
    }

    /// Messages that match, by default in the order of time.
    ///
    /// # Errors
    /// `Invalid` or `Format` for a filter or an order that makes no sense.
    pub fn find(&self, find: &Find) -> Result<Vec<Message>> {
        self.desk().find(find)
    }

    /// How many match.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count(&self, filter: Option<&Filter>) -> Result<i64> {
        self.desk().count(filter)
    }

    /// Matching messages as a table.
    ///
    /// # Errors
    /// As [`Self::find`]; `Invalid` for an unknown column.
    pub fn frame(&self, find: &Find, columns: Option<&[&str]>) -> Result<Frame> {
        self.desk().frame(find, columns)
    }
}
