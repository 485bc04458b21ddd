"""Emails about memberships: queueing them, and composing what they say when they are sent."""

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import NotFound
from server.mail import outbox
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.store.contacts import any_contact
from server.people.store.people import find_person
from server.schemes.emails import membership_email
from server.schemes.store.memberships import find_any_membership
from server.schemes.store.schemes import find_any_scheme


async def enqueue_membership_email(
    connection: AsyncConnection, membership_id: int, person_id: int, kind: str, now: datetime
) -> None:
    """Its link leads to the membership's page."""
    await outbox.enqueue(
        connection,
        recipient_id=person_id,
        event=f"membership:{uuid.uuid4()}",
        kind=kind,
        path=f"/memberships/{membership_id}",
        now=now,
        membership_id=membership_id,
    )


async def compose_membership_email(connection: AsyncConnection, entry: OutboxEntry, link: str) -> Email:
    """Raises NotFound when the person, the membership or the scheme is not there."""
    reader = await find_person(connection, entry.recipient_id)
    membership = await find_any_membership(connection, entry.membership_id or 0)
    scheme = await find_any_scheme(connection, membership.scheme_id) if membership else None
    if reader is None or membership is None or scheme is None:
        raise NotFound
    contact = await any_contact(connection, reader.id)
    return membership_email(entry.kind, reader, scheme, contact.email, link)
