//! What was merged away: one table, so that an old id still says whose place its record has now.
//!
//! A chain of merges is followed to its end. Deliberately absent: merging itself, which is a room of its own.

use std::collections::HashMap;

use crate::base::{RecordKind, Result};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// The record that has the place of one that was merged away, through all merges since.
pub(crate) fn survivor(tx: &Tx<'_>, kind: RecordKind, id: i64) -> Result<Option<i64>> {
    tx.optional(include_str!("survivor.sql"), &[kind.name().into(), id.into()], |line| line.int(0))
}

/// The same for several; those that were not merged away are left out.
pub(crate) fn survivors(tx: &Tx<'_>, kind: RecordKind, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    let params = [kind.name().into(), id_list(ids)];
    let found =
        tx.rows(include_str!("survivors.sql"), &params, |line| Ok((line.int(0)?, line.int(1)?)))?;
    Ok(found.into_iter().collect())
}
