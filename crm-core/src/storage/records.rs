//! Any record to and from its tables: all statements derive from its list of fields.
//!
//! A get is one statement over the 1:1 tables; a save touches only the tables and columns that change.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::base::error::storage_code;
use crate::base::field::{Access, Place, Stamp, Table, changed_fields};
use crate::base::{Cell, Error, Id as _, Record, RecordKind, Result};
use crate::record::sides;
use crate::storage::{Line, Prepared, Tx};

/// The statements of one kind of record.
#[derive(Debug)]
pub(crate) struct Sql {
    /// `SELECT …`, before `FROM`, over all 1:1 tables.
    pub(crate) columns: String,
    /// The same with `FROM …`, before `WHERE`.
    select: String,
    /// `select` for one id.
    by_id: String,
    /// Numbers of the fields that `select` reads, in its order.
    read: Vec<usize>,
    /// One `INSERT` per own table: the row's first.
    inserts: Vec<(String, Vec<usize>)>,
    /// The record's link tables.
    links: Vec<Links>,
}

/// A link table of a kind.
#[derive(Debug)]
struct Links {
    /// The number of the field that lists the other ends.
    field: usize,
    table: &'static str,
    insert: String,
    delete: String,
    /// Whether the links are records of their own and carry stamps.
    stamped: bool,
}

impl Links {
    fn of(field: usize, link: &'static str, ours: &str, theirs: &str) -> Self {
        if link == MEMBERS {
            // Who is taken out was a member until today.
            let insert = "INSERT INTO team_member (team_id, user_id, version, create_date, write_date, create_uid, write_uid, assignment_max, date_start) \
                 VALUES (?1, ?2, 1, ?3, ?3, ?4, ?4, 30, ?3 / 86400000000)";
            let delete = "UPDATE team_member SET active = false, date_end = ?3 / 86400000000, version = version + 1, write_date = ?3, write_uid = ?4 \
                 WHERE team_id = ?1 AND user_id = ?2 AND active";
            let (insert, delete) = (insert.to_owned(), delete.to_owned());
            return Self { field, table: owner(link), insert, delete, stamped: true };
        }
        let insert = format!("INSERT INTO {link} ({ours}, {theirs}) VALUES (?1, ?2)");
        let delete = format!("DELETE FROM {link} WHERE {ours} = ?1 AND {theirs} = ?2");
        Self { field, table: link, insert, delete, stamped: false }
    }

    fn params(&self, tx: &Tx<'_>, id: i64, other: i64) -> ([Cell<'static>; 4], usize) {
        let user = tx.actor.user_id.map(|user| user.0);
        let all = [id.into(), other.into(), tx.now.micros().into(), user.into()];
        (all, if self.stamped { 4 } else { 2 })
    }
}

/// The view of memberships that go on; those that ended stand in the table beside them.
const MEMBERS: &str = "team_member_active";

