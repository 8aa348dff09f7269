//! Sized option structs: the caller's size comes first, so that both sides may grow.
//!
//! `crm_…_options_init(&options, sizeof options)` writes the defaults into as many bytes as the caller has. A reader copies what
//! both know; what an older program does not know keeps its default, and bits that this library does not know are refused.

use crm_core::{Error, ErrorKind, Result};

use crate::edge::abi::{CrmPair, CrmStr};
use crate::edge::progress::CrmProgressFn;

/// A struct of options.
///
/// # Safety
/// `repr(C)`, begins with `struct_size: usize`, and every pattern of bits is a value of it.
pub(crate) unsafe trait Options: Copy {
    /// Its size in the ABI's first version.
    const LEAST: usize;
    /// Its name in C.
    const NAME: &'static str;
    /// What an untouched struct says.
    fn defaults() -> Self;
}

/// Writes the defaults into the first `size` bytes at `pointer`.
pub(crate) fn init<T: Options>(pointer: *mut T, size: usize) {
    if pointer.is_null() || size < size_of::<usize>() {
        return;
    }
    let defaults = T::defaults();
    let known = size.min(size_of::<T>());
    // SAFETY: the caller promised `size` writable bytes; `known` is no more than that and no more than the defaults have. The two
    // do not overlap, since one is ours. Bytes beyond what we know are
    // cleared, and the caller's size takes the place of ours.
    unsafe {
        let bytes = pointer.cast::<u8>();
        std::ptr::copy_nonoverlapping((&raw const defaults).cast::<u8>(), bytes, known);
        std::ptr::write_bytes(bytes.add(known), 0, size.min(LARGEST).saturating_sub(known));
        pointer.cast::<usize>().write_unaligned(size);
    }
}

/// No option struct will ever be larger; a greater size is uninitialised memory.
const LARGEST: usize = 4096;

/// The caller's options; null is the defaults.
pub(crate) fn read<T: Options>(pointer: *const T) -> Result<T> {
    let mut options = T::defaults();
    if pointer.is_null() {
        return Ok(options);
    }
    // SAFETY: not null; the caller promised a struct, and every version of it begins with its size.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    if !(T::LEAST..=LARGEST).contains(&size) {
        let message = format!("{0} of {size} bytes: fill it with {0}_init", T::NAME);
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    // SAFETY: the caller's struct has `size` readable bytes, ours `size_of::<T>()` writable ones; every pattern is a value.
    unsafe {
        let bytes = (&raw mut options).cast::<u8>();
        std::ptr::copy_nonoverlapping(pointer.cast::<u8>(), bytes, size.min(size_of::<T>()));
    }
    Ok(options)
}

/// Refuses bits that nobody has given a meaning.
pub(crate) fn known_bits(bits: u64, known: u64, name: &str) -> Result<()> {
    if bits & !known == 0 {
        return Ok(());
    }
    let message =
        format!("{name}: unknown bits {:#x}; the program is newer than the library", bits & !known);
    Err(Error::invalid(name, message))
}

/// `crm_open_options.flags`: do not put stages, reasons and plans into a new file.
pub const CRM_OPEN_BARE: u64 = 0x1;
/// `crm_open_options.flags`: wait for the disk at every commit.
pub const CRM_OPEN_FULL_SYNC: u64 = 0x2;

/// How to open a database. Fill it with `crm_open_options_init`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmOpenOptions {
    /// Its size.
    pub struct_size: usize,
    /// Of company 1 in a new file, ISO 4217; empty: EUR.
    pub currency: CrmStr,
    /// `CRM_OPEN_…`.
    pub flags: u64,
    /// How long a write waits for another process; 5000.
    pub busy_timeout_ms: u32,
    /// How many threads may read a file at once for one call that goes through all leads: 0 for as many as the machine runs, 1 for the
    /// calling thread alone, at most 8. What comes out is the same.
    pub threads: u32,
}

// SAFETY: `repr(C)`, size first, pointers and integers only.
unsafe impl Options for CrmOpenOptions {
    const LEAST: usize = 40;
    const NAME: &'static str = "crm_open_options";
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            currency: CrmStr::default(),
            flags: 0,
            busy_timeout_ms: 5_000,
            threads: 0,
        }
    }
}

/// Which records to find. Fill it with `crm_find_options_init`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmFindOptions {
    /// Its size.
    pub struct_size: usize,
    /// Such as `name ilike "%fleet%" and stage_id.is_won = false`, or canonical JSON; empty: every active record.
    pub filter: CrmStr,
    /// Such as `priority desc, name`; empty: the kind's own order.
    pub order: CrmStr,
    /// At most so many; -1: all.
    pub limit: i64,
    /// Leave out so many first.
    pub offset: i64,
    /// For frames, such as `name, partner_id.name, properties.Seats, external_id(erp)`; empty: every field.
    pub columns: CrmStr,
    /// Null: as they are. Else leads as they were at that instant, in microseconds since 1970-01-01T00:00:00Z.
    pub as_of_micros: *const i64,
    /// `effective` (empty: so): what was true then; `known`: what was known then.
    pub axis: CrmStr,
}

