//! How databases are opened: the options, and the files that are open in this process, each once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use crate::base::error::storage_code;
use crate::base::{Error, Result};
use crate::storage::door::Door;
use crate::storage::file::{self, Place};
use crate::storage::handle::{Handle, lock};
use crate::storage::sqlite::{self, Target};
use crate::storage::{Settle, Tx};

/// How a database is opened.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) busy: Duration,
    pub(crate) full_sync: bool,
    /// Threads that may read at once for one call; 0: as many as the machine runs.
    pub(crate) threads: u32,
    /// Whether any other way in which it is open already will do.
    pub(crate) joins: bool,
    pub(crate) settle: Settle,
    /// Reckons what a step of the schema leaves to the program, once for each file from before.
    pub(crate) renew: fn(&mut Tx<'_>) -> Result<()>,
}

impl Opening {
    /// One database has one way of being open: whoever asks for another is told, rather than given what they did not ask for.
    fn same_as(&self, open: &Self) -> Result<()> {
        let option = match () {
            () if self.joins => return Ok(()),
            () if self.busy != open.busy => "busy_timeout_ms",
            () if self.full_sync != open.full_sync => "full_sync",
            () if self.threads != open.threads => "threads",
            () => return Ok(()),
        };
        let what = "the database is open in this process with another value; give the same";
        Err(Error::conflict(format!("{option}: {what}")).with_field(option))
    }
}

/// Files that are open in this process: the same file opened twice shares one handle, since a second set of POSIX locks would
/// drop the first.
///
/// A tree, which can stand here without being made first; entries of closed files go when the next file is opened.
pub(super) static OPEN_FILES: Mutex<BTreeMap<Place, Weak<Handle>>> = Mutex::new(BTreeMap::new());

impl Handle {
    /// Opens or creates a database; `created` runs in the transaction that creates it.
    pub(crate) fn open(
        target: &str,
        opening: &Opening,
        created: impl FnOnce(&mut Tx<'_>) -> Result<()>,
    ) -> Result<Arc<Door>> {
        let target = Target::parse(target)?;
        let known = |target: &Target| match target {
            Target::Memory => None,
            Target::File(path) => Place::of(path),
            // The same URL, the same database: who opens it for every request shares its connections.
            #[cfg(feature = "postgres")]
            Target::Server(url) => Some(Place::Named(url.into())),
        };
        if target == Target::Memory {
            return Self::open_new(target, opening, created).map(Door::new);
        }
        let mut files = lock(&OPEN_FILES);
        files.retain(|_, known| known.strong_count() > 0);
        let joined = |files: &BTreeMap<Place, Weak<Self>>| {
            let open = known(&target).and_then(|place| files.get(&place)?.upgrade());
            open.filter(|open| !open.is_closed())
                .map(|open| opening.same_as(&open.opening).map(|()| Door::new(open)))
                .transpose()
        };
        if let Some(door) = joined(&files)? {
            return Ok(door);
        }
        let handle = match &target {
            Target::File(path) => {
                let made = file::claim(path)?;
                let opened = sqlite::inspect(path)
                    .and_then(|()| refuse_left_log(path, &files))
                    .and_then(|()| Self::open_new(target.clone(), opening, created));
                opened.inspect_err(|error| {
                    // Another process that found the new file may be the one that has it now.
                    if made && error.code() != storage_code::BUSY {
                        file::remove_database(path);
                    }
                })?
            }
            _ => {
                // A server may be long in answering: who opens something else meanwhile does not wait for it.
                drop(files);
                let handle = Self::open_new(target.clone(), opening, created)?;
                files = lock(&OPEN_FILES);
                if let Some(door) = joined(&files)? {
                    return Ok(door);
                }
                handle
            }
        };
        if let Some(place) = known(&target) {
            files.insert(place, Arc::downgrade(&handle));
        }
        Ok(Door::new(handle))
    }
}

/// Refuses a file in whose place another stood that is still open here: the other's log of changes would be taken for its own.
fn refuse_left_log(path: &Path, files: &BTreeMap<Place, Weak<Handle>>) -> Result<()> {
    let was_here = |open: Arc<Handle>| {
        let Some(file) = open.file().filter(|_| !open.is_closed()) else { return false };
        let Target::File(other) = &file.target else { return false };
        other.file_name() == path.file_name() && file.check_place().is_err()
    };
    let replaced = files.values().filter_map(Weak::upgrade).any(was_here);
    let is_new = path.metadata().is_ok_and(|file| file.len() == 0);
    if !replaced || is_new || !file::companion(path, "-wal").exists() {
        return Ok(());
    }
    let what = "the file that stood here before is still open, and its \"-wal\" beside; close it, and put this file there again";
    Err(Error::conflict(format!("{}: {what}", path.display())).with_field("target"))
}
