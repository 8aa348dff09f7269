//! Linked records by name and by external id: found, twice, missing.

use super::*;
use crate::{Find, fields};

const DEALS: [(&str, &str); 3] = [("n", "name"), ("p", "partner_id.name"), ("t", "tag_ids.name")];

#[test]
fn names_are_found_whatever_their_case_and_missing_ones_are_refused() {
    let s = session();
    let partner = s.partners().create(fields! { name: "Azure Bakery" }).unwrap();
    let report = import(&s, "n,p,t\nA, azure BAKERY ,\nB,Azur Bakery,\n", &DEALS);
    assert_eq!(counts(&report), [2, 1, 0, 0, 0, 1]);
    assert_eq!(leads(&s)[0].partner_id, Some(partner.id));
    assert!(message(&report, 0).contains("Azur Bakery"));
    assert_eq!(report.errors.at(0, "column"), "p".into());
    assert_eq!(report.errors.at(0, "code"), Value::Int(200));
    assert_eq!(s.partners().count(None).unwrap(), 1, "the default creates nothing");
}

#[test]
fn a_name_that_two_records_have_is_ambiguous_unless_one_is_archived() {
    let s = session();
    for _ in 0..2 {
        s.partners().create(fields! { name: "Twin" }).unwrap();
    }
    let options = policy(&[("partner_id", LinkPolicy::Create)]);
    let report = import_with(&s, "n,p,t\nA,twin,\n", &DEALS, &options);
    assert_eq!(counts(&report), [1, 0, 0, 0, 0, 1]);
    assert!(message(&report, 0).contains("\"twin\" is ambiguous"), "{}", message(&report, 0));
    let twins = s.partners().find(&Find::all()).unwrap();
    s.partners().update(twins[0].id, fields! { active: false }).unwrap();
    let report = import_with(&s, "n,p,t\nA,twin,\n", &DEALS, &options);
    assert_eq!((report.created, leads(&s)[0].partner_id), (1, Some(twins[1].id)));
}

#[test]
fn a_missing_record_is_created_once_for_each_text() {
    let s = session();
    let options = policy(&[
        ("partner_id", LinkPolicy::Create),
        ("tag_ids", LinkPolicy::Create),
        ("user_id", LinkPolicy::Create),
        ("team_id", LinkPolicy::Create),
        ("source_id", LinkPolicy::Create),
    ]);
    let pairs = [
        ("n", "name"),
        ("p", "partner_id.name"),
        ("t", "tag_ids.name"),
        ("u", "user_id.name"),
        ("g", "team_id.name"),
        ("s", "source_id.name"),
    ];
    let file = "n,p,t,u,g,s\n\
        A,Azure,\"red; Blue\",Ada Lovelace,North,Fair\n\
        B,azure ,\"blue,green\",ada lovelace,north,fair\n\
        C,Beige,RED,Bob,South,Web\n";
    let report = import_with(&s, file, &pairs, &options);
    assert_eq!(counts(&report), [3, 3, 0, 0, 0, 0]);
    assert_eq!(s.partners().count(None).unwrap(), 2);
    let user = &s.users().find(&Find::filter("name = \"Ada Lovelace\"").unwrap()).unwrap()[0];
    assert_eq!(user.login, "ada.lovelace");
    let stored = leads(&s);
    assert_eq!(stored[0].partner_id, stored[1].partner_id);
    assert_eq!((stored[0].user_id, stored[1].user_id), (Some(user.id), Some(user.id)));
    assert_eq!(stored[0].tag_ids.len(), 2);
    assert!(stored[0].tag_ids.contains(&stored[2].tag_ids[0]));
    let again = import_with(&s, file, &pairs, &options);
    assert_eq!((again.created, s.partners().count(None).unwrap()), (3, 2), "found the second time");
}

#[test]
fn a_row_that_fails_leaves_nothing_that_was_created_for_it() {
    let s = session();
    let options = policy(&[("partner_id", LinkPolicy::Create)]);
    let mut all =
        vec![("n", "name"), ("p", "partner_id.name"), ("w", "won_status"), ("c", "date_closed")];
    all.push(("d", "create_date"));
    // The second and the third row are refused only when they are decided: their closing is before their creation.
    let dated = "n,p,w,c,d\n\
        A,Kept,,,2020-01-01\n\
        B,Lonely,lost,1999-01-01,2020-01-01\n\
        C,Shared,lost,1999-01-01,2020-01-01\n\
        D,Shared,,,2020-01-01\n";
    let report = import_with(&s, dated, &all, &options);
    assert_eq!(counts(&report), [4, 2, 0, 0, 0, 2]);
    let partners = s.partners().find(&Find::all()).unwrap();
    let names: Vec<&str> = partners.iter().map(|partner| partner.name.as_str()).collect();
    assert_eq!(names, ["Kept", "Shared"]);
    assert_eq!(leads(&s)[1].partner_id, Some(partners[1].id));
}

