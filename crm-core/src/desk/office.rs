//! Creating, changing and removing records of the office, by their lists of fields.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::access::{self, Deed};
use crate::base::field::{FieldKind, Place, Stamp, changed_fields};
use crate::base::{
    Cell, CompanyId, Error, Fields, Id as _, Record, RecordKind, Result, Subject, Table, Timestamp,
    Value, limit, text,
};
use crate::desk::{office_by_kind, parents, query};
use crate::event::{Event, OfficeChange};
use crate::record::table as table_of;
use crate::storage::Tx;
use crate::storage::records::{Inserter, id_list};
use crate::{external_id, property};

/// What a room of the office adds to its list of fields.
pub(crate) trait Room: Record {
    /// Whether several may be judged before the first of them is written, since none of them can be in another's way.
    const APART: bool = false;
    /// What a new record starts with.
    fn blank(_tx: &Tx<'_>) -> Result<Self> {
        Ok(Self::default())
    }
    /// What must be known before fields are given to a new or stored record, such as the currency in which amounts are read.
    fn prepare(_tx: &Tx<'_>, _record: &mut Self, _fields: &Fields) -> Result<()> {
        Ok(())
    }
    /// Refuses what must not be, and fills what follows from other fields.
    fn check(_tx: &Tx<'_>, _before: Option<&Self>, _after: &mut Self) -> Result<()> {
        Ok(())
    }
    /// The record that says the same as a new one does: creating that changes it.
    fn there(_tx: &Tx<'_>, _new: &Self) -> Result<Option<Self::Id>> {
        Ok(None)
    }
    /// What is to be written elsewhere since this was created or changed.
    fn after_save(_tx: &mut Tx<'_>, _before: Option<&Self>, _after: &Self) -> Result<()> {
        Ok(())
    }
    /// The same for all that a verb changed, before and after, once they are saved.
    fn after_update(_tx: &mut Tx<'_>, _changed: &[(Self, Self)]) -> Result<()> {
        Ok(())
    }
    /// Refuses a removal for reasons that references do not tell.
    fn before_delete(&self, _tx: &Tx<'_>) -> Result<()> {
        Ok(())
    }
    /// What is to be removed before this can be, since it refers to it.
    fn before_removal(&self, _tx: &mut Tx<'_>) -> Result<()> {
        Ok(())
    }
    /// The same since these were created, once for all of them.
    fn after_create(_tx: &mut Tx<'_>, _created: &[Self]) -> Result<()> {
        Ok(())
    }
    /// What is to be written elsewhere since this was removed.
    fn after_delete(&self, _tx: &mut Tx<'_>) -> Result<()> {
        Ok(())
    }
}

/// Creates one; consequences wait for `settle`.
pub(crate) fn create_in<R: Room>(tx: &mut Tx<'_>, fields: &Fields) -> Result<R::Id> {
    create_dated::<R>(tx, fields, None)
}

/// The same for one that was created when a file says, elsewhere.
pub(crate) fn create_dated<R: Room>(
    tx: &mut Tx<'_>,
    fields: &Fields,
    created: Option<Timestamp>,
) -> Result<R::Id> {
    let mut new = Vec::new();
    let id = begin::<R>(tx, fields, created, &mut new)?;
    R::after_create(tx, &new)?;
    Ok(id)
}

/// Creates several; consequences wait for `settle`.
pub(crate) fn create_all<R: Room>(tx: &mut Tx<'_>, drafts: &[Fields]) -> Result<Vec<R::Id>> {
    if R::APART && drafts.len() > 1 {
        return create_apart::<R>(tx, drafts, |_| None).map_err(|(_, error)| error);
    }
    let mut new = Vec::with_capacity(drafts.len());
    let ids = drafts.iter().map(|fields| begin::<R>(tx, fields, None, &mut new));
    let ids = ids.collect::<Result<Vec<_>>>()?;
    R::after_create(tx, &new)?;
    Ok(ids)
}

