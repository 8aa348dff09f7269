//! Columns of tables and files, named as hosts write them: a field, `properties.<name>`, `external_id(<system>)`, or a link with
//! something of the linked record: `partner_id.name`, `stage_id.is_won`, `partner_id.external_id(<system>)`.
//!
//! Values are read for a chunk of records at once: one statement for each column that leads to other records. What the actor may not
//! see of those is empty. Deliberately absent: more than one link on the way.

use std::collections::{BTreeSet, HashMap};

use crate::access::{self, Actor};
use crate::base::text::nearest;
use crate::base::{Error, Field, FieldKind, Record, RecordKind, Result, Value, limit};
use crate::desk::{Find, by_kind, query};
use crate::property::{Definitions, PropertyDefinition};
use crate::record::table;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// What of a linked record a column says, or what names the linked record in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum By {
    /// Its id.
    Id,
    /// One of its fields, such as its name.
    Field(&'static Field),
    /// What that system calls it.
    External(String),
}

/// What a column is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// The record's id.
    Id,
    /// What that system calls the record.
    External(String),
    /// A field.
    Field(&'static Field),
    /// A field that links, by what.
    Link(&'static Field, RecordKind, By),
    /// A custom field.
    Property(Box<PropertyDefinition>),
}

impl Target {
    /// The field of errors that are about it.
    pub(crate) fn field(&self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::External(_) => "external_id".to_owned(),
            Self::Field(field) | Self::Link(field, ..) => field.name.to_owned(),
            Self::Property(known) => format!("properties.{}", known.name),
        }
    }

    /// Reads a column's name.
    ///
    /// # Errors
    /// `Invalid` for what is no column, naming the nearest.
    pub(crate) fn parse(text: &str, kind: RecordKind, definitions: &Definitions) -> Result<Self> {
        let text = text.trim();
        let table = table(kind);
        if let Some(name) = text.strip_prefix("properties.") {
            return property(name, kind, definitions);
        }
        if let Some(system) = external(text)? {
            return Ok(Self::External(system));
        }
        let (name, by) = text.split_once('.').map_or((text, None), |(name, by)| (name, Some(by)));
        let name = if name == "type" && kind == RecordKind::Lead { "kind" } else { name };
        if name == "id" && by.is_none() {
            return Ok(Self::Id);
        }
        let field = table.field(name).map_err(|error| {
            let others = ["external_id(<system>)", "properties.<name>"];
            let near = name.starts_with("external") || name.starts_with("propert");
            match near {
                true => {
                    Error::invalid(name, format!("{error}; besides fields there are {others:?}"))
                }
                false => error,
            }
        })?;
        crate::require!(
            field.kind != FieldKind::Properties,
            text,
            "{text}: custom fields are named one by one, as properties.<name>"
        );
        match (field.kind, by) {
            (FieldKind::Ref(other) | FieldKind::Ids(other), by) => {
                let many = matches!(field.kind, FieldKind::Ids(_));
                let by = by.map_or(Ok(By::Id), |by| by_what(text, by, other, many))?;
                Ok(Self::Link(field, other, by))
            }
            (_, None) => Ok(Self::Field(field)),
            (_, Some(_)) => Err(Error::invalid(
                text,
                format!("{text}: {} does not link to a record", field.name),
            )),
        }
    }

    /// The type of its values; `None` for the numbers of a custom field, which are floats.
    pub(crate) fn kind(&self) -> Option<FieldKind> {
        Some(match self {
            Self::Id => FieldKind::Int,
            Self::External(_) | Self::Link(_, _, By::External(_)) => FieldKind::Text,
            Self::Field(field) | Self::Link(field, _, By::Id) => field.kind,
            Self::Link(link, _, By::Field(field)) => match link.kind {
                FieldKind::Ids(_) => FieldKind::Text,
                _ => field.kind,
            },
            Self::Property(known) => known.kind.field_kind()?,
        })
    }

    /// Whether it says nothing to somebody from whom what it says is hidden.
    pub(crate) fn is_hidden(&self, kind: RecordKind, actor: &Actor) -> bool {
        match self {
            Self::Id | Self::External(_) => false,
            Self::Field(field) => actor.hides(kind, field.name),
            Self::Link(field, other, by) => {
                let far =
                    if let By::Field(far) = by { actor.hides(*other, far.name) } else { false };
                far || actor.hides(kind, field.name)
            }
            Self::Property(known) => actor.hides(kind, &format!("properties.{}", known.name)),
        }
    }

    /// Whether its values stand in other tables than the record's own.
    const fn leads_on(&self) -> bool {
        matches!(self, Self::External(_) | Self::Link(_, _, By::Field(_) | By::External(_)))
    }
}

