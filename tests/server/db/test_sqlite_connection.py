"""A statement is one errand to the connection's thread, and says afterwards what any cursor says."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.db.sqlite_connection import ErrandConnection


class Counted(ErrandConnection):
    """Knows how often it went to its thread."""

    errands = 0

    async def errand(self, do, *what):
        self.errands += 1
        await super().errand(do, *what)


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Counted]:
    async with Counted(str(tmp_path / "file.sqlite3")) as connection:
        await connection.executescript("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        yield connection


async def test_a_statement_is_one_errand_whatever_it_brings(connection: Counted) -> None:
    cursor = await connection.cursor().__aenter__()
    await cursor.execute("INSERT INTO people (name) VALUES (?), (?) RETURNING id", ("Maya", "Sam"))
    assert [each[0] for each in cursor.description] == ["id"]
    assert await cursor.fetchall() == [(1,), (2,)]
    assert (await cursor.fetchall(), cursor.rowcount, connection.errands) == ([], 2, 1)
    await cursor.close()
    assert connection.errands == 1


async def test_it_says_how_many_rows_were_changed_and_which_was_added_last(connection: Counted) -> None:
    cursor = connection.cursor()
    await cursor.executemany("INSERT INTO people (name) VALUES (?)", [("Maya",), ("Sam",), ("Eve",)])
    assert (cursor.description, cursor.rowcount) == (None, 3)
    await cursor.execute("INSERT INTO people (name) VALUES ('Lena')")
    assert cursor.lastrowid == 4
    await cursor.execute("UPDATE people SET name = name || '!' WHERE id > 1")
    assert (cursor.rowcount, await cursor.fetchall()) == (3, [])


async def test_what_sqlite_refuses_is_said_and_the_connection_goes_on(connection: Counted) -> None:
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


async def test_a_closed_connection_takes_no_errand(tmp_path: Path) -> None:
    connection = ErrandConnection(str(tmp_path / "file.sqlite3"))
    await connection
    await connection.close()
    with pytest.raises(ValueError, match="closed"):
        await connection.cursor().execute("SELECT 1")
