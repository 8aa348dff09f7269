//! What hangs on a record goes with it when that is removed, whatever room it belongs to.
//!
//! That it moves when the record is merged into another is `merge`'s; both read the static schema, [`HANGING`].

use crate::base::{RecordKind, Result};
use crate::record::{HANGING, Hanging, SubjectKind, table};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// The tables that do. External ids are taken back by whoever removes a record, since every kind has them.
fn subjects() -> impl Iterator<Item = &'static Hanging> {
    HANGING.iter().filter(|hanging| hanging.table != "external_id")
}

impl Tx<'_> {
    /// Removes what hangs on records that are gone: one statement per table.
    pub(crate) fn remove_hanging(&self, kind: RecordKind, ids: &[i64]) -> Result<()> {
        for hanging in subjects() {
            let Some(kind) = hanging.name(kind) else { continue };
            let sql = format!(
                "DELETE FROM {} WHERE {} = ?1 AND {} IN (SELECT value FROM json_each(?2))",
                hanging.table, hanging.kind, hanging.record
            );
            self.execute(&sql, &[kind, id_list(ids)])?;
        }
        Ok(())
    }

    /// What hangs on nothing, in words.
    pub(crate) fn verify_hanging(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for hanging @ Hanging { table: name, kind: of, record, .. } in subjects() {
            for subject in SubjectKind::ALL {
                let Some(kind) = hanging.name(subject.record()) else { continue };
                let on = table(subject.record()).name;
                let sql = format!(
                    "SELECT count(*) FROM {name} WHERE {of} = ?1 AND NOT EXISTS (SELECT 1 FROM {on} WHERE {on}.id = {name}.{record})"
                );
                let lost = self.one(&sql, &[kind], |line| line.int(0))?;
                if lost > 0 {
                    wrong.push(format!("{name}: {lost} of a {on} that is not there"));
                }
            }
        }
        Ok(wrong)
    }
}
