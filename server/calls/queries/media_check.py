"""The media check's page."""

from server.calls.rules.media_check import Check, CheckOrigin
from server.calls.store.media_checks import latest_check
from server.db.database import Database


async def read_latest_checks(db: Database) -> tuple[Check, ...]:
    """The latest check from each place where one was made."""
    async with db.reading() as connection:
        found = [await latest_check(connection, origin) for origin in CheckOrigin]
    return tuple(check for check in found if check is not None)
