//! Who may see and do what. Sight is a filter, added once to every list, get, count, aggregate and verb.
//!
//! What one may not see is `NotFound`; what one may see but not change is `Denied`. A session without a user is the administrator;
//! reactions act as the system. Exempt from the rule that unseen records change nothing one sees: ids, sequence numbers, fitted
//! model parameters, and the uniqueness of names (whose message names no record).
//!
//! Rules that an administrator wrote narrow what a role gives and never widen it: all that speak of an actor must hold. They stand among the
//! grounds, so that what asks for sight asks for them too. No rule speaks of administrators, so none can lock the last one out.
//!
//! Sight is said as grounds: all of them must hold, each by any of its reasons. So the same list answers what is seen, and why.

mod fields;

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::{CompanyId, Error, RecordKind, Result, Subject, TeamId, UserId, Value};
use crate::filter::Filter;
use crate::record::{Role, SubjectKind};

pub(crate) use fields::{
    FieldRule, conceal, kept_open, may_give, named, readable, with_followers, writable,
};

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
    /// What narrows their role; nothing narrows an administrator's.
    pub(crate) rules: Arc<[Narrowing]>,
    /// Whether what is theirs is shown to them whatever rules say, and wherever they are from.
    pub(crate) is_granted: bool,
    /// The fields that rules take from them.
    pub(crate) fields: Arc<[FieldRule]>,
}

/// A rule that speaks of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowing {
    pub(crate) name: String,
    pub(crate) kind: RecordKind,
    pub(crate) filter: Filter,
    /// Whether it speaks of reading.
    pub(crate) reads: bool,
    /// What else it speaks of.
    pub(crate) deeds: Vec<Deed>,
}

