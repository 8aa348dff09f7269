//! Where a test keeps its database: memory, or what `CRM_TEST_URL` names. On a server each test gets a schema of its own.

use std::sync::atomic::{AtomicU32, Ordering};

/// A target that nobody has used.
pub(crate) fn fresh() -> String {
    static USED: AtomicU32 = AtomicU32::new(0);
    match std::env::var("CRM_TEST_URL") {
        Err(_) => ":memory:".to_owned(),
        Ok(url) if !url.contains("://") => url,
        Ok(url) => {
            let sign = if url.contains('?') { '&' } else { '?' };
            let (process, number) = (std::process::id(), USED.fetch_add(1, Ordering::Relaxed));
            format!("{url}{sign}schema=t_{process}_{number}")
        }
    }
}
