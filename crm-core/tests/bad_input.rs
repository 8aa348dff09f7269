//! Bad input: whatever a host gives to any field of any record, the library answers a typed error and writes nothing, or takes it
//! whole. What the cases of `tests/acceptance/errors` cannot say (NaN, ten megabytes, extremes of every type) stands here.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use crm_core::{
    Crm, Date, Error, ErrorKind, Fields, Filter, Find, LeadId, Lost, PropertyDefinition,
    PropertyKind, RecordKind, Result, Schedule, Session, StageId, Timestamp, Value, fields,
};

/// One record of every kind, each with the id 1.
fn office() -> Crm {
    let crm = Crm::open(":memory:").unwrap();
    let s = admin(&crm);
    let seats = PropertyDefinition::new(RecordKind::Lead, "Seats", PropertyKind::Number);
    s.properties().declare(&seats).unwrap();
    let ada = s.users().create(fields! { name: "Ada", login: "ada" }).unwrap();
    s.team_members().create(fields! { team_id: 1, user_id: ada.id }).unwrap();
    let bakery = fields! { name: "Azure Bakery", email: "azure@bakery.example" };
    let bakery = s.partners().create(bakery).unwrap();
    s.partner_roles().create(fields! { partner_id: bakery.id, role: "customer" }).unwrap();
    let lease =
        s.leads().create(fields! { name: "Fleet lease", expected_revenue: 12_000 }).unwrap();
    let call = Schedule { activity_type_id: 3.into(), ..Schedule::default() };
    s.activities().schedule(lease.id, &call).unwrap();
    s.chatter().post(lease.id, "hello", false).unwrap();
    let all = fields! { name: "All", record: "lead", filter: "id > 0" };
    s.rules().create(all).unwrap();
    let goal = fields! { team_id: 1, metric: "lines", count: 500, date_from: "2026-01-01", date_to: "2026-12-31" };
    s.targets().create(goal).unwrap();
    crm
}

fn admin(crm: &Crm) -> Session {
    crm.session(None, Some(Timestamp::parse("2026-03-02T09:00:00Z").unwrap())).unwrap()
}

/// Everything that a failed verb must leave alone.
fn stored(crm: &Crm) -> (usize, Vec<i64>) {
    let s = admin(crm);
    let counts = RecordKind::ALL.iter().map(|kind| s.desk(*kind).count(None).unwrap());
    (crm.feed(0, 100_000).unwrap().len(), counts.collect())
}

/// Plays a verb that must fail; answers its error.
fn refused<T: std::fmt::Debug>(
    crm: &Crm,
    what: &str,
    verb: impl FnOnce(&Session) -> Result<T>,
) -> Error {
    let before = stored(crm);
    let error = verb(&admin(crm)).expect_err(what);
    assert_eq!(stored(crm), before, "{what}: it failed, and wrote");
    assert_ne!(error.kind(), ErrorKind::Bug, "{what}: {error}");
    assert_ne!(error.kind(), ErrorKind::Storage, "{what}: {error}");
    assert!(error.message().len() < 2_000, "{what}: the message repeats the input");
    error
}

fn nasty() -> Vec<Value> {
    vec![
        Value::Null,
        true.into(),
        Value::Int(-1),
        Value::Int(0),
        Value::Int(99),
        Value::Int(i64::MAX),
        Value::Int(i64::MIN),
        f64::NAN.into(),
        f64::INFINITY.into(),
        1e300.into(),
        (-0.0).into(),
        0.1.into(),
        rust_decimal::Decimal::MAX.into(),
        rust_decimal::Decimal::MIN.into(),
        "".into(),
        "\0".into(),
        "' OR 1=1; DROP TABLE lead --".into(),
        "\u{202e}\u{feff}𝔘𝔫𝔦".into(),
        "x".repeat(2_000).into(),
        Value::Date(Date::stored(i64::MAX)),
        Value::Date(Date::stored(i64::MIN)),
        Value::Date(Date::stored(10_000_000)),
        Value::Time(Timestamp::stored(i64::MAX)),
        Value::Time(Timestamp::stored(i64::MIN)),
        Value::Ids(vec![i64::MIN, 0]),
        Value::Ids(vec![99]),
        Value::Ids((1..=2_000).collect()),
        Value::Map(BTreeMap::from([("Seats".to_owned(), f64::NAN.into())])),
        Value::Map(BTreeMap::from([(String::new(), 1_i64.into())])),
    ]
}

#[test]
fn no_value_of_any_type_breaks_any_field() {
    let crm = office();
    let s = admin(&crm);
    let (feed, counts) = (crm.feed(0, 100_000).unwrap().last().unwrap().seq, stored(&crm));
    for kind in RecordKind::ALL {
        let names = crm_core::table(*kind).fields.iter().filter(|field| !field.hidden);
        for name in names.map(|field| field.name) {
            for value in nasty() {
                let what = format!("{}.{name} = {value:?}", kind.name());
                let what = what.chars().take(200).collect::<String>();
                let given = || Fields::from_iter([(name, value.clone())]);
                s.begin().unwrap();
                let taken = s.desk(*kind).update(&[1], given()).and_then(|_| s.desk(*kind).get(1));
                s.rollback().unwrap();
                if let Ok(row) = taken {
                    // What was taken reads back within the limits of the library.
                    let stored = row.get(name).unwrap();
                    if let Value::Date(date) = stored {
                        assert!((1900..3000).contains(&date.year()), "{what}: stored {stored:?}");
                    }
                } else {
                    let error = s.desk(*kind).update(&[1], given()).unwrap_err();
                    assert_eq!(crm.feed(feed, 1).unwrap(), [], "{what}: it failed, and wrote");
                    let kinds = [
                        ErrorKind::Invalid,
                        ErrorKind::Limit,
                        ErrorKind::Conflict,
                        ErrorKind::Format,
                    ];
                    assert!(kinds.contains(&error.kind()), "{what}: {error:?}");
                    assert!(error.field().is_some(), "{what}: {error} names no field");
                }
            }
        }
    }
    assert_eq!((stored(&crm), crm.verify().unwrap()), (counts, Vec::new()));
}

