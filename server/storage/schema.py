"""The schema's version: brought up to date by Alembic, and checked before serving."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

import migrations
from server.storage.database import Database


class SchemaOutdated(Exception):
    """The database's schema is not the one this version needs."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, version: str = "head") -> None:
    """Brings the schema to a version, the newest unless another is named, in one transaction."""
    async with database.migrating() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), version))


async def check(database: Database) -> None:
    """Raises SchemaOutdated, naming the command that mends it."""
    newest = await asyncio.to_thread(lambda: ScriptDirectory.from_config(_config()).get_current_head())
    async with database.reading() as connection:
        current = await _current(connection)
    if current != newest:
        raise SchemaOutdated(
            f"The database's schema is {current or 'empty'}, this version needs {newest}. Run: fireside migrate"
        )


async def _current(connection: AsyncConnection) -> str | None:
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
