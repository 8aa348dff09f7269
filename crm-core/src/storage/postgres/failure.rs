//! What a server's failures mean to a host. A customer's data is in none of them.

use tokio_postgres::error::SqlState;

use crate::base::Error;
use crate::base::error::storage_code;
use crate::storage::stop::interrupted;

/// The connection is gone; what became of the transaction is said.
pub(super) fn lost(rolled_back: &str) -> Error {
    let message = format!("the connection to the server was lost; rolled back: {rolled_back}");
    Error::storage(storage_code::LOST, message)
}

/// The server's failure as ours; a customer's data is never in it.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(super) fn error(failure: tokio_postgres::Error) -> Error {
    let storage = |code, what: &str| Error::storage(code, what.to_owned());
    let Some(code) = failure.code() else {
        return if failure.is_closed()
            || std::error::Error::source(&failure).is_some_and(|cause| cause.is::<std::io::Error>())
        {
            lost("yes")
        } else {
            Error::bug(format!("the storage engine refused a statement: {failure}"))
        };
    };
    let class = &code.code()[..2];
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            Error::conflict("someone else changed the same records at the same time; try again")
                .retryable()
        }
        SqlState::LOCK_NOT_AVAILABLE => {
            storage(storage_code::BUSY, "another program is writing the same records; try again")
        }
        SqlState::QUERY_CANCELED => interrupted(),
        SqlState::INSUFFICIENT_PRIVILEGE | SqlState::READ_ONLY_SQL_TRANSACTION => storage(
            storage_code::READ_ONLY,
            "this user, or this server, may not write to the schema",
        ),
        SqlState::DISK_FULL => {
            storage(storage_code::FULL, "the server's disk is full; nothing was written")
        }
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => lost("yes"),
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => storage(
            storage_code::CORRUPT,
            "the server says that its data is damaged; restore a backup",
        ),
        SqlState::UNDEFINED_TABLE => storage(
            storage_code::NOT_OURS,
            "a table of the schema is missing; it was changed by another program",
        ),
        _ if class == "08" => lost("yes"),
        _ if class == "53" => storage(
            700,
            "the server is out of memory, connections or another resource; try again later",
        ),
        _ if class == "23" => {
            let name = failure.as_db_error().and_then(|failure| failure.constraint()).unwrap_or("");
            let error = Error::conflict(format!("the stored data would contradict itself: {name}"));
            // Someone else gave the same name in the same moment: done again, the verb sees it and says so in its own words.
            if name == "external_id_pkey" { error.retryable() } else { error }
        }
        _ => {
            let what = failure.as_db_error().map_or("", |failure| failure.message());
            Error::bug(format!("the server refused a statement (SQLSTATE {}): {what}", code.code()))
        }
    }
}
