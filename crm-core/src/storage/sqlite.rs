//! SQLite: opening, pragmas, errors, values. Every pragma's reason stands in `docs/storage.md`.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::base::error::storage_code;
use crate::base::{Cell, Error, Result};
use crate::filter::Pattern;
use crate::storage::file;
use crate::storage::stop::interrupted;

/// Marks our files: "CRM1" in the header's application id.
pub(crate) const APPLICATION_ID: i64 = 0x4352_4D31;

/// Where a database lives.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Memory,
    File(std::path::PathBuf),
    /// A server's URL, which may hold a password.
    #[cfg(feature = "postgres")]
    Server(String),
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            #[cfg(feature = "postgres")]
            Self::Server(_) => f.write_str("Server"),
        }
    }
}

impl Target {
    pub(crate) fn parse(target: &str) -> Result<Self> {
        let scheme = target.split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            _ if target == ":memory:" => Ok(Self::Memory),
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => Ok(Self::Server(target.to_owned())),
            Some(scheme) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Err(no_engine(scheme))
            }
            _ if target.is_empty() || target.contains('\0') => {
                Err(Error::invalid("target", "the path must not be empty nor contain NUL"))
            }
            // It is meant for a server, and would be a file of an odd name.
            _ if ["postgres:", "postgresql:"].iter().any(|begin| target.starts_with(begin)) => {
                Err(Error::invalid(
                    "target",
                    "a server's URL reads postgres://user@host/database?schema=crm; a file of that name is opened as ./postgres:…",
                ))
            }
            _ => Ok(Self::File(target.into())),
        }
    }
}

/// A URL that nothing here can open.
fn no_engine(scheme: &str) -> Error {
    let message = if matches!(scheme, "postgres" | "postgresql") {
        "this build opens files only; a server needs the cargo feature \"postgres\": `cargo build -p crm-ffi --release --features postgres` \
         for C, `pip install ./crm-py --config-settings=build-args=\"--features postgres\"` for Python"
            .to_owned()
    } else {
        format!(
            "there is no engine for {scheme:?}; give a file's path, \":memory:\" or a URL that begins with postgres://"
        )
    };
    Error::invalid("target", message)
}

/// Refuses a file that is not one of ours, before SQLite touches it.
pub(crate) fn inspect(path: &Path) -> Result<()> {
    use std::io::Read as _;
    let not_ours =
        |why: &str| Error::storage(storage_code::NOT_OURS, format!("{}: {why}", path.display()));
    if path.is_dir() {
        return Err(not_ours("this is a folder; give the path of a file"));
    }
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Error::storage(
                storage_code::READ_ONLY,
                format!("{}: {error}", path.display()),
            ));
        }
    };
    let mut header = [0_u8; 100];
    let mut read = 0;
    while read < header.len() {
        match file.read(&mut header[read..]) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) => return Err(not_ours(&error.to_string())),
        }
    }
    if read == 0 {
        return Ok(()); // An empty file becomes ours, as in SQLite.
    }
    if read < header.len() || !header.starts_with(b"SQLite format 3\0") {
        return Err(not_ours("this is not a crm file"));
    }
    let id = i64::from(u32::from_be_bytes([header[68], header[69], header[70], header[71]]));
    if id != APPLICATION_ID {
        return Err(not_ours("this is another program's SQLite file"));
    }
    Ok(())
}

/// A connection with our pragmas and functions.
pub(crate) fn connect(
    target: &Target,
    busy: Duration,
    full_sync: bool,
    reader: bool,
) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = match target {
        Target::Memory => {
            Connection::open_in_memory_with_flags(flags | OpenFlags::SQLITE_OPEN_CREATE)
        }
        // Never made here: a file that is gone is told, not replaced by an empty one.
        Target::File(path) => Connection::open_with_flags(path, flags),
        #[cfg(feature = "postgres")]
        Target::Server(_) => return Err(Error::bug("a server is no file")),
    };
    let conn = conn.map_err(|failure| match target {
        Target::File(path) if !path.exists() => {
            let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
            file::failed(path, &gone)
        }
        _ => error(failure),
    })?;
    conn.busy_timeout(busy).map_err(error)?;
    conn.set_prepared_statement_cache_capacity(256);
    let set = |name: &str, value: &str| conn.pragma_update(None, name, value).map_err(error);
    set("foreign_keys", "ON")?;
    set("temp_store", "MEMORY")?;
    set("cache_size", "-65536")?;
    set("mmap_size", "1073741824")?;
    set("synchronous", if full_sync { "FULL" } else { "NORMAL" })?;
    set("trusted_schema", "OFF")?;
    if reader {
        set("query_only", "ON")?;
    }
    // A plan must not hang on the values that were bound when it was made: with statistics by ANALYZE the engine would otherwise
    // prepare a statement anew for each new value, which costs ten times the lookup.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    functions(&conn)?;
    Ok(conn)
}

