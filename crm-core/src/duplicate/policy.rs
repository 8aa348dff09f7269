//! What happens when a lead is created that is probably there already: nothing (`warn`: who wants to know asks), a refusal, or a link to
//! the customer. It is the address that decides; every way in is the same, imports among them.
//!
//! Deliberately absent: weaker reasons. A refusal that is wrong costs more than a duplicate that `find` shows.

use std::collections::{BTreeMap, HashMap};

use crate::base::text::{domain_first, emails_normalized};
use crate::base::{Error, Fields, Id as _, Record as _, Result, Value, limit};
use crate::duplicate::reason::Shared;
use crate::duplicate::search::{ADDRESSES_ASKED, Identity, same_customer};
use crate::duplicate::store::{self, Part};
use crate::event::LeadChange;
use crate::lead::import::{self, Draft};
use crate::record::{Lead, Partner, WonStatus};
use crate::setting::{self, Key};
use crate::storage::Tx;

/// What the setting `duplicate_policy` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Warn,
    Block,
    Link,
}

fn policy(tx: &Tx<'_>) -> Result<Policy> {
    let kept = tx.memo(|tx| {
        let said = setting::read(tx, Key::DuplicatePolicy)?;
        Ok(match said.as_text() {
            Some("block") => Policy::Block,
            Some("link") => Policy::Link,
            _ => Policy::Warn,
        })
    })?;
    Ok(*kept)
}

/// Lets the policy hold for leads that were just created, and tells what it made of them.
pub(crate) fn consider(tx: &mut Tx<'_>, changes: &mut [LeadChange]) -> Result<()> {
    let is_new = |change: &&mut LeadChange| {
        let open = |lead: &Lead| lead.active && lead.won_status == WonStatus::Pending;
        change.before.is_none() && change.after.as_ref().is_some_and(open)
    };
    let mut created: Vec<&mut LeadChange> = changes.iter_mut().filter(is_new).collect();
    if created.is_empty() {
        return Ok(());
    }
    match policy(tx)? {
        Policy::Warn => Ok(()),
        Policy::Block => block(tx, &created),
        Policy::Link => link(tx, &mut created),
    }
}

fn addresses(lead: &Lead) -> Vec<String> {
    lead.email_from.as_deref().map(emails_normalized).unwrap_or_default()
}

/// Refuses a lead with an address of an open one, unless both are of one customer: that one may have two deals.
fn block(tx: &Tx<'_>, created: &[&mut LeadChange]) -> Result<()> {
    let leads: Vec<&Lead> = created.iter().filter_map(|change| change.after.as_ref()).collect();
    let who = |lead: &&Lead| Identity { emails: addresses(lead), partner_id: None };
    let asked: Vec<Identity> = leads.iter().map(who).collect();
    for (lead, found) in leads.iter().zip(same_customer(tx, &asked, false)?) {
        // Of two that are created together the second is the duplicate.
        let earlier: Vec<i64> = found.into_iter().filter(|id| *id < lead.id.0).collect();
        if earlier.is_empty() {
            continue;
        }
        let known = tx.by_ids::<Lead>(&earlier)?;
        let other =
            |known: &&Lead| lead.partner_id.is_none() || known.partner_id != lead.partner_id;
        if let Some(known) = known.iter().find(other) {
            let subject = known.id.subject();
            let told =
                format!("email_from: {subject} has this address; see duplicates, or update it");
            return Err(Error::conflict(told).with_field("email_from").with_subject(subject));
        }
    }
    Ok(())
}

/// Gives leads without customer the one that has their address, if there is one and no other. What they say of themselves stays.
fn link(tx: &mut Tx<'_>, created: &mut [&mut LeadChange]) -> Result<()> {
    let mut sought: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, lead) in created.iter().enumerate().filter_map(|(at, c)| Some((at, c.after.as_ref()?)))
    {
        if lead.partner_id.is_none()
            && let Some(email) = addresses(lead).first()
        {
            sought.entry(domain_first(email)).or_default().push(at);
        }
    }
    let keys: Vec<&String> = sought.keys().collect();
    let mut customers: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for chunk in keys.chunks(ADDRESSES_ASKED) {
        let part = Part::Texts(Shared::Email, chunk.iter().map(|key| (*key).clone()).collect());
        for hit in store::all_sharing(tx, Partner::TABLE, &part)? {
            let ids = customers.entry(domain_first(&hit.value)).or_default();
            if hit.active && !ids.contains(&hit.id) {
                ids.push(hit.id);
            }
        }
    }
    let (mut drafts, mut linked) = (Vec::new(), Vec::new());
    for (key, places) in sought {
        let Some([partner]) = customers.get(&key).map(Vec::as_slice) else { continue };
        for at in places {
            let Some(lead) = created[at].after.as_ref() else { continue };
            let mut fields = said(lead)?;
            fields.set("partner_id", *partner);
            drafts.push(Draft { id: Some(lead.id.0), fields, ..Draft::default() });
            linked.push(at);
        }
    }
    for (drafts, places) in drafts.chunks(limit::CHUNK).zip(linked.chunks(limit::CHUNK)) {
        let steps = import::decide(tx, drafts)?.into_iter().collect::<Result<Vec<_>>>()?;
        // Whoever waits for the new leads is answered below.
        let ids = tx.unheard(|tx| import::write(tx, steps))?;
        let mut stored: HashMap<i64, Lead> =
            tx.by_ids::<Lead>(&ids)?.into_iter().map(|lead| (lead.id.0, lead)).collect();
        for at in places {
            let id = created[*at].after.as_ref().map(|lead| lead.id.0);
            created[*at].after = id.and_then(|id| stored.remove(&id));
        }
    }
    Ok(())
}

/// What a lead says of its contact, to be kept as it is.
fn said(lead: &Lead) -> Result<Fields> {
    const CONTACT: [&str; 15] = [
        "partner_name",
        "contact_name",
        "function",
        "email_from",
        "phone",
        "mobile",
        "website",
        "street",
        "street2",
        "city",
        "zip",
        "state_code",
        "country_code",
        "lang",
        "email_cc",
    ];
    let mut said = Fields::new();
    for name in CONTACT {
        let value = lead.value(name)?;
        if value != Value::Null {
            said.set(name, value);
        }
    }
    Ok(said)
}