#[test]
fn ten_megabytes_are_refused_everywhere() {
    let crm = office();
    let long = "x".repeat(10 << 20);
    let limit = |what: &str, error: &Error, field: &str| {
        assert_eq!((error.kind(), error.code()), (ErrorKind::Limit, 500), "{what}: {error}");
        assert_eq!(error.field(), Some(field), "{what}");
    };
    for field in ["name", "city", "email_from", "phone", "description", "state_code", "lang"] {
        let given = || Fields::from_iter([("name", "x"), (field, long.as_str())]);
        let error = refused(&crm, field, |s| s.leads().create(given()));
        limit(field, &error, field);
        let error = refused(&crm, field, |s| s.leads().update(LeadId(1), given()));
        limit(field, &error, field);
    }
    let note = Lost { note: Some(long.clone()), ..Lost::default() };
    limit("note", &refused(&crm, "note", |s| s.leads().mark_lost(LeadId(1), &note)), "note");
    let given = fields! { name: long.as_str() };
    limit("tag", &refused(&crm, "tag", |s| s.tags().create(given)), "name");
    let text = PropertyDefinition::new(RecordKind::Lead, "Story", PropertyKind::Text);
    admin(&crm).properties().declare(&text).unwrap();
    let mut given = Fields::new();
    given.set("properties.Story", long.as_str());
    let error = refused(&crm, "property", |s| s.leads().update(LeadId(1), given));
    limit("property", &error, "properties.Story");
    let mut given = fields! { name: "x" };
    given.external_id = Some(("erp".to_owned(), long.clone()));
    refused(&crm, "external id", |s| s.leads().create(given));
    let name = PropertyDefinition::new(RecordKind::Lead, long.as_str(), PropertyKind::Text);
    refused(&crm, "name of a property", |s| s.properties().declare(&name));
    assert!(Filter::parse(&long).is_err() && Filter::parse(&format!("name = \"{long}\"")).is_err());
    let find = Find { order: Some(long.clone()), ..Find::all() };
    refused(&crm, "order", |s| s.leads().find(&find));
    refused(&crm, "setting", |s| s.settings().set(&long, true));
    assert!(crm.session(Some(long.as_str().into()), None).is_err());
}

#[test]
fn numbers_that_are_not_finite_are_no_numbers() {
    let crm = office();
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for field in ["expected_revenue", "probability", "priority", "properties.Seats"] {
            let mut given = fields! { name: "x" };
            given.set(field, number);
            let error = refused(&crm, field, |s| s.leads().create(given.clone()));
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::Invalid, Some(field)),
                "{number}"
            );
        }
    }
}

#[test]
fn a_failed_verb_inside_a_transaction_leaves_the_others_standing() {
    let crm = office();
    let s = admin(&crm);
    s.begin().unwrap();
    s.leads().update(LeadId(1), fields! { priority: 2 }).unwrap();
    let drafts = vec![fields! { name: "good" }, fields! { name: "bad", priority: 9 }];
    assert_eq!(s.leads().create_many(drafts).unwrap_err().field(), Some("priority"));
    assert_eq!(s.leads().move_to(LeadId(1), StageId(99)).unwrap_err().field(), Some("stage_id"));
    s.commit().unwrap();
    let leads = s.leads().find(&Find::all()).unwrap();
    assert_eq!(leads.iter().map(|lead| lead.priority).collect::<Vec<_>>(), [2]);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn too_many_at_once_is_a_limit() {
    let crm = office();
    let ids: Vec<LeadId> = (0..=1_000_000).map(LeadId).collect();
    let error = refused(&crm, "a million and one ids", |s| s.leads().mark_won(&ids));
    assert_eq!(error.kind(), ErrorKind::Limit);
    let tags = Value::Ids(vec![1; 1_001]);
    let given = Fields::from_iter([("name", Value::from("x")), ("tag_ids", tags)]);
    let error = refused(&crm, "1,001 tags", |s| s.leads().create(given));
    assert_eq!((error.kind(), error.field()), (ErrorKind::Limit, Some("tag_ids")));
}

#[test]
fn messages_speak_of_values_not_of_their_types_inside() {
    let crm = office();
    let told = |fields: Fields| {
        let error = refused(&crm, "a wrong value", |s| s.leads().create(fields));
        error.message().to_owned()
    };
    let named = || fields! { name: "x" };
    for (field, value, message) in [
        ("kind", Value::Int(1), "kind: a whole number is none of lead, opportunity"),
        ("kind", "manager".into(), "kind: \"manager\" is none of lead, opportunity"),
        (
            "expected_revenue",
            Value::Int(-1),
            "expected_revenue: -1.00 EUR is too little; at least 0.00 EUR",
        ),
        ("country_code", "D".into(), "country_code: \"D\" is not two letters such as DE"),
        ("country_code", "DEU".into(), "country_code: \"DEU\" is not two letters such as DE"),
        ("country_code", "é".into(), "country_code: \"é\" is not two letters such as DE"),
        ("foo", Value::Int(1), "foo"),
    ] {
        let mut fields = named();
        fields.set(field, value);
        let said = told(fields);
        assert!(said.contains(message), "{said}");
        assert!(!said.contains("did you mean"), "{said}");
    }
    let lead = admin(&crm).leads().create(fields! { name: "x", country_code: "de" }).unwrap();
    assert_eq!(lead.country_code.as_deref(), Some("DE"));
}
