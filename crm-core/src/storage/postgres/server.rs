//! Where a server is and how it is reached: the URL, the password; and the schema, created or upgraded before anything is read.
//!
//! Errors name what failed and what would be right; a password is in none of them.

use std::str::FromStr as _;
use std::time::Duration;

use tokio_postgres::config::Host;
use tokio_postgres::error::SqlState;
use tokio_postgres::{CancelToken, Config, NoTls, SimpleQueryMessage};

use crate::base::error::storage_code;
use crate::base::{Error, Result, limit};
use crate::storage::migrate::{NEWER_HINT, STEPS, VERSION};
use crate::storage::postgres::client::{Client, Failure, cancel};
use crate::storage::postgres::failure::error;
use crate::storage::postgres::tls::{Guard, guard};

/// The oldest server that has what the schema uses: `xid8` and snapshots that can be asked.
const OLDEST: i32 = 130_000;
/// Says that a schema is ours.
const MARK: &str = "CRM1";
/// Options of a URL that are understood; the rest of what libpq knows is refused rather than ignored.
const OPTIONS: [&str; 14] = [
    "schema",
    "sslmode",
    "sslrootcert",
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "dbname",
    "application_name",
    "connect_timeout",
    "keepalives_idle",
    "target_session_attrs",
    "channel_binding",
];

/// What tells a process of a server from every other, also of another server that the URL names, and of later ones with its number.
const PROCESS: &str = "concat_ws(' ', pid, extract(epoch FROM backend_start))";

/// Stops what the processes do that are given. When it answers, they have been told: who does nothing just then goes on undisturbed.
pub(super) fn stop() -> String {
    format!(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_get_activity(NULL) WHERE {PROCESS} = ANY ($1)"
    )
}

