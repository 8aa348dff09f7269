//! Both engines side by side: the same leads, the same questions, on a file and on the server that `CRM_BENCH_URL` names.
//!
//! `CRM_BENCH=10000,100000` chooses the sizes. Each size gets a schema of its own, which is dropped at the end. Medians; bulk work is
//! a single run. Reads are warm. The last lines: programs that write at once (connections of their own, as processes have; medians of five turns), and the
//! whole database copied from one engine to the other.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::cast_possible_truncation, reason = "sizes are far below any integer's end")]
#![expect(clippy::cast_precision_loss, reason = "verbs a second")]

#[path = "../pipeline/world.rs"]
mod world;

use std::path::Path;
use std::time::{Duration, Instant};

use crm_core::forecast::{ForecastKey, ForecastQuery};
use crm_core::score::ScoreConfig;
use crm_core::{
    Crm, Date, Fields, Filter, Find, LeadId, Progress, Session, Timestamp, copy, fields,
};

/// What was measured, in words.
type Lines = Vec<(String, String)>;

fn once<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    drop(work());
    start.elapsed()
}

fn median(times: usize, mut work: impl FnMut(usize)) -> Duration {
    let mut taken: Vec<Duration> = (0..times).map(|n| once(|| work(n))).collect();
    taken.sort_unstable();
    taken[times / 2]
}

