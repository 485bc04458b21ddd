"""Bookings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import LIVE, MOST_EXTRA, Booking, BookingState, NewBooking
from server.catchups.rules.drafts import LENGTHS, Caller, Medium
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor, in_catchups_of, person_from, with_both
from server.db.database import for_update
from server.db.tables import bookings, catchups, delays, mentorships, offers
from server.errors import NotFound
from server.people.rules.people import BothPeople, Person
from server.people.rules.visitors import Visitor

LONGEST = timedelta(minutes=max(LENGTHS) + MOST_EXTRA)
IS_LIVE = bookings.c.state.in_([state.value for state in LIVE])

VIEWS = (
    with_both(bookings, offers.c.note, offers.c.caller, catchups.c.mentorship_id)
    .join(offers, offers.c.id == bookings.c.offer_id)
    .where(OPEN_TO_VISITOR)
)
VIEW = VIEWS.where(bookings.c.id == bindparam("id"))
OWN_VIEWS = VIEWS.where(in_catchups_of(bindparam("me"), bookings))
COMING = OWN_VIEWS.where(bookings.c.start > bindparam("since"), IS_LIVE).order_by(bookings.c.start, bookings.c.id)
OVER = (
    OWN_VIEWS.where(bookings.c.start <= bindparam("since")).order_by(bookings.c.start.desc(), bookings.c.id).limit(20)
)
LIVE_BETWEEN = (
    select(bookings)
    .join(catchups, catchups.c.id == bookings.c.catchup_id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .where(
        IS_LIVE,
        bookings.c.start > bindparam("since"),
        bookings.c.start < bindparam("until"),
        or_(
            mentorships.c.mentor_id.in_(bindparam("people", expanding=True)),
            mentorships.c.mentee_id.in_(bindparam("people", expanding=True)),
        ),
    )
    .order_by(bookings.c.start)
)
COMING_IN = (
    select(bookings)
    .join(catchups, catchups.c.id == bookings.c.catchup_id)
    .where(
        catchups.c.mentorship_id == bindparam("mentorship_id"),
        bookings.c.state == BookingState.CONFIRMED.value,
        bookings.c.start > bindparam("now"),
    )
    .order_by(bookings.c.start, bookings.c.id)
)
BY_ID = select(bookings).where(bookings.c.id == bindparam("id"))
LIVE_OF_OFFER = select(bookings).where(bookings.c.offer_id == bindparam("offer_id"), IS_LIVE)
TO_LOCK = for_update(
    select(catchups.c.id)
    .join(bookings, bookings.c.catchup_id == catchups.c.id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .where(bookings.c.id == bindparam("id")),
    of=catchups,
)
TO_LOCK_OPEN = TO_LOCK.where(OPEN_TO_VISITOR)
DELAYS_OF = select(delays).where(delays.c.booking_id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class BookingView(BothPeople):
    """A booking for its page, with what its offer says: the note, and who rings whom by phone."""

    booking: Booking
    mentor: Person
    mentee: Person
    note: str
    caller: Caller
    mentorship_id: int

    def rings(self, person_id: int) -> bool:
        """Whether this one of the two rings the other, where they speak by phone."""
        return (person_id == self.mentor.id) == (self.caller is Caller.MENTOR)


async def add_booking(connection: AsyncConnection, new: NewBooking, now: datetime) -> Booking:
    result = await connection.execute(
        insert(bookings)
        .values(
            catchup_id=new.offer.catchup_id,
            offer_id=new.offer.id,
            start=new.start,
            minutes=new.offer.minutes,
            medium=new.medium.value,
            phone_fallback=new.phone_fallback,
            state=BookingState.CONFIRMED.value,
            made_at=now,
        )
        .returning(bookings)
    )
    return booking_of(result.one())


async def live_between(
    connection: AsyncConnection, people_ids: tuple[int, ...], since: datetime, until: datetime
) -> tuple[Booking, ...]:
    """The confirmed and held bookings of these people that may overlap with this span, earliest first."""
    rows = await connection.execute(
        LIVE_BETWEEN, {"since": since - LONGEST, "until": until, "people": list(people_ids)}
    )
    return tuple(booking_of(row) for row in rows)


async def lock_booking_of(connection: AsyncConnection, visitor: Visitor, booking_id: int) -> Booking:
    """The booking, when this visitor may open it; its catch-up is locked until the transaction ends.

    Raises NotFound.
    """
    booking = await _locked(connection, TO_LOCK_OPEN, {"id": booking_id, **as_visitor(visitor)})
    if booking is None:
        raise NotFound
    return booking


async def lock_any_booking(connection: AsyncConnection, booking_id: int) -> Booking | None:
    """The booking, without a check of access (for the server's own record); its catch-up is locked until the
    transaction ends."""
    return await _locked(connection, TO_LOCK, {"id": booking_id})


async def _locked(connection: AsyncConnection, catchup: Select[Any], wanted: Mapping[str, Any]) -> Booking | None:
    if (await connection.execute(catchup, wanted)).first() is None:
        return None
    return await any_booking(connection, wanted["id"])


async def any_booking(connection: AsyncConnection, booking_id: int) -> Booking:
    """The booking with this id, which must exist, without a check of access."""
    return booking_of((await connection.execute(BY_ID, {"id": booking_id})).one())


async def catchups_of(connection: AsyncConnection, booking_ids: Collection[int]) -> dict[int, int]:
    """The ids of the catch-ups of these bookings, by the bookings' ids."""
    rows = await connection.execute(
        select(bookings.c.id, bookings.c.catchup_id).where(bookings.c.id.in_(list(booking_ids)))
    )
    return {row.id: row.catchup_id for row in rows}


async def live_booking_of(connection: AsyncConnection, offer_id: int) -> Booking | None:
    """The confirmed or held booking that the offer became. To decide by it, the catch-up must be locked."""
    row = (await connection.execute(LIVE_OF_OFFER, {"offer_id": offer_id})).one_or_none()
    return booking_of(row) if row else None


async def coming_in(connection: AsyncConnection, mentorship_id: int, now: datetime) -> tuple[Booking, ...]:
    """What the two have agreed and has not begun, earliest first. To decide by it, the catch-ups must be locked."""
    rows = await connection.execute(COMING_IN, {"mentorship_id": mentorship_id, "now": now})
    return tuple(booking_of(row) for row in rows)


async def has_live_booking(connection: AsyncConnection, catchup_id: int) -> bool:
    """Whether the catch-up is agreed or held. To decide by it, the catch-up must be locked."""
    live = select(bookings.c.id).where(bookings.c.catchup_id == catchup_id, IS_LIVE).limit(1)
    return (await connection.execute(live)).first() is not None


async def moved_to(connection: AsyncConnection, booking_id: int) -> int | None:
    """The id of the booking that took this one's place, if one did."""
    # With a join SQLite would look for the greatest id by walking through the bookings from the newest on.
    wishes = select(offers.c.id).where(offers.c.moves_id == booking_id)
    found = await connection.execute(select(func.max(bookings.c.id)).where(bookings.c.offer_id.in_(wishes)))
    booking: int | None = found.scalar_one()
    return booking


async def set_state(connection: AsyncConnection, booking_id: int, state: BookingState) -> None:
    await connection.execute(update(bookings).where(bookings.c.id == booking_id).values(state=state.value))


async def set_delay(connection: AsyncConnection, booking_id: int, person_id: int, minutes: int, now: datetime) -> None:
    """Sets how late this person comes, in place of what they said before. The catch-up must be locked."""
    of_it = (delays.c.booking_id == booking_id) & (delays.c.person_id == person_id)
    await connection.execute(delete(delays).where(of_it))
    await connection.execute(insert(delays).values(booking_id=booking_id, person_id=person_id, minutes=minutes, at=now))


async def delays_of(connection: AsyncConnection, booking_id: int) -> dict[int, int]:
    """How many minutes late people come, by their ids."""
    rows = await connection.execute(DELAYS_OF, {"id": booking_id})
    return {row.person_id: row.minutes for row in rows}


async def set_phone_fallback(connection: AsyncConnection, booking_id: int, allowed: bool) -> None:
    await connection.execute(update(bookings).where(bookings.c.id == booking_id).values(phone_fallback=allowed))


async def set_more_time(connection: AsyncConnection, booking: Booking) -> None:
    """Saves by how much it was made longer, and who asks for more. The catch-up must be locked."""
    more = {"extra_minutes": booking.extra_minutes, "more_time_asked_by": booking.more_time_asked_by}
    await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(more))


