//! How a connection is told to stop: what runs on it ends, and nothing that is asked on it later.
//!
//! A server is told on another connection, and forgets it if the one that is meant does nothing just then. So whoever tells holds a
//! lock from choosing until the server has answered, and a connection that was told waits for that lock before it asks anything more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio_postgres::CancelToken;

use crate::storage::handle::lock;

/// Held while somebody tells connections of one handle to stop.
pub(super) type Telling = Arc<Mutex<()>>;

/// What other threads know of a connection.
pub(super) struct Ear {
    telling: Telling,
    /// Whether it was told and has asked nothing since.
    told: AtomicBool,
    /// Whether it begins or ends a part of a transaction, or takes it back, which nobody stops.
    deaf: AtomicBool,
    /// The server's process, so that no other is meant.
    pub(super) process: String,
    pub(super) token: CancelToken,
}

impl Ear {
    pub(super) fn new(telling: &Telling, process: String, token: CancelToken) -> Arc<Self> {
        let (told, deaf) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { telling: Arc::clone(telling), told, deaf, process, token })
    }

    /// Whether it is to be told; who asks holds the lock until the server has answered.
    pub(super) fn tell(&self) -> bool {
        let hears = !self.deaf.load(Ordering::Acquire);
        if hears {
            self.told.store(true, Ordering::Release);
        }
        hears
    }

    /// Before anything is asked: lets the server hear first what was told.
    pub(super) fn listen(&self) {
        if self.told.swap(false, Ordering::AcqRel) {
            drop(lock(&self.telling));
        }
    }

    /// Nobody tells it anything until what this answers is dropped.
    pub(super) fn deafen(&self) -> Deaf<'_> {
        let telling = lock(&self.telling);
        self.deaf.store(true, Ordering::Release);
        drop(telling);
        Deaf(self)
    }
}

/// See [`Ear::deafen`].
pub(super) struct Deaf<'e>(&'e Ear);

impl Drop for Deaf<'_> {
    fn drop(&mut self) {
        self.0.deaf.store(false, Ordering::Release);
    }
}
