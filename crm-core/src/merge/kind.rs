//! What merging asks of a kind of record: who is kept and what it becomes, who hears of it, and how a state of then fits into now.

use std::collections::{BTreeMap, HashMap};

use crate::base::{Record, Result, text};
use crate::merge::image::Image;
use crate::merge::plan::MergedRows;
use crate::merge::store::Kept;
use crate::merge::undo::MergeConflict;
use crate::storage::Tx;

/// Records that become one, in the order in which they count, and what the first becomes.
#[derive(Debug)]
pub(crate) struct Decided<R> {
    pub(crate) records: Vec<R>,
    pub(crate) after: R,
}

impl<R: Record> Decided<R> {
    /// The ids of those that go.
    pub(crate) fn gone(&self) -> Vec<R::Id> {
        self.records[1..].iter().map(Record::id).collect()
    }
}

/// A record before and after a merge or its taking back; removed without after, put back without before.
#[derive(Debug)]
pub(crate) struct Changed<R> {
    pub(crate) before: Option<R>,
    pub(crate) after: Option<R>,
    /// It is again what it was before a merge.
    pub(crate) restored: bool,
}

impl<R> Changed<R> {
    pub(crate) const fn new(before: Option<R>, after: Option<R>) -> Self {
        Self { before, after, restored: false }
    }

    pub(crate) const fn restored(before: Option<R>, after: R) -> Self {
        Self { before, after: Some(after), restored: true }
    }
}

/// A kind of record that can be merged.
pub(crate) trait Mergeable: Record {
    /// What a host gives in place of what the records say.
    type Given;
    /// Fields that are taken back together or not at all.
    const TOGETHER: &'static [&'static [&'static str]];
    /// The text of which the kept record has all that the others say.
    const JOINED: &'static str;

    /// What it is called.
    fn name(&self) -> &str;
    /// Ranks the records of each set and says what the first becomes; refuses what cannot be one, naming the record.
    fn decide(tx: &Tx<'_>, sets: Vec<Vec<Self>>, given: &Self::Given)
    -> Result<Vec<Decided<Self>>>;
    /// Announces what became of records.
    fn announce(tx: &mut Tx<'_>, changes: Vec<Changed<Self>>);
    /// What follows from other fields, worked out anew.
    fn follow(tx: &Tx<'_>, now: &Self, after: &mut Self) -> Result<()>;

    /// The number of the last state in the history of each of these; nothing of a kind without.
    fn last_state(_tx: &Tx<'_>, _ids: &[i64]) -> Result<HashMap<i64, i64>> {
        Ok(HashMap::new())
    }
    /// Forgets the states after that one.
    fn forget_states(_tx: &Tx<'_>, _id: i64, _after: i64) -> Result<()> {
        Ok(())
    }
    /// Rows of these that are kept whole, since a merge makes one of several: by record, then by table and id. None of a kind without.
    fn rows(_tx: &Tx<'_>, _ids: &[i64]) -> Result<BTreeMap<i64, Image>> {
        Ok(BTreeMap::new())
    }
    /// Tables of which rows are kept so.
    const ROWS: &'static [&'static str] = &[];
    /// Makes one of rows of the kept ones that say the same, now that all hang on them; nothing of a kind without.
    fn unite(_tx: &Tx<'_>, _heads: &[i64]) -> Result<()> {
        Ok(())
    }
    /// Rows that will become one with another: by table, whose they are and how many. Told before anything is written.
    fn united(_tx: &Tx<'_>, _decided: &[Decided<Self>]) -> Result<Vec<Vec<MergedRows<Self::Id>>>> {
        Ok(Vec::new())
    }
    /// Gives each record of a merge such rows again; the last but one are those that the kept one has now.
    fn part(
        _tx: &Tx<'_>,
        _kept: &Kept,
        _gone: &[Kept],
        _now: &Image,
        _conflicts: &mut Vec<MergeConflict>,
    ) -> Result<()> {
        Ok(())
    }
    /// Fields that must stay as they are now, since a record put together of then and now cannot stand.
    fn unfit(_tx: &Tx<'_>, _now: &Self, _after: &Self) -> Result<&'static [&'static str]> {
        Ok(&[])
    }
    /// Lets a state of then refer to what there still is, before it is stored, and lists what it refers to no more.
    fn fit(&mut self, _tx: &Tx<'_>, _conflicts: &mut Vec<MergeConflict>) -> Result<()> {
        Ok(())
    }
    /// The same for what is stored already, as a change that is told.
    fn mend(_tx: &mut Tx<'_>, _ids: &[i64], _conflicts: &mut Vec<MergeConflict>) -> Result<()> {
        Ok(())
    }
}

/// Lets fields have the first value that is not empty, in the order of the records.
macro_rules! first {
    ($after:ident, $records:ident: $($field:ident),* $(,)?) => {
        $($after.$field = $records.iter().find_map(|record| record.$field.clone());)*
    };
}

/// The whole address of the record that has most of one; streets of one in the town of another are nowhere.
macro_rules! fullest_address {
    ($after:ident, $records:ident) => {
        $crate::merge::kind::fullest_address!($after, $records: street, street2, city, zip, state_code, country_code)
    };
    ($after:ident, $records:ident: $($part:ident),*) => {
        // Of several with as many the last is the greatest, so the order is turned round.
        let fullest = $records.iter().rev().max_by_key(|record| {
            [$(&record.$part),*].into_iter().filter(|part| part.is_some()).count()
        });
        if let Some(fullest) = fullest {
            $($after.$part.clone_from(&fullest.$part);)*
        }
    };
}

/// Lets the numbers that a record takes over, or keeps in another country, go on being what they are: one that was read at home is
/// written out with its country where it would be another there, or none.
macro_rules! same_numbers {
    ($after:ident, $records:ident, $home:expr) => {
        let country = $after.country_code.as_deref().or($home);
        let is_correct = |state: Option<$crate::record::ContactState>| {
            state == Some($crate::record::ContactState::Correct)
        };
        if let Some(from) = $records.iter().find(|record| record.phone.is_some()) {
            let read = from.phone_normalized.as_ref().filter(|_| is_correct(from.phone_state));
            $crate::merge::kind::carry(&mut $after.phone, read, country);
        }
        if let Some(from) = $records.iter().find(|record| record.mobile.is_some()) {
            // Of two that can be read, the comparable form is that of the phone.
            let read = match is_correct(from.phone_state) {
                true => from.mobile.as_deref().and_then(|mobile| {
                    let own = from.country_code.as_deref().or($home);
                    $crate::base::text::phone_normalized(mobile, own)
                }),
                false => from.phone_normalized.clone(),
            };
            $crate::merge::kind::carry(&mut $after.mobile, read.as_ref(), country);
        }
    };
}

/// Writes a number out if it would be read as another one, or none.
pub(crate) fn carry(text: &mut Option<String>, read: Option<&String>, country: Option<&str>) {
    let reads = |text: &str| text::phone_normalized(text, country);
    if let (Some(own), Some(read)) = (text.as_deref(), read)
        && reads(own).as_ref() != Some(read)
    {
        *text = Some(read.clone());
    }
}

pub(crate) use {first, fullest_address, same_numbers};
