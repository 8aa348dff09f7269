//! What was: one row per state of a lead's pipeline fields, from the moment it became true until the next.
//!
//! Rows are only added. `effective_at` is when a state was true in business, `known_at` when the file learned it; they differ for
//! imports. A later row wins from its `effective_at` on: what was true at a time is the last row that begins no later. So a correction
//! that lets a state begin earlier leaves the rows it replaces in place, with no length. A clock that runs backwards is stored as the
//! last moment known. Machine scores are not here: `score_log` has them, and `stage_chance_log` what stages said.

use std::collections::HashMap;

use crate::base::{
    Cell, FieldKind, Frame, Id as _, LeadId, RecordKind, Result, Timestamp, Value, limit,
};
use crate::event::LeadChange;
use crate::record::{ForecastCategory, Lead, LeadKind, WonStatus};
use crate::storage::records::id_list;
use crate::storage::{Prepared, Tx};

/// The shown fields that make a new row when they change, in the order of its columns.
const KEPT: [&str; 17] = [
    "kind",
    "company_id",
    "currency",
    "partner_id",
    "user_id",
    "team_id",
    "stage_id",
    "expected_revenue",
    "recurring_revenue",
    "recurring_plan_id",
    "manual_probability",
    "forecast_category",
    "date_deadline",
    "won_status",
    "lost_reason_id",
    "active",
    "on_hold",
];

/// What they are, and whose number the chance was.
fn facts(lead: &Lead) -> [Cell<'static>; 18] {
    fn id<I: crate::base::Id>(id: Option<I>) -> Cell<'static> {
        id.map(crate::base::Id::number).into()
    }
    [
        lead.kind.code().into(),
        id(lead.company_id),
        lead.currency.code().to_owned().into(),
        id(lead.partner_id),
        id(lead.user_id),
        id(lead.team_id),
        id(lead.stage_id),
        lead.expected_revenue.0.into(),
        lead.recurring_revenue.0.into(),
        id(lead.recurring_plan_id),
        lead.manual_probability.map(crate::base::Probability::ppm).into(),
        lead.forecast_category.code().into(),
        lead.date_deadline.map(crate::base::Date::days).into(),
        lead.won_status.code().into(),
        id(lead.lost_reason_id),
        lead.active.into(),
        lead.on_hold.into(),
        lead.probability_policy.code().into(),
    ]
}

/// Adds the states that changed leads entered.
pub(crate) fn remember(tx: &Tx<'_>, changes: &[LeadChange]) -> Result<()> {
    let told = |change: &&LeadChange| {
        !change.restored && (change.before.is_some() || change.after.is_some())
    };
    // First states before all others: an import brings a lead with its closing, and what follows is numbered after what is there.
    let (new, later): (Vec<_>, Vec<_>) =
        changes.iter().filter(told).partition(|change| change.before.is_none());
    let mut first = tx.prepare_rows(include_str!("history_first.sql"), new.len())?;
    for change in new {
        add(tx, &mut first, change)?;
    }
    first.end()?;
    let mut next = tx.prepare(include_str!("history_next.sql"))?;
    for change in later {
        if !change.changes(facts) && !change.changes(|lead| lead.date_closed) {
            continue;
        }
        if let Some(closed) = closed_later_after_all(change) {
            let user: Cell<'_> = tx.actor.user_id.map(|user| user.0).into();
            let known = change.after.as_ref().map_or(tx.now, |state| state.write_date.max(tx.now));
            let params = [change.id().into(), known.micros().into(), closed.micros().into(), user];
            tx.execute(include_str!("history_open_until.sql"), &params)?;
        }
        add(tx, &mut next, change)?;
    }
    Ok(())
}

/// Adds the state that one lead entered, or that it had when it went.
fn add(tx: &Tx<'_>, statement: &mut Prepared<'_>, change: &LeadChange) -> Result<()> {
    let Some(state) = change.after.as_ref().or(change.before.as_ref()) else { return Ok(()) };
    let known = state.write_date.max(tx.now);
    let effective = change.effective.unwrap_or(known);
    let mut params: Vec<Cell<'_>> = vec![
        state.id.0.into(),
        known.micros().into(),
        effective.micros().into(),
        tx.actor.user_id.map(|user| user.0).into(),
        change.after.is_none().into(),
    ];
    params.extend(facts(state));
    statement.execute_on(("lead_history", state.id.0), &params)
}

/// Leads whose last state is not what they are.
fn astray(tx: &Tx<'_>) -> Result<Vec<i64>> {
    let names = KEPT.iter().chain(&["probability_policy"]);
    let differs: Vec<String> =
        names.map(|name| format!("state.{name} IS DISTINCT FROM lead.{name}")).collect();
    let sql = format!(
        "SELECT lead.id FROM lead LEFT JOIN lead_history AS state ON state.lead_id = lead.id AND state.seq = \
         (SELECT MAX(seq) FROM lead_history WHERE lead_id = lead.id) \
         WHERE state.lead_id IS NULL OR {} ORDER BY lead.id",
        differs.join(" OR ")
    );
    tx.rows(&sql, &[], |line| line.int(0))
}

/// The same in words.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let word = |id| format!("history: the last state of lead {id} is not what it is");
    Ok(astray(tx)?.into_iter().map(word).collect())
}

