//! The second engine, where it is not the first: many writers, lost connections, servers that will not have us, and what a verb costs.
//!
//! What both engines share is played by the acceptance cases and the laws. Run by `.ci/postgres`, which starts a server and says where.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod target;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crm_core::base::error::storage_code;
use crm_core::forecast::ForecastQuery;
use crm_core::score::ScoreConfig;
use crm_core::{
    Assign, AssignRules, CompanyId, Convert, Crm, CrmOptions, ErrorKind, Fields, Filter, Find,
    GoOn, HandOver, ImportOptions, Lead, LeadId, Lost, Merge, PartnerId, PartnerMerge, Progress,
    Schedule, Session, WonStatus, fields,
};
use postgres::{Client, NoTls};
use proptest::prelude::*;

/// A schema that nobody has used.
fn fresh() -> String {
    let url = target::fresh();
    assert!(
        url.starts_with("postgres"),
        "run this by `.ci/postgres cargo test -p crm-core --features postgres --test postgres`"
    );
    url
}

/// The same schema as another program sees it, with connections of its own.
fn other(url: &str, name: &str) -> Crm {
    Crm::open(&format!("{url}&application_name={name}")).unwrap()
}

fn schema(url: &str) -> &str {
    url.split_once("schema=").unwrap().1
}

/// The server itself.
fn server() -> Client {
    Client::connect(&std::env::var("CRM_TEST_URL").unwrap(), NoTls).unwrap()
}

/// Waits until that is so; a minute without it is a failure.
#[expect(clippy::disallowed_methods, reason = "another thread or the server gets there first")]
fn until(mut it_is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if it_is_so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it did not come to that");
}

/// Waits until somebody waits for the table of leads.
fn until_it_waits(schema: &str) {
    let waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)";
    let (lead, mut server) = (format!("{schema}.lead"), server());
    until(|| !server.query(waits, &[&lead]).unwrap().is_empty());
}

fn drafts(n: usize) -> Vec<Fields> {
    (0..n).map(|n| fields! { name: format!("Deal {n}"), expected_revenue: i64::try_from(n).unwrap() + 1, partner_name: "Azure Bakery" }).collect()
}

fn ids(leads: &[Lead]) -> Vec<LeadId> {
    leads.iter().map(|lead| lead.id).collect()
}

