//! Why a user may do something, or may not: the grounds on which sight and roles decide, told one by one.
//!
//! The same lists decide and explain (`access::grounds`, `access::allow`), so an explanation cannot say otherwise than a verb does. What else a
//! verb asks for (a stage of the team, a name) is not told here.

use crate::access::{self, Deed, Ground};
use crate::base::{Error, FieldKind, Frame, Id as _, RecordKind, Result, UserId};
use crate::desk::query;
use crate::filter::Filter;
use crate::record::table;
use crate::storage::{Link, Tx, actor};

/// Whether a user may do something, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Whether all grounds hold.
    pub can: bool,
    /// What was asked for, in the order of asking.
    pub grounds: Vec<WhyGround>,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyGround {
    /// What it is about: `user`, `role`, `company`, `owner`, `address`, `partner`, `subject`, `kind`, `rule`.
    pub about: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// Why, or what would have been enough.
    pub reason: String,
}

impl Why {
    /// As a table, a row per ground: `can` (of all), `about`, `holds`, `reason`.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new([
            ("can", FieldKind::Bool),
            ("about", FieldKind::Text),
            ("holds", FieldKind::Bool),
            ("reason", FieldKind::Text),
        ]);
        for ground in &self.grounds {
            let reason = ground.reason.as_str();
            frame.push([self.can.into(), ground.about.into(), ground.holds.into(), reason.into()]);
        }
        frame
    }
}

/// The desk of rights.
///
/// ```
/// use crm_core::{Crm, RecordKind, fields};
/// # fn main() -> crm_core::Result<()> {
/// let s = Crm::open(":memory:")?.session(None, None)?;
/// let ben = s.users().create(fields! { name: "Ben", role: "own" })?.id;
/// let eve = s.users().create(fields! { name: "Eve", role: "own" })?.id;
/// let deal = s.leads().create(fields! { name: "Fleet lease", user_id: ben })?.id;
/// let why = |user| s.access().why_can(user, "update", RecordKind::Lead, Some(deal.0));
/// assert!(why(ben)?.can && !why(eve)?.can);
/// assert_eq!(why(ben)?.grounds.last().map(|ground| ground.reason.as_str()), Some("it is theirs"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Access<'s> {
    link: &'s Link,
}

impl<'s> Access<'s> {
    pub(crate) const fn new(link: &'s Link) -> Self {
        Self { link }
    }

    /// Whether a user may `read`, `create`, `update` or `delete` a record, and on what grounds. Without an `id`, records of the kind at all.
    ///
    /// # Errors
    /// `Denied` when somebody below admin asks about another; `Invalid` for another operation; `NotFound` for a user that there is not,
    /// or a record that who asks does not see.
    pub fn why_can(
        &self,
        user_id: UserId,
        operation: &str,
        record: RecordKind,
        id: Option<i64>,
    ) -> Result<Why> {
        self.link.read(|tx| why(tx, user_id, operation, record, id))
    }
}

/// What an operation does; reading does nothing.
fn deed(operation: &str) -> Result<Option<Deed>> {
    match operation {
        "read" => Ok(None),
        "create" => Ok(Some(Deed::Create)),
        "update" => Ok(Some(Deed::Update)),
        "delete" => Ok(Some(Deed::Delete)),
        other => {
            let told = format!("operation: {other:?} is none of read, create, update, delete");
            Err(Error::invalid("operation", told))
        }
    }
}

fn why(
    tx: &Tx<'_>,
    user: UserId,
    operation: &str,
    kind: RecordKind,
    id: Option<i64>,
) -> Result<Why> {
    if tx.actor.user_id != Some(user) {
        access::allow_setup("ask what others may do", &tx.actor)?;
    }
    let deed = deed(operation)?;
    let table = table(kind);
    if let Some(id) = id {
        let sight = access::sight(kind, &tx.actor).unwrap_or_else(|| Filter::all([]));
        if query::among(tx, table, &[id], &sight)?.is_empty() {
            return Err(query::missing_of(tx, kind, id)?);
        }
    }
    let sql = "SELECT active FROM user_account WHERE id = ?1";
    let active = tx.optional(sql, &[user.0.into()], |line| Ok(line.int(0)? != 0))?;
    let active = active.ok_or_else(|| Error::not_found(user.subject()))?;
    let mut grounds = Vec::new();
    let mut add = |about, holds, reason: String| grounds.push(WhyGround { about, holds, reason });
    if active {
        let asked = actor::load(tx, user)?;
        let role = asked.role.word();
        match deed.map_or(Ok(()), |deed| access::allow(kind, deed, &asked)) {
            Ok(()) => add("role", true, format!("the role {role:?} is enough")),
            Err(error) => add("role", false, error.message().to_owned()),
        }
        let mut all = access::grounds(kind, &asked);
        let beyond = deed.map_or_else(Vec::new, |deed| access::asked(kind, deed, &asked));
        for (rule, filter) in beyond {
            let told = format!("what the rule {rule:?} asks for holds");
            let any = vec![(told.into(), filter)];
            // A rule that speaks of reading too is told once.
            if !all.iter().any(|ground| ground.any == any) {
                all.push(Ground { name: "rule", any });
            }
        }
        for ground in all {
            let mut why = None;
            for (told, filter) in &ground.any {
                let Some(id) = id else { break };
                let filter = query::resolved_for(tx, filter, table, &asked)?;
                if query::among_resolved(tx, table, &[id], &filter)?.contains(&id) {
                    why = Some(told.to_string());
                    break;
                }
            }
            let words: Vec<&str> = ground.any.iter().map(|(told, _)| told.as_ref()).collect();
            match why {
                Some(told) => add(ground.name, true, told),
                None if id.is_some() => {
                    add(ground.name, false, format!("none of these holds: {}", words.join("; ")));
                }
                None => {
                    add(ground.name, true, format!("if one of these holds: {}", words.join("; ")));
                }
            }
        }
    } else {
        add("user", false, "they are archived and open no session".to_owned());
    }
    Ok(Why { can: grounds.iter().all(|ground| ground.holds), grounds })
}
