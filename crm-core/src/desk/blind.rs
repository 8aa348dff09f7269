//! Whether who is given something sees it: nobody is given what they would not find.
//!
//! What a role sees because it is somebody's own (`access`) they see by being given it, in the same transaction. Left are rules that do not admit a
//! record, and who is outside; the setting `blind_assignment` says whether they are refused or shown what is theirs.

use std::collections::BTreeMap;

use crate::access;
use crate::base::{Error, Id as _, RecordKind, Result, Subject, UserId};
use crate::desk::query;
use crate::record::table;
use crate::storage::{Tx, actor};

/// What records of a kind each of these users is given.
pub(crate) type Given = BTreeMap<UserId, Vec<i64>>;

/// Refuses to give users what they do not see as it is now. Who acts may give themselves what they find.
pub(crate) fn refuse(tx: &Tx<'_>, kind: RecordKind, given: &Given) -> Result<()> {
    for (user, ids) in given.iter().filter(|(user, _)| tx.actor.user_id != Some(**user)) {
        let asked = actor::load(tx, *user)?;
        let Some(sight) = access::sight(kind, &asked) else { continue };
        let table = table(kind);
        let sight = query::resolved_for(tx, &sight, table, &asked)?;
        let seen = query::among_resolved(tx, table, &query::distinct(ids)?, &sight)?;
        if let Some(id) = ids.iter().find(|id| !seen.contains(id)) {
            let (user, subject) = (user.subject(), Subject { kind, id: *id });
            let told = format!(
                "user_id: {user} would not see {subject}; choose somebody who does, give them a role or a rule that shows it, or the record itself"
            );
            return Err(Error::invalid("user_id", told).with_subject(subject));
        }
    }
    Ok(())
}
