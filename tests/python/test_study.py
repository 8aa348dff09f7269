"""Scores and forecasts through the door."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import crm


def learned(s: crm.Session) -> crm.Lead:
    s.score.configure(fields=["country_code"], start_date=date(2026, 1, 1), model="bayes")
    french = s.leads.create([{"name": f"F{n}", "country_code": "FR"} for n in range(10)])
    german = s.leads.create([{"name": f"G{n}", "country_code": "DE"} for n in range(10)])
    s.leads.mark_won(french[:8])
    s.leads.mark_lost(german[:8])
    s.score.rebuild()
    return s.leads.get(french[9])


def test_scores_learn(s: crm.Session) -> None:
    french = learned(s)
    german = s.leads.find('country_code = "DE"')[0]
    assert french.automated_probability > german.automated_probability
    rows = s.score.frequencies()
    assert rows.columns == ["team_id", "variable", "value", "is_changed", "won_count", "lost_count"]
    assert set(rows["is_changed"]) == {False}
    counted = {(row["variable"], row["value"]): (row["won_count"], row["lost_count"]) for row in rows}
    assert counted["country_code", "FR"] == (Decimal("8.1"), Decimal("0.1"))


def test_explanations_add_up(s: crm.Session) -> None:
    deal = learned(s)
    why = s.score.explain(deal)
    assert isinstance(why, crm.Frame) and why.lead_id == deal.id
    assert why.probability == deal.automated_probability
    assert (why.automated_source, why.stage_source, why.columns[-3:]) == ("model", "stage", ["bin", "points", "is_changed"])
    assert "country_code" in why["variable"] and why.columns[:4] == ["variable", "value", "log_odds", "share"]
    odds = why.base_log_odds + sum(why["log_odds"])
    assert odds > 0 and abs(why.raw - 1 / (1 + math.exp(-odds))) < 1e-9
    assert (why.automated_probability, why.is_stale) == (deal.automated_probability, False)
    with pytest.raises(crm.NotFoundError):
        s.score.explain(4711)


def test_a_team_says_whose_number_counts(s: crm.Session) -> None:
    deal = learned(s)
    team = s.teams.create(name="Harbour", probability_policy="stage")
    assert team.probability_policy == "stage" and s.companies.get(1).probability_policy is None
    deal = s.leads.update(deal, team_id=team, probability=12, expected_revenue=1000)
    assert (deal.probability, deal.probability_source) == (deal.stage_probability, "stage")
    why = s.score.explain(deal)
    assert (why.policy, why.manual_probability, why.stage_probability) == ("stage", Decimal(12), deal.stage_probability)
    assert deal.automated_probability not in (why.manual_probability, why.stage_probability)
    s.teams.update(team, probability_policy=None)
    again = s.leads.get(deal)
    assert (again.probability, again.probability_source, again.version) == (Decimal(12), "manual", deal.version)
    with pytest.raises(crm.InvalidError) as refused:
        s.teams.update(team, probability_policy="oracle")
    assert refused.value.field == "probability_policy"


def test_what_is_configured_learnt_and_found_can_be_read(s: crm.Session) -> None:
    learned(s)
    now = s.score.configuration()
    assert (now.fields, now.start_date, now.is_default_start, now.model) == (["country_code"], date(2026, 1, 1), False, "bayes")
    s.score.configure(model="weighted")
    learnt = s.score.parameters()
    assert (learnt["won"], learnt["lost"], learnt["fields"]) == (8, 8, ["country_code"])
    assert learnt["weights"]["fields"][0]["values"]["FR"] == {"lost": 0, "weight": pytest.approx(1, abs=1), "won": 8}
    health = s.score.health()
    assert isinstance(health, crm.ScoreHealth) and health["field"] == ["country_code"]
    assert (health["known"], health["signal"][0] > 0.4, health["findings"]) == ([1.0], True, [""])
    assert (health.summary["outcomes"], health.summary["outcomes_needed"]) == (16, 14)


def test_backtests_and_predictions_change_nothing(s: crm.Session) -> None:
    deal = learned(s)
    test = s.score.backtest(model="weighted")
    assert isinstance(test, crm.Backtest) and len(test) == 16
    assert test.columns == ["lead_id", "predicted_at", "probability", "base_rate", "outcome", "closed_at"]
    assert test.summary["model"] == ["weighted", "base_rate", "bayes"] and set(test.summary["count"]) == {16}
    assert sum(test.reliability["count"]) == 16
    assert len(s.score.backtest(fields=[], at=1, model="base", start=date(2040, 1, 1))) == 0
    with pytest.raises(crm.InvalidError):
        s.score.backtest(at="closed")
    no_moments: list[Any] = [True, 1.5, None]
    for at in no_moments:
        with pytest.raises(crm.InvalidError) as refused:
            s.score.backtest(at=at)
        assert refused.value.field == "at"
    said = s.score.predict('country_code = "FR"')
    assert said.columns == ["lead_id", "predicted_at", "probability", "source"]
    assert dict(zip(said["lead_id"], said["probability"], strict=True))[deal.id] == deal.automated_probability
    assert len(s.score.predict(as_of=date(2020, 1, 1))) == 0
    with pytest.raises(crm.InvalidError) as error:
        s.score.predict(as_of=date(2140, 1, 1))
    assert error.value.field == "as_of"


def test_the_default_model_learns_from_properties_as_deals_close(s: crm.Session) -> None:
    s.properties.declare("lead", "Lead Origin", "text")
    s.properties.declare("lead", "visits", "number")
    start = date(2020, 1, 1)  # The clock of this session stands before the file was created.
    s.score.configure(fields=["properties.Lead Origin", "properties.visits"], model="weighted", start_date=start)
    first = s.leads.create(name="first", properties={"Lead Origin": "Fair"})
    assert (first.automated_probability, first.probability_source) == (Decimal(50), "none")
    for n in range(120):
        given = {"Lead Origin": ("Fair", "Web")[n % 2]} | ({"visits": n % 13} if n % 3 else {})
        deal = s.leads.create(name="deal", properties=given)
        if n % 2 == 0 or n % 13 > 10:
            s.leads.mark_won(deal)
        else:
            s.leads.mark_lost(deal)
    fair, web = (s.leads.create(name="new", properties={"Lead Origin": word}) for word in ("Fair", "Web"))
    assert fair.probability_source == "model"
    assert fair.automated_probability > 80 > 40 > web.automated_probability
    why = s.score.explain(fair)
    assert abs(why.raw - 1 / (1 + math.exp(-why.base_log_odds - sum(why["log_odds"])))) < 1e-9
    assert why["variable"] == ["stage_id", "properties.Lead Origin", "properties.visits"]
    assert s.score.rebuild().counted == 120


def test_configure_leaves_what_is_omitted(s: crm.Session) -> None:
    learned(s)
    s.score.configure(fields=[])
    s.score.rebuild()
    assert set(s.score.frequencies()["variable"]) == {"stage_id"}
    wrong: Any
    for wrong in ({"fields": ["nmae"]}, {"model": "oracle"}, {"start_date": "2026-01-01"}):
        with pytest.raises(crm.InvalidError):
            s.score.configure(**wrong)


def test_forecasts(s: crm.Session) -> None:
    s.leads.create(name="open", expected_revenue=1000, probability=50, date_deadline=date(2026, 4, 15))
    s.leads.create(name="undated", expected_revenue=100, probability=10)
    s.leads.mark_won(s.leads.create(name="won", expected_revenue=7))
    forecast = s.forecast.weighted(by=["month", "team_id"])
    assert forecast.columns[:3] == ["period_start", "period_end", "team_id"]
    open_row = next(row for row in forecast if row["bucket"] == "open")
    assert (open_row["period_start"], open_row["weighted_revenue"]) == (date(2026, 4, 1), Decimal("500"))
    assert sum(row["weighted_revenue"] for row in forecast) == Decimal("517")
    assert forecast.totals.to_pylist() == [
        {"currency": "EUR", "count": 3, "expected_revenue": Decimal("1107.00"), "weighted_revenue": Decimal("517.00")}
    ]
    assert [row["bucket"] for row in s.forecast.weighted(filter="probability < 20")] == ["undated"]
    assert s.forecast.weighted(by="team_id").columns[0] == "team_id"  # type: ignore[arg-type]
    assert forecast.to_polars()["count"].sum() == 3
    wrong: Any
    board = s.forecast.board()
    assert "stage_id" in board.columns and sum(board["count"]) == 3
    for wrong in ({"by": ["week"]}, {"zone": "Mars/Olympus"}):
        with pytest.raises(crm.InvalidError):
            s.forecast.weighted(**wrong)
