//! What speaks for or against a lead: its team, its stage, and the values of the configured fields, as text.
//!
//! A value is counted by its text: an id in decimal, a choice by its word, a date in ISO 8601, money in major units; of a long text by its
//! beginning. An empty field
//! says nothing, except `email_state` and `phone_state`, whose emptiness is a value of its own. A truth is never empty.
//!
//! Deliberately absent: counting and probabilities; see `bayes` and `weighted`.

use std::borrow::Cow;

use crate::base::error::{Error, Result};
use crate::base::field::{FieldKind, Place, Properties, Record};
use crate::base::limit;
use crate::base::value::{Cell, Value};
use crate::base::{Amount, Currency, Date, Field, Probability, StageId, TeamId, Timestamp};
use crate::record::Lead;
use crate::score::bins::Scale;

/// The stage's place among the variables: always there, always first.
pub(crate) const STAGE: usize = 0;
/// Its name.
pub(crate) const STAGE_ID: &str = "stage_id";
/// The variable whose rarer values are not believed.
pub(crate) const TAG_IDS: &str = "tag_ids";
/// Fields that follow from the outcome, from the score or from any save: as evidence they would say what is asked.
const NO_EVIDENCE: [&str; 13] = [
    "id",
    "version",
    "write_date",
    "write_uid",
    "active",
    "won_status",
    "date_closed",
    "date_conversion",
    "date_last_stage_update",
    "forecast_category",
    "lost_reason_id",
    "manual_probability",
    "properties",
];

/// Where a variable's values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The field of `Lead` with that number.
    Field(usize),
    /// The custom property of that name.
    Property(String),
}

/// One field that the score looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// As configured: `stage_id`, `tag_ids`, `properties.Region`.
    pub name: String,
    /// Where its values come from.
    pub origin: Origin,
    /// What they measure, if they do; of a property, whoever knows its declaration sets it.
    pub scale: Option<Scale>,
}

impl Variable {
    /// Whether its values are words that somebody wrote about a lead, rather than numbers, truths or references.
    pub(crate) fn is_words(&self) -> bool {
        self.scale.is_none()
            && match &self.origin {
                Origin::Field(at) => Lead::TABLE.fields[*at].kind == FieldKind::Text,
                Origin::Property(_) => true,
            }
    }

    /// The variable of a configured name. Whether a property is declared, the caller knows.
    ///
    /// # Errors
    /// `Invalid` when there is no such field or it cannot be evidence.
    pub(crate) fn parse(name: &str) -> Result<Self> {
        if let Some(property) = name.strip_prefix("properties.") {
            let property =
                property.strip_prefix('`').and_then(|p| p.strip_suffix('`')).unwrap_or(property);
            crate::require!(!property.is_empty(), "fields", "{name:?} names no property");
            let origin = Origin::Property(property.to_owned());
            return Ok(Self { name: format!("properties.{property}"), origin, scale: None });
        }
        let name = if name == "type" { "kind" } else { name };
        let field = Lead::TABLE.field(name).map_err(|error| error.with_field("fields"))?;
        let fits = matches!(field.place, Place::Column | Place::Side(_) | Place::Link(..));
        crate::require!(
            fits && !NO_EVIDENCE.contains(&name),
            "fields",
            "{name} cannot be evidence: it follows from the outcome, from the score or from other fields"
        );
        let at = Lead::TABLE.position(name).ok_or_else(|| Lead::TABLE.unknown(name))?;
        let scale = scale(field.kind);
        Ok(Self { name: name.to_owned(), origin: Origin::Field(at), scale })
    }

    /// The field behind it, if it is one.
    pub(crate) fn field(&self) -> Option<&'static Field> {
        match self.origin {
            Origin::Field(at) => Some(&Lead::TABLE.fields[at]),
            Origin::Property(_) => None,
        }
    }
}

/// What the values of a field measure.
const fn scale(kind: FieldKind) -> Option<Scale> {
    match kind {
        FieldKind::Int | FieldKind::Money | FieldKind::Percent => Some(Scale::Number),
        FieldKind::Date => Some(Scale::Day),
        FieldKind::Time => Some(Scale::Moment),
        _ => None,
    }
}

