"""Whether a link could be opened now, found out in the background: to ask for it costs nothing."""

import asyncio
import logging
import time
from glob import iglob

from server.db.database import Database, Unavailable
from server.i18n.catalog import ENGLISH, LANGUAGES, catalog_file
from server.resources import resource_folder

EVERY_S = 5.0
WITHIN_S = 3.0
# Of each kind there is at least one file, unless its folder or the whole kind was left out.
NEEDED = (
    ("templates", "**/*.html"),
    ("templates", "**/*.email"),
    ("static", "**/*.css"),
    ("static", "**/*.js"),
    ("migrations", "env.py"),
    ("migrations", "versions/*.py"),
)

log = logging.getLogger(__name__)


class Readiness:
    """Looks at the files and writes to the database every few seconds; each write of the pages counts at once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._writing: asyncio.Task[None] | None = None
        self._begun = 0.0
        self.missing = missing_files()

    @property
    def database(self) -> bool:
        """Whether the database keeps what is written."""
        return self._db.verdict.kept

    async def run(self) -> None:
        """Looks again and again, until it is cancelled. What changes is logged."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.check()

    async def check(self) -> None:
        """Looks once."""
        was_up = self.database
        self.missing = missing_files()
        reason = await self._try_to_write()
        if was_up and not self.database:
            log.error("nothing can be written to the database: %s", reason)
        if self.database and not was_up:
            log.warning("the database can be written again")

    async def _try_to_write(self) -> str:
        """Returns why it failed, if it did. SQLite goes on waiting for a lock, whatever we do: it is left alone."""
        if self._writing is None or self._writing.done():
            self._begun = time.monotonic()
            self._writing = asyncio.create_task(self._db.check_writable())
            self._writing.add_done_callback(_take_late_failure)
        else:
            self._writing.cancel()
        await asyncio.wait({self._writing}, timeout=WITHIN_S)
        if not self._writing.done():
            self._db.verdict.note_failed(self._begun)
            return "no answer within 3 s"
        try:
            await self._writing
        except (Unavailable, asyncio.CancelledError) as error:
            return str(error)
        return ""


def _take_late_failure(writing: asyncio.Task[None]) -> None:
    """One after WITHIN_S, which was told as no answer: asyncio would log it once more, as if nobody knew."""
    if not writing.cancelled():
        writing.exception()


def missing_files() -> list[str]:
    """The templates, static files, migrations and catalogs that are not there, by kind."""
    kinds = [
        f"{folder}/{kind}"
        for folder, kind in NEEDED
        if next(iglob(kind, root_dir=resource_folder(folder), recursive=True), None) is None
    ]
    translated = (code for code in LANGUAGES if code != ENGLISH.code)
    return kinds + [f"{code}.po" for code in translated if not catalog_file(code).is_file()]
