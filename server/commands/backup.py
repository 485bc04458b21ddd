"""`fireside backup`, `restore` and `drill`: makes a backup while everything runs, restores one, or tries whether that
would work."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime
from pathlib import Path

from server.backup.actions.backing_up import HostState, make_backup
from server.backup.actions.restoring import restore_backup, try_backup
from server.backup.rules import BackupFinding, BackupReport, Manifest
from server.config import Settings
from server.folder_lock import lock_folder

SINCE = """\
What happened since then is not in it. So, if it happened since then:
- people who were erased are here again: erase them again, with fireside admin erase EMAIL;
- links and browsers that were ended are valid again: end them again, with fireside admin revoke EMAIL;
- a head of the ledger that was handed out does not match."""


def add_backup_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "target", type=Path, metavar="FILE|FOLDER", help="A new file, or a folder where the backup gets its own name."
    )
    parser.add_argument(
        "--keep", type=_count, metavar="NUMBER", help="How many backups are left in the folder; older ones are removed."
    )


def add_restore_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="The backup.")


def add_drill_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="The backup. Without it: the newest one.")


async def run_backup(arguments: Namespace, settings: Settings) -> int:
    """Raises BackupProblem, Unavailable or OSError."""
    file, manifest = await make_backup(host_of(settings), arguments.target, arguments.keep, datetime.now(UTC))
    sealed = "encrypted" if settings.backup_passphrase else "not encrypted: anybody who has it can read everything"
    print(f"{file}: {_said(manifest)}, {sealed}. It was read back, and is whole.")
    return 0


async def run_restore(arguments: Namespace, settings: Settings) -> int:
    """Raises FolderInUse, BackupProblem, Unavailable or OSError."""
    lock = await lock_folder(settings.data)
    try:
        restored = await restore_backup(host_of(settings), arguments.file)
    finally:
        lock.release()
    print(f"Restored: {_said(restored.manifest)}. {restored.verdict.said}")
    print(SINCE)
    return 0 if restored.verdict.holds else 1


async def run_drill(arguments: Namespace, settings: Settings) -> int:
    """Raises BackupProblem or Unavailable."""
    report = await try_backup(host_of(settings), arguments.file, datetime.now(UTC))
    print(_said_of_drill(report))
    return 0 if report.finding is BackupFinding.HOLDS else 1


def host_of(settings: Settings) -> HostState:
    return HostState(settings.database_url, settings.data, settings.secret, settings.backup_passphrase)


def _said(manifest: Manifest) -> str:
    rows = sum(manifest.rows.values())
    return f"{rows:,} rows in {len(manifest.rows)} tables as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"


def _said_of_drill(report: BackupReport) -> str:
    if report.finding is BackupFinding.HOLDS:
        return f"{report.file} can be restored, with all of its rows. {report.reason}"
    return f"{report.file} cannot be relied on. {report.reason}"


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} cannot be used. Allowed: 1 or more.")
    return int(text)