/// For few leads a part of the model is read, for many the whole.
#[test]
fn a_few_leads_are_judged_as_many_are() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    let fields = ["country_code", "lang", "expected_revenue", "tag_ids"].map(str::to_owned);
    let config = ScoreConfig { fields: Some(fields.into()), ..ScoreConfig::default() };
    s.score().configure(&config).unwrap();
    let teams: Vec<_> = (0..3)
        .map(|n| s.teams().create(fields! { name: format!("Team {n}") }).unwrap().id.0)
        .collect();
    let tags: Vec<_> = s.tags().find(&Find::all()).unwrap().iter().map(|tag| tag.id.0).collect();
    let draft = |n: usize| {
        let mut draft = fields! {
            name: format!("Deal {n}"),
            country_code: ["DE", "FR", "", "it"][n % 4],
            lang: ["de_DE", "1", "2"][n % 3],
            expected_revenue: i64::try_from(n * 37 % 500).unwrap(),
            tag_ids: tags.iter().copied().take(n % 3).collect::<Vec<_>>()
        };
        if !n.is_multiple_of(4) {
            draft.set("team_id", teams[n % 4 - 1]);
        }
        draft
    };
    let closed = ids(&s.leads().create_many((0..240).map(draft).collect()).unwrap());
    let (won, lost): (Vec<_>, Vec<_>) =
        closed.iter().partition(|id| id.0 % 3 == 0 || id.0 % 8 == 1);
    s.leads().mark_won(&won[1..]).unwrap();
    s.leads().mark_lost(&lost[1..], &Lost::default()).unwrap();
    s.score().rebuild(&mut Progress::none()).unwrap();
    // One at a time, with the part that each needs.
    s.leads().mark_won(won[0]).unwrap();
    s.leads().mark_lost(lost[0], &Lost::default()).unwrap();
    let many = s.leads().create_many((300..340).map(draft).collect()).unwrap();
    let chances: std::collections::BTreeSet<_> =
        many.iter().map(|lead| lead.automated_probability).collect();
    assert!(chances.len() > 10, "{chances:?}");
    for (n, lead) in (300..340).zip(&many) {
        let one = s.leads().create(draft(n)).unwrap();
        assert_eq!(one.probability_source, lead.probability_source);
        assert_eq!(one.automated_probability, lead.automated_probability, "{n}");
    }
    // In one transaction the first is judged by a part, the others by the whole.
    s.begin().unwrap();
    for (n, lead) in (300..303).zip(&many) {
        let one = s.leads().create(draft(n)).unwrap();
        assert_eq!(one.automated_probability, lead.automated_probability, "{n}");
    }
    s.commit().unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_verb_on_a_thousand_asks_no_more_than_on_ten() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    let stages: Vec<_> = s.stages().find(&Find::all()).unwrap();
    let tag = s.tags().find(&Find::all()).unwrap()[0].id;
    let offer = fields! { name: "Offer", chaining_type: "trigger", triggered_next_type_id: 3 };
    let offer = s.activity_types().create(offer).unwrap().id;
    let mut asked: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    // Once to prepare every statement, of few records and of many; then what is counted is the verbs themselves.
    for (asks, n) in [10, 30, 10, 1_000].into_iter().enumerate() {
        let mut count = |verb: &'static str, work: &mut dyn FnMut(&Session)| {
            let before = crm.round_trips();
            work(&s);
            asked.entry(verb).or_default().push(crm.round_trips() - before);
        };
        let mut leads = Vec::new();
        count("create", &mut |s| leads = ids(&s.leads().create_many(drafts(n)).unwrap()));
        count("create by their names", &mut |s| {
            let named = drafts(n).into_iter().enumerate().map(|(at, mut draft)| {
                draft.external_id = Some(("erp".into(), format!("{asks}-{at}")));
                draft
            });
            drop(s.leads().create_many(named.collect()).unwrap());
        });
        let mut partner = fields! { name: "Azure Bakery" };
        partner.external_id = Some(("erp".into(), format!("partner {asks}")));
        s.partners().create(partner).unwrap();
        // The first time they are new, the second time found again.
        for verb in ["import", "import again"] {
            let rows = (0..n).map(|at| format!("Deal {at},new {asks}-{at},partner {asks}\n"));
            let text = format!("deal,erp,customer\n{}", rows.collect::<String>());
            let mapping = [
                ("deal", "name"),
                ("erp", "external_id(erp)"),
                ("customer", "partner_id.external_id(erp)"),
            ];
            let mapping = mapping.map(|(column, field)| (column.to_owned(), field.to_owned()));
            count(verb, &mut |s| {
                let (options, mut nobody) = (ImportOptions::default(), Progress::none());
                let kind = crm_core::RecordKind::Lead;
                let csv = s.csv();
                let done = csv.import(kind, &mut text.as_bytes(), &mapping, &options, &mut nobody);
                assert_eq!(done.unwrap().failed, 0);
            });
        }
        // The first time they are new, then they are reached otherwise.
        let mut customers: Vec<PartnerId> = Vec::new();
        for (verb, prefix) in [("import partners", "desk"), ("import partners again", "mail")] {
            let row = |at| {
                let line = 100_000 + at;
                format!(
                    "Firm {at},firm {asks}-{at},{prefix}{at}@firm{asks}.example,+33 1 70 {line},FR,{prefix}\n"
                )
            };
            let rows: String = (0..n).map(row).collect();
            let text = format!("firm,erp,mail,phone,country,city\n{rows}");
            let mapping = [
                ("firm", "name"),
                ("erp", "external_id(erp)"),
                ("mail", "email"),
                ("phone", "phone"),
                ("country", "country_code"),
                ("city", "city"),
            ];
            let mapping = mapping.map(|(column, field)| (column.to_owned(), field.to_owned()));
            count(verb, &mut |s| {
                let (options, mut nobody) = (ImportOptions::default(), Progress::none());
                let kind = crm_core::RecordKind::Partner;
                let csv = s.csv();
                let done = csv.import(kind, &mut text.as_bytes(), &mapping, &options, &mut nobody);
                let done = done.unwrap();
                let all = if prefix == "desk" { done.created } else { done.updated };
                assert_eq!(all, n as u64, "{done:?}");
            });
            if customers.is_empty() {
                let theirs =
                    Filter::parse(&format!("email ilike \"%@firm{asks}.example\"")).unwrap();
                let theirs = Find { filter: Some(theirs), ..Find::all() };
                customers =
                    s.partners().find(&theirs).unwrap().iter().map(|card| card.id).collect();
                let deals = customers.iter().map(|id| fields! { name: "Lease", partner_id: *id });
                let deals = ids(&s.leads().create_many(deals.collect()).unwrap());
                count("tell customers", &mut |s| {
                    drop(s.leads().update(&deals, fields! { phone: "+33 1 70 18 99 00" }).unwrap());
                });
            }
        }
        assert_eq!(customers.len(), n);
        count("update", &mut |s| {
            drop(s.leads().update(&leads, fields! { priority: 2, city: "Kiel" }).unwrap());
        });
        count("update tags", &mut |s| {
            drop(s.leads().update(&leads, fields! { tag_ids: vec![tag.0] }).unwrap());
        });
        count("move_to", &mut |s| drop(s.leads().move_to(&leads, stages[1].id).unwrap()));
        count("mark_won", &mut |s| drop(s.leads().mark_won(&leads).unwrap()));
        count("reopen", &mut |s| drop(s.leads().reopen(&leads).unwrap()));
        let pairs = ids(&s.leads().create_many(drafts(n)).unwrap());
        let pairs: Vec<Vec<_>> = pairs.chunks(2).map(<[_]>::to_vec).collect();
        count("merge_clusters", &mut |s| {
            drop(s.leads().merge_clusters(&pairs, &Merge::default()).unwrap());
        });
        let asked = Convert { deduplicate: true, ..Convert::default() };
        count("convert", &mut |s| drop(s.leads().convert(&leads, &asked).unwrap()));
        let [from, to] = ["from", "to"]
            .map(|who| s.users().create(fields! { name: format!("{who} {asks}") }).unwrap().id);
        let owned = |mut draft: Fields| {
            draft.set("user_id", from);
            draft
        };
        s.leads().create_many(drafts(n).into_iter().map(owned).collect()).unwrap();
        let card = |at| fields! { name: format!("Card {at}"), user_id: from };
        let mut cards = Vec::new();
        count("create partners", &mut |s| {
            let made = s.partners().create_many((0..n).map(card).collect()).unwrap();
            cards = made.into_iter().map(|card| card.id).collect();
        });
        count("update partners", &mut |s| {
            drop(s.partners().update(&cards, fields! { city: "Kiel" }).unwrap());
        });
        let met = drafts(n).into_iter().enumerate().map(|(at, mut draft)| {
            draft.set("kind", "lead");
            draft.set("contact_name", format!("Newcomer {at}"));
            draft.set("partner_name", format!("Firm {asks} {at}"));
            draft.set("email_from", format!("newcomer{at}@firm{asks}.example"));
            draft
        });
        let met = ids(&s.leads().create_many(met.collect()).unwrap());
        count("convert and create customers", &mut |s| {
            let asked = Convert { create_partner: true, ..Convert::default() };
            drop(s.leads().convert(&met, &asked).unwrap());
        });
        count("hand over", &mut |s| {
            let done = s.assignment().hand_over(&HandOver::all(from, to)).unwrap();
            assert_eq!(done.len(), 2 * n);
        });
        let lost = Lost { note: Some("too dear".into()), ..Lost::default() };
        count("mark_lost", &mut |s| drop(s.leads().mark_lost(&leads, &lost).unwrap()));
        let offer = Schedule { activity_type_id: offer, ..Schedule::default() };
        let mut scheduled = Vec::new();
        count("schedule", &mut |s| {
            let done = s.activities().schedule(&leads, &offer).unwrap();
            scheduled = done.into_iter().map(|activity| activity.id).collect();
        });
        count("reschedule", &mut |s| {
            let day = crm_core::Date::parse("2026-05-01").unwrap();
            drop(s.activities().reschedule(&scheduled, day).unwrap());
        });
        let mut next = Vec::new();
        count("done", &mut |s| {
            let done = s.activities().done(&scheduled, Some("spoke to all")).unwrap();
            next = done.into_iter().map(|activity| activity.next_activity_id.unwrap()).collect();
        });
        count("cancel", &mut |s| s.activities().cancel(&next).unwrap());
        count("status", &mut |s| drop(s.activities().status(&leads).unwrap()));
        count("post", &mut |s| drop(s.chatter().post(&leads, "hello", false).unwrap()));
        let desk = fields! { name: "Desk", email: format!("desk{asks}@harbour.example") };
        s.partners().create(desk).unwrap();
        s.settings().set("duplicate_policy", "link").unwrap();
        count("create linked to their customer", &mut |s| {
            let from = drafts(n).into_iter().map(|mut draft| {
                draft.set("email_from", format!("desk{asks}@harbour.example"));
                draft
            });
            let linked = s.leads().create_many(from.collect()).unwrap();
            assert!(linked.iter().all(|lead| lead.partner_id.is_some()));
        });
        s.settings().set("duplicate_policy", "warn").unwrap();
        count("delete", &mut |s| s.leads().delete(&leads).unwrap());
        count("count", &mut |s| assert!(s.leads().count(None).unwrap() > 0));
        count("board", &mut |s| drop(s.forecast().board(None).unwrap()));
    }
    println!("questions to the server, for ten records and for a thousand:");
    for (verb, asked) in &asked {
        println!("{verb:12} {:3} {:3}", asked[2], asked[3]);
    }
    for (verb, asked) in &asked {
        // Names of customers are asked for, and rows of four kinds sent, by some hundreds.
        let more = if *verb == "convert and create customers" { 8 } else { 0 };
        assert!(asked[3] <= asked[2] + more, "{verb}: {asked:?}");
    }
}

