"""Sending what the outbox promises."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

from server.actions.links import make_link
from server.domain.links import Purpose
from server.mail.letters import write_letter
from server.storage import outbox
from server.storage.database import Database

LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
TRIES = 20


async def send_next_letter(
    db: Database,
    hand_in: Callable[[EmailMessage], Awaitable[None]],
    base_url: str,
    sender: str,
    now: datetime,
) -> bool:
    """Sends the next letter that is due; False when none is. A failure is noted and tried again later.

    The letter is taken (with a lease, so that several senders never take the same) and its personal link
    is made in one transaction; the mail server is spoken to outside of any.
    """
    async with db.writing() as connection:
        promise = await outbox.take_due(connection, now, next_try=now + LEASE)
        if promise is None:
            return False
        secret = await make_link(
            connection,
            now,
            person_id=promise.recipient.id,
            purpose=Purpose.CATCHUP,
            path=promise.path,
            catchup_id=promise.catchup_id,
        )
    message = write_letter(promise.letter, promise.recipient, f"{base_url}/l/{secret}", sender)
    try:
        await hand_in(message)
    except Exception as error:
        wait = min(FIRST_WAIT * 2**promise.attempts, LONGEST_WAIT)
        given_up = now if promise.attempts + 1 >= TRIES else None
        async with db.writing() as connection:
            await outbox.note_error(connection, promise.id, repr(error), now + wait, given_up)
    else:
        async with db.writing() as connection:
            await outbox.note_sent(connection, promise.id, now)
    return True
