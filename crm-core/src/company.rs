//! Companies of the host. Company 1 is there from the start; its currency is what deals without company have.

use crate::base::{Error, Result, text};
use crate::desk::Room;
use crate::record::Company;
use crate::storage::Tx;

impl Room for Company {
    fn blank(tx: &Tx<'_>) -> Result<Self> {
        let first = tx.optional("SELECT currency FROM company WHERE id = 1", &[], |line| {
            Ok(line.text(0)?.to_owned())
        })?;
        let currency = first.map_or_else(
            || Ok(crate::base::Currency::EUR),
            |code| crate::base::Currency::new(&code),
        )?;
        Ok(Self { currency, ..Self::default() })
    }

    fn check(_: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if let Some(zone) = &after.zone {
            let known = zone.parse::<chrono_tz::Tz>().is_ok();
            crate::require!(
                known,
                "zone",
                "zone: {zone:?} is no IANA time zone such as Europe/Paris"
            );
        }
        if before.is_none_or(|before| before.country_code != after.country_code) {
            text::fold_country(&mut after.country_code)?;
        }
        Ok(())
    }

    fn before_delete(&self, _: &Tx<'_>) -> Result<()> {
        if self.id.0 == 1 {
            return Err(Error::conflict("company 1 is the file's own and stays"));
        }
        Ok(())
    }
}
