//! The records of the office: what a pipeline refers to.

use crate::base::field::{Nature, record};
use crate::base::limit;
use crate::base::money::{Amount, Currency};
use crate::base::{
    CampaignId, CompanyId, Date, LostReasonId, MediumId, PartnerId, RecurringPlanId, RuleId,
    SourceId, StageId, TagId, TargetId, TeamId, TeamMemberId, Timestamp, UserId,
};
use crate::record::choice::{ProbabilityPolicy, Role, SubjectKind};

record! {
    /// A company of the host: owner of users, teams and deals. Company 1 exists from the start.
    Company in "company" as CompanyId {
        /// Its name.
        name: String => required, unique;
        /// Of its deals' amounts, ISO 4217. Fixed once a deal of the company has money.
        currency: Currency;
        /// Two letters, ISO 3166; helps to read phone numbers.
        country_code: Option<String>;
        /// Its time zone, IANA.
        zone: Option<String>;
        /// Whose number is the chance of its pending deals, unless their team says otherwise; empty: `blend`. Company 1 also speaks for
        /// deals without company.
        probability_policy: Option<ProbabilityPolicy>;
    }
}

/// The team of a user's oldest membership that goes on.
const MAIN_TEAM: &str = "(SELECT m.team_id FROM team_member AS m WHERE m.user_id = user_account.id AND m.active \
     ORDER BY m.date_start, m.id LIMIT 1)";

record! {
    /// Someone who works with the pipeline.
    User in "user_account" as UserId {
        /// The person's name.
        name: String => required, personal;
        /// What names them at `session`; unique.
        login: String => required, unique, personal;
        /// Where to write to them.
        email: Option<String> => personal;
        /// What they may see.
        role: Role;
        /// Their company; empty: every company.
        company_id: Option<CompanyId>;
        /// Further companies they may work in.
        company_ids: Vec<CompanyId> => link("user_company", "user_id", "company_id");
        /// An archived user cannot open a session nor own new deals, and is a member of no team.
        active: bool;
        /// Their main team: that of the oldest membership which goes on.
        team_id: Option<TeamId> => sql(MAIN_TEAM), system;
        /// Who an `external` user is, outside: they see what is of that partner's company.
        partner_id: Option<PartnerId>;
    }
}

record! {
    /// A sales team. Deleting one leaves its leads, which belong to no team then.
    Team in "team" as TeamId {
        /// Its name.
        name: String => required;
        /// Lower comes first.
        sequence: i64 => range(-1_000_000, 1_000_000);
        /// Its leader.
        user_id: Option<UserId>;
        /// Its members of today. Who is added joins as `teams().add_member` says, who is taken out has been one until today.
        member_ids: Vec<UserId> => link("team_member_active", "team_id", "user_id");
        /// Its company; empty: shared by all.
        company_id: Option<CompanyId>;
        /// The team above it.
        parent_id: Option<TeamId>;
        /// Whether it works on leads; a new team does. What it is asked to take and does not work on is refused.
        use_leads: bool;
        /// Whether it works on opportunities; a new team does.
        use_opportunities: bool;
        /// Which leads it may be given, as a filter.
        assignment_filter: Option<String> => max(limit::FILTER_TEXT);
        /// How many leads it may be given in 30 days: what its members may, together; empty: one of them has no limit.
        assignment_max: Option<i64> => sql(TEAM_CAPACITY), system;
        /// An archived team is not chosen by default.
        active: bool;
        /// Whose number is the chance of its pending deals; empty: what the team above it says, else their company.
        probability_policy: Option<ProbabilityPolicy>;
        /// Whether it works on quotations.
        use_quotations: bool;
        /// The name of its mailbox, such as `sales` or `sales@harbour.example`, in small letters; no other team has it.
        alias: Option<String> => unique;
        /// Whether it takes no part in assignment.
        assignment_optout: bool;
    }
}

/// What a team's members may be given together, unless one of them has no limit.
const TEAM_CAPACITY: &str = "(SELECT CASE WHEN count(*) = count(m.assignment_max) \
     THEN CAST(COALESCE(sum(m.assignment_max), 0) AS BIGINT) END \
     FROM team_member AS m WHERE m.team_id = team.id AND m.active)";

