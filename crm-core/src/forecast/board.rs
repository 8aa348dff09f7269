//! The board: what stands in each stage now, out of the kept counts when they can answer.
//!
//! Open stages show open deals, won stages won ones. Every stage has a line, also an empty one, so that a board never loses a column.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::access;
use crate::base::{Currency, FieldKind, Frame, RecordKind, Result, StageId, Value};
use crate::filter::Filter;
use crate::forecast::store::{self, Scope};
use crate::forecast::weighted::{Slim, Standing, unrounded};
use crate::lead::office::office;
use crate::record::Stage;
use crate::storage::Tx;

/// One column of a board in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardColumn {
    /// The stage; `None` for deals that stand in none.
    pub stage_id: Option<StageId>,
    /// Its name.
    pub name: String,
    /// Its place.
    pub sequence: i64,
    /// Whether it is shown folded.
    pub fold: bool,
    /// Whether its deals are won.
    pub is_won: bool,
    /// Of the amounts.
    pub currency: Currency,
    /// Deals.
    pub count: i64,
    /// What they should bring, major units.
    pub expected_revenue: Decimal,
    /// The same by their chances, major units, unrounded.
    pub weighted_revenue: Decimal,
}

/// A board as a table.
#[must_use]
pub fn frame(columns: &[BoardColumn]) -> Frame {
    let mut frame = Frame::new([
        ("stage_id", FieldKind::Int),
        ("name", FieldKind::Text),
        ("sequence", FieldKind::Int),
        ("fold", FieldKind::Bool),
        ("is_won", FieldKind::Bool),
        ("currency", FieldKind::Text),
        ("count", FieldKind::Int),
        ("expected_revenue", FieldKind::Money),
        ("weighted_revenue", FieldKind::Money),
    ]);
    for column in columns {
        frame.push([
            column.stage_id.into(),
            Value::from(column.name.as_str()),
            column.sequence.into(),
            column.fold.into(),
            column.is_won.into(),
            Value::from(column.currency.code()),
            column.count.into(),
            column.expected_revenue.into(),
            column.weighted_revenue.into(),
        ]);
    }
    frame
}

#[derive(Default, Clone, Copy)]
struct Sums {
    count: i64,
    revenue: i128,
    weighted: i128,
}

/// The columns in the order of their stages.
pub(super) fn board(tx: &Tx<'_>, filter: Option<&Filter>) -> Result<Vec<BoardColumn>> {
    access::readable(RecordKind::Lead, "stage_id", &tx.actor)?;
    let scope: Scope = store::scope(tx, filter)?;
    let stages: Vec<Stage> = tx.select("ORDER BY stage.sequence, stage.id", &[])?;
    let won = |id: Option<i64>| stages.iter().any(|stage| Some(stage.id.0) == id && stage.is_won);
    let mut cells: BTreeMap<(Option<i64>, Currency), Sums> = BTreeMap::new();
    store::each_now(tx, &scope, |row: &Slim| {
        let is_won = matches!(row.standing, Standing::Won(_));
        if is_won != won(row.stage_id) {
            return;
        }
        let sums = cells.entry((row.stage_id, row.currency)).or_default();
        sums.count += row.count;
        sums.revenue += row.revenue;
        sums.weighted += row.weighted;
    })?;
    cells.retain(|_, sums| sums.count != 0);
    // What an empty stage counts nothing in: the currency a new deal of this user would have.
    let usual = office(tx)?.currency(tx.actor.company_ids.first().copied());
    let mut columns = Vec::new();
    let none = cells.keys().any(|(stage, _)| stage.is_none()).then(Stage::default);
    for stage in none.iter().chain(&stages) {
        let id = (stage.id.0 != 0).then_some(stage.id);
        let own: Vec<_> =
            cells.iter().filter(|((stage, _), _)| *stage == id.map(|id| id.0)).collect();
        if own.is_empty() {
            columns.push(column(stage, id, usual, Sums::default())?);
        }
        for ((_, currency), sums) in own {
            columns.push(column(stage, id, *currency, *sums)?);
        }
    }
    Ok(columns)
}

fn column(
    stage: &Stage,
    stage_id: Option<StageId>,
    currency: Currency,
    sums: Sums,
) -> Result<BoardColumn> {
    let decimals = currency.decimals();
    Ok(BoardColumn {
        stage_id,
        name: stage.name.clone(),
        sequence: stage.sequence,
        fold: stage.fold,
        is_won: stage.is_won,
        currency,
        count: sums.count,
        expected_revenue: Decimal::from_i128_with_scale(sums.revenue, decimals),
        weighted_revenue: unrounded(sums.weighted, decimals)?,
    })
}
