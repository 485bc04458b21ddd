"""Reads of SQLite, in the event loop itself.

Most reads take SQLite some microseconds: to hand them to a thread and wait for it costs ten times as much. One that
takes longer than AT_ONCE_S starts again in a thread, so that others are answered before it ends; between many, others
run every LONGEST_TURN_S. In WAL mode readers do not wait for writers.
"""

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from typing import Any, Self

from sqlalchemy import Connection, QueuePool, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

AT_ONCE_S = 0.005
# How long a transaction of many statements, with what is done between them, keeps others waiting.
LONGEST_TURN_S = 0.005
# SQLite asks after each of these many steps of its virtual machine whether to go on: some tens of microseconds.
STEPS = 1_000


class ReadingCursor(sqlite3.Cursor):
    """A cursor that holds all of its rows once the statement has run."""

    _rows: Iterator[Any] = iter(())

    def execute(self, statement: str, parameters: Any = (), /) -> Self:
        """Raises sqlite3.Error."""
        super().execute(statement, parameters)
        self._rows = iter(super().fetchall() if self.description else ())
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)


class ReadingDriver(sqlite3.Connection):
    """A connection for one thread at a time."""

    def __init__(self, file: str) -> None:
        super().__init__(file, isolation_level=None, check_same_thread=False)
        self._end = math.inf
        self.set_progress_handler(self._is_over, STEPS)

    def cursor(self, factory: Any = ReadingCursor) -> Any:
        return super().cursor(factory)

    def hurry(self) -> None:
        """The next statement ends with SQLITE_INTERRUPT when it has run for AT_ONCE_S."""
        self._end = time.perf_counter() + AT_ONCE_S

    def take_time(self) -> None:
        """The next statement may run as long as it needs."""
        self._end = math.inf

    def stop(self) -> None:
        """Ends the statement that runs, or the next, with SQLITE_INTERRUPT."""
        self._end = 0.0

    def _is_over(self) -> bool:
        return time.perf_counter() > self._end


class ReadingConnection(AsyncConnection):
    """A connection whose statements have run when `execute` is called, unless they have to go on in a thread."""

    __slots__ = ("_driver", "_turn_ends")

    def __init__(self, engine: AsyncEngine, connection: Connection) -> None:
        super().__init__(engine, connection)
        self._driver: Any = connection.connection.driver_connection
        self._turn_ends = time.perf_counter() + LONGEST_TURN_S

    async def execute(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        return await self._run(self._proxied.execute, statement, parameters, **options)

    async def exec_driver_sql(self, statement: str, parameters: Any = None, execution_options: Any = None) -> Any:
        return await self._run(self._proxied.exec_driver_sql, statement, parameters, execution_options)

    async def _run(self, execute: Callable[..., object], *arguments: object, **options: object) -> object:
        if time.perf_counter() > self._turn_ends:
            await asyncio.sleep(0)
            self._turn_ends = time.perf_counter() + LONGEST_TURN_S
        self._driver.hurry()
        try:
            return execute(*arguments, **options)
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_INTERRUPT:
                raise
        finally:
            self._driver.take_time()
        running = asyncio.create_task(asyncio.to_thread(execute, *arguments, **options))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            # The connection goes back to the pool: nothing may run on it any more.
            self._driver.stop()
            with suppress(DBAPIError):
                await running
            self._driver.take_time()
            raise


class SqliteReader:
    """Connections to the file that only read."""

    def __init__(self, file: str, engine: AsyncEngine) -> None:
        self._engine = engine
        self.sync_engine = create_engine(
            "sqlite://",
            creator=partial(ReadingDriver, file),
            poolclass=QueuePool,
            pool_size=8,
            # The event loop cannot wait for a connection to come back.
            max_overflow=-1,
            pool_reset_on_return=None,
            hide_parameters=True,
        )

    @contextmanager
    def transaction(self) -> Iterator[ReadingConnection]:
        """One snapshot."""
        with self.sync_engine.connect() as connection, connection.begin():
            yield ReadingConnection(self._engine, connection)
