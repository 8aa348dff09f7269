//! A session: one database as one user; and its transactions.

use std::sync::Arc;

use crm_core::{Result, Session, Timestamp, UserId, UserRef};

use crate::desk::nothing;
use crate::edge::abi::{CrmDb, CrmError, CrmSession, CrmStatus, CrmStr};
use crate::edge::handle::Handle;
use crate::edge::{Out, array, guard, optional_text, release, take};

impl Handle for CrmSession {
    type Object = Open;
    const KIND: usize = 2;
    const NAME: &'static str = "crm_session";
    const WORKS: bool = true;
}

/// A session that ends with its handle, whatever other calls still hold.
#[derive(Debug)]
pub(crate) struct Open(Session);

impl std::ops::Deref for Open {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.0
    }
}

fn open(
    db: *const CrmDb,
    user: Result<Option<UserRef>>,
    now_micros: *const i64,
    out: *mut *mut CrmSession,
) -> Result<()> {
    let out = Out::at(out, "out")?;
    let count = usize::from(!now_micros.is_null());
    let now = array(now_micros, count, "now_micros")?.first();
    let now = now.map(|micros| Timestamp::from_micros(*micros)).transpose()?;
    out.hand(Arc::new(Open(take(db)?.session(user?, now)?)));
    Ok(())
}

/// The database as the user with that login; empty: the administrator. `now_micros` may be null (the clock) or point to the moment
/// that the session takes for now, in microseconds since 1970-01-01T00:00:00Z. End `out` with `crm_session_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_session_open(
    db: *const CrmDb,
    user_login: CrmStr,
    now_micros: *const i64,
    out: *mut *mut CrmSession,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let login = optional_text(user_login, "user_login");
        let user = login.map(|login| login.map(|login| UserRef::Login(login.to_owned())));
        open(db, user, now_micros, out)
    })
}

/// The database as the user with that id. The rest is as for `crm_session_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_session_open_id(
    db: *const CrmDb,
    user_id: i64,
    now_micros: *const i64,
    out: *mut *mut CrmSession,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || open(db, Ok(Some(UserRef::Id(UserId(user_id)))), now_micros, out))
}

/// Ends a session; what an open `crm_begin` did is undone. Null is fine; twice is `CRM_E_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_session_close(session: *mut CrmSession) -> CrmStatus {
    guard(std::ptr::null_mut(), || {
        if !session.is_null() {
            let open = take(session.cast_const())?;
            release(session.cast_const())?;
            open.close();
        }
        Ok(())
    })
}

/// Joins the verbs that follow, until `crm_commit` or `crm_rollback`, in one transaction. It belongs to the calling thread: on this
/// session others are told `CRM_E_CONFLICT` until it ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_begin(
    session: *const CrmSession,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, Session::begin)
}

/// Keeps what was done since `crm_begin`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_commit(
    session: *const CrmSession,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, Session::commit)
}

/// Undoes what was done since `crm_begin`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rollback(
    session: *const CrmSession,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, Session::rollback)
}
