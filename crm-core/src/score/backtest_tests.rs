//! Backtests: what was not known is not used, and what has no signal shows none.

use std::collections::BTreeMap;

use super::{Backtest, BacktestAt, BacktestReport, ScoreConfig};
use crate::base::{Date, ErrorKind, Progress, StageId, Timestamp};
use crate::record::PropertyKind;
use crate::{Crm, Lost, PropertyDefinition, RecordKind, Session, Value, fields};

const DAY: i64 = 86_400_000_000;

fn at(day: i64) -> Timestamp {
    Timestamp::from_micros(1_772_442_000_000_000 + day * DAY).unwrap()
}

fn opened() -> Crm {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    let origin = PropertyDefinition::new(RecordKind::Lead, "Lead Origin", PropertyKind::Text);
    s.properties().declare(&origin).unwrap();
    let fields = Some(vec!["properties.Lead Origin".to_owned()]);
    let start_date = Some(Date::new(2026, 1, 1).unwrap());
    s.score().configure(&ScoreConfig { fields, start_date, ..ScoreConfig::default() }).unwrap();
    crm
}

fn create(s: &Session, origin: &str) -> crate::LeadId {
    let properties = BTreeMap::from([("Lead Origin".to_owned(), Value::from(origin))]);
    s.leads().create(fields! { name: "Deal", properties: properties }).unwrap().id
}

fn close(s: &Session, lead: crate::LeadId, won: bool) {
    if won {
        s.leads().mark_won(lead).unwrap();
    } else {
        s.leads().mark_lost(lead, &Lost::default()).unwrap();
    }
}

fn backtest(crm: &Crm, asked: &Backtest) -> BacktestReport {
    let s = crm.session(None, Some(at(900))).unwrap();
    s.score().backtest(asked, &mut Progress::none()).unwrap()
}

/// `n` deals, one a day, each closed the next day before the next one begins; `won` by their number.
fn daily(n: i64, won: impl Fn(i64) -> bool) -> Crm {
    let crm = opened();
    for day in 0..n {
        let s = crm.session(None, Some(at(day))).unwrap();
        let lead = create(&s, ["Fair", "Web", "Mail"][usize::try_from(day % 3).unwrap()]);
        let later = Timestamp::from_micros(at(day).micros() + DAY / 2).unwrap();
        close(&crm.session(None, Some(later)).unwrap(), lead, won(day));
    }
    crm
}

#[test]
fn a_replay_says_what_was_said() {
    let crm = opened();
    let mut said = Vec::new();
    for day in 0..120 {
        let s = crm.session(None, Some(at(day))).unwrap();
        let lead = create(&s, ["Fair", "Web"][usize::from(day % 2 == 0)]);
        said.push(s.leads().get(lead).unwrap().automated_probability);
        let later = Timestamp::from_micros(at(day).micros() + DAY / 2).unwrap();
        close(&crm.session(None, Some(later)).unwrap(), lead, day % 2 == 0 || day % 5 == 0);
    }
    let report = backtest(&crm, &Backtest::default());
    assert_eq!(report.rows.iter().map(|row| row.probability).collect::<Vec<_>>(), said);
    assert!(report.model.log_loss.unwrap() < report.base.log_loss.unwrap(), "{:?}", report.model);
    assert_eq!((report.model.count, report.bayes.count), (120, 120));
    let frame = report.frame();
    assert_eq!((frame.len(), frame.at(0, "outcome")), (120, Value::from("won")));
    let summary = report.summary();
    let model = ["weighted", "base_rate", "bayes"].map(Value::from);
    assert_eq!([0, 1, 2].map(|row| summary.at(row, "model")), model);
    assert_eq!(summary.at(0, "log_loss"), Value::from(report.model.log_loss));
    assert_eq!(report.reliability().len(), report.model.bins.len());
    assert_eq!(frame.at(0, "probability"), Value::Decimal("50.0000".parse().unwrap()));
}

#[test]
fn what_closed_later_or_at_the_same_moment_is_not_known() {
    let crm = opened();
    // All are created before any is closed: nothing could be known of any.
    let s = crm.session(None, Some(at(0))).unwrap();
    let leads: Vec<_> = (0..60).map(|_| create(&s, "Fair")).collect();
    for (i, lead) in leads.iter().enumerate() {
        let day = at(1 + i64::try_from(i).unwrap());
        close(&crm.session(None, Some(day)).unwrap(), *lead, i % 2 == 0);
    }
    let report = backtest(&crm, &Backtest::default());
    let half = |row: &super::BacktestRow| row.probability.ppm() == 500_000;
    assert!(report.rows.iter().all(half), "{:?}", report.rows[59]);
    // A day before its own closing, a lead knows those that closed two days before it and earlier, not its neighbour.
    let before = BacktestAt::DaysBeforeClose(1);
    let report = backtest(&crm, &Backtest { at: before, ..Backtest::default() });
    assert_eq!(report.rows[0].base_rate.ppm(), 500_000);
    assert_eq!(report.rows[1].base_rate.ppm(), 500_000, "its neighbour closes at that very moment");
    assert_eq!(report.rows[2].base_rate.ppm(), 666_667, "one win of one");
}

