//! What becomes of a lead: every decision of the pipeline, as functions of values.
//!
//! Won, lost and pending are set here and nowhere else. The laws: a won lead stands in a won stage and has a closing date; a lost one
//! is hidden and has a closing date; a pending one has none.

use crate::base::text;
use crate::base::{Error, LostReasonId, Probability, Result, Timestamp};
use crate::lead::office::Office;
use crate::record::{ContactState, ForecastCategory, Lead, LeadKind, Stage, WonStatus};

/// The moment of a change: now, or when the lead last changed if the clock has run back since.
pub(crate) fn moment(lead: &Lead, now: Timestamp) -> Timestamp {
    now.max(lead.write_date)
}

/// A lead moved into a stage, whatever that means for it: winning it, taking its win back, or just a step.
pub(crate) fn enter_stage(lead: Lead, stage: &Stage, now: Timestamp) -> Result<Lead> {
    crate::require!(
        Office::usable(stage, lead.team_id, lead.company_id),
        "stage_id",
        "stage_id: stage {} is reserved to other teams or another company than the lead's",
        stage.id
    );
    let from = lead.stage_id;
    let mut after = Lead { stage_id: Some(stage.id), ..lead };
    if from != after.stage_id {
        after.date_last_stage_update = Some(now);
    }
    match (after.won_status, stage.is_won) {
        (WonStatus::Won, true) | (WonStatus::Pending | WonStatus::Lost, false) => {}
        (WonStatus::Won, false) => after = pending(after),
        (_, true) => {
            after = closed(after, WonStatus::Won);
            after.active = true;
            after.lost_reason_id = None;
            after.date_closed = Some(now);
            after.won_from_stage_id = from;
        }
    }
    Ok(after)
}

/// A lead that is won, in the won stage of its team. Winning twice keeps the first date.
pub(crate) fn win(lead: &Lead, office: &Office, now: Timestamp) -> Result<Lead> {
    if lead.won_status == WonStatus::Won {
        return Ok(lead.clone());
    }
    enter_stage(lead.clone(), office.won_stage(lead)?, now)
}

/// A lead that is lost: hidden, with a reason if one is given. Losing twice keeps the first date.
pub(crate) fn lose(lead: &Lead, reason: Option<LostReasonId>, now: Timestamp) -> Result<Lead> {
    crate::require!(
        lead.won_status != WonStatus::Won,
        "won_status",
        "won_status: the lead is won; reopen it before losing it"
    );
    Ok(Lead {
        active: false,
        lost_reason_id: reason.or(lead.lost_reason_id),
        date_closed: lead.date_closed.or(Some(now)),
        ..closed(lead.clone(), WonStatus::Lost)
    })
}

/// A lead with that outcome, which says its category; what was thought of it before is kept for a reopening.
fn closed(lead: Lead, outcome: WonStatus) -> Lead {
    Lead {
        won_status: outcome,
        open_category: lead.open_category.or(Some(lead.forecast_category)),
        forecast_category: category_of(outcome).unwrap_or(lead.forecast_category),
        ..lead
    }
}

/// The category that an outcome means; a pending lead's is said by people.
pub(crate) const fn category_of(outcome: WonStatus) -> Option<ForecastCategory> {
    match outcome {
        WonStatus::Pending => None,
        WonStatus::Won => Some(ForecastCategory::Closed),
        WonStatus::Lost => Some(ForecastCategory::Omitted),
    }
}

/// A person's word on how sure a deal is. Given with the outcome it is about the time before; of an ended deal there is none.
pub(crate) fn set_category(
    before: Option<&Lead>,
    lead: &mut Lead,
    given: ForecastCategory,
) -> Result<()> {
    if category_of(lead.won_status) == Some(given) {
        return Ok(());
    }
    crate::require!(
        given != ForecastCategory::Closed,
        "forecast_category",
        "forecast_category: only a won lead is closed; use mark_won"
    );
    if lead.won_status == WonStatus::Pending {
        lead.forecast_category = given;
        return Ok(());
    }
    crate::require!(
        before.is_none_or(|before| before.won_status != lead.won_status),
        "forecast_category",
        "forecast_category: the lead is {}; reopen it before giving it another category",
        lead.won_status.word()
    );
    lead.open_category = Some(given);
    Ok(())
}

/// A lead that is pending again: a lost one is shown and forgets its reason, a won one goes back to the stage it was won from.
pub(crate) fn reopen(lead: &Lead, office: &Office, now: Timestamp) -> Result<Lead> {
    let stands = lead.stage_id.and_then(|id| office.stage(id));
    match lead.won_status {
        WonStatus::Pending => Ok(lead.clone()),
        WonStatus::Lost => {
            let open = Lead { active: true, ..pending(lead.clone()) };
            // Its stage may have become a won one since; a pending lead never stands in one.
            match stands.filter(|stage| stage.is_won) {
                Some(_) => enter_stage(open, stage_to_go_back_to(lead, office)?, now),
                None => Ok(open),
            }
        }
        WonStatus::Won => enter_stage(lead.clone(), stage_to_go_back_to(lead, office)?, now),
    }
}

