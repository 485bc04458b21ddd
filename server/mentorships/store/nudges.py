"""Which mentorships are to be looked at, and when the two were last in touch."""

from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.offers import OfferState
from server.db.tables import bookings, catchups, mentorships, messages, offers, outbox, pauses, people
from server.mentorships.rules.nudges import REACHING_OUT, Lull
from server.people.rules.nudges import NUDGE
from server.people.rules.people import Mentorship

AT_ONCE = 100
ACTIVE = mentorships.c.state == "active"
# In two statements: an OR would not use the index.
NEW = select(mentorships.c.id).where(ACTIVE, mentorships.c.nudge_at.is_(None)).limit(AT_ONCE)
DUE = (
    select(mentorships.c.id)
    .where(ACTIVE, mentorships.c.nudge_at <= bindparam("now"))
    .order_by(mentorships.c.nudge_at)
    .limit(AT_ONCE)
)
SET = update(mentorships).where(mentorships.c.id == bindparam("of_id"))
BEGAN = select(mentorships.c.began_at).where(mentorships.c.id == bindparam("mentorship"))
CATCHUPS = select(catchups.c.id).where(catchups.c.mentorship_id == bindparam("mentorship"))
LAST_MEETING = select(func.max(bookings.c.start)).where(
    bookings.c.catchup_id.in_(CATCHUPS),
    bookings.c.start <= bindparam("now"),
    bookings.c.state.in_([BookingState.HELD.value, BookingState.MISSED.value, BookingState.CONFIRMED.value]),
)
TO_COME = (
    select(bookings.c.id)
    .where(
        bookings.c.catchup_id.in_(CATCHUPS),
        bookings.c.start > bindparam("now"),
        bookings.c.state == BookingState.CONFIRMED.value,
    )
    .limit(1)
)
LAST_OFFER = select(func.max(offers.c.made_at)).where(offers.c.catchup_id.in_(CATCHUPS))
WAITING = select(offers.c.id).where(offers.c.catchup_id.in_(CATCHUPS), offers.c.state == OfferState.OPEN.value).limit(1)
LAST_MESSAGE = (
    select(messages.c.at)
    .where(messages.c.mentorship_id == bindparam("mentorship"))
    .order_by(messages.c.id.desc())
    .limit(1)
)
LATER = select(func.max(pauses.c.until)).where(pauses.c.mentorship_id == bindparam("mentorship"))
NUDGED = select(func.max(outbox.c.made_at)).where(
    outbox.c.recipient_id == bindparam("mentor"), outbox.c.kind.in_((REACHING_OUT, NUDGE))
)
ERASED = select(people.c.id).where(people.c.id.in_(bindparam("ids", expanding=True)), people.c.erased_at.is_not(None))


async def mentorships_to_look_at(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """Those whose time has come, and those that were never looked at; some at a time."""
    new = (await connection.execute(NEW)).scalars().all()
    due = (await connection.execute(DUE, {"now": now})).scalars().all()
    return (*new, *due)


async def set_nudge_at(connection: AsyncConnection, mentorship_id: int, at: datetime) -> None:
    """It is not looked at before. The mentorship must be locked."""
    await connection.execute(SET, {"of_id": mentorship_id, "nudge_at": at})


async def read_lull(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> Lull:
    wanted = {"mentorship": mentorship.id, "now": now}
    last = [
        (await connection.execute(query, wanted)).scalar_one_or_none()
        for query in (BEGAN, LAST_MEETING, LAST_OFFER, LAST_MESSAGE)
    ]
    plans = [(await connection.execute(query, wanted)).first() for query in (TO_COME, WAITING)]
    return Lull(
        since=max(at for at in last if at is not None),
        plans=any(found is not None for found in plans),
        later=(await connection.execute(LATER, wanted)).scalar_one(),
        nudged_at=(await connection.execute(NUDGED, {"mentor": mentorship.mentor_id})).scalar_one(),
    )


async def is_one_erased(connection: AsyncConnection, mentorship: Mentorship) -> bool:
    ids = [mentorship.mentor_id, mentorship.mentee_id]
    return (await connection.execute(ERASED, {"ids": ids})).first() is not None