#[test]
fn a_plan_for_many_whose_reading_is_narrowed_asks_no_more_than_for_few() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    // A rule that reads another record, one that asks who they are, and members of two roles.
    let near = fields! { name: "near", record: "lead", filter: "partner_id.country_code = \"FR\" or team_id.name ilike \"N%\"" };
    s.rules().create(near).unwrap();
    let theirs =
        fields! { name: "theirs", record: "lead", filter: "user_id = :me or user_id is null" };
    s.rules().create(theirs).unwrap();
    let mut asked = Vec::new();
    for (turn, n) in [2, 4, 2, 40].into_iter().enumerate() {
        let team = s.teams().create(fields! { name: format!("North {turn}") }).unwrap().id;
        for at in 0..n {
            let role = if at % 2 == 0 { "own" } else { "company" };
            let user = fields! { name: format!("user {turn} {at}"), role: role };
            let user = s.users().create(user).unwrap().id;
            s.teams().add_member(team, user, fields! { assignment_max: 300 }).unwrap();
        }
        let leads = (0..n).map(|at| fields! { name: format!("Lease {at}"), team_id: team });
        s.leads().create_many(leads.collect()).unwrap();
        let plan = Assign { team_ids: Some(vec![team]), ..Assign::default() };
        let before = crm.round_trips();
        let plan = s.assignment().plan(&plan).unwrap();
        let planned = crm.round_trips();
        assert_eq!(s.assignment().run(&plan).unwrap().assigned, n);
        asked.push((planned - before, crm.round_trips() - planned));
        s.teams().update(team, fields! { active: false }).unwrap();
    }
    println!("planned, run: {asked:?}");
    assert!(asked[3].0 <= asked[2].0 && asked[3].1 <= asked[2].1, "{asked:?}");
}

#[test]
fn who_wins_and_who_loses_at_once_leave_one_outcome() {
    let url = fresh();
    let one = Crm::open(&url).unwrap();
    let two = other(&url, "two");
    let s = one.session(None, None).unwrap();
    for _ in 0..20 {
        let lead =
            s.leads().create(fields! { name: "Fleet lease", expected_revenue: 100 }).unwrap().id;
        let (won, lost) = std::thread::scope(|scope| {
            let win = scope.spawn(|| one.session(None, None).unwrap().leads().mark_won(lead));
            let lose = scope.spawn(|| {
                two.session(None, None).unwrap().leads().mark_lost(lead, &Lost::default())
            });
            (win.join().unwrap(), lose.join().unwrap())
        });
        // First lost, then won: won. First won, then lost: that is refused, and says what would be right.
        assert_eq!(won.unwrap().won_status, WonStatus::Won);
        if let Err(error) = lost {
            assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
            assert!(error.message().contains("reopen"), "{error}");
        }
        assert_eq!(s.leads().get(lead).unwrap().won_status, WonStatus::Won);
    }
    assert_eq!(two.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn two_conversions_of_one_customer_create_it_once_within_an_atomic_too() {
    let url = fresh();
    let one = Crm::open(&url).unwrap();
    let two = other(&url, "two");
    let (a, b) = (one.session(None, None).unwrap(), two.session(None, None).unwrap());
    let card = fields! { name: "Fleet lease", kind: "lead", contact_name: "Ada", email_from: "ada@harbour.example" };
    let leads = a.leads().create_many(vec![card.clone(), card]).unwrap();
    let asked = Convert { create_partner: true, ..Convert::default() };
    // What the first one sees is settled when it begins; the second one waits until it has ended.
    a.begin().unwrap();
    assert_eq!(a.partners().count(None).unwrap(), 0);
    let (ours, theirs) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| b.leads().convert(leads[1].id, &asked));
        let ours = a.leads().convert(leads[0].id, &asked).unwrap();
        a.commit().unwrap();
        (ours, theirs.join().unwrap().unwrap())
    });
    assert_eq!(ours.partner_id, theirs.partner_id);
    assert_eq!(a.partners().count(None).unwrap(), 1);
    // Both at once, without an atomic: one after the other.
    let more = fields! { name: "Vans", kind: "lead", contact_name: "Ben", email_from: "ben@inland.example" };
    let more = a.leads().create_many(vec![more; 2]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| a.leads().convert(more[0].id, &asked).unwrap());
        scope.spawn(|| b.leads().convert(more[1].id, &asked).unwrap());
    });
    assert_eq!(a.partners().count(None).unwrap(), 2);
}

#[test]
fn who_changes_the_same_deal_at_once_all_do() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let s = crm.session(None, None).unwrap();
    let lead = s.leads().create(fields! { name: "Fleet lease" }).unwrap().id;
    std::thread::scope(|scope| {
        for n in 0..4_i64 {
            let crm = other(&url, &format!("writer{n}"));
            scope.spawn(move || {
                let s = crm.session(None, None).unwrap();
                for round in 0..5_i64 {
                    s.leads()
                        .update(lead, fields! { expected_revenue: 1 + n * 5 + round })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(s.leads().get(lead).unwrap().version, 21);
    assert_eq!(s.leads().history(lead).unwrap().len(), 21);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn an_open_transaction_that_met_anothers_change_is_told_to_try_again() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let (s, t) =
        (crm.session(None, None).unwrap(), other(&url, "two").session(None, None).unwrap());
    let lead = s.leads().create(fields! { name: "Fleet lease" }).unwrap().id;
    s.begin().unwrap();
    s.leads().count(None).unwrap();
    t.leads().update(lead, fields! { priority: 1 }).unwrap();
    let error = s.leads().update(lead, fields! { priority: 2 }).unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true), "{error}");
    s.rollback().unwrap();
    s.leads().update(lead, fields! { priority: 2 }).unwrap();
}

#[test]
fn writers_of_different_deals_never_wait_for_each_other() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    drop(crm.session(None, None).unwrap().leads().create_many(drafts(50)).unwrap());
    let (done, waits, looks) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut server = server();
            let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple', 'relation', 'advisory') \
                       AND pid IN (SELECT pid FROM pg_locks WHERE relation = to_regclass($1))";
            let table = format!("{}.office_epoch", schema(&url));
            while !done.load(Ordering::Relaxed) {
                let waiting: i64 = server.query_one(sql, &[&table]).unwrap().get(0);
                waits.fetch_add(usize::try_from(waiting).unwrap(), Ordering::Relaxed);
                looks.fetch_add(1, Ordering::Relaxed);
            }
        });
        let writers: Vec<_> = (0..6)
            .map(|n| {
                let crm = other(&url, &format!("writer{n}"));
                scope.spawn(move || {
                    let s = crm.session(None, None).unwrap();
                    for _ in 0..15 {
                        let lead = s
                            .leads()
                            .create(fields! { name: "Fleet lease", expected_revenue: 10 })
                            .unwrap()
                            .id;
                        s.leads().update(lead, fields! { expected_revenue: 20 }).unwrap();
                        s.leads().mark_won(lead).unwrap();
                    }
                })
            })
            .collect();
        let outcomes: Vec<_> =
            writers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        looking.join().unwrap();
        outcomes.into_iter().for_each(Result::unwrap);
    });
    assert!(looks.load(Ordering::Relaxed) > 10, "it was looked at");
    assert_eq!(waits.load(Ordering::Relaxed), 0, "someone waited");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let seqs: Vec<i64> = crm.feed(0, 100_000).unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(
        seqs,
        (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>(),
        "the feed has no gaps"
    );
}

