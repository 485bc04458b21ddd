"""The token buckets of the rate limits. A try locks its row, so that the count is exact."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import rate_limits
from server.people.rules import rate_limits as rules
from server.people.rules.rate_limits import LONGEST, BucketState, Counted, RateLimit, full_bucket


async def take_token(connection: AsyncConnection, limit: RateLimit, who: Counted, now: datetime) -> None:
    """Counts a try of `who`. Their bucket stays locked until the transaction ends.

    Raises TooManyTries.
    """
    key = f"{limit.name}:{who}"
    state = rules.take_token(await _lock_bucket(connection, key, full_bucket(limit, now)), limit, now)
    await connection.execute(
        update(rate_limits).where(rate_limits.c.key == key).values(tokens=state.tokens, at=state.at)
    )


async def forget_full_buckets(connection: AsyncConnection, now: datetime) -> int:
    """Deletes the buckets that have filled up again; returns how many."""
    result = await connection.execute(delete(rate_limits).where(rate_limits.c.at <= now - LONGEST))
    return int(result.rowcount)


async def _lock_bucket(connection: AsyncConnection, key: str, full: BucketState) -> BucketState:
    """The stored bucket, or else a full one. One statement adds the row when it is missing, and locks it."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = insert(rate_limits).values(key=key, tokens=full.tokens, at=full.at)
    locked = added.on_conflict_do_update(index_elements=["key"], set_={"tokens": rate_limits.c.tokens})
    row = (await connection.execute(locked.returning(rate_limits.c.tokens, rate_limits.c.at))).one()
    return BucketState(row.tokens, row.at)
