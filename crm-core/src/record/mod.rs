//! The nouns: one list of fields per kind of record, and the catalogue of them all.
//!
//! They stand together, below every room, so that filters, events, storage and doors can read any table without naming a room.
//! The rooms hold the verbs. Deliberately absent: behaviour.

mod choice;
mod lead;
mod notes;
mod office;
mod partner;

pub(crate) use choice::Decides;
pub use choice::{
    ActivityCategory, ActivityDecoration, ActivityState, AddressType, ChainingType, ContactChannel,
    ContactKind, ContactState, DelayFrom, DelayUnit, ForecastCategory, LeadKind, MessageType,
    ProbabilityPolicy, ProbabilitySource, PropertyKind, Role, RoleKind, SubjectKind, WonStatus,
};
pub use lead::Lead;
pub use notes::{Activity, ActivityType, Message};
pub use office::{
    Campaign, Company, LostReason, Medium, RecurringPlan, Rule, Source, Stage, Tag, Target, Team,
    TeamMember, User,
};
pub use partner::{Partner, PartnerContact, PartnerRole};

use crate::base::Cell;
use crate::base::field::{Place, Record, Table};
use crate::base::id::RecordKind;

/// What is known of a kind of record.
#[must_use]
pub const fn table(kind: RecordKind) -> &'static Table {
    match kind {
        RecordKind::Company => Company::TABLE,
        RecordKind::User => User::TABLE,
        RecordKind::Team => Team::TABLE,
        RecordKind::TeamMember => TeamMember::TABLE,
        RecordKind::Stage => Stage::TABLE,
        RecordKind::LostReason => LostReason::TABLE,
        RecordKind::Tag => Tag::TABLE,
        RecordKind::Campaign => Campaign::TABLE,
        RecordKind::Medium => Medium::TABLE,
        RecordKind::Source => Source::TABLE,
        RecordKind::RecurringPlan => RecurringPlan::TABLE,
        RecordKind::Partner => Partner::TABLE,
        RecordKind::Lead => Lead::TABLE,
        RecordKind::ActivityType => ActivityType::TABLE,
        RecordKind::Activity => Activity::TABLE,
        RecordKind::Message => Message::TABLE,
        RecordKind::PartnerContact => PartnerContact::TABLE,
        RecordKind::PartnerRole => PartnerRole::TABLE,
        RecordKind::Rule => Rule::TABLE,
        RecordKind::Target => Target::TABLE,
    }
}

/// The 1:1 tables that hold a record's fields beside its own row, in the order of their first field.
#[must_use]
pub fn sides(table: &Table) -> Vec<&'static str> {
    let mut sides = Vec::new();
    for field in table.fields {
        if let Place::Side(side) | Place::Joined(side) = field.place
            && !sides.contains(&side)
        {
            sides.push(side);
        }
    }
    sides
}

/// A table of which a row hangs on another record, whatever room it belongs to: it goes with that when it is merged into another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hanging {
    /// The table.
    pub(crate) table: &'static str,
    /// The column that holds the record's kind: `kind` by its name, `subject_kind` as a [`SubjectKind`]; or SQL of the name of the only
    /// kind, `'partner'`.
    pub(crate) kind: &'static str,
    /// The column that holds the record's id.
    pub(crate) record: &'static str,
    /// The columns that name a row.
    pub(crate) key: &'static [&'static str],
}

impl Hanging {
    /// A kind of record as the table names it; nothing if none of its rows can hang on one.
    pub(crate) fn name(&self, kind: RecordKind) -> Option<Cell<'static>> {
        match self.kind {
            "subject_kind" => SubjectKind::of(kind).ok().map(|subject| subject.code().into()),
            only if only.starts_with('\'') => {
                (only.trim_matches('\'') == kind.name()).then(|| kind.name().into())
            }
            _ => Some(kind.name().into()),
        }
    }
}

/// All of them: whoever takes a record's place gets its rows.
pub(crate) const HANGING: &[Hanging] = &[
    Hanging {
        table: "external_id",
        kind: "kind",
        record: "record_id",
        key: &["system", "external_id"],
    },
    Hanging { table: "activity", kind: "subject_kind", record: "subject_id", key: &["id"] },
    Hanging { table: "message", kind: "subject_kind", record: "subject_id", key: &["id"] },
    Hanging { table: "partner_contact", kind: "'partner'", record: "partner_id", key: &["id"] },
    Hanging { table: "partner_role", kind: "'partner'", record: "partner_id", key: &["id"] },
];
