"""Taking an answer by email: it becomes messages in the thread, whole or not at all, however often it comes."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound, TooManyTries
from server.mail import outbox
from server.mail.received import ReceivedEmail
from server.mentorships.posting import notify, path_of, post
from server.mentorships.rules.replies import (
    REPLY_NOT_TAKEN,
    ReplyOutcome,
    ReplyProblem,
    ReplyRefused,
    read_reply,
    reply_event,
    reply_key,
)
from server.mentorships.rules.reply_addresses import ReplyPlace
from server.mentorships.store.messages import has_message, size_of_files
from server.people.rules.people import Mentorship
from server.people.rules.rate_limits import REPLIES, REPLY_ANSWERS, counted_person
from server.people.store import rate_limits
from server.people.store.contacts import any_own_addresses
from server.people.store.merged import id_now
from server.people.store.people import lock_mentorship_with
from server.room.sealing import Sealer


async def take_reply(
    db: Database, sealer: Sealer, place: ReplyPlace, email: ReceivedEmail, content: bytes, now: datetime
) -> ReplyOutcome:
    """`place` stood in the address, signed; `content` are the bytes of the email. Raises Unavailable."""
    if email.automatic:
        return ReplyOutcome.AUTOMATIC
    try:
        async with db.writing() as connection:
            person_id = await id_now(connection, place.person_id)
            mentorship = await lock_mentorship_with(connection, person_id, place.mentorship_id)
            key = reply_key(person_id, email.message_id, content)
            if await _came_before(connection, mentorship, person_id, key):
                return ReplyOutcome.AGAIN
            await rate_limits.take_token(connection, REPLIES, counted_person(person_id, mentorship.id), now)
            return await _take(connection, sealer, mentorship, person_id, email, key, now)
    except NotFound:
        return ReplyOutcome.UNKNOWN
    except TooManyTries:
        return ReplyOutcome.TOO_MANY


async def _take(
    connection: AsyncConnection,
    sealer: Sealer,
    mentorship: Mentorship,
    person_id: int,
    email: ReceivedEmail,
    key: str,
    now: datetime,
) -> ReplyOutcome:
    own_addresses = await any_own_addresses(connection, person_id)
    size = await size_of_files(connection, mentorship.id)
    try:
        reply = read_reply(email, key, own_addresses, mentorship.state, size)
    except ReplyRefused as refused:
        await _answer(connection, mentorship, person_id, key, refused.problem, now)
        return ReplyOutcome.ANSWERED
    ids = [await post(connection, sealer, mentorship, person_id, new, now) for new in reply.messages]
    for message_id in filter(None, ids[:1]):
        await notify(connection, mentorship, mentorship.other(person_id), message_id, now)
    if reply.left_out:
        await _answer(connection, mentorship, person_id, key, ReplyProblem.SOME_FILES, now)
    return ReplyOutcome.TAKEN


async def _came_before(connection: AsyncConnection, mentorship: Mentorship, person_id: int, key: str) -> bool:
    if await has_message(connection, mentorship.id, key):
        return True
    return any([await outbox.has_event(connection, person_id, reply_event(key, problem)) for problem in ReplyProblem])


async def _answer(
    connection: AsyncConnection, mentorship: Mentorship, person_id: int, key: str, problem: ReplyProblem, now: datetime
) -> None:
    """Tells the person, at their own address, unless they were told often in the last hour."""
    with suppress(TooManyTries):
        await rate_limits.take_token(connection, REPLY_ANSWERS, counted_person(person_id), now)
        await outbox.enqueue(
            connection,
            recipient_id=person_id,
            event=reply_event(key, problem),
            kind=REPLY_NOT_TAKEN,
            path=path_of(mentorship.id),
            now=now,
            mentorship_id=mentorship.id,
        )
