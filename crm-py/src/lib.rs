//! The Python door of the CRM engine: the native half of the package `crm`.
//!
//! Everything a host calls is written in Python (`python/crm`), with its types and its documentation; this module takes values in,
//! calls the core with the interpreter released, and gives values out. Deliberately absent: decisions, SQL, and the word `unsafe`.

#![forbid(unsafe_code)]
#![expect(clippy::needless_pass_by_value, reason = "what Python gives is taken by value")]

mod access;
mod assignment;
mod audit;
mod call;
mod csv;
mod database;
mod duplicate;
mod error;
mod fields;
mod frame;
mod lead;
mod merge;
mod notes;
mod office;
mod partner;
mod progress;
mod record;
mod session;
mod study;
mod target;
mod team;
mod value;

use pyo3::prelude::*;

/// The native half of the package `crm`; hosts import `crm`.
#[pymodule]
mod _crm {
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use crate::access::why_can;
    #[pymodule_export]
    use crate::assignment::{claim, hand_over, plan_assignment, run_assignment};
    #[pymodule_export]
    use crate::audit::{find_audit, seal_audit, verify_audit};
    #[pymodule_export]
    use crate::csv::{export_csv, export_csv_file, import_csv};
    #[pymodule_export]
    use crate::database::{Database, copy_database};
    #[pymodule_export]
    use crate::duplicate::{find_duplicates, scan_duplicates};
    #[pymodule_export]
    use crate::frame::Columns;
    #[pymodule_export]
    use crate::lead::{
        archive, assign_to, convert, copy, history, mark_lost, mark_won, move_to, partner_updates,
        plan_convert, reopen, restore,
    };
    #[pymodule_export]
    use crate::merge::{
        merge, merge_clusters, merge_partner_clusters, merge_partners, merged_into, merges,
        merges_of_partners, partner_merged_into, plan_merge, plan_merge_partners, unmerge,
        unmerge_partners,
    };
    #[pymodule_export]
    use crate::notes::{
        activity_done, activity_status, cancel_activity, post_message, reschedule_activity,
        schedule_activity, timeline,
    };
    #[pymodule_export]
    use crate::office::{declare_property, properties, set_settings, setting, settings};
    #[pymodule_export]
    use crate::partner::{
        address_for, partner_role_as_of, partner_roles, subject_erase, subject_export,
    };
    #[pymodule_export]
    use crate::record::{Field, Record, catalogue};
    #[pymodule_export]
    use crate::session::Session;
    #[pymodule_export]
    use crate::study::{
        backtest_score, board, configure_score, explain_score, nearest_deals, predict_score,
        rebuild_score, recompute_score, score_configuration, score_frequencies, score_health,
        score_parameters, weighted_forecast,
    };
    #[pymodule_export]
    use crate::target::{feed_target, target_attainment};
    #[pymodule_export]
    use crate::team::{
        add_member, remove_member, team_members, team_rollup, team_workload, update_member,
    };
}
