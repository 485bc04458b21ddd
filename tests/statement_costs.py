"""What each SQL statement costs on a database with a long history. No page, verb or job may read all of it.

Every statement that a test of the product runs on SQLite is recorded, and run once more on a copy of a large database.
SQLite counts the steps of its virtual machine; a statement that walks through a table or an index needs more than the
rows that it finds can explain.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from greenlet import getcurrent
from sqlalchemy import Connection, Engine, create_engine, event

from server.db.tables import metadata
from tests.long_history import write_long_history

CATCHUPS = 4_000
ROOT = f"{Path(__file__).parents[1]}/"
# What runs statements for others.
BETWEEN = (__file__, f"{ROOT}.venv/", f"{ROOT}server/db/sqlite_reading.py")
# A statement may take this many steps, and this many for each row that it returns or changes.
STEPS = 3_000
STEPS_A_ROW = 150
COUNTED = 100

# What reads everything on purpose, by a part of the statement that no other one has.
READS_ALL = (
    # The session history: counts of each state, and of pairs, to 10,000 at most, and so many rows by name.
    "AS counted",
    'ORDER BY anon_1."key", anon_1.at DESC',
    # The offers of four weeks that nobody answered, until the list is full.
    "offers AS later",
    # Its rows by how long an answer took, until a page is full.
    "strftime('%s'",
    # Its rows by a medium, or by a name of more than 2,000 pairs, until a page is full.
    "bookings.medium = '",
    "offers.by_video IS 1",
    "offers.by_phone IS 1",
    'its_keys."key"',
    # Its rows of up to 2,000 pairs of a name: all of theirs, once for each state.
    "catchups.mentorship_id IN (?, ",
    # People of a name that more than 2,000 have, until a page is full.
    "AS of_many",
    # All people of an export.
    "WITH pairs AS",
    # What was sent to a webhook in 30 days goes with it.
    "DELETE FROM webhooks WHERE",
)


class StatementCosts:
    """Records statements, and says which of those that are new cost too much."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._new: dict[str, Any] = {}
        self._checked: set[str] = set()
        self._large: sqlite3.Connection | None = None

    def record(
        self, connection: Connection, _: object, statement: str, parameters: Any, __: object, many: bool
    ) -> None:
        """Listens to before_cursor_execute of all engines. Statements of tests and migrations are left out."""
        if _asked_by() != "server":
            return
        self.note(connection, statement, parameters, many)

    def note(self, connection: Connection, statement: str, parameters: Any, many: bool = False) -> None:
        """Has the statement checked next time, unless it was before."""
        if connection.dialect.name != "sqlite" or statement in self._checked or statement in self._new:
            return
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"):
            # What writes many rows in one statement has all of their parameters in one row.
            rows = many and parameters and isinstance(parameters[0], tuple | list | dict)
            self._new[statement] = parameters[0] if rows else parameters

    def too_costly(self) -> list[str]:
        """The new statements that take too many steps, each with its plan."""
        found = []
        while self._new:
            statement, parameters = self._new.popitem()
            self._checked.add(statement)
            if "alembic_version" in statement or "sqlite_master" in statement:
                continue
            if not any(part in statement for part in READS_ALL):
                found += self._check(statement, parameters)
        return found

    def _check(self, statement: str, parameters: Any) -> list[str]:
        large = self._large = self._large or _opened(self._file)
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += COUNTED
            return 0

        large.execute("BEGIN")
        large.set_progress_handler(count, COUNTED)
        try:
            cursor = large.execute(statement, parameters)
            rows = len(cursor.fetchall()) or max(cursor.rowcount, 0)
        except sqlite3.IntegrityError:
            # Rows of the test are not here; how SQLite finds what it needs was counted before that.
            rows = 1
        except sqlite3.OperationalError:
            # The statement is about a table of an older or of an invented schema.
            return []
        finally:
            large.set_progress_handler(None, COUNTED)
            large.execute("ROLLBACK")
        if steps <= STEPS + STEPS_A_ROW * rows:
            return []
        plan = [row[-1] for row in large.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        return [f"{steps} steps for {rows} rows:\n{statement}\n" + "\n".join(plan)]

    def close(self) -> None:
        if self._large is not None:
            self._large.close()


@contextmanager
def statement_costs(file: Path) -> Iterator[StatementCosts]:
    """Records the statements of all engines until the block ends. `file` is a copy of a large database."""
    costs = StatementCosts(file)
    event.listen(Engine, "before_cursor_execute", costs.record)
    yield costs
    event.remove(Engine, "before_cursor_execute", costs.record)
    costs.close()


def _asked_by() -> str:
    """The top-level folder of the code that runs the statement.

    SQLAlchemy's own code runs in a greenlet of its own, and so does what it is given to run there, such as a migration.
    """
    parent = getcurrent().parent
    outer = parent.gr_frame if parent is not None else None
    return _folder_of(sys._getframe()) or _folder_of(outer)


def _folder_of(frame: FrameType | None) -> str:
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(ROOT) and not file.startswith(BETWEEN):
            return file.removeprefix(ROOT).partition("/")[0]
        frame = frame.f_back
    return ""


def write_large_database(file: Path) -> None:
    """Makes a database with the newest schema and a long history, and statistics over it."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        metadata.create_all(connection)
        write_long_history(connection, CATCHUPS, datetime.now(UTC))
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _opened(file: Path) -> sqlite3.Connection:
    large = sqlite3.connect(file, isolation_level=None)
    large.execute("PRAGMA foreign_keys = ON")
    return large
