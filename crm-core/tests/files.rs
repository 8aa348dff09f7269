//! Files hold: a backup, an export or an opening never loses a file of the host's, and a database that was replaced, deleted or
//! damaged is told as such.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crm_core::base::Value;
use crm_core::progress::Progress;
use crm_core::{Crm, CrmOptions, ErrorKind, Filter, ImportOptions, RecordKind, fields};

/// An empty folder of one test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("crm-files-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path) -> Crm {
    Crm::open(path.to_str().unwrap()).unwrap()
}

/// An open file with so many leads.
fn with_leads(path: &Path, count: i64) -> Crm {
    let crm = open(path);
    let drafts = (0..count).map(|n| fields! { name: format!("Deal {n}"), expected_revenue: n });
    crm.session(None, None).unwrap().leads().create_many(drafts.collect()).unwrap();
    crm
}

fn leads(crm: &Crm) -> i64 {
    crm.session(None, None).unwrap().leads().count(None).unwrap()
}

fn backup(crm: &Crm, path: &Path) -> crm_core::Result<()> {
    crm.backup(path, &mut Progress::none())
}

#[test]
fn a_backup_touches_no_file_but_its_own() {
    let folder = Folder::new("backup");
    std::fs::write(folder.at("day.partial"), "precious").unwrap();
    let crm = with_leads(&folder.at("live.partial"), 100);
    backup(&crm, &folder.at("day.crm")).unwrap();
    backup(&crm, &folder.at("live.crm")).unwrap();
    assert_eq!(std::fs::read_to_string(folder.at("day.partial")).unwrap(), "precious");
    assert_eq!((leads(&open(&folder.at("day.crm"))), leads(&crm)), (100, 100));
    // A cancelled one leaves nothing, and one onto a file that is there changes nothing: not even onto the database itself.
    let before = folder.names();
    let mut stop = |_, _| false;
    let cancelled = crm.backup(&folder.at("new.crm"), &mut Progress::new(&mut stop));
    assert_eq!(cancelled.unwrap_err().kind(), ErrorKind::Cancelled);
    for taken in ["live.partial", "day.partial", "day.crm"] {
        assert_eq!(backup(&crm, &folder.at(taken)).unwrap_err().kind(), ErrorKind::Conflict);
    }
    assert_eq!(folder.names(), before);
    assert_eq!(std::fs::read_to_string(folder.at("day.partial")).unwrap(), "precious");
    crm.close();
    assert_eq!(leads(&open(&folder.at("live.partial"))), 100);
}

#[test]
fn backups_of_one_stem_run_side_by_side_and_one_name_is_taken_once() {
    let folder = Folder::new("parallel");
    let crm = with_leads(&folder.at("live.crm"), 2_000);
    let names = ["day.crm", "day.db", "day.sqlite", "once.crm", "once.crm", "once.crm"];
    let done = std::thread::scope(|scope| {
        let crm = &crm;
        let folder = &folder;
        let start = |name: &'static str| scope.spawn(move || backup(crm, &folder.at(name)).is_ok());
        names.map(start).map(|run| run.join().unwrap())
    });
    assert_eq!(done[..3], [true; 3]);
    assert_eq!(done[3..].iter().filter(|done| **done).count(), 1);
    for name in &names[..4] {
        let copy = open(&folder.at(name));
        assert_eq!((leads(&copy), copy.verify().unwrap().len()), (2_000, 0), "{name}");
    }
    assert!(folder.names().iter().all(|name| !name.contains(".part")));
}

#[test]
fn a_backup_goes_to_a_path() {
    let folder = Folder::new("paths");
    let crm = with_leads(&folder.at("live.crm"), 1);
    for wrong in ["", ":memory:", "a\0b"] {
        let error = backup(&crm, Path::new(wrong)).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("path")), "{wrong:?}");
    }
    let error = backup(&crm, &folder.at("no/such.crm")).unwrap_err();
    assert_eq!(error.code(), 704);
    assert!(error.message().contains("such.crm"), "{error}");
}

