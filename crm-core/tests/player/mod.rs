//! Plays cases through the public API.

mod answer;
pub(crate) mod case;
mod verbs;

use std::collections::HashMap;
use std::path::PathBuf;

use crm_core::{Crm, Error, Timestamp, Value};
use toml::Value as Toml;

use answer::{Answer, same};
use case::{Case, Failure, Step};

/// A folder for files of one test, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("crm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the folder for temporary files can be written");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A database with the names that a case has given to answers.
pub(crate) struct World {
    crm: Crm,
    now: Option<Timestamp>,
    names: HashMap<String, Answer>,
}

/// Plays a case; `Err` says what went otherwise.
pub(crate) fn play(case: &Case, target: &str) -> Result<(), String> {
    let crm = Crm::open(target).map_err(|error| error.to_string())?;
    let mut world = World { crm, now: None, names: HashMap::new() };
    let told = |part: &str, at: usize, step: &Step, why: &str| {
        format!("  {}\n  {part} {}: {}\n{why}", case.rule, at + 1, step.line())
    };
    let cast = std::fs::read_to_string(case::folder().join("cast.toml"))
        .map_err(|error| error.to_string())?;
    let cast = Case::parse(&cast)?;
    if let Some(now) = case.now.as_ref().or(cast.now.as_ref()) {
        world.now = Some(instant(now)?);
    }
    if case.cast {
        for (at, step) in cast.given.iter().enumerate() {
            world.step(step).map_err(|why| told("cast", at, step, &why))?;
        }
    }
    for (part, steps) in [("given", &case.given), ("when", &case.when), ("then", &case.then)] {
        for (at, step) in steps.iter().enumerate() {
            world.step(step).map_err(|why| told(part, at, step, &why))?;
        }
    }
    let wrong = world.crm.verify().map_err(|error| error.to_string())?;
    if wrong.is_empty() { Ok(()) } else { Err(format!("  {}\n  at the end: {wrong:?}", case.rule)) }
}

fn instant(moment: &toml::value::Datetime) -> Result<Timestamp, String> {
    Timestamp::parse(&moment.to_string()).map_err(|error| error.to_string())
}

