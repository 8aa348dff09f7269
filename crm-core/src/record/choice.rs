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
    /// What a user may see and do. Stored numbers stand in the order in which roles came to be; [`Role::reaches`] says which is more.
    Role {
        /// Leads that are theirs or nobody's.
        Own = "own",
        /// And those of their teams.
        Team = "team",
        /// And all of their companies.
        All = "all",
        /// And settings and the office.
        Admin = "admin",
        /// Somebody outside, such as a customer: what belongs to the company of their `partner_id`, and nothing else.
        External = "external",
        /// As `team`, and those of the teams below.
        SubTree = "sub_tree",
        /// As `sub_tree`, and those of the company they belong to, not of further ones.
        Company = "company",
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
    /// By what somebody is reached.
    ContactChannel {
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
    }
    /// What an address or a number of somebody is for.
    ContactKind {
        /// At work.
        Work = "work",
        /// At home.
        Home = "home",
        /// A phone that goes along with them.
        Mobile = "mobile",
        /// For invoices.
        Billing = "billing",
        /// Something else.
        Other = "other",
    }
    /// What somebody is to us.
    RoleKind {
        /// May buy from us.
        Prospect = "prospect",
        /// Buys from us.
        Customer = "customer",
        /// Sells to us.
        Supplier = "supplier",
        /// Works with us.
        Partner = "partner",
        /// Bought from us once.
        Former = "former",
    }
    /// What messages and activities hang on.
    SubjectKind {
        /// A lead or an opportunity.
        Lead = "lead",
        /// A person or a company outside.
        Partner = "partner",
    }
    /// What sort of thing a type of activity is; for calendars and lists of hosts.
    ActivityCategory {
        /// Anything.
        Other = "other",
        /// A task.
        Todo = "todo",
        /// Something to write.
        Email = "email",
        /// Someone to call.
        Call = "call",
        /// Someone to meet.
        Meeting = "meeting",
        /// A document to obtain.
        Document = "document",
    }
    /// That a type of activity marks something out of the ordinary.
    ActivityDecoration {
        /// Look here.
        Warning = "warning",
        /// Something went wrong.
        Danger = "danger",
    }
    /// What a delay is counted in.
    DelayUnit {
        /// Days of the calendar.
        Days = "days",
        /// Seven days each.
        Weeks = "weeks",
        /// Months of the calendar; where the day is missing, the month's last.
        Months = "months",
    }
    /// From when the deadline of a following activity is counted.
    DelayFrom {
        /// From the deadline of the one before.
        PreviousActivity = "previous_activity",
        /// From the day on which the one before was done.
        Completion = "completion",
    }
    /// What follows an activity that is done.
    ChainingType {
        /// Some types are proposed.
        Suggest = "suggest",
        /// The next one is scheduled.
        Trigger = "trigger",
    }
    /// How urgent an activity is, by the day in its assignee's zone; the worst first.
    ActivityState {
        /// Its deadline is past.
        Overdue = "overdue",
        /// It is due today.
        Today = "today",
        /// It is due later.
        Planned = "planned",
        /// It is done.
        Done = "done",
    }
    /// Where a message comes from.
    MessageType {
        /// Someone wrote it.
        Comment = "comment",
        /// The library did, about something that it did.
        Notification = "notification",
        /// An activity was done.
        Activity = "activity",
        /// A deal was lost, and this was said about it.
        Lost = "lost",
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

impl AddressType {
    /// The purpose of that word.
    ///
    /// # Errors
    /// `Invalid` naming `kind` and the words that there are.
    pub fn parse(word: &str) -> crate::base::Result<Self> {
        Self::from_word(word).ok_or_else(|| {
            let known = Self::WORDS.join(", ");
            crate::base::Error::invalid("kind", format!("kind: {word:?} is none of {known}"))
        })
    }
}

impl SubjectKind {
    /// As which messages and activities know a kind of record.
    ///
    /// # Errors
    /// `Invalid` naming `record` for a kind on which none hang.
    pub fn of(kind: crate::base::RecordKind) -> crate::base::Result<Self> {
        Self::ALL.iter().copied().find(|known| known.record() == kind).ok_or_else(|| {
            let known = Self::WORDS.join(" or a ");
            let message = format!(
                "record: messages and activities hang on a {known}, not on a {}",
                kind.name()
            );
            crate::base::Error::invalid("record", message)
        })
    }

    /// The kind of record.
    #[must_use]
    pub const fn record(self) -> crate::base::RecordKind {
        match self {
            Self::Lead => crate::base::RecordKind::Lead,
            Self::Partner => crate::base::RecordKind::Partner,
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

impl Role {
    /// Its place among the roles: each sees and may do what those before it do.
    const fn rank(self) -> u8 {
        match self {
            Self::External => 0,
            Self::Own => 1,
            Self::Team => 2,
            Self::SubTree => 3,
            Self::Company => 4,
            Self::All => 5,
            Self::Admin => 6,
        }
    }

    /// Whether it is that role or more.
    #[must_use]
    pub const fn reaches(self, needed: Self) -> bool {
        self.rank() >= needed.rank()
    }
}

impl ContactState {
    /// Of what was given and could be read; nothing of what was not given.
    pub(crate) const fn of(given: bool, readable: bool) -> Option<Self> {
        match (given, readable) {
            (false, _) => None,
            (true, true) => Some(Self::Correct),
            (true, false) => Some(Self::Incorrect),
        }
    }
}
