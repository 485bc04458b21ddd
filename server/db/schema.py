"""The schema's version: brought up to date by Alembic, and checked before serving."""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import ANALYSIS_LIMIT, Database
from server.resources import resource_folder

NEWEST = "0039"


class SchemaOutdated(Exception):
    """The database's schema is older than the one this version needs."""


class SchemaTooNew(Exception):
    """The database's schema was made by a newer version."""

    def __init__(self, current: str) -> None:
        super().__init__(
            f"The database's schema is {current}, which a newer version of Fireside has made: this one knows up to "
            f"{NEWEST}. Start that version, or restore the backup from before it."
        )


class MigrationStopped(Exception):
    """The rows do not allow the new schema: says which, and what to do. Nothing was changed."""


async def migrate(database: Database, version: str = "head") -> bool:
    """Brings the schema to a version, the newest unless another is named, in one transaction.

    Returns whether the database was empty before. Raises SchemaTooNew or MigrationStopped.
    """
    async with database.migrating() as connection:
        current = await _current(connection)
        _refuse_newer(current)
        await connection.run_sync(_upgrade, version)
        if database.is_sqlite:
            # Without statistics SQLite does not know which of the new indexes finds few rows.
            await connection.exec_driver_sql(ANALYSIS_LIMIT)
            await connection.exec_driver_sql("ANALYZE")
    return current is None


async def check(database: Database) -> None:
    """Raises SchemaOutdated, naming the command that brings it up to date, or SchemaTooNew."""
    current = await current_version(database)
    _refuse_newer(current)
    if current != NEWEST:
        raise SchemaOutdated(
            f"The database's schema is {current or 'empty'}, this version needs {NEWEST}. Run: fireside migrate"
        )


async def current_version(database: Database) -> str | None:
    """None of an empty database. Raises Unavailable."""
    async with database.reading() as connection:
        return await _current(connection)


def _refuse_newer(current: str | None) -> None:
    """Raises SchemaTooNew. The versions are numbers of four digits."""
    if current is not None and current > NEWEST:
        raise SchemaTooNew(current)


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
