//! What the score costs with ten fields, beside its floors: plain rusqlite reading the same columns of the same file and counting in a
//! loop, and writing the same changed rows by held statements, in the same run.
//!
//! `CRM_BENCH=100000 cargo bench --bench score` takes so many closed and as many open leads; unless said otherwise a million of each. The
//! leads are written by hand, in seconds, and what is kept beside them is counted by `repair`. Each line: median of the repetitions,
//! ours and the floor's in turn, and their ratio; at the end the most memory that was held in a batch (where the system tells).
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod floor;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crm_core::score::ScoreConfig;
use crm_core::{CompanyId, Crm, Date, LeadId, Progress, Session, Timestamp, fields};
use rusqlite::{Connection, params};

/// The ten fields: eight of few values, the tags, and a number that falls into bins.
pub(crate) const FIELDS: [&str; 10] = [
    "source_id",
    "medium_id",
    "campaign_id",
    "country_code",
    "state_code",
    "lang",
    "priority",
    "user_id",
    "expected_revenue",
    "tag_ids",
];

/// The clock of the world, 2 March 2026.
const NOW: i64 = 1_772_442_000_000_000;
const COUNTRIES: [&str; 12] =
    ["DE", "FR", "NL", "BE", "ES", "IT", "PL", "SE", "AT", "CH", "US", "GB"];
const LANGS: [&str; 6] = ["de_DE", "fr_FR", "nl_NL", "es_ES", "it_IT", "en_US"];

fn main() {
    let sizes = std::env::var("CRM_BENCH").unwrap_or_else(|_| "1000000".to_owned());
    let folder = std::env::temp_dir().join(format!("crm-bench-score-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    println!(
        "\n| what | closed and open leads, each | ours | floor | ratio |\n|---|---:|---:|---:|---:|"
    );
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<i64>().ok()) {
        run(&folder.join(format!("{size}.crm")), size);
    }
    let most = MOST.load(Ordering::Relaxed) >> 10;
    println!("\nmost memory held in a batch, without the file's own pages: {most} MiB");
    let _ = std::fs::remove_dir_all(&folder);
}

fn run(file: &Path, size: i64) {
    let crm =
        Crm::open(file.to_str().expect("a temporary path is text")).expect("a new file opens");
    let s = crm.session(None, Some(Timestamp::stored(NOW))).expect("the administrator works");
    for n in 0..12 {
        s.teams().create(fields! { name: format!("Team {n}") }).expect("a team");
    }
    let config = ScoreConfig {
        fields: Some(FIELDS.map(str::to_owned).into()),
        start_date: Some(Date::new(2026, 1, 1).expect("a plain date")),
        model: None,
    };
    s.score().configure(&config).expect("fields of leads");
    let conn = floor::connect(file);
    fill(&conn, size);
    crm.repair().expect("the file can be read and written");
    rebuild(&s);
    rebuild(&s);
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
    let times = if size > 200_000 { 3 } else { 5 };

    let ours = median(times, |_| rebuild(&s));
    let theirs = median(times, |_| {
        let (counts, _) = (floor::count(&conn), floor::score(&conn));
        assert_eq!(counts, size, "every closed lead is counted");
    });
    line("rebuild, nothing changed", size, ours, theirs);

    let theirs = median(times, |_| floor::score(&conn));
    let ours = median(times, |_| assert_eq!(recompute(&s), 0));
    line("recompute, nothing changed", size, ours, theirs);
    for (what, every) in [("recompute, 10 % changed", 10), ("recompute, all changed", 1)] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for n in 0..times {
            let n = i64::try_from(n).expect("a few");
            floor::disturb(&conn, n, every);
            let begun = Instant::now();
            assert!(recompute(&s) >= size / every - 1, "the disturbed scores are put right");
            ours.push(begun.elapsed());
            let begun = Instant::now();
            floor::score(&conn);
            theirs.push(begun.elapsed() + floor::write(&conn, n, every));
        }
        line(what, size, middle(ours), middle(theirs));
    }
    let ours = median(times, |_| {
        let said = watched(|told| s.score().predict(None, None, told)).expect("predictions");
        assert_eq!(said.len(), usize::try_from(size).expect("a size"));
    });
    let theirs = median(times, |_| floor::score(&conn));
    line("predict, nothing written", size, ours, theirs);

    let policies = ["stage", "model", "manual", "blend"];
    let ours = median(times, |n| {
        let policy = fields! { probability_policy: policies[n % policies.len()] };
        s.companies().update(CompanyId(1), policy).expect("one of the policies");
    });
    let theirs = (0..times).map(|_| floor::remember(&conn)).collect();
    line("a company changes its policy, every open lead follows", size, ours, middle(theirs));

    // Some way apart, as deals that are won one by one are.
    let step = (size / 301).clamp(1, 7);
    let ours = median(301, |n| {
        let id = LeadId(size + 1 + i64::try_from(n).expect("a few") * step);
        s.leads().mark_won(id).expect("an open lead can be won");
    });
    let theirs = (0..301).map(|n| floor::close(&conn, size + 1 + n * step)).collect();
    line("one lead is won, live", size, ours, middle(theirs));

    change(&conn);
    let theirs = median(times, |_| {
        floor::count(&conn);
        floor::score(&conn);
    });
    let ours = median(times, |_| rebuild(&s));
    line("rebuild, a fifth was changed since the creation", size, ours, theirs);
    recompute(&s);
    let theirs = median(times, |_| floor::score(&conn));
    let ours = median(times, |_| assert_eq!(recompute(&s), 0));
    line("recompute, a fifth was changed, nothing since", size, ours, theirs);
    drop(conn);
    assert_eq!(crm.verify().expect("the file can be read"), Vec::<String>::new());
}

