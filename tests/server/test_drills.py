"""The server itself tries the newest backup, and the start page says how that went."""

import shutil

from server.backup.rules import BackupFinding, BackupWork
from server.backup.store import read_reports
from server.db.database import Database
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