/// Creates several that are [`Room::APART`], in as many statements as one; an error says which of them is refused. `created` says of each
/// when it was created, elsewhere, if a file tells.
pub(crate) fn create_apart<R: Room>(
    tx: &mut Tx<'_>,
    drafts: &[Fields],
    created: impl Fn(usize) -> Option<Timestamp>,
) -> Result<Vec<R::Id>, (usize, Error)> {
    let whole = |error| (0, error);
    access::allow(R::TABLE.kind, Deed::Create, &tx.actor).map_err(whole)?;
    let mut met = Met::of(tx, R::TABLE, &drafts.iter().collect::<Vec<_>>()).map_err(whole)?;
    let judge = |(at, fields): (usize, &Fields)| {
        let judged = R::blank(tx).and_then(|mut record| {
            be_created(tx, &mut record, created(at));
            apply(tx, &mut record, fields)?;
            check(tx, None, &mut record, &mut met)?;
            Ok(record)
        });
        judged.map_err(|error| (at, error))
    };
    let mut new = drafts.iter().enumerate().map(judge).collect::<Result<Vec<R>, _>>()?;
    insert_all(tx, &mut new, drafts).map_err(whole)?;
    Ok(new.iter().map(Record::id).collect())
}

/// Stores what was judged, with its names elsewhere, and announces it.
fn insert_all<R: Room>(tx: &mut Tx<'_>, new: &mut [R], drafts: &[Fields]) -> Result<()> {
    let mut inserter = Inserter::new(tx, new.len());
    for record in new.iter_mut() {
        inserter.insert(record)?;
    }
    inserter.end()?;
    let named = new.iter().zip(drafts).filter_map(|(record, fields)| {
        let (system, name) = fields.external_id.as_ref()?;
        Some((record.id().number(), system.as_str(), name.as_str()))
    });
    external_id::bind_all(tx, R::TABLE.kind, &named.collect::<Vec<_>>())?;
    for record in new.iter() {
        changed(tx, None, Some(record))?;
        R::after_save(tx, None, record)?;
    }
    let ids: Vec<i64> = new.iter().map(|record| record.id().number()).collect();
    query::permit(tx, R::TABLE, &ids, Deed::Create)?;
    R::after_create(tx, new)
}

/// Creates one, but for what waits until all are there.
fn begin<R: Room>(
    tx: &mut Tx<'_>,
    fields: &Fields,
    created: Option<Timestamp>,
    new: &mut Vec<R>,
) -> Result<R::Id> {
    access::allow(R::TABLE.kind, Deed::Create, &tx.actor)?;
    let mut record = R::blank(tx)?;
    be_created(tx, &mut record, created);
    apply(tx, &mut record, fields)?;
    if let Some(id) = R::there(tx, &record)? {
        alter_in::<R>(tx, &[id.number()], fields)?;
        return Ok(id);
    }
    check(tx, None, &mut record, &mut Met::default())?;
    tx.insert(&mut record)?;
    if let Some((system, external)) = &fields.external_id {
        external_id::bind(tx, R::TABLE.kind, record.id().number(), system, external)?;
    }
    changed(tx, None, Some(&record))?;
    R::after_save(tx, None, &record)?;
    let id = record.id();
    query::permit(tx, R::TABLE, &[id.number()], Deed::Create)?;
    new.push(record);
    Ok(id)
}

/// Notes when a record was created, if a file tells.
fn be_created<R: Room>(tx: &Tx<'_>, record: &mut R, created: Option<Timestamp>) {
    if created.is_some() {
        let user = tx.actor.user_id.map(|user| user.0);
        record.stamp(Stamp { id: record.id(), version: 1, created, now: tx.now, user });
    }
}

/// Changes records; answers them as stored.
pub(crate) fn update_in<R: Room>(tx: &mut Tx<'_>, ids: &[i64], fields: &Fields) -> Result<Vec<R>> {
    let ids = alter_in::<R>(tx, ids, fields)?;
    tx.settle()?;
    query::visible(tx, &ids)
}

/// Changes records; consequences wait for `settle`. Answers their ids, each once.
pub(crate) fn alter_in<R: Room>(tx: &mut Tx<'_>, ids: &[i64], fields: &Fields) -> Result<Vec<i64>> {
    let ids = query::distinct(ids)?;
    alter_each::<R>(tx, &ids, Met::default(), |_| fields)?;
    Ok(ids)
}

/// Changes records, each as is said of it, in as many statements as one; consequences wait for `settle`. No record is named twice.
pub(crate) fn alter_apart<R: Room>(tx: &mut Tx<'_>, changes: &[(i64, Fields)]) -> Result<()> {
    let ids: Vec<i64> = changes.iter().map(|(id, _)| *id).collect();
    let fields: Vec<&Fields> = changes.iter().map(|(_, fields)| fields).collect();
    let met = Met::of(tx, R::TABLE, &fields)?;
    alter_each::<R>(tx, &ids, met, |at| fields[at])
}

