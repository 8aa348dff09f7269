//! What a plan is made of: leads without salesperson, teams and members who take part, what they were given lately.

use std::collections::{HashMap, HashSet};

use crate::assign::Assign;
use crate::assign::filters::Filters;
use crate::assign::plan::{AssignMark, AssignReason, AssignRules};
use crate::assign::reference::{Judge, Seat};
use crate::assign::run;
use crate::base::text::emails_normalized;
use crate::base::{
    Date, Id as _, LeadId, Record as _, Result, Table, TagId, TeamId, UserId, limit,
};
use crate::convert::clusters;
use crate::desk::{Find, query};
use crate::duplicate::{Identity, same_customer};
use crate::filter::Filter;
use crate::lead::office::office;
use crate::lead::verbs::as_system;
use crate::merge;
use crate::record::{Lead, LeadKind, Partner, Team, TeamMember, User};
use crate::storage::records::id_list;
use crate::storage::{Tx, actor};
use crate::team::{Absences, Lack, Reach, of_members, works_in};

/// A member of a team that takes part.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) row: TeamMember,
    pub(super) user: User,
    /// The team, by its place.
    pub(super) team: usize,
    filter: usize,
    preferred: usize,
    reach: Reach,
    /// What must hold of what they have for the member to see it, if anything might be hidden.
    sight: Vec<usize>,
}

/// Duplicates that would become one.
#[derive(Debug)]
pub(super) struct Set {
    /// What the one that stays would be.
    pub(super) head: Lead,
    /// Those that go, with their versions.
    pub(super) gone: Vec<(LeadId, i64)>,
}

/// Everything that a plan looks at.
#[derive(Debug)]
pub(super) struct World {
    /// In the order of a list.
    pub(super) leads: Vec<Lead>,
    pub(super) at: HashMap<i64, usize>,
    pub(super) teams: Vec<Team>,
    team_filters: Vec<usize>,
    pub(super) members: Vec<Member>,
    /// Of each team.
    pub(super) of_team: Vec<Vec<usize>>,
    pub(super) seats: Vec<Seat>,
    filters: Filters,
    /// Tags that somebody has as a skill.
    skills: HashSet<TagId>,
}

/// Teams that take part, in order of preference. Those that are named must be seen; they take part whatever they are.
pub(super) fn teams(tx: &Tx<'_>, asked: Option<&[TeamId]>) -> Result<Vec<Team>> {
    if let Some(ids) = asked {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        return query::visible::<Team>(tx, &query::distinct(&ids)?);
    }
    let mut all = query::find::<Team>(tx, &Find::all())?;
    all.retain(|team| !team.assignment_optout && (team.use_leads || team.use_opportunities));
    Ok(all)
}

/// What a member may be given today. By the reference rules a thirtieth of `most`, rounded half up, without what was given in the last 24 hours;
/// else rounded up, and in 30 days no more than `most`. No `most`, no limit.
fn quota(rules: AssignRules, most: Option<i64>, day: i64, month: i64) -> i64 {
    let Some(most) = most else { return NO_LIMIT };
    let left = match rules {
        AssignRules::Reference => (most + 15) / 30 - day,
        AssignRules::Optimal => ((most + 29) / 30 - day).min(most - month),
    };
    left.max(0)
}

/// More than there are leads.
const NO_LIMIT: i64 = 1 << 40;

/// Members of teams and what each may be given today.
pub(super) fn members(
    tx: &Tx<'_>,
    teams: &[Team],
    rules: AssignRules,
    force: bool,
) -> Result<Vec<(TeamMember, User, usize, Seat)>> {
    let ids: Vec<i64> = teams.iter().map(|team| team.id.0).collect();
    let place: HashMap<TeamId, usize> =
        teams.iter().enumerate().map(|(at, team)| (team.id, at)).collect();
    let rest = "WHERE team_member.active AND team_member.team_id IN (SELECT value FROM json_each(?1)) \
                ORDER BY team_member.date_start, team_member.id";
    let rows: Vec<TeamMember> = tx.select(rest, &[id_list(&ids)])?;
    let users: Vec<i64> = rows.iter().map(|row| row.user_id.0).collect();
    let users: HashMap<UserId, User> =
        tx.by_ids::<User>(&users)?.into_iter().map(|user| (user.id, user)).collect();
    let loads = of_members(tx, Some(&ids), tx.now, true)?;
    let today = tx.now.date();
    let member = |row: TeamMember| {
        let user = users.get(&row.user_id)?.clone();
        let team = *place.get(&row.team_id)?;
        let load = loads.get(&(row.team_id.0, row.user_id.0)).copied().unwrap_or_default();
        let seat = Seat {
            quota: quota(rules, row.assignment_max, if force { 0 } else { load.day }, load.month),
            month: load.month,
            is_in: !row.assignment_optout && user.active,
            is_away: is_away(&row, today),
            has_preferred: row.assignment_filter_preferred.is_some(),
            is_ever_given: quota(rules, row.assignment_max, 0, 0) > 0,
            has_territory: row.territory.is_some(),
        };
        Some((row, user, team, seat))
    };
    Ok(rows.into_iter().filter_map(member).collect())
}

