//! The address of a partner for a purpose, in a documented order.

use crate::base::{PartnerId, Result, limit};
use crate::desk::{Desk, query};
use crate::record::{AddressType, Partner};

impl Desk<'_, Partner> {
    /// The card with the address to use of a partner for a purpose; its `id` says whose it is. Cards without any part of an address, and
    /// those that this user does not see, are passed over. In this order:
    ///
    /// 1. a card for that purpose: the partner's own, else the nearest of those below it that are active and no companies, the oldest
    ///    first; else the same from the one it belongs to, and so on up to its company. Below nobody looks for a `contact`: other people
    ///    there are reached at their own address.
    /// 2. the partner's own card, else that of the one it belongs to, and so on up to its company, unless it is `private`.
    /// 3. the partner's own card, which has no address then.
    ///
    /// ```
    /// use crm_core::{Crm, fields, record::AddressType};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let harbour = s.partners().create(fields! { name: "Harbour", is_company: true, city: "Lyon" })?;
    /// let desk = fields! { name: "Accounts", parent_id: harbour.id, address_type: "invoice", city: "Brest" };
    /// s.partners().create(desk)?;
    /// let ada = s.partners().create(fields! { name: "Ada", parent_id: harbour.id })?;
    /// let city = |kind| Ok::<_, crm_core::Error>(s.partners().address_for(ada.id, kind)?.city);
    /// assert_eq!(city(AddressType::Invoice)?.as_deref(), Some("Brest"));
    /// assert_eq!(city(AddressType::Delivery)?.as_deref(), Some("Lyon"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` when there is no such partner that this user may see.
    pub fn address_for(&self, id: PartnerId, kind: AddressType) -> Result<Partner> {
        self.link.read(|tx| {
            let own: Partner = query::get_or_survivor(tx, id)?;
            let depth = i64::try_from(limit::PARENTS).unwrap_or(i64::MAX);
            let params = [own.id.0.into(), depth.into(), kind.code().into()];
            let found = tx.rows(include_str!("address_for.sql"), &params, |line| line.int(0))?;
            let mut seen = query::seen::<Partner>(tx, &query::distinct(&found)?)?;
            Ok(query::told(tx, found.iter().find_map(|id| seen.remove(id)).unwrap_or(own)))
        })
    }
}
