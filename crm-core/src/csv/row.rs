//! A row, and what it asks for: its cells as values, its links as ids, and what is missing.

use crate::base::{
    Error, ErrorKind, Field, FieldKind, Record as _, RecordKind, Result, Timestamp, Value,
};
use crate::csv::LinkPolicy;
use crate::csv::cell::{self, Fault};
use crate::csv::import::Import;
use crate::csv::links::Found;
use crate::desk::by_kind;
use crate::desk::column::{By, Target};
use crate::lead::import::Draft;
use crate::record::WonStatus;
use crate::storage::Tx;

/// What became of a row.
#[derive(Debug)]
pub(super) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped,
    Failed(Fault),
}

/// A row of the file: the cells of the mapped columns, in the order of the mapping.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) record: u64,
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    /// What another system calls it, if it says so.
    pub(super) external: Option<(String, String)>,
    /// The record that it is about, if there is one.
    pub(super) id: Option<i64>,
    /// Whether it names that record by our own id.
    pub(super) own_id: bool,
    /// Whether its external id is new to its record.
    pub(super) named: bool,
    pub(super) outcome: Option<Outcome>,
}

impl Row {
    /// What another system calls it, if that is new.
    pub(super) fn new_name(&self) -> Option<(&str, &str)> {
        let (system, external) = self.external.as_ref()?;
        self.named.then_some((system.as_str(), external.as_str()))
    }
}

/// A linked record that a row needs and nobody has.
#[derive(Debug, Clone)]
pub(super) struct Need {
    pub(super) column: usize,
    pub(super) kind: RecordKind,
    pub(super) by: By,
    pub(super) text: String,
}

/// What a row asks for.
#[derive(Debug)]
pub(super) enum Asked {
    /// This.
    Draft(Box<Draft>),
    /// This, once these exist.
    Needs(Vec<Need>),
    /// Nothing: a link is missing, and its policy is to skip the row.
    Skip,
}

impl Import<'_> {
    /// What a row asks for.
    pub(super) fn asked(&mut self, tx: &Tx<'_>, row: &Row) -> Result<Asked, Fault> {
        let mut draft = Draft { id: row.id, ..Draft::default() };
        draft.fields.external_id = row.external.clone().filter(|_| row.named);
        let (mut needs, mut skip) = (Vec::new(), false);
        for (at, text) in row.cells.iter().enumerate() {
            let target = &self.mapping.columns[at].target;
            let value = match target {
                Target::Id | Target::External(_) => continue,
                Target::Field(field) => {
                    self.format.value(text, field).map(|value| value.map(|value| (*field, value)))
                }
                Target::Property(known) => {
                    if let Some(value) =
                        self.format.property(text, known).map_err(|fault| fault.at(at))?
                    {
                        draft.fields.set(target.field(), value);
                    }
                    continue;
                }
                Target::Link(field, ..) => {
                    let field = *field;
                    self.link(tx, at, text, &mut needs, &mut skip)
                        .map(|value| value.map(|value| (field, value)))
                }
            };
            if let Some((field, value)) = value.map_err(|fault| fault.at(at))? {
                place(self.kind, field, value, &mut draft)
                    .map_err(|error| Fault::from(error).at(at))?;
            }
        }
        Ok(match (skip, needs.is_empty()) {
            (true, _) => Asked::Skip,
            (false, false) => Asked::Needs(needs),
            (false, true) => Asked::Draft(Box::new(draft)),
        })
    }

    /// The records that a cell names; `None` when it is empty or some are still to be created.
    fn link(
        &mut self,
        tx: &Tx<'_>,
        at: usize,
        text: &str,
        needs: &mut Vec<Need>,
        skip: &mut bool,
    ) -> Result<Option<Value>, Fault> {
        let column = &self.mapping.columns[at];
        let Target::Link(field, kind, by) = &column.target else { return Ok(None) };
        if text.trim().is_empty() {
            return Ok(None);
        }
        let Some(text) = cell::plain(text) else { return Ok(Some(Value::Null)) };
        let many = matches!(field.kind, FieldKind::Ids(_));
        let texts: Vec<&str> = if many { cell::parts(&text).collect() } else { vec![text.trim()] };
        let mut ids = Vec::with_capacity(texts.len());
        let mut missing = false;
        for text in texts {
            if *by == By::Id {
                ids.push(cell::id(text, field.name)?);
                continue;
            }
            match (self.links.find(tx, *kind, by, text)?, column.policy) {
                (Some(Found::One(id)), _) => ids.push(id),
                (Some(Found::Many(ids)), _) => return Err(ambiguous(field, *kind, by, text, &ids)),
                (None, LinkPolicy::Error) => return Err(unknown(field, *kind, by, text)),
                (None, LinkPolicy::Skip) => *skip = true,
                (None, LinkPolicy::Create) => {
                    missing = true;
                    needs.push(Need {
                        column: at,
                        kind: *kind,
                        by: by.clone(),
                        text: text.to_owned(),
                    });
                }
            }
        }
        Ok(match (missing || *skip, many) {
            (true, _) => None,
            (false, true) => Some(Value::Ids(ids)),
            (false, false) => ids.first().map(|id| Value::Int(*id)),
        })
    }

    /// Whether a row waits for a record of its own kind that a later row may bring.
    pub(super) fn waits(&mut self, tx: &Tx<'_>, row: &Row) -> Result<bool> {
        let kind = self.kind;
        let own = |target: &Target| matches!(target, Target::Link(_, other, _) if *other == kind);
        if !self.mapping.columns.iter().any(|column| own(&column.target)) {
            return Ok(false);
        }
        Ok(match self.asked(tx, row) {
            Ok(Asked::Needs(needs)) => needs.iter().any(|need| need.kind == kind),
            Ok(_) => false,
            Err(fault) => {
                let fault = survivable(fault)?;
                fault.error.kind() == ErrorKind::NotFound
                    && fault.column.is_some_and(|at| own(&self.mapping.columns[at].target))
            }
        })
    }
}

