//! The handle on one open database. Of a file: a writer that is lent to one transaction at a time, and readers beside it. On a
//! server: connections, each lent to one transaction; a verb that met another's change of the same records is done again.
//!
//! The writer is *taken out* while it is used (not locked in place), so that an open `atomic` can keep it between calls. Readers
//! have connections of their own and see the last commit; a database in memory has one connection for everything.
//! [`Link`](crate::storage::Link) is one session's view: its user, its clock, and its open `atomic`.
//!
//! The one place that reads the clock is [`clock`]; threads that read for a call are [`ahead`](crate::storage::ahead)'s.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::InterruptHandle;

use crate::access::Actor;
use crate::base::error::storage_code;
use crate::base::{Error, ErrorKind, Result, Timestamp, limit};
use crate::storage::ahead::Ahead;
use crate::storage::conn::Conn;
use crate::storage::file::Place;
use crate::storage::opening::Opening;
#[cfg(feature = "postgres")]
use crate::storage::postgres;
use crate::storage::seat::Seat;
use crate::storage::sqlite::{self, Target};
use crate::storage::stop::{Caller, Stop, Wishes};
use crate::storage::{Engine, Right, Tx, actor, migrate};

/// One open database.
pub(crate) struct Handle {
    source: Source,
    pub(super) opening: Opening,
    wishes: Wishes,
    /// Threads that read for one call, at most.
    threads: usize,
    pub(super) closed: AtomicBool,
    /// Openings that nobody has closed; the last one's end is the database's.
    pub(super) openings: AtomicUsize,
}

/// Threads that may read for a call which holds the writer, in a transaction of its own.
fn threads(source: &Source, wanted: u32) -> usize {
    match source {
        Source::File(file) if file.target == Target::Memory => ALONE,
        Source::File(_) if wanted == 0 => std::thread::available_parallelism()
            .map_or(ALONE, |machine| machine.get().min(limit::THREADS as usize)),
        Source::File(_) => wanted as usize,
        // Another connection to a server sees what others have written since.
        #[cfg(feature = "postgres")]
        Source::Server(_) => ALONE,
    }
}

/// Where connections come from.
#[derive(Debug)]
enum Source {
    File(Box<File>),
    #[cfg(feature = "postgres")]
    Server(Box<postgres::Pool>),
}

/// A file, or memory.
pub(super) struct File {
    pub(super) target: Target,
    /// The file that it opened; none of memory.
    place: Option<Place>,
    writer: Seat<Box<Conn>>,
    #[expect(clippy::vec_box, reason = "what is lent is boxed already")]
    readers: Mutex<Vec<Box<Conn>>>,
    interrupts: Mutex<Vec<InterruptHandle>>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("target", &self.target).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("source", &self.source).finish_non_exhaustive()
    }
}

impl File {
    fn open(target: Target, opening: &Opening) -> Result<Self> {
        let mut connection = sqlite::connect(&target, opening.busy, opening.full_sync, false)?;
        migrate::open(&mut connection, &target)?;
        let interrupt = connection.get_interrupt_handle();
        let mut writer = Conn::new(Engine::Sqlite(connection));
        writer.refresh()?;
        let place = if let Target::File(path) = &target { Place::of(path) } else { None };
        Ok(Self {
            target,
            place,
            writer: Seat::new(Box::new(writer)),
            readers: Mutex::default(),
            interrupts: Mutex::new(vec![interrupt]),
        })
    }

