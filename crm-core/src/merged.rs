//! What was merged away: one table, so that an old id still says whose place its record has now.
//!
//! A chain of merges is followed to its end. Deliberately absent: merging itself, which is a room of its own.

use crate::base::{RecordKind, Result};
use crate::storage::Tx;

/// The record that has the place of one that was merged away, through all merges since.
pub(crate) fn survivor(tx: &Tx<'_>, kind: RecordKind, id: i64) -> Result<Option<i64>> {
    tx.optional(include_str!("survivor.sql"), &[kind.name().into(), id.into()], |line| line.int(0))
}