fn is_away(member: &TeamMember, today: Date) -> bool {
    Absences::stored(member.absences.as_deref()).covers(today)
}

/// Tags that a member of any team that the actor sees has as a skill: which teams a plan is of does not change what a lead asks for.
fn skills(tx: &Tx<'_>) -> Result<HashSet<TagId>> {
    let teams = query::ids(tx, &Find::all(), Team::TABLE)?;
    let sql = "SELECT DISTINCT skill.tag_id FROM team_member_skill AS skill JOIN team_member AS member ON member.id = skill.team_member_id \
               WHERE member.active AND member.team_id IN (SELECT value FROM json_each(?1))";
    let tags = tx.rows(sql, &[id_list(&teams)], |line| Ok(TagId(line.int(0)?)))?;
    Ok(tags.into_iter().collect())
}

/// Pending leads without salesperson: all, or those of no team and of the teams that were named.
pub(super) fn open_leads(asked: Option<&[TeamId]>) -> Filter {
    let mut all = vec![
        Filter::eq("won_status", "pending"),
        Filter::eq("active", true),
        Filter::is_null("user_id"),
    ];
    if let Some(ids) = asked {
        let of = Filter::is_in("team_id", ids.iter().map(|id| id.0));
        all.push(Filter::any([Filter::is_null("team_id"), of]));
    }
    Filter::all(all)
}

impl World {
    pub(super) fn load(tx: &Tx<'_>, assign: &Assign) -> Result<Self> {
        let teams = teams(tx, assign.team_ids.as_deref())?;
        let filter = Some(open_leads(assign.team_ids.as_deref()));
        let leads = query::find::<Lead>(tx, &Find { filter, ..Find::all() })?;
        let at = leads.iter().enumerate().map(|(at, lead)| (lead.id.0, at)).collect();
        let mut filters = Filters::new();
        let named = |error: crate::base::Error, subject| error.or_subject(subject);
        let mut team_filters = Vec::with_capacity(teams.len());
        for team in &teams {
            let text = team.assignment_filter.as_deref();
            let test = filters.add(tx, text, None, &leads);
            team_filters.push(test.map_err(|error| named(error, team.id.subject()))?);
        }
        let mut of_team = vec![Vec::new(); teams.len()];
        let (mut all, mut seats) = (Vec::new(), Vec::new());
        for (row, user, team, seat) in members(tx, &teams, assign.rules, assign.force)? {
            let me = Some((user.id.0, row.team_id.0));
            let mut add = |text: &Option<String>| {
                let test = filters.add(tx, text.as_deref(), me, &leads);
                test.map_err(|error| named(error, row.id.subject()))
            };
            let (filter, preferred) =
                (add(&row.assignment_filter)?, add(&row.assignment_filter_preferred)?);
            of_team[team].push(all.len());
            let reach = Reach::stored(&row);
            all.push(Member { row, user, team, filter, preferred, reach, sight: Vec::new() });
            seats.push(seat);
        }
        let office = office(tx)?;
        let mut blind: Vec<UserId> = all
            .iter()
            .map(|member: &Member| member.user.id)
            .filter(|user| office.may_be_blind(*user))
            // Who acts may give themselves what they find.
            .filter(|user| tx.actor.user_id != Some(*user))
            .collect();
        blind.sort_unstable();
        blind.dedup();
        let mut sights: HashMap<UserId, Vec<usize>> = HashMap::new();
        for actor in actor::load_all(tx, &blind)? {
            if let Some(user) = actor.user_id {
                sights.insert(user, filters.add_sight(tx, &actor, &leads)?);
            }
        }
        for member in &mut all {
            member.sight = sights.get(&member.user.id).cloned().unwrap_or_default();
        }
        let skills = skills(tx)?;
        Ok(Self { leads, at, teams, team_filters, members: all, of_team, seats, filters, skills })
    }

