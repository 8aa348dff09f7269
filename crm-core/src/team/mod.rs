//! Sales teams and their members. Removing a team leaves its leads without team; their counts and scores follow.
//!
//! Memberships are rows with dates: one that ended is kept, and a team's `member_ids` are those that go on. Deliberately absent: who is
//! given what; see `assign`.

mod absence;
mod load;
mod member;
mod reach;
#[cfg(test)]
mod tests;

pub(crate) use absence::Absences;
pub(crate) use load::of_members;
pub(crate) use member::leave_all;
pub(crate) use reach::{Lack, Reach};

use std::collections::HashMap;

use crate::access::{self, Deed};
use crate::base::{
    CompanyId, Date, Error, FieldKind, Fields, Frame, Id as _, Record as _, RecordKind, Result,
    Subject, TeamId, Timestamp, UserId, Value, limit,
};
use crate::desk::{Desk, Room, create_in, query, remove_own, update_in};
use crate::filter::Filter;
use crate::record::{Lead, Team, TeamMember, User};
use crate::storage::Tx;

impl Room for Team {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self {
            sequence: 10,
            use_leads: true,
            use_opportunities: true,
            active: true,
            ..Self::default()
        })
    }

    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        let was = before.map(|before| before.assignment_filter.as_deref());
        if was != Some(after.assignment_filter.as_deref()) {
            let filter = check_filter(tx, "assignment_filter", after.assignment_filter.as_deref())?;
            crate::require!(
                !filter.is_some_and(|filter| filter.asks_who()),
                "assignment_filter",
                "assignment_filter: a team's leads are not somebody's: \":me\" and \":my_teams\" stand in members' filters"
            );
        }
        after.alias = after.alias.as_deref().map(alias).transpose()?;
        if !after.use_leads && !after.use_opportunities {
            let kept = before.is_some_and(|before| before.alias == after.alias);
            crate::require!(
                after.alias.is_none() || kept,
                "alias",
                "alias: mail becomes a lead or an opportunity, and this team has neither; switch one on first"
            );
            after.alias = None;
        }
        if let Some(leader) =
            after.user_id.filter(|_| before.is_none_or(|b| b.user_id != after.user_id))
        {
            let known = tx.by_id::<User>(leader)?;
            crate::require!(
                known.is_none_or(|user| user.active),
                "user_id",
                "user_id: {} is archived and cannot lead a team",
                leader.subject()
            );
        }
        let same = |before: &Self| {
            (&before.member_ids, before.company_id) == (&after.member_ids, after.company_id)
        };
        if before.is_some_and(same) || after.member_ids.is_empty() {
            return Ok(());
        }
        let was = |user: &UserId| before.is_some_and(|before| before.member_ids.contains(user));
        let new = after.member_ids.iter().copied().filter(|user| !was(user)).collect::<Vec<_>>();
        let ids: Vec<i64> = after.member_ids.iter().map(|user| user.0).collect();
        for user in tx.by_ids::<User>(&ids)? {
            member::check_user(&user, new.contains(&user.id), after.company_id, "member_ids")?;
        }
        Ok(())
    }

    fn after_save(tx: &mut Tx<'_>, before: Option<&Self>, after: &Self) -> Result<()> {
        let was = |user: &UserId| before.is_some_and(|before| before.member_ids.contains(user));
        let new: Vec<i64> =
            after.member_ids.iter().filter(|user| !was(user)).map(|user| user.0).collect();
        member::tell(tx, before, after)?;
        member::leave_others(tx, after.id, &new)
    }

    fn before_removal(&self, tx: &mut Tx<'_>) -> Result<()> {
        remove_own::<TeamMember>(tx, "team_id", self.id.0)
    }

    fn before_delete(&self, tx: &Tx<'_>) -> Result<()> {
        let sql = "SELECT stage_id FROM stage_team GROUP BY stage_id HAVING count(*) = 1 AND min(team_id) = ?1 LIMIT 1";
        let own = tx.optional(sql, &[self.id.0.into()], |line| line.int(0))?;
        match own {
            // Without its only team the stage would silently become everybody's.
            Some(stage) => Err(Error::conflict(format!(
                "stage {stage} is reserved to this team alone; change its team_ids first"
            ))
            .with_field("team_ids")
            .with_subject(self.id.subject())),
            None => Ok(()),
        }
    }
}

/// Refuses a filter over leads that cannot be read, or that names what leads have not.
fn check_filter(tx: &Tx<'_>, field: &str, text: Option<&str>) -> Result<Option<Filter>> {
    let Some(text) = text else { return Ok(None) };
    let read = Filter::parse(text).and_then(|filter| {
        query::resolved(tx, &filter, Lead::TABLE)?;
        Ok(Some(filter))
    });
    read.map_err(|error| {
        let told = format!("{field}: {}", error.message());
        Error::new(error.kind(), told).with_field(field)
    })
}

