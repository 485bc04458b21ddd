"""Whether a person has a calendar feed, for the page of their own data."""

from datetime import datetime

from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.people.store.links import has_feed


async def is_subscribed(db: Database, visitor: Visitor, now: datetime) -> bool:
    async with db.reading() as connection:
        return await has_feed(connection, visitor.person.id, now)
