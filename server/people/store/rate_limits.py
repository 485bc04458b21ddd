"""The token buckets of the rate limits. A try locks its row, so that the count is exact."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import rate_limits
from server.people.rules import rate_limits as rules
from server.people.rules.rate_limits import LONGEST, BucketState, RateLimit, full_bucket


async def take_token(connection: AsyncConnection, limit: RateLimit, who: str, now: datetime) -> None:
    """Counts a try of `who`, a person or an address. Their bucket stays locked until the transaction ends.

    Raises TooManyTries.
    """
    key = _key(limit, who)
    state = await _lock_bucket(connection, key, full_bucket(limit, now))
    await _save_bucket(connection, limit, key, rules.take_token(state, limit, now))


async def return_token(connection: AsyncConnection, limit: RateLimit, who: str, now: datetime) -> None:
    """Does not count the last try: nothing of it is kept."""
    key = _key(limit, who)
    state = await _lock_bucket(connection, key, full_bucket(limit, now))
    await _save_bucket(connection, limit, key, rules.return_token(state, limit))


async def forget_full_buckets(connection: AsyncConnection, now: datetime) -> int:
    """Deletes the buckets that have filled up again; returns how many."""
    result = await connection.execute(delete(rate_limits).where(rate_limits.c.at <= now - LONGEST))
    return int(result.rowcount)


def _key(limit: RateLimit, who: str) -> str:
    """The addresses of people and machines are stored only as hashes."""
    return f"{limit.name}:{hashlib.sha256(who.encode()).hexdigest()}"


async def _lock_bucket(connection: AsyncConnection, key: str, full: BucketState) -> BucketState:
    """The stored bucket, or else a full one. One statement adds the row when it is missing, and locks it."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    added = insert(rate_limits).values(key=key, tokens=full.tokens, at=full.at)
    locked = added.on_conflict_do_update(index_elements=["key"], set_={"tokens": rate_limits.c.tokens})
    row = (await connection.execute(locked.returning(rate_limits.c.tokens, rate_limits.c.at))).one()
    return BucketState(row.tokens, row.at)


async def _save_bucket(connection: AsyncConnection, limit: RateLimit, key: str, state: BucketState) -> None:
    """A full bucket needs no row."""
    row = rate_limits.c.key == key
    if state.tokens >= limit.tries:
        await connection.execute(delete(rate_limits).where(row))
    else:
        await connection.execute(update(rate_limits).where(row).values(tokens=state.tokens, at=state.at))
