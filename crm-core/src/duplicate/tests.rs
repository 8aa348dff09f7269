//! What is found for whom, through the desk and for merging.

use crate::base::Record as _;
use crate::base::likeness::{Wanted, likeness};
use crate::base::{LeadId, PartnerId, Progress, RecordKind};
use crate::duplicate::reason::Shared;
use crate::duplicate::store::{Part, names_question, question};
use crate::duplicate::{DuplicateOf, DuplicateQuery, DuplicateScan, Identity, same_customer};
use crate::record::{Lead, Partner};
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

/// Numbers below what is asked, the same ones for the same seed.
fn dice(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    }
}

/// Clusters found by comparing each with each.
fn brute(leads: &[Lead]) -> Vec<Vec<i64>> {
    let left: Vec<&Lead> = leads
        .iter()
        .filter(|lead| lead.active && lead.won_status == crate::WonStatus::Pending)
        .collect();
    let shared = |lead: &Lead| {
        let phone = lead.phone_normalized.as_ref();
        leads.iter().filter(|other| other.phone_normalized.as_ref() == phone).count()
    };
    let tied = |a: &Lead, b: &Lead| {
        let email = a.email_normalized.is_some() && a.email_normalized == b.email_normalized;
        let phone = a.phone_normalized.is_some() && a.phone_normalized == b.phone_normalized;
        email || phone && shared(a) <= crate::base::limit::SHARED
    };
    let mut groups: Vec<Vec<i64>> = left.iter().map(|lead| vec![lead.id.0]).collect();
    for a in &left {
        for b in &left {
            if a.id < b.id && tied(a, b) {
                let at = |id: i64, groups: &[Vec<i64>]| {
                    groups.iter().position(|g| g.contains(&id)).unwrap()
                };
                let (into, from) = (at(a.id.0, &groups), at(b.id.0, &groups));
                if into != from {
                    let taken = std::mem::take(&mut groups[from]);
                    groups[into].extend(taken);
                    groups.retain(|group| !group.is_empty());
                }
            }
        }
    }
    groups.retain(|group| group.len() > 1);
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}

#[test]
fn a_scan_finds_what_comparing_each_with_each_finds() {
    for seed in 1..=12_usize {
        let (_crm, s) = opened();
        let mut roll = dice(seed as u64);
        let drafts = (0..60).map(|_| {
            let mut draft = fields! { name: "x" };
            // Few phones, so that some are shared by too many.
            let (mailboxes, phones) = (40, 2 + seed);
            if roll(3) > 0 {
                draft.set("email_from", format!("P{}@harbour.com", roll(mailboxes)));
            }
            if roll(3) == 0 {
                draft.set("phone", format!("+331234567{:02}", 10 + roll(phones)));
            }
            draft
        });
        let leads = s.leads().create_many(drafts.collect()).unwrap();
        for lead in &leads {
            match roll(8) {
                0 => drop(s.leads().mark_won(lead.id).unwrap()),
                1 => drop(s.leads().archive(lead.id).unwrap()),
                _ => {}
            }
        }
        let all = crate::Find::filter("active in (true, false)").unwrap();
        let expected = brute(&s.leads().find(&all).unwrap());
        let asked = DuplicateScan::of(RecordKind::Lead);
        let found = s.duplicates().scan(&asked, &mut Progress::none()).unwrap();
        assert_eq!(
            found.iter().map(|c| c.ids.clone()).collect::<Vec<_>>(),
            expected,
            "seed {seed}"
        );
        for cluster in &found {
            let told: std::collections::BTreeSet<i64> =
                cluster.reasons.iter().map(|(id, _)| *id).collect();
            assert!(told.iter().eq(&cluster.ids), "each of a cluster has a reason");
        }
    }
}

