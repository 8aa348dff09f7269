//! Users: who works with the pipeline, and what they may see.

use crate::base::{Result, text};
use crate::desk::Room;
use crate::record::{Role, User};
use crate::storage::Tx;

impl Room for User {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, role: Role::Own, ..Self::default() })
    }

    fn check(_: &Tx<'_>, _: Option<&Self>, after: &mut Self) -> Result<()> {
        if after.login.is_empty() {
            // Enough for an office that signs people in elsewhere: the name is what names them.
            after.login =
                text::folded(&after.name).split_whitespace().collect::<Vec<_>>().join(".");
        }
        Ok(())
    }
}
