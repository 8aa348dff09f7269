//! CSV in and out: any kind of record, from any office that can write a table.
//!
//! An import is one transaction. Each row stands alone: what is wrong with it is reported with record, line, column and value, and
//! it writes nothing, not even the linked records that it would have created. A dry run is the import itself, taken back. An export
//! imported again changes nothing.
//!
//! Deliberately absent: guessing of encodings, separators, dates or columns. The host knows its file, or asks whoever does.

mod cell;
mod export;
mod import;
mod leads;
mod links;
mod mapping;
mod office;
mod reader;
mod row;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use crate::base::progress::Progress;
use crate::base::{Frame, RecordKind, Result};
use crate::filter::Filter;
use crate::storage::{Link, file};

/// What to do about a linked record that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LinkPolicy {
    /// Create it, once for each text; a row that fails creates nothing.
    Create,
    /// The row fails.
    #[default]
    Error,
    /// The row is skipped and counted as such.
    Skip,
}

impl LinkPolicy {
    /// The policy of that name: `create`, `error` or `skip`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "create" => Some(Self::Create),
            "error" => Some(Self::Error),
            "skip" => Some(Self::Skip),
            _ => None,
        }
    }
}

/// What to do about a row that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnError {
    /// Report it and go on.
    #[default]
    Skip,
    /// Take everything back; the first error is the answer.
    Abort,
}

impl OnError {
    /// The reaction of that name: `skip` or `abort`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "skip" => Some(Self::Skip),
            "abort" => Some(Self::Abort),
            _ => None,
        }
    }
}

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// By link (`partner_id`), what to do about linked records that are missing; unnamed links: [`LinkPolicy::Error`].
    pub policy: BTreeMap<String, LinkPolicy>,
    /// Do everything, report it, and take it back.
    pub dry_run: bool,
    /// What to do about a row that fails.
    pub on_error: OnError,
    /// The IANA zone of instants that name none.
    pub zone: String,
    /// The decimal separator, `.` or `,`.
    pub decimal: char,
    /// The form of dates, in the letters of `strftime`.
    pub date_format: String,
    /// What stands between cells.
    pub delimiter: char,
    /// The file was written with [`Csv::safe_for_spreadsheets`]: the apostrophes that it gained are taken away.
    pub safe_for_spreadsheets: bool,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            policy: BTreeMap::new(),
            dry_run: false,
            on_error: OnError::Skip,
            zone: "UTC".to_owned(),
            decimal: '.',
            date_format: "%Y-%m-%d".to_owned(),
            delimiter: ',',
            safe_for_spreadsheets: false,
        }
    }
}

/// What an import did, or with `dry_run` would do: `rows = created + updated + unchanged + skipped + failed`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportReport {
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Records made.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Rows that say what is stored already.
    pub unchanged: u64,
    /// Rows left out since a linked record is missing and its policy is [`LinkPolicy::Skip`].
    pub skipped: u64,
    /// Rows refused.
    pub failed: u64,
    /// Why rows were refused, in their order: `record` (from 1), `line` (in the file, from 1), `column`, `value`, `code`, `message`,
    /// `hint`. A row has one for each of its cells that is wrong. No row is added once there are
    /// [`limit::CSV_ERRORS`](crate::base::limit::CSV_ERRORS).
    pub errors: Frame,
    /// The same for the same file, mapping and outcome of every row: after a dry run, the import itself can be compared.
    pub plan_hash: String,
}

/// The desk of CSV files.
///
/// ```
/// use crm_core::base::progress::Progress;
/// use crm_core::{Crm, ImportOptions, LinkPolicy, RecordKind};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// let file = "Deal,Customer,Value\nFleet lease,Azure Bakery,\"12,000.50\"\nSpare parts,azure bakery,\n";
/// let mapping = [("Deal", "name"), ("Customer", "partner_id.name"), ("Value", "expected_revenue")]
///     .map(|(column, field)| (column.to_owned(), field.to_owned()));
/// let mut options = ImportOptions::default();
/// options.policy.insert("partner_id".into(), LinkPolicy::Create);
/// let report = s.csv().import(RecordKind::Lead, &mut file.as_bytes(), &mapping, &options, &mut Progress::none())?;
/// assert_eq!((report.rows, report.created, report.failed), (2, 2, 0));
/// assert_eq!(s.partners().count(None)?, 1);
///
/// let mut out = Vec::new();
/// s.csv().export(RecordKind::Lead, &mut out, None, Some(&["name", "expected_revenue"]))?;
/// assert_eq!(String::from_utf8_lossy(&out), "name,expected_revenue\nFleet lease,12000.50\nSpare parts,0.00\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Csv<'s> {
    link: &'s Link,
    safe: bool,
}

