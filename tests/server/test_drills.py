"""The server itself tries the newest backup, and the start page says how that went."""

import asyncio
import shutil
from datetime import datetime

from server import drills
from server.backup.rules import BackupFinding, BackupWork
from server.backup.store import read_reports
from server.config import read_settings
from server.db.database import Database
from server.drills import keep_trying_backups
from tests.cast import Fireside, until
from tests.server.test_cli import fireside, refusal


async def test_the_newest_backup_is_tried_by_the_server_without_anybody_asking(tmp_path, migrated):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url = f"sqlite+aiosqlite:///{shutil.copy(migrated, data)}"
    backup = tmp_path / "backup"
    assert fireside(data, "backup", str(backup)).returncode == 0
    database = Database(url)
    house = await Fireside.serve(data, url)

    async def tried():
        async with database.reading() as connection:
            return (await read_reports(connection)).get(BackupWork.DRILL)

    try:
        report = await until(tried, what="the trial of the backup")
        assert "is in use" in refusal(fireside(data, "restore", str(backup)))
    finally:
        await house.stop()
        await database.close()
    assert (report.finding, report.file) == (BackupFinding.HOLDS, str(backup))
    assert list(data.glob("scratch-*")) == []
    assert "was tried: The ledger is intact" in house.log.read_text()


async def test_an_error_that_nobody_expected_does_not_end_the_looking(database, monkeypatch):
    monkeypatch.setattr(drills, "LOOK_EVERY_S", 0.01)
    looked = []

    def broken() -> datetime:
        looked.append("once")
        raise ValueError

    looking = asyncio.create_task(keep_trying_backups(read_settings({}), database, broken))
    await until(lambda: len(looked) > 1)
    looking.cancel()