fn rebuild(s: &Session) {
    watched(|told| s.score().rebuild(told)).expect("the world teaches something");
}

fn recompute(s: &Session) -> i64 {
    let run = watched(|told| s.score().recompute(told)).expect("the world taught something");
    i64::try_from(run.changed).expect("a count")
}

/// A number out of a column and a row, the same everywhere (splitmix64).
fn hash(column: u64, row: u64) -> u64 {
    let mut x =
        row.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ column.wrapping_mul(0xD1B5_4A32_D192_ED03);
    for factor in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] {
        x = (x ^ (x >> 30)).wrapping_mul(factor);
    }
    x ^ (x >> 31)
}

/// So many closed leads, then as many open ones, with their texts, scores, tags and first states.
fn fill(conn: &Connection, size: i64) {
    conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    let mut lead = conn
        .prepare(
            "INSERT INTO lead (id, version, create_date, write_date, kind, currency, user_id, team_id, stage_id, priority, expected_revenue, \
             recurring_revenue, won_status, active, on_hold, forecast_category, date_closed, source_id, medium_id, campaign_id, country_code, \
             state_code, lang, color) \
             VALUES (?1, 1, ?2, ?2, 1, 'EUR', ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, 0, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 0)",
        )
        .expect("a statement");
    let mut beside = [
        "INSERT INTO lead_text (lead_id, name) VALUES (?1, 'Deal')",
        "INSERT INTO lead_score VALUES (?1, 500000, 0)",
        "INSERT INTO lead_tag VALUES (?1, 1 + ?1 * 7919 % 30)",
    ]
    .map(|sql| conn.prepare(sql).expect("a statement"));
    for id in 1..=2 * size {
        let row = u64::try_from(id).expect("ids are positive");
        let pick =
            |column, among: u64| i64::try_from(hash(column, row) % among).expect("a small number");
        let word = |column, of: &[&'static str]| {
            of[usize::try_from(hash(column, row) % of.len() as u64).expect("a small number")]
        };
        let won = pick(1, 100) < 20 + 6 * pick(2, 5) + 10 * pick(5, 3);
        // 0 pending, 1 won, 2 lost; and what each means for stage, sight, category and closing.
        let status = if id > size { 0 } else { 2 - i64::from(won) };
        let closed = (status != 0).then_some(NOW - pick(3, 1_000_000) * 1_000_000);
        let stage = if status == 1 { 4 } else { 1 + pick(4, 3) };
        let created = NOW - 2_000_000_000_000;
        let (team, user) = (1 + pick(6, 12), 1 + pick(7, 40));
        let category = [0, 3, 4][usize::try_from(status).expect("three of them")];
        lead.execute(params![
            id,
            created,
            user,
            team,
            stage,
            pick(5, 3),
            pick(8, 100_000) * 100,
            status,
            i64::from(status != 2),
            category,
            closed,
            1 + pick(2, 5),
            1 + pick(9, 6),
            1 + pick(10, 20),
            word(11, &COUNTRIES),
            format!("S{}", pick(12, 50)),
            word(13, &LANGS),
        ])
        .expect("a lead");
        for put in &mut beside {
            put.execute([id]).expect("a row beside it");
        }
    }
    drop((lead, beside));
    let history = "INSERT INTO lead_history SELECT id, 1, create_date, create_date, NULL, 0, kind, company_id, currency, partner_id, user_id, \
                   team_id, stage_id, expected_revenue, recurring_revenue, recurring_plan_id, manual_probability, forecast_category, \
                   date_deadline, won_status, lost_reason_id, active, on_hold, probability_policy FROM lead";
    conn.execute_batch(history).expect("states");
    conn.execute_batch("COMMIT; ANALYZE").expect("a commit");
}

/// A tenth of the leads come from another team, a tenth said something else in two fields when they were created; the floor asks
/// for none of that.
fn change(conn: &Connection) {
    let sql = "INSERT INTO score_created SELECT id, CASE id % 10 \
               WHEN 0 THEN '[[\"\",{\"until\":1,\"was\":13}]]' \
               ELSE '[[\"country_code\",{\"until\":1,\"was\":[]}],[\"lang\",{\"until\":2,\"was\":[\"C\"]}]]' END \
               FROM lead WHERE id % 5 = 0";
    conn.execute(sql, []).expect("rows");
}

/// Runs `work` several times; the median.
fn median(times: usize, mut work: impl FnMut(usize)) -> Duration {
    let taken = (0..times).map(|n| {
        let begun = Instant::now();
        work(n);
        begun.elapsed()
    });
    middle(taken.collect())
}

fn middle(mut taken: Vec<Duration>) -> Duration {
    taken.sort_unstable();
    taken[taken.len() / 2]
}

fn line(what: &str, size: i64, ours: Duration, floor: Duration) {
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!("| {what} | {size} | {ours:.3?} | {floor:.3?} | {ratio:.2} |");
}

/// The most memory that was seen in use, in KiB.
static MOST: AtomicU64 = AtomicU64::new(0);

/// Runs a batch, and looks now and then how much memory it holds.
fn watched<T>(batch: impl FnOnce(&mut Progress<'_>) -> T) -> T {
    let mut look = |_, _| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let held = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let held = held.and_then(|held| held.trim().trim_end_matches(" kB").parse().ok());
        MOST.fetch_max(held.unwrap_or(0), Ordering::Relaxed);
        true
    };
    batch(&mut Progress::new(&mut look))
}
