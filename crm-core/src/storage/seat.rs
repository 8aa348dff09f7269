//! Who has the one writer, and how long others wait for it.
//!
//! A verb gives it back by itself, so the next in line waits however long that takes: threads of one program never see each other as
//! an error. An open transaction ends when its host pleases; behind one, a call waits as long as for another program. A call out of
//! a callback of the very call that has the writer would wait for ever, and is refused.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::error::{Error, ErrorKind, Result, storage_code};

/// A living thread, by where its own copy of [`HERE`] lies.
pub(super) type Thread = usize;

thread_local! {
    static HERE: u8 = const { 0 };
}

/// This thread.
pub(super) fn here() -> Thread {
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

#[derive(Debug)]
enum State<T> {
    Free(T),
    /// A verb, on that thread.
    Verb(Thread),
    /// An open transaction, until its host ends it.
    Transaction,
    Closed,
}

/// The place of the one writer.
#[derive(Debug)]
pub(super) struct Seat<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

impl<T> Seat<T> {
    pub(super) const fn new(writer: T) -> Self {
        Self { state: Mutex::new(State::Free(writer)), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the writer for a verb.
    pub(super) fn take(&self, patience: Duration) -> Result<T> {
        let thread = here();
        let mut state = self.state();
        loop {
            match std::mem::replace(&mut *state, State::Verb(thread)) {
                State::Free(writer) => return Ok(writer),
                State::Closed => {
                    *state = State::Closed;
                    return Err(Error::new(ErrorKind::Closed, "this database was closed"));
                }
                State::Verb(holder) if holder == thread => {
                    return Err(Error::conflict(
                        "a callback cannot call the database that is calling it",
                    ));
                }
                State::Verb(holder) => {
                    *state = State::Verb(holder);
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                State::Transaction => {
                    *state = State::Transaction;
                    let waited = self.changed.wait_timeout(state, patience);
                    let (now, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                    state = now;
                    if waited.timed_out() && matches!(*state, State::Transaction) {
                        let message =
                            "another session of this program holds an open transaction; try again";
                        return Err(Error::storage(storage_code::BUSY, message));
                    }
                }
            }
        }
    }

    /// The holder keeps the writer beyond its call.
    pub(super) fn keep(&self) {
        let mut state = self.state();
        if !matches!(*state, State::Closed) {
            *state = State::Transaction;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Gives the writer back; after closing it goes.
    pub(super) fn give_back(&self, writer: T) {
        let mut state = self.state();
        if !matches!(*state, State::Closed) {
            *state = State::Free(writer);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Closes the place; the writer, if nobody has it.
    pub(super) fn close(&self) -> Option<T> {
        let before = std::mem::replace(&mut *self.state(), State::Closed);
        self.changed.notify_all();
        if let State::Free(writer) = before { Some(writer) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn behind_a_verb_one_waits_beyond_any_patience() {
        let seat = Seat::new("writer");
        let writer = seat.take(SHORT).unwrap();
        let (send, receive) = mpsc::channel();
        std::thread::scope(|scope| {
            let seat = &seat;
            scope.spawn(move || send.send(seat.take(SHORT)).unwrap());
            assert!(receive.recv_timeout(SHORT * 5).is_err(), "still waiting");
            seat.give_back(writer);
            assert_eq!(receive.recv().unwrap().unwrap(), "writer");
        });
    }

    #[test]
    fn behind_a_transaction_patience_ends() {
        let seat = Seat::new("writer");
        let writer = seat.take(SHORT).unwrap();
        seat.keep();
        assert_eq!(seat.take(SHORT).unwrap_err().code(), 701);
        seat.give_back(writer);
        assert_eq!(seat.take(SHORT).unwrap(), "writer");
    }

    #[test]
    fn a_wait_behind_a_verb_that_becomes_a_transaction_ends_too() {
        let seat = Seat::new("writer");
        let _writer = seat.take(SHORT).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| seat.take(SHORT));
            seat.keep();
            assert_eq!(waiting.join().unwrap().unwrap_err().code(), 701);
        });
    }

    #[test]
    fn who_has_it_cannot_take_it_again() {
        let seat = Seat::new("writer");
        let writer = seat.take(SHORT).unwrap();
        assert_eq!(seat.take(SHORT).unwrap_err().code(), 400);
        seat.give_back(writer);
    }

    #[test]
    fn closing_ends_every_wait_and_takes_what_comes_back() {
        let seat = Seat::new("writer");
        let writer = seat.take(SHORT).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| seat.take(SHORT));
            assert_eq!(seat.close(), None);
            assert_eq!(waiting.join().unwrap().unwrap_err().code(), 600);
        });
        seat.give_back(writer);
        assert_eq!(seat.take(SHORT).unwrap_err().code(), 600);
        assert_eq!(Seat::new("writer").close(), Some("writer"));
    }
}
