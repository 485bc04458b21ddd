"""Composing the emails about a mentorship: what they say is read when they are sent."""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import NotFound
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.mentorships.emails import mentorship_email
from server.mentorships.rules.notices import NEW_MESSAGES
from server.mentorships.rules.nudges import REACHING_OUT
from server.mentorships.rules.replies import REPLY_NOT_TAKEN
from server.mentorships.rules.reply_addresses import ReplyAddresses, ReplyPlace
from server.mentorships.store.messages import any_message
from server.people.store.contacts import any_contact
from server.people.store.people import find_any_mentorship, find_person
from server.room.sealing import Sealer

# About messages of the thread, or about none.
WITHOUT_WORDS = frozenset({NEW_MESSAGES, REACHING_OUT, REPLY_NOT_TAKEN})


async def compose_mentorship_email(
    connection: AsyncConnection,
    entry: OutboxEntry,
    link: str,
    *,
    sealer: Sealer,
    replies: ReplyAddresses | None = None,
) -> Email:
    """`replies` makes the addresses to which people answer, where the host takes answers.

    Raises NotFound when the mentorship or one of its people is not there, or UnreadableContent."""
    mentorship = await find_any_mentorship(connection, entry.mentorship_id or 0)
    reader = await find_person(connection, entry.recipient_id)
    other = await find_person(connection, mentorship.other(entry.recipient_id)) if mentorship else None
    if reader is None or other is None:
        raise NotFound
    words = "" if entry.kind in WITHOUT_WORDS else await _words(connection, sealer, entry)
    contact = await any_contact(connection, reader.id)
    place = ReplyPlace(mentorship.id, reader.id) if mentorship else None
    answers_to = replies.make(place, entry.due_at) if replies and place else ""
    return mentorship_email(entry, reader, other, words, contact.email, link, answers_to)


async def _words(connection: AsyncConnection, sealer: Sealer, entry: OutboxEntry) -> str:
    """Those of the message that the email is about; empty when there is none, or it was deleted since."""
    found = re.match(r"message:(\d+):", entry.event)
    message = await any_message(connection, sealer, int(found[1])) if found else None
    return message.body.text if message and message.body else ""
