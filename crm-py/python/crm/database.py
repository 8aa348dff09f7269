"""One CRM file: opening, sessions, back-up, the feed."""

from __future__ import annotations

import os
from datetime import datetime
from types import TracebackType
from typing import final

from crm import _crm
from crm._progress import Progress, watching
from crm._records import User
from crm.csv import Path
from crm.desk import unicode, wanted
from crm.exceptions import InvalidError
from crm.frame import Frame
from crm.session import Session

__all__ = ["Crm", "copy", "open"]


@final
class Crm:
    """An open database; threads may share it. Made by :func:`crm.open`, closed by `close` or the end of a ``with``.

    >>> import crm
    >>> with crm.open(":memory:") as db:
    ...     with db.session() as s:
    ...         deal = s.leads.create(name="Fleet lease")
    ...     db.verify()
    ...     db.feed()["event"][-1]
    []
    'lead.created'
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Database, /) -> None:
        self._native = native

    def session(self, user: int | str | User | None = None, now: datetime | None = None) -> Session:
        """The database as one user sees it: by id, login or record; without one, as the administrator.

        `now`, an aware `datetime`, fixes the clock of this session; without it, each transaction reads the clock once.
        """
        return Session(self._native.session(user, now))

    def backup(self, path: Path, progress: Progress = None) -> None:
        """Copies the database into a new file; safe while it is in use. A file of that name is never overwritten (`ConflictError`)."""
        with watching(progress) as move:
            self._native.backup(os.fsdecode(path), move)

    def verify(self) -> list[str]:
        """Checks everything that must hold: a list of what is wrong, in words; empty when the file is sound.

        A file that is damaged so that it cannot be read through raises `StorageError` 705: that takes a backup.
        """
        return self._native.verify()

    def repair(self) -> list[str]:
        """Counts anew what is kept beside the leads, for boards, forecasts and scores: a list of what was wrong with it, as `verify`
        says it; empty when nothing was, and then nothing is written.

        Leads are never changed. Damage of the file itself is not mended: that takes a backup.
        """
        return self._native.repair()

    def feed(self, after: int = 0, limit: int = 1_000) -> Frame:
        """What happened since the entry of number `after`: `seq`, `date`, `user_id`, `event`, `record`, `record_id`, `data` (JSON).

        At most `limit` entries, the oldest first: ask again with the last `seq` until none comes. A limit above 100,000 is `LimitError`, one below 0 `InvalidError`.
        """
        return self._native.feed(after, limit)

    def interrupt(self) -> None:
        """Makes the calls that run now, in whatever thread, end with `CancelledError`; what they did is rolled back."""
        self._native.interrupt()

    def close(self) -> None:
        """Closes the file; later calls raise `ClosedError`. Closing twice is fine."""
        self._native.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._native.is_closed()

    def __enter__(self) -> Crm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<crm.Crm closed>" if self.closed else "<crm.Crm>"


def open(  # noqa: A001 - crm.open is its name
    path: Path,
    *,
    currency: str = "EUR",
    default_data: bool = True,
    busy_timeout: float = 5.0,
    full_sync: bool = False,
    threads: int = 0,
) -> Crm:
    """Opens a CRM file, and makes it if there is none; ``":memory:"`` is a database that ends with its handle.

    `currency` is that of a new file's company 1. `default_data` gives a new file something to begin with: the stages New, Qualified,
    Proposition and Won; a team, Sales; three lost reasons; four recurring plans, Monthly to Over 5 years; and eight tags, ten mediums,
    ten sources and four campaigns. Without it there is company 1 only; a pipeline then needs a stage, and a won one to win in.
    `busy_timeout` is how many seconds a write waits for another process; `full_sync` makes each commit survive a power cut.
    `threads` is how many may read a file at once for one call that goes through all leads, such as `s.score.rebuild()`: 0 for as many as
    the machine runs, 1 for the calling thread alone, at most 8; what comes out is the same. A file that is open in this process already
    is opened again with the same three only (`ConflictError`).

    The file is SQLite's. Never open it with another SQLite in the same process (Python's `sqlite3`, DuckDB's scanner): closing that one
    drops this one's locks. Use `backup` and open the copy.

    >>> import crm
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     s.leads.create(name="Fleet lease").name
    'Fleet lease'
    """
    if not isinstance(path, str | bytes | os.PathLike):
        raise InvalidError(f"path: a path is wanted, not {type(path).__name__}", field="path")
    if not isinstance(busy_timeout, int | float) or not 0 <= busy_timeout <= 1_000_000:
        raise InvalidError("busy_timeout: a number of seconds from 0 to 1000000", field="busy_timeout")
    if not isinstance(threads, int) or isinstance(threads, bool) or not 0 <= threads < 1 << 32:
        raise InvalidError("threads: a whole number, 0 for as many as the machine runs", field="threads")
    milliseconds = round(busy_timeout * 1_000)
    target = unicode("path", os.fsdecode(path))
    return Crm(_crm.Database(target, wanted("currency", currency), default_data, milliseconds, full_sync, threads))


def copy(from_url: Path, to_url: Path, progress: Progress = None) -> Frame:
    """Moves a whole database to another place: from a file to a server, back, or between two of a kind.

    Both are what :func:`open` takes, but for ``":memory:"``. There must be none at `to_url` yet (`ConflictError`), and after a failure
    there is none. Ids, history and the feed's numbers are kept, so that the copy goes on where the source stood; the source may be in
    use. Answers a row per table, `table`, `rows`, `digest`: the same for the same content everywhere. `progress` counts rows, each as it
    is written and as it is read back.

    >>> import crm, os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> there, over = os.path.join(folder, "there.crm"), os.path.join(folder, "over.crm")
    >>> crm.open(there).close()
    >>> report = crm.copy(there, over)  # or to a server: "postgres://user@host/database?schema=crm"
    >>> [row["rows"] for row in report if row["table"] == "company"]
    [1]
    """
    with watching(progress) as move:
        return _crm.copy_database(unicode("from", os.fsdecode(from_url)), unicode("to", os.fsdecode(to_url)), move)