async def confirmed_before(connection: AsyncConnection, medium: Medium, latest_start: datetime) -> tuple[Booking, ...]:
    """The bookings by `medium` still 'confirmed' that started before `latest_start`, earliest first, at most 100."""
    rows = await connection.execute(
        select(bookings)
        .where(
            bookings.c.state == BookingState.CONFIRMED.value,
            bookings.c.medium == medium.value,
            bookings.c.start < latest_start,
        )
        .order_by(bookings.c.start)
        .limit(100)
    )
    return tuple(booking_of(row) for row in rows)


async def read_booking(connection: AsyncConnection, visitor: Visitor, booking_id: int) -> BookingView | None:
    row = (await connection.execute(VIEW, {"id": booking_id, **as_visitor(visitor)})).one_or_none()
    return view_of(row) if row else None


async def bookings_of(connection: AsyncConnection, visitor: Visitor, now: datetime) -> tuple[BookingView, ...]:
    """What is to come, soonest first; then at most 20 that are over, newest first."""
    wanted = {"since": now - LONGEST, **as_visitor(visitor)}
    rows = [*await connection.execute(COMING, wanted), *await connection.execute(OVER, wanted)]
    return tuple(view_of(row) for row in rows)


def view_of(row: Row[Any]) -> BookingView:
    return BookingView(
        booking_of(row),
        person_from(row, "mentor"),
        person_from(row, "mentee"),
        row.note,
        Caller(row.caller),
        row.mentorship_id,
    )


def booking_of(row: Row[Any]) -> Booking:
    return Booking(
        id=row.id,
        catchup_id=row.catchup_id,
        offer_id=row.offer_id,
        start=row.start,
        minutes=row.minutes,
        medium=Medium(row.medium),
        state=BookingState(row.state),
        phone_fallback=row.phone_fallback,
        extra_minutes=row.extra_minutes,
        more_time_asked_by=row.more_time_asked_by,
    )
