//! The verbs that change a lead: each loads, decides ([`rules`]), saves and announces through [`store::change`].

use std::collections::{BTreeMap, HashMap};

use crate::access::{self, Actor, Deed};
use crate::base::{
    Error, ErrorKind, Fields, Id as _, LeadId, LostReasonId, Record as _, RecordKind, Result,
    StageId, TeamId, Timestamp, UserId, limit,
};
use crate::desk::query;
use crate::event::{Event, LeadChange};
use crate::filter::Filter;
use crate::lead::create::named_partners;
use crate::lead::customer::{self, Reached};
use crate::lead::draft::{self, Context};
use crate::lead::office::Office;
use crate::lead::rules::{self, moment};
use crate::lead::store::{self, Remark};
use crate::property;
use crate::record::{Lead, WonStatus};
use crate::storage::Tx;

/// Refuses a verb that changes fields which rules lock.
fn may_change(tx: &Tx<'_>, names: &[&str]) -> Result<()> {
    let mut names = names.iter();
    names.try_for_each(|name| access::writable(RecordKind::Lead, name, Deed::Update, &tx.actor))
}

/// Changes fields. With an expected version, refuses if someone was faster.
pub(crate) fn update(tx: &mut Tx<'_>, ids: &[i64], fields: &Fields) -> Result<()> {
    access::may_give(RecordKind::Lead, fields, Deed::Update, &tx.actor)?;
    let mut partners = named_partners(tx, std::slice::from_ref(fields))?;
    if ["phone", "mobile", "country_code"].iter().any(|name| fields.has(name)) {
        // A number that names no country may be one of the customer's.
        let own = store::own_partners(tx, ids)?;
        partners.extend(customer::load(tx, &own.into_keys().collect::<Vec<_>>())?);
    }
    let properties = property::definitions(tx)?;
    let own = if draft::asks_for_own_partners(fields) {
        store::own_partners(tx, ids)?
    } else {
        draft::OwnPartners::new()
    };
    let (actor, now) = (tx.actor.clone(), tx.now);
    if let Some(expected) = fields.expected_version {
        for lead in store::visible(tx, &query::distinct(ids)?)? {
            crate::desk::check_version(tx, &lead, expected, fields)?;
        }
    }
    let remark = Remark { opinion: draft::chance(fields)?.flatten(), ..Remark::default() };
    let mut reached = Vec::new();
    store::change_saying(tx, ids, remark, |lead, office| {
        let cx = Context {
            office,
            partners: &partners,
            own: &own,
            properties: &properties,
            actor: &actor,
            now,
        };
        let after = draft::update(lead, fields, &cx)?;
        if fields.has("team_id") && after.team_id != lead.team_id {
            office.check_switch(after.team_id, after.kind)?;
        }
        reached.extend(Reached::of(&after, fields));
        Ok(after)
    })?;
    customer::tell(tx, reached)?;
    if let Some((system, external)) = &fields.external_id {
        let name = |id| (id, system.as_str(), external.as_str());
        let names: Vec<_> = query::distinct(ids)?.into_iter().map(name).collect();
        crate::external_id::bind_all(tx, RecordKind::Lead, &names)?;
    }
    Ok(())
}

/// Wins leads. Winning a lost one reopens it first; winning twice keeps the first date.
pub(crate) fn mark_won(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    may_change(tx, &["won_status", "stage_id"])?;
    let now = tx.now;
    store::change(tx, ids, |lead, office| rules::win(lead, office, moment(lead, now)))
}

/// Loses leads, for a reason and with a closing note if given.
pub(crate) fn mark_lost(
    tx: &mut Tx<'_>,
    ids: &[i64],
    reason: Option<LostReasonId>,
    note: Option<&str>,
) -> Result<()> {
    if let Some(note) = note
        && note.len() > limit::LONG_TEXT
    {
        return Err(Error::limit(
            "note",
            format!("note: {} bytes of text; at most {} fit", note.len(), limit::LONG_TEXT),
        ));
    }
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    let plain = note.is_none_or(|note| !note.contains('\0'));
    crate::require!(plain, "note", "note: text must not contain NUL");
    may_change(tx, &["won_status"])?;
    if reason.is_some() {
        may_change(tx, &["lost_reason_id"])?;
    }
    let now = tx.now;
    let field = <Lead as crate::base::Record>::TABLE.field("lost_reason_id")?;
    store::change_saying(tx, ids, Remark { note, ..Remark::default() }, |lead, office| {
        office.check_reference(field, &reason.into())?;
        rules::lose(lead, reason, moment(lead, now))
    })
}

/// Takes won and lost leads back to pending.
pub(crate) fn reopen(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    may_change(tx, &["won_status", "stage_id"])?;
    let now = tx.now;
    store::change(tx, ids, |lead, office| rules::reopen(lead, office, moment(lead, now)))
}

/// Hides leads, and nothing else.
pub(crate) fn archive(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    may_change(tx, &["active"])?;
    store::change(tx, ids, |lead, _| Ok(rules::archive(lead)))
}

