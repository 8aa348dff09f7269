//! Questions to any desk: sight ∧ filter ∧ the rule about archived records, in one statement, of now or as of an instant.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::access::{self, Actor, Deed};
use crate::base::frame::{Column, ColumnData};
use crate::base::{
    Cell, CompanyId, Error, ErrorKind, FieldKind, Frame, Id as _, Record, RecordKind, Result,
    Subject, Table, limit,
};
use crate::desk::column::{self, Target};
use crate::desk::{Find, by_kind, kept, page};
use crate::filter::{Filter, Order, Params, PropertyTypes, Resolved, Statement, resolve};
use crate::merged;
use crate::property::{Definitions, definitions};
use crate::record::{Lead, Partner, PropertyKind, sides};
use crate::storage::records::{from, id_list, sql};
use crate::storage::{Tx, past};

/// What a rule means to the one who asks, now.
pub(crate) fn resolved(tx: &Tx<'_>, filter: &Filter, table: &'static Table) -> Result<Resolved> {
    resolve(filter, table, &params(tx), &*definitions(tx)?)
}

/// The same to another actor.
pub(crate) fn resolved_for(
    tx: &Tx<'_>,
    filter: &Filter,
    table: &'static Table,
    actor: &Actor,
) -> Result<Resolved> {
    resolve(filter, table, &params_of(tx, actor), &*definitions(tx)?)
}

fn params(tx: &Tx<'_>) -> Params {
    params_of(tx, &tx.actor)
}

fn params_of(tx: &Tx<'_>, actor: &Actor) -> Params {
    Params {
        me: actor.user_id.map(|user| user.0),
        today: tx.now.date(),
        now: tx.now,
        my_teams: actor.team_ids.iter().map(|team| team.0).collect(),
    }
}

/// A record as the host may read it.
pub(crate) fn told<R: Record>(tx: &Tx<'_>, mut record: R) -> R {
    access::conceal(&mut record, &tx.actor);
    record
}

/// The same of many.
pub(crate) fn all_told<R: Record>(tx: &Tx<'_>, mut records: Vec<R>) -> Vec<R> {
    records.iter_mut().for_each(|record| access::conceal(record, &tx.actor));
    records
}

/// Refuses to do something to records of which a rule does not allow it, naming the first; as they are now.
pub(crate) fn permit(tx: &Tx<'_>, table: &'static Table, ids: &[i64], deed: Deed) -> Result<()> {
    for (rule, filter) in access::asked(table.kind, deed, &tx.actor) {
        let allowed = among(tx, table, ids, &filter)?;
        if let Some(id) = ids.iter().find(|id| !allowed.contains(id)) {
            return Err(access::narrowed(rule, deed, Subject { kind: table.kind, id: *id }));
        }
    }
    Ok(())
}

/// What a filter that somebody wrote means to the one who asks, now: what was merged away since is what has its place. As of an instant of
/// the past ids mean what they meant then.
pub(crate) fn written(tx: &Tx<'_>, filter: &Filter, table: &'static Table) -> Result<Resolved> {
    read_by(tx, filter, table, &params(tx), Some(&tx.actor))
}

/// The same for somebody else, whoever asks: links lead to everything.
pub(crate) fn written_with(
    tx: &Tx<'_>,
    filter: &Filter,
    table: &'static Table,
    params: &Params,
) -> Result<Resolved> {
    read_by(tx, filter, table, params, None)
}

fn read_by(
    tx: &Tx<'_>,
    filter: &Filter,
    table: &'static Table,
    params: &Params,
    seer: Option<&Actor>,
) -> Result<Resolved> {
    let is_past = tx.as_of(table).is_some();
    resolve(filter, table, params, &Known { tx, definitions: definitions(tx)?, is_past, seer })
}

/// What a filter is read by.
struct Known<'t, 'c> {
    tx: &'t Tx<'c>,
    definitions: Arc<Definitions>,
    is_past: bool,
    /// Whose sight links are followed with.
    seer: Option<&'t Actor>,
}

