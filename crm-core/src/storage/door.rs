//! Openings: the same file opened many times is one database, and each opening is closed for itself.
//!
//! Web hosts open a file per request, in many threads; the first to close must not close it under the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::base::{Error, ErrorKind, Result};
use crate::storage::handle::{Handle, lock};
use crate::storage::opening::OPEN_FILES;

/// One opening of a database, which many may have open at once: who closes theirs does not close it for the others.
#[derive(Debug)]
pub(crate) struct Door {
    handle: Arc<Handle>,
    closed: AtomicBool,
}

impl Door {
    pub(super) fn new(handle: Arc<Handle>) -> Arc<Self> {
        handle.openings.fetch_add(1, Ordering::AcqRel);
        Arc::new(Self { handle, closed: AtomicBool::new(false) })
    }

    /// The database, whether or not it was closed.
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The database, if neither it nor this opening was closed.
    pub(crate) fn open_handle(&self) -> Result<&Handle> {
        if self.is_closed() {
            return Err(Error::new(ErrorKind::Closed, "this database was closed"));
        }
        Ok(&self.handle)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire) || self.handle.is_closed()
    }

    /// Ends what runs now.
    pub(crate) fn interrupt(&self) {
        self.handle.interrupt();
    }

    /// Closes this opening, and the database with the last of them. Closing twice is fine.
    pub(crate) fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let last = {
            // Nobody finds the database open and takes part in it between the two lines.
            let _files = lock(&OPEN_FILES);
            self.handle.openings.fetch_sub(1, Ordering::AcqRel) == 1
                && !self.handle.closed.swap(true, Ordering::AcqRel)
        };
        if last {
            self.handle.end();
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Acquire) {
            self.handle.openings.fetch_sub(1, Ordering::AcqRel);
        }
    }
}
