"""Copies of an SQLite database, by SQLite's own backup."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from server.backup.rules import BackupProblem, BackupUnreadable

BUSY_TIMEOUT_S = 30.0
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


@dataclass(frozen=True, slots=True)
class Copied:
    """The schema and the number of rows of each table, as they are in the copy."""

    schema: str
    rows: dict[str, int]


def copy_sqlite(source: Path, target: Path) -> Copied:
    """Copies the database as it is at one moment, while others write: everything that was committed before is in it.

    In one step, so in one transaction: a copy in several begins again whenever somebody writes between. The new file
    needs no other beside it. Raises BackupProblem or sqlite3.Error.
    """
    with closing(_open(source, "ro")) as reading, closing(_open(target, "rwc")) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    return examine_sqlite(target)


def examine_sqlite(file: Path) -> Copied:
    """Raises BackupUnreadable when the file is damaged, or BackupProblem when it is no database of Fireside."""
    try:
        with closing(_open(file, "ro")) as reading:
            found = [str(row[0]) for row in reading.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise BackupUnreadable(f"The database is damaged: {found[0]}. Restore the backup from before.")
            tables = [row[0] for row in reading.execute(TABLES)]
            if "alembic_version" not in tables:
                raise BackupProblem("There is nothing to back up: the database is empty. Run: fireside migrate")
            (schema,) = reading.execute("SELECT version_num FROM alembic_version").fetchone()
            rows = {
                # The names are those of the database's own tables.
                table: reading.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 see above
                for table in tables
            }
    except sqlite3.DatabaseError as error:
        raise BackupUnreadable(f"The database is damaged: {error}.") from None
    return Copied(schema, rows)


def _open(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT_S)
    connection.isolation_level = None
    return connection
