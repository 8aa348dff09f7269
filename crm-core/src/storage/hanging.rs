//! What hangs on a record by `subject_kind` and `subject_id` goes with it when it is removed, whatever room it belongs to.
//!
//! That it moves when the record is merged into another is `merge`'s; both read the static schema, [`HANGING`].

use crate::base::{RecordKind, Result};
use crate::record::{HANGING, Hanging, SubjectKind, table};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// The tables that do. External ids are taken back by whoever removes a record, since every kind has them.
fn subjects() -> impl Iterator<Item = &'static Hanging> {
    HANGING.iter().filter(|hanging| hanging.kind == "subject_kind")
}

impl Tx<'_> {
    /// Removes what hangs on records that are gone: one statement per table.
    pub(crate) fn remove_hanging(&self, kind: RecordKind, ids: &[i64]) -> Result<()> {
        for hanging in subjects() {
            let Some(kind) = hanging.name(kind) else { continue };
            let sql = format!(
                "DELETE FROM {} WHERE subject_kind = ?1 AND subject_id IN (SELECT value FROM json_each(?2))",
                hanging.table
            );
            self.execute(&sql, &[kind, id_list(ids)])?;
        }
        Ok(())
    }

    /// What hangs on nothing, in words.
    pub(crate) fn verify_hanging(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for Hanging { table: name, .. } in subjects() {
            for subject in SubjectKind::ALL {
                let on = table(subject.record()).name;
                let sql = format!(
                    "SELECT count(*) FROM {name} WHERE subject_kind = ?1 AND NOT EXISTS (SELECT 1 FROM {on} WHERE {on}.id = {name}.subject_id)"
                );
                let lost = self.one(&sql, &[subject.code().into()], |line| line.int(0))?;
                if lost > 0 {
                    wrong.push(format!("{name}: {lost} of a {on} that is not there"));
                }
            }
        }
        Ok(wrong)
    }
}
