"""What every desk can do: create, get, find, count, update and delete records of one kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, cast

from crm._crm import Record
from crm.exceptions import InvalidError
from crm.frame import Frame

if TYPE_CHECKING:
    from crm import _crm

__all__ = ["Desk", "Filter", "Reader"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Filter(str):
    """A condition on records: text, of which any `str` does as well, or the same as a dict.

    >>> import crm
    >>> from datetime import date, datetime, timezone
    >>> db = crm.open(":memory:")
    >>> s = db.session(now=datetime(2026, 3, 2, 9, tzinfo=timezone.utc))
    >>> bakery = s.partners.create(name="Azure Bakery")
    >>> seats = s.properties.declare("lead", "Seats", "number")
    >>> origin = s.properties.declare("lead", "Lead Origin", "text")
    >>> lease = s.leads.create(
    ...     name="Fleet lease", partner_id=bakery, expected_revenue=12_000, probability=25, date_deadline=date(2026, 2, 27),
    ...     tag_ids=[1, 2], properties={"Seats": 12, "Lead Origin": "fair"},
    ... )
    >>> oven = s.leads.create(name="Oven", priority=2)
    >>> lost = s.leads.mark_lost(s.leads.create(name="Mixer"))
    >>> def found(filter: Filter | str | dict) -> list[str]:
    ...     return [lead.name for lead in s.leads.find(filter, order="id")]

    Comparisons are ``=  !=  <  <=  >  >=`` and ``in``, ``not in`` with a list. Texts, words and dates stand in double or single quotes;
    money is in major units, probability in percent; an instant names its zone (``"2026-03-02T09:00:00Z"``).

    >>> found('expected_revenue >= 1000.50 and probability < 50')
    ['Fleet lease']
    >>> found('date_deadline < "2026-03-01" or create_date > "2026-03-02T09:00:00Z"')
    ['Fleet lease']
    >>> found('priority in (2, 3)'), found('kind = "lead"')
    (['Oven'], [])

    ``like`` (``ilike``: in any case) compares with a pattern: ``%`` stands for any letters, ``_`` for one; ``not like``, ``not ilike``.

    >>> found('name ilike "%LEASE"'), found('name not like "_ven"')
    (['Fleet lease'], ['Fleet lease'])

    What is empty meets ``is null`` only: ``!=``, ``not in`` and ``not like`` leave it out, on either side of a ``not``.

    >>> found('partner_id is null'), found('partner_id is not null'), found(f'partner_id != {bakery.id}')
    (['Oven'], ['Fleet lease'], [])
    >>> found(f'partner_id is null or partner_id != {bakery.id}')
    ['Oven']

    ``not`` binds tighter than ``and``, ``and`` tighter than ``or``; round brackets group.

    >>> found('not (priority = 2 or name = "Mixer")')
    ['Fleet lease']

    The id of a partner or lead that was merged away stands for the one that has its place.

    Dots follow links, at most four. Properties follow ``properties.``; a name with other letters than ``a-z``, ``0-9`` and ``_`` stands
    in backticks.

    >>> found('partner_id.name = "Azure Bakery" and stage_id.is_won = false')
    ['Fleet lease']
    >>> found('properties.`Seats` > 10 and properties.`Lead Origin` = "fair"')
    ['Fleet lease']

    Lists of links have ``any``, ``all``, ``none`` of some ids.

    >>> found('tag_ids any (2, 3)'), found('tag_ids all (2, 3)'), found('tag_ids none (2, 3)')
    (['Fleet lease'], [], ['Oven'])

    ``:today``, ``:now`` (the session's clock, in UTC), ``:me`` and ``:my_teams`` (of the session's user) are filled in when it is used.

    >>> found('date_deadline < :today and create_date <= :now')
    ['Fleet lease']
    >>> found('user_id = :me or team_id in :my_teams')
    []

    Archived records, and so lost leads, are left out unless the filter mentions `active` or `won_status`.

    >>> found('name = "Mixer"'), found('name = "Mixer" and active in (true, false)'), found('won_status = "lost"')
    ([], ['Mixer'], ['Mixer'])

    As a dict a condition has `field`, `op` and, but for ``is null`` and ``is not null``, `value`; parameters are ``{"param": "me"}``.
    ``{"and": [...]}``, ``{"or": [...]}`` and ``{"not": ...}`` join conditions. Values may be what Python has: dates, `Decimal`, records.

    >>> found({"and": [{"field": "partner_id", "op": "=", "value": bakery}, {"not": {"field": "priority", "op": "in", "value": [2, 3]}}]})
    ['Fleet lease']
    >>> found({"or": [{"field": "partner_id", "op": "is null"}, {"field": "date_deadline", "op": "<", "value": {"param": "today"}}]})
    ['Fleet lease', 'Oven']

    What cannot be read says where, what does not fit names the field.

    >>> found('name =')
    Traceback (most recent call last):
    crm.exceptions.FormatError: filter, line 1, column 7: expected a value (text goes in quotes), found the end
    >>> s.close(); db.close()
    """

    __slots__ = ()


AnyFilter: TypeAlias = str | Mapping[str, Any] | None
"""A `Filter`, as text or as a dict, or none."""

AsOf: TypeAlias = datetime | date | None
"""An instant of the past, 00:00 UTC of a day, or as things are."""


class Reader(Generic[R]):
    """The records of one kind, as one user sees them: get, find and count them. A record is accepted wherever an id is."""

    __slots__ = ("_native",)
    _kind: ClassVar[str]

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def get(
        self,
        id: int | R | None = None,
        *,
        external_id: tuple[str, str] | None = None,
        as_of: AsOf = None,
        axis: Literal["effective", "known"] = "effective",
    ) -> R:
        """The record of that id, or of that name in another system: ``get(external_id=("erp", "4711"))``.

        With `as_of`, as it was at that instant; see `find`.
        """
        if (id is None) == (external_id is None):
            raise InvalidError("id: get takes an id or an external_id, and one of them", field="id")
        if external_id is not None:
            system, name = _pair(external_id)
            found = self._native.get_external(self._kind, system, name)
            if as_of is None:
                return cast(R, found)
            id = cast(R, found)
        return cast(R, self._native.get(self._kind, id, instant(as_of), wanted("axis", axis)))

    def find(
        self,
        filter: AnyFilter = None,
        order: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        as_of: AsOf = None,
        axis: Literal["effective", "known"] = "effective",
    ) -> list[R]:
        """The records that match (``help(crm.Filter)``), in that order (``"priority desc, id desc"``); archived ones only if asked for.

        With `as_of`, an aware `datetime` of the past or 00:00 UTC of a day, leads are answered as they were at that instant, and the filter
        asks of what they were then, ``:today`` and ``:now`` too. `axis` says what counts: ``"effective"``, what was true then by what is
        known now, or ``"known"``, what was known then. The two differ for what was imported or corrected later.

        The history keeps `kind`, `company_id`, `currency`, `partner_id`, `user_id`, `team_id`, `stage_id`, `expected_revenue`,
        `recurring_revenue`, `recurring_plan_id`, `manual_probability`, `forecast_category`, `date_deadline`, `won_status`,
        `lost_reason_id`, `active` and `on_hold`; chances are what had been said by then, and a date that had not come is none. Every other
        field is as it is now, `version` too. Rights are today's, and a lead that was deleted since is in no answer. Other records have no
        history.

        >>> import crm
        >>> from datetime import datetime, timezone
        >>> march, april = (datetime(2026, month, 2, 9, tzinfo=timezone.utc) for month in (3, 4))
        >>> with crm.open(":memory:") as db:
        ...     with db.session(now=march) as s:
        ...         deal = s.leads.create(name="Fleet lease", expected_revenue=12_000)
        ...     with db.session(now=april) as s:
        ...         won = s.leads.mark_won(deal)
        ...         s.leads.get(deal, as_of=march).won_status, s.leads.count('won_status = "pending"', as_of=march)
        ('pending', 1)
        """
        order = unicode("order", order)
        axis = wanted("axis", axis)
        return cast("list[R]", self._native.find(self._kind, text(filter), order, limit, offset, instant(as_of), axis))

    def count(self, filter: AnyFilter = None, as_of: AsOf = None, axis: Literal["effective", "known"] = "effective") -> int:
        """How many records `find` would give."""
        return self._native.count(self._kind, text(filter), instant(as_of), wanted("axis", axis))

    def frame(
        self,
        filter: AnyFilter = None,
        order: str | None = None,
        columns: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        as_of: AsOf = None,
        axis: Literal["effective", "known"] = "effective",
    ) -> Frame:
        """What `find` would give, as a table of these columns (default: every field).

        Besides fields there are ``"properties.<name>"``, ``"external_id(<system>)"`` and what a link leads to: ``"partner_id.name"``,
        ``"stage_id.is_won"``; of several links, ``"tag_ids.name"``, the texts are joined by ``;``. A column `properties` is JSON text.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     seats = s.properties.declare("lead", "Seats", "number")
        ...     bakery = s.partners.create(name="Azure Bakery")
        ...     deal = s.leads.create(name="Fleet lease", partner_id=bakery, tag_ids=[1, 2], properties={"Seats": 12})
        ...     s.leads.frame(columns=["name", "partner_id.name", "tag_ids.name", "properties.Seats"]).to_pylist()
        [{'name': 'Fleet lease', 'partner_id.name': 'Azure Bakery', 'tag_ids.name': 'Product;Software', 'properties.Seats': 12.0}]
        """
        order, axis = unicode("order", order), wanted("axis", axis)
        return self._native.frame(self._kind, text(filter), order, limit, offset, words(columns), instant(as_of), axis)

    def __repr__(self) -> str:
        return f"<crm.{type(self).__name__}>"


class Desk(Reader[R]):
    """The records of one kind, as one user sees them.

    A record is accepted wherever an id is. What is omitted keeps its default (`create`) or its value (`update`); `None` means empty.
    """

    __slots__ = ()

    # `_desks` gives both their types per kind of record.

    def create(self, records: Iterable[Mapping[str, Any]] | None = None, /, **fields: Any) -> Any:
        """Creates one record from keywords, or several from one list of dicts, all or nothing; answers them as stored.

        `external_id=("erp", "4711")` remembers what another system calls it. The fields are those of the record's class, such as
        ``help(crm.Lead)``, which says which of them the library keeps.
        """
        if records is None:
            return self._native.create(self._kind, [fields])[0]
        if fields:
            raise InvalidError("records: one list of dicts or keywords, not both", field="records")
        if isinstance(records, Mapping) or not isinstance(records, Iterable):
            wanted = "a list of dicts; a single record is given by keywords: create(**fields)"
            raise InvalidError(f"records: {wanted}, not {type(records).__name__}", field="records")
        return self._native.create(self._kind, list(records))

    def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any:
        """Changes fields of one record or of several, all or nothing; answers as stored.

        With `expected_version`, someone else's change since that version is a `ConflictError`. `external_id=("erp", "4711")` takes the
        place of what that system called it before and leaves other systems' names alone; ``external_id=None`` changes nothing.
        """
        return self._native.update(self._kind, id, fields, expected_version)

    def delete(self, id: int | R | Iterable[int | R]) -> None:
        """Deletes one record or several, all or nothing."""
        self._native.delete(self._kind, id)


def text(filter: AnyFilter) -> str | None:
    """A filter as the core reads it."""
    if filter is None or isinstance(filter, str):
        return unicode("filter", filter)
    if isinstance(filter, Mapping):
        try:
            return json.dumps(filter, default=_json)
        except RecursionError:
            raise InvalidError("filter: too deeply nested", field="filter") from None
        except ValueError as error:
            raise InvalidError(f"filter: {error}", field="filter") from None
    raise InvalidError(f"filter: a filter is text or a dict, not {type(filter).__name__}", field="filter")


def instant(as_of: AsOf) -> datetime | None:
    """An instant as the core reads it: a day stands for its beginning, UTC."""
    if isinstance(as_of, date) and not isinstance(as_of, datetime):
        return datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    return as_of


def words(given: Iterable[str] | None) -> list[str] | None:
    """Names as a list; a single one may come without its brackets."""
    if given is None:
        return None
    if isinstance(given, str):
        return [unicode("columns", given)]
    if not isinstance(given, Iterable):
        raise _no_text("columns", given)
    return [wanted("columns", word) for word in given]


def unicode(field: str, given: T) -> T:
    """A text or none, as it was given; another type is refused as a wrong value is, and so is text that no UTF-8 can hold."""
    if given is not None and not isinstance(given, str):
        raise _no_text(field, given)
    if given is not None:
        try:
            given.encode()
        except UnicodeEncodeError:
            raise InvalidError(f"{field}: text that is not Unicode (it holds a lone surrogate)", field=field) from None
    return given


def wanted(field: str, given: T) -> T:
    """A text, as it was given; none is refused too."""
    if given is None:
        raise _no_text(field, given)
    return unicode(field, given)


def _no_text(field: str, given: object) -> InvalidError:
    return InvalidError(f"{field}: text is wanted, not {type(given).__name__}", field=field)


def _pair(given: Any) -> tuple[str, str]:
    if isinstance(given, tuple | list) and len(given) == 2 and all(isinstance(word, str) for word in given):
        return unicode("external_id", given[0]), unicode("external_id", given[1])
    hint = 'external_id: a system and its name for the record, such as ("erp", "4711")'
    raise InvalidError(hint, field="external_id")


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Record):
        return value.to_dict()["id"]
    raise InvalidError(f"filter: a {type(value).__name__} is no value of a filter", field="filter")