/// The variables of configured fields: the stage first, then each field once, in the order given.
///
/// # Errors
/// `Invalid` for what cannot be evidence; `Limit` for too many fields.
pub(crate) fn variables<'n>(fields: impl IntoIterator<Item = &'n str>) -> Result<Vec<Variable>> {
    let mut variables = vec![Variable::parse(STAGE_ID)?];
    for name in fields {
        let variable = Variable::parse(name)?;
        if !variables.contains(&variable) {
            variables.push(variable);
        }
    }
    if variables.len() > limit::EVIDENCE_FIELDS + 1 {
        let message = format!("a score looks at no more than {} fields", limit::EVIDENCE_FIELDS);
        return Err(Error::limit("fields", message));
    }
    Ok(variables)
}

/// What speaks for or against one lead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Evidence {
    /// Whose counts apply.
    pub team_id: Option<TeamId>,
    /// Where it stands; none: it cannot be scored.
    pub stage_id: Option<StageId>,
    /// The values beside the stage: number of the variable and text, in the variables' order.
    pub values: Vec<(usize, String)>,
    /// What it was when it was created, as far as it is something else now.
    pub created: First,
}

/// What a lead was when it was created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct First {
    /// Whose it was and until when, in microseconds; not said where that is whose it is.
    pub team: Option<(i64, Option<TeamId>)>,
    /// What fields said, of those that say something else now; in the order in which they were changed first.
    pub values: Vec<Was>,
}

/// What a field said when the lead was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Was {
    /// Which variable.
    pub variable: usize,
    /// When it was changed first, in microseconds.
    pub until: i64,
    /// The texts.
    pub texts: Vec<String>,
}

impl First {
    /// Whether it says nothing.
    pub(crate) const fn is_empty(&self) -> bool {
        self.team.is_none() && self.values.is_empty()
    }

    /// Adds what a field said, unless something earlier is known of it; answers whether it was added.
    pub(crate) fn add(
        &mut self,
        variable: usize,
        until: i64,
        texts: impl FnOnce() -> Vec<String>,
    ) -> bool {
        let is_new = self.values.iter().all(|known| known.variable != variable);
        if is_new {
            self.values.push(Was { variable, until, texts: texts() });
        }
        is_new
    }
}

/// What became of a lead: whose it was, and what was changed when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Course {
    /// Whose it is now, or was when it was closed.
    pub now: Option<TeamId>,
    /// Whose it was when it was created.
    pub first: Option<TeamId>,
    /// When the team was changed first, in microseconds.
    pub moved: i64,
    /// The variables that say something else than at the creation, and when each was changed first; in that order.
    pub changed: Vec<(usize, i64)>,
}

impl Course {
    /// Of a lead that was never changed.
    pub(crate) const fn of(team: Option<TeamId>) -> Self {
        Self { now: team, first: team, moved: 0, changed: Vec::new() }
    }

    /// The moments after which the lead was judged otherwise, in their order.
    pub(crate) fn moments(&self) -> Vec<i64> {
        let mut moments: Vec<i64> = self.changed.iter().map(|(_, when)| *when).collect();
        moments.extend((self.first != self.now).then_some(self.moved));
        moments.sort_unstable();
        moments.dedup();
        moments
    }
}

impl Evidence {
    /// Sets what the lead was when it was created; what is so again now was never changed.
    pub(crate) fn set_created(&mut self, first: &First) {
        let differs = |was: &&Was| !self.texts(was.variable).eq(was.texts.iter());
        let mut values: Vec<_> = first.values.iter().filter(differs).cloned().collect();
        values.sort_unstable_by_key(|was| (was.until, was.variable));
        let team = first.team.filter(|(_, team)| *team != self.team_id);
        self.created = First { team, values };
    }

    /// What became of it.
    pub(crate) fn course(&self) -> Course {
        let (moved, first) = self.created.team.unwrap_or((0, self.team_id));
        let changed = self.created.values.iter().map(|was| (was.variable, was.until)).collect();
        Course { now: self.team_id, first, moved, changed }
    }

    /// What a variable says.
    pub(crate) fn texts(&self, variable: usize) -> impl Iterator<Item = &String> {
        self.values.iter().filter(move |(at, _)| *at == variable).map(|(_, text)| text)
    }

    /// What it said when the lead was created, if that was something else.
    pub(crate) fn at_creation(&self, variable: usize) -> Option<&[String]> {
        let mut values = self.created.values.iter();
        values.find(|was| was.variable == variable).map(|was| was.texts.as_slice())
    }

    /// Puts texts in the place of what a variable says.
    pub(crate) fn set(&mut self, variable: usize, texts: &[String]) {
        self.values.retain(|(known, _)| *known != variable);
        let at = self.values.partition_point(|(known, _)| *known < variable);
        self.values.splice(at..at, texts.iter().map(|text| (variable, text.clone())));
    }
}

