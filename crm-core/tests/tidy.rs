//! The house's rules that a program can check: which way names point, where SQL and the engine's name may stand, sizes, words.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A module may name only modules of lower ranks; siblings do not name each other.
const RANKS: &[&[&str]] = &[
    &["base"],
    &["record"],
    &["event", "filter"],
    &["access"],
    &["storage"],
    &["feed", "property", "setting", "external_id", "merged"],
    &["desk"],
    &[
        "company",
        "user",
        "team",
        "stage",
        "lost_reason",
        "tag",
        "utm",
        "recurring_plan",
        "partner",
        "history",
        "audit",
        "rights",
        "rule",
        "tally",
        "target",
    ],
    &["lead"],
    &["chatter", "activity"],
    &["score", "duplicate"],
    &["forecast"],
    &["merge"],
    &["convert"],
    &["assign", "person"],
    &["csv"],
    &["reaction"],
    &["default_data", "any_desk"],
    &["session"],
    &["crm", "guide"],
];

/// Words that must not stand in the library, outside tests, and what to say instead.
const BANNED: &[(&str, &str)] = &[
    (".unwrap()", "`?`, or `expect` with a sentence that says why it cannot fail"),
    ("dbg!(", "nothing"),
    ("println!(", "nothing; a library does not print"),
    ("todo!(", "the code"),
    ("unimplemented!(", "the code"),
    ("SystemTime", "`Tx::now`"),
    ("Utc::now", "`Tx::now`; the clock is read in storage/handle.rs alone"),
    ("role >=", "`Role::reaches`; the numbers of roles have no order"),
    ("role <", "`Role::reaches`"),
    ("thread::spawn", "`storage::ahead`; no thread outlives its call"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Every file below a folder with that ending, by its path from there.
fn files(folder: &Path, ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn sources() -> BTreeMap<String, String> {
    files(&root().join("src"), "rs")
}

/// The module at the top that a file belongs to.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

fn is_test(file: &str) -> bool {
    file.split('/').any(|part| {
        part.trim_end_matches(".rs").split('_').any(|word| word == "tests" || word == "testing")
    })
}

/// The part of a file that is not its test module.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// Modules that a text names after `crate::`.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            // `crm_core::…` in examples is the host's view.
            let rest = &line[at + "crate::".len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0;
                for part in group.split(',') {
                    if depth == 0 {
                        names.push(first_word(part.trim()));
                    }
                    depth += part.matches('{').count();
                    depth -= part.matches('}').count().min(depth);
                }
            } else {
                names.push(first_word(rest));
            }
        }
    }
    names
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

fn fail(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn names_point_down() {
    let rank = |name: &str| RANKS.iter().position(|rooms| rooms.contains(&name));
    let mut complaints = Vec::new();
    for (file, text) in sources() {
        let own = room(&file);
        if own == "lib" {
            continue;
        }
        let Some(from) = rank(own) else {
            complaints.push(format!("{file}: the room {own:?} has no rank; add it to the table"));
            continue;
        };
        for name in named(without_tests(&text)) {
            match rank(&name) {
                Some(to) if name != own && to >= from => {
                    complaints.push(format!("{file} (rank {from}) names {name} (rank {to})"));
                }
                _ => {}
            }
        }
    }
    fail(&complaints);
}

#[test]
fn only_storage_says_which_engine() {
    let says = |(file, text): &(String, String)| {
        let text = without_tests(text);
        let names = ["rusqlite", "postgres::", "::postgres"];
        room(file) != "storage" && !is_test(file) && names.iter().any(|name| text.contains(name))
    };
    let complaints: Vec<String> = sources()
        .into_iter()
        .filter(says)
        .map(|(file, _)| format!("{file} says rusqlite or postgres; rooms say Tx"))
        .collect();
    fail(&complaints);
}

#[test]
fn every_file_has_a_head_comment_and_a_size() {
    let mut complaints = Vec::new();
    let mut sizes = Vec::new();
    for (file, text) in sources() {
        let lines = text.lines().count();
        sizes.push(lines);
        if !text.starts_with("//!") {
            complaints.push(format!("{file} does not say what it is and why"));
        }
        if lines > 900 {
            complaints.push(format!("{file} has {lines} lines; 900 is the end"));
        }
        if let Some(at) = text.lines().position(|line| line.chars().count() > 160) {
            complaints.push(format!("{file}:{} has more than 160 letters", at + 1));
        }
    }
    sizes.sort_unstable();
    println!(
        "files: {}, median {} lines, largest {:?}",
        sizes.len(),
        sizes[sizes.len() / 2],
        sizes.last()
    );
    assert!(sizes[sizes.len() / 2] <= 200, "the median file has {} lines", sizes[sizes.len() / 2]);
    fail(&complaints);
}

#[test]
fn banned_words_stay_out() {
    let mut complaints = Vec::new();
    for (file, text) in sources().into_iter().filter(|(file, _)| !is_test(file)) {
        for (number, line) in without_tests(&text).lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") || file == "storage/handle.rs" && code.contains("Utc::now") {
                continue;
            }
            for (word, instead) in BANNED.iter().filter(|(word, _)| code.contains(word)) {
                complaints.push(format!("{file}:{}: {word} — say {instead}", number + 1));
            }
        }
    }
    fail(&complaints);
}

