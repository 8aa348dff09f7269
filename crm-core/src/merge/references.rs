//! Records that name a merged one by a field, such as the leads of a customer: they follow it, and go back. Which fields do is told by the
//! lists of fields, so that no kind of record can be forgotten.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value as Json;

use crate::access;
use crate::base::{FieldKind, Id as _, Record, RecordKind, Result, Subject, Table, Value};
use crate::desk::{self, office_by_kind, query};
use crate::lead::verbs as leads;
use crate::merge::store::Rows;
use crate::merge::undo::MergeConflict;
use crate::record::{HANGING, table};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// A field that names a record of some kind.
#[derive(Debug, Clone, Copy)]
struct Reference {
    table: &'static Table,
    field: &'static str,
}

impl Reference {
    /// As a plan and a merge name it: `lead.partner_id`.
    fn name(self) -> String {
        format!("{}.{}", self.table.name, self.field)
    }

    /// All that name records of a kind and are no rows that hang on one.
    fn to(kind: RecordKind) -> impl Iterator<Item = Self> {
        let hangs = move |reference: &Self| {
            HANGING.iter().any(|hanging| {
                let same =
                    (hanging.table, hanging.record) == (reference.table.name, reference.field);
                same && hanging.name(kind).is_some()
            })
        };
        let all = RecordKind::ALL.iter().map(|of| table(*of)).flat_map(move |table| {
            let fields = table.fields.iter().filter(move |field| {
                field.name != "id" && field.kind == FieldKind::Ref(kind) && field.is_stored()
            });
            fields.map(move |field| Self { table, field: field.name })
        });
        all.filter(move |reference| !hangs(reference))
    }

    /// Lets records name others: by record, whom.
    fn point(self, tx: &mut Tx<'_>, to: &HashMap<i64, i64>) -> Result<()> {
        let field = self.field;
        leads::as_system(tx, |tx| match self.table.kind {
            RecordKind::Lead => leads::point(tx, field, to),
            kind => office_by_kind!(kind, R => desk::point::<R>(tx, field, to)),
        })
    }
}

/// Adds the records that name what goes to what hangs on it; not what has its place, of which it is decided what it names.
pub(crate) fn find(
    tx: &Tx<'_>,
    kind: RecordKind,
    places: &BTreeMap<i64, i64>,
    found: &mut BTreeMap<i64, Rows>,
) -> Result<()> {
    for reference in Reference::to(kind) {
        let (name, field) = (reference.table.name, reference.field);
        let sql = format!(
            "SELECT {field}, id FROM {name} WHERE {field} IN (SELECT value FROM json_each(?1)) ORDER BY {field}, id"
        );
        let ids: Vec<i64> = places.keys().copied().collect();
        tx.each(&sql, &[id_list(&ids)], |line| {
            let (named, id) = (line.int(0)?, line.int(1)?);
            if reference.table.kind == kind && places.get(&named) == Some(&id) {
                return Ok(());
            }
            let rows = found.entry(named).or_default();
            rows.entry(reference.name()).or_default().push(vec![id.into()]);
            Ok(())
        })?;
    }
    Ok(())
}

/// Leaves out what the actor does not see, for a plan: it moves all the same.
pub(crate) fn keep_seen(
    tx: &Tx<'_>,
    kind: RecordKind,
    found: &mut BTreeMap<i64, Rows>,
) -> Result<()> {
    for reference in Reference::to(kind) {
        let Some(sight) = access::sight(reference.table.kind, &tx.actor) else { continue };
        let name = reference.name();
        let of = |rows: &Rows| rows.get(&name).map(|rows| numbers(rows)).unwrap_or_default();
        let all: Vec<i64> = found.values().flat_map(of).collect();
        let seen = query::among(tx, reference.table, &all, &sight)?;
        for rows in found.values_mut() {
            if let Some(rows) = rows.get_mut(&name) {
                rows.retain(|row| {
                    numbers(std::slice::from_ref(row)).iter().all(|id| seen.contains(id))
                });
            }
            rows.retain(|_, rows| !rows.is_empty());
        }
    }
    Ok(())
}

/// Lets the records that name merged ones name those that have their places: by merged record, which.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    kind: RecordKind,
    found: &BTreeMap<i64, Rows>,
    heads: &HashMap<i64, i64>,
) -> Result<()> {
    for reference in Reference::to(kind) {
        let mut to = HashMap::new();
        for (gone, rows) in found {
            let rows = rows.get(&reference.name()).map(|rows| numbers(rows)).unwrap_or_default();
            if let Some(head) = heads.get(gone) {
                to.extend(rows.into_iter().map(|id| (id, *head)));
            }
        }
        if reference.table.kind == kind {
            // What goes itself names nobody any more, so that all can go in any order.
            to.retain(|id, _| !heads.contains_key(id));
            let gone: Vec<i64> = heads.keys().copied().collect();
            let (name, field) = (reference.table.name, reference.field);
            let sql = format!(
                "UPDATE {name} SET {field} = NULL WHERE id IN (SELECT value FROM json_each(?1))"
            );
            tx.execute(&sql, &[id_list(&gone)])?;
        }
        if !to.is_empty() {
            reference.point(tx, &to)?;
        }
    }
    Ok(())
}

/// Lets the records that named one before it was merged name it again. Those that name another by now stay, and are listed as far as the
/// actor sees them; so are those above it by now, for which there would be no top.
pub(crate) fn go_back<R: Record>(
    tx: &mut Tx<'_>,
    head: i64,
    id: i64,
    moved: &serde_json::Map<String, Json>,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<()> {
    for reference in Reference::to(R::TABLE.kind) {
        let Some(rows) = moved.get(&reference.name()).and_then(Json::as_array) else { continue };
        let ids: Vec<i64> =
            rows.iter().filter_map(|row| row.get(0).and_then(Json::as_i64)).collect();
        let (name, field) = (reference.table.name, reference.field);
        let above: Vec<i64> = match reference.table.kind == R::TABLE.kind {
            true => desk::above(tx, R::TABLE, id)?,
            false => Vec::new(),
        };
        let sql = format!(
            "SELECT id, {field} FROM {name} WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id"
        );
        let now =
            tx.rows(&sql, &[id_list(&ids)], |line| Ok((line.int(0)?, line.int_or_null(1)?)))?;
        let (back, stay): (Vec<_>, Vec<_>) =
            now.into_iter().partition(|(own, now)| *now == Some(head) && !above.contains(own));
        if !back.is_empty() {
            reference.point(tx, &back.into_iter().map(|(own, _)| (own, id)).collect())?;
        }
        let seen: Option<HashSet<i64>> = match access::sight(reference.table.kind, &tx.actor) {
            Some(sight) if !stay.is_empty() => {
                let ids: Vec<i64> = stay.iter().map(|(own, _)| *own).collect();
                Some(query::among(tx, reference.table, &ids, &sight)?)
            }
            _ => None,
        };
        let stay =
            stay.into_iter().filter(|(own, _)| seen.as_ref().is_none_or(|seen| seen.contains(own)));
        conflicts.extend(stay.map(|(own, now)| MergeConflict {
            record: Subject { kind: reference.table.kind, id: own },
            field,
            before: R::Id::from(id).number().into(),
            merged: head.into(),
            now: now.map_or(Value::Null, Value::Int),
        }));
    }
    Ok(())
}

/// The ids in rows of one number.
fn numbers(rows: &[Vec<Json>]) -> Vec<i64> {
    rows.iter().filter_map(|row| row.first().and_then(Json::as_i64)).collect()
}
