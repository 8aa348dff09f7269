//! The craft of the border, and the only place of `unsafe` code: handles, text, arrays, options, answers.
//!
//! Functions here take raw pointers and are nevertheless safe to call, because they are called by exported functions only, with
//! arguments that a C caller has just given under the promises on the header's first page: a pointer that is not null is valid for
//! its type during the call. What can be checked is checked (null, alignment, length, UTF-8, kind and life of handles).
//!
//! Deliberately absent: any rule of the trade, and any verb.

pub(crate) mod abi;
pub(crate) mod array;
pub(crate) mod error;
pub(crate) mod frame;
pub(crate) mod guard;
pub(crate) mod handle;
pub(crate) mod list;
pub(crate) mod option;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod text;
pub(crate) mod value;

pub(crate) use array::{array, ids, texts};
pub(crate) use guard::{Out, guard};
pub(crate) use handle::{release, take};
pub(crate) use text::{optional_text, text};
