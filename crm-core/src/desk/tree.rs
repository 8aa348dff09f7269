//! Who is above whom, among records with parents.

use std::collections::HashMap;

use crate::base::{Result, Table};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// The parent of each of these and of all above them.
pub(crate) fn parents(
    tx: &Tx<'_>,
    table: &Table,
    ids: &[i64],
) -> Result<HashMap<i64, Option<i64>>> {
    let name = table.name;
    let sql = format!(
        "WITH RECURSIVE up (id, parent_id) AS (\
         SELECT id, parent_id FROM {name} WHERE id IN (SELECT value FROM json_each(?1)) \
         UNION SELECT {name}.id, {name}.parent_id FROM {name} JOIN up ON {name}.id = up.parent_id) \
         SELECT id, parent_id FROM up"
    );
    let mut found = HashMap::with_capacity(ids.len());
    tx.each(&sql, &[id_list(ids)], |line| {
        found.insert(line.int(0)?, line.int_or_null(1)?);
        Ok(())
    })?;
    Ok(found)
}

/// All above a record.
pub(crate) fn above(tx: &Tx<'_>, table: &Table, id: i64) -> Result<Vec<i64>> {
    Ok(parents(tx, table, &[id])?.into_values().flatten().collect())
}
