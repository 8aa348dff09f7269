//! What leads refer to, kept in memory beside the connection: stages, teams, users, and which ids exist.
//!
//! Pure questions about it (default team, default stage, won stage) stand here too. Deliberately absent: partners, which are many.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::access::Actor;
use crate::base::field::FieldKind;
use crate::base::zone::Zone;
use crate::base::{
    CompanyId, Currency, Error, Field, Id as _, RecordKind, RecurringPlanId, Result, StageId,
    Subject, TeamId, UserId, Value, limit,
};
use crate::record::{
    Company, Lead, LeadKind, ProbabilityPolicy, RecurringPlan, Role, Stage, Team, User, WonStatus,
};
use crate::storage::Tx;

/// The office as one transaction sees it.
#[derive(Debug)]
pub(crate) struct Office {
    /// By sequence, then id.
    pub(crate) stages: Vec<Stage>,
    /// In order of preference: sequence, then newest first.
    teams: Vec<Team>,
    users: HashMap<UserId, User>,
    companies: HashMap<CompanyId, Company>,
    ids: HashMap<RecordKind, HashSet<i64>>,
    plans: HashMap<RecurringPlanId, i64>,
    pub(crate) use_leads: bool,
    /// Whether rules hide leads from somebody.
    narrows: bool,
}

/// Kinds whose ids are few enough to be kept.
const KEPT: [RecordKind; 6] = [
    RecordKind::LostReason,
    RecordKind::Tag,
    RecordKind::Campaign,
    RecordKind::Medium,
    RecordKind::Source,
    RecordKind::RecurringPlan,
];

/// The office, loaded once and kept until it changes.
pub(crate) fn office(tx: &Tx<'_>) -> Result<Arc<Office>> {
    tx.memo(Office::load)
}

impl Office {
    fn load(tx: &Tx<'_>) -> Result<Self> {
        let mut ids = HashMap::new();
        for kind in KEPT {
            let sql = format!("SELECT id FROM {}", crate::record::table(kind).name);
            ids.insert(kind, tx.rows(&sql, &[], |line| line.int(0))?.into_iter().collect());
        }
        let users: Vec<User> = tx.select("", &[])?;
        let companies: Vec<Company> = tx.select("", &[])?;
        let plans: Vec<RecurringPlan> = tx.select("", &[])?;
        Ok(Self {
            stages: tx.select("ORDER BY stage.sequence, stage.id", &[])?,
            teams: tx.select("ORDER BY team.sequence, team.create_date DESC, team.id DESC", &[])?,
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            companies: companies.into_iter().map(|company| (company.id, company)).collect(),
            ids,
            plans: plans.into_iter().map(|plan| (plan.id, plan.number_of_months)).collect(),
            use_leads: crate::setting::read(tx, crate::setting::Key::UseLeads)?
                == Value::Bool(true),
            narrows: tx
                .optional(
                    "SELECT 1 FROM access_rule WHERE active AND use_read AND field_names IS NULL LIMIT 1",
                    &[],
                    |_| Ok(()),
                )?
                .is_some(),
        })
    }

    pub(crate) fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// Months of one payment of a plan.
    pub(crate) fn plan_months(&self, id: RecurringPlanId) -> Option<i64> {
        self.plans.get(&id).copied()
    }

    pub(crate) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    /// Whether somebody might not see what they are given, so that it is to be asked: sellers see what is theirs.
    pub(crate) fn may_be_blind(&self, user: UserId) -> bool {
        self.narrows || self.user(user).is_some_and(|user| user.role == Role::External)
    }

    /// The currency of a company's deals; without company, company 1's.
    pub(crate) fn currency(&self, company: Option<CompanyId>) -> Currency {
        self.company(company).map(|company| company.currency).unwrap_or_default()
    }

    /// The country of a company; without one, company 1's.
    pub(crate) fn country(&self, company: Option<CompanyId>) -> Option<&str> {
        let named = |id: Option<CompanyId>| self.company(id)?.country_code.as_deref();
        named(company).or_else(|| named(None))
    }

    /// The zone in which a user's days begin: their company's.
    pub(crate) fn zone(&self, user: Option<UserId>) -> Zone {
        self.zone_of_company(user.and_then(|id| self.user(id)?.company_id))
    }

    /// The zone of a company; without one, company 1's, else UTC.
    pub(crate) fn zone_of_company(&self, company: Option<CompanyId>) -> Zone {
        let named = |id: Option<CompanyId>| self.company(id)?.zone.as_deref();
        let name = named(company).or_else(|| named(None));
        name.and_then(|name| Zone::new(name).ok()).unwrap_or(Zone::UTC)
    }

