//! What is to be done about leads and partners: types of activities, and activities by a day, which are done or cancelled.
//!
//! An activity that is done is kept, with what came of it, and says so in a message. It goes when its record is deleted, and with it when
//! that is merged. Who sees a record sees its activities, and nobody else does.
//!
//! An activity keeps when the day of its deadline begins and ends for who is to do it, so that what is overdue is a comparison with the
//! moment of asking, for lists, filters and counts alike, whatever the clocks do.
//!
//! Deliberately absent: reminders and calendars. A host asks for what is due and reads the feed.

mod due;
mod plan;
mod status;
#[cfg(test)]
mod tests;
mod types;
mod verbs;

pub(crate) use due::{rezone, verify};
pub(crate) use verbs::{give, refuse_blind};

use crate::base::{
    ActivityId, ActivityTypeId, Date, Fields, Frame, Id, LeadId, RecordKind, Result, UserId,
};
use crate::desk::{Desk, Find, Target};
use crate::fields;
use crate::filter::Filter;
use crate::record::Activity;
use crate::storage::{Link, Tx};

/// What is to be done; what is `None` is as the type says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// What sort of thing.
    pub activity_type_id: ActivityTypeId,
    /// By when; else today, later by the type's delay. A day of the past is overdue.
    pub date_deadline: Option<Date>,
    /// By whom; else the type's user, else the session's.
    pub user_id: Option<UserId>,
    /// In a line; else the type's summary.
    pub summary: Option<String>,
    /// At length; else the type's note.
    pub note: Option<String>,
}

/// The desk of activities.
///
/// ```
/// use crm_core::{Crm, Schedule, fields};
/// # fn main() -> crm_core::Result<()> {
/// let s = Crm::open(":memory:")?.session(None, None)?;
/// let deal = s.leads().create(fields! { name: "Fleet lease" })?;
/// let call = Schedule { activity_type_id: 3.into(), summary: Some("Ask for the fleet's size".into()), ..Schedule::default() };
/// let call = s.activities().schedule(deal.id, &call)?;
/// assert_eq!(call.state.word(), "planned");
/// let done = s.activities().done(call.id, Some("forty vans"))?;
/// assert_eq!((done.state.word(), s.activities().count(None)?), ("done", 0));
/// assert_eq!(s.chatter().list(deal.id)?.at(1, "body"), "forty vans".into());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Activities<'s> {
    link: &'s Link,
}

impl<'s> Activities<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    const fn desk(&self) -> Desk<'s, Activity> {
        Desk::new(self.link)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    fn verb<T: Target<ActivityId>>(
        &self,
        target: T,
        work: impl Fn(&mut Tx<'_>, &[i64]) -> Result<Vec<Activity>>,
    ) -> Result<T::Out<Activity>> {
        let ids = target.ids();
        Ok(T::give(self.link.write(|tx| work(tx, &ids))?))
    }

    /// Schedules an activity about a lead or a partner, or the same about each of several, all or none. Archived records have them, too.
    ///
    /// # Errors
    /// `Invalid` for a kind of record that has none, an unknown type, one that is for another kind of record, and a user who is archived
    /// or works in another company; `Limit` for what is too long; `NotFound`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn schedule<I: Id, T: Target<I>>(
        &self,
        target: T,
        plan: &Schedule,
    ) -> Result<T::Out<Activity>> {
        Ok(T::give(self.schedule_about(I::KIND, &target.ids(), plan)?))
    }

    /// As [`Self::schedule`], for code that learns the kind when it runs.
    ///
    /// # Errors
    /// As there.
    pub fn schedule_about(
        &self,
        kind: RecordKind,
        ids: &[i64],
        plan: &Schedule,
    ) -> Result<Vec<Activity>> {
        self.link.write(|tx| verbs::schedule(tx, kind, ids, plan))
    }

    /// Says that activities were done, and what came of it: a message tells it. If the type triggers a next one, that is scheduled:
    /// `next_activity_id`; if it suggests some, they are in `suggested_next_type_ids`. Doing twice changes nothing.
    ///
    /// # Errors
    /// `Limit` beyond [`LONG_TEXT`](crate::base::limit::LONG_TEXT) bytes of feedback, `Invalid` for NULs in it; `NotFound`.
    pub fn done<T: Target<ActivityId>>(
        &self,
        target: T,
        feedback: Option<&str>,
    ) -> Result<T::Out<Activity>> {
        self.verb(target, |tx, ids| verbs::done(tx, ids, feedback))
    }

    /// Takes activities back: they were never to be done.
    ///
    /// # Errors
    /// `Invalid` for one that is done; `NotFound`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn cancel<T: Target<ActivityId>>(&self, target: T) -> Result<()> {
        let ids = target.ids();
        self.link.write(|tx| verbs::cancel(tx, &ids))
    }

    /// Gives activities another day.
    ///
    /// # Errors
    /// `Invalid` for one that is done; `NotFound`.
    pub fn reschedule<T: Target<ActivityId>>(
        &self,
        target: T,
        date_deadline: Date,
    ) -> Result<T::Out<Activity>> {
        self.update(target, fields! { date_deadline: date_deadline })
    }

    /// Changes `activity_type_id`, `summary`, `note`, `date_deadline` or `user_id`.
    ///
    /// # Errors
    /// As [`Self::schedule`]; `Invalid` for one that is done; `Conflict` when `expected_version` is not the stored one.
    #[expect(clippy::needless_pass_by_value, reason = "the fields are used up")]
    pub fn update<T: Target<ActivityId>>(
        &self,
        target: T,
        fields: Fields,
    ) -> Result<T::Out<Activity>> {
        self.verb(target, |tx, ids| verbs::update(tx, ids, &fields))
    }

    /// The activity of that id, done or not.
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn get(&self, id: ActivityId) -> Result<Activity> {
        self.desk().get(id)
    }

    /// Activities that match, by default the next due first; those that are done only if the filter mentions `state` or `date_done`.
    /// `state` is as of the session's moment, by the days of the assignee's zone.
    ///
    /// # Errors
    /// `Invalid` or `Format` for a filter or an order that makes no sense.
    pub fn find(&self, find: &Find) -> Result<Vec<Activity>> {
        self.desk().find(find)
    }

    /// How many match.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count(&self, filter: Option<&Filter>) -> Result<i64> {
        self.desk().count(filter)
    }

    /// Matching activities as a table.
    ///
    /// # Errors
    /// As [`Self::find`]; `Invalid` for an unknown column.
    pub fn frame(&self, find: &Find, columns: Option<&[&str]>) -> Result<Frame> {
        self.desk().frame(find, columns)
    }

    /// How leads stand, in the order of the ids: `lead_id`; `activity_state`, the worst of what is to be done (`overdue`, `today`,
    /// `planned`; empty: nothing is); `date_deadline`, the next; `my_date_deadline`, the next of the session's user; `activity_count`.
    ///
    /// # Errors
    /// `NotFound` for a lead that this user may not see.
    pub fn status(&self, leads: &[LeadId]) -> Result<Frame> {
        let ids: Vec<i64> = leads.iter().map(|lead| lead.0).collect();
        self.link.read(|tx| status::of_leads(tx, &ids))
    }
}