/// Lets the history of such leads go on with what they are: closed ones from their closing, others from now.
pub(crate) fn mend(tx: &Tx<'_>) -> Result<()> {
    for chunk in astray(tx)?.chunks(limit::CHUNK) {
        let known = last(tx, chunk)?;
        let mut first = tx.prepare(include_str!("history_first.sql"))?;
        let mut next = tx.prepare(include_str!("history_next.sql"))?;
        for lead in tx.by_ids::<Lead>(chunk)? {
            let (id, closed) = (lead.id.0, lead.date_closed);
            let mut change = LeadChange::new(None, Some(lead));
            change.effective = closed;
            let statement = if known.contains_key(&id) { &mut next } else { &mut first };
            add(tx, statement, &change)?;
        }
    }
    Ok(())
}

/// The number of the last state of each of these leads.
pub(crate) fn last(tx: &Tx<'_>, leads: &[i64]) -> Result<HashMap<i64, i64>> {
    let sql = "SELECT lead_id, MAX(seq) FROM lead_history WHERE lead_id IN (SELECT value FROM json_each(?1)) GROUP BY lead_id";
    let mut last = HashMap::with_capacity(leads.len());
    tx.each(sql, &[id_list(leads)], |line| {
        last.insert(line.int(0)?, line.int(1)?);
        Ok(())
    })?;
    Ok(last)
}

/// Forgets the states of a lead after that one: what brought them is taken back, and the feed alone tells of it.
pub(crate) fn take_back(tx: &Tx<'_>, lead: i64, after: i64) -> Result<()> {
    let sql = "DELETE FROM lead_history WHERE lead_id = ?1 AND seq > ?2";
    tx.write(sql, ("lead_history", lead), &[lead.into(), after.into()])
}

/// When a deal was thought to have closed that closed later, says a correction: it was open in between.
fn closed_later_after_all(change: &LeadChange) -> Option<Timestamp> {
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    let was = before.date_closed.filter(|_| before.won_status == after.won_status)?;
    after.date_closed.filter(|is| *is > was).map(|_| was)
}

/// A lead's states in order, each with the time from which and until which it held.
pub(crate) fn of_lead(tx: &Tx<'_>, id: LeadId) -> Result<Frame> {
    crate::access::allow_inside("read the history of a lead", &tx.actor)?;
    // Sight decides on the lead as it now is; of one that was merged away, on the one that has its place.
    crate::desk::query::get_or_survivor::<Lead>(tx, id)?;
    let table = <Lead as crate::base::Record>::TABLE;
    let mut columns = vec![
        ("seq", FieldKind::Int),
        ("valid_from", FieldKind::Time),
        ("valid_to", FieldKind::Time),
        ("known_at", FieldKind::Time),
        ("by_user_id", FieldKind::Int),
    ];
    for name in KEPT {
        columns.push((name, table.field(name)?.kind));
    }
    let mut frame = Frame::new(columns);
    tx.each(include_str!("history_of_lead.sql"), &[id.number().into()], |line| {
        let time = |at: usize| {
            line.int_or_null(at).map(|micros| Value::from(micros.map(Timestamp::stored)))
        };
        let mut values = vec![
            Value::Int(line.int(0)?),
            time(1)?,
            time(2)?,
            time(3)?,
            line.int_or_null(4)?.into(),
        ];
        let currency = crate::base::Currency::new(line.text(7)?)?;
        for (at, name) in KEPT.iter().enumerate() {
            if tx.actor.hides(RecordKind::Lead, name) {
                values.push(Value::Null);
                continue;
            }
            values.push(value(name, table.field(name)?.kind, line.cell(at + 5), currency));
        }
        frame.push(values);
        Ok(())
    })?;
    Ok(frame)
}

/// A stored fact as hosts see it.
fn value(name: &str, kind: FieldKind, cell: Cell<'_>, currency: crate::base::Currency) -> Value {
    let Cell::Int(number) = cell else {
        return if let Cell::Text(text) = cell {
            Value::Text(text.into_owned())
        } else {
            Value::Null
        };
    };
    let word = |words: &[&str]| {
        usize::try_from(number).ok().and_then(|at| words.get(at)).map(|word| (*word).to_owned())
    };
    match (name, kind) {
        ("kind", _) => word(LeadKind::WORDS).into(),
        ("won_status", _) => word(WonStatus::WORDS).into(),
        ("forecast_category", _) => word(ForecastCategory::WORDS).into(),
        (_, FieldKind::Money) => Value::Decimal(crate::base::Amount(number).to_major(currency)),
        (_, FieldKind::Percent) => crate::base::Probability::from_ppm(number)
            .map_or(Value::Null, |chance| Value::Decimal(chance.percent())),
        (_, FieldKind::Date) => Value::Date(crate::base::Date::stored(number)),
        (_, FieldKind::Bool) => Value::Bool(number != 0),
        _ => Value::Int(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Past, Record as _};

    #[test]
    fn what_is_kept_is_told_by_the_fields_and_by_the_books() {
        let mut kept = KEPT;
        kept.sort_unstable();
        let told = Lead::TABLE.shown().filter(|field| field.past == Past::Kept);
        let mut told: Vec<&str> = told.map(|field| field.name).collect();
        told.sort_unstable();
        assert_eq!(told, kept);
        let chapter = include_str!("../docs/architecture.md");
        let row = chapter.lines().find(|line| line.ends_with("| what the history kept |"));
        let row = row.expect("the chapter has a table of what is told of then");
        let mut named: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        named.sort_unstable();
        assert_eq!(named, kept);
        let door = include_str!("../../crm-py/python/crm/desk.py");
        let listed =
            door.split("The history keeps ").nth(1).and_then(|rest| rest.split(';').next());
        let mut listed: Vec<&str> =
            listed.expect("the door's help lists them").split('`').skip(1).step_by(2).collect();
        listed.sort_unstable();
        assert_eq!(listed, kept);
    }
}
