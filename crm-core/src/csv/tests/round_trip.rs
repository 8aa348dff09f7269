//! What is exported can be imported again, and changes nothing.

use super::*;
use crate::{ErrorKind, Filter, Find, Lost, PropertyDefinition, fields};

/// A database with leads in every state.
fn busy() -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let kind = crate::PropertyKind::Text;
    s.properties()
        .declare(&PropertyDefinition::new(RecordKind::Lead, "Lead Origin", kind))
        .unwrap();
    let kind = crate::PropertyKind::Number;
    s.properties().declare(&PropertyDefinition::new(RecordKind::Lead, "Größe, m²", kind)).unwrap();
    let user = s.users().create(fields! { name: "Ada", login: "ada" }).unwrap();
    let team = s.teams().create(fields! { name: "North", member_ids: vec![user.id.0] }).unwrap();
    let partner =
        s.partners().create(fields! { name: "Azure; \"Bakery\"", comment: "a\nb" }).unwrap();
    let tags: Vec<i64> =
        ["red", "blue"].map(|name| s.tags().create(fields! { name: name }).unwrap().id.0).to_vec();
    let reason = s.lost_reasons().create(fields! { name: "Dear" }).unwrap();
    for n in 0..12_i64 {
        let mut draft = fields! {
            name: format!("Deal {n}, \"big\""), expected_revenue: n * 1_000, priority: n % 4, partner_id: partner.id,
            description: "first\r\nsecond\n", city: "\\N", tag_ids: tags.clone(),
        };
        if n % 2 == 0 {
            draft.set("user_id", user.id).set("team_id", team.id).set("probability", 40);
        }
        draft.set("properties.Lead Origin", "=SUM(A1)").set("properties.Größe, m²", 0.1 + n as f64);
        let lead = s.leads().create(draft).unwrap();
        match n % 6 {
            1 | 4 => drop(s.leads().mark_won(lead.id).unwrap()),
            2 => drop(
                s.leads()
                    .mark_lost(lead.id, &Lost { lost_reason_id: Some(reason.id), note: None })
                    .unwrap(),
            ),
            3 => drop(s.leads().archive(lead.id).unwrap()),
            _ => {}
        }
        if n == 4 {
            s.leads().archive(lead.id).unwrap();
        }
    }
    (crm, s)
}

fn export(s: &Session, kind: RecordKind, columns: Option<&[&str]>) -> String {
    let filter = crate::record::table(kind)
        .position("active")
        .map(|_| Filter::parse("active in (true, false)").unwrap());
    let mut out = Vec::new();
    s.csv().export(kind, &mut out, filter.as_ref(), columns).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_export_for_spreadsheets_holds_no_formula_and_imports_unchanged() {
    let s = session();
    let names =
        ["=1+1", "+49", "-5", "@SUM(1)", "'=x", "''-x", "'tis", "plain", "a=b", "''", "\\N"];
    for name in names {
        s.leads()
            .create(fields! { name: name, description: format!("\t{name}"), expected_revenue: 5 })
            .unwrap();
    }
    let mut out = Vec::new();
    s.csv().safe_for_spreadsheets().export(RecordKind::Lead, &mut out, None, None).unwrap();
    let mut file = csv::Reader::from_reader(out.as_slice());
    let mut cells = 0;
    for row in file.records().map(Result::unwrap) {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t'])), "{row:?}");
        cells += row.iter().filter(|cell| cell.starts_with('\'')).count();
    }
    assert_eq!(
        cells,
        6 + 2 + names.len(),
        "formulas, two that keep their apostrophes, and each description"
    );
    let text = String::from_utf8(out).unwrap();
    let safe = ImportOptions { safe_for_spreadsheets: true, ..ImportOptions::default() };
    let report = try_import(&s, RecordKind::Lead, &text, &[], &safe).unwrap();
    assert_eq!((report.unchanged, report.failed), (names.len() as u64, 0), "{:?}", report.errors);
}

#[test]
fn the_own_export_of_every_kind_changes_nothing() {
    let (crm, s) = busy();
    // Activities are scheduled and messages posted: they are written to files, and read from none.
    let others = [RecordKind::Activity, RecordKind::Message];
    for kind in others {
        let refused = try_import(&s, kind, "id\n", &[], &ImportOptions::default()).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Invalid, Some("record")));
    }
    for kind in RecordKind::ALL.iter().filter(|kind| !others.contains(kind)) {
        let file = export(&s, *kind, None);
        let feed = crm.feed(0, 100_000).unwrap().len();
        let report = try_import(&s, *kind, &file, &[], &ImportOptions::default()).unwrap();
        assert_eq!(report.errors, crate::csv::import::no_errors(), "{kind:?}");
        assert_eq!((report.unchanged, report.rows), (report.rows, report.unchanged), "{kind:?}");
        assert_eq!(crm.feed(0, 100_000).unwrap().len(), feed, "{kind:?}: no event");
        assert_eq!(export(&s, *kind, None), file, "{kind:?}: the same bytes");
        let expected = s.desk(*kind).find(&Find { filter: None, ..Find::all() }).unwrap().len();
        assert!(report.rows >= expected as u64, "{kind:?}");
    }
    assert_eq!(export(&s, RecordKind::Lead, None).matches("Deal").count(), 12, "archived ones too");
}

