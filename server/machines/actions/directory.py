"""Where a call is served, as the database says it to every machine."""

from server.db.database import Database, Unavailable
from server.machines.store.placements import place
from signaling.hub.directory import PROTOCOLS, DirectoryAway


class DatabaseDirectory:
    """`region` is where this machine's people are, empty if it does not matter."""

    def __init__(self, db: Database, region: str) -> None:
        self._db = db
        self._region = region

    async def place(self, call: str) -> str | None:
        """The life of the relay process in which this call is served from now on; None while there is none at all.

        Raises DirectoryAway.
        """
        try:
            async with self._db.writing() as connection:
                return await place(connection, call, self._region, PROTOCOLS)
        except Unavailable as error:
            raise DirectoryAway(str(error)) from error
