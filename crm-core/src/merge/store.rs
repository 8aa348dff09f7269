//! Merges in storage, and the rows that hang on merged records.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::base::field::{Place, Table};
use crate::base::{Cell, Error, Record, RecordKind, Result, Subject, Value};
use crate::external_id;
use crate::merge::image::{self, Image};
use crate::merge::undo::MergeConflict;
use crate::record::{HANGING, Hanging, SubjectKind};
use crate::storage::Tx;
use crate::storage::records::id_list;

/// Keys of the rows that hang on a record, by table; of records that name it, by `table.field`.
pub(crate) type Rows = BTreeMap<String, Vec<Vec<Json>>>;

/// The rows that hang on records of a kind, by record.
pub(crate) fn hanging(tx: &Tx<'_>, kind: RecordKind, ids: &[i64]) -> Result<BTreeMap<i64, Rows>> {
    let mut found: BTreeMap<i64, Rows> = BTreeMap::new();
    for hanging @ Hanging { table, kind: of, record, key } in HANGING {
        let Some(kind) = hanging.name(kind) else { continue };
        let columns = key.join(", ");
        let sql = format!(
            "SELECT {record}, {columns} FROM {table} WHERE {of} = ?1 AND {record} IN (SELECT value FROM json_each(?2)) \
             ORDER BY {record}, {columns}"
        );
        tx.each(&sql, &[kind, id_list(ids)], |line| {
            let key = (1..=key.len()).map(|at| match line.cell(at) {
                Cell::Int(number) => number.into(),
                Cell::Text(text) => text.into_owned().into(),
                _ => Json::Null,
            });
            let rows = found.entry(line.int(0)?).or_default();
            rows.entry((*table).to_owned()).or_default().push(key.collect());
            Ok(())
        })?;
    }
    Ok(found)
}

/// The table and the key of a record's name.
fn place_of_name(table: &Table) -> Result<(&'static str, String)> {
    Ok(match table.field("name")?.place {
        Place::Side(side) => (side, format!("{}_id", table.name)),
        _ => (table.name, "id".to_owned()),
    })
}

/// Lets what hangs on merged records hang on those that have their places. What was said says about whom: the first of them, if that was
/// itself merged since.
pub(crate) fn move_hanging(tx: &Tx<'_>, table: &'static Table, merged: &[i64]) -> Result<()> {
    let (kind, (names, key)) = (table.kind, place_of_name(table)?);
    let sql = format!(
        "UPDATE message SET origin_id = subject_id, origin = (SELECT {names}.name FROM {names} WHERE {names}.{key} = message.subject_id) \
         WHERE subject_kind = ?1 AND subject_id IN (SELECT value FROM json_each(?2)) AND origin_id IS NULL"
    );
    tx.execute(&sql, &[SubjectKind::of(kind)?.code().into(), id_list(merged)])?;
    for hanging @ Hanging { table, kind: of, record, .. } in HANGING {
        let Some(named) = hanging.name(kind) else { continue };
        let sql = format!(
            "UPDATE {table} SET {record} = (SELECT gone.into_id FROM merge_row AS gone \
             WHERE gone.kind = ?1 AND gone.record_id = {table}.{record} AND gone.into_id IS NOT NULL) \
             WHERE {of} = ?3 AND {record} IN (SELECT value FROM json_each(?2))"
        );
        tx.execute(&sql, &[kind.name().into(), id_list(merged), named])?;
    }
    Ok(())
}

/// What is said at the record that it was said about does not say so.
const AT_HOME: &str = ", origin = CASE WHEN origin_id = ?1 THEN NULL ELSE origin END, \
    origin_id = CASE WHEN origin_id = ?1 THEN NULL ELSE origin_id END";

