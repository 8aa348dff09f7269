//! Rows into leads, a chunk at once: what is missing is created, all rows are decided, then all that stands is written.
//!
//! When a row fails for which something was created, the chunk goes back to where it began and is done again without that row, so
//! that nothing is left of it.

use crate::base::{RecordKind, Result};
use crate::csv::cell::Fault;
use crate::csv::import::Import;
use crate::csv::row::{Asked, Need, Outcome, Row, survivable};
use crate::external_id;
use crate::lead::import::{Draft, Step, decide, write as write_steps};
use crate::storage::Tx;

/// A row on its way: its place in the chunk, what it needed, what it asks for.
struct Work {
    at: usize,
    needs: Vec<Need>,
    draft: Draft,
}

/// Writes a chunk of rows that have no outcome yet.
pub(super) fn write(import: &mut Import<'_>, tx: &mut Tx<'_>, rows: &mut [Row]) -> Result<()> {
    let mut live = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.outcome.is_none()) {
        let (needs, draft) = match import.asked(tx, row) {
            Ok(Asked::Draft(draft)) => (Vec::new(), *draft),
            Ok(Asked::Needs(needs)) => (needs, Draft::default()),
            Ok(Asked::Skip) => {
                row.outcome = Some(Outcome::Skipped);
                continue;
            }
            Err(fault) => {
                row.outcome = Some(Outcome::Failed(survivable(fault)?));
                continue;
            }
        };
        live.push(Work { at, needs, draft });
    }
    while !live.is_empty() {
        let (mark, run) = (import.links.mark(), tx.score_run);
        tx.savepoint()?;
        let done = attempt(import, tx, rows, &mut live);
        let keep = matches!(done, Ok(true));
        if !keep {
            import.links.back_to(mark);
            tx.score_run = run;
        }
        let released = tx.release(keep);
        // An interrupted engine has rolled back by itself: that it was interrupted is the answer, not that the place is gone.
        let failed = match done {
            Ok(_) => None,
            Err(error) => Some(survivable(error.into())?),
        };
        released?;
        if let Some(fault) = failed {
            return alone(import, tx, rows, &live, fault);
        }
        if keep {
            return Ok(());
        }
        live.retain(|work| rows[work.at].outcome.is_none());
    }
    Ok(())
}

/// Does the rows that are left; answers `false` when it must be done again without those that failed meanwhile.
fn attempt(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    rows: &mut [Row],
    live: &mut [Work],
) -> Result<bool> {
    let mut again = false;
    for work in live.iter_mut().filter(|work| !work.needs.is_empty()) {
        match supply(import, tx, &rows[work.at], &work.needs) {
            Ok(draft) => work.draft = draft,
            Err(fault) => {
                rows[work.at].outcome = Some(Outcome::Failed(survivable(fault)?));
                again = true;
            }
        }
    }
    tx.settle()?;
    let standing: Vec<&Work> = live.iter().filter(|work| rows[work.at].outcome.is_none()).collect();
    let drafts: Vec<Draft> = standing.iter().map(|work| work.draft.clone()).collect();
    let mut steps = Vec::with_capacity(drafts.len());
    let mut written = Vec::with_capacity(drafts.len());
    for (work, step) in standing.iter().zip(decide(tx, &drafts)?) {
        match step {
            Ok(step) => {
                written.push(work.at);
                steps.push(step);
            }
            Err(error) => {
                rows[work.at].outcome = Some(Outcome::Failed(survivable(error.into())?));
                again |= !work.needs.is_empty();
            }
        }
    }
    if again {
        return Ok(false);
    }
    let outcomes: Vec<Outcome> = steps
        .iter()
        .map(|step| match step {
            Step::Create(_) => Outcome::Created,
            Step::Update(_) => Outcome::Updated,
            Step::Same(_) => Outcome::Unchanged,
        })
        .collect();
    let ids = write_steps(tx, steps)?;
    let named = |(at, id): (&usize, &i64)| {
        rows[*at].new_name().map(|(system, external)| (*id, system, external))
    };
    let names: Vec<_> = written.iter().zip(&ids).filter_map(named).collect();
    external_id::bind_all(tx, RecordKind::Lead, &names)?;
    for (at, outcome) in written.into_iter().zip(outcomes) {
        let is_named = rows[at].new_name().is_some();
        rows[at].outcome = Some(match outcome {
            Outcome::Unchanged if is_named => Outcome::Updated,
            outcome => outcome,
        });
    }
    Ok(true)
}

/// Creates what a row needs and nobody has yet, then asks again.
fn supply(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    row: &Row,
    needs: &[Need],
) -> Result<Draft, Fault> {
    import.supply(tx, needs)?;
    match import.asked(tx, row)? {
        Asked::Draft(draft) => Ok(*draft),
        _ => Err(crate::base::Error::bug("a linked record that was created is not found").into()),
    }
}

/// Rows one by one, after they failed together for a reason that names none of them.
fn alone(
    import: &mut Import<'_>,
    tx: &mut Tx<'_>,
    rows: &mut [Row],
    live: &[Work],
    fault: Fault,
) -> Result<()> {
    if let [work] = live {
        rows[work.at].outcome = Some(Outcome::Failed(fault));
        return Ok(());
    }
    for work in live {
        rows[work.at].outcome = None;
        write(import, tx, std::slice::from_mut(&mut rows[work.at]))?;
    }
    Ok(())
}
