//! The handle on one open database: a writer that is lent to one transaction at a time, and readers beside it.
//!
//! The writer is *taken out* while it is used (not locked in place), so that an open `atomic` can keep it between calls. Readers
//! have connections of their own and see the last commit; a database in memory has one connection for everything.
//! [`Link`] is one session's view: its user, its clock, and its open `atomic`.
//!
//! Deliberately absent: threads. The one place that reads the clock is [`clock`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rusqlite::{Connection, InterruptHandle};

use crate::access::Actor;
use crate::base::error::storage_code;
use crate::base::{Error, ErrorKind, Result, Timestamp, UserId, limit};
use crate::storage::door::Door;
use crate::storage::seat::Seat;
use crate::storage::sqlite::{self, Target};
use crate::storage::{Memo, Settle, Tx, actor, migrate};

/// A connection with what is kept beside it.
#[derive(Debug)]
pub(crate) struct Conn {
    connection: Connection,
    memo: Memo,
    /// SQLite's count of other connections' commits, when the memo was last known to be good.
    seen: i64,
}

impl Conn {
    fn new(connection: Connection) -> Self {
        Self { connection, memo: Memo::default(), seen: -1 }
    }

    /// Forgets what is kept if someone else has written since.
    fn refresh(&mut self) -> Result<()> {
        let version =
            self.connection.prepare_cached("PRAGMA data_version").map_err(sqlite::error)?;
        let mut version = version;
        let seen = version.query_row([], |row| row.get::<_, i64>(0)).map_err(sqlite::error)?;
        if seen != self.seen {
            self.memo.clear();
            self.seen = seen;
        }
        Ok(())
    }

    fn run(&self, sql: &str) -> Result<()> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map_err(sqlite::error)?;
        Ok(())
    }
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) busy: Duration,
    pub(crate) full_sync: bool,
    pub(crate) settle: Settle,
}

/// One open database.
pub(crate) struct Handle {
    target: Target,
    opening: Opening,
    writer: Seat<Box<Conn>>,
    readers: Mutex<Vec<Conn>>,
    interrupts: Mutex<Vec<InterruptHandle>>,
    pub(super) closed: AtomicBool,
    /// Openings that nobody has closed; the last one's end is the database's.
    pub(super) openings: AtomicUsize,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("target", &self.target).finish_non_exhaustive()
    }
}

/// The system's clock: the only place that reads it.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn clock() -> Timestamp {
    Timestamp::stored(chrono::Utc::now().timestamp_micros())
}

