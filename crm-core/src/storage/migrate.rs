//! Migrations as data: a step's number is its place in the list, so a rung cannot write the wrong version.
//!
//! Opening has four moments: *inspect* (is it ours? before SQLite touches it), *create or upgrade* (all missing steps in one
//! transaction), *wal*, *first data* (by the caller, if the file was new). A file of a newer library is refused and left as it is.
//! Forward only; to change a column: add, move, and drop a release later.

use rusqlite::Connection;

use crate::base::error::storage_code;
use crate::base::{Error, Result};
use crate::storage::Tx;
use crate::storage::sqlite::{self, Target};

/// One step: its name, its SQL for SQLite and for PostgreSQL.
pub(crate) type Step = (&'static str, &'static str, &'static str);

macro_rules! step {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        )
    };
}

/// Every step, in order; never edited once released.
pub(crate) const STEPS: &[Step] = &[
    step!("0001_foundation"),
    step!("0002_lead"),
    step!("0003_history"),
    step!("0004_score"),
    step!("0005_weighted"),
    step!("0006_category"),
    step!("0007_policy"),
    step!("0008_as_of"),
    step!("0009_customer"),
    step!("0010_merge"),
    step!("0011_notes"),
    step!("0012_convert"),
    step!("0013_merge_note"),
    step!("0014_partner"),
    step!("0015_contact"),
    step!("0016_evidence"),
    step!("0017_name"),
    step!("0018_members"),
    step!("0019_audit"),
    step!("0020_origin"),
    step!("0021_external"),
    step!("0022_erased"),
    step!("0023_rule"),
    step!("0024_created"),
    step!("0025_field_rule"),
    step!("0026_target"),
    step!("0027_moved"),
    step!("0028_reach"),
    step!("0029_seen"),
    step!("0030_won"),
    step!("0031_keyed"),
];

/// What to do about a schema of a newer library.
pub(crate) const NEWER_HINT: &str = "use a newer library";

/// The schema's version after all steps.
pub(crate) const VERSION: usize = STEPS.len();

/// Brings a file to today's schema.
pub(crate) fn open(conn: &mut Connection, target: &Target) -> Result<()> {
    let version = version(conn)?;
    if version > VERSION {
        return Err(Error::storage(
            storage_code::NEWER,
            format!(
                "the file has schema version {version}, this library knows {VERSION}; {NEWER_HINT}"
            ),
        ));
    }
    if version == 0 {
        // Before write-ahead logging begins, so that the file itself says whose it is from its first byte on; in memory too, since a
        // backup of it is a file.
        mark(conn)?;
    }
    if *target != Target::Memory {
        sqlite::enter_wal(conn)?;
    }
    if version < VERSION { upgrade(conn, VERSION) } else { Ok(()) }
}

/// Makes a new file ours and gives it today's schema.
pub(crate) fn create(conn: &mut Connection) -> Result<()> {
    mark(conn)?;
    upgrade(conn, VERSION)
}

/// Runs the missing steps up to `goal`, all or none.
pub(crate) fn upgrade(conn: &mut Connection, goal: usize) -> Result<()> {
    let tx = conn
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(sqlite::error)?;
    // Another program may have upgraded while we waited.
    for (_, sql, _) in &STEPS[version(&tx)?.min(goal)..goal] {
        tx.execute_batch(sql).map_err(sqlite::error)?;
    }
    tx.pragma_update(None, "user_version", i64::try_from(goal).unwrap_or(0))
        .map_err(sqlite::error)?;
    tx.commit().map_err(sqlite::error)
}

fn mark(conn: &Connection) -> Result<()> {
    conn.pragma_update(None, "application_id", sqlite::APPLICATION_ID).map_err(sqlite::error)
}

fn version(conn: &Connection) -> Result<usize> {
    let version: i64 =
        conn.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(sqlite::error)?;
    usize::try_from(version)
        .map_err(|_| Error::storage(storage_code::NOT_OURS, "this is not a crm file"))
}

/// Whether a step has left something to reckon that SQL alone cannot: it says so by a row among the settings.
pub(crate) fn is_due(tx: &Tx<'_>) -> Result<bool> {
    let sql = "SELECT 1 FROM setting WHERE key = 'renewal_due'";
    tx.optional(sql, &[], |_| Ok(())).map(|found| found.is_some())
}

/// Nothing is left.
pub(crate) fn renewed(tx: &Tx<'_>) -> Result<()> {
    tx.execute("DELETE FROM setting WHERE key = 'renewal_due'", &[]).map(drop)
}

/// Whether nothing was ever written: a company exists in every file from its first moment.
pub(crate) fn is_new(tx: &Tx<'_>) -> Result<bool> {
    tx.optional("SELECT 1 FROM company LIMIT 1", &[], |_| Ok(())).map(|found| found.is_none())
}
