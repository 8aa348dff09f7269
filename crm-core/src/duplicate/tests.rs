//! What is found for whom, through the desk and for merging.

use crate::base::{LeadId, PartnerId, RecordKind};
use crate::duplicate::{DuplicateOf, DuplicateQuery, Identity, same_customer};
use crate::{Crm, Session, fields};

fn opened() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

fn lead(s: &Session, name: &str, email: &str) -> LeadId {
    s.leads().create(fields! { name: name, email_from: email }).unwrap().id
}

fn same(s: &Session, emails: &[&str], partner: Option<PartnerId>, lost: bool) -> Vec<i64> {
    let emails = emails.iter().map(|email| (*email).to_owned()).collect();
    let asked = [Identity::default(), Identity { emails, partner_id: partner }];
    let mut found =
        s.duplicates().link.read(|tx| same_customer(tx, &asked, lost)).unwrap().into_iter();
    assert_eq!(found.next(), Some(Vec::new()), "nobody has no leads");
    found.next().unwrap()
}

#[test]
fn a_customers_leads_are_those_of_an_address_or_of_the_customer() {
    let (_crm, s) = opened();
    let ada = s.partners().create(fields! { name: "Ada" }).unwrap().id;
    let first = lead(&s, "First", "ada@harbour.com");
    let second = s.leads().create(fields! { name: "Second", partner_id: ada }).unwrap().id;
    let lost = lead(&s, "Lost", "ADA@harbour.com");
    let won = lead(&s, "Won", "ada@harbour.com");
    let archived = lead(&s, "Archived", "ada@harbour.com");
    lead(&s, "Colleague", "bob@harbour.com");
    lead(&s, "Nobody", "");
    s.leads().mark_lost(lost, &crate::Lost::default()).unwrap();
    s.leads().mark_won(won).unwrap();
    s.leads().archive(archived).unwrap();
    let (mail, both) = (["ada@harbour.com"], [first.0, second.0]);
    assert_eq!(same(&s, &mail, Some(ada), false), both);
    assert_eq!(
        same(&s, &mail, None, true),
        [first.0, lost.0, archived.0],
        "opportunities, archived or lost"
    );
    s.leads().update(lost, fields! { kind: "lead" }).unwrap();
    assert_eq!(same(&s, &mail, None, true), [first.0, archived.0], "an archived lead is gone");
    assert!(same(&s, &[], None, true).is_empty());
    assert!(same(&s, &["harbour.com@ada"], None, true).is_empty());
}

#[test]
fn what_many_share_is_no_reason() {
    let (_crm, s) = opened();
    let colleague = |n: usize| fields! { name: "x", email_from: format!("p{n}@harbour.com"), phone: "+33123456789" };
    let known = s.leads().create_many((0..20).map(colleague).collect()).unwrap();
    let asked = DuplicateQuery::of(DuplicateOf::Lead(known[0].id));
    let found = s.duplicates().find(&asked).unwrap();
    assert_eq!(found.len(), 19, "twenty share it, the lead itself among them");
    assert_eq!(
        found[0].reasons.iter().map(|r| r.field).collect::<Vec<_>>(),
        ["phone_normalized", "email_domain"]
    );
    let one_more = DuplicateOf::Candidate(RecordKind::Lead, colleague(99));
    assert_eq!(s.duplicates().find(&DuplicateQuery::of(one_more)).unwrap().len(), 20);
    s.leads().create(colleague(20)).unwrap();
    assert!(s.duplicates().find(&asked).unwrap().is_empty(), "twenty-one share an office");
}

#[test]
fn an_address_is_found_by_its_index_in_filters_too() {
    let (_crm, s) = opened();
    let ada = lead(&s, "Ada", "Ada@Harbour.com");
    lead(&s, "Nobody", "");
    let find = |filter: &str| {
        let found = s.leads().find(&crate::Find::filter(filter).unwrap()).unwrap();
        found.iter().map(|lead| lead.id).collect::<Vec<_>>()
    };
    assert_eq!(find(r#"email_normalized = "ada@harbour.com""#), [ada]);
    assert_eq!(find(r#"email_normalized in ("bob@harbour.com", "ada@harbour.com")"#), [ada]);
    assert!(find(r#"email_normalized = "harbour.com@ada""#).is_empty());
    assert!(find(r#"email_normalized = """#).is_empty());
    assert!(
        find(r#"not email_normalized = "ada@harbour.com""#).is_empty(),
        "empty is not another one"
    );
}
