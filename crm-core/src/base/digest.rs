//! Digests: two that are equal are of equal texts.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// SHA-256 over texts with a line's end behind each, which is in none of them but the last.
pub(crate) fn sha256(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(b"\n");
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}
