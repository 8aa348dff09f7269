//! The options of every desk's `find` and `frame`.

use crate::edge::option::{CrmFindOptions, init};

/// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_find_options_init(options: *mut CrmFindOptions, struct_size: usize) {
    init(options, struct_size);
}
