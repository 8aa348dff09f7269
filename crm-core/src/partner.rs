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
        normalize(before, after)
    }
}

/// The comparable forms of country, e-mail and phone.
pub(crate) fn normalize(before: Option<&Partner>, partner: &mut Partner) -> Result<()> {
    if before.is_none_or(|before| before.country_code != partner.country_code) {
        text::fold_country(&mut partner.country_code)?;
    }
    let country = partner.country_code.as_deref();
    let phone = |text: &Option<String>| {
        text.as_deref().and_then(|text| text::phone_normalized(text, country))
    };
    partner.phone_normalized = phone(&partner.phone).or_else(|| phone(&partner.mobile));
    partner.email_normalized = partner.email.as_deref().and_then(text::email_normalized);
    Ok(())
}
