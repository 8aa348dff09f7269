"""Errors: one class per kind, with attributes."""

from __future__ import annotations

import io
import os
import pickle
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, cast

import pytest

import crm
from crm.exceptions import from_core

CODES = {
    crm.InvalidError: ("invalid", 100),
    crm.NotFoundError: ("not_found", 200),
    crm.DeniedError: ("denied", 300),
    crm.ConflictError: ("conflict", 400),
    crm.LimitError: ("limit", 500),
    crm.ClosedError: ("closed", 600),
    crm.CancelledError: ("cancelled", 601),
    crm.StorageError: ("storage", 700),
    crm.FormatError: ("format", 800),
    crm.HostError: ("host", 900),
    crm.BugError: ("bug", 999),
}


@pytest.mark.parametrize("cls", CODES)
def test_every_kind_has_its_class_and_code(cls: type[crm.CrmError]) -> None:
    kind, code = CODES[cls]
    error = from_core(kind, "told", code, None, None, False, None)
    assert type(error) is cls and isinstance(error, crm.CrmError) and isinstance(error, Exception)
    assert (error.kind, error.code, str(error)) == (kind, code, "told")


def test_builtin_families_say_something() -> None:
    assert issubclass(crm.InvalidError, ValueError) and issubclass(crm.NotFoundError, LookupError)


def test_errors_pickle_with_their_attributes() -> None:
    error = from_core("storage", "busy", 701, None, ("lead", 3), True, (2, 5))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is crm.StorageError and str(again) == "busy"
    assert (again.code, again.record_id, again.record_kind, again.retryable) == (701, 3, "lead", True)
    assert (again.line, again.column) == (2, 5)


def test_a_missing_record_is_named(s: crm.Session) -> None:
    with pytest.raises(LookupError) as caught:
        s.leads.get(4711)
    error = caught.value
    assert isinstance(error, crm.NotFoundError)
    assert (error.kind, error.code, error.record_kind, error.record_id) == ("not_found", 200, "lead", 4711)
    assert not error.retryable


def test_an_unknown_field_is_named_with_the_nearest(s: crm.Session) -> None:
    with pytest.raises(ValueError, match="expected_revenue") as caught:
        s.leads.create(name="Fleet lease", expected_revenu=1)  # type: ignore[call-overload]
    assert isinstance(caught.value, crm.InvalidError) and caught.value.field == "expected_revenu"


def test_a_filter_that_cannot_be_read_says_where(s: crm.Session) -> None:
    with pytest.raises(crm.FormatError) as caught:
        s.leads.find("name =\n  ")
    assert caught.value.line == 2 and caught.value.code == 800


@pytest.mark.parametrize("given", [{"name": "Azure Bakery"}, "Azure Bakery", b"x", 7, [7], ["x"]])
def test_what_is_no_list_of_dicts_creates_nothing(s: crm.Session, given: Any) -> None:
    for desk in (s.partners, s.leads, s.partner_contacts):
        with pytest.raises(crm.InvalidError, match="dict") as told:
            desk.create(given)
        assert told.value.field == "records"
    with pytest.raises(crm.InvalidError, match="not both"):
        s.partners.create([{"name": "a"}], name="b")  # type: ignore[call-overload]
    assert s.partners.count() == 0


def test_closed_handles_say_so(tmp_path: object) -> None:
    db = crm.open(":memory:")
    s = db.session()
    assert not db.closed
    db.close()
    db.close()
    assert db.closed and repr(db) == "<crm.Crm closed>"
    for call in (s.leads.count, db.verify, db.session, db.feed):
        with pytest.raises(crm.ClosedError):
            call()
    s.close()
    s.close()


def test_a_closed_session_leaves_the_database_open(db: crm.Crm) -> None:
    with db.session() as s:
        s.leads.create(name="Fleet lease")
    with pytest.raises(crm.ClosedError):
        s.leads.count()
    with db.session() as s:
        assert s.leads.count() == 1


def test_nonsense_is_always_an_error_of_the_library(s: crm.Session, db: crm.Crm, tmp_path: Path) -> None:
    cyclic: dict[str, object] = {}
    cyclic["and"] = [cyclic]
    deep: dict[str, object] = {}
    inner = deep
    for _ in range(100_000):
        inner["not"] = inner = {}
    lone = "\ud800"

    class Broken(tzinfo):
        def utcoffset(self, when: object) -> timedelta:
            raise RuntimeError("no zone")

    for field, nonsense in {
        "filter": lambda: s.leads.find(f'name = "{lone}"'),
        "filter ": lambda: s.leads.find(cyclic),
        "filter  ": lambda: s.leads.find(deep),
        "order": lambda: s.leads.find(order=lone),
        "columns": lambda: s.leads.frame(columns=[lone]),
        "user": lambda: db.session(lone),
        "path": lambda: crm.open(lone),
        "path ": lambda: db.backup("a\0b"),
        "external_id": lambda: s.leads.get(external_id="erp"),  # type: ignore[arg-type]
        "expected_version": lambda: s.leads.update(1, expected_version=2**63, name="x"),
        "now": lambda: db.session(now=datetime(2026, 3, 2, tzinfo=Broken())),
    }.items():
        with pytest.raises(crm.InvalidError) as told:
            nonsense()
        assert told.value.field == field.strip(), told.value
    assert crm.open(os.fsencode(tmp_path / "bytes.crm")).verify() == []


