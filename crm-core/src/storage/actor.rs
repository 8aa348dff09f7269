//! Who acts: read once per transaction, so that rights are never stale.

use crate::access::Actor;
use crate::base::field::FieldValue;
use crate::base::{CompanyId, Error, Id as _, Result, TeamId, UserId, limit};
use crate::record::Role;
use crate::storage::Tx;
use crate::storage::records::id_list;

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
        let partner = line.int_or_null(4)?;
        Ok((Actor::user(user, role, companies, teams, company), partner))
    })?;
    let Some((mut actor, partner)) = actor else { return Err(Error::not_found(user.subject())) };
    match (actor.role, partner) {
        (Role::SubTree | Role::Company, _) if !actor.team_ids.is_empty() => {
            let teams: Vec<i64> = actor.team_ids.iter().map(|team| team.0).collect();
            let sql = include_str!("teams_below.sql");
            actor.seen_team_ids =
                tx.rows(sql, &[id_list(&teams)], |line| line.int(0).map(TeamId))?;
        }
        (Role::External, Some(partner)) => {
            let depth = i64::try_from(limit::PARENTS).unwrap_or(i64::MAX);
            let params = [partner.into(), depth.into()];
            actor.partner_ids = tx.rows(include_str!("entity.sql"), &params, |line| line.int(0))?;
        }
        _ => {}
    }
    Ok(actor)
}
