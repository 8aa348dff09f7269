//! Desks: how hosts reach a kind of record. One generic desk serves the whole office; leads add their verbs.
//!
//! A room says only what is its own through [`Room`]: what a new record starts with, and what must hold. References, unique names,
//! cycles of parents and "is it in use?" derive from the lists of fields.

pub(crate) mod blind;
mod by_kind;
pub(crate) mod column;
pub(crate) mod kept;
mod office;
mod page;
pub(crate) mod query;
mod tree;

pub(crate) use by_kind::{by_kind, office_by_kind};
pub(crate) use office::{
    Room, alter_apart, alter_in, changed, changes, check_references, check_version, create_all,
    create_apart, create_dated, create_in, point, remove_own, same_creation, update_in,
};
pub(crate) use tree::{above, parents};

use crate::access::{self, Deed};
use crate::base::{AsOf, Error, Fields, Frame, Id, Record, Result};
use crate::filter::Filter;
use crate::storage::Link;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// What must hold; `None` is everything. Unless it mentions `active` (or `won_status`), archived records are left out.
    pub filter: Option<Filter>,
    /// Keys such as `"priority desc, id desc"`; `None` is the desk's own order.
    pub order: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
    /// As of when; `None`: as they are. Leads have a history, other records none.
    pub as_of: Option<AsOf>,
}

impl Find {
    /// Everything that is not archived.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// What a filter's text says.
    ///
    /// # Errors
    /// `Format` when it cannot be read.
    pub fn filter(text: &str) -> Result<Self> {
        Ok(Self { filter: Some(Filter::parse(text)?), ..Self::default() })
    }
}

/// What a verb works on: one id, or a list. One id answers the record, a list a list.
pub trait Target<I: Id> {
    /// Whether it is one id rather than a list.
    const ONE: bool;
    /// What comes back.
    type Out<T>;
    /// The ids.
    fn ids(&self) -> Vec<i64>;
    /// What comes back, out of the records.
    fn give<T>(records: Vec<T>) -> Self::Out<T>;
}

impl<I: Id> Target<I> for I {
    const ONE: bool = true;
    type Out<T> = T;
    fn ids(&self) -> Vec<i64> {
        vec![self.number()]
    }
    fn give<T>(records: Vec<T>) -> T {
        records.into_iter().next().expect("a verb on one record answers it or fails")
    }
}

impl<I: Id> Target<I> for &[I] {
    const ONE: bool = false;
    type Out<T> = Vec<T>;
    fn ids(&self) -> Vec<i64> {
        self.iter().map(|id| id.number()).collect()
    }
    fn give<T>(records: Vec<T>) -> Vec<T> {
        records
    }
}

impl<I: Id> Target<I> for &Vec<I> {
    const ONE: bool = false;
    type Out<T> = Vec<T>;
    fn ids(&self) -> Vec<i64> {
        self.as_slice().ids()
    }
    fn give<T>(records: Vec<T>) -> Vec<T> {
        records
    }
}

/// The desk of one kind of record.
///
/// ```
/// use crm_core::{Crm, Find, fields};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// let stage = s.stages().create(fields! { name: "Negotiation", sequence: 4 })?;
/// s.stages().update(stage.id, fields! { fold: true })?;
/// assert_eq!(s.stages().find(&Find::filter("fold = true")?)?.len(), 1);
/// s.stages().delete(stage.id)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Desk<'s, R> {
    pub(crate) link: &'s Link,
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<R> Clone for Desk<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Desk<'_, R> {}

