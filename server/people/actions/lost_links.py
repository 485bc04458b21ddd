"""Sending somebody a fresh link, without telling anybody whether they are known."""

import uuid
from datetime import datetime

from server.db.database import Database
from server.errors import TooManyTries
from server.mail import outbox
from server.people.actions.people import ADMIN_EMAIL
from server.people.rules.people import check_email
from server.people.rules.rate_limits import LOST_LINKS_FROM, LOST_LINKS_TO
from server.people.store import people
from server.people.store import rate_limits as allowances


async def ask_for_link(db: Database, email: str, now: datetime, caller: str) -> str:
    """The address to send a fresh link to, if it is known: `send_fresh_link` does. Takes as long for any address.

    Raises InvalidInput for what is no address, and TooManyTries when too many were asked for from there.
    """
    email = check_email(email)
    async with db.writing() as connection:
        await allowances.take(connection, LOST_LINKS_FROM, caller, now)
    return email


async def send_fresh_link(db: Database, email: str, now: datetime) -> None:
    """Promises a fresh link to whoever has this address; not too often, so that nobody's letterbox is filled."""
    try:
        async with db.writing() as connection:
            await allowances.take(connection, LOST_LINKS_TO, email.lower(), now)
            for person in await people.people_at(connection, email):
                if person.email != ADMIN_EMAIL:
                    await outbox.promise_letter(
                        connection,
                        recipient_id=person.id,
                        event=f"link:{uuid.uuid4()}",
                        letter="fresh_link",
                        path="/home",
                        now=now,
                    )
    except TooManyTries:
        # Whoever asked is told the same as ever.
        return
