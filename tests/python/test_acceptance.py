"""Plays every case of `tests/acceptance` through the Python door; the language of the cases stands in the README there."""

from __future__ import annotations

import io
import json
import tomllib
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from conftest import fresh

import crm

FOLDER = Path(__file__).parents[1] / "acceptance"
CASES = sorted(FOLDER.glob("*/*.toml"))
EVERY = 100_000
HEAD = (
    "probability",
    "source",
    "automated_probability",
    "is_stale",
    "manual_probability",
    "stage_probability",
    "policy",
    "base",
    "base_log_odds",
    "raw",
    "automated_source",
    "stage_source",
)


class World:
    """A database with the names that a case has given to answers."""

    def __init__(self, db: crm.Crm) -> None:
        self.db = db
        self.now: Any = None
        self.names: dict[str, Any] = {}

    def play(self, steps: list[dict[str, Any]]) -> None:
        for step in steps:
            self.now = step.get("at", self.now)
            answer = self.named(step["of"]) if "of" in step else self.do(step)
            if "fails" not in step:
                self.check(step, answer)
                if "as" in step:
                    self.names[step["as"]] = answer

    def do(self, step: dict[str, Any]) -> Any:
        if "fails" not in step:
            return self.run(step)
        before = len(self.db.feed(limit=EVERY))
        with pytest.raises(crm.CrmError) as caught:
            self.run(step)
        expected, error = step["fails"], caught.value
        assert error.kind == expected["kind"], error
        assert error.code == expected.get("code", error.code)
        assert error.field == expected.get("field", error.field)
        assert error.record_id == self.value(expected.get("record", error.record_id))
        assert expected.get("says", "") in str(error)
        assert len(self.db.feed(limit=EVERY)) == before, "it failed, and wrote"
        return None

    def run(self, step: dict[str, Any]) -> Any:
        room, _, verb = step["do"].partition(".")
        given: Any = step.get("with", {})
        if verb == "create" and "times" in step:
            given = [given] * step["times"]
        given = [self.arguments(one) for one in given] if isinstance(given, list) else self.arguments(given)
        on = [self.value(step["on"])] if "on" in step else []
        with self.db.session(user=step.get("user"), now=self.now) as s:
            if room == "feed":
                return self.feed(on)
            if room == "db":
                return getattr(self.db, verb)()
            if room == "csv":
                return self.csv(s, **given)
            if room == "score" and verb == "explanation":
                why = s.score.explain(*on)
                return {name: getattr(why, name) for name in HEAD}
            if room == "score" and verb == "configuration":
                return [asdict(s.score.configuration())]
            if room == "score" and verb == "quality":
                return plain(s.score.backtest(**given).summary)
            if room == "assignment" and verb.endswith("hand_over"):
                return plain(getattr(s.assignment, verb)(**given))
            if room == "assignment":
                plan = s.assignment.plan(**given)
                done = {"plan": plan.steps, "head": plan.head}.get(verb)
                return plain(done) if done is not None else [asdict(s.assignment.run(plan))]
            if room == "forecast" and verb == "totals":
                return plain(s.forecast.weighted(**given).totals)
            if room == "properties":
                given = {"record": "lead"} | given
                given["type"] = given.pop("kind")
            if verb in ("schedule", "post") or (room, verb) == ("chatter", "list"):
                on.insert(0, given.pop("record", "lead"))
            desk = getattr(s, {"company": "companies"}.get(room, room))
            method = getattr(desk, verb)
            return plain(method(given) if isinstance(given, list) else method(*on, **given))

    def feed(self, on: list[Any]) -> list[dict[str, Any]]:
        ids = [id for one in on for id in (one if isinstance(one, list) else [one])]
        rows = [row for row in self.db.feed(limit=EVERY) if not ids or (row["record"] == "lead" and row["record_id"] in ids)]
        return [row | {"note": json.loads(row["data"]).get("note")} for row in rows]

    def csv(self, s: crm.Session, text: str, record: str = "lead", zone: str = "UTC") -> dict[str, Any]:
        report = s.csv.import_(record, io.BytesIO(text.encode()), {}, zone=zone)
        counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged", "failed")}
        return counts | {"error": report.errors["message"][0] if len(report.errors) else None}

    def check(self, step: dict[str, Any], answer: Any) -> None:
        if "is" in step:
            assert self.matches(step["is"], answer), (step["is"], answer)
        if "count" in step:
            assert len(answer) == step["count"]
        if "are" in step:
            assert len(answer) == len(step["are"]), answer
            for expected, row in zip(step["are"], answer, strict=True):
                assert self.matches(expected, row), (expected, row)
        for expected in step.get("has", []):
            assert any(self.matches(expected, row) for row in answer), (expected, answer)
        for unexpected in step.get("lacks", []):
            assert not any(self.matches(unexpected, row) for row in answer), (unexpected, answer)

    def matches(self, expected: Any, answer: Any) -> bool:
        if isinstance(expected, dict) and isinstance(answer, dict):
            return all(name in answer and same(self.value(value), answer[name]) for name, value in expected.items())
        return same(self.value(expected), answer)

    def named(self, name: str) -> Any:
        return self.names[name.removeprefix("$")]

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        values = {name: self.value(value) for name, value in given.items()}
        if "external_id" in values:
            values["external_id"] = tuple(values["external_id"])
        return values

    def value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {name: self.value(one) for name, one in value.items()}
        if value == "$null":
            return None
        if isinstance(value, str) and value.startswith("$"):
            name, _, field = value.partition(".")
            answer = self.named(name)
            return answer[field] if field else reference(answer)
        return value


