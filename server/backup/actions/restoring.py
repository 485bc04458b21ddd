"""Restoring a backup: into an empty place, or into a scratch database to see whether it would work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.backup.actions.backing_up import HostState
from server.backup.archive import read_archive
from server.backup.postgresql_copy import is_empty, restore_postgresql, scratch_database
from server.backup.rules import (
    SECRET,
    BackupFinding,
    BackupProblem,
    BackupReport,
    BackupUnreadable,
    BackupWork,
    Engine,
    Manifest,
    check_restorable,
)
from server.backup.scratch import scratch_folder, sync_folder
from server.backup.sqlite_copy import examine_sqlite
from server.backup.store import keep_report, read_reports
from server.catchups.queries.ledger import LedgerVerdict, verify
from server.db.database import Database, Unavailable
from server.db.schema import NEWEST, migrate
from server.db.url import sqlite_file
from server.secret import find_secret, keep_secret


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """What the backup said of itself, and what the ledger in it says."""

    manifest: Manifest
    verdict: LedgerVerdict


async def restore_backup(host: HostState, file: Path) -> RestoredBackup:
    """Makes the database and the secret as they were, where there is none, with the newest schema.

    Nobody may serve the data folder. Raises BackupProblem, SchemaTooNew, Unavailable or OSError; then nothing was
    changed, except that the secret may be there already.
    """
    await _check_nothing_there(host)
    target = sqlite_file(host.database_url)
    async with _unpacked(host, file, target.parent if target else host.data) as (manifest, folder):
        _check_secret(host, folder)
        if target is None:
            _keep_secret(host, folder)
            return RestoredBackup(manifest, await _restore_into(host.database_url, folder, manifest))
        restored = folder / manifest.engine.member
        verdict = await _restore_into(_url_of(restored), folder, manifest)
        _keep_secret(host, folder)
        restored.rename(target)
        sync_folder(target.parent)
    return RestoredBackup(manifest, verdict)


async def try_backup(host: HostState, file: Path | None, now: datetime) -> BackupReport:
    """Restores a backup, the newest unless another is named, into a scratch database, and keeps how it ended.

    Raises BackupProblem when there is none to try, or Unavailable.
    """
    database = Database(host.database_url)
    try:
        made_at = None
        if file is None:
            async with database.reading() as connection:
                backup = (await read_reports(connection)).get(BackupWork.BACKUP)
            if backup is None or backup.made_at is None:
                raise BackupProblem("No backup has been made yet. Run: fireside backup FOLDER")
            file, made_at = Path(backup.file), backup.made_at
        finding, reason, found_at = await _try(host, file)
        report = BackupReport(BackupWork.DRILL, now, finding, str(file.absolute()), found_at or made_at, reason)
        async with database.writing() as connection:
            await keep_report(connection, report)
    finally:
        await database.close()
    return report


async def _try(host: HostState, file: Path) -> tuple[BackupFinding, str, datetime | None]:
    """What was found, why in words, and at which moment the backup stands."""
    if not await asyncio.to_thread(file.exists):
        return BackupFinding.GONE, f"There is no file {file}.", None
    made_at = None
    try:
        async with _unpacked(host, file, host.data) as (manifest, folder):
            made_at = manifest.made_at
            _check_secret(host, folder)
            if manifest.engine is Engine.SQLITE:
                verdict = await _restore_into(_url_of(folder / manifest.engine.member), folder, manifest)
            else:
                async with scratch_database(host.database_url) as url:
                    verdict = await _restore_into(url, folder, manifest)
    except BackupUnreadable as problem:
        return BackupFinding.UNREADABLE, str(problem), made_at
    except (BackupProblem, Unavailable, OSError) as problem:
        return BackupFinding.FAILED, str(problem), made_at
    return BackupFinding.HOLDS if verdict.holds else BackupFinding.LEDGER, str(verdict.said), made_at


@asynccontextmanager
async def _unpacked(host: HostState, file: Path, within: Path) -> AsyncIterator[tuple[Manifest, Path]]:
    """The manifest, and a folder with the other entries, which is removed at the end."""

    def accept(manifest: Manifest) -> None:
        check_restorable(manifest, host.engine, NEWEST)

    with scratch_folder(within) as folder:
        yield await asyncio.to_thread(read_archive, file, host.passphrase, folder, accept), folder


async def _check_nothing_there(host: HostState) -> None:
    """Raises BackupProblem."""
    target = sqlite_file(host.database_url)
    if target is None:
        if not await is_empty(host.database_url):
            raise BackupProblem(
                "The database in FIRESIDE_DATABASE_URL is not empty. Nothing was changed. Name a new one, which this "
                "makes: createdb NAME"
            )
        return
    if there := [path for end in ("", "-wal", "-shm") if (path := target.with_name(target.name + end)).exists()]:
        raise BackupProblem(
            f"There is a database at {target}. Nothing was changed. If it may go, move it out of the way first: "
            f"mv {' '.join(map(str, there))} {target.parent.parent}"
        )


def _check_secret(host: HostState, folder: Path) -> None:
    """Raises BackupProblem."""
    there = find_secret(host.secret, host.data)
    if there is not None and there != (folder / SECRET).read_text():
        where = "in FIRESIDE_SECRET" if host.secret else f"in {host.data.absolute() / SECRET}"
        raise BackupProblem(
            f"The backup was made with another secret than the one {where}: what is kept of catch-ups could not be "
            "read with that. Nothing was changed. Take it away first."
        )


def _keep_secret(host: HostState, folder: Path) -> None:
    if not host.secret:
        keep_secret((folder / SECRET).read_text(), host.data)


async def _restore_into(url: str, folder: Path, manifest: Manifest) -> LedgerVerdict:
    """An SQLite file is there already. Raises BackupUnreadable when there are other rows in it than were counted."""
    member = folder / manifest.engine.member
    if manifest.engine is Engine.SQLITE:
        copied = await asyncio.to_thread(examine_sqlite, member)
    else:
        copied = await restore_postgresql(member, url)
    if (copied.schema, copied.rows) != (manifest.schema, manifest.rows):
        tables = sorted(
            name for name in manifest.rows | copied.rows if manifest.rows.get(name) != copied.rows.get(name)
        )
        raise BackupUnreadable(f"After restoring, there are not as many rows as were counted: {', '.join(tables)}.")
    database = Database(url)
    try:
        await migrate(database)
        return await verify(database)
    finally:
        await database.close()


def _url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file.absolute()}"
