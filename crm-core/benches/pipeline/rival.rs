//! The rival: plain rusqlite, by hand, on the same tables and indexes, without a single rule.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params};

/// How long writing the same rows took.
pub(crate) struct Copied {
    /// All tables.
    pub(crate) all: Duration,
    /// The lead's row and its text alone.
    pub(crate) lead_alone: Duration,
}

/// Tables with rows per lead, and the column that names it.
const TABLES: [(&str, &str); 8] = [
    ("lead", "id"),
    ("lead_text", "lead_id"),
    ("lead_tag", "lead_id"),
    ("lead_score", "lead_id"),
    ("score_log", "lead_id"),
    ("lead_history", "lead_id"),
    ("feed_personal", "record_id"),
    ("feed", "record_id"),
];

fn connect(path: &Path) -> Connection {
    let conn = Connection::open(path).expect("the file opens");
    conn.set_prepared_statement_cache_capacity(128);
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .expect("a setting");
    conn.create_scalar_function(
        "crm_like",
        3,
        rusqlite::functions::FunctionFlags::SQLITE_UTF8,
        |_| Ok(0),
    )
    .expect("a function");
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; \
         PRAGMA mmap_size = 1073741824; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF;",
    )
    .expect("pragmas");
    conn
}

fn schema(from: &Connection, to: &Connection) {
    let mut statement = from
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC")
        .expect("a schema");
    let all: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("a schema")
        .map(|sql| sql.expect("text"))
        .collect();
    to.execute_batch(&all.join(";\n")).expect("the same schema");
}

fn rows(conn: &Connection, sql: &str, range: [i64; 2]) -> Vec<Vec<Value>> {
    let mut statement = conn.prepare_cached(sql).expect("a statement");
    let columns = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| {
        (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<Value>>>()
    };
    statement.query_map(range, read).expect("rows").map(|row| row.expect("a row")).collect()
}

/// Writes the rows of `file` into a new file, in transactions of `step` leads as ours are; only the writing is timed.
pub(crate) fn bulk(file: &Path, copy: &Path, step: usize) -> Copied {
    let from = connect(file);
    let to = connect(copy);
    schema(&from, &to);
    let most: i64 =
        from.query_row("SELECT max(id) FROM lead", [], |row| row.get(0)).expect("leads");
    let (mut all, mut lead_alone) = (Duration::ZERO, Duration::ZERO);
    for start in (1..=most).step_by(step) {
        to.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        for (table, key) in TABLES {
            let only = if table.starts_with("feed") { " AND kind = 'lead'" } else { "" };
            let sql = format!("SELECT * FROM {table} WHERE {key} >= ?1 AND {key} < ?2{only}");
            let read = rows(&from, &sql, [start, start + step as i64]);
            let Some(first) = read.first() else { continue };
            let marks = vec!["?"; first.len()].join(", ");
            let mut insert = to
                .prepare_cached(&format!("INSERT INTO {table} VALUES ({marks})"))
                .expect("a statement");
            let begun = Instant::now();
            for row in &read {
                for (at, value) in row.iter().enumerate() {
                    insert.raw_bind_parameter(at + 1, value).expect("a value");
                }
                insert.raw_execute().expect("the same row");
            }
            let took = begun.elapsed();
            all += took;
            if matches!(table, "lead" | "lead_text") {
                lead_alone += took;
            }
        }
        let begun = Instant::now();
        to.execute_batch("COMMIT").expect("a commit");
        all += begun.elapsed();
    }
    Copied { all, lead_alone }
}

/// Reads by hand.
pub(crate) struct Plain(Connection);

impl Plain {
    pub(crate) fn open(file: &Path) -> Self {
        Self(connect(file))
    }

    fn select(&self, rest: &str) -> String {
        format!(
            "SELECT lead.*, lead_text.*, lead_score.*, \
             (SELECT string_agg(CAST(tag_id AS TEXT), ',') FROM lead_tag WHERE lead_tag.lead_id = lead.id), \
             (SELECT number_of_months FROM recurring_plan WHERE recurring_plan.id = lead.recurring_plan_id), \
             (SELECT rotting_days FROM stage WHERE stage.id = lead.stage_id), \
             (SELECT ppm FROM stage_chance WHERE stage_chance.team_id = COALESCE(lead.team_id, 0) AND stage_chance.stage_id = lead.stage_id) \
             FROM lead LEFT JOIN lead_text ON lead_text.lead_id = lead.id LEFT JOIN lead_score ON lead_score.lead_id = lead.id {rest}"
        )
    }

    fn read(&self, sql: &str, param: i64) -> Vec<Vec<Value>> {
        let mut statement = self.0.prepare_cached(sql).expect("a statement");
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<Value>>>()
        };
        statement.query_map([param], read).expect("rows").map(|row| row.expect("a row")).collect()
    }

    /// One lead with everything that belongs to it, as owned values.
    pub(crate) fn get(&self, id: i64) -> Vec<Vec<Value>> {
        self.read(&self.select("WHERE lead.id = ?1"), id)
    }

    /// The first page of the default list.
    pub(crate) fn page(&self, most: i64) -> Vec<Vec<Value>> {
        self.read(
            &self.select("WHERE lead.active ORDER BY lead.priority DESC, lead.id DESC LIMIT ?1"),
            most,
        )
    }

    /// Count and sums by stage, by scanning: without kept counts there is no other way.
    pub(crate) fn board(&self) -> Vec<Vec<Value>> {
        self.read(
            "SELECT stage_id, count(*), sum(expected_revenue), \
             sum(expected_revenue * COALESCE(manual_probability, automated_probability) / 1000000) \
             FROM lead LEFT JOIN lead_score ON lead_score.lead_id = lead.id WHERE active AND kind = ?1 GROUP BY stage_id",
            1,
        )
    }
}

