//! Connections to one server: a bounded number, lent for one transaction each, the last one back first lent again.
//!
//! A connection that broke is not taken back. Who waits for one waits as long as for another writer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::base::error::storage_code;
use crate::base::{Error, ErrorKind, Result, limit};
use crate::storage::conn::Conn;
use crate::storage::handle::lock;
use crate::storage::postgres::Session;
use crate::storage::postgres::client::Client;
use crate::storage::postgres::ear::{Ear, Telling};
use crate::storage::postgres::failure::error;
use crate::storage::postgres::server::Server;
use crate::storage::seat::{Thread, here};
use crate::storage::{Engine, Right};

/// A connection that is lent.
struct Lent {
    id: usize,
    /// Whose verb it serves; nobody's between the verbs of an open `atomic`, and nobody's for a question.
    writes_for: Option<Thread>,
    ear: Arc<Ear>,
}

impl Lent {
    fn new(conn: &Conn, writes_for: Option<Thread>) -> Self {
        Self { id: conn.id(), writes_for, ear: Arc::clone(&conn.session().ear) }
    }
}

#[derive(Default)]
struct State {
    #[expect(clippy::vec_box, reason = "a connection is known by where it lies")]
    idle: Vec<Box<Conn>>,
    lent: Vec<Lent>,
    closed: bool,
}

#[expect(clippy::disallowed_methods, reason = "there is no answer to wait for")]
fn a_moment() {
    std::thread::sleep(Duration::from_millis(100));
}

/// The connections of one handle.
pub(crate) struct Pool {
    server: Server,
    state: Mutex<State>,
    freed: Condvar,
    patience: Duration,
    telling: Telling,
    trips: Arc<AtomicU64>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Pool {
    /// Reaches the server and brings the schema up to date.
    pub(crate) fn open(url: &str, patience: Duration, full_sync: bool) -> Result<Self> {
        let server = Server::parse(url, patience, full_sync)?;
        let pool = Self {
            server,
            state: Mutex::default(),
            freed: Condvar::new(),
            patience,
            telling: Telling::default(),
            trips: Arc::default(),
        };
        let (mut client, process) = pool.server.connect()?;
        pool.server.migrate(&mut client)?;
        lock(&pool.state).idle.push(pool.connection(client, process));
        Ok(pool)
    }

    fn connection(&self, client: Client, process: String) -> Box<Conn> {
        let session = Session::new(client, process, &self.telling, Arc::clone(&self.trips));
        Box::new(Conn::new(Engine::Postgres(Box::new(session))))
    }

    fn connect(&self) -> Result<Box<Conn>> {
        self.server.connect().map(|(client, process)| self.connection(client, process))
    }

    /// How often the server was asked something.
    pub(crate) fn round_trips(&self) -> u64 {
        self.trips.load(Ordering::Relaxed)
    }

    /// Lends a connection.
    pub(crate) fn take(&self, right: Right) -> Result<Box<Conn>> {
        let thread = (right != Right::Read).then(here);
        let mut state = lock(&self.state);
        loop {
            if state.closed {
                return Err(Error::new(ErrorKind::Closed, "this database was closed"));
            }
            if thread.is_some() && state.lent.iter().any(|lent| lent.writes_for == thread) {
                return Err(Error::conflict(
                    "a callback cannot call the database that is calling it",
                ));
            }
            if state.lent.len() < limit::CONNECTIONS {
                break;
            }
            let (now, waited) = self
                .freed
                .wait_timeout(state, self.patience)
                .unwrap_or_else(PoisonError::into_inner);
            state = now;
            if waited.timed_out() && state.lent.len() >= limit::CONNECTIONS {
                let message = format!(
                    "all {} connections of this program are in use; try again",
                    limit::CONNECTIONS
                );
                return Err(Error::storage(storage_code::BUSY, message));
            }
        }
        if let Some(conn) = state.idle.pop() {
            state.lent.push(Lent::new(&conn, thread));
            return Ok(conn);
        }
        // Connecting takes long: others need not wait for it, and a connection more for a moment does no harm.
        drop(state);
        let conn = self.connect()?;
        lock(&self.state).lent.push(Lent::new(&conn, thread));
        Ok(conn)
    }

    /// The holder keeps the connection beyond its call.
    pub(crate) fn keep(&self, conn: &Conn) {
        let id = conn.id();
        if let Some(lent) = lock(&self.state).lent.iter_mut().find(|lent| lent.id == id) {
            lent.writes_for = None;
        }
    }

    /// Takes a connection back; a broken one goes.
    pub(crate) fn give_back(&self, conn: Box<Conn>) {
        let id = conn.id();
        let mut state = lock(&self.state);
        state.lent.retain(|lent| lent.id != id);
        let room = state.idle.len() < limit::IDLE_CONNECTIONS;
        let gone = if !state.closed && !conn.session().is_lost() && room {
            state.idle.push(conn);
            None
        } else {
            Some(conn)
        };
        drop(state);
        // Parting from a server takes a moment; nobody has to wait for it.
        drop(gone);
        self.freed.notify_one();
    }

    /// Drops the connections that wait, after one of them turned out to be broken: the server may have been started anew.
    pub(crate) fn forget_idle(&self) {
        let idle = std::mem::take(&mut lock(&self.state).idle);
        drop(idle);
    }

    /// Stops what runs now, and nothing that begins when this has answered. `wish` makes it known to calls between two statements.
    pub(crate) fn interrupt(&self, wish: impl FnOnce()) {
        let _telling = lock(&self.telling);
        let mut state = lock(&self.state);
        let lent = state.lent.iter().filter(|lent| lent.ear.tell());
        let ears: Vec<Arc<Ear>> = lent.map(|lent| Arc::clone(&lent.ear)).collect();
        let idle = if ears.is_empty() { None } else { state.idle.pop() };
        drop(state);
        // Only now: a call that ends by the wish waits before it takes its work back.
        wish();
        if ears.is_empty() {
            return;
        }
        let processes: Vec<&str> = ears.iter().map(|ear| ear.process.as_str()).collect();
        let tell = |conn: Box<Conn>| {
            conn.session().stop(&processes, self.server.allowed)?;
            self.give_back(conn);
            Ok(())
        };
        let told = idle.is_some_and(|conn| tell(conn).is_ok());
        if !told && self.connect().and_then(tell).is_err() {
            // The server takes no more connections. So it is asked in the way that needs none, which it does not answer: a moment
            // later it has acted, as a rule.
            ears.iter().for_each(|ear| self.server.cancel(&ear.token));
            a_moment();
        }
    }

    /// Numbers what was added to the feed since it was last read.
    pub(crate) fn number_feed(&self) -> Result<()> {
        let conn = self.take(Right::Read)?;
        let done = conn
            .session()
            .client()
            .and_then(|mut client| client.batch_execute("SELECT crm_number_feed()").map_err(error));
        self.give_back(conn);
        done
    }

    /// Closes it: waiting connections go, lent ones when they come back.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        drop(idle);
        self.freed.notify_all();
    }
}
