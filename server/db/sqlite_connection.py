"""SQLite's connections, which do what a statement takes in one errand to their thread.

aiosqlite itself goes there for the cursor, for the statement, for its rows, and to close it: each way there and back
costs more than a small statement does.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite

UNREAD_ROWS = 64


class ErrandCursor:
    """A cursor as SQLAlchemy uses one (PEP 249, awaited). It has all of its rows when the statement has run."""

    def __init__(self, connection: "ErrandConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Raises sqlite3.Error."""
        await self._connection.errand(self._run, sqlite3.Cursor.execute, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Raises sqlite3.Error."""
        await self._connection.errand(self._run, sqlite3.Cursor.executemany, statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """There is nothing left open."""

    def _run(self, execute: Callable[..., object], statement: str, parameters: Sequence[Any]) -> None:
        """In the connection's thread."""
        cursor = self._connection.driver.cursor()
        try:
            execute(cursor, statement, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class ErrandConnection(aiosqlite.Connection):
    """A connection to one file; to be awaited before it is used."""

    def __init__(self, file: str) -> None:
        super().__init__(lambda: sqlite3.connect(file), UNREAD_ROWS)
        # As SQLAlchemy would have it: a connection that nobody closed does not keep the process from ending.
        self._thread.daemon = True

    def cursor(self) -> ErrandCursor:  # type: ignore[override] # SQLAlchemy needs no more of it
        return ErrandCursor(self)

    @property
    def driver(self) -> sqlite3.Connection:
        """What the thread works with. Raises ValueError when it is closed."""
        return self._conn

    async def errand(self, do: Callable[..., object], *what: Any) -> None:
        """Has this done in the thread, after all that was asked for before."""
        await self._execute(do, *what)  # type: ignore[no-untyped-call] # it has no types