/// The stage a lead was won from, else the first that it can use and that is not won.
fn stage_to_go_back_to<'o>(lead: &Lead, office: &'o Office) -> Result<&'o Stage> {
    let fits =
        |stage: &&Stage| !stage.is_won && Office::usable(stage, lead.team_id, lead.company_id);
    let from = lead.won_from_stage_id.and_then(|id| office.stage(id)).filter(fits);
    let first = || office.stages.iter().filter(|stage| !stage.fold).find(fits);
    from.or_else(first).or_else(|| office.stages.iter().find(fits)).ok_or_else(|| {
        Error::invalid(
            "stage_id",
            "stage_id: this lead's team has no stage that is not won to go back to",
        )
    })
}

/// What every reopened lead has in common. Nothing is typed of it: the old opinion was about a deal that ended.
pub(crate) fn pending(lead: Lead) -> Lead {
    Lead {
        forecast_category: lead.open_category.unwrap_or_default(),
        open_category: None,
        won_status: WonStatus::Pending,
        lost_reason_id: None,
        date_closed: None,
        manual_probability: None,
        won_from_stage_id: None,
        ..lead
    }
}

/// Hides a lead, and nothing else.
pub(crate) fn archive(lead: &Lead) -> Lead {
    Lead { active: false, ..lead.clone() }
}

/// Shows a hidden lead, and nothing else.
pub(crate) fn restore(lead: &Lead) -> Result<Lead> {
    crate::require!(
        lead.won_status != WonStatus::Lost,
        "active",
        "active: the lead is lost; reopen it instead of restoring it"
    );
    Ok(Lead { active: true, ..lead.clone() })
}

/// A person's opinion of the chance; the number that it has without one is no opinion, and an ended deal has none. What that number
/// is once the whole change is known has the last word; see `score::learn`.
pub(crate) fn set_probability(lead: &mut Lead, chance: Option<Probability>) -> Result<()> {
    if let Some(chance) = chance
        && lead.won_status != WonStatus::Pending
    {
        crate::require!(
            chance == lead.effective_probability(),
            "probability",
            "probability: the lead is {}; reopen it before giving it another chance",
            lead.won_status.word()
        );
        return Ok(());
    }
    lead.manual_probability = chance.filter(|chance| !lead.has_anyway(*chance));
    Ok(())
}

/// Dates that follow the salesperson: set when there is a new one, empty when there is none.
pub(crate) fn date_owner(before: Option<&Lead>, lead: &mut Lead, now: Timestamp) {
    let was = before.and_then(|before| before.user_id);
    if lead.user_id != was {
        lead.date_open = lead.user_id.map(|_| now);
    }
}

/// The comparable forms of e-mail and phone, and whether they look right. A number that names no country is read as one of the lead's,
/// else of `home`: its customer's or its company's.
pub(crate) fn normalize(before: Option<&Lead>, lead: &mut Lead, home: Option<&str>) -> Result<()> {
    let differs =
        |get: fn(&Lead) -> &Option<String>| before.is_none_or(|before| get(before) != get(lead));
    let (email, country) = (differs(|lead| &lead.email_from), differs(|lead| &lead.country_code));
    let phone = country || differs(|lead| &lead.phone) || differs(|lead| &lead.mobile);
    if country {
        text::fold_country(&mut lead.country_code)?;
    }
    if email {
        lead.email_normalized = lead.email_from.as_deref().and_then(text::email_normalized);
        lead.email_state =
            ContactState::of(lead.email_from.is_some(), lead.email_normalized.is_some());
    }
    if phone {
        let country = lead.country_code.as_deref().or(home);
        let normal = |text: &Option<String>| {
            text.as_deref().and_then(|text| text::phone_normalized(text, country))
        };
        let own = normal(&lead.phone);
        lead.phone_state = ContactState::of(lead.phone.is_some(), own.is_some());
        lead.phone_normalized = own.or_else(|| normal(&lead.mobile));
    }
    Ok(())
}

/// An opportunity out of a lead. What is hidden or won is left as it is.
pub(crate) fn convert(lead: &Lead, office: &Office, now: Timestamp) -> Result<Lead> {
    if !lead.active || lead.won_status == WonStatus::Won {
        return Ok(lead.clone());
    }
    let mut after = Lead { kind: LeadKind::Opportunity, ..lead.clone() };
    if lead.kind == LeadKind::Lead {
        after.date_conversion = Some(now);
    }
    match office.default_stage(after.team_id, after.company_id) {
        Some(stage) if after.stage_id.is_none() => enter_stage(after, stage, now),
        _ => Ok(after),
    }
}
