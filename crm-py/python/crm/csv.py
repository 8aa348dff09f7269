"""Spreadsheets in and out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, TypeAlias, final

from crm import _crm
from crm._progress import Progress, watching
from crm.desk import AnyFilter, text, wanted, words
from crm.exceptions import InvalidError
from crm.frame import Frame

__all__ = ["Csv", "ImportReport"]

Path: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]


@final
@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with `dry_run` would do."""

    rows: int
    """Rows read, the header not counted."""
    created: int
    """Records made."""
    updated: int
    """Records changed."""
    unchanged: int
    """Records that were so already."""
    skipped: int
    """Rows left out since a linked record is missing and its policy is ``"skip"``."""
    failed: int
    """Rows refused; `errors` says why."""
    errors: Frame
    """One row per cell that is wrong: `record`, `line`, `column`, `value`, `code`, `message`, `hint`; those of a record together."""
    plan_hash: str
    """The same for the same file, mapping and outcome of every row: a dry run and the import after it can be compared."""


@final
class Csv:
    """Imports and exports any kind of record.

    >>> import crm, io
    >>> with crm.open(":memory:") as db, db.session() as s:
    ...     file = io.BytesIO(b"Deal,Customer,Value\\nFleet lease,Azure Bakery,12000\\n")
    ...     mapping = {"Deal": "name", "Customer": "partner_id.name", "Value": "expected_revenue"}
    ...     report = s.csv.import_("lead", file, mapping, policy={"partner_id": "create"})
    ...     out = io.BytesIO()
    ...     rows = s.csv.export("lead", out, columns=["name", "expected_revenue"])
    >>> report.created, report.failed, rows
    (1, 0, 1)
    >>> out.getvalue().decode().split()
    ['name,expected_revenue', 'Fleet', 'lease,12000.00']
    """

    __slots__ = ("_native",)

    def __init__(self, native: _crm.Session, /) -> None:
        self._native = native

    def import_(
        self,
        record: str,
        source: Path | BinaryIO,
        mapping: Mapping[str, str],
        *,
        policy: Mapping[str, Literal["create", "error", "skip"]] | None = None,
        dry_run: bool = False,
        on_error: Literal["skip", "abort"] = "skip",
        zone: str = "UTC",
        decimal: str = ".",
        date_format: str = "%Y-%m-%d",
        delimiter: str = ",",
        safe_for_spreadsheets: bool = False,
        progress: Progress = None,
    ) -> ImportReport:
        """Creates and updates records from the rows of a CSV file, given as a path or an open binary file.

        `mapping` names a field per column; an empty one reads every column as the field its header names. A field is one of the
        record's (``help(crm.Lead)``), ``"properties.<name>"``, or a link with what names the linked record: ``"partner_id.name"``,
        ``"user_id.login"``, ``"partner_id.external_id(erp)"``; `policy` says by link what to do when there is none.

        A lead's past can be told: `create_date`, `date_open`, `date_closed`, `date_conversion`, `date_last_stage_update`, `won_status`
        (``won``, ``lost``, ``pending``), `lost_reason_id`, `active`. ``"stage_id.name"`` puts it where it stands.

        ``"external_id(erp)"`` names the record itself: rows whose record exists update it, others create one. So does ``"id"``, but ids
        begin at 1 in every database: without a mapping it is believed only beside `create_date`, as an export writes both, and a row
        whose record was created at another time ends the import with a `ConflictError`, since the file is of another database.

        Cells: an empty one leaves the field alone, ``\\N`` empties it; several links (`tag_ids`) are separated by ``;``, else by ``,``.
        Days have the form `date_format`; instants are ISO 8601 or such a day with a time, local to `zone` if they have no offset.
        `decimal` separates the fraction; groups of three digits may be set apart by the other of ``.`` and ``,``, a space or an
        apostrophe: by default ``3,000`` is three thousand and ``3.000`` is three, with ``decimal=","`` the other way round.

        With `safe_for_spreadsheets` the file is one that an export has written so, and the apostrophes that it gained are taken away.

        One transaction: with ``on_error="abort"`` the first bad row undoes everything, with ``"skip"`` each is left out and reported.

        >>> import crm, io
        >>> past = b"Deal;Begun;Signed;Result;Worth\\nFleet lease;05.01.2026;03.02.2026;won;1.200,50\\n"
        >>> mapping = {"Deal": "name", "Begun": "create_date", "Signed": "date_closed", "Result": "won_status", "Worth": "expected_revenue"}
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     report = s.csv.import_("lead", io.BytesIO(past), mapping, delimiter=";", decimal=",", date_format="%d.%m.%Y")
        ...     deal = s.leads.find()[0]
        >>> deal.won_status, str(deal.expected_revenue), str(deal.date_closed)
        ('won', '1200.50', '2026-02-03 00:00:00+00:00')
        """
        options: dict[str, Any] = {
            "policy": _pairs("policy", policy or {}),
            "dry_run": dry_run,
            "on_error": on_error,
            "zone": zone,
            "decimal": decimal,
            "date_format": date_format,
            "delimiter": delimiter,
            "safe_for_spreadsheets": safe_for_spreadsheets,
        }
        with watching(progress) as move, _opened(source) as file:
            report = _crm.import_csv(self._native, wanted("record", record), file, _pairs("mapping", mapping), options, move)
        return ImportReport(**report)

    def export(
        self,
        record: str,
        target: Path | BinaryIO,
        filter: AnyFilter = None,
        columns: Sequence[str] | None = None,
        *,
        safe_for_spreadsheets: bool = False,
    ) -> int:
        """Writes records as CSV to a path or an open binary file; answers how many. Importing the file again changes nothing.

        `columns` are named as in a mapping. The default has this database's ids, and is for this database. For another one leave out
        `id` and name what is linked: ``columns=["external_id(erp)", "name", "stage_id.name", "partner_id.name", "expected_revenue"]``.

        At a path the file is replaced when all is written, and keeps its mode; a call that fails leaves it as it was. A link is followed,
        a pipe or a device is written to as it is; an open database and any crm file are refused (`ConflictError`).

        A spreadsheet runs texts that begin with ``=``, ``+``, ``-``, ``@``, a tab or a line break as formulas. With `safe_for_spreadsheets`
        they gain an apostrophe in front; importing with the same word takes it away again.

        >>> import crm, io
        >>> with crm.open(":memory:") as db, db.session() as s:
        ...     deal = s.leads.create(name="=1+1", phone="+49 711 123", expected_revenue=5)
        ...     out = io.BytesIO()
        ...     rows = s.csv.export("lead", out, columns=["name", "phone", "expected_revenue"], safe_for_spreadsheets=True)
        >>> out.getvalue().decode().splitlines()[1]
        "'=1+1,'+49 711 123,5.00"
        """
        record = wanted("record", record)
        if isinstance(target, str | bytes | os.PathLike):
            return _crm.export_csv_file(self._native, record, os.fsdecode(target), text(filter), words(columns), safe_for_spreadsheets)
        return _crm.export_csv(self._native, record, target, text(filter), words(columns), safe_for_spreadsheets)

    def __repr__(self) -> str:
        return "<crm.Csv>"


def _pairs(field: str, given: Any) -> dict[Any, Any]:
    """Names by names."""
    if not isinstance(given, Mapping):
        raise InvalidError(f"{field}: a dict is wanted, not {type(given).__name__}", field=field)
    return dict(given)


@contextmanager
def _opened(given: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A path as an open file, closed afterwards; a file as it is."""
    if isinstance(given, str | bytes | os.PathLike):
        with open(given, "rb") as file:
            yield file
    elif hasattr(given, "read"):
        yield given
    else:
        raise InvalidError(f"source: a path or an open binary file is wanted, not {type(given).__name__}", field="source")