fn alter_each<'f, R: Room>(
    tx: &mut Tx<'_>,
    ids: &[i64],
    mut met: Met,
    fields: impl Fn(usize) -> &'f Fields,
) -> Result<()> {
    access::allow(R::TABLE.kind, Deed::Update, &tx.actor)?;
    let found = query::visible::<R>(tx, ids)?;
    query::permit(tx, R::TABLE, ids, Deed::Update)?;
    let mut altered = Vec::with_capacity(found.len());
    for (at, before) in found.into_iter().enumerate() {
        let (mut after, fields) = (before.clone(), fields(at));
        let done = (|| {
            if let Some(expected) = fields.expected_version {
                check_version(tx, &before, expected, fields)?;
            }
            apply(tx, &mut after, fields)?;
            check(tx, Some(&before), &mut after, &mut met)?;
            if let Some((system, external)) = &fields.external_id {
                external_id::bind(tx, R::TABLE.kind, before.id().number(), system, external)?;
            }
            tx.save(&before, &mut after)
        })();
        if done.map_err(|error| error.or_subject(before.subject()))? {
            changed(tx, Some(&before), Some(&after))?;
        }
        R::after_save(tx, Some(&before), &after)?;
        met.moved(&after)?;
        altered.push((before, after));
    }
    query::permit(tx, R::TABLE, ids, Deed::Update)?;
    R::after_update(tx, &altered)
}

/// Removes records that nothing refers to.
pub(super) fn delete<R: Room>(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    access::allow(R::TABLE.kind, Deed::Delete, &tx.actor)?;
    let ids = query::distinct(ids)?;
    let found = query::visible::<R>(tx, &ids)?;
    query::permit(tx, R::TABLE, &ids, Deed::Delete)?;
    for record in found {
        record.before_delete(tx)?;
        let id = record.id().number();
        refuse_in_use(tx, R::TABLE.kind, id)?;
        unlink(tx, R::TABLE.kind, id)?;
        record.before_removal(tx)?;
        tx.remove::<R>(record.id())?;
        external_id::unbind(tx, R::TABLE.kind, id)?;
        changed(tx, Some(&record), None)?;
        record.after_delete(tx)?;
    }
    tx.settle()
}

/// Removes what belongs to a record alone, before that one is removed: rows of a kind that name it in a field.
pub(crate) fn remove_own<R: Record>(tx: &mut Tx<'_>, field: &str, id: i64) -> Result<()> {
    let table = R::TABLE.name;
    let rest = format!("WHERE {table}.{field} = ?1 ORDER BY {table}.id");
    for row in tx.select::<R>(&rest, &[id.into()])? {
        tx.remove::<R>(row.id())?;
        external_id::unbind(tx, R::TABLE.kind, row.id().number())?;
        changed(tx, Some(&row), None)?;
    }
    Ok(())
}

/// Whether records of a kind are many and change all the time, so that nothing is kept of them in memory.
pub(super) const fn is_many(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Partner | RecordKind::PartnerContact | RecordKind::PartnerRole)
}

/// Announces what became of a record, and forgets what was kept of the office.
pub(crate) fn changed<R: Record>(
    tx: &mut Tx<'_>,
    before: Option<&R>,
    after: Option<&R>,
) -> Result<()> {
    let id = after.or(before).map_or(0, |record| record.id().number());
    if !is_many(R::TABLE.kind) {
        tx.forget_all()?;
    }
    let (before, after) = (before.map(Record::row), after.map(Record::row));
    tx.announce(Event::Office(OfficeChange {
        kind: R::TABLE.kind,
        id,
        before,
        after,
        apart: false,
    }));
    Ok(())
}

/// Sets what was given; custom values among it.
fn apply<R: Room>(tx: &Tx<'_>, record: &mut R, fields: &Fields) -> Result<()> {
    R::prepare(tx, record, fields)?;
    for (name, value) in fields.iter() {
        if name != "properties" && !name.starts_with("properties.") {
            record.set(name, value)?;
        }
    }
    let mut map = match record.value("properties") {
        Ok(Value::Map(map)) => map,
        _ if fields.iter().any(|(name, _)| name.starts_with("properties")) => {
            return Err(R::TABLE.unknown("properties"));
        }
        _ => return Ok(()),
    };
    let definitions = property::definitions(tx)?;
    let mut given: Vec<(&str, &Value)> = Vec::new();
    for (name, value) in fields.iter() {
        match (name.strip_prefix("properties."), value) {
            (Some(name), value) => given.push((name, value)),
            (None, Value::Map(values)) if name == "properties" => {
                given.extend(values.iter().map(|(name, value)| (name.as_str(), value)));
            }
            (None, Value::Null) if name == "properties" => map.clear(),
            (None, _) if name == "properties" => return record.set(name, value),
            _ => {}
        }
    }
    for (name, value) in given {
        match definitions.check(R::TABLE.kind, name, value)? {
            Some(value) => map.insert(name.to_owned(), value),
            None => map.remove(name),
        };
    }
    record.set("properties", &Value::Map(map))
}

