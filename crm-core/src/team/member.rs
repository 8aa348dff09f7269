//! Memberships: from a day on, and kept when they end.

use std::collections::BTreeMap;

use crate::base::{CompanyId, Date, Error, Id as _, RecordKind, Result, TeamId, UserId, Value};
use crate::desk::{Room, alter_in, changed, check_references};
use crate::record::{Team, TeamMember, User};
use crate::setting::{self, Key};
use crate::storage::Tx;
use crate::storage::records::id_list;
use crate::team::{Absences, Reach, check_filter, no_member, works_in};

impl Room for TeamMember {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { assignment_max: Some(30), active: true, ..Self::default() })
    }

    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if let (None, true) = (before, after.team_id.0 != 0) {
            // Before anything is said of it: a team that is not seen is one that is not there.
            check_references(tx, "team_id", RecordKind::Team, &[after.team_id.0])?;
        }
        let filters =
            |row: &Self| [row.assignment_filter.clone(), row.assignment_filter_preferred.clone()];
        let was = before.map(filters).unwrap_or_default();
        let names = ["assignment_filter", "assignment_filter_preferred"];
        for ((name, was), is) in names.into_iter().zip(was).zip(filters(after)) {
            if was != is {
                check_filter(tx, name, is.as_deref())?;
            }
        }
        if let Some(text) = &after.absences {
            after.absences = Absences::parse(text)?.text();
        }
        Reach::check(after)?;
        if let Some(before) = before {
            let (field, stays) = match before.team_id == after.team_id {
                true => ("user_id", before.user_id == after.user_id),
                false => ("team_id", false),
            };
            crate::require!(
                stays,
                field,
                "{field}: a membership stays its team's and its user's; end it and add another"
            );
        }
        date(before, after, tx.now.date())?;
        if !after.active {
            return Ok(());
        }
        // Who is not there is refused by who checks references.
        let new = before.is_none();
        let team = tx.by_id::<Team>(after.team_id)?;
        if let (Some(user), Some(team)) = (tx.by_id::<User>(after.user_id)?, team) {
            check_user(&user, new, team.company_id, "user_id")?;
            crate::require!(
                !new || team.active,
                "team_id",
                "team_id: {} is archived; restore it first",
                team.id.subject()
            );
        }
        let sql =
            "SELECT 1 FROM team_member WHERE team_id = ?1 AND user_id = ?2 AND id <> ?3 AND active";
        let twice = tx.optional(
            sql,
            &[after.team_id.0.into(), after.user_id.0.into(), after.id.0.into()],
            |_| Ok(()),
        )?;
        if twice.is_some() {
            return Err(Error::conflict("user_id: this user is a member of this team already")
                .with_field("user_id"));
        }
        Ok(())
    }

    fn after_save(tx: &mut Tx<'_>, before: Option<&Self>, after: &Self) -> Result<()> {
        if after.active && before.is_none() {
            return leave_others(tx, after.team_id, &[after.user_id.0]);
        }
        Ok(())
    }
}

/// Lets a membership's dates and whether it goes on say the same.
fn date(before: Option<&TeamMember>, after: &mut TeamMember, today: Date) -> Result<()> {
    if let Some(before) = before.filter(|before| !before.active) {
        let ended = !after.active && after.date_end.is_some();
        crate::require!(
            ended,
            "active",
            "active: a membership that ended {} stays ended; add the member again",
            before.date_end.map_or(String::new(), |day| format!("on {day}"))
        );
    }
    let start = *after.date_start.get_or_insert(today);
    crate::require!(
        start <= today,
        "date_start",
        "date_start: {start} is still to come; add the member on that day"
    );
    if !after.active && after.date_end.is_none() {
        after.date_end = Some(today);
    }
    if let Some(end) = after.date_end {
        crate::require!(
            start <= end,
            "date_end",
            "date_end: {end} is before {start}; it is the first day on which the membership was no more"
        );
        crate::require!(
            end <= today,
            "date_end",
            "date_end: {end} is still to come; remove the member on that day, or say when they are away in absences"
        );
    }
    after.active = after.date_end.is_none();
    Ok(())
}

