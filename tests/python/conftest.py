"""The cast that every test knows: Ada, Ben, Chloé and Dov at a company on Monday 2 March 2026, 09:00 UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

import crm

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Office:
    """Who works where."""

    ada: crm.User
    ben: crm.User
    chloe: crm.User
    dov: crm.User
    harbour: crm.Team
    inland: crm.Team
    azure: crm.Partner


@pytest.fixture
def db() -> Iterator[crm.Crm]:
    """A database in memory."""
    with crm.open(":memory:") as db:
        yield db


@pytest.fixture
def s(db: crm.Crm) -> Iterator[crm.Session]:
    """The administrator's session, on Monday."""
    with db.session(now=MONDAY) as session:
        yield session


@pytest.fixture
def office(s: crm.Session) -> Office:
    """The cast, in the database."""
    ada = s.users.create(name="Ada", login="ada", role="team")
    ben = s.users.create(name="Ben", login="ben", role="own")
    chloe = s.users.create(name="Chloé", login="chloe", role="own")
    dov = s.users.create(name="Dov", login="dov", role="own")
    harbour = s.teams.create(name="Harbour", user_id=ada, member_ids=[ben, chloe])
    inland = s.teams.create(name="Inland", member_ids=[dov])
    azure = s.partners.create(name="Azure Bakery", is_company=True)
    return Office(ada, ben, chloe, dov, harbour, inland, azure)