/// What a verb has found out of the records that others name, so that nothing is asked for twice.
#[derive(Debug, Default)]
struct Met {
    /// Those that are there and seen.
    there: HashSet<(RecordKind, i64)>,
    /// Whom records of the kind itself are below.
    parents: HashMap<i64, Option<i64>>,
}

impl Met {
    /// Of all that drafts name: a question for each field.
    fn of(tx: &Tx<'_>, table: &'static Table, drafts: &[&Fields]) -> Result<Self> {
        let mut met = Self::default();
        for field in table.fields.iter().filter(|field| !field.system) {
            let FieldKind::Ref(kind) = field.kind else { continue };
            let named = drafts.iter().filter_map(|fields| fields.get(field.name)?.as_int());
            let ids: Vec<i64> = named.collect::<BTreeSet<i64>>().into_iter().collect();
            for chunk in ids.chunks(limit::CHUNK) {
                let sql = format!(
                    "SELECT id, {} FROM {} WHERE id IN (SELECT value FROM json_each(?1))",
                    owner(kind),
                    table_of(kind).name
                );
                tx.each(&sql, &[id_list(chunk)], |line| {
                    if tx.actor.sees_company(line.int_or_null(1)?.map(CompanyId)) {
                        met.there.insert((kind, line.int(0)?));
                    }
                    Ok(())
                })?;
                for id in unseen(tx, kind, chunk)? {
                    met.there.remove(&(kind, id));
                }
                if field.name == "parent_id" {
                    met.parents.extend(parents(tx, table, chunk)?);
                }
            }
        }
        Ok(met)
    }

    /// Whom a record is below since it was changed.
    fn moved<R: Record>(&mut self, after: &R) -> Result<()> {
        let id = after.id().number();
        if let Some(parent) = self.parents.get_mut(&id) {
            *parent = after.value("parent_id")?.as_int();
        }
        Ok(())
    }
}

/// Where a record's company stands.
fn owner(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Company => "id",
        RecordKind::User => "NULL",
        _ if table_of(kind).position("company_id").is_some() => "company_id",
        _ => "NULL",
    }
}

/// What must hold for every record of the office, then what its room adds.
fn check<R: Room>(tx: &Tx<'_>, before: Option<&R>, after: &mut R, met: &mut Met) -> Result<()> {
    R::check(tx, before, after)?;
    // What the room fills by itself, such as a login, is there by now.
    for field in R::TABLE.fields.iter().filter(|field| field.required && before.is_none()) {
        let value = after.value(field.name)?;
        let blank = value.as_text().is_some_and(str::is_empty) || value == Value::Int(0);
        crate::require!(!blank, field.name, "{}: a {} needs it", field.name, R::TABLE.kind.name());
    }
    let changed: Vec<usize> = match before {
        Some(before) => changed_fields(before, after).collect(),
        None => (0..R::TABLE.fields.len()).collect(),
    };
    for at in changed {
        let field = &R::TABLE.fields[at];
        let value = (R::ACCESS[at].to_value)(after);
        match (field.kind, &value) {
            (FieldKind::Ref(kind), Value::Int(id))
                if !field.system && !met.there.contains(&(kind, *id)) =>
            {
                check_references(tx, field.name, kind, &[*id])?;
                met.there.insert((kind, *id));
            }
            (FieldKind::Ids(kind), Value::Ids(ids)) => check_references(tx, field.name, kind, ids)?,
            (FieldKind::Text, Value::Text(name)) if field.unique => {
                unique(tx, R::TABLE, field.name, name, after.id().number())?;
            }
            _ => {}
        }
        if field.name == "parent_id" {
            no_cycle(tx, R::TABLE, after.id().number(), &value, &met.parents)?;
        }
    }
    Ok(())
}

