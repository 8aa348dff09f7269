//! The export: matching records as rows, in the order of their ids, the same bytes every time.
//!
//! Columns are written so that an import reads them back: money in major units, probability in percent, dates in ISO 8601, instants
//! in RFC 3339, links by id, lists joined by `;`, a column for each custom field.
//! Deliberately absent: changing texts that a spreadsheet would take for formulas; what is stored is what is written.

use std::borrow::Cow;
use std::io::Write;

use crate::base::{Error, ErrorKind, Field, FieldKind, Id as _, Record, RecordKind, Result, Value};
use crate::csv::cell::written;
use crate::csv::mapping::{By, Target};
use crate::desk::{Find, by_kind, query};
use crate::filter::Filter;
use crate::property;
use crate::record::table;
use crate::storage::Tx;

/// What of a lead's past an export tells, so that it can be told elsewhere.
const PAST: [&str; 6] = [
    "won_status",
    "active",
    "date_open",
    "date_closed",
    "date_conversion",
    "date_last_stage_update",
];

/// The default columns: `id` with `create_date`, which together name a record of one database, what can be given, a lead's past, and
/// each custom field.
pub(super) fn columns(tx: &Tx<'_>, kind: RecordKind) -> Result<Vec<String>> {
    let told = |field: &&Field| {
        let given = !field.system && (field.is_stored() || matches!(field.kind, FieldKind::Ids(_)));
        let past = kind == RecordKind::Lead && PAST.contains(&field.name);
        (given || past || field.name == "create_date") && field.kind != FieldKind::Properties
    };
    let fields = table(kind).shown().filter(told).map(|field| field.name.to_owned());
    let own = fields.filter(|name| name != "id");
    let custom = property::definitions(tx)?;
    let custom = crate::filter::PropertyTypes::names(&*custom, kind);
    let custom = custom.into_iter().map(|name| format!("properties.{name}"));
    Ok(std::iter::once("id".to_owned()).chain(own).chain(custom).collect())
}

/// Writes matching records; answers how many.
pub(super) fn run(
    tx: &Tx<'_>,
    kind: RecordKind,
    target: &mut dyn Write,
    filter: Option<&Filter>,
    names: Option<&[&str]>,
) -> Result<u64> {
    let names: Vec<String> = match names {
        Some(names) => names.iter().map(|name| (*name).to_owned()).collect(),
        None => columns(tx, kind)?,
    };
    crate::require!(!names.is_empty(), "columns", "columns: a file needs at least one");
    let definitions = property::definitions(tx)?;
    let targets: Vec<Target> =
        names.iter().map(|name| Target::parse(name, kind, &definitions)).collect::<Result<_>>()?;
    let mut writer = csv::Writer::from_writer(target);
    writer.write_record(&names).map_err(|error| unwritable(&error))?;
    let find = Find { filter: filter.cloned(), order: Some("id".to_owned()), ..Find::default() };
    let mut count = 0;
    by_kind!(kind, R => query::each::<R>(tx, &find, |record| {
        for target in &targets {
            let text = text(tx, &record, target)?;
            writer.write_field(text.as_bytes()).map_err(|error| unwritable(&error))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|error| unwritable(&error))?;
        count += 1;
        Ok(())
    }))?;
    writer.flush().map_err(|error| unwritable(&error))?;
    Ok(count)
}

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Host, format!("the file cannot be written: {error}"))
}

/// A record's cell in a column.
fn text<R: Record>(tx: &Tx<'_>, record: &R, target: &Target) -> Result<String> {
    let value = |field: &Field| record.value(field.name);
    Ok(match target {
        Target::Id => record.id().number().to_string(),
        Target::External(system) => called(tx, R::TABLE.kind, record.id().number(), system)?,
        Target::Field(field) => plain(&value(field)?).into_owned(),
        Target::Link(field, _, By::Id) => plain(&value(field)?).into_owned(),
        Target::Link(field, kind, by) => {
            let ids = match value(field)? {
                Value::Int(id) => vec![id],
                Value::Ids(ids) => ids,
                _ => Vec::new(),
            };
            let texts = ids.into_iter().map(|id| named(tx, *kind, id, by));
            texts.collect::<Result<Vec<_>>>()?.join(";")
        }
        Target::Property(known) => match record.value("properties")? {
            Value::Map(map) => map.get(&known.name).map(plain).unwrap_or_default().into_owned(),
            _ => String::new(),
        },
    })
}

/// A value as a cell.
fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null | Value::Map(_) => Cow::Borrowed(""),
        Value::Bool(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Float(number) => Cow::Owned(number.to_string()),
        Value::Decimal(number) => Cow::Owned(number.to_string()),
        Value::Text(text) => written(text),
        Value::Date(date) => Cow::Owned(date.to_string()),
        Value::Time(moment) => Cow::Owned(moment.to_string()),
        Value::Ids(ids) => Cow::Owned(ids.iter().map(i64::to_string).collect::<Vec<_>>().join(";")),
    }
}

/// What names a linked record.
fn named(tx: &Tx<'_>, kind: RecordKind, id: i64, by: &By) -> Result<String> {
    match by {
        By::Id => Ok(id.to_string()),
        By::External(system) => called(tx, kind, id, system),
        By::Text(field) => {
            let sql = format!("SELECT {} FROM {} WHERE id = ?1", field.name, table(kind).name);
            let text = tx.optional(&sql, &[id.into()], |line| {
                Ok(line.text_or_null(0)?.map(|text| written(text).into_owned()))
            })?;
            Ok(text.flatten().unwrap_or_default())
        }
    }
}

/// What another system calls a record; nothing, if nothing.
fn called(tx: &Tx<'_>, kind: RecordKind, id: i64, system: &str) -> Result<String> {
    let sql = "SELECT external_id FROM external_id WHERE kind = ?1 AND record_id = ?2 AND system = ?3 ORDER BY external_id LIMIT 1";
    let name = tx.optional(sql, &[kind.name().into(), id.into(), system.into()], |line| {
        Ok(line.text(0)?.to_owned())
    })?;
    Ok(name.unwrap_or_default())
}
