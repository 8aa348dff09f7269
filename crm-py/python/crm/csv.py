"""Spreadsheets in and out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, TypeAlias, final

from crm import _crm
from crm._progress import Progress, watching
from crm.desk import Filter, text, words
from crm.frame import Frame

__all__ = ["Csv", "ImportReport"]

Path: TypeAlias = str | os.PathLike[str]


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
    """One row per refusal: `record`, `line`, `column`, `value`, `code`, `message`, `hint`."""
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
        progress: Progress = None,
    ) -> ImportReport:
        """Creates and updates records from the rows of a CSV file, given as a path or an open binary file.

        `mapping` names a field per column; ``"partner_id.name"`` and ``"partner_id.external_id(erp)"`` find linked records, and `policy`
        says what to do when there is none. A column for ``"id"`` or ``"external_id(erp)"`` makes rows update the record they name.
        An empty mapping reads every column as the field its header names. One transaction: with ``on_error="abort"`` the first bad row
        undoes everything, with ``"skip"`` it is reported.
        """
        options: dict[str, Any] = {
            "policy": dict(policy or {}),
            "dry_run": dry_run,
            "on_error": on_error,
            "zone": zone,
            "decimal": decimal,
            "date_format": date_format,
            "delimiter": delimiter,
        }
        with watching(progress) as move, _opened(source, "rb") as file:
            report = _crm.import_csv(self._native, record, file, dict(mapping), options, move)
        return ImportReport(**report)

    def export(
        self, record: str, target: Path | BinaryIO, filter: Filter = None, columns: Sequence[str] | None = None
    ) -> int:
        """Writes records as CSV to a path or an open binary file; answers how many. Importing the file again changes nothing."""
        with _opened(target, "wb") as file:
            return _crm.export_csv(self._native, record, file, text(filter), words(columns))

    def __repr__(self) -> str:
        return "<crm.Csv>"


@contextmanager
def _opened(given: Path | BinaryIO, mode: Literal["rb", "wb"]) -> Iterator[BinaryIO]:
    """A path as an open file, closed afterwards; a file as it is."""
    if isinstance(given, str | os.PathLike):
        with open(given, mode) as file:
            yield file
    else:
        yield given
