"""What every desk can do: create, get, find, count, update and delete records of one kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar, cast

from crm._crm import Record
from crm.frame import Frame

if TYPE_CHECKING:
    from crm import _crm

__all__ = ["Desk", "Filter"]

R = TypeVar("R", bound=Record)

Filter: TypeAlias = str | Mapping[str, Any] | None
"""Text such as ``name ilike "%fleet%" and stage_id.is_won = false``, or the canonical JSON of the same as a dict."""


class Desk(Generic[R]):
    """The records of one kind, as one user sees them.

    A record is accepted wherever an id is. What is omitted keeps its default (`create`) or its value (`update`); `None` means empty.
    """

    __slots__ = ("_native",)
    _kind: ClassVar[str]

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    # `_desks` gives both their types per kind of record.

    def create(self, records: Iterable[Mapping[str, Any]] | None = None, /, **fields: Any) -> Any:
        """Creates one record from keywords, or several from one list of dicts, all or nothing; answers them as stored.

        `external_id=("erp", "4711")` remembers what another system calls it. The fields are those of the record's class, such as
        ``help(crm.Lead)``, which says which of them the library keeps.
        """
        if records is None:
            return self._native.create(self._kind, [fields])[0]
        if fields:
            raise TypeError("create takes one list of dicts or keywords, not both")
        if isinstance(records, Mapping):
            raise TypeError("create takes a list of dicts; a single record is given by keywords: create(**fields)")
        return self._native.create(self._kind, list(records))

    def update(self, id: Any, *, expected_version: int | None = None, **fields: Any) -> Any:
        """Changes fields of one record or of several, all or nothing; answers as stored.

        With `expected_version`, someone else's change since that version is a `ConflictError`. `external_id=("erp", "4711")` takes the
        place of what that system called it before and leaves other systems' names alone; ``external_id=None`` changes nothing.
        """
        return self._native.update(self._kind, id, fields, expected_version)

    def get(self, id: int | R | None = None, *, external_id: tuple[str, str] | None = None) -> R:
        """The record of that id, or of that name in another system: ``get(external_id=("erp", "4711"))``."""
        if (id is None) == (external_id is None):
            raise TypeError("get takes an id or an external_id")
        if external_id is None:
            return cast(R, self._native.get(self._kind, id))
        system, name = external_id
        return cast(R, self._native.get_external(self._kind, system, name))

    def find(self, filter: Filter = None, order: str | None = None, limit: int | None = None, offset: int = 0) -> list[R]:
        """The records that match, in that order (``"priority desc, id desc"``); archived ones only if the filter asks for them."""
        return cast("list[R]", self._native.find(self._kind, text(filter), order, limit, offset))

    def count(self, filter: Filter = None) -> int:
        """How many records `find` would give."""
        return self._native.count(self._kind, text(filter))

    def frame(
        self,
        filter: Filter = None,
        order: str | None = None,
        columns: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Frame:
        """What `find` would give, as a table of these columns (default: every field)."""
        return self._native.frame(self._kind, text(filter), order, limit, offset, words(columns))

    def delete(self, id: int | R | Iterable[int | R]) -> None:
        """Deletes one record or several, all or nothing."""
        self._native.delete(self._kind, id)

    def __repr__(self) -> str:
        return f"<crm.{type(self).__name__}>"


def text(filter: Filter) -> str | None:
    """A filter as the core reads it."""
    if filter is None or isinstance(filter, str):
        return filter
    if isinstance(filter, Mapping):
        return json.dumps(filter, default=_json)
    raise TypeError(f"a filter is text or a dict, not {type(filter).__name__}")


def words(given: Iterable[str] | None) -> list[str] | None:
    """Names as a list; a single one may come without its brackets."""
    if given is None:
        return None
    return [given] if isinstance(given, str) else list(given)


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Record):
        return value.to_dict()["id"]
    raise TypeError(f"a {type(value).__name__} is no value of a filter")
