//! What the pipeline costs, beside plain rusqlite doing the same work by hand on the same tables and indexes in the same run.
//!
//! `cargo bench` runs ten thousand, a hundred thousand and a million leads; `CRM_BENCH=10000,100000 cargo bench` chooses. A rival of a
//! write writes the same final rows without any rule; a rival of a read runs the same statement into owned values.
//! Each line: median of the repetitions, ours and the rival's, and their ratio. Read lines are warm.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::cast_possible_truncation, reason = "sizes are far below any integer's end")]

mod rival;
mod world;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crm_core::forecast::{ForecastKey, ForecastQuery};
use crm_core::{
    AsOf, Axis, Crm, CrmOptions, Fields, Filter, Find, LeadId, Lost, Progress, Session, Timestamp,
    fields,
};

/// One line of the report.
struct Line {
    what: &'static str,
    size: usize,
    ours: Duration,
    rival: Option<Duration>,
    target: &'static str,
}

/// Runs `work` several times; the median.
fn median(times: usize, mut work: impl FnMut(usize)) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let start = Instant::now();
            work(n);
            start.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[times / 2]
}

fn once<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed(), done)
}

fn main() {
    let sizes = std::env::var("CRM_BENCH").unwrap_or_else(|_| "10000,100000,1000000".to_owned());
    let folder = std::env::temp_dir().join(format!("crm-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let mut lines = Vec::new();
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<usize>().ok()) {
        run(&folder, size, &mut lines);
    }
    report(&lines);
    let _ = std::fs::remove_dir_all(&folder);
}

/// Leads that are created in one transaction, here and by the rival.
const BATCH: usize = 50_000;

fn run(folder: &Path, size: usize, lines: &mut Vec<Line>) {
    let file = folder.join(format!("ours-{size}.crm"));
    let crm =
        Crm::open(file.to_str().expect("a temporary path is text")).expect("a new file opens");
    let now = Timestamp::parse("2026-03-02T09:00:00Z").expect("a plain instant");
    let s = crm.session(None, Some(now)).expect("the administrator's session opens");
    let office = world::office(&s);
    let mut push = |what, ours, rival, target| {
        eprintln!("{size:>8} {what}: {ours:?}, rival {rival:?}");
        lines.push(Line { what, size, ours, rival, target });
    };

    let created = create(&s, &office, size);
    let copied = rival::bulk(&file, &rivals_copy(folder, size), BATCH);
    push("bulk create", created, Some(copied.all), "1.5");
    push("bulk create, beside the lead row alone", created, Some(copied.lead_alone), "");
    let lost: Vec<LeadId> = (0..size as u64)
        .filter(|n| n % 9 == 0 && !world::is_won(*n))
        .map(|n| LeadId(n as i64 + 1))
        .collect();
    // A day later, so that there is a past to ask for.
    let later = Timestamp::parse("2026-03-03T09:00:00Z").expect("a plain instant");
    let t = crm.session(None, Some(later)).expect("the administrator's session opens");
    let (took, _) =
        once(|| t.leads().mark_lost(&lost, &Lost::default()).expect("open leads can be lost"));
    push("bulk lose a ninth", took, None, "");

    reads(&s, &file, size, &mut push);
    writes(&s, folder, size, &mut push);
    scores(&crm, &s, &file, size, &mut push);
    forecasts(&s, &mut push);
    past(&t, now, size, &mut push);
    assert_eq!(crm.verify().expect("the file can be read").len(), 0, "kept counts equal the leads");
}

fn create(s: &Session, office: &world::Office, size: usize) -> Duration {
    let mut took = Duration::ZERO;
    for start in (0..size).step_by(BATCH) {
        let drafts: Vec<Fields> =
            (start..size.min(start + BATCH)).map(|n| world::lead(n as u64, office)).collect();
        let (chunk, _) =
            once(|| s.leads().create_many(drafts).expect("the world's leads can be created"));
        took += chunk;
    }
    took
}

type Push<'a> = dyn FnMut(&'static str, Duration, Option<Duration>, &'static str) + 'a;

fn reads(s: &Session, file: &Path, size: usize, push: &mut Push<'_>) {
    let plain = rival::Plain::open(file);
    let id = |n: usize| ((n * 7_919) % size + 1) as i64;
    let ours = median(2_001, |n| drop(s.leads().get(LeadId(id(n))).expect("it exists")));
    let theirs = median(2_001, |n| drop(plain.get(id(n))));
    push("get", ours, Some(theirs), "1.3");
    let page = Find { limit: Some(80), ..Find::all() };
    let ours = median(101, |_| drop(s.leads().find(&page).expect("a page")));
    let theirs = median(101, |_| drop(plain.page(80)));
    push("list page of 80 records", ours, Some(theirs), "≤ 1 ms");
    let columns = [
        "id",
        "name",
        "partner_id",
        "user_id",
        "stage_id",
        "priority",
        "expected_revenue",
        "probability",
        "date_deadline",
    ];
    let ours = median(101, |_| drop(s.leads().frame(&page, Some(&columns)).expect("a page")));
    push("list page of 80, nine columns", ours, None, "≤ 1 ms");
    let ours = median(101, |_| drop(s.forecast().board(None).expect("a board")));
    let theirs = median(5, |_| drop(plain.board()));
    push("board", ours, Some(theirs), "≤ 1 ms");
}

fn writes(s: &Session, folder: &Path, size: usize, push: &mut Push<'_>) {
    let id = |n: usize| LeadId(((n * 104_729) % size + 1) as i64);
    let ours = median(501, |n| {
        let revenue = fields! { expected_revenue: 1_000 + n as i64 };
        s.leads().update(id(n), revenue).expect("it exists");
    });
    let theirs = rival::Writer::open(&rivals_copy(folder, size)).update(501, |n| id(n).0);
    push("update + commit", ours, Some(theirs), "4");

    let durable = folder.join(format!("durable-{size}.crm"));
    let options = CrmOptions { full_sync: true, ..CrmOptions::default() };
    let crm = Crm::open_with(durable.to_str().expect("a temporary path is text"), &options)
        .expect("a new file opens");
    let d = crm.session(None, None).expect("the administrator's session opens");
    let office = world::office(&d);
    let ours = median(101, |n| {
        drop(d.leads().create(world::lead(n as u64, &office)).expect("it can be created"));
    });
    let theirs = rival::durable(&durable, 101);
    push("single durable create", ours, Some(theirs), "");
}

/// The rival's own copy, which it made in the first line.
fn rivals_copy(folder: &Path, size: usize) -> PathBuf {
    folder.join(format!("rival-{size}.db"))
}

fn scores(crm: &Crm, s: &Session, file: &Path, size: usize, push: &mut Push<'_>) {
    // The world's clock is its own; what was created on that day counts.
    let start = crm_core::Date::new(2026, 1, 1).expect("a plain date");
    let config = crm_core::score::ScoreConfig { start_date: Some(start), ..Default::default() };
    s.score().configure(&config).expect("a plain date");
    s.score().rebuild(&mut Progress::none()).expect("the world teaches something");
    let times = if size > 200_000 { 3 } else { 5 };
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for n in 0..times {
        rival::disturb(file, n, 10);
        let (took, run) =
            once(|| s.score().rebuild(&mut Progress::none()).expect("the world teaches something"));
        assert!(run.changed > 0, "the disturbed scores are put right");
        ours.push(took);
        theirs.push(rival::rescore(file, n));
        s.score().rebuild(&mut Progress::none()).expect("the world teaches something");
    }
    ours.sort_unstable();
    theirs.sort_unstable();
    push("rebuild + recompute, 10 % changed", ours[times / 2], Some(theirs[times / 2]), "≤ 2 s");
    rival::disturb(file, 0, 1);
    let (took, _) =
        once(|| s.score().rebuild(&mut Progress::none()).expect("the world teaches something"));
    push("rebuild + recompute, all changed", took, None, "");
    assert_eq!(crm.verify().expect("the file can be read").len(), 0, "kept counts equal the leads");
}

fn forecasts(s: &Session, push: &mut Push<'_>) {
    let by = vec![ForecastKey::Month, ForecastKey::TeamId];
    let kept = ForecastQuery { by: by.clone(), ..ForecastQuery::default() };
    let filter = Filter::parse("priority >= 0").expect("a plain filter");
    let scanned = ForecastQuery { by, filter: Some(filter), ..ForecastQuery::default() };
    let ours = median(21, |_| drop(s.forecast().weighted(&kept).expect("a forecast")));
    let rows = median(3, |_| drop(s.forecast().weighted(&scanned).expect("a forecast")));
    push("weighted forecast by month and team, kept counts", ours, Some(rows), "≤ 50 ms");
    push("weighted forecast by month and team, over the leads", rows, None, "");
}

/// The same questions as of the day before.
fn past(s: &Session, then: Timestamp, size: usize, push: &mut Push<'_>) {
    let as_of = AsOf::from(then);
    let id = |n: usize| LeadId(((n * 7_919) % size + 1) as i64);
    let took = median(2_001, |n| drop(s.leads().get_as_of(id(n), as_of).expect("it was there")));
    push("get, as of an instant", took, None, "");
    let page = Find { limit: Some(80), as_of: Some(as_of), ..Find::all() };
    let took = median(3, |_| drop(s.leads().find(&page).expect("a page")));
    push("list page of 80 records, as of an instant", took, None, "");
    let open = Filter::parse("won_status = \"pending\"").expect("a plain filter");
    let took = median(3, |_| {
        assert!(s.leads().count_as_of(Some(&open), as_of).expect("a number") > 0);
    });
    push("count of open leads, as of an instant", took, None, "");
    let by = vec![ForecastKey::Month, ForecastKey::TeamId];
    let query = ForecastQuery { by, as_of: Some(as_of), ..ForecastQuery::default() };
    let took = median(3, |_| drop(s.forecast().weighted(&query).expect("a forecast")));
    push("weighted forecast by month and team, as of an instant", took, None, "");
    let as_of = Some(AsOf { axis: Axis::Known, ..as_of });
    let known = ForecastQuery { as_of, ..query };
    let took = median(3, |_| drop(s.forecast().weighted(&known).expect("a forecast")));
    push("the same, by what was known then", took, None, "");
}

fn report(lines: &[Line]) {
    println!("\n| what | leads | ours | rival | ratio | target |\n|---|---:|---:|---:|---:|---|");
    for line in lines {
        let rival = line.rival.map_or(String::new(), |rival| format!("{rival:.3?}"));
        let ratio = line.rival.map_or(String::new(), |rival| {
            format!("{:.2}", line.ours.as_secs_f64() / rival.as_secs_f64().max(1e-12))
        });
        println!(
            "| {} | {} | {:.3?} | {rival} | {ratio} | {} |",
            line.what, line.size, line.ours, line.target
        );
    }
}