def test_a_file_that_takes_nonsense_is_told(s: crm.Session) -> None:
    s.leads.create(name="x")

    class File:
        def __init__(self, answer: object) -> None:
            self.answer = answer

        def write(self, data: bytes) -> object:
            return self.answer

    class Raw(io.RawIOBase):
        def write(self, data: object) -> None:
            return None

    for file in (File(-1), File(10**9), File("x"), File(0), Raw()):
        with pytest.raises(crm.HostError, match=r"write\(\)"):
            s.csv.export("lead", file)  # type: ignore[arg-type]
    assert s.csv.export("lead", File(None)) == 1  # type: ignore[arg-type]


def test_a_value_of_a_wrong_type_is_a_wrong_value(s: crm.Session) -> None:
    wrong: Any
    for wrong in (5, b"x", ["x"]):
        calls = {
            "order": lambda wrong=wrong: s.leads.find(order=wrong),
            "axis": lambda wrong=wrong: s.leads.find(axis=wrong),
            "axis ": lambda wrong=wrong: s.leads.get(1, axis=wrong),
            "filter": lambda wrong=wrong: s.leads.count(wrong),
            "filter ": lambda: s.leads.find({"field": "name", "op": "=", "value": object()}),
            "record": lambda wrong=wrong: s.csv.export(wrong, io.BytesIO()),
            "record ": lambda wrong=wrong: s.csv.import_(wrong, io.BytesIO(b"a\n"), {}),
            "mapping": lambda wrong=wrong: s.csv.import_("lead", io.BytesIO(b"a\n"), wrong),
            "policy": lambda wrong=wrong: s.csv.import_("lead", io.BytesIO(b"a\n"), {}, policy=wrong),
            "zone": lambda wrong=wrong: s.csv.import_("lead", io.BytesIO(b"a\n"), {}, zone=wrong),
            "name": lambda wrong=wrong: s.properties.declare("lead", wrong, "text"),
            "type": lambda wrong=wrong: s.properties.declare("lead", "Seats", wrong),
            "label": lambda wrong=wrong: s.properties.declare("lead", "Seats", "text", wrong),
            "currency": lambda wrong=wrong: crm.open(":memory:", currency=wrong),
        }
        for field, call in calls.items():
            with pytest.raises(crm.InvalidError) as told:
                call()
            assert told.value.field == field.strip(), (field, told.value)
    nothing: dict[str, Any] = {
        "id": lambda: s.leads.get(cast(Any, None)),
        "axis": lambda: s.leads.find(axis=cast(Any, None)),
        "columns": lambda: s.leads.frame(columns=cast(Any, 5)),
        "columns ": lambda: s.leads.frame(columns=cast(Any, [None])),
        "path": lambda: crm.open(cast(Any, 5)),
        "source": lambda: s.csv.import_("lead", cast(Any, 5), {}),
        "busy_timeout": lambda: crm.open(":memory:", busy_timeout=cast(Any, "5")),
    }
    for field, call in nothing.items():
        with pytest.raises(crm.InvalidError) as told:
            call()
        assert told.value.field == field.strip(), (field, told.value)
    with pytest.raises(TypeError):
        s.leads.find(sort="name")  # type: ignore[call-arg]


def test_a_value_that_a_verb_cannot_take_is_named() -> None:
    with crm.open(":memory:") as db, db.session() as s:
        ada, lease = s.partners.create(name="Ada"), s.leads.create(name="Lease", kind="lead")
        call = s.activities.schedule("lead", lease, activity_type_id=3)
        wrong = {
            "kind": lambda: s.partners.address_for(ada, cast(Any, None)),
            "key": lambda: s.leads.convert(lease, key=cast(Any, 5)),
            "create_partner": lambda: s.leads.convert(lease, create_partner=cast(Any, "yes")),
            "body": lambda: s.chatter.post("lead", lease, cast(Any, None)),
            "least": lambda: s.duplicates.scan("lead", least=cast(Any, None)),
            "note": lambda: s.leads.mark_lost(lease, note=cast(Any, 7)),
            "feedback": lambda: s.activities.done(call, cast(Any, b"x")),
        }
        for field, verb in wrong.items():
            with pytest.raises(crm.InvalidError) as told:
                verb()
            assert told.value.field == field
