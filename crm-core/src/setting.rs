//! Settings: a closed list of keys, each with its type and default.

use crate::access;
use crate::base::frame::json;
use crate::base::{Error, Id as _, Result, UserId, Value};
use crate::event::Event;
use crate::storage::{Link, Tx};

macro_rules! settings {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $default:expr;)*) => {
        /// What can be set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key { $($(#[$doc])* $variant),* }

        const KEYS: &[(&str, Key)] = &[$(($name, Key::$variant)),*];

        impl Key {
            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
            fn default(self) -> Value {
                match self { $(Self::$variant => $default),* }
            }
            /// The words of a choice.
            const fn words(self) -> Option<&'static [&'static str]> {
                match self {
                    Self::DuplicatePolicy => Some(&["warn", "block", "link"]),
                    Self::BlindAssignment => Some(&["refuse", "grant"]),
                    _ => None,
                }
            }
            /// Shown to hosts; the others belong to a desk of their own.
            fn is_shown(self) -> bool {
                !self.name().starts_with("score_")
            }
        }
    };
}

settings! {
    /// Whether new records are unqualified leads first.
    UseLeads = "use_leads", Value::Bool(false);
    /// What happens to a new lead that has the address of another, or of a customer: `warn` (nothing), `block` or `link`.
    DuplicatePolicy = "duplicate_policy", Value::Text("warn".to_owned());
    /// Whether the customer of a deal that is won is one from that day on, in its roles.
    WonMakesCustomer = "won_makes_customer", Value::Bool(false);
    /// Whether a user may be a member of several teams at once; else joining one ends the membership of another.
    MultiMembership = "multi_membership", Value::Bool(false);
    /// What happens when a lead is given to a user from outside, or one whom a rule does not show it: `refuse`, or `grant`, by which
    /// everybody sees the leads and partners that are theirs.
    BlindAssignment = "blind_assignment", Value::Text("refuse".to_owned());
    /// The evidence fields of the score, as a JSON list.
    ScoreFields = "score_fields", Value::Null;
    /// Leads created before this day teach the score nothing.
    ScoreStart = "score_start_date", Value::Null;
    /// The earliest day on which a lead was created by a session's clock, if that is before the file was.
    ScoreFirst = "score_first_day", Value::Null;
    /// The scoring model.
    ScoreModel = "score_model", Value::Text("weighted".to_owned());
}

/// A setting's value, or its default.
pub(crate) fn read(tx: &Tx<'_>, key: Key) -> Result<Value> {
    let text =
        tx.optional("SELECT value FROM setting WHERE key = ?1", &[key.name().into()], |line| {
            Ok(line.text(0)?.to_owned())
        })?;
    let Some(text) = text else { return Ok(key.default()) };
    Ok(match serde_json::from_str(&text) {
        Ok(serde_json::Value::Bool(truth)) => Value::Bool(truth),
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        _ => Value::Null,
    })
}

/// Stores a setting.
pub(crate) fn write(tx: &Tx<'_>, key: Key, value: &Value) -> Result<()> {
    let json = json(value).to_string();
    let sql = "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[key.name().into(), json.into()])?;
    tx.forget_all()
}

/// The desk of settings.
///
/// ```
/// use crm_core::{Crm, Value};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// s.settings().set("use_leads", true)?;
/// assert_eq!(s.settings().get("use_leads")?, Value::Bool(true));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Settings<'s> {
    link: &'s Link,
}

impl<'s> Settings<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// A setting's value.
    ///
    /// # Errors
    /// `Invalid` when there is no such setting.
    pub fn get(&self, name: &str) -> Result<Value> {
        let key = key(name)?;
        self.link.read(|tx| {
            access::allow_inside("read settings", &tx.actor)?;
            read(tx, key)
        })
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// `Invalid` for an unknown setting or a value of another type; `Denied` below admin.
    pub fn set(&self, name: &str, value: impl Into<Value>) -> Result<()> {
        let (key, value) = (key(name)?, value.into());
        let same = std::mem::discriminant(&key.default()) == std::mem::discriminant(&value);
        crate::require!(
            same,
            name,
            "{name}: {} does not fit; the default is {:?}",
            value.type_name(),
            key.default()
        );
        if let Some(words) = key.words() {
            let fits = value.as_text().is_some_and(|value| words.contains(&value));
            crate::require!(fits, name, "{name}: {value:?} is none of {}", words.join(", "));
        }
        self.link.write_alone(|tx| {
            access::allow_setup("change settings", &tx.actor)?;
            let was = read(tx, key)?;
            if was == value {
                return Ok(());
            }
            if key == Key::MultiMembership && value == Value::Bool(false) {
                in_one_team(tx)?;
            }
            write(tx, key, &value)?;
            let one = |value: &Value| serde_json::json!({ name: json(value) });
            let data = serde_json::json!({ "set": one(&value), "was": one(&was) }).to_string();
            tx.announce(Event::SetUp { event: "setting.changed", data });
            Ok(())
        })
    }

    /// Every setting with its value.
    ///
    /// # Errors
    /// `Storage` when the database fails.
    pub fn all(&self) -> Result<Vec<(&'static str, Value)>> {
        let shown = KEYS.iter().filter(|(_, key)| key.is_shown());
        self.link.read(|tx| {
            access::allow_inside("read settings", &tx.actor)?;
            shown.map(|(name, key)| Ok((*name, read(tx, *key)?))).collect()
        })
    }
}

/// Users that a refusal names.
const NAMED: usize = 20;

/// Refuses to let users be in one team at a time while some are in several.
fn in_one_team(tx: &Tx<'_>) -> Result<()> {
    let sql = "SELECT user_id FROM team_member WHERE active GROUP BY user_id HAVING count(*) > 1 ORDER BY user_id";
    let users = tx.rows(sql, &[], |line| Ok(UserId(line.int(0)?).subject()))?;
    let Some(first) = users.first() else { return Ok(()) };
    let named: Vec<String> = users.iter().take(NAMED).map(ToString::to_string).collect();
    let more = users.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told = format!(
        "multi_membership: these are members of several teams: {}{more}; remove them from all but one first",
        named.join(", ")
    );
    Err(Error::conflict(told).with_field("multi_membership").with_subject(*first))
}

fn key(name: &str) -> Result<Key> {
    let shown = || KEYS.iter().filter(|(_, key)| key.is_shown());
    let found = shown().find(|(known, _)| *known == name).map(|(_, key)| *key);
    found.ok_or_else(|| {
        let near = crate::base::text::nearest(name, shown().map(|(known, _)| *known));
        let hint = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        Error::invalid(name, format!("there is no setting {name:?}{hint}"))
    })
}
