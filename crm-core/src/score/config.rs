//! What the score looks at, since when, and by which model.

use std::sync::Arc;

use crate::base::{Date, RecordKind, Result, Timestamp, Value};
use crate::property::definitions;
use crate::score::evidence::{Origin, Variable, variables};
use crate::setting::{self, Key};
use crate::storage::Tx;

/// The one model there is.
const BAYES: &str = "bayes";
/// Looked at unless configured otherwise.
pub(crate) const DEFAULT_FIELDS: [&str; 7] =
    ["phone_state", "email_state", "state_code", "country_code", "source_id", "lang", "tag_ids"];
/// By default the score counts leads from so many days before the file was created.
const DAYS_BEFORE: i64 = 8;

/// What to configure; what is `None` stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScoreConfig {
    /// Lead fields that count, beside the stage; `properties.x` for a declared property; none: the stage alone.
    pub fields: Option<Vec<String>>,
    /// Leads created from 00:00 UTC of this day on count.
    pub start_date: Option<Date>,
    /// `bayes`.
    pub model: Option<String>,
}

/// What is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// The stage, then the configured fields.
    pub(crate) variables: Vec<Variable>,
    /// Leads created earlier do not count.
    pub(crate) start_date: Date,
}

impl Config {
    /// The first moment that counts.
    pub(crate) const fn start(&self) -> Timestamp {
        Timestamp::start_of(self.start_date)
    }
}

/// What is configured, kept beside the connection.
pub(crate) fn load(tx: &Tx<'_>) -> Result<Arc<Config>> {
    tx.memo(|tx| {
        let fields = match setting::read(tx, Key::ScoreFields)? {
            Value::Text(list) => serde_json::from_str(&list).unwrap_or_default(),
            _ => DEFAULT_FIELDS.map(str::to_owned).to_vec(),
        };
        let start_date = match setting::read(tx, Key::ScoreStart)? {
            Value::Text(day) => Date::parse(&day)?,
            _ => created(tx)?.plus_days(-DAYS_BEFORE),
        };
        Ok(Config { variables: variables(fields.iter().map(String::as_str))?, start_date })
    })
}

/// The day on which the file was created: its first company exists from its first moment.
fn created(tx: &Tx<'_>) -> Result<Date> {
    let sql = "SELECT MIN(create_date) FROM company WHERE id = 1";
    tx.one(sql, &[], |line| line.int_or_null(0))
        .map(|at| at.map_or(tx.now, Timestamp::stored).date())
}

/// Stores what is given; answers whether the counters have to be counted anew.
pub(crate) fn store(tx: &Tx<'_>, given: &ScoreConfig) -> Result<bool> {
    let before = load(tx)?;
    if let Some(model) = &given.model {
        crate::require!(
            model == BAYES,
            "model",
            "there is no model {model:?}; this version has {BAYES:?}"
        );
        setting::write(tx, Key::ScoreModel, &Value::from(model.as_str()))?;
    }
    if let Some(fields) = &given.fields {
        let known = definitions(tx)?;
        let variables = variables(fields.iter().map(String::as_str))?;
        for variable in &variables {
            if let Origin::Property(name) = &variable.origin {
                let declared = known.find(RecordKind::Lead, name).is_some();
                crate::require!(
                    declared,
                    "fields",
                    "there is no declared property {name:?} of leads"
                );
            }
        }
        let names: Vec<&str> =
            variables.iter().skip(1).map(|variable| variable.name.as_str()).collect();
        setting::write(tx, Key::ScoreFields, &Value::Text(serde_json::json!(names).to_string()))?;
    }
    if let Some(day) = given.start_date {
        setting::write(tx, Key::ScoreStart, &Value::Text(day.to_string()))?;
    }
    Ok(*load(tx)? != *before)
}
