"""Every desk does the same things."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import crm

SAMPLES: dict[str, dict[str, Any]] = {
    "companies": {"name": "Harbour Ltd", "currency": "CHF"},
    "users": {"name": "Ada", "login": "ada"},
    "teams": {"name": "Harbour"},
    "stages": {"name": "Negotiation"},
    "lost_reasons": {"name": "Too slow by half"},
    "tags": {"name": "Fleet"},
    "partners": {"name": "Azure Bakery"},
    "leads": {"name": "Fleet lease"},
    "campaigns": {"name": "Spring fair"},
    "mediums": {"name": "Pigeon"},
    "sources": {"name": "Harbour fair"},
    "recurring_plans": {"name": "Every two years", "number_of_months": 24},
    "rules": {"name": "France alone", "record": "lead", "role": "own", "filter": 'country_code = "FR"'},
    "targets": {
        "team_id": 1,
        "name": "Lines",
        "metric": "lines",
        "count": 500,
        "date_from": date(2026, 1, 1),
        "date_to": date(2026, 12, 31),
    },
    "activity_types": {"name": "Visit", "delay_count": 2, "delay_unit": "weeks"},
}


@pytest.mark.parametrize("name", SAMPLES)
def test_create_get_find_count_update_frame_delete(s: crm.Session, name: str) -> None:
    desk = getattr(s, name)
    before = desk.count()
    record = desk.create(**SAMPLES[name])
    assert type(record).__name__ in crm.__all__ and record.version == 1
    for field, value in SAMPLES[name].items():
        assert getattr(record, field) == value
    assert desk.get(record) == record and desk.get(id=record.id) == record
    assert desk.count() == before + 1 and record in desk.find()
    assert desk.find(f"id = {record.id}") == [record]
    changed = desk.update(record, name="Other name")
    assert changed.name == "Other name" and changed.version == 2
    assert [known.version for known in desk.update([record], name="Third name")] == [3]
    frame = desk.frame(filter=f"id = {record.id}", columns=["id", "name"])
    assert frame.to_pylist() == [{"id": record.id, "name": "Third name"}]
    assert desk.frame(limit=1, order="id").columns == list(record.to_dict())
    assert desk.delete(record) is None
    with pytest.raises(crm.NotFoundError):
        desk.get(record.id)
    assert desk.count() == before and repr(desk).startswith("<crm.")


def test_team_members(s: crm.Session) -> None:
    ben = s.users.create(name="Ben", login="ben")
    team = s.teams.create(name="Harbour")
    member = s.team_members.create(team_id=team, user_id=ben, assignment_max=30)
    assert s.team_members.find() == [member] and s.teams.get(team).member_ids == [ben.id]
    s.team_members.delete(member)
    assert s.teams.get(team).member_ids == []


def test_filters_are_text_or_dict(s: crm.Session) -> None:
    tag = s.tags.create(name="Fleet")
    s.leads.create(
        [
            {"name": "Fleet lease", "expected_revenue": 1000, "tag_ids": [tag], "date_deadline": date(2026, 4, 1)},
            {"name": "Bakery oven", "expected_revenue": 50},
        ]
    )
    same: list[Any] = [
        'name ilike "%fleet%"',
        {"field": "name", "op": "ilike", "value": "%fleet%"},
        {"and": [{"field": "expected_revenue", "op": ">=", "value": Decimal("1000.00")}]},
        {"field": "tag_ids", "op": "any", "value": [tag]},
        {"field": "date_deadline", "op": "=", "value": date(2026, 4, 1)},
        f"tag_ids any ({tag.id}, 4) and expected_revenue >= 1000.00",
    ]
    for filter in same:
        assert [lead.name for lead in s.leads.find(filter)] == ["Fleet lease"], filter
        assert s.leads.count(filter) == len(s.leads.frame(filter)) == 1
    with pytest.raises(crm.InvalidError):
        s.leads.find(("name", "=", "x"))  # type: ignore[arg-type]
    with pytest.raises(crm.FormatError):
        s.leads.find({"name": "x"})
    with pytest.raises(crm.InvalidError):
        s.leads.find("nmae = 'x'".replace("'", '"'))


def test_order_limit_offset(s: crm.Session) -> None:
    s.leads.create([{"name": name, "priority": n % 2} for n, name in enumerate("abcd")])
    assert [lead.name for lead in s.leads.find()] == ["d", "b", "c", "a"]
    assert [lead.name for lead in s.leads.find(order="name desc", limit=2, offset=1)] == ["c", "b"]
    assert s.leads.find(limit=0) == []
    with pytest.raises((crm.InvalidError, crm.FormatError)):
        s.leads.find(order="nmae")
    wrong: Any
    for wrong in ({"limit": -1}, {"offset": -1}, {"limit": True}, {"limit": "3"}, {"limit": 2.5}):
        for ask in (s.leads.find, s.leads.frame):
            with pytest.raises(crm.InvalidError) as caught:
                ask(**wrong)
            assert caught.value.field in wrong


def test_archived_records_are_found_when_asked_for(s: crm.Session) -> None:
    tag = s.sources.create(name="Harbour fair")
    s.sources.update(tag, active=False)
    assert tag.id not in [known.id for known in s.sources.find()]
    assert [known.id for known in s.sources.find("active = false")] == [tag.id]
    assert s.sources.get(tag.id).active is False


def test_unique_names_conflict(s: crm.Session) -> None:
    s.tags.create(name="Fleet")
    with pytest.raises(crm.ConflictError):
        s.tags.create(name="fleet")


def test_settings(s: crm.Session) -> None:
    assert s.settings.get("use_leads") is False
    s.settings.set("use_leads", True)
    assert s.settings.get("use_leads") is True and ("use_leads", True) in s.settings.find()
    s.settings.update(use_leads=False)
    assert dict(s.settings.find())["use_leads"] is False
    for name, value in (("use_lead", True), ("use_leads", 1)):
        with pytest.raises(crm.InvalidError):
            s.settings.set(name, value)


def test_properties(s: crm.Session) -> None:
    declare = s.properties.declare
    declare("lead", "Vehicles", "number")
    declare("lead", "Lead Origin", "selection", "Where from", options=["fair", "web"])
    declare("lead", "Signed", "date")
    declare("lead", "Urgent", "boolean")
    declare("partner", "Note", "text", team_ids=[s.teams.create(name="Harbour")])
    assert declare("lead", "Vehicles", "number").name == "Vehicles"
    values: dict[str, Any] = {"Vehicles": 12, "Lead Origin": "fair", "Signed": date(2026, 3, 1), "Urgent": True}
    deal = s.leads.create(name="x", properties=values)
    assert deal.properties == values and type(deal.properties["Vehicles"]) is float
    assert s.leads.count("properties.`Lead Origin` = \"fair\" and properties.Vehicles > 11") == 1
    assert s.leads.update(deal, properties={"Vehicles": None}).properties == {k: v for k, v in values.items() if k != "Vehicles"}
    assert [known.name for known in s.properties.find("lead")] == ["Vehicles", "Lead Origin", "Signed", "Urgent"]
    assert s.properties.find("lead")[1].options == ["fair", "web"]
    for wrong in ({"Colour": "red"}, {"Vehicles": "many"}, {"Lead Origin": "radio"}, {"Urgent": 1}):
        with pytest.raises(crm.InvalidError):
            s.leads.update(deal, properties=wrong)
    assert declare("lead", "Lead Origin", "selection", options=["fair", "web", "radio"]).label == "Where from"
    assert s.leads.update(deal, properties={"Lead Origin": "radio"}).properties["Lead Origin"] == "radio"
    for gone in (lambda: declare("lead", "Lead Origin", "selection", options=["fair"]), lambda: declare("lead", "Vehicles", "text")):
        with pytest.raises(crm.ConflictError):
            gone()
    with pytest.raises(crm.InvalidError):
        declare("lead", "x", "colour")  # type: ignore[arg-type]
    with pytest.raises(crm.InvalidError):
        declare("leed", "x", "text")  # type: ignore[arg-type]


def test_opening_with_options(tmp_path: Any) -> None:
    path = tmp_path / "sales.crm"
    with crm.open(path, currency="JPY", default_data=False) as db, db.session() as s:
        assert s.stages.count() == 0 and s.companies.get(1).currency == "JPY"
        deal = s.leads.create(name="x", expected_revenue=1200)
        assert str(deal.expected_revenue) == "1200" and deal.currency == "JPY"
    with crm.open(str(path)) as db, db.session() as s:
        assert s.leads.get(deal.id) == deal
    wrong: Any
    few = ({"currency": "EURO"}, {"busy_timeout": -1}, {"busy_timeout": float("nan")})
    for wrong in (*few, {"threads": -1}, {"threads": 9}, {"threads": True}):
        with pytest.raises(crm.InvalidError):
            crm.open(":memory:", **wrong)
    (tmp_path / "other").write_text("not a database, and long enough to be looked at " * 40)
    with pytest.raises(crm.StorageError) as caught:
        crm.open(tmp_path / "other")
    assert caught.value.code == 703


def test_a_system_has_one_name_for_a_record(s: crm.Session) -> None:
    deal = s.leads.create(name="x", external_id=("erp", "1"))
    s.leads.update(deal, external_id=("shop", "A"))
    s.leads.update(deal, external_id=("erp", "9"))
    s.leads.update(deal, external_id=None)  # type: ignore[arg-type]
    assert s.leads.get(external_id=("erp", "9")) == s.leads.get(external_id=("shop", "A")) == s.leads.get(deal)
    with pytest.raises(crm.NotFoundError):
        s.leads.get(external_id=("erp", "1"))
    wrong: Any
    for wrong in ("erp", ("erp",), ("erp", 9), ("erp", "9", "x")):
        with pytest.raises(crm.InvalidError) as caught:
            s.leads.update(deal, external_id=wrong)
        assert caught.value.field == "external_id"
