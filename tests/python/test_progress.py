"""Long calls tell how far they are, stop when told to, and hear Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import types
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import crm

@pytest.fixture
def learned(s: crm.Session) -> crm.Session:
    """Enough leads for a rebuild to tell its progress more than once."""
    s.score.configure(start_date=date(2026, 1, 1))
    deals = s.leads.create([{"name": f"Deal {n}"} for n in range(300)])
    s.leads.mark_won(deals[:20])
    return s


def test_a_callable_is_told_and_may_stop(learned: crm.Session) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(crm.CancelledError):
        learned.score.predict(progress=lambda done, total: False)
    learned.score.rebuild(progress=lambda done, total: told.append((done, total)))
    assert told and [done for done, _ in told] == sorted(done for done, _ in told)
    before = learned.leads.get(300)
    learned.score.configure(fields=["priority"])
    with pytest.raises(crm.CancelledError):
        learned.score.rebuild(progress=lambda done, total: False)
    assert learned.leads.get(300) == before
    assert learned.score.rebuild(progress=False).scored == 280


def test_what_the_callable_raises_is_raised(learned: crm.Session) -> None:
    class OwnError(Exception):
        pass

    def fail(done: int, total: int) -> None:
        raise OwnError

    with pytest.raises(OwnError):
        learned.score.rebuild(progress=fail)
    learned.leads.create(name="x")


def test_a_callable_cannot_call_back(learned: crm.Session) -> None:
    with pytest.raises(crm.ConflictError, match="callback"):
        learned.score.rebuild(progress=lambda done, total: learned.leads.count())
    assert learned.leads.count() == 300


def test_ctrl_c_is_heard(learned: crm.Session) -> None:
    def press(done: int, total: int) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    # Who runs the tests in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            for _ in range(3):
                learned.score.rebuild(progress=press)
    finally:
        signal.signal(signal.SIGINT, before)
    learned.leads.create(name="x")


class Bar:
    """What tqdm is to us."""

    def __init__(self) -> None:
        self.total = 0
        self.n = 0
        self.closed = False

    def update(self, n: int) -> None:
        assert n >= 0
        self.n += n

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def memory() -> Iterator[crm.Crm]:
    """A database that can be copied to a file, whatever engine the others run on."""
    with crm.open(":memory:") as db:
        yield db


def test_bars(s: crm.Session, memory: crm.Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = Bar()
    memory.backup(tmp_path / "first.crm", progress=bar)
    assert bar.n > 0 and bar.n <= bar.total and not bar.closed
    bars: list[Bar] = []

    def tqdm() -> Bar:
        bars.append(Bar())
        return bars[-1]

    fake: Any = types.ModuleType("tqdm.auto")
    fake.tqdm = tqdm
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", fake)
    s.score.rebuild(progress=True)
    memory.backup(tmp_path / "copy.crm", progress=True)
    assert len(bars) == 2 and all(bar.closed for bar in bars) and bars[1].n > 0
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    s.score.recompute(progress=True)
    with pytest.raises(TypeError, match="progress"):
        s.score.rebuild(progress=3)  # type: ignore[arg-type]


def test_backups_open(memory: crm.Crm, tmp_path: Path) -> None:
    with memory.session() as s:
        deal = s.leads.create(name="x")
    memory.backup(tmp_path / "copy.crm")
    with crm.open(tmp_path / "copy.crm") as copy, copy.session() as other:
        assert other.leads.get(deal.id) == deal and copy.verify() == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends a signal")
def test_ctrl_c_in_a_list_verb_means_that_nothing_was_written(tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def interrupted(verb: Callable[[], object]) -> None:
        # Long before the end: each of these takes many times as long.
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        with pytest.raises(KeyboardInterrupt):
            verb()
        assert db.verify() == []

    rows = [{"name": f"Deal {n}"} for n in range(20_000)]
    before = signal.signal(signal.SIGALRM, stop)
    try:
        with crm.open(tmp_path / "sales.crm") as db, db.session() as s:
            interrupted(lambda: s.leads.create(rows))
            assert s.leads.count() == 0
            ids = [deal.id for deal in s.leads.create(rows)]
            interrupted(lambda: s.leads.mark_won(ids))
            interrupted(lambda: s.leads.update(ids, priority=3))
            with s.atomic():
                s.leads.update(ids[0], name="kept")
                interrupted(lambda: s.leads.update(ids, priority=3))
            assert s.leads.count('won_status = "won" or priority = 3') == 0 and s.leads.count('name = "kept"') == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_callable_cannot_close_what_calls_it(learned: crm.Session, db: crm.Crm) -> None:
    told: list[str] = []

    def meddle(done: int, total: int) -> None:
        for close in (learned.close, db.close):
            with pytest.raises(crm.ConflictError):
                close()
            told.append("conflict")

    learned.score.rebuild(progress=meddle)
    assert told and not db.closed
