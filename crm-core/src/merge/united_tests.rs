//! What a merge makes one of several of, what goes on being what it was, and what is told of merges.

use crate::{
    Crm, Date, ErrorKind, Fields, Find, Merge, Partner, PartnerId, PartnerMerge, Session, fields,
};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

fn create(s: &Session, fields: Fields) -> Partner {
    s.partners().create(fields).unwrap()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn role(s: &Session, partner: PartnerId, start: Option<&str>, end: Option<&str>) {
    let fields = fields! {
        partner_id: partner, role: "customer", date_start: start.map(day), date_end: end.map(day),
    };
    s.partner_roles().create(fields).unwrap();
}

fn roles(s: &Session, partner: PartnerId) -> Vec<(i64, Option<Date>, Option<Date>)> {
    let roles = s.partners().roles(partner).unwrap();
    roles.into_iter().map(|role| (role.id.0, role.date_start, role.date_end)).collect()
}

fn contacts(s: &Session, partner: PartnerId) -> Vec<(i64, String, Option<String>)> {
    let find = Find {
        order: Some("id".into()),
        ..Find::filter(&format!("partner_id = {}", partner.0)).unwrap()
    };
    let found = s.partner_contacts().find(&find).unwrap().into_iter();
    found.map(|contact| (contact.id.0, contact.value, contact.normalized)).collect()
}

#[test]
fn roles_of_the_same_days_and_equal_addresses_are_one_and_are_taken_apart_again() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one", email: "ada@harbour.example" });
    let two = create(&s, fields! { name: "two", email: "Ada <ADA@harbour.example>" });
    let three = create(&s, fields! { name: "three", email: "office@harbour.example" });
    role(&s, one.id, Some("2024-01-01"), Some("2025-01-01"));
    role(&s, one.id, Some("2026-01-01"), None);
    role(&s, two.id, Some("2024-06-01"), Some("2025-06-01"));
    role(&s, three.id, Some("2025-05-01"), Some("2025-07-01"));
    let ids = [one.id, two.id, three.id];
    let before: Vec<_> = ids.iter().map(|id| (roles(&s, *id), contacts(&s, *id))).collect();

    let plan = s.partners().plan_merge(&ids, &PartnerMerge::default()).unwrap();
    let united: Vec<_> =
        plan.united.iter().map(|rows| (rows.name.as_str(), rows.from, rows.count)).collect();
    assert_eq!(
        united,
        [
            ("partner_contact", two.id, 1),
            ("partner_role", two.id, 1),
            ("partner_role", three.id, 1)
        ]
    );
    let done = s.partners().merge(&ids, &PartnerMerge::default()).unwrap();
    let days = |start, end: Option<&str>| (Some(day(start)), end.map(day));
    let is: Vec<_> = roles(&s, one.id).into_iter().map(|(_, start, end)| (start, end)).collect();
    assert_eq!(is, [days("2024-01-01", Some("2025-07-01")), days("2026-01-01", None)]);
    let is: Vec<_> = contacts(&s, one.id).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(is, ["ada@harbour.example", "office@harbour.example"]);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());

    assert_eq!(s.partners().unmerge(done.merge_id).unwrap().conflicts, []);
    let after: Vec<_> = ids.iter().map(|id| (roles(&s, *id), contacts(&s, *id))).collect();
    assert_eq!(after, before);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn rows_that_say_the_same_are_found_by_a_look_through_the_file_and_mended() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one", email: "ada@harbour.example" });
    let two = create(&s, fields! { name: "two", email: "ADA@harbour.example" });
    role(&s, one.id, None, Some("2025-01-01"));
    role(&s, two.id, Some("2024-06-01"), None);
    let both = |tx: &mut crate::storage::Tx<'_>| {
        tx.execute("UPDATE partner_role SET partner_id = 1", &[])?;
        tx.execute("UPDATE partner_contact SET partner_id = 1", &[])?;
        tx.execute("UPDATE partner SET email = NULL, email_normalized = NULL WHERE id = 2", &[])
    };
    s.partners().link.write(both).unwrap();
    assert_eq!(crm.verify().unwrap(), ["partner 1 has a role or a contact twice"]);
    crm.repair().unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    assert_eq!(roles(&s, one.id), [(1, None, None)]);
    assert_eq!(contacts(&s, one.id).len(), 1);
}

