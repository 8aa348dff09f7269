//! The floors: the same rows read and written by hand, without any rule.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, params};

/// Columns beside the tags: team, stage, and the fields that count.
const COLUMNS: &str = "lead.id, won_status, team_id, stage_id, source_id, medium_id, campaign_id, country_code, state_code, lang, priority, \
                       user_id, expected_revenue";
const FIRST: usize = 3;
const LAST: usize = 12;
/// Most values that a column of the world has, and teams.
const VALUES: usize = 64;
const TEAMS: usize = 16;

/// A connection with the pragmas of the library's writer.
pub(crate) fn connect(file: &Path) -> Connection {
    let conn = Connection::open(file).expect("the bench's file opens");
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; \
         PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000",
    )
    .expect("pragmas");
    conn
}

/// Values as small numbers: whole numbers are their own, texts are numbered as they come, money falls into ten bins.
#[derive(Default)]
struct Codes(Vec<HashMap<Vec<u8>, usize>>);

impl Codes {
    fn of(&mut self, column: usize, value: ValueRef<'_>) -> usize {
        match value {
            ValueRef::Integer(number) if column == LAST => {
                usize::try_from(number / 1_000_000).unwrap_or(0).min(VALUES - 1)
            }
            ValueRef::Integer(number) => usize::try_from(number).unwrap_or(0).min(VALUES - 1),
            ValueRef::Text(text) => {
                if self.0.len() <= column {
                    self.0.resize(column + 1, HashMap::new());
                }
                let known = self.0[column].len();
                match self.0[column].get(text) {
                    Some(code) => *code,
                    None => *self.0[column].entry(text.to_vec()).or_insert(known),
                }
            }
            _ => 0,
        }
    }
}

/// Reads leads in the order of their ids, with their tags; hands out won, team and the codes of the values.
fn scan(conn: &Connection, which: &str, mut take: impl FnMut(bool, usize, &[usize])) {
    let mut leads = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM lead WHERE {which} ORDER BY lead.id"))
        .expect("a statement");
    let mut tags = conn
        .prepare_cached("SELECT lead_id, tag_id FROM lead_tag ORDER BY lead_id, tag_id")
        .expect("a statement");
    let (mut leads, mut tags) = (leads.query([]).expect("leads"), tags.query([]).expect("tags"));
    let (mut codes, mut values) = (Codes::default(), Vec::new());
    let mut tag = (0_i64, 0_u32);
    while let Some(row) = leads.next().expect("a lead") {
        let id: i64 = row.get(0).expect("an id");
        values.clear();
        for at in FIRST..=LAST {
            values.push(codes.of(at, row.get_ref(at).expect("a value")));
        }
        while tag.0 < id {
            let Some(next) = tags.next().expect("a tag") else { break };
            tag = (next.get(0).expect("an id"), next.get(1).expect("an id"));
        }
        values.push(if tag.0 == id { (tag.1 as usize).min(VALUES - 1) } else { 0 });
        let team = row.get::<_, Option<u32>>(2).expect("a team").unwrap_or(0) as usize;
        take(row.get::<_, i64>(1).expect("a status") == 1, team.min(TEAMS - 1), &values);
    }
}

/// Counts every closed lead by team, column and value; answers how many there were.
pub(crate) fn count(conn: &Connection) -> i64 {
    let columns = LAST - FIRST + 2;
    let mut counts = vec![[0_i64; 2]; TEAMS * columns * VALUES];
    let mut all = 0;
    scan(conn, "won_status <> 0", |won, team, values| {
        all += 1;
        for (column, code) in values.iter().enumerate() {
            counts[(team * columns + column) * VALUES + code][usize::from(won)] += 1;
        }
    });
    assert!(counts.iter().any(|count| count[1] > 0), "some are won");
    all
}

/// Scores every open lead by a table of weights, and compares it with what is stored.
pub(crate) fn score(conn: &Connection) {
    let columns = LAST - FIRST + 2;
    let weights: Vec<f64> =
        (0..TEAMS * columns * VALUES).map(|at| (at % 17) as f64 / 100.0 - 0.08).collect();
    let mut stored = conn
        .prepare_cached("SELECT lead_id, automated_probability FROM lead_score ORDER BY lead_id")
        .expect("a statement");
    let mut stored = stored.query([]).expect("scores");
    let (mut sum, mut differ) = (0.0, 0_i64);
    scan(conn, "won_status = 0 AND active", |_, team, values| {
        let odds: f64 = values
            .iter()
            .enumerate()
            .map(|(column, code)| weights[(team * columns + column) * VALUES + code])
            .sum();
        let chance = 1.0 / (1.0 + (-odds).exp());
        sum += chance;
        let row = stored.next().expect("a score").expect("as many scores as leads");
        differ += i64::from(row.get::<_, i64>(1).expect("ppm") as f64 / 1e6 > chance);
    });
    assert!(sum > 0.0 && differ >= 0, "the work is done");
}

/// Makes one open score in `every` wrong, so that there is something to change; the weights of the kept counts with it.
pub(crate) fn disturb(conn: &Connection, n: i64, every: i64) {
    let which = "lead_id % ?1 = ?2 % ?1 AND lead_id IN (SELECT id FROM lead WHERE won_status = 0)";
    let sql = format!(
        "UPDATE lead_score SET automated_probability = automated_probability + 100 WHERE {which}"
    );
    conn.execute(&sql, params![every, n]).expect("scores");
    conn.execute_batch(include_str!("../pipeline/reweigh.sql")).expect("weights");
}