fn export(crm: &Crm, path: &Path, filter: Option<&str>, column: &str) -> crm_core::Result<u64> {
    let filter = filter.map(|text| Filter::parse(text).unwrap());
    let s = crm.session(None, None).unwrap();
    s.csv().export_file(RecordKind::Lead, path, filter.as_ref(), Some(&[column]))
}

#[test]
fn an_export_that_fails_changes_nothing() {
    let folder = Folder::new("export");
    let crm = with_leads(&folder.at("live.crm"), 3);
    let other = with_leads(&folder.at("other.crm"), 1);
    other.close();
    std::fs::write(folder.at("deals.csv"), "precious").unwrap();
    std::fs::write(folder.at("deals.csv.part"), "mine").unwrap();
    let before = folder.names();
    let error = export(&crm, &folder.at("deals.csv"), None, "nope").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let error = export(&crm, &folder.at("deals.csv"), Some("nope = 1"), "name").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    // An open database, a closed one, and what the engine keeps beside them are no targets.
    for database in ["live.crm", "live.crm-wal", "other.crm", "other.crm-journal"] {
        let error = export(&crm, &folder.at(database), None, "name").unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Conflict, Some("target")));
    }
    assert_eq!(export(&crm, &folder.0, None, "name").unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(std::fs::read_to_string(folder.at("deals.csv")).unwrap(), "precious");
    assert_eq!(folder.names(), before);
    assert_eq!(export(&crm, &folder.at("deals.csv"), None, "name").unwrap(), 3);
    assert_eq!(std::fs::read_to_string(folder.at("deals.csv")).unwrap().lines().count(), 4);
    assert_eq!(std::fs::read_to_string(folder.at("deals.csv.part")).unwrap(), "mine");
    assert_eq!(folder.names(), before);
    assert_eq!((leads(&crm), crm.verify().unwrap().len()), (3, 0));
    assert_eq!(leads(&open(&folder.at("other.crm"))), 1);
}

#[cfg(unix)]
#[test]
fn an_export_keeps_the_mode_follows_links_and_writes_into_devices() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let folder = Folder::new("special");
    let crm = with_leads(&folder.at("live.crm"), 3);
    std::fs::write(folder.at("secret.csv"), "old").unwrap();
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.at("secret.csv"), mode).unwrap();
    symlink("secret.csv", folder.at("link.csv")).unwrap();
    symlink("new.csv", folder.at("dangling.csv")).unwrap();
    for (target, real) in [("link.csv", "secret.csv"), ("dangling.csv", "new.csv")] {
        assert_eq!(export(&crm, &folder.at(target), None, "name").unwrap(), 3);
        assert!(folder.at(target).symlink_metadata().unwrap().is_symlink());
        assert!(!folder.at(real).symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(folder.at(real)).unwrap().lines().count(), 4);
    }
    let mode = folder.at("secret.csv").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    symlink("live.crm", folder.at("alias.csv")).unwrap();
    std::fs::hard_link(folder.at("live.crm"), folder.at("twin.csv")).unwrap();
    for database in ["alias.csv", "twin.csv"] {
        let error = export(&crm, &folder.at(database), None, "name").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{database}");
    }
    assert_eq!(export(&crm, Path::new("/dev/null"), None, "name").unwrap(), 3);
    assert!(Path::new("/dev/null").metadata().unwrap().file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn a_file_that_was_replaced_is_another_database() {
    let folder = Folder::new("replaced");
    let path = folder.at("a.crm");
    let good = with_leads(&folder.at("good.crm"), 1);
    backup(&good, &folder.at("restore.crm")).unwrap();
    let stale = with_leads(&path, 5);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.at(&format!("a.crm{ending}")));
    }
    std::fs::rename(folder.at("restore.crm"), &path).unwrap();
    let fresh = open(&path);
    assert_eq!(leads(&fresh), 1);
    let s = stale.session(None, None).unwrap();
    let error = s.leads().create(fields! { name: "Into the void" }).unwrap_err();
    assert_eq!((error.code(), error.message().contains("a.crm")), (704, true), "{error}");
    fresh.session(None, None).unwrap().leads().create(fields! { name: "Kept" }).unwrap();
    fresh.close();
    stale.close();
    let crm = open(&path);
    assert_eq!((leads(&crm), crm.verify().unwrap().len()), (2, 0));
}

