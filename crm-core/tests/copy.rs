//! A copy is the same database in another place: from a file to another file, and with `CRM_TEST_URL` to a server and back.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod target;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crm_core::base::{Frame, Value};
use crm_core::forecast::{ForecastKey, ForecastQuery};
use crm_core::score::ScoreConfig;
use crm_core::{
    Crm, CrmOptions, Date, ErrorKind, Find, ImportOptions, Lost, OnError, Progress,
    PropertyDefinition, PropertyKind, RecordKind, Result, Timestamp, copy, fields,
};

/// An empty folder of one test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("copy-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).into_os_string().into_string().unwrap()
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The other engine, if there is one; else another file.
    fn other(&self) -> String {
        let url = target::fresh();
        if url.starts_with("postgres") { url } else { self.at("other.crm") }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Something in every table, and words that a careless copy would change.
fn fill(crm: &Crm) {
    let s = crm.session(None, None).unwrap();
    let partner =
        s.partners().create(fields! { name: "Azure\tBakery\\N", comment: "two\r\nlines" });
    let partner = partner.unwrap().id;
    let parent = s.partners().create(fields! { name: "Group", is_company: true }).unwrap().id;
    s.partners().update(partner, fields! { parent_id: parent }).unwrap();
    let user = s.users().create(fields! { name: "Ada", login: "ada", role: "own" }).unwrap().id;
    s.teams().create(fields! { name: "North", member_ids: vec![user.0] }).unwrap();
    let colour = PropertyDefinition::new(RecordKind::Lead, "Colour", PropertyKind::Text);
    s.properties().declare(&colour).unwrap();
    s.score().rebuild(&mut Progress::none()).unwrap();
    let tags = s.tags().find(&Find::all()).unwrap();
    for n in 0..60_i64 {
        let mut draft = fields! {
            name: format!("Deal {n} – “Ünï” 😀 \\. \n\t|"), expected_revenue: n * 1_000 + 1, country_code: ["DE", "FR", "US"][usize::try_from(n % 3).unwrap()],
            partner_id: partner, tag_ids: vec![tags[usize::try_from(n).unwrap() % tags.len()].id.0], description: "\\N", priority: n % 4
        };
        draft.set("properties.Colour", "red\\");
        let lead = s.leads().create(draft).unwrap().id;
        match n % 3 {
            0 => drop(s.leads().mark_won(lead).unwrap()),
            1 => drop(s.leads().mark_lost(lead, &Lost::default()).unwrap()),
            _ => {}
        }
    }
    s.score().rebuild(&mut Progress::none()).unwrap();
    // Its id is not given again, nor its place in the feed.
    let last = s.leads().create(fields! { name: "Mistake" }).unwrap().id;
    s.leads().delete(last).unwrap();
}

/// What a host sees of a database.
fn seen(crm: &Crm) -> impl PartialEq + std::fmt::Debug + use<> {
    let s = crm.session(None, None).unwrap();
    let by = vec![ForecastKey::StageId, ForecastKey::UserId];
    let forecast = ForecastQuery { by, ..ForecastQuery::default() };
    let leads = s.leads().find(&Find::filter("active in (true, false)").unwrap()).unwrap();
    let histories: Vec<_> = leads.iter().map(|lead| s.leads().history(lead.id).unwrap()).collect();
    (
        (leads, histories, s.partners().find(&Find::all()).unwrap()),
        (s.forecast().weighted(&forecast).unwrap(), s.forecast().board(None).unwrap()),
        (s.score().frequencies().unwrap(), crm.feed(0, 100_000).unwrap()),
    )
}

/// What the next deal is called, and what of it the feed says.
fn go_on(crm: &Crm) -> (i64, Vec<(i64, String, String)>) {
    let later = Timestamp::parse("2030-01-07T09:00:00Z").unwrap();
    let s = crm.session(None, Some(later)).unwrap();
    let last = crm.feed(0, 100_000).unwrap().last().unwrap().seq;
    let lead = s.leads().create(fields! { name: "The next one", expected_revenue: 5 }).unwrap().id;
    assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
    let told = crm.feed(last, 100).unwrap();
    (lead.0, told.into_iter().map(|entry| (entry.seq, entry.event, entry.data)).collect())
}

fn silent(from: &str, to: &str) -> Result<Frame> {
    copy(from, to, &mut Progress::none())
}

fn rows(report: &Frame, table: &str) -> i64 {
    let at = (0..report.len()).find(|at| report.at(*at, "table") == Value::from(table)).unwrap();
    report.at(at, "rows").as_int().unwrap()
}

#[test]
fn a_copy_and_its_copy_are_the_same_and_go_on() {
    let folder = Folder::new("same");
    let (from, over, back) = (folder.at("from.crm"), folder.other(), folder.at("back.crm"));
    let options = CrmOptions { busy_timeout_ms: 700, ..CrmOptions::default() };
    let first = Crm::open_with(&from, &options).unwrap();
    fill(&first);
    let mut told = Vec::new();
    let mut tell = |done: u64, total: u64| {
        told.push((done, total));
        true
    };
    // It is open with options of its own, which does not matter.
    let report = copy(&from, &over, &mut Progress::new(&mut tell)).unwrap();
    assert_eq!(told[0].0, 0);
    assert!(told.is_sorted() && told.iter().all(|(_, total)| *total == told[0].1), "{told:?}");
    assert_eq!(told.last().unwrap().0, told[0].1, "{told:?}");
    assert_eq!((rows(&report, "lead"), rows(&report, "partner")), (60, 2));
    assert!((0..report.len()).all(|at| report.at(at, "digest").as_text().unwrap().len() == 32));

    let second = Crm::open(&over).unwrap();
    assert_eq!(second.verify().unwrap(), Vec::<String>::new());
    assert_eq!(seen(&second), seen(&first));
    assert_eq!(silent(&over, &back).unwrap(), report, "there and back");
    let third = Crm::open(&back).unwrap();
    assert_eq!(seen(&third), seen(&first));
    let next = go_on(&first);
    assert_eq!(next.0, 62, "after the deleted one");
    assert_eq!(go_on(&second), next);
    assert_eq!(go_on(&third), next);
    // Once more from where things went on.
    let again = folder.at("again.crm");
    let report = silent(&over, &again).unwrap();
    assert_eq!(rows(&report, "lead"), 61);
    assert_eq!(seen(&Crm::open(&again).unwrap()), seen(&second));
    let tables = |report: &Frame| {
        (0..report.len()).map(|at| report.at(at, "rows").as_int().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(tables(&silent(&back, &folder.at("last.crm")).unwrap()), tables(&report));
}

/// A sales history as the demo imports one, file by file.
fn history() -> Vec<(RecordKind, String)> {
    let day = |n: i64| Date::parse("2024-01-01").unwrap().plus_days(n);
    let mut partners = "name,is_company,country_code,parent_id.name\n".to_owned();
    let mut leads = "external_id(history),name,partner_id.name,user_id.login,team_id.name,stage_id.name,won_status,expected_revenue,create_date,\
         date_closed,date_deadline,lost_reason_id.name,source_id.name,priority,country_code,properties.Product,properties.Sector\n"
        .to_owned();
    for n in 0..12_usize {
        let (country, parent) = (["DE", "FR", "US"][n % 3], if n == 5 { "Account 0" } else { "" });
        partners.push_str(&format!("Account {n},true,{country},{parent}\n"));
    }
    for n in 0..240_usize {
        let (outcome, stage) = match n % 10 {
            0..=2 => ("won", "Won"),
            3..=8 => ("lost", "Engaging"),
            _ => ("pending", ["Prospecting", "Engaging"][n / 10 % 2]),
        };
        let (agent, country) = (["ada", "bob"][n % 7 % 2], ["DE", "FR", "US"][n % 12 % 3]);
        let begun = i64::try_from(n).unwrap() * 3;
        let closed = if outcome == "pending" { String::new() } else { day(begun + 9).to_string() };
        let reason = if outcome == "lost" { "Too expensive" } else { "" };
        leads.push_str(&format!(
            "D{n},\"Deal {n}, \"\"Ünï\"\"\",Account {},{agent},North,{stage},{outcome},{},{},{closed},{},{reason},Fair,{},{country},GTX {},retail\n",
            n % 12, n * 100 + 1, day(begun), day(begun + 60), n % 4, n % 3,
        ));
    }
    let text = |text: &str| text.replace(' ', "\n") + "\n";
    vec![
        (
            RecordKind::Stage,
            text("name,sequence,is_won Prospecting,1,false Engaging,2,false Won,1000,true"),
        ),
        (RecordKind::Team, text("name North")),
        (RecordKind::User, text("name,login,role Ada,ada,own Bob,bob,team")),
        (RecordKind::TeamMember, text("team_id.name,user_id.login North,ada North,bob")),
        (RecordKind::Source, text("name Fair")),
        (RecordKind::LostReason, "name\nToo expensive\n".to_owned()),
        (RecordKind::Partner, partners),
        (RecordKind::Lead, leads),
    ]
}

#[test]
fn the_demos_pipeline_goes_to_a_server_and_comes_back_the_same() {
    let folder = Folder::new("demo");
    let (from, over, back) = (folder.at("from.crm"), folder.other(), folder.at("back.crm"));
    let currency = "USD".to_owned();
    let options = CrmOptions { currency, default_data: false, ..CrmOptions::default() };
    let first = Crm::open_with(&from, &options).unwrap();
    let s = first.session(None, Timestamp::parse("2026-01-01T00:00:00Z").ok()).unwrap();
    for name in ["Product", "Sector"] {
        let property = PropertyDefinition::new(RecordKind::Lead, name, PropertyKind::Text);
        s.properties().declare(&property).unwrap();
    }
    let abort = ImportOptions { on_error: OnError::Abort, ..ImportOptions::default() };
    for (kind, text) in history() {
        let (csv, mut text) = (s.csv(), text.as_bytes());
        csv.import(kind, &mut text, &[], &abort, &mut Progress::none()).unwrap();
    }
    let looks_at = ["properties.Product", "country_code", "user_id", "source_id", "priority"];
    let config = ScoreConfig {
        fields: Some(looks_at.map(str::to_owned).to_vec()),
        start_date: Date::parse("2024-01-01").ok(),
        ..ScoreConfig::default()
    };
    s.score().configure(&config).unwrap();
    s.score().rebuild(&mut Progress::none()).unwrap();
    assert_eq!(first.verify().unwrap(), Vec::<String>::new());
    let report = silent(&from, &over).unwrap();
    assert_eq!((rows(&report, "lead"), rows(&report, "partner")), (240, 12));
    assert_eq!(silent(&over, &back).unwrap(), report, "there and back");
    for copy in [over, back] {
        let copy = Crm::open(&copy).unwrap();
        assert_eq!(copy.verify().unwrap(), Vec::<String>::new());
        assert_eq!(seen(&copy), seen(&first));
    }
}

#[test]
fn an_untouched_database_can_be_copied() {
    let folder = Folder::new("untouched");
    let (from, over) = (folder.at("from.crm"), folder.other());
    drop(Crm::open(&from).unwrap());
    let report = silent(&from, &over).unwrap();
    assert_eq!((rows(&report, "lead"), rows(&report, "company")), (0, 1));
    assert_eq!(go_on(&Crm::open(&over).unwrap()), go_on(&Crm::open(&from).unwrap()));
}

#[test]
fn what_is_there_is_never_overwritten_and_what_is_not_is_not_made() {
    let folder = Folder::new("refused");
    let (from, over) = (folder.at("from.crm"), folder.other());
    let crm = Crm::open(&from).unwrap();
    crm.session(None, None).unwrap().leads().create(fields! { name: "Fleet lease" }).unwrap();
    let there = Crm::open(&over).unwrap();
    std::fs::write(folder.at("notes.txt"), "mine").unwrap();
    std::fs::write(folder.at("empty.crm"), "").unwrap();
    let before = folder.names();
    let refused = |from: &str, to: &str, kind: ErrorKind, field: &str| {
        let error = silent(from, to).unwrap_err();
        assert_eq!((error.kind(), error.field()), (kind, Some(field)), "{from} to {to}: {error}");
    };
    refused(&from, &over, ErrorKind::Conflict, "to");
    refused(&from, &from, ErrorKind::Conflict, "to");
    refused(&from, &folder.at("notes.txt"), ErrorKind::Conflict, "to");
    refused(&folder.at("nothing.crm"), &folder.at("new.crm"), ErrorKind::NotFound, "from");
    refused(&folder.at("empty.crm"), &folder.at("new.crm"), ErrorKind::NotFound, "from");
    refused(":memory:", &folder.at("new.crm"), ErrorKind::Invalid, "from");
    refused(&from, ":memory:", ErrorKind::Invalid, "to");
    refused("mysql://here/crm", &over, ErrorKind::Invalid, "from");
    refused(&from, "mysql://here/crm", ErrorKind::Invalid, "to");
    let not_ours = silent(&folder.at("notes.txt"), &folder.at("new.crm")).unwrap_err();
    assert_eq!(not_ours.code(), 703, "{not_ours}");
    if over.starts_with("postgres") {
        let nowhere = target::fresh();
        refused(&nowhere, &folder.at("new.crm"), ErrorKind::NotFound, "from");
        assert_eq!(there.session(None, None).unwrap().leads().count(None).unwrap(), 0);
    }
    let after: BTreeSet<String> = folder
        .names()
        .into_iter()
        .filter(|name| !name.contains("-wal") && !name.contains("-shm"))
        .collect();
    assert!(after.is_subset(&before), "{after:?}");
}

#[test]
fn a_copy_that_is_stopped_leaves_nothing() {
    let folder = Folder::new("stopped");
    let (from, over) = (folder.at("from.crm"), folder.other());
    let crm = Crm::open(&from).unwrap();
    let drafts = vec![fields! { name: "Fleet lease", expected_revenue: 10 }; 2_000];
    crm.session(None, None).unwrap().leads().create_many(drafts).unwrap();
    crm.close();
    let before = folder.names();
    let total = std::cell::Cell::new(0);
    for part in [0, 3, 6] {
        let mut stop = |done: u64, all: u64| {
            total.set(all);
            done < all * part / 8
        };
        let error = copy(&from, &over, &mut Progress::new(&mut stop)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        assert_eq!(folder.names(), before, "after {part} of 8");
    }
    assert!(total.get() > 16_000, "{}", total.get());
    let report = silent(&from, &over).unwrap();
    assert_eq!(rows(&report, "lead"), 2_000);
}
