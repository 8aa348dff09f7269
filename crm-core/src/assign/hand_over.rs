//! Handing over: what one salesperson has becomes another's, since somebody leaves or is away for long.
//!
//! What is open goes over, archived or not: leads that are neither won nor lost, customers, and what is still to be done. Closed deals stay
//! whose they were, and the history goes on telling who had what. All of it or nothing.

use std::collections::HashMap;

use crate::access::{self, Deed};
use crate::activity;
use crate::assign::HandOver;
use crate::base::{Error, FieldKind, Fields, Frame, Id as _, Record, RecordKind, Result, Value};
use crate::desk::{self, Find, query};
use crate::filter::Filter;
use crate::lead::office::office;
use crate::lead::verbs;
use crate::record::{Activity, Lead, Partner, Role};
use crate::storage::Tx;

/// Kinds of record that are handed over, in the order in which they are told.
const KINDS: [RecordKind; 3] = [RecordKind::Partner, RecordKind::Lead, RecordKind::Activity];

/// What would be handed over.
pub(super) fn plan(tx: &Tx<'_>, asked: &HandOver) -> Result<Frame> {
    check(tx, asked)?;
    Ok(told(&had(tx, asked)?))
}

/// Hands it over; answers what [`plan`] said a moment before.
pub(super) fn hand_over(tx: &mut Tx<'_>, asked: &HandOver) -> Result<Frame> {
    check(tx, asked)?;
    let had = had(tx, asked)?;
    let to = asked.to_user_id;
    // Before the leads: who gives away a lead of their own may not see any more what hangs on it.
    let mut fields = Fields::new();
    fields.set("user_id", to);
    let todo = activity::give(tx, &ids(&had, RecordKind::Activity), &fields)?;
    let partners: HashMap<i64, i64> =
        ids(&had, RecordKind::Partner).into_iter().map(|id| (id, to.0)).collect();
    let office = office(tx)?;
    for (id, company) in query::companies(tx, Partner::TABLE, &ids(&had, RecordKind::Partner))? {
        let works = office.check_assignee(to, company);
        works.map_err(|error| error.or_subject(crate::base::PartnerId(id).subject()))?;
    }
    let given = ids(&had, RecordKind::Partner);
    access::writable(RecordKind::Partner, "user_id", Deed::Update, &tx.actor)?;
    query::permit(tx, Partner::TABLE, &given, Deed::Update)?;
    desk::point::<Partner>(tx, "user_id", &partners)?;
    query::permit(tx, Partner::TABLE, &given, Deed::Update)?;
    verbs::assign_to(tx, &ids(&had, RecordKind::Lead), Some(to), None)?;
    // Most are about what was just handed over, too.
    activity::refuse_blind(tx, &todo)?;
    tx.settle()?;
    Ok(told(&had))
}

/// Refuses what makes no sense, and what the actor may not do: one's own work may be handed over by anybody, another's takes who looks
/// after a team.
fn check(tx: &Tx<'_>, asked: &HandOver) -> Result<()> {
    let own = tx.actor.user_id == Some(asked.user_id);
    let needed = if own { Role::Own } else { Role::Team };
    access::allow_role("hand over what somebody has", needed, &tx.actor)?;
    for kind in KINDS {
        access::allow(kind, Deed::Update, &tx.actor)?;
    }
    let office = office(tx)?;
    for (field, user) in [("user_id", asked.user_id), ("to_user_id", asked.to_user_id)] {
        let known = office.user(user).is_some_and(|user| field == "user_id" || user.active);
        let subject = user.subject();
        let told =
            || Error::invalid(field, format!("{field}: there is no {subject} who works here"));
        known.then_some(()).ok_or_else(|| told().with_subject(subject))?;
    }
    crate::require!(
        asked.user_id != asked.to_user_id,
        "to_user_id",
        "to_user_id: {} has it already",
        asked.user_id.subject()
    );
    let name = |kind: RecordKind| kind.name();
    if let Some(kind) = asked.record {
        crate::require!(
            KINDS.contains(&kind),
            "record",
            "record: a {} is not handed over; give lead, partner or activity, or none for all",
            name(kind)
        );
    }
    crate::require!(
        asked.filter.is_none() || asked.record.is_some(),
        "filter",
        "filter: of which records? give record, too"
    );
    Ok(())
}

/// Ids and names of what somebody has, as far as the actor sees it.
type Had = Vec<(RecordKind, i64, Value)>;

fn had(tx: &Tx<'_>, asked: &HandOver) -> Result<Had> {
    let mut had = Had::new();
    for kind in KINDS {
        if asked.record.is_some_and(|only| only != kind) {
            continue;
        }
        match kind {
            RecordKind::Partner => {
                // Archived ones, too: whoever brings one back finds whose it is.
                let any = Filter::is_in("active", [true, false]);
                add::<Partner>(tx, asked, any, "name", &mut had)?;
            }
            RecordKind::Lead => {
                let open = Filter::eq("won_status", "pending");
                add::<Lead>(tx, asked, open, "name", &mut had)?;
            }
            _ => add::<Activity>(tx, asked, Filter::is_null("date_done"), "summary", &mut had)?,
        }
    }
    Ok(had)
}

fn add<R: Record>(
    tx: &Tx<'_>,
    asked: &HandOver,
    open: Filter,
    name: &str,
    had: &mut Had,
) -> Result<()> {
    let own = Filter::eq("user_id", asked.user_id.0);
    let filter = Filter::all([own, open].into_iter().chain(asked.filter.clone()));
    let find = Find { filter: Some(filter), order: Some("id".to_owned()), ..Find::default() };
    let found = query::frame::<R>(tx, &find, Some(&["id", name]))?;
    for row in 0..found.len() {
        if let Value::Int(id) = found.at(row, "id") {
            had.push((R::TABLE.kind, id, found.at(row, name)));
        }
    }
    Ok(())
}

fn ids(had: &Had, of: RecordKind) -> Vec<i64> {
    had.iter().filter(|(kind, ..)| *kind == of).map(|(_, id, _)| *id).collect()
}

fn told(had: &Had) -> Frame {
    let columns =
        [("record", FieldKind::Text), ("record_id", FieldKind::Int), ("name", FieldKind::Text)];
    let mut frame = Frame::new(columns);
    for (kind, id, name) in had {
        frame.push([kind.name().into(), Value::Int(*id), name.clone()]);
    }
    frame
}
