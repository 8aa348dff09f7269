//! A case as it is written.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Value;
use toml::value::Datetime;

/// Given, when, then: three lists of steps, played in this order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// `behaviour 3.2: …`: the rule in a sentence, with its numbers in the specification.
    pub(crate) rule: String,
    /// Whether everybody of `cast.toml` is there from the start.
    #[serde(default)]
    pub(crate) cast: bool,
    /// When it happens; a step's `at` moves the clock.
    pub(crate) now: Option<Datetime>,
    #[serde(default)]
    pub(crate) given: Vec<Step>,
    #[serde(default)]
    pub(crate) when: Vec<Step>,
    #[serde(default)]
    pub(crate) then: Vec<Step>,
}

/// Something done, or looked at, with what is expected of the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// `desk.verb`.
    #[serde(rename = "do")]
    pub(crate) verb: Option<String>,
    /// An earlier answer, instead of doing something.
    pub(crate) of: Option<String>,
    /// One id, or a list.
    pub(crate) on: Option<Value>,
    /// Arguments by name; for `create` also a list of records.
    pub(crate) with: Option<Value>,
    /// So many records like this (`create`).
    pub(crate) times: Option<usize>,
    /// Names the answer.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
    /// Whose session, by login; without it the administrator's.
    pub(crate) user: Option<String>,
    /// When; later steps happen at that moment too.
    pub(crate) at: Option<Datetime>,
    /// A value, or fields of a record.
    pub(crate) is: Option<Value>,
    /// All rows of a list, in order.
    pub(crate) are: Option<Vec<Value>>,
    /// Rows that are among those of a list.
    pub(crate) has: Option<Vec<Value>>,
    /// Rows that are not.
    pub(crate) lacks: Option<Vec<Value>>,
    /// How many rows.
    pub(crate) count: Option<usize>,
    /// The error.
    pub(crate) fails: Option<Failure>,
}

/// An expected error; nothing may have been written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    pub(crate) kind: String,
    pub(crate) code: Option<u32>,
    pub(crate) field: Option<String>,
    pub(crate) record: Option<Value>,
    /// Words that its message contains.
    pub(crate) says: Option<String>,
}

impl Step {
    pub(crate) fn expects(&self) -> bool {
        self.is.is_some()
            || self.are.is_some()
            || self.has.is_some()
            || self.lacks.is_some()
            || self.count.is_some()
            || self.fails.is_some()
    }

    /// The step in a line, for messages.
    pub(crate) fn line(&self) -> String {
        let on = self.on.as_ref().map_or(String::new(), |on| format!(" on {on}"));
        match (&self.verb, &self.of) {
            (Some(verb), _) => format!("{verb}{on}"),
            (None, Some(of)) => format!("of {of}"),
            (None, None) => "nothing".to_owned(),
        }
    }
}

impl Case {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// All steps, in order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.given.iter().chain(&self.when).chain(&self.then)
    }

    /// The numbers of its rules.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &str> {
        let numbers = self.rule.strip_prefix("behaviour ").and_then(|rule| rule.split_once(':'));
        numbers
            .map_or("", |(numbers, _)| numbers)
            .split(',')
            .map(str::trim)
            .filter(|number| !number.is_empty())
    }
}

/// The folder of the cases.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/acceptance")
}

/// Every case by `<room>/<behaviour>.toml`, in order of names.
pub(crate) fn all() -> Vec<(String, Result<Case, String>)> {
    let mut cases = Vec::new();
    for room in std::fs::read_dir(folder()).expect("the folder of cases is there").flatten() {
        let Ok(files) = std::fs::read_dir(room.path()) else { continue };
        for file in
            files.flatten().filter(|file| file.path().extension().is_some_and(|end| end == "toml"))
        {
            let name = format!(
                "{}/{}",
                room.file_name().to_string_lossy(),
                file.file_name().to_string_lossy()
            );
            let text = std::fs::read_to_string(file.path()).map_err(|error| error.to_string());
            cases.push((name, text.and_then(|text| Case::parse(&text))));
        }
    }
    cases.sort_by(|(a, _), (b, _)| a.cmp(b));
    cases
}
