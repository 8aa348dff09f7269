"""The verbs of a lead through the door: one or several, ids or records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import MONDAY, Office

import crm


def test_create_fills_defaults_and_answers_what_is_stored(s: crm.Session, office: Office) -> None:
    deal = s.leads.create(name="Fleet lease", partner_id=office.azure, user_id=office.ben, expected_revenue=12_000)
    assert (deal.kind, deal.partner_id, deal.user_id) == ("opportunity", office.azure.id, office.ben.id)
    assert deal.team_id == office.harbour.id
    assert deal.expected_revenue == Decimal("12000.00") and str(deal.expected_revenue) == "12000.00"
    assert deal.create_date == MONDAY and deal.create_uid is None and deal.version == 1
    assert s.leads.get(deal) == s.leads.get(deal.id) == deal


@pytest.mark.parametrize("amount", [Decimal("12.5"), "12.50", 12.5])
def test_money_is_taken_in_many_forms_and_given_as_decimal(s: crm.Session, amount: Any) -> None:
    assert str(s.leads.create(name="x", expected_revenue=amount).expected_revenue) == "12.50"


@pytest.mark.parametrize("amount", [True, float("nan"), float("inf"), "12.505", Decimal("0.001"), "a lot", [1], b"1"])
def test_money_that_is_none_is_invalid(s: crm.Session, amount: Any) -> None:
    with pytest.raises(crm.InvalidError) as caught:
        s.leads.create(name="x", expected_revenue=amount)
    assert caught.value.field == "expected_revenue"
    assert s.leads.count() == 0


def test_a_bool_is_never_a_number(s: crm.Session) -> None:
    for field in ("priority", "probability", "team_id", "color"):
        with pytest.raises(crm.InvalidError) as caught:
            s.leads.create(**{"name": "x", field: True})  # type: ignore[call-overload]
        assert caught.value.field == field
    with pytest.raises(crm.InvalidError):
        s.leads.get(True)


def test_type_is_an_alias_of_kind(s: crm.Session) -> None:
    lead = s.leads.create(name="x", type="lead")
    assert lead.kind == "lead"
    assert s.leads.update(lead, type="opportunity").kind == "opportunity"
    with pytest.raises(crm.InvalidError):
        s.leads.create(name="x", type="lead", kind="lead")


def test_omitted_is_default_and_none_is_empty(s: crm.Session, db: crm.Crm, office: Office) -> None:
    with db.session(user="ben", now=MONDAY) as ben:
        assert ben.leads.create(name="x").user_id == office.ben.id
        assert ben.leads.create(name="x", user_id=None).user_id is None
    deal = s.leads.create(name="x", city="Brest", date_deadline=date(2026, 4, 1))
    assert s.leads.update(deal, name="y").city == "Brest"
    assert s.leads.update(deal, city=None, date_deadline=None).date_deadline is None


def test_bulk_create_is_all_or_nothing(s: crm.Session) -> None:
    deals = s.leads.create([{"name": f"Deal {n}", "priority": n} for n in range(3)])
    assert [deal.priority for deal in deals] == [0, 1, 2]
    with pytest.raises(crm.InvalidError):
        s.leads.create([{"name": "Deal 4"}, {"name": "Deal 5", "priority": 9}])
    assert s.leads.count() == 3 and s.leads.create([]) == []
    wrong: Any
    for wrong in ([1], ["name"], [None], {"name": "x"}, 5):
        with pytest.raises(crm.InvalidError) as told:
            s.leads.create(wrong)
        assert told.value.field == "records"


def test_every_verb_takes_an_id_a_record_or_several(s: crm.Session) -> None:
    a, b = s.leads.create([{"name": "a"}, {"name": "b"}])
    stage = s.stages.create(name="Negotiation", sequence=25)
    won = s.leads.mark_won(a.id)
    assert isinstance(won, crm.Lead) and won.won_status == "won" and won.date_closed == MONDAY
    assert [lead.won_status for lead in s.leads.mark_won([a, b.id])] == ["won", "won"]
    assert [lead.id for lead in s.leads.reopen((b, a))] == [b.id, a.id]
    assert [lead.id for lead in s.leads.move_to({a.id}, stage)] == [a.id]
    assert s.leads.move_to(b, stage.id).stage_id == stage.id
    assert not s.leads.archive(a).active and s.leads.restore(a).active
    assert [lead.id for lead in s.leads.archive(iter([a, a, b]))] == [a.id, b.id]
    assert [lead.active for lead in s.leads.restore([a, b])] == [True, True]
    assert s.leads.mark_won([]) == []
    assert s.leads.delete(a) is None  # type: ignore[func-returns-value]
    s.leads.delete([b])
    assert s.leads.count("active = true or active = false") == 0


def test_losing_with_reason_and_note(s: crm.Session) -> None:
    reason = s.lost_reasons.create(name="Went with a neighbour")
    deal = s.leads.create(name="x")
    lost = s.leads.mark_lost(deal, reason, "cheaper")
    assert (lost.won_status, lost.lost_reason_id, lost.active, int(lost.probability)) == ("lost", reason.id, False, 0)
    with pytest.raises(crm.InvalidError, match="reopen"):
        s.leads.restore(lost)
    assert s.leads.reopen(lost).lost_reason_id is None
    assert s.leads.mark_lost([deal.id], lost_reason_id=reason.id)[0].won_status == "lost"


def test_assigning_converting_copying(s: crm.Session, office: Office) -> None:
    lead = s.leads.create(name="x", kind="lead", tag_ids=[s.tags.create(name="Fleet")])
    assigned = s.leads.assign_to(lead, office.dov)
    assert (assigned.user_id, assigned.team_id, assigned.date_open) == (office.dov.id, office.inland.id, MONDAY)
    converted = s.leads.convert(lead, partner_id=office.azure, user_id=office.chloe)
    assert (converted.kind, converted.partner_id, converted.user_id) == ("opportunity", office.azure.id, office.chloe.id)
    twin = s.leads.copy(converted)
    assert twin.id != converted.id and twin.partner_id == office.azure.id and twin.tag_ids == converted.tag_ids
    assert s.leads.assign_to([lead], None)[0].user_id is None


def test_a_record_of_another_kind_is_no_id(s: crm.Session, office: Office) -> None:
    deal = s.leads.create(name="x")
    with pytest.raises(crm.InvalidError, match="a team is no lead"):
        s.leads.mark_won(office.harbour)  # type: ignore[call-overload]
    with pytest.raises(crm.InvalidError) as caught:
        s.leads.update(deal, user_id=office.harbour)  # type: ignore[call-overload]
    assert caught.value.field == "user_id"
    for wrong in ("1", 1.0, object(), None, b"1"):
        with pytest.raises(crm.InvalidError):
            s.leads.mark_won(wrong)  # type: ignore[call-overload]


def test_the_first_offender_is_named_and_nothing_happens(s: crm.Session) -> None:
    deal = s.leads.create(name="x")
    with pytest.raises(crm.NotFoundError) as caught:
        s.leads.mark_won([deal.id, 4711, 4712])
    assert caught.value.record_id == 4711
    assert s.leads.get(deal).won_status == "pending"


def test_instants_are_aware_and_leave_in_utc(db: crm.Crm, s: crm.Session) -> None:
    paris = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
    with db.session(now=paris) as later:
        assert later.leads.create(name="x").create_date == datetime(2026, 7, 1, 10, tzinfo=UTC)
    fixed = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=-5)))
    with db.session(now=fixed) as later:
        created = later.leads.create(name="x").create_date
        assert created == fixed and created.utcoffset() == timedelta(0)
    with pytest.raises(crm.InvalidError, match="naive"):
        db.session(now=datetime(2026, 3, 2))
    with pytest.raises(crm.InvalidError):
        s.leads.create(name="x", date_deadline=datetime(2026, 3, 2, tzinfo=UTC))


def test_expected_version(s: crm.Session) -> None:
    deal = s.leads.create(name="x")
    newer = s.leads.update(deal, expected_version=deal.version, name="y")
    assert newer.version == deal.version + 1
    with pytest.raises(crm.ConflictError):
        s.leads.update(deal, expected_version=deal.version, name="z")
    assert s.leads.get(deal).name == "y"


def test_external_ids(s: crm.Session) -> None:
    deal = s.leads.create(name="x", external_id=("erp", "4711"))
    assert s.leads.get(external_id=("erp", "4711")) == deal
    s.leads.update(deal, external_id=("shop", "A-1"))
    assert s.leads.get(external_id=("shop", "A-1")).id == deal.id
    assert s.leads.create([{"name": "y", "external_id": ("erp", "4712")}])[0] == s.leads.get(external_id=("erp", "4712"))
    with pytest.raises(crm.NotFoundError):
        s.leads.get(external_id=("erp", "nothing"))
    wrong: Any
    for wrong in ("erp", ("erp", 4711), ("a", "b", "c")):
        with pytest.raises(crm.InvalidError):
            s.leads.create(name="z", external_id=wrong)
    with pytest.raises(crm.InvalidError):
        s.leads.get()


def test_history(s: crm.Session, db: crm.Crm) -> None:
    deal = s.leads.create(name="x")
    with db.session(now=MONDAY + timedelta(days=3)) as later:
        later.leads.mark_won(deal)
    rows = s.leads.history(deal).to_pylist()
    assert [row["won_status"] for row in rows][-1] == "won"
    assert rows[0]["valid_from"] == MONDAY
    assert rows[-1]["valid_to"] is None


def test_as_of_answers_what_was(s: crm.Session, db: crm.Crm) -> None:
    deal = s.leads.create(name="Fleet lease", expected_revenue=12_000, probability=25, external_id=("erp", "4711"))
    with db.session(now=MONDAY + timedelta(days=2)) as later:
        won = later.leads.mark_won(deal)
        then = later.leads.get(deal, as_of=MONDAY)
        assert (then.won_status, then.date_closed, then.prorated_revenue, then.version) == ("pending", None, 3_000, won.version)
        assert later.leads.get(external_id=("erp", "4711"), as_of=MONDAY) == then
        assert later.leads.find(as_of=MONDAY, axis="known") == [then]
        assert later.leads.find(as_of=date(2026, 3, 2)) == [] == later.leads.find(as_of=date(1970, 1, 1))
        assert later.leads.count('won_status = "won"', as_of=date(2026, 3, 4)) == 0
        assert later.leads.frame('won_status = "pending"', columns=["name"], as_of=MONDAY).to_pylist() == [{"name": "Fleet lease"}]
        (row,) = later.forecast.weighted(by=["month"], as_of=date(2026, 3, 3))
        assert (row["bucket"], row["weighted_revenue"]) == ("undated", 3_000)
        assert later.forecast.weighted(as_of=MONDAY).totals["weighted_revenue"] == [3_000]
        assert sum(later.forecast.board(as_of=MONDAY, axis="known")["count"]) == 1
        assert later.leads.get(deal, as_of=won.write_date) == won == later.leads.get(deal)


def test_as_of_refuses_what_it_cannot_answer(s: crm.Session) -> None:
    deal = s.leads.create(name="Fleet lease")
    for ask in (
        lambda as_of: s.leads.find(as_of=as_of),
        lambda as_of: s.leads.get(deal, as_of=as_of),
        lambda as_of: s.leads.count(as_of=as_of),
        lambda as_of: s.leads.frame(as_of=as_of),
        lambda as_of: s.forecast.weighted(as_of=as_of),
        lambda as_of: s.forecast.board(as_of=as_of),
    ):
        for wrong in (MONDAY.replace(tzinfo=None), MONDAY + timedelta(microseconds=1), date(2026, 3, 3), "2026-03-02", 7):
            with pytest.raises(crm.InvalidError) as error:
                ask(wrong)
            assert error.value.field == "as_of", wrong
    with pytest.raises(crm.InvalidError, match="effective or known") as error:
        s.leads.find(as_of=MONDAY, axis="sideways")  # type: ignore[arg-type]
    assert error.value.field == "axis"
    with pytest.raises(crm.InvalidError) as error:
        s.leads.count(axis="sideways")  # type: ignore[arg-type]
    assert error.value.field == "axis"
    with pytest.raises(crm.InvalidError, match="leads have one"):
        s.partners.find(as_of=MONDAY)
    with pytest.raises(crm.NotFoundError):
        s.leads.get(deal, as_of=date(2026, 3, 1))


def test_users_see_what_is_theirs(s: crm.Session, db: crm.Crm, office: Office) -> None:
    deal = s.leads.create(name="x", user_id=office.dov)
    for user in (office.ben, office.ben.id, "ben"):
        with db.session(user=user) as ben, pytest.raises(crm.NotFoundError):
            ben.leads.get(deal)
    with db.session(user="ben") as ben, pytest.raises(crm.DeniedError):
        ben.stages.create(name="Mine")
    for nobody in ("nobody", 4711):
        with pytest.raises(crm.NotFoundError):
            db.session(user=nobody)
    with pytest.raises(crm.InvalidError):
        db.session(user=True)
