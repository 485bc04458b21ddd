"""A call of three after an introduction, as each of its people sees it; and whom the mentor can plan one with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking
from server.db.database import Database
from server.errors import NotFound
from server.guests.access import third_joins
from server.guests.rules.seats import GuestSeat, SeatState
from server.guests.store import seats
from server.introductions.rules.introductions import Introduction, IntroductionOver, Part, contact_of
from server.introductions.store.answers import consents_in
from server.introductions.store.introductions import any_person, find_introduction_of
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor


@dataclass(frozen=True, slots=True)
class ThreePart:
    """A call of three for the page of its introduction. `booking` is None until the mentee has accepted its time.
    `joins`: the third person has said yes. `over`: its time is over."""

    seat: GuestSeat
    booking: Booking | None
    joins: bool
    over: bool


async def read_three(
    connection: AsyncConnection, introduction: Introduction, part: Part, now: datetime
) -> ThreePart | None:
    """For one of the introduction's people, once both have agreed to it. The third person is told of a call of three
    only once the other two have agreed to that."""
    seat = await seats.newest_seat_of(connection, introduction.id)
    if seat is None:
        return None
    told = {SeatState.AGREED, SeatState.REFUSED, SeatState.OVER} | (set() if part is Part.THIRD else {SeatState.ASKED})
    if seat.state not in told or (seat.state is SeatState.OVER and seat.came_at is None):
        return None
    booking = await seats.booking_in(connection, seat.catchup_id)
    if booking is None and seat.state is not SeatState.ASKED:
        return None
    over = booking is not None and now >= booking.end
    return ThreePart(seat, booking, await third_joins(connection, seat), over)


async def read_third(db: Database, visitor: Visitor, mentorship_id: int, introduction_id: int, now: datetime) -> Person:
    """With whom the mentor can plan a call of three in this mentorship. Raises NotFound or IntroductionOver."""
    async with db.reading() as connection:
        introduction = await find_introduction_of(connection, visitor, introduction_id)
        if introduction.mentor_id != visitor.person.id or introduction.mentorship_id != mentorship_id:
            raise NotFound
        consents = await consents_in(connection, introduction.id)
        third_id = contact_of(introduction, introduction.mentee_id, consents, now)
        if third_id is None:
            raise IntroductionOver
        return await any_person(connection, third_id)
