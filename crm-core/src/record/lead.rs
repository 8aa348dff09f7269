//! The heart: a lead or an opportunity, one record of two kinds.
//!
//! The row is narrow, since boards, forecasts and scoring scan it; names, addresses and long texts stand beside it in `lead_text`,
//! the machine's score in `lead_score`. The score's candidates (`country_code`, `source_id`, …) stay in the row.

use crate::base::field::{Nature, Properties, record};
use crate::base::limit;
use crate::base::money::{Amount, Currency, Money};
use crate::base::time::{DAY_MICROS, Date, Timestamp};
use crate::base::{
    CampaignId, CompanyId, LeadId, LostReasonId, MediumId, PartnerId, Probability, RecurringPlanId,
    SourceId, StageId, TagId, TeamId, UserId,
};
use crate::record::choice::{
    ContactState, Decides, ForecastCategory, LeadKind, ProbabilityPolicy, ProbabilitySource,
    WonStatus,
};

/// SQL of what a lead's stage says, see [`said`]: in its team, else in all, else what all fare like. Nothing counted: 50 on no ground.
macro_rules! stage_said {
    (@of $team:literal, $stage:literal) => {
        concat!(
            "(SELECT stage_chance.ppm * 8 + stage_chance.source FROM stage_chance WHERE stage_chance.team_id = ",
            $team,
            " AND stage_chance.stage_id = ",
            $stage,
            ")"
        )
    };
    () => {
        concat!(
            "COALESCE(",
            stage_said!(@of "COALESCE(lead.team_id, 0)", "COALESCE(lead.stage_id, 0)"),
            ", ",
            stage_said!(@of "0", "COALESCE(lead.stage_id, 0)"),
            ", ",
            stage_said!(@of "0", "0"),
            ", 4000000)"
        )
    };
}

/// SQL of the chance that counts: the outcome's, else by the policy what a person typed, what the machine says or what the stage says.
macro_rules! probability {
    () => {
        concat!(
            "(CASE WHEN lead.won_status = 1 THEN 1000000 WHEN lead.won_status = 2 THEN 0 ",
            "WHEN lead.manual_probability IS NOT NULL AND lead.probability_policy IN (0, 2) THEN lead.manual_probability ",
            "WHEN lead.probability_policy IN (0, 3) THEN COALESCE(lead_score.automated_probability, 0) ELSE ",
            stage_said!(),
            " / 8 END)"
        )
    };
}

/// SQL of a whole number that is not negative, divided and rounded half to even: `whole + over / unit`.
macro_rules! rounded {
    ($whole:expr, $over:expr, $unit:expr) => {
        concat!(
            "(",
            $whole,
            " + ",
            $over,
            " / ",
            $unit,
            " + CASE WHEN ",
            $over,
            " % ",
            $unit,
            " * 2 < ",
            $unit,
            " THEN 0 WHEN ",
            $over,
            " % ",
            $unit,
            " * 2 > ",
            $unit,
            " THEN 1 ELSE (",
            $whole,
            " + ",
            $over,
            " / ",
            $unit,
            ") % 2 END)"
        )
    };
}

/// SQL of the months of a lead's plan, at least one.
macro_rules! months {
    () => {
        "COALESCE((SELECT number_of_months FROM recurring_plan WHERE recurring_plan.id = lead.recurring_plan_id AND number_of_months > 0), 1)"
    };
}

/// SQL of the microseconds for which a lead has not moved.
macro_rules! still {
    () => {
        "(:now - COALESCE(lead.date_last_stage_update, lead.create_date))"
    };
}

/// SQL of whether that is longer than the stage of an open opportunity allows.
macro_rules! rotting {
    () => {
        concat!(
            "(lead.kind = 1 AND lead.won_status = 0 AND ",
            stage_days!(),
            " > 0 AND ",
            still!(),
            " > ",
            stage_days!(),
            " * 86400000000)"
        )
    };
}

macro_rules! stage_days {
    () => {
        "COALESCE((SELECT stage.rotting_days FROM stage WHERE stage.id = lead.stage_id), 0)"
    };
}

const PROBABILITY: &str = probability!();

