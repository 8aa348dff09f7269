//! Every desk is the desk of stages with another noun; `CRM_UPDATE=1` writes them anew.

use std::path::{Path, PathBuf};

use crm_core::RecordKind;

fn file(kind: RecordKind) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desk");
    folder.join(kind.name()).with_extension("rs")
}

/// The stages' desk as that of another kind.
fn copy(pattern: &str, kind: RecordKind) -> String {
    let (name, noun) = (kind.name(), kind.name().replace('_', " "));
    let text = pattern
        .replace("crm_stage", &format!("crm_{name}"))
        .replace("RecordKind::Stage", &format!("RecordKind::{kind:?}"))
        .replace("stage", &noun);
    format!("// A copy of stage.rs, written by the test `desks`; do not edit.\n\n{text}")
}

#[test]
fn the_desks_are_sisters() {
    let pattern = std::fs::read_to_string(file(RecordKind::Stage)).unwrap();
    // Activities and messages have verbs of their own.
    let others = [RecordKind::Stage, RecordKind::Activity, RecordKind::Message];
    for kind in RecordKind::ALL.iter().filter(|kind| !others.contains(kind)) {
        let made = copy(&pattern, *kind);
        if std::env::var_os("CRM_UPDATE").is_some() {
            std::fs::write(file(*kind), &made).unwrap();
        }
        let kept = std::fs::read_to_string(file(*kind)).unwrap_or_default();
        assert!(made == kept, "{} is old: run with CRM_UPDATE=1", file(*kind).display());
    }
}
