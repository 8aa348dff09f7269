"""Records: values with attributes."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import crm
from crm import _crm

WHEN = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def lead(**values: object) -> crm.Lead:
    fields = {
        "id": 3,
        "version": 2,
        "name": "Fleet lease",
        "kind": "opportunity",
        "stage_id": 1,
        "expected_revenue": Decimal("12000.00"),
        "probability": Decimal("12.5000"),
        "won_status": "pending",
        "create_date": WHEN,
        "date_deadline": date(2026, 4, 1),
        "tag_ids": [1, 2],
        "properties": {"Vehicles": 12.0, "Signed": date(2026, 3, 1), "Old": False, "Origin": "fair"},
    }
    return crm.Lead(fields | values)


def test_every_field_of_every_kind_is_an_attribute() -> None:
    for kind, fields in _crm.catalogue():
        cls = {known._kind: known for known in crm.Record.__subclasses__()}[kind]  # type: ignore[attr-defined]
        names = [name for name, *_ in fields]
        record = cls({})
        assert list(record.to_dict()) == names
        for name in names:
            assert hasattr(record, name)
            assert getattr(cls, name).__doc__, (kind, name)


def test_values_have_their_python_types() -> None:
    deal = lead()
    assert type(deal.id) is int and deal.name == "Fleet lease"
    assert deal.expected_revenue == Decimal("12000.00") and str(deal.expected_revenue) == "12000.00"
    assert str(deal.probability) == "12.5000"
    assert deal.create_date == WHEN and deal.create_date.tzinfo is UTC
    assert type(deal.date_deadline) is date
    assert deal.tag_ids == [1, 2] and deal.properties["Vehicles"] == 12.0
    assert deal.properties["Signed"] == date(2026, 3, 1) and deal.properties["Old"] is False
    assert deal.team_id is None and deal.type == deal.kind == "opportunity"


def test_repr_tells_what_matters() -> None:
    assert repr(lead()) == (
        "Lead(id=3, name='Fleet lease', stage_id=1, expected_revenue=Decimal('12000.00'), "
        "probability=Decimal('12.5000'), won_status='pending')"
    )
    assert repr(crm.Tag({"id": 1, "name": "Fleet"})) == "Tag(id=1, name='Fleet')"


def test_records_are_frozen_and_unknown_names_are_refused() -> None:
    deal = lead()
    with pytest.raises(AttributeError, match="update"):
        deal.name = "other"  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        del deal.name
    with pytest.raises(AttributeError):
        deal.nmae = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        deal.nmae  # type: ignore[attr-defined]  # noqa: B018
    deal.tag_ids.append(9)
    assert deal.tag_ids == [1, 2]


def test_equality_is_by_value_and_hash_by_identity_and_version() -> None:
    assert lead() == lead() and hash(lead()) == hash(lead())
    assert lead() != lead(name="Other") and hash(lead()) == hash(lead(name="Other"))
    assert lead() != lead(version=3)
    assert lead() != 3 and lead() != crm.Partner({"id": 3, "version": 2, "name": "Fleet lease"})
    assert len({lead(), lead(), lead(version=3)}) == 2


def test_records_pickle_and_copy() -> None:
    deal = lead()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(deal, protocol)) == deal
    assert copy.deepcopy(deal) == deal and copy.copy(deal) == deal
    assert crm.Lead(deal.to_dict()) == deal


def test_to_dict_is_a_new_dict() -> None:
    deal = lead()
    deal.to_dict()["name"] = "other"
    assert deal.to_dict()["name"] == "Fleet lease"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("create_date", datetime(2026, 3, 2), "naive"),
        ("expected_revenue", Decimal("NaN"), "number"),
        ("expected_revenue", Decimal("1E+999999"), "number"),
        ("expected_revenue", 10**40, "number"),
        ("name", "\ud800", "Unicode"),
        ("team_id", crm.Tag({"id": 1}), "a tag is no team"),
        ("tag_ids", "12", "list of ids"),
        ("tag_ids", [1.5], "no id"),
        ("tag_ids", [True], "no id"),
        ("name", object(), "no value"),
        ("properties", {1: 2}, "no name"),
    ],
)
def test_what_does_not_convert_is_invalid_and_names_the_field(field: str, value: object, says: str) -> None:
    with pytest.raises(crm.InvalidError, match=says) as caught:
        lead(**{field: value})
    assert caught.value.field == field and caught.value.code == 100


def test_the_base_cannot_be_made() -> None:
    with pytest.raises(TypeError, match=r"crm\.Lead"):
        crm.Record({})
