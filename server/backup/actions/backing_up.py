"""Making a backup while everything runs: whole and read back, or not at all."""

import asyncio
import errno
import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from server.backup.archive import digest_of, read_archive, write_archive
from server.backup.postgresql_copy import copy_postgresql
from server.backup.rules import (
    FORMAT,
    NAME,
    NAMES,
    SECRET,
    BackupFinding,
    BackupProblem,
    BackupReport,
    BackupWork,
    Engine,
    Manifest,
)
from server.backup.scratch import part_file, scratch_folder, sync_folder
from server.backup.sqlite_copy import Copied, copy_sqlite
from server.backup.store import keep_report, read_reports
from server.db.database import Database, Unavailable
from server.db.schema import NEWEST, current_version
from server.db.url import sqlite_file
from server.secret import secret_text

NOTED_WITHIN_S, NOTED_AGAIN_S = 60.0, 0.5


@dataclass(frozen=True, slots=True)
class HostState:
    """Where this host's state is. `secret` is the one in the settings, if any; without a passphrase nothing is
    encrypted."""

    database_url: str
    data: Path
    secret: str
    passphrase: str

    @property
    def engine(self) -> Engine:
        return Engine.SQLITE if sqlite_file(self.database_url) else Engine.POSTGRESQL


async def make_backup(host: HostState, target: Path, keep: int | None, now: datetime) -> tuple[Path, Manifest]:
    """Writes a backup to a new file, or with a name of its own into a folder that exists; all that was committed before
    `now` is in it.

    In a folder, only the newest `keep` backups are left. How it ended is kept for the start page, also when it failed.
    Raises BackupProblem, Unavailable or OSError; then there is no new file, unless only that could not be kept.
    """
    try:
        file, manifest = await _make(host, target, keep, now)
    except (BackupProblem, Unavailable, OSError) as error:
        await _note_failure(host, str(error), now)
        raise
    report = BackupReport(BackupWork.BACKUP, datetime.now(UTC), BackupFinding.HOLDS, str(file.absolute()), now)
    await _note_patiently(host, report)
    return file, manifest


def remove_old(folder: Path, keep: int) -> None:
    """Removes all backups but the newest ones. Their names sort by their time. Raises OSError."""
    for file in sorted(folder.glob(NAMES))[:-keep]:
        file.unlink()


async def _make(host: HostState, target: Path, keep: int | None, now: datetime) -> tuple[Path, Manifest]:
    file = _new_file(target, keep, now)
    try:
        with scratch_folder(host.data) as scratch:
            copied = await _copy(host, scratch / host.engine.member)
            (scratch / SECRET).write_text(secret_text(host.secret, host.data))
            manifest = await asyncio.to_thread(_write, host, scratch, file, copied, now)
            if keep is not None:
                remove_old(target, keep)
            return file, manifest
    except sqlite3.Error as error:
        raise BackupProblem(f"The database could not be copied into {host.data.absolute()}: {error}.") from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise BackupProblem(
            f"There is not enough room: {host.data.absolute()} needs as much as the database for a while, and "
            f"{file.parent.absolute()} as much as the backup."
        ) from None


def _new_file(target: Path, keep: int | None, now: datetime) -> Path:
    if keep is not None and not target.is_dir():
        raise BackupProblem(f"--keep is for a folder, and {target} is none. Nothing was changed.")
    file = target / NAME.format(now.astimezone(UTC)) if target.is_dir() else target
    if file.exists():
        raise BackupProblem(f"There is a file {file} already. Nothing was changed. Name a new one, or a folder.")
    if not file.parent.is_dir():
        raise BackupProblem(f"There is no folder {file.parent}. Run: mkdir -p {file.parent}")
    return file


async def _copy(host: HostState, target: Path) -> Copied:
    source = sqlite_file(host.database_url)
    if source is None:
        return await copy_postgresql(host.database_url, target)
    return await asyncio.to_thread(copy_sqlite, source, target)


def _write(host: HostState, scratch: Path, file: Path, copied: Copied, now: datetime) -> Manifest:
    files = {name: scratch / name for name in (SECRET, host.engine.member)}
    manifest = Manifest(
        format=FORMAT,
        made_at=now,
        version=version("fireside"),
        engine=host.engine,
        schema=copied.schema,
        rows=copied.rows,
        digests={name: digest_of(path) for name, path in files.items()},
    )
    with part_file(file.parent) as (part, opened):
        write_archive(opened, manifest, files, host.passphrase)
        opened.flush()
        os.fsync(opened.fileno())
        if read_archive(part, host.passphrase) != manifest:
            raise BackupProblem("What was written could not be read back as it was. No backup was made; try again.")
        part.rename(file)
    sync_folder(file.parent)
    return manifest


async def _note_failure(host: HostState, reason: str, now: datetime) -> None:
    """Beside the backup from before, which is still the newest one."""
    database = Database(host.database_url)
    try:
        async with database.reading() as connection:
            before = (await read_reports(connection)).get(BackupWork.BACKUP) if await _is_newest(database) else None
    except Unavailable:
        return
    finally:
        await database.close()
    file, made_at = (before.file, before.made_at) if before else ("", None)
    await _note(host, BackupReport(BackupWork.BACKUP, now, BackupFinding.FAILED, file, made_at, reason))


async def _note_patiently(host: HostState, report: BackupReport) -> None:
    """Others may write so much that the database is not free within its own time limit: that makes a whole backup no
    failed one. Raises Unavailable after NOTED_WITHIN_S."""
    loop = asyncio.get_running_loop()
    until = loop.time() + NOTED_WITHIN_S
    while True:
        try:
            return await _note(host, report)
        except Unavailable:
            if loop.time() > until:
                raise
            await asyncio.sleep(NOTED_AGAIN_S)


async def _note(host: HostState, report: BackupReport) -> None:
    """Not in a database that is to be migrated yet: a backup is made before that."""
    database = Database(host.database_url)
    try:
        if await _is_newest(database):
            async with database.writing() as connection:
                await keep_report(connection, report)
    finally:
        await database.close()


async def _is_newest(database: Database) -> bool:
    return await current_version(database) == NEWEST
