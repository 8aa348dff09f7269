//! Assignment: planning 50,000 leads over 500 members by both sets of rules, and doing a plan.
//!
//! `CRM_BENCH=100000 cargo bench --bench assign` takes so many leads, of which a twentieth waits for a salesperson; unless said otherwise a million.
//! Fifty teams have a territory each (a filter of the lead alone), ten members each who differ by what they may be given. The rival reads the same
//! leads with plain rusqlite from the same file, knows the territories by a hash map instead of filters, and lets members take turns in a
//! loop: no reasons, no duplicates, no customers, no proof.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::cast_possible_wrap, reason = "sizes are far below any integer's end")]

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crm_core::{Assign, AssignDeed, AssignRules, Crm, Session, fields};

const TEAMS: usize = 50;
const MEMBERS: usize = 10;

fn main() {
    let sizes = std::env::var("CRM_BENCH").unwrap_or_else(|_| "1000000".to_owned());
    let folder = std::env::temp_dir().join(format!("crm-bench-assign-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    println!("\n| what | leads | ours | rival | ratio | target |\n|---|---:|---:|---:|---:|---|");
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<usize>().ok()) {
        run(&folder.join(format!("{size}.crm")), size);
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn country(n: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
    format!("{}{}", letter(n / 26), letter(n))
}

/// Teams with a territory, members who may be given their share of what waits each day.
fn office(s: &Session, waiting: usize) -> Vec<i64> {
    s.teams().update(crm_core::TeamId(1), fields! { assignment_optout: true }).expect("a team");
    let most = 30 * waiting.div_ceil(TEAMS * MEMBERS) as i64;
    let mut users = Vec::new();
    for team in 0..TEAMS {
        let filter = format!("country_code = \"{}\"", country(team));
        let named = fields! { name: format!("Team {team}"), assignment_filter: filter };
        let id = s.teams().create(named).expect("a team").id;
        for member in 0..MEMBERS {
            let login = format!("u{team}-{member}");
            let user = s.users().create(fields! { name: login }).expect("a user").id;
            let own = format!("priority >= {}", member % 3);
            let given = fields! { assignment_max: most, assignment_filter: own };
            s.teams().add_member(id, user, given).expect("a member");
            users.push(user.0);
        }
    }
    users
}

fn fill(s: &Session, size: usize, waiting: usize, users: &[i64]) {
    for start in (0..size).step_by(50_000) {
        let lead = |n: usize| {
            let mixed = n.wrapping_mul(0x9e37_79b9) >> 7;
            let owner = (n >= waiting).then(|| users[mixed % users.len()]);
            fields! {
                name: format!("Lead {n}"),
                country_code: country(mixed % TEAMS),
                priority: (mixed % 4) as i64,
                probability: (mixed % 97) as i64,
                user_id: owner.map_or(crm_core::Value::Null, crm_core::Value::Int),
                team_id: crm_core::Value::Null,
            }
        };
        let drafts = (start..size.min(start + 50_000)).map(lead).collect();
        s.leads().create_many(drafts).expect("leads");
    }
}

/// Reads what waits, by territory, the best chances first, and lets ten take turns.
fn rival(path: &Path, quota: usize) -> (Duration, usize) {
    let conn = rusqlite::Connection::open(path).expect("the file");
    let begun = Instant::now();
    let sql = "SELECT id, country_code, priority, COALESCE(manual_probability, 0) FROM lead \
               WHERE user_id IS NULL AND active AND won_status = 0 ORDER BY 4 DESC, id";
    let mut asked = conn.prepare(sql).expect("a statement");
    let mut pools: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
    let mut rows = asked.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let territory: String = row.get(1).expect("a country");
        let lead = (row.get(0).expect("an id"), row.get(2).expect("a priority"));
        pools.entry(territory).or_default().push(lead);
    }
    let mut given = 0;
    for pool in pools.values() {
        let mut left = [quota; MEMBERS];
        let mut turn = 0;
        for (_, priority) in pool {
            for step in 0..MEMBERS {
                let member = (turn + step) % MEMBERS;
                if left[member] > 0 && *priority >= (member % 3) as i64 {
                    left[member] -= 1;
                    turn = member + 1;
                    given += 1;
                    break;
                }
            }
        }
    }
    (begun.elapsed(), given)
}

fn run(path: &Path, size: usize) {
    let waiting = size.div_ceil(20);
    let crm = Crm::open(path.to_str().expect("a path")).expect("a new file");
    let s = crm.session(None, None).expect("a session");
    let users = office(&s, waiting);
    fill(&s, size, waiting, &users);
    let (theirs, loop_gave) = rival(path, waiting.div_ceil(TEAMS * MEMBERS));
    let line = |what: &str, count: usize, ours: Duration, target: &str| {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("| {what} | {count} | {ours:.3?} | {theirs:.3?} | {ratio:.2} | {target} |");
    };
    let mut last = None;
    for (rules, target) in [(AssignRules::Optimal, "≤ 10 s"), (AssignRules::Reference, "≤ 2 s")]
    {
        let asked = Assign { rules, ..Assign::default() };
        let begun = Instant::now();
        let plan = s.assignment().plan(&asked).expect("a plan");
        let ours = begun.elapsed();
        let given = plan.steps.iter().filter(|step| step.what == AssignDeed::Assign).count();
        let what = format!("plan, {}: {given} given (rival {loop_gave})", rules.word());
        line(&what, waiting, ours, target);
        last = Some(plan);
    }
    let begun = Instant::now();
    let done = s.assignment().run(&last.expect("a plan")).expect("it is done");
    line("run that plan (beside the rival's reading)", done.assigned, begun.elapsed(), "");
}
