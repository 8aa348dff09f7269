//! Which library this is, and small helps for text.

use std::ffi::c_char;

use crate::edge::abi::{CRM_ABI_VERSION, CrmStr};
use crate::edge::guard::guard_or_default;
use crate::edge::text::from_c;

/// The number of the library's ABI; a program that was compiled with another `CRM_ABI_VERSION` must not go on.
#[unsafe(no_mangle)]
pub extern "C" fn crm_abi_version() -> u32 {
    CRM_ABI_VERSION
}

/// The library's version, such as "0.1.0"; lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn crm_version_string() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// A NUL-terminated string as a `crm_str` that borrows it; null is the empty text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cstr(text: *const c_char) -> CrmStr {
    guard_or_default(|| Ok(from_c(text)))
}
