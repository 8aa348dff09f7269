//! The account that an import gives: mistakes in the mapping, dry runs, aborts, cancelling, row by row as all at once.

use super::*;
use crate::csv::OnError;
use crate::fields;

const PAIRS: [(&str, &str); 3] =
    [("n", "name"), ("v", "expected_revenue"), ("p", "partner_id.name")];
const FILE: &str = "n,v,p\nA,1,Azure\nB,x,Beige\nC,2.50,Beige\nD,3,azure\n,,\n";

fn creating() -> ImportOptions {
    policy(&[("partner_id", LinkPolicy::Create)])
}

#[test]
fn mistakes_in_the_mapping_are_found_before_any_row() {
    let s = session();
    for (pairs, named) in [
        (vec![("nm", "name")], "did you mean \"n\""),
        (vec![("n", "nmae")], "did you mean \"name\""),
        (vec![("n", "partner_id.nam")], "did you mean \"name\""),
        (vec![("n", "name.first")], "does not link"),
        (vec![("n", "external_id()")], "external_id(<system>)"),
        (vec![("n", "external_id")], "external_id(<system>)"),
        (vec![("n", "properties")], "properties.<name>"),
        (vec![("n", "properties.x")], "no property"),
        (vec![("n", "name"), ("v", "name")], "both mapped"),
        (vec![("n", "user_id.name"), ("v", "user_id")], "both mapped"),
    ] {
        let error =
            try_import(&s, RecordKind::Lead, FILE, &pairs, &ImportOptions::default()).unwrap_err();
        assert_eq!(error.code(), 100, "{pairs:?}");
        assert!(error.message().contains(named), "{pairs:?}: {error}");
    }
    let unused = policy(&[("partner", LinkPolicy::Create)]);
    let error = try_import(&s, RecordKind::Lead, FILE, &PAIRS, &unused).unwrap_err();
    assert!(error.message().contains("did you mean \"partner_id\""), "{error}");
    let by_id = policy(&[("partner_id", LinkPolicy::Create)]);
    let error = try_import(&s, RecordKind::Lead, FILE, &[("p", "partner_id")], &by_id).unwrap_err();
    assert_eq!(error.field(), Some("partner_id"));
    let twice =
        try_import(&s, RecordKind::Lead, "n,n\nA,B\n", &[("n", "name")], &ImportOptions::default());
    assert!(twice.unwrap_err().message().contains("more than one column"));
    let empty = try_import(&s, RecordKind::Lead, "", &[("n", "name")], &ImportOptions::default());
    assert_eq!(empty.unwrap_err().code(), 800);
}

#[test]
fn a_dry_run_reports_the_same_and_writes_nothing() {
    let s = session();
    let dry = ImportOptions { dry_run: true, ..creating() };
    let planned = import_with(&s, FILE, &PAIRS, &dry);
    assert!(leads(&s).is_empty() && s.partners().count(None).unwrap() == 0);
    let done = import_with(&s, FILE, &PAIRS, &creating());
    assert_eq!(planned, done, "counts, errors and hash");
    assert_eq!(counts(&done), [5, 3, 0, 0, 0, 2]);
    assert_eq!(s.partners().count(None).unwrap(), 2);
    let other = import_with(&s, &FILE.replace("2.50", "2.51"), &PAIRS, &dry);
    assert_ne!(other.plan_hash, done.plan_hash);
    assert_eq!(done.plan_hash.len(), 16);
}

#[test]
fn abort_takes_everything_back_and_says_where() {
    let s = session();
    let options = ImportOptions { on_error: OnError::Abort, ..creating() };
    let error = try_import(&s, RecordKind::Lead, FILE, &PAIRS, &options).unwrap_err();
    assert_eq!((error.line(), error.field()), (Some((3, 2)), Some("expected_revenue")));
    assert!(error.message().contains("record 2, line 3, column \"v\""), "{error}");
    assert!(leads(&s).is_empty() && s.partners().count(None).unwrap() == 0);
}

#[test]
fn cancelling_writes_nothing() {
    let s = session();
    let mut told = Vec::new();
    let mut stop = |done, total| {
        told.push((done, total));
        false
    };
    let error = s
        .csv()
        .import(
            RecordKind::Lead,
            &mut FILE.as_bytes(),
            &mapping(&PAIRS),
            &creating(),
            &mut Progress::new(&mut stop),
        )
        .unwrap_err();
    assert_eq!(error.code(), 601);
    assert_eq!(told, [(5, 0)]);
    assert!(leads(&s).is_empty());
}

