"""D5: a deleted write-ahead log is noticed before a commit is acknowledged, and nothing is lost."""

import sqlite3

import pytest
from sqlalchemy import text

from server.db.database import Database, Unavailable


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'notes.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE notes (note)"))
    yield database
    await database.close()


async def note(database, words):
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO notes VALUES (:words)"), {"words": words})


async def notes(database):
    async with database.reading() as connection:
        return [row.note for row in await connection.execute(text("SELECT note FROM notes ORDER BY rowid"))]


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_deleted_log_refuses_the_write_keeps_those_before_and_goes_on(database, tmp_path, replaced):
    await note(database, "before")
    log = tmp_path / "notes.sqlite3-wal"
    log.unlink()
    if replaced:
        log.touch()
    with pytest.raises(Unavailable, match="deleted or replaced"):
        await note(database, "refused")
    assert await notes(database) == ["before"]
    await note(database, "after")
    assert await notes(database) == ["before", "after"]
    # What was acknowledged is in the files, as another process reads them.
    with sqlite3.connect(tmp_path / "notes.sqlite3") as connection:
        assert connection.execute("SELECT note FROM notes").fetchall() == [("before",), ("after",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_a_log_that_stays_is_no_problem(database):
    for number in range(20):
        await note(database, number)
    await database.close()
    await note(database, 20)
    assert await notes(database) == list(range(21))


async def test_nobody_comes_to_another_log_while_the_old_one_is_in_use(database, tmp_path):
    await note(database, "before")
    async with database.reading():
        (tmp_path / "notes.sqlite3-wal").unlink()
        with pytest.raises(Unavailable):
            async with database.reading(), database.reading():
                pass
        with pytest.raises(Unavailable):
            await note(database, "refused")
    await note(database, "after")
    assert await notes(database) == ["before", "after"]
