//! The object behind a `crm_list`: records in order, lent one by one.

use std::sync::{Arc, OnceLock};

use crm_core::{Result, Row};

use crate::edge::abi::{CrmList, CrmRecord};
use crate::edge::handle::{Handle, call_back, lend};
use crate::edge::record::{RecordObject, shared};
use crate::edge::value;

impl Handle for CrmList {
    type Object = ListObject;
    const KIND: usize = 5;
    const NAME: &'static str = "crm_list";
}

/// Records; the handles that were lent go with the list.
#[derive(Debug)]
pub(crate) struct ListObject {
    records: Box<[(Arc<RecordObject>, OnceLock<usize>)]>,
}

impl From<Vec<Row>> for ListObject {
    fn from(rows: Vec<Row>) -> Self {
        Self { records: rows.into_iter().map(|row| (shared(row), OnceLock::new())).collect() }
    }
}

impl ListObject {
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The id of the record at that place.
    pub(crate) fn id(&self, at: usize) -> Option<i64> {
        self.records.get(at).map(|(record, _)| record.row().id())
    }

    /// The record at that place, lent; asked twice, it has the same handle.
    pub(crate) fn at(&self, at: usize) -> Result<*const CrmRecord> {
        let (record, lent) =
            self.records.get(at).ok_or_else(|| value::outside("record", at, self.records.len()))?;
        let handle = *lent.get_or_init(|| lend::<CrmRecord>(Arc::clone(record)).addr());
        Ok(std::ptr::without_provenance(handle))
    }
}

impl Drop for ListObject {
    fn drop(&mut self) {
        for handle in self.records.iter().filter_map(|(_, lent)| lent.get()) {
            call_back(*handle);
        }
    }
}

#[cfg(test)]
mod tests {
    use crm_core::{Record as _, StageId, record::Stage};

    use super::*;
    use crate::edge::handle::{release, take};

    #[test]
    fn lent_records_go_with_their_list() {
        let rows: Vec<Row> =
            (1..=2).map(|id| Stage { id: StageId(id), ..Stage::default() }.row()).collect();
        let list = ListObject::from(rows);
        let second = list.at(1).unwrap();
        assert_eq!(take(second).unwrap().row().id(), 2);
        assert_eq!(list.at(1).unwrap(), second);
        assert_eq!((list.id(0), list.id(2)), (Some(1), None));
        assert_eq!(list.at(2).unwrap_err().message(), "there is no record 2: there are 2, from 0");
        assert_eq!(release(second).unwrap_err().code(), 100);
        drop(list);
        assert_eq!(take(second).unwrap_err().code(), 600);
    }
}
