//! A lead out of what a caller gave: defaults, references, and the order in which fields depend on each other.
//!
//! `create` starts from nothing, `update` from the stored lead; both then go the same way: currency, plain fields, owner, team,
//! company, stage, probability. What was given explicitly is never replaced by a default.

use std::collections::HashMap;

use crate::base::field::decimal;
use crate::base::{
    CompanyId, Error, FieldKind, Fields, Id as _, Probability, Record, RecordKind, Result,
    Timestamp, Value,
};
use crate::lead::customer::{self, Customers};
use crate::lead::office::Office;
use crate::lead::rules;
use crate::property::Definitions;
use crate::record::{ForecastCategory, Lead, LeadKind, Stage, WonStatus};

/// Companies of the partners that stored leads have already: they were checked when they were set.
pub(crate) type OwnPartners = HashMap<i64, Option<i64>>;

/// Fields that can take a lead to another company.
const OWNERS: [&str; 6] = ["user_id", "team_id", "company_id", "partner_id", "kind", "type"];

/// Whether deciding needs the companies of partners that leads have already.
pub(crate) fn asks_for_own_partners(fields: &Fields) -> bool {
    OWNERS.iter().any(|name| fields.has(name))
}

/// What deciding needs besides the fields.
pub(crate) struct Context<'a> {
    pub(crate) office: &'a Office,
    /// Those that the given fields name.
    pub(crate) partners: &'a Customers,
    pub(crate) own: &'a OwnPartners,
    pub(crate) properties: &'a Definitions,
    pub(crate) actor: &'a crate::access::Actor,
    pub(crate) now: Timestamp,
}

/// Fields that need more than setting.
const APART: [&str; 9] = [
    "currency",
    "forecast_category",
    "probability",
    "manual_probability",
    "stage_id",
    "properties",
    "team_id",
    "company_id",
    "lost_reason_id",
];

/// A new lead.
pub(crate) fn create(fields: &Fields, cx: &Context<'_>) -> Result<Lead> {
    let mut lead = Lead { active: true, currency: cx.office.currency(None), ..Lead::default() };
    lead.kind = if cx.office.use_leads { LeadKind::Lead } else { LeadKind::Opportunity };
    if !fields.has("user_id") {
        lead.user_id = cx.actor.user_id;
    }
    let mut lead = apply(None, lead, fields, cx)?;
    if lead.name.is_empty() {
        let partner = lead.partner_id.and_then(|id| cx.partners.get(id.0));
        let partner = partner.ok_or_else(|| {
            Error::invalid("name", "name: a lead needs a name, or a partner to be named after")
        })?;
        lead.name = format!("{}'s opportunity", partner.card.name);
    }
    // What reading it joins from the office, so that it need not be read to be answered.
    lead.plan_months = lead.recurring_plan_id.and_then(|plan| cx.office.plan_months(plan));
    let stage = lead.stage_id.and_then(|id| cx.office.stage(id));
    lead.stage_rotting_days = stage.map(|stage| stage.rotting_days);
    Ok(lead)
}

/// A stored lead with changes.
pub(crate) fn update(before: &Lead, fields: &Fields, cx: &Context<'_>) -> Result<Lead> {
    apply(Some(before), before.clone(), fields, cx)
}

fn apply(before: Option<&Lead>, mut lead: Lead, fields: &Fields, cx: &Context<'_>) -> Result<Lead> {
    let now = rules::moment(&lead, cx.now);
    let mut amounts = Vec::new();
    for (name, value) in fields.iter() {
        let name = if name == "type" { "kind" } else { name };
        if name.starts_with("properties.") || APART.contains(&name) {
            continue;
        }
        if name == "name" && value.is_null() && before.is_none() {
            continue;
        }
        let at = Lead::TABLE.position(name).ok_or_else(|| Lead::TABLE.unknown(name))?;
        let field = &Lead::TABLE.fields[at];
        cx.office.check_reference(field, value)?;
        if field.kind == FieldKind::Money && !field.system {
            amounts.push((at, value)); // Needs the currency, which needs the company.
        } else {
            lead.set_at(at, value)?;
        }
    }
    check_partner(before, &lead, cx)?;
    let had = before.and_then(|before| before.partner_id);
    if lead.partner_id != had {
        let customer = lead.partner_id.and_then(|id| cx.partners.get(id.0));
        customer::take_over(&mut lead, customer, fields);
    }
    owners(before, &mut lead, fields, cx)?;
    cx.office.follow_policy(&mut lead);
    money(before, &mut lead, fields.get("currency"), &amounts, cx)?;
    properties(&mut lead, fields, cx)?;
    let theirs = lead.partner_id.and_then(|id| cx.partners.get(id.0));
    let home = theirs.and_then(|partner| partner.card.country_code.as_deref());
    let home = home.or_else(|| cx.office.country(lead.company_id));
    rules::normalize(before, &mut lead, home)?;
    rules::date_owner(before, &mut lead, now);
    let mut lead = stage(before, lead, fields, cx, now)?;
    if let Some(chance) = chance(fields)? {
        rules::set_probability(&mut lead, chance)?;
    }
    if let Some(category) = category(fields)? {
        rules::set_category(before, &mut lead, category)?;
    }
    reason(&mut lead, fields, cx)?;
    Ok(lead)
}

