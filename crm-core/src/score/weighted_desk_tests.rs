//! The model `weighted` through the desk: live, replayed, and on bad input.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{ScoreConfig, batch, config, created, learn, model, store};
use crate::base::{Date, LeadId, Progress, StageId, TeamId, Timestamp};
use crate::record::{Lead, ProbabilitySource, PropertyKind};
use crate::{Crm, Find, Lost, PropertyDefinition, RecordKind, Session, Value, fields, setting};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_micros(1_772_442_000_000_000 + minute * 60_000_000).unwrap()
}

fn configure(s: &Session, names: &[&str]) {
    let fields = names.iter().map(|name| (*name).to_owned()).collect();
    let start_date = Some(Date::new(2026, 1, 1).unwrap());
    s.score()
        .configure(&ScoreConfig { fields: Some(fields), start_date, ..ScoreConfig::default() })
        .unwrap();
}

fn declare(s: &Session, name: &str, kind: PropertyKind) {
    s.properties().declare(&PropertyDefinition::new(RecordKind::Lead, name, kind)).unwrap();
}

/// A deal with a source and a size, some of them unknown.
fn create(s: &Session, i: usize, team: Option<TeamId>) -> Lead {
    let mut properties = BTreeMap::new();
    if !i.is_multiple_of(7) {
        properties.insert("Lead Origin".to_owned(), Value::from(["Fair", "Web", "Mail"][i % 3]));
    }
    if !i.is_multiple_of(5) {
        properties.insert("size".to_owned(), Value::Float((i * 37 % 101) as f64 / 4.0));
    }
    s.leads().create(fields! { name: "Deal", properties: properties, team_id: team }).unwrap()
}

fn is_won(i: usize) -> bool {
    (i * 37 % 101 > 60) != (i * i % 11 == 3)
}

fn close(s: &Session, lead: LeadId, won: bool) {
    if won {
        s.leads().mark_won(lead).unwrap();
    } else {
        s.leads().mark_lost(lead, &Lost::default()).unwrap();
    }
}

/// What leads say, of those that said something else when they were created.
fn changed(s: &Session) -> Vec<String> {
    let all = Find::filter("active in (true, false)").unwrap();
    let leads = s.leads().find(&all).unwrap();
    let told = s.score().link.read(|tx| {
        let config = config::load(tx)?;
        let created =
            created::of(tx, &config, &leads.iter().map(|lead| lead.id.0).collect::<Vec<_>>())?;
        let told = leads.iter().map(|lead| learn::told(&config, lead, &created));
        Ok(told.filter(|told| !told.created.is_empty()).map(|told| format!("{told:?}")).collect())
    });
    told.unwrap()
}

/// Everything the stored model holds, as text.
fn state(s: &Session) -> Vec<String> {
    s.score()
        .link
        .read(|tx| {
            let config = config::load(tx)?;
            let stored = store::load(tx, &config)?;
            let mut nobody = Progress::none();
            let mut steps = batch::Steps::new(&mut nobody, store::last_lead(tx)?, 1);
            let (replayed, _) = batch::recount(tx, &config, &mut steps)?;
            let text = |model: &model::Model| match model {
                model::Model::Bayes(_) => String::new(),
                model::Model::Weighted(model) => {
                    let names: Vec<_> =
                        (0..2 * config.variables.len()).map(|at| config.name_of(at)).collect();
                    let mut lines = vec![model.online.to_text(&names)];
                    lines.extend(model.all_pulls().map(|(at, code, pull)| {
                        format!("{at} {:?} {pull:?}", model.tables.words(at).text(code))
                    }));
                    lines.extend(model.all_team_pulls().iter().map(|pull| format!("{pull:?}")));
                    lines.extend(model.tables.counters().map(|counter| format!("{counter:?}")));
                    lines.sort_unstable();
                    lines.join("\n")
                }
            };
            Ok(vec![text(&stored), text(&replayed)])
        })
        .unwrap()
}

