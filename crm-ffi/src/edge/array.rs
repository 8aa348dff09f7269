//! Arrays that a caller lends for one call.

use crm_core::base::limit;
use crm_core::{Error, ErrorKind, Result};

use crate::edge::abi::CrmStr;
use crate::edge::text::text;

/// `count` values at `pointer`; null with a count of 0 is the empty array.
pub(crate) fn array<'a, T>(pointer: *const T, count: usize, name: &str) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() || !pointer.is_aligned() {
        let what = if pointer.is_null() { "null" } else { "an address that is not aligned" };
        return Err(Error::new(ErrorKind::Invalid, format!("{name}: {count} values at {what}")));
    }
    if count > limit::IDS {
        let message = format!("{name}: {count} values; one call takes at most {}", limit::IDS);
        return Err(Error::limit(name, message));
    }
    // SAFETY: not null, aligned, of a sane length; the caller promised that these values can be read during the call, which is as
    // long as the result is used: it never leaves the exported function.
    Ok(unsafe { std::slice::from_raw_parts(pointer, count) })
}

/// Ids.
pub(crate) fn ids<'a>(pointer: *const i64, count: usize) -> Result<&'a [i64]> {
    array(pointer, count, "ids")
}

/// Texts.
pub(crate) fn texts<'a>(
    pointer: *const CrmStr,
    count: usize,
    name: &str,
) -> Result<impl Iterator<Item = Result<&'a str>>> {
    Ok(array(pointer, count, name)?.iter().map(move |given| text(*given, "text")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_there_or_refused() {
        assert_eq!(ids([3, 4].as_ptr(), 2).unwrap(), [3, 4]);
        assert!(ids(std::ptr::null(), 0).unwrap().is_empty());
        assert_eq!(ids(std::ptr::null(), 1).unwrap_err().code(), 100);
        assert_eq!(ids(std::ptr::without_provenance(9), 1).unwrap_err().code(), 100);
        assert_eq!(ids([3].as_ptr(), usize::MAX).unwrap_err().code(), 500);
    }
}
