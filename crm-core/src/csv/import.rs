//! The import: reads chunks of rows, turns each into a draft, hands them to the kind's own way of writing, and keeps the account.
//!
//! Rows are independent: a row's draft depends on the row and on the database, and a key that stands in the file twice is refused the
//! second time wherever it stands. The plan's hash is over what each row says and what became of it, so that it holds no ids.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Read;

use crate::access::{self, Deed};
use crate::base::progress::Progress;
use crate::base::{Error, ErrorKind, FieldKind, Frame, RecordKind, Result, Value, limit};
use crate::csv::cell::{self, Fault, Format, unguarded};
use crate::csv::links::Links;
use crate::csv::mapping::{Column, Mapping};
use crate::csv::reader::{Raw, Source};
use crate::csv::row::{Need, Outcome, Row, survivable};
use crate::csv::{ImportOptions, ImportReport, OnError, leads, office};
use crate::desk::column::{By, Target};
use crate::desk::office_by_kind;
use crate::storage::Tx;
use crate::{external_id, property};

/// An import that is running.
pub(super) struct Import<'i> {
    pub(super) kind: RecordKind,
    pub(super) mapping: Mapping,
    pub(super) format: Format,
    options: &'i ImportOptions,
    pub(super) links: Links,
    /// Keys of the rows so far, as 128-bit hashes.
    keys: HashSet<u128>,
    report: ImportReport,
    hash: u64,
}

/// Runs an import in an open transaction.
pub(super) fn run(
    tx: &mut Tx<'_>,
    kind: RecordKind,
    source: &mut dyn Read,
    mapping: &[(String, String)],
    options: &ImportOptions,
    progress: &mut Progress<'_>,
) -> Result<ImportReport> {
    crate::require!(
        !matches!(kind, RecordKind::Activity | RecordKind::Message),
        "record",
        "record: {} records are not imported; schedule activities and post messages",
        kind.name()
    );
    let format = Format::new(options)?;
    let mut source = Source::new(source, options)?;
    let header = source.header()?;
    let definitions = property::definitions(tx)?;
    let mapping = Mapping::new(kind, &header, mapping, options, &definitions)?;
    for column in &mapping.columns {
        may_read_into(tx, kind, &column.target)?;
    }
    let mut import = Import {
        kind,
        mapping,
        format,
        options,
        links: Links::default(),
        keys: HashSet::new(),
        report: ImportReport { errors: no_errors(), ..ImportReport::default() },
        hash: FNV_START,
    };
    import.hash_mapping();
    if !options.dry_run {
        import.rows(tx, &mut source, progress)?;
        return Ok(import.finish());
    }
    let run = tx.score_run;
    tx.savepoint()?;
    let done = import.rows(tx, &mut source, progress);
    tx.score_run = run;
    let released = tx.release(false);
    done?;
    released?;
    Ok(import.finish())
}

/// Refuses a column of what rules lock, for new rows or old ones, and a link by what is hidden: rows would tell it.
fn may_read_into(tx: &Tx<'_>, kind: RecordKind, target: &Target) -> Result<()> {
    let name = target.field();
    for deed in [Deed::Create, Deed::Update] {
        access::writable(kind, &name, deed, &tx.actor)?;
    }
    match target {
        Target::Link(_, other, By::Field(far)) => access::readable(*other, far.name, &tx.actor),
        _ => Ok(()),
    }
}

pub(super) fn no_errors() -> Frame {
    Frame::new([
        ("record", FieldKind::Int),
        ("line", FieldKind::Int),
        ("column", FieldKind::Text),
        ("value", FieldKind::Text),
        ("code", FieldKind::Int),
        ("message", FieldKind::Text),
        ("hint", FieldKind::Text),
    ])
}