impl Actor {
    /// The administrator session, and the library itself.
    pub(crate) fn system() -> Self {
        Self {
            user_id: None,
            role: Role::Admin,
            company_ids: Vec::new(),
            company_id: None,
            team_ids: Vec::new(),
            seen_team_ids: Vec::new(),
            partner_ids: Vec::new(),
            all_companies: true,
            rules: Arc::default(),
            is_granted: false,
            fields: Arc::default(),
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
            rules: Arc::default(),
            is_granted: false,
            fields: Arc::default(),
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
    /// What it is about: `company`, `owner`, `address`, `partner`, `kind`, `subject`, `rule`.
    pub(crate) name: &'static str,
    /// Each in words, and as a filter.
    pub(crate) any: Vec<(Cow<'static, str>, Filter)>,
}

/// What the actor may see of a kind; `None` is everything. What hangs on a record is seen by those who see that.
pub(crate) fn sight(kind: RecordKind, actor: &Actor) -> Option<Filter> {
    together(grounds(kind, actor))
}

/// The same, as filters that must all hold.
pub(crate) fn sights(kind: RecordKind, actor: &Actor) -> Vec<Filter> {
    grounds(kind, actor).into_iter().map(any_of).collect()
}

/// A filter's text, with whom it means by `:me` and theirs if it asks: those of whom that is equal see alike.
pub(crate) fn told_of(filter: &Filter, user: UserId) -> (Option<UserId>, String) {
    let text = filter.to_string();
    (text.contains(":m").then_some(user), text)
}

/// The same of a record that is nobody's: whose it is decides nothing.
pub(crate) fn sight_of_nobodys(kind: RecordKind, actor: &Actor) -> Option<Filter> {
    let others = grounds(kind, actor).into_iter().filter(|ground| ground.name != "owner");
    together(others.collect())
}

fn together(grounds: Vec<Ground>) -> Option<Filter> {
    (!grounds.is_empty()).then(|| Filter::all(grounds.into_iter().map(any_of)))
}

fn any_of(ground: Ground) -> Filter {
    Filter::any(ground.any.into_iter().map(|(_, filter)| filter))
}

/// What must hold of a record of a kind for the actor to see it.
pub(crate) fn grounds(kind: RecordKind, actor: &Actor) -> Vec<Ground> {
    if matches!(kind, RecordKind::PartnerContact | RecordKind::PartnerRole) {
        return grounds_through(Some("partner_id"), RecordKind::Partner, actor);
    }
    if kind == RecordKind::TeamMember {
        return grounds_through(Some("team_id"), RecordKind::Team, actor);
    }
    if kind == RecordKind::Target {
        return target_grounds(actor);
    }
    if crate::record::table(kind).position("subject_id").is_none() {
        return grounds_through(None, kind, actor);
    }
    let seen: Vec<Option<Filter>> = SubjectKind::ALL
        .iter()
        .map(|subject| {
            let link = format!("{}_id", subject.word());
            together(grounds_through(Some(&link), subject.record(), actor))
        })
        .collect();
    let mut grounds = Vec::new();
    if actor.role == Role::External {
        let told = if kind == RecordKind::Message {
            let said = [Filter::eq("internal", false), Filter::eq("message_type", "comment")];
            ("it was said to them".into(), Filter::all(said))
        } else {
            nothing()
        };
        grounds.push(Ground { name: "kind", any: vec![told] });
    }
    if seen.iter().any(Option::is_some) {
        let of = SubjectKind::ALL.iter().zip(seen).map(|(subject, seen)| {
            let is = Filter::eq("subject_kind", subject.word());
            ("what it is about is seen".into(), Filter::all([is].into_iter().chain(seen)))
        });
        grounds.push(Ground { name: "subject", any: of.collect() });
    }
    grounds
}

/// A target is seen by whom it is for, and by who works in the companies of its team and its user.
fn target_grounds(actor: &Actor) -> Vec<Ground> {
    let mut grounds = Vec::new();
    if !actor.all_companies {
        let near = |link: &str, lists: bool| {
            let company = format!("{link}.company_id");
            let ids = || actor.company_ids.iter().map(|company| company.0);
            let mut any = vec![Filter::is_null(&company), Filter::is_in(&company, ids())];
            if lists {
                any.push(Filter::has_any(&format!("{link}.company_ids"), ids()));
            }
            Filter::any(any)
        };
        let me = actor.user_id.map_or(Value::Null, Value::from);
        let both = Filter::all([near("team_id", false), near("user_id", true)]);
        let any = vec![
            ("it is theirs".into(), Filter::eq("user_id", me)),
            ("its team and its user are of a company they work in".into(), both),
        ];
        grounds.push(Ground { name: "company", any });
    }
    if actor.role == Role::External {
        grounds.push(Ground { name: "kind", any: vec![nothing()] });
    }
    grounds
}

/// The reason that never holds.
fn nothing() -> (Cow<'static, str>, Filter) {
    ("nobody from outside sees it".into(), Filter::any([]))
}

/// The same of records of a kind that a link such as `lead_id` leads to: what the role sees, narrowed by rules.
fn grounds_through(link: Option<&str>, kind: RecordKind, actor: &Actor) -> Vec<Ground> {
    let mut grounds = role_grounds(link, kind, actor);
    let rules = actor.rules.iter().filter(|rule| rule.reads && rule.kind == kind);
    grounds.extend(rules.map(|rule| rule.ground(link)));
    let owned = matches!(kind, RecordKind::Lead | RecordKind::Partner);
    if actor.is_granted && owned {
        // Being given it is reason enough where a rule or being outside would be none.
        let theirs = |ground: &&mut Ground| matches!(ground.name, "rule" | "partner");
        for ground in grounds.iter_mut().filter(theirs) {
            ground.any.push(granted(link, actor));
        }
    }
    grounds
}

/// The reason that it was given to them.
fn granted(link: Option<&str>, actor: &Actor) -> (Cow<'static, str>, Filter) {
    let me = actor.user_id.map_or(Value::Null, Value::from);
    ("it was given to them".into(), Filter::eq("user_id", me).through(link))
}

impl Narrowing {
    fn ground(&self, link: Option<&str>) -> Ground {
        let told = format!("what the rule {:?} asks for holds", self.name);
        Ground { name: "rule", any: vec![(told.into(), self.filter.clone().through(link))] }
    }
}

/// What rules ask of records of a kind to which something is done, beyond being seen: by the rule's name. Whoever writes what belongs to a
/// partner alone changes the partner.
pub(crate) fn asked(kind: RecordKind, deed: Deed, actor: &Actor) -> Vec<(&str, Filter)> {
    let (kind, deed, link) = match kind {
        RecordKind::PartnerContact | RecordKind::PartnerRole => {
            (RecordKind::Partner, Deed::Update, Some("partner_id"))
        }
        _ => (kind, deed, None),
    };
    let rules = actor.rules.iter().filter(|rule| rule.kind == kind && rule.deeds.contains(&deed));
    rules.map(|rule| (rule.name.as_str(), rule.filter.clone().through(link))).collect()
}

/// The refusal of what a rule does not allow.
pub(crate) fn narrowed(rule: &str, deed: Deed, subject: Subject) -> Error {
    let told = format!("the rule {rule:?} does not let this user {} {subject}", deed.word());
    Error::denied(told).with_subject(subject)
}

fn role_grounds(link: Option<&str>, kind: RecordKind, actor: &Actor) -> Vec<Ground> {
    let mut grounds = Vec::new();
    let at = |field: &str| match link {
        Some(link) => format!("{link}.{field}"),
        None => field.to_owned(),
    };
    let has_company = crate::record::table(kind).position("company_id").is_some();
    // Colleagues are seen by everybody: names stand on deals of shared teams.
    if has_company && kind != RecordKind::User && !actor.all_companies {
        let ids = actor.company_ids.iter().map(|company| Value::Int(company.0));
        let company = at("company_id");
        let any = vec![
            ("it is shared by all companies".into(), Filter::is_null(&company)),
            ("it is of a company they work in".into(), Filter::is_in(&company, ids)),
        ];
        grounds.push(Ground { name: "company", any });
    }
    if actor.role == Role::External {
        let of_entity = |field: &str| {
            let ids = actor.partner_ids.iter().map(|id| Value::Int(*id));
            ("it is of their own company outside".into(), Filter::is_in(&at(field), ids))
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
            (
                "it is no private address".into(),
                Filter::not(Filter::eq(&at("address_type"), "private")),
            ),
            ("they look after it".into(), Filter::eq(&at("user_id"), me())),
        ];
        grounds.push(Ground { name: "address", any });
    }
    if kind == RecordKind::Lead && !actor.role.reaches(Role::All) {
        let mut any = vec![
            ("it is nobody's".into(), Filter::is_null(&at("user_id"))),
            ("it is theirs".into(), Filter::eq(&at("user_id"), me())),
        ];
        if actor.role.reaches(Role::Team) && !actor.seen_team_ids.is_empty() {
            let teams = actor.seen_team_ids.iter().map(|team| Value::Int(team.0));
            let told = if actor.role == Role::Team {
                "it is of their team"
            } else {
                "it is of their team or one below"
            };
            any.push((told.into(), Filter::is_in(&at("team_id"), teams)));
        }
        if actor.role == Role::Company {
            let company = at("company_id");
            any.push(match actor.company_id {
                Some(own) => (
                    "it is of the company they belong to".into(),
                    Filter::any([Filter::is_null(&company), Filter::eq(&company, own.0)]),
                ),
                None => ("they belong to no company".into(), Filter::all([])),
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
    let narrowed = |rule: &Narrowing| rule.reads && rule.kind == RecordKind::Lead;
    actor.role.reaches(Role::All) && actor.all_companies && !actor.rules.iter().any(narrowed)
}

/// What is to be done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Create,
    Update,
    Delete,
}

impl Deed {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "change",
            Self::Delete => "delete",
        }
    }

    /// What is done to a field.
    const fn gives(self) -> &'static str {
        match self {
            Self::Create => "give",
            Self::Update | Self::Delete => "change",
        }
    }
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
    Err(denied(&format!("{} a {}", deed.word(), kind.name()), needed, actor))
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

/// Refuses what takes an administrator of all companies, such as `"erase a person"`.
pub(crate) fn allow_everything(deed: &str, actor: &Actor) -> Result<()> {
    allow_setup(deed, actor)?;
    if sees_everything(actor) {
        return Ok(());
    }
    Err(Error::denied(format!("to {deed} takes an administrator of all companies")))
}

fn denied(deed: &str, needed: Role, actor: &Actor) -> Error {
    Error::denied(format!(
        "to {deed} takes the role {:?}; this user has {:?}",
        needed.word(),
        actor.role.word()
    ))
}
