//! Calls back into the host while long work runs.

use std::cell::Cell;
use std::ffi::c_void;

use crm_core::{Error, Result};

thread_local! {
    /// Whether this thread is in a callback of the host, within a call of ours.
    static CALLED_BACK: Cell<bool> = const { Cell::new(false) };
}

/// Refuses a call out of a callback: it would wait for the call that waits for it, or end what that one works on.
pub(crate) fn not_called_back() -> Result<()> {
    if !CALLED_BACK.get() {
        return Ok(());
    }
    let told =
        "a callback cannot call the library that is calling it; note it, and call afterwards";
    Err(Error::conflict(told))
}

/// Told how far long work is; `false` cancels it, and nothing is written. It is called on the calling thread, sometimes within a
/// transaction: calls on a database or a session answer `CRM_E_CONFLICT` there, except `crm_interrupt`; it must not throw or jump.
/// `total` is 0 when it is not known.
pub type CrmProgressFn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, done: u64, total: u64) -> bool>;

/// The host's callback, if it gave one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callback {
    pub(crate) call: CrmProgressFn,
    pub(crate) user_data: *mut c_void,
}

impl Callback {
    /// Whether to go on.
    pub(crate) fn tell(self, done: u64, total: u64) -> bool {
        struct Leave(bool);
        impl Drop for Leave {
            fn drop(&mut self) {
                CALLED_BACK.set(self.0);
            }
        }
        let _leave = Leave(CALLED_BACK.replace(true));
        // SAFETY: a function of the caller's with this signature, called during the call it was given to.
        self.call.is_none_or(|call| unsafe { call(self.user_data, done, total) })
    }
}
