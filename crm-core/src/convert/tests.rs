//! Converting through the desk: customers, duplicates, turns and keys.

use crate::{
    Convert, Crm, ErrorKind, Fields, Find, Lead, LeadId, Partner, Session, UserId, Value, fields,
};

fn office() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    (crm, s)
}

fn leads(s: &Session, drafts: Vec<Fields>) -> Vec<LeadId> {
    let drafts = drafts.into_iter().map(|mut draft| {
        draft.set("kind", "lead");
        draft
    });
    s.leads().create_many(drafts.collect()).unwrap().iter().map(|lead| lead.id).collect()
}

fn with_customers() -> Convert {
    Convert { create_partner: true, ..Convert::default() }
}

fn converted(s: &Session, ids: &[LeadId], convert: &Convert) -> Vec<Lead> {
    s.leads().convert(ids, convert).unwrap()
}

fn partners(s: &Session) -> Vec<Partner> {
    s.partners().find(&Find::all()).unwrap()
}

#[test]
fn a_customer_is_created_once_for_each_who_is_named() {
    let (crm, s) = office();
    let mut person = fields! { name: "a", contact_name: "Ada", partner_name: "Harbour", email_from: "ada@harbour.example", phone: "+33170189900" };
    person.set("city", "Lyon").set("function", "Buyer");
    let ids = leads(
        &s,
        vec![
            person.clone(),
            person,
            fields! { name: "b", contact_name: "Ben", partner_name: "Harbour" },
            fields! { name: "c", contact_name: "Ben", partner_name: "Harbour" },
            fields! { name: "d", partner_name: "Inland" },
            fields! { name: "e", email_from: "\"Eve\" <eve@inland.example>" },
            fields! { name: "f" },
            fields! { name: "g", contact_name: "Ben" },
        ],
    );
    let plan = s.leads().plan_convert(&ids, &with_customers()).unwrap();
    assert!(
        plan.steps.iter().all(|step| step.customer == "created" && step.what == "convert"),
        "{plan:?}"
    );
    assert!(partners(&s).is_empty(), "planning writes nothing");
    let done = converted(&s, &ids, &with_customers());
    let customer = |at: usize| s.partners().get(done[at].partner_id.unwrap()).unwrap();
    for (at, step) in plan.steps.iter().enumerate() {
        assert_eq!(step.partner_name.as_deref(), Some(customer(at).name.as_str()));
    }
    let ada = customer(0);
    assert_eq!(
        (ada.name.as_str(), ada.email.as_deref(), ada.function.as_deref()),
        ("Ada", Some("ada@harbour.example"), Some("Buyer"))
    );
    let harbour = s.partners().get(ada.parent_id.unwrap()).unwrap();
    assert_eq!(
        (harbour.is_company, harbour.city.as_deref(), harbour.email.as_deref()),
        (true, Some("Lyon"), None)
    );
    assert_eq!((done[1].partner_id, done[3].partner_id), (done[0].partner_id, done[2].partner_id));
    assert_eq!(customer(2).parent_id, Some(harbour.id));
    assert!(customer(4).is_company && customer(5).name == "Eve" && customer(6).name == "f");
    assert_ne!(done[7].partner_id, done[2].partner_id, "a name alone is nobody");
    assert_eq!(partners(&s).len(), 7);
    let more = leads(&s, vec![fields! { name: "z", email_from: "ADA@harbour.example" }]);
    assert_eq!(
        s.leads().plan_convert(&more, &with_customers()).unwrap().steps[0].customer,
        "found"
    );
    assert_eq!(converted(&s, &more, &with_customers())[0].partner_id, Some(ada.id));
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn another_companys_customer_is_nobodys_here() {
    let (_crm, s) = office();
    let north = s.companies().create(fields! { name: "North" }).unwrap().id;
    s.partners()
        .create(fields! { name: "Ada", email: "ada@harbour.example", company_id: north })
        .unwrap();
    let ids =
        leads(&s, vec![fields! { name: "a", email_from: "ada@harbour.example", company_id: 1 }]);
    assert_eq!(
        s.leads().plan_convert(&ids, &with_customers()).unwrap().steps[0].customer,
        "created"
    );
    converted(&s, &ids, &with_customers());
    assert_eq!(partners(&s).len(), 2);
}

#[test]
fn salespeople_take_turns_and_keep_what_is_theirs_unless_forced() {
    let (_crm, s) = office();
    let users: Vec<UserId> =
        ["ada", "ben"].map(|name| s.users().create(fields! { name: name }).unwrap().id).into();
    let ids = leads(
        &s,
        vec![
            fields! { name: "a" },
            fields! { name: "b", user_id: users[1] },
            fields! { name: "c" },
            fields! { name: "d" },
        ],
    );
    let turns = Convert { user_ids: users.clone(), force: false, ..Convert::default() };
    let owners =
        |leads: &[Lead]| leads.iter().map(|lead| lead.user_id.unwrap()).collect::<Vec<_>>();
    assert_eq!(owners(&converted(&s, &ids, &turns)), [users[0], users[1], users[1], users[0]]);
    let forced = Convert { force: true, ..turns };
    assert_eq!(owners(&converted(&s, &ids, &forced)), [users[0], users[1], users[0], users[1]]);
}

#[test]
fn duplicates_become_one_first_and_others_are_left_alone() {
    let (crm, s) = office();
    let same = |name: &str| fields! { name: name, email_from: "ada@harbour.example" };
    let other = leads(
        &s,
        vec![same("not named"), fields! { name: "another", email_from: "ben@harbour.example" }],
    );
    let won = leads(&s, vec![same("won")]);
    s.leads().mark_won(won[0]).unwrap();
    let named = |name: &str| {
        let mut fields = same(name);
        fields.set("probability", 10);
        fields
    };
    let ids = leads(&s, vec![named("a"), fields! { name: "b" }, named("c")]);
    let asked = Convert { deduplicate: true, ..with_customers() };
    let plan = s.leads().plan_convert(&ids, &asked).unwrap();
    let merged: Vec<_> = plan
        .steps
        .iter()
        .filter(|step| step.what == "merge")
        .map(|step| (step.lead_id, step.into_id))
        .collect();
    assert_eq!(merged, [(ids[0], Some(other[0])), (ids[2], Some(other[0]))]);
    let done = converted(&s, &ids, &asked);
    assert_eq!(done.iter().map(|lead| lead.id).collect::<Vec<_>>(), [other[0], ids[1]]);
    assert!(done.iter().all(|lead| lead.kind.word() == "opportunity" && lead.partner_id.is_some()));
    assert_eq!(s.leads().merged_into(ids[2]).unwrap(), Some(other[0]));
    assert_eq!(s.leads().get(other[1]).unwrap().kind.word(), "lead");
    assert_eq!(s.leads().get(won[0]).unwrap().partner_id, None);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn an_address_of_many_merges_nobody_unseen() {
    let (_crm, s) = office();
    let ids = leads(&s, vec![fields! { name: "a", email_from: "none@harbour.example" }; 6]);
    let asked = Convert { deduplicate: true, ..Convert::default() };
    for refused in
        [s.leads().convert(&ids, &asked).map(drop), s.leads().plan_convert(&ids, &asked).map(drop)]
    {
        let refused = refused.unwrap_err();
        let subject = refused.subject().map(|subject| subject.id);
        assert_eq!(
            (refused.kind(), refused.field(), subject),
            (ErrorKind::Limit, Some("deduplicate"), Some(ids[0].0))
        );
    }
    assert_eq!(s.leads().count(None).unwrap(), 6);
}

#[test]
fn a_conversion_under_the_same_key_is_done_once() {
    let (crm, s) = office();
    let ids = leads(&s, vec![fields! { name: "a" }, fields! { name: "b" }]);
    let asked = Convert { key: Some("order 7".into()), ..with_customers() };
    let once = converted(&s, &ids, &asked);
    let told = crm.feed(0, 1_000).unwrap().len();
    s.leads().update(ids[0], fields! { priority: 3 }).unwrap();
    let again = converted(&s, &ids, &asked);
    assert_eq!(
        (again[0].partner_id, again[0].priority, &again[1]),
        (once[0].partner_id, 3, &once[1])
    );
    assert_eq!((partners(&s).len(), crm.feed(0, 1_000).unwrap().len()), (2, told + 1));
    let refused = s.leads().convert(ids[0], &asked).unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (ErrorKind::Conflict, Some("key")));
    s.leads().delete(ids[0]).unwrap();
    assert_eq!(s.leads().convert(&ids, &asked).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn all_that_is_missing_is_named_in_one_error_and_nothing_is_written() {
    let (_crm, s) = office();
    let ids = leads(&s, vec![fields! { name: "a" }]);
    let asked = Convert {
        partner_id: Some(9.into()),
        user_ids: vec![8.into(), 7.into()],
        team_id: Some(6.into()),
        key: Some(String::new()),
        ..with_customers()
    };
    let refused = s.leads().convert(&ids, &asked).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    for part in ["partner 9", "user 8", "user 7", "team 6", "key:"] {
        assert!(refused.message().contains(part), "{part}: {refused}");
    }
    // What fails in the middle takes customers and merges back.
    let archived = s.users().create(fields! { name: "Eve" }).unwrap().id;
    let north = s.companies().create(fields! { name: "North" }).unwrap().id;
    let theirs = s.users().create(fields! { name: "Dov", company_id: north }).unwrap().id;
    s.users().update(archived, fields! { active: false }).unwrap();
    let more = leads(
        &s,
        vec![fields! { name: "b", company_id: 1, user_id: Value::Null, partner_name: "Harbour" }],
    );
    let team = s.teams().create(fields! { name: "South", company_id: 1 }).unwrap().id;
    for asked in [
        Convert { user_id: Some(archived), ..with_customers() },
        Convert { user_id: Some(theirs), team_id: Some(team), ..with_customers() },
    ] {
        assert_eq!(s.leads().convert(&more, &asked).unwrap_err().kind(), ErrorKind::Invalid);
        assert!(partners(&s).is_empty());
        assert_eq!(s.leads().get(more[0]).unwrap().kind.word(), "lead");
    }
}

#[test]
fn what_has_ended_or_is_archived_is_left_as_it_is_and_said() {
    let (_crm, s) = office();
    let ids =
        leads(&s, ["won", "lost", "archived", "open"].map(|name| fields! { name: name }).into());
    s.leads().mark_won(ids[0]).unwrap();
    s.leads().mark_lost(ids[1], &crate::Lost::default()).unwrap();
    s.leads().archive(ids[2]).unwrap();
    let plan = s.leads().plan_convert(&ids, &with_customers()).unwrap();
    let what: Vec<_> = plan.steps.iter().map(|step| step.what).collect();
    assert_eq!(what, ["won", "lost", "archived", "convert"]);
    let done = converted(&s, &ids, &with_customers());
    assert!(done[..3].iter().all(|lead| lead.partner_id.is_none() && lead.kind.word() == "lead"));
    assert_eq!(partners(&s).len(), 1);
    let plan = s.leads().plan_convert(&ids[3..], &with_customers()).unwrap();
    assert_eq!((plan.steps[0].what, plan.steps[0].customer), ("keep", "own"));
}
