//! Types of activities: what the office offers to do. One that was used is archived, not deleted.

use std::collections::HashMap;

use crate::base::{ActivityTypeId, Error, Id as _, Result};
use crate::desk::Room;
use crate::record::{ActivityType, ChainingType};
use crate::storage::Tx;

impl Room for ActivityType {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { sequence: 10, active: true, ..Self::default() })
    }

    fn check(_: &Tx<'_>, _: Option<&Self>, after: &mut Self) -> Result<()> {
        let triggers = after.triggered_next_type_id.is_some();
        match after.chaining_type {
            ChainingType::Suggest => crate::require!(
                !triggers,
                "triggered_next_type_id",
                "triggered_next_type_id: a type that suggests schedules none; set chaining_type to \"trigger\" or empty this"
            ),
            ChainingType::Trigger => {
                crate::require!(
                    triggers,
                    "triggered_next_type_id",
                    "triggered_next_type_id: a type whose chaining_type is \"trigger\" names what it schedules"
                );
                crate::require!(
                    after.suggested_next_type_ids.is_empty(),
                    "suggested_next_type_ids",
                    "suggested_next_type_ids: a type that schedules the next activity suggests none; empty them"
                );
            }
        }
        Ok(())
    }
}

/// All types, kept until one changes.
#[derive(Debug)]
pub(super) struct Types(HashMap<ActivityTypeId, ActivityType>);

impl Types {
    pub(super) fn load(tx: &Tx<'_>) -> Result<Self> {
        let all: Vec<ActivityType> = tx.select("", &[])?;
        Ok(Self(all.into_iter().map(|kind| (kind.id, kind)).collect()))
    }

    /// The type of that id.
    ///
    /// # Errors
    /// `Invalid` when there is none.
    pub(super) fn get(&self, id: ActivityTypeId) -> Result<&ActivityType> {
        self.0.get(&id).ok_or_else(|| {
            let subject = id.subject();
            let message = format!("activity_type_id: there is no {subject}");
            Error::invalid("activity_type_id", message).with_subject(subject)
        })
    }
}
