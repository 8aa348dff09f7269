"""What can go wrong: one class per kind of failure, all of them :class:`CrmError`.

What an argument cannot be, whatever its type, is :class:`InvalidError` and names the argument. A `TypeError` is a call that does not fit the
verb: an argument that there is not, one that is missing, two of which one is meant.

>>> import crm
>>> with crm.open(":memory:") as db, db.session() as s:
...     try:
...         s.leads.get(4711)
...     except crm.NotFoundError as error:
...         print(error.kind, error.code, error.record_id)
not_found 200 4711
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "BugError",
    "CancelledError",
    "ClosedError",
    "ConflictError",
    "CrmError",
    "DeniedError",
    "FormatError",
    "HostError",
    "InvalidError",
    "LimitError",
    "NotFoundError",
    "StorageError",
]


class CrmError(Exception):
    """Any failure of the library; its message says what was wrong and what would be right."""

    kind: ClassVar[str] = "bug"
    """The family of the failure in one word, such as ``"not_found"``."""

    code: int
    """A number that stays the same for ever; finer than `kind` for storage failures."""

    field: str | None
    """The field to blame, if one is."""

    record_id: int | None
    """The record to blame, if one is; in a list of ids, the first that offends."""

    record_kind: str | None
    """The kind of that record, such as ``"lead"``."""

    retryable: bool
    """Whether the same call may succeed when tried again unchanged."""

    line: int | None
    """Line in the text that could not be read, from 1."""

    column: int | None
    """Column in the text that could not be read, from 1."""

    def __init__(
        self,
        message: str = "",
        *,
        code: int = 0,
        field: str | None = None,
        record_id: int | None = None,
        record_kind: str | None = None,
        retryable: bool = False,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or _CODES[self.kind]
        self.field = field
        self.record_id = record_id
        self.record_kind = record_kind
        self.retryable = retryable
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), self.args, self.__dict__.copy())


class InvalidError(CrmError, ValueError):
    """A value or a request that the rules refuse; `field` names what to mend."""

    kind = "invalid"


class NotFoundError(CrmError, LookupError):
    """No such record, or none that this user may see."""

    kind = "not_found"


class DeniedError(CrmError):
    """Visible to this user, but not theirs to change."""

    kind = "denied"


class ConflictError(CrmError):
    """Someone was faster, a unique name is taken, or the record is in use."""

    kind = "conflict"


class LimitError(CrmError):
    """A limit of the library was reached; the message names it."""

    kind = "limit"


class ClosedError(CrmError):
    """The database or the session was closed."""

    kind = "closed"


class CancelledError(CrmError):
    """The work was cancelled or interrupted; nothing was written."""

    kind = "cancelled"


class StorageError(CrmError):
    """The database failed; `code` says how: 701 busy, 702 newer, 703 not ours, 704 read-only, 705 damaged, 706 full, 707 lost."""

    kind = "storage"


class FormatError(CrmError):
    """CSV or filter text that cannot be read; `line` and `column` say where."""

    kind = "format"


class HostError(CrmError):
    """A file or callback of the host failed."""

    kind = "host"


class BugError(CrmError):
    """The library was wrong. Nothing was written; please report it."""

    kind = "bug"


_CODES = {
    "invalid": 100,
    "not_found": 200,
    "denied": 300,
    "conflict": 400,
    "limit": 500,
    "closed": 600,
    "cancelled": 601,
    "storage": 700,
    "format": 800,
    "host": 900,
    "bug": 999,
}

_CLASSES: dict[str, type[CrmError]] = {
    cls.kind: cls
    for cls in (
        InvalidError,
        NotFoundError,
        DeniedError,
        ConflictError,
        LimitError,
        ClosedError,
        CancelledError,
        StorageError,
        FormatError,
        HostError,
        BugError,
    )
}


def from_core(
    kind: str,
    message: str,
    code: int,
    field: str | None,
    subject: tuple[str, int] | None,
    retryable: bool,
    place: tuple[int, int] | None,
) -> CrmError:
    """Makes the exception that the native half raises."""
    record_kind, record_id = subject or (None, None)
    line, column = place or (None, None)
    return _CLASSES.get(kind, CrmError)(
        message,
        code=code,
        field=field,
        record_id=record_id,
        record_kind=record_kind,
        retryable=retryable,
        line=line,
        column=column,
    )
