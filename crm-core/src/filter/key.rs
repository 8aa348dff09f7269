//! What a reader may ask of a resolved filter: which fields decide it, and whether kept counts can answer it.
//!
//! Deliberately absent: which columns are kept; the reader names them.

use std::collections::BTreeSet;

use crate::base::field::{Field, Place, Table};
use crate::base::value::Cell;

use super::cond::{Compare, Cond, Test};
use super::resolve::Resolved;

/// What a column may hold for a conjunction to be met. Every test but `IsNull` and `or_null` keeps empty columns out.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyTest {
    /// One of these numbers, or empty if `or_null`.
    In {
        /// Ids, codes of choices, days, 0 and 1 for truths.
        values: Vec<i64>,
        /// Whether an empty column meets it too.
        or_null: bool,
    },
    /// One of these words.
    Words(Vec<String>),
    /// Anything but these numbers.
    NotIn(Vec<i64>),
    /// Within these bounds, both included.
    Range(Option<i64>, Option<i64>),
    /// Empty.
    IsNull,
    /// Not empty.
    NotNull,
}

impl Resolved {
    /// What it was resolved against.
    #[must_use]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// Whether every record meets it.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.test == Test::ALWAYS
    }

    /// Whether no record meets it.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.test == Test::NEVER
    }

    /// Both; they stem from the same table.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        debug_assert!(self.table == other.table, "filters of one table are joined");
        Self { table: self.table, test: Test::all(vec![self.test, other.test]) }
    }

    /// The fields of the record itself that decide it, in order of their numbers.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static Field> {
        let mut names = BTreeSet::new();
        self.test.root_fields(&mut names);
        self.table.fields.iter().filter(|field| names.contains(field.name)).collect()
    }

    /// Whether nothing but these fields of the record itself decides it; links may lead on from them.
    #[must_use]
    pub fn only_uses(&self, fields: &[&str]) -> bool {
        self.fields().iter().all(|field| fields.contains(&field.name))
    }

    /// The numbers to which it holds a column, none for emptiness; nothing where it leaves the column free or says it otherwise.
    #[must_use]
    pub fn held_to(&self, column: &str) -> Option<Vec<Option<i64>>> {
        let held = |test| match key_test(test, &[column])?.1 {
            KeyTest::In { values, or_null } => {
                Some(values.into_iter().map(Some).chain(or_null.then_some(None)).collect())
            }
            _ => None,
        };
        self.conjuncts().iter().find_map(held)
    }

    /// The filter as one test per conjunct on `columns` (by their position there), if it is just that.
    #[must_use]
    pub fn as_key_predicate(&self, columns: &[&str]) -> Option<Vec<(usize, KeyTest)>> {
        self.conjuncts().iter().map(|test| key_test(test, columns)).collect()
    }

    fn conjuncts(&self) -> &[Test] {
        match &self.test {
            Test::All(tests) => tests.as_slice(),
            test => std::slice::from_ref(test),
        }
    }
}

impl Test {
    fn root_fields(&self, names: &mut BTreeSet<&'static str>) {
        match self {
            Self::All(tests) | Self::Any(tests) => {
                for test in tests {
                    test.root_fields(names);
                }
            }
            Self::Check { field, cond, .. } => {
                names.insert(field.name);
                if matches!(cond, Cond::Scaled(_)) {
                    names.insert("currency");
                }
            }
            Self::Via { field, .. } | Self::Linked { field, .. } => {
                names.insert(field.name);
            }
        }
    }
}

fn key_test(test: &Test, columns: &[&str]) -> Option<(usize, KeyTest)> {
    // `user_id = 7 or user_id is null` is how sight is written.
    if let Test::Any(tests) = test {
        let [one, other] = tests.as_slice() else { return None };
        let (one, other) = (key_test(one, columns)?, key_test(other, columns)?);
        return match (one, other) {
            ((at, KeyTest::In { values, .. }), (with, KeyTest::IsNull))
            | ((with, KeyTest::IsNull), (at, KeyTest::In { values, .. }))
                if at == with =>
            {
                Some((at, KeyTest::In { values, or_null: true }))
            }
            _ => None,
        };
    }
    let Test::Check { field, property: None, cond } = test else { return None };
    if field.place != Place::Column {
        return None;
    }
    let at = columns.iter().position(|column| *column == field.name)?;
    let numbers = |cells: &[Cell<'_>]| {
        let number =
            |cell: &Cell<'_>| if let Cell::Int(number) = cell { Some(*number) } else { None };
        cells.iter().map(number).collect::<Option<Vec<i64>>>()
    };
    let words = |cells: &[Cell<'_>]| {
        let word = |cell: &Cell<'_>| {
            if let Cell::Text(text) = cell { Some(text.to_string()) } else { None }
        };
        cells.iter().map(word).collect::<Option<Vec<String>>>()
    };
    let within = |values: Vec<i64>| KeyTest::In { values, or_null: false };
    let listed = |cells: &[Cell<'_>]| {
        numbers(cells).map(within).or_else(|| words(cells).map(KeyTest::Words))
    };
    let test = match cond {
        Cond::Null => KeyTest::IsNull,
        Cond::NotNull => KeyTest::NotNull,
        Cond::Is(truth) => within(vec![i64::from(*truth)]),
        Cond::In(cells) => listed(cells)?,
        Cond::NotIn(cells) => KeyTest::NotIn(numbers(cells)?),
        Cond::Compare(Compare::Eq, cell) => listed(std::slice::from_ref(cell))?,
        Cond::Compare(compare, Cell::Int(number)) => match compare {
            Compare::Ne => KeyTest::NotIn(vec![*number]),
            Compare::Lt => KeyTest::Range(None, Some(number.checked_sub(1)?)),
            Compare::Le => KeyTest::Range(None, Some(*number)),
            Compare::Gt => KeyTest::Range(Some(number.checked_add(1)?), None),
            _ => KeyTest::Range(Some(*number), None),
        },
        _ => return None,
    };
    Some((at, test))
}