impl<'s> Csv<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link, safe: false }
    }

    /// The desk whose exports can be opened in a spreadsheet without being run: a text that begins with `=`, `+`, `-`, `@`, a tab or a
    /// line break gains an apostrophe in front, also after apostrophes of its own. Numbers and dates stay as they are.
    /// [`ImportOptions::safe_for_spreadsheets`] reads such a file back as it was.
    ///
    /// ```
    /// use crm_core::{Crm, RecordKind, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let crm = Crm::open(":memory:")?;
    /// let s = crm.session(None, None)?;
    /// s.leads().create(fields! { name: "=cmd|' /C calc'!A0", phone: "+49 711 123" })?;
    /// let mut out = Vec::new();
    /// s.csv().safe_for_spreadsheets().export(RecordKind::Lead, &mut out, None, Some(&["name", "phone"]))?;
    /// assert_eq!(String::from_utf8_lossy(&out), "name,phone\n'=cmd|' /C calc'!A0,'+49 711 123\n");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn safe_for_spreadsheets(self) -> Self {
        Self { safe: true, ..self }
    }

    /// Creates and updates records of a kind from the rows of a CSV file.
    ///
    /// `mapping` names the field of each column that is read; none at all reads every column as the field its header names. A field is
    /// a field's name, `properties.<name>`, or a link with what names the linked record: `partner_id.name`, `user_id.login`,
    /// `partner_id.external_id(<system>)`. `id` and `external_id(<system>)` name the record itself: a row whose record exists updates
    /// it, any other creates one. A lead's past can be told: `create_date`, `date_open`, `date_closed`, `date_last_stage_update`,
    /// `date_conversion`, `won_status`, `lost_reason_id`, `active`.
    ///
    /// Ids begin at 1 in every database, so that `id` is believed beside `create_date` only, as an export writes them, unless a mapping
    /// names it. A row whose record was created at another time ends the import: the file was exported from another database. To carry
    /// records over, name them by `external_id(<system>)` or not at all, and what they link to by name.
    ///
    /// An empty cell leaves the field at its default or as it is; `\N` empties it. Links of one cell are separated by `;`, else by `,`.
    /// Numbers may have groups of three digits, set apart by a space, an apostrophe or that of `.` and `,` which is not `decimal`: with
    /// `decimal: '.'` a cell of `3,000` is three thousand and `3.000` is three, with `','` it is the other way round. A day alone is its
    /// first instant in `zone`, and so is an instant without an offset local to `zone`.
    /// `progress` is told the rows done; how many there will be is not known, and told as 0.
    ///
    /// # Errors
    /// `Invalid` for columns, fields or options that make no sense, naming the nearest; `Conflict` for ids of another database; `Format`
    /// for a file that is no CSV in UTF-8; `Limit`; `Cancelled`; with [`OnError::Abort`] the first row's own. Nothing is written then.
    pub fn import(
        &self,
        record: RecordKind,
        source: &mut dyn Read,
        mapping: &[(String, String)],
        options: &ImportOptions,
        progress: &mut Progress<'_>,
    ) -> Result<ImportReport> {
        self.link.write_alone(|tx| import::run(tx, record, source, mapping, options, progress))
    }

    /// Writes matching records as CSV, in the order of their ids, and answers how many. Columns are named as in a mapping and by default
    /// those of [`Self::columns`]; archived records are left out unless the filter mentions `active`.
    ///
    /// The default is for this database, whose ids it holds. For another one, leave out `id` and name what is linked:
    /// `external_id(<system>)`, `name`, `stage_id.name`, `partner_id.name`, ….
    ///
    /// # Errors
    /// `Invalid` for an unknown column; `Host` when the target cannot be written.
    pub fn export(
        &self,
        record: RecordKind,
        target: &mut dyn Write,
        filter: Option<&Filter>,
        columns: Option<&[&str]>,
    ) -> Result<u64> {
        self.link.read(|tx| export::run(tx, record, target, filter, columns, self.safe))
    }

    /// As [`Self::export`], into the file at `target`, which is replaced only when all is written: a call that fails leaves it as it was.
    /// It keeps its mode; a link is followed; a pipe or a device is written to as it is.
    ///
    /// # Errors
    /// As there; `Conflict` when the target is an open database or any crm file; `Host` when it cannot be written.
    pub fn export_file(
        &self,
        record: RecordKind,
        target: &Path,
        filter: Option<&Filter>,
        columns: Option<&[&str]>,
    ) -> Result<u64> {
        file::write(target, |out| self.export(record, out, filter, columns))
    }

    /// The columns of a kind that an export writes by default: what an import can read again.
    ///
    /// # Errors
    /// `Storage` when the database fails.
    pub fn columns(&self, record: RecordKind) -> Result<Vec<String>> {
        self.link.read(|tx| export::columns(tx, record))
    }
}
