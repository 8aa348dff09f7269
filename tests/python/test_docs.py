"""Every example in the package's documentation and in the READMEs runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import crm

MODULES = ["crm", *(f"crm.{module.name}" for module in pkgutil.iter_modules(crm.__path__) if module.name != "_crm")]
ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("name", ["README.md", "crm-py/README.md"])
def test_the_readmes_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testfile(str(ROOT / name), module_relative=False)
    assert outcome.failed == 0 and outcome.attempted > 5