/// Refuses a user who cannot be a member of a team of that company.
pub(super) fn check_user(
    user: &User,
    new: bool,
    company: Option<CompanyId>,
    field: &str,
) -> Result<()> {
    let subject = user.id.subject();
    let told = if new && !user.active {
        format!("{field}: {subject} is archived and cannot join a team")
    } else if !works_in(user, company) {
        format!("{field}: {subject} does not work in the team's company")
    } else {
        return Ok(());
    };
    Err(Error::invalid(field, told).with_subject(subject))
}

/// Ends memberships; what follows from that waits for `settle`.
fn end(tx: &mut Tx<'_>, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    alter_in::<TeamMember>(tx, ids, &crate::fields! { active: false }).map(drop)
}

/// Ends the memberships that users have of other teams, unless they may have several.
pub(super) fn leave_others(tx: &mut Tx<'_>, team: TeamId, users: &[i64]) -> Result<()> {
    if users.is_empty() || setting::read(tx, Key::MultiMembership)? == Value::Bool(true) {
        return Ok(());
    }
    let sql = "SELECT id FROM team_member WHERE active AND team_id <> ?1 \
               AND user_id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    let ids = tx.rows(sql, &[team.0.into(), id_list(users)], |line| line.int(0))?;
    end(tx, &ids)
}

/// Ends all memberships of a user who was archived.
pub(crate) fn leave_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let sql = "SELECT id FROM team_member WHERE active AND user_id = ?1 ORDER BY id";
    let ids = tx.rows(sql, &[user.0.into()], |line| line.int(0))?;
    end(tx, &ids)
}

/// Announces memberships that began or ended since a team's list of members changed.
pub(super) fn tell(tx: &mut Tx<'_>, before: Option<&Team>, after: &Team) -> Result<()> {
    let was: &[UserId] = before.map_or(&[], |before| &before.member_ids);
    let moved = |user: &&UserId| was.contains(user) != after.member_ids.contains(user);
    let moved: Vec<i64> =
        was.iter().chain(&after.member_ids).filter(moved).map(|id| id.0).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let rest = "WHERE team_member.team_id = ?1 AND team_member.user_id IN (SELECT value FROM json_each(?2)) ORDER BY team_member.id";
    let rows: Vec<TeamMember> = tx.select(rest, &[after.id.0.into(), id_list(&moved)])?;
    // Who was a member more than once: the last is the one that moved.
    let last: BTreeMap<UserId, TeamMember> =
        rows.into_iter().map(|row| (row.user_id, row)).collect();
    for row in last.into_values() {
        let before =
            TeamMember { active: true, date_end: None, version: row.version - 1, ..row.clone() };
        changed(tx, (!row.active).then_some(&before), Some(&row))?;
    }
    Ok(())
}

/// The membership of a user that goes on.
pub(super) fn going_on(tx: &Tx<'_>, team: TeamId, user: UserId) -> Result<i64> {
    let sql = "SELECT id FROM team_member WHERE active AND team_id = ?1 AND user_id = ?2";
    let found = tx.optional(sql, &[team.0.into(), user.0.into()], |line| line.int(0))?;
    found.ok_or_else(|| no_member(team, user))
}

/// A team's memberships that go on, or that held on a day, the oldest first.
pub(super) fn of_team(tx: &Tx<'_>, team: TeamId, day: Option<Date>) -> Result<Vec<TeamMember>> {
    let order = "ORDER BY team_member.date_start, team_member.id";
    match day {
        None => {
            let rest = format!("WHERE team_member.team_id = ?1 AND team_member.active {order}");
            tx.select(&rest, &[team.0.into()])
        }
        Some(day) => {
            let rest = format!(
                "WHERE team_member.team_id = ?1 AND (team_member.date_start IS NULL OR team_member.date_start <= ?2) \
                 AND (team_member.date_end IS NULL OR team_member.date_end > ?2) {order}"
            );
            tx.select(&rest, &[team.0.into(), day.days().into()])
        }
    }
}
