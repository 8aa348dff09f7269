//! What a conversion will do, as data.

use crate::base::{FieldKind, Frame, LeadId, PartnerId, TeamId, UserId, Value};

/// What a conversion will do to one lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertStep {
    /// The lead.
    pub lead_id: LeadId,
    /// `convert`; `keep` for what is an opportunity already; `merge` for a lead that another takes the place of; `archived`, `won` or `lost` for
    /// one that is left as it is.
    pub what: &'static str,
    /// Who takes its place.
    pub into_id: Option<LeadId>,
    /// Where its customer comes from: `own`, `given`, `found`, `created`; `none`.
    pub customer: &'static str,
    /// The customer, if it is there already.
    pub partner_id: Option<PartnerId>,
    /// The name of the customer that is created.
    pub partner_name: Option<String>,
    /// What the lead says, by the names of its fields, and the customer's card says otherwise: the card's takes its place. What it was stays
    /// in the feed.
    pub replaced: Vec<&'static str>,
    /// Who gets it; none: it stays with whom it is.
    pub user_id: Option<UserId>,
    /// The team that gets it; none: the salesperson's, or it stays with whom it is.
    pub team_id: Option<TeamId>,
}

/// What a conversion will do. Nothing has been written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConvertPlan {
    /// Leads as they were given, then duplicates that are merged with them.
    pub steps: Vec<ConvertStep>,
}

impl ConvertPlan {
    /// The plan as a table, a row per step, with columns of its fields' names; what is replaced is one text, with commas.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("lead_id", FieldKind::Int),
            ("what", FieldKind::Text),
            ("into_id", FieldKind::Int),
            ("customer", FieldKind::Text),
            ("partner_id", FieldKind::Int),
            ("partner_name", FieldKind::Text),
            ("replaced", FieldKind::Text),
            ("user_id", FieldKind::Int),
            ("team_id", FieldKind::Int),
        ]);
        for step in &self.steps {
            frame.push([
                Value::from(step.lead_id),
                step.what.into(),
                step.into_id.into(),
                step.customer.into(),
                step.partner_id.into(),
                step.partner_name.as_deref().into(),
                (!step.replaced.is_empty()).then(|| step.replaced.join(", ")).into(),
                step.user_id.into(),
                step.team_id.into(),
            ]);
        }
        frame
    }
}
