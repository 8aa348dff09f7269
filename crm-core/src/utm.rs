//! Where leads come from: campaigns, mediums, sources. Removing one empties the field of its leads.

use crate::base::Result;
use crate::desk::Room;
use crate::record::{Campaign, Medium, Source};
use crate::storage::Tx;

impl Room for Campaign {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, ..Self::default() })
    }
}

impl Room for Medium {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, ..Self::default() })
    }
}

impl Room for Source {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, ..Self::default() })
    }
}
