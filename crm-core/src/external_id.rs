//! What other systems call our records: one table, so that hosts and repeated imports find them again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::{Error, RecordKind, Result, limit};
use crate::storage::{Tx, dialect};

/// The record that a system calls so.
pub(crate) fn find(
    tx: &Tx<'_>,
    kind: RecordKind,
    system: &str,
    external: &str,
) -> Result<Option<i64>> {
    let sql =
        "SELECT record_id FROM external_id WHERE system = ?1 AND kind = ?2 AND external_id = ?3";
    tx.optional(sql, &[system.into(), kind.name().into(), external.into()], |line| line.int(0))
}

/// Names by system and text, and the records they belong to.
pub(crate) type Known = HashMap<(String, String), i64>;

/// The records that systems call so, of those that there are: a question per system and ten thousand names.
pub(crate) fn find_all<'n>(
    tx: &Tx<'_>,
    kind: RecordKind,
    names: impl Iterator<Item = (&'n str, &'n str)>,
) -> Result<Known> {
    let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // What does not fit is nobody's name.
    let fits = |part: &str| part.len() <= limit::SHORT_TEXT && !part.contains('\0');
    for (system, external) in names.filter(|(system, name)| fits(system) && fits(name)) {
        systems.entry(system).or_default().insert(external);
    }
    let sql = dialect!(tx, "external_ids_named");
    let mut known = Known::new();
    for (system, names) in systems {
        let names: Vec<&str> = names.into_iter().collect();
        for chunk in names.chunks(limit::CHUNK) {
            let list = serde_json::to_string(chunk)
                .map_err(|_| Error::bug("texts can be written as JSON"))?;
            let params = [system.into(), kind.name().into(), list.as_str().into()];
            tx.each(sql, &params, |line| {
                known.insert((system.to_owned(), line.text(0)?.to_owned()), line.int(1)?);
                Ok(())
            })?;
        }
    }
    Ok(known)
}

/// Remembers what a system calls a record, in place of what it called it before; other systems' names stay. Re-pointing a name is
/// refused; naming the same record again changes nothing.
pub(crate) fn bind(
    tx: &Tx<'_>,
    kind: RecordKind,
    id: i64,
    system: &str,
    external: &str,
) -> Result<()> {
    bind_all(tx, kind, &[(id, system, external)])
}

/// The same for many records: id, system, name.
pub(crate) fn bind_all(tx: &Tx<'_>, kind: RecordKind, names: &[(i64, &str, &str)]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    for (part, what) in
        names.iter().flat_map(|(_, system, external)| [(system, "system"), (external, "id")])
    {
        let fits = !part.is_empty() && part.len() <= limit::SHORT_TEXT && !part.contains('\0');
        crate::require!(
            fits,
            "external_id",
            "external_id: the {what} must have 1 to {} bytes, none of them zero",
            limit::SHORT_TEXT
        );
    }
    let mut known = find_all(tx, kind, names.iter().map(|(_, system, name)| (*system, *name)))?;
    let forget = "DELETE FROM external_id WHERE kind = ?1 AND record_id = ?2 AND system = ?3";
    let put =
        "INSERT INTO external_id (system, kind, external_id, record_id) VALUES (?1, ?2, ?3, ?4)";
    for (id, system, external) in names {
        match known.insert(((*system).to_owned(), (*external).to_owned()), *id) {
            Some(same) if same == *id => {}
            // Which one is not told: it may be one that the user does not see.
            Some(_) => {
                return Err(Error::conflict(format!(
                    "external_id: {system:?} calls another {} {external:?} already",
                    kind.name()
                ))
                .with_field("external_id"));
            }
            None => {
                let (key, name) = (("external_id", *id), kind.name());
                tx.write(forget, key, &[name.into(), (*id).into(), (*system).into()])?;
                let row = [(*system).into(), name.into(), (*external).into(), (*id).into()];
                tx.write(put, key, &row)?;
            }
        }
    }
    Ok(())
}

/// Lets a record be called so again, beside its other names; answers whether it is, since another may be called so by now.
pub(crate) fn give_back(
    tx: &Tx<'_>,
    kind: RecordKind,
    id: i64,
    system: &str,
    external: &str,
) -> Result<bool> {
    let found = find(tx, kind, system, external)?;
    if found.is_none() {
        let put = "INSERT INTO external_id (system, kind, external_id, record_id) VALUES (?1, ?2, ?3, ?4)";
        let row = [system.into(), kind.name().into(), external.into(), id.into()];
        tx.write(put, ("external_id", id), &row)?;
    }
    Ok(found.is_none_or(|found| found == id))
}

/// Calls `each` for every name: kind and id of the record, the system, what it calls it.
pub(crate) fn each(tx: &Tx<'_>, mut each: impl FnMut(&str, i64, &str, &str)) -> Result<()> {
    let sql = "SELECT kind, record_id, system, external_id FROM external_id ORDER BY kind, record_id, system, external_id";
    tx.each(sql, &[], |line| {
        each(line.text(0)?, line.int(1)?, line.text(2)?, line.text(3)?);
        Ok(())
    })
}

/// Forgets that a system calls something so.
pub(crate) fn forget(tx: &Tx<'_>, kind: &str, id: i64, system: &str, name: &str) -> Result<()> {
    let sql = "DELETE FROM external_id WHERE system = ?1 AND kind = ?2 AND external_id = ?3";
    tx.write(sql, ("external_id", id), &[system.into(), kind.into(), name.into()])
}

/// Forgets all names of a record.
pub(crate) fn unbind(tx: &Tx<'_>, kind: RecordKind, id: i64) -> Result<()> {
    let sql = "DELETE FROM external_id WHERE kind = ?1 AND record_id = ?2";
    tx.write(sql, ("external_id", id), &[kind.name().into(), id.into()])
}