#[test]
fn rows_one_by_one_do_what_they_do_together() {
    let together = session();
    let alone = session();
    let report = import_with(&together, FILE, &PAIRS, &creating());
    let mut sum = [0; 6];
    let (head, rows) = FILE.split_once('\n').unwrap();
    for row in rows.lines() {
        let one = import_with(&alone, &format!("{head}\n{row}\n"), &PAIRS, &creating());
        sum.iter_mut().zip(counts(&one)).for_each(|(sum, one)| *sum += one);
    }
    assert_eq!(sum, counts(&report));
    let seen = |s: &Session| {
        let partner =
            |lead: &crate::Lead| lead.partner_id.map(|id| s.partners().get(id).unwrap().name);
        leads(s)
            .iter()
            .map(|lead| (lead.name.clone(), lead.expected_revenue, partner(lead)))
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(&together), seen(&alone));
}

#[test]
fn within_atomic_an_import_is_one_verb() {
    let s = session();
    let kept = s.atomic(|s| {
        s.leads().create(fields! { name: "before" })?;
        let dry = ImportOptions { dry_run: true, ..creating() };
        import_with(s, FILE, &PAIRS, &dry);
        let abort = ImportOptions { on_error: OnError::Abort, ..creating() };
        assert!(try_import(s, RecordKind::Lead, FILE, &PAIRS, &abort).is_err());
        import_with(s, FILE, &PAIRS, &creating());
        s.leads().count(None)
    });
    assert_eq!(kept.unwrap(), 4);
}

#[test]
fn the_library_s_own_fields_are_accepted_when_they_are_so_and_refused_when_not() {
    let s = session();
    let lead = s.leads().create(fields! { name: "A" }).unwrap();
    let pairs = [("id", "id"), ("version", "version"), ("n", "name")];
    let report = import(&s, &format!("id,version,n\n{},1,A\n,1,B\n", lead.id), &pairs);
    assert_eq!(counts(&report), [2, 0, 0, 1, 0, 1]);
    let report = import(&s, &format!("id,version,n\n{},9,A\n", lead.id), &pairs);
    assert_eq!((report.failed, report.errors.at(0, "column")), (1, "version".into()));
}

#[test]
fn rights_hold_row_by_row() {
    let crm = Crm::open(":memory:").unwrap();
    let admin = crm.session(None, None).unwrap();
    let ada = admin.users().create(fields! { name: "Ada", login: "ada" }).unwrap();
    let bob = admin.users().create(fields! { name: "Bob", login: "bob" }).unwrap();
    let hers = admin.leads().create(fields! { name: "Hers", user_id: ada.id }).unwrap();
    let his = admin.leads().create(fields! { name: "His", user_id: bob.id }).unwrap();
    let s = crm.session(Some("ada".into()), None).unwrap();
    let options = policy(&[("tag_ids", LinkPolicy::Create)]);
    let file = format!("id,n,t\n{},Mine,\n{},Stolen,\n,New,tag\n", hers.id, his.id);
    let report =
        import_with(&s, &file, &[("id", "id"), ("n", "name"), ("t", "tag_ids.name")], &options);
    assert_eq!(counts(&report), [3, 0, 1, 0, 0, 2]);
    assert_eq!(report.errors.at(0, "code"), Value::Int(200));
    assert_eq!(report.errors.at(1, "code"), Value::Int(300));
    assert_eq!(admin.leads().get(his.id).unwrap().name, "His");
}

#[test]
fn the_order_of_rows_and_the_files_they_come_in_do_not_matter() {
    let head = "no,n,v,p,w";
    let rows: Vec<String> = (0..40)
        .map(|n| {
            let (partner, end) = (n * 7 % 5, ["", "won", "lost"][n % 3]);
            format!(
                "{n},Deal {n},{}.5,Partner {partner},{end}",
                if n % 11 == 3 { "x" } else { "1" }
            )
        })
        .collect();
    let pairs = [
        ("no", "external_id(old)"),
        ("n", "name"),
        ("v", "expected_revenue"),
        ("p", "partner_id.name"),
        ("w", "won_status"),
    ];
    let state = |files: &[Vec<&str>]| {
        let s = session();
        let mut sum = [0; 6];
        for rows in files {
            let file = format!("{head}\n{}\n", rows.join("\n"));
            let report = import_with(&s, &file, &pairs, &creating());
            sum.iter_mut().zip(counts(&report)).for_each(|(sum, one)| *sum += one);
        }
        let columns = [
            "external_id(old)",
            "name",
            "expected_revenue",
            "partner_id.name",
            "won_status",
            "active",
        ];
        let all = crate::Filter::parse("active in (true, false)").unwrap();
        let mut out = Vec::new();
        s.csv().export(RecordKind::Lead, &mut out, Some(&all), Some(&columns)).unwrap();
        let mut lines: Vec<String> =
            String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        (sum, lines)
    };
    let straight: Vec<&str> = rows.iter().map(String::as_str).collect();
    let shuffled: Vec<&str> = (0..40).map(|n| straight[n * 17 % 40]).collect();
    let parts: Vec<Vec<&str>> = straight.chunks(7).map(<[&str]>::to_vec).collect();
    let expect = state(std::slice::from_ref(&straight));
    assert_eq!(expect.0, [40, 36, 0, 0, 0, 4]);
    assert_eq!(state(&[shuffled]), expect);
    assert_eq!(state(&parts), expect);
}

