//! Questions to any desk: sight ∧ filter ∧ the rule about archived records, in one statement.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access;
use crate::base::frame::{Column, ColumnData};
use crate::base::{
    Error, FieldKind, Frame, Id as _, Record, RecordKind, Result, Subject, Table, limit,
};
use crate::desk::Find;
use crate::desk::column::{self, Target};
use crate::filter::{Filter, Order, Params, Resolved, Statement, resolve};
use crate::property::{Definitions, definitions};
use crate::storage::Tx;
use crate::storage::records::{from, id_list, sql};

/// What a filter means to the one who asks, now.
pub(crate) fn resolved(tx: &Tx<'_>, filter: &Filter, table: &'static Table) -> Result<Resolved> {
    let params = Params {
        me: tx.actor.user_id.map(|user| user.0),
        today: tx.now.date(),
        now: tx.now,
        my_teams: tx.actor.team_ids.iter().map(|team| team.0).collect(),
    };
    let definitions: Arc<Definitions> = definitions(tx)?;
    resolve(filter, table, &params, &*definitions)
}

/// Everything that is asked for and seen: what the host's filter, the rule about archived records and sight say together.
pub(crate) fn scope(
    tx: &Tx<'_>,
    filter: Option<&Filter>,
    table: &'static Table,
) -> Result<Resolved> {
    let mut parts = Vec::new();
    let mentions = |name: &str| filter.is_some_and(|filter| filter.mentions(name));
    if table.position("active").is_some() && !mentions("active") && !mentions("won_status") {
        parts.push(Filter::eq("active", true));
    }
    parts.extend(access::sight(table.kind, &tx.actor));
    let mut all = resolved(tx, &Filter::all(parts), table)?;
    if let Some(filter) = filter {
        // The host's filter is resolved apart: its mistakes are the host's.
        all = all.and(resolved(tx, filter, table)?);
    }
    Ok(all)
}

/// The desk's own order.
const fn default_order(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Lead => "priority desc, id desc",
        RecordKind::Team
        | RecordKind::Stage
        | RecordKind::LostReason
        | RecordKind::RecurringPlan => "sequence, id",
        _ => "id",
    }
}

/// `… WHERE … ORDER BY … LIMIT …`, appended to a statement that selects from the record and all its 1:1 tables.
fn rest(tx: &Tx<'_>, find: &Find, table: &'static Table) -> Result<Statement> {
    let mut statement = Statement::new(tx.now);
    statement.sql.push_str(" WHERE ");
    scope(tx, find.filter.as_ref(), table)?.sql(&mut statement)?;
    statement.sql.push_str(" ORDER BY ");
    let order = find.order.as_deref().map(str::trim).filter(|order| !order.is_empty());
    Order::parse(order.unwrap_or_else(|| default_order(table.kind)), table)?.sql(&mut statement)?;
    if find.limit.is_some() || find.offset > 0 {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let limit = statement.bind(find.limit.map_or(i64::MAX, number));
        let offset = statement.bind(number(find.offset));
        statement.sql.push_str(&format!(" LIMIT {limit} OFFSET {offset}"));
    }
    Ok(statement)
}

/// Matching records.
pub(crate) fn find<R: Record>(tx: &Tx<'_>, find: &Find) -> Result<Vec<R>> {
    let rest = rest(tx, find, R::TABLE)?;
    tx.select(&rest.sql, &rest.params)
}

/// The ids of matching records, in order.
pub(crate) fn ids(tx: &Tx<'_>, find: &Find, table: &'static Table) -> Result<Vec<i64>> {
    let rest = rest(tx, find, table)?;
    let text = format!("SELECT {}.id{}{}", table.name, from(table, &rest.sides), rest.sql);
    tx.rows(&text, &rest.params, |line| line.int(0))
}

/// Calls `each` for every matching record.
pub(crate) fn each<R: Record>(
    tx: &Tx<'_>,
    find: &Find,
    mut each: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let rest = rest(tx, find, R::TABLE)?;
    let statements = sql(R::TABLE);
    tx.each(&format!("{}{}", statements.select, rest.sql), &rest.params, |line| {
        each(statements.read(tx, line)?)
    })
}

/// How many match.
pub(crate) fn count(tx: &Tx<'_>, table: &'static Table, filter: Option<&Filter>) -> Result<i64> {
    let mut statement = Statement::new(tx.now);
    scope(tx, filter, table)?.sql(&mut statement)?;
    let text = format!("SELECT count(*){} WHERE {}", from(table, &statement.sides), statement.sql);
    tx.one(&text, &statement.params, |line| line.int(0))
}

