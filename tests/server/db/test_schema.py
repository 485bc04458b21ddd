"""The schema: migrations make exactly the tables, and an older one is refused with the command that updates it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server.db.database import Database
from server.db.schema import SchemaOutdated, check, migrate
from server.db.tables import metadata


async def test_migrations_make_exactly_the_tables(database):
    async with database.reading() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert differences == []


async def test_migrating_again_changes_nothing(database):
    await migrate(database)
    await check(database)


async def test_an_empty_database_is_refused_with_the_command_that_updates_it(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(SchemaOutdated, match=r"is empty, this version needs \d+\. Run: fireside migrate"):
        await check(database)
    await database.close()
