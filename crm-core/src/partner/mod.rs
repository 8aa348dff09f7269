//! People and companies outside: their card, how they are reached, what they are to us, and where to write to them.

mod address;
pub(crate) mod contact;
pub(crate) mod keys;
pub(crate) mod role;
#[cfg(test)]
mod tests;
pub(crate) mod unite;

use crate::base::field::changed_fields;
use crate::base::name::name_key;
use crate::base::{CompanyId, Id as _, PartnerId, Record as _, Result, text};
use crate::desk::{Room, query};
use crate::record::{ContactState, Partner};
use crate::storage::Tx;

pub(crate) use contact::agree;

impl Room for Partner {
    const APART: bool = true;

    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { is_customer: true, active: true, ..Self::default() })
    }

    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if let Some(before) = before.filter(|before| before.date_erased.is_some()) {
            return stays_erased(before, after);
        }
        let referrer = after
            .referrer_id
            .filter(|_| before.is_none_or(|before| before.referrer_id != after.referrer_id));
        crate::require!(
            referrer.is_none_or(|referrer| referrer != after.id),
            "referrer_id",
            "referrer_id: {} cannot have recommended itself",
            after.id.subject()
        );
        normalize(tx, before, after)
    }

    fn after_update(tx: &mut Tx<'_>, changed: &[(Self, Self)]) -> Result<()> {
        contact::follow_cards(tx, changed)?;
        contact::follow_countries(tx, changed)
    }

    fn after_create(tx: &mut Tx<'_>, created: &[Self]) -> Result<()> {
        contact::begin(tx, created)
    }
}

/// Refuses to let a card whose person was erased be somebody again.
fn stays_erased(before: &Partner, after: &Partner) -> Result<()> {
    for at in changed_fields(before, after) {
        let field = &Partner::TABLE.fields[at];
        crate::require!(
            !field.personal && field.name != "is_company",
            field.name,
            "{}: who {} was has been erased; create a new one",
            field.name,
            before.id.subject()
        );
    }
    Ok(())
}

/// The comparable forms of name, country, e-mail, phone and tax number, and whether those to reach somebody can be one.
///
/// A phone number that names no country is read as one of the partner's, else of its parent's, else of its company's.
pub(crate) fn normalize(
    tx: &Tx<'_>,
    before: Option<&Partner>,
    partner: &mut Partner,
) -> Result<()> {
    if before.is_none_or(|before| before.country_code != partner.country_code) {
        text::fold_country(&mut partner.country_code)?;
    }
    if before.is_none_or(|before| before.name != partner.name) {
        partner.name_key = Some(name_key(&partner.name));
    }
    let country = partner.country_code.as_deref();
    let tax_id = partner.tax_id.as_deref();
    partner.tax_id_normalized = tax_id.and_then(|said| text::tax_id_normalized(said, country));
    partner.email_normalized = partner.email.as_deref().and_then(text::email_normalized);
    let readable = partner.email_normalized.is_some();
    partner.email_state = ContactState::of(partner.email.is_some(), readable);
    let home = match (&partner.country_code, &partner.phone, &partner.mobile) {
        (Some(country), ..) => Some(country.clone()),
        (None, None, None) => None,
        _ => home(tx, partner)?,
    };
    read_phones(partner, home.as_deref());
    Ok(())
}

/// The comparable forms of phone numbers as they are dialled in a country.
fn read_phones(partner: &mut Partner, country: Option<&str>) {
    let phone = |text: &Option<String>| {
        text.as_deref().and_then(|text| text::phone_normalized(text, country))
    };
    let own = phone(&partner.phone);
    partner.phone_state = ContactState::of(partner.phone.is_some(), own.is_some());
    partner.phone_normalized = own.or_else(|| phone(&partner.mobile));
}

/// A partner, if the actor sees it: of others it is not told what they have.
fn seen(tx: &Tx<'_>, id: PartnerId) -> Result<Option<Partner>> {
    match query::seen_among(tx, Partner::TABLE, &[id.0])? {
        Some(seen) if !seen.contains(&id.0) => Ok(None),
        _ => tx.by_id::<Partner>(id),
    }
}

/// The country of whom a partner belongs to, else of its company, else of company 1.
pub(crate) fn home(tx: &Tx<'_>, partner: &Partner) -> Result<Option<String>> {
    let country = |table: &str, id: i64| {
        let sql = format!("SELECT country_code FROM {table} WHERE id = ?1");
        let found =
            tx.optional(&sql, &[id.into()], |line| Ok(line.text_or_null(0)?.map(str::to_owned)))?;
        Ok(found.flatten())
    };
    if let Some(parent) = partner.parent_id
        && let Some(found) = country("partner", parent.0)?
    {
        return Ok(Some(found));
    }
    country("company", partner.company_id.unwrap_or(CompanyId(1)).0)
}

/// What is wrong with the names by which partners are found, and with how they are reached, in words.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut wrong = keys::verify(tx)?;
    wrong.extend(contact::verify(tx)?);
    wrong.extend(unite::verify(tx)?);
    Ok(wrong)
}

/// Reckons the names by which partners are found where they are missing or wrong, and how they are reached.
pub(crate) fn rebuild(tx: &mut Tx<'_>) -> Result<()> {
    keys::rebuild(tx)?;
    contact::rebuild(tx)?;
    unite::rebuild(tx)
}
