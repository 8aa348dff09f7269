//! What other systems call our records: one table, so that hosts and repeated imports find them again.

use crate::base::{Error, RecordKind, Result, Subject, limit};
use crate::storage::Tx;

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

/// Remembers what a system calls a record, in place of what it called it before; other systems' names stay. Re-pointing a name is
/// refused; naming the same record again changes nothing.
pub(crate) fn bind(
    tx: &Tx<'_>,
    kind: RecordKind,
    id: i64,
    system: &str,
    external: &str,
) -> Result<()> {
    for (part, what) in [(system, "system"), (external, "id")] {
        let fits = !part.is_empty() && part.len() <= limit::SHORT_TEXT;
        crate::require!(
            fits,
            "external_id",
            "external_id: the {what} must have 1 to {} bytes",
            limit::SHORT_TEXT
        );
    }
    match find(tx, kind, system, external)? {
        Some(known) if known == id => Ok(()),
        Some(known) => Err(Error::conflict(format!(
            "external_id: {system:?} calls another {} so already",
            kind.name()
        ))
        .with_field("external_id")
        .with_subject(Subject { kind, id: known })),
        None => {
            let sql = "DELETE FROM external_id WHERE kind = ?1 AND record_id = ?2 AND system = ?3";
            tx.execute(sql, &[kind.name().into(), id.into(), system.into()])?;
            let sql = "INSERT INTO external_id (system, kind, external_id, record_id) VALUES (?1, ?2, ?3, ?4)";
            tx.execute(sql, &[system.into(), kind.name().into(), external.into(), id.into()])
                .map(drop)
        }
    }
}

/// Forgets all names of a record.
pub(crate) fn unbind(tx: &Tx<'_>, kind: RecordKind, id: i64) -> Result<()> {
    let sql = "DELETE FROM external_id WHERE kind = ?1 AND record_id = ?2";
    tx.write(sql, ("external_id", id), &[kind.name().into(), id.into()])
}
