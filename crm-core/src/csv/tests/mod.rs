//! The room's behaviour through its desk.

mod cells;
mod links;
mod past;
mod report;
mod round_trip;

use std::collections::BTreeMap;

use crate::base::progress::Progress;
use crate::base::{RecordKind, Result, Value};
use crate::csv::{ImportOptions, ImportReport, LinkPolicy};
use crate::{Crm, Session};

/// An empty database as its administrator, at a fixed time.
fn session() -> Session {
    let now = crate::Timestamp::parse("2026-05-04T10:00:00Z").unwrap();
    Crm::open(":memory:").unwrap().session(None, Some(now)).unwrap()
}

fn mapping(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(column, field)| ((*column).to_owned(), (*field).to_owned())).collect()
}

fn policy(pairs: &[(&str, LinkPolicy)]) -> ImportOptions {
    let policy: BTreeMap<String, LinkPolicy> =
        pairs.iter().map(|(field, policy)| ((*field).to_owned(), *policy)).collect();
    ImportOptions { policy, ..ImportOptions::default() }
}

fn try_import(
    s: &Session,
    kind: RecordKind,
    file: &str,
    pairs: &[(&str, &str)],
    options: &ImportOptions,
) -> Result<ImportReport> {
    s.csv().import(kind, &mut file.as_bytes(), &mapping(pairs), options, &mut Progress::none())
}

fn import_with(
    s: &Session,
    file: &str,
    pairs: &[(&str, &str)],
    options: &ImportOptions,
) -> ImportReport {
    let report = try_import(s, RecordKind::Lead, file, pairs, options).unwrap();
    let parts = report.created + report.updated + report.unchanged + report.skipped + report.failed;
    assert_eq!(report.rows, parts, "every row has one outcome");
    let mut told: Vec<Value> =
        (0..report.errors.len()).map(|at| report.errors.at(at, "record")).collect();
    told.dedup();
    assert_eq!(report.failed, told.len() as u64, "every failure is told");
    report
}

fn import(s: &Session, file: &str, pairs: &[(&str, &str)]) -> ImportReport {
    import_with(s, file, pairs, &ImportOptions::default())
}

/// rows, created, updated, unchanged, skipped, failed
fn counts(report: &ImportReport) -> [u64; 6] {
    [report.rows, report.created, report.updated, report.unchanged, report.skipped, report.failed]
}

/// The message of an error row.
fn message(report: &ImportReport, at: usize) -> String {
    match report.errors.at(at, "message") {
        Value::Text(text) => text,
        other => panic!("row {at} has no message but {other:?}"),
    }
}

/// All leads in the order of their ids, archived ones too.
fn leads(s: &Session) -> Vec<crate::Lead> {
    let find = crate::Find {
        filter: Some(crate::Filter::parse("active in (true, false)").unwrap()),
        order: Some("id".to_owned()),
        ..crate::Find::default()
    };
    s.leads().find(&find).unwrap()
}
