//! `crm_error`: what a failed call leaves behind, and the status it answers.

use std::sync::Arc;

use crm_core::Error;

use crate::edge::abi::{CRM_E_BUG, CrmError, CrmStatus};
use crate::edge::handle::{Handle, hand_out};
use crate::edge::text::Owned;

/// The object behind a `crm_error`.
#[derive(Debug)]
pub(crate) struct ErrorObject {
    pub(crate) error: Error,
    pub(crate) message: Owned,
    pub(crate) field: Owned,
    pub(crate) kind: Owned,
    pub(crate) record_kind: Owned,
}

impl Handle for CrmError {
    type Object = ErrorObject;
    const KIND: usize = 7;
    const NAME: &'static str = "crm_error";
}

/// The error's status; gives the error itself to the caller, if the caller has a place for it.
pub(crate) fn report(error: Error, err: *mut *mut CrmError) -> CrmStatus {
    let status = CrmStatus::try_from(error.code()).unwrap_or(CRM_E_BUG);
    if !err.is_null() && err.is_aligned() {
        let message = Owned::new(error.message());
        let field = Owned::new(error.field().unwrap_or_default());
        let kind = Owned::new(error.kind().name());
        let record_kind = Owned::new(error.subject().map_or("", |subject| subject.kind.name()));
        let object = ErrorObject { error, message, field, kind, record_kind };
        let handle = hand_out::<CrmError>(Arc::new(object));
        // SAFETY: not null and aligned; the caller promised that it can be written.
        unsafe { err.write(handle) };
    }
    status
}
