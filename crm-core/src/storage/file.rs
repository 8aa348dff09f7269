//! Files of the host's file system: which file a path means, and writing one so that nobody's file is lost.
//!
//! What is written gets a name of its own beside its target, made for this call alone, and takes the target's name when it is whole:
//! a call that fails leaves every file as it was. A database is known by the file that its path means, not by its spelling (on Unix
//! by device and inode; elsewhere by its full path, so that a file put in another's place while that is open is taken for it).

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::error::storage_code;
use crate::base::{Error, ErrorKind, Result};
use crate::storage::handle::lock;
use crate::storage::opening::OPEN_FILES;
use crate::storage::sqlite::APPLICATION_ID;

/// What tells one database from another, however it was called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A file, by its device and inode.
    #[cfg(unix)]
    File(u64, u64),
    /// What is known by its name only: a server's database, and files elsewhere than on Unix.
    #[cfg(any(not(unix), feature = "postgres"))]
    Named(PathBuf),
}

impl Place {
    /// The file that a path means now; none, if there is none.
    #[cfg(unix)]
    pub(crate) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        path.metadata().ok().map(|file| Self::File(file.dev(), file.ino()))
    }

    /// The file that a path means now; none, if there is none.
    #[cfg(not(unix))]
    pub(crate) fn of(path: &Path) -> Option<Self> {
        path.canonicalize().ok().map(Self::Named)
    }
}

/// A path that can name a file.
pub(crate) fn checked(path: &Path, field: &str) -> Result<()> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let why = if bytes.is_empty() {
        "the path is empty"
    } else if bytes.contains(&0) {
        "a path cannot contain NUL"
    } else if bytes == b":memory:" {
        "\":memory:\" is no file; give a file's path"
    } else {
        return Ok(());
    };
    Err(Error::invalid(field, format!("{field}: {why}")))
}

/// A file's companion: its name with an ending.
pub(crate) fn companion(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The endings of the files that the engine keeps beside a database.
pub(crate) const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Makes the file of a new database, which is still empty; whether it was this call that made it.
pub(crate) fn claim(path: &Path) -> Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(path, &error)),
    }
}

/// A failure of the file system as the storage's.
pub(crate) fn failed(path: &Path, error: &io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => storage_code::FULL,
        _ => storage_code::READ_ONLY,
    };
    Error::storage(code, format!("{}: {error}", path.display()))
}

/// Removes a database that could not be finished, with its companions.
pub(crate) fn remove_database(path: &Path) {
    for ending in COMPANIONS {
        let _ = std::fs::remove_file(companion(path, ending));
    }
    let _ = std::fs::remove_file(path);
}

/// A new file beside a target, under a name that nobody has; removed unless it takes the target's place.
#[derive(Debug)]
pub(crate) struct Beside {
    path: PathBuf,
    placed: bool,
}

impl Beside {
    /// Makes the file, and fails rather than touch another.
    pub(crate) fn new(target: &Path) -> io::Result<(Self, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!(".crm-{}-{number}.part", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self { path, placed: false }, file)),
                // Left by a process of the same number that was killed; the next number is as good.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the target's place, over the file that is there.
    fn replace(mut self, target: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, target)?;
        self.placed = true;
        Ok(())
    }

    /// Takes the target's name unless a file has it.
    pub(crate) fn take_name(mut self, target: &Path) -> io::Result<()> {
        match std::fs::hard_link(&self.path, target) {
            Ok(()) => Ok(()), // The name beside it goes as this is dropped.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without links: looking first is the best there is.
            Err(_) if target.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => {
                std::fs::rename(&self.path, target)?;
                self.placed = true;
                Ok(())
            }
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.placed {
            remove_database(&self.path);
        }
    }
}

