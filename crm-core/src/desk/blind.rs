//! Whether who is given something sees it: nobody is given what they would not find.
//!
//! What a role sees because it is somebody's own (`access`) they see by being given it, in the same transaction. Left are rules that do not admit a
//! record, and who is outside; the setting `blind_assignment` says whether they are refused or shown what is theirs.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::access;
use crate::base::{Error, Id as _, Record, RecordKind, Result, Subject, UserId, limit};
use crate::desk::{by_kind, query};
use crate::filter::Resolved;
use crate::record::table;
use crate::storage::{Tx, actor};

/// What records of a kind each of these users is given.
pub(crate) type Given = BTreeMap<UserId, Vec<i64>>;

/// What must hold, as `access::told_of` says it.
type Told = (Option<UserId>, String);

/// What must hold of a record for some users to see it, and which of them are given what.
struct Asked {
    filter: Resolved,
    ids: Vec<i64>,
}

/// Refuses to give users what they do not see as it is now. Who acts may give themselves what they find. However many users, each thing that
/// must hold is asked once for all of whom it is the same.
pub(crate) fn refuse(tx: &Tx<'_>, kind: RecordKind, given: &Given) -> Result<()> {
    let others = given.keys().copied().filter(|user| tx.actor.user_id != Some(*user));
    let others: Vec<UserId> = others.collect();
    if others.is_empty() {
        return Ok(());
    }
    let mut asked: BTreeMap<Told, Asked> = BTreeMap::new();
    let mut of: BTreeMap<UserId, Vec<Told>> = BTreeMap::new();
    for actor in actor::load_all(tx, &others)? {
        let Some(user) = actor.user_id else { continue };
        let keys = of.entry(user).or_default();
        for filter in access::sights(kind, &actor) {
            let key = access::told_of(&filter, user);
            if !asked.contains_key(&key) {
                let filter = query::resolved_for(tx, &filter, table(kind), &actor)?;
                asked.insert(key.clone(), Asked { filter, ids: Vec::new() });
            }
            if let (Some(asked), Some(ids)) = (asked.get_mut(&key), given.get(&user)) {
                asked.ids.extend(ids);
            }
            keys.push(key);
        }
    }
    let seen = by_kind!(kind, R => seen::<R>(tx, &asked))?;
    for user in &others {
        let keys = of.get(user).ok_or_else(|| Error::not_found(user.subject()))?;
        let ids = given.get(user).map_or(&[][..], Vec::as_slice);
        let sees =
            |id: &i64| keys.iter().all(|key| seen.get(key).is_some_and(|all| all.contains(id)));
        if let Some(id) = ids.iter().find(|id| !sees(id)) {
            let (user, subject) = (user.subject(), Subject { kind, id: *id });
            let told = format!(
                "user_id: {user} would not see {subject}; choose somebody who does, give them a role or a rule that shows it, or the record itself"
            );
            return Err(Error::invalid("user_id", told).with_subject(subject));
        }
    }
    Ok(())
}

/// Of each thing the records for which it holds. What reads the record alone is asked in memory: whose it is differs by user.
fn seen<'k, R: Record>(
    tx: &Tx<'_>,
    asked: &'k BTreeMap<Told, Asked>,
) -> Result<HashMap<&'k Told, HashSet<i64>>> {
    let here = asked.values().filter(|asked| asked.filter.reads_the_record_alone());
    let ids: Vec<i64> = here.flat_map(|asked| asked.ids.iter().copied()).collect();
    let ids = query::distinct(&ids)?;
    let mut records: HashMap<i64, R> = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(limit::CHUNK) {
        let found = tx.by_ids::<R>(chunk)?;
        records.extend(found.into_iter().map(|record| (record.id().number(), record)));
    }
    let mut seen = HashMap::with_capacity(asked.len());
    for (key, Asked { filter, ids }) in asked {
        let mut holding = HashSet::new();
        if filter.reads_the_record_alone() {
            for (id, record) in ids.iter().filter_map(|id| Some((*id, records.get(id)?))) {
                let is_so = filter.matches_record(record, &mut |_, _| {
                    Err(Error::bug("a filter of the record alone asked for another"))
                })?;
                if is_so {
                    holding.insert(id);
                }
            }
        } else {
            holding =
                query::among_resolved(tx, table(R::TABLE.kind), &query::distinct(ids)?, filter)?;
        }
        seen.insert(key, holding);
    }
    Ok(seen)
}
