//! Several programs on one database, each a process of its own: this binary, started again. On a file, or on the server of
//! `CRM_TEST_URL`.
//!
//! A test starts itself with its role in `CRM_ROLE`; each child opens the database, says so, and begins when all are ready.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod target;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crm_core::{
    Convert, Crm, ErrorKind, Lead, LeadId, Lost, Merge, Session, UserId, UserRef, Value, WonStatus,
    fields,
};

/// What a child is to do, and where.
const ROLE: &str = "CRM_ROLE";
const TARGET: &str = "CRM_TARGET";

/// A database for several programs.
struct Shared {
    target: String,
    folder: PathBuf,
}

impl Shared {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("processes-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let url = target::fresh();
        let file = folder.join("shared.crm").to_str().unwrap().to_owned();
        Self { target: if url.starts_with("postgres") { url } else { file }, folder }
    }

    fn open(&self) -> Crm {
        Crm::open(&self.target).unwrap()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// In a child: runs `work` when the parent says so. Whether this was a child.
fn is_child(work: impl FnOnce(&Session, &str)) -> bool {
    let Ok(role) = std::env::var(ROLE) else { return false };
    let crm = Crm::open(&std::env::var(TARGET).unwrap()).unwrap();
    let s = crm.session(None, None).unwrap();
    s.stages().count(None).unwrap();
    println!("\nready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    work(&s, &role);
    crm.close();
    true
}

/// Starts this test anew in several processes, lets them begin at once, and waits for all: how long they took.
#[expect(clippy::disallowed_methods, reason = "the rate is printed, and nothing hangs on it")]
fn run(test: &str, shared: &Shared, roles: &[String]) -> f64 {
    let start = |role: &String| -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .env(TARGET, &shared.target)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut children: Vec<Child> = roles.iter().map(start).collect();
    let mut said = Vec::new();
    for child in &mut children {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "ready"), "a child ended before it began");
        said.push(lines);
    }
    let begun = Instant::now();
    for child in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    for ((mut child, lines), role) in children.into_iter().zip(said).zip(roles) {
        let lines: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(child.wait().unwrap().success(), "{role}: {}", lines.join("\n"));
    }
    begun.elapsed().as_secs_f64()
}

fn create(s: &Session, count: usize) -> Vec<LeadId> {
    let drafts = vec![fields! { name: "Fleet lease", expected_revenue: 1_000 }; count];
    s.leads().create_many(drafts).unwrap().iter().map(|lead: &Lead| lead.id).collect()
}

#[test]
fn two_programs_that_win_and_lose_the_same_deals_leave_one_outcome_each() {
    const DEALS: i64 = 60;
    let act = |s: &Session, role: &str| {
        // One goes up, the other down, and both again: they meet in the middle and everywhere else.
        for round in 0..2 {
            for n in 1..=DEALS {
                let (won, lead) =
                    (role == "win", LeadId(if round == 0 { n } else { DEALS + 1 - n }));
                let done = if won {
                    s.leads().mark_won(lead)
                } else {
                    s.leads().mark_lost(lead, &Lost::default())
                };
                // What is won cannot be lost, and the refusal says what would be right.
                let refused = |error: &crm_core::Error| {
                    !won && error.kind() == ErrorKind::Invalid && error.message().contains("reopen")
                };
                assert!(done.as_ref().err().is_none_or(refused), "{role} {lead:?}: {done:?}");
            }
        }
    };
    if is_child(act) {
        return;
    }
    let shared = Shared::new("race");
    let crm = shared.open();
    let s = crm.session(None, None).unwrap();
    assert_eq!(create(&s, 60), (1..=DEALS).map(LeadId).collect::<Vec<_>>());
    let test = "two_programs_that_win_and_lose_the_same_deals_leave_one_outcome_each";
    run(test, &shared, &["win".to_owned(), "lose".to_owned()]);

    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let feed = crm.feed(0, 100_000).unwrap();
    let numbers: Vec<i64> = feed.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..).take(feed.len()).collect::<Vec<i64>>(), "the feed has no gaps");
    for lead in (1..=DEALS).map(LeadId) {
        // Lost and then won, or won at once: never lost in the end, since winning reopens and losing what is won is refused.
        assert_eq!(s.leads().get(lead).unwrap().won_status, WonStatus::Won);
        let states = s.leads().history(lead).unwrap();
        let at = |row: usize, column: &str| states.at(row, column);
        for row in 0..states.len() {
            assert_eq!(at(row, "seq"), Value::from(i64::try_from(row).unwrap() + 1));
            assert_eq!(at(row, "valid_to"), at(row + 1, "valid_from"), "{states:?}");
        }
        let status = |row: usize| at(row, "won_status").as_text().unwrap_or_default().to_owned();
        let outcomes: Vec<String> = (0..states.len())
            .map(status)
            .filter(|status| status != "pending")
            .map(|status| format!("lead.{status}"))
            .collect();
        let known: Vec<&str> = outcomes.iter().map(String::as_str).collect();
        assert!(matches!(known[..], ["lead.won"] | ["lead.lost", "lead.won"]), "{outcomes:?}");
        let told: Vec<&str> = feed
            .iter()
            .filter(|entry| entry.subject.is_some_and(|subject| subject.id == lead.0))
            .map(|entry| entry.event.as_str())
            .filter(|event| ["lead.won", "lead.lost"].contains(event))
            .collect();
        assert_eq!(told, outcomes, "the feed tells in the order of the history");
    }
}

