//! Who hears what: the one file that knows everyone.
//!
//! A round settles all events announced so far; what its consequences announce is settled in the next. Machine scores come first,
//! since counts weigh by them; then counts, history, feed.

use std::collections::BTreeMap;

use crate::base::{CompanyId, Date, RecordKind, Result, StageId, UserId, Value};
use crate::event::{Event, LeadChange, OfficeChange};
use crate::record::{Lead, WonStatus};
use crate::storage::Tx;
use crate::{activity, chatter, duplicate, feed, history, lead, partner, score, tally, team};

/// Lets the consequences of events follow.
pub(crate) fn settle(tx: &mut Tx<'_>, events: Vec<Event>) -> Result<()> {
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        match event {
            Event::Leads(mut changes) => {
                score::learn(tx, &mut changes)?;
                tally::follow(tx, &changes)?;
                history::remember(tx, &changes)?;
                feed::leads(tx, &changes)?;
                chatter::follow_leads(tx, &changes)?;
                forget_hanging(tx, &changes)?;
                welcome(tx, &changes)?;
                duplicate::policy::consider(tx, &mut changes)?;
                tx.tell_back(changes);
            }
            Event::Activities(changes) => {
                feed::activities(tx, &changes)?;
                chatter::follow_activities(tx, &changes)?;
            }
            Event::Messages(posted) => feed::messages(tx, &posted)?,
            Event::Office(change) => {
                // What follows may settle by itself: all that came before it is told by then.
                let mut changes = vec![change];
                while let Some(Event::Office(next)) =
                    events.next_if(|next| matches!(next, Event::Office(_)))
                {
                    changes.push(next);
                }
                feed::office(tx, &changes)?;
                changes.iter().try_for_each(|change| office(tx, change))?;
                lead::customer::follow(tx, &changes)?;
            }
            Event::Rescored { run, changed, stages } => feed::rescored(tx, run, changed, stages)?,
            Event::Policies(changes) => {
                tally::follow(tx, &changes)?;
                history::remember(tx, &changes)?;
            }
            Event::Merged(merged) => feed::merged(tx, &merged)?,
            Event::SetUp { event, data } => feed::set_up(tx, event, &data)?,
        }
    }
    Ok(())
}

/// Whose deals were just won may be customers from that day on, as days are counted where the deal is.
fn welcome(tx: &mut Tx<'_>, changes: &[LeadChange]) -> Result<()> {
    let mut won: BTreeMap<i64, Date> = BTreeMap::new();
    for change in changes.iter().filter(|change| !change.restored) {
        let is_won = |lead: &Lead| lead.won_status == WonStatus::Won;
        let Some(after) = change.after.as_ref().filter(|lead| is_won(lead)) else { continue };
        let (Some(partner), Some(closed)) = (after.partner_id, after.date_closed) else { continue };
        if change.before.as_ref().is_some_and(is_won) {
            continue;
        }
        let day = lead::office::office(tx)?.zone_of_company(after.company_id).date(closed);
        won.entry(partner.0).and_modify(|first| *first = day.min(*first)).or_insert(day);
    }
    if won.is_empty() {
        return Ok(());
    }
    lead::verbs::as_system(tx, |tx| partner::role::won(tx, &won))
}

/// What hangs on leads that are gone goes with them.
fn forget_hanging(tx: &Tx<'_>, changes: &[LeadChange]) -> Result<()> {
    let gone = changes.iter().filter(|change| change.after.is_none());
    let gone: Vec<i64> = gone.map(LeadChange::id).collect();
    if gone.is_empty() { Ok(()) } else { tx.remove_hanging(RecordKind::Lead, &gone) }
}

/// What a change of the office means for the leads that refer to it.
fn office(tx: &mut Tx<'_>, change: &OfficeChange) -> Result<()> {
    let value = |row: &Option<crate::base::Row>, name: &str| {
        row.as_ref().and_then(|row| row.get(name).ok().cloned())
    };
    match (change.kind, &change.before, &change.after) {
        (kind, Some(_), None) => lead::verbs::forget(tx, kind, change.id),
        (RecordKind::Stage, Some(_), Some(_)) => {
            let won = |row| value(row, "is_won") == Some(Value::Bool(true));
            lead::verbs::stage_changed(
                tx,
                StageId(change.id),
                won(&change.before),
                won(&change.after),
            )
        }
        (RecordKind::Company, Some(_), Some(_))
            if value(&change.before, "currency") != value(&change.after, "currency") =>
        {
            let was = value(&change.before, "currency").unwrap_or_default();
            lead::verbs::currency_changed(
                tx,
                CompanyId(change.id).0,
                was.as_text().unwrap_or_default(),
            )
        }
        _ => Ok(()),
    }?;
    if change.after.is_none() {
        tx.remove_hanging(change.kind, &[change.id])?;
    }
    let is = |row, name: &str| value(row, name).unwrap_or_default();
    let differs = |name: &str| is(&change.before, name) != is(&change.after, name);
    match (change.kind, &change.before, &change.after) {
        (RecordKind::Company, Some(_), Some(_)) if differs("zone") => activity::rezone(tx)?,
        (RecordKind::User, Some(_), Some(_)) if differs("company_id") => activity::rezone(tx)?,
        _ => {}
    }
    if change.kind == RecordKind::User && is(&change.after, "active") == Value::Bool(false) {
        team::leave_all(tx, UserId(change.id))?;
    }
    match (change.kind, &change.before) {
        (RecordKind::Team | RecordKind::Company, _) if differs("probability_policy") => {
            score::refresh_stages(tx)?;
            lead::policy::follow(tx)
        }
        // A team below another, or of a company, has theirs.
        (RecordKind::Team, Some(_)) if differs("parent_id") || differs("company_id") => {
            lead::policy::follow(tx)
        }
        _ => Ok(()),
    }
}
