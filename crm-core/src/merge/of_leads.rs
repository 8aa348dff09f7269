//! Leads as records that can be merged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::field::{Place, told_fields};
use crate::base::{FieldKind, Id as _, PartnerId, Record as _, RecordKind, Result, Value};
use crate::event::{Event, LeadChange};
use crate::lead::office::{Office, office};
use crate::lead::rules as pipeline;
use crate::lead::store as leads;
use crate::merge::Merge;
use crate::merge::kind::{Changed, Decided, Mergeable};
use crate::merge::lead_rules::{self as rules, Context};
use crate::merge::undo::MergeConflict;
use crate::record::{Lead, Stage, WonStatus};
use crate::storage::Tx;
use crate::{history, merged};

/// Whose the lead is and where it stands.
const PLACE: &[&str] = &[
    "company_id",
    "partner_id",
    "user_id",
    "team_id",
    "stage_id",
    "date_open",
    "date_last_stage_update",
    "lost_reason_id",
    "kind",
];

impl Mergeable for Lead {
    type Given = Merge;
    const TOGETHER: &'static [&'static [&'static str]] =
        &[&["street", "street2", "city", "zip", "state_code", "country_code"], PLACE];
    const JOINED: &'static str = "description";

    fn name(&self) -> &str {
        &self.name
    }

    fn decide(tx: &Tx<'_>, sets: Vec<Vec<Self>>, given: &Merge) -> Result<Vec<Decided<Self>>> {
        let ids: Vec<i64> = sets.iter().flatten().map(|lead| lead.id.0).collect();
        let (partners, office) = (leads::own_partners(tx, &ids)?, office(tx)?);
        given.team_id.map_or(Ok(()), |team| office.check_team(team, &tx.actor))?;
        let cx = Context { office: &office, partners: &partners, given: *given, now: tx.now };
        let decide = |mut records: Vec<Self>| {
            rules::check(&records)?;
            rules::rank(&mut records, &office);
            let after = rules::decide(&records, &cx)?;
            Ok(Decided { records, after })
        };
        sets.into_iter().map(decide).collect()
    }

    fn announce(tx: &mut Tx<'_>, changes: Vec<Changed<Self>>) {
        let told = changes.into_iter().map(|change| LeadChange {
            restored: change.restored,
            ..LeadChange::new(change.before, change.after)
        });
        tx.announce(Event::Leads(told.collect()));
    }

    fn follow(tx: &Tx<'_>, now: &Self, after: &mut Self) -> Result<()> {
        let office = office(tx)?;
        let home = office.country(after.company_id).map(str::to_owned);
        pipeline::normalize(Some(now), after, home.as_deref())?;
        if after.stage_id != now.stage_id {
            after.date_last_stage_update = Some(pipeline::moment(now, tx.now));
        }
        office.follow_policy(after);
        Ok(())
    }

    fn last_state(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, i64>> {
        history::last(tx, ids)
    }

    fn forget_states(tx: &Tx<'_>, id: i64, after: i64) -> Result<()> {
        history::take_back(tx, id, after)
    }

    fn unfit(tx: &Tx<'_>, now: &Self, after: &Self) -> Result<&'static [&'static str]> {
        let office = office(tx)?;
        let stage = after.stage_id.and_then(|id| office.stage(id));
        let usable =
            stage.is_none_or(|stage| Office::usable(stage, after.team_id, after.company_id));
        let open =
            after.won_status != WonStatus::Pending || stage.is_none_or(|stage| !stage.is_won);
        let won = after.won_status != WonStatus::Won || stage.is_some_and(|stage| stage.is_won);
        let stands = usable && open && won && office.check_owners(Some(now), after).is_ok();
        // Where it stands now it cannot be another's: all of that stays.
        Ok(if stands { &[] } else { PLACE })
    }

    fn mend(tx: &mut Tx<'_>, ids: &[i64], conflicts: &mut Vec<MergeConflict>) -> Result<()> {
        let office = office(tx)?;
        let leads = leads::as_stored(tx, ids)?;
        let partners: Vec<i64> =
            leads.iter().filter_map(|lead| lead.partner_id).map(|id| id.0).collect();
        let there: BTreeSet<i64> = leads::own_partners(tx, ids)?.into_keys().collect();
        let mut changes = Vec::new();
        let mut replaced = BTreeMap::new();
        for id in partners.into_iter().filter(|id| !there.contains(id)) {
            replaced.insert(id, merged::survivor(tx, RecordKind::Partner, id)?.map(PartnerId));
        }
        for before in leads {
            let mut after = mended(&before, &office)?;
            if let Some(partner) = before.partner_id.and_then(|id| replaced.get(&id.0)) {
                after.partner_id = *partner;
            }
            if after.stage_id.is_none() && before.stage_id.is_some() {
                let open = office
                    .default_stage(after.team_id, after.company_id)
                    .filter(|stage| !stage.is_won);
                after.stage_id = open.map(|stage| stage.id);
                after.date_last_stage_update = Some(pipeline::moment(&before, tx.now));
            }
            if after.user_id.is_none() {
                after.date_open = None;
            }
            for at in told_fields::<Lead>().filter(|at| !Lead::TABLE.fields[*at].hidden) {
                let value = |lead: &Lead| (Lead::ACCESS[at].to_value)(lead);
                let refers =
                    matches!(Lead::TABLE.fields[at].kind, FieldKind::Ref(_) | FieldKind::Ids(_));
                if refers && value(&before) != value(&after) {
                    let field = Lead::TABLE.fields[at].name;
                    let (was, is) = (value(&before), value(&after));
                    conflicts.push(MergeConflict {
                        record: before.id.subject(),
                        field,
                        before: was,
                        merged: Value::Null,
                        now: is,
                    });
                }
            }
            office.follow_policy(&mut after);
            if tx.save(&before, &mut after)? {
                changes.push(Changed::new(Some(before), Some(after)));
            }
        }
        if !changes.is_empty() {
            Self::announce(tx, changes);
            tx.settle()?;
        }
        Ok(())
    }
}

/// A lead without references to what is gone; a pending one stands in no won stage.
fn mended(lead: &Lead, office: &Office) -> Result<Lead> {
    let mut after = lead.clone();
    for (at, field) in Lead::TABLE.fields.iter().enumerate() {
        let value = (Lead::ACCESS[at].to_value)(lead);
        let known = |value: &Value| office.check_reference(field, value).is_ok();
        let is_stored = matches!(field.place, Place::Column | Place::Link(..));
        if !is_stored || field.name == "id" || field.system || known(&value) {
            continue;
        }
        let kept = match value {
            Value::Ids(ids) => {
                Value::Ids(ids.into_iter().filter(|id| known(&Value::Ids(vec![*id]))).collect())
            }
            _ => Value::Null,
        };
        (Lead::ACCESS[at].set)(&mut after, &kept, field, lead.currency)?;
    }
    let stage = after.stage_id.and_then(|id| office.stage(id));
    let unfit = |stage: &&Stage| {
        let won = stage.is_won && after.won_status == WonStatus::Pending;
        won || !Office::usable(stage, after.team_id, after.company_id)
    };
    if stage.filter(unfit).is_some() && lead.won_status != WonStatus::Won {
        after.stage_id = None;
    }
    Ok(after)
}
