//! Reading many records in several threads at once, where those see what the call itself would see; and making many things in a second
//! thread while the call writes those made before.
//!
//! Ranges of ids are dealt to the threads in turn, and what they read is taken in the order of the ranges: a call comes to the same
//! bytes whatever the number of threads. On a server, in memory and within an open `atomic`, where a second connection would see
//! something else, the calling thread reads all of it. Threads end before the call does.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::base::{Error, Result, Timestamp};
use crate::storage::Tx;
use crate::storage::handle::Handle;
use crate::storage::stop::Stop;

/// How long the call waits for its threads before its host is asked again whether to go on.
const PATIENCE: Duration = Duration::from_millis(50);

/// Readers of the state in which a transaction began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ahead<'c> {
    pub(super) handle: &'c Handle,
    pub(super) stop: &'c Stop,
    pub(super) now: Timestamp,
    pub(super) threads: usize,
}

/// Ids up to `last`, so many at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranges {
    pub(crate) last: i64,
    pub(crate) step: i64,
}

impl Ranges {
    /// Where they lie: above the first id, up to the second.
    pub(crate) fn all(self) -> impl Iterator<Item = (i64, i64)> {
        self.dealt(0, 1)
    }

    /// Every `of`-th of them, from that one on.
    fn dealt(self, first: usize, of: usize) -> impl Iterator<Item = (i64, i64)> {
        let starts = (0..self.last).step_by(usize::try_from(self.step).unwrap_or(usize::MAX));
        starts.skip(first).step_by(of).map(move |after| (after, after + self.step))
    }
}

/// What one thread read of one range.
#[derive(Debug)]
pub(crate) struct Part<T> {
    /// Which thread, from 0: what it has seen before stays its own.
    pub(crate) thread: usize,
    /// The range's last id.
    pub(crate) end: i64,
    pub(crate) read: T,
}