    /// Whether a team has anybody who is given leads, today or on another day.
    pub(super) fn has_capacity(&self, team: usize) -> bool {
        let gets = |member: &usize| {
            self.seats[*member].is_in && self.members[*member].row.assignment_max != Some(0)
        };
        self.of_team[team].iter().any(gets)
    }

    /// What a team weighs when one is drawn: what its members may be given in a month, 30 for one without limit.
    pub(super) fn weight(&self, team: usize) -> u64 {
        let most = |member: &usize| {
            let most = self.members[*member].row.assignment_max.unwrap_or(30);
            u64::try_from(most).unwrap_or(0)
        };
        self.of_team[team].iter().map(most).sum()
    }

    pub(super) const fn judge(&self) -> Eyes<'_> {
        Eyes(self)
    }

    /// How many of the leads a member would not see though they were theirs, of those who are blind to any.
    pub(super) fn hidden(&self) -> Result<Vec<(usize, usize)>> {
        let mut all = Vec::new();
        let may = |member: &usize| !self.members[*member].sight.is_empty();
        for member in (0..self.members.len()).filter(may) {
            let mut hidden = 0;
            for lead in &self.leads {
                hidden += usize::from(!self.judge().sees(member, lead)?);
            }
            if hidden > 0 {
                all.push((member, hidden));
            }
        }
        Ok(all)
    }

    /// What the teams and their members are.
    pub(super) fn marks(&self) -> Vec<AssignMark> {
        let marks = self.teams.iter().zip(&self.of_team).map(|(team, members)| {
            let members = members.iter().map(|at| &self.members[*at]);
            let mark = mark(team, members.map(|member| (&member.row, &member.user)));
            AssignMark { team_id: team.id, mark }
        });
        marks.collect()
    }

    /// Who should be given each of these leads of returning customers: the salesperson of the customer, of the company that it belongs to, of its
    /// last open opportunity, in this order; as far as the actor sees these.
    pub(super) fn owners(
        &self,
        tx: &Tx<'_>,
        of: &[Lead],
    ) -> Result<Vec<Vec<(UserId, AssignReason)>>> {
        let partners: HashSet<i64> =
            of.iter().filter_map(|lead| lead.partner_id).map(|id| id.0).collect();
        let mut partners: Vec<i64> = partners.into_iter().collect();
        partners.sort_unstable();
        let mut owners: HashMap<i64, [Option<i64>; 3]> = HashMap::new();
        for chunk in partners.chunks(limit::CHUNK) {
            let ids = id_list(chunk);
            let levels = i64::try_from(limit::PARENTS).unwrap_or(i64::MAX);
            let above =
                tx.rows(include_str!("owners.sql"), &[ids.clone(), levels.into()], |line| {
                    Ok((line.int(0)?, line.int(1)? == 0, line.int_or_null(2)?, line.int(3)?))
                })?;
            let seen = sight(tx, Partner::TABLE, above.iter().map(|(.., id)| *id).collect())?;
            for (leaf, own, user, id) in above {
                // From the customer up; the last is the company.
                owners.entry(leaf).or_default()[usize::from(!own)] = user.filter(|_| seen(id));
            }
            let last = "SELECT partner_id, user_id, id FROM lead WHERE partner_id IN (SELECT value FROM json_each(?1)) \
                        AND won_status = 0 AND active AND kind = 1 AND user_id IS NOT NULL ORDER BY id";
            let deals =
                tx.rows(last, &[ids], |line| Ok((line.int(0)?, line.int(1)?, line.int(2)?)))?;
            let seen = sight(tx, Lead::TABLE, deals.iter().map(|(.., id)| *id).collect())?;
            for (partner, user, _) in deals.into_iter().filter(|(.., id)| seen(*id)) {
                owners.entry(partner).or_default()[2] = Some(user);
            }
        }
        let why = [AssignReason::PartnerOwner, AssignReason::CompanyOwner, AssignReason::LastDeal];
        let told = |lead: &Lead| {
            let known = lead.partner_id.and_then(|id| owners.get(&id.0));
            let named = known.into_iter().flatten().zip(why);
            named.filter_map(|(user, why)| Some((UserId((*user)?), why))).collect()
        };
        Ok(of.iter().map(told).collect())
    }

    /// The membership by which a user may be given a lead: of its team, or the oldest of a team that accepts it. What the member's filter
    /// does not accept is nobody's by being a customer's.
    pub(super) fn seat_of(&self, user: UserId, lead: usize) -> Result<Option<usize>> {
        let own = self.leads[lead].team_id;
        for (at, (member, seat)) in self.members.iter().zip(&self.seats).enumerate() {
            let may = member.row.user_id == user && seat.is_in && !seat.is_away && seat.quota > 0;
            let team = match own {
                Some(team) => {
                    team == member.row.team_id && fits(&self.teams[member.team], &self.leads[lead])
                }
                None => may && self.judge().team(member.team, lead)?,
            };
            if may && team && self.judge().member(at, lead)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Duplicates among these leads and all others that are seen, by e-mail address: of each lead the number of its set.
    pub(super) fn sets(
        &self,
        tx: &mut Tx<'_>,
        of: &[usize],
    ) -> Result<(Vec<Set>, HashMap<i64, usize>)> {
        let emails = |lead: &usize| {
            let from = self.leads[*lead].email_from.as_deref();
            from.map(emails_normalized).filter(|emails| !emails.is_empty())
        };
        let mut asked = Vec::new();
        let mut askers = Vec::new();
        for lead in of {
            if let Some(emails) = emails(lead) {
                asked.push(Identity { emails, partner_id: None });
                askers.push(*lead);
            }
        }
        let found = same_customer(tx, &asked, false)?;
        let strange: HashSet<i64> =
            found.iter().flatten().copied().filter(|id| !self.at.contains_key(id)).collect();
        let mut strange: Vec<i64> = strange.into_iter().collect();
        strange.sort_unstable();
        let strange: HashMap<i64, Lead> = query::seen(tx, &strange)?;
        let known =
            |id: &i64| self.at.get(id).map(|at| &self.leads[*at]).or_else(|| strange.get(id));
        // Of another company or currency there are deals of their own.
        let groups = askers.iter().zip(found).map(|(lead, found)| {
            let lead = &self.leads[*lead];
            let alike = |id: &i64| {
                known(id).is_some_and(|other| {
                    (other.company_id, other.currency) == (lead.company_id, lead.currency)
                })
            };
            found.into_iter().filter(alike).collect::<Vec<_>>()
        });
        let ids = clusters(groups);
        let previews = as_system(tx, |tx| merge::preview(tx, &ids))?;
        let mut set_of = HashMap::new();
        let mut sets = Vec::with_capacity(previews.len());
        for (head, gone) in previews {
            let version = |id: &LeadId| known(&id.0).map_or(0, |lead| lead.version);
            let gone: Vec<(LeadId, i64)> = gone.iter().map(|id| (*id, version(id))).collect();
            set_of.extend(gone.iter().map(|(id, _)| (id.0, sets.len())));
            set_of.insert(head.id.0, sets.len());
            sets.push(Set { head, gone });
        }
        Ok((sets, set_of))
    }
}

/// Whether a team may have a lead of that company.
fn fits(team: &Team, lead: &Lead) -> bool {
    team.company_id.is_none_or(|own| lead.company_id.is_none_or(|company| company == own))
}

/// Asks the filters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Eyes<'w>(&'w World);

impl Judge for Eyes<'_> {
    fn team(&mut self, team: usize, lead: usize) -> Result<bool> {
        let (world, lead) = (self.0, &self.0.leads[lead]);
        Ok(fits(&world.teams[team], lead) && world.filters.holds(world.team_filters[team], lead)?)
    }

    fn refuses(&mut self, member: usize, lead: usize) -> Result<Option<AssignReason>> {
        let (world, lead) = (self.0, &self.0.leads[lead]);
        let own = &world.members[member];
        if !works_in(&own.user, lead.company_id) || !self.holds(own.filter, member, lead)? {
            return Ok(Some(AssignReason::NoMatch));
        }
        let lack = own.reach.lacks(lead, |tag| world.skills.contains(tag));
        Ok(match lack {
            Some(Lack::Territory) => Some(AssignReason::NoTerritory),
            Some(Lack::Language) => Some(AssignReason::NoLanguage),
            Some(Lack::Skill) => Some(AssignReason::NoSkill),
            None if !self.sees(member, lead)? => Some(AssignReason::Blind),
            None => None,
        })
    }

    fn closeness(&mut self, member: usize, lead: usize) -> usize {
        self.0.members[member].reach.closeness(&self.0.leads[lead])
    }

    fn preferred(&mut self, member: usize, lead: usize) -> Result<bool> {
        self.holds(self.0.members[member].preferred, member, &self.0.leads[lead])
    }
}