    /// Whether work on a record of that company can be a user's: not an archived one's, nor one's who works elsewhere.
    pub(crate) fn check_assignee(&self, user: UserId, company: Option<CompanyId>) -> Result<()> {
        let subject = user.subject();
        let refused = |what: &str| {
            Err(Error::invalid("user_id", format!("user_id: {what}")).with_subject(subject))
        };
        match self.user(user) {
            None => refused(&format!("there is no {subject}")),
            Some(user) if !user.active => {
                refused(&format!("{subject} is archived and cannot be given activities"))
            }
            Some(user) => {
                let works_in = |own: CompanyId| {
                    user.company_id.is_none()
                        || user.company_id == Some(own)
                        || user.company_ids.contains(&own)
                };
                if company.is_none_or(works_in) {
                    return Ok(());
                }
                refused(&format!("{subject} does not work in the record's company"))
            }
        }
    }

    /// A company, or the one that speaks for deals without.
    fn company(&self, id: Option<CompanyId>) -> Option<&Company> {
        self.companies.get(&id.unwrap_or(CompanyId(1)))
    }

    /// Whose number is the chance of a team's pending deals: as the team says, else those above it, else the deal's company.
    pub(crate) fn policy(
        &self,
        team: Option<TeamId>,
        company: Option<CompanyId>,
    ) -> ProbabilityPolicy {
        let mut above = team.and_then(|id| self.team(id));
        let company = company.or_else(|| above.and_then(|team| team.company_id));
        for _ in 0..limit::PARENTS {
            let Some(team) = above else { break };
            if let Some(policy) = team.probability_policy {
                return policy;
            }
            above = team.parent_id.and_then(|id| self.team(id));
        }
        self.company(company).and_then(|company| company.probability_policy).unwrap_or_default()
    }

    /// Lets a pending lead have the policy of its team; of one that has ended the outcome decides.
    pub(crate) fn follow_policy(&self, lead: &mut Lead) {
        if lead.won_status == WonStatus::Pending {
            lead.probability_policy = self.policy(lead.team_id, lead.company_id);
        }
    }

    /// Whether a lead of that team and company may stand in a stage.
    pub(crate) fn usable(stage: &Stage, team: Option<TeamId>, company: Option<CompanyId>) -> bool {
        let for_team =
            stage.team_ids.is_empty() || team.is_some_and(|team| stage.team_ids.contains(&team));
        for_team
            && stage.company_id.is_none_or(|owner| company.is_none_or(|company| company == owner))
    }

    /// The first stage that a lead's team can use and that is not folded: an open one, unless all are won.
    pub(crate) fn default_stage(
        &self,
        team: Option<TeamId>,
        company: Option<CompanyId>,
    ) -> Option<&Stage> {
        let mut usable =
            self.stages.iter().filter(|stage| !stage.fold && Self::usable(stage, team, company));
        let first = usable.next()?;
        Some(if first.is_won { usable.find(|stage| !stage.is_won).unwrap_or(first) } else { first })
    }

    /// The stage a deal is won in: the first won one after where it stands, else the last won one before.
    pub(crate) fn won_stage(&self, lead: &Lead) -> Result<&Stage> {
        let at =
            lead.stage_id.and_then(|id| self.stage(id)).map_or(i64::MIN, |stage| stage.sequence);
        let won = || {
            self.stages
                .iter()
                .filter(|stage| stage.is_won && Self::usable(stage, lead.team_id, lead.company_id))
        };
        let next = won()
            .find(|stage| stage.sequence > at)
            .or_else(|| won().rfind(|stage| stage.sequence <= at));
        next.ok_or_else(|| {
            Error::invalid(
                "stage_id",
                "stage_id: this lead's team can use no won stage; create one with is_won",
            )
        })
    }

    /// The team of a user's new work: theirs if it does that kind of work, then theirs, then any that does, then any.
    /// What the actor does not see is nobody's default.
    pub(crate) fn default_team(
        &self,
        user: UserId,
        kind: LeadKind,
        actor: &Actor,
    ) -> Option<TeamId> {
        let companies = self.user(user).filter(|user| user.company_id.is_some());
        let allowed = |team: &&Team| {
            let company = team.company_id;
            team.active
                && actor.sees_company(company)
                && company.is_none_or(|own| {
                    companies.is_none_or(|user| {
                        user.company_id == Some(own) || user.company_ids.contains(&own)
                    })
                })
        };
        let theirs = |team: &&Team| Self::belongs(team, user);
        let fits = |team: &&Team| match kind {
            LeadKind::Lead => team.use_leads,
            LeadKind::Opportunity => team.use_opportunities,
        };
        let teams = || self.teams.iter().filter(allowed);
        let chosen = teams().filter(theirs).find(fits);
        let chosen = chosen
            .or_else(|| teams().find(theirs))
            .or_else(|| teams().find(fits))
            .or_else(|| teams().next());
        chosen.map(|team| team.id)
    }