impl PropertyTypes for Known<'_, '_> {
    fn property(&self, kind: RecordKind, name: &str) -> Option<PropertyKind> {
        self.definitions.property(kind, name)
    }

    fn names(&self, kind: RecordKind) -> Vec<String> {
        self.definitions.names(kind)
    }

    fn places(&self, kind: RecordKind, ids: &[i64]) -> Result<HashMap<i64, i64>> {
        match kind {
            _ if self.is_past => Ok(HashMap::new()),
            RecordKind::Lead => places::<Lead>(self.tx, ids),
            RecordKind::Partner => places::<Partner>(self.tx, ids),
            _ => Ok(HashMap::new()),
        }
    }

    fn sight(&self, kind: RecordKind) -> Option<Filter> {
        access::sight(kind, self.seer?)
    }

    fn readable(&self, kind: RecordKind, name: &str) -> Result<()> {
        self.seer.map_or(Ok(()), |seer| access::readable(kind, name, seer))
    }
}

/// Everything that is asked for and seen: what the host's filter, rules and sight say together.
#[derive(Debug)]
pub(crate) struct Scope {
    /// What is asked of records as they are, or as of the instant to which the transaction was turned.
    pub(crate) asked: Resolved,
    /// What is then asked of them as they are now: rights are those of today.
    seen: Option<Resolved>,
}

impl Scope {
    pub(crate) fn new(
        tx: &Tx<'_>,
        table: &'static Table,
        mut rules: Vec<Filter>,
        filter: Option<&Filter>,
    ) -> Result<Self> {
        let mut seen = None;
        match access::sight(table.kind, &tx.actor) {
            Some(sight) if tx.as_of(table).is_some() => seen = Some(resolved(tx, &sight, table)?),
            sight => rules.extend(sight),
        }
        let mut asked = resolved(tx, &Filter::all(rules), table)?;
        if let Some(filter) = filter {
            // The host's filter is resolved apart: its mistakes are the host's.
            asked = asked.and(written(tx, filter, table)?);
        }
        Ok(Self { asked, seen })
    }

    /// A whole statement: what is selected, `FROM` with the given 1:1 tables, and what stands behind it.
    pub(crate) fn select(
        &self,
        tx: &Tx<'_>,
        what: &str,
        table: &'static Table,
        sides: &[&str],
        rest: &mut Statement,
    ) -> Result<String> {
        match tx.as_of(table) {
            Some(as_of) => past::select(what, table, sides, as_of, self.seen.as_ref(), rest),
            None => Ok(format!("{what}{}{}", from(table, sides), rest.sql)),
        }
    }
}

/// What a desk's question covers: archived records, and activities that are done, only if the filter speaks of that.
pub(crate) fn scope(tx: &Tx<'_>, filter: Option<&Filter>, table: &'static Table) -> Result<Scope> {
    let mut rules = Vec::new();
    let mentions = |name: &str| filter.is_some_and(|filter| filter.mentions(name));
    if table.position("active").is_some() && !mentions("active") && !mentions("won_status") {
        rules.push(Filter::eq("active", true));
    }
    // Said even if the filter's own words come to it: what is still to be done has an index of its own.
    let open = |filter: &Filter| filter.confines("state", &["overdue", "today", "planned"]);
    let asks_for_done = mentions("date_done") || mentions("state") && !filter.is_some_and(open);
    if table.kind == RecordKind::Activity && !asks_for_done {
        rules.push(Filter::is_null("date_done"));
    }
    Scope::new(tx, table, rules, filter)
}

/// The desk's own order.
const fn default_order(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Lead => "priority desc, id desc",
        RecordKind::Team
        | RecordKind::Stage
        | RecordKind::LostReason
        | RecordKind::RecurringPlan
        | RecordKind::ActivityType => "sequence, id",
        RecordKind::Activity => "date_deadline, id",
        RecordKind::Message => "date, id",
        _ => "id",
    }
}

