"""The desks of the office: what a pipeline refers to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from crm import _crm
from crm._desks import (
    ActivityTypeDesk,
    CampaignDesk,
    CompanyDesk,
    LostReasonDesk,
    MediumDesk,
    PartnerContactDesk,
    PartnerDesk,
    PartnerRoleDesk,
    RecurringPlanDesk,
    RuleDesk,
    SourceDesk,
    StageDesk,
    TagDesk,
    TargetDesk,
    TeamDesk,
    TeamMemberDesk,
    UserDesk,
)
from crm._records import Partner, PartnerRole, Tag, Target, Team, TeamMember, User
from crm.desk import AnyFilter, text
from crm.frame import Frame
from crm.merged import Merged

__all__ = [
    "ActivityTypes",
    "Campaigns",
    "Companies",
    "LostReasons",
    "Mediums",
    "PartnerContacts",
    "PartnerRoles",
    "Partners",
    "RecurringPlans",
    "Rules",
    "Sources",
    "Stages",
    "Tags",
    "Targets",
    "TeamMembers",
    "Teams",
    "Users",
]


class Companies(CompanyDesk):
    """Companies of the host; company 1 exists from the start.

    >>> import crm
    >>> with crm.open(":memory:", currency="CHF") as db, db.session() as s:
    ...     s.companies.update(1, name="Harbour Ltd")
    Company(id=1, name='Harbour Ltd', currency='CHF')
    """

    __slots__ = ()


class Users(UserDesk):
    """Those who work with the pipeline; `role` is own, team, all or admin.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     s.users.create(name="Ada", login="ada", role="admin")
    User(id=1, name='Ada', login='ada', role='admin')
    """

    __slots__ = ()


class Teams(TeamDesk):
    """Sales teams, in a tree. `delete` leaves a team's leads, which belong to no team then.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     ada = s.users.create(name="Ada", login="ada", role="team")
    ...     s.teams.create(name="Harbour", user_id=ada)
    Team(id=1, name='Harbour')
    """

    __slots__ = ()

    def add_member(
        self,
        team_id: int | Team,
        user_id: int | User,
        assignment_max: int | None = 30,
        assignment_filter: str | None = None,
        assignment_filter_preferred: str | None = None,
        *,
        assignment_optout: bool = False,
        absences: str | None = None,
        territory: str | None = None,
        languages: str | None = None,
        skill_ids: Iterable[int | Tag] = (),
        date_start: date | None = None,
    ) -> TeamMember:
        """Lets a user join a team, from today unless `date_start` is an earlier day.

        `assignment_max` is how many leads they may be given in 30 days: 0 for none, `None` for as many as there are. Filters are over leads,
        and `:me` in them is the member. `territory` is where the leads are (``"SE, US/CA, DE:80"``: a country, a state, the beginning of postal
        codes), `languages` what the member speaks (``"de, pt_BR"``), `skill_ids` the tags of what they know about; what is left out
        restricts nothing. A user is a member of one team at a time, so that another membership ends, unless the setting
        `multi_membership` is on.

        >>> import crm
        >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
        ...     ada, harbour = s.users.create(name="Ada"), s.teams.create(name="Harbour")
        ...     member = s.teams.add_member(harbour, ada, assignment_max=60, assignment_filter='country_code = "SE"')
        ...     member.active, s.teams.get(harbour).assignment_max, s.teams.remove_member(harbour, ada).active
        (True, 60, False)
        """
        given = {
            "assignment_max": assignment_max,
            "assignment_filter": assignment_filter,
            "assignment_filter_preferred": assignment_filter_preferred,
            "assignment_optout": assignment_optout,
            "absences": absences,
            "territory": territory,
            "languages": languages,
            "skill_ids": skill_ids,
            "date_start": date_start,
        }
        added: TeamMember = _crm.add_member(self._native, team_id, user_id, given)
        return added

    def update_member(self, team_id: int | Team, user_id: int | User, **fields: Any) -> TeamMember:
        """Changes a membership that goes on, by fields of a :class:`TeamMember`."""
        changed: TeamMember = _crm.update_member(self._native, team_id, user_id, fields)
        return changed

    def remove_member(self, team_id: int | Team, user_id: int | User) -> TeamMember:
        """Ends a membership today; its record is kept, archived."""
        ended: TeamMember = _crm.remove_member(self._native, team_id, user_id)
        return ended

    def members(self, team_id: int | Team, as_of: date | None = None) -> Frame:
        """Who is a member of a team, or was on a day, the oldest membership first, with capacity, filters, `territory`, `languages` and `skill_ids`.

        `lead_day_count` and `lead_month_count` are how many of the member's leads in this team were opened in the last 24 hours and 30 days
        until now or that day's end, lost and archived ones too.
        """
        return _crm.team_members(self._native, team_id, as_of)

    def workload(self) -> Frame:
        """What each team may be given and has, a row per team.

        `assignment_max` is the sum of its members' (`None`: no limit), `lead_unassigned_count` its pending leads without salesperson,
        `lead_all_assigned_month_count` its leads with one that were opened in the last 30 days, `is_exceeded` whether those are more.
        """
        return _crm.team_workload(self._native)

    def rollup(self) -> Frame:
        """What each team and all below it have together, a row per team.

        `team_count` counts the team itself too, `member_count` each user once however many of these teams they are in, `lead_count` and
        `lead_unassigned_count` pending leads.
        """
        return _crm.team_rollup(self._native)


class TeamMembers(TeamMemberDesk):
    """Who belongs to which team.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     ben = s.users.create(name="Ben", login="ben")
    ...     team = s.teams.create(name="Harbour")
    ...     s.team_members.create(team_id=team, user_id=ben).user_id == ben.id
    True
    """

    __slots__ = ()


class Stages(StageDesk):
    """The steps of the pipeline, by `sequence`.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     s.stages.create(name="Negotiation", sequence=25).is_won
    False
    """

    __slots__ = ()


class LostReasons(LostReasonDesk):
    """Why deals are lost.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.lost_reasons.create(name="Too slow")
    LostReason(id=1, name='Too slow')
    """

    __slots__ = ()


class Tags(TagDesk):
    """Labels, in a tree.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.tags.create([{"name": "Fleet"}, {"name": "Bakery"}])
    [Tag(id=1, name='Fleet'), Tag(id=2, name='Bakery')]
    """

    __slots__ = ()


class Campaigns(CampaignDesk):
    """Marketing efforts.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.campaigns.create(name="Spring fair")
    Campaign(id=1, name='Spring fair')
    """

    __slots__ = ()


class Mediums(MediumDesk):
    """Ways of delivery, such as e-mail or banner.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.mediums.create(name="Letter")
    Medium(id=1, name='Letter')
    """

    __slots__ = ()


class Sources(SourceDesk):
    """Where someone came from, such as a search engine.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.sources.create(name="Harbour fair")
    Source(id=1, name='Harbour fair')
    """

    __slots__ = ()


class RecurringPlans(RecurringPlanDesk):
    """How often recurring revenue recurs.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     s.recurring_plans.create(name="Every two years", number_of_months=24)
    RecurringPlan(id=1, name='Every two years', number_of_months=24)
    """

    __slots__ = ()


class Partners(PartnerDesk):
    """People and companies outside.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     bakery = s.partners.create(name="Azure Bakery", is_company=True, external_id=("erp", "4711"))
    ...     s.partners.get(external_id=("erp", "4711")) == bakery
    True
    """

    __slots__ = ()

    def address_for(
        self, id: int | Partner, kind: Literal["contact", "invoice", "delivery", "private", "other"]
    ) -> Partner:
        """The card with the address to use for a purpose; its `id` says whose it is.

        Cards without an address are passed over. First those for that purpose: the partner's own, else the nearest below it that is active
        and no company, else the same from the one it belongs to, up to its company (a `contact` is not looked for below: other people
        there are reached at their own). Then the partner's own address whatever it is for, else that of those above, unless it is
        `private`. Then its own card, which has none.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     harbour = s.partners.create(name="Harbour", is_company=True, city="Lyon")
        ...     accounts = s.partners.create(name="Accounts", parent_id=harbour, address_type="invoice", city="Brest")
        ...     ada = s.partners.create(name="Ada", parent_id=harbour)
        ...     s.partners.address_for(ada, "invoice").city, s.partners.address_for(ada, "delivery").city
        ('Brest', 'Lyon')
        """
        card: Partner = _crm.address_for(self._native, id, kind)
        return card

    def roles(self, id: int | Partner) -> list[PartnerRole]:
        """What a partner is and was to us, the earliest first."""
        roles: list[PartnerRole] = _crm.partner_roles(self._native, id)
        return roles

    def role_as_of(self, id: int | Partner, date: date) -> list[PartnerRole]:
        """What a partner is to us on a day, past or to come; several roles may hold, or none.

        >>> import crm
        >>> from datetime import date
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     harbour = s.partners.create(name="Harbour")
        ...     role = s.partner_roles.create(partner_id=harbour, role="prospect", date_start=date(2026, 1, 10))
        ...     role = s.partner_roles.update(role, date_end=date(2026, 3, 2))
        ...     role = s.partner_roles.create(partner_id=harbour, role="customer", date_start=date(2026, 3, 2))
        ...     [[role.role for role in s.partners.role_as_of(harbour, date(2026, 3, day))] for day in (1, 2)]
        [['prospect'], ['customer']]
        """
        roles: list[PartnerRole] = _crm.partner_role_as_of(self._native, id, date)
        return roles

    def subject_export(self, id: int | Partner) -> dict[str, Any]:
        """Everything that is known of a person; for administrators of all companies.

        `own` and `told` are records that are theirs, and others' that tell of them, by kind; further `roles`, `external_ids`, `states`
        (of their deals), `feed` (entries that say something of them, which is what the audit holds, too), `merges`, `partner_id`, `date`.

        Theirs are their card, the cards merged into it and the addresses below it, their contacts, the deals whose customer it is, or
        that nobody's customer sent from an address that they alone have, messages and activities of these, and users from outside under
        this card. Others' records tell of them by an address, a number or a tax number that no other card has, by a name of two words
        that no other card has, and, at whom they belong to, by any of their names. The whole database is read for it.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     ada = s.partners.create(name="Ada Lovelace", email="ada@harbour.example")
        ...     deal = s.leads.create(name="Fleet lease", partner_id=ada)
        ...     known = s.partners.subject_export(ada)
        >>> [lead["name"] for lead in known["own"]["lead"]], known["feed"][0]["personal"]["set"]["name"]
        (['Fleet lease'], 'Fleet lease')
        """
        known: dict[str, Any] = json.loads(_crm.subject_export(self._native, id))
        return known

    def subject_erase(
        self, id: int | Partner, holds: Iterable[Literal["lead", "message", "activity"]] = ()
    ) -> Frame:
        """Forgets a person: afterwards no text of theirs is in the database, nor in its files. For administrators of all companies.

        Of all that `subject_export` tells, texts that may identify a person go; numbers, times, kinds, amounts and outcomes stay, and
        where a name has to be stands ``"erased"``. The card is archived, bears `date_erased`, and cannot be given a name, merged or
        unmerged again. Kinds of record in `holds` are kept as they are. The feed tells what is left, and `partner.erased` how much went;
        the audit's chain holds. Answers `record`, `erased` and `kept` for each sort of thing. Erasing again erases what came since.

        A file is then written anew: a `StorageError` 701 says that a reader of an older state kept it from that. It is erased by then, and
        the same call, made again, does the rest. Not within an open `atomic`. A server's log, and backups, hold what they held.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     ada = s.partners.create(name="Ada Lovelace", email="ada@harbour.example")
        ...     deal = s.leads.create(name="Lease for Ada", partner_id=ada, expected_revenue=900)
        ...     done = s.partners.subject_erase(ada)
        ...     left = s.leads.get(deal)
        >>> left.name, left.expected_revenue, dict(zip(done["record"], done["erased"]))["lead"]
        ('erased', Decimal('900.00'), 1)
        """
        return _crm.subject_erase(self._native, id, list(holds))

    def plan_merge(
        self, ids: Iterable[int | Partner], head_id: int | Partner | None = None, user_id: int | User | None = None
    ) -> Frame:
        """What :meth:`merge` will do with these partners, in rows like those of :meth:`Leads.plan_merge`; writes nothing.

        What names a partner and moves is told by table and field, such as ``lead.partner_id``, as far as one sees it.
        """
        return _crm.plan_merge_partners(self._native, ids, head_id, user_id)

    def merge(
        self, ids: Iterable[int | Partner], head_id: int | Partner | None = None, user_id: int | User | None = None
    ) -> Merged[Partner]:
        """Makes one partner of several, as :meth:`plan_merge` says.

        Kept is `head_id`, else one that is not archived, a company, the older one; it gets what it does not have from the others in this
        order. Their leads, the people that belong to them, what is said and to be done, and their external ids are its own; their ids go
        on naming it.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     one = s.partners.create(name="Azure Bakery", is_company=True)
        ...     two = s.partners.create(name="Azure bakery Ltd", is_company=True, phone="+33 1 70 18 99 00")
        ...     lease = s.leads.create(name="Fleet lease", partner_id=two)
        ...     merged = s.partners.merge([one, two])
        ...     moved, into = s.leads.get(lease).partner_id, s.partners.merged_into(two)
        ...     conflicts = s.partners.unmerge(merged.merge_id)
        ...     back = s.leads.get(lease).partner_id
        >>> merged.head.phone, moved == one.id, into == one.id
        ('+33 1 70 18 99 00', True, True)
        >>> len(conflicts), back == two.id
        (0, True)
        """
        return Merged(*_crm.merge_partners(self._native, ids, head_id, user_id))

    def merge_clusters(
        self, clusters: Iterable[Iterable[int | Partner]], user_id: int | User | None = None
    ) -> list[Merged[Partner]]:
        """Makes one partner of each of several sets, all or none. No partner is in two of them, so their order does not matter."""
        return [Merged(*one) for one in _crm.merge_partner_clusters(self._native, clusters, user_id)]

    def unmerge(self, merge_id: int) -> Frame:
        """Takes a merge back: every partner is again what it was, with its id and version, and has its leads and people again.

        What has changed since stays. Where the merge had changed the same, it is a conflict: a row as of :meth:`Leads.unmerge`, of a partner
        or of what named one, by `record` and `record_id`. Taking back twice changes nothing.
        """
        return _crm.unmerge_partners(self._native, merge_id)

    def merges(self, id: int | Partner | None = None, limit: int | None = None) -> Frame:
        """The merges that there were, in rows like those of :meth:`Leads.merges`: those that a partner was part of, or of all partners."""
        return _crm.merges_of_partners(self._native, id, limit)

    def merged_into(self, id: int | Partner) -> int | None:
        """The partner that has the place of one that was merged away, through all merges since; `None` for one that stands for itself."""
        return _crm.partner_merged_into(self._native, id)


class PartnerContacts(PartnerContactDesk):
    """The addresses and numbers by which partners are reached, several of a kind, one of each channel primary.

    What the partner's card says (`email`, `phone`, `mobile`) is among them, and what is written on either side is written on the other:
    the primary one is the card's. Creating one that is there already changes that. Deleting the primary one leaves its place to the
    oldest that is left.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     ada = s.partners.create(name="Ada", email="ada@harbour.example")
    ...     bills = s.partner_contacts.create(partner_id=ada, channel="email", kind="billing", value="bills@harbour.example")
    ...     told = [(known.value, known.is_primary) for known in s.partner_contacts.find(f"partner_id = {ada.id}")]
    ...     bills = s.partner_contacts.update(bills, is_primary=True)
    ...     told, s.partners.get(ada).email
    ([('ada@harbour.example', True), ('bills@harbour.example', False)], 'bills@harbour.example')
    """

    __slots__ = ()


class PartnerRoles(PartnerRoleDesk):
    """What partners are to us, from a day to a day: `date_end` is the first day on which it is no more.

    A role that holds already on some of the days is a `ConflictError`. `Partners.roles` and `Partners.role_as_of` read them.

    >>> import crm
    >>> from datetime import date
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     harbour = s.partners.create(name="Harbour")
    ...     s.partner_roles.create(partner_id=harbour, role="supplier", date_start=date(2026, 3, 2)).date_end is None
    True
    """

    __slots__ = ()


class ActivityTypes(ActivityTypeDesk):
    """Kinds of things to do: after how long they are due, and what follows when one is done.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     visit = s.activity_types.create(name="Visit", delay_count=2, delay_unit="weeks", suggested_next_type_ids=[3])
    ...     [known.name for known in s.activity_types.find("delay_count <= 2")]
    ['Email', 'Call', 'Meeting', 'Visit']
    """

    __slots__ = ()


class Rules(RuleDesk):
    """What narrows who may read and change leads and partners, below admin: all that speak of somebody hold together.

    A rule speaks of a `role`, of a `user_id`, or of everybody below admin; of reading, creating, changing and deleting unless it is told not to.
    With `field_names` ("expected_revenue, email_from") instead of a `filter` it takes fields of all such records: they read as empty and are refused
    (`DeniedError`, naming the field) in filters, orders and groups; with ``use_read=False`` they are read and not given.
    What its filter does not admit is `NotFoundError` to who would read it and `DeniedError` to who would change it.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     ben = s.users.create(name="Ben", role="all")
    ...     s.rules.create(name="France alone", record="lead", user_id=ben, filter='country_code = "FR"')
    ...     leads = s.leads.create([{"name": "Lyon", "country_code": "FR"}, {"name": "Bonn", "country_code": "DE"}])
    ...     with db.session(user=ben.id) as his:
    ...         [lead.name for lead in his.leads.find()]
    Rule(id=1, name='France alone', record='lead', filter='country_code = "FR"')
    ['Lyon']
    """

    __slots__ = ()


class Targets(TargetDesk):
    """What teams and people are to reach from a day to a day, and how far they are.

    A target is a team's (`team_id`), a person's (`user_id`), or a person's in a team; its goal is an `amount` in `currency` or a `count`. The metrics
    `won_revenue` and `won_count` are reckoned of deals won; what another one says, such as "invoiced" or "lines", the host feeds.

    >>> import crm
    >>> from datetime import date
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     year = {"date_from": date(2026, 1, 1), "date_to": date(2026, 12, 31)}
    ...     europe = s.teams.create(name="Europe")
    ...     lines = s.targets.create(team_id=europe, metric="lines", count=500, **year)
    ...     s.targets.attainment()["state"]
    ...     fed = s.targets.feed(lines, count=125)
    ...     far = s.targets.attainment()
    ...     far["attainment"], far["gap"]
    ['unknown']
    ([Decimal('0.25')], [Decimal('375')])
    """

    __slots__ = ()

    def feed(
        self,
        id: int | Target,
        *,
        amount: Decimal | int | str | float | None = None,
        count: int | None = None,
        at: datetime | None = None,
    ) -> Target:
        """Says what was reached, as of `at` or now: `amount` of a target in money, `count` of one that counts. The last word holds."""
        fed: Target = _crm.feed_target(self._native, id, {"amount": amount, "count": count}, at)
        return fed

    def attainment(self, filter: AnyFilter = None, *, below: bool = False) -> Frame:
        """How far targets are, a row for each.

        `goal`, `actual` (`None`: nobody fed it, so it is unknown), `attainment` (actual ÷ goal), `gap` (goal − actual), `pace` (attainment ÷ the share
        of days that have begun; `None` before the first), `state` (`unknown`, `open`, `achieved`, `missed`). `won_revenue` and `won_count` are
        reckoned of the opportunities won on these days (UTC) that this user sees; those in other currencies are not converted, and `left_out` counts
        them. With `below` a team's target counts the deals of teams below it, too.
        """
        return _crm.target_attainment(self._native, text(filter), bool(below))