/// Lets rows that hung on a record hang on it again, as far as they still hang on the one that took its place. What was said in doing an
/// activity goes with it; a name that was replaced meanwhile is given back, or listed when another is called so by now.
pub(crate) fn move_back(
    tx: &Tx<'_>,
    kind: RecordKind,
    head: i64,
    id: i64,
    rows: &Map<String, Json>,
    conflicts: &mut Vec<MergeConflict>,
) -> Result<()> {
    let own = Subject { kind, id };
    for hanging @ Hanging { table, kind: of, record, key } in HANGING {
        let Some(kind) = hanging.name(kind) else { continue };
        let named: Vec<String> =
            key.iter().enumerate().map(|(at, key)| format!("{key} = ?{}", at + 4)).collect();
        let also = if *table == "message" { AT_HOME } else { "" };
        let sql = format!(
            "UPDATE {table} SET {record} = ?1{also} WHERE {record} = ?2 AND {of} = ?3 AND {}",
            named.join(" AND ")
        );
        for row in rows.get(*table).and_then(Json::as_array).into_iter().flatten() {
            let mut params: Vec<Cell<'_>> = vec![id.into(), head.into(), kind.clone()];
            params.extend(row.as_array().into_iter().flatten().map(|part| match part {
                Json::String(text) => Cell::from(text.as_str()),
                part => part.as_i64().into(),
            }));
            let moved = tx.execute(&sql, &params)?;
            let name = (row.get(0).and_then(Json::as_str), row.get(1).and_then(Json::as_str));
            if let (0, "external_id", (Some(system), Some(name))) = (moved, *table, name)
                && !external_id::give_back(tx, own.kind, id, system, name)?
            {
                conflicts.push(MergeConflict {
                    record: own,
                    field: "external_id",
                    before: name.into(),
                    merged: name.into(),
                    now: Value::Null,
                });
            }
        }
        if *table == "message" {
            let sql = format!(
                "UPDATE message SET subject_id = ?1{AT_HOME} WHERE subject_id = ?2 AND subject_kind = ?3 AND activity_id IN \
                 (SELECT activity.id FROM activity WHERE activity.subject_id = ?1 AND activity.subject_kind = ?3)"
            );
            tx.execute(&sql, &[id.into(), head.into(), kind])?;
        }
    }
    Ok(())
}

/// What is kept of one record of a merge.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) record: i64,
    /// Who took its place; of the record that was kept nobody.
    pub(crate) into: Option<i64>,
    /// The last state of its history before.
    pub(crate) seq: i64,
    /// And after, of the one that was kept.
    pub(crate) seq_after: Option<i64>,
    /// What it was. Of the one that was kept, what changed of it.
    pub(crate) was: Image,
    /// What the kept one became of that.
    pub(crate) is: Image,
    /// The rows that hung on it, by table.
    pub(crate) moved: Map<String, Json>,
    /// Rows of its own that are kept whole, by table and id.
    pub(crate) rows_was: Image,
    /// Those of the kept one after.
    pub(crate) rows_is: Image,
}

/// Begins a merge; answers its id.
pub(crate) fn add(tx: &Tx<'_>, kind: RecordKind, head: i64) -> Result<i64> {
    let user = tx.actor.user_id.map(|user| user.0);
    let mut add =
        tx.prepare("INSERT INTO merge (date, user_id, kind, head_id) VALUES (?1, ?2, ?3, ?4)")?;
    add.insert(&[tx.now.micros().into(), user.into(), kind.name().into(), head.into()])
}

/// Remembers the message that a merge has left.
pub(crate) fn leave_message(tx: &Tx<'_>, merge: i64, message: i64) -> Result<()> {
    let sql = "UPDATE merge SET message_id = ?2 WHERE id = ?1";
    tx.write(sql, ("merge", merge), &[merge.into(), message.into()])
}

/// Keeps a record of a merge.
pub(crate) fn keep<R: Record>(tx: &Tx<'_>, merge: i64, kept: Kept) -> Result<()> {
    let ((was, personal_was), (is, personal_is)) =
        (image::parted::<R>(kept.was), image::parted::<R>(kept.is));
    let data = json!({ "was": was, "is": is }).to_string();
    // How somebody is reached is theirs, too, and goes with an erasure.
    let (rows_was, rows_is) = (kept.rows_was, kept.rows_is);
    let personal = json!({
        "was": personal_was, "is": personal_is, "rows_was": rows_was, "rows_is": rows_is,
    });
    let personal = personal.to_string();
    tx.write(
        "INSERT INTO merge_row (merge_id, record_id, kind, into_id, seq, seq_after, data, personal, moved) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        ("merge_row", kept.record),
        &[
            merge.into(),
            kept.record.into(),
            R::TABLE.kind.name().into(),
            kept.into.into(),
            kept.seq.into(),
            kept.seq_after.into(),
            data.into(),
            personal.into(),
            Json::Object(kept.moved).to_string().into(),
        ],
    )
}

/// A merge as stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) kind: String,
    pub(crate) head: i64,
    pub(crate) is_undone: bool,
    /// What it has left on the record that was kept.
    pub(crate) message: Option<i64>,
    /// The one that was kept first.
    pub(crate) rows: Vec<Kept>,
}

