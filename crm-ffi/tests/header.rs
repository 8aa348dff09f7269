//! `include/crm.h` is exactly what cbindgen makes of the sources; `CRM_UPDATE=1` writes it anew.
//!
//! The test also looks at what cbindgen cannot see: that the library exports what the header declares and nothing else, and that
//! the numbers of fields and codes are those of the core.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crm_core::{ErrorKind, FieldKind, RecordKind, record};

mod common;

/// The sources in the order of the header.
const SOURCES: &[&str] = &[
    "edge/abi.rs",
    "edge/progress.rs",
    "edge/option.rs",
    "version.rs",
    "error.rs",
    "crm.rs",
    "session.rs",
    "catalog.rs",
    "fields.rs",
    "record.rs",
    "record_property.rs",
    "list.rs",
    "frame.rs",
    "find.rs",
    "desk/lead.rs",
    "lead.rs",
    "merge.rs",
    "convert.rs",
    "assignment.rs",
    "activity.rs",
    "chatter.rs",
    "desk/partner.rs",
    "partner.rs",
    "desk/partner_contact.rs",
    "desk/partner_role.rs",
    "desk/stage.rs",
    "desk/lost_reason.rs",
    "desk/tag.rs",
    "desk/user.rs",
    "desk/team.rs",
    "team.rs",
    "desk/team_member.rs",
    "desk/company.rs",
    "desk/campaign.rs",
    "desk/medium.rs",
    "desk/source.rs",
    "desk/recurring_plan.rs",
    "desk/rule.rs",
    "desk/target.rs",
    "target.rs",
    "desk/activity_type.rs",
    "setting.rs",
    "property.rs",
    "score.rs",
    "duplicate.rs",
    "forecast.rs",
    "access.rs",
    "audit.rs",
    "csv.rs",
];

fn source(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/crm.h")
}

/// The numbers of all kinds and shown fields.
fn numbers() -> String {
    let mut text = String::from("// Kinds of record.\n");
    for (at, kind) in RecordKind::ALL.iter().enumerate() {
        let name = kind.name().to_uppercase();
        writeln!(text, "#define CRM_KIND_{name} {at}").unwrap();
    }
    for kind in RecordKind::ALL {
        let table = record::table(*kind);
        writeln!(text, "\n// Fields of a {}.", kind.name().replace('_', " ")).unwrap();
        for (at, field) in table.fields.iter().enumerate().filter(|(_, field)| !field.hidden) {
            let name = format!("CRM_{}_{}", kind.name(), field.name).to_uppercase();
            writeln!(text, "#define {name} {at}{}", remark(field)).unwrap();
        }
    }
    text.push_str("#define CRM_LEAD_TYPE CRM_LEAD_KIND // another name\n");
    text
}

fn remark(field: &crm_core::Field) -> String {
    let kind = match field.kind {
        FieldKind::Bool => "truth".to_owned(),
        FieldKind::Int => "number".to_owned(),
        FieldKind::Money => "money".to_owned(),
        FieldKind::Percent => "percent".to_owned(),
        FieldKind::Text => "text".to_owned(),
        FieldKind::Choice(words) => words.join(" "),
        FieldKind::Date => "date".to_owned(),
        FieldKind::Time => "instant".to_owned(),
        FieldKind::Ref(kind) => format!("id of a {}", kind.name()),
        FieldKind::Ids(kind) => format!("ids of {}", kind.name()),
        FieldKind::Properties => "custom values".to_owned(),
    };
    let kept = if field.system { ", kept by the library" } else { "" };
    format!(" // {kind}{kept}")
}

fn generate() -> String {
    let types = [
        "Db",
        "Session",
        "Fields",
        "Record",
        "List",
        "Frame",
        "Error",
        "Str",
        "Ids",
        "Money",
        "Pair",
        "Status",
        "ProgressFn",
        "OpenOptions",
        "FindOptions",
        "ScoreOptions",
        "PropertyOptions",
        "ImportOptions",
    ];
    let first_page = std::fs::read_to_string(source("../header.txt")).unwrap();
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        cpp_compat: true,
        style: cbindgen::Style::Type,
        header: Some(format!("{}\n\n#ifndef CRM_H\n#define CRM_H", first_page.trim())),
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"].map(String::from).into(),
        after_includes: Some("\n// The Arrow C stream interface; its definition comes with Arrow.\nstruct ArrowArrayStream;".into()),
        trailer: Some(format!("{}\n\n#endif // CRM_H", numbers().trim())),
        usize_is_size_t: true,
        documentation_style: cbindgen::DocumentationStyle::C99,
        line_length: 100,
        ..cbindgen::Config::default()
    };
    for name in types {
        let c = name.chars().fold("crm".to_owned(), |mut c, letter| {
            if letter.is_uppercase() {
                c.push('_');
            }
            c.extend(letter.to_lowercase());
            c
        });
        config.export.rename.insert(format!("Crm{name}"), c);
    }
    config.export.rename.insert("FFI_ArrowArrayStream".into(), "struct ArrowArrayStream".into());
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in SOURCES {
        builder = builder.with_src(source(file));
    }
    let mut header = Vec::new();
    builder.generate().expect("cbindgen reads the sources").write(&mut header);
    String::from_utf8(header).unwrap()
}

