//! An embeddable CRM engine.
pub mod base;
pub mod filter;
pub mod forecast;
pub mod record;
pub mod score;
pub use base::*;
pub use filter::Filter;
