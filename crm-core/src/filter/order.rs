//! Order by text: `priority desc, stage_id.sequence, id desc`.
//!
//! Empty values come last in both directions; text is ordered by its bytes; the id is always the last key, so that no two records
//! tie and pages never overlap. Money is ordered by minor units as stored. Deliberately absent: properties and lists of links.

use crate::base::error::{Error, Result};
use crate::base::field::{Field, FieldKind, Place, Table};
use crate::base::id::RecordKind;
use crate::record;

use super::canonical;
use super::resolve::Resolved;
use super::sql::Statement;

/// How records are listed.
///
/// ```
/// use crm_core::filter::{Order, Statement};
/// use crm_core::base::{Record, Timestamp};
/// let order = Order::parse("priority desc, date_deadline", crm_core::record::Lead::TABLE)?;
/// let mut statement = Statement::new(Timestamp::default());
/// order.sql(&mut statement)?;
/// assert_eq!(statement.sql, "lead.priority DESC, lead.date_deadline ASC NULLS LAST, lead.id ASC");
/// # Ok::<(), crm_core::base::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    table: &'static Table,
    keys: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq)]
struct Key {
    link: Option<&'static Field>,
    field: &'static Field,
    descending: bool,
}

impl Order {
    /// Reads fields with `asc` or `desc`, joined by commas. One link may be followed. The id is added as the last key, in the
    /// direction of the last one given.
    ///
    /// # Errors
    /// `Invalid`, naming the field, for unknown names and fields that have no order; `Format` for other words.
    pub fn parse(text: &str, table: &'static Table) -> Result<Self> {
        let mut keys: Vec<Key> = Vec::new();
        for part in text.split(',') {
            let key = read(part, table)?;
            if keys.iter().any(|known| (known.link, known.field) == (key.link, key.field)) {
                let message = format!("order: {} is named twice", part.trim());
                return Err(Error::invalid(key.field.name, message));
            }
            keys.push(key);
        }
        // Ids are unique: what stands behind one decides nothing.
        if let Some(at) = keys.iter().position(Key::is_id) {
            keys.truncate(at + 1);
        } else {
            let descending = keys.last().is_some_and(|key| key.descending);
            keys.push(Key { link: None, field: table.field("id")?, descending });
        }
        Ok(Self { table, keys })
    }

    /// Whether records come by their id alone; and if so, whether the greatest comes first.
    #[must_use]
    pub fn by_id_alone(&self) -> Option<bool> {
        match self.keys.as_slice() {
            [key] => Some(key.descending),
            _ => None,
        }
    }

    /// The fields of the record itself that it needs.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + '_ {
        self.keys.iter().map(|key| key.link.unwrap_or(key.field))
    }

    /// What its keys name, also of linked records.
    pub(crate) fn named(&self) -> impl Iterator<Item = (RecordKind, &'static str)> + '_ {
        self.keys.iter().flat_map(|key| {
            let own = key.link.unwrap_or(key.field);
            let far = key.link.and_then(|link| match link.kind {
                FieldKind::Ref(kind) => Some((kind, key.field.name)),
                _ => None,
            });
            [Some((self.table.kind, own.name)), far].into_iter().flatten()
        })
    }

    /// Appends the keys, to stand after `ORDER BY`.
    ///
    /// # Errors
    /// `Bug` when a field has no column, which reading has refused.
    pub fn sql(&self, out: &mut Statement) -> Result<()> {
        self.sql_as_seen(out, &mut |_| Ok(None))
    }

    /// The same for whom `sight` says, of a linked table, what they see; a link to anything else is as an empty one.
    pub(crate) fn sql_as_seen(
        &self,
        out: &mut Statement,
        sight: &mut dyn FnMut(&'static Table) -> Result<Option<Resolved>>,
    ) -> Result<()> {
        for (at, key) in self.keys.iter().enumerate() {
            let column = match key.link {
                None => out.column(self.table, key.field)?,
                Some(link) => {
                    let column = out.column(self.table, link)?;
                    let table = linked(link)?;
                    let seen = match sight(table)? {
                        Some(seen) => format!(" AND {}", seen.meets("linked.id", out)?),
                        None => String::new(),
                    };
                    let (name, field) = (table.name, key.field.name);
                    // Under a name of its own, for the link may lead back to the same table.
                    format!(
                        "(SELECT linked.{field} FROM {name} linked WHERE linked.id = {column}{seen})"
                    )
                }
            };
            let comma = if at == 0 { "" } else { ", " };
            let direction = if key.descending { "DESC" } else { "ASC" };
            // Said only where it means something, so that plain indexes serve.
            let nulls = if key.field.nullable || key.link.is_some() { " NULLS LAST" } else { "" };
            out.sql.push_str(&format!("{comma}{column} {direction}{nulls}"));
        }
        Ok(())
    }
}

impl Key {
    fn is_id(&self) -> bool {
        self.link.is_none() && self.field.name == "id"
    }
}

/// Reads one key.
fn read(part: &str, table: &'static Table) -> Result<Key> {
    let mut words = part.split_whitespace();
    let Some(path) = words.next() else {
        return Err(Error::format(
            "order: a field is missing; it reads like \"priority desc, id desc\"",
        ));
    };
    let descending = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("asc") => false,
        Some(word) if word.eq_ignore_ascii_case("desc") => true,
        Some(word) => {
            let message =
                format!("order: {word:?} is neither `asc` nor `desc`; keys are joined by commas");
            return Err(Error::format(message));
        }
    };
    if let Some(word) = words.next() {
        return Err(Error::format(format!(
            "order: {word:?} has no meaning here; keys are joined by commas"
        )));
    }
    let Some((link, name)) = path.split_once('.') else {
        return Ok(Key { link: None, field: sortable(path, table)?, descending });
    };
    let link = field(link, table)?;
    let FieldKind::Ref(kind) = link.kind else {
        return Err(link.refuse(format_args!("is no link, so the order {path:?} cannot follow it")));
    };
    if name.contains('.') {
        return Err(link.refuse(format_args!("the order {path:?} follows more than one link")));
    }
    let far = sortable(name, record::table(kind))?;
    if !matches!(far.place, Place::Column) {
        return Err(far.refuse("does not stand in its own row, so the order cannot reach it"));
    }
    Ok(Key { link: Some(link), field: far, descending })
}

fn field(name: &str, table: &'static Table) -> Result<&'static Field> {
    match table.position(canonical(name)) {
        Some(at) => Ok(&table.fields[at]),
        None => Err(table.unknown(name)),
    }
}

/// A field that has an order in storage.
fn sortable(name: &str, table: &'static Table) -> Result<&'static Field> {
    let field = field(name, table)?;
    match (field.kind, field.place) {
        (FieldKind::Ids(_) | FieldKind::Properties, _) | (_, Place::Link(..)) => {
            Err(field.refuse("has no order in storage and cannot be sorted by"))
        }
        _ => Ok(field),
    }
}

/// The table to which a link leads.
fn linked(link: &Field) -> Result<&'static Table> {
    match link.kind {
        FieldKind::Ref(kind) => Ok(record::table(kind)),
        _ => Err(Error::bug("a link was checked to be one")),
    }
}