    /// Whether a user is a member or the leader of a team.
    pub(crate) fn belongs(team: &Team, user: UserId) -> bool {
        team.user_id == Some(user) || team.member_ids.contains(&user)
    }

    /// Refuses a reference to what does not exist. Partners are checked in storage, since they are many.
    pub(crate) fn check_reference(&self, field: &Field, value: &Value) -> Result<()> {
        let known = |kind: RecordKind, id: i64| match kind {
            RecordKind::Stage => self.stage(StageId(id)).is_some(),
            RecordKind::Team => self.team(TeamId(id)).is_some(),
            RecordKind::User => self.user(UserId(id)).is_some(),
            RecordKind::Company => self.companies.contains_key(&CompanyId(id)),
            kind => self.ids.get(&kind).is_none_or(|ids| ids.contains(&id)),
        };
        let missing = |kind: RecordKind, id: i64| {
            let subject = Subject { kind, id };
            Error::invalid(field.name, format!("{}: there is no {subject}", field.name))
                .with_subject(subject)
        };
        match (field.kind, value) {
            (FieldKind::Ref(kind), Value::Int(id)) if !known(kind, *id) => Err(missing(kind, *id)),
            (FieldKind::Ids(kind), Value::Ids(ids)) => {
                match ids.iter().find(|id| !known(kind, **id)) {
                    Some(id) => Err(missing(kind, *id)),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Refuses a team that is named and not there, or not seen, which is told alike.
    pub(crate) fn check_team(&self, team: TeamId, actor: &Actor) -> Result<()> {
        let known = self.team(team).filter(|team| actor.sees_company(team.company_id));
        known.map(drop).ok_or_else(|| {
            let told = format!("team_id: there is no {}", team.subject());
            Error::invalid("team_id", told).with_subject(team.subject())
        })
    }

    /// Refuses a team that was named and does not work on leads of that kind.
    pub(crate) fn check_switch(&self, team: Option<TeamId>, kind: LeadKind) -> Result<()> {
        let Some(team) = team.and_then(|id| self.team(id)) else { return Ok(()) };
        let (does, switch, what) = match kind {
            LeadKind::Lead => (team.use_leads, "use_leads", "leads"),
            LeadKind::Opportunity => (team.use_opportunities, "use_opportunities", "opportunities"),
        };
        crate::require!(
            does,
            "team_id",
            "team_id: {} does not work on {what}; set its {switch}, or name another team",
            team.id.subject()
        );
        Ok(())
    }

    /// The company a lead belongs to after its user, team or partner changed and nobody said which.
    pub(crate) fn company_of(
        &self,
        lead: &Lead,
        partner_company: Option<CompanyId>,
        actor_company: Option<CompanyId>,
    ) -> Option<CompanyId> {
        let team = lead.team_id.and_then(|id| self.team(id));
        let team_company = team.and_then(|team| team.company_id);
        let user = lead.user_id.and_then(|id| self.user(id));
        let user_allows = |company| {
            user.is_none_or(|user| {
                user.company_id.is_none()
                    || user.company_id == Some(company)
                    || user.company_ids.contains(&company)
            })
        };
        let keep = lead.company_id.filter(|company| {
            let foreign_user = !user_allows(*company);
            let foreign_team = team_company.is_some_and(|own| own != *company);
            let teamless = team.is_some() && team_company.is_none() && user.is_none();
            let ownerless = team.is_none() && user.is_none() && partner_company != Some(*company);
            !(foreign_user || foreign_team || teamless || ownerless)
        });
        let of_user = || {
            user.and_then(|user| {
                actor_company.filter(|company| user_allows(*company)).or(user.company_id)
            })
        };
        keep.or(team_company).or_else(of_user).or(partner_company)
    }

    /// Refuses owners that cannot own: archived users, teams or users of another company.
    pub(crate) fn check_owners(&self, before: Option<&Lead>, lead: &Lead) -> Result<()> {
        if let Some(user) = lead.user_id.and_then(|id| self.user(id)) {
            let new = before.is_none_or(|before| before.user_id != lead.user_id);
            crate::require!(
                user.active || !new,
                "user_id",
                "user_id: {} is archived and cannot be given leads",
                user.id.subject()
            );
            let foreign = user.company_id.is_some()
                && lead.company_id.is_some_and(|own| {
                    user.company_id != Some(own) && !user.company_ids.contains(&own)
                });
            crate::require!(
                !foreign,
                "user_id",
                "user_id: {} does not work in the lead's company",
                user.id.subject()
            );
        }
        if let Some(team) = lead.team_id.and_then(|id| self.team(id)) {
            let foreign = team
                .company_id
                .is_some_and(|own| lead.company_id.is_some_and(|company| company != own));
            crate::require!(
                !foreign,
                "team_id",
                "team_id: {} belongs to another company than the lead",
                team.id.subject()
            );
        }
        Ok(())
    }
}
