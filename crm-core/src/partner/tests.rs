//! What partners are found by, and contacts of many at once.

use crate::{Crm, Fields, Find, PartnerMerge, Session, fields};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

#[test]
fn forms_that_older_rules_made_are_found_and_mended() {
    let (crm, s) = office();
    let card = fields! { name: "Ada", email: ".ada@x.example", phone: "01 23 45 67 89", country_code: "FR" };
    let ada = s.partners().create(card).unwrap();
    let lead =
        fields! { name: "Lease", phone: "+33 1 23 45 67 89", email_from: "Ada <ada@x.example>" };
    let lead = s.leads().create(lead).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let older = |tx: &mut crate::storage::Tx<'_>| {
        tx.execute("UPDATE partner SET email_normalized = 'ada@x.example', email_state = 0, phone_normalized = '+1234567'", &[])?;
        tx.execute(
            "UPDATE partner_contact SET normalized = 'ada@x.example', state = 0 WHERE channel = 0",
            &[],
        )?;
        tx.execute(
            "UPDATE lead_text SET phone_normalized = '+1234567', email_normalized = 'x@x.example'",
            &[],
        )
    };
    s.partners().link.write(older).unwrap();
    let told = [
        "partner 1 is not found by its address",
        "partner 1 is not found by its number",
        "partner_contact 1 is not found by what it says",
        "lead 1 is not found by its address",
        "lead 1 is not found by its number",
    ];
    assert_eq!(crm.verify().unwrap(), told);
    assert_eq!(crm.repair().unwrap(), told);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    assert_eq!(s.partners().get(ada.id).unwrap(), ada);
    assert_eq!(s.leads().get(lead.id).unwrap(), lead);
}

#[test]
fn a_number_read_by_what_was_known_of_its_country_is_right() {
    let (crm, s) = office();
    let bakery = s.partners().create(fields! { name: "Bakery", country_code: "FR" }).unwrap();
    let card = fields! { name: "Ada", parent_id: bakery.id, phone: "01 23 45 67 89" };
    let ada = s.partners().create(card).unwrap();
    assert_eq!(ada.phone_normalized.as_deref(), Some("+33123456789"));
    let none = s.partners().create(fields! { name: "Ben", phone: "01 23 45 67 89" }).unwrap();
    assert_eq!(none.phone_normalized, None);
    s.leads().create(fields! { name: "a", partner_id: ada.id, phone: "01 23 45 67 88" }).unwrap();
    // Where the company is has no say in what was read before.
    let company = crate::CompanyId::from(1);
    s.companies().update(company, fields! { country_code: "FR" }).unwrap();
    // Nor has who has the place of whom they belonged to.
    let other = fields! { name: "Other bakery", country_code: "DE", city: "Bonn" };
    let other = s.partners().create(other).unwrap();
    let merged = PartnerMerge { head_id: Some(other.id), ..PartnerMerge::default() };
    s.partners().merge(&[bakery.id, other.id], &merged).unwrap();
    let card = s.partners().get(ada.id).unwrap();
    let number = card.phone_normalized.as_deref();
    assert_eq!((card.parent_id, number), (Some(other.id), Some("+33123456788")));
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn contacts_of_many_partners_are_those_of_each() {
    let (crm, s) = office();
    let draft = |n: usize| {
        let mut draft = fields! { name: format!("p{n}"), email: format!("P{n} <p{n}@x.example>") };
        if n.is_multiple_of(2) {
            draft.set("phone", format!("+33 1 23 45 {:02} {:02}", n / 100, n % 100));
            draft.set("mobile", format!("+33 6 23 45 {:02} {:02}", n / 100, n % 100));
        }
        if n.is_multiple_of(5) {
            draft.set("phone", "no number");
        }
        draft
    };
    let all: Vec<Fields> = (0..60).map(draft).collect();
    s.partners().create_many(all.clone()).unwrap();
    for draft in all {
        s.partners().create(draft).unwrap();
    }
    let find = |low: i64, high: i64| {
        let ids: Vec<String> = (low..=high).map(|id| id.to_string()).collect();
        let of_them = Find::filter(&format!("partner_id in ({})", ids.join(", "))).unwrap();
        let find = Find { order: Some("id".into()), ..of_them };
        let found = s.partner_contacts().find(&find).unwrap().into_iter();
        let of = |it: crate::PartnerContact| {
            (
                it.partner_id.0 - low,
                it.channel,
                it.kind,
                it.value,
                it.normalized,
                it.state,
                it.is_primary,
            )
        };
        found.map(of).collect::<Vec<_>>()
    };
    let (many, each) = (find(1, 60), find(61, 120));
    assert_eq!(many.len(), 60 + 30 * 2 + 6);
    assert_eq!(many, each);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}
