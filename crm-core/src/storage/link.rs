//! One session's view of a database: its user, its clock, and its open `atomic`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{ThreadId, current};

use crate::base::{AsOf, Error, ErrorKind, Result, Table};
use crate::storage::conn::Conn;
use crate::storage::door::Door;
use crate::storage::handle::{ALONE, Handle, Lent, finish, lock};
use crate::storage::stop::Caller;
use crate::storage::{Right, Tx};

/// The state of a session's `atomic`.
#[derive(Debug)]
enum Atomic {
    /// None is open: each verb is a transaction of its own.
    Idle,
    /// Open since that thread began it, and the writer waits here for the next verb.
    Open(Box<Conn>, ThreadId),
    /// Open, and a call of that thread is using it.
    Busy(ThreadId),
}

/// One session's view of a database.
#[derive(Debug)]
pub(crate) struct Link {
    door: Arc<Door>,
    caller: Caller,
    atomic: Mutex<Atomic>,
    closed: AtomicBool,
}

impl Link {
    pub(crate) const fn new(door: Arc<Door>, caller: Caller) -> Self {
        Self { door, caller, atomic: Mutex::new(Atomic::Idle), closed: AtomicBool::new(false) }
    }

    fn check_open(&self) -> Result<()> {
        self.door.open_handle()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Closed, "this session was closed"));
        }
        Ok(())
    }

    /// Takes the open `atomic`'s writer, if there is one. It belongs to the thread that began it: another would write into a
    /// transaction that it knows nothing of, or be in the way of its end.
    fn enter(&self) -> Result<Option<Box<Conn>>> {
        self.check_open()?;
        let here = current().id();
        let mut atomic = lock(&self.atomic);
        let told = match &*atomic {
            Atomic::Idle => return Ok(None),
            Atomic::Open(_, owner) | Atomic::Busy(owner) if *owner != here => {
                "this session's open transaction belongs to another thread; use a session of your own"
            }
            Atomic::Busy(_) => "this session's open transaction is in use by another call",
            Atomic::Open(..) => match std::mem::replace(&mut *atomic, Atomic::Busy(here)) {
                Atomic::Open(conn, _) => return Ok(Some(conn)),
                _ => return Ok(None),
            },
        };
        Err(Error::conflict(told))
    }

    /// The open `atomic`'s writer for one call inside it.
    fn within(&self, conn: Box<Conn>) -> Result<Within<'_>> {
        let within = Within { link: self, conn: Some(conn) };
        if !within.conn.as_ref().is_some_and(|conn| conn.is_in_transaction()) {
            let what = "a failure ended this session's transaction and took back all of it; roll it back and begin anew";
            return Err(Error::conflict(what));
        }
        Ok(within)
    }

    /// Runs a verb: in the open `atomic` as a part that can fail alone, else as a transaction.
    ///
    /// Where many write at once, the work may be done again from its beginning.
    pub(crate) fn write<T>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        match self.enter()? {
            None => self.door.handle().write(&self.caller, work),
            Some(conn) => self.part(conn, |tx| work(tx)),
        }
    }

    /// As [`Self::write`], for what changes the office or all deals: nobody else writes until it ends.
    pub(crate) fn write_alone<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        match self.enter()? {
            None => self.door.handle().write_alone(&self.caller, work),
            Some(conn) => self.part(conn, |tx| {
                tx.alone()?;
                work(tx)
            }),
        }
    }

    /// Refuses what cannot be a part of an open `atomic`, saying why.
    pub(super) fn refuse_within(&self, why: &str) -> Result<()> {
        match self.enter()? {
            None => Ok(()),
            Some(conn) => {
                drop(self.within(conn)?);
                Err(Error::conflict(why))
            }
        }
    }

    /// The database.
    pub(super) fn handle(&self) -> Result<&Handle> {
        self.door.open_handle()
    }

    /// Runs a part of the open `atomic` that can fail alone.
    fn part<T>(&self, conn: Box<Conn>, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let mut within = self.within(conn)?;
        let conn = within.conn.as_mut().expect("put in on the line above");
        let handle = self.door.handle();
        handle.part(conn, &self.caller, &handle.stop(&self.caller), ALONE, |tx| {
            tx.savepoint()?;
            let done = work(tx).and_then(|value| tx.complete().map(|()| value));
            let released = tx.release(done.is_ok());
            // The verb's own failure comes first: the engine may have ended the whole transaction with it.
            done.and_then(|value| released.map(|()| value))
        })
    }

    /// Runs a question: it sees what the open `atomic` has written, else the last commit.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        match self.enter()? {
            None => self.door.handle().read(&self.caller, work),
            // A question that a server does not answer would end the whole transaction there.
            Some(conn) => self.part(conn, work),
        }
    }

    /// Runs a question about records of that table: as they are, or as of an instant of the past.
    pub(crate) fn read_as_of<T>(
        &self,
        as_of: Option<AsOf>,
        table: &Table,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.read(|tx| {
            if let Some(as_of) = as_of {
                tx.turn_back(as_of, table)?;
            }
            work(tx)
        })
    }

    /// Numbers the events that were added since the feed was last read, where writers leave that to readers.
    pub(crate) fn number_feed(&self) -> Result<()> {
        self.check_open()?;
        self.door.handle().number_feed()
    }

    /// Opens an `atomic`.
    pub(crate) fn begin(&self) -> Result<()> {
        if let Some(conn) = self.enter()? {
            *lock(&self.atomic) = Atomic::Open(conn, current().id());
            return Err(Error::conflict("a transaction is open already in this session"));
        }
        let conn = self.door.handle().begin(Right::Share)?.keep();
        *lock(&self.atomic) = Atomic::Open(conn, current().id());
        Ok(())
    }

    /// Ends the open `atomic`, keeping or dropping what its verbs wrote.
    pub(crate) fn end(&self, keep: bool) -> Result<()> {
        let Some(conn) = self.enter()? else {
            return Err(Error::conflict("no transaction is open in this session"));
        };
        *lock(&self.atomic) = Atomic::Idle;
        let mut lent = self.lent(conn);
        if keep { finish(lent.conn(), Ok(())) } else { lent.conn().roll_back() }
    }

    /// Closes the session, dropping what an open `atomic` wrote. Closing twice is fine.
    pub(crate) fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut atomic = lock(&self.atomic);
        // What a call uses right now goes with the end of that call.
        if matches!(*atomic, Atomic::Open(..))
            && let Atomic::Open(conn, _) = std::mem::replace(&mut *atomic, Atomic::Idle)
        {
            drop(self.lent(conn));
        }
    }

    /// The open `atomic`'s writer, to be given back.
    fn lent(&self, conn: Box<Conn>) -> Lent<'_> {
        Lent::new(self.door.handle(), Right::Share, conn)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

/// The open `atomic`'s writer while a call uses it.
struct Within<'l> {
    link: &'l Link,
    conn: Option<Box<Conn>>,
}

impl Drop for Within<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            if self.link.closed.load(Ordering::Acquire) {
                *lock(&self.link.atomic) = Atomic::Idle;
                drop(self.link.lent(conn));
                return;
            }
            // A panic inside the work left its part open: go back to where it began, so that nothing half done is kept.
            if std::thread::panicking() {
                conn.undo_part();
            }
            *lock(&self.link.atomic) = Atomic::Open(conn, current().id());
        }
    }
}
