"""Sending the visitor a link to all their pages, to their own email address."""

from datetime import datetime

from server.db.database import Database
from server.errors import NotFound, TooManyTries
from server.people.actions.emails import enqueue_fresh_link
from server.people.rules.errors import TooManyHomeLinks
from server.people.rules.people import email_key, masked
from server.people.rules.rate_limits import LOST_LINKS_TO, counted_address
from server.people.rules.visitors import Visitor
from server.people.store import rate_limits
from server.people.store.contacts import own_contact


async def send_home_link(db: Database, visitor: Visitor, key: bytes, now: datetime) -> str:
    """Queues the email; returns where it goes, masked: the visit may be that of somebody who got the link forwarded.

    `key` hides which addresses the rate limit counts, together with those that ask for a lost link. Raises NotFound for
    somebody who has an account and no home, and TooManyHomeLinks.
    """
    try:
        async with db.writing() as connection:
            if visitor.account and not visitor.home:
                raise NotFound
            email = (await own_contact(connection, visitor)).email
            await rate_limits.take_token(connection, LOST_LINKS_TO, counted_address(key, email_key(email)), now)
            await enqueue_fresh_link(connection, visitor.person.id, now)
    except TooManyTries as error:
        raise TooManyHomeLinks(error.again_at) from error
    return masked(email)
