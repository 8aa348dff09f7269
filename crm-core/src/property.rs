//! Custom fields: declared by the host for a kind of record, with a type; then they filter, export and score like built-in ones.
//!
//! Definitions are file-wide; teams named in one say where a host shows it, never what is stored. Deliberately absent: removing a
//! definition, since values would lose their meaning.

use std::sync::Arc;

use serde_json::json;

use crate::access;
use crate::base::field::FieldValue as _;
use crate::base::{Date, Error, RecordKind, Result, TeamId, Value, limit};
use crate::event::Event;
use crate::record::PropertyKind;
use crate::storage::{Link, Tx};

/// A custom field as declared.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyDefinition {
    /// The kind of record that has it.
    pub record: RecordKind,
    /// Its name, verbatim: `properties.<name>` everywhere.
    pub name: String,
    /// Its type.
    pub kind: PropertyKind,
    /// What people read instead of the name.
    pub label: Option<String>,
    /// The words of a selection.
    pub options: Vec<String>,
    /// Teams that are shown it; none: all.
    pub team_ids: Vec<TeamId>,
}

impl PropertyDefinition {
    /// A plain declaration.
    pub fn new(record: RecordKind, name: impl Into<String>, kind: PropertyKind) -> Self {
        Self {
            record,
            name: name.into(),
            kind,
            label: None,
            options: Vec::new(),
            team_ids: Vec::new(),
        }
    }
}

/// All definitions, kept beside the connection.
#[derive(Debug)]
pub(crate) struct Definitions(Vec<PropertyDefinition>);

impl crate::filter::PropertyTypes for Definitions {
    fn property(&self, kind: RecordKind, name: &str) -> Option<PropertyKind> {
        self.find(kind, name).map(|known| known.kind)
    }
    fn names(&self, kind: RecordKind) -> Vec<String> {
        self.0.iter().filter(|known| known.record == kind).map(|known| known.name.clone()).collect()
    }
}

/// The definitions of the file.
pub(crate) fn definitions(tx: &Tx<'_>) -> Result<Arc<Definitions>> {
    tx.memo(|tx| {
        let sql = "SELECT record, name, type, label, options, team_ids FROM property ORDER BY id";
        let all = tx.rows(sql, &[], |line| {
            let list = |text: &str| serde_json::from_str(text).unwrap_or_default();
            let teams: Vec<i64> = serde_json::from_str(line.text(5)?).unwrap_or_default();
            Ok(PropertyDefinition {
                record: RecordKind::from_name(line.text(0)?).unwrap_or(RecordKind::Lead),
                name: line.text(1)?.to_owned(),
                kind: PropertyKind::from_cell(line.cell(2)).unwrap_or_default(),
                label: line.text_or_null(3)?.map(str::to_owned),
                options: list(line.text(4)?),
                team_ids: teams.into_iter().map(TeamId).collect(),
            })
        })?;
        Ok(Definitions(all))
    })
}

impl Definitions {
    /// The definition of that name.
    pub(crate) fn find(&self, record: RecordKind, name: &str) -> Option<&PropertyDefinition> {
        self.0.iter().find(|known| known.record == record && known.name == name)
    }

