//! What was known then: fields that were filled in later do not speak of earlier moments, and what was said then is said again.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Backtest, BacktestAt, BacktestReport, FieldHealth, ScoreConfig, ScorePrediction};
use crate::base::{Date, LeadId, Progress, StageId, TeamId, Timestamp};
use crate::filter::Filter;
use crate::record::PropertyKind;
use crate::{Crm, ImportOptions, Lost, PropertyDefinition, RecordKind, Session, Value, fields};

const HOUR: i64 = 3_600_000_000;

fn hour(n: i64) -> Timestamp {
    Timestamp::from_micros(1_772_442_000_000_000 + n * HOUR).unwrap()
}

fn on(crm: &Crm, n: i64) -> Session {
    crm.session(None, Some(hour(n))).unwrap()
}

/// The fields count in the order given; those with a capital are properties.
fn opened(model: &str, fields: &[&str]) -> Crm {
    let crm = Crm::open(":memory:").unwrap();
    let s = on(&crm, 0);
    for (name, kind) in [("Contract", PropertyKind::Text), ("Seats", PropertyKind::Number)] {
        s.properties().declare(&PropertyDefinition::new(RecordKind::Lead, name, kind)).unwrap();
    }
    let fields = Some(fields.iter().map(|name| (*name).to_owned()).collect());
    let start_date = Some(Date::new(2026, 1, 1).unwrap());
    let config = ScoreConfig { fields, start_date, model: Some(model.to_owned()) };
    s.score().configure(&config).unwrap();
    crm
}

fn contract(text: &str) -> Value {
    Value::Map(BTreeMap::from([("Contract".to_owned(), text.into())]))
}

fn close(s: &Session, lead: LeadId, won: bool) {
    if won {
        s.leads().mark_won(lead).unwrap();
    } else {
        s.leads().mark_lost(lead, &Lost::default()).unwrap();
    }
}

fn backtest(crm: &Crm, asked: &Backtest) -> BacktestReport {
    on(crm, 100_000).score().backtest(asked, &mut Progress::none()).unwrap()
}

fn health(crm: &Crm, name: &str) -> FieldHealth {
    let health = on(crm, 100_000).score().health(&mut Progress::none()).unwrap();
    health.fields.into_iter().find(|field| field.field == name).expect("it is configured")
}