const STAGE_SAID: &str = stage_said!();
const STAGE_PROBABILITY: &str = concat!(
    "(CASE WHEN lead.won_status = 1 THEN 1000000 WHEN lead.won_status = 2 THEN 0 ELSE ",
    stage_said!(),
    " / 8 END)"
);

/// Where the chance comes from, by the same order.
const PROBABILITY_SOURCE: &str = concat!(
    "(CASE WHEN lead.won_status <> 0 THEN 5 ",
    "WHEN lead.manual_probability IS NOT NULL AND lead.probability_policy IN (0, 2) THEN 4 ",
    "WHEN lead.probability_policy IN (0, 3) THEN COALESCE(lead_score.probability_source, 0) ELSE ",
    stage_said!(),
    " % 8 END)"
);
const AUTOMATED_SOURCE: &str = "COALESCE(lead_score.probability_source, 0)";
const IS_AUTOMATED: &str = concat!(
    "((",
    probability!(),
    " + 50) / 100 = (COALESCE(lead_score.automated_probability, 0) + 50) / 100)"
);

/// Millions apart, since an amount times ppm is more than 64 bits hold.
const PRORATED: &str = rounded!(
    concat!("lead.expected_revenue / 1000000 * ", probability!()),
    concat!("(lead.expected_revenue % 1000000 * ", probability!(), ")"),
    "1000000"
);
const MONTHLY: &str = rounded!("0", "lead.recurring_revenue", months!());
const DAY_OPEN: &str = "(ABS(lead.date_open - lead.create_date) / 86400000000)";
const DAY_CLOSE: &str = "(ABS(lead.date_closed - lead.create_date) / 86400000000)";
const IS_ROTTING: &str = rotting!();
const ROTTING_DAYS: &str =
    concat!("(CASE WHEN ", rotting!(), " THEN ", still!(), " / 86400000000 ELSE 0 END)");

const PLAN_MONTHS: &str = "(SELECT number_of_months FROM recurring_plan WHERE recurring_plan.id = lead.recurring_plan_id)";
const STAGE_ROTTING_DAYS: &str =
    "(SELECT stage.rotting_days FROM stage WHERE stage.id = lead.stage_id)";

/// SQL of the time since which, at an instant of the past, a lead had been what it was by these fields of its history.
///
/// Rows that are known to be true later than the instant are not counted, nor those before the last one that differs.
macro_rules! since {
    ($field:literal, $first:literal) => {
        concat!(
            "(SELECT MIN(same.effective_at) FROM lead_history same WHERE same.lead_id = state.lead_id AND same.seq <= state.seq \
             AND same.:time <= :at AND same.seq > COALESCE((SELECT MAX(other.seq) FROM lead_history other \
             WHERE other.lead_id = state.lead_id AND other.seq < state.seq AND other.:time <= :at AND other.",
            $field,
            " IS DISTINCT FROM state.",
            $field,
            "), ",
            $first,
            "))"
        )
    };
}

/// What the lead says itself counts as far as it can be of then: a date that has changed since is one that came later.
macro_rules! then {
    ($date:literal, $since:expr) => {
        concat!(
            "WHEN lead.",
            $date,
            " <= :at AND :settled THEN lead.",
            $date,
            " ELSE ",
            $since,
            " END"
        )
    };
}

const DATE_OPEN_THEN: &str = concat!(
    "CASE WHEN state.user_id IS NULL THEN NULL ",
    then!("date_open", since!("user_id", "0"))
);
const DATE_CLOSED_THEN: &str = concat!(
    "CASE WHEN state.won_status = 0 THEN NULL ",
    then!("date_closed", since!("won_status", "0"))
);
const DATE_CONVERSION_THEN: &str = concat!(
    "CASE WHEN lead.date_conversion IS NULL THEN NULL ",
    then!("date_conversion", since!("kind", "NULL"))
);
const DATE_LAST_STAGE_UPDATE_THEN: &str =
    concat!("CASE ", then!("date_last_stage_update", since!("stage_id", "0")));

