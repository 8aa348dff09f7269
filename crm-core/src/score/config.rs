//! What the score looks at, since when, and by which model.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::{Date, Error, FieldKind, Frame, RecordKind, Result, Timestamp, Value};
use crate::event::{Event, LeadChange};
use crate::property::definitions;
use crate::record::PropertyKind;
use crate::score::bins::Scale;
use crate::score::evidence::{Origin, Variable, variables};
use crate::setting::{self, Key};
use crate::storage::Tx;

/// Looked at unless configured otherwise.
pub(crate) const DEFAULT_FIELDS: [&str; 7] =
    ["phone_state", "email_state", "state_code", "country_code", "source_id", "lang", "tag_ids"];
/// Before the name of a field, what it was changed to since the creation of a lead; no field's name holds a space but those of properties,
/// which begin otherwise.
const CHANGED: &str = "changed ";
/// And those of where such leads stood.
const CAME: &str = "stage_id ";
/// By default the score counts leads from so many days before the file was created.
const DAYS_BEFORE: i64 = 8;

/// The models there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The compatibility model.
    Bayes,
    /// The default: weighed, mixed and recalibrated.
    Weighted,
    /// How those fare that came to the lead's stage.
    Stage,
    /// The share won.
    Base,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Bayes, Self::Weighted, Self::Stage, Self::Base];

    /// Its name.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Bayes => "bayes",
            Self::Weighted => "weighted",
            Self::Stage => "stage",
            Self::Base => "base",
        }
    }

    /// The model of that name.
    ///
    /// # Errors
    /// `Invalid` when there is none.
    pub(crate) fn parse(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::word);
            Error::invalid("model", format!("there is no model {word:?}; there are {known:?}"))
        })
    }
}

/// What to configure; what is `None` stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScoreConfig {
    /// Lead fields that count, beside the stage; `properties.x` for a declared property; none: the stage alone.
    pub fields: Option<Vec<String>>,
    /// Leads created from 00:00 UTC of this day on count, once they are closed. Unless configured, from eight days before the file was
    /// created, or before the earliest clock under which a lead was: a session's `now` may lie years back.
    pub start_date: Option<Date>,
    /// `weighted` (what a new file has), `bayes`, `stage` or `base`.
    pub model: Option<String>,
}

/// What is configured, as a host reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreConfiguration {
    /// Lead fields that count, beside the stage.
    pub fields: Vec<String>,
    /// Leads created from 00:00 UTC of this day on count.
    pub start_date: Date,
    /// Whether nobody has configured that day.
    pub is_default_start: bool,
    /// The model's name.
    pub model: String,
}

impl ScoreConfiguration {
    /// One row: `model`, `start_date`, `is_default_start`, and `fields` as a JSON list.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("model", FieldKind::Text),
            ("start_date", FieldKind::Date),
            ("is_default_start", FieldKind::Bool),
            ("fields", FieldKind::Text),
        ]);
        frame.push([
            self.model.as_str().into(),
            self.start_date.into(),
            self.is_default_start.into(),
            serde_json::json!(self.fields).to_string().into(),
        ]);
        frame
    }
}

/// What is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// The stage, then the configured fields.
    pub(crate) variables: Vec<Variable>,
    /// Leads created earlier do not count.
    pub(crate) start_date: Date,
    /// Whether nobody has said so: then it follows an earlier clock.
    pub(crate) is_default_start: bool,
    /// Who judges.
    pub(crate) model: Kind,
}

impl Config {
    /// Names of the configured fields.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.variables.iter().skip(1).map(|variable| variable.name.as_str()).collect()
    }

    /// The name of a variable of the model's tables; behind the configured ones stand those of what was
    /// changed since the creation, then where such leads stood.
    pub(crate) fn name_of(&self, variable: usize) -> Cow<'_, str> {
        let (bank, at) = (variable / self.variables.len(), variable % self.variables.len());
        let name = self.variables[at].name.as_str();
        match bank {
            0 => Cow::Borrowed(name),
            1 => Cow::Owned(format!("{CHANGED}{name}")),
            _ => Cow::Owned(format!("{CAME}{name}")),
        }
    }

    /// The variable of such a name.
    pub(crate) fn place_of(&self, name: &str) -> Option<usize> {
        let (name, bank) = match (name.strip_prefix(CHANGED), name.strip_prefix(CAME)) {
            (Some(name), _) => (name, 1),
            (_, Some(name)) => (name, 2),
            _ => (name, 0),
        };
        let at = self.variables.iter().position(|known| known.name == name)?;
        Some(at + bank * self.variables.len())
    }

    /// As a host reads it.
    pub(crate) fn told(&self) -> ScoreConfiguration {
        ScoreConfiguration {
            fields: self.fields().into_iter().map(str::to_owned).collect(),
            start_date: self.start_date,
            is_default_start: self.is_default_start,
            model: self.model.word().to_owned(),
        }
    }

    /// As the feed tells it: what differs from another configuration, as JSON; nothing when nothing does.
    fn differing(&self, other: &Self) -> serde_json::Map<String, serde_json::Value> {
        let all = |config: &Self| {
            let start = (!config.is_default_start).then(|| config.start_date.to_string());
            serde_json::json!({ "fields": config.fields(), "start_date": start, "model": config.model.word() })
        };
        let others = all(other);
        let serde_json::Value::Object(mut own) = all(self) else { return serde_json::Map::new() };
        own.retain(|name, value| others[name.as_str()] != *value);
        own
    }

    /// The first moment that counts.
    pub(crate) const fn start(&self) -> Timestamp {
        Timestamp::start_of(self.start_date)
    }

    /// Pending leads created earlier have no score: none, since the start says which outcomes count, but the reference leaves them out.
    pub(crate) const fn scored_since(&self) -> Timestamp {
        match self.model {
            Kind::Bayes => self.start(),
            _ => Timestamp::stored(i64::MIN),
        }
    }
}