/// The table in which a link is written.
fn owner(link: &'static str) -> &'static str {
    if link == MEMBERS { "team_member" } else { link }
}

/// The statements of a kind, made once.
pub(crate) fn sql(table: &'static Table) -> &'static Sql {
    static ALL: OnceLock<Vec<OnceLock<Sql>>> = OnceLock::new();
    let all = ALL.get_or_init(|| RecordKind::ALL.iter().map(|_| OnceLock::new()).collect());
    all[table.kind as usize].get_or_init(|| Sql::of(table))
}

/// What a field is called in a statement over its record's tables.
fn expression(table: &Table, at: usize) -> Option<String> {
    let field = &table.fields[at];
    Some(match field.place {
        Place::Column => format!("{}.{}", table.name, field.name),
        Place::Side(side) => format!("{side}.{}", field.name),
        Place::Joined(side) => format!("COALESCE({side}.{}, 0)", field.name),
        Place::Sql(sql) => sql.to_owned(),
        Place::Link(link, ours, theirs) => format!(
            "(SELECT string_agg(CAST({link}.{theirs} AS TEXT), ',') FROM {link} WHERE {link}.{ours} = {}.id)",
            table.name
        ),
        Place::Computed(_) => return None,
    })
}

/// `FROM` with the given 1:1 tables joined.
pub(crate) fn from(table: &Table, sides: &[&str]) -> String {
    let mut from = format!(" FROM {}", table.name);
    for side in sides {
        // A left join, so that the engine is free to begin with the record's own indexes.
        from.push_str(&format!(
            " LEFT JOIN {side} ON {side}.{}_id = {}.id",
            table.name, table.name
        ));
    }
    from
}

impl Sql {
    fn of(table: &'static Table) -> Self {
        let (read, expressions): (Vec<usize>, Vec<String>) =
            (0..table.fields.len()).filter_map(|at| Some((at, expression(table, at)?))).unzip();
        let columns = format!("SELECT {}", expressions.join(", "));
        let select = format!("{columns}{}", from(table, &sides(table)));
        let mut inserts = Vec::new();
        let own = |place: Place| {
            (0..table.fields.len())
                .filter(move |at| table.fields[*at].place == place)
                .collect::<Vec<_>>()
        };
        let mut insert = |name: &str, key: Option<String>, fields: Vec<usize>| {
            let mut columns: Vec<&str> = key.as_deref().into_iter().collect();
            columns.extend(fields.iter().map(|at| table.fields[*at].name));
            let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
            let sql = format!(
                "INSERT INTO {name} ({}) VALUES ({})",
                columns.join(", "),
                marks.join(", ")
            );
            inserts.push((sql, fields));
        };
        let row =
            own(Place::Column).into_iter().filter(|at| table.fields[*at].name != "id").collect();
        insert(table.name, None, row);
        for side in sides(table) {
            let fields = own(Place::Side(side));
            if !fields.is_empty() {
                insert(side, Some(format!("{}_id", table.name)), fields);
            }
        }
        let by_id = format!("{select} WHERE {}.id = ?1", table.name);
        let links = table.fields.iter().enumerate().filter_map(|(at, field)| match field.place {
            Place::Link(link, ours, theirs) => Some(Links::of(at, link, ours, theirs)),
            _ => None,
        });
        Self { columns, select, by_id, read, inserts, links: links.collect() }
    }

    /// A record out of one line of `select`.
    pub(crate) fn read<R: Record>(&self, tx: &Tx<'_>, line: &Line<'_>) -> Result<R> {
        let mut record = R::default();
        for (column, at) in self.read.iter().enumerate() {
            if !(R::ACCESS[*at].read)(&mut record, line.cell(column)) {
                let name = R::TABLE.fields[*at].name;
                let message =
                    format!("the stored {name} of a {} makes no sense", R::TABLE.kind.name());
                return Err(Error::storage(storage_code::CORRUPT, message).with_field(name));
            }
        }
        record.derive(tx.now);
        Ok(record)
    }
}

impl Tx<'_> {
    /// The record of that id, whoever asks; `None` when there is none.
    pub(crate) fn by_id<R: Record>(&self, id: R::Id) -> Result<Option<R>> {
        let sql = sql(R::TABLE);
        let locking = self.locking(R::TABLE.name);
        let text = if locking.is_empty() {
            Cow::Borrowed(sql.by_id.as_str())
        } else {
            Cow::Owned(format!("{}{locking}", sql.by_id))
        };
        self.optional(&text, &[id.number().into()], |line| sql.read(self, line))
    }

    /// All records that a condition names, in its order.
    pub(crate) fn select<R: Record>(&self, rest: &str, params: &[Cell<'_>]) -> Result<Vec<R>> {
        let sql = sql(R::TABLE);
        self.rows(&format!("{} {rest}", sql.select), params, |line| sql.read(self, line))
    }

    /// Records of those ids, in the order of their ids.
    pub(crate) fn by_ids<R: Record>(&self, ids: &[i64]) -> Result<Vec<R>> {
        let table = R::TABLE.name;
        let rest =
            format!("WHERE {table}.id IN (SELECT value FROM json_each(?1)) ORDER BY {table}.id");
        self.select(&rest, &[id_list(ids)])
    }

    /// Stores a new record and gives it its id.
    pub(crate) fn insert<R: Record>(&self, record: &mut R) -> Result<()> {
        let mut inserter = Inserter::new(self, 1);
        inserter.insert(record)?;
        inserter.end()
    }

    /// Stores what changed of a record; its version and its write stamp with it. Answers whether anything did.
    pub(crate) fn save<R: Record>(&self, before: &R, after: &mut R) -> Result<bool> {
        let changed: Vec<usize> = changed_fields(before, after).collect();
        if changed.is_empty() {
            return Ok(false);
        }
        let user = self.actor.user_id.map(|user| user.0);
        after.stamp(Stamp {
            id: before.id(),
            version: before.version() + 1,
            created: None,
            now: self.now,
            user,
        });
        self.put(before, after, &changed)?;
        Ok(true)
    }

    /// Stores a record as it was, its version and write stamp too.
    pub(crate) fn take_back<R: Record>(&self, before: &R, after: &R) -> Result<()> {
        let changed: Vec<usize> = changed_fields(before, after).collect();
        self.put(before, after, &changed)
    }

    /// Stores a record that was removed, as it was and under its id.
    pub(crate) fn put_back<R: Record>(&self, record: &R) -> Result<()> {
        let id = record.id().number();
        for (at, (insert, fields)) in sql(R::TABLE).inserts.iter().enumerate() {
            let mut params: Vec<Cell<'_>> =
                fields.iter().map(|field| (R::ACCESS[*field].cell)(record)).collect();
            if at > 0 {
                params.insert(0, id.into());
                self.write(insert, ("put back", id), &params)?;
                continue;
            }
            // The first is the record's own table, which gives ids by itself.
            let named = insert.replacen(" (", " (id, ", 1);
            let named = named.replacen("VALUES (", &format!("VALUES (?{}, ", params.len() + 1), 1);
            params.push(id.into());
            self.write(&named, (R::TABLE.name, id), &params)?;
        }
        for links in &sql(R::TABLE).links {
            self.relink(links, id, &[], &ids_of(&R::ACCESS[links.field], record))?;
        }
        Ok(())
    }

    fn put<R: Record>(&self, before: &R, after: &R, changed: &[usize]) -> Result<()> {
        let table = R::TABLE;
        let mut own: Vec<usize> =
            changed.iter().copied().filter(|at| table.fields[*at].place == Place::Column).collect();
        own.extend(
            ["version", "write_date", "write_uid"].iter().filter_map(|name| table.position(name)),
        );
        self.update(table.name, "id", after, &own)?;
        for side in sides(table) {
            let of_side: Vec<usize> = changed
                .iter()
                .copied()
                .filter(|at| table.fields[*at].place == Place::Side(side))
                .collect();
            if !of_side.is_empty() {
                self.update(side, &format!("{}_id", table.name), after, &of_side)?;
            }
        }
        for links in sql(table).links.iter().filter(|links| changed.contains(&links.field)) {
            let access = &R::ACCESS[links.field];
            let (was, is) = (ids_of(access, before), ids_of(access, after));
            self.relink(links, before.id().number(), &was, &is)?;
        }
        Ok(())
    }

    fn update<R: Record>(
        &self,
        table: &'static str,
        key: &str,
        record: &R,
        fields: &[usize],
    ) -> Result<()> {
        let sets: Vec<String> = fields
            .iter()
            .enumerate()
            .map(|(n, at)| format!("{} = ?{}", R::TABLE.fields[*at].name, n + 2))
            .collect();
        let sql = format!("UPDATE {table} SET {} WHERE {key} = ?1", sets.join(", "));
        let mut params: Vec<Cell<'_>> = vec![record.id().number().into()];
        params.extend(fields.iter().map(|at| (R::ACCESS[*at].cell)(record)));
        let id = record.id().number();
        self.write(&sql, (table, id), &params)
    }

    fn relink(&self, links: &Links, id: i64, before: &[i64], after: &[i64]) -> Result<()> {
        for gone in before.iter().filter(|other| !after.contains(other)) {
            let (params, given) = links.params(self, id, *gone);
            self.write(&links.delete, (links.table, pair(id, *gone)), &params[..given])?;
        }
        for new in after.iter().filter(|other| !before.contains(other)) {
            let (params, given) = links.params(self, id, *new);
            self.write(&links.insert, (links.table, pair(id, *new)), &params[..given])?;
        }
        Ok(())
    }

    /// Removes a record's rows and links.
    pub(crate) fn remove<R: Record>(&self, id: R::Id) -> Result<()> {
        let table = R::TABLE;
        let number = id.number();
        let id = [Cell::from(number)];
        for field in table.fields {
            if let Place::Link(link, ours, _) = field.place {
                let link = owner(link);
                let sql = format!("DELETE FROM {link} WHERE {ours} = ?1");
                self.write(&sql, (link, number), &id)?;
            }
        }
        for side in sides(table) {
            let sql = format!("DELETE FROM {side} WHERE {}_id = ?1", table.name);
            self.write(&sql, (side, number), &id)?;
        }
        self.write(&format!("DELETE FROM {} WHERE id = ?1", table.name), (table.name, number), &id)
    }
}

/// A key for the link of two records. That two links may have the same costs a round trip, no more.
const fn pair(id: i64, other: i64) -> i64 {
    id.wrapping_mul(1_000_003).wrapping_add(other)
}

/// The ids in a link field.
fn ids_of<R: Record>(access: &Access<R>, record: &R) -> Vec<i64> {
    match (access.to_value)(record) {
        crate::base::Value::Ids(ids) => ids,
        _ => Vec::new(),
    }
}

/// Ids as one bound parameter, for `IN (SELECT value FROM json_each(?1))`.
pub(crate) fn id_list(ids: &[i64]) -> Cell<'static> {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(ids.len() * 8 + 2);
    text.push('[');
    for id in ids {
        let comma = if text.len() == 1 { "" } else { "," };
        write!(text, "{comma}{id}").expect("a String takes everything");
    }
    text.push(']');
    Cell::from(text)
}

/// Stores many new records of one kind through held statements.
pub(crate) struct Inserter<'t, 'c> {
    tx: &'t Tx<'c>,
    rows: usize,
    statements: Vec<Prepared<'c>>,
    /// By kind of link: those of all records, written when it is known how many there are.
    links: Vec<(&'static Links, Vec<(i64, i64)>)>,
}

impl<'t, 'c> Inserter<'t, 'c> {
    /// For so many.
    pub(crate) const fn new(tx: &'t Tx<'c>, rows: usize) -> Self {
        Self { tx, rows, statements: Vec::new(), links: Vec::new() }
    }

    /// Stores one and gives it its id. A creation date that is set already is kept: an import knows when it was.
    pub(crate) fn insert<R: Record>(&mut self, record: &mut R) -> Result<()> {
        let sql = sql(R::TABLE);
        if self.statements.is_empty() {
            if self.rows > 1 {
                self.tx.expect_rows(R::TABLE.name, self.rows)?;
            }
            // A row whose id is given may fail, which in a group costs copies of pages: those of the tables beside go one by one.
            let held = sql.inserts.iter().enumerate().map(|(at, (text, _))| match at {
                0 => self.tx.prepare_rows(text, self.rows),
                _ => self.tx.prepare(text),
            });
            self.statements = held.collect::<Result<_>>()?;
            self.links = sql.links.iter().map(|links| (links, Vec::new())).collect();
        }
        let user = self.tx.actor.user_id.map(|user| user.0);
        let known = (R::ACCESS[CREATE_DATE].cell)(record);
        let created = match known {
            Cell::Int(micros) if micros != 0 => crate::base::Timestamp::stored(micros),
            _ => self.tx.now,
        };
        record.stamp(Stamp {
            id: R::Id::from(0),
            version: 1,
            created: Some(created),
            now: self.tx.now,
            user,
        });
        let mut params = Vec::with_capacity(R::TABLE.fields.len() + 1);
        let mut id = 0;
        for (at, (statement, (_, fields))) in
            self.statements.iter_mut().zip(&sql.inserts).enumerate()
        {
            params.clear();
            if at > 0 {
                params.push(Cell::Int(id));
            }
            params.extend(fields.iter().map(|field| (R::ACCESS[*field].cell)(record)));
            if at == 0 {
                id = statement.insert(&params)?;
            } else {
                statement.execute(&params)?;
            }
        }
        record.stamp(Stamp {
            id: R::Id::from(id),
            version: 1,
            created: Some(created),
            now: self.tx.now,
            user,
        });
        for (links, pairs) in &mut self.links {
            let others = ids_of(&R::ACCESS[links.field], record);
            pairs.extend(others.into_iter().map(|other| (id, other)));
        }
        Ok(())
    }

    /// After the last one.
    pub(crate) fn end(self) -> Result<()> {
        for statement in self.statements {
            statement.end()?;
        }
        for (links, pairs) in self.links {
            let mut put = self.tx.prepare_rows(&links.insert, pairs.len())?;
            for (id, other) in pairs {
                let (params, given) = links.params(self.tx, id, other);
                put.execute(&params[..given])?;
            }
            put.end()?;
        }
        Ok(())
    }
}

/// The position of `create_date` in every record: `record!` puts the common fields first.
const CREATE_DATE: usize = 2;