#[test]
fn shuffled_outcomes_show_no_skill() {
    // Outcomes of a generator that knows nothing of the fields.
    let coin = |day: i64| {
        let mixed = (day.unsigned_abs() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 63 == 1
    };
    let report = backtest(&daily(400, coin), &Backtest::default());
    assert!((report.model.auc.unwrap() - 0.5).abs() < 0.1, "{:?}", report.model);
    assert!(
        report.model.log_loss.unwrap() > report.base.log_loss.unwrap() * 0.98,
        "{:?}",
        report.model
    );
    assert!(
        report.model.log_loss.unwrap() < report.base.log_loss.unwrap() * 1.05,
        "{:?}",
        report.model
    );
}

#[test]
fn stages_are_those_of_the_moment() {
    let crm = opened();
    for day in 0..80 {
        let s = crm.session(None, Some(at(day))).unwrap();
        let lead = create(&s, "Fair");
        let step = |part: i64| Timestamp::from_micros(at(day).micros() + part * DAY / 8).unwrap();
        if day % 2 == 0 {
            crm.session(None, Some(step(1))).unwrap().leads().move_to(lead, StageId(2)).unwrap();
        }
        close(&crm.session(None, Some(step(2))).unwrap(), lead, day % 4 == 0);
    }
    let entries = Backtest { at: BacktestAt::StageEntry, ..Backtest::default() };
    let report = backtest(&crm, &entries);
    assert_eq!(report.rows.len(), 120, "every lead in the first stage, every other in the second");
    // The last lead with an even number: its second entry is worth more than its first.
    let first = report.rows.iter().find(|row| row.predicted_at == at(78)).unwrap();
    let second = report.rows.iter().rfind(|row| row.lead_id == first.lead_id).unwrap();
    assert!(second.probability.ppm() > first.probability.ppm() + 100_000, "{second:?} {first:?}");
    let created = backtest(&crm, &Backtest::default());
    assert_eq!(created.rows.len(), 80);
}

#[test]
fn what_is_asked_is_checked() {
    let crm = daily(40, |day| day % 3 == 0);
    let s = crm.session(None, Some(at(100))).unwrap();
    let fails = |asked: &Backtest| s.score().backtest(asked, &mut Progress::none()).unwrap_err();
    let model = Backtest { model: Some("oracle".to_owned()), ..Backtest::default() };
    assert_eq!(fails(&model).field(), Some("model"));
    let unknown = vec!["properties.Nothing".to_owned()];
    let fields = Backtest { fields: Some(unknown), ..Backtest::default() };
    assert_eq!(fails(&fields).field(), Some("fields"));
    for text in ["", "closed", "x_days_before_close", "36501_days_before_close"] {
        assert_eq!(text.parse::<BacktestAt>().unwrap_err().field(), Some("at"), "{text}");
    }
    let days = "14_days_before_close".parse::<BacktestAt>().unwrap();
    assert_eq!(days, BacktestAt::DaysBeforeClose(14));

    let start = Some(at(30).date());
    assert_eq!(backtest(&crm, &Backtest { start, ..Backtest::default() }).rows.len(), 10);
    let later = Some(Date::new(2040, 1, 1).unwrap());
    let none = backtest(&crm, &Backtest { start: later, ..Backtest::default() });
    assert_eq!((none.rows.len(), none.model.count, none.base.log_loss), (0, 0, None));
    assert_eq!(none.summary().at(0, "log_loss"), Value::Null);
    for model in ["bayes", "stage", "base"] {
        let asked = Backtest { model: Some(model.to_owned()), ..Backtest::default() };
        assert!(backtest(&crm, &asked).model.log_loss.unwrap().is_finite(), "{model}");
    }

    let mut stop = |_, _| false;
    let error =
        s.score().backtest(&Backtest::default(), &mut Progress::new(&mut stop)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    s.users().create(fields! { name: "Ben", login: "ben", role: "team" }).unwrap();
    let ben = crm.session(Some("ben".into()), Some(at(100))).unwrap();
    let denied = ben.score().backtest(&Backtest::default(), &mut Progress::none()).unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::Denied);
}

#[test]
fn numbers_and_dates_with_gaps_are_replayed_with_the_bins_of_then() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    let fields = ["expected_revenue", "priority", "date_deadline"];
    let fields = Some(fields.map(str::to_owned).into());
    s.score().configure(&ScoreConfig { fields, ..ScoreConfig::default() }).unwrap();
    let mut live = Vec::new();
    for day in 0..130 {
        let s = crm.session(None, Some(at(day))).unwrap();
        // Many numbers, most of them met once; every third lead lacks some.
        let lot = (day * 7_919 + 13) % 997;
        let deadline = at(day + lot % 60).to_string()[..10].to_owned();
        let lead = match lot % 3 {
            0 => fields! { name: "Deal", priority: lot % 4 },
            1 => fields! { name: "Deal", expected_revenue: lot, date_deadline: deadline },
            _ => fields! { name: "Deal", expected_revenue: lot * lot, priority: lot % 4 },
        };
        let lead = s.leads().create(lead).unwrap();
        live.push(lead.automated_probability);
        let noon = Timestamp::from_micros(at(day).micros() + DAY / 2).unwrap();
        close(&crm.session(None, Some(noon)).unwrap(), lead.id, lot % 5 < 2 || lot > 700);
    }
    let report = backtest(&crm, &Backtest::default());
    let replayed: Vec<_> = report.rows.iter().map(|row| row.probability).collect();
    assert_eq!(replayed, live);
}