    /// Refuses to go on with a file that no longer stands where it was opened: what is written to it is lost, and what is read from
    /// its place is another's.
    pub(super) fn check_place(&self) -> Result<()> {
        match &self.target {
            Target::File(path) if self.place.is_some() && Place::of(path) != self.place => {
                let what = "the file was deleted, moved or replaced while it was open; close it, and open what is there now";
                Err(Error::storage(storage_code::READ_ONLY, format!("{}: {what}", path.display())))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn connect_reader(&self, opening: &Opening) -> Result<Box<Conn>> {
        self.check_place()?;
        let connection = sqlite::connect(&self.target, opening.busy, opening.full_sync, true)?;
        let mut interrupts = lock(&self.interrupts);
        if interrupts.len() > 4 * limit::READERS {
            interrupts.truncate(1 + limit::READERS);
        }
        interrupts.push(connection.get_interrupt_handle());
        drop(interrupts);
        Ok(Box::new(Conn::new(Engine::Sqlite(connection))))
    }
}

/// No thread beside the calling one.
pub(super) const ALONE: usize = 1;

/// The system's clock: the only place that reads it.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn clock() -> Timestamp {
    Timestamp::stored(chrono::Utc::now().timestamp_micros())
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a caller's closure must not close the database for everyone else; connections roll back on their own.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Handle {
    pub(super) fn open_new(
        target: Target,
        opening: &Opening,
        created: impl FnOnce(&mut Tx<'_>) -> Result<()>,
    ) -> Result<Arc<Self>> {
        let source = match target {
            #[cfg(feature = "postgres")]
            Target::Server(url) => Source::Server(Box::new(postgres::Pool::open(
                &url,
                opening.busy,
                opening.full_sync,
            )?)),
            target => Source::File(Box::new(File::open(target, opening)?)),
        };
        let handle = Self {
            threads: threads(&source, opening.threads),
            source,
            opening: opening.clone(),
            wishes: Wishes::default(),
            closed: AtomicBool::new(false),
            openings: AtomicUsize::new(0),
        };
        // Migration is done; default data is written once, by the opener that finds the database empty, and so is what is left to do.
        let (is_new, is_due) = handle
            .read(&Caller::default(), |tx| Ok((migrate::is_new(tx)?, migrate::is_due(tx)?)))?;
        if is_new || is_due {
            handle.write_alone(&Caller::default(), |tx| {
                if migrate::is_new(tx)? {
                    return created(tx);
                }
                if migrate::is_due(tx)? {
                    (handle.opening.renew)(tx)?;
                    migrate::renewed(tx)?;
                }
                Ok(())
            })?;
        }
        Ok(Arc::new(handle))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.is_closed() {
            return Err(Error::new(ErrorKind::Closed, "this database was closed"));
        }
        Ok(())
    }

    /// Lends a connection.
    pub(super) fn take(&self, right: Right) -> Result<Lent<'_>> {
        self.check_open()?;
        let conn = match &self.source {
            Source::File(file) if right != Right::Read || file.target == Target::Memory => {
                file.check_place()?;
                file.writer.take(self.opening.busy)?
            }
            Source::File(file) => {
                let kept = lock(&file.readers).pop();
                match kept {
                    Some(conn) => conn,
                    None => file.connect_reader(&self.opening)?,
                }
            }
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.take(right)?,
        };
        Ok(Lent::new(self, right, conn))
    }

    pub(super) fn file(&self) -> Option<&File> {
        match &self.source {
            Source::File(file) => Some(file),
            #[cfg(feature = "postgres")]
            Source::Server(_) => None,
        }
    }

    fn is_memory(&self) -> bool {
        self.file().is_some_and(|file| file.target == Target::Memory)
    }

    /// Lends a connection with an open transaction.
    pub(super) fn begin(&self, right: Right) -> Result<Lent<'_>> {
        let mut lent = self.take(right)?;
        let begun = lent.conn().begin(right);
        #[cfg(feature = "postgres")]
        if let (Err(error), Source::Server(pool)) = (&begun, &self.source)
            && error.code() == storage_code::LOST
        {
            // It broke while it waited, as all do when the server starts anew. Nothing was done on it: a new one serves as well.
            drop(lent);
            pool.forget_idle();
            let mut lent = self.take(right)?;
            lent.conn().begin(right)?;
            return Ok(lent);
        }
        begun?;
        Ok(lent)
    }

    /// Runs `work` in a transaction of its own: all of it or nothing. Where others write too it may run again, from the beginning.
    pub(crate) fn write<T>(
        &self,
        caller: &Caller,
        work: impl FnMut(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.attempts(Right::Share, caller, work)
    }

    fn attempts<T>(
        &self,
        right: Right,
        caller: &Caller,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let stop = self.stop(caller);
        let mut again = limit::RETRIES;
        loop {
            let done = self.attempt(right, caller, &stop, &mut work);
            match done {
                Err(error)
                    if error.kind() == ErrorKind::Conflict && error.is_retryable() && again > 0 =>
                {
                    again -= 1;
                }
                done => return done,
            }
        }
    }

    /// As [`Self::write`], for what changes the office or all deals: nobody else writes meanwhile, so it runs once.
    pub(crate) fn write_alone<T>(
        &self,
        caller: &Caller,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.attempt(Right::Alone, caller, &self.stop(caller), work)
    }

    fn attempt<T>(
        &self,
        right: Right,
        caller: &Caller,
        stop: &Stop,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut lent = self.begin(right)?;
        let done = self.part(lent.conn(), caller, stop, self.threads, |tx| {
            let done = work(tx)?;
            tx.complete().map(|()| done)
        });
        finish(lent.conn(), done)
    }

    pub(super) fn part<T>(
        &self,
        conn: &Conn,
        caller: &Caller,
        stop: &Stop,
        threads: usize,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let now = caller.now.unwrap_or_else(clock);
        let mut tx = Tx::new(conn.engine.wire(), &conn.memo, self.opening.settle, stop, now);
        if threads > 1 {
            tx.ahead = Some(Ahead { handle: self, stop, now, threads });
        }
        let system = || Ok(Actor::system());
        tx.actor = caller.user.map_or_else(system, |user| actor::load(&tx, user))?;
        work(&mut tx)
    }

    /// Runs `work` on one snapshot; it cannot write.
    pub(crate) fn read<T>(
        &self,
        caller: &Caller,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let stop = self.stop(caller);
        if self.is_memory() {
            let mut lent = self.take(Right::Read)?;
            return self.part(lent.conn(), caller, &stop, ALONE, work);
        }
        self.snapshot(caller, &stop, work)
    }

    fn snapshot<T>(
        &self,
        caller: &Caller,
        stop: &Stop,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut lent = self.begin(Right::Read)?;
        let done = self.part(lent.conn(), caller, stop, ALONE, work);
        let conn = lent.conn();
        let ended = conn.commit().or_else(|_| conn.roll_back());
        done.and_then(|done| ended.map(|()| done))
    }

    /// As [`Self::read`] by nobody, for a thread of a call that runs and holds the writer: it sees the state in which that call began.
    pub(super) fn look<T>(
        &self,
        stop: &Stop,
        now: Timestamp,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.snapshot(&Caller { now: Some(now), ..Caller::default() }, stop, work)
    }

    /// Whether a call that begins now is to stop.
    pub(super) fn stop(&self, caller: &Caller) -> Stop {
        Stop::new(&self.wishes, caller.go_on.as_ref())
    }

    /// As [`Self::read`] by nobody, on a state in which nothing is left to be done: many who write together leave some work to who
    /// comes after them. `catch_up` does it.
    pub(crate) fn read_whole<T>(
        &self,
        catch_up: impl FnMut(&mut Tx<'_>) -> Result<()>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        // Writers are held until the reader sees its state, and no longer.
        let nobody = Caller::default();
        let mut alone = match &self.source {
            Source::File(_) => {
                let _ = catch_up;
                None::<Lent<'_>>
            }
            #[cfg(feature = "postgres")]
            Source::Server(pool) => {
                let mut alone = self.begin(Right::Alone)?;
                pool.keep(alone.conn());
                self.attempts(Right::Within, &nobody, catch_up)?;
                pool.number_feed()?;
                Some(alone)
            }
        };
        self.read(&nobody, |tx| {
            drop(alone.take());
            work(tx)
        })
    }

    /// Stops the calls that run now; they answer `Cancelled` and have changed nothing.
    pub(crate) fn interrupt(&self) {
        let wish = || {
            self.wishes.fetch_add(1, Ordering::AcqRel);
        };
        match &self.source {
            Source::File(file) => {
                wish();
                for interrupt in lock(&file.interrupts).iter() {
                    interrupt.interrupt();
                }
            }
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.interrupt(wish),
        }
    }

    /// How often a server was asked something; a file never.
    pub(crate) fn round_trips(&self) -> u64 {
        match &self.source {
            Source::File(_) => 0,
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.round_trips(),
        }
    }

    /// Numbers the events that were added since the feed was last read, where writers leave that to readers.
    pub(crate) fn number_feed(&self) -> Result<()> {
        self.check_open()?;
        match &self.source {
            Source::File(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.number_feed(),
        }
    }

    /// What the engine itself finds wrong with the file. A server looks after its own files.
    pub(crate) fn integrity(&self) -> Result<Vec<String>> {
        if self.file().is_none() {
            return Ok(Vec::new());
        }
        self.read(&Caller::default(), |tx| {
            tx.rows("PRAGMA integrity_check(100)", &[], |line| Ok(line.text(0)?.to_owned()))
        })
        .map(|lines| lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// Closes it; a running call ends first, later ones answer `Closed`. Closing twice is fine.
    pub(crate) fn close(&self) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            self.end();
        }
    }

    pub(super) fn end(&self) {
        match &self.source {
            Source::File(file) => {
                let writer = file.writer.close();
                lock(&file.interrupts).clear();
                lock(&file.readers).clear();
                if let Some(writer) = writer {
                    let _ = writer.run("PRAGMA optimize");
                }
            }
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.close(),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

pub(super) fn finish<T>(conn: &mut Conn, done: Result<T>) -> Result<T> {
    let done = done.and_then(|value| conn.commit().map(|()| value));
    if done.is_err() {
        let _ = conn.roll_back();
    }
    done
}

/// A connection while it is lent: given back whatever happens, rolled back if the work panicked.
pub(super) struct Lent<'h> {
    handle: &'h Handle,
    right: Right,
    conn: Option<Box<Conn>>,
}

impl<'h> Lent<'h> {
    pub(super) const fn new(handle: &'h Handle, right: Right, conn: Box<Conn>) -> Self {
        Self { handle, right, conn: Some(conn) }
    }

    /// Keeps the connection and its transaction beyond the call that opened it.
    pub(super) fn keep(mut self) -> Box<Conn> {
        match &self.handle.source {
            Source::File(file) => file.writer.keep(),
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.keep(self.conn()),
        }
        self.conn.take().expect("it is there until it is given back")
    }

    pub(super) fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("it is there until it is given back")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        if conn.is_in_transaction() {
            let _ = conn.roll_back();
        }
        match &self.handle.source {
            Source::File(file) if self.right != Right::Read || file.target == Target::Memory => {
                file.writer.give_back(conn);
            }
            Source::File(file) => {
                let mut readers = lock(&file.readers);
                if readers.len() < limit::READERS && !self.handle.is_closed() {
                    readers.push(conn);
                }
            }
            #[cfg(feature = "postgres")]
            Source::Server(pool) => pool.give_back(conn),
        }
    }
}