/// A server, a database and a schema in it.
#[derive(Clone)]
pub(super) struct Server {
    config: Config,
    guard: Guard,
    schema: String,
    busy: Duration,
    /// How long connecting may take.
    pub(super) allowed: Duration,
    full_sync: bool,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// What is wrong with a URL; the URL itself may hold a password and is not repeated.
pub(super) fn refuse(why: &str) -> Error {
    Error::invalid(
        "target",
        format!("{why}; a server's URL reads postgres://user@host/database?schema=crm"),
    )
}

impl Server {
    /// Reads a URL.
    pub(super) fn parse(url: &str, busy: Duration, full_sync: bool) -> Result<Self> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut schema, mut ssl, mut roots) = ("public".to_owned(), "prefer".to_owned(), None);
        let (mut rest, mut given) = (Vec::new(), Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| refuse("an option has no value"))?;
            if !OPTIONS.contains(&name) {
                let near = crate::base::text::nearest(name, OPTIONS)
                    .map_or(String::new(), |near| format!(", did you mean {near:?}?"));
                return Err(refuse(&format!("there is no option {name:?}{near}")));
            }
            if given.contains(&name) {
                return Err(refuse(&format!("the option {name:?} stands there twice")));
            }
            given.push(name);
            if name == "connect_timeout" && !value.parse::<u32>().is_ok_and(|seconds| seconds > 0) {
                return Err(refuse("connect_timeout is a whole number of seconds from 1 on"));
            }
            match name {
                "schema" => schema = decoded(value)?,
                "sslmode" => ssl = decoded(value)?,
                "sslrootcert" => roots = Some(decoded(value)?),
                _ => rest.push(pair),
            }
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if schema.is_empty()
            || schema.len() > 63
            || !schema.chars().all(fits)
            || schema.starts_with("pg_")
            || schema == "information_schema"
        {
            return Err(refuse(
                "a schema is named by up to 63 letters, digits and underscores of ASCII, and is none of the server's own",
            ));
        }
        let whole =
            if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        let mut config = Config::from_str(&whole).map_err(|_| refuse("this URL cannot be read"))?;
        if config.get_application_name().is_none() {
            config.application_name("crm");
        }
        let each = config.get_connect_timeout().copied();
        let each = each.unwrap_or(Duration::from_secs(limit::CONNECT_SECONDS));
        config.connect_timeout(each);
        let environment = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        if config.get_user().is_none() {
            let user = environment("PGUSER").or_else(|| environment("USER"));
            config.user(&user.ok_or_else(|| refuse("no user is named"))?);
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host(environment("PGHOST").unwrap_or_else(|| "localhost".to_owned()));
        }
        if config.get_password().is_none()
            && let Some(password) = environment("PGPASSWORD").or_else(|| in_password_file(&config))
        {
            config.password(password);
        }
        let guard = guard(&ssl, roots.as_deref(), &mut config)?;
        let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
        let allowed = each.saturating_mul(u32::try_from(hosts).unwrap_or(1));
        Ok(Self { config, guard, schema, busy, allowed, full_sync })
    }

    /// A connection with our settings, and what the server calls its process. Every setting's reason stands in `docs/storage.md`.
    pub(super) fn connect(&self) -> Result<(Client, String)> {
        let sync = if self.full_sync { "SET synchronous_commit = on;" } else { "" };
        let settings = format!(
            "SET search_path = \"{}\"; SET lock_timeout = {}; SET jit = off; SET client_min_messages = warning; \
                 SET default_transaction_deferrable = off; {sync} \
                 SELECT {PROCESS} FROM pg_stat_get_activity(pg_backend_pid())",
            self.schema,
            self.busy.as_millis().max(1),
        );
        let connected = match &self.guard {
            Guard::Plain => Client::connect(&self.config, NoTls, &settings, self.allowed),
            Guard::Tls(tls) => Client::connect(&self.config, tls.clone(), &settings, self.allowed),
        };
        let (client, answers) = connected.map_err(|failure| self.unreachable(&failure))?;
        let process = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok((client, process.unwrap_or_default().to_owned()))
    }

    /// Asks the server to stop what a connection does, where no other connection can be had to ask on.
    pub(super) fn cancel(&self, token: &CancelToken) {
        match &self.guard {
            Guard::Plain => cancel(token, NoTls, self.allowed),
            Guard::Tls(tls) => cancel(token, tls.clone(), self.allowed),
        }
    }

    /// Creates the schema or brings it up to date: one host does it, others that start at the same time wait.
    pub(super) fn migrate(&self, client: &mut Client) -> Result<()> {
        self.check_server(client)?;
        if self.version(client)? == Some(VERSION) {
            return self.settle_restored(client);
        }
        // What fails takes the connection with it, and so the transaction.
        client.batch_execute("BEGIN").map_err(error)?;
        self.upgrade(client)?;
        client.batch_execute("COMMIT").map_err(error)
    }

    /// The same in the caller's open transaction.
    pub(super) fn upgrade(&self, tx: &mut Client) -> Result<()> {
        tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('crm schema ' || $1, 0))",
            &[&self.schema],
        )
        .map_err(error)?;
        let there: bool = tx
            .query_one("SELECT to_regnamespace(quote_ident($1)) IS NOT NULL", &[&self.schema])
            .map_err(error)?
            .get(0);
        if !there {
            let create = format!("CREATE SCHEMA \"{}\"", self.schema);
            tx.batch_execute(&create).map_err(|failure| self.no_right(failure))?;
        }
        let before = self.version(tx)?.unwrap_or(0);
        if before == VERSION {
            return Ok(());
        }
        if before == 0 {
            self.refuse_foreign(tx)?;
        }
        for (_, _, sql) in &STEPS[before..] {
            tx.batch_execute(sql).map_err(|failure| self.no_right(failure))?;
        }
        tx.execute("DELETE FROM crm_schema", &[]).map_err(error)?;
        let version = i64::try_from(VERSION).unwrap_or(0);
        tx.execute("INSERT INTO crm_schema (mark, version) VALUES ($1, $2)", &[&MARK, &version])
            .map_err(error)?;
        Ok(())
    }

    /// A transaction that this server has not come to yet is out of a dump of another one: it is not one that anybody has to wait for.
    fn settle_restored(&self, client: &mut Client) -> Result<()> {
        let sql = format!(
            "SELECT setval('\"{0}\".score_learner', 0) FROM \"{0}\".score_learner \
             WHERE last_value::TEXT::XID8 > pg_snapshot_xmax(pg_current_snapshot())",
            self.schema
        );
        // Without the right to write there is nothing to learn either.
        match client.batch_execute(&sql) {
            Err(failure) if failure.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Ok(()),
            done => done.map_err(error),
        }
    }

    /// Refuses a server that cannot hold a schema of ours.
    pub(super) fn check_server(&self, client: &mut Client) -> Result<()> {
        let row = client
            .query_one(
                "SELECT current_setting('server_version_num')::INTEGER, current_setting('server_encoding')",
                &[],
            )
            .map_err(error)?;
        check_kind(row.get(0), row.get(1))
    }

    /// How far the schema has come; `None`: it is not there, or holds nothing of ours.
    pub(super) fn version(&self, client: &mut Client) -> Result<Option<usize>> {
        let found: bool = client
            .query_one(
                "SELECT to_regclass(quote_ident($1) || '.crm_schema') IS NOT NULL",
                &[&self.schema],
            )
            .map_err(error)?
            .get(0);
        if !found {
            return Ok(None);
        }
        let sql = format!("SELECT mark, version FROM \"{}\".crm_schema", self.schema);
        let row = client.query_opt(&sql, &[]).map_err(|failure| self.no_right(failure))?;
        let Some((mark, version)) = row.map(|row| (row.get::<_, String>(0), row.get::<_, i64>(1)))
        else {
            return Err(self.not_ours());
        };
        let version = usize::try_from(version).unwrap_or(0);
        if mark != MARK || version == 0 {
            return Err(self.not_ours());
        }
        if version > VERSION {
            return Err(Error::storage(
                storage_code::NEWER,
                format!(
                    "schema {:?} has version {version}, this library knows {VERSION}; {NEWER_HINT}",
                    self.schema
                ),
            ));
        }
        Ok(Some(version))
    }

    /// Refuses a schema in which someone else's tables have our names.
    fn refuse_foreign(&self, client: &mut Client) -> Result<()> {
        let ours: Vec<&str> = STEPS.iter().flat_map(|(_, _, sql)| tables(sql)).collect();
        let taken = client
            .query_opt(
                "SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relname = ANY ($2) LIMIT 1",
                &[&self.schema, &ours],
            )
            .map_err(error)?;
        if taken.is_some() { Err(self.not_ours()) } else { Ok(()) }
    }

    fn not_ours(&self) -> Error {
        let message = format!(
            "schema {:?} holds tables of another program; give another one, such as ?schema=crm",
            self.schema
        );
        Error::storage(storage_code::NOT_OURS, message)
    }

    /// A failure to create something, which for want of rights is told as such.
    fn no_right(&self, failure: tokio_postgres::Error) -> Error {
        if failure.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            let message = format!(
                "this user may not create tables in schema {:?}; let an administrator create the schema and grant all on it",
                self.schema
            );
            return Error::storage(storage_code::READ_ONLY, message);
        }
        error(failure)
    }

    /// Why no connection came about.
    fn unreachable(&self, failure: &Failure) -> Error {
        let unreached = |why: String| {
            let message = format!("the server cannot be reached{why}; nothing was written");
            Error::storage(storage_code::LOST, message)
        };
        // What the operating system or TLS says names hosts and certificates, never a password.
        let failure = match failure {
            Failure::Server(failure) => failure,
            Failure::Runtime(failure) => return unreached(format!(": {failure}")),
            Failure::Late => {
                let seconds = self.allowed.as_secs();
                return unreached(format!(
                    ": it did not answer within {seconds} s (connect_timeout)"
                ));
            }
        };
        let Some(code) = failure.code() else {
            let cause = std::error::Error::source(failure);
            let why = cause.map_or_else(String::new, |why| format!(": {why}"));
            if cause.is_none_or(|cause| cause.is::<std::io::Error>()) {
                return unreached(why);
            }
            // What was agreed on does not fit: trying again is of no use.
            let asked = "; a password stands in the URL, in PGPASSWORD or in ~/.pgpass, sslmode says whether TLS is needed";
            return Error::storage(700, format!("the server does not take this URL{why}{asked}"));
        };
        let message = if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION]
            .contains(code)
        {
            "the server refuses this user or password; give it in the URL, in PGPASSWORD or in ~/.pgpass".to_owned()
        } else if *code == SqlState::INVALID_CATALOG_NAME {
            "the server has no such database; create it first: CREATE DATABASE … ENCODING 'UTF8'"
                .to_owned()
        } else if *code == SqlState::TOO_MANY_CONNECTIONS {
            let what = "the server takes no more connections; try again";
            return Error::storage(storage_code::BUSY, what);
        } else {
            format!("the server refuses the connection (SQLSTATE {})", code.code())
        };
        Error::storage(700, message)
    }
}

