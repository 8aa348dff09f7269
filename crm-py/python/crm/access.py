"""Rights: who may do what, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, final

from crm import _crm
from crm.frame import Frame

if TYPE_CHECKING:
    from crm._records import User

__all__ = ["Access", "Why", "WhyGround"]


@final
@dataclass(frozen=True, slots=True)
class WhyGround:
    """Something that must hold for a user to do something."""

    about: str
    """`user`, `role`, `company`, `owner`, `address`, `partner`, `subject` or `kind`."""
    holds: bool
    """Whether it holds."""
    reason: str
    """Why, or what would have been enough."""


@final
@dataclass(frozen=True, slots=True)
class Why:
    """Whether a user may do something, and why."""

    can: bool
    """Whether all grounds hold."""
    grounds: list[WhyGround]
    """What was asked for, in the order of asking."""


@final
class Access:
    """Who may do what, and why: the same grounds on which lists and verbs decide.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     ben, eve = (s.users.create(name=name, role="own") for name in ("Ben", "Eve"))
    ...     deal = s.leads.create(name="Fleet lease", user_id=ben)
    ...     his, hers = (s.access.why_can(user, "update", "lead", deal) for user in (ben, eve))
    >>> his.can, his.grounds[-1].reason, hers.can
    (True, 'it is theirs', False)
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def why_can(
        self, user_id: int | User, operation: Literal["read", "create", "update", "delete"], record: str, id: Any = None
    ) -> Why:
        """Whether a user may do that to a record, and on what grounds; without `id`, to records of the kind at all.

        Administrators ask about everybody, others about themselves (`DeniedError`).
        """
        can, columns = _crm.why_can(self._native, user_id, operation, record, id)
        rows = Frame(columns).to_pylist()
        return Why(can, [WhyGround(row["about"], row["holds"], row["reason"]) for row in rows])

    def __repr__(self) -> str:
        return "<crm.Access>"
