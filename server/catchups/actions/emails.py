"""The emails about catch-ups: read when they are sent, and dropped when they are of no more use."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.emails import AgreedTime, email_of, email_together
from server.catchups.store.email_context import read_email_context, still_current
from server.db.database import Database
from server.mail import outbox
from server.mail.mailer import PersonalLinks
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.store.contacts import any_contact


async def compose_email(connection: AsyncConnection, entry: OutboxEntry, link: str, *, sender: str) -> Email:
    """What an email about a catch-up says, as things stand now."""
    context = await read_email_context(connection, entry)
    contact = await any_contact(connection, entry.recipient_id)
    return email_of(entry, context, contact.email, link, sender)


async def compose_together(
    connection: AsyncConnection,
    entry: OutboxEntry,
    link: str,
    *,
    sender: str,
    links: PersonalLinks,
    clock: Callable[[], datetime],
) -> Email:
    """One email about all that was agreed at once. Each catch-up has its own link: `link` is that of the entry."""
    contact = await any_contact(connection, entry.recipient_id)
    found = await outbox.sent_with(connection, entry)
    agreed = [AgreedTime(entry, await read_email_context(connection, entry), link)]
    for each in found:
        if each.id != entry.id:
            own = await links.make(connection, each, clock())
            agreed.append(AgreedTime(each, await read_email_context(connection, each), own))
    return email_together(agreed, contact.email, sender)


async def drop_late_emails(db: Database, now: datetime) -> None:
    """Drops the reminders of what has begun or was called off."""
    async with db.writing() as connection:
        await outbox.drop_stale(connection, now, still_current(now))
