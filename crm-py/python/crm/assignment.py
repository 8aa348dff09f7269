"""Assignment: who is given which lead, and why; planned first, then done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, final

from crm import _crm
from crm._records import Team, User
from crm.desk import AnyFilter, text as filter_text
from crm.frame import Frame

__all__ = ["AssignPlan", "Assigned", "Assignment"]


@final
@dataclass(frozen=True, slots=True)
class AssignPlan:
    """Who is given what, and why; and why others are not. Nothing has been written."""

    steps: Frame
    """A row per lead: `lead_id`; `what`: `assign`, `allocate` (a team gets it and nobody of it), `merge` (`into_id` takes its place) or `leave`;
    `team_id`, `user_id`, `into_id`; `why`, a word; by `optimal` rules also `win_rate`, the salesperson's in percent, and of how many closed
    deals it is known (`n`)."""
    head: Frame
    """Everything that it went by, a row per filter, number and switch: `team_id`, `user_id`, `name`, `value`."""
    text: str = field(repr=False)
    """The plan as JSON text, to be kept and given to :meth:`Assignment.run`."""


@final
@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of a plan."""

    assigned: int
    """Leads that a team and a salesperson got."""
    allocated: int
    """Leads that a team got and nobody of it."""
    merged: int
    """Leads that others took the place of."""
    users: int
    """Salespeople who got something."""


@final
class Assignment:
    """Who is given which lead.

    >>> import crm
    >>> with crm.open(":memory:", default_data=False) as db, db.session() as s:
    ...     ada, north = s.users.create(name="Ada"), s.teams.create(name="North")
    ...     member = s.teams.add_member(north, ada, assignment_max=60)
    ...     leads = s.leads.create([{"name": name} for name in ("a", "b", "c")])
    ...     plan = s.assignment.plan()
    ...     [(row["what"], row["why"]) for row in plan.steps]
    ...     s.assignment.run(plan)
    [('allocate', 'no_quota'), ('assign', 'turn'), ('assign', 'turn')]
    Assigned(assigned=2, allocated=1, merged=0, users=1)
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def plan(
        self,
        rules: Literal["reference", "optimal"] = "reference",
        team_ids: Iterable[int | Team] | None = None,
        force: bool = False,
        seed: int = 0,
        *,
        delay_hours: int = 0,
        created_within_days: int | None = None,
        affinity: bool = True,
    ) -> AssignPlan:
        """Who would be given which lead, and why; writes nothing.

        By `reference` rules teams are drawn by their capacity and members take turns by what is left of their day's quota. `optimal` gives the leads
        with the best chances, as many as can be, as evenly as can be, to those who are to be given them first, then to those who win more of what
        they close, and proves it: `head` has a `price` and a `level` of each member that were looked at (`proven`).

        By both a lead goes to a member whose territory says most closely where it is, who speaks its language and has its skills; see
        :meth:`Teams.add_member`. By `reference` rules that is asked within the team that is drawn; by `optimal` ones among all teams, so that a
        lead may wait for whose territory it is (`no_quota`) while another team has room.

        `team_ids`: of these teams alone, else of all that take part. With `force` what was given in the last 24 hours does not count. The same
        `seed` draws the same. Leads without team must be `delay_hours` old, and at most `created_within_days` days: 0 for any age, and if it is
        not given 7, or any with `force`. With `affinity` a customer's lead goes to the salesperson of the customer, else of its company, else
        of its last open opportunity, before any rule gives it away.
        """
        text, steps, head = _crm.plan_assignment(
            self._native, rules, team_ids, force, seed, delay_hours, created_within_days, affinity
        )
        return AssignPlan(steps, head, text)

    def run(self, plan: AssignPlan | str) -> Assigned:
        """Does exactly what a plan, or its text, says; refused as a conflict when a lead of it has changed since, or a member would be given
        more than the day's quota."""
        return Assigned(*_crm.run_assignment(self._native, plan.text if isinstance(plan, AssignPlan) else plan))

    def plan_hand_over(
        self,
        user_id: int | User,
        to_user_id: int | User,
        record: Literal["lead", "partner", "activity"] | None = None,
        filter: AnyFilter = None,
    ) -> Frame:
        """What :meth:`hand_over` would hand over now, in the same rows; writes nothing."""
        return _crm.hand_over(self._native, user_id, to_user_id, record, filter_text(filter), True)

    def hand_over(
        self,
        user_id: int | User,
        to_user_id: int | User,
        record: Literal["lead", "partner", "activity"] | None = None,
        filter: AnyFilter = None,
    ) -> Frame:
        """Makes another's what somebody has, as far as this user sees it: leads that are neither won nor lost, customers, and what is still
        to be done; archived ones too. Closed deals stay whose they were, and the history tells who had what.

        With `record` of that kind alone, with `filter` of those what matches. All or nothing; answers a row for each: `record`,
        `record_id`, `name`. One's own may be handed over by anybody, another's takes the role ``team`` (`DeniedError`).

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     ada, ben = s.users.create(name="Ada"), s.users.create(name="Ben")
        ...     harbour = s.partners.create(name="Harbour", user_id=ada)
        ...     lease = s.leads.create(name="Fleet lease", user_id=ada)
        ...     [row["name"] for row in s.assignment.hand_over(ada, ben)]
        ['Harbour', 'Fleet lease']
        """
        return _crm.hand_over(self._native, user_id, to_user_id, record, filter_text(filter), False)