/// What the machine says of a new deal.
fn chance(s: &Session, country: &str) -> String {
    let draft = fields! { name: "Fleet lease", country_code: country };
    s.leads().create(draft).unwrap().automated_probability.percent().to_string()
}

#[test]
fn weights_learn_from_every_outcome_whoever_closes_the_deal() {
    let url = fresh();
    let (one, two) = (Crm::open(&url).unwrap(), other(&url, "two"));
    let (s, t) = (one.session(None, None).unwrap(), two.session(None, None).unwrap());
    let file = Crm::open(":memory:").unwrap();
    let f = file.session(None, None).unwrap();
    let config =
        ScoreConfig { fields: Some(vec!["country_code".into()]), ..ScoreConfig::default() };
    for desk in [&s, &f] {
        desk.score().configure(&config).unwrap();
        let drafts = (0..80).map(|n| fields! { name: "Deal", country_code: ["FR", "DE"][n % 2] });
        drop(desk.leads().create_many(drafts.collect()).unwrap());
    }
    let close = |desk: &Session, n: i64| {
        if n % 4 == 0 || n % 8 == 1 {
            drop(desk.leads().mark_won(LeadId(n)).unwrap());
        } else {
            drop(desk.leads().mark_lost(LeadId(n), &Lost::default()).unwrap());
        }
    };
    (1..=40).for_each(|n| close(if n % 3 == 0 { &t } else { &s }, n));
    let waiting = |server: &mut Client| -> i64 {
        let sql = format!("SELECT count(*) FROM {}.score_lesson", schema(&url));
        server.query_one(&sql, &[]).unwrap().get(0)
    };
    assert_eq!(waiting(&mut server()), 0, "one after the other all learn at once");
    // One keeps the weights; another closes deals meanwhile and waits for nobody.
    s.atomic(|s| {
        close(s, 41);
        (42..=70).for_each(|n| close(&t, n));
        Ok(())
    })
    .unwrap();
    assert_eq!(waiting(&mut server()), 29);
    (1..=70).for_each(|n| close(&f, n));
    let known = [chance(&f, "FR"), chance(&f, "DE")];
    assert_ne!(known[0], known[1]);
    for desk in [&s, &t] {
        assert_eq!([chance(desk, "FR"), chance(desk, "DE")], known, "who reads knows what waits");
    }
    close(&s, 71);
    close(&f, 71);
    assert_eq!(waiting(&mut server()), 0, "whose turn it is learns from all that waits");
    let known = [chance(&f, "FR"), chance(&f, "DE")];
    assert_eq!([chance(&t, "FR"), chance(&t, "DE")], known, "in this order a file learns the same");
    // What is taken back before anybody has learnt from it.
    s.atomic(|s| {
        close(s, 72);
        (73..=75).for_each(|n| close(&t, n));
        t.leads().reopen(LeadId(73)).unwrap();
        t.leads().delete(LeadId(74)).unwrap();
        Ok(())
    })
    .unwrap();
    close(&s, 76);
    assert_eq!(waiting(&mut server()), 0);
    for crm in [&one, &two, &file] {
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn who_learnt_last_on_another_server_holds_nobody_up() {
    let url = fresh();
    let s = Crm::open(&url).unwrap().session(None, None).unwrap();
    let lead = s.leads().create(fields! { name: "Deal" }).unwrap().id;
    drop(s);
    let name = schema(&url);
    let last = format!("SELECT setval('{name}.score_learner', 9000000000000000000)");
    server().batch_execute(&last).unwrap();
    Crm::open(&url).unwrap().session(None, None).unwrap().leads().mark_won(lead).unwrap();
    let sql = format!("SELECT count(*) FROM {name}.score_lesson");
    assert_eq!(server().query_one(&sql, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn a_change_of_the_office_reaches_every_program() {
    let url = fresh();
    let (one, two) = (Crm::open(&url).unwrap(), other(&url, "two"));
    let (s, t) = (one.session(None, None).unwrap(), two.session(None, None).unwrap());
    t.leads().create(fields! { name: "It keeps the office now" }).unwrap();
    let stage = s.stages().create(fields! { name: "First", sequence: -5 }).unwrap().id;
    assert_eq!(t.leads().create(fields! { name: "Fleet lease" }).unwrap().stage_id, Some(stage));
    let property = crm_core::PropertyDefinition::new(
        crm_core::RecordKind::Lead,
        "Colour",
        crm_core::PropertyKind::Text,
    );
    s.properties().declare(&property).unwrap();
    let mut draft = fields! { name: "Red deal" };
    draft.set("properties.Colour", "red");
    assert_eq!(t.leads().create(draft).unwrap().properties.0["Colour"], "red".into());
    t.leads().delete(&ids(&t.leads().find(&Find::all()).unwrap())).unwrap();
    s.stages().delete(stage).unwrap();
    assert_ne!(t.leads().create(fields! { name: "Fleet lease" }).unwrap().stage_id, Some(stage));
}

#[test]
fn the_feed_waits_for_who_began_earlier_and_has_no_gaps() {
    let url = fresh();
    let (one, two) = (Crm::open(&url).unwrap(), other(&url, "two"));
    let (s, t) = (one.session(None, None).unwrap(), two.session(None, None).unwrap());
    let before = one.feed(0, 1_000).unwrap().len();
    s.begin().unwrap();
    s.leads().create(fields! { name: "Early" }).unwrap();
    t.leads().create(fields! { name: "Late" }).unwrap();
    assert_eq!(two.feed(0, 1_000).unwrap().len(), before, "an earlier one may still come");
    s.commit().unwrap();
    let told = two.feed(0, 1_000).unwrap();
    assert_eq!(told.len(), before + 2);
    assert!(told[before].data.contains("Early") && told[before + 1].data.contains("Late"));
    assert_eq!(
        told.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        (1..).take(before + 2).collect::<Vec<i64>>()
    );
    // A transaction that is none of ours holds nobody up, wherever it is.
    let mut server = server();
    let mut foreign = server.transaction().unwrap();
    foreign.execute("SELECT pg_current_xact_id()", &[]).unwrap();
    t.leads().create(fields! { name: "Later" }).unwrap();
    assert_eq!(one.feed(0, 1_000).unwrap().len(), before + 3);
}

#[test]
fn a_feed_out_of_a_dump_is_numbered_to_its_end() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let s = crm.session(None, None).unwrap();
    let before = crm.feed(0, 1_000).unwrap().len();
    s.leads().create(fields! { name: "Not numbered yet" }).unwrap();
    // As if another server had counted transactions far beyond ours.
    let schema = schema(&url);
    server()
        .batch_execute(&format!(
            "UPDATE {schema}.feed_entry SET xact = '900000000000'; UPDATE {schema}.feed_horizon SET xact = '800000000000'"
        ))
        .unwrap();
    s.leads().create(fields! { name: "New" }).unwrap();
    let told = crm.feed(0, 1_000).unwrap();
    assert_eq!(told.len(), before + 2);
    assert_eq!(told.last().unwrap().seq, i64::try_from(before).unwrap() + 2);
    s.leads().create(fields! { name: "Newer" }).unwrap();
    assert_eq!(crm.feed(0, 1_000).unwrap().len(), before + 3);
}

/// Ends all connections of that name, as a server does that goes down.
fn kill(name: &str) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
    server().execute(sql, &[&name]).unwrap();
    let left = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1";
    let mut server = server();
    until(|| server.query(left, &[&name]).unwrap().is_empty());
}

#[test]
fn a_lost_connection_is_told_and_the_handle_heals() {
    let url = fresh();
    let crm = other(&url, "mortal");
    let s = crm.session(None, None).unwrap();
    let lead = s.leads().create(fields! { name: "Fleet lease" }).unwrap().id;
    kill("mortal");
    assert_eq!(
        s.leads().get(lead).unwrap().id,
        lead,
        "a connection that broke while it waited is replaced"
    );
    s.begin().unwrap();
    s.leads().update(lead, fields! { priority: 3 }).unwrap();
    kill("mortal");
    let error = s.leads().update(lead, fields! { priority: 2 }).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (storage_code::LOST, true), "{error}");
    assert!(error.message().contains("rolled back: yes"), "{error}");
    assert!(s.commit().is_err(), "there is nothing left to keep");
    assert_eq!(s.leads().get(lead).unwrap().priority, 0);
    s.leads().update(lead, fields! { priority: 1 }).unwrap();
}

#[test]
fn a_wish_to_stop_ends_no_call_that_begins_later() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    for _ in 0..100 {
        std::thread::scope(|scope| {
            let busy = scope.spawn(|| (0..5).for_each(|_| drop(s.leads().count(None))));
            (0..3).for_each(|_| crm.interrupt());
            busy.join().unwrap();
        });
        assert_eq!(s.leads().count(None).unwrap(), 0);
    }
}

#[test]
fn an_interrupt_ends_one_call_and_leaves_an_open_transaction_whole() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    let was_stopped = |done: crm_core::Result<()>| match done {
        Err(error) if error.kind() == ErrorKind::Cancelled => 1,
        done => done.map(|()| 0).unwrap(),
    };
    // By another thread, sooner or later in a verb or between two of them, with and without an open transaction.
    let lead = s.leads().create(fields! { name: "Fleet lease" }).unwrap().id;
    let rounds = 300;
    let mut stopped = 0;
    for round in 0..rounds {
        let within = round % 3 > 0;
        if within {
            s.begin().unwrap();
            s.leads().update(lead, fields! { name: format!("Deal {round}") }).unwrap();
        }
        let done = AtomicBool::new(false);
        stopped += std::thread::scope(|scope| {
            scope.spawn(|| {
                (0..round * 1_000).for_each(|_| std::hint::spin_loop());
                crm.interrupt();
                done.store(true, Ordering::Release);
            });
            let mut stopped = 0;
            while !done.load(Ordering::Acquire) {
                let city = format!("City {}", (round + stopped) % 2);
                stopped += was_stopped(s.leads().update(lead, fields! { city: city }).map(drop));
                stopped += was_stopped(s.leads().get(lead).map(drop));
            }
            assert!(stopped <= 1, "one interrupt, {stopped} calls");
            stopped
        });
        s.leads().update(lead, fields! { priority: round % 4 }).unwrap();
        if within {
            s.commit().unwrap();
            assert_eq!(s.leads().get(lead).unwrap().name, format!("Deal {round}"));
        }
    }
    assert!(stopped > 0, "none of them met a call");

    // By the host that the call asks.
    let elsewhere = crm.clone();
    let interrupts: GoOn = Arc::new(move || {
        elsewhere.interrupt();
        true
    });
    let hurried = crm.session_asking(None, None, Some(interrupts)).unwrap();
    for round in 1..=100 {
        hurried.begin().unwrap();
        hurried.leads().create(fields! { name: "kept" }).unwrap();
        assert_eq!(was_stopped(hurried.leads().create_many(drafts(400)).map(drop)), 1);
        hurried.commit().unwrap();
        assert_eq!(s.leads().count(None).unwrap(), 1 + round);
    }
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_runs_can_be_interrupted() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let s = crm.session(None, None).unwrap();
    let mut server = server();
    let table = format!("LOCK TABLE {}.lead", schema(&url));
    let mut lock = server.transaction().unwrap();
    lock.batch_execute(&table).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| s.leads().find(&Find::default()));
        until_it_waits(schema(&url));
        crm.interrupt();
        assert_eq!(waiting.join().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    });
    lock.rollback().unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 0);

    // A wish that falls between two statements is heard too, and so is the host that is asked.
    let elsewhere = crm.clone();
    let interrupts: GoOn = Arc::new(move || {
        elsewhere.interrupt();
        true
    });
    let refuses: GoOn = Arc::new(|| false);
    for go_on in [interrupts, refuses] {
        let hurried = crm.session_asking(None, None, Some(go_on)).unwrap();
        let error = hurried.leads().create_many(drafts(3_000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        hurried.begin().unwrap();
        hurried.leads().create(fields! { name: "kept" }).unwrap();
        let error = hurried.leads().create_many(drafts(3_000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        hurried.commit().unwrap();
        assert_eq!(s.leads().count(None).unwrap(), 1);
        s.leads().delete(ids(&s.leads().find(&Find::default()).unwrap()).as_slice()).unwrap();
    }
    s.leads().create_many(drafts(100)).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_server_that_takes_no_more_connections_hears_of_an_interrupt() {
    let url = fresh();
    let schema = schema(&url).to_owned();
    Crm::open(&url).unwrap().close();
    let mut server = server();
    let role = format!("single_{schema}");
    let grants = format!(
        "CREATE ROLE {role} LOGIN CONNECTION LIMIT 1; GRANT USAGE ON SCHEMA {schema} TO {role}; \
         GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}; \
         GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    );
    server.batch_execute(&grants).unwrap();
    let crm = Crm::open(&url.replacen("crm@", &format!("{role}@"), 1)).unwrap();
    let s = crm.session(None, None).unwrap();
    let mut lock = server.transaction().unwrap();
    lock.batch_execute(&format!("LOCK TABLE {schema}.lead")).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| s.leads().find(&Find::default()));
        until_it_waits(&schema);
        crm.interrupt();
        assert_eq!(waiting.join().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    });
    lock.rollback().unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 0);
    crm.close();
    server.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

/// Halts a process of the server, or lets it go on.
fn signal(which: &str, process: i32) {
    let done = std::process::Command::new("kill").args([which, &process.to_string()]).status();
    assert!(done.unwrap().success(), "kill {which} {process}");
}

#[test]
fn an_interrupt_waits_for_no_connection_that_says_nothing() {
    let url = format!("{}&connect_timeout=1&application_name=halted", fresh());
    let schema = schema(&url).split('&').next().unwrap().to_owned();
    let crm = Crm::open(&url).unwrap();
    let (s, t) = (crm.session(None, None).unwrap(), crm.session(None, None).unwrap());
    // Two connections; the one given back last is the one that would be asked.
    s.begin().unwrap();
    t.begin().unwrap();
    s.rollback().unwrap();
    t.rollback().unwrap();
    let mut server = server();
    let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'halted' ORDER BY pid";
    let ours = |server: &mut Client| -> Vec<i32> {
        server.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    let mut lock = server.transaction().unwrap();
    lock.batch_execute(&format!("LOCK TABLE {schema}.lead")).unwrap();
    let waits = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = to_regclass($1)";
    let waits = |name: &str| self::server().query_one(waits, &[&name]).unwrap().get::<_, i32>(0);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| s.leads().find(&Find::default()));
        until_it_waits(&schema);
        let busy = waits(&format!("{schema}.lead"));
        let idle: Vec<i32> =
            ours(&mut self::server()).into_iter().filter(|pid| *pid != busy).collect();
        assert_eq!(idle.len(), 1);
        signal("-STOP", idle[0]);
        crm.interrupt();
        signal("-CONT", idle[0]);
        assert_eq!(waiting.join().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    });
    lock.rollback().unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 0);
}

#[test]
fn several_hosts_may_start_at_once() {
    let url = fresh();
    let opened: Vec<Crm> = std::thread::scope(|scope| {
        let url = &url;
        let hosts: Vec<_> =
            (0..5).map(|n| scope.spawn(move || other(url, &format!("host{n}")))).collect();
        hosts.into_iter().map(|host| host.join().unwrap()).collect()
    });
    let s = opened[0].session(None, None).unwrap();
    assert_eq!(s.companies().count(None).unwrap(), 1);
    assert_eq!(s.stages().count(None).unwrap(), 4);
}

#[test]
fn what_cannot_be_opened_says_why_and_stays_as_it_is() {
    let url = fresh();
    let base = url.split('?').next().unwrap();
    let schema = schema(&url).to_owned();
    let mut server = server();
    server
        .batch_execute(&format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.lead (a INT); DO $$ BEGIN CREATE ROLE walled LOGIN PASSWORD 'right'; EXCEPTION WHEN OTHERS THEN NULL; END $$"
        ))
        .unwrap();
    let socket = url.split_once("host=").unwrap().1.split('&').next().unwrap();
    let at = |user: &str, database: &str, rest: &str| {
        format!("postgres://{user}@/{database}?host={socket}{rest}")
    };
    let refused = |url: &str, code: u32, says: &str| {
        let error =
            Crm::open_with(url, &CrmOptions { busy_timeout_ms: 500, ..CrmOptions::default() })
                .unwrap_err();
        assert_eq!(error.code(), code, "{url}: {error}");
        assert!(error.message().contains(says), "{error}");
        assert!(!error.message().contains("wrong"), "no password in {error}");
    };
    refused(&url, storage_code::NOT_OURS, "another program");
    refused(&at("crm", "nowhere", ""), 700, "no such database");
    refused(&at("walled:wrong", "postgres", ""), 700, "refuses this user or password");
    refused(
        &at("walled:right", "postgres", "&schema=not_there"),
        storage_code::READ_ONLY,
        "let an administrator",
    );
    refused("postgres://crm@/postgres?host=/nowhere", storage_code::LOST, "cannot be reached");
    refused("postgres://crm@127.0.0.1:1/postgres", storage_code::LOST, "cannot be reached");
    refused(
        &format!("{base}?host={socket}&sslmode=require"),
        700,
        "sslmode says whether TLS is needed",
    );
    refused(&at("walled", "postgres", ""), 700, "password missing; a password stands");
    let latin = format!("latin_{schema}");
    let sql = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    server.batch_execute(&format!("CREATE DATABASE {latin} {sql}")).unwrap();
    refused(&at("crm", &latin, "&schema=not_there"), 700, "encoded in LATIN1");
    server.batch_execute(&format!("DROP DATABASE {latin}")).unwrap();
    refused(&format!("{base}?shema=x"), 100, "did you mean \"schema\"");
    let there: bool =
        server.query_one("SELECT to_regnamespace('not_there') IS NOT NULL", &[]).unwrap().get(0);
    assert!(!there, "no partial schema");
    let newer = fresh();
    Crm::open(&newer).unwrap().close();
    server
        .batch_execute(&format!("UPDATE {}.crm_schema SET version = 9999", self::schema(&newer)))
        .unwrap();
    refused(&newer, storage_code::NEWER, "newer library");
}

