//! Counts of won and lost, the numbering of values, and the order of stages.

use crate::base::StageId;

/// A map that is looked into for every value of every lead: a batch spends a fifth of its time on hashing otherwise.
pub(super) type Map<K, V> = std::collections::HashMap<K, V, ahash::RandomState>;

/// What a model knows of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StageRank {
    /// Which.
    pub id: StageId,
    /// Its place in the pipeline.
    pub sequence: i64,
    /// Whether every team uses it.
    pub for_all: bool,
}

/// The stages in the pipeline's order, each with its number among the values of the stage.
pub(super) fn by_sequence(mut stages: Vec<StageRank>, words: &mut Words) -> Vec<(StageRank, u32)> {
    stages.sort_by_key(|stage| (stage.sequence, stage.id));
    stages.into_iter().map(|stage| (stage, words.learn(&stage.id.to_string()))).collect()
}

/// How many were won, how many lost: leads, or tenths of leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Tally {
    /// Won.
    pub won: i64,
    /// Lost.
    pub lost: i64,
}

impl Tally {
    pub(super) const ZERO: Self = Self { won: 0, lost: 0 };

    /// One lead, won or lost, added or taken away.
    pub(crate) const fn one(won: bool, step: i64) -> Self {
        if won { Self { won: step, lost: 0 } } else { Self { won: 0, lost: step } }
    }

    pub(super) const fn is_zero(self) -> bool {
        self.won == 0 && self.lost == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.won += other.won;
        self.lost += other.lost;
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self { won: self.won - other.won, lost: self.lost - other.lost }
    }

    /// As read: in tenths, with a tenth on either side if anything was counted.
    pub(super) const fn tenths(self) -> Self {
        if self.is_zero() {
            Self::ZERO
        } else {
            Self { won: self.won * 10 + 1, lost: self.lost * 10 + 1 }
        }
    }
}

/// The values of one variable, numbered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    codes: Map<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Words {
    /// The value's number, if the model has met it.
    pub(crate) fn code(&self, text: &str) -> Option<u32> {
        self.codes.get(text).copied()
    }

    /// The value's number, given now if it is new.
    pub(crate) fn learn(&mut self, text: &str) -> u32 {
        if let Some(code) = self.code(text) {
            return code;
        }
        let code = u32::try_from(self.texts.len()).expect("memory holds fewer than 2³² values");
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        code
    }

    pub(crate) fn text(&self, code: u32) -> &str {
        &self.texts[code as usize]
    }

    pub(super) fn codes(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.texts.len()).expect("memory holds fewer than 2³² values")
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}