#[test]
fn what_is_learnt_live_is_what_a_replay_learns() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    declare(&s, "Lead Origin", PropertyKind::Text);
    declare(&s, "size", PropertyKind::Number);
    configure(&s, &["properties.Lead Origin", "properties.size", "tag_ids"]);
    let team = s.teams().create(fields! { name: "One" }).unwrap().id;
    for i in 0..130 {
        let minute = |n: i64| at(3 * i64::try_from(i).unwrap() + n);
        let s = crm.session(None, Some(minute(0))).unwrap();
        let lead = create(&s, i, i.is_multiple_of(3).then_some(team));
        let expected = match i {
            0 => ProbabilitySource::None,
            1..30 => ProbabilitySource::Base,
            _ => ProbabilitySource::Model,
        };
        assert_eq!(lead.probability_source, expected, "{i}");
        if i % 4 == 1 {
            let size = BTreeMap::from([("size".to_owned(), Value::Float((i % 9) as f64))]);
            let fields = fields! { properties: size, tag_ids: Value::Ids(vec![1]) };
            s.leads().update(lead.id, fields).unwrap();
        }
        if i % 5 == 2 {
            // Some of which the size was changed, and some go back to where they were.
            let other = (!i.is_multiple_of(3)).then_some(team);
            let back = if i % 7 == 1 { i.is_multiple_of(3).then_some(team) } else { other };
            let s = crm.session(None, Some(minute(1))).unwrap();
            s.leads().update(lead.id, fields! { team_id: other, stage_id: StageId(2) }).unwrap();
            s.leads().update(lead.id, fields! { team_id: back }).unwrap();
        }
        let s = crm.session(None, Some(minute(2))).unwrap();
        close(&s, lead.id, is_won(i));
    }
    assert_eq!(changed(&s).len(), 50);
    let [stored, replayed] = <[String; 2]>::try_from(state(&s)).unwrap();
    assert_eq!(stored, replayed, "to the last bit");
    assert!(stored.contains(" .. "), "sizes are counted by bins: {stored}");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());

    // Chances follow what was learnt: large deals are won here.
    let chance = |i: usize| create(&s, i, None).automated_probability;
    let (large, small) =
        ((1..200_usize).find(|i| i * 37 % 101 > 90 && !i.is_multiple_of(5)).unwrap(), 101);
    assert!(chance(large) > chance(small));

    let run = s.score().rebuild(&mut Progress::none()).unwrap();
    assert_eq!(run.counted, 130);
    let rebuilt = state(&s);
    assert_eq!(rebuilt[0], rebuilt[1]);
    s.score().rebuild(&mut Progress::none()).unwrap();
    assert_eq!(state(&s), rebuilt, "a rebuild of a rebuild is the same");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_many_outcomes_taught_is_forgotten_when_they_are_taken_back() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    declare(&s, "Lead Origin", PropertyKind::Text);
    declare(&s, "size", PropertyKind::Number);
    configure(&s, &["properties.Lead Origin", "properties.size"]);
    for i in 0..120 {
        let s = crm.session(None, Some(at(i64::try_from(i).unwrap()))).unwrap();
        let lead = create(&s, i, None);
        close(&s, lead.id, is_won(i));
    }
    let s = crm.session(None, Some(at(1_000))).unwrap();
    let deal = create(&s, 101, None);
    let cleared: Vec<_> = (0..60).map(|i| create(&s, i, None).id).collect();
    let chance = || {
        let said = s.score().predict(None, None, &mut Progress::none()).unwrap();
        said.iter().find(|row| row.lead_id == deal.id).unwrap().probability
    };
    s.score().rebuild(&mut Progress::none()).unwrap();
    let (before, weights) = (chance(), state(&s)[0].clone());
    s.leads().mark_lost(&cleared, &Lost::default()).unwrap();
    assert!(chance().ppm() < before.ppm() - 50_000, "a run of losses is believed");
    s.leads().reopen(&cleared).unwrap();
    assert_eq!((chance(), state(&s)[0].clone()), (before, weights), "and forgotten");

    // One by one, too, but for less than a hundredth of the outcomes.
    for lead in &cleared {
        close(&s, *lead, false);
    }
    for lead in &cleared {
        s.leads().reopen(*lead).unwrap();
    }
    let closed = Find::filter("won_status = \"lost\" and active in (true, false)").unwrap();
    for lead in &s.leads().find(&closed).unwrap()[..2] {
        s.leads().reopen(lead.id).unwrap();
    }
    let [stored, replayed] = <[String; 2]>::try_from(state(&s)).unwrap();
    assert_eq!(stored, replayed, "two of 118");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn one_lead_and_all_leads_are_scored_alike() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    declare(&s, "Lead Origin", PropertyKind::Text);
    declare(&s, "size", PropertyKind::Number);
    configure(&s, &["properties.Lead Origin", "properties.size", "priority", "expected_revenue"]);
    let team = s.teams().create(fields! { name: "One" }).unwrap().id;
    let team = |i: usize| i.is_multiple_of(2).then_some(team);
    let ids: Vec<_> = (0..90).map(|i| create(&s, i, team(i)).id).collect();
    let later = |i: usize| fields! { priority: ["1", "2"][i / 2 % 2], expected_revenue: 500 + i64::try_from(i).unwrap() };
    for (i, lead) in ids.iter().enumerate().skip(1).step_by(3) {
        s.leads().update(*lead, later(i)).unwrap();
    }
    for (i, lead) in ids.iter().enumerate().skip(10) {
        close(&s, *lead, is_won(i));
    }
    s.score().rebuild(&mut Progress::none()).unwrap();
    for (i, lead) in ids.iter().enumerate().take(10) {
        let batch = s.leads().get(*lead).unwrap();
        let mut single = create(&s, i, team(i));
        if i % 3 == 1 {
            single = s.leads().update(single.id, later(i)).unwrap();
        }
        assert_eq!(batch.automated_probability, single.automated_probability, "deal {i}");
        let why = s.score().explain(*lead).unwrap();
        assert_eq!(why.probability, batch.automated_probability);
        let odds = why.base_log_odds + why.rows.iter().map(|row| row.log_odds).sum::<f64>();
        assert!((1.0 / (1.0 + (-odds).exp()) - why.raw).abs() < 1e-12);
        assert!(why.rows.iter().all(|row| row.log_odds.is_finite()));
    }
    assert_eq!(s.score().recompute(&mut Progress::none()).unwrap().changed, 0);
}

