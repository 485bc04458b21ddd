"""Composing the emails about an introduction: what they say is read when they are sent."""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import NotFound
from server.introductions.emails import introduction_email
from server.introductions.rules.introductions import ASKED_EMAIL
from server.introductions.rules.proposals import words_for
from server.introductions.store.introductions import any_person, find_any_introduction
from server.introductions.store.words import read_words
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.store.contacts import any_contact
from server.room.sealing import Sealer


async def compose_introduction_email(
    connection: AsyncConnection, entry: OutboxEntry, link: str, *, sealer: Sealer
) -> Email:
    """Raises NotFound when the reader has no part in the introduction, or UnreadableContent."""
    found = re.match(r"introduction:(\d+):", entry.event)
    introduction = await find_any_introduction(connection, int(found[1])) if found else None
    part = introduction.part_of(entry.recipient_id) if introduction else None
    if introduction is None or part is None:
        raise NotFound
    reader = await any_person(connection, entry.recipient_id)
    mentor = await any_person(connection, introduction.mentor_id)
    proposal = await read_words(connection, sealer, introduction.id) if entry.kind == ASKED_EMAIL else None
    contact = await any_contact(connection, reader.id)
    return introduction_email(entry, reader, mentor, part, words_for(part, proposal), contact.email, link)
