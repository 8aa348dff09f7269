"""Every example in the package's documentation and in its README runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import crm

MODULES = ["crm", *(f"crm.{module.name}" for module in pkgutil.iter_modules(crm.__path__) if module.name != "_crm")]
README = Path(__file__).parents[2] / "crm-py" / "README.md"


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


def test_there_are_examples_on_every_desk() -> None:
    finder = doctest.DocTestFinder()
    with crm.open(":memory:") as db, db.session() as s:
        for name in s.__slots__:
            desk = type(getattr(s, name))
            if desk.__module__.startswith("crm.") and not name.startswith("_"):
                tests = finder.find(desk, module=importlib.import_module(desk.__module__))
                assert any(test.examples for test in tests), name


def test_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testfile(str(README), module_relative=False)
    assert outcome.failed == 0 and outcome.attempted > 5
