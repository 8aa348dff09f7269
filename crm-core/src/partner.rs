//! People and companies outside.

use crate::base::{Result, text};
use crate::desk::Room;
use crate::record::Partner;
use crate::storage::Tx;

impl Room for Partner {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { is_customer: true, active: true, ..Self::default() })
    }

    fn check(_: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if before.is_none_or(|before| before.country_code != after.country_code) {
            text::fold_country(&mut after.country_code)?;
        }
        let country = after.country_code.as_deref();
        let phone = |text: &Option<String>| {
            text.as_deref().and_then(|text| text::phone_normalized(text, country))
        };
        after.phone_normalized = phone(&after.phone).or_else(|| phone(&after.mobile));
        after.email_normalized = after.email.as_deref().and_then(text::email_normalized);
        Ok(())
    }
}
