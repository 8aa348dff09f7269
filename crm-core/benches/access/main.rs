//! What seeing less costs: lists, counts, boards and forecasts of those who see a part, beside the same of who sees all, in the same run.
//!
//! `CRM_BENCH=100000 cargo bench --bench access` takes so many leads; unless said otherwise a million. Ten teams in two companies, a hundred
//! salespeople who have as many each, a twentieth nobody's. The target is twice the unrestricted question; of a rule that asks for a country,
//! twice the same question of who sees all and asks for that country.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::cast_possible_wrap, reason = "sizes are far below any integer's end")]

use std::path::Path;
use std::time::{Duration, Instant};

use crm_core::forecast::{ForecastKey, ForecastQuery};
use crm_core::{
    CompanyId, Crm, Filter, Find, RuleId, Session, TeamId, Timestamp, UserId, Value, fields,
};

const TEAMS: usize = 10;
const USERS: usize = 100;

fn main() {
    let sizes = std::env::var("CRM_BENCH").unwrap_or_else(|_| "1000000".to_owned());
    let folder = std::env::temp_dir().join(format!("crm-bench-access-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    println!("\n| question | who | leads | seen | restricted | of all | ratio | target |");
    println!("|---|---|---:|---:|---:|---:|---:|---|");
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<usize>().ok()) {
        run(&folder.join(format!("{size}.crm")), size);
    }
    let _ = std::fs::remove_dir_all(&folder);
}

struct Office {
    companies: [CompanyId; 2],
    teams: Vec<TeamId>,
    users: Vec<UserId>,
}

fn office(s: &Session) -> Office {
    let other =
        s.companies().create(fields! { name: "Other", currency: "EUR" }).expect("a company");
    let companies = [CompanyId(1), other.id];
    let team =
        |n: usize| s.teams().create(fields! { name: format!("Team {n}") }).expect("a team").id;
    let teams: Vec<TeamId> = (0..TEAMS).map(team).collect();
    let user = |n: usize| {
        let card = fields! { name: format!("User {n}"), login: format!("u{n}"), role: "own" };
        let user = s.users().create(card).expect("a user").id;
        s.teams().add_member(teams[n % TEAMS], user, fields! {}).expect("a member");
        user
    };
    Office { companies, teams: teams.clone(), users: (0..USERS).map(user).collect() }
}

fn fill(s: &Session, size: usize, office: &Office) {
    for start in (0..size).step_by(50_000) {
        let lead = |n: usize| {
            let mixed = n.wrapping_mul(0x9e37_79b9) >> 7;
            let own = mixed % USERS;
            let owner = (!mixed.is_multiple_of(20)).then(|| office.users[own].0);
            fields! {
                name: format!("Lead {n}"),
                priority: (mixed / 7 % 4) as i64,
                country_code: if mixed.is_multiple_of(3) { "FR" } else { "DE" },
                expected_revenue: (mixed % 5_000) as i64,
                date_deadline: format!("2026-{:02}-{:02}", 1 + mixed % 12, 1 + mixed / 12 % 28),
                user_id: owner.map_or(Value::Null, Value::Int),
                team_id: office.teams[own % TEAMS],
                company_id: office.companies[own % 2],
            }
        };
        let drafts = (start..size.min(start + 50_000)).map(lead).collect();
        s.leads().create_many(drafts).expect("leads");
    }
}

/// The median of seven.
fn median(mut work: impl FnMut()) -> Duration {
    work();
    let mut taken: Vec<Duration> = (0..7)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[3]
}

/// What is asked, by name; beside what a filter asks for.
type Question = (&'static str, fn(&Session, Option<&str>));

const QUESTIONS: [Question; 7] = [
    ("list page", |s, such| page(s, None, such, None)),
    ("list page by revenue", |s, such| page(s, Some("expected_revenue desc"), such, None)),
    ("filtered page", |s, such| page(s, None, such, Some(LARGE))),
    ("count", |s, such| {
        s.leads().count(filter(such, None).as_ref()).expect("a number");
    }),
    ("filtered count", |s, such| {
        s.leads().count(filter(such, Some(LARGE)).as_ref()).expect("a number");
    }),
    ("board", |s, such| drop(s.forecast().board(filter(such, None).as_ref()).expect("a board"))),
    ("forecast by month", |s, such| {
        let filter = filter(such, None);
        let query =
            ForecastQuery { by: vec![ForecastKey::Month], filter, ..ForecastQuery::default() };
        s.forecast().weighted(&query).expect("a forecast");
    }),
];

/// A fifth of the leads.
const LARGE: &str = "expected_revenue > 4000.00";

fn filter(such: Option<&str>, also: Option<&str>) -> Option<Filter> {
    let parts: Vec<String> = [such, also].into_iter().flatten().map(|f| format!("({f})")).collect();
    let both = parts.join(" and ");
    (!both.is_empty()).then(|| Filter::parse(&both).expect("a filter"))
}

fn page(s: &Session, order: Option<&str>, such: Option<&str>, also: Option<&str>) {
    let order = order.map(str::to_owned);
    let find = Find { filter: filter(such, also), order, limit: Some(80), ..Find::default() };
    s.leads().find(&find).expect("a page");
}

fn run(path: &Path, size: usize) {
    let crm = Crm::open(path.to_str().expect("a path")).expect("a new file");
    let now = Timestamp::parse("2026-03-02T09:00:00Z").expect("an instant");
    let s = crm.session(None, Some(now)).expect("a session");
    let office = office(&s);
    fill(&s, size, &office);
    let asked = |such: Option<&str>| -> Vec<Duration> {
        QUESTIONS.iter().map(|(_, ask)| median(|| ask(&s, such))).collect()
    };
    let french = "country_code = \"FR\"";
    let (of_all, of_french) = (asked(None), asked(Some(french)));
    let me = office.users[0];
    let rule = |filter: &str| -> RuleId {
        let rule = fields! { name: "narrow", record: "lead", user_id: me, filter: filter };
        s.rules().create(rule).expect("a rule").id
    };
    let one = || vec![rule(french)];
    let keyed = || vec![rule("kind = \"opportunity\"")];
    type Who<'w> = (&'w str, &'w str, Option<CompanyId>, &'w dyn Fn() -> Vec<RuleId>);
    let whos: [Who<'_>; 7] = [
        ("own", "own", None, &Vec::new),
        ("team", "team", None, &Vec::new),
        ("company", "company", Some(CompanyId(1)), &Vec::new),
        ("all, of one company", "all", Some(CompanyId(1)), &Vec::new),
        ("all, with a rule of a key", "all", None, &keyed),
        ("all, with a rule", "all", None, &one),
        ("own, with a rule", "own", None, &one),
    ];
    for (who, role, company, rules) in whos {
        let company = company.map_or(Value::Null, Value::from);
        s.users().update(me, fields! { role: role, company_id: company }).expect("a role");
        let rules = rules();
        let theirs = crm.session(Some(me.into()), Some(now)).expect("a session");
        let seen = theirs.leads().count(None).expect("a number");
        // Beside a rule stands who sees all and asks for the same.
        let all = if who.ends_with("with a rule") { &of_french } else { &of_all };
        for ((what, ask), all) in QUESTIONS.iter().zip(all) {
            let taken = median(|| ask(&theirs, None));
            let ratio = taken.as_secs_f64() / all.as_secs_f64();
            println!(
                "| {what} | {who} | {size} | {seen} | {taken:.3?} | {all:.3?} | {ratio:.2} | ≤ 2 |"
            );
        }
        for rule in rules {
            s.rules().delete(rule).expect("it goes");
        }
    }
}
