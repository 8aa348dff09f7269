//! The two macros that write types out of lists: `choice!` for closed sets of words, `record!` for records.

/// A closed set of words with a number each: `choice! { /// doc  LeadKind { Lead = "lead", … } }`. The first is the default.
macro_rules! choice {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// The words, in order of their stored numbers.
            pub const WORDS: &'static [&'static str] = &[$($text),*];
            /// Every value, in order of their stored numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word, as every door spells it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }

            /// The stored number.
            #[must_use]
            pub const fn code(self) -> i64 {
                self as i64
            }

            /// The value of that word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::WORDS.iter().position(|known| *known == word).map(|at| Self::ALL[at])
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }

        impl $crate::base::field::FieldValue for $name {
            const KIND: $crate::base::field::FieldKind = $crate::base::field::FieldKind::Choice(Self::WORDS);
            fn to_value(&self, _: $crate::base::money::Currency) -> $crate::base::value::Value {
                $crate::base::value::Value::Text(self.word().to_owned())
            }
            fn from_value(
                value: &$crate::base::value::Value,
                field: &$crate::base::field::Field,
                _: $crate::base::money::Currency,
            ) -> $crate::base::error::Result<Self> {
                let found = value.as_text().and_then(Self::from_word);
                found.ok_or_else(|| {
                    let words = Self::WORDS.join(", ");
                    match value.as_text() {
                        Some(text) => field.refuse(format_args!("{text:?} is none of {words}")),
                        None => field.refuse(format_args!("{} is none of {words}", value.type_name())),
                    }
                })
            }
            fn cell(&self) -> $crate::base::value::Cell<'_> {
                $crate::base::value::Cell::Int(self.code())
            }
            fn from_cell(cell: $crate::base::value::Cell<'_>) -> Option<Self> {
                let $crate::base::value::Cell::Int(code) = cell else { return None };
                usize::try_from(code).ok().and_then(|at| Self::ALL.get(at).copied())
            }
        }
    )*};
}
pub(crate) use choice;

/// Writes a record: `record! { /// doc  Stage in "stage" as StageId { /// doc  name: String => required; … } }`.
///
/// Every record begins with `id`, `version`, `create_date`, `write_date`, `create_uid`, `write_uid`. What stands behind `=>` are
/// methods of [`Field`]. A record's file adds `impl Nature` for its currency and its computed fields.
macro_rules! record {
    (
        $(#[doc = $doc:expr])*
        $name:ident in $table:literal as $Id:ident {
            $($(#[doc = $fdoc:expr])* $f:ident : $t:ty $(=> $($flag:ident $(($($arg:expr),*))?),+)?;)*
        }
    ) => {
        $crate::base::field::record!(@struct
            $(#[doc = $doc])*
            $name in $table as $Id {
                #[doc = " Row number, given by the library."]
                id: $Id => system, uncopied;
                #[doc = " From 1; every change adds 1. Give it to `update` to be told when someone was faster."]
                version: i64 => system, uncopied;
                #[doc = " When it was created."]
                create_date: $crate::base::Timestamp => system, uncopied;
                #[doc = " When it last changed."]
                write_date: $crate::base::Timestamp => system, uncopied;
                #[doc = " Who created it; nobody for the administrator session."]
                create_uid: Option<$crate::base::UserId> => system, uncopied;
                #[doc = " Who last changed it."]
                write_uid: Option<$crate::base::UserId> => system, uncopied;
                $($(#[doc = $fdoc])* $f: $t $(=> $($flag $(($($arg),*))?),+)?;)*
            }
        );
    };
    (@struct
        $(#[doc = $doc:expr])*
        $name:ident in $table:literal as $Id:ident {
            $($(#[doc = $fdoc:expr])* $f:ident : $t:ty $(=> $($flag:ident $(($($arg:expr),*))?),+)?;)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name { $($(#[doc = $fdoc])* pub $f: $t,)* }

        impl $crate::base::field::Record for $name {
            type Id = $Id;
            const TABLE: &'static $crate::base::field::Table = &$crate::base::field::Table {
                kind: <$Id as $crate::base::id::Id>::KIND,
                name: $table,
                fields: &[$(
                    $crate::base::field::Field::new(
                        stringify!($f),
                        <$t as $crate::base::field::FieldValue>::KIND,
                        <$t as $crate::base::field::FieldValue>::NULLABLE,
                        concat!($($fdoc),*),
                    )$($(.$flag($($($arg),*)?))+)?,
                )*],
                doc: concat!($($doc),*),
            };
            const ACCESS: &'static [$crate::base::field::Access<Self>] = &[$(
                $crate::base::field::Access {
                    to_value: |record| $crate::base::field::FieldValue::to_value(
                        &record.$f, $crate::base::field::Nature::currency(record)),
                    set: |record, value, field, currency| {
                        record.$f = $crate::base::field::FieldValue::from_value(value, field, currency)?;
                        Ok(())
                    },
                    cell: |record| $crate::base::field::FieldValue::cell(&record.$f),
                    read: |record, cell| match $crate::base::field::FieldValue::from_cell(cell) {
                        Some(value) => { record.$f = value; true }
                        None => false,
                    },
                },
            )*];

            fn id(&self) -> $Id {
                self.id
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn stamp(&mut self, stamp: $crate::base::field::Stamp<$Id>) {
                self.id = stamp.id;
                self.version = stamp.version;
                if let Some(created) = stamp.created {
                    self.create_date = created;
                    self.create_uid = stamp.user.map($crate::base::UserId);
                }
                // A clock that runs back does not take a record with it.
                self.write_date = self.write_date.max(stamp.now);
                self.write_uid = stamp.user.map($crate::base::UserId);
            }
        }
    };
}
pub(crate) use record;