record! {
    /// A user's membership of a team, from a day on. One that ended is archived and kept; who comes back has a new one.
    TeamMember in "team_member" as TeamMemberId {
        /// The team.
        team_id: TeamId => required;
        /// The user.
        user_id: UserId => required;
        /// How many leads the member may be given in 30 days, 30 if it is not said. 0: none; empty: as many as there are.
        assignment_max: Option<i64> => range(0, 1_000_000);
        /// Which leads the member may be given, as a filter; `:me` is the member.
        assignment_filter: Option<String> => max(limit::FILTER_TEXT);
        /// Whether it goes on: it has no `date_end`. Archiving one ends it today.
        active: bool;
        /// The first day; today if it is not said.
        date_start: Option<Date>;
        /// The first day on which it was no more; empty: it goes on.
        date_end: Option<Date>;
        /// Which of those leads the member is to be given before others are, as a filter.
        assignment_filter_preferred: Option<String> => max(limit::FILTER_TEXT);
        /// Whether the member takes no part in assignment.
        assignment_optout: bool;
        /// When the member is away and given nothing: days as `2026-12-24/2027-01-02`, from the first to the day of return, with commas
        /// between several.
        absences: Option<String> => max(limit::SHORT_TEXT);
        /// Where the leads are that the member may be given: countries as `SE`, states as `US/CA`, beginnings of postal codes as `DE:80`, with
        /// commas between several; empty: anywhere. Who says most closely where a lead is comes before others.
        territory: Option<String> => max(limit::FILTER_TEXT);
        /// Which languages the member speaks, as `de` or `pt_BR`, with commas between several; empty: any.
        languages: Option<String> => max(limit::SHORT_TEXT);
        /// What the member knows about; none: anything. A lead's tag that is a skill of any member asks for one who has it.
        skill_ids: Vec<TagId> => link("team_member_skill", "team_member_id", "tag_id");
    }
}

record! {
    /// A step of the pipeline.
    Stage in "stage" as StageId {
        /// Its name.
        name: String => required;
        /// Lower comes first, equal ones by id. A new stage has 1, so it comes among the first unless it is given another.
        sequence: i64 => range(-1_000_000, 1_000_000);
        /// Whether deals in it are won.
        is_won: bool;
        /// Whether a board shows it folded; a folded stage is never the default.
        fold: bool;
        /// What must be done before a deal may leave it.
        requirements: Option<String> => max(limit::LONG_TEXT);
        /// The teams that use it; none: every team.
        team_ids: Vec<TeamId> => link("stage_team", "stage_id", "team_id");
        /// Its company; empty: shared by all.
        company_id: Option<CompanyId>;
        /// Days without a move after which a deal rots; 0: never.
        rotting_days: i64 => range(0, 100_000);
        /// A colour of the host's palette.
        color: i64 => range(0, 1_000_000);
    }
}

record! {
    /// Why deals are lost.
    LostReason in "lost_reason" as LostReasonId {
        /// The reason in words.
        name: String => required, unique;
        /// Lower comes first.
        sequence: i64 => range(-1_000_000, 1_000_000);
        /// Whether deals with it count as cancelled rather than lost.
        is_cancellation: bool;
        /// An archived reason is kept where it stands, and not offered.
        active: bool;
    }
}

record! {
    /// A label; labels form a tree.
    Tag in "tag" as TagId {
        /// Its word.
        name: String => required, unique;
        /// A colour of the host's palette.
        color: i64 => range(0, 1_000_000);
        /// The label above it.
        parent_id: Option<TagId>;
    }
}

record! {
    /// A marketing effort.
    Campaign in "campaign" as CampaignId {
        /// Its name.
        name: String => required, unique;
        /// An archived one is not offered.
        active: bool;
    }
}

record! {
    /// A way of delivery, such as e-mail or banner.
    Medium in "medium" as MediumId {
        /// Its name.
        name: String => required, unique;
        /// An archived one is not offered.
        active: bool;
    }
}

