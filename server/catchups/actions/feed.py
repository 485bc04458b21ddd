"""The secret link of a person's own calendar of catch-ups."""

from datetime import datetime

from server.db.database import Database
from server.people.actions.links import count_wrong_link, find_good_link, make_link
from server.people.rules.links import Purpose
from server.people.rules.rate_limits import WRONG_FEEDS, Counted
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


async def open_feed(db: Database, secret: str, now: datetime, caller: Counted) -> int:
    """The id of the person whose feed this secret opens.

    Raises LinkNotFound for unknown, expired and ended alike, and TooManyWrongLinks when too many of those came from the
    same `caller`.
    """
    async with db.reading() as connection:
        link = await find_good_link(connection, secret, {Purpose.FEED}, now)
    if link is None:
        raise await count_wrong_link(db, WRONG_FEEDS, caller, now)
    if link.opened_at is None:
        async with db.writing() as connection:
            await links.note_opened(connection, link.id, now)
    return link.person_id