/// Shows hidden leads, and nothing else.
pub(crate) fn restore(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    may_change(tx, &["active"])?;
    store::change(tx, ids, |lead, _| rules::restore(lead))
}

/// Moves leads to a stage; a won stage wins them, leaving one reopens them.
pub(crate) fn move_to(tx: &mut Tx<'_>, ids: &[i64], stage: StageId) -> Result<()> {
    may_change(tx, &["stage_id"])?;
    let now = tx.now;
    store::change(tx, ids, |lead, office| {
        let found = office.stage(stage);
        let missing = || {
            Error::invalid("stage_id", format!("stage_id: there is no {}", stage.subject()))
                .with_subject(stage.subject())
        };
        rules::enter_stage(lead.clone(), found.ok_or_else(missing)?, moment(lead, now))
    })
}

/// Makes opportunities out of leads. Whoever may change leads may have given these away a moment before.
pub(crate) fn convert(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    may_change(tx, &["kind"])?;
    query::permit(tx, Lead::TABLE, &query::distinct(ids)?, Deed::Update)?;
    let now = tx.now;
    as_system(tx, |tx| {
        store::change(tx, ids, |lead, office| rules::convert(lead, office, moment(lead, now)))
    })
}

/// Gives leads to a user, or to nobody; the team follows unless it is given.
pub(crate) fn assign_to(
    tx: &mut Tx<'_>,
    ids: &[i64],
    user: Option<UserId>,
    team: Option<TeamId>,
) -> Result<()> {
    let mut fields = Fields::new();
    fields.set("user_id", user);
    team.map(|team| fields.set("team_id", team));
    update(tx, ids, &fields)
}

/// Gives each of these leads to a team, and to a salesperson if one is named, who gets an opportunity.
pub(crate) fn give(tx: &mut Tx<'_>, to: &BTreeMap<i64, (TeamId, Option<UserId>)>) -> Result<()> {
    may_change(tx, &["team_id", "user_id"])?;
    let ids: Vec<i64> = to.keys().copied().collect();
    let properties = property::definitions(tx)?;
    let own = store::own_partners(tx, &ids)?;
    let (actor, now, partners) = (tx.actor.clone(), tx.now, customer::Customers::default());
    store::change(tx, &ids, |lead, office| {
        let cx = Context {
            office,
            partners: &partners,
            own: &own,
            properties: &properties,
            actor: &actor,
            now,
        };
        let (team, user) = to[&lead.id.0];
        let mut fields = Fields::new();
        fields.set("team_id", team);
        user.map(|user| fields.set("user_id", user));
        let after = draft::update(lead, &fields, &cx)?;
        if user.is_some() { rules::convert(&after, office, moment(lead, now)) } else { Ok(after) }
    })
}

/// Takes a lead that nobody has, for the user who asks; who has it already keeps it.
pub(crate) fn claim(tx: &mut Tx<'_>, id: LeadId) -> Result<()> {
    access::allow(RecordKind::Lead, Deed::Update, &tx.actor)?;
    let me = tx.actor.user_id.ok_or_else(|| {
        Error::invalid("user_id", "user_id: a session of no user claims nothing; use assign_to")
    })?;
    let taken = || Error::conflict(format!("{} is taken", id.subject())).with_subject(id.subject());
    let lead = match query::get::<Lead>(tx, id) {
        Ok(lead) => lead,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Who was a moment too late does not see it any more, and is told no more than that somebody has it. What would be hidden
            // from them if it were nobody's is not there.
            let other = [Filter::is_null("user_id"), Filter::eq("user_id", me.0)];
            let near = access::sight_of_nobodys(RecordKind::Lead, &tx.actor);
            let near = Filter::all(other.map(Filter::not).into_iter().chain(near));
            let near = query::resolved(tx, &near, Lead::TABLE)?;
            let near = query::among_resolved(tx, Lead::TABLE, &[id.0], &near)?;
            return Err(if near.contains(&id.0) { taken() } else { error });
        }
        Err(error) => return Err(error),
    };
    match lead.user_id {
        Some(user) if user == me => return Ok(()),
        Some(_) => return Err(taken()),
        None => {}
    }
    let is_open = lead.active && lead.won_status == WonStatus::Pending;
    crate::require!(
        is_open,
        "won_status",
        "won_status: {} is {}, and only pending leads are claimed",
        id.subject(),
        if lead.active { lead.won_status.word() } else { "archived" }
    );
    assign_to(tx, &[id.0], Some(me), None)
}

/// Removes leads for good.
pub(crate) fn delete(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    access::allow(RecordKind::Lead, Deed::Delete, &tx.actor)?;
    for chunk in query::distinct(ids)?.chunks(limit::CHUNK) {
        let mut changes = Vec::with_capacity(chunk.len());
        let leads = store::visible(tx, chunk)?;
        query::permit(tx, Lead::TABLE, chunk, Deed::Delete)?;
        for lead in leads {
            tx.remove::<Lead>(lead.id)?;
            crate::external_id::unbind(tx, RecordKind::Lead, lead.id.0)?;
            changes.push(LeadChange::new(Some(lead), None));
        }
        tx.announce(Event::Leads(changes));
        tx.settle()?;
    }
    Ok(())
}

