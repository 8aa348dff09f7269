//! Assignment: who is given which lead, by rules, and why; planned first, then done.
//!
//! A plan looks at every pending lead without salesperson and says of each what happens to it and why, or why not, and everything that it went by.
//! It writes nothing and is data: it may be shown, kept as text, and done later, exactly or not at all. Members are given no more than their
//! quota of the day, so that planning and running again adds nothing.
//!
//! `reference` are the rules of the reference behaviour; `flow` shares leads out so that no sharing is better, with prices that prove it, and a
//! plan whose proof does not hold is not answered.
//!
//! Deliberately absent: a clock that runs it. Hosts call it when they like.

mod filters;
mod flow;
mod hand_over;
mod optimal;
mod plan;
mod random;
mod record;
mod reference;
mod run;
#[cfg(test)]
mod tests;
mod verbs;
mod world;

pub use plan::{
    AssignDeed, AssignMark, AssignPlan, AssignReason, AssignRules, AssignStep, AssignTerm, Assigned,
};

use crate::base::{Frame, RecordKind, Result, TeamId, UserId};
use crate::filter::Filter;
use crate::storage::Link;

/// How leads are to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// By which rules.
    pub rules: AssignRules,
    /// Of these teams alone; `None`: of all that take part.
    pub team_ids: Option<Vec<TeamId>>,
    /// Whether what was given in the last 24 hours does not count, and leads of any age are given. Two such runs give twice.
    pub force: bool,
    /// What chance begins with: the same seed draws the same.
    pub seed: u64,
    /// How many hours old a lead without team must be, 0 to 100,000.
    pub delay_hours: i64,
    /// At most how many days old, 0 for any age; `None`: 7, and any age with `force`.
    pub created_within_days: Option<i64>,
    /// Whether a customer's lead goes to the salesperson of the customer, else of its company, else of its last open opportunity, before
    /// any rule gives it away.
    pub affinity: bool,
}

impl Default for Assign {
    fn default() -> Self {
        Self {
            rules: AssignRules::Reference,
            team_ids: None,
            force: false,
            seed: 0,
            delay_hours: 0,
            created_within_days: None,
            affinity: true,
        }
    }
}

/// What somebody has, to become another's.
#[derive(Debug, Clone, PartialEq)]
pub struct HandOver {
    /// Whose it is; they may be archived by now.
    pub user_id: UserId,
    /// Who gets it.
    pub to_user_id: UserId,
    /// Records of this kind alone: `Lead`, `Partner` or `Activity`; `None`: of all three.
    pub record: Option<RecordKind>,
    /// Of those what matches; only with `record`.
    pub filter: Option<Filter>,
}

impl HandOver {
    /// Everything that is open.
    #[must_use]
    pub const fn all(user_id: UserId, to_user_id: UserId) -> Self {
        Self { user_id, to_user_id, record: None, filter: None }
    }
}

/// The desk of assignment.
///
/// ```
/// use crm_core::{Assign, AssignDeed, Crm, fields};
/// # fn main() -> crm_core::Result<()> {
/// let s = Crm::open(":memory:")?.session(None, None)?;
/// let (ada, ben) = (s.users().create(fields! { name: "Ada" })?.id, s.users().create(fields! { name: "Ben" })?.id);
/// let north = s.teams().create(fields! { name: "North", assignment_filter: "country_code = \"SE\"" })?.id;
/// s.teams().add_member(north, ada, fields! { assignment_max: 30 })?;
/// s.teams().add_member(north, ben, fields! { assignment_max: 60, assignment_filter: "priority >= 1" })?;
/// let lead = |name: &str, priority: i64| fields! { name: name, country_code: "SE", priority: priority };
/// s.leads().create_many(vec![lead("a", 0), lead("b", 1), lead("c", 2), lead("d", 0)])?;
/// let plan = s.assignment().plan(&Assign::default())?;
/// let given = plan.steps.iter().filter(|step| step.what == AssignDeed::Assign).count();
/// assert_eq!((plan.steps.len(), given), (4, 3)); // Ada may be given one a day, Ben two
/// assert_eq!(s.assignment().run(&plan)?.assigned, 3);
/// assert_eq!(s.assignment().run(&s.assignment().plan(&Assign::default())?)?.assigned, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'s> {
    link: &'s Link,
}

impl<'s> Assignment<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// Who would be given what, and why; writes nothing.
    ///
    /// # Errors
    /// `Denied` below the role `all`; `NotFound` for a team that this user does not see; `Invalid` for numbers out of their range, and for a
    /// filter that names what leads have no more.
    pub fn plan(&self, assign: &Assign) -> Result<AssignPlan> {
        self.link.read(|tx| verbs::plan(tx, assign))
    }

    /// What [`Self::hand_over`] would hand over now, a row for each: `record` (`partner`, `lead`, `activity`), `record_id`, `name` (of an
    /// activity its summary). Writes nothing.
    ///
    /// # Errors
    /// As there.
    pub fn plan_hand_over(&self, asked: &HandOver) -> Result<Frame> {
        self.link.read(|tx| hand_over::plan(tx, asked))
    }

    /// Makes another's what somebody has, as far as this user sees it: leads that are neither won nor lost, customers, and what is still to
    /// be done; archived ones too. Closed deals stay whose they were. A lead's team follows as in
    /// [`Leads::assign_to`](crate::Leads::assign_to). All or nothing; answers what it did, as [`Self::plan_hand_over`] does.
    ///
    /// ```
    /// use crm_core::{Crm, HandOver, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let (ada, ben) = (s.users().create(fields! { name: "Ada" })?.id, s.users().create(fields! { name: "Ben" })?.id);
    /// s.partners().create(fields! { name: "Harbour", user_id: ada })?;
    /// let open = s.leads().create(fields! { name: "Fleet lease", user_id: ada })?.id;
    /// let won = s.leads().create(fields! { name: "Vans", user_id: ada })?.id;
    /// s.leads().mark_won(won)?;
    /// assert_eq!(s.assignment().hand_over(&HandOver::all(ada, ben))?.len(), 2);
    /// assert_eq!((s.leads().get(open)?.user_id, s.leads().get(won)?.user_id), (Some(ben), Some(ada)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Denied` below the role `team` for what is not one's own; `Invalid` for a user who is not there, an archived one to get it, one who
    /// does not work in a record's company, and a filter without `record`.
    pub fn hand_over(&self, asked: &HandOver) -> Result<Frame> {
        self.link.write(|tx| hand_over::hand_over(tx, asked))
    }

    /// Does exactly what a plan says: merges, gives teams and salespeople, and makes opportunities of what has one.
    ///
    /// # Errors
    /// `Conflict` when a lead has changed or gone since, naming the leads; when a team that is given something has gone, or its switches,
    /// filters or members have changed; when a member would be given more than the day's quota; for a plan of another database, and for one
    /// older than [`limit::PLAN_HOURS`](crate::base::limit::PLAN_HOURS) or of a time
    /// that is still to come. Nothing is written then. `Denied` below the role `all`.
    pub fn run(&self, plan: &AssignPlan) -> Result<Assigned> {
        self.link.write_alone(|tx| run::run(tx, plan))
    }
}