fn main() {
    let Ok(url) = std::env::var("CRM_BENCH_URL") else {
        eprintln!(
            "CRM_BENCH_URL names no server; `CRM_BENCH_URL=postgres://user@host/database cargo bench --bench engines`"
        );
        return;
    };
    let sizes = std::env::var("CRM_BENCH").unwrap_or_else(|_| "10000,100000".to_owned());
    let folder = std::env::temp_dir().join(format!("crm-engines-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    println!("| what | leads | file | server |\n|---|---:|---:|---:|");
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<usize>().ok()) {
        compare(&folder, &url, size);
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn compare(folder: &Path, url: &str, size: usize) {
    let path = |name: &str| {
        folder.join(format!("{name}-{size}.crm")).to_str().expect("the path is text").to_owned()
    };
    let sign = if url.contains('?') { '&' } else { '?' };
    let names =
        ["ours", "copied"].map(|name| format!("bench_{}_{size}_{name}", std::process::id()));
    let schema = |at: usize| format!("{url}{sign}schema={}", names[at]);
    let (file, server) = (path("ours"), schema(0));
    let on_file = measure(&file, size);
    let on_server = measure(&server, size);
    let nobody = || Progress::none();
    let over = once(|| copy(&file, &schema(1), &mut nobody()).expect("an empty schema is filled"));
    let back = once(|| copy(&server, &path("back"), &mut nobody()).expect("a new file is filled"));
    for ((what, here), (_, there)) in on_file.iter().zip(&on_server) {
        println!("| {what} | {size} | {here} | {there} |");
    }
    println!("| copy to the other engine | {size} | {over:.3?} | {back:.3?} |");
    let mut client =
        postgres::Client::connect(url, postgres::NoTls).expect("it was reached before");
    for name in names {
        client.batch_execute(&format!("DROP SCHEMA {name} CASCADE")).expect("it is ours");
    }
}

fn measure(target: &str, size: usize) -> Lines {
    let crm = Crm::open(target).expect("a new database opens");
    let now = Timestamp::parse("2026-03-02T09:00:00Z").expect("a plain instant");
    let s = crm.session(None, Some(now)).expect("the administrator's session opens");
    let office = world::office(&s);
    let mut lines = Lines::new();
    let mut push = |what: &str, taken: Duration| {
        eprintln!("{size:>8} {what}: {taken:?}");
        lines.push((what.to_owned(), format!("{taken:.3?}")));
    };
    let mut bulk = Duration::ZERO;
    for start in (0..size).step_by(50_000) {
        let drafts: Vec<Fields> =
            (start..size.min(start + 50_000)).map(|n| world::lead(n as u64, &office)).collect();
        bulk += once(|| s.leads().create_many(drafts).expect("the world's leads can be created"));
    }
    push("bulk create", bulk);
    let one = |n: usize| drop(s.leads().create(world::lead((size + n) as u64, &office)));
    push("single create", median(101, one));
    let id = |n: usize| LeadId(((n * 104_729) % size + 1) as i64);
    let change = |n: usize| {
        let revenue = fields! { expected_revenue: 1_000 + n as i64 };
        s.leads().update(id(n), revenue).expect("it exists");
    };
    push("update", median(101, change));
    push("get", median(501, |n| drop(s.leads().get(id(n)).expect("it exists"))));
    let page = Find { limit: Some(80), ..Find::all() };
    push("page of 80", median(51, |_| drop(s.leads().find(&page).expect("a page"))));
    push("board", median(51, |_| drop(s.forecast().board(None).expect("a board"))));
    let start = Date::new(2026, 1, 1).expect("a plain date");
    let config = ScoreConfig { start_date: Some(start), ..ScoreConfig::default() };
    s.score().configure(&config).expect("a plain date");
    let rebuild = |_| {
        let run = s.score().rebuild(&mut Progress::none()).expect("it teaches something");
        assert!(run.scored > 0, "open leads are scored");
    };
    push("rebuild + recompute", median(3, rebuild));
    let by = vec![ForecastKey::Month, ForecastKey::TeamId];
    let kept = ForecastQuery { by: by.clone(), ..ForecastQuery::default() };
    let filter = Some(Filter::parse("priority >= 0").expect("a plain filter"));
    let scanned = ForecastQuery { by, filter, ..ForecastQuery::default() };
    for (what, query) in [("kept counts", &kept), ("over the leads", &scanned)] {
        let ask = |_| drop(s.forecast().weighted(query).expect("a forecast"));
        push(&format!("weighted forecast, {what}"), median(5, ask));
    }
    assert_eq!(crm.verify().expect("it can be read").len(), 0, "kept counts equal the leads");
    // In turn, so that what else the machine does falls on both alike.
    let mut rates = [(2, Vec::new()), (16, Vec::new())];
    for _ in 0..TURNS {
        for (programs, rates) in &mut rates {
            rates.push(together(target, *programs));
        }
    }
    for (programs, mut rates) in rates {
        rates.sort_by(f64::total_cmp);
        let rate = format!("{:.0} verbs/s", rates[TURNS / 2]);
        lines.push((format!("{programs} programs that write"), rate));
    }
    lines
}

/// How often each number of programs is measured.
const TURNS: usize = 5;

/// Verbs a second that so many programs do together, each on deals of its own.
fn together(target: &str, programs: usize) -> f64 {
    /// Of all programs together.
    const ROUNDS: usize = 800;
    /// A server plans a statement the first five times, and keeps the plan then.
    const WARM: usize = 6;
    let is_server = target.contains("://");
    // A file has one handle in a process; a server gives each its own connections, as to processes.
    let open = |n: usize| {
        let name =
            if is_server { format!("{target}&application_name=b{n}") } else { target.to_owned() };
        Crm::open(&name).expect("it is open already")
    };
    let all: Vec<Crm> = (0..programs).map(open).collect();
    let sessions: Vec<Session> =
        all.iter().map(|crm| crm.session(None, None).expect("a session opens")).collect();
    let round = |s: &Session| {
        let draft = fields! { name: "Fleet lease", expected_revenue: 100 };
        let lead = s.leads().create(draft).expect("it can be created").id;
        s.leads().update(lead, fields! { priority: 2 }).expect("it exists");
        s.leads().mark_won(lead).expect("it can be won");
    };
    let all_together = |rounds: usize| {
        std::thread::scope(|scope| {
            for s in &sessions {
                scope.spawn(move || (0..rounds).for_each(|_| round(s)));
            }
        });
    };
    all_together(WARM);
    let taken = once(|| all_together(ROUNDS / programs));
    (3 * ROUNDS) as f64 / taken.as_secs_f64()
}
