//! Who acts: read once per transaction, so that rights are never stale.

use std::collections::HashSet;

use crate::access::{self, Actor, Deed, FieldRule, Narrowing};
use crate::base::field::FieldValue;
use crate::base::{CompanyId, Error, Id as _, RecordKind, Result, RuleId, TeamId, UserId, limit};
use crate::filter::Filter;
use crate::record::{Role, SubjectKind};
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
        let rules = Vec::<RuleId>::from_cell(line.cell(5)).unwrap_or_default();
        Ok((Actor::user(user, role, companies, teams, company), partner, rules))
    })?;
    let Some((mut actor, partner, rules)) = actor else {
        return Err(Error::not_found(user.subject()));
    };
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
    if actor.role == Role::External || !rules.is_empty() {
        actor.is_granted = is_granted(tx)?;
    }
    // Most have none, and pay nothing for that.
    if !rules.is_empty() && actor.role != Role::Admin {
        let (rules, fields) = narrowings(tx, &rules)?;
        (actor.rules, actor.fields) = (rules.into(), fields.into());
    }
    Ok(actor)
}

/// What these rules say. A rule that cannot be read any more lets nobody through.
fn narrowings(tx: &Tx<'_>, rules: &[RuleId]) -> Result<(Vec<Narrowing>, Vec<FieldRule>)> {
    let ids: Vec<i64> = rules.iter().map(|rule| rule.0).collect();
    let sql = "SELECT name, record, filter, use_read, use_create, use_update, use_delete, field_names FROM access_rule \
               WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id";
    let rows = tx.rows(sql, &[id_list(&ids)], |line| {
        let record = SubjectKind::from_cell(line.cell(1)).unwrap_or_default();
        let mut deeds = Vec::new();
        for (at, deed) in [(4, Deed::Create), (5, Deed::Update), (6, Deed::Delete)] {
            if line.int(at)? != 0 {
                deeds.push(deed);
            }
        }
        let reads = line.int(3)? != 0;
        let fields = line.text_or_null(7)?.map(str::to_owned);
        Ok((
            line.text(0)?.to_owned(),
            record.record(),
            line.text(2)?.to_owned(),
            reads,
            deeds,
            fields,
        ))
    })?;
    let (mut narrowings, mut taken) = (Vec::new(), Vec::new());
    for (name, kind, filter, reads, deeds, fields) in rows {
        match fields {
            Some(names) => {
                let fields = access::with_followers(kind, &access::named(&names), reads);
                taken.push(FieldRule { name, kind, fields, hides: reads, deeds });
            }
            None => {
                let filter = Filter::parse(&filter)?;
                narrowings.push(Narrowing { name, kind, filter, reads, deeds });
            }
        }
    }
    Ok((narrowings, taken))
}

/// The fields that rules hide from anybody, whoever acts.
pub(crate) fn hidden_from_some(tx: &Tx<'_>) -> Result<HashSet<(RecordKind, String)>> {
    let sql = "SELECT record, field_names FROM access_rule WHERE active AND use_read AND field_names IS NOT NULL";
    let rows = tx.rows(sql, &[], |line| {
        let record = SubjectKind::from_cell(line.cell(0)).unwrap_or_default();
        Ok((record.record(), line.text(1)?.to_owned()))
    })?;
    let fields = rows
        .iter()
        .flat_map(|(kind, names)| access::with_followers(*kind, &access::named(names), true));
    Ok(fields.collect())
}

/// Whether everybody is shown what is theirs; see the setting `blind_assignment`.
fn is_granted(tx: &Tx<'_>) -> Result<bool> {
    let sql = "SELECT 1 FROM setting WHERE key = 'blind_assignment' AND value = '\"grant\"'";
    tx.optional(sql, &[], |_| Ok(())).map(|found| found.is_some())
}
