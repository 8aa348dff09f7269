//! A server that is filled by a copy, or read for one: where it keeps what a file keeps in a table, and rows in bulk by `COPY`.

use std::sync::Arc;
use std::time::Duration;

use crate::base::{Error, ErrorKind, Result};
use crate::storage::copy::{Table, quoted};
use crate::storage::postgres::Session;
use crate::storage::postgres::client::Copy;
use crate::storage::postgres::ear::Telling;
use crate::storage::postgres::failure::error;
use crate::storage::postgres::server::Server;

/// What stands behind `FROM` for a table's rows as a file has them. Kept counts are views; the feed is put together from its entries and
/// their numbers.
pub(crate) fn rows_of(table: &str) -> &str {
    match table {
        "feed" => {
            "(SELECT seq, date, user_id, event, kind, record_id, data FROM feed_position JOIN feed_entry ON id = entry_id) AS feed"
        }
        "feed_personal" => {
            "(SELECT kind, record_id, seq, data FROM feed_entry_personal JOIN feed_position USING (entry_id)) AS feed_personal"
        }
        table => table,
    }
}

/// Asks for the last id that a table gave.
pub(crate) fn last_id(table: &str) -> String {
    match table {
        "feed" => "SELECT seq FROM feed_horizon".to_owned(),
        table => {
            format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table}_id_seq")
        }
    }
}

/// Whether there is a database of ours.
pub(crate) fn is_there(url: &str, patience: Duration) -> Result<bool> {
    let server = Server::parse(url, patience, false)?;
    let (mut client, _) = server.connect()?;
    server.version(&mut client).map(|version| version.is_some())
}

/// Opens the transaction that fills a schema, made anew or still without a company.
pub(crate) fn begin(url: &str, patience: Duration, full_sync: bool) -> Result<Session> {
    let server = Server::parse(url, patience, full_sync)?;
    let (mut client, process) = server.connect()?;
    server.check_server(&mut client)?;
    client.batch_execute("BEGIN").map_err(error)?;
    server.upgrade(&mut client)?;
    client.batch_execute("LOCK TABLE office_epoch IN EXCLUSIVE MODE").map_err(error)?;
    if client.query_opt("SELECT 1 FROM company LIMIT 1", &[]).map_err(error)?.is_some() {
        let what = "to: this schema holds a database already; name another by ?schema=";
        return Err(Error::conflict(what).with_field("to"));
    }
    // Nobody else knows of it: whoever stops the copy stops the reading of its source.
    Ok(Session::new(client, process, &Telling::default(), Arc::default()))
}

/// Takes the rows of a table.
pub(crate) struct Rows<'c> {
    table: &'c str,
    copy: Copy<'c>,
}

impl Rows<'_> {
    /// Sends a row, put as [`crate::storage::copy`] puts it.
    pub(crate) fn row(&mut self, text: &str) -> Result<()> {
        if text.contains('\0') {
            let what = "a text has NUL in it, which a server cannot store";
            return Err(Error::new(ErrorKind::Invalid, format!("table {}: {what}", self.table)));
        }
        self.copy.write(text).map_err(error)
    }
}

/// Fills a table with what `work` gives.
pub(crate) fn fill<T>(
    session: &Session,
    table: &Table,
    work: impl FnOnce(&mut Rows<'_>) -> Result<T>,
) -> Result<T> {
    let name = table.name.as_str();
    let is_view = "SELECT 1 FROM pg_class WHERE oid = to_regclass(?1) AND relkind = 'v'";
    let place = match name {
        "feed" => "feed_entry".to_owned(),
        "feed_personal" => "feed_entry_personal".to_owned(),
        _ if session.first(is_view, &[name.into()])?.is_some() => format!("{name}_total"),
        _ => name.to_owned(),
    };
    let column = |column: &String| match (name, column.as_str()) {
        ("feed", "seq") => "id".to_owned(),
        ("feed_personal", "seq") => "entry_id".to_owned(),
        (_, column) => column.to_owned(),
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let text = format!("COPY {place} ({}) FROM STDIN", quoted(&columns));
    let mut client = session.client()?;
    let done = {
        let mut rows = Rows { table: name, copy: client.copy_in(&text).map_err(error)? };
        let done = work(&mut rows)?;
        rows.copy.finish().map_err(error)?;
        done
    };
    if name == "feed" {
        // A file's numbers have no gaps that a reader would wait for, and later transactions come after this one.
        client
            .batch_execute(
                "INSERT INTO feed_position (seq, entry_id) SELECT id, id FROM feed_entry; \
                 UPDATE feed_horizon SET xact = (pg_current_xact_id()::TEXT::BIGINT + 1)::TEXT::XID8",
            )
            .map_err(error)?;
    }
    client.batch_execute(&format!("ANALYZE {place}")).map_err(error)?;
    Ok(done)
}

/// Lets a table go on giving ids after that one.
pub(crate) fn give_after(session: &Session, table: &str, last: i64) -> Result<()> {
    let mut sequence = table;
    if table == "feed" {
        session.execute("UPDATE feed_horizon SET seq = ?1", &[last.into()])?;
        sequence = "feed_entry";
    }
    if last > 0 {
        session.first(&format!("SELECT setval('{sequence}_id_seq', ?1)"), &[last.into()])?;
    }
    Ok(())
}
