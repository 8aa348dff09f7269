//! The merges that there were: of which records, when, by whom, and whether they were taken back.

use std::collections::{BTreeMap, HashSet};

use crate::access;
use crate::base::{
    Cell, FieldKind, Frame, Id, LeadId, RecordKind, Result, Timestamp, UserId, Value, limit,
};
use crate::desk::query;
use crate::merge::kind::Mergeable;
use crate::merged;
use crate::storage::Tx;
use crate::storage::records::id_list;

/// A merge that there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeEntry<I = LeadId> {
    /// By which it can be taken back.
    pub merge_id: i64,
    /// When.
    pub date: Timestamp,
    /// By whom; nobody: the administrator session.
    pub user_id: Option<UserId>,
    /// The record that was kept.
    pub head: I,
    /// Those that it took the place of, by id.
    pub merged: Vec<I>,
    /// When it was taken back; none: it stands.
    pub undone: Option<Timestamp>,
}

impl<I: Id> MergeEntry<I> {
    /// Merges as a table, a row for each record that was merged away: `merge_id`, `date`, `user_id`, `head_id`, `merged_id`, `undone`.
    #[must_use]
    pub fn frame(merges: &[Self]) -> Frame {
        let mut frame = Frame::new([
            ("merge_id", FieldKind::Int),
            ("date", FieldKind::Time),
            ("user_id", FieldKind::Ref(RecordKind::User)),
            ("head_id", FieldKind::Int),
            ("merged_id", FieldKind::Int),
            ("undone", FieldKind::Time),
        ]);
        for merge in merges {
            let merged = merge.merged.iter().map(|id| Value::Int(id.number()));
            // Of one that was taken back before this was kept nobody knows any more whom it was of.
            let merged: Vec<Value> =
                if merge.merged.is_empty() { vec![Value::Null] } else { merged.collect() };
            for merged in merged {
                frame.push([
                    merge.merge_id.into(),
                    merge.date.into(),
                    merge.user_id.into(),
                    merge.head.number().into(),
                    merged,
                    merge.undone.into(),
                ]);
            }
        }
        frame
    }
}

/// Merges, the newest first: of one record, or of all whose place the actor sees; at most so many.
pub(crate) fn list<R: Mergeable>(
    tx: &Tx<'_>,
    of: Option<R::Id>,
    most: Option<usize>,
) -> Result<Vec<MergeEntry<R::Id>>> {
    access::allow_inside("read what was merged", &tx.actor)?;
    if let Some(id) = of {
        query::get_or_survivor::<R>(tx, id)?;
    }
    let (mut found, mut before) = (Vec::new(), i64::MAX);
    let most = most.unwrap_or(usize::MAX);
    while found.len() < most {
        let page = page::<R>(tx, of, before)?;
        let Some(last) = page.last() else { break };
        before = last.merge_id;
        let seen = seen::<R>(tx, &page)?;
        let sees = |merge: &MergeEntry<R::Id>| {
            seen.as_ref().is_none_or(|seen| seen.contains(&merge.head.number()))
        };
        found.extend(page.into_iter().filter(sees));
    }
    found.truncate(most);
    Ok(found)
}

/// The next merges before one, whoever sees them.
fn page<R: Mergeable>(
    tx: &Tx<'_>,
    of: Option<R::Id>,
    before: i64,
) -> Result<Vec<MergeEntry<R::Id>>> {
    let mut params: Vec<Cell<'_>> = vec![R::TABLE.kind.name().into(), before.into()];
    let mut sql =
        "SELECT id, date, user_id, head_id, undone FROM merge WHERE kind = ?1 AND id < ?2"
            .to_owned();
    if let Some(of) = of {
        params.push(of.number().into());
        sql.push_str(
            " AND id IN (SELECT merge_id FROM merge_row WHERE kind = ?1 AND record_id = ?3)",
        );
    }
    sql.push_str(&format!(" ORDER BY id DESC LIMIT {}", limit::CHUNK));
    let mut merges = tx.rows(&sql, &params, |line| {
        Ok(MergeEntry {
            merge_id: line.int(0)?,
            date: Timestamp::stored(line.int(1)?),
            user_id: line.int_or_null(2)?.map(UserId),
            head: R::Id::from(line.int(3)?),
            merged: Vec::new(),
            undone: line.int_or_null(4)?.map(Timestamp::stored),
        })
    })?;
    let ids: Vec<i64> = merges.iter().map(|merge| merge.merge_id).collect();
    let mut members: BTreeMap<i64, Vec<R::Id>> = BTreeMap::new();
    let sql = "SELECT merge_id, record_id FROM merge_row WHERE merge_id IN (SELECT value FROM json_each(?1)) \
               ORDER BY merge_id, record_id";
    tx.each(sql, &[id_list(&ids)], |line| {
        members.entry(line.int(0)?).or_default().push(R::Id::from(line.int(1)?));
        Ok(())
    })?;
    for merge in &mut merges {
        merge.merged = members.remove(&merge.merge_id).unwrap_or_default();
        merge.merged.retain(|id| id.number() != merge.head.number());
    }
    Ok(merges)
}

/// Of the records that merges have kept those that the actor sees, or in whose place he sees another; `None`: all.
fn seen<R: Mergeable>(tx: &Tx<'_>, merges: &[MergeEntry<R::Id>]) -> Result<Option<HashSet<i64>>> {
    let Some(sight) = access::sight(R::TABLE.kind, &tx.actor) else { return Ok(None) };
    let heads: Vec<i64> = merges.iter().map(|merge| merge.head.number()).collect();
    let places = merged::survivors(tx, R::TABLE.kind, &heads)?;
    let place = |head: &i64| places.get(head).copied().unwrap_or(*head);
    let asked: Vec<i64> = heads.iter().map(place).collect();
    let among = query::among(tx, R::TABLE, &asked, &sight)?;
    Ok(Some(heads.into_iter().filter(|head| among.contains(&place(head))).collect()))
}