#[test]
fn who_may_only_read_reads_and_is_told_when_writing() {
    let url = fresh();
    let schema = schema(&url).to_owned();
    Crm::open(&url).unwrap().session(None, None).unwrap().leads().create_many(drafts(3)).unwrap();
    server()
        .batch_execute(&format!(
            "CREATE ROLE reader_{schema} LOGIN; GRANT USAGE ON SCHEMA {schema} TO reader_{schema}; \
             GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader_{schema}; \
             GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO reader_{schema}"
        ))
        .unwrap();
    let crm = Crm::open(&url.replacen("crm@", &format!("reader_{schema}@"), 1)).unwrap();
    let s = crm.session(None, None).unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 3);
    let error = s.leads().create(fields! { name: "Fleet lease" }).unwrap_err();
    assert_eq!(error.code(), storage_code::READ_ONLY, "{error}");
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    crm.close();
    server()
        .batch_execute(&format!("DROP OWNED BY reader_{schema}; DROP ROLE reader_{schema}"))
        .unwrap();
}

#[test]
fn a_server_keeps_its_own_backups() {
    let crm = Crm::open(&fresh()).unwrap();
    let error = crm.backup(std::path::Path::new("never.crm"), &mut Progress::none()).unwrap_err();
    assert!(error.kind() == ErrorKind::Invalid && error.message().contains("pg_dump"), "{error}");
}

