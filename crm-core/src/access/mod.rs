//! Who may see and do what. Sight is a filter, added once to every list, get, count, aggregate and verb.
//!
//! What one may not see is `NotFound`; what one may see but not change is `Denied`. A session without a user is the administrator;
//! reactions act as the system. Exempt from the rule that unseen records change nothing one sees: ids, sequence numbers, fitted
//! model parameters, and the uniqueness of names (whose message names no record).
//!
//! Sight is said as grounds: all of them must hold, each by any of its reasons. So the same list answers what is seen, and why.

use crate::base::{CompanyId, Error, RecordKind, Result, TeamId, UserId, Value};
use crate::filter::Filter;
use crate::record::{Role, SubjectKind};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) user_id: Option<UserId>,
    pub(crate) role: Role,
    /// Those they work in.
    pub(crate) company_ids: Vec<CompanyId>,
    /// The one they belong to; without one they work in every one.
    pub(crate) company_id: Option<CompanyId>,
    /// Those of which they are a member or the leader today.
    pub(crate) team_ids: Vec<TeamId>,
    /// Those whose leads they see as a team's.
    pub(crate) seen_team_ids: Vec<TeamId>,
    /// The partners of an external user's company.
    pub(crate) partner_ids: Vec<i64>,
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
            company_id: None,
            team_ids: Vec::new(),
            seen_team_ids: Vec::new(),
            partner_ids: Vec::new(),
            all_companies: true,
        }
    }

    pub(crate) fn user(
        id: UserId,
        role: Role,
        mut company_ids: Vec<CompanyId>,
        team_ids: Vec<TeamId>,
        company_id: Option<CompanyId>,
    ) -> Self {
        company_ids.sort_unstable();
        company_ids.dedup();
        Self {
            user_id: Some(id),
            role,
            company_ids,
            company_id,
            seen_team_ids: team_ids.clone(),
            team_ids,
            partner_ids: Vec::new(),
            all_companies: company_id.is_none(),
        }
    }

    /// Whether a record of that company may be seen; shared ones always.
    pub(crate) fn sees_company(&self, company: Option<CompanyId>) -> bool {
        self.all_companies || company.is_none_or(|company| self.company_ids.contains(&company))
    }
}

