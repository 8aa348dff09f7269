"""A whole database at another place: another file, or the server that ``CRM_TEST_URL`` names, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import fresh

import crm


def test_a_database_moves_and_comes_back(tmp_path: Path) -> None:
    first, back = tmp_path / "first.crm", tmp_path / "back.crm"
    over = url if "://" in (url := fresh()) else tmp_path / "over.crm"
    told: list[tuple[int, int]] = []
    with crm.open(first) as file, file.session() as s:
        deals = s.leads.create([{"name": f"Deal {n}", "expected_revenue": n} for n in range(600)])
        s.leads.mark_won([deal.id for deal in deals[:5]])
        won = s.leads.get(deals[0].id)
        with pytest.raises(crm.CancelledError):
            crm.copy(first, over, progress=lambda done, total: done < total // 2)
        report = crm.copy(first, over, progress=lambda done, total: told.append((done, total)))
        assert report.columns == ["table", "rows", "digest"] and told[-1][0] == told[-1][1] > 1_200
        with crm.open(over) as copy, copy.session() as other:
            assert copy.verify() == [] and other.leads.get(won.id) == won
            assert list(copy.feed()) == list(file.feed())
        assert list(crm.copy(over, back)) == list(report)


def test_what_is_there_stays(tmp_path: Path) -> None:
    first, over = tmp_path / "first.crm", tmp_path / "over.crm"
    crm.open(first).close()
    crm.open(over).close()
    with pytest.raises(crm.ConflictError) as taken:
        crm.copy(first, over)
    assert taken.value.field == "to"
    with pytest.raises(crm.NotFoundError):
        crm.copy(tmp_path / "nowhere.crm", tmp_path / "new.crm")
    assert not (tmp_path / "nowhere.crm").exists() and not (tmp_path / "new.crm").exists()
    with pytest.raises(ZeroDivisionError):
        crm.copy(first, tmp_path / "new.crm", progress=lambda done, total: 1 // 0 == done)
    assert not (tmp_path / "new.crm").exists()