    /// A value in its stored form; `None` clears it.
    pub(crate) fn check(
        &self,
        record: RecordKind,
        name: &str,
        value: &Value,
    ) -> Result<Option<Value>> {
        let field = format!("properties.{name}");
        let Some(known) = self.find(record, name) else { return Err(self.unknown(record, name)) };
        let refuse = |wanted: &str| {
            Err(Error::invalid(&field, format!("{field}: {} is not {wanted}", value.type_name())))
        };
        let value = match (known.kind, value) {
            (_, Value::Null) => return Ok(None),
            (PropertyKind::Text, Value::Text(text)) => {
                crate::require!(
                    !text.contains('\0'),
                    &field,
                    "{field}: a text must not contain NUL"
                );
                if text.len() > limit::LONG_TEXT {
                    return Err(Error::limit(
                        &field,
                        format!(
                            "{field}: {} bytes of text; at most {} fit",
                            text.len(),
                            limit::LONG_TEXT
                        ),
                    ));
                }
                Value::Text(text.clone())
            }
            (PropertyKind::Selection, Value::Text(word)) => {
                crate::require!(
                    known.options.contains(word),
                    &field,
                    "{field}: {word:?} is none of {}",
                    known.options.join(", ")
                );
                Value::Text(word.clone())
            }
            (PropertyKind::Boolean, Value::Bool(truth)) => Value::Bool(*truth),
            (PropertyKind::Date, Value::Date(date)) => Value::Date(
                date.checked()
                    .map_err(|error| Error::invalid(&field, format!("{field}: {error}")))?,
            ),
            (PropertyKind::Date, Value::Text(text)) => Value::Date(
                Date::parse(text)
                    .map_err(|error| Error::invalid(&field, format!("{field}: {error}")))?,
            ),
            (PropertyKind::Number, value) => match number(value) {
                Some(number) => Value::Float(number),
                None => return refuse("a finite number"),
            },
            (PropertyKind::Boolean, _) => return refuse("true or false"),
            (PropertyKind::Date, _) => return refuse("a date"),
            (PropertyKind::Text | PropertyKind::Selection, _) => return refuse("text"),
        };
        Ok(Some(value))
    }

    /// The error for a name that was not declared.
    pub(crate) fn unknown(&self, record: RecordKind, name: &str) -> Error {
        let names =
            self.0.iter().filter(|known| known.record == record).map(|known| known.name.as_str());
        let hint = crate::base::text::nearest(name, names)
            .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        Error::invalid(
            format!("properties.{name}"),
            format!("{} has no property {name:?}; declare it first{hint}", record.name()),
        )
    }
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Float(number) => *number,
        #[expect(
            clippy::cast_precision_loss,
            reason = "a property's number is a float by declaration"
        )]
        Value::Int(number) => *number as f64,
        Value::Decimal(number) => number.to_string().parse().ok()?,
        Value::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// The desk of custom fields.
///
/// ```
/// use crm_core::{Crm, PropertyDefinition, PropertyKind, RecordKind, fields};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// s.properties().declare(&PropertyDefinition::new(RecordKind::Lead, "Lead Origin", PropertyKind::Text))?;
/// let mut fields = fields! { name: "Fleet lease" };
/// fields.set("properties.Lead Origin", "fair");
/// assert_eq!(s.leads().create(fields)?.properties.0["Lead Origin"], "fair".into());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Properties<'s> {
    link: &'s Link,
}

impl<'s> Properties<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// Declares a custom field. Declaring it again changes what is given: its label, its teams, its options, to which new ones may be
    /// added and whose order may change. No label and no teams leave those as they are; declaring the same does nothing.
    ///
    /// # Errors
    /// `Invalid` for a name or options that make no sense; `Conflict` when it is declared with another type, or with options that are
    /// not among the given ones, since records may have them; `Denied` below admin.
    pub fn declare(&self, draft: &PropertyDefinition) -> Result<PropertyDefinition> {
        self.link.write_alone(|tx| declare(tx, draft))
    }

    /// The custom fields of a kind of record, in the order of their declaration.
    ///
    /// # Errors
    /// `Storage` when the database fails.
    pub fn list(&self, record: RecordKind) -> Result<Vec<PropertyDefinition>> {
        self.link.read(|tx| {
            Ok(definitions(tx)?.0.iter().filter(|known| known.record == record).cloned().collect())
        })
    }
}