#[test]
fn what_was_changed_before_a_merge_is_known_after_it_is_taken_back() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    configure(&s, &["country_code", "priority"]);
    let [a, b] = ["a", "b"].map(|name| s.leads().create(fields! { name: name }).unwrap().id);
    s.leads().update(a, fields! { country_code: "DE", priority: "2" }).unwrap();
    close(&s, a, false);
    let before = changed(&s);
    let merged = s.leads().merge(&[a, b], &crate::Merge::default()).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    s.leads().unmerge(merged.merge_id).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    assert_eq!((before.len(), changed(&s)), (1, before));
    s.leads().reopen(a).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn merges_that_are_taken_back_one_after_the_other_leave_the_counts_right() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    let lost = s.leads().create(fields! { name: "x" }).unwrap().id;
    close(&s, lost, false);
    let told = fields! { name: "y", kind: "lead", phone: "+49 711 333333" };
    let told = s.leads().create(told).unwrap().id;
    let open = s.leads().create(fields! { name: "z" }).unwrap().id;
    let merge =
        |ids: [LeadId; 2]| s.leads().merge(&ids, &crate::Merge::default()).unwrap().merge_id;
    let (one, two) = (merge([lost, told]), merge([lost, open]));
    for merge in [two, one] {
        s.leads().unmerge(merge).unwrap();
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
    s.leads().reopen(lost).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_team_without_outcomes_is_judged_alike_alone_and_among_many() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    declare(&s, "Lead Origin", PropertyKind::Text);
    declare(&s, "size", PropertyKind::Number);
    configure(&s, &["properties.Lead Origin", "properties.size"]);
    for i in 0..60 {
        let lead = create(&s, i, None).id;
        close(&s, lead, is_won(i));
    }
    let team = s.teams().create(fields! { name: "New" }).unwrap().id;
    let lead = create(&s, 3, Some(team)).id;
    s.score().recompute(&mut Progress::none()).unwrap();
    let why = s.score().explain(lead).unwrap();
    assert_eq!((why.probability, why.is_stale), (why.automated_probability, false));
}

