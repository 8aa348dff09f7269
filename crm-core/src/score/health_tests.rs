//! What an examination of the evidence finds, what is configured, and what a model has learnt.

use super::{FieldHealth, ScoreConfig, ScoreHealth};
use crate::base::{ErrorKind, LeadId, Progress, Timestamp};
use crate::record::PropertyKind;
use crate::{Crm, Lost, PropertyDefinition, RecordKind, Session, Value, fields};

fn opened(names: &[(&str, PropertyKind)]) -> (Crm, Session) {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(Timestamp::parse("2019-03-02T09:00:00Z").unwrap())).unwrap();
    for (name, kind) in names {
        s.properties().declare(&PropertyDefinition::new(RecordKind::Lead, *name, *kind)).unwrap();
    }
    let fields = names.iter().map(|(name, _)| format!("properties.{name}")).collect();
    s.score().configure(&ScoreConfig { fields: Some(fields), ..ScoreConfig::default() }).unwrap();
    (crm, s)
}

fn lead(s: &Session, properties: &[(&str, Value)]) -> LeadId {
    let given = properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    s.leads().create(fields! { name: "Deal", properties: Value::Map(given.collect()) }).unwrap().id
}

fn close(s: &Session, lead: LeadId, won: bool) {
    if won {
        s.leads().mark_won(lead).unwrap();
    } else {
        s.leads().mark_lost(lead, &Lost::default()).unwrap();
    }
}

fn health(s: &Session) -> ScoreHealth {
    s.score().health(&mut Progress::none()).unwrap()
}

fn of<'h>(health: &'h ScoreHealth, name: &str) -> &'h FieldHealth {
    let name = format!("properties.{name}");
    health.fields.iter().find(|field| field.field == name).expect("it is configured")
}

#[test]
fn each_kind_of_bad_evidence_is_found_and_good_is_not() {
    use PropertyKind::{Number, Text};
    let names = [
        ("good", Text),
        ("size", Number),
        ("noise", Text),
        ("verdict", Text),
        ("invoice", Text),
        ("rare", Text),
        ("era", Text),
    ];
    let (crm, _) = opened(&names);
    let at = |n: i64| {
        let day = Timestamp::parse("2019-03-02T09:00:00Z").unwrap().plus_days(n);
        crm.session(None, Some(day)).unwrap()
    };
    for i in 0..400_usize {
        // What closes at once has no order, and so no drift.
        let s = at(i64::try_from(i).unwrap());
        let won = (i * 37 % 101 > 55) != (i * i % 11 == 3);
        let word = |words: [&str; 2], first| Value::from(if first { words[0] } else { words[1] });
        let mut given = vec![
            ("good", word(["fair", "web"], won == (i % 4 != 0))),
            ("size", Value::Float((i % 13) as f64 + if won { 4.0 } else { 0.0 })),
            ("noise", Value::from(format!("n{}", i * 7919 % 23))),
            ("verdict", word(["signed", "refused"], won)),
            ("era", word(["old", "new"], i < 300)),
        ];
        if i % 10 == 0 {
            given.push(("rare", "x".into()));
        }
        let deal = lead(&s, &given);
        close(&s, deal, won);
        if won {
            given.push(("invoice", Value::from(format!("2019/{i}"))));
            let all = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            s.leads().update(deal, fields! { properties: Value::Map(all.collect()) }).unwrap();
        }
    }
    let s = at(400);
    lead(&s, &[("good", "fair".into())]);
    lead(&s, &[]);
    let before = crm.feed(0, 10_000).unwrap().len();
    let health = health(&s);
    assert_eq!(crm.feed(0, 10_000).unwrap().len(), before, "nothing was written");
    assert_eq!((health.outcomes, health.outcomes_needed, health.before_start), (400, 0, 0));
    let good = of(&health, "good");
    assert_eq!((good.known, good.known_open, good.values), (1.0, Some(0.5), 2));
    assert!((0.05..0.5).contains(&good.signal) && good.findings.is_empty(), "{good:?}");
    let size = of(&health, "size");
    assert!(size.signal > 0.02 && size.values == 10 && size.findings.is_empty(), "{size:?}");
    assert_eq!(of(&health, "noise").findings, ["no_signal"]);
    assert_eq!(of(&health, "verdict").findings, ["nearly_perfect"]);
    assert!(of(&health, "invoice").findings.contains(&"filled_after_closing"));
    assert!(of(&health, "rare").findings.contains(&"mostly_missing"));
    assert!(of(&health, "era").findings.contains(&"drift"), "{:?}", of(&health, "era"));
    let frame = health.frame();
    assert_eq!((frame.len(), frame.at(3, "findings")), (7, "nearly_perfect".into()));
    assert_eq!(health.summary().at(0, "outcomes"), 400.into());
}

