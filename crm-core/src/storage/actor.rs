//! Who acts: read once per transaction, so that rights are never stale.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::access::{self, Actor, Deed, FieldRule, Narrowing};
use crate::base::field::FieldValue;
use crate::base::{CompanyId, Error, Id as _, RecordKind, Result, RuleId, TeamId, UserId, limit};
use crate::filter::Filter;
use crate::record::{Role, SubjectKind};
use crate::storage::records::id_list;
use crate::storage::{Line, Tx};

const ONE: &str = concat!(include_str!("actor.sql"), " = ?1");
const SEVERAL: &str = concat!(include_str!("actor.sql"), " IN (SELECT value FROM json_each(?1))");

/// The user's rights; an archived user has none.
pub(crate) fn load(tx: &Tx<'_>, user: UserId) -> Result<Actor> {
    let found = tx.optional(ONE, &[user.0.into()], Found::read)?;
    let found = found.ok_or_else(|| Error::not_found(user.subject()))?;
    found.actor(tx, &mut Common::default())
}

/// The rights of several users, without archived ones: what many of them have in common is read once.
pub(crate) fn load_all(tx: &Tx<'_>, users: &[UserId]) -> Result<Vec<Actor>> {
    let ids: Vec<i64> = users.iter().map(|user| user.0).collect();
    let mut common = Common::default();
    let mut all = Vec::with_capacity(users.len());
    for chunk in ids.chunks(limit::CHUNK) {
        for found in tx.rows(SEVERAL, &[id_list(chunk)], Found::read)? {
            all.push(found.actor(tx, &mut common)?);
        }
    }
    Ok(all)
}

/// A user as stored.
struct Found {
    actor: Actor,
    partner: Option<i64>,
    rules: Vec<RuleId>,
}

/// What several users may have in common.
#[derive(Default)]
struct Common {
    /// The teams below some.
    below: HashMap<Vec<TeamId>, Vec<TeamId>>,
    /// The partners of the company that one of them belongs to.
    entities: HashMap<i64, Vec<i64>>,
    rules: HashMap<Vec<RuleId>, Said>,
    is_granted: Option<bool>,
}

/// What rules say.
type Said = (Arc<[Narrowing]>, Arc<[FieldRule]>);

impl Found {
    fn read(line: &Line<'_>) -> Result<Self> {
        let role = Role::from_cell(line.cell(0)).unwrap_or_default();
        let company = line.int_or_null(1)?.map(CompanyId);
        let mut companies = Vec::<CompanyId>::from_cell(line.cell(2)).unwrap_or_default();
        companies.extend(company);
        let mut teams = Vec::<TeamId>::from_cell(line.cell(3)).unwrap_or_default();
        teams.sort_unstable();
        teams.dedup();
        let partner = line.int_or_null(4)?;
        let mut rules = Vec::<RuleId>::from_cell(line.cell(5)).unwrap_or_default();
        rules.sort_unstable();
        let actor = Actor::user(UserId(line.int(6)?), role, companies, teams, company);
        Ok(Self { actor, partner, rules })
    }

    /// With what takes further questions.
    fn actor(self, tx: &Tx<'_>, common: &mut Common) -> Result<Actor> {
        let Self { mut actor, partner, rules } = self;
        match (actor.role, partner) {
            (Role::SubTree | Role::Company, _) if !actor.team_ids.is_empty() => {
                actor.seen_team_ids = match common.below.get(&actor.team_ids) {
                    Some(known) => known.clone(),
                    None => {
                        let teams: Vec<i64> = actor.team_ids.iter().map(|team| team.0).collect();
                        let sql = include_str!("teams_below.sql");
                        let below =
                            tx.rows(sql, &[id_list(&teams)], |line| line.int(0).map(TeamId))?;
                        common.below.insert(actor.team_ids.clone(), below.clone());
                        below
                    }
                };
            }
            (Role::External, Some(partner)) => {
                actor.partner_ids = match common.entities.get(&partner) {
                    Some(known) => known.clone(),
                    None => {
                        let depth = i64::try_from(limit::PARENTS).unwrap_or(i64::MAX);
                        let params = [partner.into(), depth.into()];
                        let sql = include_str!("entity.sql");
                        let entity = tx.rows(sql, &params, |line| line.int(0))?;
                        common.entities.insert(partner, entity.clone());
                        entity
                    }
                };
            }
            _ => {}
        }
        if actor.role == Role::External || !rules.is_empty() {
            actor.is_granted = match common.is_granted {
                Some(known) => known,
                None => *common.is_granted.insert(is_granted(tx)?),
            };
        }
        // Most have none, and pay nothing for that.
        if !rules.is_empty() && actor.role != Role::Admin {
            (actor.rules, actor.fields) = match common.rules.get(&rules) {
                Some(known) => known.clone(),
                None => {
                    let (narrowing, fields) = narrowings(tx, &rules)?;
                    let said: Said = (narrowing.into(), fields.into());
                    common.rules.insert(rules, said.clone());
                    said
                }
            };
        }
        Ok(actor)
    }
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
