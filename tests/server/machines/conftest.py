"""Machines on a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from server.db.database import Database
from server.db.schema import migrate
from server.machines.rules import Machine
from tests.conftest import new_postgresql_database
from tests.emptying import empty


@pytest.fixture(scope="session")
async def kept_for_machines(postgresql: str) -> AsyncIterator[Database]:
    database = Database(await new_postgresql_database(postgresql))
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def shared(kept_for_machines: Database) -> Database:
    """The database of all machines, empty."""
    await empty(kept_for_machines)
    return kept_for_machines


@pytest.fixture
def machine() -> Callable[..., Machine]:
    def make(name: str, region: str = "") -> Machine:
        return Machine(name, f"{name}.example:8440", region, f"certificate of {name}", "hash")

    return make


@pytest.fixture
def passes(shared: Database) -> Callable[[float], object]:
    """Lets so many seconds pass, for the rows that are there: all that the database noted was so much earlier."""

    async def pass_seconds(seconds: float) -> None:
        async with shared.writing() as connection:
            for table, columns in {
                "machines": ("since", "lease_end"),
                "relay_processes": ("lease_end",),
                "call_placements": ("placed_at", "used_at"),
                "machine_events": ("made_at",),
            }.items():
                earlier = ", ".join(f"{column} = {column} - make_interval(secs => :s)" for column in columns)
                await connection.execute(text(f"UPDATE {table} SET {earlier}"), {"s": seconds})  # noqa: S608

    return pass_seconds