record! {
    /// A lead or an opportunity.
    ///
    /// It is *pending* until it is won or lost, and only verbs decide that: winning puts it in a won stage with probability 100,
    /// losing archives it with probability 0. While it is pending, `probability` is one of three numbers, as its
    /// team's policy has it.
    Lead in "lead" as LeadId {
        /// What the deal is about; by default "<partner>'s opportunity".
        name: String => required, personal, side("lead_text");
        /// Unqualified lead or opportunity; omitted: opportunity, unless the setting `use_leads` is on.
        kind: LeadKind => kept;
        /// Whose deal it is; by default its team's company, else its user's, else its partner's.
        company_id: Option<CompanyId> => kept;
        /// Of its amounts; by default its company's. Fixed once there is money.
        currency: Currency => kept;
        /// The customer.
        partner_id: Option<PartnerId> => kept;
        /// The salesperson; omitted: the session's user.
        user_id: Option<UserId> => kept;
        /// The team; omitted: the salesperson's.
        team_id: Option<TeamId> => kept;
        /// Where it stands in the pipeline; omitted: the first stage its team can use that is neither folded nor won.
        stage_id: Option<StageId> => uncopied, kept;
        /// 0 low, 1 medium, 2 high, 3 very high.
        priority: i64 => range(0, 3);
        /// Its labels.
        tag_ids: Vec<TagId> => link("lead_tag", "lead_id", "tag_id");
        /// What the deal should bring, once.
        expected_revenue: Amount => range(0, limit::AMOUNT), kept;
        /// What the deal should bring per period of its plan.
        recurring_revenue: Amount => range(0, limit::AMOUNT), kept;
        /// How often it recurs; none counts as monthly.
        recurring_plan_id: Option<RecurringPlanId> => kept;
        /// Chance of winning, by the policy of its team. Setting it sets `manual_probability`; `None` empties that.
        probability: Probability => sql(PROBABILITY), uncopied;
        /// What a person typed; empty: nothing was. What the policy makes of it, `probability` says.
        manual_probability: Option<Probability> => uncopied, kept;
        /// What the configured model says.
        automated_probability: Probability => joined("lead_score"), uncopied;
        /// Whether `probability` is what the configured model says, compared at two decimals.
        is_automated_probability: bool => computed(IS_AUTOMATED);
        /// Where `probability` comes from.
        probability_source: ProbabilitySource => computed(PROBABILITY_SOURCE), uncopied;
        /// Pending, won or lost.
        won_status: WonStatus => system, uncopied, kept;
        /// Shown; losing and archiving hide it.
        active: bool => system, uncopied, kept;
        /// Paused: left out of forecasts.
        on_hold: bool => uncopied, kept;
        /// How sure we are to see the money in time. A won lead is `closed`, a lost one `omitted`; reopened, it is again what it was.
        forecast_category: ForecastCategory => uncopied, kept;
        /// When we expect to win.
        date_deadline: Option<Date> => kept;
        /// When a salesperson was set.
        date_open: Option<Timestamp> => system, uncopied, then(DATE_OPEN_THEN);
        /// When it was won or lost.
        date_closed: Option<Timestamp> => system, uncopied, then(DATE_CLOSED_THEN);
        /// When it became an opportunity.
        date_conversion: Option<Timestamp> => system, uncopied, then(DATE_CONVERSION_THEN);
        /// When it last changed its stage.
        date_last_stage_update: Option<Timestamp> => system, uncopied, then(DATE_LAST_STAGE_UPDATE_THEN);
        /// Why it was lost.
        lost_reason_id: Option<LostReasonId> => uncopied, kept;
        /// The marketing effort it came by.
        campaign_id: Option<CampaignId>;
        /// The way it came.
        medium_id: Option<MediumId>;
        /// Where it came from.
        source_id: Option<SourceId>;
        /// Two letters, ISO 3166; folded to upper case.
        country_code: Option<String>;
        /// State or region, free.
        state_code: Option<String> => max(limit::STATE_CODE);
        /// The contact's language, such as `fr_FR`.
        lang: Option<String> => max(16);
        /// Whether the e-mail can be one; kept by the library.
        email_state: Option<ContactState> => system;
        /// Whether the phone number can be one; kept by the library.
        phone_state: Option<ContactState> => system;
        /// A colour of the host's palette.
        color: i64 => range(0, 1_000_000);
        /// The stage it was won from.
        won_from_stage_id: Option<StageId> => hidden, uncopied;
        /// The customer's company name.
        partner_name: Option<String> => side("lead_text"), personal;
        /// Whom to talk to.
        contact_name: Option<String> => side("lead_text"), personal;
        /// The contact's position.
        function: Option<String> => side("lead_text"), personal;
        /// The contact's e-mail, as written.
        email_from: Option<String> => side("lead_text"), personal;
        /// Copied in incoming mail.
        email_cc: Option<String> => side("lead_text"), personal;
        /// The address alone, in its comparable form; kept by the library.
        email_normalized: Option<String> => side("lead_text"), system, personal;
        /// As written.
        phone: Option<String> => side("lead_text"), personal;
        /// As written.
        mobile: Option<String> => side("lead_text"), personal;
        /// The first readable number in E.164; kept by the library.
        phone_normalized: Option<String> => side("lead_text"), system, personal;
        /// The customer's page.
        website: Option<String> => side("lead_text"), personal;
        /// Street and number.
        street: Option<String> => side("lead_text"), personal;
        /// More of the street.
        street2: Option<String> => side("lead_text"), personal;
        /// The town.
        city: Option<String> => side("lead_text"), personal;
        /// Postal code.
        zip: Option<String> => side("lead_text"), personal;
        /// Who recommended us.
        referred: Option<String> => side("lead_text"), personal;
        /// Notes.
        description: Option<String> => side("lead_text"), max(limit::LONG_TEXT), personal;
        /// Declared custom values by name.
        properties: Properties => side("lead_text"), personal;
        /// `expected_revenue × probability`, rounded to the minor unit.
        prorated_revenue: Amount => computed(PRORATED);
        /// `recurring_revenue` per month, rounded to the minor unit.
        recurring_revenue_monthly: Amount => computed(MONTHLY);
        /// Whole days from creation to assignment.
        day_open: Option<i64> => computed(DAY_OPEN);
        /// Whole days from creation to closing.
        day_close: Option<i64> => computed(DAY_CLOSE);
        /// An open opportunity that has not moved for longer than its stage allows.
        is_rotting: bool => computed(IS_ROTTING);
        /// Whole days since its last move, if it is rotting; else 0.
        rotting_days: i64 => computed(ROTTING_DAYS);
        /// Months of its plan.
        plan_months: Option<i64> => hidden, sql(PLAN_MONTHS);
        /// Its stage's `rotting_days`.
        stage_rotting_days: Option<i64> => hidden, sql(STAGE_ROTTING_DAYS);
        /// Its `forecast_category` before it was closed; empty while it is open.
        open_category: Option<ForecastCategory> => hidden, uncopied;
        /// What its stage says: how those fared that came so far, in its team, shrunk to all teams; as of the last recompute.
        stage_probability: Probability => computed(STAGE_PROBABILITY), uncopied;
        /// What its stage says, as [`said`] reads it.
        stage_said: i64 => hidden, sql(STAGE_SAID), uncopied;
        /// On what ground the model says what it does.
        automated_source: ProbabilitySource => hidden, sql(AUTOMATED_SOURCE), uncopied;
        /// Whose number is its chance while it is pending: what its team or company said when it was last written, or theirs changed.
        probability_policy: ProbabilityPolicy => hidden, uncopied, kept;
    }
}