/// Writes the file at `target`: whole, in place of what was there, with its mode; what a link points to; into a pipe or a device
/// itself. An open database and any crm file are refused.
pub(crate) fn write<T>(target: &Path, work: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    checked(target, "target")?;
    let broken = |error: io::Error| {
        Error::new(ErrorKind::Host, format!("{}: {error}", target.display())).with_field("target")
    };
    let target = &followed(target).map_err(broken)?;
    let before = match target.metadata() {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(broken(error)),
    };
    if before.as_ref().is_some_and(|file| !file.is_file()) {
        return through(target, work);
    }
    refuse_database(target, before.is_some())?;
    let (beside, file) = Beside::new(target).map_err(broken)?;
    let mut buffered = io::BufWriter::with_capacity(1 << 16, file);
    let done = work(&mut buffered)?;
    let file = buffered.into_inner().map_err(|error| broken(error.into_error()))?;
    if let Some(before) = before {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            // Only the superuser can give a file away; for anyone else it stays their own.
            let _ = std::os::unix::fs::fchown(&file, Some(before.uid()), Some(before.gid()));
        }
        file.set_permissions(before.permissions()).map_err(broken)?;
    }
    file.sync_all().map_err(broken)?;
    drop(file);
    beside.replace(target).map_err(broken)?;
    Ok(done)
}

/// Writes into a pipe or a device, which has no contents to lose.
fn through<T>(target: &Path, work: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    let broken = |error: io::Error| {
        Error::new(ErrorKind::Host, format!("{}: {error}", target.display())).with_field("target")
    };
    #[cfg(unix)]
    let flows = {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = target.metadata().map_err(broken)?.file_type();
        kind.is_fifo() || kind.is_char_device()
    };
    #[cfg(not(unix))]
    let flows = false;
    if !flows {
        let message = format!("target: {} is no file that can be written", target.display());
        return Err(Error::invalid("target", message));
    }
    let file = OpenOptions::new().write(true).open(target).map_err(broken)?;
    let mut buffered = io::BufWriter::with_capacity(1 << 16, file);
    let done = work(&mut buffered)?;
    buffered.flush().map_err(broken)?;
    Ok(done)
}

/// Where a path leads, also if nothing is there yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..40 {
        if !path.symlink_metadata().is_ok_and(|file| file.file_type().is_symlink()) {
            return Ok(path);
        }
        let link = path.read_link()?;
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    Err(io::Error::other("a link that leads to itself"))
}

/// Refuses to write over a database, its companions, and what cannot be written.
fn refuse_database(target: &Path, exists: bool) -> Result<()> {
    let refuse = |what: &str| {
        let message = format!("target: {} is {what}; give another path", target.display());
        Err(Error::conflict(message).with_field("target"))
    };
    let name = target.as_os_str().as_encoded_bytes();
    // Looked up and read under one lock: a database that were opened in between would lose its locks when it is closed here.
    let files = lock(&OPEN_FILES);
    let is_open = |path: &Path| {
        let open = Place::of(path).and_then(|id| files.get(&id)?.upgrade());
        open.is_some_and(|open| !open.is_closed())
    };
    for ending in COMPANIONS {
        if let Some(stem) = name.strip_suffix(ending.as_bytes())
            && let Ok(stem) = std::str::from_utf8(stem)
            && (is_open(Path::new(stem)) || is_ours(Path::new(stem)).unwrap_or(false))
        {
            return refuse("a part of a crm file");
        }
    }
    if !exists {
        return Ok(());
    }
    if is_open(target) {
        return refuse("an open database");
    }
    let broken = |error: io::Error| {
        Error::new(ErrorKind::Host, format!("{}: {error}", target.display())).with_field("target")
    };
    OpenOptions::new().write(true).open(target).map_err(broken)?;
    if is_ours(target).map_err(broken)? {
        return refuse("a crm file");
    }
    Ok(())
}

/// Whether a file bears our mark.
fn is_ours(path: &Path) -> io::Result<bool> {
    let mut header = Vec::with_capacity(72);
    match File::open(path) {
        Ok(file) => file.take(72).read_to_end(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(false),
        Err(error) => return Err(error),
    };
    let mark = header.get(68..72).and_then(|mark| mark.try_into().ok()).map(u32::from_be_bytes);
    Ok(header.starts_with(b"SQLite format 3\0") && mark.map(i64::from) == Some(APPLICATION_ID))
}
