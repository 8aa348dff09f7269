//! What kinds of record there are, and their fields: for hosts that draw tables without naming each field.

use std::sync::LazyLock;

use crm_core::{Error, RecordKind, Result, record};

use crate::edge::abi::{CrmError, CrmStatus, CrmStr};
use crate::edge::guard::guard_or_default;
use crate::edge::record::number as field_number;
use crate::edge::text::Owned;
use crate::edge::value::field_type;
use crate::edge::{Out, guard, text};

/// The kind of that number, `CRM_KIND_…`.
pub(crate) fn kind(number: i32) -> Result<RecordKind> {
    let known = usize::try_from(number).ok().and_then(|at| RecordKind::ALL.get(at));
    known.copied().ok_or_else(|| {
        let message = format!("there is no kind of record number {number}; see CRM_KIND_…");
        Error::invalid("kind", message)
    })
}

/// The number of a kind, as the header has it.
pub(crate) fn number(kind: RecordKind) -> i32 {
    let at = RecordKind::ALL.iter().position(|known| *known == kind);
    at.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
}

/// Each kind's name and its fields' names, with NULs behind them.
static NAMES: LazyLock<Vec<(Owned, Vec<Owned>)>> = LazyLock::new(|| {
    let kinds = RecordKind::ALL.iter().map(|kind| {
        let fields = record::table(*kind).fields.iter();
        (Owned::new(kind.name()), fields.map(|field| Owned::new(field.name)).collect())
    });
    kinds.collect()
});

/// The name of a kind of record, such as "lead"; empty for nonsense. Lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn crm_kind_name(kind_number: i32) -> CrmStr {
    guard_or_default(|| {
        kind(kind_number)?;
        let at = usize::try_from(kind_number).unwrap_or_default();
        Ok(NAMES[at].0.lend())
    })
}

/// One more than the greatest field number of a kind; 0 for nonsense.
#[unsafe(no_mangle)]
pub extern "C" fn crm_field_count(kind_number: i32) -> u32 {
    guard_or_default(|| {
        let fields = record::table(kind(kind_number)?).fields.len();
        Ok(u32::try_from(fields).unwrap_or_default())
    })
}

/// The name of a field, such as `stage_id`; empty for numbers without a shown field. Lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn crm_field_name(kind_number: i32, field: u32) -> CrmStr {
    guard_or_default(|| {
        let shown = record::table(kind(kind_number)?).fields.get(field as usize);
        let at = usize::try_from(kind_number).unwrap_or_default();
        let name = NAMES[at].1.get(field as usize).filter(|_| shown.is_some_and(|it| !it.hidden));
        Ok(name.map_or(CrmStr::default(), Owned::lend))
    })
}

/// The type of a field, `CRM_TYPE_…`; 0 for numbers without a shown field.
#[unsafe(no_mangle)]
pub extern "C" fn crm_field_type(kind_number: i32, field: u32) -> i32 {
    guard_or_default(|| {
        let shown = record::table(kind(kind_number)?).fields.get(field as usize);
        Ok(shown.filter(|it| !it.hidden).map_or(0, |it| field_type(it.kind)))
    })
}

/// The number of a field by its name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_field_number(
    kind_number: i32,
    name: CrmStr,
    out: *mut u32,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        let (table, name) = (record::table(kind(kind_number)?), text(name, "name")?);
        out.give(field_number(table, name)?);
        Ok(())
    })
}