#[test]
fn whatever_is_missing_has_an_answer() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    declare(&s, "Lead Origin", PropertyKind::Text);
    declare(&s, "size", PropertyKind::Number);
    let asked = |s: &Session| {
        let lead = s.leads().create(fields! { name: "Asked" }).unwrap();
        (lead.automated_probability.percent().to_string(), lead.probability_source)
    };
    let half = ("50.0000".to_owned(), ProbabilitySource::None);
    assert_eq!(asked(&s), half, "no closed deal");

    // Every field empty, and only one outcome.
    configure(&s, &["properties.Lead Origin", "properties.size"]);
    for _ in 0..40 {
        let lead = s.leads().create(fields! { name: "Deal" }).unwrap().id;
        close(&s, lead, false);
    }
    assert_eq!(asked(&s), ("2.3810".to_owned(), ProbabilitySource::Base), "1 of 42");
    // Both outcomes, still every field empty: the share won, whoever says so.
    for _ in 0..20 {
        let lead = s.leads().create(fields! { name: "Deal" }).unwrap().id;
        close(&s, lead, true);
    }
    let (percent, source) = asked(&s);
    assert_eq!(source, ProbabilitySource::Model);
    assert!((20.0..60.0).contains(&percent.parse::<f64>().unwrap()), "{percent}");

    // Fields taken away, a start in the future, another model and back.
    configure(&s, &[]);
    assert_eq!(asked(&s).1, ProbabilitySource::Model);
    let start = Some(Date::new(2030, 1, 1).unwrap());
    s.score().configure(&ScoreConfig { start_date: start, ..ScoreConfig::default() }).unwrap();
    assert_eq!(asked(&s), half, "nothing has begun yet");
    let closed = s.leads().create(fields! { name: "Deal" }).unwrap().id;
    close(&s, closed, true);
    assert_eq!(asked(&s), half);
    configure(&s, &["properties.size"]);
    for model in ["bayes", "stage", "base", "weighted"] {
        let model = Some(model.to_owned());
        s.score().configure(&ScoreConfig { model, ..ScoreConfig::default() }).unwrap();
        assert!(s.score().rebuild(&mut Progress::none()).is_ok());
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
    assert_eq!(asked(&s).1, ProbabilitySource::Model);

    // A hand that says 0 or 100 decides nothing and is followed.
    let lead = s.leads().create(fields! { name: "Sure", probability: 100 }).unwrap();
    assert_eq!(lead.probability_source, ProbabilitySource::Manual);
    assert!(lead.automated_probability.ppm() < 1_000_000);
}

#[derive(Debug, Clone)]
enum Deed {
    Create(usize, bool),
    Close(usize, bool),
    Reopen(usize),
    Size(usize, f64),
    Team(usize, bool),
    Delete(usize),
    Rebuild,
}

