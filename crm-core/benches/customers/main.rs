//! Customers beside plain SQLite: looking for duplicates, scanning for them, merging, converting.
//!
//! `CRM_BENCH=100000 cargo bench --bench customers` takes so many leads and a fifth as many partners; unless said otherwise a million leads.
//! One file holds the world; the rival is plain rusqlite on the same file and indexes: for a look the same three lookups in one statement, for a name
//! the engine's own index of three letters each,
//! for a scan one grouping per key into owned values (it ties nothing together), for writes the same number of final rows in the same
//! tables through held statements, in as many transactions, without any rule.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::cast_possible_truncation, reason = "sizes are far below any integer's end")]
#![expect(clippy::cast_possible_wrap, reason = "sizes are far below any integer's end")]

#[path = "../pipeline/world.rs"]
mod world;

mod names;
mod rival;

use std::path::Path;
use std::time::{Duration, Instant};

use crm_core::duplicate::{DuplicateOf, DuplicateQuery, DuplicateScan};
use crm_core::{
    Convert, Crm, Fields, LeadId, Merge, PartnerId, Progress, RecordKind, Session, Timestamp,
    fields,
};

/// How many leads are converted, half of them by the rival.
const CONVERTED: usize = 20_000;

fn main() {
    let sizes = std::env::var("CRM_BENCH").unwrap_or_else(|_| "1000000".to_owned());
    let folder = std::env::temp_dir().join(format!("crm-bench-customers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    println!("\n| what | leads | ours | rival | ratio | target |\n|---|---:|---:|---:|---:|---|");
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<usize>().ok()) {
        run(&folder.join(format!("{size}.crm")), size);
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn line(what: &str, size: usize, ours: Duration, theirs: Duration, target: &str) {
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let digits = if ratio < 0.1 { 3 } else { 2 };
    println!("| {what} | {size} | {ours:.3?} | {theirs:.3?} | {ratio:.digits$} | {target} |");
}

fn median(times: usize, mut work: impl FnMut(usize)) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let begun = Instant::now();
            work(n);
            begun.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[times / 2]
}

/// The medians of two that take turns, each with records that the other is not asked for: neither finds the file's pages read by the
/// other, and what disturbs the machine disturbs both.
fn in_turn(
    times: usize,
    mut ours: impl FnMut(usize),
    mut theirs: impl FnMut(usize),
) -> (Duration, Duration) {
    let mut taken = [Vec::new(), Vec::new()];
    for n in 0..times {
        let begun = Instant::now();
        if n % 2 == 0 {
            ours(n);
        } else {
            theirs(n);
        }
        taken[n % 2].push(begun.elapsed());
    }
    taken.iter_mut().for_each(|times| times.sort_unstable());
    let [ours, theirs] = taken.map(|times| times[times.len() / 2]);
    (ours, theirs)
}

/// Leads as in the pipeline's world; partners, of whom one in fifty shares an address with another; leads to convert.
fn fill(s: &Session, size: usize) -> Vec<LeadId> {
    let office = world::office(s);
    for start in (0..size).step_by(50_000) {
        let drafts: Vec<Fields> =
            (start..size.min(start + 50_000)).map(|n| world::lead(n as u64, &office)).collect();
        s.leads().create_many(drafts).expect("the world is valid");
    }
    s.begin().expect("no transaction is open");
    for n in 0..size / 5 {
        let person = if n % 50 == 0 { n + 1 } else { n };
        let partner = fields! {
            name: names::name(n),
            email: format!("person{person}@firm{}.example", person % 20_000),
            phone: format!("+3314{:07}", n % 5_000_000),
            country_code: "FR",
        };
        s.partners().create(partner).expect("the world is valid");
    }
    s.commit().expect("it can be written");
    let drafts = (0..CONVERTED).map(|n| {
        fields! {
            name: format!("New {n}"),
            kind: "lead",
            contact_name: format!("Newcomer {n}"),
            partner_name: format!("Firm of {}", n / 2),
            email_from: format!("newcomer{n}@newfirm{}.example", n / 2),
        }
    });
    let made = s.leads().create_many(drafts.collect()).expect("the world is valid");
    made.iter().map(|lead| lead.id).collect()
}

fn run(file: &Path, size: usize) {
    let crm =
        Crm::open(file.to_str().expect("a temporary path is text")).expect("a new file opens");
    let now = Timestamp::parse("2026-03-02T09:00:00Z").expect("a plain moment");
    let s = crm.session(None, Some(now)).expect("the administrator works");
    let to_convert = fill(&s, size);
    let conn = rival::connect(file);
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
    look(&s, &conn, size);
    names::look(&s, size);
    scan(&s, &conn, size);
    merge(&s, &conn, size);
    convert(&s, &conn, size, &to_convert);
}

fn look(s: &Session, conn: &rusqlite::Connection, size: usize) {
    let id = |n: usize| ((n * 7_919) % size + 1) as i64;
    let (ours, theirs) = in_turn(
        4_002,
        |n| {
            let of = DuplicateOf::Lead(LeadId(id(n)));
            drop(s.duplicates().find(&DuplicateQuery::of(of)).expect("it exists"));
        },
        |n| drop(rival::look(conn, id(n))),
    );
    line("duplicates of a lead", size, ours, theirs, "1.2, ≤ 0.2 ms");
    let email = |n: usize| {
        let person = world::hash(3, n as u64) % 1_000_000;
        format!("contact{person}@company{}.example", person % 40_000)
    };
    let (ours, theirs) = in_turn(
        4_002,
        |n| {
            let draft = fields! { name: "Fleet lease", email_from: email(n) };
            let of = DuplicateOf::Candidate(RecordKind::Lead, draft);
            drop(s.duplicates().find(&DuplicateQuery::of(of)).expect("a plain draft"));
        },
        |n| drop(rival::look_for(conn, &email(n), None)),
    );
    line("duplicates of a lead to be", size, ours, theirs, "1.2, ≤ 0.2 ms");
    let cards = size / 5;
    let usual =
        |n: usize| (0..).map(|on| (n * 7_919 + on) % cards).find(|n| n % 100 != 7).unwrap_or(0);
    let look = |what: &str, card: &dyn Fn(usize) -> usize| {
        let ours = median(501, |n| {
            let of = DuplicateOf::Partner(PartnerId(card(n) as i64 + 1));
            drop(s.duplicates().find(&DuplicateQuery::of(of)).expect("it exists"));
        });
        println!("| duplicates of a partner{what} | {size} | {ours:.3?} |  |  | ≤ 0.2 ms |");
    };
    look("", &usual);
    look(", one in a hundred shares half its name", &|n| (n * 7_919) % (cards / 100) * 100 + 7);
}

fn scan(s: &Session, conn: &rusqlite::Connection, size: usize) {
    for (record, table) in [(RecordKind::Lead, "lead_text"), (RecordKind::Partner, "partner")] {
        let asked = DuplicateScan::of(record);
        let ours = median(3, |_| {
            drop(s.duplicates().scan(&asked, &mut Progress::none()).expect("it can be read"));
        });
        let theirs = median(3, |_| {
            std::hint::black_box(rival::scan(conn, table));
        });
        line(&format!("a scan of all, {}", record.name()), size, ours, theirs, "");
    }
}

fn merge(s: &Session, conn: &rusqlite::Connection, size: usize) {
    const TIMES: usize = 101;
    // Fives of leads next to each other that are still open, from far apart.
    let open: Vec<i64> =
        (1..=size as i64).zip(0..).filter(|(_, n)| !world::is_won(*n)).map(|(id, _)| id).collect();
    let step = open.len() / (2 * TIMES + 2);
    let five = |n: usize| open[n * step..n * step + 5].iter().map(|id| LeadId(*id)).collect();
    let ours = median(TIMES, |n| {
        let ids: Vec<LeadId> = five(n);
        s.leads().merge(&ids, &Merge::default()).expect("open leads of one company can be merged");
    });
    let theirs = median(TIMES, |n| {
        let ids: Vec<LeadId> = five(TIMES + n);
        rival::merge(conn, &ids.iter().map(|id| id.0).collect::<Vec<_>>());
    });
    line("a merge of five", size, ours, theirs, "≤ 2 ms");
}

fn convert(s: &Session, conn: &rusqlite::Connection, size: usize, leads: &[LeadId]) {
    let (first, second) = leads.split_at(leads.len() / 2);
    let asked = Convert { create_partner: true, ..Convert::default() };
    let ours = median(1, |_| {
        let done = s.leads().convert(first, &asked).expect("leads can be converted");
        assert!(done.iter().all(|lead| lead.partner_id.is_some()), "each has its customer");
    });
    let theirs = median(1, |_| {
        rival::convert(conn, &second.iter().map(|id| id.0).collect::<Vec<_>>());
    });
    line(&format!("conversion of {}, customers created", first.len()), size, ours, theirs, "");
}
