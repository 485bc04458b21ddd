"""The schema's version: brought up to date by Alembic, and checked before serving."""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.resources import resource_folder

NEWEST = "0011"


class SchemaOutdated(Exception):
    """The database's schema is not the one this version needs."""


class MigrationStopped(Exception):
    """The rows do not allow the new schema: says which, and what to do. Nothing was changed."""


async def migrate(database: Database, version: str = "head") -> None:
    """Brings the schema to a version, the newest unless another is named, in one transaction.

    Raises MigrationStopped.
    """
    async with database.migrating() as connection:
        await connection.run_sync(_upgrade, version)


async def check(database: Database) -> None:
    """Raises SchemaOutdated, naming the command that brings it up to date."""
    async with database.reading() as connection:
        current = await _current(connection)
    if current != NEWEST:
        raise SchemaOutdated(
            f"The database's schema is {current or 'empty'}, this version needs {NEWEST}. Run: fireside migrate"
        )


def _upgrade(connection: Connection, version: str) -> None:
    # Imported here: a start that has nothing to migrate is there a quarter of a second sooner.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


async def _current(connection: AsyncConnection) -> str | None:
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    version: str | None = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    return version
