"""SQLite's write-ahead log, beside the database file: SQLite says nothing when it was deleted, and goes on writing."""

from pathlib import Path
from typing import Any


class LogGone(Exception):
    """The log that the open connections write to is not the one in the folder any more: a commit could be lost."""


class WriteAheadLog:
    """Knows the log that all open connections share."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._inode: int | None = None
        self._open = 0

    def opened(self, connection: Any, record: object) -> None:
        """A connection is there. Raises LogGone when it has another log than those before it."""
        cursor = connection.cursor()
        cursor.execute("PRAGMA database_list")
        file = cursor.fetchone()[2]
        # The log is opened with the first look into the database.
        cursor.execute("SELECT count(*) FROM sqlite_master")
        cursor.close()
        if not self._open:
            self._path = Path(f"{file}-wal") if file else None
            self._inode = self._present()
        elif self._present() != self._inode:
            connection.close()
            self.check()
        self._open += 1

    def returned(self, connection: object, record: Any) -> None:
        """A connection is not needed now. One that writes to a log that is gone is closed."""
        if self._present() != self._inode:
            record.invalidate()

    def closed(self, connection: object, record: object) -> None:
        """A connection is gone."""
        self._open -= 1

    def check(self) -> None:
        """Raises LogGone."""
        if self._present() != self._inode:
            raise LogGone("the database's write-ahead log was deleted or replaced")

    def _present(self) -> int | None:
        try:
            return self._path.stat().st_ino if self._path else None
        except FileNotFoundError:
            return None
