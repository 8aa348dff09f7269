//! One error for every door: opaque, one word wide, with a kind, a code, a field and a subject.
//!
//! The kind decides what a host does (show, retry, log); the code is stable for ever; the message says what was
//! wrong, with which record, and what would be right. Messages never carry a customer's data beyond the offending value.

use crate::base::id::Subject;
use crate::base::limit;

/// What every fallible call answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The families of failure. Hosts match on it and must keep a `_` arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or a request that the rules refuse; names the field.
    Invalid,
    /// No such record, or none that this user may see.
    NotFound,
    /// Visible, but not theirs to change.
    Denied,
    /// Someone was faster, a unique name is taken, or the record is in use.
    Conflict,
    /// A limit of [`limit`](crate::base::limit) was reached; the message names it.
    Limit,
    /// The handle was closed.
    Closed,
    /// The host cancelled or interrupted the work; nothing was written.
    Cancelled,
    /// The database failed; the code says how.
    Storage,
    /// Unreadable CSV, mail or filter text; with line and column.
    Format,
    /// A callback of the host failed.
    Host,
    /// We were wrong.
    Bug,
}

impl ErrorKind {
    /// The kind's own code; storage failures have finer ones.
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Invalid => 100,
            Self::NotFound => 200,
            Self::Denied => 300,
            Self::Conflict => 400,
            Self::Limit => 500,
            Self::Closed => 600,
            Self::Cancelled => 601,
            Self::Storage => 700,
            Self::Format => 800,
            Self::Host => 900,
            Self::Bug => 999,
        }
    }

    /// The kind in lower case, as every door spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::Limit => "limit",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Storage => "storage",
            Self::Format => "format",
            Self::Host => "host",
            Self::Bug => "bug",
        }
    }
}

/// Codes of storage failures, finer than [`ErrorKind::Storage`].
pub mod storage_code {
    /// Another writer held the file longer than the busy timeout.
    pub const BUSY: u32 = 701;
    /// The file was written by a newer library.
    pub const NEWER: u32 = 702;
    /// The file is not one of ours.
    pub const NOT_OURS: u32 = 703;
    /// The file or its folder cannot be written.
    pub const READ_ONLY: u32 = 704;
    /// The file is damaged.
    pub const CORRUPT: u32 = 705;
    /// The disk is full.
    pub const FULL: u32 = 706;
    /// The connection to the server was lost.
    pub const LOST: u32 = 707;
}

/// Every failure of the library.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    code: u32,
    message: String,
    field: Option<String>,
    subject: Option<Subject>,
    line: Option<(u64, u64)>,
    retryable: bool,
}

impl Error {
    /// An error of `kind` with its ordinary code.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let inner = Inner {
            kind,
            code: kind.code(),
            message: shortened(message.into()),
            field: None,
            subject: None,
            line: None,
            retryable: false,
        };
        Self(Box::new(inner))
    }

    /// A value that the rules refuse, in `field`.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message).with_field(field)
    }

    /// No such record for this user.
    #[must_use]
    pub fn not_found(subject: Subject) -> Self {
        Self::new(ErrorKind::NotFound, format!("no {subject} that this user may see"))
            .with_subject(subject)
    }

    /// A clash with what is stored.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// Something that the user may see but not do.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Denied, message)
    }

    /// A limit was reached; `field` names the field or the limit.
    pub fn limit(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Limit, message).with_field(field)
    }

    /// Text that cannot be read.
    pub fn format(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Format, message)
    }

    /// A mistake of ours.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Bug, message)
    }

    /// A failure of the database, with one of [`storage_code`].
    pub fn storage(code: u32, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Storage, message);
        error.0.code = code;
        error
    }

    /// Names the field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(shortened(field.into()));
        self
    }

    /// Names the record.
    #[must_use]
    pub fn with_subject(mut self, subject: Subject) -> Self {
        self.0.subject = Some(subject);
        self
    }

    /// Names the record unless one is named already.
    #[must_use]
    pub fn or_subject(mut self, subject: Subject) -> Self {
        self.0.subject.get_or_insert(subject);
        self
    }

    /// Says that the same call may succeed when tried again.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.0.retryable = true;
        self
    }

    /// Says where in a text the trouble is (from 1).
    #[must_use]
    pub fn with_line(mut self, line: u64, column: u64) -> Self {
        self.0.line = Some((line, column));
        self
    }

    /// The family.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable number.
    #[must_use]
    pub fn code(&self) -> u32 {
        self.0.code
    }

    /// What was wrong and what would be right.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The offending field, if one is to blame.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The offending record, if one is to blame.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        self.0.subject
    }

    /// Line and column (from 1) in the text that could not be read.
    #[must_use]
    pub fn line(&self) -> Option<(u64, u64)> {
        self.0.line
    }

    /// Whether the same call may succeed when tried again unchanged.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable || matches!(self.0.code, storage_code::BUSY | storage_code::LOST)
    }
}

/// A text that may repeat what a host gave, which may be megabytes.
fn shortened(mut text: String) -> String {
    if text.len() > limit::MESSAGE {
        text.truncate(text.floor_char_boundary(limit::MESSAGE));
        text.push('…');
    }
    text
}

/// Refuses with a kind and a message unless a condition holds.
///
/// `require!(cond, "field", "message {}", arg)` is an [`ErrorKind::Invalid`] that names the field.
#[macro_export]
#[doc(hidden)]
macro_rules! require {
    ($cond:expr, $field:expr, $($message:tt)+) => {
        if !$cond {
            return Err($crate::base::Error::invalid($field, format!($($message)+)));
        }
    };
}
