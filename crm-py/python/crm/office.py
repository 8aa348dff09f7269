"""The desks of the office: what a pipeline refers to."""

from __future__ import annotations

from crm._desks import (
    ActivityTypeDesk,
    CampaignDesk,
    CompanyDesk,
    LostReasonDesk,
    MediumDesk,
    PartnerDesk,
    RecurringPlanDesk,
    SourceDesk,
    StageDesk,
    TagDesk,
    TeamDesk,
    TeamMemberDesk,
    UserDesk,
)

__all__ = [
    "ActivityTypes",
    "Campaigns",
    "Companies",
    "LostReasons",
    "Mediums",
    "Partners",
    "RecurringPlans",
    "Sources",
    "Stages",
    "Tags",
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


class ActivityTypes(ActivityTypeDesk):
    """Kinds of things to do: after how long they are due, and what follows when one is done.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     visit = s.activity_types.create(name="Visit", delay_count=2, delay_unit="weeks", suggested_next_type_ids=[3])
    ...     [known.name for known in s.activity_types.find("delay_count <= 2")]
    ['Email', 'Call', 'Meeting', 'Visit']
    """

    __slots__ = ()