fn property(name: &str, kind: RecordKind, definitions: &Definitions) -> Result<Target> {
    let bare = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
    let known =
        definitions.find(kind, name).or_else(|| bare.and_then(|name| definitions.find(kind, name)));
    match known {
        Some(known) => Ok(Target::Property(Box::new(known.clone()))),
        None => Err(definitions.unknown(kind, name)),
    }
}

/// The system in `external_id(<system>)`.
fn external(text: &str) -> Result<Option<String>> {
    let Some(rest) = text.strip_prefix("external_id(") else { return Ok(None) };
    let system = rest.strip_suffix(')').map(str::trim).filter(|system| !system.is_empty());
    match system {
        Some(system) if system.len() <= limit::SHORT_TEXT => Ok(Some(system.to_owned())),
        _ => Err(Error::invalid(text, format!("{text}: write external_id(<system>)"))),
    }
}

/// What follows the dot. Of several linked records only texts can stand in one cell.
fn by_what(text: &str, by: &str, other: RecordKind, many: bool) -> Result<By> {
    if by == "id" {
        return Ok(By::Id);
    }
    if let Some(system) = external(by)? {
        return Ok(By::External(system));
    }
    let fits = |field: &&Field| match field.kind {
        FieldKind::Text => true,
        FieldKind::Ids(_) | FieldKind::Properties => false,
        _ => !many,
    };
    let known: Vec<&'static Field> = table(other).shown().filter(fits).collect();
    if let Some(field) = known.iter().find(|field| field.name == by) {
        return Ok(By::Field(field));
    }
    let hint = nearest(by, known.iter().map(|field| field.name).chain(["id"]))
        .map_or(String::new(), |near| format!("; did you mean {near:?}?"));
    let what = if many { "a text" } else { "a field" };
    Err(Error::invalid(
        text,
        format!(
            "{text}: after the dot stands id, external_id(<system>) or {what} of the {}, not {by:?}{hint}",
            other.name()
        ),
    ))
}

/// Calls `each` with the values of the columns for every matching record.
pub(crate) fn each<R: Record>(
    tx: &Tx<'_>,
    find: &Find,
    columns: &[Target],
    mut each: impl FnMut(Vec<Value>) -> Result<()>,
) -> Result<()> {
    let places: Vec<Place<'_>> = columns.iter().map(Place::of::<R>).collect::<Result<_>>()?;
    let hidden = |column: &Target| column.is_hidden(R::TABLE.kind, &tx.actor);
    let hidden: Vec<usize> = (0..columns.len()).filter(|at| hidden(&columns[*at])).collect();
    let mut each = |mut cells: Vec<Value>| {
        hidden.iter().for_each(|at| cells[*at] = Value::Null);
        each(cells)
    };
    let whole = columns.iter().any(
        |column| matches!(column, Target::Field(field) if field.kind == FieldKind::Properties),
    );
    if !columns.iter().any(Target::leads_on) {
        return query::each::<R>(tx, find, |mut record| {
            if whole {
                access::conceal(&mut record, &tx.actor);
            }
            each(places.iter().map(|place| place.value(&record)).collect())
        });
    }
    // No statement is asked while another one answers: the ids first, then their records and what these lead to, chunk by chunk.
    for ids in query::ids(tx, find, R::TABLE)?.chunks(limit::CHUNK) {
        let mut found = query::seen::<R>(tx, ids)?;
        let mut records: Vec<R> = ids.iter().filter_map(|id| found.remove(id)).collect();
        if whole {
            records = query::all_told(tx, records);
        }
        let linked: Vec<Linked> = columns
            .iter()
            .zip(&places)
            .map(|(column, place)| linked(tx, column, place, &records))
            .collect::<Result<_>>()?;
        for record in &records {
            let cells =
                columns.iter().zip(&places).zip(&linked).map(|((column, place), linked)| {
                    let value = place.value(record);
                    if column.leads_on() { led(&value, linked) } else { value }
                });
            each(cells.collect())?;
        }
    }
    Ok(())
}