impl Eyes<'_> {
    /// Whether a member would see a lead that was given to them, as it will be then; doing a plan is refused else.
    fn sees(self, member: usize, lead: &Lead) -> Result<bool> {
        let own = &self.0.members[member];
        if own.sight.is_empty() {
            return Ok(true);
        }
        let given = Lead {
            user_id: Some(own.user.id),
            team_id: Some(own.row.team_id),
            kind: LeadKind::Opportunity,
            ..lead.clone()
        };
        for sight in &own.sight {
            if !self.0.filters.holds(*sight, &given)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a member's filter accepts a lead, which is of the member's team by the time the member has it.
    fn holds(self, filter: usize, member: usize, lead: &Lead) -> Result<bool> {
        let world = self.0;
        if lead.team_id.is_some() || !world.filters.asks_for_team(filter) {
            return world.filters.holds(filter, lead);
        }
        let team_id = Some(world.members[member].row.team_id);
        world.filters.holds(filter, &Lead { team_id, ..lead.clone() })
    }
}

/// Whether the actor sees records of a table, of those that are named.
fn sight(tx: &Tx<'_>, table: &'static Table, mut ids: Vec<i64>) -> Result<impl Fn(i64) -> bool> {
    ids.sort_unstable();
    ids.dedup();
    let mut seen: Option<HashSet<i64>> = Some(HashSet::new());
    for chunk in ids.chunks(limit::CHUNK) {
        match (query::seen_among(tx, table, chunk)?, &mut seen) {
            (Some(more), Some(seen)) => seen.extend(more),
            _ => seen = None,
        }
    }
    Ok(move |id| seen.as_ref().is_none_or(|seen| seen.contains(&id)))
}

/// What a team and its members are, as far as that says who may be given what. Quotas are checked by themselves.
pub(super) fn mark<'m>(
    team: &Team,
    members: impl Iterator<Item = (&'m TeamMember, &'m User)>,
) -> String {
    let mut told: Vec<String> = members
        .map(|(row, user)| {
            format!(
                "{:?}",
                (
                    (row.id, row.create_date, row.user_id, row.assignment_optout, &row.absences),
                    (&row.assignment_filter, &row.assignment_filter_preferred),
                    (&row.territory, &row.languages, &row.skill_ids),
                    (user.active, user.company_id, &user.company_ids),
                )
            )
        })
        .collect();
    told.sort_unstable();
    let own = format!(
        "{:?}",
        (
            (team.id, team.create_date, team.active, team.company_id, team.assignment_optout),
            (team.use_leads, team.use_opportunities, &team.assignment_filter),
        )
    );
    told.push(own);
    run::mark(&told.join("\n"))
}

#[cfg(test)]
mod quota_tests {
    use super::*;

    #[test]
    fn a_day_is_a_thirtieth_of_a_month() {
        let reference = |most, day| quota(AssignRules::Reference, most, day, 0);
        assert_eq!(
            (reference(Some(14), 0), reference(Some(15), 0), reference(Some(60), 1)),
            (0, 1, 1)
        );
        assert_eq!(
            (reference(Some(0), 0), reference(Some(30), 4), reference(None, 9)),
            (0, 0, NO_LIMIT)
        );
        let optimal = |most, day, month| quota(AssignRules::Optimal, most, day, month);
        assert_eq!(
            (optimal(Some(14), 0, 0), optimal(Some(14), 1, 1), optimal(Some(14), 0, 14)),
            (1, 0, 0)
        );
        assert_eq!((optimal(Some(0), 0, 0), optimal(None, 3, 400)), (0, NO_LIMIT));
    }
}