/// Refuses a partner that is not there or belongs to another company.
fn check_partner(before: Option<&Lead>, lead: &Lead, cx: &Context<'_>) -> Result<()> {
    let Some(id) =
        lead.partner_id.filter(|id| before.is_none_or(|before| before.partner_id != Some(*id)))
    else {
        return Ok(());
    };
    cx.partners.check(id)
}

/// The company of a lead's partner, if it has one of its own.
fn partner_company(before: Option<&Lead>, lead: &Lead, cx: &Context<'_>) -> Option<CompanyId> {
    let id = lead.partner_id?.0;
    let kept = before.is_some_and(|before| before.partner_id == lead.partner_id);
    let company = if kept {
        cx.own.get(&id).copied()
    } else {
        cx.partners.get(id).map(|partner| partner.card.company_id.map(|id| id.0))
    };
    company.flatten().map(CompanyId)
}

/// Team and company, which follow the user unless they are given.
fn owners(before: Option<&Lead>, lead: &mut Lead, fields: &Fields, cx: &Context<'_>) -> Result<()> {
    let give = |name: &str, lead: &mut Lead| -> Result<bool> {
        let Some(value) = fields.get(name) else { return Ok(false) };
        cx.office.check_reference(Lead::TABLE.field(name)?, value)?;
        let was = lead.team_id;
        lead.set(name, value)?;
        if let Some(team) = lead.team_id.filter(|team| was != Some(*team)) {
            cx.office.check_team(team, cx.actor)?;
        }
        Ok(true)
    };
    let user_changed =
        before.is_none_or(|before| before.user_id != lead.user_id || before.kind != lead.kind);
    if !give("team_id", lead)?
        && user_changed
        && let Some(user) = lead.user_id
    {
        let stays = lead
            .team_id
            .and_then(|id| cx.office.team(id))
            .is_some_and(|team| Office::belongs(team, user));
        if !stays {
            lead.team_id = cx.office.default_team(user, lead.kind, cx.actor);
        }
    }
    let moved = before.is_none_or(|before| {
        (before.user_id, before.team_id, before.partner_id)
            != (lead.user_id, lead.team_id, lead.partner_id)
    });
    if !give("company_id", lead)? && moved {
        let partner = partner_company(before, lead, cx);
        let own = cx.actor.company_ids.first().copied();
        lead.company_id = cx.office.company_of(lead, partner, own);
    }
    crate::require!(
        cx.actor.sees_company(lead.company_id),
        "company_id",
        "company_id: this user does not work in {}",
        lead.company_id.map_or(String::new(), |id| id.subject().to_string())
    );
    let stays = before.is_some_and(|before| {
        (before.company_id, before.partner_id) == (lead.company_id, lead.partner_id)
    });
    if stays {
        return cx.office.check_owners(before, lead);
    }
    let partner = partner_company(before, lead, cx);
    let foreign = partner.is_some_and(|own| lead.company_id.is_some_and(|company| company != own));
    crate::require!(
        !foreign,
        "partner_id",
        "partner_id: the partner belongs to another company than the lead"
    );
    cx.office.check_owners(before, lead)
}

/// A lead has its company's currency until it is given another one, or has money.
fn follow_company(before: Option<&Lead>, lead: &mut Lead, office: &Office) {
    let follows = before.is_none_or(|before| {
        before.company_id != lead.company_id
            && before.expected_revenue.0 == 0
            && before.recurring_revenue.0 == 0
            && before.currency == office.currency(before.company_id)
    });
    if follows {
        lead.currency = office.currency(lead.company_id);
    }
}

