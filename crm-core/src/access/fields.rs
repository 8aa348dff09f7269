//! What rules take of fields: a hidden one reads as empty and is named in no question, a locked one is not written.
//!
//! What follows from a hidden field is hidden with it, or it could be reckoned. Records are blanked where they leave for the host, never where
//! verbs load them: the library goes on deciding by what it knows. Deliberately absent: hiding of some records' fields only, which would make
//! every filter a case of its own.

use crate::access::{Actor, Deed};
use crate::base::{Error, Field, FieldKind, Fields, Record, RecordKind, Result, Value};

/// Fields that a rule takes from somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldRule {
    pub(crate) name: String,
    pub(crate) kind: RecordKind,
    /// Those that it names and what follows from them, by kind: `properties.x` too.
    pub(crate) fields: Vec<(RecordKind, String)>,
    /// Whether it hides them.
    pub(crate) hides: bool,
    /// When else they may not be given.
    pub(crate) deeds: Vec<Deed>,
}

/// What can be reckoned from a field, or says as much. A chance says what its parts are.
const FOLLOWS: &[(RecordKind, &str, &[&str])] = &[
    (RecordKind::Lead, "name", &[]),
    (RecordKind::Lead, "expected_revenue", &["prorated_revenue"]),
    (RecordKind::Lead, "recurring_revenue", &["recurring_revenue_monthly"]),
    (RecordKind::Lead, "recurring_plan_id", &["recurring_revenue_monthly", "plan_months"]),
    (RecordKind::Lead, "probability", CHANCE),
    (RecordKind::Lead, "manual_probability", CHANCE),
    (RecordKind::Lead, "automated_probability", CHANCE),
    (RecordKind::Lead, "stage_probability", CHANCE),
    (
        RecordKind::Lead,
        "stage_id",
        &["is_rotting", "rotting_days", "stage_rotting_days", "won_from_stage_id"],
    ),
    (RecordKind::Lead, "stage_id", CHANCE),
    (RecordKind::Lead, "date_last_stage_update", &["is_rotting", "rotting_days"]),
    (RecordKind::Lead, "date_open", &["day_open"]),
    (RecordKind::Lead, "date_closed", &["day_close"]),
    (RecordKind::Lead, "email_from", &["email_normalized", "email_state"]),
    (RecordKind::Lead, "phone", &["phone_normalized", "phone_state"]),
    (RecordKind::Lead, "mobile", &["phone_normalized", "phone_state"]),
    (RecordKind::Partner, "name", &["name_key"]),
    (RecordKind::Partner, "email", &["email_normalized", "email_state"]),
    (RecordKind::Partner, "phone", &["phone_normalized", "phone_state"]),
    (RecordKind::Partner, "mobile", &["phone_normalized", "phone_state"]),
    (RecordKind::Partner, "tax_id", &["tax_id_normalized"]),
];

const CHANCE: &[&str] = &[
    "probability",
    "manual_probability",
    "automated_probability",
    "stage_probability",
    "probability_source",
    "is_automated_probability",
    "prorated_revenue",
    "stage_said",
    "automated_source",
];

/// What a customer is reached by stands in the contacts, too.
const REACHED: [&str; 3] = ["email", "phone", "mobile"];
const CONTACT: [&str; 3] = ["value", "normalized", "state"];

/// Fields by which it is decided who sees a record, or which say that it is there.
const NEEDED: [&str; 10] = [
    "id",
    "version",
    "active",
    "user_id",
    "team_id",
    "company_id",
    "partner_id",
    "parent_id",
    "is_company",
    "address_type",
];

/// The fields that a text names, each once, apart by commas.
pub(crate) fn named(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Why a field cannot be hidden; nothing if it can.
pub(crate) fn kept_open(field: &Field) -> Option<&'static str> {
    if NEEDED.contains(&field.name) {
        return Some("says who sees a record, and cannot be hidden");
    }
    let empties = field.nullable
        || matches!(
            field.kind,
            FieldKind::Text
                | FieldKind::Money
                | FieldKind::Percent
                | FieldKind::Int
                | FieldKind::Bool
                | FieldKind::Ids(_)
                | FieldKind::Properties
        );
    (!empties).then_some("is never empty, so it cannot read as empty")
}