/// The evidence of a lead.
pub(crate) fn evidence(lead: &Lead, variables: &[Variable]) -> Evidence {
    let mut values = Vec::with_capacity(variables.len());
    for (at, variable) in variables.iter().enumerate().skip(1) {
        match &variable.origin {
            Origin::Field(number) => {
                let field = &Lead::TABLE.fields[*number];
                let cell = (Lead::ACCESS[*number].cell)(lead);
                each_text(field, cell, lead.currency, |text| values.push((at, text.to_owned())));
            }
            Origin::Property(name) => {
                values.extend(property_text(&lead.properties, name).map(|text| (at, text)));
            }
        }
    }
    Evidence { team_id: lead.team_id, stage_id: lead.stage_id, values, created: First::default() }
}

/// Whether two states of a lead are the same evidence.
pub(crate) fn same(one: &Lead, other: &Lead, variables: &[Variable]) -> bool {
    one.team_id == other.team_id && variables.iter().all(|variable| agree(one, other, variable))
}

/// Whether two states of a lead say the same of a variable.
pub(crate) fn agree(one: &Lead, other: &Lead, variable: &Variable) -> bool {
    match &variable.origin {
        Origin::Field(at) => (Lead::ACCESS[*at].cell)(one) == (Lead::ACCESS[*at].cell)(other),
        Origin::Property(name) => one.properties.0.get(name) == other.properties.0.get(name),
    }
}

/// Hands out the texts that a stored value counts as: none, one, or one per link.
pub(crate) fn each_text(
    field: &Field,
    cell: Cell<'_>,
    currency: Currency,
    mut take: impl FnMut(&str),
) {
    match (field.kind, cell) {
        (FieldKind::Ids(_), Cell::Text(ids)) => {
            ids.split(',').filter(|id| !id.is_empty()).for_each(take);
        }
        (_, cell) => {
            if let Some(text) = text(field, cell, currency) {
                take(&text);
            }
        }
    }
}

/// As much of a text as is told apart: longer ones that begin alike are one value.
fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(limit::EVIDENCE_TEXT);
    end.map_or(text, |(end, _)| &text[..end])
}

/// The text that a stored value counts as; `None` when it says nothing.
pub(crate) fn text<'c>(field: &Field, cell: Cell<'c>, currency: Currency) -> Option<Cow<'c, str>> {
    let number = match cell {
        Cell::Null => return counts_when_empty(field).then_some(Cow::Borrowed("")),
        Cell::Text(Cow::Borrowed(text)) => return Some(Cow::Borrowed(cut(text))),
        Cell::Text(Cow::Owned(text)) => return Some(Cow::Owned(cut(&text).to_owned())),
        Cell::Real(number) => return Some(Cow::Owned(number.to_string())),
        Cell::Int(number) => number,
    };
    Some(match field.kind {
        FieldKind::Bool => Cow::Borrowed(if number == 0 { "false" } else { "true" }),
        FieldKind::Choice(words) => {
            Cow::Borrowed(*usize::try_from(number).ok().and_then(|at| words.get(at))?)
        }
        FieldKind::Money => Cow::Owned(Amount(number).to_major(currency).to_string()),
        FieldKind::Percent => Cow::Owned(Probability::from_ppm(number).ok()?.percent().to_string()),
        FieldKind::Date => Cow::Owned(Date::stored(number).to_string()),
        FieldKind::Time => Cow::Owned(Timestamp::stored(number).to_string()),
        _ => Cow::Owned(number.to_string()),
    })
}

/// Whether emptiness is a value: for the contact states it is.
pub(crate) fn counts_when_empty(field: &Field) -> bool {
    matches!(field.name, "email_state" | "phone_state")
}

/// Whether the same stored number always means the same text, so that it may be remembered by number.
pub(crate) fn is_plain(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::Money | FieldKind::Text | FieldKind::Properties)
}

/// The text that a custom property counts as.
pub(crate) fn property_text(properties: &Properties, name: &str) -> Option<String> {
    match properties.0.get(name)? {
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Text(text) => Some(cut(text).to_owned()),
        Value::Date(date) => Some(date.to_string()),
        _ => None,
    }
}

