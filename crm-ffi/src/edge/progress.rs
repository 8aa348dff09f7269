//! Calls back into the host while long work runs.

use std::ffi::c_void;

/// Told how far long work is; `false` cancels it, and nothing is written. It is called on the calling thread, sometimes within a
/// transaction: it must not call the same database, throw, or jump. `total` is 0 when it is not known.
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
        // SAFETY: a function of the caller's with this signature, called during the call it was given to.
        self.call.is_none_or(|call| unsafe { call(self.user_data, done, total) })
    }
}
