//! The room through its desk.

use crate::base::{ErrorKind, Timestamp, limit};
use crate::{Crm, Find, Lost, fields};

#[test]
fn a_record_tells_what_was_said_and_what_became_of_it() {
    let crm = Crm::open(":memory:").unwrap();
    let on = |day: &str| {
        crm.session(None, Some(Timestamp::parse(&format!("2026-03-{day}T09:00:00Z")).unwrap()))
            .unwrap()
    };
    let deal =
        on("02").leads().create(fields! { name: "Fleet lease", expected_revenue: 100 }).unwrap();
    on("03").chatter().post(deal.id, "They want the blue ones.", true).unwrap();
    on("04")
        .leads()
        .update(deal.id, fields! { stage_id: 2, expected_revenue: "120.50", priority: 3 })
        .unwrap();
    let lost = Lost { lost_reason_id: Some(1.into()), note: Some("too dear".into()) };
    on("05").leads().mark_lost(deal.id, &lost).unwrap();
    on("06").leads().reopen(deal.id).unwrap();
    on("07").leads().mark_won(deal.id).unwrap();
    let told = on("08").chatter().list(deal.id).unwrap();
    let text = |row: usize, column: &str| match told.at(row, column) {
        crate::Value::Text(text) => text,
        crate::Value::Time(at) => at.to_string()[8..10].to_owned(),
        crate::Value::Bool(truth) => truth.to_string(),
        _ => String::from("-"),
    };
    let line = |row: usize| {
        ["date", "message_type", "internal", "body", "subtype", "field", "old_value", "new_value"]
            .map(|column| text(row, column))
            .join(" ")
    };
    let lines: Vec<String> = (0..told.len()).map(line).collect();
    assert_eq!(
        lines,
        [
            "02 change false - created - - -",
            "03 comment true They want the blue ones. - - - -",
            "04 change false - stage stage_id 1 2",
            "04 change false - stage expected_revenue 100.00 120.50",
            "05 change false - lost won_status pending lost",
            "05 change false - lost lost_reason_id - 1",
            "05 change false - lost active true false",
            "05 lost true too dear - - - -",
            "06 change false - restored won_status lost pending",
            "06 change false - restored lost_reason_id 1 -",
            "06 change false - restored active false true",
            "07 change false - won won_status pending won",
            "07 change false - won stage_id 2 4",
        ]
    );
    let events: Vec<String> =
        crm.feed(0, 10_000).unwrap().into_iter().map(|entry| entry.event).collect();
    assert_eq!(events.iter().filter(|event| *event == "message.posted").count(), 2);
}

#[test]
fn a_message_says_something_and_fits() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let deal = s.leads().create(fields! { name: "Fleet lease" }).unwrap();
    let refused = |body: &str| {
        let error = s.chatter().post(deal.id, body, false).unwrap_err();
        (error.kind(), error.field().unwrap_or_default().to_owned())
    };
    assert_eq!(refused(" \n"), (ErrorKind::Invalid, "body".to_owned()));
    assert_eq!(refused("a\0b"), (ErrorKind::Invalid, "body".to_owned()));
    assert_eq!(refused(&"x".repeat(10 << 20)), (ErrorKind::Limit, "body".to_owned()));
    s.chatter().post(deal.id, &"x".repeat(limit::LONG_TEXT), false).unwrap();
    let on_a_stage = s.chatter().post(crate::StageId(1), "hello", false).unwrap_err();
    assert_eq!((on_a_stage.kind(), on_a_stage.field()), (ErrorKind::Invalid, Some("record")));
    assert!(s.chatter().list(crate::StageId(1)).is_err());
    let nobody = s.chatter().post(&[deal.id, 99.into()][..], "hello", false).unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
    assert_eq!(s.chatter().count(None).unwrap(), 1, "all or nothing");
    let found = s
        .chatter()
        .find(&Find::filter("body like \"xx%\" and lead_id.name ilike \"fleet%\"").unwrap())
        .unwrap();
    assert_eq!(found.len(), 1);
    let note = Lost { note: Some("a\0b".into()), ..Lost::default() };
    assert_eq!(s.leads().mark_lost(deal.id, &note).unwrap_err().field(), Some("note"));
}
