//! A lead's past, as an import tells it: when it began, when and how it ended.

use crate::base::{Result, Timestamp};
use crate::event::LeadChange;
use crate::lead::office::Office;
use crate::lead::rules;
use crate::record::{Lead, WonStatus};

/// What an import knows of a lead's past.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    pub(crate) created: Option<Timestamp>,
    pub(crate) opened: Option<Timestamp>,
    pub(crate) closed: Option<Timestamp>,
    pub(crate) outcome: Option<WonStatus>,
    pub(crate) lost_reason_id: Option<i64>,
    /// When it last changed its stage.
    pub(crate) moved: Option<Timestamp>,
    /// When it became an opportunity.
    pub(crate) converted: Option<Timestamp>,
    /// Shown or hidden.
    pub(crate) active: Option<bool>,
}

impl Past {
    /// When a new lead began: then if it is told, else by the earliest moment that is told of a deal that has ended.
    fn began(&self, now: Timestamp) -> Option<Timestamp> {
        let closed = || self.closed.map(|closed| closed.min(self.opened.unwrap_or(now)));
        self.created.or_else(closed)
    }
}

/// Refuses a moment that is still to come.
pub(super) fn not_to_come(
    field: &'static str,
    given: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    crate::require!(
        given.is_none_or(|given| given <= now),
        field,
        "{field}: {} is still to come; it is {now}",
        given.unwrap_or(now)
    );
    Ok(())
}

/// Gives a new lead its past; answers what it was before it was closed, if it was.
pub(super) fn dated(
    lead: &mut Lead,
    past: &Past,
    office: &Office,
    now: Timestamp,
) -> Result<Option<Lead>> {
    not_to_come("create_date", past.created, now)?;
    not_to_come("date_closed", past.closed, now)?;
    if let Some(created) = past.began(now) {
        lead.create_date = created;
        lead.date_last_stage_update = Some(created);
        lead.date_open = lead.user_id.map(|_| past.opened.unwrap_or(created));
    } else if past.opened.is_some() {
        lead.date_open = lead.user_id.and(past.opened);
    }
    let closed_in_stage = lead.won_status == WonStatus::Won;
    let outcome = past.outcome.unwrap_or(lead.won_status);
    if past.created.is_none() && past.closed.is_none() && past.outcome.is_none() {
        return Ok(None);
    }
    let start = lead.create_date;
    let first = start.micros() == 0;
    let closed = past.closed.unwrap_or(now);
    crate::require!(
        first || closed >= start || outcome == WonStatus::Pending,
        "date_closed",
        "date_closed: {closed} is before the lead was created ({start})"
    );
    crate::require!(
        !(closed_in_stage && outcome != WonStatus::Won),
        "won_status",
        "won_status: a lead in a won stage is won, not {}",
        outcome.word()
    );
    crate::require!(
        past.closed.is_none() || outcome != WonStatus::Pending,
        "date_closed",
        "date_closed: only a won or lost lead was closed"
    );
    match outcome {
        WonStatus::Pending => Ok(None),
        WonStatus::Won if closed_in_stage => {
            let stage =
                office.default_stage(lead.team_id, lead.company_id).filter(|stage| !stage.is_won);
            let begun = Lead {
                stage_id: stage.map(|stage| stage.id),
                manual_probability: lead.manual_probability,
                ..rules::pending(lead.clone())
            };
            lead.won_from_stage_id = begun.stage_id;
            lead.date_closed = Some(closed);
            lead.date_last_stage_update = Some(closed);
            Ok(Some(begun))
        }
        WonStatus::Won => {
            let begun = lead.clone();
            *lead = rules::win(lead, office, closed)?;
            Ok(Some(begun))
        }
        WonStatus::Lost => {
            let begun = lead.clone();
            *lead = rules::lose(lead, past.lost_reason_id.map(crate::base::LostReasonId), closed)?;
            Ok(Some(begun))
        }
    }
}

/// What happened, in the order in which it did.
pub(super) fn announce(changes: &mut Vec<LeadChange>, lead: Lead, begun: Option<Lead>) {
    let (created, closed) = (Some(lead.create_date), lead.date_closed);
    let Some(mut begun) = begun else {
        let new = LeadChange::new(None, Some(lead));
        return changes.push(LeadChange { effective: created, ..new });
    };
    begun.id = lead.id;
    begun.version = lead.version;
    begun.create_date = lead.create_date;
    begun.create_uid = lead.create_uid;
    begun.write_date = lead.write_date;
    begun.write_uid = lead.write_uid;
    let new = LeadChange::new(None, Some(begun.clone()));
    changes.push(LeadChange { effective: created, ..new });
    let end = LeadChange::new(Some(begun), Some(lead));
    changes.push(LeadChange { effective: closed, ..end });
}
