//! Linked records by what names them in a cell: found, found twice, or missing and created.
//!
//! Names are compared without case and without surrounding space. The names of a kind are read once and kept for the whole import:
//! memory grows with the records that can be linked, not with the file.

use std::collections::HashMap;

use crate::base::text::folded;
use crate::base::{Error, Field, Fields, Id as _, RecordKind, Result, Value};
use crate::desk::column::By;
use crate::desk::{Room, create_in, office_by_kind, query};
use crate::external_id;
use crate::record::table;
use crate::storage::Tx;

/// What a text names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// That record.
    One(i64),
    /// These; nobody can say which.
    Many(Vec<i64>),
}

/// Records of one name: the shown ones count, the hidden ones only where there are no others.
#[derive(Debug, Clone, Default)]
struct Named {
    shown: Vec<i64>,
    hidden: Vec<i64>,
}

impl Named {
    fn add(&mut self, id: i64, active: bool) {
        let ids = if active { &mut self.shown } else { &mut self.hidden };
        ids.push(id);
    }

    fn found(&self) -> Found {
        let ids = if self.shown.is_empty() { &self.hidden } else { &self.shown };
        match ids[..] {
            [id] => Found::One(id),
            _ => Found::Many(ids.clone()),
        }
    }
}

type Names = HashMap<String, Named>;

/// The linked records of an import.
#[derive(Debug, Default)]
pub(super) struct Links {
    names: HashMap<(RecordKind, &'static str), Names>,
    /// Names that were added to `names` since they were read, in order.
    made: Vec<(RecordKind, &'static str, String)>,
    /// Other systems' names that the rows at hand use, of those that there were.
    external: HashMap<RecordKind, external_id::Known>,
}

fn key(text: &str) -> String {
    folded(text.trim()).into_owned()
}

impl Links {
    /// Looks up names of other systems that will be asked for.
    pub(super) fn expect<'n>(
        &mut self,
        tx: &Tx<'_>,
        kind: RecordKind,
        names: impl Iterator<Item = (&'n str, &'n str)>,
    ) -> Result<()> {
        let known = external_id::find_all(tx, kind, names)?;
        self.external.entry(kind).or_default().extend(known);
        Ok(())
    }

    /// Forgets those of the rows before.
    pub(super) fn forget_external(&mut self) {
        self.external.clear();
    }

    /// What a text names, if anything.
    pub(super) fn find(
        &mut self,
        tx: &Tx<'_>,
        kind: RecordKind,
        by: &By,
        text: &str,
    ) -> Result<Option<Found>> {
        match by {
            By::Id => Ok(text.trim().parse().ok().map(Found::One)),
            By::External(system) => {
                let name = (system.clone(), text.trim().to_owned());
                let known = self.external.get(&kind).and_then(|known| known.get(&name)).copied();
                let found = match known {
                    Some(id) => Some(id),
                    // A name that nobody had when the chunk began: a row before may have made it.
                    None => external_id::find(tx, kind, system, text.trim())?,
                };
                Ok(found.map(Found::One))
            }
            By::Field(field) => {
                let names = self.names(tx, kind, field)?;
                Ok(names.get(&key(text)).map(Named::found))
            }
        }
    }

    fn names(
        &mut self,
        tx: &Tx<'_>,
        kind: RecordKind,
        field: &'static Field,
    ) -> Result<&mut Names> {
        let names = match self.names.entry((kind, field.name)) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(load(tx, kind, field.name)?)
            }
        };
        Ok(names)
    }

    /// Creates the record that a text names.
    pub(super) fn create(
        &mut self,
        tx: &mut Tx<'_>,
        kind: RecordKind,
        by: &By,
        text: &str,
    ) -> Result<i64> {
        fn make<R: Room>(tx: &mut Tx<'_>, fields: &Fields) -> Result<i64> {
            Ok(create_in::<R>(tx, fields)?.number())
        }
        let text = text.trim();
        let mut fields = Fields::new();
        fields.set("name", text);
        match by {
            By::Id => return Err(Error::bug("a record is not created from an id")),
            By::External(system) => fields.external_id = Some((system.clone(), text.to_owned())),
            By::Field(field) => {
                fields.set(field.name, text);
            }
        }
        let id = office_by_kind!(kind, R => make::<R>(tx, &fields))?;
        self.add(kind, &fields, id);
        Ok(id)
    }

    /// Remembers a record that was created with these fields.
    pub(super) fn add(&mut self, kind: RecordKind, fields: &Fields, id: i64) {
        let active = fields.get("active") != Some(&Value::Bool(false));
        let mut unknown = Vec::new();
        for (of, names) in self.names.iter_mut().filter(|(of, _)| of.0 == kind) {
            match fields.get(of.1) {
                Some(Value::Text(text)) => {
                    names.entry(key(text)).or_default().add(id, active);
                    self.made.push((kind, of.1, key(text)));
                }
                // What the office gave it, such as a login, is read again when it is asked for.
                _ => unknown.push(*of),
            }
        }
        unknown.iter().for_each(|of| drop(self.names.remove(of)));
    }

    /// Forgets the names of a kind: one of its records was changed.
    pub(super) fn forget(&mut self, kind: RecordKind) {
        self.names.retain(|(known, _), _| *known != kind);
        self.external.remove(&kind);
        self.made.retain(|(known, ..)| *known != kind);
    }

    /// A place to go back to when what was created is taken back.
    pub(super) const fn mark(&self) -> usize {
        self.made.len()
    }

    /// Goes back to a mark. What was created since had no namesake, or it would have been found.
    pub(super) fn back_to(&mut self, mark: usize) {
        for (kind, field, name) in self.made.split_off(mark.min(self.made.len())) {
            if let Some(names) = self.names.get_mut(&(kind, field)) {
                names.remove(&name);
            }
        }
    }
}

/// The names of a kind that the actor sees.
fn load(tx: &Tx<'_>, kind: RecordKind, field: &str) -> Result<Names> {
    let table = table(kind);
    let company = match kind {
        RecordKind::Company => "id",
        RecordKind::User => "NULL",
        _ if table.position("company_id").is_some() => "company_id",
        _ => "NULL",
    };
    let active = if table.position("active").is_some() { "active" } else { "1" };
    let (seen, params) = query::and_seen(tx, table)?;
    let sql = format!(
        "SELECT id, {field}, {company}, {active} FROM {} WHERE {field} IS NOT NULL{seen} ORDER BY id",
        table.name
    );
    let mut names = Names::new();
    tx.each(&sql, &params, |line| {
        let company = line.int_or_null(2)?.map(crate::base::CompanyId);
        if tx.actor.sees_company(company) {
            names.entry(key(line.text(1)?)).or_default().add(line.int(0)?, line.int(3)? != 0);
        }
        Ok(())
    })?;
    Ok(names)
}