impl Import<'_> {
    fn rows(
        &mut self,
        tx: &mut Tx<'_>,
        source: &mut Source<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        loop {
            let mut rows = self.chunk(source)?;
            if rows.is_empty() {
                return Ok(());
            }
            let known = self.known(tx, &rows)?;
            self.expect_links(tx, &rows)?;
            for row in rows.iter_mut().filter(|row| row.outcome.is_none()) {
                if let Err(fault) = self.key(&known, row) {
                    row.outcome = Some(Outcome::Failed(survivable(fault)?));
                }
            }
            match self.kind {
                RecordKind::Lead => leads::write(self, tx, &mut rows)?,
                kind => office_by_kind!(kind, R => office::write::<R>(self, tx, &mut rows)?),
            }
            for row in rows {
                self.account(tx, row)?;
            }
            progress.tell(self.report.rows, 0)?;
        }
    }

    /// The next rows: so many that writing them together pays, so few that they fit into memory.
    fn chunk(&self, source: &mut Source<'_>) -> Result<Vec<Row>> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while rows.len() < limit::CHUNK && bytes < limit::CSV_CHUNK {
            let Some(raw) = source.next()? else { break };
            bytes += raw.cells.as_slice().len();
            rows.push(self.row(&raw));
        }
        Ok(rows)
    }

    fn row(&self, raw: &Raw) -> Row {
        let text = |column: &Column| {
            let cell = String::from_utf8_lossy(raw.cells.get(column.at).unwrap_or_default());
            if self.options.safe_for_spreadsheets {
                unguarded(&cell).to_owned()
            } else {
                cell.into_owned()
            }
        };
        let mut row = Row {
            record: raw.record,
            line: raw.line,
            cells: self.mapping.columns.iter().map(text).collect(),
            external: None,
            id: None,
            own_id: false,
            named: false,
            outcome: None,
        };
        if raw.cells.len() != self.mapping.width {
            let message =
                format!("{} cells where the header has {}", raw.cells.len(), self.mapping.width);
            let fault = Fault::new(
                Error::format(message),
                "quote cells that hold the delimiter or a line break",
            );
            row.outcome = Some(Outcome::Failed(fault));
        }
        for (at, cell) in
            row.cells.iter_mut().enumerate().filter(|(_, cell)| cell.len() > limit::CSV_CELL)
        {
            let field = self.mapping.columns[at].target.field();
            let message =
                format!("{field}: {} bytes in a cell; at most {} fit", cell.len(), limit::CSV_CELL);
            let fault = Fault::new(
                Error::limit(&field, message),
                "keep documents outside and store a link",
            );
            *cell = shortened(cell);
            row.outcome = Some(Outcome::Failed(fault.at(at)));
        }
        row
    }

    /// The records that the rows of a chunk are about, by what other systems call them.
    fn known(&self, tx: &Tx<'_>, rows: &[Row]) -> Result<external_id::Known> {
        let cells = rows.iter().flat_map(|row| self.mapping.columns.iter().zip(&row.cells));
        let names = cells.filter_map(|(column, cell)| match &column.target {
            Target::External(system) => Some((system.as_str(), cell.trim())),
            _ => None,
        });
        external_id::find_all(tx, self.kind, names)
    }

    /// Looks up at once what the rows of a chunk link to by other systems' names.
    fn expect_links(&mut self, tx: &Tx<'_>, rows: &[Row]) -> Result<()> {
        self.links.forget_external();
        for (at, column) in self.mapping.columns.iter().enumerate() {
            if let Target::Link(_, kind, By::External(system)) = &column.target {
                let cells = rows.iter().flat_map(|row| cell::parts(&row.cells[at]));
                self.links.expect(tx, *kind, cells.map(|text| (system.as_str(), text.trim())))?;
            }
        }
        Ok(())
    }

    /// Finds the record that a row is about, and refuses a key that was there before.
    fn key(&mut self, known: &external_id::Known, row: &mut Row) -> Result<(), Fault> {
        let mut found = None;
        for at in 0..self.mapping.columns.len() {
            let text = row.cells[at].trim();
            if text.is_empty() {
                continue;
            }
            match &self.mapping.columns[at].target {
                Target::Id => {
                    row.id = Some(cell::id(text, "id").map_err(|fault| fault.at(at))?);
                    row.own_id = true;
                }
                Target::External(system) => {
                    if text.len() > limit::SHORT_TEXT {
                        let message = format!(
                            "external_id: {} bytes; at most {} fit",
                            text.len(),
                            limit::SHORT_TEXT
                        );
                        return Err(Fault::from(Error::limit("external_id", message)).at(at));
                    }
                    let name = (system.clone(), text.to_owned());
                    found = known.get(&name).copied();
                    row.external = Some(name);
                    row.named = found.is_none();
                    self.once(0, text.as_bytes()).map_err(|fault| fault.at(at))?;
                }
                _ => {}
            }
        }
        if let (Some(id), Some(found)) = (row.id, found)
            && id != found
        {
            let message = "external_id: another record has it than the one of this id";
            return Err(Error::conflict(message).with_field("external_id").into());
        }
        row.id = row.id.or(found);
        match row.id {
            Some(id) => self.once(1, &id.to_le_bytes()),
            None => Ok(()),
        }
    }

    /// Refuses a key that was there before.
    fn once(&mut self, sort: u8, key: &[u8]) -> Result<(), Fault> {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            hasher.write(&[salt, sort]);
            hasher.write(key);
            u128::from(hasher.finish())
        };
        if self.keys.insert(half(0) << 64 | half(1)) {
            return Ok(());
        }
        let error = Error::conflict("an earlier row of the file is about the same record");
        Err(Fault::new(
            error.with_field(if sort == 0 { "external_id" } else { "id" }),
            "keep one of the rows",
        ))
    }

    /// Creates what a row needs and nobody has yet.
    pub(super) fn supply(&mut self, tx: &mut Tx<'_>, needs: &[Need]) -> Result<(), Fault> {
        for need in needs {
            if self.links.find(tx, need.kind, &need.by, &need.text)?.is_none() {
                let made = self.links.create(tx, need.kind, &need.by, &need.text);
                made.map_err(|error| {
                    let field = self.mapping.columns[need.column].target.field();
                    let message = format!("{field}: {:?} cannot be created: {error}", need.text);
                    Fault::from(Error::new(error.kind(), message).with_field(field)).at(need.column)
                })?;
            }
        }
        Ok(())
    }

    /// Writes down what became of a row.
    fn account(&mut self, tx: &Tx<'_>, mut row: Row) -> Result<()> {
        let outcome = row
            .outcome
            .take()
            .unwrap_or_else(|| Outcome::Failed(Error::bug("a row was left out").into()));
        self.report.rows += 1;
        let (count, word) = match &outcome {
            Outcome::Created => (&mut self.report.created, "created"),
            Outcome::Updated => (&mut self.report.updated, "updated"),
            Outcome::Unchanged => (&mut self.report.unchanged, "unchanged"),
            Outcome::Skipped => (&mut self.report.skipped, "skipped"),
            Outcome::Failed(_) => (&mut self.report.failed, "failed"),
        };
        *count += 1;
        self.hash_text(word);
        row.cells.iter().for_each(|cell| self.hash_text(cell));
        let Outcome::Failed(fault) = outcome else { return Ok(()) };
        let foreign = is_foreign(&row, &fault);
        if !foreign
            && self.options.on_error == OnError::Skip
            && self.report.errors.len() >= limit::CSV_ERRORS
        {
            return Ok(());
        }
        let faults = self.complaints(tx, &row, helped(&row, fault))?;
        if let Some(fault) = faults.iter().find(|fault| is_foreign(&row, fault)) {
            return Err(self.aborted(&row, fault));
        }
        if self.options.on_error == OnError::Abort
            && let [fault, ..] = &faults[..]
        {
            return Err(self.aborted(&row, fault));
        }
        for Fault { column: at, error, hint } in faults {
            let int = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
            self.report.errors.push([
                int(row.record),
                int(row.line),
                at.map(|at| self.mapping.columns[at].header.clone()).into(),
                at.map(|at| shortened(&row.cells[at])).into(),
                Value::Int(error.code().into()),
                error.message().into(),
                hint.map(std::borrow::Cow::into_owned).into(),
            ]);
        }
        Ok(())
    }

    /// The error of an import that takes everything back.
    fn aborted(&self, row: &Row, fault: &Fault) -> Error {
        let (Row { record, line, cells, .. }, at) = (row, fault.column);
        let place = at.map_or(String::new(), |at| {
            format!(
                ", column {:?}, value {:?}",
                self.mapping.columns[at].header,
                shortened(&cells[at])
            )
        });
        let hint = fault.hint.as_ref().map_or(String::new(), |hint| format!("; {hint}"));
        let message =
            format!("record {record}, line {line}{place}: {}{hint}", fault.error.message());
        let column = at.map_or(0, |at| self.mapping.columns[at].at + 1);
        let mut error = Error::new(fault.error.kind(), message)
            .with_line(*line, u64::try_from(column).unwrap_or(0));
        if let Some(field) = fault.error.field() {
            error = error.with_field(field);
        }
        fault.error.subject().into_iter().fold(error, Error::with_subject)
    }

    fn hash_mapping(&mut self) {
        self.hash_text(self.kind.name());
        let targets: Vec<String> =
            self.mapping.columns.iter().map(|column| column.text.clone()).collect();
        targets.iter().for_each(|target| self.hash_text(target));
    }

    fn hash_text(&mut self, text: &str) {
        for byte in text.as_bytes().iter().chain(&[0xff]) {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
        }
    }

    fn finish(mut self) -> ImportReport {
        self.report.plan_hash = format!("{:016x}", self.hash);
        self.report
    }
}

/// Whether a row is about a record of another database: its own id is that of a record that was created at another time. Ids say
/// nothing about the rest of that file either, so that the import ends.
fn is_foreign(row: &Row, fault: &Fault) -> bool {
    row.own_id
        && fault.error.kind() == ErrorKind::Conflict
        && fault.error.field() == Some("create_date")
}

/// What would help where an id is of no record.
fn helped(row: &Row, fault: Fault) -> Fault {
    if row.own_id && fault.hint.is_none() && fault.error.kind() == ErrorKind::NotFound {
        let hint = "ids are those of the database that wrote them; leave the column out to create records, or name them by external_id(<system>)";
        return Fault { hint: Some(hint.into()), ..fault };
    }
    fault
}

/// FNV-1a, 64 bits. No byte of UTF-8 is 0xff, so that it can stand between texts.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// As much of a cell as an error shows.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