def reference(answer: Any) -> Any:
    """What `$name` stands for: an id, ids, or a value."""
    if isinstance(answer, list):
        return [reference(one) for one in answer]
    return answer["id"] if isinstance(answer, dict) else answer


def plain(answer: Any) -> Any:
    """Records and tables as dicts and lists."""
    if isinstance(answer, crm.Record):
        return answer.to_dict()
    if isinstance(answer, crm.Frame):
        return answer.to_pylist()
    if isinstance(answer, list) and any(isinstance(one, crm.Duplicate) for one in answer):
        return [
            {"record_id": one.record_id, "score": one.score, "field": why.field, "value": why.value, "strength": why.strength}
            for one in answer
            for why in one.reasons
        ]
    if isinstance(answer, crm.AuditSeal | crm.AuditState):
        return [asdict(answer)]
    if isinstance(answer, crm.Why):
        return [{"can": answer.can} | asdict(ground) for ground in answer.grounds]
    if isinstance(answer, crm.ScoreRun):
        return asdict(answer)
    if isinstance(answer, crm.Merged):
        return {"merge_id": answer.merge_id, "head": answer.head.id}
    if isinstance(answer, list):
        return [plain(one) for one in answer]
    return answer


def same(expected: Any, actual: Any) -> bool:
    """Whether a value is the expected one: numbers by value, ``"~35.19"`` after rounding to as many places."""
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected is actual
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(value, actual[name]) for name, value in expected.items())
    if isinstance(actual, str) and isinstance(expected, int):
        return actual == str(expected)
    if isinstance(actual, int | float | Decimal) and isinstance(expected, int | str):
        number = Decimal(str(actual))
        try:
            wanted = Decimal(str(expected).removeprefix("~"))
        except InvalidOperation:
            return False
        near = str(expected).startswith("~")
        return wanted == (number.quantize(wanted, ROUND_HALF_UP) if near else number)
    return bool(expected == actual)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    cast = tomllib.loads((FOLDER / "cast.toml").read_text(encoding="utf-8"))
    with crm.open(fresh()) as db:
        world = World(db)
        world.now = case.get("now", cast.get("now"))
        if case.get("cast"):
            world.play(cast["given"])
        for part in ("given", "when", "then"):
            world.play(case.get(part, []))
        assert db.verify() == [], case["rule"]


def test_there_are_cases() -> None:
    assert len(CASES) > 20 or not FOLDER.exists()