#[test]
fn every_column_can_be_exported_and_comes_back_unchanged() {
    let (_crm, s) = busy();
    let names: Vec<&str> = crate::record::table(RecordKind::Lead)
        .shown()
        .map(|field| field.name)
        .filter(|name| *name != "properties")
        .collect();
    let file = export(&s, RecordKind::Lead, Some(&names));
    let report = try_import(&s, RecordKind::Lead, &file, &[], &ImportOptions::default()).unwrap();
    assert_eq!((report.rows, report.unchanged), (12, 12), "{:?}", report.errors);
}

#[test]
fn an_export_makes_the_same_leads_in_another_file() {
    let (_crm, s) = busy();
    let names = s.csv().columns(RecordKind::Lead).unwrap();
    let told: Vec<String> = names
        .iter()
        .filter(|name| *name != "id")
        .map(|name| match name.as_str() {
            "partner_id" | "user_id" | "team_id" | "stage_id" | "lost_reason_id" | "tag_ids" => {
                format!("{name}.name")
            }
            _ => name.clone(),
        })
        .collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    let file = export(&s, RecordKind::Lead, Some(&told));
    // Under the clock that the leads were made by: nothing can have happened that is still to come.
    let other = Crm::open(":memory:").unwrap().session(None, None).unwrap();
    for definition in s.properties().list(RecordKind::Lead).unwrap() {
        other.properties().declare(&definition).unwrap();
    }
    let links = ["partner_id", "user_id", "team_id", "stage_id", "lost_reason_id", "tag_ids"];
    let options = policy(&links.map(|link| (link, LinkPolicy::Create)));
    let report = try_import(&other, RecordKind::Lead, &file, &[], &options).unwrap();
    assert_eq!(counts(&report), [12, 12, 0, 0, 0, 0], "{:?}", report.errors);
    assert_eq!(export(&other, RecordKind::Lead, Some(&told)), file);
}

#[test]
fn an_export_is_ordered_filtered_and_seen() {
    let (crm, s) = busy();
    let mut out = Vec::new();
    let filter = Filter::parse("won_status = \"won\"").unwrap();
    let columns = [
        "external_id(erp)",
        "id",
        "partner_id.name",
        "tag_ids",
        "properties.Lead Origin",
        "expected_revenue",
    ];
    let count = s.csv().export(RecordKind::Lead, &mut out, Some(&filter), Some(&columns)).unwrap();
    assert_eq!(count, 4);
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let tags: Vec<String> = leads(&s)[1].tag_ids.iter().map(ToString::to_string).collect();
    let tags = tags.join(";");
    assert_eq!(lines[1], format!(",2,\"Azure; \"\"Bakery\"\"\",{tags},=SUM(A1),1000.00"));
    assert!(s.csv().export(RecordKind::Lead, &mut Vec::new(), None, Some(&["nmae"])).is_err());
    let bob = s.users().create(fields! { name: "Bob", login: "bob" }).unwrap();
    let theirs = crm.session(Some(bob.id.into()), None).unwrap();
    let mut out = Vec::new();
    let all = Filter::parse("active in (true, false)").unwrap();
    let seen = theirs.csv().export(RecordKind::Lead, &mut out, Some(&all), None).unwrap();
    assert_eq!(seen, 6, "his and nobody's");
}

#[test]
fn a_target_that_breaks_is_the_host_s_failure() {
    struct Broken;
    impl std::io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk gone"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (_crm, s) = busy();
    let error = s.csv().export(RecordKind::Lead, &mut Broken, None, None).unwrap_err();
    assert_eq!(error.code(), 900);
}

#[test]
fn an_export_of_another_database_changes_nothing() {
    let (_crm, theirs) = busy();
    let ours = session();
    for definition in theirs.properties().list(RecordKind::Lead).unwrap() {
        ours.properties().declare(&definition).unwrap();
    }
    for n in 0..3 {
        ours.leads().create(fields! { name: format!("Ours {n}") }).unwrap();
        ours.partners().create(fields! { name: format!("Our customer {n}") }).unwrap();
    }
    for kind in RecordKind::ALL {
        let before = export(&ours, *kind, None);
        let file = export(&theirs, *kind, None);
        if file.lines().count() < 2 || before.lines().count() < 2 {
            continue;
        }
        let error = try_import(&ours, *kind, &file, &[], &ImportOptions::default()).unwrap_err();
        assert_eq!((error.code(), error.field()), (400, Some("create_date")), "{kind:?}: {error}");
        assert!(error.message().contains("another database"), "{error}");
        assert_eq!(export(&ours, *kind, None), before, "{kind:?}");
    }
}