/// Writes by hand.
pub(crate) struct Writer(Connection);

impl Writer {
    pub(crate) fn open(file: &Path) -> Self {
        Self(connect(file))
    }

    /// The rows that a change of expected revenue leaves: the lead's, a state in its history, an event, four kept counts.
    pub(crate) fn update(&self, times: usize, id: impl Fn(usize) -> i64) -> Duration {
        let c = &self.0;
        let mut taken: Vec<Duration> = (0..times)
            .map(|n| {
                let id = id(n);
                let begun = Instant::now();
                let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
                    c.prepare_cached(sql).expect("a statement").execute(params).expect("the same work")
                };
                run("BEGIN IMMEDIATE", &[]);
                run(
                    "UPDATE lead SET expected_revenue = ?2, version = version + 1, write_date = ?3, write_uid = NULL WHERE id = ?1",
                    params![id, 100_000 + n as i64, n as i64],
                );
                run(
                    "INSERT INTO lead_history SELECT lead_id, seq + 1, known_at, effective_at, user_id_by, deleted, kind, company_id, \
                     currency, partner_id, user_id, team_id, stage_id, ?2, recurring_revenue, recurring_plan_id, manual_probability, \
                     forecast_category, date_deadline, won_status, lost_reason_id, active, on_hold, probability_policy \
                     FROM lead_history WHERE lead_id = ?1 ORDER BY seq DESC LIMIT 1",
                    params![id, n as i64],
                );
                run(
                    "INSERT INTO feed (date, user_id, event, kind, record_id, data) VALUES (?1, NULL, 'lead.changed', 'lead', ?2, \
                     '{\"set\":{\"expected_revenue\":\"1000.00\"},\"was\":{\"expected_revenue\":\"900.00\"},\"version\":2}')",
                    params![n as i64, id],
                );
                for period in [0, 24_312] {
                    run(
                        "INSERT INTO lead_tally VALUES (9, 0, 0, 1, 1, 1, 1, 'EUR', ?1, 1, 5, 0, 5, 0) ON CONFLICT DO UPDATE SET \
                         n = n + 1, revenue = revenue + 5, weighted_low = weighted_low + 5",
                        params![period],
                    );
                }
                run("COMMIT", &[]);
                begun.elapsed()
            })
            .collect();
        taken.sort_unstable();
        taken[times / 2]
    }
}

/// Creates by hand, one commit each that waits for the disk, with the rows of the leads that are there.
pub(crate) fn durable(file: &Path, times: usize) -> Duration {
    let copy = file.with_extension("rival");
    let (from, to) = (connect(file), connect(&copy));
    schema(&from, &to);
    to.execute_batch("PRAGMA synchronous = FULL").expect("a pragma");
    let mut taken = Vec::new();
    for id in 1..=times as i64 {
        let read: Vec<(&str, Vec<Vec<Value>>)> = TABLES
            .iter()
            .map(|(table, key)| {
                (
                    *table,
                    rows(
                        &from,
                        &format!("SELECT * FROM {table} WHERE {key} >= ?1 AND {key} < ?2"),
                        [id, id + 1],
                    ),
                )
            })
            .collect();
        let begun = Instant::now();
        to.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        for (table, rows) in &read {
            for row in rows {
                let marks = vec!["?"; row.len()].join(", ");
                let sql = format!("INSERT OR IGNORE INTO {table} VALUES ({marks})");
                to.prepare_cached(&sql)
                    .expect("a statement")
                    .execute(rusqlite::params_from_iter(row))
                    .expect("the same row");
            }
        }
        to.execute_batch("COMMIT").expect("a commit");
        taken.push(begun.elapsed());
    }
    taken.sort_unstable();
    taken[times / 2]
}