impl Import<'_> {
    /// All that is wrong with a row that was refused, each cell at most once: a file is mended once, not once for each mistake.
    pub(super) fn complaints(
        &mut self,
        tx: &Tx<'_>,
        row: &Row,
        first: Fault,
    ) -> Result<Vec<Fault>> {
        let blamed = |column: &crate::csv::mapping::Column| {
            Some(column.target.field().as_str()) == first.error.field()
        };
        let at = first.column.or_else(|| self.mapping.columns.iter().position(blamed));
        let mut faults = vec![Fault { column: at, ..first }];
        if faults[0].error.kind() == ErrorKind::Format {
            return Ok(faults); // The cells are not where they belong.
        }
        for (at, text) in row.cells.iter().enumerate().filter(|(other, _)| Some(*other) != at) {
            if let Err(fault) = self.complaint(tx, at, text) {
                faults.push(survivable(fault)?.at(at));
            }
        }
        faults.sort_by_key(|fault| fault.column);
        Ok(faults)
    }

    /// What is wrong with one cell, whatever the others say.
    fn complaint(&mut self, tx: &Tx<'_>, at: usize, text: &str) -> Result<(), Fault> {
        let kind = self.kind;
        match &self.mapping.columns[at].target {
            Target::Id | Target::External(_) => {}
            Target::Link(..) => {
                self.link(tx, at, text, &mut Vec::new(), &mut false)?;
            }
            Target::Property(known) => {
                if let Some(value) = self.format.property(text, known)? {
                    crate::property::definitions(tx)?.check(kind, &known.name, &value)?;
                }
            }
            Target::Field(field) => {
                // Amounts depend on the currency, and what the library keeps on the record: the row's own writing has said.
                let apart = field.system || field.kind == FieldKind::Money;
                if let Some(value) = self.format.value(text, field)?
                    && !apart
                    && !value.is_null()
                {
                    by_kind!(kind, R => R::default().set(field.name, &value))?;
                }
            }
        }
        Ok(())
    }
}

/// A fault of the row; a failure of the machine ends the import instead.
pub(super) fn survivable(fault: Fault) -> Result<Fault> {
    match fault.error.kind() {
        ErrorKind::Invalid
        | ErrorKind::NotFound
        | ErrorKind::Denied
        | ErrorKind::Conflict
        | ErrorKind::Limit
        | ErrorKind::Format => Ok(fault),
        _ => Err(fault.error),
    }
}

fn ambiguous(field: &Field, kind: RecordKind, by: &By, text: &str, ids: &[i64]) -> Fault {
    const SHOWN: usize = 5;
    let mut named: Vec<String> = ids.iter().take(SHOWN).map(i64::to_string).collect();
    if ids.len() > SHOWN {
        named.push(format!("{} more", ids.len() - SHOWN));
    }
    let by = if let By::Field(by) = by { by.name } else { "name" };
    let message = format!(
        "{}: {text:?} is ambiguous: it is the {by} of {} {}",
        field.name,
        kind.name(),
        named.join(", ")
    );
    let hint = format!(
        "rename all but one, or map a column to {0}.id or {0}.external_id(<system>)",
        field.name
    );
    Fault::new(Error::conflict(message).with_field(field.name), hint)
}

fn unknown(field: &Field, kind: RecordKind, by: &By, text: &str) -> Fault {
    let called = match by {
        By::External(system) => format!("is called {text:?} by {system:?}"),
        By::Field(by) => format!("has the {} {text:?}", by.name),
        By::Id => format!("has the id {text}"),
    };
    let message = format!("{}: no {} that this user may see {called}", field.name, kind.name());
    let hint = format!("correct it, or give {} the policy \"create\" or \"skip\"", field.name);
    Fault::new(Error::new(ErrorKind::NotFound, message).with_field(field.name), hint)
}

/// Puts a value where it belongs: what is given, what is past, or what the library keeps.
fn place(kind: RecordKind, field: &'static Field, value: Value, draft: &mut Draft) -> Result<()> {
    let past = &mut draft.past;
    let time: &mut Option<Timestamp> = match (kind, field.name, &value) {
        (RecordKind::Lead, "create_date", _) => &mut past.created,
        (RecordKind::Lead, "date_open", _) => &mut past.opened,
        (RecordKind::Lead, "date_closed", _) => &mut past.closed,
        (RecordKind::Lead, "date_last_stage_update", _) => &mut past.moved,
        (RecordKind::Lead, "date_conversion", _) => &mut past.converted,
        (RecordKind::Lead, "active", Value::Bool(active)) => {
            past.active = Some(*active);
            return Ok(());
        }
        (RecordKind::Lead, "won_status", Value::Text(word)) => {
            past.outcome = [WonStatus::Pending, WonStatus::Won, WonStatus::Lost]
                .into_iter()
                .find(|outcome| outcome.word() == word);
            return Ok(());
        }
        (RecordKind::Lead, "lost_reason_id", Value::Int(id)) => {
            past.lost_reason_id = Some(*id);
            return Ok(());
        }
        _ => {
            if field.system {
                draft.kept.push((field, value));
            } else {
                draft.fields.set(field.name, value);
            }
            return Ok(());
        }
    };
    match value {
        Value::Time(moment) => {
            *time = Some(moment);
            Ok(())
        }
        _ => Err(field.refuse("cannot be emptied; the verbs keep it")),
    }
}
