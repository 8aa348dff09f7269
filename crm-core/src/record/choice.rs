//! The closed sets of words. Numbers are stored: a word is appended, never moved.

use crate::base::field::choice;

choice! {
    /// A lead is not yet qualified; an opportunity is in the pipeline.
    LeadKind {
        /// Unqualified.
        Lead = "lead",
        /// In the pipeline.
        Opportunity = "opportunity",
    }
    /// How it ended, or that it has not. Set by verbs only; probability and `active` never decide it.
    WonStatus {
        /// Still open.
        Pending = "pending",
        /// We got the deal.
        Won = "won",
        /// We did not.
        Lost = "lost",
    }
    /// What a user may see.
    Role {
        /// Leads that are theirs or nobody's.
        Own = "own",
        /// And those of their teams.
        Team = "team",
        /// And all of their companies.
        All = "all",
        /// And settings and the office.
        Admin = "admin",
    }
    /// Whether an e-mail address or a phone number looks right.
    ContactState {
        /// It can be one.
        Correct = "correct",
        /// It cannot.
        Incorrect = "incorrect",
    }
    /// How sure we are to see the money in time.
    ForecastCategory {
        /// Not said.
        Pipeline = "pipeline",
        /// Perhaps.
        BestCase = "best_case",
        /// Promised.
        Commit = "commit",
        /// Won: the outcome says it, and no open lead is so.
        Closed = "closed",
        /// Left out of sums by category; lost ones always are.
        Omitted = "omitted",
    }
    /// Where a lead's `probability` comes from.
    ProbabilitySource {
        /// Nothing is known.
        None = "none",
        /// The share of deals won.
        Base = "base",
        /// The stage.
        Stage = "stage",
        /// The scoring model.
        Model = "model",
        /// A person said so.
        Manual = "manual",
        /// It is won or lost.
        Outcome = "outcome",
    }
    /// Whose number is the chance of a pending lead. The others are kept beside it; once it is won or lost, the outcome decides.
    ProbabilityPolicy {
        /// What was typed, else the model's.
        Blend = "blend",
        /// The stage's: how those fared that came so far.
        Stage = "stage",
        /// What was typed, else the stage's.
        Manual = "manual",
        /// The model's.
        Model = "model",
    }
    /// What a partner's address is for.
    AddressType {
        /// A person to talk to.
        Contact = "contact",
        /// Where invoices go.
        Invoice = "invoice",
        /// Where goods go.
        Delivery = "delivery",
        /// A home.
        Private = "private",
        /// Something else.
        Other = "other",
    }
    /// What a declared property holds.
    PropertyKind {
        /// Any text.
        Text = "text",
        /// A number, not exact.
        Number = "number",
        /// A civil date.
        Date = "date",
        /// True or false.
        Boolean = "boolean",
        /// One of its options.
        Selection = "selection",
    }
}

/// Which of its three numbers is the chance of a pending lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decides {
    /// What a person typed.
    Typed,
    /// What the configured model says.
    Machine,
    /// What its stage says.
    Stage,
}

impl ProbabilityPolicy {
    /// Which number decides, if a chance was typed or not.
    pub(crate) const fn decides(self, is_typed: bool) -> Decides {
        match (self, is_typed) {
            (Self::Blend | Self::Manual, true) => Decides::Typed,
            (Self::Blend, false) | (Self::Model, _) => Decides::Machine,
            (Self::Manual, false) | (Self::Stage, _) => Decides::Stage,
        }
    }
}

impl PropertyKind {
    /// The type of its values; `None` for numbers, which no built-in field has as floats.
    pub(crate) const fn field_kind(self) -> Option<crate::base::FieldKind> {
        use crate::base::FieldKind;
        match self {
            Self::Text | Self::Selection => Some(FieldKind::Text),
            Self::Number => None,
            Self::Date => Some(FieldKind::Date),
            Self::Boolean => Some(FieldKind::Bool),
        }
    }
}
