"""The database: whole writes or none, writers that wait their turn, nothing lost by a hard stop."""

import asyncio
import shutil
import socket
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.db.database import Database, OutcomeUnknown, Unavailable
from server.db.tables import busy_feeds, ledger_head, people, set_aside
from tests.cast import free_port
from tests.server.actors import NOW

WRITERS, WRITES = 50, 4


async def test_a_write_that_raises_leaves_nothing(database):
    async def half_a_write():
        async with database.writing() as connection:
            await connection.execute(update(ledger_head).values(entries=7))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half_a_write()
    async with database.reading() as connection:
        assert (await connection.execute(select(ledger_head.c.entries))).scalar_one() == 0


@pytest.mark.parametrize("kind", ["reading", "writing"])
async def test_an_error_of_the_driver_does_not_hide_that_the_task_was_cancelled(database, kind):
    async def work():
        async with getattr(database, kind)():
            asyncio.current_task().cancel()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise DBAPIError("SELECT 1", None, OSError("the connection was closed in the middle")) from None

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(work())


async def test_many_writers_lose_nothing_and_none_is_told_that_it_is_locked(database):
    """D3 in small: read, then write what was read plus one; a lost update or a locked database would show."""

    async def write():
        for _ in range(WRITES):
            async with database.writing() as connection:
                entries = (await connection.execute(select(ledger_head.c.entries).with_for_update())).scalar_one()
                await connection.execute(update(ledger_head).values(entries=entries + 1))

    await asyncio.gather(*(write() for _ in range(WRITERS)))
    async with database.reading() as connection:
        assert (await connection.execute(select(ledger_head.c.entries))).scalar_one() == WRITERS * WRITES


async def test_sqlite_keeps_what_it_acknowledged(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}")
    async with database.reading() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(Exception, match="without a zone"):
        async with database.writing() as connection:
            await connection.execute(
                insert(people).values(
                    name="",
                    email="",
                    phone="",
                    zone="",
                    language="",
                    needs="",
                    zone_known=False,
                    discreet=True,
                    added_at=NOW.replace(tzinfo=None),
                )
            )


async def test_an_error_does_not_repeat_what_was_to_be_written(database):
    """Errors are logged; words of people and secret addresses are not."""
    with pytest.raises(DBAPIError) as error:
        async with database.writing() as connection:
            await connection.execute(insert(busy_feeds).values(person_id=None, url="https://secret.example/"))
    assert "busy_feeds" in str(error.value)
    assert "secret.example" not in str(error.value)


async def test_a_database_that_does_not_answer_is_unavailable():
    database = Database(f"postgresql+asyncpg://fireside@127.0.0.1:{free_port()}/fireside")
    for asked in (database.reading, database.writing):
        with pytest.raises(Unavailable, match="Connect call failed"):
            async with asked():
                pass
    await database.close()


async def test_a_full_database_is_unavailable_and_goes_on_when_there_is_room(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}")

    async def write():
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (zeroblob(100000))"))

    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE notes (note)"))
        await connection.execute(text("PRAGMA max_page_count = 10"))
    with pytest.raises(Unavailable, match="full"):
        await write()
    async with database.writing() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000"))
        assert (await connection.execute(text("SELECT count(*) FROM notes"))).scalar_one() == 0
    await write()
    await database.close()


async def test_a_write_whose_commit_fails_has_an_unknown_outcome(database, monkeypatch):
    @asynccontextmanager
    async def lost_at_the_end():
        yield
        raise ConnectionResetError

    async with database.writing() as connection:
        monkeypatch.setattr(type(connection), "begin", lambda _: lost_at_the_end())
    with pytest.raises(OutcomeUnknown):
        async with database.writing():
            pass


async def test_what_a_database_says_of_our_rows_stays_as_it_is(database):
    row = {"id": 1, "entries": 0, "hash": ""}
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(insert(ledger_head).values(row))


async def test_sqlite_has_statistics_of_what_has_grown(tmp_path, migrated):
    """By them it chooses indexes. PostgreSQL makes its own."""
    database = Database(f"sqlite+aiosqlite:///{shutil.copy(migrated, tmp_path)}")
    async with database.writing() as connection:
        entries = [{"work": "expiry", "item": f"{number}", "reason": "", "times": 1} for number in range(300)]
        times = {"first_at": NOW, "last_at": NOW}
        await connection.execute(insert(set_aside), [entry | times for entry in entries])
        await connection.execute(select(set_aside.c.id).where(set_aside.c.work == "missed", set_aside.c.last_at > NOW))
    await database.optimize()
    async with database.reading() as connection:
        about = await connection.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1")
        assert "set_aside" in about.scalars().all()
    await database.close()


async def test_a_postgresql_behind_a_network_that_is_cut_is_given_up_in_time(postgresql):
    """The system alone goes on for a quarter of an hour with what is not acknowledged."""
    database = Database(f"{postgresql}/postgres", within=2)
    async with database.own_connection() as connection:
        opened = connection._transport.get_extra_info("socket")
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 2000
    await database.close()