#[test]
fn kept_counts_are_folded_and_stay_what_they_are() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let s = crm.session(None, None).unwrap();
    let leads = ids(&s.leads().create_many(drafts(300)).unwrap());
    s.leads().mark_won(&leads[..100].to_vec()).unwrap();
    s.leads().mark_lost(&leads[100..150].to_vec(), &Lost::default()).unwrap();
    // From here on the stages weigh what is open: cells keep that apart.
    let by_stage = fields! { probability_policy: "stage" };
    s.companies().update(CompanyId(1), by_stage).unwrap();
    s.leads().reopen(&leads[140..150].to_vec()).unwrap();
    let (board, frequencies) =
        (s.forecast().board(None).unwrap(), s.score().frequencies().unwrap());
    let mut server = server();
    let schema = schema(&url);
    server.batch_execute(&format!("SET search_path = {schema}; SELECT crm_fold_deltas()")).unwrap();
    let left: i64 = server.query_one("SELECT (SELECT count(*) FROM lead_tally_delta) + (SELECT count(*) FROM score_count_delta)", &[]).unwrap().get(0);
    assert_eq!(left, 0);
    assert_eq!(s.forecast().board(None).unwrap(), board);
    assert_eq!(s.score().frequencies().unwrap(), frequencies);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    s.leads().reopen(&leads[..150].to_vec()).unwrap();
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn letters_fold_on_the_server_as_they_do_here() {
    let url = fresh();
    Crm::open(&url).unwrap().close();
    let mut server = server();
    server.batch_execute(&format!("SET search_path = {}", schema(&url))).unwrap();
    let letters: Vec<String> =
        (1..=0x0010_ffff_u32).filter_map(char::from_u32).map(String::from).collect();
    let folded = |letter: &str| {
        let mut lower = letter.chars().next().unwrap().to_lowercase();
        // What becomes two letters equals only itself.
        if lower.len() == 1 { lower.next().unwrap().to_string() } else { letter.to_owned() }
    };
    let wrong = letters.chunks(50_000).flat_map(|some| {
        let rows =
            server.query("SELECT l, crm_fold(l) FROM unnest($1::TEXT[]) AS l", &[&some]).unwrap();
        rows.into_iter()
            .map(|row| (row.get::<_, String>(0), row.get::<_, String>(1)))
            .collect::<Vec<_>>()
    });
    let wrong: Vec<_> = wrong.filter(|(letter, is)| *is != folded(letter)).collect();
    assert!(
        wrong.is_empty(),
        "a step of the schema must bring crm_fold up to date: {:?}",
        &wrong[..wrong.len().min(20)]
    );
}

