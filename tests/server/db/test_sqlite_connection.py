"""A statement is one call to the connection's thread, and its results are those of any cursor."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.db.sqlite_connection import SqliteConnection


class CountingConnection(SqliteConnection):
    """Counts the calls to its thread."""

    calls = 0

    async def run_in_thread(self, do, *arguments):
        self.calls += 1
        await super().run_in_thread(do, *arguments)


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[CountingConnection]:
    async with CountingConnection(str(tmp_path / "file.sqlite3")) as connection:
        await connection.executescript("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        yield connection


async def test_a_statement_is_one_call_however_many_rows_it_returns(connection: CountingConnection) -> None:
    cursor = await connection.cursor().__aenter__()
    await cursor.execute("INSERT INTO people (name) VALUES (?), (?) RETURNING id", ("Maya", "Sam"))
    assert [each[0] for each in cursor.description] == ["id"]
    assert await cursor.fetchall() == [(1,), (2,)]
    assert (await cursor.fetchall(), cursor.rowcount, connection.calls) == ([], 2, 1)
    await cursor.close()
    assert connection.calls == 1


async def test_it_says_how_many_rows_changed_and_which_was_added_last(connection: CountingConnection) -> None:
    cursor = connection.cursor()
    await cursor.executemany("INSERT INTO people (name) VALUES (?)", [("Maya",), ("Sam",), ("Eve",)])
    assert (cursor.description, cursor.rowcount) == (None, 3)
    await cursor.execute("INSERT INTO people (name) VALUES ('Lena')")
    assert cursor.lastrowid == 4
    await cursor.execute("UPDATE people SET name = name || '!' WHERE id > 1")
    assert (cursor.rowcount, await cursor.fetchall()) == (3, [])


async def test_an_error_of_sqlite_is_raised_and_the_connection_goes_on(connection: CountingConnection) -> None:
    cursor = connection.cursor()
    await cursor.execute("INSERT INTO people (name) VALUES ('Maya')")
    for statement, error in (
        ("INSERT INTO people (name) VALUES ('Maya')", sqlite3.IntegrityError),
        ("SELECT FROM", sqlite3.OperationalError),
    ):
        with pytest.raises(error):
            await cursor.execute(statement)
    await cursor.execute("SELECT name FROM people")
    assert await cursor.fetchall() == [("Maya",)]


async def test_a_closed_connection_runs_nothing(tmp_path: Path) -> None:
    connection = SqliteConnection(str(tmp_path / "file.sqlite3"))
    await connection
    await connection.close()
    with pytest.raises(ValueError, match="closed"):
        await connection.cursor().execute("SELECT 1")
