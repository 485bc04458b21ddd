"""The suite's logs: all that its servers log, here and in processes of their own, is searched for what is private.

What is private is gathered as the tests store it: names, numbers, notes, and what people said. An email address and a
secret of 256 bits are known by their form. The search is at the end of the session: its error stands at the last test.
"""

import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any

import pytest
from sqlalchemy import Engine, event

from server.logs import FORMAT, PrivateFormatter

NAMES, NUMBERS, TEXTS = ("name",), ("phone",), ("note", "words", "needs", "url")
# The columns of people's own words in a database file.
STORED = ("SELECT name FROM people", "SELECT phone FROM people", "SELECT needs FROM people", "SELECT note FROM offers")
# Shorter ones would be found in anything.
SHORTEST_NAME, SHORTEST_NUMBER, SHORTEST_TEXT = 3, 7, 8
NO_PERSON = {"Admin"}
# Not the user and the host of a database's or mail server's URL.
ADDRESS = re.compile(r"""(?<!://)(?<![^\s<>"'(),;:=\[\]{}/])[^\s<>"'(),;:=\[\]{}/]+@[^\s<>"'(),;:=\[\]{}/]+\.\w+""")
SECRET = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])")
MOST_SHOWN = 20


def own_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What our own code has logged in this test. asyncio may log meanwhile what an earlier test left open."""
    return [record for record in caplog.records if record.name.partition(".")[0] in ("server", "signaling")]


@dataclass
class Private:
    """What the tests have stored about people."""

    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add_name(self, name: str) -> None:
        """The whole name, and the first word, which pages and emails say."""
        self.names |= {
            each
            for each in (name, name.partition(" ")[0])
            if len(each) >= SHORTEST_NAME and each[0].isupper() and each not in NO_PERSON
        }

    def add_number(self, number: str) -> None:
        digits = re.sub(r"\D", "", number)
        if len(digits) >= SHORTEST_NUMBER:
            self.numbers.add(digits)

    def add_text(self, text: str) -> None:
        self.texts |= {line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST_TEXT}

    def add_row(self, values: dict[str, Any]) -> None:
        """What a statement stores, by column."""
        for columns, add in ((NAMES, self.add_name), (NUMBERS, self.add_number), (TEXTS, self.add_text)):
            for column in columns:
                if isinstance(values.get(column), str):
                    add(values[column])

    def add_file(self, file: Path) -> None:
        """What an SQLite database holds that another process wrote."""
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
            for query, add in zip(STORED, (self.add_name, self.add_number, self.add_text, self.add_text), strict=True):
                for (value,) in connection.execute(query):
                    add(value)

    def found_in(self, lines: Iterable[str]) -> list[str]:
        """The lines that say anything of it."""
        words = "|".join(map(re.escape, sorted(self.names, key=len, reverse=True)))
        known = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None
        numbers = [re.compile(r"\D{0,3}".join(digits)) for digits in self.numbers]
        searches = [search for search in (ADDRESS, SECRET, known, *numbers) if search]
        return [
            line
            for line in lines
            if any(search.search(line) for search in searches) or any(text in line for text in self.texts)
        ]


class SuiteLogs:
    """The logs of this session, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.private = Private()
        self._folder = folder
        self._numbers = count(1)
        self._handler = logging.FileHandler(folder / "in-process", encoding="utf-8")
        self._handler.setFormatter(PrivateFormatter(FORMAT))

    def start(self) -> None:
        """From now on, all that is logged in this process is kept, as much of it as the server keeps."""
        logging.getLogger().addHandler(self._handler)
        for name in ("server", "signaling.hub"):
            logging.getLogger(name).setLevel(logging.INFO)
        event.listen(Engine, "before_cursor_execute", self._note)

    def stop(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def open(self) -> IO[bytes]:
        """A new file, for the stderr of a process."""
        return (self._folder / f"process-{next(self._numbers)}").open("wb")

    def found(self) -> list[str]:
        """The lines that hold anything private."""
        files = sorted(self._folder.iterdir())
        return [
            f"{file.name}: {line}"
            for file in files
            for line in self.private.found_in(file.read_text(errors="replace").splitlines())
        ]

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if context is not None and context.compiled is not None and (context.isinsert or context.isupdate):
            for values in context.compiled_parameters:
                self.private.add_row(values)


current: SuiteLogs | None = None


def open_log(folder: Path) -> IO[bytes]:
    """A new file for the stderr of a process; outside of a session, in this folder."""
    if current is not None:
        return current.open()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (folder / "stderr").open("wb")


def note_database(file: Path) -> None:
    """Looks in the logs also for what this SQLite database holds, which another process wrote."""
    if current is not None and file.exists():
        current.private.add_file(file)


@pytest.fixture(scope="session", autouse=True)
def nothing_private_is_logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set up before all others, so that it searches after all of them have ended."""
    global current
    current = SuiteLogs(tmp_path_factory.mktemp("logs"))
    current.start()
    yield
    current.stop()
    found = current.found()
    if found:
        pytest.fail(
            "\n".join([f"{len(found)} lines of the log are private:", *map(str, found[:MOST_SHOWN])]), pytrace=False
        )