/// Refuses a server that is too old, and a database that cannot hold every text.
fn check_kind(version: i32, encoding: &str) -> Result<()> {
    if version < OLDEST {
        let message = format!(
            "the server is PostgreSQL {}; version {} or newer is needed",
            version / 10_000,
            OLDEST / 10_000
        );
        return Err(Error::storage(700, message));
    }
    if encoding != "UTF8" {
        let message = format!(
            "the database is encoded in {encoding}; create one in UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        );
        return Err(Error::storage(700, message));
    }
    Ok(())
}

/// Names of the tables and views that a step creates.
fn tables(sql: &str) -> impl Iterator<Item = &str> {
    sql.lines().filter_map(|line| {
        let rest =
            line.strip_prefix("CREATE TABLE ").or_else(|| line.strip_prefix("CREATE VIEW "))?;
        rest.split([' ', '(']).next()
    })
}

/// A value of a URL with its `%20` read.
fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || {
                    rest.next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                        .and_then(|digit| u8::try_from(digit).ok())
                };
                let (high, low) = (digit(), digit());
                high.zip(low)
                    .map(|(high, low)| high * 16 + low)
                    .ok_or_else(|| refuse("an option's value ends in a broken %"))?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| refuse("an option's value is not UTF-8"))
}

/// The password that `~/.pgpass` (or `PGPASSFILE`) has for this server, as libpq finds it.
fn in_password_file(config: &Config) -> Option<String> {
    let path = std::env::var_os("PGPASSFILE")
        .map(std::path::PathBuf::from)
        .or_else(|| Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(".pgpass")))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A file that others can read is no place for a password, and libpq ignores it too.
        if std::fs::metadata(&path).ok()?.permissions().mode() & 0o077 != 0 {
            return None;
        }
    }
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.as_str(),
        _ => "localhost",
    };
    let port = config.get_ports().first().copied().unwrap_or(5_432).to_string();
    let user = config.get_user().unwrap_or_default();
    let wanted = [host, port.as_str(), config.get_dbname().unwrap_or(user), user];
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| password_of(line, &wanted))
}

