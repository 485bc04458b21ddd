"""What one process at a time does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from server.db import turns
from server.db.database import Database
from server.db.turns import Turns
from tests.cast import until


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Turns]:
    own = Turns(database)
    task = asyncio.create_task(own.run())
    yield own
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_one_has_it_until_it_ends(database: Database) -> None:
    async with running(database) as first:
        assert await first.is_ours("tidy")
        assert await first.is_ours("tidy")
        if database.is_sqlite:
            return
        async with running(database) as second:
            assert not await second.is_ours("tidy")
            assert await second.is_ours("ledger")
            assert not await first.is_ours("ledger")
    async with running(database) as third:
        assert await third.is_ours("tidy")


async def test_whose_connection_is_lost_loses_it(postgresql: str) -> None:
    database = Database(f"{postgresql}/postgres")
    async with running(database) as first, running(database) as second:
        assert await first.is_ours("tidy")
        connection = first._connection
        assert connection is not None
        connection.terminate()
        assert not connection.is_closed() or not await first.is_ours("tidy")
        await until(lambda: second.is_ours("tidy"), what="the turn of the other one")
        assert not await first.is_ours("tidy")
    await database.close()


async def test_one_that_stands_still_loses_it(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "IDLE_FOR", "200ms")
    monkeypatch.setattr(turns, "SIGN_EVERY_S", 3600)
    database = Database(f"{postgresql}/postgres")
    async with running(database) as first, running(database) as second:
        assert await first.is_ours("tidy")
        await until(lambda: second.is_ours("tidy"), what="the turn of the other one")
    await database.close()


async def test_while_the_database_is_away_nothing_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CONNECTED_WITHIN_S", 0.1)
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    async with running(database) as own:
        assert not await own.is_ours("tidy")
    await database.close()
