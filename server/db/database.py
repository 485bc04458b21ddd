"""The database: SQLite by default, PostgreSQL by URL. Reads and writes are asked for by name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, NoReturn

import asyncpg  # type: ignore[import-untyped] # it has no stubs
from sqlalchemy import Connection, Select, Table, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from server.db.sqlite_connection import ErrandConnection
from server.db.write_ahead_log import LogGone, WriteAheadLog

BUSY_TIMEOUT_MS = 10_000
CONNECT_WITHIN_S = 5
POSTGRESQL = {"pool_pre_ping": True, "connect_args": {"timeout": CONNECT_WITHIN_S}}
# What a database says about our statements and rows; everything else that it says is about itself.
OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
AWAY = (DBAPIError, NoneFree, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Unavailable(Exception):
    """The database is away, full, locked or broken. Nothing was changed."""


class OutcomeUnknown(Unavailable):
    """It failed while it sealed a write: that may stand or not, only looking again tells."""


class DanglingRows(Exception):
    """A migration would have left rows that point at nothing."""


class Database:
    """One engine. `url` is an SQLAlchemy async URL: sqlite+aiosqlite:///file or postgresql+asyncpg://…"""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._engine = create_async_engine(
            url,
            pool_size=8,
            # Every connection comes back from a transaction that has ended: there is nothing to roll back once more.
            pool_reset_on_return=None,
            # What people wrote, and the secret addresses of their calendars, stay out of errors and so out of logs.
            hide_parameters=True,
            **(_sqlite(url) if self.is_sqlite else POSTGRESQL),
        )
        # SQLite has one writer at a time. Waiting in turn here is fair; its own busy handler polls and is not.
        self._turn = asyncio.Lock() if self.is_sqlite else None
        self._log = WriteAheadLog()
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "connect", self._log.opened)
            event.listen(self._engine.sync_engine, "checkin", self._log.returned)
            event.listen(self._engine.sync_engine, "close", self._log.closed)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that only reads, and sees one and the same moment throughout.

        Raises Unavailable.
        """
        try:
            async with self._engine.connect() as connection:
                if not self.is_sqlite:
                    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                async with connection.begin():
                    yield connection
        except (*AWAY, LogGone) as error:
            _tell(error, Unavailable)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that is committed when the block ends, and undone when it raises.

        On SQLite it begins with BEGIN IMMEDIATE: a deferred transaction that reads and then writes
        fails at once when another writer came between. Raises Unavailable, or OutcomeUnknown from the commit.
        """
        turn: AbstractAsyncContextManager[Any] = self._turn or nullcontext()
        away = Unavailable
        try:
            async with turn, self._engine.connect() as connection:
                await connection.execution_options(fireside_writes=True)
                async with connection.begin():
                    yield connection
                    self._log.check()
                    away = OutcomeUnknown
        except LogGone as error:
            # The last of the old connections keeps all that the old log has in the database; new ones make a new log.
            await self._engine.dispose()
            raise Unavailable(str(error)) from error
        except AWAY as error:
            _tell(error, away)

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A connection that writes and may take tables apart: on SQLite foreign keys are checked only at its end.

        Raises DanglingRows when a row then points at nothing; nothing is changed.
        """
        async with self._engine.connect() as connection:
            await connection.execution_options(fireside_writes=True)
            if self.is_sqlite:
                await _set_foreign_keys(connection, on=False)
            try:
                async with connection.begin():
                    yield connection
                    if self.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
                        raise DanglingRows
            finally:
                if self.is_sqlite:
                    await _set_foreign_keys(connection, on=True)

    async def close(self) -> None:
        await self._engine.dispose()


def held(query: Select[Any], of: Table | None = None) -> Select[Any]:
    """The query, holding its rows (only those of one table) until the transaction ends, one holder at a time.

    On PostgreSQL with the lock that leaves the keys alone: new rows that point at a held one do not wait for it, and
    so cannot come to wait for each other in a ring.
    """
    return query.with_for_update(of=of, key_share=True)


def _tell(error: Exception, away: type[Unavailable]) -> NoReturn:
    if isinstance(error, OURS):
        raise error
    cause = error.orig if isinstance(error, DBAPIError) else error
    raise away(f"{type(cause).__name__}: {cause}") from error


async def _set_foreign_keys(connection: AsyncConnection, *, on: bool) -> None:
    """Outside of any transaction, where alone SQLite heeds it."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is not None:
        await driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _sqlite(url: str) -> dict[str, Any]:
    """How the engine gets its connections to the file."""
    file = make_url(url).database or ""

    async def connect() -> ErrandConnection:
        connection = ErrandConnection(file)
        await connection
        return connection

    return {"async_creator": connect}


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("fireside_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
