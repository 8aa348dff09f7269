//! Text across the border: UTF-8 with a length, checked on the way in, ended by a NUL on the way out.

use std::ffi::c_char;

use crm_core::{Error, ErrorKind, Result};

use crate::edge::abi::CrmStr;

/// The text that a caller lends for one call.
pub(crate) fn text<'a>(given: CrmStr, name: &str) -> Result<&'a str> {
    if given.data.is_null() {
        if given.len == 0 {
            return Ok("");
        }
        let message = format!("{name}: {} bytes of text at null", given.len);
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    if isize::try_from(given.len).is_err() {
        return Err(Error::new(ErrorKind::Invalid, format!("{name}: no text is that long")));
    }
    // SAFETY: not null, of a possible length; the caller promised that these bytes can be read during the call, which is as long
    // as the result is used: it never leaves the exported function.
    let bytes = unsafe { std::slice::from_raw_parts(given.data.cast::<u8>(), given.len) };
    std::str::from_utf8(bytes).map_err(|wrong| {
        let message = format!("{name}: no UTF-8 from byte {}", wrong.valid_up_to());
        Error::new(ErrorKind::Invalid, message)
    })
}

/// As [`text`]; the empty text is none.
pub(crate) fn optional_text<'a>(given: CrmStr, name: &str) -> Result<Option<&'a str>> {
    Ok(Some(text(given, name)?).filter(|text| !text.is_empty()))
}

/// A C string as borrowed text.
pub(crate) fn from_c(pointer: *const c_char) -> CrmStr {
    if pointer.is_null() {
        return EMPTY;
    }
    // SAFETY: not null; the caller promised a NUL-terminated string.
    let len = unsafe { std::ffi::CStr::from_ptr(pointer) }.count_bytes();
    CrmStr { data: pointer, len }
}

/// The empty text of the library's own.
pub(crate) const EMPTY: CrmStr = CrmStr { data: c"".as_ptr(), len: 0 };

impl Default for CrmStr {
    fn default() -> Self {
        EMPTY
    }
}

/// Text kept for the caller, with a NUL behind it.
#[derive(Debug)]
pub(crate) struct Owned(Box<str>);

impl Owned {
    pub(crate) fn new(text: &str) -> Self {
        let mut ended = String::with_capacity(text.len() + 1);
        ended.push_str(text);
        ended.push('\0');
        Self(ended.into_boxed_str())
    }

    /// The text, lent for as long as `self` lives.
    pub(crate) fn lend(&self) -> CrmStr {
        CrmStr { data: self.0.as_ptr().cast(), len: self.0.len() - 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lent(bytes: &[u8]) -> CrmStr {
        CrmStr { data: bytes.as_ptr().cast(), len: bytes.len() }
    }

    #[test]
    fn what_comes_in_is_utf8_of_a_possible_length() {
        assert_eq!(text(lent("Chloé\0x".as_bytes()), "name").unwrap(), "Chloé\0x");
        assert_eq!(text(CrmStr { data: std::ptr::null(), len: 0 }, "name").unwrap(), "");
        for (given, message) in [
            (lent(b"caf\xe9"), "name: no UTF-8 from byte 3"),
            (CrmStr { data: std::ptr::null(), len: 9 }, "name: 9 bytes of text at null"),
            (CrmStr { data: c"x".as_ptr(), len: usize::MAX }, "name: no text is that long"),
        ] {
            let error = text(given, "name").unwrap_err();
            assert_eq!((error.code(), error.message()), (100, message));
        }
    }

    #[test]
    fn what_goes_out_ends_with_a_nul_outside_its_length() {
        let owned = Owned::new("Ada");
        let lent = owned.lend();
        assert_eq!((lent.len, from_c(lent.data).len), (3, 3));
        assert_eq!(from_c(std::ptr::null()).len, 0);
    }
}
