"""Sending what is due in the outbox, and sending again what was given up."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database, Unavailable
from server.db.set_aside import fault_of, log_fault
from server.mail import outages, outbox
from server.mail.message import Email, write_email
from server.mail.outbox import OutboxEntry
from server.mail.transport import (
    ConnectionLost,
    DeliveryFailure,
    MailTransport,
    PermanentFailure,
    PolicyFailure,
    Refused,
    Unreachable,
)

# A sender holds a lease on an email and renews it. If it crashes, another takes over after LEASE; while the mail
# server is slow, nobody sends the email a second time.
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
# About four days, as mail servers do.
TRIES = 400
# What a rule of the mail server refuses waits for as long as a sender that is refused. When it refuses this many
# people and accepts nobody, the rule is about the sender.
REFUSED_WAIT = timedelta(minutes=15)
REFUSED_PEOPLE = 3
# How often the note is tried again that an email was accepted, while the database is away.
NOTE_AGAIN_S = 1.0
# A server that stops lets the email in flight be accepted and noted: otherwise it would be sent a second time.
FINISH_WITHIN_S = 5.0
ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")

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
    """What it takes to send emails: they come from `sender`, their Message-IDs name the host of `base_url`, and
    `contact` is where the scheme is reached, if that is set.

    `compose` has, for each kind of email, the feature that says it; `links` makes the personal links. `current` is
    the condition under which an entry is still of use. Why one of the kinds of `nameless` was not delivered is kept
    without addresses.
    """

    transport: MailTransport
    compose: Mapping[str, Compose]
    links: PersonalLinks
    current: Callable[[datetime], ColumnElement[bool]]
    base_url: str
    sender: str
    clock: Callable[[], datetime]
    contact: str = ""
    nameless: Collection[str] = ()

    def reason(self, entry: OutboxEntry, error: Exception) -> str:
        """Why the email was not delivered."""
        said = str(error) or type(error).__name__
        return ADDRESS.sub("…", said) if entry.kind in self.nameless else said


@dataclass
class _Round:
    """What came of one round. What a rule refused is kept until an accepted email shows that it was not about us."""

    refused: list[tuple[OutboxEntry, PolicyFailure]] = field(default_factory=list)
    accepted: bool = False

    @property
    def all_refused(self) -> bool:
        people = {entry.recipient_id for entry, _ in self.refused}
        return not self.accepted and len(people) >= REFUSED_PEOPLE


class UnknownKind(LookupError):
    """No feature writes emails of this kind."""


async def send_due_emails(db: Database, mailer: Mailer) -> None:
    """Sends every email that is due, over one connection.

    None is claimed before the mail server is ready for it. Raises Unreachable, ConnectionLost or Refused when the
    others must wait, or Unavailable.
    """
    emails = _Round()
    try:
        while not emails.all_refused and await _is_due(db, mailer):
            await mailer.transport.connect()
            await _finished(_send_next(db, mailer, emails))
            if emails.accepted:
                await _give_up(db, mailer, emails)
    finally:
        await mailer.transport.disconnect()
    if emails.refused:
        raise Refused(mailer.reason(*emails.refused[-1]))


async def mail_waits(db: Database, now: datetime) -> bool:
    """Whether the mail server took nothing and is not to be tried again yet."""
    async with db.reading() as connection:
        outage = await outages.read_outage(connection)
    return outage is not None and now < outage.next_try_at


async def note_mail_outage(db: Database, reason: str, now: datetime, next_try_at: datetime, *, refused: bool) -> None:
    """Keeps, for the admin and the next try, why the mail server takes nothing."""
    async with db.writing() as connection:
        await outages.note_outage(connection, reason, now, next_try_at, refused=refused)


async def end_mail_outage(db: Database) -> None:
    """The mail server takes emails, or none waits."""
    async with db.reading() as connection:
        outage = await outages.read_outage(connection)
    if outage is not None:
        async with db.writing() as connection:
            await outages.end_outage(connection)


async def _is_due(db: Database, mailer: Mailer) -> bool:
    now = mailer.clock()
    async with db.reading() as connection:
        return await outbox.is_due(connection, now, mailer.current(now))


async def _finished(sending: Coroutine[None, None, None]) -> None:
    """Awaits the sending of one email. When this is cancelled, that may still finish for FINISH_WITHIN_S."""
    task = asyncio.create_task(sending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=FINISH_WITHIN_S)
        task.cancel()
        await asyncio.wait({task})
        raise


async def _send_next(db: Database, mailer: Mailer, emails: _Round) -> None:
    """Sends one email that is due, if no other sender does. One that cannot be written is given up, with its reason.

    The mail server is spoken to outside of any transaction. Once it has accepted the email, nothing but the note of
    that follows: no failure of ours makes it unsent.
    """
    async with db.writing() as connection:
        now = mailer.clock()
        entry = await outbox.claim_due(connection, now, now + LEASE, mailer.current(now))
    if entry is None:
        return
    try:
        links, message = await _written(db, mailer, entry, now)
    except Unavailable:
        await _release(db, entry)
        raise
    except Exception as error:
        log_fault(log, f"email {entry.id} could not be written", error)
        reason = str(error) if isinstance(error, UnknownKind) else f"It could not be written: {fault_of(error)}"
        async with db.writing() as connection:
            await outbox.note_failure(connection, entry, reason, now, mailer.clock())
        return
    try:
        async with _leased(db, mailer, entry):
            await mailer.transport.send(message)
    except Exception as error:
        await _note_failure(db, mailer, entry, links, error, emails)
        if isinstance(error, Unreachable | ConnectionLost | Refused):
            raise
        if not isinstance(error, DeliveryFailure):
            log_fault(log, f"email {entry.id} could not be sent", error)
    else:
        emails.accepted = True
        await _note_sent(db, mailer, entry)


async def _written(
    db: Database, mailer: Mailer, entry: OutboxEntry, now: datetime
) -> tuple[tuple[str, ...], EmailMessage]:
    """The personal links that were made for the email, and the message; without a message there are no links."""
    if entry.kind not in mailer.compose:
        raise UnknownKind(f"No feature writes emails of the kind {entry.kind}")
    async with db.writing() as connection:
        link = await mailer.links.make(connection, entry, now)
        email = await mailer.compose[entry.kind](connection, entry, link)
        return (link, *email.more_links), write_email(email, entry, mailer.base_url, mailer.sender, now, mailer.contact)


async def _note_sent(db: Database, mailer: Mailer, entry: OutboxEntry) -> None:
    """Notes that the mail server has accepted it, for as long as it takes: else it would be sent a second time."""
    accepted_at, waits = mailer.clock(), False
    while True:
        try:
            async with db.writing() as connection:
                await outbox.note_sent(connection, entry, accepted_at)
        except Unavailable as error:
            if not waits:
                log.warning("email %s was sent; the note of it waits for the database: %s", entry.id, error)
            waits = True
            await asyncio.sleep(NOTE_AGAIN_S)
        else:
            return


async def _release(db: Database, entry: OutboxEntry) -> None:
    """Lets the email be claimed again at once; while the database is away, its lease does so later."""
    with suppress(Unavailable):
        async with db.writing() as connection:
            await outbox.release(connection, entry)


async def _give_up(db: Database, mailer: Mailer, emails: _Round) -> None:
    """The server accepts emails of ours: what it refused by a rule was about those emails."""
    while emails.refused:
        entry, error = emails.refused.pop()
        async with db.writing() as connection:
            await outbox.give_up(connection, entry, mailer.reason(entry, error), mailer.clock())


@asynccontextmanager
async def _leased(db: Database, mailer: Mailer, entry: OutboxEntry) -> AsyncIterator[None]:
    """Renews the lease for as long as it takes, so that no other sender claims the email."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                async with db.writing() as connection:
                    await outbox.renew(connection, entry, mailer.clock() + LEASE)
            except Unavailable as error:
                # That is no failure of the email, which may be accepted at this moment.
                log.warning("the claim on email %s was not renewed: %s", entry.id, error)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing


async def _note_failure(
    db: Database, mailer: Mailer, entry: OutboxEntry, links: tuple[str, ...], error: Exception, emails: _Round
) -> None:
    """Notes why, and when it is tried again. Links that surely nobody got are forgotten.

    What is about the sender, or may be, does not count as a try of this email.
    """
    now, reason = mailer.clock(), mailer.reason(entry, error)
    wait = min(FIRST_WAIT * 2 ** min(entry.attempts, 10), LONGEST_WAIT)
    given_up = isinstance(error, PermanentFailure) or entry.attempts + 1 >= TRIES
    async with db.writing() as connection:
        if not isinstance(error, ConnectionLost):
            for link in links:
                await mailer.links.forget(connection, link)
        if isinstance(error, Refused):
            await outbox.release(connection, entry)
        elif isinstance(error, PolicyFailure):
            await outbox.put_off(connection, entry, now + REFUSED_WAIT, reason)
        else:
            await outbox.note_failure(connection, entry, reason, now + wait, now if given_up else None)
    if isinstance(error, PolicyFailure):
        emails.refused.append((entry, error))