#[test]
fn the_policy_skip_leaves_rows_out() {
    let s = session();
    let options = policy(&[("partner_id", LinkPolicy::Skip)]);
    let report = import_with(&s, "n,p,t\nA,Nobody,\nB,,\n", &DEALS, &options);
    assert_eq!(counts(&report), [2, 1, 0, 0, 1, 0]);
    assert_eq!(leads(&s)[0].name, "B");
}

#[test]
fn external_ids_find_records_and_make_imports_repeatable() {
    let s = session();
    let mut draft = fields! { name: "Azure" };
    draft.external_id = Some(("erp".to_owned(), "C-1".to_owned()));
    let partner = s.partners().create(draft).unwrap();
    let pairs = [
        ("no", "external_id(erp)"),
        ("n", "name"),
        ("c", "partner_id.external_id(erp)"),
        ("v", "expected_revenue"),
    ];
    let report = import(&s, "no,n,c,v\nD-1,A,C-1,5\nD-2,B,C-9,6\n", &pairs);
    assert_eq!(counts(&report), [2, 1, 0, 0, 0, 1]);
    let first = s.leads().get_external("erp", "D-1").unwrap();
    assert_eq!(first.partner_id, Some(partner.id));
    let report = import(&s, "no,n,c,v\nD-1,A,C-1,5\nD-2,B,,6\n", &pairs);
    assert_eq!(counts(&report), [2, 1, 0, 1, 0, 0]);
    let report = import(&s, "no,n,c,v\nD-1,A,,7\nD-2,B,,6\nD-1,A,,8\n", &pairs);
    assert_eq!(counts(&report), [3, 0, 1, 1, 0, 1]);
    assert_eq!(report.errors.at(0, "record"), Value::Int(3));
    assert_eq!(s.leads().get(first.id).unwrap().revenue().major().to_string(), "7.00");
    let options = policy(&[("partner_id", LinkPolicy::Create)]);
    let report = import_with(&s, "no,n,c,v\nD-3,C,C-7,1\n", &pairs, &options);
    assert_eq!(report.created, 1);
    assert_eq!(s.partners().get_external("erp", "C-7").unwrap().name, "C-7");
}

#[test]
fn an_id_and_an_external_id_must_mean_the_same_record() {
    let s = session();
    let pairs = [("id", "id"), ("no", "external_id(erp)"), ("n", "name")];
    import(&s, "id,no,n\n,X,A\n,,B\n", &pairs);
    let ids: Vec<i64> = leads(&s).iter().map(|lead| lead.id.0).collect();
    let file = format!("id,no,n\n{},X,B\n{},Y,B\n99,,C\nabc,,D\n", ids[1], ids[1]);
    let report = import(&s, &file, &pairs);
    // Naming a record again is a change, though its fields stay.
    assert_eq!(counts(&report), [4, 0, 1, 0, 0, 3]);
    assert_eq!(s.leads().get_external("erp", "Y").unwrap().id.0, ids[1]);
    assert_eq!(s.leads().get_external("erp", "X").unwrap().id.0, ids[0]);
    assert_eq!(report.errors.at(1, "code"), Value::Int(200));
}

#[test]
fn a_name_in_a_column_of_ids_is_refused() {
    let s = session();
    s.users().create(fields! { name: "Ada", login: "ada" }).unwrap();
    let report = import(&s, "n,u\nA,Ada\nB,77\n", &[("n", "name"), ("u", "user_id")]);
    assert_eq!(counts(&report), [2, 0, 0, 0, 0, 2]);
    let Value::Text(hint) = report.errors.at(0, "hint") else { panic!("a hint is given") };
    assert!(hint.contains("user_id.name"));
    let report = import(&s, "n,u\nA,ADA\n", &[("n", "name"), ("u", "user_id.login")]);
    assert_eq!(report.created, 1);
}

#[test]
fn office_records_are_imported_row_by_row() {
    let s = session();
    let options = policy(&[("parent_id", LinkPolicy::Create)]);
    let pairs =
        [("no", "external_id(erp)"), ("n", "name"), ("p", "parent_id.name"), ("c", "is_company")];
    let file = "no,n,p,c\n1,Acme,,yes\n2,Acme West,ACME,yes\n3,Betty,Betasoloin,no\n4,,Orphan,no\n";
    let report = try_import(&s, RecordKind::Partner, file, &pairs, &options).unwrap();
    assert_eq!(counts(&report), [4, 3, 0, 0, 0, 1]);
    let partners = s.partners().find(&Find::all()).unwrap();
    let names: Vec<&str> = partners.iter().map(|partner| partner.name.as_str()).collect();
    assert_eq!(names, ["Acme", "Acme West", "Betasoloin", "Betty"]);
    assert_eq!(partners[1].parent_id, Some(partners[0].id));
    let fixed = file.replace("4,,Orphan", "4,Dora,");
    let report = try_import(&s, RecordKind::Partner, &fixed, &pairs, &options).unwrap();
    assert_eq!(counts(&report), [4, 1, 0, 3, 0, 0]);
    let tags = try_import(
        &s,
        RecordKind::Tag,
        "n\nRed\nred\n",
        &[("n", "name")],
        &ImportOptions::default(),
    )
    .unwrap();
    assert_eq!((tags.created, tags.failed), (1, 1), "tags' names are unique");
}

