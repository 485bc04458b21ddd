"""Sending what the outbox promises, and trying once more what was given up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.emails import Letter, write_letter
from server.catchups.store.email_context import read_matter
from server.db.database import Database
from server.errors import NotFound
from server.mail import outbox
from server.mail.outbox import Promise
from server.mail.transport import BrokenOff, NotTaken, Post, Refused, Unreachable
from server.people.actions.links import make_link
from server.people.rules.links import Purpose, secret_hash
from server.people.store import links

# Whoever takes a letter has it for so long, and says again and again that they still do: who dies is replaced soon,
# and a slow mail server brings nobody to send it a second time.
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
# About four days, as mail servers do.
TRIES = 400

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written and handed in: `base_url` begins their links, they come from `sender`'s address."""

    post: Post
    base_url: str
    sender: str
    clock: Callable[[], datetime]


async def send_letters(db: Database, desk: Desk) -> None:
    """Sends every letter that is due, over one connection. Raises Unreachable or BrokenOff when the others must wait.

    No letter is taken before the mail server is ready for it.
    """
    try:
        while await _any_due(db, desk.clock()):
            await desk.post.ready()
            await _send_next(db, desk)
    finally:
        await desk.post.rest()


async def drop_late_letters(db: Database, now: datetime) -> None:
    """Reminders of what has begun or was called off are of no use any more."""
    async with db.writing() as connection:
        await outbox.drop_late(connection, now)


async def send_again(db: Database, letter_id: int, now: datetime) -> None:
    """Makes a letter that was given up due once more. Raises NotFound when there is none."""
    async with db.writing() as connection:
        if not await outbox.send_again(connection, letter_id, now):
            raise NotFound


async def _any_due(db: Database, now: datetime) -> bool:
    async with db.reading() as connection:
        return await outbox.is_due(connection, now)


async def _send_next(db: Database, desk: Desk) -> None:
    """Sends one letter that is due, if another sender does not. A failure is noted, and tried again later.

    The letter is taken and its personal link made in one transaction; the mail server is spoken to outside of any.
    """
    async with db.writing() as connection:
        now = desk.clock()
        promise = await outbox.take_due(connection, now, next_try=now + LEASE)
        if promise is None:
            return
        secret = await _link_for(connection, promise, now)
        matter = await read_matter(connection, promise)
    try:
        letter = Letter(
            number=promise.id,
            kind=promise.kind,
            recipient=promise.recipient,
            link=f"{desk.base_url}/l/{secret}",
            made_at=promise.made_at,
            matter=matter,
            invitation=promise.invitation,
        )
        message = write_letter(letter, desk.base_url, desk.sender, now)
        async with _kept(db, desk, promise):
            await desk.post.hand_in(message)
    except Exception as error:
        await _note_failure(db, promise, secret, error, desk.clock())
        if isinstance(error, Unreachable | BrokenOff):
            raise
        if not isinstance(error, NotTaken):
            log.exception("letter %s could not be written", promise.id)
    else:
        async with db.writing() as connection:
            await outbox.note_sent(connection, promise, desk.clock())


async def _link_for(connection: AsyncConnection, promise: Promise, now: datetime) -> str:
    """The secret of a link for this letter alone: into its catch-up, or to the person's home."""
    return await make_link(
        connection,
        now,
        person_id=promise.recipient.id,
        purpose=Purpose.HOME if promise.catchup_id is None else Purpose.CATCHUP,
        path=promise.path,
        catchup_id=promise.catchup_id,
    )


@asynccontextmanager
async def _kept(db: Database, desk: Desk, promise: Promise) -> AsyncIterator[None]:
    """Nobody else takes the letter meanwhile, however long that is."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            async with db.writing() as connection:
                await outbox.keep(connection, promise, desk.clock() + LEASE)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _note_failure(db: Database, promise: Promise, secret: str, error: Exception, now: datetime) -> None:
    """Notes why, and when it is tried again. A link that surely nobody got is forgotten."""
    wait = min(FIRST_WAIT * 2 ** min(promise.attempts, 10), LONGEST_WAIT)
    given_up = isinstance(error, Refused) or promise.attempts + 1 >= TRIES
    async with db.writing() as connection:
        if not isinstance(error, BrokenOff):
            await links.forget_link(connection, secret_hash(secret))
        reason = str(error) or type(error).__name__
        await outbox.note_error(connection, promise, reason, now + wait, now if given_up else None)