/// Refuses references to what is not there, or not seen.
pub(crate) fn check_references(
    tx: &Tx<'_>,
    field: &str,
    kind: RecordKind,
    ids: &[i64],
) -> Result<()> {
    let sql = format!("SELECT {} FROM {} WHERE id = ?1", owner(kind), table_of(kind).name);
    for id in ids {
        let found = tx.optional(&sql, &[(*id).into()], |line| line.int_or_null(0))?;
        let near = found.is_some_and(|company| tx.actor.sees_company(company.map(CompanyId)));
        if !near || unseen(tx, kind, &[*id])?.contains(id) {
            let subject = Subject { kind, id: *id };
            let place = match kind {
                RecordKind::Partner => query::places::<crate::record::Partner>(tx, &[*id])?,
                _ => HashMap::new(),
            };
            let told = match place.get(id) {
                Some(place) => {
                    let place = Subject { kind, id: *place };
                    format!("{field}: {subject} was merged into {place}")
                }
                None => format!("{field}: there is no {subject}"),
            };
            return Err(Error::invalid(field, told).with_subject(subject));
        }
    }
    Ok(())
}

/// Those of these records of a kind that the actor does not see, where more than their company decides that.
fn unseen(tx: &Tx<'_>, kind: RecordKind, ids: &[i64]) -> Result<Vec<i64>> {
    if !matches!(kind, RecordKind::Partner | RecordKind::Lead) {
        return Ok(Vec::new());
    }
    let Some(seen) = query::seen_among(tx, table_of(kind), ids)? else { return Ok(Vec::new()) };
    Ok(ids.iter().copied().filter(|id| !seen.contains(id)).collect())
}

fn unique(tx: &Tx<'_>, table: &Table, field: &str, name: &str, own: i64) -> Result<()> {
    // The office is small: comparing in memory folds every alphabet, which the engine's LOWER does not.
    let wanted = text::folded(name).into_owned();
    let sql = format!("SELECT {field} FROM {} WHERE id <> ?1 AND {field} IS NOT NULL", table.name);
    let taken = tx.rows(&sql, &[own.into()], |line| Ok(text::folded(line.text(0)?) == wanted))?;
    if taken.contains(&true) {
        return Err(Error::conflict(format!(
            "{field}: {name:?} is taken by another {}",
            table.kind.name()
        ))
        .with_field(field));
    }
    Ok(())
}

fn no_cycle(
    tx: &Tx<'_>,
    table: &Table,
    own: i64,
    parent: &Value,
    known: &HashMap<i64, Option<i64>>,
) -> Result<()> {
    let sql = format!("SELECT parent_id FROM {} WHERE id = ?1", table.name);
    let mut above = parent.as_int();
    for _ in 0..limit::PARENTS {
        let Some(id) = above else { return Ok(()) };
        crate::require!(
            id != own,
            "parent_id",
            "parent_id: a {} cannot be above itself",
            table.kind.name()
        );
        above = match known.get(&id) {
            Some(above) => *above,
            None => tx.optional(&sql, &[id.into()], |line| line.int_or_null(0))?.flatten(),
        };
    }
    Err(Error::limit("parent_id", format!("parent_id: more than {} levels", limit::PARENTS)))
}

/// Fields of leads that are emptied when what they point at is removed; every other reference forbids the removal.
const CLEARED: [&str; 4] = ["team_id", "campaign_id", "medium_id", "source_id"];

fn refuse_in_use(tx: &Tx<'_>, kind: RecordKind, id: i64) -> Result<()> {
    for other in RecordKind::ALL.iter().map(|kind| table_of(*kind)) {
        for field in other.fields {
            let points = field.name != "id"
                && field.kind == FieldKind::Ref(kind)
                && field.is_stored()
                && !field.hidden;
            let cleared = other.kind == RecordKind::Lead && CLEARED.contains(&field.name);
            // What belongs to a record alone goes with it.
            let own = match other.kind {
                RecordKind::TeamMember => matches!(kind, RecordKind::Team | RecordKind::User),
                RecordKind::PartnerContact | RecordKind::PartnerRole => true,
                _ => false,
            };
            if !points || cleared || own {
                continue;
            }
            let sql = format!("SELECT 1 FROM {} WHERE {} = ?1 LIMIT 1", other.name, field.name);
            if tx.optional(&sql, &[Cell::Int(id)], |_| Ok(()))?.is_some() {
                let subject = Subject { kind, id };
                let message = format!(
                    "{subject} is in use as {} of a {}; archive it or change that first",
                    field.name,
                    other.kind.name()
                );
                return Err(Error::conflict(message).with_field(field.name).with_subject(subject));
            }
        }
    }
    Ok(())
}

