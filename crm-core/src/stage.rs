//! Steps of the pipeline. Making a stage in use a won one wins its leads; a stage with won leads stays won (see `reaction`).

use crate::base::Result;
use crate::desk::Room;
use crate::record::Stage;
use crate::storage::Tx;

impl Room for Stage {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { sequence: 1, ..Self::default() })
    }
}
