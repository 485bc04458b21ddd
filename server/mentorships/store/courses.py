"""The courses of mentorships: how far they are, and what each of the two said for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.routines import Every
from server.db.tables import bookings, catchups, course_parts, courses, mentorships
from server.mentorships.rules.courses import Course, CourseState, Wish
from server.mentorships.rules.lengths import PlannedLength

AT_ONCE = 100
COURSE = select(courses).where(courses.c.mentorship_id == bindparam("mentorship"))
PARTS = select(course_parts).where(course_parts.c.mentorship_id == bindparam("mentorship"))
ADD, CHANGE = insert(courses), update(courses).where(courses.c.mentorship_id == bindparam("of_id"))
ADD_PART = insert(course_parts)
CHANGE_PART = update(course_parts).where(
    and_(course_parts.c.mentorship_id == bindparam("of_id"), course_parts.c.person_id == bindparam("person"))
)
FORGET_WISHES = update(course_parts).where(course_parts.c.mentorship_id == bindparam("of_id")).values(wish=None)
FORGET_LENGTHS = FORGET_WISHES.values(catchups=None, every=None)
# In the words of the index.
DUE = (
    select(courses.c.mentorship_id)
    .where(text("look_at IS NOT NULL"), courses.c.look_at <= bindparam("now"))
    .order_by(courses.c.look_at)
    .limit(AT_ONCE)
)
IN_MENTORSHIP = bookings.c.catchup_id.in_(
    select(catchups.c.id).where(catchups.c.mentorship_id == bindparam("mentorship"))
)
HELD = select(func.count(), func.max(bookings.c.start)).where(
    IN_MENTORSHIP, bookings.c.state == BookingState.HELD.value, bookings.c.start > bindparam("counted_from")
)
# No catch-up is longer.
LONGEST = timedelta(hours=12)
NEXT = (
    select(bookings.c.catchup_id, bookings.c.start, bookings.c.minutes, bookings.c.extra_minutes)
    .where(IN_MENTORSHIP, bookings.c.state == BookingState.CONFIRMED.value, bookings.c.start > bindparam("since"))
    .order_by(bookings.c.start, bookings.c.id)
    .limit(10)
)
STATE_AT = select(mentorships.c.state_at).where(mentorships.c.id == bindparam("mentorship"))


@dataclass(frozen=True, slots=True)
class CoursePart:
    """What one of the two said for themselves: see the table."""

    length: PlannedLength | None = None
    wish: Wish | None = None
    erases: bool | None = None
    chosen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldCatchups:
    """How many took place in the course, and when the newest began."""

    count: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class PlannedCatchup:
    catchup_id: int
    start: datetime


async def read_course(connection: AsyncConnection, mentorship_id: int, now: datetime) -> Course:
    """A new one begins now. To change it, the mentorship must be locked."""
    row = (await connection.execute(COURSE, {"mentorship": mentorship_id})).one_or_none()
    return Course(CourseState(row.state), row.counted_from, row.over_at) if row else Course(CourseState.UNPLANNED, now)


async def read_parts(connection: AsyncConnection, mentorship_id: int) -> Mapping[int, CoursePart]:
    """By the ids of those of the two who have said anything."""
    return {
        row.person_id: CoursePart(
            PlannedLength(row.catchups, Every(row.every)) if row.catchups else None,
            Wish(row.wish) if row.wish else None,
            row.erases,
            row.chosen_at,
        )
        for row in await connection.execute(PARTS, {"mentorship": mentorship_id})
    }


async def held_catchups(connection: AsyncConnection, mentorship_id: int, counted_from: datetime) -> HeldCatchups:
    wanted = {"mentorship": mentorship_id, "counted_from": counted_from}
    count, newest = (await connection.execute(HELD, wanted)).one()
    return HeldCatchups(count, newest)


async def next_catchup(connection: AsyncConnection, mentorship_id: int, now: datetime) -> PlannedCatchup | None:
    """The next that is agreed; one that has begun until it is over."""
    for row in await connection.execute(NEXT, {"mentorship": mentorship_id, "since": now - LONGEST}):
        if row.start + timedelta(minutes=row.minutes + row.extra_minutes) > now:
            return PlannedCatchup(row.catchup_id, row.start)
    return None


async def changed_at(connection: AsyncConnection, mentorship_id: int) -> datetime | None:
    """Since when the mentorship is in its state; None from its beginning."""
    at: datetime | None = (await connection.execute(STATE_AT, {"mentorship": mentorship_id})).scalar_one()
    return at


async def set_course(connection: AsyncConnection, mentorship_id: int, course: Course, look_at: datetime | None) -> None:
    """The mentorship must be locked."""
    values = {
        "state": course.state.value,
        "counted_from": course.counted_from,
        "over_at": course.over_at,
        "look_at": look_at,
    }
    if not (await connection.execute(CHANGE, {"of_id": mentorship_id, **values})).rowcount:
        await connection.execute(ADD, {"mentorship_id": mentorship_id, **values})


async def set_part(connection: AsyncConnection, mentorship_id: int, person_id: int, part: CoursePart) -> None:
    """The mentorship must be locked."""
    values = {
        "catchups": part.length.catchups if part.length else None,
        "every": part.length.every.value if part.length else None,
        "wish": part.wish.value if part.wish else None,
        "erases": part.erases,
        "chosen_at": part.chosen_at,
    }
    if not (await connection.execute(CHANGE_PART, {"of_id": mentorship_id, "person": person_id, **values})).rowcount:
        await connection.execute(ADD_PART, {"mentorship_id": mentorship_id, "person_id": person_id, **values})


async def forget_wishes(connection: AsyncConnection, mentorship_id: int, *, lengths: bool) -> None:
    """Of both; with `lengths` also how long they said. The mentorship must be locked."""
    await connection.execute(FORGET_LENGTHS if lengths else FORGET_WISHES, {"of_id": mentorship_id})


async def courses_to_look_at(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of the mentorships whose time has come; some at a time."""
    return tuple((await connection.execute(DUE, {"now": now})).scalars())
