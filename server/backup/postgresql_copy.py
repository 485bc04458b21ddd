"""Copies of a PostgreSQL database, by pg_dump and pg_restore, which must be as new as the server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped] # it has no stubs
from sqlalchemy import URL, make_url

from server.backup.rules import LONGEST_REASON, BackupProblem
from server.backup.sqlite_copy import Copied
from server.db.database import Unavailable

CONNECT_WITHIN_S = 30
PLAIN = ("--no-owner", "--no-privileges")
TABLES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS place, tablename AS name
FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY tablename
"""
PREFERRED, SCRATCH_NAME = "prefer", "{}_fireside_drill"


async def copy_postgresql(url: str, target: Path) -> Copied:
    """Dumps the database as it is at one moment, while others write: everything that was committed before is in it.

    The rows are counted in the snapshot that is dumped. Raises BackupProblem or Unavailable.
    """
    async with (
        _connected(make_url(url)) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        copied = await _examine(connection)
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        await _run(url, "pg_dump", "--format=custom", *PLAIN, f"--snapshot={snapshot}", f"--file={target}")
    return copied


async def restore_postgresql(dump: Path, url: str) -> Copied:
    """Restores all or nothing into this database, which must be empty. Raises BackupProblem."""
    if not await is_empty(url):
        raise BackupProblem(
            f"The database {make_url(url).database} is not empty. Nothing was changed. Name a new one in "
            "FIRESIDE_DATABASE_URL, which this makes: createdb NAME"
        )
    await _run(
        url, "pg_restore", "--exit-on-error", "--single-transaction", *PLAIN, f"--dbname={make_url(url).database}", dump
    )
    async with _connected(make_url(url)) as connection:
        return await _examine(connection)


async def is_empty(url: str) -> bool:
    async with _connected(make_url(url)) as connection:
        return not await connection.fetch(TABLES)


@asynccontextmanager
async def scratch_database(url: str) -> AsyncIterator[str]:
    """The URL of a new database beside this one, which is dropped at the end. One that was left there is replaced.

    Raises BackupProblem when the user may not make one.
    """
    own = make_url(url)
    name = SCRATCH_NAME.format(own.database)
    quoted = '"' + name.replace('"', '""') + '"'
    async with _connected(own) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        try:
            await connection.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
        except asyncpg.InsufficientPrivilegeError:
            raise BackupProblem(
                f"The user {own.username} may make no database to try the backup in. "
                f"Run: ALTER ROLE {own.username} CREATEDB"
            ) from None
    try:
        yield own.set(database=name).render_as_string(hide_password=False)
    finally:
        async with _connected(own) as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


async def _examine(connection: Any) -> Copied:
    tables = {row["name"]: row["place"] for row in await connection.fetch(TABLES)}
    if "alembic_version" not in tables:
        raise BackupProblem("There is nothing to back up: the database is empty. Run: fireside migrate")
    schema = await connection.fetchval("SELECT version_num FROM alembic_version")
    # The names are quoted, and those of the database's own tables.
    rows = {
        name: await connection.fetchval(f"SELECT count(*) FROM {place}")  # noqa: S608 see above
        for name, place in tables.items()
    }
    return Copied(schema, rows)


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[Any]:
    try:
        connection = await asyncpg.connect(
            host=url.host,
            port=url.port or 5432,
            user=url.username,
            password=url.password,
            database=url.database,
            ssl=url.query.get("ssl", PREFERRED),
            timeout=CONNECT_WITHIN_S,
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable(f"{type(error).__name__}: {error}") from error
    try:
        yield connection
    finally:
        await connection.close()


async def _run(url: str, program: str, *arguments: str | Path) -> None:
    """Runs a program of PostgreSQL at this database. Its password is in no command line. Raises BackupProblem."""
    parts = make_url(url)
    own = {
        "PGHOST": parts.host,
        "PGPORT": str(parts.port or 5432),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password and str(parts.password),
        "PGDATABASE": parts.database,
        "PGSSLMODE": str(parts.query.get("ssl", PREFERRED)),
    }
    environment = os.environ | {name: value for name, value in own.items() if value}
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *map(str, arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
    except FileNotFoundError:
        raise BackupProblem(
            f"{program} is not installed. It is one of PostgreSQL's own tools. On Debian: apt install postgresql-client"
        ) from None
    try:
        _, said = await process.communicate()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode:
        raise BackupProblem(f"{program} failed: {said.decode(errors='replace').strip()[:LONGEST_REASON]}")