impl<'s, R: Record> Desk<'s, R> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link, kind: std::marker::PhantomData }
    }

    /// The record of that id, archived or not; of one that was merged away the one that has its place, whose `id` says so.
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn get(&self, id: R::Id) -> Result<R> {
        self.link.read(|tx| query::get_or_survivor(tx, id).map(|found| query::told(tx, found)))
    }

    /// The record that another system calls so.
    ///
    /// # Errors
    /// `NotFound` when there is none that this user may see.
    pub fn get_external(&self, system: &str, id: &str) -> Result<R> {
        self.link.read(|tx| {
            let missing = || {
                let name = R::TABLE.kind.name();
                let told =
                    format!("no {name} that this user may see is called {id:?} by {system:?}");
                Error::new(crate::base::ErrorKind::NotFound, told)
            };
            let found = crate::external_id::find(tx, R::TABLE.kind, system, id)?;
            // One that is hidden is told in the words of one that is not there.
            let found = query::get(tx, R::Id::from(found.ok_or_else(missing)?));
            found.map(|found| query::told(tx, found)).map_err(|error| match error.kind() {
                crate::base::ErrorKind::NotFound => missing(),
                _ => error,
            })
        })
    }

    /// The record of that id as it was then; see [`Leads::get_as_of`](crate::Leads::get_as_of).
    ///
    /// # Errors
    /// As [`Self::get`]; `Invalid` for a kind without history and an instant that is still to come.
    pub fn get_as_of(&self, id: R::Id, as_of: AsOf) -> Result<R> {
        self.link.read_as_of(Some(as_of), R::TABLE, |tx| {
            query::get_or_survivor(tx, id).map(|found| query::told(tx, found))
        })
    }

    /// Records that match.
    ///
    /// # Errors
    /// `Invalid` or `Format` for a filter or an order that makes no sense; `Invalid` for `as_of` of a kind without history, and for an
    /// instant that is still to come.
    pub fn find(&self, find: &Find) -> Result<Vec<R>> {
        self.link.read_as_of(find.as_of, R::TABLE, |tx| {
            query::find(tx, find).map(|found| query::all_told(tx, found))
        })
    }

    /// How many match.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count(&self, filter: Option<&Filter>) -> Result<i64> {
        self.link.read(|tx| query::count(tx, R::TABLE, filter))
    }

    /// How many matched then.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn count_as_of(&self, filter: Option<&Filter>, as_of: AsOf) -> Result<i64> {
        self.link.read_as_of(Some(as_of), R::TABLE, |tx| query::count(tx, R::TABLE, filter))
    }

    /// Matching records as a table of the given columns, or of all fields. A column is a field, `properties.<name>`,
    /// `external_id(<system>)`, or something of a linked record, such as `partner_id.name` or `stage_id.is_won`; of several linked
    /// records, `tag_ids.name`, the texts are joined by `;`. A column `properties` is JSON text.
    ///
    /// # Errors
    /// As [`Self::find`]; `Invalid` for an unknown column.
    pub fn frame(&self, find: &Find, columns: Option<&[&str]>) -> Result<Frame> {
        self.link.read_as_of(find.as_of, R::TABLE, |tx| query::frame::<R>(tx, find, columns))
    }
}

#[expect(private_bounds, reason = "which kinds are plain office records is ours to say")]
impl<R: Room> Desk<'_, R> {
    /// Writes; partners and what is theirs among the verbs of others, the rest of the office alone, since deals are judged by it.
    fn write<T>(&self, work: impl FnMut(&mut crate::storage::Tx<'_>) -> Result<T>) -> Result<T> {
        if office::is_many(R::TABLE.kind) {
            self.link.write(work)
        } else {
            self.link.write_alone(work)
        }
    }

    /// Creates a record; what is omitted gets its default.
    ///
    /// # Errors
    /// `Invalid` naming the field; `Conflict` when a unique name is taken; `Denied` without the right.
    #[expect(clippy::needless_pass_by_value, reason = "the fields are used up")]
    pub fn create(&self, fields: Fields) -> Result<R> {
        self.write(|tx| {
            access::may_give(R::TABLE.kind, &fields, Deed::Create, &tx.actor)?;
            let id = create_in::<R>(tx, &fields)?;
            tx.settle()?;
            query::get(tx, id).map(|created| query::told(tx, created))
        })
    }

    /// Creates many at once, all or none.
    ///
    /// # Errors
    /// As [`Self::create`].
    #[expect(clippy::needless_pass_by_value, reason = "the drafts are used up")]
    pub fn create_many(&self, drafts: Vec<Fields>) -> Result<Vec<R>> {
        self.write(|tx| {
            for fields in &drafts {
                access::may_give(R::TABLE.kind, fields, Deed::Create, &tx.actor)?;
            }
            let ids: Vec<i64> = create_all::<R>(tx, &drafts)?.into_iter().map(Id::number).collect();
            tx.settle()?;
            // Creating what is there already may answer a record twice.
            let mut stored = query::seen::<R>(tx, &ids)?;
            let records = match ids.iter().map(|id| stored.remove(id)).collect::<Option<Vec<R>>>() {
                Some(records) => records,
                None => {
                    let again = ids.into_iter().map(|id| query::get(tx, R::Id::from(id)));
                    again.collect::<Result<_>>()?
                }
            };
            Ok(query::all_told(tx, records))
        })
    }

    /// Changes fields of one or many.
    ///
    /// # Errors
    /// As [`Self::create`]; `NotFound`; `Conflict` when `expected_version` is not the stored one.
    #[expect(clippy::needless_pass_by_value, reason = "the fields are used up")]
    pub fn update<T: Target<R::Id>>(&self, target: T, fields: Fields) -> Result<T::Out<R>> {
        let records = self.write(|tx| {
            access::may_give(R::TABLE.kind, &fields, Deed::Update, &tx.actor)?;
            update_in::<R>(tx, &target.ids(), &fields).map(|records| query::all_told(tx, records))
        })?;
        Ok(T::give(records))
    }

    /// Removes records that nothing refers to.
    ///
    /// # Errors
    /// `Conflict` naming what refers to one; `NotFound`; `Denied` without the right.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an id or a list of ids, often written in place"
    )]
    pub fn delete<T: Target<R::Id>>(&self, target: T) -> Result<()> {
        self.link.write_alone(|tx| office::delete::<R>(tx, &target.ids()))
    }
}
