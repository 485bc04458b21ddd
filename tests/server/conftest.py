"""Maya and Sam with a mentorship, as visitors of a real database; and a stranger."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.actions.links import make_link, open_link
from server.actions.people import Newcomer, find_or_add_mentorship, find_or_add_person
from server.actions.visits import find_visitor
from server.domain.links import Purpose
from server.domain.offers import Draft, Medium
from server.domain.people import Person
from server.domain.visitors import Visitor
from server.storage.database import Database
from server.storage.tables import metadata

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)
DRAFT = Draft("How things are with me.", frozenset(Medium), (FIRST, SECOND), 30)


@dataclass(frozen=True)
class Pair:
    """A mentor and a mentee, each at home, and a stranger with a home of their own."""

    mentor: Visitor
    mentee: Visitor
    stranger: Visitor
    mentorship_id: int


@pytest.fixture
async def pair(database: Database) -> Pair:
    async with database.writing() as connection:
        maya, sam, eve = [
            await find_or_add_person(connection, Newcomer(name, f"{name.lower()}@example.org", zone), NOW)
            for name, zone in (("Maya", "Europe/Stockholm"), ("Sam", "Europe/London"), ("Eve", "UTC"))
        ]
        mentorship_id = await find_or_add_mentorship(connection, maya, sam, NOW)
        secrets = [
            await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
            for person in (maya, sam, eve)
        ]
    return Pair(*[await visitor_by(database, secret) for secret in secrets], mentorship_id)


async def visitor_by(database: Database, secret: str, now: datetime = NOW) -> Visitor:
    """Who opens the link with this secret."""
    opened = await open_link(database, secret, None, now)
    visitor = await find_visitor(database, opened.token, now)
    assert visitor is not None
    return visitor


@pytest.fixture
def by_link(database: Database) -> Callable[[Person, int], Awaitable[Visitor]]:
    """A person who comes by a link to one catch-up."""

    async def visit(person: Person, catchup_id: int) -> Visitor:
        async with database.writing() as connection:
            secret = await make_link(
                connection, NOW, person_id=person.id, purpose=Purpose.CATCHUP, path="/", catchup_id=catchup_id
            )
        return await visitor_by(database, secret)

    return visit


@pytest.fixture
def contents(database: Database) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Every row of every table, to see that a refusal changed nothing."""

    async def read() -> dict[str, Any]:
        async with database.reading() as connection:
            return {
                table.name: sorted(map(repr, await connection.execute(select(table))))
                for table in metadata.sorted_tables
            }

    return read


@pytest.fixture
def count(database: Database) -> Callable[[str], Awaitable[int]]:
    """How many rows a table has."""

    async def read(table: str) -> int:
        async with database.reading() as connection:
            return int(
                (await connection.execute(select(func.count()).select_from(metadata.tables[table]))).scalar_one()
            )

    return read


@pytest.fixture
def queries() -> Callable[[AsyncConnection], AbstractContextManager[list[str]]]:
    """Collects the statements that a connection runs."""

    @contextmanager
    def collect(connection: AsyncConnection) -> Iterator[list[str]]:
        made: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            made.append(statement)

        event.listen(connection.sync_connection, "before_cursor_execute", note)
        yield made
        event.remove(connection.sync_connection, "before_cursor_execute", note)

    return collect
