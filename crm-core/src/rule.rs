//! Rules that narrow what roles give: written by administrators, read with the one who acts (`storage::actor`), held by sight and by
//! `query::permit`.
//!
//! All rules that speak of somebody hold together, so that a narrow one is never overridden by a broad one; who is to see more is given another
//! role. Deliberately absent: rules about administrators (nobody could take back the one that locks out the last), and rules about the office,
//! which everybody reads and administrators alone change.

use crate::access;
use crate::base::{Error, Id as _, RecordKind, Result, limit};
use crate::desk::{Room, query};
use crate::filter::Filter;
use crate::property::definitions;
use crate::record::{Role, Rule, User, table};
use crate::storage::Tx;

impl Room for Rule {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self {
            use_read: true,
            use_create: true,
            use_update: true,
            use_delete: true,
            active: true,
            ..Self::default()
        })
    }

    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        let Some(record) = after.record else {
            return Err(Error::invalid(
                "record",
                "record: a rule speaks of \"lead\" or \"partner\"",
            ));
        };
        after.field_names = after.field_names.take().filter(|names| !names.trim().is_empty());
        if after.field_names.is_some() {
            check_fields(tx, record.record(), after)?;
            return check_whom(tx, before, after);
        }
        let filter = Filter::parse(&after.filter)
            .and_then(|filter| query::resolved(tx, &filter, table(record.record())).map(|_| filter))
            .map_err(|error| {
                let told = format!("filter: {}", error.message());
                Error::new(error.kind(), told).with_field("filter")
            })?;
        // What hangs on a record reaches it by one link more.
        if filter.hops() >= limit::FILTER_HOPS {
            let told = format!("filter: more than {} links", limit::FILTER_HOPS - 1);
            return Err(Error::limit("filter", told));
        }
        check_whom(tx, before, after)
    }
}

/// Fields instead of a filter.
fn check_fields(tx: &Tx<'_>, kind: RecordKind, rule: &mut Rule) -> Result<()> {
    crate::require!(
        rule.filter.trim().is_empty(),
        "filter",
        "filter: a rule about fields speaks of all such records; leave it empty, or write a rule of its own"
    );
    rule.filter.clear();
    let names = rule.field_names.take().unwrap_or_default();
    let names = access::named(&names);
    let definitions = definitions(tx)?;
    for name in &names {
        let told = |error: Error| {
            let told = format!("field_names: {}", error.message());
            Error::new(error.kind(), told).with_field("field_names")
        };
        if let Some(own) = name.strip_prefix("properties.") {
            let known = definitions.find(kind, own);
            known.ok_or_else(|| told(definitions.unknown(kind, own)))?;
            continue;
        }
        let field = table(kind).field(name).map_err(told)?;
        crate::require!(!field.hidden, "field_names", "field_names: there is no field {name:?}");
        if let Some(why) = access::kept_open(field).filter(|_| rule.use_read) {
            let told = format!("field_names: {name} {why}; with use_read = false it is locked");
            return Err(Error::invalid("field_names", told));
        }
    }
    rule.field_names = Some(names.join(", "));
    Ok(())
}

/// Of whom a rule speaks, and how many there are.
fn check_whom(tx: &Tx<'_>, before: Option<&Rule>, after: &Rule) -> Result<()> {
    {
        let both = after.role.is_some() && after.user_id.is_some();
        crate::require!(!both, "role", "role: a rule speaks of a role or of a user, not of both");
        crate::require!(
            after.role != Some(Role::Admin),
            "role",
            "role: no rule speaks of administrators, who could lock themselves out; give them another role"
        );
        if let Some(user) = after.user_id
            && let Some(user) = tx.by_id::<User>(user)?
        {
            crate::require!(
                user.role != Role::Admin,
                "user_id",
                "user_id: {} is an administrator, of whom no rule speaks; give them another role",
                user.id.subject()
            );
        }
        if after.active && before.is_none_or(|before| !before.active) {
            let sql = "SELECT count(*) FROM access_rule WHERE active AND id <> ?1";
            let there = tx.one(sql, &[after.id.0.into()], |line| line.int(0))?;
            if usize::try_from(there).is_ok_and(|there| there >= limit::RULES) {
                let told = format!("active: {} rules are in use already", limit::RULES);
                return Err(Error::limit("active", told));
            }
        }
        Ok(())
    }
}