#[test]
fn sixteen_programs_on_different_deals_wait_for_nobody() {
    const ROUNDS: usize = 12;
    let act = |s: &Session, _: &str| {
        for round in 0..ROUNDS {
            let lead = create(s, 1)[0];
            s.leads().update(lead, fields! { expected_revenue: 2_000, priority: 2 }).unwrap();
            if round % 2 == 0 {
                s.leads().mark_won(lead).unwrap();
            } else {
                s.leads().mark_lost(lead, &Lost::default()).unwrap();
            }
        }
    };
    if is_child(act) {
        return;
    }
    let shared = Shared::new("many");
    let crm = shared.open();
    let test = "sixteen_programs_on_different_deals_wait_for_nobody";
    for programs in [2, 16] {
        let roles: Vec<String> = (0..programs).map(|n| format!("program {n}")).collect();
        let watched = waits::watch(&shared.target);
        let seconds = run(test, &shared, &roles);
        let waits = waits::end(watched);
        let verbs = 3 * ROUNDS * roles.len();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let rate = verbs as f64 / seconds;
        println!("{programs:2} programs: {verbs} verbs, {rate:.0} a second, waits {waits:?}");
        if let Some((looks, waits)) = waits {
            assert!(looks > 10, "it was looked at {looks} times");
            assert_eq!(waits, 0, "{programs} programs waited for each other");
        }
    }
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let s = crm.session(None, None).unwrap();
    assert_eq!(s.leads().count(None).unwrap(), 18 * 6, "what was won; the lost ones are archived");
    let feed = crm.feed(0, 100_000).unwrap();
    let numbers: Vec<i64> = feed.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..).take(feed.len()).collect::<Vec<i64>>(), "the feed has no gaps");
    let told = |event: &str| feed.iter().filter(|entry| entry.event == event).count();
    assert_eq!([told("lead.created"), told("lead.won"), told("lead.lost")], [216, 108, 108]);
}

/// Looks on, as often as it can, at who waits for another's lock on a server.
mod waits {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread::JoinHandle;

    type Watch = Option<(Arc<AtomicBool>, JoinHandle<(u32, i64)>)>;

    /// Begins, if it is a server.
    pub(super) fn watch(target: &str) -> Watch {
        let schema =
            target.strip_prefix("postgres").and(target.split_once("schema="))?.1.to_owned();
        let done = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&done);
        let look = move || {
            let url = std::env::var("CRM_TEST_URL").unwrap();
            let mut server = postgres::Client::connect(&url, postgres::NoTls).unwrap();
            // All that are ours hold office_epoch; what else they wait for is a row, a transaction, a table or a name.
            let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple', 'relation', 'advisory') \
                       AND pid IN (SELECT pid FROM pg_locks WHERE relation = to_regclass($1))";
            let (mut looks, mut waits) = (0, 0);
            while !end.load(Ordering::Relaxed) {
                waits += server
                    .query_one(sql, &[&format!("{schema}.office_epoch")])
                    .unwrap()
                    .get::<_, i64>(0);
                looks += 1;
            }
            (looks, waits)
        };
        Some((done, std::thread::spawn(look)))
    }

    /// How often it looked, and how many it saw wait.
    pub(super) fn end(watch: Watch) -> Option<(u32, i64)> {
        let (done, looking) = watch?;
        done.store(true, Ordering::Relaxed);
        Some(looking.join().unwrap())
    }
}

