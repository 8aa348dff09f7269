//! What becomes of leads that are one: who is kept, and what of whom. Functions of loaded records.

use std::cmp::Reverse;

use crate::base::{Error, Id as _, Record as _, Result, TeamId, Timestamp, UserId, Value};
use crate::lead::draft::OwnPartners;
use crate::lead::office::Office;
use crate::lead::rules as pipeline;
use crate::merge::Merge;
use crate::merge::kind::{first, fullest_address, same_numbers};
use crate::record::{Lead, LeadKind, WonStatus};

/// What deciding needs besides the leads.
pub(crate) struct Context<'a> {
    pub(crate) office: &'a Office,
    /// Companies of the leads' partners.
    pub(crate) partners: &'a OwnPartners,
    pub(crate) given: Merge,
    pub(crate) now: Timestamp,
}

/// Puts leads in the order in which they count: what is in the pipeline, further on and likelier comes first, then what is older. The first
/// is kept.
pub(crate) fn rank(leads: &mut [Lead], office: &Office) {
    leads.sort_by_key(|lead| {
        let is_opportunity = lead.kind == LeadKind::Opportunity;
        let stage = lead.stage_id.and_then(|id| office.stage(id));
        (
            Reverse(is_opportunity || lead.active),
            Reverse(is_opportunity),
            Reverse(stage.map_or(0, |stage| stage.sequence)),
            Reverse(lead.effective_probability()),
            lead.id,
        )
    });
}

/// Refuses leads that cannot be one, naming the lead.
pub(crate) fn check(leads: &[Lead]) -> Result<()> {
    let refuse = |lead: &Lead, field: &str, why: String| {
        Err(Error::invalid(field, format!("{field}: {why}")).with_subject(lead.id.subject()))
    };
    let company = leads.iter().find_map(|lead| lead.company_id);
    for lead in leads {
        let subject = lead.id.subject();
        if lead.won_status == WonStatus::Won {
            let why = format!("{subject} is won; reopen it before merging it, or leave it out");
            return refuse(lead, "won_status", why);
        }
        if lead.company_id.is_some() && lead.company_id != company {
            let why = format!("{subject} is another company's; leads of one company can be merged");
            return refuse(lead, "company_id", why);
        }
        let (own, first) = (lead.currency, leads[0].currency);
        if own != first {
            let why = format!(
                "{subject} is in {}, {} in {}; amounts of one currency can be merged",
                own.code(),
                leads[0].id.subject(),
                first.code()
            );
            return refuse(lead, "currency", why);
        }
    }
    Ok(())
}

/// What the first of ranked leads becomes.
pub(crate) fn decide(leads: &[Lead], cx: &Context<'_>) -> Result<Lead> {
    let head = &leads[0];
    let now = pipeline::moment(head, cx.now);
    let mut after = head.clone();
    first!(after, leads: campaign_id, medium_id, source_id, email_cc, lang, referred, recurring_plan_id, date_deadline, partner_name,
        contact_name, email_from, function, phone, mobile, website, company_id);
    let more_than_0 = |get: fn(&Lead) -> i64| leads.iter().map(get).find(|value| *value != 0);
    after.color = more_than_0(|lead| lead.color).unwrap_or(0);
    after.expected_revenue.0 = more_than_0(|lead| lead.expected_revenue.0).unwrap_or(0);
    after.recurring_revenue.0 = more_than_0(|lead| lead.recurring_revenue.0).unwrap_or(0);
    after.plan_months = after.recurring_plan_id.and_then(|plan| cx.office.plan_months(plan));
    after.priority = leads.iter().map(|lead| lead.priority).max().unwrap_or(0);
    if leads.iter().any(|lead| lead.kind == LeadKind::Opportunity) {
        after.kind = LeadKind::Opportunity;
    }
    fullest_address!(after, leads);
    let texts: Vec<&str> = leads.iter().filter_map(|lead| lead.description.as_deref()).collect();
    if !texts.is_empty() {
        after.set("description", &Value::Text(texts.join("\n\n")))?;
    }
    let tags = leads.iter().flat_map(|lead| lead.tag_ids.iter().map(|tag| tag.0)).collect();
    after.set("tag_ids", &Value::Ids(tags))?;
    if after.won_status == WonStatus::Lost {
        after.lost_reason_id = leads.iter().find_map(|lead| lead.lost_reason_id);
    }
    owners(leads, &mut after, cx)?;
    let home = cx.office.country(after.company_id);
    same_numbers!(after, leads, home);
    pipeline::normalize(Some(head), &mut after, home)?;
    pipeline::date_owner(Some(head), &mut after, now);
    let mut after = stage(leads, after, cx, now)?;
    cx.office.follow_policy(&mut after);
    cx.office
        .check_owners(Some(head), &after)
        .map_err(|error| error.or_subject(head.id.subject()))?;
    Ok(after)
}

/// Customer, salesperson and team: given ones, else the first that may be so in the lead's company.
fn owners(leads: &[Lead], after: &mut Lead, cx: &Context<'_>) -> Result<()> {
    let (head, office, company) = (&leads[0], cx.office, after.company_id);
    let fits = |owner: Option<crate::base::CompanyId>| {
        owner.is_none_or(|owner| company.is_none_or(|company| company == owner))
    };
    let tails = &leads[1..];
    after.partner_id = head.partner_id.or_else(|| {
        let known = tails.iter().filter_map(|lead| lead.partner_id);
        let of = |id: i64| cx.partners.get(&id).copied().flatten().map(crate::base::CompanyId);
        known.into_iter().find(|partner| fits(of(partner.0)))
    });
    let table = Lead::TABLE;
    if let Some(user) = cx.given.user_id {
        office.check_reference(table.field("user_id")?, &user.into())?;
        after.user_id = Some(user);
    } else if head.user_id.is_none() {
        let may = |id: &UserId| {
            office.user(*id).is_some_and(|user| {
                let works = company
                    .is_none_or(|own| fits(user.company_id) || user.company_ids.contains(&own));
                user.active && works
            })
        };
        after.user_id = tails.iter().filter_map(|lead| lead.user_id).find(may);
    }
    if let Some(team) = cx.given.team_id {
        after.team_id = Some(team);
    } else if head.team_id.is_none() {
        let may = |id: &TeamId| office.team(*id).is_some_and(|team| fits(team.company_id));
        after.team_id = tails.iter().filter_map(|lead| lead.team_id).find(may);
    }
    Ok(())
}

/// The stage of the first that has one; if its team cannot use that, the first that it can.
fn stage(leads: &[Lead], after: Lead, cx: &Context<'_>, now: Timestamp) -> Result<Lead> {
    let office = cx.office;
    let known = leads.iter().filter_map(|lead| lead.stage_id).filter_map(|id| office.stage(id));
    // A lead that is still open, or lost, does not win by being merged.
    let own = |id| leads[0].stage_id == Some(id);
    let Some(stands) = known.into_iter().find(|stage| !stage.is_won || own(stage.id)) else {
        return Ok(after);
    };
    let usable = Office::usable(stands, after.team_id, after.company_id);
    if usable && own(stands.id) {
        return Ok(after);
    }
    let open = office.default_stage(after.team_id, after.company_id).filter(|stage| !stage.is_won);
    match if usable { Some(stands) } else { open } {
        Some(stage) => pipeline::enter_stage(after, stage, now),
        None => Ok(Lead { stage_id: None, date_last_stage_update: Some(now), ..after }),
    }
}
