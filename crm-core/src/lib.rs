//! An embeddable CRM engine: one library, one file, no server.
//!
//! ```
//! use crm_core::{Crm, Find, Lost, fields};
//! # fn main() -> crm_core::Result<()> {
//! let crm = Crm::open(":memory:")?; // or a file's path
//! let s = crm.session(None, None)?; // or a user's
//! let deal = s.leads().create(fields! { name: "Fleet lease", expected_revenue: 12_000, priority: 2 })?;
//! let deal = s.leads().mark_won(deal.id)?;
//! assert_eq!(deal.probability.percent().to_string(), "100.0000");
//! assert_eq!(s.leads().find(&Find::filter("won_status = \"won\"")?)?, [deal]);
//! # Ok(())
//! # }
//! ```
//!
//! [`Crm`] is an open database, [`Session`] one user's view of it, and a session has a desk per kind of record: [`Leads`] with the verbs
//! of the pipeline, [`Desk`] for the office. Every verb is one transaction, answers the record as stored, and fails with one
//! [`Error`] that names kind, code, field and record.
#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub mod base;
pub mod filter;
pub mod record;

mod access;
mod activity;
mod any_desk;
mod assign;
mod audit;
mod chatter;
mod company;
mod convert;
mod crm;
mod csv;
mod default_data;
mod desk;
pub mod duplicate;
mod event;
mod external_id;
mod feed;
pub mod forecast;
pub mod guide;
mod history;
mod lead;
mod lost_reason;
mod merge;
mod merged;
mod partner;
mod person;
mod property;
mod reaction;
mod recurring_plan;
mod rights;
mod rule;
pub mod score;
mod session;
mod setting;
mod stage;
mod storage;
mod tag;
mod tally;
mod target;
mod team;
mod user;
mod utm;

pub use self::csv::{Csv, ImportOptions, ImportReport, LinkPolicy, OnError};
pub use activity::{Activities, Schedule};
pub use any_desk::AnyDesk;
pub use assign::{
    Assign, AssignDeed, AssignMark, AssignPlan, AssignReason, AssignRules, AssignStep, AssignTerm,
    Assigned, Assignment, HandOver,
};
pub use audit::{Audit, AuditQuery, AuditSeal, AuditState};
pub use base::*;
pub use chatter::Chatter;
pub use convert::{Convert, ConvertPlan, ConvertStep};
pub use crm::{Crm, CrmOptions, GoOn, UserRef, copy};
pub use desk::{Desk, Find, Target};
pub use feed::FeedEntry;
pub use filter::Filter;
pub use lead::{Leads, Lost};
pub use merge::{
    Merge, MergeConflict, MergeEntry, MergePlan, Merged, MergedField, MergedRows, PartnerMerge,
    Unmerged,
};
pub use person::{Erased, Erasure};
pub use property::{Properties, PropertyDefinition};
pub use record::*;
pub use rights::{Access, Why, WhyGround};
pub use session::Session;
pub use setting::Settings;
pub use target::TargetFeed;
