"""One database as one user sees it: the desks, transactions, settings and properties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, final

from crm import _crm
from crm._records import Team
from crm.access import Access
from crm.activities import Activities, Chatter
from crm.assignment import Assignment
from crm.audit import Audit
from crm.csv import Csv
from crm.desk import unicode, wanted, words
from crm.duplicates import Duplicates
from crm.leads import Leads
from crm.office import (
    ActivityTypes,
    Campaigns,
    Companies,
    LostReasons,
    Mediums,
    PartnerContacts,
    PartnerRoles,
    Partners,
    RecurringPlans,
    Rules,
    Sources,
    Stages,
    Tags,
    Targets,
    TeamMembers,
    Teams,
    Users,
)
from crm.study import Forecasts, Scores

__all__ = ["Atomic", "Properties", "Property", "Session", "Settings"]


@final
class Session:
    """The database as one user, or as the administrator. Threads may share it. Made by `Crm.session`.

    >>> import crm
    >>> from datetime import datetime, timezone
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    >>> with crm.open(":memory:") as db, db.session(now=monday) as s:
    ...     s.leads.create(name="Fleet lease").create_date
    datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone.utc)
    """

    __slots__ = (
        "_native",
        "access",
        "activities",
        "activity_types",
        "assignment",
        "audit",
        "campaigns",
        "chatter",
        "companies",
        "csv",
        "duplicates",
        "forecast",
        "leads",
        "lost_reasons",
        "mediums",
        "partner_contacts",
        "partner_roles",
        "partners",
        "properties",
        "recurring_plans",
        "rules",
        "score",
        "settings",
        "sources",
        "stages",
        "tags",
        "targets",
        "team_members",
        "teams",
        "users",
    )

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native
        self.companies = Companies(native)
        self.users = Users(native)
        self.teams = Teams(native)
        self.team_members = TeamMembers(native)
        self.stages = Stages(native)
        self.lost_reasons = LostReasons(native)
        self.tags = Tags(native)
        self.campaigns = Campaigns(native)
        self.mediums = Mediums(native)
        self.sources = Sources(native)
        self.rules = Rules(native)
        self.targets = Targets(native)
        self.recurring_plans = RecurringPlans(native)
        self.partners = Partners(native)
        self.partner_contacts = PartnerContacts(native)
        self.partner_roles = PartnerRoles(native)
        self.leads = Leads(native)
        self.activity_types = ActivityTypes(native)
        self.activities = Activities(native)
        self.chatter = Chatter(native)
        self.settings = Settings(native)
        self.properties = Properties(native)
        self.score = Scores(native)
        self.assignment = Assignment(native)
        self.duplicates = Duplicates(native)
        self.forecast = Forecasts(native)
        self.audit = Audit(native)
        self.access = Access(native)
        self.csv = Csv(native)

    def atomic(self) -> Atomic:
        """Joins the verbs of a ``with`` block in one transaction: all of them, or, if the block raises, none.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     try:
        ...         with s.atomic():
        ...             deal = s.leads.create(name="Fleet lease")
        ...             s.leads.move_to(deal, 4711)
        ...     except crm.CrmError as error:
        ...         print(error.kind, s.leads.count())
        invalid 0
        """
        return Atomic(self, self._native)

    def close(self) -> None:
        """Ends the session; an open `atomic` is rolled back. Closing twice is fine."""
        self._native.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<crm.Session>"


@final
class Atomic:
    """A transaction over several verbs: ``with s.atomic():``. It belongs to one thread at a time."""

    __slots__ = ("_native", "_session")

    def __init__(self, session: Session, native: _crm.Session, /) -> None:
        self._session = session
        self._native = native

    def __enter__(self) -> Session:
        self._native.begin()
        return self._session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if kind is None:
            self._native.commit()
        else:
            self._native.rollback()
        return False


@final
class Settings:
    """What is decided once for the whole file.

    `use_leads`: whether new records are leads to be qualified rather than opportunities. `duplicate_policy`: what happens to a new lead that
    has the address of an open one or of a customer: ``"warn"`` (nothing), ``"block"`` (`ConflictError`, naming the other one, unless both
    are of one customer) or ``"link"`` (it is given the customer, if just one has the address). `won_makes_customer`: whether the partner of
    a deal that is won has the role `customer` from that day on. `blind_assignment`: what happens when a lead is given to a user whom a rule does
    not show it, or who is outside: ``"refuse"`` (`InvalidError` naming `user_id`) or ``"grant"`` (everybody sees what is theirs).

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     s.settings.update(use_leads=True)
    ...     s.settings.get("use_leads")
    True
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def get(self, name: str) -> Any:
        """The value of a setting."""
        return _crm.setting(self._native, name)

    def set(self, name: str, value: Any) -> None:
        """Sets one."""
        _crm.set_settings(self._native, {name: value})

    def update(self, **values: Any) -> None:
        """Sets several, all or nothing."""
        _crm.set_settings(self._native, values)

    def find(self) -> list[tuple[str, Any]]:
        """Every setting with its value."""
        return _crm.settings(self._native)

    def __repr__(self) -> str:
        return "<crm.Settings>"


@final
@dataclass(frozen=True, slots=True)
class Property:
    """A custom field as declared."""

    record: str
    """The kind of record that has it."""
    name: str
    """Its name: the key in ``properties={…}``, and ``properties.<name>`` in filters."""
    type: str
    """text, number, date, boolean or selection."""
    label: str | None
    """What people read instead of the name."""
    options: list[str]
    """The words of a selection."""
    team_ids: list[int]
    """Teams that are shown it; none: all."""


@final
class Properties:
    """Custom fields of leads and partners, declared by the host; values are given as ``properties={…}``.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     vehicles = s.properties.declare("lead", "Vehicles", "number")
    ...     deal = s.leads.create(name="Fleet lease", properties={"Vehicles": 12})
    ...     s.leads.count("properties.Vehicles >= 10"), deal.properties
    (1, {'Vehicles': 12.0})
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def declare(
        self,
        record: Literal["lead", "partner"],
        name: str,
        type: Literal["text", "number", "date", "boolean", "selection"],
        label: str | None = None,
        *,
        options: Iterable[str] | None = None,
        team_ids: Iterable[int | Team] | None = None,
    ) -> Property:
        """Declares a property of every lead or partner, shown to some teams only if `team_ids` says so.

        A selection has `options`; a value is one of them. Declaring a property again changes its label, its teams, and its options, of
        which none may be missing; what is omitted stays. Another type, or a missing option, is a `ConflictError`.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     origin = s.properties.declare("lead", "Origin", "selection", options=["fair", "web"])
        ...     s.properties.declare("lead", "Origin", "selection", "Where from", options=["fair", "web", "radio"]).options
        ['fair', 'web', 'radio']
        """
        record, name, type = wanted("record", record), wanted("name", name), wanted("type", type)
        label, options = unicode("label", label), words(options) or []
        teams = [] if team_ids is None else list(team_ids)
        return Property(**_crm.declare_property(self._native, record, name, type, label, options, teams))

    def find(self, record: Literal["lead", "partner"]) -> list[Property]:
        """The properties declared for a kind of record."""
        return [Property(**known) for known in _crm.properties(self._native, record)]

    def __repr__(self) -> str:
        return "<crm.Properties>"