/// Something that must hold of a record for the actor to see it: any of its reasons.
#[derive(Debug)]
pub(crate) struct Ground {
    /// What it is about: `company`, `owner`, `address`, `partner`, `kind`, `subject`.
    pub(crate) name: &'static str,
    /// Each in words, and as a filter.
    pub(crate) any: Vec<(&'static str, Filter)>,
}

/// What the actor may see of a kind; `None` is everything. What hangs on a record is seen by those who see that.
pub(crate) fn sight(kind: RecordKind, actor: &Actor) -> Option<Filter> {
    together(grounds(kind, actor))
}

fn together(grounds: Vec<Ground>) -> Option<Filter> {
    let any = |ground: Ground| Filter::any(ground.any.into_iter().map(|(_, filter)| filter));
    (!grounds.is_empty()).then(|| Filter::all(grounds.into_iter().map(any)))
}

/// What must hold of a record of a kind for the actor to see it.
pub(crate) fn grounds(kind: RecordKind, actor: &Actor) -> Vec<Ground> {
    if matches!(kind, RecordKind::PartnerContact | RecordKind::PartnerRole) {
        return grounds_through("partner_id.", RecordKind::Partner, actor);
    }
    if crate::record::table(kind).position("subject_id").is_none() {
        return grounds_through("", kind, actor);
    }
    let seen: Vec<Option<Filter>> = SubjectKind::ALL
        .iter()
        .map(|subject| {
            let path = format!("{}_id.", subject.word());
            together(grounds_through(&path, subject.record(), actor))
        })
        .collect();
    let mut grounds = Vec::new();
    if actor.role == Role::External {
        let told = if kind == RecordKind::Message {
            let said = [Filter::eq("internal", false), Filter::eq("message_type", "comment")];
            ("it was said to them", Filter::all(said))
        } else {
            nothing()
        };
        grounds.push(Ground { name: "kind", any: vec![told] });
    }
    if seen.iter().any(Option::is_some) {
        let of = SubjectKind::ALL.iter().zip(seen).map(|(subject, seen)| {
            let is = Filter::eq("subject_kind", subject.word());
            ("what it is about is seen", Filter::all([is].into_iter().chain(seen)))
        });
        grounds.push(Ground { name: "subject", any: of.collect() });
    }
    grounds
}

/// The reason that never holds.
fn nothing() -> (&'static str, Filter) {
    ("nobody from outside sees it", Filter::any([]))
}

/// The same of records of a kind that a reference such as `lead_id.` leads to.
fn grounds_through(path: &str, kind: RecordKind, actor: &Actor) -> Vec<Ground> {
    let mut grounds = Vec::new();
    let at = |field: &str| format!("{path}{field}");
    let has_company = crate::record::table(kind).position("company_id").is_some();
    // Colleagues are seen by everybody: names stand on deals of shared teams.
    if has_company && kind != RecordKind::User && !actor.all_companies {
        let ids = actor.company_ids.iter().map(|company| Value::Int(company.0));
        let company = at("company_id");
        let any = vec![
            ("it is shared by all companies", Filter::is_null(&company)),
            ("it is of a company they work in", Filter::is_in(&company, ids)),
        ];
        grounds.push(Ground { name: "company", any });
    }
    if actor.role == Role::External {
        let of_entity = |field: &str| {
            let ids = actor.partner_ids.iter().map(|id| Value::Int(*id));
            ("it is of their own company outside", Filter::is_in(&at(field), ids))
        };
        let any = match kind {
            RecordKind::Partner => vec![of_entity("id")],
            RecordKind::Lead => vec![of_entity("partner_id")],
            RecordKind::Company | RecordKind::Stage | RecordKind::RecurringPlan => Vec::new(),
            _ => vec![nothing()],
        };
        if !any.is_empty() {
            grounds.push(Ground { name: "partner", any });
        }
        return grounds;
    }
    let me = || actor.user_id.map_or(Value::Null, Value::from);
    if kind == RecordKind::Partner && !actor.role.reaches(Role::All) {
        let any = vec![
            ("it is no private address", Filter::not(Filter::eq(&at("address_type"), "private"))),
            ("they look after it", Filter::eq(&at("user_id"), me())),
        ];
        grounds.push(Ground { name: "address", any });
    }
    if kind == RecordKind::Lead && !actor.role.reaches(Role::All) {
        let mut any = vec![
            ("it is nobody's", Filter::is_null(&at("user_id"))),
            ("it is theirs", Filter::eq(&at("user_id"), me())),
        ];
        if actor.role.reaches(Role::Team) && !actor.seen_team_ids.is_empty() {
            let teams = actor.seen_team_ids.iter().map(|team| Value::Int(team.0));
            let told = if actor.role == Role::Team {
                "it is of their team"
            } else {
                "it is of their team or one below"
            };
            any.push((told, Filter::is_in(&at("team_id"), teams)));
        }
        if actor.role == Role::Company {
            let company = at("company_id");
            any.push(match actor.company_id {
                Some(own) => (
                    "it is of the company they belong to",
                    Filter::any([Filter::is_null(&company), Filter::eq(&company, own.0)]),
                ),
                None => ("they belong to no company", Filter::all([])),
            });
        }
        grounds.push(Ground { name: "owner", any });
    }
    grounds
}

/// Whether the actor sees every record there is, also those that are gone.
pub(crate) fn sees_everything(actor: &Actor) -> bool {
    actor.role == Role::Admin && actor.all_companies
}

/// Whether the actor sees every lead, so that what all leads together say tells nothing unseen.
pub(crate) fn sees_every_lead(actor: &Actor) -> bool {
    actor.role.reaches(Role::All) && actor.all_companies
}

/// What is to be done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Create,
    Update,
    Delete,
}

/// Refuses what the actor's role does not allow. Leads, partners and what hangs on them are everybody's work, the office is the
/// administrator's; who is outside may say something, and no more.
pub(crate) fn allow(kind: RecordKind, deed: Deed, actor: &Actor) -> Result<()> {
    let needed = match (kind, deed) {
        (RecordKind::Message, Deed::Create) => Role::External,
        (RecordKind::Lead | RecordKind::Partner, Deed::Delete) => Role::All,
        (RecordKind::Lead | RecordKind::Partner, _)
        | (RecordKind::Activity | RecordKind::Message, _)
        | (RecordKind::PartnerContact | RecordKind::PartnerRole, _) => Role::Own,
        _ => Role::Admin,
    };
    if actor.role.reaches(needed) {
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
    allow_role(deed, Role::Admin, actor)
}

/// Refuses who is outside what is for colleagues, such as `"read the history"`.
pub(crate) fn allow_inside(deed: &str, actor: &Actor) -> Result<()> {
    allow_role(deed, Role::Own, actor)
}

/// Refuses what takes a role, such as `"assign leads"`.
pub(crate) fn allow_role(deed: &str, needed: Role, actor: &Actor) -> Result<()> {
    if actor.role.reaches(needed) { Ok(()) } else { Err(denied(deed, needed, actor)) }
}

fn denied(deed: &str, needed: Role, actor: &Actor) -> Error {
    Error::denied(format!(
        "to {deed} takes the role {:?}; this user has {:?}",
        needed.word(),
        actor.role.word()
    ))
}
