//! Rows into records of the office: those that ask for nothing but a new one together, where records of the kind cannot be in each
//! other's way; any other one by one, each in a part of the transaction that can fail alone.

use std::collections::BTreeSet;

use crate::base::{Error, Fields, Id as _, Result, Timestamp, Value};
use crate::csv::cell::Fault;
use crate::csv::import::Import;
use crate::csv::row::{Asked, Outcome, Row, survivable};
use crate::desk::{Room, alter_apart, create_apart, create_dated, query, same_creation, update_in};
use crate::external_id;
use crate::lead::import::Draft;
use crate::storage::Tx;

/// Writes a chunk of rows that have no outcome yet. A row that links to a record of its own kind waits for the rows that may bring it.
pub(super) fn write<R: Room>(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    rows: &mut [Row],
) -> Result<()> {
    if R::APART {
        together::<R>(import, tx, rows)?;
    }
    let mut waiting: Vec<&mut Row> = rows.iter_mut().filter(|row| row.outcome.is_none()).collect();
    let mut patient = true;
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for row in waiting {
            if patient && import.waits(tx, row)? {
                later.push(row);
            } else {
                apart::<R>(import, tx, row)?;
            }
        }
        // Nobody brings what these wait for.
        patient = later.len() < before;
        waiting = later;
    }
    Ok(())
}

/// Creates and changes what rows ask for that ask for nothing else, each in as many statements as for one. If one of them is refused, all
/// are left.
fn together<R: Room>(import: &mut Import<'_>, tx: &mut Tx<'_>, rows: &mut [Row]) -> Result<()> {
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.outcome.is_none()) {
        if import.waits(tx, row)? {
            continue;
        }
        // What is wrong with a row is told when its turn comes.
        let Ok(Asked::Draft(draft)) = import.asked(tx, row) else { continue };
        match (draft.id, creation(&draft)) {
            (Some(id), _) => known.push((at, id, draft)),
            (None, Ok(created)) => new.push((at, created, draft.fields)),
            (None, Err(_)) => {}
        }
    }
    if new.len() > 1 {
        create_together::<R>(import, tx, rows, new)?;
    }
    let ids: BTreeSet<i64> = known.iter().map(|(_, id, _)| *id).collect();
    // Of two rows of one record the later one decides: one by one they keep their order.
    if known.len() > 1 && ids.len() == known.len() {
        change_together::<R>(import, tx, rows, known)?;
    }
    Ok(())
}

fn create_together<R: Room>(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    rows: &mut [Row],
    new: Vec<(usize, Option<Timestamp>, Fields)>,
) -> Result<()> {
    let dates: Vec<_> = new.iter().map(|(_, created, _)| *created).collect();
    let (at, drafts): (Vec<_>, Vec<_>) = new.into_iter().map(|(at, _, draft)| (at, draft)).unzip();
    tx.savepoint()?;
    let done = create_apart::<R>(tx, &drafts, |n| dates[n]).map_err(|(_, error)| error);
    let done = done.and_then(|ids| tx.settle().map(|()| ids));
    let released = tx.release(done.is_ok());
    match done {
        Ok(ids) => {
            for ((at, fields), id) in at.into_iter().zip(&drafts).zip(ids) {
                import.links.add(R::TABLE.kind, fields, id.number());
                rows[at].outcome = Some(Outcome::Created);
            }
        }
        Err(error) => {
            survivable(error.into())?;
        }
    }
    released
}

fn change_together<R: Room>(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    rows: &mut [Row],
    known: Vec<(usize, i64, Box<Draft>)>,
) -> Result<()> {
    tx.savepoint()?;
    let done = changed::<R>(tx, rows, &known);
    let released = tx.release(done.is_ok());
    match done {
        Ok(outcomes) => {
            import.links.forget(R::TABLE.kind);
            for ((at, ..), outcome) in known.into_iter().zip(outcomes) {
                rows[at].outcome = Some(outcome);
            }
        }
        Err(fault) => {
            survivable(fault)?;
        }
    }
    released
}