/// Letters that mean something to patterns, and some that fold oddly.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            'a', 'A', 'b', '%', '_', '\\', 'é', 'É', 'İ', 'i', 'ß', 'Σ', 'ς', 'K', 'Ж', 'ж', '😀',
            '\n',
        ]),
        0..7,
    )
    .prop_map(String::from_iter)
}

#[test]
fn patterns_mean_the_same_on_both_engines() {
    let url = fresh();
    Crm::open(&url).unwrap().close();
    let server = std::cell::RefCell::new(server());
    server.borrow_mut().batch_execute(&format!("SET search_path = {}", schema(&url))).unwrap();
    let config =
        ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    let pairs = prop::collection::vec((text(), text()), 200);
    proptest!(config, |(pairs in pairs)| {
        let (texts, patterns): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        let sql = "SELECT t, p, i, crm_like(t, p, i) FROM unnest($1::TEXT[], $2::TEXT[]) AS v (t, p), generate_series(0, 1) AS i";
        for row in server.borrow_mut().query(sql, &[&texts, &patterns]).unwrap() {
            let (text, pattern, insensitive): (String, String, i32) = (row.get(0), row.get(1), row.get(2));
            let here = crm_core::filter::like(&text, &pattern, insensitive == 1);
            prop_assert_eq!(row.get::<_, bool>(3), here, "{:?} like {:?} ({})", text, pattern, insensitive);
        }
    });
}

#[test]
fn a_copy_holds_what_was_committed_while_others_write() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let s = crm.session(None, None).unwrap();
    s.leads().create_many(drafts(50)).unwrap();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("copy-in-use");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let at = |n: usize| folder.join(format!("{n}.crm")).to_str().unwrap().to_owned();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let s = other(&url, "writer").session(None, None).unwrap();
            while !done.load(Ordering::Relaxed) {
                let leads = ids(&s.leads().create_many(drafts(3)).unwrap());
                s.leads().mark_won(&leads).unwrap();
            }
        });
        let copied: Vec<_> =
            (0..5).map(|n| crm_core::copy(&url, &at(n), &mut Progress::none())).collect();
        done.store(true, Ordering::Relaxed);
        writing.join().unwrap();
        for copied in copied {
            copied.unwrap();
        }
    });
    let counts: Vec<i64> = (0..5)
        .map(|n| {
            let copy = Crm::open(&at(n)).unwrap();
            assert_eq!(copy.verify().unwrap(), Vec::<String>::new());
            let feed = copy.feed(0, 100_000).unwrap();
            let last = i64::try_from(feed.len()).unwrap();
            assert_eq!(feed.last().unwrap().seq, last, "the feed has no gaps");
            let told = feed.iter().filter(|entry| entry.event == "lead.created").count();
            let leads = copy.session(None, None).unwrap().leads().count(None).unwrap();
            assert_eq!(i64::try_from(told).unwrap(), leads, "records and feed are of one moment");
            leads
        })
        .collect();
    assert!(counts.is_sorted() && counts[0] < counts[4], "{counts:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_forecast_may_ask_about_linked_records_and_asks_once() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    let filter =
        Filter::parse("stage_id.is_won = false and team_id.name ilike \"north%\"").unwrap();
    let of_north = |s: &Session| {
        let query = ForecastQuery { filter: Some(filter.clone()), ..ForecastQuery::default() };
        s.forecast().weighted(&query).unwrap().totals[0].count
    };
    let mut asked = Vec::new();
    for n in 0..9_i64 {
        let name = if n % 3 == 0 { format!("South {n}") } else { format!("North {n}") };
        let team = s.teams().create(fields! { name: name }).unwrap().id;
        s.leads().create(fields! { name: "Fleet lease", team_id: team }).unwrap();
        let won = s.leads().create(fields! { name: "Spare parts", team_id: team }).unwrap();
        s.leads().mark_won(won.id).unwrap();
        if n == 0 {
            continue;
        }
        of_north(&s);
        let before = crm.round_trips();
        assert_eq!(of_north(&s), n - n / 3);
        asked.push(crm.round_trips() - before);
    }
    assert_eq!(asked[0], asked[7], "{asked:?}");
}

#[test]
fn targets_and_plans_ask_as_often_about_many_as_about_few() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    let tag = s.tags().find(&Find::all()).unwrap()[0].id;
    let mut asked = Vec::new();
    for (turn, n) in [2, 2, 2, 40].into_iter().enumerate() {
        for at in 0..n {
            let name = format!("North {turn}-{at}");
            let team = s.teams().create(fields! { name: name.clone() }).unwrap().id;
            let user = s.users().create(fields! { name: name }).unwrap().id;
            let reach =
                fields! { territory: "SE, DE:80", languages: "sv, de", skill_ids: vec![tag.0] };
            s.teams().add_member(team, user, reach).unwrap();
            let days = fields! { team_id: team, metric: "won_count", count: 5, date_from: "2026-01-01", date_to: "2029-12-31" };
            s.targets().create(days).unwrap();
            let deal = fields! { name: "Won", user_id: user, team_id: team };
            let won = s.leads().create(deal).unwrap().id;
            s.leads().mark_won(won).unwrap();
        }
        s.leads().create_many(drafts(n)).unwrap();
        let before = crm.round_trips();
        assert!(s.targets().attainment(None, true).unwrap().len() >= n);
        let between = crm.round_trips();
        let plan = Assign { rules: AssignRules::Optimal, ..Assign::default() };
        assert!(s.assignment().plan(&plan).unwrap().steps.len() >= n);
        asked.push((between - before, crm.round_trips() - between));
    }
    assert_eq!(asked[2], asked[3], "{asked:?}");
}

