"""Adding a message, in the transaction of the verb that brings it; and what the other is told of it by email."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.mail import outbox
from server.mentorships.rules.messages import NewMessage
from server.mentorships.rules.notices import NEW_MESSAGES, next_notice
from server.mentorships.store.messages import add_message
from server.mentorships.store.readers import read_reader, set_reader
from server.people.rules.people import Mentorship
from server.people.store.people import find_person
from server.room.sealing import Sealer


def path_of(mentorship_id: int) -> str:
    """The mentorship's page."""
    return f"/mentorships/{mentorship_id}"


async def post(
    connection: AsyncConnection, sealer: Sealer, mentorship: Mentorship, author_id: int, new: NewMessage, now: datetime
) -> int | None:
    """The id of the new message; None when it came before. The mentorship must be locked."""
    message_id = await add_message(connection, sealer, mentorship.id, author_id, new, now)
    if message_id is not None:
        note_change(connection, Topic("messages", mentorship.id))
    return message_id


async def notify(
    connection: AsyncConnection, mentorship: Mentorship, reader_id: int, message_id: int, now: datetime
) -> None:
    """Queues the email to the reader that there is a new message, if they want one. The mentorship must be locked."""
    reader, person = await read_reader(connection, mentorship.id, reader_id), await find_person(connection, reader_id)
    due_at = next_notice(reader, person.zone, now) if person else None
    if due_at is None:
        return
    await outbox.enqueue(
        connection,
        recipient_id=reader_id,
        event=f"message:{message_id}:new",
        kind=NEW_MESSAGES,
        path=path_of(mentorship.id),
        now=now,
        due_at=due_at,
        mentorship_id=mentorship.id,
    )
    await set_reader(connection, mentorship.id, reader_id, replace(reader, notice_at=due_at))
