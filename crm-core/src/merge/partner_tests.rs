//! Merging partners through the desk: who is kept, what follows, what comes back, what is refused.

use crate::{
    Crm, ErrorKind, Fields, Find, Id as _, Lead, Partner, PartnerId, PartnerMerge, Session, Value,
    fields,
};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

fn create(s: &Session, fields: Fields) -> Partner {
    s.partners().create(fields).unwrap()
}

fn merge(s: &Session, ids: &[PartnerId]) -> crate::Merged<Partner> {
    s.partners().merge(ids, &PartnerMerge::default()).unwrap()
}

fn lead(s: &Session, name: &str, partner: PartnerId) -> Lead {
    s.leads().create(fields! { name: name, partner_id: partner }).unwrap()
}

fn everybody(s: &Session) -> Vec<Partner> {
    let find =
        Find { order: Some("id".into()), ..Find::filter("active in (true, false)").unwrap() };
    s.partners().find(&find).unwrap()
}

#[test]
fn who_is_in_use_is_kept_then_a_company_then_the_older_unless_it_is_said() {
    let (_crm, s) = office();
    let archived = create(&s, fields! { name: "archived", is_company: true, active: false });
    let person = create(&s, fields! { name: "person" });
    let newer = create(&s, fields! { name: "newer", is_company: true });
    let newest = create(&s, fields! { name: "newest", is_company: true });
    let ids = [newest.id, person.id, archived.id, newer.id];
    let plan = s.partners().plan_merge(&ids, &PartnerMerge::default()).unwrap();
    assert_eq!((plan.head, plan.merged), (newer.id, vec![newest.id, person.id, archived.id]));
    let given = PartnerMerge { head_id: Some(person.id), ..PartnerMerge::default() };
    let kept = s.partners().merge(&ids, &given).unwrap().head;
    assert_eq!((kept.id, kept.name.as_str(), kept.is_company), (person.id, "person", true));
}