#[test]
fn the_header_is_what_the_sources_say() {
    let made = generate();
    if std::env::var_os("CRM_UPDATE").is_some() {
        std::fs::write(committed(), &made).unwrap();
    }
    let kept = std::fs::read_to_string(committed()).unwrap_or_default();
    let differs = made.lines().zip(kept.lines()).position(|(made, kept)| made != kept);
    assert!(made == kept, "include/crm.h is old, first at line {differs:?}: run with CRM_UPDATE=1");
}

#[test]
fn every_source_is_read() {
    let mut found = BTreeSet::new();
    for folder in ["", "edge", "desk"] {
        for entry in std::fs::read_dir(source(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = path.is_file().then(|| std::fs::read_to_string(&path).unwrap());
            let declares =
                |text: String| text.contains("#[unsafe(no_mangle)]") || text.contains("#[repr(C)]");
            if text.is_some_and(declares) {
                let file = path.strip_prefix(source("")).unwrap();
                found.insert(file.to_string_lossy().into_owned());
            }
        }
    }
    let listed: BTreeSet<String> = SOURCES.iter().map(|file| (*file).to_owned()).collect();
    assert!(found.is_subset(&listed), "not in SOURCES: {:?}", found.difference(&listed));
}

#[test]
fn unsafe_code_stays_at_the_edge() {
    for file in SOURCES.iter().filter(|file| !file.starts_with("edge/")) {
        for (at, line) in std::fs::read_to_string(source(file)).unwrap().lines().enumerate() {
            let signature = line == "#[unsafe(no_mangle)]"
                || line.starts_with("pub unsafe extern \"C\" fn crm_")
                || line.starts_with("//");
            assert!(signature || !line.contains("unsafe"), "{file}:{}: {line}", at + 1);
        }
    }
}

#[test]
fn the_codes_are_the_cores() {
    for (code, kind) in [
        (crm::CRM_E_INVALID, ErrorKind::Invalid),
        (crm::CRM_E_NOT_FOUND, ErrorKind::NotFound),
        (crm::CRM_E_DENIED, ErrorKind::Denied),
        (crm::CRM_E_CONFLICT, ErrorKind::Conflict),
        (crm::CRM_E_LIMIT, ErrorKind::Limit),
        (crm::CRM_E_CLOSED, ErrorKind::Closed),
        (crm::CRM_E_CANCELLED, ErrorKind::Cancelled),
        (crm::CRM_E_STORAGE, ErrorKind::Storage),
        (crm::CRM_E_FORMAT, ErrorKind::Format),
        (crm::CRM_E_HOST, ErrorKind::Host),
        (crm::CRM_E_BUG, ErrorKind::Bug),
    ] {
        assert_eq!(u32::try_from(code).unwrap(), kind.code(), "{}", kind.name());
    }
    use crm_core::base::error::storage_code as core;
    let ours = [
        crm::CRM_E_BUSY,
        crm::CRM_E_NEWER,
        crm::CRM_E_NOT_OURS,
        crm::CRM_E_READ_ONLY,
        crm::CRM_E_CORRUPT,
        crm::CRM_E_FULL,
        crm::CRM_E_LOST,
    ];
    let theirs = [
        core::BUSY,
        core::NEWER,
        core::NOT_OURS,
        core::READ_ONLY,
        core::CORRUPT,
        core::FULL,
        core::LOST,
    ];
    assert_eq!(ours.map(|code| u32::try_from(code).unwrap()), theirs);
}

#[test]
fn no_name_is_defined_twice() {
    let header = generate();
    let mut names = BTreeSet::new();
    for line in header.lines().filter(|line| line.starts_with("#define ")) {
        let name = line.split_whitespace().nth(1).unwrap();
        assert!(names.insert(name), "{name} is defined twice");
    }
    assert!(names.contains("CRM_LEAD_STAGE_ID") && names.contains("CRM_KIND_LEAD"));
}

/// What the shared library offers to other programs.
fn exported_symbols() -> Vec<String> {
    let library = common::library_folder().join("libcrm.so");
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(library).output();
    let output = output.expect("nm comes with the C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("symbols are ASCII");
    lines.lines().filter_map(|line| line.split_whitespace().nth(2)).map(str::to_owned).collect()
}

#[test]
fn the_library_exports_what_the_header_declares_and_nothing_else() {
    let header = generate();
    let declared: BTreeSet<&str> = header
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '('))
        .filter_map(|word| word.strip_suffix('(').or_else(|| word.split_once('(').map(|it| it.0)))
        .filter(|word| word.starts_with("crm_"))
        .collect();
    let symbols = exported_symbols();
    let exported: BTreeSet<&str> = symbols.iter().map(String::as_str).collect();
    assert_eq!(exported, declared);
}