#[test]
fn few_outcomes_find_only_that_they_are_few() {
    let (crm, s) = opened(&[("verdict", PropertyKind::Text)]);
    let none = health(&s);
    assert_eq!((none.outcomes_needed, none.won_needed, none.lost_needed), (30, 5, 5));
    assert_eq!((none.won_lately, of(&none, "verdict").known_open), (None, None));
    for _ in 0..29 {
        let deal = lead(&s, &[("verdict", "signed".into())]);
        close(&s, deal, true);
    }
    let few = health(&s);
    assert_eq!((few.outcomes_needed, few.won_needed, few.lost_needed), (5, 0, 5));
    assert_eq!((of(&few, "verdict").signal, of(&few, "verdict").findings.len()), (0.0, 0));
    s.users().create(fields! { name: "Ben", login: "ben", role: "team" }).unwrap();
    let ben = crm.session(Some("ben".into()), None).unwrap();
    let denied = ben.score().health(&mut Progress::none()).unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::Denied);
    let mut stop = |_, _| false;
    let error = s.score().health(&mut Progress::new(&mut stop)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn what_is_reopened_is_open_again() {
    let (_crm, s) = opened(&[("invoice", PropertyKind::Text)]);
    let deal = lead(&s, &[]);
    close(&s, deal, true);
    let filled = fields! { properties: Value::Map([("invoice".to_owned(), "7".into())].into()) };
    s.leads().update(deal, filled).unwrap();
    assert!(of(&health(&s), "invoice").filled_after_closing > 0.99);
    s.leads().reopen(deal).unwrap();
    close(&s, deal, true);
    let again = health(&s);
    assert!(of(&again, "invoice").filled_after_closing < 0.01, "it was there before");
}

#[test]
fn a_configuration_is_read_and_its_changes_are_told() {
    let (crm, s) = opened(&[("size", PropertyKind::Number)]);
    let told = s.score().configuration().unwrap();
    assert_eq!(
        (told.fields.as_slice(), told.model.as_str()),
        (&["properties.size".to_owned()][..], "weighted")
    );
    assert!(told.is_default_start);
    let day = Some(crate::base::Date::new(2019, 1, 1).unwrap());
    let other = ScoreConfig { fields: Some(vec!["lang".into()]), start_date: day, model: None };
    let before = crm.feed(0, 10_000).unwrap().len();
    s.score().configure(&other).unwrap();
    s.score().configure(&other).unwrap();
    let entries = crm.feed(0, 10_000).unwrap();
    let [entry] = &entries[before..] else {
        panic!("once, since the second changed nothing: {entries:?}")
    };
    assert_eq!(entry.event, "score.configured");
    assert_eq!(
        entry.data,
        r#"{"set":{"fields":["lang"],"start_date":"2019-01-01"},"was":{"fields":["properties.size"],"start_date":null}}"#
    );
}

#[test]
fn parameters_are_json_and_reckon_the_chance() {
    let (_crm, s) = opened(&[("origin", PropertyKind::Text), ("size", PropertyKind::Number)]);
    let parameters =
        || -> serde_json::Value { serde_json::from_str(&s.score().parameters().unwrap()).unwrap() };
    assert_eq!((&parameters()["won"], &parameters()["model"]), (&0.into(), &"weighted".into()));
    for i in 0..120_usize {
        let size = Value::Float((i % 17) as f64);
        let deal = lead(&s, &[("origin", ["fair", "web"][i % 2].into()), ("size", size)]);
        close(&s, deal, i % 2 == 0 || i % 17 > 12);
    }
    let all = parameters();
    assert_eq!(all["won"].as_i64().unwrap() + all["lost"].as_i64().unwrap(), 120);
    assert_eq!(all["fields"], serde_json::json!(["properties.origin", "properties.size"]));
    let [origin, size] = [0, 1].map(|at| &all["weights"]["fields"][at]);
    assert_eq!(origin["values"]["fair"]["won"], 60);
    assert!(size["edges"].as_array().unwrap().len() > 3);
    // What a value adds: m₁·w·x + m₂·θ.
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let fair = &origin["values"]["fair"];
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let base = (number(&all["won"]) + 1.0) / 122.0;
    let rate = |of: &serde_json::Value| {
        logit(
            (number(&of["won"]) + 10.0 * base) / (number(&of["won"]) + number(&of["lost"]) + 10.0),
        )
    };
    let x = rate(fair) - rate(&all);
    let mix = &all["weights"]["mix"];
    let adds = number(&mix["tables"]) * number(&origin["weight"]) * x
        + number(&mix["values"]) * number(&fair["weight"]);
    let deal = lead(&s, &[("origin", "fair".into())]);
    let why = s.score().explain(deal).unwrap();
    let told = why.rows.iter().find(|row| row.value == "fair").unwrap();
    assert!((told.log_odds - adds).abs() < 1e-12, "{} {adds}", told.log_odds);
    // What was changed stands beside, with the stages of such deals.
    let web = std::collections::BTreeMap::from([("origin".to_owned(), Value::from("web"))]);
    s.leads().update(deal, fields! { properties: web }).unwrap();
    close(&s, deal, false);
    let changed = &parameters()["weights"]["fields"][0]["changed"];
    assert_eq!(changed["values"]["web"]["lost"], 1);
    assert_eq!(changed["stages"], serde_json::json!({ "1": { "won": 0, "lost": 1 } }));
    let model = Some("bayes".to_owned());
    s.score().configure(&ScoreConfig { model, ..ScoreConfig::default() }).unwrap();
    assert_eq!(
        (&parameters()["weights"], &parameters()["lost"]),
        (&serde_json::Value::Null, &(all["lost"].as_i64().unwrap() + 1).into())
    );
}