/// The same for whom it tells nothing hidden.
fn shown_order(tx: &Tx<'_>, kind: RecordKind) -> &'static str {
    let hidden = kind == RecordKind::Lead && tx.actor.hides(kind, "priority");
    if hidden { "id desc" } else { default_order(kind) }
}

/// `SELECT … FROM … WHERE … ORDER BY … LIMIT …`, with the given 1:1 tables or those that the text reads; and its parameters.
fn question(
    tx: &Tx<'_>,
    find: &Find,
    what: &str,
    table: &'static Table,
    sides: Option<&[&str]>,
) -> Result<(String, Vec<Cell<'static>>)> {
    let mut rest = Statement::new(tx.now);
    rest.sql.push_str(" WHERE ");
    let scope = scope(tx, find.filter.as_ref(), table)?;
    scope.asked.sql(&mut rest)?;
    let order = find.order.as_deref().map(str::trim).filter(|order| !order.is_empty());
    let is_own_order = order.is_none() && shown_order(tx, table.kind) == default_order(table.kind);
    if is_own_order && tx.as_of(table).is_none() {
        page::narrow(
            &mut rest,
            &scope.asked,
            table,
            find.limit.map(|limit| limit.saturating_add(find.offset)),
        );
    }
    rest.sql.push_str(" ORDER BY ");
    let order = Order::parse(order.unwrap_or_else(|| shown_order(tx, table.kind)), table)?;
    order.named().try_for_each(|(kind, name)| access::readable(kind, name, &tx.actor))?;
    order.sql_as_seen(&mut rest, &mut |linked| {
        let sight = access::sight(linked.kind, &tx.actor);
        sight.map(|sight| resolved(tx, &sight, linked)).transpose()
    })?;
    if find.limit.is_some() || find.offset > 0 {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let limit = rest.bind(find.limit.map_or(i64::MAX, number));
        let offset = rest.bind(number(find.offset));
        rest.sql.push_str(&format!(" LIMIT {limit} OFFSET {offset}"));
    }
    let read = rest.sides.clone();
    let text = scope.select(tx, what, table, sides.unwrap_or(&read), &mut rest)?;
    Ok((text, rest.params))
}

/// Matching records.
pub(crate) fn find<R: Record>(tx: &Tx<'_>, find: &Find) -> Result<Vec<R>> {
    let mut found = Vec::new();
    each(tx, find, |record| {
        found.push(record);
        Ok(())
    })?;
    Ok(found)
}

/// The ids of matching records, in order.
pub(crate) fn ids(tx: &Tx<'_>, find: &Find, table: &'static Table) -> Result<Vec<i64>> {
    let (text, params) = question(tx, find, &format!("SELECT {}.id", table.name), table, None)?;
    tx.rows(&text, &params, |line| line.int(0))
}

/// Calls `each` for every matching record.
pub(crate) fn each<R: Record>(
    tx: &Tx<'_>,
    find: &Find,
    mut each: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    if tx.as_of(R::TABLE).is_some() && find.limit.is_some() {
        // No index has the order that records had then: ids alone are sorted, and what is on the page is read.
        for page in ids(tx, find, R::TABLE)?.chunks(limit::CHUNK) {
            let mut found = seen::<R>(tx, page)?;
            page.iter().filter_map(|id| found.remove(id)).try_for_each(&mut each)?;
        }
        return Ok(());
    }
    let statements = sql(R::TABLE);
    let all = sides(R::TABLE);
    let (text, params) = question(tx, find, &statements.columns, R::TABLE, Some(&all))?;
    tx.each(&text, &params, |line| each(statements.read(tx, line)?))
}

/// How many match.
pub(crate) fn count(tx: &Tx<'_>, table: &'static Table, filter: Option<&Filter>) -> Result<i64> {
    let mut rest = Statement::new(tx.now);
    rest.sql.push_str(" WHERE ");
    let scope = scope(tx, filter, table)?;
    if table.kind == RecordKind::Lead
        && let Some(count) = kept::count(tx, &scope.asked)?
    {
        return Ok(count);
    }
    scope.asked.sql(&mut rest)?;
    let read = rest.sides.clone();
    let text = scope.select(tx, "SELECT count(*)", table, &read, &mut rest)?;
    tx.one(&text, &rest.params, |line| line.int(0))
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
    resolved(tx, &filter, table)?.sql_alone(&mut statement)?;
    Ok(Some(statement))
}

/// What the actor sees of a table, to stand behind a condition that has no parameters.
pub(crate) fn and_seen(tx: &Tx<'_>, table: &'static Table) -> Result<(String, Vec<Cell<'static>>)> {
    let Some(filter) = access::sight(table.kind, &tx.actor) else {
        return Ok((String::new(), Vec::new()));
    };
    let mut statement = Statement::new(tx.now);
    resolved(tx, &filter, table)?.sql_alone(&mut statement)?;
    Ok((format!(" AND {}", statement.sql), statement.params))
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

/// Those of the records of these ids that were there then and that the actor sees now, in the order of their ids.
fn then<R: Record>(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<R>> {
    let mut rest = Statement::new(tx.now);
    let (ids, table) = (rest.bind(id_list(ids)), R::TABLE.name);
    rest.sql =
        format!(" WHERE {table}.id IN (SELECT value FROM json_each({ids})) ORDER BY {table}.id");
    let (statements, all) = (sql(R::TABLE), sides(R::TABLE));
    let scope = Scope::new(tx, R::TABLE, Vec::new(), None)?;
    let text = scope.select(tx, &statements.columns, R::TABLE, &all, &mut rest)?;
    tx.rows(&text, &rest.params, |line| statements.read(tx, line))
}

/// The record of that id, if the actor sees it.
pub(crate) fn get<R: Record>(tx: &Tx<'_>, id: R::Id) -> Result<R> {
    let found = match sight(tx, R::TABLE)? {
        _ if tx.as_of(R::TABLE).is_some() => then(tx, &[id.number()])?.into_iter().next(),
        None => tx.by_id(id)?,
        Some(mut sight) => {
            sight.params[0] = id.number().into();
            let table = R::TABLE.name;
            let rest = format!("WHERE {table}.id = ?1 AND {}{}", sight.sql, tx.locking(table));
            tx.select(&rest, &sight.params)?.into_iter().next()
        }
    };
    match found {
        Some(found) => Ok(found),
        None => Err(missing::<R>(tx, id.number())?),
    }
}

/// The record of that id, or the one that has its place since it was merged away.
pub(crate) fn get_or_survivor<R: Record>(tx: &Tx<'_>, id: R::Id) -> Result<R> {
    of_place(tx, R::TABLE.kind, id.number(), |id| get(tx, id.into()))
}

/// What `ask` answers of the record of that id, or of the one that has its place since it was merged away.
pub(crate) fn of_place<T>(
    tx: &Tx<'_>,
    kind: RecordKind,
    id: i64,
    ask: impl Fn(i64) -> Result<T>,
) -> Result<T> {
    match ask(id) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            match merged::survivor(tx, kind, id)? {
                Some(survivor) => ask(survivor).map_err(|_| error),
                None => Err(error),
            }
        }
        found => found,
    }
}

/// Says that there is no such record of a kind, as [`missing`] does.
pub(crate) fn missing_of(tx: &Tx<'_>, kind: RecordKind, id: i64) -> Result<Error> {
    by_kind!(kind, R => missing::<R>(tx, id))
}

/// Says that there is no such record, and of one that was merged away who has its place, if the actor sees that one.
fn missing<R: Record>(tx: &Tx<'_>, id: i64) -> Result<Error> {
    let subject = Subject { kind: R::TABLE.kind, id };
    let error = Error::not_found(subject);
    let Some(survivor) = merged::survivor(tx, subject.kind, id)? else { return Ok(error) };
    if get::<R>(tx, survivor.into()).is_err() {
        return Ok(error);
    }
    let message = format!("{subject} was merged into {}", Subject { id: survivor, ..subject });
    Ok(Error::new(ErrorKind::NotFound, message).with_subject(subject))
}

/// The records that have the places of those that were merged away, by these; of those whose place the actor sees.
pub(crate) fn places<R: Record>(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut places = merged::survivors(tx, R::TABLE.kind, ids)?;
    if let Some(sight) = access::sight(R::TABLE.kind, &tx.actor) {
        let all: Vec<i64> = places.values().copied().collect();
        let seen = among(tx, R::TABLE, &all, &sight)?;
        places.retain(|_, place| seen.contains(place));
    }
    Ok(places)
}

/// The records of those ids, in their order; the first that is missing or unseen is an error.
pub(crate) fn visible<R: Record>(tx: &Tx<'_>, ids: &[i64]) -> Result<Vec<R>> {
    if let [id] = ids {
        return Ok(vec![get(tx, R::Id::from(*id))?]);
    }
    let mut records = seen(tx, ids)?;
    let found = |id: &i64| match records.remove(id) {
        Some(record) => Ok(record),
        None => Err(missing::<R>(tx, *id)?),
    };
    ids.iter().map(found).collect()
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
            _ if tx.as_of(R::TABLE).is_some() => then(tx, chunk)?,
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

/// Which of these the actor sees; nothing when that is all there are.
pub(crate) fn seen_among(
    tx: &Tx<'_>,
    table: &'static Table,
    ids: &[i64],
) -> Result<Option<HashSet<i64>>> {
    let sight = access::sight(table.kind, &tx.actor);
    sight.map(|sight| among(tx, table, ids, &sight)).transpose()
}

/// Those of these ids whose records a filter takes in.
pub(crate) fn among(
    tx: &Tx<'_>,
    table: &'static Table,
    ids: &[i64],
    filter: &Filter,
) -> Result<HashSet<i64>> {
    among_resolved(tx, table, ids, &resolved(tx, filter, table)?)
}

/// The same of a filter that was resolved for somebody else.
pub(crate) fn among_resolved(
    tx: &Tx<'_>,
    table: &'static Table,
    ids: &[i64],
    filter: &Resolved,
) -> Result<HashSet<i64>> {
    let mut found = HashSet::with_capacity(ids.len());
    let mut statement = Statement::new(tx.now);
    statement.bind(0_i64); // Its place is the list of ids.
    filter.sql(&mut statement)?;
    let (name, from) = (table.name, from(table, &statement.sides));
    let sql = format!(
        "SELECT {name}.id{from} WHERE {name}.id IN (SELECT value FROM json_each(?1)) AND {}",
        statement.sql
    );
    for chunk in ids.chunks(limit::CHUNK) {
        statement.params[0] = id_list(chunk);
        found.extend(tx.rows(&sql, &statement.params, |line| line.int(0))?);
    }
    Ok(found)
}

/// The companies of those of the records of these ids that the actor sees, for what hangs on them. Who asks within a verb has them to
/// himself until it ends, so that nothing is hung on what another removes.
pub(crate) fn companies(
    tx: &Tx<'_>,
    table: &'static Table,
    ids: &[i64],
) -> Result<HashMap<i64, Option<CompanyId>>> {
    let (name, mut found) = (table.name, HashMap::with_capacity(ids.len()));
    let (and, mut params) = match sight(tx, table)? {
        Some(sight) => (format!(" AND {}", sight.sql), sight.params),
        None => (String::new(), vec![Cell::Null]),
    };
    let sql = format!(
        "SELECT {name}.id, {name}.company_id FROM {name} WHERE {name}.id IN (SELECT value FROM json_each(?1)){and} ORDER BY {name}.id{}",
        tx.locking(name)
    );
    for chunk in ids.chunks(limit::CHUNK) {
        params[0] = id_list(chunk);
        tx.each(&sql, &params, |line| {
            found.insert(line.int(0)?, line.int_or_null(1)?.map(CompanyId));
            Ok(())
        })?;
    }
    match ids.iter().find(|id| !found.contains_key(id)) {
        Some(id) => Err(missing_of(tx, table.kind, *id)?),
        None => Ok(found),
    }
}