#[test]
fn what_one_does_not_have_it_gets_and_the_plan_says_all_of_it() {
    let (crm, s) = office();
    let declared = crate::PropertyDefinition::new(
        crate::RecordKind::Partner,
        "Seats",
        crate::PropertyKind::Number,
    );
    s.properties().declare(&declared).unwrap();
    let tags: Vec<i64> =
        ["a", "b"].map(|name| s.tags().create(fields! { name: name }).unwrap().id.0).into();
    let one = create(
        &s,
        fields! { name: "one", phone: "1", city: "Lyon", comment: "first", tag_ids: vec![tags[0]], is_customer: false },
    );
    let mut second = fields! {
        name: "two",
        phone: "2",
        email: "Ada <ADA@harbour.example>",
        tax_id: "FR 40 303 265 045",
        city: "Nantes",
        zip: "44000",
        comment: "second",
        tag_ids: vec![tags[1]],
        is_supplier: true,
    };
    second.set("properties.Seats", 4);
    let two = create(&s, second);
    let ids = [one.id, two.id];
    let plan = s.partners().plan_merge(&ids, &PartnerMerge::default()).unwrap();
    let field = |name: &str| plan.fields.iter().find(|field| field.name == name).unwrap();
    assert_eq!(field("name").dropped, [(two.id, "two".into())]);
    assert_eq!(field("phone").dropped, [(two.id, "2".into())]);
    assert_eq!(field("city").dropped, [(one.id, "Lyon".into())]);
    assert_eq!(field("comment").from, ids);
    assert_eq!(field("properties.Seats").from, [two.id]);
    let head = merge(&s, &ids).head;
    for field in plan.fields.iter().filter(|field| !field.value.is_null()) {
        let is = match field.name.strip_prefix("properties.") {
            Some(name) => head.properties.0[name].clone(),
            None => crate::Record::value(&head, &field.name).unwrap(),
        };
        assert_eq!(is, field.value, "{}", field.name);
    }
    assert_eq!((head.phone.as_deref(), head.zip.as_deref()), (Some("1"), Some("44000")));
    assert_eq!(head.email_normalized.as_deref(), Some("ada@harbour.example"));
    assert!(head.tax_id_normalized.is_some() && head.is_customer && head.is_supplier);
    assert_eq!((head.comment.as_deref(), head.tag_ids.len()), (Some("first\n\nsecond"), 2));
    // What the card has no place for is still a way to reach them.
    let other = s.partner_contacts().find(&Find::filter("value = \"2\"").unwrap()).unwrap();
    assert_eq!((other.len(), other[0].partner_id, other[0].is_primary), (1, head.id, false));
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn leads_people_words_and_names_follow_and_come_back() {
    let (crm, s) = office();
    let mut named = fields! { name: "two", is_company: true, email: "office@harbour.example" };
    named.external_id = Some(("erp".to_owned(), "2".to_owned()));
    let one = create(&s, fields! { name: "one", is_company: true });
    let two = create(&s, named);
    let child = create(&s, fields! { name: "child", parent_id: two.id });
    let (lease, own) = (lead(&s, "lease", two.id), lead(&s, "own", one.id));
    let kind = s.activity_types().find(&Find::all()).unwrap()[0].id;
    let call = crate::Schedule { activity_type_id: kind, ..crate::Schedule::default() };
    let activity = s.activities().schedule(two.id, &call).unwrap().id;
    let said = s.chatter().post(two.id, "They want the blue ones.", false).unwrap();
    let before = (everybody(&s), s.chatter().list(two.id).unwrap());

    let plan = s.partners().plan_merge(&[one.id, two.id], &PartnerMerge::default()).unwrap();
    let rows: Vec<_> = plan.rows.iter().map(|rows| (rows.name.as_str(), rows.count)).collect();
    let expected = [
        "activity",
        "external_id",
        "lead.partner_id",
        "message",
        "partner.parent_id",
        "partner_contact",
    ];
    assert_eq!(rows, expected.map(|name| (name, 1)));
    let done = merge(&s, &[one.id, two.id]);
    assert_eq!(s.partners().get(two.id).unwrap().id, one.id);
    assert_eq!(s.partners().merged_into(two.id).unwrap(), Some(one.id));
    assert_eq!(s.partners().get_external("erp", "2").unwrap().id, one.id);
    assert_eq!(s.partners().get(child.id).unwrap().parent_id, Some(one.id));
    assert_eq!(s.activities().get(activity).unwrap().subject_id, one.id.0);
    assert_eq!(s.chatter().get(said).unwrap().subject_id, one.id.0);
    let now = |lead: &Lead| s.leads().get(lead.id).unwrap();
    assert_eq!(now(&lease).partner_id, Some(one.id));
    assert_eq!(
        now(&lease).email_from,
        lease.email_from,
        "what a lead says of its contact is its own"
    );
    assert_eq!(now(&own), own, "a lead hears nothing of whom its customer is one with");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());

    let back = s.partners().unmerge(done.merge_id).unwrap();
    assert_eq!(back.conflicts, []);
    let ids: Vec<PartnerId> = back.records.iter().map(|partner| partner.id).collect();
    assert_eq!(ids, [one.id, two.id]);
    let of_child = |all: Vec<Partner>| all.into_iter().filter(|it| it.id != child.id).collect();
    let others: Vec<Partner> = of_child(everybody(&s));
    assert_eq!(others, of_child(before.0));
    assert_eq!(s.chatter().list(two.id).unwrap(), before.1);
    assert_eq!(s.partners().get(child.id).unwrap().parent_id, Some(two.id));
    assert_eq!(s.partners().get_external("erp", "2").unwrap().id, two.id);
    assert_eq!(now(&lease).partner_id, Some(two.id));
    assert_eq!(s.partners().unmerge(done.merge_id).unwrap().conflicts, []);
    assert_eq!(s.leads().unmerge(done.merge_id).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_changed_since_stays_and_is_listed() {
    let (crm, s) = office();
    let one = create(&s, fields! { name: "one" });
    let two = create(&s, fields! { name: "two", phone: "2", website: "two.example" });
    let three = create(&s, fields! { name: "three" });
    let lease = lead(&s, "lease", two.id);
    let child = create(&s, fields! { name: "child", parent_id: two.id });
    let done = merge(&s, &[one.id, two.id]);
    s.partners().update(one.id, fields! { phone: "3" }).unwrap();
    let moved = s.partner_contacts().find(&Find::filter("value = \"3\"").unwrap()).unwrap();
    assert_eq!(moved[0].partner_id, one.id, "the number came from the other card, and goes back");
    s.leads().update(lease.id, fields! { partner_id: three.id }).unwrap();
    s.partners().update(child.id, fields! { parent_id: three.id }).unwrap();
    let back = s.partners().unmerge(done.merge_id).unwrap();
    let mut listed: Vec<_> =
        back.conflicts.iter().map(|conflict| (conflict.record, conflict.field)).collect();
    listed.sort_by_key(|(record, _)| record.kind);
    let parts = [
        (one.id.subject(), "phone"),
        (child.id.subject(), "parent_id"),
        (lease.id.subject(), "partner_id"),
        (moved[0].id.subject(), "value"),
    ];
    for part in &parts {
        assert!(listed.contains(part), "{listed:?}");
    }
    assert_eq!(listed.len(), parts.len());
    let head = s.partners().get(one.id).unwrap();
    assert_eq!((head.phone.as_deref(), head.website), (Some("3"), None));
    assert_eq!(s.partners().get(two.id).unwrap(), two);
    assert_eq!(s.leads().get(lease.id).unwrap().partner_id, Some(three.id));
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_gone_since_is_not_referred_to_again() {
    let (crm, s) = office();
    let tag = s.tags().create(fields! { name: "red" }).unwrap().id;
    let [top, other] = ["top", "other"].map(|name| create(&s, fields! { name: name }));
    let one = create(&s, fields! { name: "one", parent_id: other.id });
    let two = create(&s, fields! { name: "two", parent_id: top.id, tag_ids: vec![tag.0] });
    let done = merge(&s, &[one.id, two.id]);
    s.tags().delete(tag).unwrap();
    let given = PartnerMerge { head_id: Some(other.id), ..PartnerMerge::default() };
    s.partners().merge(&[other.id, top.id], &given).unwrap();
    let back = s.partners().unmerge(done.merge_id).unwrap();
    let two = s.partners().get(two.id).unwrap();
    assert_eq!((two.parent_id, two.tag_ids.len()), (Some(other.id), 0));
    let of_two = back.conflicts.iter().filter(|it| it.record == two.id.subject());
    assert_eq!(of_two.map(|it| it.field).collect::<Vec<_>>(), ["parent_id", "tag_ids"]);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn nobody_is_above_himself_afterwards() {
    let (_crm, s) = office();
    let top = create(&s, fields! { name: "top" });
    let middle = create(&s, fields! { name: "middle", parent_id: top.id });
    let child = create(&s, fields! { name: "child", parent_id: middle.id });
    let plan = |ids: &[PartnerId]| s.partners().plan_merge(ids, &PartnerMerge::default());
    for ids in [[top.id, middle.id], [child.id, top.id]] {
        let refused = plan(&ids).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("parent_id")));
    }
    // Two sets of which each is under the other only when both are merged.
    let [a, b] = ["a", "b"].map(|name| create(&s, fields! { name: name }));
    let c = create(&s, fields! { name: "c", parent_id: a.id });
    let d = create(&s, fields! { name: "d", parent_id: b.id });
    let sets = [vec![a.id, d.id], vec![b.id, c.id]];
    let refused = s.partners().merge_clusters(&sets, &PartnerMerge::default()).unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("parent_id")));
    // A tail's own parent may have been put below one of its people since.
    let boss = create(&s, fields! { name: "boss" });
    let one = create(&s, fields! { name: "one" });
    let two = create(&s, fields! { name: "two", parent_id: boss.id });
    let person = create(&s, fields! { name: "person", parent_id: two.id });
    let given = PartnerMerge { head_id: Some(one.id), ..PartnerMerge::default() };
    let done = s.partners().merge(&[one.id, two.id], &given).unwrap();
    s.partners().update(one.id, fields! { parent_id: Value::Null }).unwrap();
    s.partners().update(boss.id, fields! { parent_id: person.id }).unwrap();
    let back = s.partners().unmerge(done.merge_id).unwrap();
    let of_person = back.conflicts.iter().find(|it| it.record == person.id.subject()).unwrap();
    assert_eq!((of_person.field, &of_person.now), ("parent_id", &Value::from(one.id)));
    let mut above = Some(person.id);
    for _ in 0..5 {
        above = above.and_then(|id| s.partners().get(id).unwrap().parent_id);
    }
    assert_eq!(above, None, "every chain ends");
}

