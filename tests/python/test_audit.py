"""What the audit and assignment answer to values that make no sense, and to a file that somebody else wrote into."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import crm

HUGE = 2**70


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("seed", lambda s: s.assignment.plan(seed=-1)),
        ("seed", lambda s: s.assignment.plan(seed=HUGE)),
        ("delay_hours", lambda s: s.assignment.plan(delay_hours=HUGE)),
        ("delay_hours", lambda s: s.assignment.plan(delay_hours=2**63 - 1)),
        ("created_within_days", lambda s: s.assignment.plan(created_within_days=2**63)),
        ("before", lambda s: s.audit.find(before=HUGE)),
        ("seal", lambda s: s.audit.verify((HUGE, "x"))),
        ("seal", lambda s: s.audit.verify((1,))),
        ("plan", lambda s: s.assignment.run(5)),
        ("plan", lambda s: s.assignment.run(b"x")),
    ],
)
def test_a_value_that_makes_no_sense_is_named(s: crm.Session, field: str, call: Callable[[Any], object]) -> None:
    with pytest.raises(crm.CrmError) as error:
        call(s)
    assert error.value.field == field


def test_an_entry_below_the_first_was_added_later(tmp_path: Path) -> None:
    path = tmp_path / "audited.crm"
    with crm.open(str(path)) as db, db.session() as s:
        s.leads.create(name="Fleet lease")
        seal = s.audit.seal()
    with sqlite3.connect(path) as file:
        columns = [row[1] for row in file.execute("PRAGMA table_info(feed)") if row[1] != "seq"]
        listed = ", ".join(columns)
        file.execute(f"INSERT INTO feed (seq, {listed}) SELECT -1, {listed} FROM feed WHERE seq = 1")
    file.close()
    with crm.open(str(path)) as db, db.session() as s:
        state = s.audit.verify(seal)
    assert (state.broken, state.problem) == (-1, "it was added later")
