"""What a backup says of itself, whether it may be restored, and what was found when that was tried. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

FORMAT = 1
MANIFEST, SECRET = "manifest.json", "secret"
NAME = "fireside-{:%Y%m%dT%H%M%SZ}.backup"
NAMES = "fireside-*.backup"
# A backup a day, with room for a machine that was off for one.
BACKUP_LASTS = timedelta(days=2)
DRILL_EVERY = timedelta(days=7)
LONGEST_REASON = 300


class BackupProblem(Exception):
    """Why a backup was not made, or not restored, and what helps: in one or two sentences for the admin."""


class BackupUnreadable(BackupProblem):
    """The file is no backup, it is damaged, or the passphrase is another one."""


class Engine(StrEnum):
    """Which database a backup is of; `member` is the name of its file within the backup."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"

    @property
    def member(self) -> str:
        return {Engine.SQLITE: "database.sqlite3", Engine.POSTGRESQL: "database.dump"}[self]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first entry of a backup. `rows` are counts by table, `digests` SHA-256 in hex by the name of the entry.

    Everything that was committed before `made_at` is in the backup. `version` is Fireside's, `schema` the database's.
    """

    format: int
    made_at: datetime
    version: str
    engine: Engine
    schema: str
    rows: dict[str, int]
    digests: dict[str, str]


class BackupWork(StrEnum):
    BACKUP = "backup"
    DRILL = "drill"


class BackupFinding(StrEnum):
    """How making a backup, or restoring one to try it, ended."""

    HOLDS = "holds"
    LEDGER = "ledger"
    UNREADABLE = "unreadable"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """How the work ended at `at`, and of which file; `made_at` is the moment at which that backup stands.

    Of a backup that failed, both are those of the last one that did not. `reason` says more, in English.
    """

    work: BackupWork
    at: datetime
    finding: BackupFinding
    file: str = ""
    made_at: datetime | None = None
    reason: str = ""


def encode_manifest(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest))


def decode_manifest(text: bytes) -> Manifest:
    """Raises BackupUnreadable."""
    try:
        number = msgspec.json.decode(text, type=_Numbered).format
        if number > FORMAT:
            raise BackupUnreadable(f"This backup has format {number}, which a newer version of Fireside has made.")
        return msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupUnreadable(f"This file is no backup that Fireside has made: {error}.") from None


class _Numbered(msgspec.Struct):
    format: int


def check_restorable(manifest: Manifest, engine: Engine, newest: str) -> None:
    """Raises BackupProblem when the backup is of the other kind of database, or of a schema after `newest`."""
    if manifest.schema > newest:
        raise BackupProblem(
            f"The backup has the schema {manifest.schema}, which a newer version of Fireside has made: this one knows "
            f"up to {newest}. Restore it with that version, {manifest.version}."
        )
    if manifest.engine is not engine:
        raise BackupProblem(
            f"The backup is of a database of {manifest.engine}, and FIRESIDE_DATABASE_URL names one of {engine}. "
            "Name an empty database of the same kind."
        )


def is_drill_due(backup: BackupReport | None, drill: BackupReport | None, now: datetime) -> bool:
    """Whether the newest backup is to be tried: each week, and after a backup that is newer than one that failed."""
    if backup is None or backup.made_at is None:
        return False
    if drill is None or now - drill.at >= DRILL_EVERY:
        return True
    return drill.finding is not BackupFinding.HOLDS and drill.made_at != backup.made_at