#[test]
fn sets_that_belong_to_each_other_are_merged_at_once_and_taken_back_in_any_order() {
    for turned in [false, true] {
        let (crm, s) = office();
        let a = create(&s, fields! { name: "a", is_company: true });
        let b = create(&s, fields! { name: "b", is_company: true });
        let x = create(&s, fields! { name: "x" });
        let y = create(&s, fields! { name: "y", parent_id: b.id });
        let sets = [vec![a.id, b.id], vec![x.id, y.id]];
        let done = s.partners().merge_clusters(&sets, &PartnerMerge::default()).unwrap();
        assert_eq!(done[1].head.parent_id, Some(a.id));
        let mut ids = [done[0].merge_id, done[1].merge_id];
        if turned {
            ids.reverse();
        }
        ids.iter().for_each(|id| drop(s.partners().unmerge(*id).unwrap()));
        assert_eq!(everybody(&s).len(), 4);
        assert_eq!(s.partners().get(y.id).unwrap().parent_id, Some(b.id));
        assert_eq!(s.partners().get(x.id).unwrap().parent_id, None);
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn what_cannot_be_merged_is_named() {
    let (crm, s) = office();
    let [one, two] = ["one", "two"].map(|name| create(&s, fields! { name: name }));
    let refused = |ids: &[PartnerId], merge: &PartnerMerge| {
        let error = s.partners().plan_merge(ids, merge).unwrap_err();
        (error.kind(), error.field().map(str::to_owned), error.subject().map(|subject| subject.id))
    };
    let none = PartnerMerge::default();
    let invalid = |field: &str, id: i64| (ErrorKind::Invalid, Some(field.to_owned()), Some(id));
    assert_eq!(refused(&[one.id], &none), invalid("ids", one.id.0));
    assert_eq!(refused(&[one.id, two.id, one.id], &none), invalid("ids", one.id.0));
    assert_eq!(refused(&[one.id, PartnerId(99)], &none), (ErrorKind::NotFound, None, Some(99)));
    let other = PartnerMerge { head_id: Some(PartnerId(99)), ..none };
    assert_eq!(refused(&[one.id, two.id], &other), invalid("head_id", 99));
    let nobody = PartnerMerge { user_id: Some(crate::UserId(99)), ..none };
    assert_eq!(refused(&[one.id, two.id], &nobody), invalid("user_id", 99));
    let [here, there] =
        ["here", "there"].map(|name| s.companies().create(fields! { name: name }).unwrap().id);
    let [of_here, of_there] =
        [here, there].map(|company| create(&s, fields! { name: "x", company_id: company }));
    assert_eq!(refused(&[of_here.id, of_there.id], &none), invalid("company_id", of_there.id.0));
    let kept = merge(&s, &[of_here.id, one.id]).head;
    assert_eq!(kept.company_id, None, "what was everybody's stays so");
    // Who does not see one of them hears of none.
    let seller = fields! { name: "ben", role: "own", company_id: here };
    let ben = crm.session(Some(s.users().create(seller).unwrap().id.into()), None).unwrap();
    let unseen = ben.partners().merge(&[two.id, of_there.id], &none).unwrap_err();
    assert_eq!(unseen.kind(), ErrorKind::NotFound);
    let many: Vec<PartnerId> = (0..6).map(|_| create(&s, fields! { name: "same" }).id).collect();
    let limit = ben.partners().merge(&many, &none).unwrap_err();
    assert_eq!((limit.kind(), limit.field()), (ErrorKind::Limit, Some("ids")));
}

#[test]
fn leads_that_one_does_not_see_move_untold() {
    let (crm, s) = office();
    let [ada, ben] = ["ada", "ben"]
        .map(|name| s.users().create(fields! { name: name, role: "own" }).unwrap().id);
    let [one, two] = ["one", "two"].map(|name| create(&s, fields! { name: name }));
    let of = |user: crate::UserId| {
        let fields = fields! { name: "deal", partner_id: two.id, user_id: user };
        s.leads().create(fields).unwrap().id
    };
    let (hers, his) = (of(ada), of(ben));
    let theirs = crm.session(Some(ada.into()), None).unwrap();
    let plan = theirs.partners().plan_merge(&[one.id, two.id], &PartnerMerge::default()).unwrap();
    let [rows] = &plan.rows[..] else { panic!("{:?}", plan.rows) };
    assert_eq!((rows.name.as_str(), rows.count), ("lead.partner_id", 1));
    let done = theirs.partners().merge(&[one.id, two.id], &PartnerMerge::default()).unwrap();
    for deal in [hers, his] {
        assert_eq!(s.leads().get(deal).unwrap().partner_id, Some(one.id));
    }
    let three = create(&s, fields! { name: "three" });
    s.leads().update(&vec![hers, his], fields! { partner_id: three.id }).unwrap();
    let back = theirs.partners().unmerge(done.merge_id).unwrap();
    let told: Vec<_> = back.conflicts.iter().map(|conflict| conflict.record).collect();
    assert_eq!(told, [hers.subject()]);
}

/// How partners are reached: id, kind, value, whether it is primary.
fn ways(s: &Session, id: PartnerId) -> Vec<(i64, &'static str, String, bool)> {
    let find = Find {
        order: Some("id".into()),
        ..Find::filter(&format!("partner_id = {}", id.0)).unwrap()
    };
    let of = |row: crate::PartnerContact| (row.id.0, row.kind.word(), row.value, row.is_primary);
    s.partner_contacts().find(&find).unwrap().into_iter().map(of).collect()
}

#[test]
fn ways_to_reach_one_that_changed_meanwhile_are_its_own_again_and_listed() {
    let (crm, s) = office();
    let contact = |id: PartnerId, kind: &str, value: &str| {
        let fields = fields! { partner_id: id, channel: "email", kind: kind, value: value };
        s.partner_contacts().create(fields).unwrap().id
    };
    type Step<'a> = &'a dyn Fn(PartnerId, crate::PartnerContactId);
    type Case<'a> = (Option<&'a str>, Step<'a>, &'a [&'a str], &'a [&'a str]);
    // What is done meanwhile, of which fields of the row it is told, and what the kept one has then.
    let write: Step<'_> = &|head, _| {
        s.partners()
            .update(head, fields! { email: "new@a.example", phone: "+33123456700" })
            .map(drop)
            .unwrap();
    };
    let correct: Step<'_> = &|_, row| {
        s.partner_contacts().update(row, fields! { value: "bb@b.example" }).map(drop).unwrap();
    };
    let delete: Step<'_> = &|_, row| s.partner_contacts().delete(row).unwrap();
    let choose: Step<'_> = &|_, row| {
        s.partner_contacts().update(row, fields! { is_primary: true }).map(drop).unwrap();
    };
    let nothing: Step<'_> = &|_, _| {};
    let cases: [Case<'_>; 6] = [
        (None, write, &["value", "value"], &["new@a.example", "+33123456700"]),
        (None, correct, &["value"], &["bb@b.example"]),
        (Some("a@a.example"), correct, &["value"], &["a@a.example", "bb@b.example"]),
        (Some("a@a.example"), delete, &["value"], &["a@a.example"]),
        (Some("a@a.example"), choose, &["is_primary"], &["a@a.example", "b@b.example"]),
        (None, nothing, &[], &[]),
    ];
    for (own, step, listed, kept) in cases {
        let one = create(&s, fields! { name: "one" });
        own.map(|own| s.partners().update(one.id, fields! { email: own }).unwrap());
        let two = create(&s, fields! { name: "two", phone: "+33123456789" });
        let row = contact(two.id, "billing", "b@b.example");
        contact(two.id, "home", "other@b.example");
        let (before, card) = (ways(&s, two.id), s.partners().get(two.id).unwrap());
        let done = merge(&s, &[one.id, two.id]);
        step(one.id, row);
        let back = s.partners().unmerge(done.merge_id).unwrap();
        let rows =
            back.conflicts.iter().filter(|it| it.record.kind == crate::RecordKind::PartnerContact);
        assert_eq!(rows.map(|it| it.field).collect::<Vec<_>>(), listed, "{:?}", back.conflicts);
        assert_eq!(ways(&s, two.id), before);
        assert_eq!(s.partners().get(two.id).unwrap(), card);
        let mut values: Vec<String> = ways(&s, one.id).into_iter().map(|way| way.2).collect();
        values.sort_unstable_by(|one, other| other.cmp(one));
        let mut kept = kept.to_vec();
        kept.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(values, kept);
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}
