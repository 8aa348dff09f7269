//! Files of other times: the golden schema, upgrades from every frozen version, and files that are not to be opened.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::path::{Path, PathBuf};

use crm_core::base::error::storage_code;
use crm_core::{Crm, CrmOptions, ErrorKind, Find, ForecastCategory, fields};
use rusqlite::Connection;

/// A folder of its own for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("crm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path) -> crm_core::Result<Crm> {
    Crm::open_with(
        path.to_str().unwrap(),
        &CrmOptions { busy_timeout_ms: 50, ..CrmOptions::default() },
    )
}

fn schema(path: &Path) -> String {
    let conn = Connection::open(path).unwrap();
    let mut statement = conn
        .prepare(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name",
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|sql| sql.unwrap() + ";\n").collect()
}

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
    if std::env::var_os("CRM_UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, known,
        "{name} is not what a new file has; read the diff after CRM_UPDATE=1 cargo test -p crm-core --test migration"
    );
}

#[test]
fn a_new_file_has_the_golden_schema() {
    let folder = Folder::new("schema");
    let path = folder.file("new.crm");
    open(&path).unwrap().close();
    golden("schema.sql", &schema(&path));
}

#[test]
fn every_frozen_version_upgrades_and_keeps_its_rows() {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/frozen");
    let mut versions = 0;
    for entry in std::fs::read_dir(&frozen).unwrap() {
        let sql = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let folder = Folder::new(&format!("frozen{versions}"));
        let path = folder.file("old.crm");
        // Tables stand by name there, not in the order in which they refer to each other.
        let rows = format!("PRAGMA foreign_keys = OFF;\n{sql}");
        Connection::open(&path).unwrap().execute_batch(&rows).unwrap();
        let crm = open(&path).unwrap();
        let s = crm.session(None, None).unwrap();
        let leads = s.leads().find(&Find::filter("active in (true, false)").unwrap()).unwrap();
        assert_eq!(
            leads.iter().map(|lead| lead.name.as_str()).collect::<Vec<_>>(),
            ["Frozen loss", "Frozen deal"]
        );
        let categories = leads.iter().map(|lead| lead.forecast_category);
        assert!(
            categories.eq([ForecastCategory::Omitted, ForecastCategory::Pipeline]),
            "the outcome says it"
        );
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
        assert_eq!(s.activity_types().count(None).unwrap(), 5, "those of a new file");
        s.leads().mark_won(leads[1].id).unwrap();
        crm.close();
        golden("schema.sql", &schema(&path));
        versions += 1;
    }
    assert!(versions > 0, "no version was ever frozen");
}

#[test]
fn what_an_older_library_counted_for_the_score_is_counted_anew() {
    for version in ["0015", "0026"] {
        let folder = Folder::new("evidence");
        let path = folder.file("old.crm");
        let frozen = Path::new(env!("CARGO_MANIFEST_DIR"));
        let frozen = frozen.join(format!("migrations/frozen/{version}.sql"));
        let conn = Connection::open(&path).unwrap();
        let sql = std::fs::read_to_string(frozen).unwrap();
        conn.execute_batch(&format!("PRAGMA foreign_keys = OFF;\n{sql}")).unwrap();
        let long = "é".repeat(101);
        for (variable, value) in [("function", &*long), ("lang", "xx"), ("changed lang", "yy")] {
            let row = "INSERT INTO score_count (team_id, variable, value, won, lost) VALUES (0, ?1, ?2, 2, 1)";
            conn.execute(row, (variable, value)).unwrap();
        }
        drop(conn);
        let crm = open(&path).unwrap();
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new(), "{version}");
        crm.close();
        let conn = Connection::open(&path).unwrap();
        let older = "SELECT COUNT(*) FROM score_count WHERE won = 2";
        let due = "SELECT COUNT(*) FROM score_model WHERE part = 'created_due'";
        for none in [older, due] {
            let left: i64 = conn.query_row(none, [], |row| row.get(0)).unwrap();
            assert_eq!(left, 0, "{version}: {none}");
        }
    }
}