record! {
    /// Where someone came from, such as a search engine.
    Source in "source" as SourceId {
        /// Its name.
        name: String => required, unique;
        /// An archived one is not offered.
        active: bool;
    }
}

record! {
    /// How often recurring revenue recurs.
    RecurringPlan in "recurring_plan" as RecurringPlanId {
        /// Its name.
        name: String => required, unique;
        /// Months of one payment; 0 counts as 1.
        number_of_months: i64 => range(0, 1_200);
        /// Lower comes first.
        sequence: i64 => range(-1_000_000, 1_000_000);
        /// An archived one is not offered.
        active: bool;
    }
}

record! {
    /// What must hold of a lead or a partner for somebody below admin to do something with it. Rules narrow what a role gives and never
    /// widen it: all that speak of somebody hold together.
    Rule in "access_rule" as RuleId {
        /// Its name, which refusals tell.
        name: String => required;
        /// Of which records it speaks, `lead` or `partner`; what hangs on these goes with them.
        record: Option<SubjectKind>;
        /// Of users with this role, not `admin`.
        role: Option<Role>;
        /// Of this user, instead of a role; without both it speaks of everybody below admin.
        user_id: Option<UserId>;
        /// What must hold, as a filter; `:me`, `:today`, `:now` and `:my_teams` are those of who asks. Empty with `field_names`.
        filter: String => max(limit::FILTER_TEXT);
        /// Whether it must hold of what they read; what they do not read is not there for them.
        use_read: bool;
        /// Whether it must hold of what they create, once it is there.
        use_create: bool;
        /// Whether it must hold of what they change, before and after.
        use_update: bool;
        /// Whether it must hold of what they delete.
        use_delete: bool;
        /// An archived rule narrows nothing.
        active: bool;
        /// Instead of a filter: fields of all such records, apart by commas, `properties.x` among them. With `use_read` they read as empty and
        /// cannot be asked for; with `use_read`, `use_create` or `use_update` they are not given to new or old records.
        field_names: Option<String> => max(limit::FILTER_TEXT);
    }
}

record! {
    /// What a team, somebody, or somebody in a team is to reach from a day to a day.
    Target in "target" as TargetId {
        /// What it is called.
        name: Option<String>;
        /// The team; with a user that user's deals in the team alone.
        team_id: Option<TeamId>;
        /// The person; without a team all their deals.
        user_id: Option<UserId>;
        /// What is measured: `won_revenue` and `won_count` are reckoned of deals won; any other name, such as `invoiced`, is fed by the host.
        metric: String => required, max(limit::SHORT_TEXT);
        /// The goal in `currency`; a target has an amount or a count.
        amount: Option<Amount> => range(0, limit::AMOUNT);
        /// The goal as a whole number.
        count: Option<i64> => range(0, limit::AMOUNT);
        /// Of its amounts, ISO 4217; if it is not said, that of the team's company, else the user's.
        currency: Currency;
        /// The first day.
        date_from: Option<Date>;
        /// The last day, included.
        date_to: Option<Date>;
        /// What was reached, as the host fed it last; empty: nobody did, so it is unknown.
        actual_amount: Option<Amount> => range(-limit::AMOUNT, limit::AMOUNT);
        /// The same of a target that counts.
        actual_count: Option<i64> => range(-limit::AMOUNT, limit::AMOUNT);
        /// As of when that was fed; the moment of feeding if it is not said.
        date_actual: Option<Timestamp>;
        /// An archived target may overlap others.
        active: bool;
    }
}

impl Nature for Target {
    fn currency(&self) -> Currency {
        self.currency
    }
}
impl Nature for Company {}
impl Nature for User {}
impl Nature for Team {}
impl Nature for TeamMember {}
impl Nature for Stage {}
impl Nature for LostReason {}
impl Nature for Tag {}
impl Nature for Campaign {}
impl Nature for Medium {}
impl Nature for Source {}
impl Nature for RecurringPlan {}
impl Nature for Rule {}
