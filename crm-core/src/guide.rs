//! The chapters of the guide, compiled into the documentation.

#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}
#[doc = include_str!("../docs/vocabulary.md")]
pub mod vocabulary {}
#[doc = include_str!("../docs/scoring.md")]
pub mod scoring {}
#[doc = include_str!("../docs/forecast.md")]
pub mod forecast {}
#[doc = include_str!("../docs/storage.md")]
pub mod storage {}
#[doc = include_str!("../docs/performance.md")]
pub mod performance {}
#[doc = include_str!("../docs/decisions.md")]
pub mod decisions {}
