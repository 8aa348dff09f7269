//! Everything that can happen, as one closed enum. Verbs announce it; `reaction` decides what follows.
//!
//! An event about leads carries many of them, each before and after, so that consequences are computed by difference and work
//! on sets: whoever compares the two states cannot forget a path. Deliberately absent: callbacks.

use crate::base::{Probability, RecordKind, Row, Timestamp};
use crate::record::{Activity, Lead, Message, WonStatus};

/// Something that happened within the open transaction.
#[derive(Debug)]
pub(crate) enum Event {
    /// Leads were created, changed or deleted by one verb.
    Leads(Vec<LeadChange>),
    /// A record of the office was created, changed or deleted.
    Office(OfficeChange),
    /// Activities were scheduled, changed, done or cancelled by one verb.
    Activities(Vec<ActivityChange>),
    /// Messages were posted by one verb.
    Messages(Vec<Message>),
    /// Machine scores were computed anew.
    Rescored {
        /// The run that holds the changed values.
        run: i64,
        /// How many leads have another one.
        changed: i64,
        /// How many stages say something else, team by team.
        stages: i64,
    },
    /// Records took the place of others, or gave it back.
    Merged(Vec<Merged>),
    /// Another of their numbers is the chance of pending leads, since their team or company says so.
    Policies(Vec<LeadChange>),
    /// A setting, a custom field or what the score looks at is another.
    SetUp {
        /// As the feed names it: `setting.changed`, `property.declared`, `score.configured`.
        event: &'static str,
        /// What is set and what was, as a JSON object.
        data: String,
    },
}

/// One lead before and after; created without before, deleted without after.
#[derive(Debug, Clone)]
pub(crate) struct LeadChange {
    pub(crate) before: Option<Lead>,
    pub(crate) after: Option<Lead>,
    /// When it is true in business; the transaction's moment unless an import says otherwise.
    pub(crate) effective: Option<Timestamp>,
    /// What the user said about it.
    pub(crate) note: Option<String>,
    /// The chance that a person gave a lead there was already, even if the machine said the same before.
    pub(crate) opinion: Option<Probability>,
    /// It is again what it was before a merge: its history is put back, not added to, and the machine learns nothing from it.
    pub(crate) restored: bool,
}

/// A merge of records, or its taking back.
#[derive(Debug, Clone)]
pub(crate) struct Merged {
    pub(crate) id: i64,
    pub(crate) kind: RecordKind,
    pub(crate) head: i64,
    pub(crate) merged: Vec<i64>,
    pub(crate) undone: bool,
}

impl LeadChange {
    pub(crate) const fn new(before: Option<Lead>, after: Option<Lead>) -> Self {
        Self { before, after, effective: None, note: None, opinion: None, restored: false }
    }

    /// Whether `get` differs between the two states; created and deleted leads differ in everything.
    pub(crate) fn changes<T: PartialEq>(&self, get: impl Fn(&Lead) -> T) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => get(before) != get(after),
            _ => true,
        }
    }

    /// Whether it goes on where another change of the same event ended: an import tells a lead's beginning and its end at once.
    pub(crate) fn follows(&self, other: &Self) -> bool {
        self.before.is_some() && self.id() == other.id()
    }

    pub(crate) fn id(&self) -> i64 {
        self.after.as_ref().or(self.before.as_ref()).map_or(0, |lead| lead.id.0)
    }

    /// The wire names of what happened, the plain one first.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let (before, after) = match (&self.before, &self.after) {
            (None, None) => return Vec::new(),
            (Some(_), None) => return vec!["lead.deleted"],
            (None, Some(after)) => {
                let mut names = vec!["lead.created"];
                match after.won_status {
                    _ if self.restored => {}
                    WonStatus::Won => names.push("lead.won"),
                    WonStatus::Lost => names.push("lead.lost"),
                    WonStatus::Pending => {}
                }
                return names;
            }
            (Some(before), Some(after)) => (before, after),
        };
        let mut names = vec!["lead.changed"];
        let mut add = |happened: bool, name| {
            if happened {
                names.push(name);
            }
        };
        add(before.stage_id != after.stage_id, "lead.stage_moved");
        let ended = before.won_status != after.won_status;
        add(ended && after.won_status == WonStatus::Won, "lead.won");
        add(ended && after.won_status == WonStatus::Lost, "lead.lost");
        add(ended && after.won_status == WonStatus::Pending, "lead.reopened");
        add(before.kind != after.kind, "lead.converted");
        add(before.user_id != after.user_id, "lead.assigned");
        names
    }
}

/// One activity before and after; scheduled without before, cancelled without after.
#[derive(Debug, Clone)]
pub(crate) struct ActivityChange {
    pub(crate) before: Option<Activity>,
    pub(crate) after: Option<Activity>,
}

impl ActivityChange {
    /// Whether it was done just now.
    pub(crate) fn is_done(&self) -> bool {
        let done = |state: &Option<Activity>| {
            state.as_ref().is_some_and(|activity| activity.date_done.is_some())
        };
        !done(&self.before) && done(&self.after)
    }

    /// The wire names of what happened, the plain one first.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        match (&self.before, &self.after) {
            (_, None) => vec!["activity.deleted"],
            (None, _) => vec!["activity.created"],
            _ if self.is_done() => vec!["activity.changed", "activity.done"],
            _ => vec!["activity.changed"],
        }
    }
}

/// One record of the office before and after.
#[derive(Debug, Clone)]
pub(crate) struct OfficeChange {
    pub(crate) kind: RecordKind,
    pub(crate) id: i64,
    pub(crate) before: Option<Row>,
    pub(crate) after: Option<Row>,
    /// It is told, and nothing else follows for the leads that refer to it.
    pub(crate) apart: bool,
}

impl OfficeChange {
    /// The verb's past tense for the feed: `stage.created`, `stage.changed`, `stage.deleted`.
    pub(crate) fn name(&self) -> String {
        let verb = match (&self.before, &self.after) {
            (None, _) => "created",
            (_, None) => "deleted",
            _ => "changed",
        };
        format!("{}.{verb}", self.kind.name())
    }
}