fn deed() -> impl Strategy<Value = Deed> {
    let lead = 0..60_usize;
    prop_oneof![
        6 => (0..200_usize, any::<bool>()).prop_map(|(seed, team)| Deed::Create(seed, team)),
        6 => (lead.clone(), any::<bool>()).prop_map(|(lead, won)| Deed::Close(lead, won)),
        1 => lead.clone().prop_map(Deed::Reopen),
        1 => (lead.clone(), 0.0..9.0_f64).prop_map(|(lead, size)| Deed::Size(lead, size)),
        1 => (lead.clone(), any::<bool>()).prop_map(|(lead, team)| Deed::Team(lead, team)),
        1 => lead.prop_map(Deed::Delete),
        1 => Just(Deed::Rebuild),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn live_counts_equal_a_recount(deeds in proptest::collection::vec(deed(), 60..160)) {
        let crm = Crm::open(":memory:").unwrap();
        let s = crm.session(None, Some(at(0))).unwrap();
        declare(&s, "Lead Origin", PropertyKind::Text);
        declare(&s, "size", PropertyKind::Number);
        configure(&s, &["properties.Lead Origin", "properties.size"]);
        let team = s.teams().create(fields! { name: "One" }).unwrap().id;
        let mut ids = Vec::new();
        for deed in &deeds {
            let of = |at: &usize| ids.get(*at).copied().unwrap_or(LeadId(99_999));
            // Verbs that the rules refuse change nothing; that is a part of what is tested.
            let done = match deed {
                Deed::Create(seed, with) => {
                    ids.push(create(&s, *seed, with.then_some(team)).id);
                    Ok(())
                }
                Deed::Close(at, true) => s.leads().mark_won(of(at)).map(drop),
                Deed::Close(at, false) => s.leads().mark_lost(of(at), &Lost::default()).map(drop),
                Deed::Reopen(at) => s.leads().reopen(of(at)).map(drop),
                Deed::Size(at, size) => {
                    let properties = BTreeMap::from([("size".to_owned(), Value::Float(*size))]);
                    s.leads().update(of(at), fields! { properties: properties }).map(drop)
                }
                Deed::Team(at, with) => {
                    s.leads().update(of(at), fields! { team_id: with.then_some(team) }).map(drop)
                }
                Deed::Delete(at) => s.leads().delete(of(at)),
                Deed::Rebuild => s.score().rebuild(&mut Progress::none()).map(drop),
            };
            drop(done);
        }
        prop_assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
        // What was noted change by change is what the feed and the history tell.
        let noted = changed(&s);
        configure(&s, &["tag_ids"]);
        configure(&s, &["properties.Lead Origin", "properties.size"]);
        prop_assert_eq!(changed(&s), noted);
        s.score().recompute(&mut Progress::none()).unwrap();
        let find = Find::filter("won_status = \"pending\" and active = true").unwrap();
        for lead in s.leads().find(&find).unwrap() {
            prop_assert_eq!(s.score().explain(lead.id).unwrap().probability, lead.automated_probability);
        }
    }
}

#[test]
fn what_is_no_evidence_any_more_is_left_out_and_nobodys_write_fails() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let stored = r#"["forecast_category","country_code","no_field_of_ours"]"#;
    s.score()
        .link
        .write_alone(|tx| {
            setting::write(tx, setting::Key::ScoreFields, &Value::Text(stored.to_owned()))
        })
        .unwrap();
    let lead = s.leads().create(fields! { name: "Fleet lease", country_code: "FR" }).unwrap();
    close(&s, lead.id, true);
    assert_eq!(s.score().configuration().unwrap().fields, ["country_code"]);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_file_sorted_by_outcome_teaches_no_trend() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    configure(&s, &[]);
    let ids: Vec<_> = (0..400)
        .map(|n| s.leads().create(fields! { name: format!("Deal {n}") }).unwrap().id)
        .collect();
    s.leads().mark_won(&ids[..100]).unwrap();
    s.leads().mark_lost(&ids[100..], &Lost::default()).unwrap();
    s.score().rebuild(&mut Progress::none()).unwrap();
    let chance = s.leads().create(fields! { name: "Open" }).unwrap().automated_probability;
    let percent = f64::from(i32::try_from(chance.ppm()).unwrap()) / 10_000.0;
    assert!((20.0..31.0).contains(&percent), "a quarter was won, at one moment: {percent}");
}

#[test]
fn what_only_closing_gives_is_no_evidence() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    for name in ["lost_reason_id", "date_last_stage_update", "date_closed"] {
        let fields = Some(vec![name.to_owned()]);
        let error = s.score().configure(&ScoreConfig { fields, ..ScoreConfig::default() });
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.field()), (crate::ErrorKind::Invalid, Some("fields")));
    }
}

