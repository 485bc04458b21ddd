"""A backup while others write so much that hardly anybody gets to write between."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

from server.backup.actions import backing_up
from server.backup.rules import BackupFinding, BackupWork
from server.backup.store import read_reports
from server.db.database import Database, Unavailable

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def host(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> backing_up.HostState:
    monkeypatch.setattr("server.db.database.BUSY_TIMEOUT_MS", 50)
    file = copy(migrated, tmp_path)
    return backing_up.HostState(f"sqlite+aiosqlite:///{file}", tmp_path, "a secret", "")


async def test_that_a_backup_was_made_is_noted_once_the_database_is_free(
    host: backing_up.HostState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    async def note(*arguments: object) -> None:
        try:
            await noting(*arguments)
        except Unavailable:
            refused.append(1)
            writing.rollback()
            raise

    noting = backing_up._note
    monkeypatch.setattr(backing_up, "_note", note)
    with closing(sqlite3.connect(host.database_url.partition("///")[2], isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        file, _ = await backing_up.make_backup(host, tmp_path / "made", None, NOW)
    assert refused == [1]
    database = Database(host.database_url)
    async with database.reading() as connection:
        report = (await read_reports(connection))[BackupWork.BACKUP]
    await database.close()
    assert (report.finding, report.file) == (BackupFinding.HOLDS, str(file))


async def test_one_that_cannot_be_noted_is_there(
    host: backing_up.HostState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing_up, "NOTED_WITHIN_S", 0.1)
    with closing(sqlite3.connect(host.database_url.partition("///")[2], isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            await asyncio.wait_for(backing_up.make_backup(host, tmp_path / "made", None, NOW), 60)
    assert (tmp_path / "made").exists()
