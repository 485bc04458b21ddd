"""`fireside backup`, `restore` and `drill`, as they are run, on both databases."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from server.backup.rules import BackupFinding, BackupWork
from server.backup.store import read_reports
from server.db.database import Database
from server.db.schema import NEWEST, migrate
from server.db.tables import people, wordings
from tests.conftest import new_postgresql_database
from tests.server.test_cli import fireside, open_to_others, refusal

PASSPHRASE = {"FIRESIDE_BACKUP_PASSPHRASE": "correct horse battery"}
PAIR = ("admin", "pair", "--mentor", "Nour", "nour@example.org", "--mentee", "Li", "li@example.org")


class Host:
    """A data folder and a database, where commands run."""

    def __init__(self, data: Path, url: str, **environment: str) -> None:
        self.data, self.url = data, url
        self._environment = {"FIRESIDE_DATABASE_URL": url, **environment}

    def run(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return fireside(self.data, *map(str, arguments), **self._environment, **environment)

    async def names(self) -> list[str]:
        database = Database(self.url)
        async with database.reading() as connection:
            found = [row.name for row in await connection.execute(select(people.c.name).order_by(people.c.id))]
        await database.close()
        return found

    async def reports(self):
        database = Database(self.url)
        async with database.reading() as connection:
            found = await read_reports(connection)
        await database.close()
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
async def new_host(request, tmp_path):
    """Makes hosts, each with an empty database of the same kind."""

    async def make(name: str, **environment: str) -> Host:
        data = tmp_path / name
        data.mkdir(mode=0o700)
        if request.param == "sqlite":
            return Host(data, f"sqlite+aiosqlite:///{data / 'fireside.sqlite3'}", **environment)
        return Host(data, await new_postgresql_database(request.getfixturevalue("postgresql")), **environment)

    return make


async def test_a_backup_is_made_tried_and_restored_on_another_host(new_host, tmp_path):
    old, new = await new_host("old", **PASSPHRASE), await new_host("new", **PASSPHRASE)
    await migrate_host(old)
    assert old.run(*PAIR).returncode == 0
    assert "No backup has been made yet" in refusal(old.run("drill"))
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "fireside-20200101T000000Z.backup").write_text("an old one")
    made = old.run("backup", folder, "--keep", "1")
    assert (made.returncode, made.stderr.count("\n")) == (0, 1), made.stderr
    assert "encrypted. It was read back, and is whole." in made.stdout
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert b"Nour" not in file.read_bytes()
    assert old.run(*(each.replace("nour", "max").replace("Nour", "Max") for each in PAIR)).returncode == 0

    tried = old.run("drill")
    assert (tried.returncode, tried.stdout.startswith(f"{file} can be restored")) == (0, True), tried
    reports = await old.reports()
    assert {work: (each.finding, each.file) for work, each in reports.items()} == dict.fromkeys(
        BackupWork, (BackupFinding.HOLDS, str(file))
    )
    assert reports[BackupWork.DRILL].made_at == reports[BackupWork.BACKUP].made_at
    assert [path.name for path in old.data.glob("scratch-*")] == []

    restored = new.run("restore", file)
    assert restored.returncode == 0, restored.stderr
    assert "The ledger is intact" in restored.stdout
    assert "erased are here again" in restored.stdout
    assert await new.names() == ["Nour", "Li"]
    assert (new.data / "secret").read_text() == (old.data / "secret").read_text()
    assert open_to_others(new.data) == []
    assert "Nothing was changed" in refusal(new.run("restore", file))


async def migrate_host(host: Host) -> None:
    database = Database(host.url)
    await migrate(database)
    await database.close()


async def test_a_wrong_passphrase_another_secret_and_a_newer_schema_are_refused(new_host, tmp_path):
    old, new = await new_host("old"), await new_host("new")
    await migrate_host(old)
    database = Database(old.url)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    assert "not encrypted" in old.run("backup", tmp_path / "newer").stdout
    assert "has the schema 9999" in refusal(new.run("restore", tmp_path / "newer"))
    database = Database(old.url)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": NEWEST})
    await database.close()
    assert old.run("backup", tmp_path / "sealed", **PASSPHRASE).returncode == 0
    assert "There is a file" in refusal(old.run("backup", tmp_path / "sealed", **PASSPHRASE))
    assert "is encrypted. Give its passphrase" in refusal(new.run("restore", tmp_path / "sealed"))
    other = {"FIRESIDE_BACKUP_PASSPHRASE": "a passphrase of another host"}
    assert "cannot be decrypted" in refusal(new.run("restore", tmp_path / "sealed", **other))
    secret = {"FIRESIDE_SECRET": "x" * 32}
    assert "another secret than the one in FIRESIDE_SECRET" in refusal(
        new.run("restore", tmp_path / "sealed", **PASSPHRASE, **secret)
    )
    assert [path.name for path in new.data.iterdir()] == ["run"], "nothing was made"
    reports = await old.reports()
    assert (reports[BackupWork.BACKUP].finding, reports[BackupWork.BACKUP].file) == (
        BackupFinding.FAILED,
        str(tmp_path / "sealed"),
    )


async def test_a_drill_says_what_is_wrong_with_the_newest_backup(new_host, tmp_path):
    host = await new_host("host")
    await migrate_host(host)
    file = tmp_path / "backup"
    assert host.run("backup", file).returncode == 0
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    tried = host.run("drill")
    assert (tried.returncode, "is damaged" in tried.stdout) == (1, True)
    assert (await host.reports())[BackupWork.DRILL].finding is BackupFinding.UNREADABLE
    file.unlink()
    assert (host.run("drill").returncode, (await host.reports())[BackupWork.DRILL].finding) == (1, BackupFinding.GONE)
    database = Database(host.url)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE ledger_head SET entries = 1"))
    await database.close()
    assert host.run("backup", file).returncode == 0
    tried = host.run("drill")
    assert (tried.returncode, "Entries are missing at the end" in tried.stdout) == (1, True)
    assert (await host.reports())[BackupWork.DRILL].finding is BackupFinding.LEDGER


def test_a_backup_of_the_other_kind_of_database_and_what_is_no_backup_are_refused(tmp_path, migrated):
    data, new = tmp_path / "data", tmp_path / "new"
    data.mkdir()
    shutil.copy(migrated, data)
    assert fireside(data, "backup", str(tmp_path / "backup")).returncode == 0
    url = {"FIRESIDE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    assert "cannot be reached" in refusal(fireside(new, "restore", str(tmp_path / "backup"), **url))
    (tmp_path / "other").write_text("no backup")
    assert "is damaged, or no backup" in refusal(fireside(new, "restore", str(tmp_path / "other")))
    assert "There is no file" in refusal(fireside(new, "restore", str(tmp_path / "none")))
    assert "There is no folder" in refusal(fireside(data, "backup", str(tmp_path / "none" / "backup")))
    assert "--keep is for a folder" in refusal(fireside(data, "backup", str(tmp_path / "b2"), "--keep", "2"))


def test_an_older_schema_is_backed_up_before_it_is_migrated_and_restored_with_the_newest(tmp_path):
    """As before an upgrade."""
    data = tmp_path / "data"
    data.mkdir()
    asyncio.run(migrate(Database(f"sqlite+aiosqlite:///{data / 'fireside.sqlite3'}"), "0010"))
    assert fireside(data, "backup", str(tmp_path / "backup")).returncode == 0
    assert fireside(tmp_path / "new", "restore", str(tmp_path / "backup")).returncode == 0
    with closing(sqlite3.connect(tmp_path / "new" / "fireside.sqlite3")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (NEWEST,)


def damage(file: Path) -> None:
    """Overwrites the beginning of its last 20 pages."""
    content = bytearray(file.read_bytes())
    for page in range(len(content) // 4096 - 20, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    file.write_bytes(content)


async def test_a_damaged_database_is_not_backed_up(tmp_path, migrated):
    file = shutil.copy(migrated, tmp_path / "fireside.sqlite3")
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.writing() as connection:
        for number in range(2000):
            row = {"hash": f"{number:064}", "language": "en", "text": "words " * 20}
            await connection.execute(insert(wordings), row)
    await database.close()
    damage(file)
    assert "is damaged" in refusal(fireside(tmp_path, "backup", str(tmp_path / "backup")))
    assert "backup" not in os.listdir(tmp_path)
