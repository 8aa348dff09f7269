//! CSV: reading a file or a text into records, and writing records into a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use crm_core::{
    Error, ErrorKind, FieldKind, Frame, ImportOptions, ImportReport, LinkPolicy, OnError, Progress,
    Result,
};

use crate::catalog;
use crate::crm::path;
use crate::desk::{filter, names};
use crate::edge::abi::{CrmError, CrmFrame, CrmPair, CrmSession, CrmStatus, CrmStr};
use crate::edge::option::{
    CRM_EXPORT_SAFE_FOR_SPREADSHEETS, CRM_IMPORT_ABORT, CRM_IMPORT_DRY_RUN,
    CRM_IMPORT_SAFE_FOR_SPREADSHEETS, CrmImportOptions, init, known_bits, read,
};
use crate::edge::progress::Callback;
use crate::edge::{Out, array, guard, optional_text, take, text};

/// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_import_options_init(
    options: *mut CrmImportOptions,
    struct_size: usize,
) {
    init(options, struct_size);
}

fn pairs(pointer: *const CrmPair, count: usize, name: &str) -> Result<Vec<(String, String)>> {
    let pair = |pair: &CrmPair| {
        Ok((text(pair.name, name)?.to_owned(), text(pair.value, name)?.to_owned()))
    };
    array(pointer, count, name)?.iter().map(pair).collect()
}

/// A sign, such as a comma; empty: the usual one.
fn sign(given: CrmStr, usual: char, name: &str) -> Result<char> {
    let text = optional_text(given, name)?.unwrap_or_default();
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (None, _) => Ok(usual),
        (Some(sign), None) => Ok(sign),
        _ => Err(Error::invalid(name, format!("{name}: {text:?} is not one sign"))),
    }
}

fn options(given: &CrmImportOptions) -> Result<ImportOptions> {
    let known = CRM_IMPORT_DRY_RUN | CRM_IMPORT_ABORT | CRM_IMPORT_SAFE_FOR_SPREADSHEETS;
    known_bits(given.flags, known, "flags")?;
    known_bits(u64::from(given.reserved), 0, "reserved")?;
    let usual = ImportOptions::default();
    let policy =
        pairs(given.policy, given.policy_count, "policy")?.into_iter().map(|(link, word)| {
            let refuse = || {
                let message = format!("policy: {word:?} is none of create, error, skip");
                Error::invalid("policy", message)
            };
            LinkPolicy::from_name(&word).map(|policy| (link, policy)).ok_or_else(refuse)
        });
    let abort = given.flags & CRM_IMPORT_ABORT != 0;
    Ok(ImportOptions {
        policy: policy.collect::<Result<BTreeMap<_, _>>>()?,
        dry_run: given.flags & CRM_IMPORT_DRY_RUN != 0,
        on_error: if abort { OnError::Abort } else { OnError::Skip },
        zone: optional_text(given.zone, "zone")?.map_or(usual.zone, str::to_owned),
        decimal: sign(given.decimal, usual.decimal, "decimal")?,
        date_format: optional_text(given.date_format, "date_format")?
            .map_or(usual.date_format, str::to_owned),
        delimiter: sign(given.delimiter, usual.delimiter, "delimiter")?,
        safe_for_spreadsheets: given.flags & CRM_IMPORT_SAFE_FOR_SPREADSHEETS != 0,
    })
}

/// A file that could not be read or written: the host's affair.
fn broken(what: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Host, format!("{what}: {error}")).with_field("path")
}

fn source<'a>(given: &CrmImportOptions) -> Result<Box<dyn Read + 'a>> {
    let data = text(given.data, "data")?;
    match optional_text(given.path, "path")? {
        None => Ok(Box::new(std::io::Cursor::new(data.as_bytes().to_vec()))),
        Some(_) if !data.is_empty() => {
            Err(Error::invalid("data", "data: the file comes from `path` or from `data`"))
        }
        Some(_) => {
            let name = path(given.path, "path")?;
            let file = File::open(name).map_err(|error| broken(name, &error))?;
            Ok(Box::new(BufReader::new(file)))
        }
    }
}

fn counts(report: &ImportReport) -> Frame {
    let numbers = [
        ("rows", report.rows),
        ("created", report.created),
        ("updated", report.updated),
        ("unchanged", report.unchanged),
        ("skipped", report.skipped),
        ("failed", report.failed),
    ];
    let columns = numbers.map(|(name, _)| (name, FieldKind::Int));
    let mut frame = Frame::new(columns.into_iter().chain([("plan_hash", FieldKind::Text)]));
    let values = numbers.map(|(_, number)| i64::try_from(number).ok().into());
    frame.push(values.into_iter().chain([report.plan_hash.as_str().into()]));
    frame
}

/// Creates and updates records from CSV. `out` receives one row: `rows`, `created`, `updated`, `unchanged`, `skipped`, `failed`,
/// `plan_hash`. `out_errors` may be null; it receives why rows were refused: `record`, `line`, `column`, `value`, `code`, `message`,
/// `hint`; a row has one for each of its cells that is wrong. No mapping: each column is the field that its header names, and `id` needs
/// `create_date` beside it: a row whose record was created at another time comes from another database and is `CRM_E_CONFLICT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_csv_import(
    session: *const CrmSession,
    options: *const CrmImportOptions,
    out: *mut *mut CrmFrame,
    out_errors: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let errors = match out_errors.is_null() {
            true => None,
            false => Some(Out::at(out_errors, "out_errors")?),
        };
        let given = read(options)?;
        let kind = catalog::kind(given.kind)?;
        let mapping = pairs(given.mapping, given.mapping_count, "mapping")?;
        let options = self::options(&given)?;
        let session = take(session)?;
        let host = Callback { call: given.progress, user_data: given.user_data };
        let mut tell = |done, total| host.tell(done, total);
        let mut source = source(&given)?;
        let progress = &mut Progress::new(&mut tell);
        let report = session.csv().import(kind, &mut *source, &mapping, &options, progress)?;
        out.hand(Arc::new(counts(&report).into()));
        if let Some(errors) = errors {
            errors.hand(Arc::new(report.errors.into()));
        }
        Ok(())
    })
}

/// Writes the records that match into a file; `columns` such as `id, name, partner_id.name`; empty: what an import into this database
/// can read again. For another database leave out `id`, and name links by name or `external_id(<system>)`.
/// `flags`: 0, or `CRM_EXPORT_SAFE_FOR_SPREADSHEETS`. `out` receives how many. A file that is there is replaced when all is written, and
/// keeps its mode; a crm file is never (`CRM_E_CONFLICT`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_csv_export(
    session: *const CrmSession,
    kind: i32,
    target: CrmStr,
    filter: CrmStr,
    columns: CrmStr,
    flags: u64,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let target = Path::new(path(target, "target")?);
        let (kind, filter) = (catalog::kind(kind)?, self::filter(filter)?);
        let columns = names(columns, "columns")?;
        let session = take(session)?;
        known_bits(flags, CRM_EXPORT_SAFE_FOR_SPREADSHEETS, "flags")?;
        let csv = match flags & CRM_EXPORT_SAFE_FOR_SPREADSHEETS {
            0 => session.csv(),
            _ => session.csv().safe_for_spreadsheets(),
        };
        let rows = csv.export_file(kind, target, filter.as_ref(), columns.as_deref())?;
        out.give(i64::try_from(rows).map_err(|_| Error::bug("more rows than numbers"))?);
        Ok(())
    })
}
