"""SQLite connections that run each statement with one call to their thread.

aiosqlite alone makes separate calls for the cursor, the statement, its rows, and closing the cursor. Each call costs
more than a small statement does.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite

UNREAD_ROWS = 64


class SqliteCursor:
    """A cursor as SQLAlchemy uses one (PEP 249, awaited). It holds all of its rows once the statement has run."""

    def __init__(self, connection: "SqliteConnection") -> None:
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
        await self._connection.run_in_thread(self._run, sqlite3.Cursor.execute, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Raises sqlite3.Error."""
        await self._connection.run_in_thread(self._run, sqlite3.Cursor.executemany, statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is left open after execute()."""

    def _run(self, execute: Callable[..., object], statement: str, parameters: Sequence[Any]) -> None:
        """Runs in the connection's thread."""
        cursor = self._connection.driver.cursor()
        try:
            execute(cursor, statement, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class SqliteConnection(aiosqlite.Connection):
    """A connection to one file. It must be awaited before it is used."""

    def __init__(self, file: str) -> None:
        super().__init__(lambda: sqlite3.connect(file), UNREAD_ROWS)
        # As SQLAlchemy does it: a connection that was not closed does not keep the process from ending.
        self._thread.daemon = True

    def cursor(self) -> SqliteCursor:  # type: ignore[override] # SQLAlchemy needs no more of it
        return SqliteCursor(self)

    @property
    def driver(self) -> sqlite3.Connection:
        """The connection that the thread works with. Raises ValueError when it is closed."""
        return self._conn

    async def run_in_thread(self, do: Callable[..., object], *arguments: Any) -> None:
        """Runs `do` in the connection's thread, after everything that was asked for before."""
        await self._execute(do, *arguments)  # type: ignore[no-untyped-call] # it has no types
