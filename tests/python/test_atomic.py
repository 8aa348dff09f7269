"""Transactions: all verbs of a block, or none."""

from __future__ import annotations

import pytest

import crm


def test_a_block_is_one_transaction(s: crm.Session) -> None:
    with s.atomic() as same:
        assert same is s
        deal = s.leads.create(name="x")
        s.leads.mark_won(deal)
        assert s.leads.get(deal).won_status == "won"
    assert s.leads.get(deal).won_status == "won"


def test_an_exception_undoes_the_block_and_goes_on(s: crm.Session) -> None:
    class OwnError(Exception):
        pass

    with pytest.raises(OwnError), s.atomic():
        s.leads.create(name="x")
        raise OwnError
    assert s.leads.count() == 0
    with pytest.raises(crm.NotFoundError), s.atomic():
        s.leads.create(name="x")
        s.leads.mark_won(4711)
    assert s.leads.count() == 0
    s.leads.create(name="y")
    assert s.leads.count() == 1


def test_a_caught_failure_leaves_the_rest_of_the_block(s: crm.Session) -> None:
    with s.atomic():
        s.leads.create(name="x")
        with pytest.raises(crm.InvalidError):
            s.leads.create([{"name": "y"}, {"name": "z", "priority": 9}])
        s.leads.create(name="w")
    assert {lead.name for lead in s.leads.find()} == {"x", "w"}


def test_the_feed_waits_for_the_end(s: crm.Session, db: crm.Crm) -> None:
    with s.atomic():
        s.leads.create(name="x")
    seqs = db.feed()["seq"]
    assert seqs == sorted(seqs) and "lead.created" in db.feed()["event"]
    last = seqs[-1]
    s.leads.create(name="y")
    newer = db.feed(after=last)
    assert newer["event"][0] == "lead.created" and newer["record"][0] == "lead"
    assert len(db.feed(limit=1)) == 1 and len(db.feed(after=10**9)) == 0
    for wrong in (-1, True, None):
        with pytest.raises(crm.InvalidError):
            db.feed(limit=wrong)  # type: ignore[arg-type]


def test_closing_a_session_rolls_its_block_back(db: crm.Crm) -> None:
    s = db.session()
    s.atomic().__enter__()
    s.leads.create(name="x")
    s.close()
    with db.session() as other:
        assert other.leads.count() == 0
