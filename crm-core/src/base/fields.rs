//! What a caller gives to `create` and `update`: named values, in order. Omitted means default; `Null` means empty.

use std::borrow::Cow;

use crate::base::value::Value;

/// Named values for one record.
///
/// ```
/// use crm_core::{Fields, fields};
/// let fields = fields! { name: "Fleet lease", priority: 2 };
/// assert_eq!(fields.get("priority"), Some(&2.into()));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields {
    values: Vec<(Cow<'static, str>, Value)>,
    /// What another system calls the record: (system, its id). An update puts it in place of what that system called it before.
    pub external_id: Option<(String, String)>,
    /// The version that the caller has seen; `update` answers `Conflict` if the record has another.
    pub expected_version: Option<i64>,
}

impl Fields {
    /// No values.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: Vec::new(), external_id: None, expected_version: None }
    }

    /// Adds or replaces a value.
    pub fn set(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> &mut Self {
        let (name, value) = (name.into(), value.into());
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.values.push((name, value)),
        }
        self
    }

    /// Adds or replaces all values of another one.
    pub(crate) fn set_all(&mut self, later: Self) {
        for (name, value) in later.values {
            self.set(name, value);
        }
    }

    /// The value of that name; `None` when it was omitted.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Takes the value of that name out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.values.iter().position(|(known, _)| known == name)?;
        Some(self.values.remove(at).1)
    }

    /// Whether a value of that name was given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// How many values were given.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether none was given.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<N: Into<Cow<'static, str>>, V: Into<Value>> FromIterator<(N, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut fields = Self::new();
        for (name, value) in pairs {
            fields.set(name, value);
        }
        fields
    }
}

/// Named values for one record: `fields! { name: "Fleet lease", team_id: team.id }`.
#[macro_export]
macro_rules! fields {
    ($($name:ident : $value:expr),* $(,)?) => {{
        #[allow(unused_mut, clippy::allow_attributes, reason = "an empty list sets nothing")]
        let mut fields = $crate::Fields::new();
        $(fields.set(stringify!($name), $value);)*
        fields
    }};
}