// SAFETY: `repr(C)`, size first, pointers and integers only.
unsafe impl Options for CrmFindOptions {
    const LEAST: usize = 72;
    const NAME: &'static str = "crm_find_options";
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            filter: CrmStr::default(),
            order: CrmStr::default(),
            limit: -1,
            offset: 0,
            columns: CrmStr::default(),
            as_of_micros: std::ptr::null(),
            axis: CrmStr::default(),
        }
    }
}

/// `crm_score_options.set_mask`: `fields` is given; an empty list means the stage alone.
pub const CRM_SCORE_FIELDS: u64 = 0x1;
/// `flags` of a conversion: a lead without customer gets the one that it names, found or created.
pub const CRM_CONVERT_CREATE_PARTNER: u64 = 0x1;
/// `flags` of a conversion: leads are merged first with the open ones of the same address or customer.
pub const CRM_CONVERT_DEDUPLICATE: u64 = 0x2;
/// `flags` of a conversion: leads that have a salesperson keep salesperson and team.
pub const CRM_CONVERT_KEEP_OWNERS: u64 = 0x4;

/// `crm_score_options.set_mask`: `start_date_days` is given.
pub const CRM_SCORE_START_DATE: u64 = 0x2;
/// `crm_score_options.set_mask`: `model` is given.
pub const CRM_SCORE_MODEL: u64 = 0x4;

/// How leads are scored; what `set_mask` leaves out stays as it was. Fill it with `crm_score_options_init`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmScoreOptions {
    /// Its size.
    pub struct_size: usize,
    /// `CRM_SCORE_…`.
    pub set_mask: u64,
    /// Names of fields, such as `source_id` or `properties.Origin`.
    pub fields: *const CrmStr,
    /// How many.
    pub field_count: usize,
    /// Leads created before this day do not count; days since 1970-01-01.
    pub start_date_days: i64,
    /// `bayes`, `weighted`, `stage` or `base`.
    pub model: CrmStr,
}

// SAFETY: `repr(C)`, size first, pointers and integers only.
unsafe impl Options for CrmScoreOptions {
    const LEAST: usize = 56;
    const NAME: &'static str = "crm_score_options";
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            set_mask: 0,
            fields: std::ptr::null(),
            field_count: 0,
            start_date_days: 0,
            model: CrmStr::default(),
        }
    }
}

/// A custom field to declare. Fill it with `crm_property_options_init`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmPropertyOptions {
    /// Its size.
    pub struct_size: usize,
    /// `CRM_KIND_LEAD` or `CRM_KIND_PARTNER`.
    pub kind: i32,
    /// 0.
    pub reserved: u32,
    /// Its name: any text without control characters.
    pub name: CrmStr,
    /// `text`, `number`, `date`, `boolean` or `selection`.
    pub value_type: CrmStr,
    /// What people read; empty: its name.
    pub label: CrmStr,
    /// What a selection may be.
    pub choices: *const CrmStr,
    /// How many.
    pub choice_count: usize,
    /// The teams that are shown it; none: all.
    pub team_ids: *const i64,
    /// How many.
    pub team_count: usize,
}

// SAFETY: `repr(C)`, size first, pointers and integers only.
unsafe impl Options for CrmPropertyOptions {
    const LEAST: usize = 96;
    const NAME: &'static str = "crm_property_options";
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            kind: -1,
            reserved: 0,
            name: CrmStr::default(),
            value_type: CrmStr::default(),
            label: CrmStr::default(),
            choices: std::ptr::null(),
            choice_count: 0,
            team_ids: std::ptr::null(),
            team_count: 0,
        }
    }
}

/// `crm_import_options.flags`: find out what would happen, and write nothing.
pub const CRM_IMPORT_DRY_RUN: u64 = 0x1;
/// `crm_import_options.flags`: the first bad row ends it all; otherwise bad rows are left out and told.
pub const CRM_IMPORT_ABORT: u64 = 0x2;
/// `crm_import_options.flags`: the file was written with `CRM_EXPORT_SAFE_FOR_SPREADSHEETS`.
pub const CRM_IMPORT_SAFE_FOR_SPREADSHEETS: u64 = 0x4;
/// `crm_csv_export`: a text that a spreadsheet would take for a formula gains an apostrophe in front.
pub const CRM_EXPORT_SAFE_FOR_SPREADSHEETS: u64 = 0x1;

