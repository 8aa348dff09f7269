//! The rival: plain rusqlite, by hand, on the same file.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

/// The expression that the indexes on addresses hold.
fn by_domain(column: &str) -> String {
    format!(
        "(substr({column}, instr({column}, '@') + 1) || '@' || substr({column}, 1, instr({column}, '@') - 1))"
    )
}

pub(crate) fn connect(path: &Path) -> Connection {
    let conn = Connection::open(path).expect("the file opens");
    conn.set_prepared_statement_cache_capacity(128);
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .expect("a setting");
    conn.execute_batch(
        "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; \
         PRAGMA mmap_size = 1073741824; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF;",
    )
    .expect("pragmas");
    conn
}

/// Who shares the address, the phone number or the domain of a lead.
pub(crate) fn look(conn: &Connection, id: i64) -> Vec<(i64, String)> {
    let sql = "SELECT email_normalized, phone_normalized FROM lead_text WHERE lead_id = ?1";
    let mut statement = conn.prepare_cached(sql).expect("a statement");
    let found: Option<(Option<String>, Option<String>)> = statement
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .expect("an answer");
    let (email, phone) = found.unwrap_or_default();
    look_for(conn, &email.unwrap_or_default(), phone.as_deref())
}

pub(crate) fn look_for(conn: &Connection, email: &str, phone: Option<&str>) -> Vec<(i64, String)> {
    let (local, domain) = email.split_once('@').unwrap_or_default();
    let key = by_domain("lead_text.email_normalized");
    let part = |test: &str| {
        format!(
            "SELECT * FROM (SELECT lead.id, lead_text.email_normalized FROM lead_text JOIN lead ON lead.id = lead_text.lead_id \
             WHERE {test} AND lead.won_status = 0 AND lead.active LIMIT 21)"
        )
    };
    let sql = [
        part(&format!("lead_text.email_normalized IS NOT NULL AND {key} = ?1")),
        part("lead_text.phone_normalized = ?2"),
        part(&format!(
            "lead_text.email_normalized IS NOT NULL AND {key} >= ?3 || '@' AND {key} < ?3 || 'A'"
        )),
    ]
    .join(" UNION ");
    let mut statement = conn.prepare_cached(&sql).expect("a statement");
    let rows = statement
        .query_map(params![format!("{domain}@{local}"), phone, domain], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("an answer");
    rows.map(|row| row.expect("a row")).collect()
}

/// How many share an address or a phone number; their ids come along.
pub(crate) fn scan(conn: &Connection, table: &str) -> usize {
    let id = if table == "partner" { "id" } else { "lead_id" };
    let groups = |column: &str, key: &str| {
        let sql = format!(
            "SELECT {key}, group_concat({id}) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        );
        let mut statement = conn.prepare_cached(&sql).expect("a statement");
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .expect("an answer");
        let all: Vec<(String, Vec<i64>)> = rows
            .map(|row| row.expect("a row"))
            .map(|(key, ids)| (key, ids.split(',').filter_map(|id| id.parse().ok()).collect()))
            .collect();
        all.len()
    };
    groups("email_normalized", &by_domain("email_normalized"))
        + groups("phone_normalized", "phone_normalized")
}

fn run(conn: &Connection, sql: &str, params: &[Value]) {
    let mut statement = conn.prepare_cached(sql).expect("a statement");
    statement.execute(params_from_iter(params)).expect("a row");
}

fn row(conn: &Connection, sql: &str, id: i64) -> Vec<Value> {
    let mut statement = conn.prepare_cached(sql).expect("a statement");
    let columns = statement.column_count();
    statement.query_row([id], |row| (0..columns).map(|at| row.get(at)).collect()).expect("a row")
}

/// The next state of a lead, as its last one was.
fn remember(conn: &Connection, id: i64, now: i64) {
    let last =
        row(conn, "SELECT * FROM lead_history WHERE lead_id = ?1 ORDER BY seq DESC LIMIT 1", id);
    let marks: Vec<String> = (1..=last.len()).map(|n| format!("?{n}")).collect();
    let mut next = last;
    if let Value::Integer(seq) = next[1] {
        next[1] = Value::Integer(seq + 1);
    }
    next[2] = Value::Integer(now);
    next[3] = Value::Integer(now);
    run(conn, &format!("INSERT INTO lead_history VALUES ({})", marks.join(", ")), &next);
}

/// An entry in the feed, and what it keeps apart.
fn tell(conn: &Connection, event: &str, id: i64, now: i64) {
    const DATA: &str = r#"{"set":{"kind":"opportunity","date_conversion":"2026-03-02T09:00:00Z"},"was":{"kind":"lead"},"version":2}"#;
    run(
        conn,
        "INSERT INTO feed (date, user_id, event, kind, record_id, data) VALUES (?1, NULL, ?2, 'lead', ?3, ?4)",
        &[now.into(), event.to_owned().into(), id.into(), DATA.to_owned().into()],
    );
    let seq = conn.last_insert_rowid();
    run(
        conn,
        "INSERT INTO feed_personal (kind, record_id, seq, data) VALUES ('lead', ?1, ?2, ?3)",
        &[id.into(), seq.into(), DATA.to_owned().into()],
    );
}

/// The rows of a merge: the head's, the states and entries of all, what is kept to take it back, and what is gone.
pub(crate) fn merge(conn: &Connection, ids: &[i64]) {
    const NOW: i64 = 1_772_442_000_000_001;
    let image = format!("{{\"was\":{{{}}}}}", "\"name\":\"Fleet lease\",".repeat(20));
    conn.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let (head, tail) = (ids[0], &ids[1..]);
    for id in ids {
        row(
            conn,
            "SELECT * FROM lead JOIN lead_text ON lead_text.lead_id = lead.id JOIN lead_score ON lead_score.lead_id = lead.id WHERE lead.id = ?1",
            *id,
        );
        remember(conn, *id, NOW);
        tell(conn, "lead.changed", *id, NOW);
    }
    tell(conn, "lead.merged", head, NOW);
    run(
        conn,
        "UPDATE lead SET version = version + 1, write_date = ?2, priority = 3 WHERE id = ?1",
        &[head.into(), NOW.into()],
    );
    run(
        conn,
        "UPDATE lead_text SET description = ?2 WHERE lead_id = ?1",
        &[head.into(), "a\n\nb".to_owned().into()],
    );
    run(
        conn,
        "INSERT INTO merge (date, user_id, kind, head_id) VALUES (?1, NULL, 'lead', ?2)",
        &[NOW.into(), head.into()],
    );
    let merge = conn.last_insert_rowid();
    for id in ids {
        run(
            conn,
            "INSERT INTO merge_row (merge_id, record_id, kind, into_id, seq, data, personal, moved) VALUES (?1, ?2, 'lead', ?3, 1, ?4, ?4, '{}')",
            &[merge.into(), (*id).into(), head.into(), image.clone().into()],
        );
    }
    for id in tail {
        for sql in [
            "UPDATE message SET subject_id = ?2 WHERE subject_kind = 0 AND subject_id = ?1",
            "UPDATE activity SET subject_id = ?2 WHERE subject_kind = 0 AND subject_id = ?1",
            "INSERT OR IGNORE INTO lead_tag SELECT ?2, tag_id FROM lead_tag WHERE lead_id = ?1",
        ] {
            run(conn, sql, &[(*id).into(), head.into()]);
        }
        for sql in [
            "DELETE FROM lead_tag WHERE lead_id = ?1",
            "DELETE FROM lead_score WHERE lead_id = ?1",
            "DELETE FROM lead_text WHERE lead_id = ?1",
            "DELETE FROM lead WHERE id = ?1",
        ] {
            run(conn, sql, &[(*id).into()]);
        }
    }
    conn.execute_batch("COMMIT").expect("it can be written");
}

/// The rows of a conversion: a person for each lead and a company for two, the leads', and all that is told of them.
pub(crate) fn convert(conn: &Connection, leads: &[i64]) {
    const NOW: i64 = 1_772_442_000_000_002;
    conn.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let partner = |name: &str, email: Value, is_company: bool, parent: Value| {
        run(
            conn,
            "INSERT INTO partner (version, create_date, write_date, name, is_company, parent_id, address_type, is_customer, is_supplier, \
             email, email_normalized, active) VALUES (1, ?1, ?1, ?2, ?3, ?4, 0, 0, 0, ?5, ?5, 1)",
            &[NOW.into(), name.to_owned().into(), i64::from(is_company).into(), parent, email],
        );
        let id = conn.last_insert_rowid();
        tell(conn, "partner.created", id, NOW);
        id
    };
    let mut company = 0;
    for (n, id) in leads.iter().enumerate() {
        let read = row(conn, "SELECT * FROM lead_text WHERE lead_id = ?1", *id);
        if n % 2 == 0 {
            company = partner(&format!("Firm by hand {n}"), Value::Null, true, Value::Null);
        }
        let person = partner(&format!("By hand {n}"), read[7].clone(), false, company.into());
        run(
            conn,
            "UPDATE lead SET version = version + 1, write_date = ?2, kind = 1, date_conversion = ?2, partner_id = ?3 WHERE id = ?1",
            &[(*id).into(), NOW.into(), person.into()],
        );
        remember(conn, *id, NOW);
        tell(conn, "lead.converted", *id, NOW);
    }
    conn.execute_batch("COMMIT").expect("it can be written");
}
