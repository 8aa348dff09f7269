//! Who edits, adds or removes an entry of a sealed audit is found out, and the first such entry is named.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::path::PathBuf;

use crm_core::{AuditSeal, AuditState, Crm, fields};
use rusqlite::Connection;

/// A file with a sealed history, removed at its end.
struct Sealed {
    path: PathBuf,
    seal: AuditSeal,
}

impl Sealed {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("crm-audit-{name}-{}.crm", std::process::id()));
        let crm = Crm::open(path.to_str().unwrap()).unwrap();
        let s = crm.session(None, None).unwrap();
        for n in 0..5 {
            let email = format!("ada{n}@harbour.example");
            let deal =
                s.leads().create(fields! { name: "Fleet lease", email_from: email }).unwrap();
            s.leads().mark_won(deal.id).unwrap();
        }
        let seal = s.audit().seal().unwrap();
        assert!(seal.sealed > 10 && seal.digest.len() == 64, "{seal:?}");
        s.leads().create(fields! { name: "Later" }).unwrap();
        crm.close();
        Self { path, seal }
    }

    /// What is found after somebody has written to the file.
    fn after(&self, sql: &str) -> AuditState {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
        let crm = Crm::open(self.path.to_str().unwrap()).unwrap();
        let s = crm.session(None, None).unwrap();
        let known = Some((self.seal.seq, self.seal.digest.as_str()));
        let (alone, state) = (s.audit().verify(None).unwrap(), s.audit().verify(known).unwrap());
        assert!(alone.broken.is_none() || alone == state, "{alone:?} {state:?}");
        crm.close();
        state
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.path.display()));
        }
    }
}

#[test]
fn what_is_left_alone_holds() {
    let file = Sealed::new("holds");
    let state = file.after("SELECT 1");
    assert_eq!((state.broken, state.sealed, state.unsealed), (None, file.seal.sealed, 1));
    assert_eq!((state.seq, &state.digest), (file.seal.seq, &file.seal.digest));
}

#[test]
fn the_first_entry_that_was_touched_is_named() {
    let touched = [
        ("edited", "UPDATE feed SET user_id = 1 WHERE seq IN (7, 9)", 7, "not what was sealed"),
        ("emptied", "UPDATE feed SET data = NULL WHERE seq = 7", 7, "not what was sealed"),
        ("removed", "DELETE FROM feed WHERE seq = 7", 7, "gone"),
        ("cut", "DELETE FROM feed WHERE seq = 7; DELETE FROM audit_chain WHERE seq = 7", 8, "gone"),
        (
            "swapped",
            "UPDATE feed SET seq = -7 WHERE seq = 7; UPDATE feed SET seq = 7 WHERE seq = 8; UPDATE feed SET seq = 8 WHERE seq = -7",
            7,
            "not what was sealed",
        ),
        ("chain", "UPDATE audit_chain SET digest = 'f' WHERE seq = 7", 7, "not what was sealed"),
        (
            "record",
            "UPDATE audit_chain SET record_id = 4711 WHERE seq = 7",
            7,
            "not what was sealed",
        ),
    ];
    for (name, sql, seq, says) in touched {
        let file = Sealed::new(name);
        let state = file.after(sql);
        assert_eq!(state.broken, Some(seq), "{name}: {state:?}");
        assert!(state.problem.as_ref().unwrap().contains(says), "{name}: {state:?}");
    }
}

#[test]
fn what_identifies_a_person_is_sealed_too_and_may_be_erased() {
    let first = "(SELECT MIN(seq) FROM feed_personal)";
    let file = Sealed::new("person");
    let state = file.after(&format!("UPDATE feed_personal SET data = '{{}}' WHERE seq = {first}"));
    assert!(state.problem.unwrap().contains("of a person is not"));
    let file = Sealed::new("gone");
    let state = file.after(&format!("DELETE FROM feed_personal WHERE seq = {first}"));
    assert!(state.problem.unwrap().contains("not erased"));
    let file = Sealed::new("erased");
    let erase = "UPDATE audit_chain SET salt = NULL; DELETE FROM feed_personal";
    let state = file.after(erase);
    assert_eq!((state.broken, state.sealed), (None, file.seal.sealed));
    assert!(state.erased >= 5, "{state:?}");
}

#[test]
fn a_chain_that_was_cut_off_or_written_anew_differs_from_the_seal_that_was_kept() {
    let file = Sealed::new("short");
    let last = file.seal.seq;
    let cut = format!(
        "DELETE FROM feed WHERE seq >= {last}; DELETE FROM audit_chain WHERE seq >= {last}"
    );
    let state = file.after(&cut);
    assert_eq!(state.broken, Some(last), "{state:?}");
    let file = Sealed::new("anew");
    Connection::open(&file.path)
        .unwrap()
        .execute_batch("UPDATE feed SET user_id = 1 WHERE seq = 7; DELETE FROM audit_chain")
        .unwrap();
    let crm = Crm::open(file.path.to_str().unwrap()).unwrap();
    crm.session(None, None).unwrap().audit().seal().unwrap();
    crm.close();
    let state = file.after("SELECT 1");
    assert_eq!(state.broken, Some(file.seal.seq), "{state:?}");
    assert!(state.problem.unwrap().contains("kept elsewhere"));
}