/// Makes one open score in `every` wrong, so that a rebuild has something to change; the kept counts with it.
pub(crate) fn disturb(file: &Path, n: usize, every: i64) {
    let conn = connect(file);
    let which = "lead_id % ?1 = ?2 % ?1 AND lead_id IN (SELECT id FROM lead WHERE won_status = 0)";
    // A score that is off by nothing that weighs: the weights of the kept counts stay right, since revenue times the difference is
    // given back when the score is put right. To keep `verify` true in between is not needed; after the rebuild it is.
    let n = n as i64;
    conn.execute(&format!("UPDATE lead_score SET automated_probability = automated_probability + 100 WHERE {which}"), params![every, n])
        .expect("scores");
    reweigh(&conn);
}

/// Puts the weights of the kept counts where the disturbed scores say.
fn reweigh(conn: &Connection) {
    conn.execute_batch(include_str!("reweigh.sql")).expect("weights");
}

/// Counts, scores and writes by hand: one pass for the counts, one for the scores, changed values written.
pub(crate) fn rescore(file: &Path, n: usize) -> Duration {
    disturb(file, n, 10);
    let conn = connect(file);
    let begun = Instant::now();
    conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    let mut counts: HashMap<(i64, usize, String), (f64, f64)> = HashMap::new();
    let mut totals: HashMap<(i64, usize), (f64, f64)> = HashMap::new();
    let text = |value: rusqlite::types::ValueRef<'_>| match value {
        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
        rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    };
    let columns = "id, won_status, team_id, stage_id, phone_state, email_state, state_code, country_code, source_id, lang";
    let mut statement = conn
        .prepare(&format!("SELECT {columns} FROM lead WHERE won_status <> 0"))
        .expect("a statement");
    let mut closed = statement.query([]).expect("rows");
    while let Some(row) = closed.next().expect("a row") {
        let won = row.get::<_, i64>(1).expect("a status") == 1;
        let team = row.get::<_, Option<i64>>(2).expect("a team").unwrap_or(0);
        for at in 3..10 {
            let value = text(row.get_ref(at).expect("a value"));
            for slot in [
                counts.entry((team, at, value)).or_default(),
                totals.entry((team, at)).or_default(),
            ] {
                if won { slot.0 += 1.0 } else { slot.1 += 1.0 }
            }
        }
    }
    let sql = format!(
        "SELECT {columns}, automated_probability FROM lead JOIN lead_score ON lead_id = id WHERE won_status = 0 AND active"
    );
    let mut statement = conn.prepare(&sql).expect("a statement");
    let mut open = statement.query([]).expect("rows");
    let mut write = conn
        .prepare("UPDATE lead_score SET automated_probability = ?2 WHERE lead_id = ?1")
        .expect("a statement");
    let mut log =
        conn.prepare("INSERT INTO score_log VALUES (?2, ?1, ?3, 3)").expect("a statement");
    let (run, mut seen, mut sum) = (1_000_000 + n as i64, 0_i64, 0.0);
    while let Some(row) = open.next().expect("a row") {
        let team = row.get::<_, Option<i64>>(2).expect("a team").unwrap_or(0);
        let mut odds = 0.0;
        for at in 3..10 {
            let value = text(row.get_ref(at).expect("a value"));
            let (Some(own), Some(total)) =
                (counts.get(&(team, at, value)), totals.get(&(team, at)))
            else {
                continue;
            };
            odds += ((own.0 + 0.1) / (total.0 + 0.1)).ln() - ((own.1 + 0.1) / (total.1 + 0.1)).ln();
        }
        sum += 1.0 / (1.0 + f64::exp(-odds));
        seen += 1;
        if seen % 10 == 0 {
            let id = row.get::<_, i64>(0).expect("an id");
            let score = row.get::<_, i64>(10).expect("a score");
            write.execute(params![id, score]).expect("a score");
            log.execute(params![run, id, score]).expect("a score");
        }
    }
    assert!(sum >= 0.0);
    drop((open, closed));
    conn.execute("DELETE FROM score_log WHERE run = ?1", [run]).expect("the rival's log goes");
    conn.execute_batch("COMMIT").expect("a commit");
    begun.elapsed()
}
