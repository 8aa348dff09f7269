//! Identities: one type per kind of record, all of them a row number.
//!
//! They live here so that any room can point at any record without naming its room.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $kind:ident, $text:literal;)*) => {
        /// The kinds of record the library knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum RecordKind { $($(#[$doc])* $kind),* }

        impl RecordKind {
            /// Every kind, in catalogue order.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The kind's word in filters, CSV, feeds and the other languages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $text),* }
            }

            /// The kind of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$kind),)* _ => None }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(pub i64);

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl From<i64> for $name {
                fn from(id: i64) -> Self {
                    Self(id)
                }
            }

            impl Id for $name {
                const KIND: RecordKind = RecordKind::$kind;
                fn number(self) -> i64 {
                    self.0
                }
            }
        )*
    };
}

/// What all identities have in common.
pub trait Id:
    Copy
    + Eq
    + Ord
    + std::hash::Hash
    + std::fmt::Debug
    + std::fmt::Display
    + From<i64>
    + Send
    + Sync
    + 'static
{
    /// The kind of record it names.
    const KIND: RecordKind;
    /// The row number.
    fn number(self) -> i64;
    /// The record as a [`Subject`].
    fn subject(self) -> Subject {
        Subject { kind: Self::KIND, id: self.number() }
    }
}

ids! {
    /// A company of the host: owner of teams, users and deals; has a currency.
    CompanyId => Company, "company";
    /// Someone who works with the pipeline.
    UserId => User, "user";
    /// A sales team.
    TeamId => Team, "team";
    /// A user's membership of a team.
    TeamMemberId => TeamMember, "team_member";
    /// A step of the pipeline.
    StageId => Stage, "stage";
    /// Why deals are lost.
    LostReasonId => LostReason, "lost_reason";
    /// A label, in a tree.
    TagId => Tag, "tag";
    /// A marketing effort.
    CampaignId => Campaign, "campaign";
    /// A way of delivery, such as e-mail or banner.
    MediumId => Medium, "medium";
    /// Where someone came from, such as a search engine.
    SourceId => Source, "source";
    /// How often recurring revenue recurs.
    RecurringPlanId => RecurringPlan, "recurring_plan";
    /// A person or a company outside.
    PartnerId => Partner, "partner";
    /// A lead or an opportunity.
    LeadId => Lead, "lead";
    /// A kind of thing to do, such as a call.
    ActivityTypeId => ActivityType, "activity_type";
    /// Something to do about a lead or a partner, or done.
    ActivityId => Activity, "activity";
    /// Something said about a lead or a partner.
    MessageId => Message, "message";
    /// One of the addresses or numbers by which a partner is reached.
    PartnerContactId => PartnerContact, "partner_contact";
    /// What a partner is to us, from a day to a day.
    PartnerRoleId => PartnerRole, "partner_role";
    /// What narrows who may read and change leads or partners.
    RuleId => Rule, "rule";
    /// What a team or somebody is to reach in a period.
    TargetId => Target, "target";
}

/// A pointer to any record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// Its kind.
    pub kind: RecordKind,
    /// Its row number.
    pub id: i64,
}

impl<I: Id> From<I> for Subject {
    fn from(id: I) -> Self {
        id.subject()
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.id)
    }
}
