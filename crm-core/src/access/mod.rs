//! Who may see and do what. Sight is a filter, added once to every list, get, count, aggregate and verb.
//!
//! What one may not see is `NotFound`; what one may see but not change is `Denied`. A session without a user is the administrator;
//! reactions act as the system. Exempt from the rule that unseen records change nothing one sees: ids, sequence numbers, fitted
//! model parameters, and the uniqueness of names (whose message names no record).

use crate::base::{CompanyId, Error, RecordKind, Result, TeamId, UserId, Value};
use crate::filter::Filter;
use crate::record::{Role, SubjectKind};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) user_id: Option<UserId>,
    pub(crate) role: Role,
    pub(crate) company_ids: Vec<CompanyId>,
    pub(crate) team_ids: Vec<TeamId>,
    /// A user without a company works in every one.
    pub(crate) all_companies: bool,
}

impl Actor {
    /// The administrator session, and the library itself.
    pub(crate) const fn system() -> Self {
        Self {
            user_id: None,
            role: Role::Admin,
            company_ids: Vec::new(),
            team_ids: Vec::new(),
            all_companies: true,
        }
    }

    pub(crate) fn user(
        id: UserId,
        role: Role,
        mut company_ids: Vec<CompanyId>,
        team_ids: Vec<TeamId>,
        all_companies: bool,
    ) -> Self {
        company_ids.sort_unstable();
        company_ids.dedup();
        Self { user_id: Some(id), role, company_ids, team_ids, all_companies }
    }

    /// Whether a record of that company may be seen; shared ones always.
    pub(crate) fn sees_company(&self, company: Option<CompanyId>) -> bool {
        self.all_companies || company.is_none_or(|company| self.company_ids.contains(&company))
    }
}

/// What the actor may see of a kind; `None` is everything. What hangs on a record is seen by those who see that.
pub(crate) fn sight(kind: RecordKind, actor: &Actor) -> Option<Filter> {
    if matches!(kind, RecordKind::PartnerContact | RecordKind::PartnerRole) {
        return sight_through("partner_id.", RecordKind::Partner, actor);
    }
    if crate::record::table(kind).position("subject_id").is_none() {
        return sight_through("", kind, actor);
    }
    let seen: Vec<Option<Filter>> = SubjectKind::ALL
        .iter()
        .map(|subject| sight_through(&format!("{}_id.", subject.word()), subject.record(), actor))
        .collect();
    if seen.iter().all(Option::is_none) {
        return None;
    }
    let of = SubjectKind::ALL.iter().zip(seen).map(|(subject, seen)| {
        Filter::all([Filter::eq("subject_kind", subject.word())].into_iter().chain(seen))
    });
    Some(Filter::any(of))
}

/// The same of records of a kind that a reference such as `lead_id.` leads to.
fn sight_through(path: &str, kind: RecordKind, actor: &Actor) -> Option<Filter> {
    let mut parts = Vec::new();
    let at = |field: &str| format!("{path}{field}");
    let has_company = crate::record::table(kind).position("company_id").is_some();
    // Colleagues are seen by everybody: names stand on deals of shared teams.
    if has_company && kind != RecordKind::User && !actor.all_companies {
        let ids = actor.company_ids.iter().map(|company| Value::Int(company.0));
        let company = at("company_id");
        parts.push(Filter::any([Filter::is_null(&company), Filter::is_in(&company, ids)]));
    }
    if kind == RecordKind::Lead && matches!(actor.role, Role::Own | Role::Team) {
        let me = actor.user_id.map_or(Value::Null, Value::from);
        let mut mine = vec![Filter::is_null(&at("user_id")), Filter::eq(&at("user_id"), me)];
        if actor.role == Role::Team && !actor.team_ids.is_empty() {
            let teams = actor.team_ids.iter().map(|team| Value::Int(team.0));
            mine.push(Filter::is_in(&at("team_id"), teams));
        }
        parts.push(Filter::any(mine));
    }
    (!parts.is_empty()).then(|| Filter::all(parts))
}

/// Whether the actor sees every record there is, also those that are gone.
pub(crate) fn sees_everything(actor: &Actor) -> bool {
    actor.role == Role::Admin && actor.all_companies
}

/// What is to be done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Create,
    Update,
    Delete,
}

/// Refuses what the actor's role does not allow. Leads, partners and what hangs on them are everybody's work, the office is the
/// administrator's.
pub(crate) fn allow(kind: RecordKind, deed: Deed, actor: &Actor) -> Result<()> {
    let needed = match (kind, deed) {
        (RecordKind::Lead | RecordKind::Partner, Deed::Delete) => Role::All,
        (RecordKind::Lead | RecordKind::Partner, _)
        | (RecordKind::Activity | RecordKind::Message, _)
        | (RecordKind::PartnerContact | RecordKind::PartnerRole, _) => Role::Own,
        _ => Role::Admin,
    };
    if actor.role >= needed {
        return Ok(());
    }
    let deed = match deed {
        Deed::Create => "create",
        Deed::Update => "change",
        Deed::Delete => "delete",
    };
    Err(denied(&format!("{deed} a {}", kind.name()), needed, actor))
}

/// Refuses what only an administrator may set up, such as `"change settings"`.
pub(crate) fn allow_setup(deed: &str, actor: &Actor) -> Result<()> {
    if actor.role >= Role::Admin { Ok(()) } else { Err(denied(deed, Role::Admin, actor)) }
}

fn denied(deed: &str, needed: Role, actor: &Actor) -> Error {
    Error::denied(format!(
        "to {deed} takes the role {:?}; this user has {:?}",
        needed.word(),
        actor.role.word()
    ))
}
