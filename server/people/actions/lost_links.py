"""Sending a fresh link to an email address, without showing anyone whether the address is known."""

from datetime import datetime

from server.db.database import Database
from server.errors import TooManyTries
from server.people.actions.emails import enqueue_account_link, enqueue_fresh_link
from server.people.rules.accounts import reaches
from server.people.rules.people import check_email, email_key
from server.people.rules.rate_limits import LOST_LINKS_FROM, LOST_LINKS_TO, Counted, counted_address
from server.people.store import people, rate_limits
from server.people.store.accounts import find_account_of


async def ask_for_link(db: Database, email: str, now: datetime, caller: Counted) -> str:
    """The address to send a fresh link to, if it is known: `send_fresh_link` does. Takes as long for any address.

    Raises InvalidInput when it is no address, and TooManyTries when the caller asked too often.
    """
    email = check_email(email)
    async with db.writing() as connection:
        await rate_limits.take_token(connection, LOST_LINKS_FROM, caller, now)
    return email


async def send_fresh_link(db: Database, email: str, key: bytes, now: datetime) -> None:
    """Queues an email with a fresh link to the person with this address; not too often, so that it is no nuisance.

    Who has an account gets one that signs in once, to all that is theirs.

    `key` hides which addresses the rate limit counts.
    """
    try:
        async with db.writing() as connection:
            await rate_limits.take_token(connection, LOST_LINKS_TO, counted_address(key, email_key(email)), now)
            person = await people.find_person_by_email(connection, email)
            if person is None or not reaches(email_key(email)):
                return
            if await find_account_of(connection, person.id):
                await enqueue_account_link(connection, person.id, now)
            else:
                await enqueue_fresh_link(connection, person.id, now)
    except TooManyTries:
        # The answer is the same as always.
        return