/// Reads every range with what `begin` made for the thread, and takes the parts in their order.
///
/// `ahead` is what [`Tx::ahead`] answered before the verb wrote anything; `read` may ask for what the verb has not changed only.
pub(crate) fn in_ranges<S, T: Send>(
    tx: &mut Tx<'_>,
    ahead: Option<Ahead<'_>>,
    ranges: Ranges,
    begin: impl Fn() -> S + Sync,
    read: impl Fn(&mut S, &Tx<'_>, (i64, i64)) -> Result<T> + Sync,
    mut take: impl FnMut(&mut Tx<'_>, Part<T>) -> Result<()>,
) -> Result<()> {
    if let Some(ahead) = ahead {
        let threads = ranges.all().take(ahead.threads).count();
        if threads > 1 && ahead.spread(tx, threads, ranges, &begin, &read, &mut take)? {
            return Ok(());
        }
    }
    let mut state = begin();
    for range in ranges.all() {
        let read = read(&mut state, tx, range)?;
        take(tx, Part { thread: 0, end: range.1, read })?;
    }
    Ok(())
}

/// How many things are made at a time, and how few are not worth a thread.
const MADE: usize = 256;

/// Makes something of every item and takes it, in the order of the items; up to the first that fails. See [`in_parts`].
pub(crate) fn in_turn<'i, I: Sync, T: Send>(
    ahead: Option<Ahead<'_>>,
    items: &'i [I],
    mut make: impl FnMut(&I) -> Result<T> + Send,
    mut take: impl FnMut(&'i I, T) -> Result<()>,
) -> Result<()> {
    let make = |part: &[I]| part.iter().map(&mut make).collect::<Vec<Result<T>>>();
    in_parts(ahead, items, make, |part, made| {
        part.iter().zip(made).try_for_each(|(item, made)| take(item, made?))
    })
}

/// Makes something of so many items at a time and takes it, in the order of the items. With `ahead`, a second thread makes the next part
/// while the calling thread takes this one: `make` knows only what it made before, so what comes out is the same.
pub(crate) fn in_parts<'i, I: Sync, T: Send>(
    ahead: Option<Ahead<'_>>,
    items: &'i [I],
    mut make: impl FnMut(&'i [I]) -> T + Send,
    mut take: impl FnMut(&'i [I], T) -> Result<()>,
) -> Result<()> {
    if ahead.is_some() && items.len() > MADE {
        let done = thread::scope(|scope| {
            // Two parts wait while the next is made: whoever is slower, memory is bounded.
            let (send, receive) = sync_channel(2);
            let make = &mut make;
            let work = move || {
                for part in items.chunks(MADE) {
                    if send.send(make(part)).is_err() {
                        break; // Nobody waits for it: the call has failed.
                    }
                }
            };
            thread::Builder::new().spawn_scoped(scope, work).ok()?;
            Some(
                items
                    .chunks(MADE)
                    .try_for_each(|part| take(part, receive.recv().map_err(|_| ended())?)),
            )
        });
        if let Some(done) = done {
            return done;
        }
        // The machine gives no more threads.
    }
    items.chunks(MADE).try_for_each(|part| take(part, make(part)))
}

fn ended() -> Error {
    Error::bug("a thread ended before its work")
}

impl Ahead<'_> {
    /// Whether it could be done: a machine may give no more threads.
    fn spread<S, T: Send>(
        self,
        tx: &mut Tx<'_>,
        threads: usize,
        ranges: Ranges,
        begin: &(impl Fn() -> S + Sync),
        read: &(impl Fn(&mut S, &Tx<'_>, (i64, i64)) -> Result<T> + Sync),
        take: &mut impl FnMut(&mut Tx<'_>, Part<T>) -> Result<()>,
    ) -> Result<bool> {
        thread::scope(|scope| {
            let mut parts = Vec::with_capacity(threads);
            for thread in 0..threads {
                // One part waits while the next is read: memory is bounded whoever is slower.
                let (send, receive) = sync_channel(1);
                let stop = self.stop.twin();
                let work = move || {
                    let done = self.handle.look(&stop, self.now, |tx| {
                        let mut state = begin();
                        for range in ranges.dealt(thread, threads) {
                            let part = read(&mut state, tx, range)?;
                            if send.send(Ok(part)).is_err() {
                                break; // Nobody waits for it: the call has failed.
                            }
                        }
                        Ok(())
                    });
                    if let Err(error) = done {
                        let _ = send.send(Err(error));
                    }
                };
                if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    return Ok(false);
                }
                parts.push(receive);
            }
            for (at, (_, end)) in ranges.all().enumerate() {
                let thread = at % threads;
                let read = tx.wait_for(&parts[thread])?;
                take(tx, Part { thread, end, read })?;
            }
            Ok(true)
        })
    }
}

impl<'c> Tx<'c> {
    /// Readers of the state in which this transaction began, if there are any; to be asked for before the verb writes.
    pub(crate) const fn ahead(&self) -> Option<Ahead<'c>> {
        self.ahead
    }

    /// The next part. The host is asked each time, since it is the threads that do the steps.
    fn wait_for<T>(&self, part: &Receiver<Result<T>>) -> Result<T> {
        loop {
            self.stop.ask()?;
            match part.recv_timeout(PATIENCE) {
                Ok(read) => return read,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(ended());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_every_id_once_however_they_are_dealt() {
        let ranges = Ranges { last: 11, step: 5 };
        let all: Vec<_> = ranges.all().collect();
        assert_eq!(all, [(0, 5), (5, 10), (10, 15)]);
        for threads in 1..5 {
            let mut dealt: Vec<_> =
                (0..threads).flat_map(|thread| ranges.dealt(thread, threads)).collect();
            dealt.sort_unstable();
            assert_eq!(dealt, all, "{threads} threads");
        }
        assert_eq!(Ranges { last: 0, step: 5 }.all().count(), 0);
    }
}
