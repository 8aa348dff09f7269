"""Leads and customers that are probably the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, final

from crm import _crm
from crm._progress import Progress, watching
from crm._records import Lead, Partner
from crm.exceptions import InvalidError
from crm.frame import Frame

__all__ = ["Duplicate", "DuplicateReason", "Duplicates"]


@final
@dataclass(frozen=True, slots=True)
class DuplicateReason:
    """Something that two records share."""

    field: str
    """`tax_id_normalized`, `email_normalized`, `phone_normalized`, `partner_id`, `name` (but for its spelling or one slip of the fingers),
    `commercial_partner_id` (another person of the customer's company) or `email_domain`."""
    value: str
    """What they share."""
    strength: int
    """How sure this alone makes it that they are one, 1 to 99 of 100."""


@final
@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that is probably the same as another."""

    record_id: int
    """Which."""
    score: int
    """How sure all reasons make it, 1 to 99 of 100."""
    reasons: list[DuplicateReason]
    """Why, the strongest first."""


@final
class Duplicates:
    """Leads and customers that are probably the same, and why. Nothing is changed.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     known = s.leads.create(name="Fleet lease", email_from="Ada <ada@harbour.com>")
    ...     [found] = s.duplicates.find(candidate={"email_from": "ADA@harbour.com"})
    >>> found.record_id == known.id, found.score, found.reasons[0].field
    (True, 90, 'email_normalized')
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def find(
        self,
        lead_id: int | Lead | None = None,
        candidate: Mapping[str, Any] | None = None,
        include_lost: bool = False,
        *,
        include_won: bool = False,
        partner_id: int | Partner | None = None,
        record: Literal["lead", "partner"] = "lead",
    ) -> list[Duplicate]:
        """Those like a lead, like a partner, or like one that may be created with the fields of `candidate` (a partner with
        ``record="partner"``); the surest first, then the newest.

        Open and active ones; `include_lost` adds lost and archived opportunities (of kind `opportunity`, which are what a new lead may belong
        to) and archived partners, `include_won` everything.
        What this user does not see is not found, and what is empty matches nothing. A domain or a phone number that more than 20 share is
        no reason, nor is the domain of a mail provider.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     lost = s.leads.mark_lost(s.leads.create(name="Fleet lease", phone="+33 1 23 45 67 89"))
        ...     again = s.leads.create(name="Lease", phone="0033123456789")
        ...     len(s.duplicates.find(again)), len(s.duplicates.find(again, include_lost=True))
        (0, 1)
        """
        if candidate is not None and not isinstance(candidate, Mapping):
            raise InvalidError("candidate: the fields of a record to be, as a dict", field="candidate")
        fields = None if candidate is None else dict(candidate)
        columns = _crm.find_duplicates(self._native, lead_id, partner_id, fields, record, include_lost, include_won)
        rows = Frame(columns).to_pylist()
        found: list[Duplicate] = []
        for (record_id, score), reasons in groupby(rows, lambda row: (row["record_id"], row["score"])):
            told = [DuplicateReason(row["field"], row["value"], row["strength"]) for row in reasons]
            found.append(Duplicate(record_id, score, told))
        return found

    def scan(
        self,
        record: Literal["lead", "partner"] = "lead",
        least: int = 80,
        include_lost: bool = False,
        progress: Progress = None,
    ) -> Frame:
        """All leads or partners that reasons tie together, in groups that share no record: `cluster` (the lowest id of the group),
        `record_id`, `field`, `value`, `strength`, a row per record and reason.

        `least` is how strong a reason must be, 1 to 99; by default the same address or the same phone number.

        >>> import crm
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     for email in ("ada@harbour.com", "bob@harbour.com", "ADA@harbour.com"):
        ...         lead = s.leads.create(name="Fleet lease", email_from=email)
        ...     s.duplicates.scan()["record_id"]
        [1, 3]
        """
        with watching(progress) as move:
            return _crm.scan_duplicates(self._native, record, least, include_lost, move)

    def __repr__(self) -> str:
        return "<crm.Duplicates>"
