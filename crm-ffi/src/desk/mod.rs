//! The desks: one file per room, all of the same shape, over these helpers.
//!
//! `stage.rs` is written by hand. Its sisters are copies with the noun exchanged; the test `desks` says so, and writes them anew
//! under `CRM_UPDATE=1`. Plain source, since cbindgen does not see what macros make.

pub mod activity_type;
pub mod campaign;
pub mod company;
pub mod lead;
pub mod lost_reason;
pub mod medium;
pub mod partner;
pub mod partner_contact;
pub mod partner_role;
pub mod recurring_plan;
pub mod rule;
pub mod source;
pub mod stage;
pub mod tag;
pub mod target;
pub mod team;
pub mod team_member;
pub mod user;

use std::sync::Arc;

use crm_core::{AsOf, Error, Filter, Find, RecordKind, Result, Row, Session, Timestamp};

use crate::edge::abi::{
    CrmError, CrmFields, CrmFrame, CrmList, CrmRecord, CrmSession, CrmStatus, CrmStr,
};
use crate::edge::option::{CrmFindOptions, read};
use crate::edge::record::shared;
use crate::edge::{Out, array, guard, ids, optional_text, take, text};
use crate::fields::given;

/// A verb that answers one record.
pub(crate) fn one(
    session: *const CrmSession,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
    verb: impl FnOnce(&Session) -> Result<Row>,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.hand(shared(verb(&*take(session)?)?));
        Ok(())
    })
}

/// A verb that answers several records.
pub(crate) fn many(
    session: *const CrmSession,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
    verb: impl FnOnce(&Session) -> Result<Vec<Row>>,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.hand(Arc::new(verb(&*take(session)?)?.into()));
        Ok(())
    })
}

/// A verb that answers a table.
pub(crate) fn table(
    session: *const CrmSession,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
    verb: impl FnOnce(&Session) -> Result<crm_core::Frame>,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.hand(Arc::new(verb(&*take(session)?)?.into()));
        Ok(())
    })
}

/// A verb that answers nothing.
pub(crate) fn nothing(
    session: *const CrmSession,
    err: *mut *mut CrmError,
    verb: impl FnOnce(&Session) -> Result<()>,
) -> CrmStatus {
    guard(err, || verb(&*take(session)?))
}

/// The only record of an answer.
pub(crate) fn only(rows: Vec<Row>) -> Result<Row> {
    rows.into_iter().next().ok_or_else(|| Error::bug("a verb on one record answered none"))
}

/// A filter's text, if there is any.
pub(crate) fn filter(given: CrmStr) -> Result<Option<Filter>> {
    optional_text(given, "filter")?.map(Filter::parse).transpose()
}

fn find_options(given: *const CrmFindOptions) -> Result<(Find, CrmFindOptions)> {
    let options = read(given)?;
    let limit = match options.limit {
        -1 => None,
        limit => Some(size(limit, "limit")?),
    };
    let find = Find {
        filter: filter(options.filter)?,
        order: optional_text(options.order, "order")?.map(str::to_owned),
        limit,
        offset: size(options.offset, "offset")?,
        as_of: moment(options.as_of_micros)?.map(|at| as_of(at, options.axis)).transpose()?,
    };
    Ok((find, options))
}

/// The moment that a pointer gives; null is none.
pub(crate) fn moment(micros: *const i64) -> Result<Option<i64>> {
    Ok(array(micros, usize::from(!micros.is_null()), "as_of_micros")?.first().copied())
}

/// An instant of the past, in microseconds since 1970, on an axis.
pub(crate) fn as_of(micros: i64, axis: CrmStr) -> Result<AsOf> {
    AsOf::on(Timestamp::from_micros(micros)?, optional_text(axis, "axis")?)
}

/// A number of records.
pub(crate) fn size(number: i64, name: &str) -> Result<usize> {
    usize::try_from(number)
        .map_err(|_| Error::invalid(name, format!("{name}: {number} is no number of records")))
}

/// Names with commas between them; none at all is `None`.
pub(crate) fn names<'a>(given: CrmStr, name: &str) -> Result<Option<Vec<&'a str>>> {
    let names = optional_text(given, name)?;
    Ok(names.map(|names| names.split(',').map(str::trim).collect()))
}

pub(crate) fn create(
    kind: RecordKind,
    session: *const CrmSession,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| only(session.desk(kind).create(vec![given(fields)?])?))
}

pub(crate) fn create_many(
    kind: RecordKind,
    session: *const CrmSession,
    fields: *const *const CrmFields,
    count: usize,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        let drafts = array(fields, count, "fields")?.iter().map(|fields| given(*fields));
        session.desk(kind).create(drafts.collect::<Result<_>>()?)
    })
}

pub(crate) fn get(
    kind: RecordKind,
    session: *const CrmSession,
    id: i64,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| session.desk(kind).get(id))
}

pub(crate) fn get_external(
    kind: RecordKind,
    session: *const CrmSession,
    system: CrmStr,
    external_id: CrmStr,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| {
        let (system, id) = (text(system, "system")?, text(external_id, "external_id")?);
        session.desk(kind).get_external(system, id)
    })
}

pub(crate) fn find(
    kind: RecordKind,
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| session.desk(kind).find(&find_options(find)?.0))
}

pub(crate) fn count(
    kind: RecordKind,
    session: *const CrmSession,
    matching: CrmStr,
    out: *mut i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    guard(err, || {
        let out = Out::at(out, "out")?;
        out.give(take(session)?.desk(kind).count(filter(matching)?.as_ref())?);
        Ok(())
    })
}

pub(crate) fn frame(
    kind: RecordKind,
    session: *const CrmSession,
    find: *const CrmFindOptions,
    out: *mut *mut CrmFrame,
    err: *mut *mut CrmError,
) -> CrmStatus {
    table(session, out, err, |session| {
        let (find, options) = find_options(find)?;
        session.desk(kind).frame(&find, names(options.columns, "columns")?.as_deref())
    })
}

pub(crate) fn update(
    kind: RecordKind,
    session: *const CrmSession,
    id: i64,
    fields: *const CrmFields,
    out: *mut *mut CrmRecord,
    err: *mut *mut CrmError,
) -> CrmStatus {
    one(session, out, err, |session| only(session.desk(kind).update(&[id], given(fields)?)?))
}

pub(crate) fn update_many(
    kind: RecordKind,
    session: *const CrmSession,
    numbers: *const i64,
    count: usize,
    fields: *const CrmFields,
    out: *mut *mut CrmList,
    err: *mut *mut CrmError,
) -> CrmStatus {
    many(session, out, err, |session| {
        session.desk(kind).update(ids(numbers, count)?, given(fields)?)
    })
}

pub(crate) fn delete(
    kind: RecordKind,
    session: *const CrmSession,
    id: i64,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| session.desk(kind).delete(&[id]))
}

pub(crate) fn delete_many(
    kind: RecordKind,
    session: *const CrmSession,
    numbers: *const i64,
    count: usize,
    err: *mut *mut CrmError,
) -> CrmStatus {
    nothing(session, err, |session| session.desk(kind).delete(ids(numbers, count)?))
}
