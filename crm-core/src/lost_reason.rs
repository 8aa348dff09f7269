//! Why deals are lost.

use crate::base::Result;
use crate::desk::Room;
use crate::record::LostReason;
use crate::storage::Tx;

impl Room for LostReason {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, ..Self::default() })
    }
}
