"""The cast that every test knows: Ada, Ben, Chloé and Dov at a company on Monday 2 March 2026, 09:00 UTC."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

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


_numbers = count()


def fresh() -> str:
    """A target that nobody has used: memory, or a schema of its own on the server that ``CRM_TEST_URL`` names."""
    url = os.environ.get("CRM_TEST_URL", ":memory:")
    if "://" not in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}schema=py_{os.getpid()}_{next(_numbers)}"


@pytest.fixture
def db() -> Iterator[crm.Crm]:
    """A database that nobody has used."""
    with crm.open(fresh()) as db:
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
