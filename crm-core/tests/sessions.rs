//! Sessions, transactions, threads, closing: what holds whoever works at once.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::sync::Arc;

use crm_core::progress::Progress;
use crm_core::{Crm, CrmOptions, ErrorKind, Filter, Find, GoOn, Timestamp, fields};

fn memory() -> Crm {
    Crm::open_with(":memory:", &CrmOptions { busy_timeout_ms: 200, ..CrmOptions::default() })
        .unwrap()
}

#[test]
fn a_failing_verb_inside_a_transaction_leaves_the_others_standing() {
    let crm = memory();
    let s = crm.session(None, None).unwrap();
    s.begin().unwrap();
    let deal = s.leads().create(fields! { name: "Kept" }).unwrap();
    assert_eq!(
        s.leads().create(fields! { name: "Lost", stage_id: 999 }).unwrap_err().kind(),
        ErrorKind::Invalid
    );
    assert_eq!(s.begin().unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(s.leads().find(&Find::all()).unwrap(), [deal], "a transaction sees its own writes");
    s.commit().unwrap();
    assert_eq!(s.commit().unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(s.leads().count(None).unwrap(), 1);
    assert!(crm.verify().unwrap().is_empty());
}

#[test]
fn a_rolled_back_transaction_never_happened() {
    let crm = memory();
    let s = crm.session(None, None).unwrap();
    let before = crm.feed(0, 10_000).unwrap().len();
    s.begin().unwrap();
    s.stages().create(fields! { name: "Negotiation" }).unwrap();
    s.leads().create(fields! { name: "Gone" }).unwrap();
    s.rollback().unwrap();
    assert_eq!((s.leads().count(None).unwrap(), s.stages().count(None).unwrap()), (0, 4));
    assert_eq!(crm.feed(0, 10_000).unwrap().len(), before);
    // What was kept beside the connection was forgotten with it.
    let deal = s.leads().create(fields! { name: "Fresh" }).unwrap();
    assert_eq!(s.leads().mark_won(deal.id).unwrap().stage_id.map(|stage| stage.0), Some(4));
}

#[test]
fn another_session_waits_for_an_open_transaction_and_then_is_told() {
    let crm = memory();
    let (one, two) = (crm.session(None, None).unwrap(), crm.session(None, None).unwrap());
    one.begin().unwrap();
    let error = two.leads().create(fields! { name: "x" }).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (701, true));
    drop(one);
    two.leads().create(fields! { name: "x" }).unwrap();
}

#[test]
fn many_threads_on_one_session_lose_nothing() {
    let folder = std::env::temp_dir().join(format!("crm-threads-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let crm = Crm::open(folder.join("a.crm").to_str().unwrap()).unwrap();
    let s = crm.session(None, None).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let s = &s;
            scope.spawn(move || {
                for n in 0..20 {
                    let deal = s
                        .leads()
                        .create(fields! { name: format!("{thread}/{n}"), expected_revenue: n })
                        .unwrap();
                    assert_eq!(s.leads().get(deal.id).unwrap(), deal);
                    if n % 2 == 0 {
                        s.leads().mark_won(deal.id).unwrap();
                    }
                    s.leads().find(&Find { limit: Some(5), ..Find::all() }).unwrap();
                }
            });
        }
    });
    assert_eq!(s.leads().count(None).unwrap(), 160);
    assert!(crm.verify().unwrap().is_empty());
    drop(s);
    crm.close();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn closing_twice_is_fine_and_later_calls_are_told() {
    let crm = memory();
    let s = crm.session(None, None).unwrap();
    s.close();
    s.close();
    assert_eq!(s.leads().count(None).unwrap_err().kind(), ErrorKind::Closed);
    let other = crm.session(None, None).unwrap();
    crm.close();
    crm.close();
    assert_eq!(other.leads().count(None).unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(crm.session(None, None).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn the_same_file_opened_twice_is_one_database() {
    let folder = std::env::temp_dir().join(format!("crm-twice-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a.crm");
    let one = Crm::open(path.to_str().unwrap()).unwrap();
    let two = Crm::open(path.to_str().unwrap()).unwrap();
    let deal = one.session(None, None).unwrap().leads().create(fields! { name: "x" }).unwrap();
    assert_eq!(two.session(None, None).unwrap().leads().get(deal.id).unwrap(), deal);
    drop((one, two));
    let again = Crm::open(path.to_str().unwrap()).unwrap();
    assert_eq!(again.session(None, None).unwrap().leads().count(None).unwrap(), 1);
    drop(again);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn who_closes_a_file_does_not_close_it_for_others() {
    let folder = std::env::temp_dir().join(format!("crm-doors-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a.crm");
    let open = || Crm::open(path.to_str().unwrap()).unwrap();
    let (one, two) = (open(), open());
    let (s1, s2) = (one.session(None, None).unwrap(), two.session(None, None).unwrap());
    s1.leads().create(fields! { name: "x" }).unwrap();
    one.close();
    one.close();
    assert!(one.is_closed() && !two.is_closed());
    assert_eq!(s1.leads().count(None).unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(one.feed(0, 1).unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(s2.leads().count(None).unwrap(), 1);
    let three = open();
    two.close();
    assert_eq!(three.session(None, None).unwrap().leads().count(None).unwrap(), 1);
    three.close();
    assert_eq!(open().session(None, None).unwrap().leads().count(None).unwrap(), 1);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_clock_of_a_session_is_given() {
    let crm = memory();
    let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    let s = crm.session(None, Some(now)).unwrap();
    let deal = s.leads().create(fields! { name: "x" }).unwrap();
    assert_eq!((deal.create_date, deal.write_date), (now, now));
    let earlier = crm.session(None, Some(now.plus_days(-1))).unwrap();
    earlier.leads().move_to(deal.id, crm_core::StageId(2)).unwrap();
    let history = s.leads().history(deal.id).unwrap();
    let known: Vec<_> = (0..history.len()).map(|row| history.at(row, "known_at")).collect();
    assert_eq!(
        known,
        [now.into(), now.into()],
        "a clock that runs backwards does not turn history round"
    );
}

#[test]
fn what_create_answers_is_what_is_stored() {
    let crm = memory();
    let s = crm.session(None, None).unwrap();
    s.stages().update(crm_core::StageId(1), fields! { rotting_days: 3 }).unwrap();
    let drafts = (0..9).map(|n| {
        let mut draft =
            fields! { name: format!("{n}"), expected_revenue: n * 100, email_from: "a@b.example" };
        match n % 3 {
            0 => draft.set("stage_id", crm_core::StageId(4)),
            1 => draft.set("recurring_plan_id", 2).set("recurring_revenue", 1_200),
            _ => draft.set("probability", 30).set("tag_ids", vec![3, 1]),
        };
        draft
    });
    let created = s.leads().create_many(drafts.collect()).unwrap();
    for lead in &created {
        assert_eq!(s.leads().get(lead.id).unwrap(), *lead);
    }
    let ids: Vec<_> = created.iter().map(|lead| lead.id).collect();
    for copy in s.leads().copy(&ids).unwrap() {
        assert_eq!(s.leads().get(copy.id).unwrap(), copy);
    }
}

#[test]
fn an_open_transaction_belongs_to_the_thread_that_began_it() {
    let crm = memory();
    let s = crm.session(None, None).unwrap();
    s.begin().unwrap();
    let told = std::thread::scope(|scope| {
        let s = &s;
        let bystanders: Vec<_> = (0..4)
            .map(|n| {
                scope.spawn(move || {
                    let verbs = [
                        s.leads().create(fields! { name: "Not theirs" }).err(),
                        s.leads().count(None).err(),
                        if n % 2 == 0 { s.commit().err() } else { s.rollback().err() },
                        s.begin().err(),
                    ];
                    verbs.map(|error| error.map(|error| error.kind()))
                })
            })
            .collect();
        for n in 0..50 {
            s.leads().create(fields! { name: format!("Mine {n}") }).unwrap();
        }
        bystanders.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(told.iter().flatten().all(|kind| *kind == Some(ErrorKind::Conflict)), "{told:?}");
    s.commit().unwrap();
    assert_eq!(s.leads().count(Some(&Filter::parse("name ilike \"Mine%\"").unwrap())).unwrap(), 50);
    // Its end lets the others in; closing the session ends it from anywhere.
    s.begin().unwrap();
    s.leads().create(fields! { name: "Undone" }).unwrap();
    std::thread::scope(|scope| scope.spawn(|| s.close()).join().unwrap());
    let s = crm.session(None, None).unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 50);
}

#[test]
fn a_wish_to_stop_is_heard_between_the_statements_of_a_bulk_verb() {
    let crm = memory();
    let drafts = |count: i64| (0..count).map(|n| fields! { name: format!("Deal {n}") }).collect();
    // Said from another place while the verb runs, and answered by the host that is asked.
    let from_elsewhere = crm.clone();
    let interrupt: GoOn = Arc::new(move || {
        from_elsewhere.interrupt();
        true
    });
    let refuse: GoOn = Arc::new(|| false);
    for go_on in [interrupt, refuse] {
        let s = crm.session_asking(None, None, Some(go_on)).unwrap();
        let error = s.leads().create_many(drafts(3_000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert_eq!(s.leads().count(None).unwrap(), 0);
        // Within a transaction it takes back its own verb.
        s.begin().unwrap();
        s.leads().create(fields! { name: "x" }).unwrap();
        let error = s.leads().create_many(drafts(3_000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        s.commit().unwrap();
        let ids: Vec<_> = s.leads().find(&Find::default()).unwrap().iter().map(|x| x.id).collect();
        assert_eq!(ids.len(), 1);
        s.leads().delete(&ids).unwrap();
    }
    let path = std::env::temp_dir().join(format!("crm-interrupted-{}.crm", std::process::id()));
    let mut tell = |_, _| {
        crm.interrupt();
        true
    };
    let cancelled = crm.backup(&path, &mut Progress::new(&mut tell)).unwrap_err();
    assert_eq!((cancelled.kind(), path.exists()), (ErrorKind::Cancelled, false));
    // What begins later goes its way.
    crm.session(None, None).unwrap().leads().create_many(drafts(100)).unwrap();
    assert!(crm.verify().unwrap().is_empty());
}