#[cfg(unix)]
#[test]
fn a_log_that_another_file_left_is_not_taken_for_ones_own() {
    let folder = Folder::new("log");
    let path = folder.at("a.crm");
    let good = with_leads(&folder.at("good.crm"), 1);
    backup(&good, &folder.at("restore.crm")).unwrap();
    let stale = with_leads(&path, 5);
    std::fs::rename(folder.at("restore.crm"), &path).unwrap();
    let error = Crm::open(path.to_str().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    stale.close();
}

#[cfg(unix)]
#[test]
fn a_file_that_was_deleted_is_not_made_anew_by_a_question() {
    let folder = Folder::new("deleted");
    let path = folder.at("a.crm");
    let crm = with_leads(&path, 5);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.at(&format!("a.crm{ending}")));
    }
    let s = crm.session(None, None).unwrap();
    // A reader that is connected already may still answer; a new one is told.
    let told = std::thread::scope(|scope| {
        let asked = (0..4).map(|_| scope.spawn(|| s.leads().count(None))).collect::<Vec<_>>();
        asked.into_iter().filter_map(|asked| asked.join().unwrap().err()).collect::<Vec<_>>()
    });
    assert!(told.iter().all(|error| error.code() == 704 && error.message().contains("a.crm")));
    assert_eq!(s.leads().create(fields! { name: "Lost" }).unwrap_err().code(), 704);
    assert!(folder.names().is_empty(), "{:?}", folder.names());
    let anew = open(&path);
    assert_eq!((leads(&anew), s.leads().create(fields! { name: "x" }).is_err()), (0, true));
}

#[test]
fn the_same_file_is_open_in_one_way() {
    let folder = Folder::new("options");
    let path = folder.at("a.crm");
    let opened = |options: CrmOptions| Crm::open_with(path.to_str().unwrap(), &options);
    let usual = CrmOptions::default();
    for (options, field) in [
        (CrmOptions { busy_timeout_ms: 7, ..usual.clone() }, "busy_timeout_ms"),
        (CrmOptions { full_sync: true, ..usual.clone() }, "full_sync"),
        (CrmOptions { threads: 2, ..usual.clone() }, "threads"),
    ] {
        let crm = opened(usual.clone()).unwrap();
        let error = opened(options.clone()).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Conflict, Some(field)));
        crm.close();
        opened(options).unwrap();
    }
    for (options, field) in [
        (CrmOptions { busy_timeout_ms: 1 << 31, ..usual.clone() }, "busy_timeout_ms"),
        (CrmOptions { threads: 9, ..usual }, "threads"),
    ] {
        let error = opened(options).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some(field)));
    }
}

#[test]
fn opening_leaves_nothing_where_it_fails() {
    let folder = Folder::new("opening");
    let inside = folder.at("none").join("x.crm");
    let error = Crm::open(inside.to_str().unwrap()).unwrap_err();
    assert_eq!((error.code(), error.message().contains("x.crm")), (704, true), "{error}");
    let bad = CrmOptions { currency: "EURO".into(), ..CrmOptions::default() };
    assert!(Crm::open_with(folder.at("y.crm").to_str().unwrap(), &bad).is_err());
    assert!(folder.names().is_empty());
}

