//! Who is given what, as data: a plan is made, looked at, kept as text, and done later or not at all.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::base::{Error, FieldKind, Frame, LeadId, RecordKind, Result, TeamId, UserId, Value};

/// By which rules leads are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignRules {
    /// Teams are drawn by their capacity, then members take turns by what is left of their day's quota.
    #[default]
    Reference,
    /// As many of the best leads as can be, as evenly as can be, to those who are to be given them first: proven. Whose territory it is,
    /// is asked among all teams, not within the one that is drawn, so that one may wait for its member while another team has room.
    Optimal,
}

impl AssignRules {
    /// Every set of rules.
    pub const ALL: &'static [Self] = &[Self::Reference, Self::Optimal];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Optimal => "optimal",
        }
    }

    /// The rules of that word.
    ///
    /// # Errors
    /// `Invalid` naming `rules`.
    pub fn parse(word: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|rules| rules.word() == word);
        found.copied().ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|rules| rules.word()).collect();
            Error::invalid("rules", format!("rules: {word:?} is none of {}", words.join(", ")))
        })
    }
}

/// What a plan does with a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignDeed {
    /// A team and a salesperson get it, and it becomes an opportunity.
    Assign,
    /// A team gets it; `why` says why nobody of the team does.
    Allocate,
    /// Another lead takes its place.
    Merge,
    /// It stays as it is.
    Leave,
}