impl Lead {
    /// What the deal should bring, with its currency.
    #[must_use]
    pub const fn revenue(&self) -> Money {
        self.expected_revenue.of(self.currency)
    }

    /// The chance that counts.
    #[must_use]
    pub fn effective_probability(&self) -> Probability {
        match self.won_status {
            WonStatus::Won => Probability::CERTAIN,
            WonStatus::Lost => Probability::ZERO,
            WonStatus::Pending => match self.manual_probability {
                Some(typed) if self.decides() == Decides::Typed => typed,
                _ => self.untyped().0,
            },
        }
    }

    /// Which of its numbers is its chance while it is pending.
    pub(crate) fn decides(&self) -> Decides {
        self.probability_policy.decides(self.manual_probability.is_some())
    }

    /// What `stage_probability` rests on.
    pub(crate) fn stage_source(&self) -> ProbabilitySource {
        match self.won_status {
            WonStatus::Pending => said(self.stage_said).1,
            _ => ProbabilitySource::Outcome,
        }
    }

    /// Its chance while it is pending if nothing were typed, and the ground of that.
    fn untyped(&self) -> (Probability, ProbabilitySource) {
        match self.probability_policy.decides(false) {
            Decides::Stage => said(self.stage_said),
            _ => (self.automated_probability, self.automated_source),
        }
    }

