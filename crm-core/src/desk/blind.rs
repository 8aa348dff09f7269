//! Whether who is given something sees it: nobody is given what they would not find.
//!
//! What a role sees because it is somebody's own (`access`) they see by being given it, in the same transaction. Left are rules that do not admit a
//! record, and who is outside; the setting `blind_assignment` says whether they are refused or shown what is theirs.

use std::collections::BTreeMap;

use crate::access;
use crate::base::{Error, Id as _, RecordKind, Result, Subject, UserId};
use crate::desk::query;
use crate::filter::Resolved;
use crate::record::table;
use crate::storage::{Tx, actor};

/// What records of a kind each of these users is given.
pub(crate) type Given = BTreeMap<UserId, Vec<i64>>;

/// What a user sees of a kind of records, for whoever gives them some; `None`: all, or they give it to themselves.
pub(crate) fn sight(tx: &Tx<'_>, kind: RecordKind, user: UserId) -> Result<Option<Resolved>> {
    if tx.actor.user_id == Some(user) {
        return Ok(None);
    }
    let asked = actor::load(tx, user)?;
    let sight = access::sight(kind, &asked);
    sight.map(|sight| query::resolved_for(tx, &sight, table(kind), &asked)).transpose()
}

/// Refuses to give users what they do not see as it is now. Who acts may give themselves what they find.
pub(crate) fn refuse(tx: &Tx<'_>, kind: RecordKind, given: &Given) -> Result<()> {
    for (user, ids) in given {
        let Some(sight) = sight(tx, kind, *user)? else { continue };
        let seen = query::among_resolved(tx, table(kind), &query::distinct(ids)?, &sight)?;
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
