//! Who acts: read once per transaction, so that rights are never stale.

use crate::access::Actor;
use crate::base::field::FieldValue;
use crate::base::{CompanyId, Error, Id as _, Result, TeamId, UserId};
use crate::record::Role;
use crate::storage::Tx;

const ACTOR: &str = include_str!("actor.sql");

/// The user's rights; an archived user has none.
pub(crate) fn load(tx: &Tx<'_>, user: UserId) -> Result<Actor> {
    let actor = tx.optional(ACTOR, &[user.0.into()], |line| {
        let role = Role::from_cell(line.cell(0)).unwrap_or_default();
        let company = line.int_or_null(1)?.map(CompanyId);
        let mut companies = Vec::<CompanyId>::from_cell(line.cell(2)).unwrap_or_default();
        companies.extend(company);
        let mut teams = Vec::<TeamId>::from_cell(line.cell(3)).unwrap_or_default();
        teams.sort_unstable();
        teams.dedup();
        Ok(Actor::user(user, role, companies, teams, company.is_none()))
    })?;
    actor.ok_or_else(|| Error::not_found(user.subject()))
}
