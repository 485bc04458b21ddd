"""Saying how long one would like to work together and whether to go on; and what the clock does about it."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.resting import take_back_offers
from server.catchups.store import catchups
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.mail import outbox
from server.mentorships.actions.last_agenda import prepare_last_agenda
from server.mentorships.actions.reviews import stop_review
from server.mentorships.posting import path_of
from server.mentorships.rules.courses import (
    LOOK_AGAIN,
    Course,
    CourseFacts,
    CourseState,
    NotNearlyOver,
    Wish,
    advance,
    check_asks,
    next_look,
)
from server.mentorships.rules.lengths import PlannedLength, standing_length
from server.mentorships.rules.notices import ABOUT_LENGTH, LENGTH_AGREED, LENGTH_ASKED
from server.mentorships.store.courses import (
    CoursePart,
    courses_to_look_at,
    forget_wishes,
    held_catchups,
    next_catchup,
    read_course,
    read_parts,
    set_course,
    set_part,
)
from server.mentorships.store.nudges import is_one_erased
from server.people.actions.mentorships import change_state
from server.people.rules.mentorships import MentorshipEvent, MentorshipState, Side, check_active
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store.people import lock_any_mentorship, lock_mentorship_of
from server.room.sealing import Sealer


async def say_length(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, length: PlannedLength, now: datetime
) -> None:
    """How long the visitor would like to work together, in place of what they said before.

    The other is told that they are asked too, and not what was said until they have said theirs.
    Raises NotFound or MentorshipAtRest.
    """
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        check_active(mentorship.state)
        me, other = visitor.person.id, mentorship.other(visitor.person.id)
        parts = await read_parts(connection, mentorship.id)
        mine, theirs = parts.get(me, CoursePart()), parts.get(other, CoursePart())
        await set_part(connection, mentorship.id, me, replace(mine, length=length))
        if mine.length is None:
            kind = LENGTH_AGREED if theirs.length else LENGTH_ASKED
            await tell(connection, mentorship, (other,), kind, now)
        await _go_on(connection, sealer, mentorship, now)


async def say_wish(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, wish: Wish | None, now: datetime
) -> None:
    """Whether the visitor would like to go on after the planned catch-ups; None takes it back. Nobody is told.

    Raises NotFound or NotNearlyOver.
    """
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        if mentorship.state is MentorshipState.ENDED:
            raise NotNearlyOver
        check_asks((await read_course(connection, mentorship.id, now)).state)
        mine = (await read_parts(connection, mentorship.id)).get(visitor.person.id, CoursePart())
        await set_part(connection, mentorship.id, visitor.person.id, replace(mine, wish=wish))
        if mentorship.state is MentorshipState.ACTIVE:
            await _go_on(connection, sealer, mentorship, now)


async def follow_courses(db: Database, sealer: Sealer, now: datetime) -> int:
    """Does what is due; returns in how many mentorships something changed."""
    async with db.reading() as connection:
        due = await courses_to_look_at(connection, now)
    return await for_each(db, Work.COURSE, due, partial(_look_at, db, sealer, now), now)


async def _look_at(db: Database, sealer: Sealer, now: datetime, mentorship_id: int) -> bool:
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await lock_any_mentorship(connection, mentorship_id)
        if mentorship is None:
            return False
        course = await read_course(connection, mentorship.id, now)
        if mentorship.state is not MentorshipState.ACTIVE or await is_one_erased(connection, mentorship):
            await set_course(connection, mentorship.id, course, now + LOOK_AGAIN)
            return False
        return await _go_on(connection, sealer, mentorship, now)


async def _go_on(connection: AsyncConnection, sealer: Sealer, mentorship: Mentorship, now: datetime) -> bool:
    """Whether the course changed. The catch-ups and the mentorship must be locked, and the mentorship active."""
    course = await read_course(connection, mentorship.id, now)
    facts = await _facts(connection, mentorship, course)
    change = advance(course, facts, now)
    if change is not None:
        course = change.course
        if change.forgets_wishes:
            await forget_wishes(connection, mentorship.id, lengths=change.ends)
        if change.email is not None:
            await tell(connection, mentorship, (mentorship.mentor_id, mentorship.mentee_id), change.email, now)
        if change.ends:
            state = await change_state(connection, mentorship, MentorshipEvent.END, Side.EITHER, now)
            await stop_review(connection, mentorship, state, now)
            await take_back_offers(connection, mentorship, now)
        for person_id in (mentorship.mentor_id, mentorship.mentee_id):
            note_change(connection, Topic("person", person_id))
    await set_course(connection, mentorship.id, course, next_look(course, now))
    if course.state is CourseState.CLOSING and facts.left == 1:
        coming = await next_catchup(connection, mentorship.id, now)
        if coming is not None:
            await prepare_last_agenda(connection, sealer, mentorship, coming.catchup_id)
    return change is not None


async def _facts(connection: AsyncConnection, mentorship: Mentorship, course: Course) -> CourseFacts:
    parts = await read_parts(connection, mentorship.id)
    both = [parts.get(each, CoursePart()) for each in (mentorship.mentor_id, mentorship.mentee_id)]
    length = standing_length(both[0].length, both[1].length)
    held = await held_catchups(connection, mentorship.id, course.counted_from)
    return CourseFacts(
        None if length is None else length.catchups - held.count,
        tuple(part.wish for part in both if part.wish is not None),
    )


async def tell(
    connection: AsyncConnection, mentorship: Mentorship, people: tuple[int, ...], kind: str, now: datetime
) -> None:
    """Queues an email of this kind to each of these of the two. The mentorship must be locked."""
    for person_id in people:
        await outbox.enqueue(
            connection,
            recipient_id=person_id,
            event=f"mentorship:{mentorship.id}:{kind}:{now:%Y%m%d%H%M%S}",
            kind=kind,
            path=f"{path_of(mentorship.id)}/length" if kind in ABOUT_LENGTH else path_of(mentorship.id),
            now=now,
            mentorship_id=mentorship.id,
        )
