"""Sending what is due in the outbox, and sending again what was given up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound
from server.mail import outbox
from server.mail.message import Email, write_email
from server.mail.outbox import OutboxEntry
from server.mail.transport import ConnectionLost, DeliveryFailure, MailTransport, PermanentFailure, Unreachable

# A sender holds a lease on an email and renews it. If it crashes, another takes over after LEASE; while the mail
# server is slow, nobody sends the email a second time.
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
# About four days, as mail servers do.
TRIES = 400

log = logging.getLogger(__name__)

# What a feature says in an email: read for an outbox entry, with the personal link that it carries.
Compose = Callable[[AsyncConnection, OutboxEntry, str], Awaitable[Email]]


class PersonalLinks(Protocol):
    """The links in emails. Each email has its own."""

    async def make(self, connection: AsyncConnection, entry: OutboxEntry, now: datetime) -> str:
        """The address of a new link for this email alone."""

    async def forget(self, connection: AsyncConnection, link: str) -> None:
        """Forgets a link that surely nobody got."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """What it takes to send emails: they come from `sender`, and their Message-IDs name the host of `base_url`.

    `compose` has, for each kind of email, the feature that says it; `links` makes the personal links. `current` is
    the condition under which an entry is still of use.
    """

    transport: MailTransport
    compose: Mapping[str, Compose]
    links: PersonalLinks
    current: Callable[[datetime], ColumnElement[bool]]
    base_url: str
    sender: str
    clock: Callable[[], datetime]


async def send_due_emails(db: Database, mailer: Mailer) -> None:
    """Sends every email that is due, over one connection.

    None is claimed before the mail server is ready for it. Raises Unreachable or ConnectionLost when the others must
    wait.
    """
    try:
        while await _is_due(db, mailer):
            await mailer.transport.connect()
            await _send_next(db, mailer)
    finally:
        await mailer.transport.disconnect()


async def send_again(db: Database, entry_id: int, now: datetime) -> None:
    """Makes an email due again that was given up. Raises NotFound when there is none."""
    async with db.writing() as connection:
        if not await outbox.requeue(connection, entry_id, now):
            raise NotFound


async def _is_due(db: Database, mailer: Mailer) -> bool:
    now = mailer.clock()
    async with db.reading() as connection:
        return await outbox.is_due(connection, now, mailer.current(now))


async def _send_next(db: Database, mailer: Mailer) -> None:
    """Sends one email that is due, if no other sender does. A failure is noted, and it is tried again later.

    The email is claimed and its personal link made in one transaction; the mail server is spoken to outside of any.
    """
    async with db.writing() as connection:
        now = mailer.clock()
        entry = await outbox.claim_due(connection, now, now + LEASE, mailer.current(now))
        if entry is None:
            return
        link = await mailer.links.make(connection, entry, now)
    try:
        email = await _composed(db, mailer, entry, link)
        message = write_email(email, entry, mailer.base_url, mailer.sender, now)
        async with _leased(db, mailer, entry):
            await mailer.transport.send(message)
    except Exception as error:
        await _note_failure(db, mailer, entry, link, error)
        if isinstance(error, Unreachable | ConnectionLost):
            raise
        if not isinstance(error, DeliveryFailure):
            log.exception("email %s could not be written", entry.id)
    else:
        async with db.writing() as connection:
            await outbox.note_sent(connection, entry, mailer.clock())


async def _composed(db: Database, mailer: Mailer, entry: OutboxEntry, link: str) -> Email:
    """What the email says. Raises LookupError when no feature says emails of its kind."""
    if entry.kind not in mailer.compose:
        raise LookupError(f"no feature writes emails of the kind {entry.kind}")
    async with db.reading() as connection:
        return await mailer.compose[entry.kind](connection, entry, link)


@asynccontextmanager
async def _leased(db: Database, mailer: Mailer, entry: OutboxEntry) -> AsyncIterator[None]:
    """Renews the lease for as long as it takes, so that no other sender claims the email."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            async with db.writing() as connection:
                await outbox.renew(connection, entry, mailer.clock() + LEASE)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing


async def _note_failure(db: Database, mailer: Mailer, entry: OutboxEntry, link: str, error: Exception) -> None:
    """Notes why, and when it is tried again. A link that surely nobody got is forgotten."""
    now = mailer.clock()
    wait = min(FIRST_WAIT * 2 ** min(entry.attempts, 10), LONGEST_WAIT)
    given_up = isinstance(error, PermanentFailure) or entry.attempts + 1 >= TRIES
    async with db.writing() as connection:
        if not isinstance(error, ConnectionLost):
            await mailer.links.forget(connection, link)
        reason = str(error) or type(error).__name__
        await outbox.note_failure(connection, entry, reason, now + wait, now if given_up else None)