/// The texts that a value counts as, given as the feed tells it.
pub(crate) fn told_texts(variable: &Variable, told: &serde_json::Value) -> Vec<String> {
    use serde_json::Value as Json;
    let is_property = variable.field().is_none();
    let text = match told {
        Json::Null => {
            variable.field().filter(|field| counts_when_empty(field)).map(|_| String::new())
        }
        Json::Array(ids) => return ids.iter().map(Json::to_string).collect(),
        Json::String(text) => Some(cut(text).to_owned()),
        // Numbers of properties are reals, and count by their shortest text.
        Json::Number(number) if is_property => number.as_f64().map(|number| number.to_string()),
        other => Some(other.to_string()),
    };
    text.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SourceId, TagId};
    use crate::record::{ContactState, LeadKind};

    fn lead() -> Lead {
        let mut lead = Lead {
            team_id: Some(TeamId(3)),
            stage_id: Some(StageId(2)),
            kind: LeadKind::Opportunity,
            source_id: Some(SourceId(7)),
            country_code: Some("FR".into()),
            tag_ids: vec![TagId(4), TagId(9)],
            phone_state: Some(ContactState::Incorrect),
            expected_revenue: Amount(125_000),
            date_deadline: Some(Date::new(2026, 3, 2).unwrap()),
            name: "Fleet lease".into(),
            ..Lead::default()
        };
        lead.properties.0.insert("Lead Origin".into(), Value::Text("Fair".into()));
        lead.properties.0.insert("size".into(), Value::Float(3.0));
        lead
    }

    fn texts(fields: &[&str]) -> Vec<String> {
        let variables = variables(fields.iter().copied()).unwrap();
        let values = evidence(&lead(), &variables).values;
        values.into_iter().map(|(at, text)| format!("{}={text}", variables[at].name)).collect()
    }

    #[test]
    fn values_are_counted_by_their_text() {
        assert_eq!(
            texts(&["source_id", "tag_ids", "type", "priority", "on_hold", "date_deadline"]),
            [
                "source_id=7",
                "tag_ids=4",
                "tag_ids=9",
                "kind=opportunity",
                "priority=0",
                "on_hold=false",
                "date_deadline=2026-03-02"
            ]
        );
        assert_eq!(
            texts(&["expected_revenue", "name", "properties.Lead Origin", "properties.size"]),
            [
                "expected_revenue=1250.00",
                "name=Fleet lease",
                "properties.Lead Origin=Fair",
                "properties.size=3"
            ]
        );
    }

    #[test]
    fn only_the_contact_states_count_when_empty() {
        assert_eq!(
            texts(&[
                "phone_state",
                "email_state",
                "state_code",
                "lang",
                "medium_id",
                "properties.x"
            ]),
            ["phone_state=incorrect", "email_state="]
        );
    }

    #[test]
    fn the_stage_is_always_there_and_fields_count_once() {
        let names = |fields: &[&str]| -> Vec<String> {
            let variables = variables(fields.iter().copied()).unwrap();
            variables.into_iter().map(|variable| variable.name).collect()
        };
        assert_eq!(names(&[]), ["stage_id"]);
        assert_eq!(
            names(&["lang", "stage_id", "lang", "properties.`a b`"]),
            ["stage_id", "lang", "properties.a b"]
        );
    }

    #[test]
    fn long_texts_that_begin_alike_are_one_value() {
        let mut lead = lead();
        let variables = variables(["description", "properties.Lead Origin"]).unwrap();
        let mut said = |end: &str| {
            let text = format!("{}{end}", "é".repeat(limit::EVIDENCE_TEXT));
            lead.properties.0.insert("Lead Origin".into(), Value::Text(text.clone()));
            lead.description = Some(text);
            evidence(&lead, &variables)
        };
        let (short, long) = (said(""), said(&"x".repeat(10_000)));
        assert_eq!((short.values.len(), &short), (2, &long));
        let told = told_texts(&variables[1], &serde_json::json!("é".repeat(20_000)));
        assert_eq!(told, [long.values[0].1.clone()], "the feed tells of the same value");
    }

    #[test]
    fn what_follows_from_the_outcome_is_no_evidence() {
        for name in [
            "won_status",
            "lost_reason_id",
            "date_conversion",
            "date_last_stage_update",
            "probability",
            "automated_probability",
            "id",
            "day_close",
            "contry",
            "properties.",
        ] {
            let error = variables([name]).unwrap_err();
            assert_eq!(error.field(), Some("fields"), "{name}: {error}");
        }
        let many: Vec<String> = (0..65).map(|n| format!("properties.p{n}")).collect();
        let error = variables(many.iter().map(String::as_str)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Limit);
    }
}
