//! One database as one user: an accessor per desk, nothing more.

use std::sync::Arc;

use crate::activity::Activities;
use crate::any_desk::AnyDesk;
use crate::assign::Assignment;
use crate::audit::Audit;
use crate::base::{RecordKind, Result};
use crate::chatter::Chatter;
use crate::csv::Csv;
use crate::desk::Desk;
use crate::duplicate::Duplicates;
use crate::forecast::Forecasts;
use crate::lead::Leads;
use crate::property::Properties;
use crate::record::{
    ActivityType, Campaign, Company, LostReason, Medium, Partner, PartnerContact, PartnerRole,
    RecurringPlan, Rule, Source, Stage, Tag, Target, Team, TeamMember, User,
};
use crate::rights::Access;
use crate::score::Scores;
use crate::setting::Settings;
use crate::storage::Link;

/// A session: who works, and when it is. Cheap to clone; usable from any thread.
#[derive(Debug, Clone)]
pub struct Session {
    link: Arc<Link>,
}

macro_rules! desks {
    ($($(#[$doc:meta])* $name:ident: $record:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> Desk<'_, $record> {
            Desk::new(&self.link)
        }
    )*};
}

impl Session {
    pub(crate) fn new(link: Link) -> Self {
        Self { link: Arc::new(link) }
    }

    /// Leads and opportunities.
    #[must_use]
    pub fn leads(&self) -> Leads<'_> {
        Leads::new(&self.link)
    }

    desks! {
        /// Companies of the host.
        companies: Company;
        /// Who works with the pipeline.
        users: User;
        /// Sales teams.
        teams: Team;
        /// Memberships of teams.
        team_members: TeamMember;
        /// Steps of the pipeline.
        stages: Stage;
        /// Why deals are lost.
        lost_reasons: LostReason;
        /// Labels.
        tags: Tag;
        /// People and companies outside.
        partners: Partner;
        /// How they are reached.
        partner_contacts: PartnerContact;
        /// What they are to us, and when.
        partner_roles: PartnerRole;
        /// Marketing efforts.
        campaigns: Campaign;
        /// Ways of delivery.
        mediums: Medium;
        /// Where leads come from.
        sources: Source;
        /// How often recurring revenue recurs.
        recurring_plans: RecurringPlan;
        /// Kinds of things to do.
        activity_types: ActivityType;
        /// What narrows who may read and change leads and partners.
        rules: Rule;
        /// What teams and people are to reach.
        targets: Target;
    }

    /// What is to be done about leads and partners.
    #[must_use]
    pub fn activities(&self) -> Activities<'_> {
        Activities::new(&self.link)
    }

    /// What is said about leads and partners.
    #[must_use]
    pub fn chatter(&self) -> Chatter<'_> {
        Chatter::new(&self.link)
    }

    /// Any desk, for code that learns the kind when it runs.
    #[must_use]
    pub fn desk(&self, kind: RecordKind) -> AnyDesk<'_> {
        AnyDesk::new(&self.link, kind)
    }

    /// Settings.
    #[must_use]
    pub fn settings(&self) -> Settings<'_> {
        Settings::new(&self.link)
    }

    /// Custom fields.
    #[must_use]
    pub fn properties(&self) -> Properties<'_> {
        Properties::new(&self.link)
    }

    /// How likely leads are to be won.
    #[must_use]
    pub fn score(&self) -> Scores<'_> {
        Scores::new(&self.link)
    }

    /// Leads and customers that are probably the same.
    #[must_use]
    pub fn duplicates(&self) -> Duplicates<'_> {
        Duplicates::new(&self.link)
    }

    /// Who is given which lead.
    #[must_use]
    pub fn assignment(&self) -> Assignment<'_> {
        Assignment::new(&self.link)
    }

    /// What open deals should bring, and when.
    #[must_use]
    pub fn forecast(&self) -> Forecasts<'_> {
        Forecasts::new(&self.link)
    }

    /// Who may do what, and why.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access::new(&self.link)
    }

    /// Who changed what, and when.
    #[must_use]
    pub fn audit(&self) -> Audit<'_> {
        Audit::new(&self.link)
    }

    /// CSV files in and out.
    #[must_use]
    pub fn csv(&self) -> Csv<'_> {
        Csv::new(&self.link)
    }

    /// Opens a transaction that holds all verbs until [`Self::commit`]; a verb that fails leaves the others standing. It belongs to the
    /// thread that calls: on this session others are told `Conflict` until it ends.
    ///
    /// # Errors
    /// `Conflict` when one is open already; `Storage` 701 when another writer holds the file.
    pub fn begin(&self) -> Result<()> {
        self.link.begin()
    }

    /// Keeps what was written since [`Self::begin`].
    ///
    /// # Errors
    /// `Conflict` when no transaction is open, or another thread's.
    pub fn commit(&self) -> Result<()> {
        self.link.end(true)
    }

    /// Drops what was written since [`Self::begin`].
    ///
    /// # Errors
    /// `Conflict` when no transaction is open, or another thread's.
    pub fn rollback(&self) -> Result<()> {
        self.link.end(false)
    }

    /// Runs several verbs as one: all of them are kept, or none if the closure fails.
    ///
    /// ```
    /// use crm_core::{Crm, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let failed = s.atomic(|s| {
    ///     s.leads().create(fields! { name: "Fleet lease" })?;
    ///     s.leads().create(fields! { nam: "Typo" })
    /// });
    /// assert!(failed.is_err() && s.leads().count(None)? == 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the closure answers; as [`Self::begin`].
    pub fn atomic<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.begin()?;
        let guard = Rollback(self);
        let done = work(self)?;
        std::mem::forget(guard);
        self.commit()?;
        Ok(done)
    }

    /// Closes the session; what an open transaction wrote is dropped. Closing twice is fine.
    pub fn close(&self) {
        self.link.close();
    }
}

/// Rolls back when the work fails or panics.
struct Rollback<'s>(&'s Session);

impl Drop for Rollback<'_> {
    fn drop(&mut self) {
        // Nothing to tell: the failure that led here is what the host hears of.
        let _ = self.0.rollback();
    }
}
