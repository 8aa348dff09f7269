//! Conversions by their key.

use std::collections::HashSet;

use crate::base::{Error, Result};
use crate::storage::records::id_list;
use crate::storage::{Line, Tx};

/// The leads that came of the conversion of that key; `None`: there was none.
///
/// # Errors
/// `Conflict` when the key was given to other leads.
pub(crate) fn done(tx: &Tx<'_>, key: &str, asked: &[i64]) -> Result<Option<Vec<i64>>> {
    let sql = "SELECT asked, converted FROM conversion WHERE key = ?1";
    let found =
        tx.optional(sql, &[key.into()], |line| Ok((ids(line.text(0)?)?, ids(line.text(1)?)?)))?;
    match found {
        Some((known, _)) if known != asked => {
            let told = "key: another conversion, of other leads, had this key; give each conversion one of its own";
            Err(Error::conflict(told).with_field("key"))
        }
        found => Ok(found.map(|(_, converted)| converted)),
    }
}

/// Forgets the keys of conversions of these leads, which hosts make of what they like; answers how many.
pub(crate) fn forget(tx: &Tx<'_>, leads: &HashSet<i64>) -> Result<usize> {
    let read = |line: &Line<'_>| {
        let all = [ids(line.text(1)?)?, ids(line.text(2)?)?].concat();
        Ok((line.text(0)?.to_owned(), all.iter().any(|lead| leads.contains(lead))))
    };
    let keys = tx.rows("SELECT key, asked, converted FROM conversion", &[], read)?;
    let mut gone = 0;
    for (key, _) in keys.into_iter().filter(|(_, is_theirs)| *is_theirs) {
        tx.execute("DELETE FROM conversion WHERE key = ?1", &[key.into()])?;
        gone += 1;
    }
    Ok(gone)
}

/// Remembers a conversion.
pub(crate) fn remember(tx: &Tx<'_>, key: &str, asked: &[i64], converted: &[i64]) -> Result<()> {
    let user = tx.actor.user_id.map(|user| user.0);
    let sql =
        "INSERT INTO conversion (key, date, user_id, asked, converted) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = [key.into(), tx.now.micros().into(), user.into(), id_list(asked), id_list(converted)];
    tx.execute(sql, &row).map(drop)
}

fn ids(text: &str) -> Result<Vec<i64>> {
    let corrupt = || {
        let code = crate::base::error::storage_code::CORRUPT;
        Error::storage(code, "what a conversion kept makes no sense")
    };
    serde_json::from_str(text).map_err(|_| corrupt())
}
