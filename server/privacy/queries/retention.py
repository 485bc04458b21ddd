"""What would go now by the periods of retention: the same rows that `remove_expired` removes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.db.database import Database
from server.privacy.rules.retention import Kept, Period
from server.privacy.store.retention import count_expired


async def preview_expired(db: Database, periods: Sequence[Period], now: datetime) -> Mapping[Kept, int]:
    limits = {period.kept: limit for period in periods if (limit := period.limit(now)) is not None}
    async with db.reading() as connection:
        return await count_expired(connection, limits)
