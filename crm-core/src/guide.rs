//! The chapters of the guide. Scores and forecasts have theirs at their rooms: [`score`](crate::score), [`forecast`](crate::forecast).

#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}
#[doc = include_str!("../docs/vocabulary.md")]
pub mod vocabulary {}
#[doc = include_str!("../docs/storage.md")]
pub mod storage {}
#[doc = include_str!("../docs/performance.md")]
pub mod performance {}
#[doc = include_str!("../docs/decisions.md")]
pub mod decisions {}
