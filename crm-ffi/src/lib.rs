//! The C ABI of the CRM engine: `include/crm.h`, and over it `include/crm.hpp`.
//!
//! Each exported function takes, calls and gives; what it calls is in `crm-core`. The rules that a caller must keep stand once, on
//! the header's first page (`header.txt`). Who owns what:
//!
//! | handle | comes from | goes to |
//! |---|---|---|
//! | `crm_db` | `crm_open` | `crm_db_release`; sessions keep the database open |
//! | `crm_session` | `crm_session_open…` | `crm_session_close` |
//! | `crm_fields` | `crm_fields_new` | `crm_fields_free` |
//! | `crm_record` | verbs on one record | `crm_record_free`; one of a list goes with its list |
//! | `crm_list` | verbs on several, `find` | `crm_list_free` |
//! | `crm_frame` | `frame`, forecasts, reports | `crm_frame_free` |
//! | `crm_error` | any failed call | `crm_error_free` |
//!
//! `unsafe` code stands in `edge/` alone; elsewhere the word occurs only in signatures. Deliberately absent: rules of the trade.

#![expect(
    clippy::missing_safety_doc,
    reason = "the header's first page says it once for all functions"
)]

#[cfg(not(panic = "unwind"))]
compile_error!(
    "build the C ABI with panic = \"unwind\": a panic must end at the border, not the host"
);

mod edge;

pub mod access;
pub mod activity;
pub mod assignment;
pub mod audit;
pub mod catalog;
pub mod chatter;
pub mod convert;
pub mod crm;
pub mod csv;
pub mod desk;
pub mod duplicate;
pub mod error;
pub mod fields;
pub mod find;
pub mod forecast;
pub mod frame;
pub mod lead;
pub mod list;
pub mod merge;
pub mod partner;
pub mod property;
pub mod record;
pub mod record_property;
pub mod score;
pub mod session;
pub mod setting;
pub mod target;
pub mod team;
pub mod version;

pub use edge::abi::*;
pub use edge::option::{
    CRM_ASSIGN_FORCE, CRM_ASSIGN_WITHOUT_AFFINITY, CRM_CONVERT_CREATE_PARTNER,
    CRM_CONVERT_DEDUPLICATE, CRM_CONVERT_KEEP_OWNERS, CRM_DUPLICATES_INCLUDE_LOST,
    CRM_DUPLICATES_INCLUDE_WON, CRM_EXPORT_SAFE_FOR_SPREADSHEETS, CRM_IMPORT_ABORT,
    CRM_IMPORT_DRY_RUN, CRM_IMPORT_SAFE_FOR_SPREADSHEETS, CRM_OPEN_BARE, CRM_OPEN_FULL_SYNC,
    CRM_SCORE_FIELDS, CRM_SCORE_MODEL, CRM_SCORE_START_DATE, CrmFindOptions, CrmImportOptions,
    CrmOpenOptions, CrmPropertyOptions, CrmScoreOptions,
};
pub use edge::progress::CrmProgressFn;