/// What is configured, kept beside the connection.
pub(crate) fn load(tx: &Tx<'_>) -> Result<Arc<Config>> {
    tx.memo(|tx| {
        let mut fields: Vec<String> = match setting::read(tx, Key::ScoreFields)? {
            Value::Text(list) => serde_json::from_str(&list).unwrap_or_default(),
            _ => DEFAULT_FIELDS.map(str::to_owned).to_vec(),
        };
        // A field that an older library took as evidence and this one does not: nobody's write shall fail by that.
        fields.retain(|name| Variable::parse(name).is_ok());
        let day = |key| match setting::read(tx, key)? {
            Value::Text(day) => Date::parse(&day).map(Some),
            _ => Ok(None),
        };
        let start = day(Key::ScoreStart)?;
        let start_date = match (start, day(Key::ScoreFirst)?) {
            (Some(start), _) => start,
            (None, first) => first.unwrap_or(created(tx)?).plus_days(-DAYS_BEFORE),
        };
        let model = match setting::read(tx, Key::ScoreModel)? {
            Value::Text(word) => Kind::parse(&word)?,
            _ => Kind::Weighted,
        };
        let variables = measured(tx, &fields)?;
        Ok(Config { variables, start_date, is_default_start: start.is_none(), model })
    })
}

/// The configuration after leads were created by this transaction's clock, if that is earlier than the file's day so far: a host that
/// replays its history creates leads as of then, and they count like those of a file that was there.
pub(crate) fn earlier(
    tx: &Tx<'_>,
    config: &Config,
    changes: &[LeadChange],
) -> Result<Option<Arc<Config>>> {
    let day = tx.now.date();
    let creates = || changes.iter().any(|change| change.before.is_none());
    if !config.is_default_start || !creates() || day.plus_days(-DAYS_BEFORE) >= config.start_date {
        return Ok(None);
    }
    setting::write(tx, Key::ScoreFirst, &Value::Text(day.to_string()))?;
    load(tx).map(Some)
}

/// The variables of configured fields, and what each measures; a property that is not declared measures nothing.
fn measured(tx: &Tx<'_>, fields: &[String]) -> Result<Vec<Variable>> {
    let mut variables = variables(fields.iter().map(String::as_str))?;
    let known = definitions(tx)?;
    for variable in &mut variables {
        if let Origin::Property(name) = &variable.origin {
            let kind = known.find(RecordKind::Lead, name).map(|known| known.kind);
            variable.scale = kind.and_then(property_scale);
        }
    }
    Ok(variables)
}

/// What is configured, with other fields or another model in its place.
///
/// # Errors
/// As for [`store`].
pub(crate) fn asked(tx: &Tx<'_>, fields: Option<&[String]>, model: Option<&str>) -> Result<Config> {
    let mut config = Config::clone(&*load(tx)?);
    if let Some(model) = model {
        config.model = Kind::parse(model)?;
    }
    if let Some(fields) = fields {
        config.variables = measured(tx, fields)?;
        check_declared(tx, &config.variables)?;
    }
    Ok(config)
}

/// Refuses properties that nobody has declared.
fn check_declared(tx: &Tx<'_>, variables: &[Variable]) -> Result<()> {
    let known = definitions(tx)?;
    for variable in variables {
        if let Origin::Property(name) = &variable.origin {
            let declared = known.find(RecordKind::Lead, name).is_some();
            crate::require!(declared, "fields", "there is no declared property {name:?} of leads");
        }
    }
    Ok(())
}

/// What a property's values measure.
const fn property_scale(kind: PropertyKind) -> Option<Scale> {
    match kind {
        PropertyKind::Number => Some(Scale::Number),
        PropertyKind::Date => Some(Scale::Day),
        _ => None,
    }
}

/// The day on which the file was created: its first company exists from its first moment.
fn created(tx: &Tx<'_>) -> Result<Date> {
    let sql = "SELECT MIN(create_date) FROM company WHERE id = 1";
    tx.one(sql, &[], |line| line.int_or_null(0))
        .map(|at| at.map_or(tx.now, Timestamp::stored).date())
}

/// Stores what is given, and lets the feed tell what has changed; answers whether the counters have to be counted anew.
pub(crate) fn store(tx: &mut Tx<'_>, given: &ScoreConfig) -> Result<bool> {
    let before = load(tx)?;
    if let Some(model) = &given.model {
        let model = Kind::parse(model)?;
        setting::write(tx, Key::ScoreModel, &Value::from(model.word()))?;
    }
    if let Some(fields) = &given.fields {
        let variables = variables(fields.iter().map(String::as_str))?;
        check_declared(tx, &variables)?;
        let names: Vec<&str> =
            variables.iter().skip(1).map(|variable| variable.name.as_str()).collect();
        setting::write(tx, Key::ScoreFields, &Value::Text(serde_json::json!(names).to_string()))?;
    }
    if let Some(day) = given.start_date {
        setting::write(tx, Key::ScoreStart, &Value::Text(day.to_string()))?;
    }
    let after = load(tx)?;
    let (set, was) = (after.differing(&before), before.differing(&after));
    if !set.is_empty() {
        let data = serde_json::json!({ "set": set, "was": was }).to_string();
        tx.announce(Event::SetUp { event: "score.configured", data });
    }
    Ok(*after != *before)
}