#[test]
fn a_scan_can_be_stopped_and_asked_for_weaker_reasons() {
    let (_crm, s) = opened();
    let ada = s.partners().create(fields! { name: "Ada" }).unwrap().id;
    for email in ["ada@harbour.com", "bob@harbour.com", "eve@gmail.com", "eva@gmail.com"] {
        lead(&s, "x", email);
    }
    s.leads().update(LeadId(1), fields! { partner_id: ada }).unwrap();
    s.leads().create(fields! { name: "x", partner_id: ada }).unwrap();
    let ids = |least: i64| {
        let asked = DuplicateScan { least, ..DuplicateScan::of(RecordKind::Lead) };
        let found = s.duplicates().scan(&asked, &mut Progress::none()).unwrap();
        found.into_iter().map(|cluster| cluster.ids).collect::<Vec<_>>()
    };
    assert_eq!(ids(80), Vec::<Vec<i64>>::new());
    assert_eq!(ids(70), [[1, 5]]);
    assert_eq!(ids(30), [[1, 2, 5]], "a provider's domain ties nobody");
    let mut stop = |_, _| false;
    let asked = DuplicateScan::of(RecordKind::Lead);
    let stopped = s.duplicates().scan(&asked, &mut Progress::new(&mut stop)).unwrap_err();
    assert_eq!(stopped.kind(), crate::ErrorKind::Cancelled);
    for wrong in [0, 100] {
        let asked = DuplicateScan { least: wrong, ..asked.clone() };
        let refused = s.duplicates().scan(&asked, &mut Progress::none()).unwrap_err();
        assert_eq!(refused.field(), Some("least"));
    }
}

#[test]
fn names_one_slip_off_are_found_as_comparing_each_with_each_finds_them() {
    let (_crm, s) = opened();
    let mut roll = dice(7);
    // Of letters that make no other spelling of those before and behind them.
    const LETTERS: [char; 12] = ['b', 'c', 'd', 'g', 'i', 'j', 'l', 'm', 'n', 'q', 't', 'z'];
    let base = ["harbour frigt", "azurit bokri", "cidar clinot", "harbor frigt"];
    let names: Vec<String> = (0..80)
        .map(|_| {
            let mut name: Vec<char> = base[roll(4)].chars().collect();
            for _ in 0..roll(3) {
                let at = roll(name.len());
                match roll(4) {
                    3 if at > 0 => name.swap(at - 1, at),
                    0 => drop(name.remove(at)),
                    1 => name[at] = LETTERS[roll(12)],
                    _ => name.insert(at, LETTERS[roll(12)]),
                }
            }
            name.into_iter().collect()
        })
        .collect();
    let drafts = names.iter().map(|name| fields! { name: name.as_str() }).collect();
    let partners = s.partners().create_many(drafts).unwrap();
    let common =
        |name: &str| names.iter().filter(|other| likeness(name, other) == 100).count() > 20;
    let mut expected: Vec<Vec<i64>> = partners.iter().map(|partner| vec![partner.id.0]).collect();
    for (n, a) in partners.iter().enumerate() {
        for b in &partners[n + 1..] {
            if likeness(&a.name, &b.name) > 0 && !common(&a.name) && !common(&b.name) {
                let at = |id: i64, groups: &[Vec<i64>]| {
                    groups.iter().position(|g| g.contains(&id)).unwrap()
                };
                let (into, from) = (at(a.id.0, &expected), at(b.id.0, &expected));
                if into != from {
                    let taken = std::mem::take(&mut expected[from]);
                    expected[into].extend(taken);
                }
            }
        }
    }
    expected.retain(|group| group.len() > 1);
    expected.iter_mut().for_each(|group| group.sort_unstable());
    expected.sort_unstable();
    assert!(expected.len() > 2, "there is something to find");
    let asked = DuplicateScan { least: 45, ..DuplicateScan::of(RecordKind::Partner) };
    let found = s.duplicates().scan(&asked, &mut Progress::none()).unwrap();
    assert_eq!(found.into_iter().map(|cluster| cluster.ids).collect::<Vec<_>>(), expected);
}

#[test]
fn a_file_from_before_has_its_names_reckoned_by_a_repair() {
    let (crm, s) = opened();
    let bakery = s.partners().create(fields! { name: "Azure Bakery" }).unwrap().id;
    let forgotten =
        |tx: &mut crate::storage::Tx<'_>| tx.execute("UPDATE partner SET name_key = NULL", &[]);
    s.duplicates().link.write(forgotten).unwrap();
    let asked = DuplicateOf::Candidate(RecordKind::Partner, fields! { name: "Azure Bakery Ltd" });
    let asked = DuplicateQuery::of(asked);
    assert!(s.duplicates().find(&asked).unwrap().is_empty());
    assert_eq!(crm.repair().unwrap(), ["partner 1 is not found by its name"]);
    assert_eq!(s.duplicates().find(&asked).unwrap()[0].record_id, bakery.0);
    assert!(crm.verify().unwrap().is_empty());
}