/// Heads or tails, by the number of the throw.
fn coin(n: i64) -> bool {
    let mixed = (n.unsigned_abs() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 63 == 1
}

/// `n` deals of two days each, one after the other; a coin says which are won, and their cards are filled in so many hours
/// before the closing.
fn leaking(field: &str, n: i64, before: i64) -> Crm {
    let crm = opened("weighted", &[field]);
    for day in 0..n {
        let at = day * 48;
        let lead = on(&crm, at).leads().create(fields! { name: "Deal" }).unwrap().id;
        let won = coin(day);
        if won {
            let s = on(&crm, at + 40 - before);
            let filled = match field {
                "country_code" => fields! { country_code: "FR" },
                _ => fields! { properties: contract("signed") },
            };
            s.leads().update(lead, filled).unwrap();
        }
        close(&on(&crm, at + 40), lead, won);
    }
    crm
}

#[test]
fn a_field_that_is_filled_on_winning_has_no_skill_at_creation() {
    for field in ["properties.Contract", "country_code"] {
        let crm = leaking(field, 200, 1);
        let report = backtest(&crm, &Backtest::default());
        assert!(report.model.auc.unwrap() < 0.6, "{field}: {:?}", report.model);
        assert!(report.bayes.auc.unwrap() < 0.6, "{field}: {:?}", report.bayes);
        assert!(
            report.model.log_loss.unwrap() >= report.base.log_loss.unwrap() * 0.99,
            "{:?}",
            report.model
        );
        assert_eq!(report.past_unknown, 0);
        let found = health(&crm, field);
        assert!(found.findings.contains(&"nearly_perfect"), "{found:?}");
        assert!(found.findings.contains(&"filled_after_creation"), "{found:?}");
        assert!((found.filled_after_creation, found.filled_after_closing) == (1.0, 0.0));
        assert!(found.changed_after_creation > 0.999);
    }
}

#[test]
fn what_is_filled_in_on_winning_does_not_spoil_what_is_said_of_new_deals() {
    let crm = opened("weighted", &["properties.Contract", "country_code"]);
    let mut losses = Vec::new();
    for day in 0..300 {
        let at = day * 48;
        let lead = on(&crm, at).leads().create(fields! { name: "Deal" }).unwrap();
        let (s, won) = (on(&crm, at + 40), coin(day));
        let said = lead.automated_probability.ppm() as f64 / 1e6;
        losses.push(-(if won { said } else { 1.0 - said }).ln());
        if won {
            let signed = fields! { properties: contract("signed"), country_code: "FR" };
            s.leads().update(lead.id, signed).unwrap();
        }
        close(&s, lead.id, won);
    }
    let lately = losses[60..].iter().sum::<f64>() / 240.0;
    assert!(lately < 2.0_f64.ln() * 1.03, "{lately}: a coin has {}", 2.0_f64.ln());
    let s = on(&crm, 90_000);
    let said = |s: &Session| s.leads().create(fields! { name: "Deal" }).unwrap();
    let before = said(&s).automated_probability;
    s.score().rebuild(&mut Progress::none()).unwrap();
    let near = |ppm: i64| (450_000..550_000).contains(&ppm);
    assert!(near(before.ppm()) && near(said(&s).automated_probability.ppm()));
    // Signed and still open: that is something.
    let lead = said(&s).id;
    s.leads().update(lead, fields! { properties: contract("signed") }).unwrap();
    let signed = s.leads().get(lead).unwrap().automated_probability;
    assert!(signed.ppm() > 800_000, "{signed:?}");
    let why = s.score().explain(lead).unwrap();
    let row = why.rows.iter().find(|row| row.variable == "properties.Contract").unwrap();
    assert_eq!((row.value.as_str(), row.lost_count.to_string().as_str()), ("signed", "0.0"));
    assert!(row.log_odds > 1.0 && row.won_count > 100.into(), "{row:?}");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_filled_in_with_the_closing_came_too_late() {
    let crm = opened("weighted", &["properties.Contract"]);
    for day in 0..60 {
        let s = on(&crm, day * 48);
        let lead = s.leads().create(fields! { name: "Deal" }).unwrap().id;
        let (s, won) = (on(&crm, day * 48 + 40), coin(day));
        if won {
            // One write says both.
            let filled = fields! { stage_id: StageId(4), properties: contract("signed") };
            s.leads().update(lead, filled).unwrap();
        } else {
            close(&s, lead, false);
        }
    }
    let found = health(&crm, "properties.Contract");
    assert!(found.findings.contains(&"filled_after_closing"), "{found:?}");
    for at in [BacktestAt::Created, BacktestAt::StageEntry, BacktestAt::DaysBeforeClose(0)] {
        let report = backtest(&crm, &Backtest { at, ..Backtest::default() });
        assert!(report.model.auc.unwrap() < 0.65, "{at:?}: {:?}", report.model);
    }
}

#[test]
fn what_is_overwritten_with_the_closing_or_after_it_came_too_late() {
    for after in [false, true] {
        let crm = opened("weighted", &["properties.Contract", "country_code"]);
        for day in 0..60 {
            let s = on(&crm, day * 48);
            let lead = fields! { name: "Deal", country_code: "FR", properties: contract("talk") };
            let lead = s.leads().create(lead).unwrap().id;
            // Before the closing nothing is wrong with a change.
            s.leads().update(lead, fields! { country_code: "DE" }).unwrap();
            let (s, won) = (on(&crm, day * 48 + 40), coin(day));
            let said = contract(if won { "signed" } else { "cold" });
            if after {
                close(&s, lead, won);
                s.leads().update(lead, fields! { properties: said }).unwrap();
            } else if won {
                s.leads().update(lead, fields! { stage_id: StageId(4), properties: said }).unwrap();
            } else {
                close(&s, lead, false);
            }
        }
        let found = health(&crm, "properties.Contract");
        let share = (0..60).filter(|day| after || coin(*day)).count() as f64 / 60.0;
        assert!((found.filled_after_closing - share).abs() < 1e-12, "{found:?}");
        assert_eq!(found.findings.contains(&"filled_after_closing"), share >= 0.5, "{found:?}");
        let honest = health(&crm, "country_code");
        assert_eq!((honest.filled_after_closing, honest.filled_after_creation), (0.0, 0.0));
        assert!(honest.changed_after_creation < 1e-9, "changed at once, as created");
        assert!(!honest.findings.contains(&"changed_after_creation"));
    }
}

#[test]
fn a_field_counts_from_when_it_was_filled_in() {
    let crm = leaking("properties.Contract", 120, 30);
    let asked = |at| backtest(&crm, &Backtest { at, ..Backtest::default() });
    assert!(asked(BacktestAt::Created).model.auc.unwrap() < 0.6);
    let known = asked(BacktestAt::DaysBeforeClose(1));
    // The first thirty outcomes teach nobody; of the rest, who has signed stands before who has not.
    assert!(known.model.auc.unwrap() > 0.85, "it was there by then: {:?}", known.model);
    assert!(known.model.log_loss.unwrap() < known.base.log_loss.unwrap() * 0.8);
}

#[test]
fn what_was_corrected_after_the_closing_teaches_nothing_before() {
    let crm = opened("weighted", &["country_code"]);
    let mut said = Vec::new();
    for day in 0..80 {
        let s = on(&crm, day * 48);
        let code = ["FR", "DE"][usize::from(day % 2 == 0)];
        let lead = s.leads().create(fields! { name: "Deal", country_code: code }).unwrap();
        said.push(lead.automated_probability);
        close(&on(&crm, day * 48 + 40), lead.id, day % 2 == 0 || day % 7 == 0);
    }
    let s = on(&crm, 90_000);
    let all = s.leads().find(&crate::Find {
        filter: Some(Filter::parse("active in (true, false)").unwrap()),
        ..crate::Find::default()
    });
    let all: Vec<LeadId> = all.unwrap().iter().map(|lead| lead.id).collect();
    s.leads().update(&all, fields! { country_code: "IT" }).unwrap();
    let report = backtest(&crm, &Backtest::default());
    assert_eq!(report.rows.iter().map(|row| row.probability).collect::<Vec<_>>(), said);
}

#[test]
fn what_is_reopened_later_was_an_outcome_then() {
    let crm = opened("weighted", &["country_code"]);
    let mut leads = Vec::new();
    for day in 0..120 {
        let s = on(&crm, day * 48);
        let code = ["FR", "DE"][usize::from(day % 2 == 0)];
        let lead = s.leads().create(fields! { name: "Deal", country_code: code }).unwrap();
        close(&on(&crm, day * 48 + 40), lead.id, day % 2 == 0 || day % 7 == 0);
        leads.push(lead.id);
    }
    let before = backtest(&crm, &Backtest::default());
    // Two come back for good, one is lost after all, one is closed as it was.
    let back: Vec<LeadId> = leads.iter().step_by(25).take(4).copied().collect();
    for lead in &back {
        on(&crm, 9_000).leads().reopen(*lead).unwrap();
    }
    for (hour, (lead, won)) in (9_100..).zip(back[2..].iter().zip([false, true])) {
        close(&on(&crm, hour), *lead, won);
    }
    let after = backtest(&crm, &Backtest::default());
    let said = |report: &BacktestReport| -> BTreeMap<LeadId, _> {
        let own = report.rows.iter();
        own.map(|row| (row.lead_id, (row.predicted_at, row.probability, row.base_rate))).collect()
    };
    let (was, is) = (said(&before), said(&after));
    assert_eq!((was.len(), is.len()), (120, 118));
    for (lead, said) in is {
        assert_eq!(said, was[&lead], "what came later changes nothing of {lead:?}");
    }
    assert_eq!(after.bayes.count, 118);
    // And what was taken back is taken back: a backtest of a new deal says what is said live.
    let mut live = Vec::new();
    for day in 0..3 {
        let lead = on(&crm, 9_200 + day * 48).leads().create(fields! { name: "Deal" }).unwrap();
        live.push((lead.id, lead.automated_probability));
        close(&on(&crm, 9_220 + day * 48), lead.id, day == 1);
    }
    let report = backtest(&crm, &Backtest::default());
    for (lead, said) in live {
        let row = report.rows.iter().find(|row| row.lead_id == lead).unwrap();
        assert_eq!(row.probability, said);
    }
}

#[test]
fn how_much_is_not_known_of_then_is_counted() {
    let text = "name,country_code,stage_id.name,create_date,date_closed\n\
                Rental,FR,Won,2026-03-01T09:00:00Z,2026-03-05T09:00:00Z\n";
    let mapping: Vec<(String, String)> =
        ["name", "country_code", "stage_id.name", "create_date", "date_closed"]
            .map(|name| (name.to_owned(), name.to_owned()))
            .into();
    let crm = opened("weighted", &["country_code"]);
    let s = on(&crm, 24 * 30);
    let (options, mut nobody) = (ImportOptions::default(), Progress::none());
    let mut source = text.as_bytes();
    let done = s.csv().import(RecordKind::Lead, &mut source, &mapping, &options, &mut nobody);
    assert_eq!(done.unwrap().created, 1);
    let lead = on(&crm, 24 * 31).leads().create(fields! { name: "Racks" }).unwrap().id;
    close(&on(&crm, 24 * 32), lead, false);
    let report = backtest(&crm, &Backtest::default());
    assert_eq!(
        (report.rows.len(), report.past_unknown),
        (2, 1),
        "the import tells the past of one"
    );
    assert_eq!(report.summary().at(0, "past_unknown"), 1.into());
    let kept = Backtest { fields: Some(vec!["user_id".to_owned()]), ..Backtest::default() };
    assert_eq!(backtest(&crm, &kept).past_unknown, 0, "the history keeps it");
}

/// The team that leads are given to.
const TEAM: TeamId = TeamId(2);

/// What somebody does: what, to whom, with what.
type Deed = (u8, u8, u8);

fn play(s: &Session, leads: &mut Vec<LeadId>, (verb, on, with): Deed) {
    let code = ["FR", "DE", "IT", ""][usize::from(with) % 4];
    let contract = contract(["signed", "sent", ""][usize::from(with) % 3]);
    let seats = Value::Map(BTreeMap::from([("Seats".to_owned(), f64::from(with % 40).into())]));
    let lead = leads.get(usize::from(on) % leads.len().max(1)).copied();
    let Some(lead) = lead.filter(|_| verb % 11 > 2) else {
        let fields = fields! { name: "Deal", country_code: code, properties: seats };
        leads.push(s.leads().create(fields).unwrap().id);
        return;
    };
    let tags = Value::Ids(vec![1 + i64::from(with % 3)]);
    // What the verbs refuse changes nothing.
    let _ = match verb % 11 {
        3 => s.leads().update(lead, fields! { country_code: code }),
        4 => s.leads().update(lead, fields! { properties: contract }),
        5 => s.leads().update(lead, fields! { expected_revenue: i64::from(with), tag_ids: tags }),
        6 => s.leads().mark_won(lead),
        7 => s.leads().mark_lost(lead, &Lost::default()),
        8 => s.leads().reopen(lead),
        9 => s.leads().update(lead, fields! { team_id: (with % 2 == 0).then_some(TEAM) }),
        _ => s.leads().move_to(lead, StageId(1 + i64::from(with % 4))),
    };
}

fn predicted(s: &Session, as_of: Option<Timestamp>) -> Vec<ScorePrediction> {
    let all = Filter::parse("active in (true, false)").unwrap();
    s.score().predict(Some(&all), as_of, &mut Progress::none()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_predicted_is_predicted_again_as_of_then(
        model in prop::sample::select(vec!["weighted", "bayes"]),
        deeds in prop::collection::vec(any::<Deed>(), 40..90),
    ) {
        let fields =
            ["country_code", "properties.Contract", "properties.Seats", "tag_ids", "expected_revenue"];
        let crm = opened(model, &fields);
        prop_assert_eq!(on(&crm, 0).teams().create(fields! { name: "One" }).unwrap().id, TEAM);
        let (mut leads, mut said) = (Vec::new(), Vec::new());
        for (n, deed) in (1..).zip(deeds) {
            let s = on(&crm, n);
            play(&s, &mut leads, deed);
            let asked = predicted(&s, Some(hour(n)));
            if model == "bayes" {
                // Counts are what a rebuild counts; weights and bins of the other model are the live ones.
                prop_assert_eq!(&predicted(&s, None), &asked);
            }
            said.push((hour(n), asked));
        }
        let s = on(&crm, 9_000);
        for (at, then) in said {
            prop_assert_eq!(predicted(&s, Some(at)), then, "as of {}", at);
        }
        prop_assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}
