"""A morning on the sales floor: who is here, who is given what and why, and what the day looks like afterwards.

Run it with `python crm-py/examples/sales_floor.py`; it writes nothing but its own database in memory.
"""

from __future__ import annotations

from datetime import datetime, timezone

import crm

MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=timezone.utc)


def office(s: crm.Session) -> dict[str, crm.User]:
    """Two teams by region; Chloé is away this week, Ben knows bakeries."""
    users = {name: s.users.create(name=name, role="own") for name in ("Ada", "Ben", "Chloe", "Dov")}
    north = s.teams.create(name="North", assignment_filter='country_code in ("SE", "NO", "FI")')
    south = s.teams.create(name="South", assignment_filter='country_code in ("FR", "IT")')
    s.teams.add_member(north, users["Ada"], assignment_max=60)
    s.teams.add_member(north, users["Ben"], assignment_max=30, assignment_filter_preferred='name ilike "%bakery%"')
    s.teams.add_member(south, users["Chloe"], assignment_max=60, absences="2026-03-02/2026-03-09")
    s.teams.add_member(south, users["Dov"], assignment_max=30)
    return users


def night(s: crm.Session, dov: crm.User) -> None:
    """What came in since Friday; one customer is Dov's already, and one wrote twice."""
    brook = s.partners.create(name="Brook Cycles", is_company=True, user_id=dov)
    leads = [
        {"name": "Bakery in Malmo", "country_code": "SE", "probability": 30, "email_from": "lo@malmo.example"},
        {"name": "Bakery in Malmo, again", "country_code": "SE", "email_from": "Lo <lo@malmo.example>"},
        {"name": "Ferry in Oslo", "country_code": "NO", "probability": 60},
        {"name": "Harbour in Turku", "country_code": "FI", "probability": 50},
        {"name": "Bicycles, forty of them", "country_code": "FR", "partner_id": brook},
        {"name": "Hotel in Nice", "country_code": "FR", "probability": 20},
        {"name": "Mine in Chile", "country_code": "CL", "probability": 90},
    ]
    s.leads.create([{"kind": "lead", **lead} for lead in leads])


def tell(s: crm.Session, plan: crm.AssignPlan) -> None:
    """Says each step of a plan as a person would."""
    names = {user.id: user.name for user in s.users.find()} | {None: "nobody"}
    for row in plan.steps:
        lead = s.leads.get(row["lead_id"]).name
        print(f"  {lead:24} {row['what']:9} {names[row['user_id']]:7} {row['why']}")


def main() -> None:
    with crm.open(":memory:", default_data=False) as db, db.session(now=MONDAY) as s:
        s.stages.create([{"name": "New"}, {"name": "Won", "is_won": True, "sequence": 9}])
        users = office(s)
        night(s, users["Dov"])
        print("planned by the reference rules:")
        plan = s.assignment.plan(seed=7)
        tell(s, plan)
        print("planned as the proven best:")
        tell(s, s.assignment.plan(rules="optimal"))
        done = s.assignment.run(plan)
        print(f"done: {done.assigned} given to {done.users}, {done.allocated} wait in their team, {done.merged} merged")
        again = s.assignment.run(s.assignment.plan(seed=8))
        print(f"once more on the same morning: {again.assigned} given")
        chile = s.leads.find('country_code = "CL"')[0]
        with db.session(user=users["Ben"], now=MONDAY) as bens:
            print(f"Ben claims {bens.leads.claim(chile).name!r}")
        with db.session(user=users["Ada"], now=MONDAY) as adas:
            try:
                adas.leads.claim(chile)
            except crm.ConflictError:
                print("Ada was a moment too late")
        for row in s.teams.workload():
            print(f"{s.teams.get(row['team_id']).name}: {row['lead_unassigned_count']} wait, {row['lead_all_assigned_month_count']} given this month")


if __name__ == "__main__":
    main()
