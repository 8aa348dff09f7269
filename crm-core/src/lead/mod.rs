//! The heart: leads and opportunities, and the verbs that move them through the pipeline.
//!
//! Every verb takes one id or a list (see [`Target`]), works on sets, and answers the records as stored, after all consequences.
//! Decisions are in `rules` (pure), the order in which given fields depend on each other in `draft`.
//!
//! Deliberately absent: scores, counts, history, feed. They are consequences; see `reaction`.

pub(crate) mod create;
pub(crate) mod customer;
pub(crate) mod draft;
pub(crate) mod import;
pub(crate) mod office;
pub(crate) mod past;
pub(crate) mod policy;
pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod verbs;

use crate::base::{AsOf, Fields, Frame, LeadId, LostReasonId, Result, StageId, TeamId, UserId};
use crate::desk::{Desk, Find, Target, query};
use crate::filter::Filter;
use crate::record::Lead;
use crate::storage::{Link, Tx};

/// How a lead was lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lost {
    /// Why.
    pub lost_reason_id: Option<LostReasonId>,
    /// In the salesperson's words: an internal message of the lead, and `note` in the data of the feed's entry `lead.lost`, or
    /// `lead.changed` if it was lost before.
    pub note: Option<String>,
}

/// The desk of leads and opportunities.
///
/// ```
/// use crm_core::{Crm, Lost, fields};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// let deal = s.leads().create(fields! { name: "Fleet lease", expected_revenue: 12_000 })?;
/// let won = s.leads().mark_won(deal.id)?;
/// assert_eq!(won.won_status.word(), "won");
/// let back = s.leads().reopen(won.id)?;
/// assert_eq!(back.stage_id, deal.stage_id);
/// s.leads().mark_lost(back.id, &Lost { note: Some("went with a cheaper offer".into()), ..Lost::default() })?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Leads<'s> {
    link: &'s Link,
}