/// Those fields and what follows from them.
pub(crate) fn with_followers(
    kind: RecordKind,
    names: &[&str],
    hides: bool,
) -> Vec<(RecordKind, String)> {
    let mut all: Vec<(RecordKind, String)> =
        names.iter().map(|name| (kind, (*name).to_owned())).collect();
    if !hides {
        return all;
    }
    let follows = FOLLOWS.iter().filter(|(of, name, _)| *of == kind && names.contains(name));
    all.extend(follows.flat_map(|(of, _, more)| more.iter().map(|name| (*of, (*name).to_owned()))));
    if kind == RecordKind::Partner && REACHED.iter().any(|name| names.contains(name)) {
        all.extend(CONTACT.map(|name| (RecordKind::PartnerContact, name.to_owned())));
    }
    all
}

impl FieldRule {
    fn speaks_of(&self, kind: RecordKind, name: &str) -> bool {
        let whole = name.split_once('.').map_or(name, |(whole, _)| whole);
        self.fields.iter().any(|(of, own)| *of == kind && (own == name || own == whole))
    }
}

impl Actor {
    /// Whether a field of a kind reads as empty to them: `properties.x` also where all custom fields do.
    pub(crate) fn hides(&self, kind: RecordKind, name: &str) -> bool {
        self.fields.iter().any(|rule| rule.hides && rule.speaks_of(kind, name))
    }

    /// Whether anything at all does, of that kind.
    pub(crate) fn hides_any(&self, kind: RecordKind) -> bool {
        self.fields.iter().any(|rule| rule.hides && rule.fields.iter().any(|(of, _)| *of == kind))
    }
}

/// The refusal of a question that names a hidden field.
pub(crate) fn unread(kind: RecordKind, name: &str) -> Error {
    let told = format!("{name}: a rule hides this field of a {} from this user", kind.name());
    Error::denied(told).with_field(name)
}

/// Refuses to ask about a field that is hidden.
pub(crate) fn readable(kind: RecordKind, name: &str, actor: &Actor) -> Result<()> {
    if actor.hides(kind, name) { Err(unread(kind, name)) } else { Ok(()) }
}

/// Refuses to give a field that a rule keeps from being given, or that is hidden.
pub(crate) fn writable(kind: RecordKind, name: &str, deed: Deed, actor: &Actor) -> Result<()> {
    let name = if name == "type" { "kind" } else { name };
    let keeps = |rule: &&FieldRule| rule.hides || rule.deeds.contains(&deed);
    let rule = actor.fields.iter().filter(keeps).find(|rule| rule.speaks_of(kind, name));
    let Some(rule) = rule else { return Ok(()) };
    let told =
        format!("{name}: the rule {:?} does not let this user {} it", rule.name, deed.gives());
    Err(Error::denied(told).with_field(name))
}

/// The same of all that a host gives; whatever it gives, so that the refusal says nothing of what there is.
pub(crate) fn may_give(kind: RecordKind, given: &Fields, deed: Deed, actor: &Actor) -> Result<()> {
    if actor.fields.is_empty() {
        return Ok(());
    }
    for (name, value) in given.iter() {
        match value {
            Value::Map(map) if name == "properties" => {
                map.keys().try_for_each(|own| {
                    writable(kind, &format!("properties.{own}"), deed, actor)
                })?;
            }
            Value::Null if name == "properties" => {
                // Emptying all of them empties the one that is locked.
                let all = |rule: &&FieldRule| {
                    rule.fields.iter().any(|(of, own)| *of == kind && own.starts_with("properties"))
                };
                if let Some((_, own)) = actor
                    .fields
                    .iter()
                    .filter(all)
                    .flat_map(|rule| &rule.fields)
                    .find(|(of, own)| *of == kind && own.starts_with("properties"))
                {
                    writable(kind, own, deed, actor)?;
                }
            }
            _ => writable(kind, name, deed, actor)?,
        }
    }
    Ok(())
}

/// Blanks what is hidden of a record that leaves for the host.
pub(crate) fn conceal<R: Record>(record: &mut R, actor: &Actor) {
    let kind = R::TABLE.kind;
    if !actor.hides_any(kind) {
        return;
    }
    let blank = R::default();
    for (at, field) in R::TABLE.fields.iter().enumerate() {
        let access = &R::ACCESS[at];
        if actor.hides(kind, field.name) {
            (access.read)(record, (access.cell)(&blank));
        } else if field.kind == FieldKind::Properties
            && let Value::Map(mut map) = (access.to_value)(record)
        {
            map.retain(|name, _| !actor.hides(kind, &format!("properties.{name}")));
            let _ = (access.set)(record, &Value::Map(map), field, record.currency());
        }
    }
}
