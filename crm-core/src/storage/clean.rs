//! Nothing of what was erased is left in the file: not in pages that are free again, not in the log, not in samples for the planner.
//!
//! The engine removes a row by forgetting where it stood. So the file is written anew without it, and the log is emptied into it, after
//! the transaction that erased; a mark among the settings says that this is still to be done. On a server, the tables that hold texts
//! are written anew; its own log, replicas and backups are its administrator's.

#[cfg(feature = "postgres")]
use crate::base::Cell;
use crate::base::error::storage_code;
use crate::base::{Error, Result};
use crate::storage::handle::Handle;
use crate::storage::stop::Caller;
use crate::storage::{Link, Right, Tx, sqlite};

/// Where texts of people stand on a server.
#[cfg(feature = "postgres")]
const TABLES: &str = "partner, partner_contact, lead_text, message, activity, user_account, external_id, conversion, feed_entry_personal, \
    merge_row, audit_chain, score_count_total, score_count_delta, score_weight, score_lesson, score_model, \
    score_created";

/// How often it is asked on a server whether older transactions have ended, and how long between.
#[cfg(feature = "postgres")]
const WAITS: u32 = 250;
#[cfg(feature = "postgres")]
const WAIT: std::time::Duration = std::time::Duration::from_millis(20);

/// Says that something was erased.
pub(crate) fn owe(tx: &Tx<'_>) -> Result<()> {
    if is_owed(tx)? {
        return Ok(());
    }
    tx.execute("INSERT INTO setting (key, value) VALUES ('erasure_due', '1')", &[]).map(drop)
}

/// Whether something was erased that the file may still hold.
fn is_owed(tx: &Tx<'_>) -> Result<bool> {
    let sql = "SELECT 1 FROM setting WHERE key = 'erasure_due'";
    tx.optional(sql, &[], |_| Ok(())).map(|found| found.is_some())
}

impl Link {
    /// As [`Self::write_alone`] for work that erases: afterwards the file holds nothing of it. It cannot be a part of an open `atomic`.
    ///
    /// What is erased stays erased when the file cannot be written anew, and the next call does that.
    pub(crate) fn erase<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        self.refuse_within("erasing rewrites the whole file, which an open transaction cannot")?;
        let (done, owed) = self.write_alone(|tx| {
            let done = work(tx)?;
            tx.complete()?;
            Ok((done, is_owed(tx)?))
        })?;
        if owed {
            self.handle()?.clean()?;
        }
        Ok(done)
    }
}

impl Handle {
    fn clean(&self) -> Result<()> {
        #[cfg(feature = "postgres")]
        if self.file().is_none() {
            self.outlive_older()?;
        }
        {
            let mut lent = self.take(Right::Alone)?;
            match self.file() {
                Some(_) => rewrite(lent.conn().file()?)?,
                #[cfg(feature = "postgres")]
                None => lent.conn().run(&format!("VACUUM (FULL, ANALYZE) {TABLES}"))?,
                #[cfg(not(feature = "postgres"))]
                None => {}
            }
        }
        self.write_alone(&Caller::default(), |tx| {
            tx.execute("DELETE FROM setting WHERE key = 'erasure_due'", &[]).map(drop)
        })
    }
}

#[cfg(feature = "postgres")]
impl Handle {
    /// Waits until no transaction of the database is older than what was erased: for such a one the server would keep it. Those of
    /// other users a server may hide; whoever has them waits for them.
    #[expect(clippy::disallowed_methods, reason = "others end their transactions when they like")]
    fn outlive_older(&self) -> Result<()> {
        let ask = |sql: &str, params: &[Cell<'_>]| {
            self.write_alone(&Caller::default(), |tx| tx.one(sql, params, |line| line.int(0)))
        };
        let erased = ask("SELECT txid_current()", &[])?;
        let older = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                     AND (age(backend_xmin) > age(CAST(CAST(?1 % 4294967296 AS TEXT) AS xid)) \
                       OR age(backend_xid) > age(CAST(CAST(?1 % 4294967296 AS TEXT) AS xid)))";
        for _ in 0..WAITS {
            if ask(older, &[erased.into()])? == 0 {
                return Ok(());
            }
            std::thread::sleep(WAIT);
        }
        Err(still_held())
    }
}

/// It is erased, and what was before is still held by somebody.
fn still_held() -> Error {
    Error::storage(
        storage_code::BUSY,
        "it is erased, but a reader still holds what was before, and so does the database; call again when it has ended",
    )
}

/// Writes a file anew and empties its log.
fn rewrite(conn: &rusqlite::Connection) -> Result<()> {
    let run = |sql: &str| conn.execute_batch(sql).map_err(sqlite::error);
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat4'";
    let samples: i64 = conn.query_row(sql, [], |row| row.get(0)).map_err(sqlite::error)?;
    if samples > 0 {
        run("DELETE FROM sqlite_stat4")?;
    }
    // The copy may be larger than memory; on the way it stands in a file without a name.
    run("PRAGMA temp_store = FILE")?;
    let done = run("VACUUM");
    run("PRAGMA temp_store = MEMORY")?;
    done?;
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = conn.query_row(sql, [], |row| row.get(0)).map_err(sqlite::error)?;
    if busy == 0 {
        return Ok(());
    }
    Err(still_held())
}
