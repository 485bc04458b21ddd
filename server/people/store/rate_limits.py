"""What is left of people's allowances. Whoever takes a try holds the row, so that the count is exact."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import rate_limits
from server.people.rules import rate_limits as rules
from server.people.rules.rate_limits import LONGEST, Allowance, Tries


async def take(connection: AsyncConnection, allowance: Allowance, whose: str, now: datetime) -> None:
    """Takes one try of `whose` allowance, which is held until the transaction ends. Raises TooManyTries."""
    key = _key(allowance, whose)
    tries = await _hold(connection, key, Tries(float(allowance.tries), now))
    await _keep(connection, allowance, key, rules.take(tries, allowance, now))


async def give_back(connection: AsyncConnection, allowance: Allowance, whose: str, now: datetime) -> None:
    """The try just taken does not count, and is not remembered."""
    key = _key(allowance, whose)
    tries = await _hold(connection, key, Tries(float(allowance.tries), now))
    await _keep(connection, allowance, key, rules.give_back(tries, allowance))


async def forget_allowances(connection: AsyncConnection, now: datetime) -> int:
    """Deletes those that are whole again; returns how many."""
    result = await connection.execute(delete(rate_limits).where(rate_limits.c.at <= now - LONGEST))
    return int(result.rowcount)


def _key(allowance: Allowance, whose: str) -> str:
    """Addresses of people and machines are not kept as such."""
    return f"{allowance.name}:{hashlib.sha256(whose.encode()).hexdigest()}"


async def _hold(connection: AsyncConnection, key: str, whole: Tries) -> Tries:
    """What is left, a whole one when none is kept: one statement, so that the row is there and held."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = insert(rate_limits).values(key=key, tokens=whole.left, at=whole.at)
    held = made.on_conflict_do_update(index_elements=["key"], set_={"tokens": rate_limits.c.tokens})
    row = (await connection.execute(held.returning(rate_limits.c.tokens, rate_limits.c.at))).one()
    return Tries(row.tokens, row.at)


async def _keep(connection: AsyncConnection, allowance: Allowance, key: str, tries: Tries) -> None:
    """A whole one needs no row."""
    row = rate_limits.c.key == key
    if tries.left >= allowance.tries:
        await connection.execute(delete(rate_limits).where(row))
    else:
        await connection.execute(update(rate_limits).where(row).values(tokens=tries.left, at=tries.at))
