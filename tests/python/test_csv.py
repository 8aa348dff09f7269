"""Spreadsheets: paths and open files, reports and round trips."""

from __future__ import annotations

import io
import os
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


def test_an_export_for_spreadsheets_is_read_back_as_it_was(s: crm.Session, tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+49 711", "-x", "@x", "'=x", "'tis"]
    s.leads.create([{"name": name, "expected_revenue": 7} for name in names])
    path = tmp_path / "safe.csv"
    assert s.csv.export("lead", path, columns=["name", "expected_revenue"], safe_for_spreadsheets=True) == 6
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [
        "'=HYPERLINK(1),7.00", "'+49 711,7.00", "'-x,7.00", "'@x,7.00", "''=x,7.00", "'tis,7.00",
    ]  # fmt: skip
    out = io.BytesIO()
    s.csv.export("lead", out, safe_for_spreadsheets=True)
    out.seek(0)
    report = s.csv.import_("lead", out, {}, safe_for_spreadsheets=True)
    assert (report.unchanged, report.failed) == (6, 0), report.errors


def test_files_that_fail(s: crm.Session, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        s.csv.import_("lead", tmp_path / "nothing.csv", {"Deal": "name"})
    with pytest.raises(crm.InvalidError, match="binary"):
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


def test_an_export_of_another_database_changes_nothing(s: crm.Session) -> None:
    ours = s.leads.create(name="Ours", expected_revenue=99_999)
    stage = s.stages.find()[0]
    with crm.open(":memory:") as db, db.session() as theirs:
        theirs.leads.create(name="Theirs", expected_revenue=1)
        theirs.stages.update(stage, name="Prospect")
        for kind in ("lead", "stage"):
            out = io.BytesIO()
            theirs.csv.export(kind, out)
            with pytest.raises(crm.ConflictError, match="another database") as caught:
                s.csv.import_(kind, io.BytesIO(out.getvalue()), {})
            assert caught.value.field == "create_date"
        out = io.BytesIO()
        theirs.csv.export("lead", out, columns=["id", "name", "expected_revenue"])
    with pytest.raises(crm.InvalidError, match="which database"):
        s.csv.import_("lead", io.BytesIO(out.getvalue()), {})
    assert s.leads.get(ours) == ours and s.stages.get(stage) == stage


def test_records_are_carried_over_by_name(s: crm.Session) -> None:
    fair = s.sources.create(name="Harbour fair")
    deal = s.leads.create(name="Fleet lease", source_id=fair, expected_revenue=5, external_id=("sheet", "A-1"))
    columns = ["external_id(sheet)", "name", "stage_id.name", "source_id.name", "expected_revenue"]
    with crm.open(":memory:") as db, db.session() as other:
        for revenue, wanted in ((5, (1, 0)), (6, (0, 1))):
            s.leads.update(deal, expected_revenue=revenue)
            out = io.BytesIO()
            s.csv.export("lead", out, columns=columns)
            report = other.csv.import_("lead", io.BytesIO(out.getvalue()), {}, policy={"source_id": "create"})
            assert (report.created, report.updated) == wanted, report.errors
        assert other.leads.get(external_id=("sheet", "A-1")).expected_revenue == 6


def test_every_wrong_cell_of_a_row_is_told(s: crm.Session) -> None:
    file = b"name,priority,date_deadline,expected_revenue\nx,9,31.02.2026,abc\n"
    report = s.csv.import_("lead", io.BytesIO(file), {}, date_format="%d.%m.%Y")
    assert report.failed == 1 and [row["column"] for row in report.errors] == ["priority", "date_deadline", "expected_revenue"]
    assert "no such day" in report.errors[1]["message"]
    with pytest.raises(crm.InvalidError, match=r"Deal;Worth.*delimiter"):
        s.csv.import_("lead", io.BytesIO(b"Deal;Worth\na;1\n"), {"Deal": "name"})


@pytest.mark.parametrize(("decimal", "cell", "worth"), [(".", "3.000", 3), (".", "3,000", 3_000), (",", "3.000", 3_000), (",", "3,000", 3)])
def test_what_groups_of_three_mean(s: crm.Session, decimal: str, cell: str, worth: int) -> None:
    file = f"name;expected_revenue\nx;{cell}\n".encode()
    assert s.csv.import_("lead", io.BytesIO(file), {}, delimiter=";", decimal=decimal).created == 1
    assert s.leads.find()[0].expected_revenue == worth


def test_an_ambiguous_name_is_told_with_its_ids(s: crm.Session) -> None:
    known = next(stage for stage in s.stages.find() if stage.name == "New")
    second = s.stages.create(name="New")
    report = s.csv.import_("lead", io.BytesIO(b"name,stage_id.name\nx,New\n"), {}, policy={"stage_id": "create"})
    assert f"stage {known.id}, {second.id}" in report.errors[0]["message"] and "stage_id.id" in report.errors[0]["hint"]


def test_an_export_that_fails_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("precious")
    with crm.open(tmp_path / "sales.crm") as db, db.session() as s:
        s.leads.create(name="Fleet lease")
        for wrong in ({"filter": "nope = 1"}, {"columns": ["nope"]}):
            with pytest.raises(crm.InvalidError):
                s.csv.export("lead", path, **wrong)
            assert path.read_text() == "precious"
        with pytest.raises(crm.ConflictError):
            s.csv.export("lead", tmp_path / "sales.crm")
        assert s.leads.count() == 1 and db.verify() == []
        assert s.csv.export("lead", os.fsencode(path), columns=["name"]) == 1
        assert path.read_text() == "name\nFleet lease\n"
        assert sorted(p.name for p in tmp_path.iterdir() if "sales" not in p.name) == ["deals.csv"]


def test_a_quote_that_is_never_closed_is_told(s: crm.Session) -> None:
    with pytest.raises(crm.FormatError) as told:
        s.csv.import_("lead", io.BytesIO(b'Deal\nx\n"a\nb\n'), {"Deal": "name"})
    assert told.value.line == 3 and s.leads.count() == 0