#[test]
fn an_address_that_is_written_otherwise_stays_one() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one", email: "ada@harbour.example" });
    let bills = fields! { partner_id: one.id, channel: "email", value: "bills@harbour.example" };
    s.partner_contacts().create(bills).unwrap();
    s.partners().update(one.id, fields! { email: "Bills <BILLS@harbour.example>" }).unwrap();
    let values: Vec<_> = contacts(&s, one.id).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, ["ada@harbour.example", "Bills <BILLS@harbour.example>"]);
    // One number twice on a card is what somebody wrote there.
    s.partners()
        .update(one.id, fields! { phone: "+33 1 23 45 67 89", mobile: "+33123456789" })
        .unwrap();
    assert_eq!(contacts(&s, one.id).len(), 4);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    // Numbers that are one as soon as it is known where they are.
    let three = create(&s, fields! { name: "three", phone: "01 23 45 67 89" });
    let same = fields! { partner_id: three.id, channel: "phone", value: "+33 1 23 45 67 89" };
    s.partner_contacts().create(same).unwrap();
    assert_eq!(contacts(&s, three.id).len(), 2);
    s.partners().update(three.id, fields! { country_code: "FR" }).unwrap();
    assert_eq!(contacts(&s, three.id).len(), 1);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_number_stays_the_same_in_the_country_of_another() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one", phone: "01 23 45 67 89", country_code: "FR" });
    let two = create(
        &s,
        fields! { name: "two", mobile: "0711 1234567", street: "Kai 1", city: "Stuttgart", country_code: "DE" },
    );
    let (french, german) = (Some("+33123456789"), Some("+497111234567"));
    assert_eq!(
        (one.phone_normalized.as_deref(), two.phone_normalized.as_deref()),
        (french, german)
    );
    let before = (contacts(&s, one.id), contacts(&s, two.id));
    let plan = s.partners().plan_merge(&[one.id, two.id], &PartnerMerge::default()).unwrap();
    let phone = plan.fields.iter().find(|field| field.name == "phone").unwrap();
    assert_eq!(
        (phone.value.as_text(), &phone.from[..], &phone.dropped[..]),
        (french, &[one.id][..], &[][..])
    );
    let done = s.partners().merge(&[one.id, two.id], &PartnerMerge::default()).unwrap();
    assert_eq!(
        (done.head.country_code.as_deref(), done.head.city.as_deref()),
        (Some("DE"), Some("Stuttgart"))
    );
    assert_eq!(
        (done.head.phone_normalized.as_deref(), done.head.mobile.as_deref()),
        (french, Some("0711 1234567"))
    );
    let of_both: Vec<_> = contacts(&s, one.id).into_iter().map(|(_, _, normal)| normal).collect();
    assert_eq!(of_both, [french.map(str::to_owned), german.map(str::to_owned)]);
    // It stays so, whatever is written later.
    let later = s.partners().update(one.id, fields! { comment: "x" }).unwrap();
    assert_eq!(later.phone_normalized.as_deref(), french);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    s.partners().unmerge(done.merge_id).unwrap();
    assert_eq!((contacts(&s, one.id), contacts(&s, two.id)), before);

    let lead = |fields: Fields| s.leads().create(fields).unwrap();
    let one = lead(
        fields! { name: "one", phone: "01 23 45 67 89", mobile: "06 12 34 56 78", country_code: "FR" },
    );
    let two = lead(fields! { name: "two", city: "Stuttgart", zip: "70173", country_code: "DE" });
    let done = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    assert_eq!(
        (done.head.phone.as_deref(), done.head.phone_normalized.as_deref()),
        (french, french)
    );
    assert_eq!(done.head.mobile.as_deref(), Some("+33612345678"));
    assert_eq!(s.leads().unmerge(done.merge_id).unwrap().conflicts, []);
    assert_eq!(s.leads().get(one.id).unwrap(), one);
}

#[test]
fn a_number_that_could_not_be_read_is_read_where_it_comes_to() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one", phone: "01 23 45 67 89" });
    let two = create(
        &s,
        fields! { name: "two", phone: "01 23 45 67 89", street: "Quai 1", city: "Lyon", country_code: "FR" },
    );
    let french = Some("+33123456789");
    assert_eq!((one.phone_normalized.as_deref(), two.phone_normalized.as_deref()), (None, french));
    let before = (contacts(&s, one.id), contacts(&s, two.id));
    let done = s.partners().merge(&[one.id, two.id], &PartnerMerge::default()).unwrap();
    assert_eq!((done.head.id, done.head.phone_normalized.as_deref()), (one.id, french));
    let normal: Vec<_> = contacts(&s, one.id).into_iter().map(|(_, _, normal)| normal).collect();
    assert_eq!(normal, [french.map(str::to_owned)]);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    s.partners().unmerge(done.merge_id).unwrap();
    assert_eq!((contacts(&s, one.id), contacts(&s, two.id)), before);
}

