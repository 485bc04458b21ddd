"""Reminding a mentor kindly of a mentorship in which nobody has been in touch for a while."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.errors import NotFound
from server.mail import outbox
from server.mentorships.posting import path_of
from server.mentorships.rules.nudges import AGAIN, NOT_THIS_MONTH, REACHING_OUT, nudge_at
from server.mentorships.store.nudges import is_one_erased, mentorships_to_look_at, read_lull, set_nudge_at
from server.people.rules.mentorships import MentorshipState
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store.people import find_person, lock_any_mentorship, lock_mentorship_of


async def nudge_mentors(db: Database, now: datetime) -> int:
    """Queues the emails that are due; returns of how many mentorships."""
    async with db.reading() as connection:
        due = await mentorships_to_look_at(connection, now)
    return await for_each(db, Work.NUDGE, due, partial(_look_at, db, now), now)


async def put_off_nudges(db: Database, visitor: Visitor, mentorship_id: int, now: datetime) -> None:
    """Not this month: the mentor is not reminded of this mentorship before. Raises NotFound, also for the mentee."""
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        if mentorship.mentor_id != visitor.person.id:
            raise NotFound
        await set_nudge_at(connection, mentorship.id, now + NOT_THIS_MONTH)


async def _look_at(db: Database, now: datetime, mentorship_id: int) -> bool:
    """Whether the mentor is reminded now; else it is noted when to look again."""
    async with db.writing() as connection:
        mentorship = await lock_any_mentorship(connection, mentorship_id)
        if mentorship is None or mentorship.state is not MentorshipState.ACTIVE:
            return False
        if await is_one_erased(connection, mentorship):
            await set_nudge_at(connection, mentorship.id, now + 12 * AGAIN)
            return False
        mentor = await find_person(connection, mentorship.mentor_id)
        zone = mentor.zone if mentor else "UTC"
        at = nudge_at(await read_lull(connection, mentorship, now), zone, now)
        await set_nudge_at(connection, mentorship.id, now + AGAIN if at <= now else at)
        if at <= now:
            await remind(connection, mentorship, now)
        return at <= now


async def remind(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> None:
    """Queues the email. The mentorship must be locked."""
    await outbox.enqueue(
        connection,
        recipient_id=mentorship.mentor_id,
        event=f"mentorship:{mentorship.id}:reaching_out:{now:%Y%m%d%H%M%S}",
        kind=REACHING_OUT,
        path=f"{path_of(mentorship.id)}?checkin=1#text",
        now=now,
        mentorship_id=mentorship.id,
    )
