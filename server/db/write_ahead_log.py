"""SQLite's write-ahead log, beside the database file. When it is deleted, SQLite goes on writing without an error."""

from pathlib import Path
from typing import Any


class WriteAheadLogMissing(Exception):
    """The log that the open connections write to is no longer the one in the folder: a commit could be lost."""


class WriteAheadLog:
    """Knows the log that all open connections share."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._inode: int | None = None
        self._open = 0

    def opened(self, connection: Any, record: object) -> None:
        """Notes a new connection. Raises WriteAheadLogMissing when it has another log than those before it."""
        cursor = connection.cursor()
        cursor.execute("PRAGMA database_list")
        file = cursor.fetchone()[2]
        # SQLite opens the log with the first read of the database.
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
        """Closes a connection that comes back to the pool and writes to a log that is gone."""
        if self._present() != self._inode:
            record.invalidate()

    def closed(self, connection: object, record: object) -> None:
        """Notes the end of a connection."""
        self._open -= 1

    def check(self) -> None:
        """Raises WriteAheadLogMissing."""
        if self._present() != self._inode:
            raise WriteAheadLogMissing("the database's write-ahead log was deleted or replaced")

    def _present(self) -> int | None:
        try:
            return self._path.stat().st_ino if self._path else None
        except FileNotFoundError:
            return None
