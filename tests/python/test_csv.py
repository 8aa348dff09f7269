"""Spreadsheets: paths and open files, reports and round trips."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

import crm

CSV = "Deal,Customer,Value,Due\nFleet lease,Azure Bakery,\"1.200,50\",01.04.2026\nOven,Brook Cycles,much,\n"
MAPPING = {"Deal": "name", "Customer": "partner_id.name", "Value": "expected_revenue", "Due": "date_deadline"}


def test_import_from_a_path_and_from_a_file(s: crm.Session, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(CSV, encoding="utf-8")
    plan = s.csv.import_(
        "lead", path, MAPPING, policy={"partner_id": "create"}, decimal=",", date_format="%d.%m.%Y", dry_run=True
    )
    assert (plan.rows, plan.created, plan.failed) == (2, 1, 1) and s.leads.count() == 0
    with path.open("rb") as file:
        report = s.csv.import_("lead", file, MAPPING, policy={"partner_id": "create"}, decimal=",", date_format="%d.%m.%Y")
    assert (report.rows, report.created, report.updated, report.unchanged, report.skipped, report.failed) == (2, 1, 0, 0, 0, 1)
    assert report.plan_hash == plan.plan_hash and report.plan_hash
    assert len(report.errors) == 1 and "expected_revenue" in str(report.errors.to_pylist())
    deal = s.leads.find()[0]
    assert deal.expected_revenue == Decimal("1200.50") and str(deal.date_deadline) == "2026-04-01"
    assert s.partners.get(deal.partner_id).name == "Azure Bakery"


def test_abort_undoes_everything(s: crm.Session) -> None:
    with pytest.raises(crm.CrmError):
        s.csv.import_("lead", io.BytesIO(b"Deal,P\na,0\nb,9\n"), {"Deal": "name", "P": "priority"}, on_error="abort")
    assert s.leads.count() == 0


def test_export_then_import_changes_nothing(s: crm.Session, tmp_path: Path) -> None:
    s.leads.create([{"name": 'Fleet, "lease"', "expected_revenue": "12.50"}, {"name": "Oven\nwith two lines"}])
    path = tmp_path / "out.csv"
    assert s.csv.export("lead", path) == 2
    out = io.BytesIO()
    assert s.csv.export("lead", out, filter="expected_revenue > 0", columns=["id", "name"]) == 1
    assert out.getvalue().splitlines()[0] == b"id,name"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    report = s.csv.import_("lead", path, {name: name for name in header})
    assert (report.unchanged, report.failed, report.created, report.updated) == (2, 0, 0, 0), report.errors


def test_files_that_fail(s: crm.Session, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        s.csv.import_("lead", tmp_path / "nothing.csv", {"Deal": "name"})
    with pytest.raises(TypeError, match="binary"):
        s.csv.import_("lead", io.StringIO("Deal\nx\n"), {"Deal": "name"})  # type: ignore[arg-type]

    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            raise OSError("the cable fell out")

        def write(self, data: object, /) -> int:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="cable"):
        s.csv.import_("lead", Broken(), {"Deal": "name"})  # type: ignore[arg-type]
    s.leads.create(name="x")
    with pytest.raises(OSError, match="disk"):
        s.csv.export("lead", Broken())  # type: ignore[arg-type]
    with pytest.raises(crm.InvalidError):
        s.csv.import_("leed", io.BytesIO(b"Deal\nx\n"), {"Deal": "name"})
    with pytest.raises(crm.InvalidError):
        s.csv.import_("lead", io.BytesIO(b"Deal\nx\n"), {"Deal": "nmae"})
    with pytest.raises(crm.InvalidError):
        s.csv.import_("lead", io.BytesIO(b"Deal\nx\n"), {"Deal": "name"}, on_error="ignore")  # type: ignore[arg-type]


def test_progress_and_stopping(s: crm.Session) -> None:
    rows = b"Deal\n" + b"".join(b"Deal %d\n" % n for n in range(3_000))
    told: list[tuple[int, int]] = []
    s.csv.import_("lead", io.BytesIO(rows), {"Deal": "name"}, progress=lambda done, total: told.append((done, total)))
    assert told and [done for done, _ in told] == sorted(done for done, _ in told) and s.leads.count() == 3_000
    with pytest.raises(crm.CancelledError):
        s.csv.import_("lead", io.BytesIO(rows), {"Deal": "name"}, progress=lambda done, total: False)
    assert s.leads.count() == 3_000