/// Two programs merge, take back and convert the same leads at once: one does it, the other hears that it is done; nothing is half written.
#[test]
fn two_programs_that_merge_and_convert_the_same_leads_do_it_once() {
    const PAIRS: i64 = 12;
    let act = |s: &Session, _: &str| {
        for pair in 0..PAIRS {
            let ids = [LeadId(2 * pair + 1), LeadId(2 * pair + 2)];
            match s.leads().merge(&ids, &Merge::default()) {
                Ok(merged) => assert_eq!(merged.head.id, ids[0]),
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict),
                    "{error}"
                ),
            }
        }
        let kept: Vec<LeadId> = (0..PAIRS).map(|pair| LeadId(2 * pair + 1)).collect();
        for (at, id) in kept.iter().enumerate() {
            let key = Some(format!("deal {at}"));
            let asked = Convert { create_partner: true, key, ..Convert::default() };
            assert!(s.leads().convert(*id, &asked).unwrap().partner_id.is_some());
        }
    };
    if is_child(act) {
        return;
    }
    let shared = Shared::new("merge");
    let crm = shared.open();
    let s = crm.session(None, None).unwrap();
    let draft = |n: i64| {
        let email = format!("buyer{}@harbour.example", n / 4);
        fields! { name: "Fleet lease", kind: "lead", email_from: email, phone: format!("{n}") }
    };
    s.leads().create_many((0..2 * PAIRS).map(draft).collect()).unwrap();
    let test = "two_programs_that_merge_and_convert_the_same_leads_do_it_once";
    run(test, &shared, &["one".to_owned(), "other".to_owned()]);
    assert_eq!(s.leads().count(None).unwrap(), PAIRS);
    assert_eq!(s.partners().count(None).unwrap(), PAIRS / 2, "one customer for each address");
    let told = crm.feed(0, 10_000).unwrap();
    let events = |name: &str| told.iter().filter(|entry| entry.event == name).count();
    let pairs = usize::try_from(PAIRS).unwrap();
    assert_eq!(
        (events("lead.merged"), events("lead.deleted"), events("lead.converted")),
        (pairs, pairs, pairs)
    );
    for pair in 0..PAIRS {
        let (kept, gone) = (LeadId(2 * pair + 1), LeadId(2 * pair + 2));
        assert_eq!(s.leads().merged_into(gone).unwrap(), Some(kept));
    }
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn two_programs_that_claim_the_same_leads_get_each_once() {
    const LEADS: i64 = 40;
    let act = |_: &Session, role: &str| {
        let user = UserId(role.parse().unwrap());
        let crm = Crm::open(&std::env::var(TARGET).unwrap()).unwrap();
        let s = crm.session(Some(UserRef::Id(user)), None).unwrap();
        // One goes up, the other down: they meet.
        for n in 1..=LEADS {
            let lead = LeadId(if user.0 % 2 == 0 { n } else { LEADS + 1 - n });
            match s.leads().claim(lead) {
                Ok(claimed) => assert_eq!(claimed.user_id, Some(user)),
                Err(late) => assert_eq!(late.kind(), ErrorKind::Conflict, "{late}"),
            }
        }
    };
    if is_child(act) {
        return;
    }
    let shared = Shared::new("claim");
    let crm = shared.open();
    let s = crm.session(None, None).unwrap();
    assert_eq!(create(&s, 40), (1..=LEADS).map(LeadId).collect::<Vec<_>>());
    let user = |name: &str| s.users().create(fields! { name: name }).unwrap().id;
    let users = [user("Ada"), user("Ben")];
    let test = "two_programs_that_claim_the_same_leads_get_each_once";
    run(test, &shared, &users.map(|user| user.to_string()));

    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let feed = crm.feed(0, 100_000).unwrap();
    for lead in (1..=LEADS).map(LeadId) {
        let owner = s.leads().get(lead).unwrap().user_id.unwrap();
        assert!(users.contains(&owner));
        let given: Vec<_> = feed
            .iter()
            .filter(|entry| entry.event == "lead.assigned")
            .filter(|entry| entry.subject.is_some_and(|subject| subject.id == lead.0))
            .map(|entry| entry.user_id)
            .collect();
        assert_eq!(given, [Some(owner)], "it was given once, and by whom it has");
    }
}
