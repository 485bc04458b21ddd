"""Noting what somebody has read of the messages, and how they would like to hear of new ones."""

from dataclasses import replace
from datetime import datetime

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.mail import outbox
from server.mentorships.rules.notices import NEW_MESSAGES, MessageNotice
from server.mentorships.store.messages import newest_id
from server.mentorships.store.readers import read_reader, set_reader
from server.people.rules.visitors import Visitor
from server.people.store.people import lock_mentorship_of


async def mark_read(db: Database, visitor: Visitor, mentorship_id: int, up_to: int, now: datetime) -> None:
    """The visitor has read all up to the message with this id, of which no email tells any more. Raises NotFound."""
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        me, newest = visitor.person.id, await newest_id(connection, mentorship.id)
        reader = await read_reader(connection, mentorship.id, me)
        read_id = min(up_to, newest)
        if read_id <= reader.read_id:
            return
        # While something is unread, the email about it stays as it is.
        notice_at = None if read_id == newest else reader.notice_at
        await set_reader(connection, mentorship.id, me, replace(reader, read_id=read_id, notice_at=notice_at))
        if read_id == newest:
            await outbox.drop_unclaimed(connection, mentorship.id, me, NEW_MESSAGES, now)
        note_change(connection, Topic("messages", mentorship.id))


async def choose_notice(
    db: Database, visitor: Visitor, mentorship_id: int, notice: MessageNotice, now: datetime
) -> None:
    """How the visitor hears of new messages in this mentorship from now on. Raises NotFound."""
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        reader = await read_reader(connection, mentorship.id, visitor.person.id)
        await outbox.drop_unclaimed(connection, mentorship.id, visitor.person.id, NEW_MESSAGES, now)
        await set_reader(connection, mentorship.id, visitor.person.id, replace(reader, notice=notice, notice_at=None))
