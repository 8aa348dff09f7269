//! Stopping: a wish of another thread's, or of the host that is asked now and then, ends a call before it has changed anything.
//!
//! The engine's own interrupt ends the statement that runs; a bulk verb is thousands of short ones, and a wish that falls between two
//! would be lost. So each call remembers how many wishes there were when it began, and looks before each statement.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::{Error, ErrorKind, Result, Timestamp, UserId, limit};

/// A host that is asked, on the calling thread and within the call, whether to go on. It may not call the library back.
pub type GoOn = Arc<dyn Fn() -> bool + Send + Sync>;

/// Who calls: a user or the system, at a time that is given or read from the clock, and perhaps with a host to be asked.
#[derive(Default)]
pub(crate) struct Caller {
    pub(crate) user: Option<UserId>,
    pub(crate) now: Option<Timestamp>,
    pub(crate) go_on: Option<GoOn>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How often it was said to stop; shared by everyone who works on a database.
pub(crate) type Wishes = Arc<AtomicU64>;

/// Steps that a statement counts for; a row that is read counts for one.
const STATEMENT: u32 = 16;

/// Whether one call is to stop.
pub(crate) struct Stop {
    wishes: Wishes,
    begun: u64,
    go_on: Option<GoOn>,
    /// Steps until the host is asked again.
    left: Cell<u32>,
    asked: Cell<bool>,
    /// Who was told once is told again, also where the first time was overheard.
    told: Cell<bool>,
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stop").field("told", &self.told).finish_non_exhaustive()
    }
}

impl Stop {
    /// For a call that begins now.
    pub(crate) fn new(wishes: &Wishes, go_on: Option<&GoOn>) -> Self {
        Self {
            wishes: Arc::clone(wishes),
            begun: wishes.load(Ordering::Acquire),
            go_on: go_on.map(Arc::clone),
            left: Cell::new(limit::STEPS_UNASKED),
            asked: Cell::new(false),
            told: Cell::new(false),
        }
    }

    /// The same for a thread that works for this call; its host is asked where the call itself waits.
    pub(crate) fn twin(&self) -> Self {
        Self { begun: self.begun, ..Self::new(&self.wishes, None) }
    }

    /// Before each statement: looks for a wish, and asks the host now and then.
    pub(crate) fn statement(&self) -> Result<()> {
        self.step(STATEMENT)
    }

    /// As [`Self::statement`], for each row that is read.
    pub(crate) fn row(&self) -> Result<()> {
        self.step(1)
    }

    fn step(&self, steps: u32) -> Result<()> {
        if let Some(left) = self.left.get().checked_sub(steps) {
            self.left.set(left);
            return self.look();
        }
        self.left.set(limit::STEPS_UNASKED);
        self.ask()
    }

    /// The last word before what was done is kept. A call so short that its host was never asked does not ask it at the end either.
    pub(crate) fn last_call(&self) -> Result<()> {
        if self.asked.get() { self.ask() } else { self.look() }
    }

    /// Looks for a wish, and asks the host.
    pub(crate) fn ask(&self) -> Result<()> {
        self.look()?;
        self.asked.set(true);
        if self.go_on.as_ref().is_some_and(|go_on| !go_on()) {
            self.told.set(true);
        }
        self.look()
    }

    fn look(&self) -> Result<()> {
        if self.told.get() || self.wishes.load(Ordering::Relaxed) != self.begun {
            return Err(interrupted());
        }
        Ok(())
    }
}

/// What a call answers that was told to stop.
pub(crate) fn interrupted() -> Error {
    Error::new(ErrorKind::Cancelled, "interrupted; nothing was written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_stops_what_runs_and_nothing_that_begins_later() {
        let wishes = Wishes::default();
        let running = Stop::new(&wishes, None);
        running.statement().unwrap();
        wishes.fetch_add(1, Ordering::AcqRel);
        assert_eq!(running.row().unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(running.ask().is_err() && Stop::new(&wishes, None).statement().is_ok());
    }

    #[test]
    fn the_host_is_asked_now_and_then_and_at_the_end_until_it_says_no() {
        let asked = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&asked);
        let go_on: GoOn = Arc::new(move || count.fetch_add(1, Ordering::AcqRel) != 2);
        let stop = Stop::new(&Wishes::default(), Some(&go_on));
        for _ in 0..limit::STEPS_UNASKED / STATEMENT {
            stop.statement().unwrap();
        }
        stop.last_call().unwrap();
        assert_eq!(asked.load(Ordering::Acquire), 0, "so far it was short");
        stop.statement().unwrap();
        for _ in 0..=limit::STEPS_UNASKED {
            stop.row().unwrap();
        }
        assert_eq!(asked.load(Ordering::Acquire), 2);
        assert_eq!(stop.last_call().unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(stop.row().is_err() && stop.ask().is_err(), "it does not change its mind");
        assert_eq!(asked.load(Ordering::Acquire), 3);
    }
}
