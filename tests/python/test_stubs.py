"""Types: the stub tells what the native module has, and the package passes mypy's strict mode."""

from __future__ import annotations

import importlib.resources
import subprocess
import sys
from pathlib import Path

import pytest

import crm
from crm import _crm


def run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_agree_with_what_runs(tmp_path: Path) -> None:
    run("mypy.stubtest", "crm", cwd=tmp_path)


def test_the_package_is_strictly_typed(tmp_path: Path) -> None:
    assert (importlib.resources.files(crm) / "py.typed").is_file()
    run("mypy", "--strict", "--cache-dir", str(tmp_path), "-p", "crm", cwd=tmp_path)


GOOD = """
from datetime import date
from decimal import Decimal
from typing import assert_type
import crm

with crm.open(":memory:") as db, db.session(user="ada") as s:
    team = s.teams.create(name="Harbour")
    lead = s.leads.create(name="x", expected_revenue=12, team_id=team, tag_ids=[1], type="lead", external_id=("a", "b"))
    assert_type(lead, crm.Lead)
    assert_type(lead.expected_revenue, Decimal)
    assert_type(lead.date_deadline, date | None)
    assert_type(lead.tag_ids, list[int])
    assert_type(s.leads.create([{"name": "x"}]), list[crm.Lead])
    assert_type(s.leads.mark_won(lead), crm.Lead)
    assert_type(s.leads.mark_won([lead, 3]), list[crm.Lead])
    assert_type(s.leads.update(3, expected_version=1, name="x"), crm.Lead)
    assert_type(s.stages.find("is_won = true")[0].is_won, bool)
    assert_type(s.partners.get(3), crm.Partner)
    assert_type(s.forecast.weighted(by=["month"]), crm.Forecast)
"""

BAD = [
    's.leads.create(nmae="x")',
    's.leads.create(priority="high")',
    's.leads.create(kind="deal")',
    "s.leads.create(won_status='won')",
    "s.leads.create(user_id=s.teams.get(1))",
    's.leads.get(1).name = "x"',
    "s.leads.get(1).nmae",
    's.forecast.weighted(by=["week"])',
    "s.leads.mark_won(s.teams.get(1))",
]


def test_hosts_are_checked(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    head = 'import crm\ns = crm.open(":memory:").session()\n'
    (tmp_path / "bad.py").write_text(head + "\n".join(BAD) + "\n")
    run("mypy", "--strict", "--cache-dir", str(tmp_path), "good.py", cwd=tmp_path)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "bad.py"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False).stdout
    for number, line in enumerate(BAD, start=3):
        assert f"bad.py:{number}: error" in told, line


@pytest.mark.parametrize("name", [name for name in crm.__all__ if not name.startswith("_")])
def test_everything_public_is_documented(name: str) -> None:
    thing = getattr(crm, name)
    if isinstance(thing, type) or callable(thing):
        assert thing.__doc__, name
    if isinstance(thing, type):
        for attribute, value in vars(thing).items():
            if not attribute.startswith("_") and callable(value):
                assert value.__doc__, f"{name}.{attribute}"


def test_versions_agree() -> None:
    import importlib.metadata

    assert crm.__version__ == _crm.__version__ == importlib.metadata.version("crm")
