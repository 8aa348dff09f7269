//! A database: open, close, back up, verify, interrupt, follow.

use std::ffi::c_void;
use std::path::Path;
use std::sync::Arc;

use crm_core::{Crm, CrmOptions, Error, FieldKind, Frame, Progress, RecordKind, Result, Value};

use crate::desk::size;
use crate::edge::abi::{CrmDb, CrmError, CrmFrame, CrmStatus, CrmStr};
use crate::edge::handle::{Handle, take_aside};
use crate::edge::option::{
    CRM_OPEN_BARE, CRM_OPEN_FULL_SYNC, CrmOpenOptions, init, known_bits, read,
};
use crate::edge::progress::{Callback, CrmProgressFn, not_called_back};
use crate::edge::{Out, guard, optional_text, release, take, text};

impl Handle for CrmDb {
    type Object = Crm;
    const KIND: usize = 1;
    const NAME: &'static str = "crm_db";
    const WORKS: bool = true;
}

/// A path that a caller wrote.
pub(crate) fn path<'a>(given: CrmStr, name: &str) -> Result<&'a str> {
    let path = text(given, name)?;
    if path.is_empty() || path.contains('\0') {
        return Err(Error::invalid(name, format!("{name}: {path:?} is no path")));
    }
    Ok(path)
}

fn options(given: *const CrmOpenOptions) -> Result<CrmOptions> {
    let given = read(given)?;
    known_bits(given.flags, CRM_OPEN_BARE | CRM_OPEN_FULL_SYNC, "flags")?;
    let mut options = CrmOptions::default();
    if let Some(currency) = optional_text(given.currency, "currency")? {
        currency.clone_into(&mut options.currency);
    }
    options.default_data = given.flags & CRM_OPEN_BARE == 0;
    options.full_sync = given.flags & CRM_OPEN_FULL_SYNC != 0;
    options.busy_timeout_ms = given.busy_timeout_ms;
    options.threads = given.threads;
    Ok(options)
}

/// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_open_options_init(options: *mut CrmOpenOptions, struct_size: usize) {
    init(options, struct_size);
}

/// Opens a database, and makes it if it is not there. `target` is a path or ":memory:"; `options` may be null. End `out` with
/// `crm_db_release`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_open(
    target: CrmStr,
    options: *const CrmOpenOptions,
    out: *mut *mut CrmDb,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        not_called_back()?;
        let options = self::options(options)?;
        out.hand(Arc::new(Crm::open_with(path(target, "target")?, &options)?));
        Ok(())
    })
}

/// Closes the database for everyone, now: later calls on it and on its sessions answer `CRM_E_CLOSED`. Twice is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_close(db: *const CrmDb, err: *mut *mut CrmError) -> CrmStatus {
    guard(err, || {
        take(db)?.close();
        Ok(())
    })
}

/// Ends the handle; the database stays open until its last session is closed. Null is fine; twice is `CRM_E_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_db_release(db: *mut CrmDb) -> CrmStatus {
    guard(std::ptr::null_mut(), || release(db.cast_const()))
}

/// Stops what is running on the database, from any thread; it answers `CRM_E_CANCELLED` and has changed nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_interrupt(db: *const CrmDb, err: *mut *mut CrmError) -> CrmStatus {
    guard(err, || {
        take_aside(db)?.interrupt();
        Ok(())
    })
}

/// Copies the database into a new file while it is in use; a file of that name is never overwritten (`CRM_E_CONFLICT`). `progress`
/// may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_backup(
    db: *const CrmDb,
    target: CrmStr,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let host = Callback { call: progress, user_data };
        let mut tell = |done, total| host.tell(done, total);
        let target = Path::new(path(target, "target")?);
        take(db)?.backup(target, &mut Progress::new(&mut tell))
    })
}

/// Moves a whole database to another place, which must hold none (`CRM_E_CONFLICT`): from a file to a server, back, or between two of a
/// kind. `from` and `to` are what `crm_open` takes, but for ":memory:". Ids, history and the feed's numbers are kept. `progress` may be
/// null; it counts rows, each as it is written and as it is read back. `out` has a row per table: `table`, `rows`, `digest`, which is
/// the same for the same content everywhere. After a failure `to` holds nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_copy(
    from: CrmStr,
    to: CrmStr,
    progress: CrmProgressFn,
    user_data: *mut c_void,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        not_called_back()?;
        let host = Callback { call: progress, user_data };
        let mut tell = |done, total| host.tell(done, total);
        let (from, to) = (path(from, "from")?, path(to, "to")?);
        let report = crm_core::copy(from, to, &mut Progress::new(&mut tell))?;
        out.hand(Arc::new(report.into()));
        Ok(())
    })
}

/// What is wrong with the database, in words: a table with the column `problem`, one row each; no rows: it is sound.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_verify(
    db: *const CrmDb,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.hand(Arc::new(problems(take(db)?.verify()?).into()));
        Ok(())
    })
}

/// Counts anew what is kept beside the leads, for boards, forecasts and scores; `out` says what was wrong with it, as `crm_verify`
/// does. Leads are never changed; damage of the file itself is not mended, that takes a backup.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_repair(
    db: *const CrmDb,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.hand(Arc::new(problems(take(db)?.repair()?).into()));
        Ok(())
    })
}

fn problems(words: Vec<String>) -> Frame {
    let mut frame = Frame::new([("problem", FieldKind::Text)]);
    words.into_iter().for_each(|problem| frame.push([Value::Text(problem)]));
    frame
}

/// What happened after the entry `after` (0: from the start), at most `limit` entries: a table with the columns `seq`, `date`,
/// `user_id`, `event`, `record_kind`, `record_id`, `data` (JSON).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_feed(
    db: *const CrmDb,
    after: i64,
    limit: i64,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let mut frame = Frame::new([
            ("seq", FieldKind::Int),
            ("date", FieldKind::Time),
            ("user_id", FieldKind::Ref(RecordKind::User)),
            ("event", FieldKind::Text),
            ("record_kind", FieldKind::Text),
            ("record_id", FieldKind::Int),
            ("data", FieldKind::Text),
        ]);
        for entry in take(db)?.feed(after, size(limit, "limit")?)? {
            frame.push([
                entry.seq.into(),
                entry.date.into(),
                entry.user_id.into(),
                entry.event.into(),
                entry.subject.map(|subject| subject.kind.name()).into(),
                entry.subject.map(|subject| subject.id).into(),
                entry.data.into(),
            ]);
        }
        out.hand(Arc::new(frame.into()));
        Ok(())
    })
}