/// A merge and what was kept of it.
pub(crate) fn load(tx: &Tx<'_>, merge: i64) -> Result<Option<Stored>> {
    let sql = format!(
        "SELECT kind, head_id, undone, message_id FROM merge WHERE id = ?1{}",
        tx.locking("merge")
    );
    let found = tx.optional(&sql, &[merge.into()], |line| {
        Ok((
            line.text(0)?.to_owned(),
            line.int(1)?,
            line.int_or_null(2)?.is_some(),
            line.int_or_null(3)?,
        ))
    })?;
    let Some((kind, head, is_undone, message)) = found else { return Ok(None) };
    if is_undone {
        return Ok(Some(Stored { kind, head, is_undone, message, rows: Vec::new() }));
    }
    let sql = "SELECT record_id, into_id, seq, data, personal, moved, seq_after FROM merge_row WHERE merge_id = ?1 \
               ORDER BY into_id IS NOT NULL, record_id";
    let rows = tx.rows(sql, &[merge.into()], |line| {
        let Some(personal) = line.text_or_null(4)? else {
            let told = "what a merged record was has been erased; the merge cannot be taken back";
            return Err(Error::conflict(told));
        };
        let [mut was, mut is, ..] = images(line.text(3)?)?;
        let [personal_was, personal_is, rows_was, rows_is] = images(personal)?;
        was.extend(personal_was);
        is.extend(personal_is);
        let moved = object(line.text(5)?)?;
        Ok(Kept {
            record: line.int(0)?,
            into: line.int_or_null(1)?,
            seq: line.int(2)?,
            seq_after: line.int_or_null(6)?,
            was,
            is,
            moved,
            rows_was,
            rows_is,
        })
    })?;
    Ok(Some(Stored { kind, head, is_undone, message, rows }))
}

/// Marks a merge as taken back and forgets what was kept for that, but for whom it was of.
pub(crate) fn end(tx: &Tx<'_>, merge: i64) -> Result<()> {
    tx.execute(
        "UPDATE merge SET undone = ?2 WHERE id = ?1",
        &[merge.into(), tx.now.micros().into()],
    )?;
    let sql = "UPDATE merge_row SET into_id = NULL, data = '{}', personal = '{}', moved = '{}' WHERE merge_id = ?1";
    tx.execute(sql, &[merge.into()]).map(drop)
}

/// What a merge kept of a record that may identify a person.
#[derive(Debug)]
pub(crate) struct Personal<'l> {
    /// The merge.
    pub(crate) id: i64,
    pub(crate) record: i64,
    pub(crate) kind: &'l str,
    pub(crate) text: &'l str,
    /// The keys of the rows that hung on it.
    pub(crate) moved: &'l str,
}

/// Calls `each` for all that merges kept so.
pub(crate) fn each_personal(
    tx: &Tx<'_>,
    mut each: impl FnMut(&Personal<'_>) -> Result<()>,
) -> Result<()> {
    let sql = "SELECT merge_id, record_id, kind, personal, moved FROM merge_row WHERE personal <> '{}' ORDER BY merge_id, record_id";
    tx.each(sql, &[], |line| {
        each(&Personal {
            id: line.int(0)?,
            record: line.int(1)?,
            kind: line.text(2)?,
            text: line.text(3)?,
            moved: line.text(4)?,
        })
    })
}

/// Forgets who records were before a merge, which cannot be taken back then.
pub(crate) fn forget(tx: &Tx<'_>, merge: i64) -> Result<()> {
    let sql = "UPDATE merge_row SET personal = NULL, moved = '{}' WHERE merge_id = ?1";
    tx.write(sql, ("merge_row", merge), &[merge.into()])
}

fn object(text: &str) -> Result<Map<String, Json>> {
    match serde_json::from_str(text) {
        Ok(Json::Object(object)) => Ok(object),
        _ => {
            let code = crate::base::error::storage_code::CORRUPT;
            Err(Error::storage(code, "what a merge kept makes no sense"))
        }
    }
}

fn images(text: &str) -> Result<[Image; 4]> {
    let mut both = object(text)?;
    let mut part = |name: &str| match both.remove(name) {
        Some(Json::Object(image)) => image,
        _ => Image::new(),
    };
    Ok(["was", "is", "rows_was", "rows_is"].map(&mut part))
}