/// What becomes of leads when a record of the office that they refer to is gone.
pub(crate) fn forget(tx: &mut Tx<'_>, kind: RecordKind, id: i64) -> Result<()> {
    let ids = match kind {
        RecordKind::Team => store::referring(tx, "team_id", id)?,
        RecordKind::Campaign => store::referring(tx, "campaign_id", id)?,
        RecordKind::Medium => store::referring(tx, "medium_id", id)?,
        RecordKind::Source => store::referring(tx, "source_id", id)?,
        RecordKind::Tag => store::tagged(tx, id)?,
        _ => return Ok(()),
    };
    let now = tx.now;
    as_system(tx, |tx| {
        store::change(tx, &ids, |lead, office| {
            let mut after = lead.clone();
            match kind {
                RecordKind::Team => after = without_team(lead, office, moment(lead, now))?,
                RecordKind::Campaign => after.campaign_id = None,
                RecordKind::Medium => after.medium_id = None,
                RecordKind::Source => after.source_id = None,
                _ => after.tag_ids.retain(|tag| tag.0 != id),
            }
            Ok(after)
        })
    })
}

/// A lead whose team is gone; a stage that was the team's own is left for one it can use.
fn without_team(lead: &Lead, office: &Office, now: Timestamp) -> Result<Lead> {
    let after = Lead { team_id: None, ..lead.clone() };
    let at = lead.stage_id.and_then(|id| office.stage(id));
    let stays = at.is_none_or(|stage| Office::usable(stage, None, lead.company_id));
    if stays || lead.won_status == WonStatus::Won {
        return Ok(after);
    }
    match office.default_stage(None, lead.company_id) {
        Some(stage) => rules::enter_stage(after, stage, now),
        None => Ok(Lead { stage_id: None, date_last_stage_update: Some(now), ..after }),
    }
}

/// What becomes of leads when their stage starts or stops being a won one.
pub(crate) fn stage_changed(
    tx: &mut Tx<'_>,
    stage: StageId,
    was_won: bool,
    is_won: bool,
) -> Result<()> {
    if was_won == is_won {
        return Ok(());
    }
    let ids = store::referring(tx, "stage_id", stage.0)?;
    let now = tx.now;
    as_system(tx, |tx| {
        if is_won {
            // Each lead enters the stage it is in, which is now a won one.
            return store::change(tx, &ids, |lead, office| match office.stage(stage) {
                Some(stage) if lead.won_status == WonStatus::Pending => {
                    rules::enter_stage(lead.clone(), stage, moment(lead, now))
                }
                _ => Ok(lead.clone()),
            });
        }
        let won = tx.optional(
            "SELECT 1 FROM lead WHERE stage_id = ?1 AND won_status = 1 LIMIT 1",
            &[stage.0.into()],
            |_| Ok(()),
        )?;
        crate::require!(
            won.is_none(),
            "is_won",
            "is_won: won leads stand in this stage; reopen or move them first"
        );
        Ok(())
    })
}

/// What becomes of leads when their company's currency changes: those with money forbid it, those in what was its currency follow,
/// and those that were given another one keep it.
pub(crate) fn currency_changed(tx: &mut Tx<'_>, company: i64, was: &str) -> Result<()> {
    let owner =
        if company == 1 { "(company_id = ?1 OR company_id IS NULL)" } else { "company_id = ?1" };
    let rich = format!(
        "SELECT 1 FROM lead WHERE {owner} AND (expected_revenue <> 0 OR recurring_revenue <> 0) LIMIT 1"
    );
    let rich = tx.optional(&rich, &[company.into()], |_| Ok(()))?;
    crate::require!(
        rich.is_none(),
        "currency",
        "currency: fixed, since deals of this company have amounts"
    );
    let ids = tx.rows(
        &format!("SELECT id FROM lead WHERE {owner} AND currency = ?2"),
        &[company.into(), was.into()],
        |line| line.int(0),
    )?;
    as_system(tx, |tx| {
        store::change(tx, &ids, |lead, office| {
            Ok(Lead { currency: office.currency(lead.company_id), ..lead.clone() })
        })
    })
}

/// Lets a field of each of these leads name another record: by lead, which.
pub(crate) fn point(tx: &mut Tx<'_>, field: &str, to: &HashMap<i64, i64>) -> Result<()> {
    let mut ids: Vec<i64> = to.keys().copied().collect();
    ids.sort_unstable();
    for chunk in ids.chunks(limit::CHUNK) {
        store::change(tx, chunk, |lead, _| {
            let mut after = lead.clone();
            after.set(field, &to[&lead.id.0].into())?;
            Ok(after)
        })?;
    }
    Ok(())
}

/// Runs a consequence as the library itself: rights were checked by the verb that caused it.
pub(crate) fn as_system<T>(
    tx: &mut Tx<'_>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let mut system = Actor::system();
    system.user_id = tx.actor.user_id;
    let actor = std::mem::replace(&mut tx.actor, system);
    let done = work(tx);
    tx.actor = actor;
    done
}
