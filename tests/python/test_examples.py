"""The examples of the package run, and say what they should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "crm-py" / "examples"


def test_a_morning_on_the_sales_floor(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "sales_floor.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert "Bakery in Malmo, again   assign    Ben     preferred" in said
    assert "Bicycles, forty of them  assign    Dov     partner_owner" in said
    assert "Mine in Chile            leave     nobody  no_team_match" in said
    assert "once more on the same morning: 0 given" in said
    assert "Ada was a moment too late" in said
