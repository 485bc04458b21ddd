"""Writing to the other of a mentorship, and deleting for both what one wrote."""

from datetime import datetime

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import NotFound
from server.mail import outbox
from server.mentorships.posting import notify, post
from server.mentorships.rules.messages import (
    MessageBody,
    MessageFile,
    MessageFilesFull,
    NewMessage,
    TooLateToDelete,
    check_takes_messages,
    checked_text,
    may_delete,
    message_key,
)
from server.mentorships.rules.notices import NEW_MESSAGES
from server.mentorships.store.messages import clear_message, lock_message, size_of_files, unread_counts
from server.people.rules.visitors import Visitor
from server.people.store.people import find_any_mentorship, lock_mentorship_of
from server.room.rules.files import FILES_LIMIT, checked_name
from server.room.sealing import Sealer


async def send_message(
    db: Database,
    sealer: Sealer,
    visitor: Visitor,
    mentorship_id: int,
    form: str,
    text: str,
    file: tuple[str, bytes] | None,
    now: datetime,
) -> None:
    """Sends the text, with a file (its name and its bytes) or without. The same from the same `form` is sent once.

    Raises NotFound, InvalidInput, NoMoreMessages or MessageFilesFull.
    """
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        check_takes_messages(mentorship.state)
        text = checked_text(text, file is not None)
        name, content = file or ("", b"")
        kept = MessageFile(checked_name(name, content), len(content)) if file else None
        if kept and await size_of_files(connection, mentorship.id) + kept.size > FILES_LIMIT:
            raise MessageFilesFull
        new = NewMessage(message_key(form, text, content), MessageBody(text, kept), content)
        message_id = await post(connection, sealer, mentorship, visitor.person.id, new, now)
        if message_id is not None:
            await notify(connection, mentorship, mentorship.other(visitor.person.id), message_id, now)


async def delete_message(db: Database, sealer: Sealer, visitor: Visitor, message_id: int, now: datetime) -> int:
    """Deletes a message of the visitor's for both; returns the id of its mentorship.

    An email that would tell of it alone is not sent. Raises NotFound or TooLateToDelete.
    """
    async with db.writing() as connection:
        message = await lock_message(connection, sealer, visitor, message_id)
        if message is None:
            raise NotFound
        if not may_delete(message, visitor.person.id, now):
            raise TooLateToDelete
        await clear_message(connection, message.id)
        mentorship = await find_any_mentorship(connection, message.mentorship_id)
        other_id = mentorship.other(visitor.person.id) if mentorship else 0
        if not await unread_counts(connection, other_id, (message.mentorship_id,)):
            await outbox.drop_unclaimed(connection, message.mentorship_id, other_id, NEW_MESSAGES, now)
        note_change(connection, Topic("messages", message.mentorship_id))
    return message.mentorship_id