impl AssignDeed {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Allocate => "allocate",
            Self::Merge => "merge",
            Self::Leave => "leave",
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Why a plan does it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum AssignReason { $($(#[$doc])* #[serde(rename = $word)] $name,)* }

        impl AssignReason {
            /// Its word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

reasons! {
    /// The salesperson of the lead's customer.
    PartnerOwner = "partner_owner",
    /// The salesperson of the company that the customer belongs to.
    CompanyOwner = "company_owner",
    /// The salesperson of the customer's last open opportunity.
    LastDeal = "last_deal",
    /// It is among those that the member is to be given first.
    Preferred = "preferred",
    /// It was the member's turn.
    Turn = "turn",
    /// No other plan gives better leads, more evenly, to more of those who are to be given them first.
    Best = "best",
    /// It is a duplicate of the one that takes its place.
    Duplicate = "duplicate",
    /// Merged with its duplicates it is a salesperson's already.
    Owned = "owned",
    /// It was created too lately; see `delay_hours`.
    TooNew = "too_new",
    /// It was created too long ago; see `created_within_days`.
    TooOld = "too_old",
    /// No team takes part.
    NoTeam = "no_team",
    /// Its team takes no part: opted out, archived, or without leads and opportunities.
    TeamOut = "team_out",
    /// The team belongs to another company, or no team's filter accepts it.
    NoTeamMatch = "no_team_match",
    /// The teams that accept it have no capacity: no members, or members who are given nothing.
    NoCapacity = "no_capacity",
    /// The team has no members who take part.
    NoMembers = "no_members",
    /// All members who take part are away.
    Away = "away",
    /// No member's filter accepts it, or they work in other companies.
    NoMatch = "no_match",
    /// It is outside of the territory of all members whose filters accept it.
    NoTerritory = "no_territory",
    /// No member of the territory speaks its language.
    NoLanguage = "no_language",
    /// No member of the territory and language has the skills that its tags ask for.
    NoSkill = "no_skill",
    /// A rule hides it from the members who could take it, or they are outside; see the setting `blind_assignment`.
    Blind = "blind",
    /// The members who would be given it have no quota left today.
    NoQuota = "no_quota",
}

impl AssignReason {
    /// Of two reasons why a lead is nobody's the one that is nearer to giving it.
    pub(super) fn nearer(self, other: Self) -> Self {
        let order =
            [Self::NoMatch, Self::NoTerritory, Self::NoLanguage, Self::NoSkill, Self::Blind];
        let place = |why| order.iter().position(|one| *one == why);
        if place(other) > place(self) { other } else { self }
    }
}

/// What a plan does with one lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignStep {
    /// The lead.
    pub lead_id: LeadId,
    /// Its version when the plan was made.
    pub version: i64,
    /// What is done.
    pub what: AssignDeed,
    /// The team that gets it, or has it.
    pub team_id: Option<TeamId>,
    /// The salesperson who gets it.
    pub user_id: Option<UserId>,
    /// The lead that takes its place.
    pub into_id: Option<LeadId>,
    /// Why.
    pub why: AssignReason,
    /// By the optimal rules, of a salesperson whose record was weighed: the share of deals that they win, in parts per million.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub win_rate: Option<i64>,
    /// How many closed deals of theirs that share knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
}

/// A filter, number or switch that a plan went by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignTerm {
    /// Of which team; none: of the whole plan.
    pub team_id: Option<TeamId>,
    /// Of which member.
    pub user_id: Option<UserId>,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// What a team and its members were when a plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignMark {
    /// The team.
    pub team_id: TeamId,
    /// A digest of its switches, filters and members.
    pub mark: String,
}

/// Who is given what, and why; and why others are not. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignPlan {
    /// By which rules.
    pub rules: AssignRules,
    /// Whether members' whole quotas counted, and leads of any age.
    pub force: bool,
    /// When it was made: microseconds since 1970-01-01, UTC.
    pub at: i64,
    /// Everything that it went by.
    pub terms: Vec<AssignTerm>,
    /// By what it is known later whether the teams that get something are still what they were.
    pub teams: Vec<AssignMark>,
    /// By what the leads are known to be these, and not others with the same numbers.
    pub leads: String,
    /// A step for each lead without salesperson that was looked at, and for each duplicate that goes; leads in the order of a list.
    pub steps: Vec<AssignStep>,
}

impl AssignPlan {
    /// The plan as text (JSON), to be kept and given to [`Self::parse`].
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A plan out of its text.
    ///
    /// # Errors
    /// `Format` for what is no plan.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|error| Error::format(format!("plan: {error}")).with_field("plan"))
    }

    /// A row per step: `lead_id`, `what`, `team_id`, `user_id`, `into_id`, `why`, `win_rate` (percent), `n`.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("lead_id", FieldKind::Ref(RecordKind::Lead)),
            ("what", FieldKind::Text),
            ("team_id", FieldKind::Ref(RecordKind::Team)),
            ("user_id", FieldKind::Ref(RecordKind::User)),
            ("into_id", FieldKind::Ref(RecordKind::Lead)),
            ("why", FieldKind::Text),
            ("win_rate", FieldKind::Percent),
            ("n", FieldKind::Int),
        ]);
        for step in &self.steps {
            frame.push([
                Value::from(step.lead_id),
                step.what.word().into(),
                step.team_id.into(),
                step.user_id.into(),
                step.into_id.into(),
                step.why.word().into(),
                step.win_rate.map(|ppm| Decimal::new(ppm, 4)).into(),
                step.n.into(),
            ]);
        }
        frame
    }

    /// What it went by, a row per filter, number and switch: `team_id`, `user_id`, `name`, `value`.
    #[must_use]
    pub fn head(&self) -> Frame {
        let mut frame = Frame::new([
            ("team_id", FieldKind::Ref(RecordKind::Team)),
            ("user_id", FieldKind::Ref(RecordKind::User)),
            ("name", FieldKind::Text),
            ("value", FieldKind::Text),
        ]);
        for term in &self.terms {
            frame.push([
                term.team_id.into(),
                term.user_id.into(),
                Value::from(term.name.as_str()),
                term.value.as_str().into(),
            ]);
        }
        frame
    }
}

/// What became of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assigned {
    /// Leads that a team and a salesperson got.
    pub assigned: usize,
    /// Leads that a team got and nobody of it.
    pub allocated: usize,
    /// Leads that others took the place of.
    pub merged: usize,
    /// Salespeople who got something.
    pub users: usize,
}

impl Assigned {
    /// One row with columns of its fields' names.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let names = ["assigned", "allocated", "merged", "users"];
        let mut frame = Frame::new(names.map(|name| (name, FieldKind::Int)));
        let numbers = [self.assigned, self.allocated, self.merged, self.users];
        frame.push(numbers.map(|n| Value::Int(i64::try_from(n).unwrap_or(i64::MAX))));
        frame
    }
}