/// Changes records as rows tell, and answers what became of each.
fn changed<R: Room>(
    tx: &mut Tx<'_>,
    rows: &[Row],
    known: &[(usize, i64, Box<Draft>)],
) -> Result<Vec<Outcome>, Fault> {
    let ids: Vec<i64> = known.iter().map(|(_, id, _)| *id).collect();
    let before: Vec<R> = query::visible(tx, &ids)?;
    for (before, (_, _, draft)) in before.iter().zip(known) {
        kept_stays(before, draft)?;
    }
    let told = |draft: &Draft| {
        let mut told = draft.fields.clone();
        told.external_id = None;
        told
    };
    let asked: Vec<_> = known.iter().map(|(_, id, draft)| (*id, told(draft))).collect();
    alter_apart::<R>(tx, &asked)?;
    tx.settle()?;
    let named = known
        .iter()
        .filter_map(|(at, id, _)| rows[*at].new_name().map(|(system, name)| (*id, system, name)));
    external_id::bind_all(tx, R::TABLE.kind, &named.collect::<Vec<_>>())?;
    let now = query::seen::<R>(tx, &ids)?;
    let outcome = |(before, (at, id, _)): (&R, &(usize, i64, Box<Draft>))| {
        let is_same = now.get(id).is_none_or(|now| now.version() == before.version());
        let is_known = rows[*at].new_name().is_none();
        if is_same && is_known { Outcome::Unchanged } else { Outcome::Updated }
    };
    Ok(before.iter().zip(known).map(outcome).collect())
}

/// Refuses a row that tells otherwise of what the library keeps.
fn kept_stays<R: Room>(before: &R, draft: &Draft) -> Result<(), Fault> {
    for (field, value) in &draft.kept {
        if before.value(field.name)? != *value {
            if let ("create_date", Value::Time(told)) = (field.name, value) {
                same_creation(before, *told)?;
            }
            let error = field.refuse("is kept by the library and differs from what is stored");
            return Err(error.into());
        }
    }
    Ok(())
}

/// Writes a row in a part of the transaction that can fail alone.
fn apart<R: Room>(import: &mut Import<'_>, tx: &mut Tx<'_>, row: &mut Row) -> Result<()> {
    let (mark, run) = (import.links.mark(), tx.score_run);
    tx.savepoint()?;
    let done = one::<R>(import, tx, row);
    if done.is_err() {
        import.links.back_to(mark);
        tx.score_run = run;
    }
    let released = tx.release(done.is_ok());
    row.outcome = Some(match done {
        Ok(outcome) => outcome,
        // An interrupted engine has rolled back by itself: that it was interrupted is the answer, not that the place is gone.
        Err(fault) => Outcome::Failed(survivable(fault)?),
    });
    released
}

fn one<R: Room>(import: &mut Import<'_>, tx: &mut Tx<'_>, row: &Row) -> Result<Outcome, Fault> {
    let mut asked = import.asked(tx, row)?;
    if let Asked::Needs(needs) = &asked {
        import.supply(tx, needs)?;
        tx.settle()?;
        asked = import.asked(tx, row)?;
    }
    let draft = match asked {
        Asked::Draft(draft) => *draft,
        Asked::Skip => return Ok(Outcome::Skipped),
        Asked::Needs(_) => {
            return Err(Error::bug("a linked record that was created is not found").into());
        }
    };
    match draft.id {
        None => create::<R>(import, tx, &draft),
        Some(id) => update::<R>(import, tx, id, row, &draft),
    }
}

fn create<R: Room>(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    draft: &Draft,
) -> Result<Outcome, Fault> {
    let id = create_dated::<R>(tx, &draft.fields, creation(draft)?)?.number();
    tx.settle()?;
    import.links.add(R::TABLE.kind, &draft.fields, id);
    Ok(Outcome::Created)
}

/// When a new record was created, if the row says.
fn creation(draft: &Draft) -> Result<Option<Timestamp>> {
    let mut created = None;
    for (field, value) in &draft.kept {
        match value {
            Value::Time(moment) if field.name == "create_date" => created = Some(*moment),
            _ => return Err(field.refuse("is kept by the library; a new record cannot bring it")),
        }
    }
    Ok(created)
}

fn update<R: Room>(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    id: i64,
    row: &Row,
    draft: &Draft,
) -> Result<Outcome, Fault> {
    let before: R = query::get(tx, R::Id::from(id))?;
    kept_stays(&before, draft)?;
    let mut fields: Fields = draft.fields.clone();
    fields.external_id = None;
    let mut after = update_in::<R>(tx, &[id], &fields)?;
    let changed = after.pop().is_some_and(|after| after.version() != before.version());
    if changed {
        import.links.forget(R::TABLE.kind);
    }
    if let Some((system, external)) = row.new_name() {
        external_id::bind(tx, R::TABLE.kind, id, system, external)?;
        return Ok(Outcome::Updated);
    }
    Ok(if changed { Outcome::Updated } else { Outcome::Unchanged })
}