/// The currency, then amounts in it. A currency is fixed once there is money.
fn money(
    before: Option<&Lead>,
    lead: &mut Lead,
    currency: Option<&Value>,
    amounts: &[(usize, &Value)],
    cx: &Context<'_>,
) -> Result<()> {
    let rich = before
        .is_some_and(|before| before.expected_revenue.0 != 0 || before.recurring_revenue.0 != 0);
    match currency {
        Some(value) => {
            lead.set("currency", value)?;
            let changed = before.is_some_and(|before| before.currency != lead.currency);
            crate::require!(
                !(rich && changed),
                "currency",
                "currency: fixed while the lead has money; set its amounts to 0 first"
            );
        }
        None => follow_company(before, lead, cx.office),
    }
    amounts.iter().try_for_each(|(at, value)| lead.set_at(*at, value))
}

/// Custom values: given ones are set, `Null` clears, the rest stay.
fn properties(lead: &mut Lead, fields: &Fields, cx: &Context<'_>) -> Result<()> {
    let mut given: Vec<(&str, &Value)> = Vec::new();
    match fields.get("properties") {
        Some(Value::Map(map)) => {
            given.extend(map.iter().map(|(name, value)| (name.as_str(), value)));
        }
        Some(Value::Null) => lead.properties.0.clear(),
        Some(other) => {
            return Err(Error::invalid(
                "properties",
                format!("properties: {} is not a set of named values", other.type_name()),
            ));
        }
        None => {}
    }
    given.extend(
        fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("properties.")?, value))),
    );
    for (name, value) in given {
        match cx.properties.check(RecordKind::Lead, name, value)? {
            Some(value) => lead.properties.0.insert(name.to_owned(), value),
            None => lead.properties.0.remove(name),
        };
    }
    Ok(())
}

/// The stage that was given, or one that the team can use. A new lead may have none only if there is none.
fn stage(
    before: Option<&Lead>,
    mut lead: Lead,
    fields: &Fields,
    cx: &Context<'_>,
    now: Timestamp,
) -> Result<Lead> {
    let at = lead.stage_id.and_then(|id| cx.office.stage(id));
    let usable = |stage: &Stage| Office::usable(stage, lead.team_id, lead.company_id);
    let given = match fields.get("stage_id") {
        Some(Value::Null) => {
            crate::require!(
                lead.won_status != WonStatus::Won,
                "stage_id",
                "stage_id: a won lead stands in a won stage; reopen it first"
            );
            if before.is_none() || lead.stage_id.take().is_some() {
                lead.date_last_stage_update = Some(now);
            }
            return Ok(lead);
        }
        Some(value) => {
            let field = Lead::TABLE.field("stage_id")?;
            cx.office.check_reference(field, value)?;
            let id = value
                .as_int()
                .ok_or_else(|| field.refuse(format_args!("{} is not an id", value.type_name())))?;
            cx.office.stage(crate::base::StageId(id))
        }
        None if before.is_none() || at.is_some_and(|stage| !usable(stage)) => match lead.won_status
        {
            WonStatus::Won => Some(cx.office.won_stage(&lead)?),
            _ => cx.office.default_stage(lead.team_id, lead.company_id),
        },
        None => None,
    };
    match given {
        Some(stage) => rules::enter_stage(lead, stage, now),
        None => {
            if before.is_none() {
                lead.date_last_stage_update = Some(now);
            }
            Ok(lead)
        }
    }
}

/// The chance that fields give, if they do; `Null` is none: nothing is typed any more.
pub(crate) fn chance(fields: &Fields) -> Result<Option<Option<Probability>>> {
    let mut given = None;
    for name in ["probability", "manual_probability"] {
        let Some(value) = fields.get(name) else { continue };
        let field = Lead::TABLE.field(name)?;
        given = Some(match value {
            Value::Null => None,
            value => Some(
                Probability::from_percent(decimal(value, field)?)
                    .map_err(|error| field.refuse(error))?,
            ),
        });
    }
    Ok(given)
}

/// The category that fields give, if they do.
pub(crate) fn category(fields: &Fields) -> Result<Option<ForecastCategory>> {
    let Some(value) = fields.get("forecast_category") else { return Ok(None) };
    let mut probe = Lead::default();
    probe.set("forecast_category", value)?;
    Ok(Some(probe.forecast_category))
}

/// A lost lead's reason can be corrected; others have none.
fn reason(lead: &mut Lead, fields: &Fields, cx: &Context<'_>) -> Result<()> {
    let Some(value) = fields.get("lost_reason_id") else { return Ok(()) };
    cx.office.check_reference(Lead::TABLE.field("lost_reason_id")?, value)?;
    crate::require!(
        value.is_null() || lead.won_status == WonStatus::Lost,
        "lost_reason_id",
        "lost_reason_id: only a lost lead has a reason; use mark_lost"
    );
    lead.set("lost_reason_id", value)
}
