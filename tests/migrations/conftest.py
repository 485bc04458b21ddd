"""The database that a migration finds: once SQLite, once PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from tests.conftest import new_postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
async def before(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of the revision that the test's module names as BEFORE."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'before.sqlite3'}"
    else:
        url = await new_postgresql_database(request.getfixturevalue("postgresql"))
    database = Database(url)
    await migrate(database, request.module.BEFORE)
    yield database
    await database.close()