/// A mailbox as it is compared: small letters, digits and `._-`, with a domain if one is given.
fn alias(text: &str) -> Result<String> {
    let name = text.trim().to_lowercase();
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b))
    };
    let fits = match name.split_once('@') {
        Some((local, domain)) => part(local) && part(domain),
        None => part(&name),
    };
    crate::require!(
        fits && name.len() <= limit::SHORT_TEXT,
        "alias",
        "alias: {text:?} is no mailbox; write sales or sales@harbour.example"
    );
    Ok(name)
}

/// Teams and who belongs to them.
impl Desk<'_, Team> {
    /// Lets a user join a team, from today unless `date_start` says otherwise: `fields` are those of a [`TeamMember`]. A user is a member
    /// of one team at a time, so that another membership ends, unless the setting `multi_membership` is on.
    ///
    /// ```
    /// use crm_core::{Crm, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let ada = s.users().create(fields! { name: "Ada" })?.id;
    /// let (north, south) = (s.teams().create(fields! { name: "North" })?.id, s.teams().create(fields! { name: "South" })?.id);
    /// s.teams().add_member(north, ada, fields! { assignment_max: 60, assignment_filter: "country_code = \"SE\"" })?;
    /// s.teams().add_member(south, ada, fields! {})?;
    /// assert_eq!((s.teams().get(north)?.member_ids.len(), s.teams().get(south)?.assignment_max), (0, Some(30)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Conflict` for who is a member already; `Invalid` for an unknown or archived user, one who does not work in the team's company, and
    /// a filter that names what leads have not; `Denied` below admin.
    pub fn add_member(&self, team: TeamId, user: UserId, mut fields: Fields) -> Result<TeamMember> {
        fields.set("team_id", team);
        fields.set("user_id", user);
        self.link.write_alone(|tx| {
            let id = create_in::<TeamMember>(tx, &fields)?;
            tx.settle()?;
            query::get(tx, id)
        })
    }

    /// Changes a membership that goes on.
    ///
    /// # Errors
    /// `NotFound` for who is no member; as [`Self::add_member`].
    #[expect(clippy::needless_pass_by_value, reason = "the fields are used up")]
    pub fn update_member(&self, team: TeamId, user: UserId, fields: Fields) -> Result<TeamMember> {
        self.link.write_alone(|tx| {
            // Before anything is looked up: who may not change the office does not learn who works in it.
            access::allow(RecordKind::TeamMember, Deed::Update, &tx.actor)?;
            query::get::<Team>(tx, team)?;
            let id = member::going_on(tx, team, user)?;
            let changed = update_in::<TeamMember>(tx, &[id], &fields)?;
            changed.into_iter().next().ok_or_else(|| Error::bug("a changed record is stored"))
        })
    }

    /// Ends a membership today. The row is kept, so that who was a member when stays known.
    ///
    /// # Errors
    /// `NotFound` for who is no member; `Denied` below admin.
    pub fn remove_member(&self, team: TeamId, user: UserId) -> Result<TeamMember> {
        self.update_member(team, user, crate::fields! { active: false })
    }

    /// Who is a member of a team, or was on a day, the oldest membership first: `id` of the membership, `user_id`, `date_start`, `date_end`,
    /// `assignment_max`, `assignment_filter`, `assignment_filter_preferred`, `assignment_optout`, `territory`, `languages`,
    /// `skill_ids`, `is_absent`, and how many of the leads that
    /// are the member's in this team, lost and archived ones too, were opened in the last 24 hours (`lead_day_count`) and 30 days
    /// (`lead_month_count`) until now, or until that day's end.
    ///
    /// # Errors
    /// `NotFound` for a team that this user does not see.
    pub fn members(&self, team: TeamId, as_of: Option<Date>) -> Result<Frame> {
        self.link.read(|tx| {
            query::get::<Team>(tx, team)?;
            let until = as_of.map_or(tx.now, |day| Timestamp::start_of(day.plus_days(1)));
            let members = member::of_team(tx, team, as_of)?;
            let loads = of_members(tx, Some(&[team.0]), until, false)?;
            let mut frame = Frame::new([
                ("id", FieldKind::Ref(RecordKind::TeamMember)),
                ("user_id", FieldKind::Ref(RecordKind::User)),
                ("date_start", FieldKind::Date),
                ("date_end", FieldKind::Date),
                ("assignment_max", FieldKind::Int),
                ("assignment_filter", FieldKind::Text),
                ("assignment_filter_preferred", FieldKind::Text),
                ("assignment_optout", FieldKind::Bool),
                ("territory", FieldKind::Text),
                ("languages", FieldKind::Text),
                ("skill_ids", FieldKind::Ids(RecordKind::Tag)),
                ("is_absent", FieldKind::Bool),
                ("lead_day_count", FieldKind::Int),
                ("lead_month_count", FieldKind::Int),
            ]);
            let day = as_of.unwrap_or_else(|| tx.now.date());
            for member in members {
                let load = loads.get(&(team.0, member.user_id.0)).copied().unwrap_or_default();
                frame.push([
                    Value::from(member.id),
                    member.user_id.into(),
                    member.date_start.into(),
                    member.date_end.into(),
                    member.assignment_max.into(),
                    member.assignment_filter.as_deref().into(),
                    member.assignment_filter_preferred.as_deref().into(),
                    member.assignment_optout.into(),
                    member.territory.as_deref().into(),
                    member.languages.as_deref().into(),
                    Value::Ids(member.skill_ids.iter().map(|tag| tag.0).collect()),
                    Absences::stored(member.absences.as_deref()).covers(day).into(),
                    load.day.into(),
                    load.month.into(),
                ]);
            }
            Ok(frame)
        })
    }

    /// What each team that goes on may be given and has: `team_id`; `assignment_max`, empty without limit; `lead_unassigned_count`, its
    /// pending leads without salesperson; `lead_all_assigned_month_count`, its leads with one, lost and archived ones too, that were opened
    /// in the last 30 days; `is_exceeded`, whether those are more than it may be given. Only leads that this user sees are counted.
    ///
    /// # Errors
    /// `Storage` when the database fails.
    pub fn workload(&self) -> Result<Frame> {
        self.link.read(|tx| {
            let teams = query::find::<Team>(tx, &crate::desk::Find::all())?;
            let counts: HashMap<i64, (i64, i64)> = load::of_teams(tx)?;
            let mut frame = Frame::new([
                ("team_id", FieldKind::Ref(RecordKind::Team)),
                ("assignment_max", FieldKind::Int),
                ("lead_unassigned_count", FieldKind::Int),
                ("lead_all_assigned_month_count", FieldKind::Int),
                ("is_exceeded", FieldKind::Bool),
            ]);
            for team in teams {
                let (open, month) = counts.get(&team.id.0).copied().unwrap_or_default();
                frame.push([
                    Value::from(team.id),
                    team.assignment_max.into(),
                    open.into(),
                    month.into(),
                    team.assignment_max.is_some_and(|most| month > most).into(),
                ]);
            }
            Ok(frame)
        })
    }

    /// What each team that goes on and all below it have together, in the order of a list: `team_id`, `parent_id`, `team_count` (itself too),
    /// `member_count` (users, each once, however many of these teams they are in), `lead_count` (pending ones), `lead_unassigned_count`. Only leads
    /// that this user sees are counted. Teams below an archived one count above it; it does not count itself.
    ///
    /// # Errors
    /// `Storage` when the database fails.
    pub fn rollup(&self) -> Result<Frame> {
        self.link.read(|tx| {
            let teams =
                query::find::<Team>(tx, &crate::desk::Find::filter("active in (true, false)")?)?;
            let mut all = load::together(tx, &teams)?;
            let mut frame = Frame::new([
                ("team_id", FieldKind::Ref(RecordKind::Team)),
                ("parent_id", FieldKind::Ref(RecordKind::Team)),
                ("team_count", FieldKind::Int),
                ("member_count", FieldKind::Int),
                ("lead_count", FieldKind::Int),
                ("lead_unassigned_count", FieldKind::Int),
            ]);
            for team in teams.into_iter().filter(|team| team.active) {
                let sum = all.remove(&team.id.0).unwrap_or_default();
                frame.push([
                    Value::from(team.id),
                    team.parent_id.into(),
                    sum.teams.into(),
                    i64::try_from(sum.members.len()).unwrap_or(i64::MAX).into(),
                    sum.leads.into(),
                    sum.unassigned.into(),
                ]);
            }
            Ok(frame)
        })
    }
}

/// Whether a user works in a company.
pub(crate) fn works_in(user: &User, company: Option<CompanyId>) -> bool {
    user.company_id.is_none()
        || company.is_none_or(|own| user.company_id == Some(own) || user.company_ids.contains(&own))
}

/// A membership that is not there.
fn no_member(team: TeamId, user: UserId) -> Error {
    let subject = Subject { kind: RecordKind::User, id: user.0 };
    let told = format!("user_id: {subject} is no member of {}", team.subject());
    Error::new(crate::base::ErrorKind::NotFound, told).with_field("user_id").with_subject(subject)
}
