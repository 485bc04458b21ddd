"""What letters tell of, read when they are written."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.bookings import Booking
from server.domain.letters import Matter
from server.storage.bookings import booking_of
from server.storage.catchups import mentees, mentors, person_from, with_both
from server.storage.offers import offer_of
from server.storage.outbox import Promise
from server.storage.tables import bookings, catchups, choice_words, choices, delays, mentorships, offer_times, offers


async def read_matter(connection: AsyncConnection, promise: Promise) -> Matter | None:
    """What the promised letter is about: the offer or booking that its event names; None when it names neither."""
    if promise.about is None:
        return None
    kind, number = promise.about
    booking = await _booking_at(connection, number) if kind == "booking" else None
    row = (await connection.execute(_matters(promise, booking.offer_id if booking else number))).one()
    times = await connection.execute(
        select(offer_times.c.start).where(offer_times.c.offer_id == row.id).order_by(offer_times.c.start)
    )
    return Matter(
        uid=row.uid,
        mentor=person_from(row, "mentor"),
        mentee=person_from(row, "mentee"),
        offer=offer_of(row, [time.start for time in times]),
        booking=booking,
        moved=await _booking_at(connection, row.moves_id) if row.moves_id else None,
        chosen_by=row.chosen_by,
        words=row.words or "",
        again_at=row.again_at,
        late=await _others_delay(connection, booking.id, promise.recipient.id) if booking else None,
    )


def _matters(promise: Promise, offer_id: int) -> Select[Any]:
    # The choice that the letter tells of was made at the letter's own time, before anything else noted with it.
    choice_id = (
        select(func.min(choices.c.id))
        .where(choices.c.offer_id == offer_id, choices.c.at == promise.made_at)
        .scalar_subquery()
    )
    return (
        with_both(
            offers,
            catchups.c.uid,
            choices.c.person_id.label("chosen_by"),
            choices.c.start.label("again_at"),
            choice_words.c.words,
        )
        .select_from(offers)
        .join(catchups, catchups.c.id == offers.c.catchup_id)
        .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
        .join(mentors, mentors.c.id == mentorships.c.mentor_id)
        .join(mentees, mentees.c.id == mentorships.c.mentee_id)
        .outerjoin(choices, choices.c.id == choice_id)
        .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
        .where(offers.c.id == offer_id)
    )


async def _booking_at(connection: AsyncConnection, booking_id: int) -> Booking:
    return booking_of((await connection.execute(select(bookings).where(bookings.c.id == booking_id))).one())


async def _others_delay(connection: AsyncConnection, booking_id: int, person_id: int) -> int | None:
    """By how many minutes the other of the two said to run late."""
    found = await connection.execute(
        select(delays.c.minutes).where(delays.c.booking_id == booking_id, delays.c.person_id != person_id)
    )
    return found.scalar_one_or_none()