impl<'s> Leads<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// For verbs that stand in rooms of their own.
    pub(crate) const fn link(&self) -> &'s Link {
        self.link
    }

    const fn desk(&self) -> Desk<'s, Lead> {
        Desk::new(self.link)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    fn verb<T: Target<LeadId>>(
        &self,
        target: T,
        work: impl Fn(&mut Tx<'_>, &[i64]) -> Result<()>,
    ) -> Result<T::Out<Lead>> {
        let ids = target.ids();
        let leads = self.link.write(|tx| {
            work(tx, &ids)?;
            tx.settle()?;
            Ok(query::all_told(tx, store::as_stored(tx, &ids)?))
        })?;
        Ok(T::give(leads))
    }

    /// Creates a lead; what is omitted gets its default (user, team, stage, currency, company).
    ///
    /// # Errors
    /// `Invalid` naming the field; `Limit` for what is too large.
    pub fn create(&self, fields: Fields) -> Result<Lead> {
        let created = self.create_many(vec![fields])?;
        created
            .into_iter()
            .next()
            .ok_or_else(|| crate::base::Error::bug("a created lead is stored"))
    }

    /// Creates many at once, all or none.
    ///
    /// # Errors
    /// As [`Self::create`].
    #[expect(clippy::needless_pass_by_value, reason = "the drafts are used up")]
    pub fn create_many(&self, drafts: Vec<Fields>) -> Result<Vec<Lead>> {
        self.link.write(|tx| {
            let created = create::create_asked(tx, &drafts)?;
            Ok(query::all_told(tx, created))
        })
    }

    /// The lead of that id, archived or not; of one that was merged away the one that has its place, whose `id` says so.
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn get(&self, id: LeadId) -> Result<Lead> {
        self.desk().get(id)
    }

    /// The lead of that id as it was at an instant of the past: amounts, stage, team, salesperson, outcome and what else its history
    /// keeps, the machine's chance as it had been said by then, and the dates that had come. Names, tags, properties and what else has no
    /// history are as they are now, as is `version`, so that it can be given to `update`.
    ///
    /// ```
    /// use crm_core::{Crm, Timestamp, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let at = |day| Timestamp::parse(&format!("2026-03-{day:02}T09:00:00Z"));
    /// let march = crm.session(None, Some(at(2)?))?;
    /// let deal = march.leads().create(fields! { name: "Fleet lease", expected_revenue: 12_000 })?;
    /// let s = crm.session(None, Some(at(20)?))?;
    /// s.leads().mark_won(deal.id)?;
    /// assert_eq!(s.leads().get_as_of(deal.id, at(9)?.into())?.won_status.word(), "pending");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` when there was none then, there is none now, or this user may not see it now; `Invalid` for an instant still to come.
    pub fn get_as_of(&self, id: LeadId, as_of: AsOf) -> Result<Lead> {
        self.desk().get_as_of(id, as_of)
    }

    /// The lead that another system calls so.
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn get_external(&self, system: &str, id: &str) -> Result<Lead> {
        self.desk().get_external(system, id)
    }

    /// Leads that match, by default the active ones by priority, then newest; with `as_of`, as [`Self::get_as_of`] answers them, and the
    /// filter asks of what they were then (`:today` and `:now` too). Rights are today's.
    ///
    /// # Errors
    /// `Invalid` or `Format` for a filter or an order that makes no sense; `Invalid` for an instant still to come.
    pub fn find(&self, find: &Find) -> Result<Vec<Lead>> {
        self.desk().find(find)
    }

    /// What leads would tell their customers if what they say of their contact were written again, a row for each that has a customer:
    /// `lead_id`, `partner_id`, `partner_email_update`, `partner_phone_update`. What is written otherwise but the same, what is among the
    /// customer's contacts, and what cannot be read in the place of what can, is nothing new. Imported leads tell their customers nothing
    /// by themselves.
    ///
    /// # Errors
    /// `NotFound` when there is one that this user may not see; `Denied` for who is outside.
    pub fn partner_updates(&self, ids: &[LeadId]) -> Result<Frame> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        self.link().read(|tx| customer::updates(tx, &ids))
    }

    /// The states of a lead's pipeline fields in order, each with the time from which and until which it held (`valid_from`,
    /// `valid_to`), and when the file learned it (`known_at`).
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn history(&self, id: LeadId) -> Result<Frame> {
        self.link.read(|tx| crate::history::of_lead(tx, id))
    }

    /// How many match.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count(&self, filter: Option<&Filter>) -> Result<i64> {
        self.desk().count(filter)
    }

    /// How many matched then.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count_as_of(&self, filter: Option<&Filter>, as_of: AsOf) -> Result<i64> {
        self.desk().count_as_of(filter, as_of)
    }

    /// Matching leads as a table.
    ///
    /// # Errors
    /// As [`Self::find`]; `Invalid` for an unknown column.
    pub fn frame(&self, find: &Find, columns: Option<&[&str]>) -> Result<Frame> {
        self.desk().frame(find, columns)
    }

    /// Changes fields of one or many.
    ///
    /// # Errors
    /// `Invalid` naming the field; `Conflict` when `expected_version` is not the stored one, naming the fields that differ.
    #[expect(clippy::needless_pass_by_value, reason = "the fields are used up")]
    pub fn update<T: Target<LeadId>>(&self, target: T, fields: Fields) -> Result<T::Out<Lead>> {
        self.verb(target, |tx, ids| verbs::update(tx, ids, &fields))
    }

    /// Changes one by a function on the record: what it changes is what is written.
    ///
    /// # Errors
    /// As [`Self::update`]; `Invalid` when it changes what only verbs may.
    pub fn edit(&self, id: LeadId, edit: impl FnOnce(&mut Lead)) -> Result<Lead> {
        let before = self.get(id)?;
        let mut after = before.clone();
        edit(&mut after);
        let mut fields = crate::desk::changes(&before, &after)?;
        fields.expected_version = Some(before.version);
        self.update(id, fields)
    }

    /// Wins: into the next won stage, certain, closed now. A lost lead is reopened first; winning twice keeps the first date.
    ///
    /// # Errors
    /// `Invalid` when the lead's team can use no won stage.
    pub fn mark_won<T: Target<LeadId>>(&self, target: T) -> Result<T::Out<Lead>> {
        self.verb(target, verbs::mark_won)
    }

    /// Loses: hidden, with probability 0, closed now.
    ///
    /// # Errors
    /// `Invalid` for a won lead (reopen it first) and for an unknown reason.
    pub fn mark_lost<T: Target<LeadId>>(&self, target: T, lost: &Lost) -> Result<T::Out<Lead>> {
        self.verb(target, |tx, ids| {
            verbs::mark_lost(tx, ids, lost.lost_reason_id, lost.note.as_deref())
        })
    }

    /// Takes a won or lost lead back to pending: a lost one is active again without its reason, a won one goes back to the stage it
    /// was won from; nothing is typed, and the probability is its policy's.
    ///
    /// # Errors
    /// `NotFound`, as every verb.
    pub fn reopen<T: Target<LeadId>>(&self, target: T) -> Result<T::Out<Lead>> {
        self.verb(target, verbs::reopen)
    }

    /// Hides, and nothing else.
    ///
    /// # Errors
    /// `NotFound`, as every verb.
    pub fn archive<T: Target<LeadId>>(&self, target: T) -> Result<T::Out<Lead>> {
        self.verb(target, verbs::archive)
    }

    /// Shows what was archived, and nothing else.
    ///
    /// # Errors
    /// `Invalid` for a lost lead: reopen it.
    pub fn restore<T: Target<LeadId>>(&self, target: T) -> Result<T::Out<Lead>> {
        self.verb(target, verbs::restore)
    }

    /// Moves to a stage. A won stage wins the lead, leaving one reopens it.
    ///
    /// # Errors
    /// `Invalid` for a stage of another team.
    pub fn move_to<T: Target<LeadId>>(&self, target: T, stage: StageId) -> Result<T::Out<Lead>> {
        self.verb(target, |tx, ids| verbs::move_to(tx, ids, stage))
    }

    /// Gives leads to a user, or with `None` to nobody. The team follows the user unless it is given.
    ///
    /// # Errors
    /// `Invalid` for an archived user or one of another company.
    pub fn assign_to<T: Target<LeadId>>(
        &self,
        target: T,
        user: Option<UserId>,
        team: Option<TeamId>,
    ) -> Result<T::Out<Lead>> {
        self.verb(target, |tx, ids| verbs::assign_to(tx, ids, user, team))
    }

    /// Takes a lead that nobody has, for this session's user; the team follows as in [`Self::assign_to`]. Of two who claim at once one gets it.
    /// What one has already stays as it is.
    ///
    /// # Errors
    /// `Conflict` when somebody else has it; `Invalid` for a session of no user, and what is won, lost or archived; `NotFound`.
    pub fn claim(&self, id: LeadId) -> Result<Lead> {
        let mut claimed = self.link.write(|tx| {
            verbs::claim(tx, id)?;
            tx.settle()?;
            Ok(query::all_told(tx, store::as_stored(tx, &[id.0])?))
        })?;
        claimed.pop().ok_or_else(|| crate::base::Error::bug("a claimed lead is stored"))
    }

    /// Copies: the stage is the first again, outcome, probability and dates start afresh, an archived salesperson is dropped.
    ///
    /// # Errors
    /// `NotFound`, as every verb.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn copy<T: Target<LeadId>>(&self, target: T) -> Result<T::Out<Lead>> {
        let ids = target.ids();
        let copies = self.link.write(|tx| {
            let copies = create::copy(tx, &ids)?;
            Ok(query::all_told(tx, copies))
        })?;
        Ok(T::give(copies))
    }

    /// Removes for good; history and feed keep what was.
    ///
    /// # Errors
    /// `Denied` below the role `all`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn delete<T: Target<LeadId>>(&self, target: T) -> Result<()> {
        let ids = target.ids();
        self.link.write(|tx| verbs::delete(tx, &ids))
    }
}