/// Where a column's value, or the ids that lead to it, stand in a record.
enum Place<'c> {
    At(usize),
    Property(usize, &'c str),
}

impl<'c> Place<'c> {
    fn of<R: Record>(column: &'c Target) -> Result<Self> {
        let at = |name: &str| R::TABLE.position(name).ok_or_else(|| R::TABLE.unknown(name));
        Ok(match column {
            Target::Id | Target::External(_) => Self::At(at("id")?),
            Target::Field(field) | Target::Link(field, ..) => Self::At(at(field.name)?),
            Target::Property(known) => Self::Property(at("properties")?, &known.name),
        })
    }

    fn value<R: Record>(&self, record: &R) -> Value {
        match self {
            Self::At(at) => (R::ACCESS[*at].to_value)(record),
            Self::Property(at, name) => match (R::ACCESS[*at].to_value)(record) {
                Value::Map(mut map) => map.remove(*name).unwrap_or_default(),
                _ => Value::Null,
            },
        }
    }
}

/// By the id that leads to it, a value.
type Linked = HashMap<i64, Value>;

/// What a column says of the records that a chunk leads to.
fn linked<R: Record>(
    tx: &Tx<'_>,
    column: &Target,
    place: &Place<'_>,
    records: &[R],
) -> Result<Linked> {
    let (kind, system, field) = match column {
        Target::External(system) => (R::TABLE.kind, Some(system), None),
        Target::Link(_, kind, By::External(system)) => (*kind, Some(system), None),
        Target::Link(_, kind, By::Field(field)) => (*kind, None, Some(field)),
        _ => return Ok(Linked::new()),
    };
    let mut ids = BTreeSet::new();
    for record in records {
        match place.value(record) {
            Value::Int(id) => drop(ids.insert(id)),
            Value::Ids(many) => ids.extend(many),
            _ => {}
        }
    }
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut found = Linked::with_capacity(ids.len());
    if let Some(field) = field {
        by_kind!(kind, L => {
            let at = L::TABLE.position(field.name).ok_or_else(|| L::TABLE.unknown(field.name))?;
            for (id, record) in query::seen::<L>(tx, &ids)? {
                found.insert(id, (L::ACCESS[at].to_value)(&record));
            }
        });
    }
    if let Some(system) = system {
        let sql = "SELECT record_id, external_id FROM external_id WHERE kind = ?1 AND system = ?2 \
                   AND record_id IN (SELECT value FROM json_each(?3)) ORDER BY record_id, external_id DESC";
        for chunk in ids.chunks(limit::CHUNK) {
            tx.each(sql, &[kind.name().into(), system.as_str().into(), id_list(chunk)], |line| {
                found.insert(line.int(0)?, Value::from(line.text(1)?));
                Ok(())
            })?;
        }
    }
    Ok(found)
}

/// The value that an id leads to; of several ids their texts, joined.
fn led(from: &Value, linked: &Linked) -> Value {
    match from {
        Value::Int(id) => linked.get(id).cloned().unwrap_or_default(),
        Value::Ids(ids) if ids.is_empty() => Value::Null,
        Value::Ids(ids) => {
            let texts = ids.iter().filter_map(|id| linked.get(id).and_then(Value::as_text));
            Value::Text(texts.collect::<Vec<_>>().join(";"))
        }
        _ => Value::Null,
    }
}
