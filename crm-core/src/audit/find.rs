//! Entries that match, of those that the actor may read.

use crate::access::{self, Actor};
use crate::audit::AuditQuery;
use crate::base::{Cell, Error, RecordKind, Result, limit};
use crate::desk::query::resolved;
use crate::feed::{self, FeedEntry};
use crate::filter::Statement;
use crate::record::table;
use crate::storage::Tx;
use crate::storage::records::from;

/// The newest that match.
pub(super) fn find(tx: &Tx<'_>, query: &AuditQuery) -> Result<Vec<FeedEntry>> {
    if query.limit > limit::FEED_PAGE {
        let message = format!("limit: at most {} entries in one read", limit::FEED_PAGE);
        return Err(Error::limit("limit", message));
    }
    let (Some(kind), Some(id)) = (query.record, query.id) else {
        crate::require!(query.id.is_none(), "record", "record: which kind of record has this id?");
        return entries(tx, query, "1 = 1", &[], query.limit);
    };
    // What was sealed is found by its record, what came since is read: the newest first.
    let mut found = entries(
        tx,
        query,
        "seq > (SELECT COALESCE(MAX(seq), 0) FROM audit_chain) AND record_id = ?1 AND kind = ?2",
        &[id.into(), kind.name().into()],
        query.limit,
    )?;
    let rest = query.limit - found.len();
    if rest > 0 {
        found.extend(entries(
            tx,
            query,
            "seq IN (SELECT seq FROM audit_chain WHERE record_id = ?1 AND kind = ?2)",
            &[id.into(), kind.name().into()],
            rest,
        )?);
    }
    Ok(found)
}

/// Those of which a condition with its own parameters holds, too.
fn entries(
    tx: &Tx<'_>,
    query: &AuditQuery,
    condition: &str,
    params: &[Cell<'static>],
    most: usize,
) -> Result<Vec<FeedEntry>> {
    let mut statement = Statement::new(tx.now);
    statement.params.extend_from_slice(params);
    let mut sql = format!("{} WHERE {condition}", feed::ENTRIES);
    let narrow: [(&str, Option<Cell<'static>>); 6] = [
        ("kind =", query.record.map(|kind| kind.name().into())),
        ("user_id =", query.user_id.map(|user| user.0.into())),
        ("event =", query.event.clone().map(Into::into)),
        ("date >=", query.since.map(|since| since.micros().into())),
        ("date <", query.until.map(|until| until.micros().into())),
        ("seq <", query.before.map(Into::into)),
    ];
    for (narrow, value) in narrow {
        if let Some(value) = value {
            sql.push_str(&format!(" AND {narrow} {}", statement.bind(value)));
        }
    }
    if let Some(seen) = seen(tx, &mut statement)? {
        sql.push_str(&format!(" AND ({seen})"));
    }
    let most = statement.bind(i64::try_from(most).unwrap_or(i64::MAX));
    sql.push_str(&format!(" ORDER BY seq DESC LIMIT {most}"));
    let mut entries = tx.rows(&sql, &statement.params, feed::entry)?;
    if !tx.actor.fields.is_empty() {
        entries.iter_mut().for_each(|entry| conceal(entry, &tx.actor));
    }
    Ok(entries)
}

/// Takes out of an entry what its reader may not read: that something changed is told, what it was is not.
fn conceal(entry: &mut FeedEntry, actor: &Actor) {
    let Some(kind) =
        entry.subject.map(|subject| subject.kind).filter(|kind| actor.hides_any(*kind))
    else {
        return;
    };
    let Ok(mut data) = serde_json::from_str::<serde_json::Value>(&entry.data) else { return };
    for part in ["set", "was"] {
        let Some(fields) = data.get_mut(part).and_then(|part| part.as_object_mut()) else {
            continue;
        };
        fields.retain(|name, _| !actor.hides(kind, name));
        if let Some(own) = fields.get_mut("properties").and_then(|own| own.as_object_mut()) {
            own.retain(|name, _| !actor.hides(kind, &format!("properties.{name}")));
        }
    }
    entry.data = data.to_string();
}

/// Which entries the actor may read; `None` is all.
fn seen(tx: &Tx<'_>, statement: &mut Statement) -> Result<Option<String>> {
    if access::sees_everything(&tx.actor) {
        return Ok(None);
    }
    let names = feed::SET_UP.map(|about| format!("'{about}'"));
    let mut any = vec![format!("feed_whole.kind IN ({})", names.join(", "))];
    for kind in RecordKind::ALL {
        let table = table(*kind);
        let mut sight = String::new();
        statement.sides.clear();
        if let Some(filter) = access::sight(*kind, &tx.actor) {
            resolved(tx, &filter, table)?.sql(statement)?;
            sight = format!(" AND {}", std::mem::take(&mut statement.sql));
        }
        any.push(format!(
            "feed_whole.kind = '{}' AND EXISTS (SELECT 1{} WHERE {}.id = feed_whole.record_id{sight})",
            kind.name(),
            from(table, &statement.sides),
            table.name,
        ));
    }
    Ok(Some(any.join(" OR ")))
}
