"""Of all processes that serve a database, one at a time does what nobody else is to do meanwhile.

PostgreSQL's advisory locks belong to a session: they are free as soon as the process that has them, or its connection,
is gone. With SQLite there is one process.
"""

import asyncio
import logging
from contextlib import suppress
from zlib import crc32

import asyncpg  # type: ignore[import-untyped] # it has no stubs

from server.db.database import DATABASE_ERRORS, Database, Unavailable

log = logging.getLogger(__name__)

# The first of the two numbers that name an advisory lock; nothing else takes one with it.
OURS = 0x46495245
# A process that stands still loses its turns after this time without a sign of it.
IDLE_FOR = "20s"
SIGN_EVERY_S = 3.0
AGAIN_AFTER_S = 1.0
CONNECTED_WITHIN_S = 5.0


class Turns:
    """`run` must run; until its connection is there, and while it is lost, nothing is ours."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: asyncpg.Connection | None = None
        self._connected = asyncio.Event()
        self._using = asyncio.Lock()
        self._held: set[str] = set()

    async def run(self) -> None:
        """Keeps a connection until it is cancelled; then others take over what was ours."""
        while not self._db.is_sqlite:
            with suppress(Unavailable):
                async with self._db.own_connection() as connection:
                    await self._keep(connection)
            await asyncio.sleep(AGAIN_AFTER_S)

    async def is_ours(self, name: str) -> bool:
        """Whether this process, and no other, is to do this now. What is ours once stays so, until the connection or
        the process ends."""
        if self._db.is_sqlite:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECTED_WITHIN_S):
                await self._connected.wait()
        async with self._using:
            connection = self._connection
            if connection is None or connection.is_closed():
                return False
            if name not in self._held:
                with suppress(*DATABASE_ERRORS):
                    taken = await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", OURS, _number_of(name))
                    self._held |= {name} if taken else set()
            return name in self._held and not connection.is_closed()

    async def _keep(self, connection: asyncpg.Connection) -> None:
        # PostgreSQL 13 and older have no such setting.
        with suppress(asyncpg.UndefinedObjectError):
            await connection.execute(f"SET idle_session_timeout = '{IDLE_FOR}'")
        self._connection, self._held = connection, set()
        self._connected.set()
        try:
            while True:
                await asyncio.sleep(SIGN_EVERY_S)
                async with self._using:
                    await connection.execute("SELECT 1")
        finally:
            self._connected.clear()
            self._connection, self._held = None, set()


async def always_ours(name: str) -> bool:
    """Where there is only one process."""
    return True


def _number_of(name: str) -> int:
    return crc32(name.encode()) & 0x7FFFFFFF
