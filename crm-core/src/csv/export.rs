//! The export: matching records as rows, in the order of their ids, the same bytes every time.
//!
//! Columns are written so that an import reads them back: money in major units, probability in percent, dates in ISO 8601, instants
//! in RFC 3339, links by id, lists joined by `;`, a column for each custom field.
//! What is stored is what is written, unless the host asks for texts that no spreadsheet takes for formulas.

use std::borrow::Cow;
use std::io::Write;

use crate::base::{Error, ErrorKind, Field, FieldKind, RecordKind, Result, Value};
use crate::csv::cell::{guarded, written};
use crate::desk::column::{self, Target};
use crate::desk::{Find, by_kind};
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
    safe: bool,
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
    by_kind!(kind, R => column::each::<R>(tx, &find, &targets, |cells| {
        for cell in &cells {
            writer.write_field(plain(cell, safe).as_bytes()).map_err(|error| unwritable(&error))?;
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

/// A value as a cell.
fn plain(value: &Value, safe: bool) -> Cow<'_, str> {
    match value {
        Value::Null | Value::Map(_) => Cow::Borrowed(""),
        Value::Bool(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Float(number) => Cow::Owned(number.to_string()),
        Value::Decimal(number) => Cow::Owned(number.to_string()),
        Value::Text(text) if safe => guarded(written(text)),
        Value::Text(text) => written(text),
        Value::Date(date) => Cow::Owned(date.to_string()),
        Value::Time(moment) => Cow::Owned(moment.to_string()),
        Value::Ids(ids) => Cow::Owned(ids.iter().map(i64::to_string).collect::<Vec<_>>().join(";")),
    }
}