/// Write-ahead logging: readers and the writer do not wait for each other.
pub(crate) fn enter_wal(conn: &Connection) -> Result<()> {
    conn.pragma_update(None, "journal_mode", "WAL").map_err(error)
}

fn functions(conn: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("crm_like", 3, flags, |context| {
        let ValueRef::Text(subject) = context.get_raw(0) else { return Ok(None) };
        let Ok(subject) = std::str::from_utf8(subject) else { return Ok(None) };
        let insensitive = context.get::<i64>(2)? != 0;
        // The engine keeps the read pattern beside the statement: it is the same for every row.
        let read = |value: ValueRef<'_>| -> Result<Pattern, rusqlite::types::FromSqlError> {
            Ok(Pattern::new(value.as_str()?, insensitive))
        };
        let pattern = context.get_or_create_aux(1, read)?;
        Ok(Some(pattern.matches(subject)))
    })
    .map_err(error)
}

/// A column's value without copying its text.
pub(crate) fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => {
            Cell::Text(Cow::Owned(String::from_utf8_lossy(bytes).into_owned()))
        }
    }
}

impl rusqlite::ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// The engine's failure as ours; a customer's data is never in it.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(crate) fn error(failure: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, message) = &failure else {
        return Error::bug(format!("the storage engine refused a statement: {failure}"));
    };
    let storage = |code, what: &str| Error::storage(code, what.to_owned());
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            storage(storage_code::BUSY, "another program is writing to this file; try again")
        }
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            storage(storage_code::READ_ONLY, "the file or its folder cannot be written")
        }
        ErrorCode::NotADatabase => storage(storage_code::NOT_OURS, "this is not a crm file"),
        ErrorCode::DatabaseCorrupt => {
            storage(storage_code::CORRUPT, "the file is damaged; restore a backup")
        }
        ErrorCode::DiskFull => storage(storage_code::FULL, "the disk is full; nothing was written"),
        ErrorCode::OperationInterrupted => interrupted(),
        ErrorCode::ConstraintViolation => Error::conflict(format!(
            "the stored data would contradict itself: {}",
            message.as_deref().unwrap_or("")
        )),
        _ => {
            Error::storage(700, format!("the storage engine failed (code {})", code.extended_code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_do_not_make_statements_prepare_anew() {
        let conn = connect(&Target::Memory, Duration::ZERO, false, false).unwrap();
        conn.execute_batch(
            "CREATE TABLE pair (a INTEGER, b INTEGER); CREATE INDEX pair_a ON pair (a); CREATE INDEX pair_b ON pair (b);
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO pair SELECT i % 7, i % 500 FROM n; ANALYZE;",
        )
        .unwrap();
        let mut statement =
            conn.prepare("SELECT count(*) FROM pair WHERE a = ?1 AND b = ?2").unwrap();
        for n in 0..9 {
            let _: i64 = statement.query_row([n, n], |row| row.get(0)).unwrap();
        }
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }

    #[test]
    fn a_url_that_nothing_here_can_open_says_what_would() {
        let refused = |target: &str| Target::parse(target).unwrap_err();
        let unknown = refused("mysql://crm@db/erp");
        #[cfg(not(feature = "postgres"))]
        let server = refused("postgres://crm:secret@db/erp");
        #[cfg(feature = "postgres")]
        let server = no_engine("postgres");
        let slip = refused("postgres:crm");
        for (error, says) in [
            (unknown, "begins with postgres://"),
            (slip, "reads postgres://"),
            (server, "--features postgres"),
        ] {
            assert_eq!((error.code(), error.field()), (100, Some("target")));
            assert!(error.message().contains(says) && !error.message().contains("secret"));
        }
    }
}