impl World {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Some(at) = &step.at {
            self.now = Some(instant(at)?);
        }
        let answer = match (&step.verb, &step.of) {
            (Some(verb), None) => {
                let before = self.written();
                match (self.run(verb, step), &step.fails) {
                    (Ok(answer), None) => answer,
                    (Ok(answer), Some(_)) => {
                        return Err(format!("    expected a failure\n    actual   {answer:?}"));
                    }
                    (Err(verbs::Fault::Case(why)), _) => return Err(format!("    {why}")),
                    (Err(verbs::Fault::Crm(error)), None) => {
                        return Err(format!("    failed: {error} ({error:?})"));
                    }
                    (Err(verbs::Fault::Crm(error)), Some(expected)) => {
                        self.failed(expected, &error)?;
                        let after = self.written();
                        return if before == after {
                            Ok(())
                        } else {
                            Err("    it failed, and wrote".to_owned())
                        };
                    }
                }
            }
            (None, Some(name)) => self.named(name)?,
            _ => return Err("    a step has either `do` or `of`".to_owned()),
        };
        self.check(step, &answer)?;
        if let Some(name) = &step.name {
            self.names.insert(name.clone(), answer);
        }
        Ok(())
    }

    /// What shows that something was written.
    fn written(&self) -> (usize, Vec<String>) {
        let feed = self.crm.feed(0, 100_000).map_or(0, |entries| entries.len());
        (feed, self.crm.verify().unwrap_or_default())
    }

    fn failed(&self, expected: &Failure, error: &Error) -> Result<(), String> {
        let told = |what: &str, expected: &dyn std::fmt::Debug, actual: &dyn std::fmt::Debug| {
            Err(format!(
                "    {what} of the error\n    expected {expected:?}\n    actual   {actual:?} ({error})"
            ))
        };
        if error.kind().name() != expected.kind {
            return told("kind", &expected.kind, &error.kind().name());
        }
        if expected.code.is_some_and(|code| code != error.code()) {
            return told("code", &expected.code, &error.code());
        }
        if expected.field.is_some() && expected.field.as_deref() != error.field() {
            return told("field", &expected.field, &error.field());
        }
        if let Some(record) = &expected.record {
            let expected = self.value(record)?;
            let actual = Value::from(error.subject().map(|subject| subject.id));
            if expected != actual {
                return told("record", &expected, &actual);
            }
        }
        if expected.says.as_ref().is_some_and(|words| !error.message().contains(words.as_str())) {
            return told("message", &expected.says, &error.message());
        }
        Ok(())
    }

    fn check(&self, step: &Step, answer: &Answer) -> Result<(), String> {
        if let Some(expected) = &step.is {
            self.matches(expected, answer)?;
        }
        let rows = match answer {
            Answer::List(rows) => rows.as_slice(),
            _ if step.are.is_some()
                || step.has.is_some()
                || step.lacks.is_some()
                || step.count.is_some() =>
            {
                return Err(format!("    expected a list\n    actual   {answer:?}"));
            }
            _ => &[],
        };
        let expected = step.count.or(step.are.as_ref().map(Vec::len));
        if let Some(expected) = expected.filter(|expected| *expected != rows.len()) {
            return Err(format!(
                "    expected {expected} rows\n    actual   {}\n    {rows:#?}",
                rows.len()
            ));
        }
        for (at, (expected, row)) in step.are.iter().flatten().zip(rows).enumerate() {
            self.matches(expected, row).map_err(|why| format!("    row {}\n{why}", at + 1))?;
        }
        for expected in step.has.iter().flatten() {
            if !rows.iter().any(|row| self.matches(expected, row).is_ok()) {
                return Err(format!("    expected a row {expected}\n    actual   {rows:#?}"));
            }
        }
        for unexpected in step.lacks.iter().flatten() {
            if let Some(row) = rows.iter().find(|row| self.matches(unexpected, row).is_ok()) {
                return Err(format!("    expected no row {unexpected}\n    actual   {row:?}"));
            }
        }
        Ok(())
    }

    /// Whether an answer is the expected value, or has the expected fields.
    fn matches(&self, expected: &Toml, answer: &Answer) -> Result<(), String> {
        match (expected, answer) {
            (Toml::Table(fields), Answer::Record(record)) => {
                for (name, expected) in fields {
                    let Some(actual) = record.get(name) else {
                        return Err(format!(
                            "    {name}\n    expected {expected}\n    actual   no such field"
                        ));
                    };
                    let wanted = self.value(expected)?;
                    if !same(&wanted, actual) {
                        return Err(format!(
                            "    {name}\n    expected {wanted:?}\n    actual   {actual:?}"
                        ));
                    }
                }
                Ok(())
            }
            (expected, Answer::Plain(actual)) if same(&self.value(expected)?, actual) => Ok(()),
            (expected, actual) => Err(format!("    expected {expected}\n    actual   {actual:?}")),
        }
    }

    fn named(&self, name: &str) -> Result<Answer, String> {
        let found = name.strip_prefix('$').and_then(|name| self.names.get(name));
        found.cloned().ok_or_else(|| format!("    nothing is called {name}"))
    }

    /// A value of the case: `$null`, `$name` (an id or ids), `$name.field`, or itself.
    fn value(&self, value: &Toml) -> Result<Value, String> {
        Ok(match value {
            Toml::String(text) if text == "$null" => Value::Null,
            Toml::String(text) if text.starts_with('$') => {
                let (name, field) = text
                    .split_once('.')
                    .map_or((text.as_str(), None), |(name, field)| (name, Some(field)));
                let answer = self.named(name)?;
                let found = match (field, &answer) {
                    (Some(field), Answer::Record(fields)) => fields.get(field).cloned(),
                    (None, answer) => answer.reference(),
                    _ => None,
                };
                found.ok_or_else(|| format!("    {text} is no value"))?
            }
            Toml::String(text) => Value::Text(text.clone()),
            Toml::Integer(number) => Value::Int(*number),
            Toml::Float(number) => Value::Float(*number),
            Toml::Boolean(truth) => Value::Bool(*truth),
            Toml::Datetime(moment) if moment.time.is_none() => Value::Date(
                crm_core::Date::parse(&moment.to_string()).map_err(|error| error.to_string())?,
            ),
            Toml::Datetime(moment) => Value::Time(instant(moment)?),
            Toml::Array(ids) => {
                let id = |id: &Toml| {
                    self.value(id)?.as_int().ok_or_else(|| format!("    {id} is no id"))
                };
                Value::Ids(ids.iter().map(id).collect::<Result<_, String>>()?)
            }
            Toml::Table(map) => {
                let entry =
                    |(name, value): (&String, &Toml)| Ok((name.clone(), self.value(value)?));
                Value::Map(map.iter().map(entry).collect::<Result<_, String>>()?)
            }
        })
    }
}