/// A file with a pipeline of several ranges of leads, opened with so many threads.
fn many(name: &str, threads: u32) -> (std::path::PathBuf, Crm) {
    let file = format!("crm-threads-{}-{name}-{threads}.crm", std::process::id());
    let path = std::env::temp_dir().join(file);
    let options = crate::CrmOptions { threads, ..crate::CrmOptions::default() };
    let crm = Crm::open_with(path.to_str().unwrap(), &options).unwrap();
    let s = crm.session(None, Some(at(0))).unwrap();
    declare(&s, "Lead Origin", PropertyKind::Text);
    declare(&s, "size", PropertyKind::Number);
    configure(&s, &["properties.Lead Origin", "properties.size", "tag_ids"]);
    let team = s.teams().create(fields! { name: "One" }).unwrap().id;
    let drafts = (0..700_i64).map(|i| {
        let properties = BTreeMap::from([
            ("Lead Origin".to_owned(), Value::Text(format!("place {}", i * i % 97))),
            ("size".to_owned(), Value::Float((i * 37 % 101) as f64 / 4.0)),
        ]);
        fields! { name: "Deal", expected_revenue: 100 + i, properties: properties, team_id: (i % 3 == 0).then_some(team) }
    });
    let ids: Vec<_> =
        s.leads().create_many(drafts.collect()).unwrap().iter().map(|lead| lead.id).collect();
    let (won, lost) = ids[..400].iter().partition::<Vec<_>, _>(|id| id.0 * 37 % 101 > 60);
    s.leads().mark_won(&won).unwrap();
    s.leads().mark_lost(&lost, &Lost::default()).unwrap();
    (path, crm)
}

fn gone(path: &std::path::Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

#[test]
fn however_many_threads_read_a_rebuild_comes_to_the_same() {
    let rebuilt = |model: &str, threads| {
        let (path, crm) = many(&format!("same-{model}"), threads);
        let s = crm.session(None, Some(at(1))).unwrap();
        let model = Some(model.to_owned());
        s.score().configure(&ScoreConfig { model, ..ScoreConfig::default() }).unwrap();
        let mut told = Vec::new();
        let mut tell = |done: u64, _| {
            told.push(done);
            true
        };
        let run = s.score().rebuild(&mut Progress::new(&mut tell)).unwrap();
        assert_eq!((run.counted, run.scored), (400, 300));
        assert!(run.changed > 0 && told.len() > 10, "several ranges: {told:?}");
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new(), "kept counts weigh what was said");
        let said: Vec<_> = s.leads().find(&Find::all()).unwrap();
        let said: Vec<_> = said.iter().map(|lead| (lead.id, lead.automated_probability)).collect();
        let feed = crm.feed(0, 10_000).unwrap();
        let all =
            (run, told, state(&s), said, format!("{:?}", feed.last().map(|entry| &entry.data)));
        crm.close();
        gone(&path);
        all
    };
    for model in ["weighted", "bayes"] {
        let alone = rebuilt(model, 1);
        for threads in [2, 3, 8] {
            assert_eq!(rebuilt(model, threads), alone, "{model}, {threads} threads");
        }
    }
}

#[test]
fn threads_see_what_the_call_sees_and_end_with_it() {
    let (path, crm) = many("seen", 3);
    let s = crm.session(None, Some(at(1))).unwrap();
    // Within an open transaction only its own connection sees what was written.
    s.begin().unwrap();
    s.leads().mark_won(LeadId(700)).unwrap();
    assert_eq!(s.score().rebuild(&mut Progress::none()).unwrap().counted, 401);
    s.rollback().unwrap();
    // A host that says stop in the middle is left with what there was.
    let before = state(&s);
    let mut tell = |done: u64, _| done < 300;
    let error = s.score().rebuild(&mut Progress::new(&mut tell)).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Cancelled);
    assert_eq!(state(&s), before);
    // So is one that is asked while the threads work.
    let asking =
        crm.session_asking(None, Some(at(1)), Some(std::sync::Arc::new(|| false))).unwrap();
    let told = asking.score().rebuild(&mut Progress::none()).map_err(|error| error.kind());
    assert_eq!(told, Err(crate::ErrorKind::Cancelled));
    assert_eq!(s.score().rebuild(&mut Progress::none()).unwrap().counted, 400);
    crm.close();
    gone(&path);
}