#[test]
fn every_sql_file_is_used_and_short() {
    let used: String = sources().into_values().collect();
    let mut complaints = Vec::new();
    for (file, text) in files(&root().join("src"), "sql") {
        let name = file.rsplit('/').next().unwrap_or(&file);
        let pair = name.strip_suffix(".sqlite.sql").or_else(|| name.strip_suffix(".postgres.sql"));
        let says = match pair {
            Some(pair) => format!("dialect!(tx, \"{pair}\")"),
            None => format!("{name}\")"),
        };
        if !used.contains(&says) {
            complaints.push(format!("{file} is not used"));
        }
        if text.lines().count() > 40 {
            complaints.push(format!("{file} has more than 40 lines"));
        }
    }
    fail(&complaints);
}

/// Statements that are written once for each engine: few, and each says why.
#[test]
fn at_most_ten_statements_differ_by_engine() {
    let all = files(&root().join("src"), "sql");
    let named = |ending: &str| -> BTreeSet<String> {
        all.keys().filter_map(|file| Some(file.strip_suffix(ending)?.to_owned())).collect()
    };
    let (sqlite, postgres) = (named(".sqlite.sql"), named(".postgres.sql"));
    assert_eq!(sqlite, postgres, "they come in pairs");
    assert!(sqlite.len() <= 10, "{sqlite:?}");
    let silent = all
        .iter()
        .filter(|(file, text)| file.ends_with(".postgres.sql") && !text.starts_with("-- "));
    let silent: Vec<String> =
        silent.map(|(file, _)| format!("{file} does not begin with its reason")).collect();
    fail(&silent);
}

/// Field numbers are known outside: appended, never moved. `CRM_UPDATE=1` writes the list anew, to be read in the diff.
#[test]
fn field_numbers_stay() {
    let mut list = String::new();
    for kind in crm_core::RecordKind::ALL {
        let table = crm_core::record::table(*kind);
        writeln!(list, "{} ({})", kind.name(), table.name).unwrap();
        for (at, field) in table.fields.iter().enumerate() {
            let empty = if field.nullable { "?" } else { "" };
            writeln!(list, "{at:4} {}: {:?}{empty}", field.name, field.kind).unwrap();
        }
    }
    let golden = root().join("../tests/golden/fields.txt");
    if std::env::var_os("CRM_UPDATE").is_some() {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(&golden, &list).unwrap();
    }
    let known = fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(
        list, known,
        "the lists of fields changed; read the diff after CRM_UPDATE=1 cargo test -p crm-core --test tidy"
    );
}
