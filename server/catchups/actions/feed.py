"""The secret link of a person's own calendar of catch-ups."""

from datetime import datetime

from server.db.database import Database
from server.people.actions.links import find_good_link, make_link
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import Purpose
from server.people.rules.rate_limits import WRONG_FEEDS
from server.people.rules.visitors import Visitor, check_home
from server.people.store import links


async def subscribe(db: Database, visitor: Visitor, now: datetime) -> str:
    """A new feed's secret, which is told this once; the one before ends. Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await links.revoke_feeds(connection, person.id, now)
        return await make_link(connection, now, person_id=person.id, purpose=Purpose.FEED, path="/me")


async def unsubscribe(db: Database, visitor: Visitor, now: datetime) -> None:
    """Ends the feed. Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await links.revoke_feeds(connection, person.id, now)


async def open_feed(db: Database, secret: str, now: datetime, caller: str) -> int:
    """The id of the person whose feed this secret opens.

    Raises LinkNotFound for unknown, expired and ended alike, and TooManyTries when too many of those came from there.
    """
    async with db.writing() as connection:
        link = await find_good_link(connection, secret, {Purpose.FEED}, now, WRONG_FEEDS, caller)
    if link is None:
        raise LinkNotFound
    return link.person_id