#[test]
fn ids_that_only_a_header_names_need_the_creation_date() {
    let s = session();
    let lead = s.leads().create(fields! { name: "Ours" }).unwrap();
    let file = format!("id,name\n{},Stolen\n", lead.id);
    let error =
        try_import(&s, RecordKind::Lead, &file, &[], &ImportOptions::default()).unwrap_err();
    assert_eq!((error.code(), error.field()), (100, Some("id")), "{error}");
    assert_eq!(leads(&s)[0].name, "Ours");
    let dated = export(&s, RecordKind::Lead, Some(&["id", "create_date", "name"]));
    let dated = dated.replace("Ours", "Renamed");
    let report = try_import(&s, RecordKind::Lead, &dated, &[], &ImportOptions::default()).unwrap();
    assert_eq!(report.updated, 1, "{:?}", report.errors);
    let report = import(&s, &file, &[("id", "id"), ("name", "name")]);
    assert_eq!(
        (report.updated, leads(&s)[0].name.as_str()),
        (1, "Stolen"),
        "a mapping is the host's word"
    );
    let report = import(&s, "id,name\n4711,Nobody\n", &[("id", "id"), ("name", "name")]);
    assert_eq!(report.errors.at(0, "code"), Value::Int(200));
    let Value::Text(hint) = report.errors.at(0, "hint") else { panic!("no hint") };
    assert!(hint.contains("external_id(<system>)"), "{hint}");
}

#[test]
fn office_records_without_ids_bring_their_creation_date() {
    let s = session();
    let file = "name,create_date\nFair,2020-02-03\n";
    let report = try_import(&s, RecordKind::Tag, file, &[], &ImportOptions::default()).unwrap();
    assert_eq!((report.created, report.failed), (1, 0), "{:?}", report.errors);
    let tag = s.tags().find(&Find::filter("name = \"Fair\"").unwrap()).unwrap().remove(0);
    assert_eq!(tag.create_date.to_string(), "2020-02-03T00:00:00Z");
}

#[test]
fn a_frame_and_an_export_have_the_same_columns() {
    let (_crm, s) = busy();
    let partner = s.partners().find(&Find::all()).unwrap().remove(0);
    let mut named = fields! { is_company: true };
    named.external_id = Some(("erp".to_owned(), "4711".to_owned()));
    s.partners().update(partner.id, named).unwrap();
    let columns = [
        "id",
        "type",
        "partner_id.name",
        "partner_id.is_company",
        "partner_id.external_id(erp)",
        "external_id(erp)",
        "stage_id.sequence",
        "user_id.login",
        "tag_ids.name",
        "properties.Lead Origin",
        "properties.Größe, m²",
    ];
    let find = Find { order: Some("id".to_owned()), ..Find::filter("id in (1, 2)").unwrap() };
    let frame = s.leads().frame(&find, Some(&columns)).unwrap();
    let names: Vec<&str> = frame.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, columns);
    let row: Vec<Value> = (0..columns.len()).map(|at| frame.value(0, at)).collect();
    let wanted: Vec<Value> = vec![
        1_i64.into(),
        "opportunity".into(),
        "Azure; \"Bakery\"".into(),
        true.into(),
        "4711".into(),
        Value::Null,
        1_i64.into(),
        "ada".into(),
        "red;blue".into(),
        "=SUM(A1)".into(),
        Value::Float(0.1),
    ];
    assert_eq!(row, wanted);
    assert_eq!(frame.at(1, "user_id.login"), Value::Null);
    let mut out = Vec::new();
    s.csv().export(RecordKind::Lead, &mut out, find.filter.as_ref(), Some(&columns)).unwrap();
    let text = String::from_utf8(out).unwrap();
    let first = "1,opportunity,\"Azure; \"\"Bakery\"\"\",true,4711,,1,ada,red;blue,=SUM(A1),0.1";
    assert_eq!(text.lines().nth(1), Some(first));
    for wrong in
        ["partner_id.nam", "name.first", "tag_ids.color", "properties.x", "partner_id.properties"]
    {
        let error = s.leads().frame(&find, Some(&[wrong])).unwrap_err();
        assert_eq!(error.code(), 100, "{wrong}: {error}");
    }
    assert!(
        s.csv().export(RecordKind::Lead, &mut Vec::new(), None, Some(&["properties"])).is_err()
    );
    let json = s.leads().frame(&find, Some(&["properties"])).unwrap();
    assert!(matches!(json.value(0, 0), Value::Text(text) if text.contains("Lead Origin")));
}
