"""Composing the emails about a proposal: what they say is read when they are sent."""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import NotFound
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.matching.emails import match_email
from server.matching.store.proposals import find_any_proposal
from server.people.store.contacts import any_contact
from server.people.store.people import find_person
from server.schemes.store.schemes import find_any_scheme


async def compose_match_email(connection: AsyncConnection, entry: OutboxEntry, link: str) -> Email:
    """Raises NotFound when the reader has no part in the proposal."""
    found = re.match(r"match:(\d+):", entry.event)
    proposal = await find_any_proposal(connection, int(found[1])) if found else None
    side = proposal.side_of(entry.recipient_id) if proposal else None
    reader = await find_person(connection, entry.recipient_id)
    scheme = await find_any_scheme(connection, proposal.scheme_id) if proposal else None
    if proposal is None or side is None or reader is None or scheme is None:
        raise NotFound
    contact = await any_contact(connection, reader.id)
    return match_email(entry, reader, scheme, proposal, side, contact.email, link)