#[test]
fn a_name_is_found_however_many_share_half_of_it() {
    let (_crm, s) = opened();
    // Each digit twice: no two names are a slip apart.
    let name = |n: usize| format!("Harbourside{n:04}{n:04}");
    let drafts: Vec<crate::Fields> = (0..2_100).map(|n| crate::fields! { name: name(n) }).collect();
    assert!(drafts.len() > 2 * crate::base::limit::NAMES);
    s.partners().create_many(drafts).unwrap();
    let asked = |name: String| {
        let of = DuplicateOf::Candidate(RecordKind::Partner, crate::fields! { name: name });
        let found = s.duplicates().find(&DuplicateQuery::of(of)).unwrap();
        found.into_iter().map(|one| (one.record_id, one.score)).collect::<Vec<_>>()
    };
    assert_eq!(asked(name(2_099)), [(2_100, 60)]);
    assert_eq!(asked(name(3)), [(4, 60)]);
    // A wrong letter in the half that few share.
    assert_eq!(asked(name(2_099).replace("Harb", "Hqrb")), [(2_100, 45)]);
}

#[test]
fn whatever_is_shared_is_found_through_an_index() {
    let (_crm, s) = opened();
    let texts = |shared| Part::Texts(shared, vec!["x".to_owned(), "y".to_owned()]);
    let both = [texts(Shared::Email), texts(Shared::Phone), texts(Shared::Domain)];
    let ids = [Part::Ids(Shared::Partner, vec![1, 2]), Part::Ids(Shared::Family, vec![3])];
    let names = [texts(Shared::TaxId), Part::Named(vec![1, 2])];
    let wanted = Wanted::of("Harbour Freight Bakery");
    let both: Vec<&Part> = both.iter().collect();
    for (table, parts) in [
        (Lead::TABLE, both.iter().copied().chain(&ids).collect::<Vec<_>>()),
        (Partner::TABLE, both.iter().copied().chain(&names).collect()),
        (Partner::TABLE, Vec::new()),
    ] {
        let plan: Vec<String> = s
            .duplicates()
            .link
            .read(|tx| {
                let asked = match parts.is_empty() {
                    true => names_question(tx, table, &wanted)?,
                    false => question(tx, table, &parts)?,
                };
                let sql = format!("EXPLAIN QUERY PLAN {}", asked.sql);
                tx.rows(&sql, &asked.params, |line| Ok(line.text(3)?.to_owned()))
            })
            .unwrap();
        let sought = if parts.is_empty() { 10 } else { parts.len() };
        let scans = |step: &&String| {
            ["SCAN lead", "SCAN partner"].iter().any(|scan| step.starts_with(scan))
        };
        assert_eq!(plan.iter().find(scans), None, "{plan:#?}");
        assert!(plan.iter().filter(|step| step.contains("INDEX")).count() >= sought, "{plan:#?}");
    }
}

#[test]
fn a_company_and_its_staff_on_one_line_are_not_one() {
    let (_crm, s) = opened();
    let phone = "+49 30 5550100";
    let partner = |name: &str, parent: Option<PartnerId>| {
        let is_company = parent.is_none();
        let card = fields! { name: name, phone: phone, is_company: is_company, parent_id: parent };
        s.partners().create(card).unwrap().id
    };
    let scan = || {
        let asked = DuplicateScan::of(RecordKind::Partner);
        let found = s.duplicates().scan(&asked, &mut Progress::none()).unwrap();
        found.into_iter().map(|cluster| cluster.ids).collect::<Vec<_>>()
    };
    let acme = partner("Acme Rentals", None);
    let (ada, bob) = (partner("Ada Byrne", Some(acme)), partner("Bob Quist", Some(acme)));
    assert_eq!(scan(), Vec::<Vec<i64>>::new(), "one switchboard");
    // The same person twice is two by more than the switchboard.
    let twice = partner("Ada Byrne", Some(acme));
    assert_eq!(scan(), [[ada.0, twice.0]]);
    s.partners().delete(twice).unwrap();
    // Another company with the number may be the same; of a family one stands for all.
    let other = partner("Rentals of Acme", None);
    assert_eq!(scan(), [[acme.0, other.0]]);
    let below = partner("Cem Day", Some(other));
    assert_eq!(scan(), [[acme.0, other.0]]);
    s.partners().update(other, fields! { phone: "" }).unwrap();
    assert_eq!(scan(), [[acme.0, below.0]]);
    s.partners().update(acme, fields! { phone: "" }).unwrap();
    assert_eq!(scan(), [[ada.0, below.0]], "{bob:?} is of the same family as {ada:?}");
}