/// The password of a line `host:port:database:user:password` that fits.
fn password_of(line: &str, wanted: &[&str; 4]) -> Option<String> {
    let mut parts = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '#' if parts.len() == 1 && parts[0].is_empty() => return None,
            ':' if parts.len() < 5 => parts.push(String::new()),
            '\\' => parts.last_mut()?.extend(letters.next()),
            letter => parts.last_mut()?.push(letter),
        }
    }
    let fits = parts.len() == 5
        && parts.iter().zip(wanted).all(|(part, wanted)| part == "*" || part == wanted);
    if fits { parts.pop() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Server> {
        Server::parse(url, Duration::from_secs(5), false)
    }

    #[test]
    fn a_url_names_a_schema_and_what_it_does_not_know_is_refused() {
        assert_eq!(parse("postgres://ada@db/crm").unwrap().schema, "public");
        assert_eq!(parse("postgresql://ada@db/crm?schema=sales_eu").unwrap().schema, "sales_eu");
        for (url, says) in [
            ("postgres://ada:secret@db/crm?shcema=x", "did you mean \"schema\"?"),
            ("postgres://ada:secret@db/crm?schema=a%22b", "a schema is named"),
            ("postgres://ada:secret@db/crm?schema=pg_catalog", "a schema is named"),
            ("postgres://ada:secret@db/crm?schema=information_schema", "none of the server's own"),
            ("postgres://ada:secret@db/crm?schema=a&schema=b", "twice"),
            ("postgres://ada:secret@db/crm?connect_timeout=0", "from 1 on"),
            ("postgres://ada:secret@db/crm?connect_timeout=-1", "from 1 on"),
            ("postgres://ada:secret@db/crm?sslmode=allow", "sslmode is"),
            ("postgres://ada:secret@db:port/crm", "cannot be read"),
            ("postgres://ada:secret@db/crm?schema", "an option has no value"),
            ("postgres://ada:secret@db/crm?schema=%f", "broken %"),
            (
                "postgres://ada:secret@db/crm?sslmode=require&sslrootcert=/nowhere.pem",
                "sslrootcert",
            ),
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!((error.code(), error.field()), (100, Some("target")), "{url}");
            assert!(
                error.message().contains(says) && !error.message().contains("secret"),
                "{error}"
            );
        }
        assert!(
            !format!("{:?}", parse("postgres://ada:secret@db/crm").unwrap()).contains("secret")
        );
    }

    #[test]
    fn a_server_that_is_too_old_is_told_which_would_do() {
        let error = check_kind(120_022, "UTF8").unwrap_err();
        assert_eq!(error.code(), 700);
        assert_eq!(error.message(), "the server is PostgreSQL 12; version 13 or newer is needed");
        assert!(check_kind(OLDEST, "UTF8").is_ok() && check_kind(180_001, "UTF8").is_ok());
        assert!(check_kind(180_001, "LATIN1").unwrap_err().message().contains("LATIN1"));
    }

    #[test]
    fn a_password_file_is_read_as_libpq_reads_it() {
        let wanted = ["db", "5432", "crm", "ada"];
        for (line, password) in [
            ("db:5432:crm:ada:pass", Some("pass")),
            ("*:*:*:ada:a\\:b:c", Some("a:b:c")),
            ("db:5433:crm:ada:pass", None),
            ("# db:5432:crm:ada:pass", None),
            ("db:5432:crm", None),
        ] {
            assert_eq!(password_of(line, &wanted).as_deref(), password, "{line}");
        }
    }
}
