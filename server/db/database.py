"""The database: SQLite by default, PostgreSQL by URL. Callers say whether they read or write."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import asyncpg  # type: ignore[import-untyped] # it has no stubs
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    delete,
    event,
    false,
    func,
    make_url,
    select,
    true,
)
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from server.cancellation import is_cancelled
from server.db.changes import NOTED, Changes
from server.db.sqlite_connection import SqliteConnection
from server.db.sqlite_reading import SqliteReader
from server.db.tables import visits
from server.db.write_ahead_log import WriteAheadLog, WriteAheadLogMissing

BUSY_TIMEOUT_MS = 10_000
CONNECT_WITHIN_S = 5
# How many rows of each index SQLite reads for its statistics: so it takes less than a second, however long a table is.
# Where an index begins with a column of few values, such as a state, these are taken to be the share of each: with some
# hundreds, SQLite would read hundreds of thousands of rows by their state rather than the few of one pair.
ANALYSIS_LIMIT = "PRAGMA analysis_limit = 20000"
# Errors about our statements and rows. All other errors are about the state of the database itself.
STATEMENT_ERRORS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
DATABASE_ERRORS = (DBAPIError, PoolTimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

POSTGRESQL_SIZE = select(func.pg_database_size(func.current_database()))
# To open a link is to write a visit: this needs the same rights.
NOTHING_TO_DELETE = delete(visits).where(visits.c.id.is_(None))


class Unavailable(Exception):
    """The database cannot be reached, or it is full, locked or broken. This transaction changed nothing."""


class OutcomeUnknown(Unavailable):
    """The commit failed: it may have been written or not. Only reading again shows which."""


class WriteVerdict:
    """Whether the database keeps what is written, by the latest write of all; where it cannot be read, it does not."""

    def __init__(self) -> None:
        # Of writes that overlap, one that was kept is enough.
        self.kept = True
        self._last_kept = 0.0

    def note_kept(self, now: float) -> None:
        self.kept, self._last_kept = True, now

    def note_failed(self, begun: float) -> None:
        """A write or a read failed; it says nothing if it began before another one was kept."""
        self.kept = self.kept and begun <= self._last_kept


@dataclass(slots=True)
class Commits:
    """Whether anything was committed since this was set as COMMITS: a request does that when it begins."""

    made: bool = False


COMMITS: ContextVar[Commits | None] = ContextVar("commits", default=None)


class ForeignKeyViolations(Exception):
    """A migration would have left rows that refer to rows which do not exist."""

    def __init__(self) -> None:
        super().__init__("Rows of the database refer to others that do not exist: it is damaged. Restore the backup.")


class Database:
    """Its connections. `url` is an SQLAlchemy async URL: sqlite+aiosqlite:///file or postgresql+asyncpg://…

    A PostgreSQL that takes nothing for `within` seconds, as behind a network that is cut, counts as away.
    """

    def __init__(self, url: str, within: int = CONNECT_WITHIN_S) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._engine = create_async_engine(
            url,
            pool_size=8,
            # A connection comes back to the pool only when its transaction has ended: there is nothing to roll back.
            pool_reset_on_return=None,
            # Keeps what people wrote, and the secret addresses of their calendars, out of errors and logs.
            hide_parameters=True,
            **(_sqlite(url) if self.is_sqlite else _postgresql(within)),
        )
        if not self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", partial(_bound_untaken, within))
        self.changes = Changes()
        # SQLite has one writer at a time. This lock is fair; SQLite's own busy handler polls, and is not.
        self._writer_lock = asyncio.Lock() if self.is_sqlite else None
        self._log = WriteAheadLog()
        self.verdict = WriteVerdict()
        # Takes "read" or "write", and for how many seconds a transaction was open.
        self.note_transaction: Callable[[str, float], None] | None = None
        self._reader = SqliteReader(_file(url), self._engine) if self.is_sqlite else None
        for engine in self.engines if self.is_sqlite else ():
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "connect", self._log.opened)
            event.listen(engine, "checkin", self._log.returned)
            event.listen(engine, "close", self._log.closed)
            event.listen(engine, "begin", _begin_sqlite)

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every engine that runs statements, for their events."""
        own = self._engine.sync_engine
        return (own,) if self._reader is None else (own, self._reader.sync_engine)

    async def check_writable(self) -> None:
        """Writes what changes nothing. Raises Unavailable when it is not kept.

        On SQLite it reaches the disk. On PostgreSQL it shows that the database answers and lets us write.
        """
        begun = time.monotonic()
        try:
            async with self.writing() as connection:
                if self.is_sqlite:
                    await connection.exec_driver_sql("PRAGMA user_version = 0")
                else:
                    await connection.execute(NOTHING_TO_DELETE)
        except ProgrammingError as error:
            # The statement is right: it is the rights that are missing, or the table.
            self.verdict.note_failed(begun)
            raise Unavailable(_reason(error)) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that only reads, from one snapshot.

        Raises Unavailable.
        """
        begun = time.monotonic()
        try:
            if self._reader is not None:
                # Its statements do not wait for anything: others run between two reads.
                await asyncio.sleep(0)
                with self._reader.transaction() as reading:
                    yield reading
                return
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                async with connection.begin():
                    yield connection
        except (*DATABASE_ERRORS, WriteAheadLogMissing) as error:
            if not isinstance(error, STATEMENT_ERRORS):
                self.verdict.note_failed(begun)
            _raise(error, Unavailable)
        finally:
            self._measure("read", begun)

    def _measure(self, work: str, begun: float) -> None:
        if self.note_transaction is not None:
            self.note_transaction(work, time.monotonic() - begun)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that is committed when the block ends, and rolled back when it raises.

        On SQLite it begins with BEGIN IMMEDIATE: a deferred transaction that reads first and then writes fails at
        once when another one wrote between. Raises Unavailable, or OutcomeUnknown from the commit.
        """
        writer_lock: AbstractAsyncContextManager[Any] = self._writer_lock or nullcontext()
        kind = Unavailable
        begun = time.monotonic()
        try:
            async with writer_lock, self._engine.connect() as connection:
                await connection.execution_options(fireside_writes=True)
                noted = connection.info[NOTED] = set()
                async with connection.begin():
                    yield connection
                    self._log.check()
                    kind = OutcomeUnknown
                _note_commit()
            self.verdict.note_kept(time.monotonic())
            self.changes.tell(noted)
        except WriteAheadLogMissing as error:
            self.verdict.note_failed(begun)
            # The last of the old connections writes the old log into the database; new connections make a new log.
            await self.close()
            raise Unavailable(str(error)) from error
        except DATABASE_ERRORS as error:
            if not isinstance(error, STATEMENT_ERRORS):
                self.verdict.note_failed(begun)
            _raise(error, kind)
        finally:
            self._measure("write", begun)

    @asynccontextmanager
    async def own_connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection to PostgreSQL outside of the pool and of any transaction, as its driver has it: for the locks of
        a session, and for notifications. It is closed at the end. Raises Unavailable."""
        try:
            async with self._engine.connect() as connection:
                await connection.run_sync(Connection.detach)
                adapted: Any = (await connection.get_raw_connection()).dbapi_connection
                yield adapted.driver_connection
        except DATABASE_ERRORS as error:
            _raise(error, Unavailable)

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A connection that writes and may rebuild tables: on SQLite foreign keys are checked only at its end.

        Raises ForeignKeyViolations when they do not hold then, or Unavailable; nothing is changed.
        """
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(fireside_writes=True)
                if self.is_sqlite:
                    await _set_foreign_keys(connection, on=False)
                try:
                    async with connection.begin():
                        yield connection
                        if self.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
                            raise ForeignKeyViolations
                finally:
                    if self.is_sqlite:
                        await _set_foreign_keys(connection, on=True)
        except DATABASE_ERRORS as error:
            _raise(error, Unavailable)

    async def compact(self, tables: Iterable[str]) -> None:
        """Rewrites the files, so that no byte of what was deleted from these tables is left in them, nor in statistics.

        Writers wait; on PostgreSQL also readers of the tables. PostgreSQL's write-ahead log, and the backups of either
        database, are not touched. Raises Unavailable.
        """
        writer_lock: AbstractAsyncContextManager[Any] = self._writer_lock or nullcontext()
        try:
            async with writer_lock, self._engine.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                if driver is None:
                    return
                if not self.is_sqlite:
                    await driver.execute(f"VACUUM (FULL, ANALYZE) {', '.join(tables)}")
                    # The statistics hold frequent values. Who does not own the database gets only a warning.
                    await driver.execute("VACUUM FULL pg_statistic")
                    return
                for statement in (ANALYSIS_LIMIT, "ANALYZE", "VACUUM"):
                    await driver.execute(statement)
                # With the database's new state in its file, the log is emptied, unless somebody still reads from it.
                cursor = driver.cursor()
                await cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if (await cursor.fetchall())[0][0]:
                    raise Unavailable("the write-ahead log could not be emptied: it is being read")
        except DATABASE_ERRORS as error:
            raise Unavailable(_reason(error)) from error

    async def size(self) -> int:
        """How many bytes its files have, without the write-ahead log. Raises Unavailable."""
        async with self.reading() as connection:
            if not self.is_sqlite:
                return int((await connection.execute(POSTGRESQL_SIZE)).scalar_one())
            pages, size = [
                int((await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one())
                for name in ("page_count", "page_size")
            ]
            return pages * size

    async def optimize(self) -> None:
        """Has SQLite renew the statistics by which it chooses indexes, of the tables that have changed much since.

        PostgreSQL does so by itself (autovacuum). Raises Unavailable.
        """
        if self.is_sqlite:
            async with self.writing() as connection:
                await connection.exec_driver_sql(ANALYSIS_LIMIT)
                await connection.exec_driver_sql("PRAGMA optimize = 0x10002")

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.sync_engine.dispose()
        await self._engine.dispose()


def any_row(of: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is any row for which these conditions hold, looked for one row of `of` after the other.

    For pages of few rows: where EXISTS is asked, PostgreSQL may read the whole other table first.
    """
    found = select(true()).where(*conditions).limit(1).correlate(of).scalar_subquery()
    return func.coalesce(found, false())


def for_update(query: Select[Any], of: Table | None = None) -> Select[Any]:
    """The query with a lock on its rows (`of`: only on those of one table) until the transaction ends.

    On PostgreSQL it is the lock that allows references to a locked row: new rows that refer to it do not wait for it,
    and so cannot deadlock.
    """
    return query.with_for_update(of=of, key_share=True)


def _note_commit() -> None:
    commits = COMMITS.get()
    if commits is not None:
        commits.made = True


def _raise(error: Exception, kind: type[Unavailable]) -> NoReturn:
    """Raises the error itself when it is about a statement of ours, else one of this kind.

    A driver whose work was cancelled may say so with an error of its own: who cancelled waits for the task to end.
    """
    if is_cancelled():
        raise asyncio.CancelledError from error
    if isinstance(error, STATEMENT_ERRORS):
        raise error
    raise kind(_reason(error)) from error


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {cause}"


async def _set_foreign_keys(connection: AsyncConnection, *, on: bool) -> None:
    """Must be called outside of a transaction: within one SQLite ignores it."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is not None:
        await driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _postgresql(within: int) -> dict[str, Any]:
    # To compile a query takes a second, which pages never win back.
    settings = {"jit": "off"}
    return {"pool_pre_ping": True, "connect_args": {"timeout": within, "server_settings": settings}}


def _sqlite(url: str) -> dict[str, Any]:
    """How the engine gets its connections to the file."""
    file = _file(url)

    async def connect() -> SqliteConnection:
        connection = SqliteConnection(file)
        await connection
        return connection

    return {"async_creator": connect}


def _file(url: str) -> str:
    return make_url(url).database or ""


def _bound_untaken(within: int, connection: Any, record: object) -> None:
    """What is sent and not acknowledged for so long ends the connection; the system alone waits for minutes."""
    transport = getattr(connection.driver_connection, "_transport", None)
    opened = transport.get_extra_info("socket") if transport is not None else None
    if opened is not None and opened.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, within * 1000)


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