/// Takes a record out of other records' lists, which is a change of theirs. Leads' tags go through the leads' own verb.
fn unlink(tx: &mut Tx<'_>, kind: RecordKind, id: i64) -> Result<()> {
    for other in RecordKind::ALL.iter().copied().filter(|other| *other != RecordKind::Lead) {
        for field in
            table_of(other).fields.iter().filter(|field| field.kind == FieldKind::Ids(kind))
        {
            if let Place::Link(link, ours, theirs) = field.place {
                let sql = format!("SELECT {ours} FROM {link} WHERE {theirs} = ?1 ORDER BY {ours}");
                let owners = tx.rows(&sql, &[id.into()], |line| line.int(0))?;
                office_by_kind!(other, R => unlist::<R>(tx, &owners, field.name, id))?;
            }
        }
    }
    Ok(())
}

/// Takes an id out of a list of each of these records.
fn unlist<R: Room>(tx: &mut Tx<'_>, owners: &[i64], field: &str, id: i64) -> Result<()> {
    for owner in owners {
        let Some(before) = tx.by_id::<R>((*owner).into())? else { continue };
        let mut after = before.clone();
        if let Value::Ids(mut ids) = before.value(field)? {
            ids.retain(|known| *known != id);
            after.set(field, &Value::Ids(ids))?;
        }
        if tx.save(&before, &mut after)? {
            changed(tx, Some(&before), Some(&after))?;
        }
    }
    Ok(())
}

/// Lets a field of each of these records name another one: by record, which.
pub(crate) fn point<R: Room>(tx: &mut Tx<'_>, field: &str, to: &HashMap<i64, i64>) -> Result<()> {
    let mut ids: Vec<i64> = to.keys().copied().collect();
    ids.sort_unstable();
    for chunk in ids.chunks(limit::CHUNK) {
        for before in tx.by_ids::<R>(chunk)? {
            let mut after = before.clone();
            after.set(field, &to[&before.id().number()].into())?;
            if tx.save(&before, &mut after)? {
                changed(tx, Some(&before), Some(&after))?;
            }
        }
        tx.settle()?;
    }
    Ok(())
}

/// Refuses a change that was made without knowing the last one, naming the fields that changed since.
pub(crate) fn check_version<R: Record>(
    tx: &Tx<'_>,
    record: &R,
    expected: i64,
    fields: &Fields,
) -> Result<()> {
    let stored = record.version();
    if stored == expected {
        return Ok(());
    }
    let mut since = crate::feed::fields_changed(tx, record.subject(), stored - expected)?;
    since.retain(|name| !tx.actor.hides(R::TABLE.kind, name));
    let named = if since.is_empty() {
        String::new()
    } else {
        format!("; changed since: {}", since.join(", "))
    };
    let both = since.iter().find(|name| fields.has(name)).or(since.first());
    let message = format!("{} has version {stored}, not {expected}{named}", record.subject());
    let error = Error::conflict(message).with_subject(record.subject());
    Err(if let Some(field) = both { error.with_field(field.clone()) } else { error })
}

/// Refuses a record that was created at another time than a file says: it is another one, of the same id, or its date was edited.
pub(crate) fn same_creation<R: Record>(record: &R, told: Timestamp) -> Result<()> {
    let created = record.value("create_date")?;
    if created == Value::Time(told) {
        return Ok(());
    }
    let is = if let Value::Time(at) = created { at } else { Timestamp::default() };
    let subject = record.subject();
    let message = format!(
        "create_date: {subject} of this database was created at {is}, not at {told}: the row was exported from another database, or its date was edited"
    );
    Err(Error::conflict(message).with_field("create_date").with_subject(subject))
}

/// What differs between two states of a record, as fields to give to `update`.
pub(crate) fn changes<R: Record>(before: &R, after: &R) -> Result<Fields> {
    let mut fields = Fields::new();
    for (field, access) in R::TABLE.fields.iter().zip(R::ACCESS) {
        let (was, is) = ((access.to_value)(before), (access.to_value)(after));
        if was == is {
            continue;
        }
        if field.system {
            return Err(field
                .refuse("is kept by the library and cannot be set; use the verb that changes it"));
        }
        fields.set(field.name, is);
    }
    Ok(fields)
}
