"""Addresses to which no introduction goes, as hashes: see `counted_address`."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import introduction_blocks

OF = introduction_blocks.c.hash == bindparam("of_hash")
READ, ADD, DELETE = select(introduction_blocks.c.at).where(OF), insert(introduction_blocks), delete(introduction_blocks)


async def is_blocked(connection: AsyncConnection, of_hash: str) -> bool:
    return (await connection.execute(READ, {"of_hash": of_hash})).first() is not None


async def set_blocked(connection: AsyncConnection, of_hash: str, now: datetime, *, blocked: bool) -> None:
    await connection.execute(DELETE.where(OF), {"of_hash": of_hash})
    if blocked:
        await connection.execute(ADD, {"hash": of_hash, "at": now})
