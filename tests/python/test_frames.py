"""Frames: to Python, pandas, polars and pyarrow, any number of times."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import pandas
import polars
import pyarrow
import pytest
from conftest import MONDAY

import crm

COLUMNS = ["id", "name", "expected_revenue", "team_id", "date_deadline", "create_date", "tag_ids", "active", "won_status"]


@pytest.fixture
def frame(s: crm.Session) -> crm.Frame:
    """Two deals as a table."""
    tag = s.tags.create(name="Fleet")
    team = s.teams.create(name="Harbour")
    s.leads.create(
        [
            {"name": "Fleet <lease>", "expected_revenue": "1234.50", "team_id": team, "tag_ids": [tag], "date_deadline": date(2026, 4, 1)},
            {"name": "Bakery\noven", "team_id": None},
        ]
    )
    return s.leads.frame(order="id", columns=COLUMNS)


def test_rows_columns_and_slices(frame: crm.Frame) -> None:
    rows = frame.to_pylist()
    assert len(frame) == 2 and frame.columns == COLUMNS and list(frame) == rows
    assert rows[0]["expected_revenue"] == Decimal("1234.50") and rows[0]["date_deadline"] == date(2026, 4, 1)
    assert rows[0]["create_date"] == MONDAY and rows[1]["team_id"] is None and rows[1]["tag_ids"] == []
    assert frame["name"] == ["Fleet <lease>", "Bakery\noven"]
    assert frame[0] == rows[0] and frame[-1] == rows[1] and frame[:1] == rows[:1] and frame[::-1] == rows[::-1]
    assert frame.to_pydict()["active"] == [True, True]
    for key, error in ((2, IndexError), (-3, IndexError), ("nmae", KeyError)):
        with pytest.raises(error):
            frame[key]


def test_pyarrow_reads_it_again_and_again(frame: crm.Frame) -> None:
    for _ in range(3):
        table = pyarrow.table(frame)
        assert table.num_rows == 2 and table.column_names == COLUMNS
    assert frame.to_arrow().equals(pyarrow.table(frame))
    schema = frame.to_arrow().schema
    assert pyarrow.schema(frame) == schema
    assert pyarrow.types.is_decimal(schema.field("expected_revenue").type)
    assert schema.field("create_date").type == pyarrow.timestamp("us", tz="UTC")
    assert schema.field("date_deadline").type == pyarrow.date32()
    assert pyarrow.types.is_list(schema.field("tag_ids").type)
    assert frame.to_arrow()["expected_revenue"].to_pylist() == [Decimal("1234.50"), Decimal("0.00")]
    assert pyarrow.RecordBatchReader.from_stream(frame).read_all().num_rows == 2


def test_polars_reads_it(frame: crm.Frame) -> None:
    table = polars.DataFrame(frame)
    assert table.equals(frame.to_polars()) and table.shape == (2, len(COLUMNS))
    assert table["expected_revenue"].sum() == Decimal("1234.50")
    assert table["tag_ids"].to_list() == frame["tag_ids"]
    assert table["create_date"][0].astimezone(UTC) == MONDAY


def test_pandas_reads_it(frame: crm.Frame) -> None:
    table = frame.to_pandas()
    assert table.shape == (2, len(COLUMNS)) and list(table.columns) == COLUMNS
    assert table["expected_revenue"].sum() == Decimal("1234.50")
    assert table["team_id"].dtype == pandas.Int64Dtype() and table["team_id"].isna().tolist() == [False, True]
    assert table["name"].tolist()[0] == "Fleet <lease>"
    assert len(pandas.DataFrame.from_arrow(frame)) == 2


def test_rows_of_pandas_are_taken(s: crm.Session) -> None:
    table = pandas.DataFrame({"name": ["a", "b"], "expected_revenue": [12.5, 3.0], "priority": [1, 2], "on_hold": [True, False]})
    deals = s.leads.create(table.to_dict("records"))
    assert [(deal.name, str(deal.expected_revenue), deal.priority, deal.on_hold) for deal in deals] == [
        ("a", "12.50", 1, True),
        ("b", "3.00", 2, False),
    ]
    row = table.iloc[0]
    again = s.leads.create(name=row["name"], priority=table["priority"].to_numpy()[1], on_hold=table["on_hold"].to_numpy()[0])
    assert (again.priority, again.on_hold) == (2, True)
    for missing in (pandas.NaT, pandas.NA, float("nan")):
        with pytest.raises(crm.InvalidError):
            s.leads.create(name="c", expected_revenue=missing)


def test_pandas_without_pyarrow(frame: crm.Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    table = frame.to_pandas()
    assert table.shape == (2, len(COLUMNS)) and table["expected_revenue"].sum() == Decimal("1234.50")


def test_it_outlives_its_database() -> None:
    with crm.open(":memory:") as db, db.session() as s:
        s.leads.create(name="x")
        frame = s.leads.frame(columns=["name"])
    capsule = frame.__arrow_c_stream__()
    assert "arrow_array_stream" in repr(capsule)
    assert pyarrow.table(frame).to_pylist() == frame.to_pylist() == [{"name": "x"}]
    del frame, capsule


def test_html_is_escaped_and_short(frame: crm.Frame, s: crm.Session) -> None:
    html = frame._repr_html_()
    assert "Fleet &lt;lease&gt;" in html and "<lease>" not in html and "2 rows × 9 columns" in html
    s.leads.create([{"name": f"Deal {n}"} for n in range(20)])
    many = s.leads.frame()
    assert many._repr_html_().count("<tr>") == 11 and many._repr_html_().count("<th>") == 12


def test_repr_is_a_small_table(frame: crm.Frame, s: crm.Session) -> None:
    lines = repr(frame).splitlines()
    assert lines[0] == "<crm.Frame: 2 rows × 9 columns>" and lines[1].split()[:2] == ["id", "name"] and len(lines) == 4
    empty = s.leads.frame("id = 0", columns=["id", "expected_revenue"])
    assert repr(empty) == "<crm.Frame: 0 rows × 2 columns> id, expected_revenue"
    assert empty.to_pylist() == [] and len(pyarrow.table(empty)) == 0 and empty.to_polars().shape == (0, 2)


def test_unknown_columns_are_invalid(s: crm.Session) -> None:
    with pytest.raises(crm.InvalidError):
        s.leads.frame(columns=["nmae"])


def test_columns_lead_through_links_and_properties(s: crm.Session) -> None:
    s.properties.declare("lead", "seats", "number")
    bakery = s.partners.create(name="Azure Bakery", is_company=True, external_id=("erp", "4711"))
    s.leads.create(name="a", partner_id=bakery, tag_ids=[2, 1], properties={"seats": 12}, type="lead")
    s.leads.create(name="b")
    columns = ["name", "partner_id.name", "partner_id.is_company", "partner_id.external_id(erp)", "tag_ids.name", "properties.seats", "type"]
    frame = s.leads.frame(columns=columns, order="id")
    assert frame.columns == columns
    assert [list(row.values()) for row in frame] == [
        ["a", "Azure Bakery", True, "4711", "Product;Software", 12.0, "lead"],
        ["b", None, None, None, None, None, "opportunity"],
    ]
    assert str(polars.DataFrame(frame)["properties.seats"].dtype) == "Float64"
    with pytest.raises(crm.InvalidError, match="did you mean"):
        s.leads.frame(columns=["partner_id.nmae"])


def test_weighted_revenue_has_the_decimals_of_its_currency(s: crm.Session) -> None:
    deal = s.leads.create(name="a", expected_revenue=12_000, probability=0)
    for probability, wanted in ((0, "0.00"), (25, "3000.00"), ("33.3333", "3999.996")):
        s.leads.update(deal, probability=probability)
        assert str(s.forecast.weighted()[0]["weighted_revenue"]) == wanted
        assert [str(row["weighted_revenue"]) for row in s.forecast.board() if row["count"]] == [wanted]
    assert {str(row["weighted_revenue"]) for row in s.forecast.board() if not row["count"]} == {"0.00"}