#[test]
fn a_file_of_a_newer_library_is_refused_and_left_as_it_is() {
    let folder = Folder::new("newer");
    let path = folder.file("newer.crm");
    open(&path).unwrap().close();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Storage, storage_code::NEWER));
    assert!(error.to_string().contains("newer"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_not_ours_is_refused_and_left_as_it_is() {
    let folder = Folder::new("foreign");
    let sqlite = folder.file("other.db");
    Connection::open(&sqlite)
        .unwrap()
        .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
        .unwrap();
    let text = folder.file("notes.txt");
    std::fs::write(&text, "not a database, and longer than a header: ".repeat(10)).unwrap();
    let short = folder.file("short");
    std::fs::write(&short, "hi").unwrap();
    for path in [&sqlite, &text, &short, &folder.0] {
        let before = std::fs::read(path).ok();
        let error = open(path).unwrap_err();
        assert_eq!(error.code(), storage_code::NOT_OURS, "{}: {error}", path.display());
        assert_eq!(std::fs::read(path).ok(), before);
    }
    let error = open(&folder.file("missing/folder/x.crm")).unwrap_err();
    assert_eq!(error.code(), storage_code::READ_ONLY, "{error}");
}

#[test]
fn a_locked_file_is_busy_and_says_so() {
    let folder = Folder::new("locked");
    let path = folder.file("locked.crm");
    let crm = open(&path).unwrap();
    let s = crm.session(None, None).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = s.leads().create(fields! { name: "x" }).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (storage_code::BUSY, true), "{error}");
    assert_eq!(s.leads().count(None).unwrap(), 0, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    s.leads().create(fields! { name: "x" }).unwrap();
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = Folder::new("damaged");
    let path = folder.file("damaged.crm");
    let crm = open(&path).unwrap();
    crm.close();
    drop(crm);
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in &mut bytes[100..8_192] {
        *byte = 0xAA;
    }
    std::fs::write(&path, &bytes).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.code(), storage_code::CORRUPT, "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_read_only_file_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("readonly");
    let path = folder.file("ro.crm");
    open(&path).unwrap().close();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        // The superuser writes everything; the engine's own answer is then the same as for everybody's files.
        assert!(open(&path).is_ok());
        return;
    }
    let before = std::fs::read(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.code(), storage_code::READ_ONLY, "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_backup_of_memory_is_a_file_of_ours() {
    let folder = Folder::new("memory");
    let copy = folder.file("copy.crm");
    let crm = Crm::open(":memory:").unwrap();
    let deal =
        crm.session(None, None).unwrap().leads().create(fields! { name: "Fleet lease" }).unwrap();
    crm.backup(&copy, &mut crm_core::Progress::none()).unwrap();
    let copied = Crm::open(copy.to_str().unwrap()).unwrap();
    assert_eq!(copied.session(None, None).unwrap().leads().get(deal.id).unwrap().name, deal.name);
}

#[test]
fn a_backup_is_a_whole_database() {
    let folder = Folder::new("backup");
    let crm = open(&folder.file("a.crm")).unwrap();
    let s = crm.session(None, None).unwrap();
    let deal = s.leads().create(fields! { name: "Fleet lease", expected_revenue: 100 }).unwrap();
    let copy = folder.file("copy.crm");
    crm.backup(&copy, &mut crm_core::Progress::none()).unwrap();
    s.leads().mark_won(deal.id).unwrap();
    let error = crm.backup(&copy, &mut crm_core::Progress::none()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "a backup never overwrites");
    let mut stop = |_, _| false;
    let error =
        crm.backup(&folder.file("b.crm"), &mut crm_core::Progress::new(&mut stop)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(!folder.file("b.crm").exists() && !folder.file("b.partial").exists());
    let back = open(&copy).unwrap();
    assert_eq!(back.session(None, None).unwrap().leads().get(deal.id).unwrap(), deal);
    assert!(back.verify().unwrap().is_empty());
}

/// Writes today's schema with a few rows to `migrations/frozen`, to be kept for ever once a version is released.
#[test]
fn todays_version_is_frozen() {
    let folder = Folder::new("freeze");
    let path = folder.file("new.crm");
    let crm = open(&path).unwrap();
    let now = crm_core::Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    let s = crm.session(None, Some(now)).unwrap();
    let drafts = vec![
        fields! { name: "Frozen deal", expected_revenue: "1000.50", email_from: "ada@harbour.example" },
        fields! { name: "Frozen loss", priority: 3 },
    ];
    let leads = s.leads().create_many(drafts).unwrap();
    s.leads().mark_lost(leads[1].id, &crm_core::Lost::default()).unwrap();
    let call = crm_core::Schedule { activity_type_id: 3.into(), ..Default::default() };
    let call = s.activities().schedule(leads[0].id, &call).unwrap();
    s.activities().done(call.id, Some("forty vans")).unwrap();
    crm.close();
    drop((s, crm));
    let conn = Connection::open(&path).unwrap();
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let frozen =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("migrations/frozen/{version:04}.sql"));
    if std::env::var_os("CRM_UPDATE").is_some() {
        std::fs::create_dir_all(frozen.parent().unwrap()).unwrap();
        std::fs::write(&frozen, dump(&conn, &schema(&path), version)).unwrap();
    }
    assert!(
        frozen.exists(),
        "this schema version is not frozen yet: CRM_UPDATE=1 cargo test -p crm-core --test migration"
    );
}

fn dump(conn: &Connection, schema: &str, version: i64) -> String {
    use rusqlite::types::ValueRef;
    let mut text = format!(
        "PRAGMA application_id = {};\nPRAGMA user_version = {version};\n{schema}",
        0x4352_4D31
    );
    let mut tables = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in tables {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cell = |at: usize| match row.get_ref(at).unwrap() {
                ValueRef::Null => "NULL".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => {
                    format!("'{}'", String::from_utf8_lossy(text).replace('\'', "''"))
                }
                ValueRef::Blob(_) => unreachable!("no table holds blobs"),
            };
            let cells: Vec<String> = (0..columns).map(cell).collect();
            text.push_str(&format!("INSERT INTO {table} VALUES ({});\n", cells.join(", ")));
        }
    }
    text
}