/// Lets another writer end before a backup goes on.
#[expect(clippy::disallowed_methods, reason = "a backup's steps know no busy timeout of their own")]
fn wait_for_writer() {
    std::thread::sleep(Duration::from_millis(10));
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a caller's closure must not close the database for everyone else; connections roll back on their own.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Files that are open in this process: the same file opened twice shares one handle, since a second set of POSIX locks would
/// drop the first.
///
/// A tree, which can stand here without being made first; entries of closed files go when the next file is opened.
pub(super) static OPEN_FILES: Mutex<BTreeMap<PathBuf, Weak<Handle>>> = Mutex::new(BTreeMap::new());

impl Handle {
    /// Opens or creates a database; `created` runs in the transaction that creates it.
    pub(crate) fn open(
        target: &str,
        opening: &Opening,
        created: impl FnOnce(&mut Tx<'_>) -> Result<()>,
    ) -> Result<Arc<Door>> {
        let target = Target::parse(target)?;
        let Target::File(path) = &target else {
            return Self::open_new(target, opening, created).map(Door::new);
        };
        let mut files = lock(&OPEN_FILES);
        files.retain(|_, known| known.strong_count() > 0);
        let open = canonical(path).and_then(|path| files.get(&path)?.upgrade());
        if let Some(open) = open.filter(|open| !open.is_closed()) {
            return Ok(Door::new(open));
        }
        sqlite::inspect(path)?;
        let handle = Self::open_new(target.clone(), opening, created)?;
        if let Some(path) = canonical(path) {
            files.insert(path, Arc::downgrade(&handle));
        }
        Ok(Door::new(handle))
    }

    fn open_new(
        target: Target,
        opening: &Opening,
        created: impl FnOnce(&mut Tx<'_>) -> Result<()>,
    ) -> Result<Arc<Self>> {
        let connection = sqlite::connect(&target, opening.busy, opening.full_sync, false)?;
        let mut writer = Conn::new(connection);
        migrate::open(&mut writer.connection, &target)?;
        writer.refresh()?;
        let interrupt = writer.connection.get_interrupt_handle();
        let handle = Self {
            target,
            opening: opening.clone(),
            writer: Seat::new(Box::new(writer)),
            readers: Mutex::default(),
            interrupts: Mutex::new(vec![interrupt]),
            closed: AtomicBool::new(false),
            openings: AtomicUsize::new(0),
        };
        // Migration is done; default data is written once, by the opener that finds the file empty.
        handle.write(None, None, |tx| if migrate::is_new(tx)? { created(tx) } else { Ok(()) })?;
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

    fn take_writer(&self) -> Result<Box<Conn>> {
        self.check_open()?;
        self.writer.take(self.opening.busy)
    }

    /// Runs `work` in a transaction of its own: all of it or nothing.
    pub(crate) fn write<T>(
        &self,
        user: Option<UserId>,
        now: Option<Timestamp>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut lent = Lent { handle: self, conn: Some(self.take_writer()?) };
        let conn = lent.conn.as_mut().expect("taken on the line above");
        begin(conn)?;
        let done = self.part(conn, user, now, work);
        finish(conn, done)
    }

    fn part<T>(
        &self,
        conn: &Conn,
        user: Option<UserId>,
        now: Option<Timestamp>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut tx =
            Tx::new(&conn.connection, &conn.memo, self.opening.settle, now.unwrap_or_else(clock));
        tx.actor = user.map_or_else(|| Ok(Actor::system()), |user| actor::load(&tx, user))?;
        let done = work(&mut tx)?;
        tx.settle()?;
        Ok(done)
    }

    /// Runs `work` on one snapshot; it cannot write.
    pub(crate) fn read<T>(
        &self,
        user: Option<UserId>,
        now: Option<Timestamp>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.check_open()?;
        if self.target == Target::Memory {
            let mut lent = Lent { handle: self, conn: Some(self.take_writer()?) };
            let conn = lent.conn.as_mut().expect("taken on the line above");
            return self.part(conn, user, now, work);
        }
        let kept = lock(&self.readers).pop();
        let mut conn = match kept {
            Some(conn) => conn,
            None => self.connect_reader()?,
        };
        conn.run("BEGIN")?;
        conn.refresh()?;
        let done = self.part(&conn, user, now, work);
        conn.run("COMMIT").or_else(|_| conn.run("ROLLBACK"))?;
        let mut readers = lock(&self.readers);
        if readers.len() < limit::READERS && !self.is_closed() {
            readers.push(conn);
        }
        done
    }

    fn connect_reader(&self) -> Result<Conn> {
        let connection =
            sqlite::connect(&self.target, self.opening.busy, self.opening.full_sync, true)?;
        let mut interrupts = lock(&self.interrupts);
        if interrupts.len() > 4 * limit::READERS {
            interrupts.truncate(1 + limit::READERS);
        }
        interrupts.push(connection.get_interrupt_handle());
        drop(interrupts);
        Ok(Conn::new(connection))
    }

    /// Stops the statements that run now; their calls answer `Cancelled` and write nothing.
    pub(crate) fn interrupt(&self) {
        for interrupt in lock(&self.interrupts).iter() {
            interrupt.interrupt();
        }
    }

    /// Copies the whole database to a new file while it is in use.
    pub(crate) fn backup(
        &self,
        path: &Path,
        tick: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        self.check_open()?;
        let refuse = |why: String| {
            Error::storage(storage_code::READ_ONLY, format!("{}: {why}", path.display()))
        };
        if path.exists() {
            return Err(Error::conflict(format!(
                "{}: a file of that name exists; a backup never overwrites",
                path.display()
            )));
        }
        let partial = path.with_extension("partial");
        let copied = self.copy_to(&partial, tick);
        let done = copied.and_then(|()| {
            std::fs::rename(&partial, path).map_err(|error| refuse(error.to_string()))
        });
        if done.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        done
    }

    fn copy_to(&self, path: &Path, tick: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        let mut copy = Connection::open(path).map_err(sqlite::error)?;
        let step = |from: &Connection,
                    copy: &mut Connection,
                    tick: &mut dyn FnMut(u64, u64) -> Result<()>| {
            let backup = rusqlite::backup::Backup::new(from, copy).map_err(sqlite::error)?;
            loop {
                let result = backup.step(1_000).map_err(sqlite::error)?;
                let progress = backup.progress();
                let number = |pages: i32| u64::try_from(pages).unwrap_or(0);
                tick(number(progress.pagecount - progress.remaining), number(progress.pagecount))?;
                match result {
                    rusqlite::backup::StepResult::Done => return Ok(()),
                    rusqlite::backup::StepResult::More => {}
                    _ => wait_for_writer(),
                }
            }
        };
        if self.target == Target::Memory {
            let lent = Lent { handle: self, conn: Some(self.take_writer()?) };
            let conn = lent.conn.as_ref().expect("taken on the line above");
            step(&conn.connection, &mut copy, tick)?;
        } else {
            step(&self.connect_reader()?.connection, &mut copy, tick)?;
        }
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(sqlite::error)
    }

    /// What the engine itself finds wrong with the file.
    pub(crate) fn integrity(&self) -> Result<Vec<String>> {
        self.read(None, None, |tx| {
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
        let writer = self.writer.close();
        lock(&self.interrupts).clear();
        lock(&self.readers).clear();
        if let Some(writer) = writer {
            let _ = writer.run("PRAGMA optimize");
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

fn canonical(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

fn begin(conn: &mut Conn) -> Result<()> {
    conn.run("BEGIN IMMEDIATE")?;
    conn.refresh().inspect_err(|_| {
        let _ = conn.run("ROLLBACK");
    })
}

fn finish<T>(conn: &Conn, done: Result<T>) -> Result<T> {
    let done = done.and_then(|value| conn.run("COMMIT").map(|()| value));
    if done.is_err() {
        conn.memo.clear();
        // The engine may have rolled back by itself; then this has nothing to do.
        let _ = conn.run("ROLLBACK");
    }
    done
}

/// The writer while it is lent: given back whatever happens, rolled back if the work panicked.
struct Lent<'h> {
    handle: &'h Handle,
    conn: Option<Box<Conn>>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            if !conn.connection.is_autocommit() {
                conn.memo.clear();
                let _ = conn.run("ROLLBACK");
            }
            self.handle.writer.give_back(conn);
        }
    }
}

/// The state of a session's `atomic`.
#[derive(Debug)]
enum Atomic {
    /// None is open: each verb is a transaction of its own.
    Idle,
    /// Open, and the writer waits here for the next verb.
    Open(Box<Conn>),
    /// Open, and a call is using it.
    Busy,
}

/// One session's view of a database.
#[derive(Debug)]
pub(crate) struct Link {
    door: Arc<Door>,
    user: Option<UserId>,
    now: Option<Timestamp>,
    atomic: Mutex<Atomic>,
    closed: AtomicBool,
}

impl Link {
    pub(crate) const fn new(door: Arc<Door>, user: Option<UserId>, now: Option<Timestamp>) -> Self {
        Self { door, user, now, atomic: Mutex::new(Atomic::Idle), closed: AtomicBool::new(false) }
    }

    fn check_open(&self) -> Result<()> {
        self.door.open_handle()?;
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Closed, "this session was closed"));
        }
        Ok(())
    }

    /// Takes the open `atomic`'s writer, if there is one.
    fn enter(&self) -> Result<Option<Box<Conn>>> {
        self.check_open()?;
        let mut atomic = lock(&self.atomic);
        match std::mem::replace(&mut *atomic, Atomic::Busy) {
            Atomic::Idle => {
                *atomic = Atomic::Idle;
                Ok(None)
            }
            Atomic::Open(conn) => Ok(Some(conn)),
            Atomic::Busy => {
                Err(Error::conflict("this session's open transaction is in use by another call"))
            }
        }
    }

    /// Runs a verb: in the open `atomic` as a part that can fail alone, else as a transaction.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let Some(conn) = self.enter()? else {
            return self.door.handle().write(self.user, self.now, work);
        };
        let mut within = Within { link: self, conn: Some(conn) };
        let conn = within.conn.as_mut().expect("put in on the line above");
        self.door.handle().part(conn, self.user, self.now, |tx| {
            tx.savepoint()?;
            let done = work(tx).and_then(|value| tx.settle().map(|()| value));
            let released = tx.release(done.is_ok());
            // The verb's own failure comes first: the engine may have ended the whole transaction with it.
            done.and_then(|value| released.map(|()| value))
        })
    }

    /// Runs a question: it sees what the open `atomic` has written, else the last commit.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let Some(conn) = self.enter()? else {
            return self.door.handle().read(self.user, self.now, work);
        };
        let mut within = Within { link: self, conn: Some(conn) };
        let conn = within.conn.as_mut().expect("put in on the line above");
        self.door.handle().part(conn, self.user, self.now, work)
    }

    /// Opens an `atomic`.
    pub(crate) fn begin(&self) -> Result<()> {
        if let Some(conn) = self.enter()? {
            *lock(&self.atomic) = Atomic::Open(conn);
            return Err(Error::conflict("a transaction is open already in this session"));
        }
        let mut lent =
            Lent { handle: self.door.handle(), conn: Some(self.door.handle().take_writer()?) };
        begin(lent.conn.as_mut().expect("taken on the line above"))?;
        self.door.handle().writer.keep();
        *lock(&self.atomic) = Atomic::Open(lent.conn.take().expect("taken above"));
        Ok(())
    }

    /// Ends the open `atomic`, keeping or dropping what its verbs wrote.
    pub(crate) fn end(&self, keep: bool) -> Result<()> {
        let Some(conn) = self.enter()? else {
            return Err(Error::conflict("no transaction is open in this session"));
        };
        *lock(&self.atomic) = Atomic::Idle;
        let lent = Lent { handle: self.door.handle(), conn: Some(conn) };
        let conn = lent.conn.as_ref().expect("put in on the line above");
        if keep {
            finish(conn, Ok(()))
        } else {
            conn.memo.clear();
            conn.run("ROLLBACK")
        }
    }

    /// Closes the session, dropping what an open `atomic` wrote. Closing twice is fine.
    pub(crate) fn close(&self) {
        if !self.closed.swap(true, Ordering::AcqRel)
            && let Atomic::Open(conn) = std::mem::replace(&mut *lock(&self.atomic), Atomic::Idle)
        {
            drop(Lent { handle: self.door.handle(), conn: Some(conn) });
        }
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
                drop(Lent { handle: self.link.door.handle(), conn: Some(conn) });
                return;
            }
            // A panic inside the work left its part open: go back to where it began, so that nothing half done is kept.
            if std::thread::panicking() {
                conn.memo.clear();
                let _ = conn.run("ROLLBACK TO part");
                let _ = conn.run("RELEASE part");
            }
            *lock(&self.link.atomic) = Atomic::Open(conn);
        }
    }
}
