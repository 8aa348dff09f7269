//! Leads with a past: created, opened, won and lost long ago.

use super::*;
use crate::{Find, WonStatus, fields};

const PAST: [(&str, &str); 6] = [
    ("id", "external_id(old)"),
    ("n", "name"),
    ("created", "create_date"),
    ("closed", "date_closed"),
    ("end", "won_status"),
    ("why", "lost_reason_id.name"),
];

fn day(text: &str) -> Value {
    Value::Time(crate::Timestamp::parse(&format!("{text}T00:00:00Z")).unwrap())
}

#[test]
fn won_and_lost_deals_keep_their_dates_in_record_and_history() {
    let s = session();
    let options = policy(&[("lost_reason_id", LinkPolicy::Create)]);
    let file = "id,n,created,closed,end,why\n\
        1,W,2016-10-20,2017-03-01,Won,\n\
        2,L,2016-11-01,2017-03-04,lost,Too dear\n\
        3,P,2017-01-01,,,\n";
    let report = import_with(&s, file, &PAST, &options);
    assert_eq!(counts(&report), [3, 3, 0, 0, 0, 0]);
    let stored = leads(&s);
    let status: Vec<WonStatus> = stored.iter().map(|lead| lead.won_status).collect();
    assert_eq!(status, [WonStatus::Won, WonStatus::Lost, WonStatus::Pending]);
    assert_eq!(stored[0].day_close, Some(132));
    assert!(!stored[1].active && stored[1].lost_reason_id.is_some());
    for (lead, end) in [(&stored[0], "2017-03-01"), (&stored[1], "2017-03-04")] {
        let history = s.leads().history(lead.id).unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!(history.at(0, "won_status"), "pending".into());
        assert_eq!(history.at(0, "valid_from"), Value::Time(lead.create_date));
        assert_eq!(history.at(0, "valid_to"), day(end));
        assert_eq!(history.at(1, "valid_from"), day(end));
        assert_eq!(history.at(1, "won_status"), lead.won_status.word().into());
        assert_eq!(history.at(1, "known_at"), history.at(0, "known_at"));
    }
    let again = import_with(&s, file, &PAST, &options);
    assert_eq!(counts(&again), [3, 0, 0, 3, 0, 0]);
}

#[test]
fn a_deal_that_has_ended_since_is_ended_by_the_next_file() {
    let s = session();
    let head = "id,n,created,closed,end,why\n";
    import(&s, &format!("{head}1,A,2020-01-01,,,\n2,B,2020-01-01,,pending,\n"), &PAST);
    let report = import(
        &s,
        &format!("{head}1,A,2020-01-01,2020-02-01,won,\n2,B,,2020-03-01,lost,\n"),
        &PAST,
    );
    assert_eq!(counts(&report), [2, 0, 2, 0, 0, 0]);
    let stored = leads(&s);
    assert_eq!(Value::from(stored[0].date_closed), day("2020-02-01"));
    assert!(s.stages().get(stored[0].stage_id.unwrap()).unwrap().is_won);
    assert_eq!(s.leads().history(stored[1].id).unwrap().at(1, "valid_from"), day("2020-03-01"));
    let report = import(&s, &format!("{head}1,A,,,pending,\n2,B,,,pending,\n"), &PAST);
    assert_eq!(report.updated, 2);
    assert!(leads(&s).iter().all(|lead| lead.won_status == WonStatus::Pending && lead.active));
}

#[test]
fn a_past_that_cannot_have_been_is_refused() {
    let s = session();
    s.lost_reasons().create(fields! { name: "Dear" }).unwrap();
    for (row, field) in [
        ("1,A,2020-01-02,2020-01-01,won,", "date_closed"),
        ("1,A,2020-01-02,2020-02-01,pending,", "date_closed"),
        ("1,A,2020-01-02,2020-02-01,,", "date_closed"),
        ("1,A,2020-01-02,2020-02-01,won,Dear", "lost_reason_id"),
        ("1,A,2020-01-02,,,Dear", "lost_reason_id"),
        ("1,A,soon,,,", "create_date"),
        ("1,A,,,engaging,", "won_status"),
    ] {
        let report = import(&s, &format!("id,n,created,closed,end,why\n{row}\n"), &PAST);
        assert_eq!(counts(&report), [1, 0, 0, 0, 0, 1], "{row}");
        let column = PAST.iter().find(|(_, known)| known.starts_with(field)).unwrap().0;
        assert_eq!(report.errors.at(0, "column"), column.into(), "{row}: {}", message(&report, 0));
    }
    assert!(leads(&s).is_empty());
}

#[test]
fn the_creation_date_of_a_stored_lead_stays() {
    let s = session();
    let pairs = [("id", "id"), ("c", "create_date"), ("n", "name")];
    import(&s, "id,c,n\n,2020-01-01,A\n", &pairs);
    let id = leads(&s)[0].id;
    let pairs = [("k", "external_id(old)"), ("c", "create_date"), ("n", "name")];
    import(&s, "k,c,n\n7,2020-01-01,B\n", &pairs);
    let report = import(&s, "k,c,n\n7,2020-01-02,B\n", &pairs);
    assert_eq!((report.failed, report.errors.at(0, "column")), (1, "c".into()));
    assert_eq!(leads(&s)[0].id, id);
}

#[test]
fn a_stage_that_is_won_wins_and_its_date_is_the_closing() {
    let s = session();
    let won = s.stages().find(&Find::filter("is_won = true").unwrap()).unwrap();
    let file = format!("n,s,o,c\nA,{},2019-01-01,2019-05-05\n", won[0].name);
    let pairs = [("n", "name"), ("s", "stage_id.name"), ("o", "create_date"), ("c", "date_closed")];
    assert_eq!(import(&s, &file, &pairs).created, 1);
    let lead = &leads(&s)[0];
    assert_eq!((lead.won_status, lead.stage_id), (WonStatus::Won, Some(won[0].id)));
    assert_eq!(Value::from(lead.date_closed), day("2019-05-05"));
}

#[test]
fn counts_and_history_stay_sound() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let mut file = "id,n,created,closed,end,why\n".to_owned();
    for n in 0..60 {
        let end = ["won", "lost", ""][n % 3];
        let closed = if end.is_empty() { "" } else { "2021-02-01" };
        file.push_str(&format!("{n},Deal {n},2021-01-0{},{closed},{end},\n", n % 9 + 1));
    }
    assert_eq!(import(&s, &file, &PAST).created, 60);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    for (n, lead) in leads(&s).iter().enumerate() {
        let states = if n % 3 == 2 { 1 } else { 2 };
        assert_eq!(s.leads().history(lead.id).unwrap().len(), states, "deal {n}");
    }
}