/// What was given in the last 24 hours does not count, and leads of any age are given.
pub const CRM_ASSIGN_FORCE: u64 = 0x1;
/// A customer's lead goes to whom the rules say, whoever has the customer.
pub const CRM_ASSIGN_WITHOUT_AFFINITY: u64 = 0x2;

/// `crm_duplicates_find`, `crm_duplicates_scan`: lost leads too, archived opportunities and archived partners.
pub const CRM_DUPLICATES_INCLUDE_LOST: u64 = 0x1;
/// `crm_duplicates_find`: won leads too, and archived ones of any kind: everything there is.
pub const CRM_DUPLICATES_INCLUDE_WON: u64 = 0x2;

/// How to read a CSV file. Fill it with `crm_import_options_init`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CrmImportOptions {
    /// Its size.
    pub struct_size: usize,
    /// The kind of record, `CRM_KIND_…`.
    pub kind: i32,
    /// 0.
    pub reserved: u32,
    /// The file; empty: `data` is read.
    pub path: CrmStr,
    /// The CSV text itself.
    pub data: CrmStr,
    /// Column → field, such as `Customer` → `partner_id.name`.
    pub mapping: *const CrmPair,
    /// How many.
    pub mapping_count: usize,
    /// Field → `create`, `error` or `skip`: what to do when a link leads nowhere.
    pub policy: *const CrmPair,
    /// How many.
    pub policy_count: usize,
    /// `CRM_IMPORT_…`.
    pub flags: u64,
    /// Of instants without a zone; empty: UTC.
    pub zone: CrmStr,
    /// The decimal sign; empty: a point.
    pub decimal: CrmStr,
    /// Of dates; empty: `%Y-%m-%d`.
    pub date_format: CrmStr,
    /// What stands between cells; empty: a comma.
    pub delimiter: CrmStr,
    /// Told how far it is; may be null.
    pub progress: CrmProgressFn,
    /// Given to `progress`.
    pub user_data: *mut std::ffi::c_void,
}

// SAFETY: `repr(C)`, size first, pointers, a nullable function pointer and integers only.
unsafe impl Options for CrmImportOptions {
    const LEAST: usize = 168;
    const NAME: &'static str = "crm_import_options";
    fn defaults() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            kind: -1,
            reserved: 0,
            path: CrmStr::default(),
            data: CrmStr::default(),
            mapping: std::ptr::null(),
            mapping_count: 0,
            policy: std::ptr::null(),
            policy_count: 0,
            flags: 0,
            zone: CrmStr::default(),
            decimal: CrmStr::default(),
            date_format: CrmStr::default(),
            delimiter: CrmStr::default(),
            progress: None,
            user_data: std::ptr::null_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn init_writes_no_byte_beyond_the_callers_size() {
        let mut room = [0xaa_u8; 64];
        init(room.as_mut_ptr().cast::<CrmOpenOptions>(), 24);
        assert_eq!(room[..8], 24_usize.to_ne_bytes());
        assert!(room[24..].iter().all(|byte| *byte == 0xaa));
        init(room.as_mut_ptr().cast::<CrmOpenOptions>(), 64);
        assert_eq!(room[32..36], 5_000_u32.to_ne_bytes());
        assert!(room[40..].iter().all(|byte| *byte == 0), "a newer program's fields are cleared");
        init(std::ptr::null_mut::<CrmOpenOptions>(), 64);
    }

    #[test]
    fn a_size_that_cannot_be_is_refused() {
        let mut options = CrmFindOptions::defaults();
        for size in [0, 8, 71, usize::MAX] {
            options.struct_size = size;
            assert_eq!(read(&raw const options).unwrap_err().code(), 100, "{size}");
        }
        options.limit = 7;
        options.struct_size = size_of::<CrmFindOptions>();
        assert_eq!(read(&raw const options).unwrap().limit, 7);
        assert_eq!(read(std::ptr::null::<CrmFindOptions>()).unwrap().limit, -1);
        assert!(known_bits(5, 1, "flags").is_err() && known_bits(1, 3, "flags").is_ok());
    }

    #[test]
    fn the_least_sizes_are_those_of_version_one() {
        assert_eq!(CrmOpenOptions::LEAST, size_of::<CrmOpenOptions>());
        assert_eq!(CrmFindOptions::LEAST, std::mem::offset_of!(CrmFindOptions, as_of_micros));
        assert_eq!(CrmScoreOptions::LEAST, size_of::<CrmScoreOptions>());
        assert_eq!(CrmPropertyOptions::LEAST, size_of::<CrmPropertyOptions>());
        assert_eq!(CrmImportOptions::LEAST, size_of::<CrmImportOptions>());
    }
}
