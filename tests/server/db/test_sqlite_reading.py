"""Reads of SQLite: small ones at once, long ones in a thread while others are answered; each from one snapshot."""

import asyncio
import time

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from server.db.database import Database
from server.db.sqlite_reading import LONGEST_TURN_S

NUMBERS = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last) SELECT n FROM numbers"
)
LAST = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
    " SELECT max(n) FROM numbers"
)
FEW, MANY, NO_END = {"last": 3}, {"last": 300_000}, {"last": 1e300}


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'notes.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE notes (note)"))
    yield database
    await database.close()


async def turns(reading):
    """What it returns, and whether anything else ran before it was done."""
    others = []
    asyncio.get_running_loop().call_soon(others.append, "ran")
    return await reading, bool(others)


async def test_a_small_read_is_done_at_once(database, monkeypatch):
    monkeypatch.setattr("server.db.sqlite_reading.LONGEST_TURN_S", 60)
    async with database.reading() as connection:
        result, waited = await turns(connection.execute(NUMBERS, FEW))
        assert (result.scalars().all(), waited) == ([1, 2, 3], False)
        rows = await connection.execute(NUMBERS, FEW)
        assert (rows.first(), (await connection.execute(NUMBERS, FEW)).fetchmany(2)) == ((1,), [(1,), (2,)])


async def test_others_run_before_a_long_read_ends(database):
    async with database.reading() as connection:
        result, waited = await turns(connection.execute(LAST, MANY))
    assert (result.scalar_one(), waited) == (300_000, True)


async def test_others_run_between_two_reads(database):
    async def read():
        async with database.reading() as connection:
            return (await connection.execute(NUMBERS, FEW)).scalars().all()

    assert await turns(read()) == ([1, 2, 3], True)


async def test_others_run_between_many_small_reads_of_one_transaction(database):
    async def many(connection):
        while time.perf_counter() < end:
            await connection.execute(NUMBERS, FEW)

    async with database.reading() as connection:
        end = time.perf_counter() + 4 * LONGEST_TURN_S
        assert await turns(many(connection)) == (None, True)


async def test_a_transaction_reads_from_one_snapshot_also_in_a_thread(database):
    count = text("SELECT count(*) FROM notes")
    async with database.reading() as connection:
        assert (await connection.execute(count)).scalar_one() == 0
        async with database.writing() as writing:
            await writing.execute(text("INSERT INTO notes VALUES ('later')"))
        assert (await connection.execute(LAST, MANY)).scalar_one() == 300_000
        assert (await connection.execute(count)).scalar_one() == 0
    async with database.reading() as connection:
        assert (await connection.execute(count)).scalar_one() == 1


async def test_a_read_that_nobody_waits_for_any_more_is_stopped(database):
    begun = asyncio.Event()

    async def read():
        async with database.reading() as connection:
            begun.set()
            await connection.execute(LAST, NO_END)

    reading = asyncio.create_task(read())
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    async with database.reading() as connection:
        assert (await connection.execute(NUMBERS, FEW)).scalars().all() == [1, 2, 3]


async def test_a_wrong_statement_is_not_tried_again(database):
    asked = []
    event.listen(database.engines[1], "before_cursor_execute", lambda *of_it: asked.append(of_it[2]))
    async with database.reading() as connection:
        with pytest.raises(OperationalError, match="no such table"):
            await connection.execute(text("SELECT * FROM absent"))
    assert asked == ["BEGIN", "SELECT * FROM absent"]
