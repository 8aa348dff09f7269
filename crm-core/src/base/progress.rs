//! How far a long piece of work is, told to the host, who may stop it.
//!
//! Deliberately absent: time left. Who knows how fast the rest will be?

use crate::base::error::{Error, ErrorKind, Result};

/// Whom to tell how far the work is.
///
/// The callback gets what is done and what there is to do, in the work's own units, and answers whether to go on.
#[derive(Default)]
pub struct Progress<'a>(Option<&'a mut dyn FnMut(u64, u64) -> bool>);

impl std::fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(told)" } else { "Progress(nobody)" })
    }
}

impl<'a> Progress<'a> {
    /// Nobody is told, and nobody stops it.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// `tell` is told; when it answers `false`, the work stops and nothing is written.
    pub fn new(tell: &'a mut dyn FnMut(u64, u64) -> bool) -> Self {
        Self(Some(tell))
    }

    /// Tells that `done` of `total` is done.
    ///
    /// # Errors
    /// `Cancelled` when the host says to stop.
    pub fn tell(&mut self, done: u64, total: u64) -> Result<()> {
        let go_on = self.0.as_mut().is_none_or(|tell| tell(done, total));
        if go_on {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Cancelled, "cancelled by the host; nothing was written"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_can_stop_the_work() {
        let mut seen = Vec::new();
        let mut tell = |done, total| {
            seen.push((done, total));
            done < 2
        };
        let mut progress = Progress::new(&mut tell);
        let ends: Vec<bool> = (0..3).map(|done| progress.tell(done, 9).is_ok()).collect();
        assert_eq!(ends, [true, true, false]);
        assert_eq!(seen, [(0, 9), (1, 9), (2, 9)]);
        assert!(Progress::none().tell(1, 1).is_ok());
    }
}
