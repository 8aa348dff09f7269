//! The plain types of the ABI: status codes, opaque handles, text, money. Their layout is frozen.

use std::ffi::c_char;

/// The ABI's number; a program compares it with `crm_abi_version()` when it starts. It rises when the ABI breaks.
pub const CRM_ABI_VERSION: u32 = 1;

/// What every fallible function answers: 0, or one of `CRM_E_…`. More codes may come: keep a `default:`.
pub type CrmStatus = i32;

/// Done.
pub const CRM_OK: CrmStatus = 0;
/// A value or a request that the rules refuse; the error names the field. Also null, bad UTF-8 and handles of the wrong kind.
pub const CRM_E_INVALID: CrmStatus = 100;
/// No such record, or none that this user may see.
pub const CRM_E_NOT_FOUND: CrmStatus = 200;
/// Visible, but not theirs to change.
pub const CRM_E_DENIED: CrmStatus = 300;
/// Someone was faster, a unique name is taken, or the record is in use.
pub const CRM_E_CONFLICT: CrmStatus = 400;
/// A limit of the library was reached; the message names it.
pub const CRM_E_LIMIT: CrmStatus = 500;
/// The handle was closed or released.
pub const CRM_E_CLOSED: CrmStatus = 600;
/// Cancelled or interrupted; nothing was written.
pub const CRM_E_CANCELLED: CrmStatus = 601;
/// The database failed in another way than the next seven.
pub const CRM_E_STORAGE: CrmStatus = 700;
/// Another writer held the file longer than the busy timeout; try again.
pub const CRM_E_BUSY: CrmStatus = 701;
/// The file was written by a newer library.
pub const CRM_E_NEWER: CrmStatus = 702;
/// The file is not one of ours.
pub const CRM_E_NOT_OURS: CrmStatus = 703;
/// The file or its folder cannot be written.
pub const CRM_E_READ_ONLY: CrmStatus = 704;
/// The file is damaged; nothing was touched.
pub const CRM_E_CORRUPT: CrmStatus = 705;
/// The disk is full.
pub const CRM_E_FULL: CrmStatus = 706;
/// The connection to the server was lost; try again.
pub const CRM_E_LOST: CrmStatus = 707;
/// Unreadable CSV or filter text; the error has line and column.
pub const CRM_E_FORMAT: CrmStatus = 800;
/// A callback of the host failed.
pub const CRM_E_HOST: CrmStatus = 900;
/// A mistake of the library's.
pub const CRM_E_BUG: CrmStatus = 999;

/// A truth; `crm_record_bool`.
pub const CRM_TYPE_BOOL: i32 = 1;
/// A whole number or an id; `crm_record_i64`.
pub const CRM_TYPE_INT: i32 = 2;
/// A binary number; `crm_record_f64`.
pub const CRM_TYPE_FLOAT: i32 = 3;
/// Money in major units or percent; `crm_record_decimal_text`, `crm_record_money`, `crm_record_ppm`.
pub const CRM_TYPE_DECIMAL: i32 = 4;
/// Text, or the word of a choice; `crm_record_text`.
pub const CRM_TYPE_TEXT: i32 = 5;
/// A civil date; `crm_record_date_days`.
pub const CRM_TYPE_DATE: i32 = 6;
/// An instant; `crm_record_time_micros`.
pub const CRM_TYPE_TIME: i32 = 7;
/// Ids of several records; `crm_record_ids`.
pub const CRM_TYPE_IDS: i32 = 8;
/// Custom values by name; `crm_record_property_…`.
pub const CRM_TYPE_PROPERTIES: i32 = 9;

/// An open database; shared by any number of threads.
#[derive(Debug)]
pub struct CrmDb;
/// One database as one user; any threads, any time.
#[derive(Debug)]
pub struct CrmSession;
/// Named values for `create` and `update`.
#[derive(Debug)]
pub struct CrmFields;
/// One record as it was stored when the call answered; it never changes.
#[derive(Debug)]
pub struct CrmRecord;
/// A list of records.
#[derive(Debug)]
pub struct CrmList;
/// A table of typed columns.
#[derive(Debug)]
pub struct CrmFrame;
/// What went wrong in one call; it never changes.
#[derive(Debug)]
pub struct CrmError;

/// UTF-8 text, borrowed. `{NULL, 0}` is the empty text. What the library gives ends with a NUL byte outside `len`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmStr {
    /// The first byte.
    pub data: *const c_char,
    /// The number of bytes.
    pub len: usize,
}

/// Ids, borrowed from the object that gave them.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmIds {
    /// The first id.
    pub data: *const i64,
    /// How many.
    pub len: usize,
}

/// An amount: `{1250, 2, "EUR"}` is 12.50 EUR.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmMoney {
    /// Minor units, such as cents.
    pub minor: i64,
    /// Decimals of the currency.
    pub decimals: i32,
    /// ISO 4217, with a NUL behind it.
    pub currency: [c_char; 4],
}

/// A named text: a CSV column and the field it fills, a link and what to do when it leads nowhere.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmPair {
    /// The name.
    pub name: CrmStr,
    /// What it stands for.
    pub value: CrmStr,
}