/// Matching records as a table.
pub(crate) fn frame<R: Record>(
    tx: &Tx<'_>,
    find: &Find,
    columns: Option<&[&str]>,
) -> Result<Frame> {
    let definitions = definitions(tx)?;
    let names: Vec<&str> = match columns {
        Some(names) => names.to_vec(),
        None => R::TABLE.shown().map(|field| field.name).collect(),
    };
    let targets: Vec<Target> = names
        .iter()
        .map(|name| match R::TABLE.field(name) {
            Ok(field) if field.kind == FieldKind::Properties => Ok(Target::Field(field)),
            _ => Target::parse(name, R::TABLE.kind, &definitions),
        })
        .collect::<Result<_>>()?;
    let data = |target: &Target| match target.kind() {
        Some(kind) => ColumnData::of(kind),
        None => ColumnData::Float(Vec::new()),
    };
    let columns = names.iter().zip(&targets);
    let columns =
        columns.map(|(name, target)| Column { name: (*name).to_owned(), data: data(target) });
    let mut frame = Frame::of(columns.collect());
    column::each::<R>(tx, find, &targets, |cells| {
        frame.push(cells);
        Ok(())
    })?;
    Ok(frame)
}

/// What the actor may see of a kind, archived records too; `None` is everything.
fn sight(tx: &Tx<'_>, table: &'static Table) -> Result<Option<Statement>> {
    let Some(filter) = access::sight(table.kind, &tx.actor) else { return Ok(None) };
    let mut statement = Statement::new(tx.now);
    statement.bind(0_i64); // Its place is the id's, or the list of ids.
    resolved(tx, &filter, table)?.sql(&mut statement)?;
    Ok(Some(statement))
}

/// The given ids once each, in their order.
pub(crate) fn distinct(ids: &[i64]) -> Result<Vec<i64>> {
    if ids.len() > limit::IDS {
        return Err(Error::limit(
            "id",
            format!("{} ids in one call; at most {} fit", ids.len(), limit::IDS),
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    Ok(ids.iter().copied().filter(|id| seen.insert(*id)).collect())
}

/// The record of that id, if the actor sees it.
pub(crate) fn get<R: Record>(tx: &Tx<'_>, id: R::Id) -> Result<R> {
    let found = match sight(tx, R::TABLE)? {
        None => tx.by_id(id)?,
        Some(mut sight) => {
            sight.params[0] = id.number().into();
            let table = R::TABLE.name;
            let rest = format!("WHERE {table}.id = ?1 AND {}{}", sight.sql, tx.locking(table));
            tx.select(&rest, &sight.params)?.into_iter().next()
        }
    };
    found.ok_or_else(|| Error::not_found(id.subject()))
}

/// The records of those ids, in their order; the first that is missing or unseen is an error.
pub(crate) fn visible<R: Record>(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<R>> {
    if let [id] = ids {
        return Ok(vec![get(tx, R::Id::from(*id))?]);
    }
    let mut records = seen(tx, ids)?;
    let missing = |id: i64| Error::not_found(Subject { kind: R::TABLE.kind, id });
    ids.iter().map(|id| records.remove(id).ok_or_else(|| missing(*id))).collect()
}

/// Those of the records of those ids that the actor sees.
pub(crate) fn seen<R: Record>(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, R>> {
    let mut records = HashMap::with_capacity(ids.len());
    let table = R::TABLE.name;
    let sight = sight(tx, R::TABLE)?;
    // In one order for all, so that two who lock the same records never wait for each other.
    let order = format!(" ORDER BY {table}.id{}", tx.locking(table));
    for chunk in ids.chunks(limit::CHUNK) {
        let listed = format!("WHERE {table}.id IN (SELECT value FROM json_each(?1))");
        let found: Vec<R> = match &sight {
            None => tx.select(&format!("{listed}{order}"), &[id_list(chunk)])?,
            Some(sight) => {
                let mut params = sight.params.clone();
                params[0] = id_list(chunk);
                tx.select(&format!("{listed} AND {}{order}", sight.sql), &params)?
            }
        };
        records.extend(found.into_iter().map(|record| (record.id().number(), record)));
    }
    Ok(records)
}