#[test]
fn a_parent_may_stand_below_its_children() {
    let s = session();
    let pairs = [("n", "name"), ("p", "parent_id.name")];
    let file = "n,p\nGrandchild,Child\nChild,Parent\nLost,Nobody\nParent,\n";
    let report =
        try_import(&s, RecordKind::Partner, file, &pairs, &ImportOptions::default()).unwrap();
    assert_eq!(counts(&report), [4, 3, 0, 0, 0, 1]);
    assert_eq!(report.errors.at(0, "record"), Value::Int(3));
    let find = |name: &str| {
        let filter = format!("name = \"{name}\"");
        s.partners().find(&Find::filter(&filter).unwrap()).unwrap().remove(0)
    };
    assert_eq!(find("Grandchild").parent_id, Some(find("Child").id));
    assert_eq!(find("Child").parent_id, Some(find("Parent").id));
}

#[test]
fn an_ambiguous_name_is_told_with_the_ids_that_have_it() {
    let s = session();
    let known = s.stages().find(&Find::filter("name = \"New\"").unwrap()).unwrap().remove(0).id;
    let second = s.stages().create(fields! { name: "New" }).unwrap().id;
    let report = import_with(
        &s,
        "n,s\nA,new\n",
        &[("n", "name"), ("s", "stage_id.name")],
        &policy(&[("stage_id", LinkPolicy::Create)]),
    );
    assert_eq!((report.failed, report.errors.at(0, "code")), (1, Value::Int(400)));
    let told = message(&report, 0);
    assert!(told.contains(&format!("the name of stage {known}, {second}")), "{told}");
    let Value::Text(hint) = report.errors.at(0, "hint") else { panic!("no hint") };
    assert!(hint.contains("stage_id.id"), "{hint}");
    let pairs = [("n", "name"), ("s", "stage_id.id")];
    assert_eq!(import(&s, &format!("n,s\nA,{second}\n"), &pairs).created, 1);
}

#[test]
fn customers_that_are_there_are_changed_together_as_they_would_be_one_by_one() {
    let s = session();
    let cards = ["Azure", "Bay", "Cove", "Dune"];
    let cards = cards.map(|name| fields! { name: name, email: format!("{name}@old.example") });
    let ids: Vec<_> =
        s.partners().create_many(cards.to_vec()).unwrap().iter().map(|card| card.id).collect();
    let deals = ids.iter().map(|id| fields! { name: "Lease", partner_id: *id });
    let deals = s.leads().create_many(deals.collect()).unwrap();
    let pairs = &[("id", "id"), ("above", "parent_id"), ("mail", "email")];
    let told = |file: &str| {
        let options = ImportOptions::default();
        try_import(&s, RecordKind::Partner, file, pairs, &options).unwrap()
    };
    // Each above the other: the first row holds, the second is refused, and those beside them are changed.
    let report = told(
        "id,above,mail\n1,2,a@new.example\n2,1,b@new.example\n3,,c@new.example\n4,,dune@OLD.example\n",
    );
    assert_eq!((report.updated, report.failed), (3, 1));
    assert_eq!(report.errors.at(0, "record"), Value::Int(2), "{:?}", report.errors);
    let reached = |at: usize| s.leads().get(deals[at].id).unwrap().email_from.unwrap();
    assert_eq!(
        [0, 1, 2, 3].map(reached),
        ["a@new.example", "Bay@old.example", "c@new.example", "dune@OLD.example"]
    );
    let contacts = s.partner_contacts().find(&Find::all()).unwrap();
    let contacts: Vec<&str> = contacts.iter().map(|contact| contact.value.as_str()).collect();
    assert_eq!(contacts, ["a@new.example", "Bay@old.example", "c@new.example", "dune@OLD.example"]);
    // The same again changes nothing; of two rows of one customer the later one has the last word.
    let report = told("id,above,mail\n1,2,a@new.example\n3,,c@new.example\n");
    assert_eq!((report.unchanged, report.updated), (2, 0));
    let report =
        told("id,above,mail\n3,,first@new.example\n4,,d@new.example\n3,,last@new.example\n");
    assert_eq!((report.updated, report.failed), (2, 1), "a record is told of once");
}
