"""The audit: who changed what, and when, also of records that are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, final

from crm import _crm

if TYPE_CHECKING:
    from crm._records import User
    from crm.frame import Frame

__all__ = ["Audit", "AuditSeal", "AuditState"]


@final
@dataclass(frozen=True, slots=True)
class AuditSeal:
    """How far the audit was sealed. Kept elsewhere, it shows that the whole chain was not written anew."""

    seq: int
    """The number of the last entry that was sealed; 0 before the first."""
    digest: str
    """Its digest: SHA-256 in hexadecimal digits; empty before the first."""
    sealed: int
    """How many entries the call has sealed."""


@final
@dataclass(frozen=True, slots=True)
class AuditState:
    """What became of sealed entries."""

    seq: int
    """The number of the last entry that was sealed; 0 when none is."""
    digest: str
    """Its digest."""
    sealed: int
    """How many entries are sealed and what they were."""
    erased: int
    """Of how many of them what identified a person was erased."""
    unsealed: int
    """How many entries came since."""
    broken: int | None
    """The first entry that is not what was sealed, or is gone."""
    problem: str | None
    """What is wrong with it."""


@final
class Audit:
    """Who changed what, and when: records, settings, custom fields, the score; a reading of the feed, in which every change stands.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     deal = s.leads.create(name="Fleet lease")
    ...     s.leads.delete(s.leads.update(deal, name="Fleet"))
    ...     told = [(row["event"], row["data"]) for row in s.audit.find("lead", deal.id)]
    >>> [event for event, _ in told]
    ['lead.deleted', 'lead.changed', 'lead.created']
    >>> told[1][1]
    '{"version":2,"set":{"name":"Fleet"},"was":{"name":"Fleet lease"}}'
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def find(
        self,
        record: str | None = None,
        id: Any = None,
        user_id: int | User | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        event: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Frame:
        """Entries of the feed, the newest first: `seq`, `date`, `user_id` (none: the administrator session), `event`, `record`,
        `record_id`, `data` (JSON: what is set, and what was).

        Of a kind of record, of one of them, by a user, from `since` on, before `until`, of one `event` such as ``"setting.changed"``.
        The next page begins ``before`` the last `seq` of the one before.
        An administrator of all companies reads all, also of records that are gone. Others read of records that they see now, and of what
        is set up for all.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     s.settings.set("use_leads", True)
        ...     s.audit.find(event="setting.changed")["data"]
        ['{"set":{"use_leads":true},"was":{"use_leads":false}}']
        """
        return _crm.find_audit(self._native, record, id, user_id, event, since, until, before, limit)

    def seal(self) -> AuditSeal:
        """Runs digests over what was told since the last time, each over the one before and its entry; for administrators.

        Nothing is sealed as it is written, so writers do not wait. Sealed entries are found by their record without reading the rest.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     deal = s.leads.create(name="Fleet lease")
        ...     seal = s.audit.seal()
        ...     s.audit.verify(seal).broken, len(seal.digest)
        (None, 64)
        """
        return AuditSeal(*_crm.seal_audit(self._native))

    def verify(self, seal: AuditSeal | tuple[int, str] | None = None) -> AuditState:
        """Whether sealed entries are what they were; the first that is not is named. For administrators.

        `seal` is one that was kept elsewhere (or its `seq` and `digest`): without one, who can write to the file could have sealed it anew.
        """
        known = (seal.seq, seal.digest) if isinstance(seal, AuditSeal) else seal
        return AuditState(**_crm.verify_audit(self._native, known))

    def __repr__(self) -> str:
        return "<crm.Audit>"
