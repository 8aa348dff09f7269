//! Making opportunities of leads, with their customers: one lead or many, all of it in one transaction.
//!
//! A conversion may first merge the leads with their duplicates, finds or creates a customer for each, shares them out among salespeople in
//! turn, and then makes opportunities of them. What will be done is planned by the same functions (`rules`, `customer`), which write
//! nothing. Deliberately absent: what makes two leads duplicates; see `duplicate`.

mod customer;
mod plan;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod verbs;

pub use plan::{ConvertPlan, ConvertStep};
pub(crate) use rules::clusters;
pub(crate) use store::forget;

use crate::base::{LeadId, PartnerId, Result, TeamId, UserId};
use crate::desk::{Target, query};
use crate::lead::{Leads, store as leads};
use crate::record::Lead;
use crate::storage::Tx;

/// How leads become opportunities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Convert {
    /// The customer of all of them; `None`: each has the one it has.
    pub partner_id: Option<PartnerId>,
    /// Whether a lead without customer gets the one that it names: found by e-mail address, company or person, else created.
    pub create_partner: bool,
    /// The salesperson of all of them; `None`: as they are.
    pub user_id: Option<UserId>,
    /// Salespeople among whom the leads are shared out in turn, in place of one for all.
    pub user_ids: Vec<UserId>,
    /// The team; `None`: the salesperson's.
    pub team_id: Option<TeamId>,
    /// Whether leads are merged first with the open ones of the same address or customer.
    pub deduplicate: bool,
    /// Whether salesperson and team are given to leads that have a salesperson, too.
    pub force: bool,
    /// What the host calls this conversion: done again under the same key it changes nothing, and answers the same leads.
    pub key: Option<String>,
}

impl Default for Convert {
    fn default() -> Self {
        Self {
            partner_id: None,
            create_partner: false,
            user_id: None,
            user_ids: Vec::new(),
            team_id: None,
            deduplicate: false,
            force: true,
            key: None,
        }
    }
}

impl Convert {
    /// Whether it may write more than the leads, so that two of them must not run at once.
    const fn is_alone(&self) -> bool {
        self.create_partner || self.deduplicate || self.key.is_some()
    }
}

/// Converting leads.
impl Leads<'_> {
    /// Makes opportunities of leads. Of several, archived, won and lost ones are left as they are, as [`Self::plan_convert`] says; one that is
    /// named alone must be open. Of an opportunity customer, salesperson and team are set alone, so that a lead is converted once, whoever
    /// asks how often. Answers the leads in the order given; leads that became one are answered once, and [`Self::merges`] tells of that.
    ///
    /// ```
    /// use crm_core::{Convert, Crm, LeadId, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let draft = fields! { name: "Fleet lease", kind: "lead", contact_name: "Ada", partner_name: "Harbour", email_from: "ada@harbour.example" };
    /// let leads = s.leads().create_many(vec![draft.clone(), draft])?;
    /// let ids: Vec<LeadId> = leads.iter().map(|lead| lead.id).collect();
    /// let asked = Convert { create_partner: true, deduplicate: true, ..Convert::default() };
    /// let converted = s.leads().convert(&ids, &asked)?;
    /// assert_eq!(converted.len(), 1);
    /// let customer = s.partners().get(converted[0].partner_id.unwrap())?;
    /// assert_eq!((customer.name.as_str(), s.partners().get(customer.parent_id.unwrap())?.name.as_str()), ("Ada", "Harbour"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for unknown customers, users and teams, all of them in one, and for one lead that is won, lost or archived; `NotFound`;
    /// `Conflict` for a key that was given to other leads; `Limit` for more duplicates than one merge takes.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn convert<T: Target<LeadId>>(&self, target: T, convert: &Convert) -> Result<T::Out<Lead>> {
        let ids = target.ids();
        let work = |tx: &mut Tx<'_>| {
            let converted = verbs::convert(tx, &ids, T::ONE, convert)?;
            tx.settle()?;
            Ok(query::all_told(tx, leads::as_stored(tx, &converted)?))
        };
        let leads = if convert.is_alone() {
            self.link().write_alone(work)
        } else {
            self.link().write(work)
        };
        Ok(T::give(leads?))
    }

    /// What [`Self::convert`] will do with these leads: a step for each, and for each duplicate that will be merged. Writes nothing.
    ///
    /// # Errors
    /// As [`Self::convert`].
    pub fn plan_convert(&self, ids: &[LeadId], convert: &Convert) -> Result<ConvertPlan> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        self.link().read(|tx| verbs::plan(tx, &ids, convert))
    }
}
