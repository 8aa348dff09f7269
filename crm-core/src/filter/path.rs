//! Dotted references: `stage_id.is_won`, ``partner_id.properties.`Lead Origin` ``.
//!
//! Deliberately absent: whether the names exist; only a table knows.

use std::fmt;

/// A field, perhaps of a linked record, perhaps a declared property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Links, then the field; never empty.
    pub(super) fields: Vec<String>,
    /// The declared name after `properties.`.
    pub(super) property: Option<String>,
}

impl Path {
    /// From segments; what follows `properties` is a declared name. Nothing when the segments make no sense.
    pub(super) fn from_segments(mut segments: Vec<String>) -> Option<Self> {
        let at = segments.iter().position(|segment| segment == "properties");
        let property = match at {
            Some(at) if at + 2 == segments.len() => segments.pop(),
            Some(at) if at + 1 < segments.len() => return None,
            _ => None,
        };
        (!segments.is_empty()).then_some(Self { fields: segments, property })
    }

    /// From a text; a text that cannot be read is taken as one name, which no table has.
    pub(super) fn of(text: &str) -> Self {
        Self::read(text).unwrap_or_else(|| Self { fields: vec![text.to_owned()], property: None })
    }

    /// From the whole of a text.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (segments, end) = scan(text)?;
        if end == text.len() { Self::from_segments(segments) } else { None }
    }

    /// The field of the record itself.
    pub(super) fn root(&self) -> &str {
        &self.fields[0]
    }

    /// How many links it follows.
    pub(super) fn hops(&self) -> usize {
        self.fields.len() - 1
    }
}

/// Segments from the beginning of a text, and where they end. Nothing when a segment is missing or a backtick is open.
pub(super) fn scan(text: &str) -> Option<(Vec<String>, usize)> {
    let bytes = text.as_bytes();
    let (mut segments, mut at) = (Vec::new(), 0);
    loop {
        let start = at;
        if bytes.get(at) == Some(&b'`') {
            let mut name = String::new();
            at += 1;
            loop {
                let end = at + text[at..].find('`')?;
                name.push_str(&text[at..end]);
                at = end + 1;
                if bytes.get(at) != Some(&b'`') {
                    break;
                }
                name.push('`');
                at += 1;
            }
            segments.push(name);
        } else {
            while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                at += 1;
            }
            if at == start {
                return None;
            }
            segments.push(text[start..at].to_owned());
        }
        if bytes.get(at) != Some(&b'.') {
            return Some((segments, at));
        }
        at += 1;
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a name at the beginning of a condition would be read as something else.
fn begins_otherwise(name: &str) -> bool {
    name.as_bytes()[0].is_ascii_digit() || matches!(name, "not" | "true" | "false")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.fields.iter().chain(&self.property).enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            if is_plain(name) && (at > 0 || !begins_otherwise(name)) {
                f.write_str(name)?;
            } else {
                write!(f, "`{}`", name.replace('`', "``"))?;
            }
        }
        Ok(())
    }
}