#[test]
fn a_damaged_file_is_listed_or_told_as_damaged() {
    let folder = Folder::new("damaged");
    let crm = with_leads(&folder.at("a.crm"), 300);
    backup(&crm, &folder.at("b.crm")).unwrap();
    let whole = std::fs::read(folder.at("b.crm")).unwrap();
    let pages = whole.len() / 4096;
    let mut seen = BTreeSet::new();
    for page in (1..pages).step_by(3) {
        let path = folder.at("c.crm");
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.at(&format!("c.crm{ending}")));
        }
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(&whole[..page * 4096]).unwrap();
        file.write_all(&[0; 4096]).unwrap();
        file.write_all(&whole[(page + 1) * 4096..]).unwrap();
        drop(file);
        let verdict = Crm::open(path.to_str().unwrap()).and_then(|crm| crm.verify());
        match verdict {
            Ok(problems) => seen.insert(if problems.is_empty() { "sound" } else { "listed" }),
            Err(error) => {
                assert_eq!(error.code(), 705, "page {page}: {error}");
                seen.insert("told")
            }
        };
    }
    assert!(seen.contains("listed"), "{seen:?}");
}

#[test]
fn a_quote_that_is_never_closed_is_no_file() {
    let crm = Crm::open(":memory:").unwrap();
    let s = crm.session(None, None).unwrap();
    let import = |text: &str| {
        let options = ImportOptions::default();
        let none = &mut Progress::none();
        s.csv().import(RecordKind::Lead, &mut text.as_bytes(), &[], &options, none)
    };
    for (text, line) in [
        ("name,color\nx,1\n\"a,1\nb,2\n", 3),
        ("name,color\r\n\"x\"\"y\",1\r\nb,\"2\r\n", 3),
        ("name,\"color\nx,1\n", 1),
        ("name,color\n\"two\nlines\",1\na,\"", 4),
    ] {
        let error = import(text).unwrap_err();
        assert_eq!((error.kind(), error.line()), (ErrorKind::Format, Some((line, 1))), "{text:?}");
    }
    assert_eq!(s.leads().count(None).unwrap(), 0);
    // Quotes that end, and quotes within a cell, are as they were.
    let report = import("name,color\na\"b,1\n\"a\"b,2\n\"x\"\"\",3\n\"\",4\nlast,\"5\"").unwrap();
    assert_eq!((report.rows, report.failed), (5, 1), "{:?}", report.errors);
    let names: Vec<Value> =
        (1..=4).map(|id| s.leads().get(crm_core::LeadId(id)).unwrap().name.into()).collect();
    assert_eq!(names, ["a\"b", "ab", "x\"", "last"].map(Value::from));
}

/// Leads of a file are made in a second thread while the first ones are written; with one thread, what is stored and refused is the same.
#[test]
fn many_leads_made_ahead_are_stored_in_their_order_up_to_none_if_one_is_refused() {
    const COUNT: i64 = 1_200;
    let folder = Folder::new("ahead");
    let now = crm_core::Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    let create = |threads: u32, refused: Option<i64>| {
        let path = folder.at(&format!("{threads}-{}.crm", refused.unwrap_or(-1)));
        let options = CrmOptions { threads, ..CrmOptions::default() };
        let crm = Crm::open_with(path.to_str().unwrap(), &options).unwrap();
        let s = crm.session(None, Some(now)).unwrap();
        let drafts = (0..COUNT).map(|n| {
            let is_refused = refused.is_some_and(|from| n >= from);
            fields! { name: format!("Deal {n}"), priority: if is_refused { 9 + n } else { n % 4 } }
        });
        let created = s.leads().create_many(drafts.collect());
        (created.map_err(|error| error.to_string()), leads(&crm))
    };
    let (created, count) = create(2, None);
    assert_eq!((created.clone(), count), create(1, None));
    let names: Vec<_> = created.unwrap().into_iter().map(|lead| lead.name).collect();
    assert_eq!(names, (0..COUNT).map(|n| format!("Deal {n}")).collect::<Vec<_>>());
    for refused in [0, 255, 256, 900] {
        let (error, count) = create(2, Some(refused));
        assert!(error.as_ref().is_err_and(|error| error.contains("priority")), "{error:?}");
        assert_eq!(count, 0);
        assert_eq!(create(1, Some(refused)), (error, 0));
    }
}