    /// Whether a typed chance is the one that a pending lead has without it; nothing is the same as a number that has no ground.
    pub(crate) fn has_anyway(&self, typed: Probability) -> bool {
        let (chance, ground) = self.untyped();
        self.won_status == WonStatus::Pending
            && ground != ProbabilitySource::None
            && typed.hundredths() == chance.hundredths()
    }

    /// Whether a forecast counts it as open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.won_status == WonStatus::Pending && self.active && !self.on_hold
    }
}

impl Nature for Lead {
    fn currency(&self) -> Currency {
        self.currency
    }

    fn derive(&mut self, now: Timestamp) {
        self.probability = self.effective_probability();
        self.probability_source = match self.won_status {
            WonStatus::Pending if self.decides() == Decides::Typed => ProbabilitySource::Manual,
            WonStatus::Pending => self.untyped().1,
            _ => ProbabilitySource::Outcome,
        };
        self.stage_probability = match self.won_status {
            WonStatus::Pending => said(self.stage_said).0,
            _ => self.probability,
        };
        self.is_automated_probability =
            self.probability.hundredths() == self.automated_probability.hundredths();
        self.prorated_revenue = prorated(self.expected_revenue, self.probability);
        self.recurring_revenue_monthly = monthly(self.recurring_revenue, self.plan_months);
        self.day_open = self.date_open.map(|open| open.days_between(self.create_date));
        self.day_close = self.date_closed.map(|closed| closed.days_between(self.create_date));
        let still = now.micros() - self.date_last_stage_update.unwrap_or(self.create_date).micros();
        let allowed = self.stage_rotting_days.unwrap_or(0);
        self.is_rotting = self.kind == LeadKind::Opportunity
            && self.won_status == WonStatus::Pending
            && allowed > 0
            && still > allowed * DAY_MICROS;
        self.rotting_days = if self.is_rotting { still / DAY_MICROS } else { 0 };
    }
}

/// A chance and its ground out of one number, ppm × 8 + the ground's.
fn said(stored: i64) -> (Probability, ProbabilitySource) {
    let ground = usize::try_from(stored % 8).ok().and_then(|at| ProbabilitySource::ALL.get(at));
    let chance = Probability::from_ppm(stored / 8).unwrap_or_default();
    (chance, ground.copied().unwrap_or_default())
}

/// A share of an amount, rounded half to even.
fn prorated(amount: Amount, probability: Probability) -> Amount {
    let share = crate::base::money::divide_half_even(
        i128::from(amount.0) * i128::from(probability.ppm()),
        1_000_000,
    );
    Amount(i64::try_from(share).unwrap_or(amount.0))
}

/// An amount per period as an amount per month.
fn monthly(amount: Amount, months: Option<i64>) -> Amount {
    let months = months.filter(|months| *months > 0).unwrap_or(1);
    let share = crate::base::money::divide_half_even(i128::from(amount.0), i128::from(months));
    Amount(i64::try_from(share).unwrap_or(amount.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Record as _, Value};

    #[test]
    fn revenue_keeps_its_range() {
        let mut lead = Lead::default();
        lead.set("expected_revenue", &Value::Int(0)).unwrap();
        let refused = lead.set("expected_revenue", &Value::Int(-1)).unwrap_err();
        assert_eq!(
            refused.message(),
            "expected_revenue: -1.00 EUR is too little; at least 0.00 EUR"
        );
    }
}
