//! The tree behind a filter, and its text.
//!
//! Deliberately absent: names and types of fields; a tree means nothing until it meets a table.

use std::fmt;

use rust_decimal::Decimal;

use super::path::Path;
use crate::base::error::{Error, Result};
use crate::base::limit;

/// The tree. `All` and `Any` never hold one child or a child of their own sort; `Not` never holds a `Not`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
}

/// A field, what is asked of it, and against which values: none for `is null`, one for comparisons, any number for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) path: Path,
    pub(super) op: Op,
    pub(super) items: Vec<Item>,
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Bool(bool),
    Number(Decimal),
    Text(String),
    Param(Param),
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { $($variant),* }

        impl $name {
            pub(super) const WORDS: &'static [&'static str] = &[$($word),*];

            pub(super) const fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }

            pub(super) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

words! {
    /// What is asked of a field.
    Op {
        Eq = "=", Ne = "!=", Lt = "<", Le = "<=", Gt = ">", Ge = ">=", In = "in", NotIn = "not in", Like = "like",
        NotLike = "not like", Ilike = "ilike", NotIlike = "not ilike", IsNull = "is null", IsNotNull = "is not null",
        Any = "any", All = "all", None = "none",
    }
    /// What is filled in when the filter is used.
    Param { Me = "me", Today = "today", Now = "now", MyTeams = "my_teams" }
}

/// How many values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arity {
    Nothing,
    One,
    Many,
}

impl Op {
    pub(super) const fn arity(self) -> Arity {
        match self {
            Self::IsNull | Self::IsNotNull => Arity::Nothing,
            Self::In | Self::NotIn | Self::Any | Self::All | Self::None => Arity::Many,
            _ => Arity::One,
        }
    }
}

impl Node {
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            if let Self::All(inner) = part { flat.extend(inner) } else { flat.push(part) }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    pub(super) fn any(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            if let Self::Any(inner) = part { flat.extend(inner) } else { flat.push(part) }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    pub(super) fn not(part: Self) -> Self {
        if let Self::Not(inner) = part { *inner } else { Self::Not(Box::new(part)) }
    }

    /// Whether whatever meets it surely has one of these words in a field of the record itself.
    pub(super) fn confines(&self, field: &str, words: &[&str]) -> bool {
        let known =
            |item: &Item| matches!(item, Item::Text(text) if words.contains(&text.as_str()));
        match self {
            Self::All(parts) => parts.iter().any(|part| part.confines(field, words)),
            Self::Any(parts) => {
                !parts.is_empty() && parts.iter().all(|part| part.confines(field, words))
            }
            Self::Not(_) => false,
            Self::Leaf(leaf) => {
                let own = leaf.path.hops() == 0 && leaf.path.root() == field;
                own && matches!(leaf.op, Op::Eq | Op::In) && leaf.items.iter().all(known)
            }
        }
    }

    pub(super) fn each_leaf<'a>(&'a self, seen: &mut dyn FnMut(&'a Leaf)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_leaf(seen);
                }
            }
            Self::Not(part) => part.each_leaf(seen),
            Self::Leaf(leaf) => seen(leaf),
        }
    }

    pub(super) fn each_path(&mut self, seen: &mut dyn FnMut(&mut Path)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_path(seen);
                }
            }
            Self::Not(part) => part.each_path(seen),
            Self::Leaf(leaf) => seen(&mut leaf.path),
        }
    }

    /// How deep it is nested. A leaf counts two, for its JSON form nests a list and a parameter.
    fn depth(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(part) => 1 + part.depth(),
            Self::Leaf(_) => 2,
        }
    }

    /// What the limits say of a tree that was read.
    pub(super) fn check_size(&self) -> Result<()> {
        let beyond = |what: &str, most: usize| {
            Err(Error::limit("filter", format!("the filter has more than {most} {what}")))
        };
        let (mut leaves, mut list, mut hops) = (0, 0, 0);
        self.each_leaf(&mut |leaf| {
            leaves += 1;
            list = list.max(leaf.items.len());
            hops = hops.max(leaf.path.hops());
        });
        if self.depth() > limit::FILTER_DEPTH {
            return beyond("levels of nesting", limit::FILTER_DEPTH);
        }
        if leaves > limit::FILTER_LEAVES {
            return beyond("conditions", limit::FILTER_LEAVES);
        }
        if list > limit::FILTER_LIST {
            return beyond("values in one list", limit::FILTER_LIST);
        }
        if hops > limit::FILTER_HOPS {
            return beyond("links in one reference", limit::FILTER_HOPS);
        }
        Ok(())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (at, part) in parts.iter().enumerate() {
                let before = if at == 0 { "" } else { word };
                match part {
                    Self::Any(inner) if !inner.is_empty() => write!(f, "{before}({part})")?,
                    _ => write!(f, "{before}{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::All(parts) if parts.is_empty() => f.write_str("true"),
            Self::Any(parts) if parts.is_empty() => f.write_str("false"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(part) => match &**part {
                Self::All(inner) | Self::Any(inner) if !inner.is_empty() => {
                    write!(f, "not ({part})")
                }
                _ => write!(f, "not {part}"),
            },
            Self::Leaf(leaf) => leaf.fmt(f),
        }
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.op.word())?;
        match self.op.arity() {
            Arity::Nothing => Ok(()),
            Arity::One => self.items.iter().try_for_each(|item| write!(f, " {item}")),
            Arity::Many => {
                f.write_str(" (")?;
                for (at, item) in self.items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(truth) => truth.fmt(f),
            Self::Number(number) => number.normalize().fmt(f),
            Self::Param(param) => write!(f, ":{}", param.word()),
            Self::Text(text) => {
                f.write_str("\"")?;
                for letter in text.chars() {
                    match letter {
                        '"' | '\\' => write!(f, "\\{letter}")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        _ => write!(f, "{letter}")?,
                    }
                }
                f.write_str("\"")
            }
        }
    }
}