#[test]
fn what_was_said_says_of_whom_and_what_was_merged_is_told_by_names() {
    let (_crm, s) = office();
    let harbour = create(&s, fields! { name: "Harbour" });
    let lead = |name: &str| s.leads().create(fields! { name: name }).unwrap();
    let (one, two) = (lead("one"), lead("two"));
    let fields = fields! { name: "three", partner_id: harbour.id, tag_ids: vec![1_i64, 2] };
    let three = s.leads().create(fields).unwrap();
    let said = |lead: &crate::Lead| s.chatter().post(lead.id, "Hello.", false).unwrap();
    let (own, its) = (said(&one), said(&three));
    let origin = |message| {
        let message = s.chatter().get(message).unwrap();
        (message.subject_id, message.origin_id, message.origin)
    };
    let first = s.leads().merge(&[two.id, three.id], &Merge::default()).unwrap();
    let moved = |to: &crate::Lead| (to.id.0, Some(three.id.0), Some("three".to_owned()));
    assert_eq!(origin(its), moved(&two));
    let notes = s.chatter().list(two.id).unwrap();
    let body = |row: usize| notes.at(row, "body").as_text().unwrap_or_default().to_owned();
    let note = (0..notes.len()).map(body).find(|body| body.starts_with("Merged")).unwrap();
    assert!(note.contains("\npartner_id: Harbour\n"), "{note}");
    assert!(note.contains("\nstage_id: New") && note.contains("\ntag_ids: "), "{note}");
    assert!(!note.contains("tag_ids: 1"), "{note}");

    let second = s.leads().merge(&[one.id, two.id], &Merge::default()).unwrap();
    assert_eq!((origin(its), origin(own)), (moved(&one), (one.id.0, None, None)));
    let list = s.chatter().list(one.id).unwrap();
    let told: Vec<_> = (0..list.len())
        .filter(|row| list.at(*row, "body").as_text() == Some("Hello."))
        .map(|row| (list.at(row, "origin_id"), list.at(row, "origin")))
        .collect();
    let none = crate::Value::Null;
    assert_eq!(told, [(none.clone(), none), (three.id.0.into(), "three".into())]);
    s.leads().unmerge(second.merge_id).unwrap();
    assert_eq!(origin(its), moved(&two));
    s.leads().unmerge(first.merge_id).unwrap();
    assert_eq!(origin(its), (three.id.0, None, None));
}

#[test]
fn merges_are_listed_to_those_who_see_what_came_of_them() {
    let (crm, s) = office();
    let user = |name: &str| {
        let fields = fields! { name: name, login: name, role: "own" };
        s.users().create(fields).unwrap().id
    };
    let (ben, dov) = (user("ben"), user("dov"));
    let lead = |owner| s.leads().create(fields! { name: "x", user_id: owner }).unwrap().id;
    let (a, b, c) = (lead(ben), lead(ben), lead(ben));
    let (d, e) = (lead(dov), lead(dov));
    let as_ben = crm.session(Some("ben".into()), None).unwrap();
    let first = as_ben.leads().merge(&[b, c], &Merge::default()).unwrap().merge_id;
    let second = s.leads().merge(&[a, b], &Merge::default()).unwrap().merge_id;
    let third = s.leads().merge(&[d, e], &Merge::default()).unwrap().merge_id;
    let ids = |session: &Session, of, most| {
        let merges = session.leads().merges(of, most).unwrap();
        merges.into_iter().map(|merge| merge.merge_id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&s, None, None), [third, second, first]);
    assert_eq!(ids(&s, None, Some(2)), [third, second]);
    assert_eq!(ids(&as_ben, None, None), [second, first], "through what stands in its place");
    assert_eq!(ids(&as_ben, None, Some(1)), [second]);
    assert_eq!(
        (ids(&s, Some(b), None), ids(&s, Some(c), None)),
        (vec![second, first], vec![first])
    );
    let refused = as_ben.leads().merges(Some(e), None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    let told = &s.leads().merges(Some(c), None).unwrap()[0];
    assert_eq!(
        (told.user_id, told.head, &told.merged[..], told.undone),
        (Some(ben), b, &[c][..], None)
    );
    s.leads().unmerge(third).unwrap();
    let told = &s.leads().merges(Some(e), None).unwrap()[0];
    assert_eq!((told.user_id, told.head, &told.merged[..]), (None, d, &[e][..]));
    assert!(told.undone.is_some());
    let frame = crate::MergeEntry::frame(&s.leads().merges(None, None).unwrap());
    assert_eq!((frame.len(), frame.at(0, "merged_id")), (3, e.0.into()));
    assert!(s.partners().merges(None, None).unwrap().is_empty());
}
