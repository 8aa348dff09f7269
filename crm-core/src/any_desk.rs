//! A desk whose kind is only known when the program runs: for the doors to other languages. The same verbs, in [`Row`]s.

use crate::base::{AsOf, Error, Fields, Frame, Record, RecordKind, Result, Row};
use crate::desk::{Desk, Find, Room, by_kind, office_by_kind, query};
use crate::filter::Filter;
use crate::storage::Link;

/// A desk by the name of its kind.
#[derive(Debug, Clone, Copy)]
pub struct AnyDesk<'s> {
    link: &'s Link,
    kind: RecordKind,
}

fn rows<R: Record>(records: &[R]) -> Vec<Row> {
    records.iter().map(Record::row).collect()
}

/// What is to be done instead of what every other desk does.
fn other(what: &str, kind: RecordKind) -> Error {
    let kind = kind.name();
    let message = format!("record: this is not done to a {kind} in this way: {what}");
    Error::invalid("record", message)
}

impl<'s> AnyDesk<'s> {
    pub(crate) const fn new(link: &'s Link, kind: RecordKind) -> Self {
        Self { link, kind }
    }

    /// As [`Desk::create_many`].
    ///
    /// # Errors
    /// As there.
    pub fn create(&self, drafts: Vec<Fields>) -> Result<Vec<Row>> {
        fn plain<R: Room>(link: &Link, drafts: Vec<Fields>) -> Result<Vec<Row>> {
            Ok(rows(&Desk::<R>::new(link).create_many(drafts)?))
        }
        match self.kind {
            RecordKind::Lead => Ok(rows(&crate::lead::Leads::new(self.link).create_many(drafts)?)),
            RecordKind::Activity => Err(other("schedule it", self.kind)),
            RecordKind::Message => Err(other("post it", self.kind)),
            kind => office_by_kind!(kind, R => plain::<R>(self.link, drafts)),
        }
    }

    /// As [`Desk::get`].
    ///
    /// # Errors
    /// As there.
    pub fn get(&self, id: i64) -> Result<Row> {
        by_kind!(self.kind, R => Ok(Desk::<R>::new(self.link).get(id.into())?.row()))
    }

    /// As [`Desk::get_as_of`].
    ///
    /// # Errors
    /// As there.
    pub fn get_as_of(&self, id: i64, as_of: AsOf) -> Result<Row> {
        by_kind!(self.kind, R => Ok(Desk::<R>::new(self.link).get_as_of(id.into(), as_of)?.row()))
    }

    /// As [`Desk::get_external`].
    ///
    /// # Errors
    /// As there.
    pub fn get_external(&self, system: &str, id: &str) -> Result<Row> {
        by_kind!(self.kind, R => Ok(Desk::<R>::new(self.link).get_external(system, id)?.row()))
    }

    /// As [`Desk::find`].
    ///
    /// # Errors
    /// As there.
    pub fn find(&self, find: &Find) -> Result<Vec<Row>> {
        by_kind!(self.kind, R => self.link.read_as_of(find.as_of, R::TABLE, |tx| Ok(rows(&query::all_told(tx, query::find::<R>(tx, find)?)))))
    }

    /// As [`Desk::count`].
    ///
    /// # Errors
    /// As there.
    pub fn count(&self, filter: Option<&Filter>) -> Result<i64> {
        by_kind!(self.kind, R => Desk::<R>::new(self.link).count(filter))
    }

    /// As [`Desk::count_as_of`].
    ///
    /// # Errors
    /// As there.
    pub fn count_as_of(&self, filter: Option<&Filter>, as_of: AsOf) -> Result<i64> {
        by_kind!(self.kind, R => Desk::<R>::new(self.link).count_as_of(filter, as_of))
    }

    /// As [`Desk::frame`].
    ///
    /// # Errors
    /// As there.
    pub fn frame(&self, find: &Find, columns: Option<&[&str]>) -> Result<Frame> {
        by_kind!(self.kind, R => Desk::<R>::new(self.link).frame(find, columns))
    }

    /// As [`Desk::update`] on a list.
    ///
    /// # Errors
    /// As there.
    pub fn update(&self, ids: &[i64], fields: Fields) -> Result<Vec<Row>> {
        fn plain<R: Room>(link: &Link, ids: &[i64], fields: Fields) -> Result<Vec<Row>> {
            let ids: Vec<R::Id> = ids.iter().map(|id| (*id).into()).collect();
            Ok(rows(&Desk::<R>::new(link).update(&ids, fields)?))
        }
        match self.kind {
            RecordKind::Lead => {
                let ids: Vec<crate::base::LeadId> = ids.iter().map(|id| (*id).into()).collect();
                Ok(rows(&crate::lead::Leads::new(self.link).update(&ids, fields)?))
            }
            RecordKind::Activity => {
                let ids: Vec<crate::base::ActivityId> = ids.iter().map(|id| (*id).into()).collect();
                let desk = crate::activity::Activities::new(self.link);
                Ok(rows(&desk.update(&ids, fields)?))
            }
            RecordKind::Message => Err(other("it stays as it was posted", self.kind)),
            kind => office_by_kind!(kind, R => plain::<R>(self.link, ids, fields)),
        }
    }

    /// As [`Desk::delete`] on a list.
    ///
    /// # Errors
    /// As there.
    pub fn delete(&self, ids: &[i64]) -> Result<()> {
        fn plain<R: Room>(link: &Link, ids: &[i64]) -> Result<()> {
            let ids: Vec<R::Id> = ids.iter().map(|id| (*id).into()).collect();
            Desk::<R>::new(link).delete(&ids)
        }
        match self.kind {
            RecordKind::Lead => {
                let ids: Vec<crate::base::LeadId> = ids.iter().map(|id| (*id).into()).collect();
                crate::lead::Leads::new(self.link).delete(&ids)
            }
            RecordKind::Activity => Err(other("cancel it", self.kind)),
            RecordKind::Message => Err(other("it stays as it was posted", self.kind)),
            kind => office_by_kind!(kind, R => plain::<R>(self.link, ids)),
        }
    }
}
