"""Who a visit's cookie belongs to."""

from collections.abc import Collection
from datetime import datetime

from server.db.database import Database
from server.people.rules.links import csrf_of, secret_hash
from server.people.rules.visitors import Visitor
from server.people.store import links


async def find_visitor(db: Database, token: str, now: datetime) -> Visitor | None:
    """The visitor with this cookie; None when it is unknown, too old, or none of its links is good any more."""
    async with db.reading() as connection:
        return await links.find_visitor(connection, secret_hash(token), csrf_of(token), now)


async def end_visit(db: Database, visitor: Visitor) -> None:
    async with db.writing() as connection:
        await links.end_visit(connection, visitor.visit_id)


async def find_ended(db: Database, visits: Collection[int], now: datetime) -> frozenset[int]:
    """Which of these visits are over: signed out of, too old, or none of their links is good any more."""
    async with db.reading() as connection:
        return frozenset(visits) - await links.good_visits(connection, visits, now)


async def forget_visits(db: Database, now: datetime) -> int:
    async with db.writing() as connection:
        return await links.forget_visits(connection, now)
