//! Copying an open database to a new file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::base::{Error, Result};
use crate::storage::Right;
use crate::storage::file::{self, Beside};
use crate::storage::handle::{File, Handle};
use crate::storage::sqlite::{self, Target};
use crate::storage::stop::Caller;

/// Lets another writer end before a backup goes on.
#[expect(clippy::disallowed_methods, reason = "a backup's steps know no busy timeout of their own")]
fn wait_for_writer() {
    std::thread::sleep(Duration::from_millis(10));
}

impl Handle {
    /// Copies the whole database to a new file while it is in use.
    pub(crate) fn backup(
        &self,
        path: &Path,
        tick: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        self.check_open()?;
        let Some(file) = self.file() else {
            let message =
                "path: a server's database is backed up by its own tools, such as pg_dump --schema";
            return Err(Error::invalid("path", message));
        };
        file::checked(path, "path")?;
        let taken = || {
            let what = "a file of that name exists; a backup never overwrites";
            Error::conflict(format!("{}: {what}", path.display())).with_field("path")
        };
        if path.symlink_metadata().is_ok() {
            return Err(taken());
        }
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => taken(),
            _ => file::failed(path, &error),
        };
        let (beside, made) = Beside::new(path).map_err(failed)?;
        drop(made);
        let stop = self.stop(&Caller::default());
        self.copy_to(file, beside.path(), &mut |done, total| {
            stop.ask()?;
            tick(done, total)
        })?;
        stop.ask()?;
        beside.take_name(path).map_err(failed)
    }

    fn copy_to(
        &self,
        file: &File,
        path: &Path,
        tick: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = Connection::open_with_flags(path, flags).map_err(sqlite::error)?;
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
        if file.target == Target::Memory {
            let mut lent = self.take(Right::Read)?;
            step(lent.conn().file()?, &mut copy, tick)?;
        } else {
            step(file.connect_reader(&self.opening)?.file()?, &mut copy, tick)?;
        }
        copy.pragma_update(None, "journal_mode", "DELETE").map_err(sqlite::error)
    }
}