/// Writes the same number of scores and of lines in their log, in one transaction; how long that took.
pub(crate) fn write(conn: &Connection, n: i64, every: i64) -> Duration {
    let which = "SELECT lead_id, automated_probability FROM lead_score WHERE lead_id % ?1 = ?2 % ?1 \
                 AND lead_id IN (SELECT id FROM lead WHERE won_status = 0)";
    let mut rows = conn.prepare_cached(which).expect("a statement");
    let mut put = held(conn, "UPDATE lead_score SET automated_probability = ?2 WHERE lead_id = ?1");
    let mut log = held(conn, "INSERT INTO score_log VALUES (?1, ?3, ?2, 3)");
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
    let rows: Vec<(i64, i64)> = rows
        .query_map(params![every, n], read)
        .expect("scores")
        .collect::<rusqlite::Result<_>>()
        .expect("scores");
    let begun = Instant::now();
    conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    for (lead, ppm) in rows {
        put.execute(params![lead, ppm]).expect("a score");
        log.execute(params![lead, ppm, 1_000_000_000 + n]).expect("a line");
    }
    drop((put, log));
    conn.execute_batch("COMMIT").expect("a commit");
    let took = begun.elapsed();
    conn.execute("DELETE FROM score_log WHERE run > 999999999", []).expect("the floor's log goes");
    took
}

fn held<'c>(conn: &'c Connection, sql: &str) -> CachedStatement<'c> {
    conn.prepare_cached(sql).expect("a statement")
}

/// Sets a column of every open lead and adds a state to its history, in one statement each and one commit; how long that took.
pub(crate) fn remember(conn: &Connection) -> Duration {
    let begun = Instant::now();
    conn.execute_batch(
        "BEGIN IMMEDIATE; \
         UPDATE lead SET probability_policy = probability_policy WHERE won_status = 0; \
         INSERT INTO lead_history SELECT lead_id, 1000000, known_at, effective_at, user_id_by, deleted, kind, company_id, currency, partner_id, \
         user_id, team_id, stage_id, expected_revenue, recurring_revenue, recurring_plan_id, manual_probability, forecast_category, \
         date_deadline, won_status, lost_reason_id, active, on_hold, probability_policy FROM lead_history AS was \
         WHERE seq = 1 AND won_status = 0; \
         COMMIT",
    )
    .expect("states");
    let took = begun.elapsed();
    conn.execute("DELETE FROM lead_history WHERE seq = 1000000", [])
        .expect("the floor's states go");
    took
}

/// Writes about as many rows as one closing does, into the same tables, one commit; how long that took.
pub(crate) fn close(conn: &Connection, lead: i64) -> Duration {
    let begun = Instant::now();
    conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    let run = |sql: &str| held(conn, sql).execute([lead]).expect("a row");
    run(
        "UPDATE lead SET write_date = write_date, stage_id = stage_id, date_closed = date_closed, won_status = won_status WHERE id = ?1",
    );
    run("UPDATE lead_score SET automated_probability = automated_probability WHERE lead_id = ?1");
    run(
        "INSERT INTO lead_history SELECT lead_id, 1000, known_at, effective_at, user_id_by, deleted, kind, company_id, currency, partner_id, \
         user_id, team_id, stage_id, expected_revenue, recurring_revenue, recurring_plan_id, manual_probability, forecast_category, \
         date_deadline, won_status, lost_reason_id, active, on_hold, probability_policy FROM lead_history WHERE lead_id = ?1 AND seq = 1",
    );
    run("INSERT INTO score_log VALUES (?1, 2000000000, 1000000, 5)");
    for _ in 0..3 {
        run("INSERT INTO feed (date, event, kind, record_id) VALUES (0, 'floor', 'lead', ?1)");
    }
    for variable in super::FIELDS.iter().chain(["stage_id"].iter()) {
        held(
            conn,
            "UPDATE score_count SET won = won + 0 WHERE team_id = 1 + ?2 % 12 AND variable = ?1 AND value = '1'",
        )
        .execute(params![variable, lead])
        .expect("a counter");
        held(conn, "UPDATE score_weight SET seen = seen + 0 WHERE variable = ?1 AND value = '1'")
            .execute([variable])
            .expect("a weight");
    }
    held(conn, "UPDATE score_model SET state = state || '' WHERE part = 'weights'")
        .execute([])
        .expect("the weights");
    for grain in 0..4 {
        held(
            conn,
            "UPDATE lead_tally SET n = n + 0 WHERE grain = ?1 AND outcome = 0 AND company_id = 0 AND team_id = 2 AND stage_id = 1 AND user_id = 1 \
             AND kind = 1 AND currency = 'EUR' AND period = 0",
        )
        .execute([grain % 2])
        .expect("a cell");
    }
    conn.execute_batch("COMMIT").expect("a commit");
    let took = begun.elapsed();
    conn.execute("DELETE FROM lead_history WHERE lead_id = ?1 AND seq = 1000", [lead])
        .expect("the floor's state goes");
    conn.execute("DELETE FROM score_log WHERE run = 2000000000", []).expect("the floor's log goes");
    took
}
