//! What partners and their contacts are found by: comparable forms of names, addresses and numbers, where older rules made other ones.
//!
//! A number may be read as one of several countries, by what was known when it was written; each of these readings is right. Deliberately
//! absent: leads' own, which stand with the leads.

use crate::base::name::name_key;
use crate::base::{Id as _, PartnerContactId, PartnerId, Result, text};
use crate::record::ContactState;
use crate::storage::{Line, Tx};

/// A comparable form, and whether what it is of can be one.
pub(crate) type Form = (Option<String>, Option<ContactState>);

/// The form that an address should have, if that is another than it has.
pub(crate) fn stale_email(written: Option<&str>, known: Option<&str>) -> Option<Form> {
    let is = written.and_then(text::email_normalized);
    let state = ContactState::of(written.is_some(), is.is_some());
    (is.as_deref() != known).then_some((is, state))
}

/// The form that a phone and a mobile number should have in the first of these countries that is known, if no country gives the one that
/// they have. `thorough`: also what could not be read when it was written, and can be now.
pub(crate) fn stale_phone(
    (phone, mobile): (Option<&str>, Option<&str>),
    known: Option<&str>,
    countries: &[Option<&str>],
    thorough: bool,
) -> Option<Form> {
    phone.or(mobile)?;
    let read = |country: Option<&str>| {
        let normal =
            |text: Option<&str>| text.and_then(|text| text::phone_normalized(text, country));
        let own = normal(phone);
        let state = ContactState::of(phone.is_some(), own.is_some());
        (own.or_else(|| normal(mobile)), state)
    };
    let (is, state) = read(countries.iter().copied().flatten().next());
    if is.as_deref() == known || known.is_none() && !thorough {
        return None;
    }
    let is_right = |known: &str| {
        // The country of whom they belong to may have been another one.
        [phone, mobile].into_iter().flatten().any(|said| text::is_reading(said, known))
    };
    (!known.is_some_and(is_right)).then_some((is, state))
}

/// What is wrong with a partner: the forms that its name, its address, its number and its tax number should have.
#[derive(Default)]
struct Stale {
    name: Option<String>,
    email: Option<Form>,
    phone: Option<Form>,
    tax_id: Option<Option<String>>,
}

/// Calls `each` with what is wrong with each partner of which something is.
fn partners(tx: &Tx<'_>, thorough: bool, mut each: impl FnMut(i64, Stale)) -> Result<()> {
    tx.each(include_str!("keys.sql"), &[], |line| {
        let text = |at: usize| line.text_or_null(at);
        let key = name_key(line.text(1)?);
        let name = (text(2)? != Some(&key)).then_some(key);
        let email = stale_email(text(3)?, text(4)?);
        let countries = [text(8)?, text(9)?, text(10)?];
        let phone = stale_phone((text(5)?, text(6)?), text(7)?, &countries, thorough);
        let (tax_id, known) = (text(11)?, text(12)?);
        let is = match tax_id {
            Some(said) => text::tax_id_normalized(said, text(8)?),
            None => None,
        };
        let tax_id = (is.as_deref() != known).then_some(is);
        if name.is_some() || email.is_some() || phone.is_some() || tax_id.is_some() {
            each(line.int(0)?, Stale { name, email, phone, tax_id });
        }
        Ok(())
    })
}

/// The same of contacts.
fn contacts(tx: &Tx<'_>, thorough: bool, mut each: impl FnMut(i64, Form)) -> Result<()> {
    tx.each(include_str!("contact_keys.sql"), &[], |line: &Line<'_>| {
        let text = |at: usize| line.text_or_null(at);
        let (value, known) = (text(2)?, text(3)?);
        let stale = match line.int(1)? {
            0 => stale_email(value, known),
            _ => {
                let countries = [text(4)?, text(5)?, text(6)?];
                stale_phone((value, None), known, &countries, thorough)
            }
        };
        if let Some(form) = stale {
            each(line.int(0)?, form);
        }
        Ok(())
    })
}

/// What is wrong, in words.
pub(super) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    partners(tx, false, |id, stale| {
        let by = [
            (stale.name.is_some(), "name"),
            (stale.email.is_some(), "address"),
            (stale.phone.is_some(), "number"),
            (stale.tax_id.is_some(), "tax number"),
        ];
        let by = by.into_iter().filter(|(is, _)| *is);
        let subject = PartnerId(id).subject();
        wrong.extend(by.map(|(_, by)| format!("{subject} is not found by its {by}")));
    })?;
    contacts(tx, false, |id, _| {
        let subject = PartnerContactId(id).subject();
        wrong.push(format!("{subject} is not found by what it says"));
    })?;
    Ok(wrong)
}

/// Mends it.
pub(super) fn rebuild(tx: &Tx<'_>) -> Result<()> {
    let mut stale = Vec::new();
    partners(tx, true, |id, found| stale.push((id, found)))?;
    let mut named = tx.prepare("UPDATE partner SET name_key = ?1 WHERE id = ?2")?;
    let mut mailed =
        tx.prepare("UPDATE partner SET email_normalized = ?1, email_state = ?2 WHERE id = ?3")?;
    let mut called =
        tx.prepare("UPDATE partner SET phone_normalized = ?1, phone_state = ?2 WHERE id = ?3")?;
    let mut taxed = tx.prepare("UPDATE partner SET tax_id_normalized = ?1 WHERE id = ?2")?;
    let code = |state: Option<ContactState>| state.map(ContactState::code);
    for (id, Stale { name, email, phone, tax_id }) in stale {
        if let Some(tax_id) = tax_id {
            taxed.execute_on(("partner", id), &[tax_id.into(), id.into()])?;
        }
        if let Some(name) = name {
            named.execute_on(("partner", id), &[name.into(), id.into()])?;
        }
        if let Some((email, state)) = email {
            mailed.execute_on(("partner", id), &[email.into(), code(state).into(), id.into()])?;
        }
        if let Some((phone, state)) = phone {
            called.execute_on(("partner", id), &[phone.into(), code(state).into(), id.into()])?;
        }
    }
    let mut stale = Vec::new();
    contacts(tx, true, |id, form| stale.push((id, form)))?;
    let mut set =
        tx.prepare("UPDATE partner_contact SET normalized = ?1, state = ?2 WHERE id = ?3")?;
    for (id, (is, state)) in stale {
        set.execute_on(("partner_contact", id), &[is.into(), code(state).into(), id.into()])?;
    }
    Ok(())
}
