//! One way in for every function: panics become [`CRM_E_BUG`](super::abi::CRM_E_BUG), answers are written on success only.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;

use crm_core::{Error, ErrorKind, Result};

use crate::edge::abi::{CRM_OK, CrmError, CrmStatus};
use crate::edge::error::report;
use crate::edge::handle::{Handle, hand_out};

/// Runs the body of an exported function. A panic ends there: the host sees a status and an error.
pub(crate) fn guard(err: *mut *mut CrmError, body: impl FnOnce() -> Result<()>) -> CrmStatus {
    // The body's references end with it, and what it shares is behind locks that survive a panic.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => CRM_OK,
        Ok(Err(error)) => report(error, err),
        Err(payload) => report(Error::bug(format!("panic: {}", words(&*payload))), err),
    }
}

/// Runs the body of a function that cannot fail for the caller: nonsense and panics give the type's zero.
pub(crate) fn guard_or_default<T: Default>(body: impl FnOnce() -> Result<T>) -> T {
    catch_unwind(AssertUnwindSafe(body)).ok().and_then(Result::ok).unwrap_or_default()
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// A place of the caller's for one answer. It is checked before any work, and written at the very end.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// The place at `pointer`, called `name` in the header.
    pub(crate) fn at(pointer: *mut T, name: &str) -> Result<Self> {
        match NonNull::new(pointer) {
            Some(place) if place.is_aligned() => Ok(Self(place)),
            Some(_) => Err(Error::new(ErrorKind::Invalid, format!("{name} is not aligned"))),
            None => Err(Error::new(ErrorKind::Invalid, format!("{name} is null"))),
        }
    }

    /// Writes the answer.
    pub(crate) fn give(self, value: T) {
        // SAFETY: not null and aligned; the caller promised that it can be written.
        unsafe { self.0.write(value) };
    }
}

impl<H: Handle> Out<*mut H> {
    /// Gives the caller a handle to the object; the caller releases it.
    pub(crate) fn hand(self, object: impl Into<Arc<H::Object>>) {
        self.give(hand_out(object.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::handle::{release, take};

    #[test]
    fn a_panic_becomes_a_code_and_a_message() {
        let mut err = std::ptr::null_mut();
        let status = guard(&raw mut err, || panic!("the {} fell over", "scale"));
        let error = take(err.cast_const()).unwrap();
        assert_eq!((status, error.error.message()), (999, "panic: the scale fell over"));
        release(err.cast_const()).unwrap();
        assert_eq!(guard_or_default::<u64>(|| panic!("again")), 0);
    }

    #[test]
    fn without_a_place_for_the_error_the_status_remains() {
        let refuse = || Err(Error::denied("not yours"));
        assert_eq!(guard(std::ptr::null_mut(), refuse), 300);
    }

    #[test]
    fn a_place_must_exist_before_any_work_is_done() {
        let message = |pointer: *mut u64| Out::at(pointer, "out").err().unwrap().to_string();
        assert_eq!(message(std::ptr::null_mut()), "out is null");
        assert_eq!(message(std::ptr::without_provenance_mut(3)), "out is not aligned");
    }
}