#[test]
fn a_sum_that_is_too_large_is_refused_by_who_writes_it() {
    let crm = Crm::open(&fresh()).unwrap();
    let s = crm.session(None, None).unwrap();
    let dam = || fields! { name: "Dam", expected_revenue: "9999999999999.99" };
    s.leads().create_many(vec![dam(); 8_999]).unwrap();
    for more in [vec![dam(); 500], vec![dam(); 2]] {
        let refused = s.leads().create_many(more).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Limit, Some("expected_revenue")));
    }
    s.leads().create(fields! { name: "Kiosk", expected_revenue: 1 }).unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 9_000);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn who_waits_for_a_server_keeps_nobody_from_opening_a_file() {
    // It takes connections and says nothing.
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("silent-server");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let socket = std::env::temp_dir().join(format!("crm-silent-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&socket);
    std::fs::create_dir_all(&socket).unwrap();
    let silent = std::os::unix::net::UnixListener::bind(socket.join(".s.PGSQL.5432")).unwrap();
    let url = format!("postgres://crm@/postgres?host={}&schema=t", socket.display());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Crm::open(&url).unwrap_err());
        let (heard, _) = silent.accept().unwrap();
        let file = Crm::open(folder.join("a.crm").to_str().unwrap());
        assert!(file.is_ok() && !waiting.is_finished());
        drop(heard);
        assert_eq!(waiting.join().unwrap().code(), storage_code::LOST);
    });
    for folder in [folder, socket] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let at = |rest: &str| {
        format!("postgres://crm@127.0.0.1:{port}/postgres?schema=t&connect_timeout=1{rest}")
    };
    let told = |error: crm_core::Error| {
        assert_eq!((error.code(), error.is_retryable()), (storage_code::LOST, true), "{error}");
        assert!(error.message().contains("did not answer within 1 s"), "{error}");
    };
    // Whether it is to be asked for TLS first, or for the user at once.
    for guard in ["", "&sslmode=disable", "&sslmode=require"] {
        told(Crm::open(&at(guard)).unwrap_err());
    }
    told(crm_core::copy(&at(""), ":memory:", &mut Progress::none()).unwrap_err());
}

#[test]
fn a_copy_has_learnt_from_every_outcome() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let (s, t) =
        (crm.session(None, None).unwrap(), other(&url, "two").session(None, None).unwrap());
    s.score()
        .configure(&ScoreConfig {
            fields: Some(vec!["country_code".to_owned()]),
            ..ScoreConfig::default()
        })
        .unwrap();
    let drafts = (0..80).map(|n| fields! { name: "Deal", country_code: ["FR", "DE"][n % 2] });
    let leads = ids(&s.leads().create_many(drafts.collect()).unwrap());
    s.atomic(|s| {
        s.leads().mark_won(leads[0])?;
        let (french, german): (Vec<LeadId>, Vec<LeadId>) =
            leads[2..50].iter().partition(|lead| lead.0 % 2 == leads[0].0 % 2);
        t.leads().mark_won(&french)?;
        t.leads().mark_lost(&german, &Lost::default())
    })
    .unwrap();
    let waiting = |server: &mut Client| -> i64 {
        let sql = format!("SELECT count(*) FROM {}.score_lesson", schema(&url));
        server.query_one(&sql, &[]).unwrap().get(0)
    };
    assert_eq!(waiting(&mut server()), 48);
    let explained = |s: &Session| {
        [leads[60], leads[61]].map(|lead| s.score().explain(lead).unwrap().probability)
    };
    let known = explained(&s);
    assert_ne!(known[0], known[1]);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("copy-learnt");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("a.crm").to_str().unwrap().to_owned();
    let over = fresh();
    let report = crm_core::copy(&url, &file, &mut Progress::none()).unwrap();
    assert_eq!(waiting(&mut server()), 0);
    assert_eq!(crm_core::copy(&url, &over, &mut Progress::none()).unwrap(), report);
    for copy in [&file, &over] {
        let s = Crm::open(copy).unwrap().session(None, None).unwrap();
        assert_eq!(explained(&s), known);
        s.leads().mark_won(leads[70]).unwrap();
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Files of the server itself are read: those of a schema's tables and indexes, and what the planner knows of their columns.
#[test]
fn no_text_of_an_erased_person_is_in_the_servers_tables() {
    let url = fresh();
    let crm = Crm::open(&url).unwrap();
    let s = crm.session(None, None).unwrap();
    let ada = fields! {
        name: "Quenelda Zarathustra", email: "old@ostrava.example", phone: "+33 1 70 18 99 00", street: "Kelpstrasse 5",
    };
    let ada = s.partners().create(ada).unwrap();
    s.partners().update(ada.id, fields! { email: "quenelda@ostrava.example" }).unwrap();
    let deal = fields! { name: "Pump for Quenelda", partner_id: ada.id, city: "Ostravice" };
    let deal = s.leads().create(deal).unwrap();
    s.chatter().post(deal.id, "Quenelda likes gardens", false).unwrap();
    let same = s.partners().create(fields! { name: "Q. Zarathustra" }).unwrap();
    s.partners().merge(&[ada.id, same.id], &PartnerMerge::default()).unwrap();
    s.leads().mark_won(deal.id).unwrap();
    let seal = s.audit().seal().unwrap();
    let (mut server, mut reader) = (server(), server());
    let mut holding = || {
        server.batch_execute("CHECKPOINT").unwrap();
        let files = "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'i') \
                     AND position(convert_to($2, 'UTF8') IN pg_read_binary_file(pg_relation_filepath(oid))) > 0";
        let planner = "SELECT count(*) FROM pg_stats WHERE schemaname = $1 AND most_common_vals::TEXT || histogram_bounds::TEXT LIKE '%' || $2 || '%'";
        let traces = [
            "Quenelda",
            "quenelda",
            "zarathustra",
            "old@ostrava",
            "@quenelda",
            "170189900",
            "Kelpstr",
            "Ostravice",
            "gardens",
        ];
        let mut found = Vec::new();
        for trace in traces {
            let mut count = |sql: &str| {
                let row = server.query_one(sql, &[&schema(&url), &trace]).unwrap();
                row.get::<_, i64>(0)
            };
            found.push(count(files) + count(planner));
        }
        found
    };
    assert!(holding().iter().all(|files| *files > 0), "all of it stands there before");
    // Whoever still reads as of before keeps it there, and the call says so.
    let look = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class";
    reader.batch_execute(look).unwrap();
    let held = s.partners().subject_erase(ada.id, &[]).unwrap_err();
    assert!(held.message().contains("call again"), "{held}");
    reader.batch_execute("ROLLBACK").unwrap();
    // Other tests have transactions too.
    while let Err(error) = s.partners().subject_erase(ada.id, &[]) {
        assert!(error.message().contains("call again"), "{error}");
    }
    assert_eq!(holding(), [0; 9]);
    assert_eq!(s.audit().verify(Some((seal.seq, &seal.digest))).unwrap().problem, None);
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let again = s.partners().subject_erase(ada.id, &[]).unwrap();
    assert!(again.records.iter().all(|of| of.erased == 0), "{again:?}");
}
