"""Readiness: files are there, and what is written is kept."""

import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from server.db.database import Database
from server.i18n import catalog
from server.web import readiness
from server.web.readiness import Readiness
from tests.cast import Fireside, until
from tests.logs import own_records


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    return tmp_path / "some.sqlite3"


@pytest.fixture
async def ready(file: Path) -> AsyncIterator[Readiness]:
    database = Database(f"sqlite+aiosqlite:///{file}")
    yield Readiness(database)
    await database.close()


async def test_a_database_that_keeps_writes_is_ready(ready: Readiness, caplog: pytest.LogCaptureFixture) -> None:
    await ready.check()
    assert (ready.database, ready.missing, own_records(caplog)) == (True, [], [])


async def test_one_that_another_process_locks_is_not_until_it_is_free(
    ready: Readiness, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "WITHIN_S", 0.1)
    monkeypatch.setattr("server.db.database.BUSY_TIMEOUT_MS", 1000)
    await ready.check()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            await ready.check()
        assert not ready.database

    async def up() -> bool:
        await ready.check()
        return ready.database

    await until(up, what="that it can be written again")
    assert [(record.levelno, record.getMessage()) for record in own_records(caplog)] == [
        (logging.ERROR, "nothing can be written to the database: no answer within 3 s"),
        (logging.WARNING, "the database can be written again"),
    ]


async def test_a_write_that_fails_after_its_time_is_told_once(
    ready: Readiness, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("server.db.database.BUSY_TIMEOUT_MS", 200)
    await ready.check()
    monkeypatch.setattr(readiness, "WITHIN_S", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await ready.check()
        late = ready._writing
        assert late is not None
        await until(late.done, what="the end of the write")
        assert not late.cancelled()
        del late
        await ready.check()
    await until(lambda: ready._writing is not None and ready._writing.done(), what="the end of the next write")
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert told == ["nothing can be written to the database: no answer within 3 s"]


async def test_missing_files_are_named(ready: Readiness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(readiness, "NEEDED", (*readiness.NEEDED, ("static", "**/*.none")))
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    (tmp_path / "ar.po").touch()
    await ready.check()
    assert ready.missing == ["static/**/*.none", "de.po"]


async def test_a_server_whose_database_is_locked_says_so_without_being_used(fireside: Fireside) -> None:
    async def healthy() -> dict[str, bool]:
        async with aiohttp.ClientSession() as session, session.get(f"{fireside.base_url}/healthz") as answer:
            return dict(json.loads(await answer.text()), status=answer.status)

    assert (await healthy())["status"] == 200
    with closing(sqlite3.connect(fireside.data / "fireside.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout = 60000")
        other.execute("BEGIN IMMEDIATE")

        async def down() -> bool:
            return await healthy() == {"pages": True, "database": False, "relay": True, "status": 503}

        await until(down, what="that nothing can be written")

    async def up() -> bool:
        return (await healthy())["status"] == 200

    await until(up, what="that it can be written again")
