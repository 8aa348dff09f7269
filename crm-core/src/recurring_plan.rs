//! How often recurring revenue recurs.

use crate::base::Result;
use crate::desk::Room;
use crate::record::RecurringPlan;
use crate::storage::Tx;

impl Room for RecurringPlan {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { sequence: 10, number_of_months: 1, active: true, ..Self::default() })
    }
}