#[test]
fn longer_files_than_a_chunk_are_one_import() {
    let s = session();
    let rows = crate::base::limit::CHUNK + 10;
    let mut file = "no,n,p\n".to_owned();
    for n in 0..rows {
        file.push_str(&format!("{n},Deal {n},Partner {}\n", n % 3));
    }
    file.push_str("7,Deal 7 again,\n");
    let pairs = [("no", "external_id(old)"), ("n", "name"), ("p", "partner_id.name")];
    let mut told = Vec::new();
    let mut tell = |done, total| {
        told.push((done, total));
        true
    };
    let report = s
        .csv()
        .import(
            RecordKind::Lead,
            &mut file.as_bytes(),
            &mapping(&pairs),
            &creating(),
            &mut Progress::new(&mut tell),
        )
        .unwrap();
    let all = rows as u64;
    assert_eq!(counts(&report), [all + 1, all, 0, 0, 0, 1]);
    assert_eq!(told, [(crate::base::limit::CHUNK as u64, 0), (all + 1, 0)]);
    assert_eq!(s.partners().count(None).unwrap(), 3);
    let mut stop = |done, _| done < all;
    let error = s
        .csv()
        .import(
            RecordKind::Lead,
            &mut file.replace("Deal", "Other").as_bytes(),
            &mapping(&pairs),
            &creating(),
            &mut Progress::new(&mut stop),
        )
        .unwrap_err();
    assert_eq!(error.code(), 601);
    assert_eq!(s.leads().get_external("old", "3").unwrap().name, "Deal 3", "the first chunk, too");
}

#[test]
fn all_that_is_wrong_with_a_row_is_told_at_once() {
    let s = session();
    let pairs = [
        ("n", "name"),
        ("p", "priority"),
        ("c", "date_deadline"),
        ("v", "expected_revenue"),
        ("u", "user_id.name"),
    ];
    let file = "n,p,c,v,u\nA,9,2026-02-31,abc,Nobody\nB,1,,5,\nC,8,,5,\n";
    let report = import(&s, file, &pairs);
    assert_eq!(counts(&report), [3, 1, 0, 0, 0, 2]);
    let told: Vec<(Value, Value)> = (0..report.errors.len())
        .map(|at| (report.errors.at(at, "record"), report.errors.at(at, "column")))
        .collect();
    let wanted = [(1, "p"), (1, "c"), (1, "v"), (1, "u"), (3, "p")];
    assert_eq!(told, wanted.map(|(record, column)| (Value::Int(record), Value::from(column))));
    assert!(message(&report, 1).contains("no such day"), "{}", message(&report, 1));
}

#[test]
fn a_missing_column_is_told_with_those_that_are_there() {
    let s = session();
    let told = |file: &str, pairs: &[(&str, &str)]| {
        let options = ImportOptions::default();
        let error = try_import(&s, RecordKind::Lead, file, pairs, &options).unwrap_err();
        assert_eq!(error.code(), 100, "{error}");
        error.message().to_owned()
    };
    let missing = told("Deal,Worth\nA,1\n", &[("Deal", "name"), ("Value", "expected_revenue")]);
    assert!(missing.contains("\"Deal\", \"Worth\"") && !missing.contains("delimiter"), "{missing}");
    for (file, pairs) in [("Deal;Worth\nA;1\n", &[("Deal", "name")][..]), ("name;city\nA;1\n", &[])]
    {
        let apart = told(file, pairs);
        assert!(apart.contains("';'") && apart.contains("delimiter"), "{apart}");
    }
}