fn declare(tx: &mut Tx<'_>, draft: &PropertyDefinition) -> Result<PropertyDefinition> {
    access::allow_setup("declare properties", &tx.actor)?;
    let name = draft.name.as_str();
    crate::require!(!name.trim().is_empty(), "name", "name: a property needs a name");
    crate::require!(
        !name.chars().any(char::is_control),
        "name",
        "name: a property's name has no control characters"
    );
    if name.len() > limit::PROPERTY_NAME {
        return Err(Error::limit(
            "name",
            format!("name: {} bytes; at most {} fit", name.len(), limit::PROPERTY_NAME),
        ));
    }
    let has_properties = crate::record::table(draft.record).position("properties").is_some();
    crate::require!(
        has_properties,
        "record",
        "record: {} has no properties; leads and partners have",
        draft.record.name()
    );
    let is_selection = draft.kind == PropertyKind::Selection;
    crate::require!(
        is_selection != draft.options.is_empty(),
        "options",
        "options: a selection names its words, nothing else does"
    );
    if draft.options.len() > limit::SELECTION_OPTIONS {
        return Err(Error::limit(
            "options",
            format!("options: at most {} words fit", limit::SELECTION_OPTIONS),
        ));
    }
    let known = definitions(tx)?;
    if let Some(same) = known.find(draft.record, name) {
        return redeclare(tx, same, draft);
    }
    if known.0.iter().filter(|known| known.record == draft.record).count() >= limit::PROPERTIES {
        return Err(Error::limit(
            "name",
            format!("name: at most {} properties per kind of record", limit::PROPERTIES),
        ));
    }
    let teams: Vec<i64> = draft.team_ids.iter().map(|team| team.0).collect();
    tx.execute(
        "INSERT INTO property (record, name, type, label, options, team_ids) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &[
            draft.record.name().into(),
            name.into(),
            draft.kind.code().into(),
            draft.label.as_deref().into(),
            json!(draft.options).to_string().into(),
            json!(teams).to_string().into(),
        ],
    )?;
    tx.forget_all()?;
    told(tx, None, draft);
    Ok(draft.clone())
}

/// Lets the feed tell who declared what.
fn told(tx: &mut Tx<'_>, before: Option<&PropertyDefinition>, after: &PropertyDefinition) {
    let state = |known: &PropertyDefinition| {
        let teams: Vec<i64> = known.team_ids.iter().map(|team| team.0).collect();
        json!({
            "record": known.record.name(), "name": known.name, "type": known.kind.word(),
            "label": known.label, "options": known.options, "team_ids": teams,
        })
    };
    let mut data = json!({ "set": state(after) });
    if let Some(before) = before {
        data["was"] = state(before);
    }
    tx.announce(Event::SetUp { event: "property.declared", data: data.to_string() });
}

/// Changes a definition without taking the meaning from values that are stored.
fn redeclare(
    tx: &mut Tx<'_>,
    known: &PropertyDefinition,
    draft: &PropertyDefinition,
) -> Result<PropertyDefinition> {
    let name = &known.name;
    if known.kind != draft.kind {
        return Err(Error::conflict(format!(
            "type: the property {name:?} is declared as {}, and values of it may be stored; declare a {} of another name",
            known.kind.word(),
            draft.kind.word()
        ))
        .with_field("type"));
    }
    if let Some(gone) = known.options.iter().find(|option| !draft.options.contains(option)) {
        return Err(Error::conflict(format!(
            "options: {gone:?} of the property {name:?} is missing, and records may have it; give all known options, {:?}, and the new ones",
            known.options
        ))
        .with_field("options"));
    }
    let mut changed = PropertyDefinition { options: draft.options.clone(), ..known.clone() };
    if draft.label.is_some() {
        changed.label.clone_from(&draft.label);
    }
    if !draft.team_ids.is_empty() {
        changed.team_ids.clone_from(&draft.team_ids);
    }
    if changed != *known {
        let teams: Vec<i64> = changed.team_ids.iter().map(|team| team.0).collect();
        tx.execute(
            "UPDATE property SET label = ?1, options = ?2, team_ids = ?3 WHERE record = ?4 AND name = ?5",
            &[
                changed.label.as_deref().into(),
                json!(changed.options).to_string().into(),
                json!(teams).to_string().into(),
                changed.record.name().into(),
                name.as_str().into(),
            ],
        )?;
        tx.forget_all()?;
        told(tx, Some(known), &changed);
    }
    Ok(changed)
}
