"""Threads: one database for all of them, and the interpreter released in every call."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import crm


def test_many_threads_write_and_read_one_file(tmp_path: Path) -> None:
    with crm.open(tmp_path / "sales.crm") as db, db.session() as shared:

        def work(n: int) -> int:
            with db.session() as own:
                for round in range(5):
                    session = own if round % 2 else shared
                    deal = session.leads.create(name=f"Deal {n}/{round}", expected_revenue=n)
                    session.leads.mark_won(deal)
                    assert session.leads.get(deal).won_status == "won"
                    session.leads.find(f"expected_revenue = {n}")
            return n

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(work, range(8))) == list(range(8))
        assert shared.leads.count('won_status = "won"') == 40
        assert db.verify() == []


def test_threads_open_and_close_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "sales.crm"

    def work(n: int) -> None:
        for round in range(5):
            with crm.open(path) as db, db.session() as s:
                deal = s.leads.create(name=f"Deal {n}/{round}")
                assert s.leads.get(deal).name == deal.name

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with crm.open(path) as db, db.session() as s:
        assert s.leads.count() == 30 and db.verify() == []


def test_the_interpreter_is_released_while_the_core_works(s: crm.Session) -> None:
    beats = 0
    stop = threading.Event()

    def beat() -> None:
        nonlocal beats
        while not stop.is_set():
            beats += 1
            time.sleep(0.0005)

    drafts = [{"name": f"Deal {n}", "email_from": f"deal{n}@azure.example"} for n in range(3_000)]
    thread = threading.Thread(target=beat)
    thread.start()
    try:
        time.sleep(0.01)
        before = beats
        s.leads.create(drafts)
        during = beats - before
    finally:
        stop.set()
        thread.join()
    assert during > 5


def test_an_open_atomic_belongs_to_one_thread(s: crm.Session) -> None:
    with s.atomic():
        s.tags.create(name="Fleet")
        with ThreadPoolExecutor(1) as pool, pytest.raises(crm.ConflictError):
            pool.submit(lambda: s.tags.create(name="Bakery")).result()
    assert s.tags.count('name in ("Fleet", "Bakery")') == 1


def test_interrupt_ends_what_runs(db: crm.Crm, s: crm.Session) -> None:
    s.leads.create([{"name": f"Deal {n}"} for n in range(2_000)])
    ended = threading.Event()

    def interrupt() -> None:
        while not ended.is_set():
            db.interrupt()
            time.sleep(0.001)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(crm.CancelledError):
            for _ in range(200):
                s.leads.frame()
                s.score.rebuild()
    finally:
        ended.set()
        thread.join()
    assert s.leads.count() == 2_000
