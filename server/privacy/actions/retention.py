"""Removing what is older than its period."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.db.database import Database
from server.privacy.rules.retention import Kept, Period
from server.privacy.store.retention import EXPIRING, next_expired, remove


async def remove_expired(db: Database, periods: Sequence[Period], now: datetime) -> Mapping[Kept, int]:
    """Returns how many entries of each kind it was. Some at a time: others can write between."""
    limits = {period.kept: limit for period in periods if (limit := period.limit(now)) is not None}
    counts = dict.fromkeys(Kept, 0)
    for expiring in (each for each in EXPIRING if each.kept in limits):
        while True:
            async with db.writing() as connection:
                ids = await next_expired(connection, expiring, limits[expiring.kept])
                if not ids:
                    break
                await remove(connection, expiring, ids)
            counts[expiring.kept] += len(ids)
    return counts
