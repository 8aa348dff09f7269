//! An embeddable CRM engine.
pub mod base;
pub mod forecast;
pub mod record;
pub mod score;
pub use base::*;
