"""A guest's seat as the two see it, and as the guest does."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.errors import CallClosed
from server.catchups.rules.bookings import Booking
from server.catchups.rules.join_window import JoinWindow
from server.db.database import Database
from server.guests.access import GuestKey, check_guest_may_enter, guest_comes, seat_for, third_joins
from server.guests.contact import both_of
from server.guests.rules.seats import LIVE_SEATS, Door, GuestSeat, NoGuestSeat, SeatState, check_seatable, door_of
from server.guests.store import seats
from server.people.rules.people import Person


@dataclass(frozen=True, slots=True)
class SeatPart:
    """The newest seat of a catch-up for the page of its booking, None where there was none; `may_ask`: a third person
    can be added now. `joins`: somebody who was introduced has said that they come."""

    seat: GuestSeat | None
    may_ask: bool
    joins: bool = False


@dataclass(frozen=True, slots=True)
class GuestPage:
    """What a guest is shown: the seat, the time, whom they meet, and why the call is `closed` now, if it is. `booking`
    is None once the seat has no call. `comes`: the booking is for their calendar."""

    seat: GuestSeat
    door: Door
    booking: Booking | None
    asked_by: Person
    other: Person
    opens_at: datetime | None
    closed: CallClosed | None
    comes: bool


async def read_seat(connection: AsyncConnection, booking: Booking, now: datetime) -> SeatPart:
    """For one of the two, whose right to the booking was checked."""
    seat = await seats.newest_seat_in(connection, booking.catchup_id)
    joins = await third_joins(connection, seat)
    live = seat is not None and seat.state in LIVE_SEATS
    try:
        check_seatable(booking, now)
    except NoGuestSeat:
        return SeatPart(seat, False, joins)
    return SeatPart(seat, not live, joins)


async def read_guest_page(db: Database, key: GuestKey, window: JoinWindow, now: datetime) -> GuestPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        seat = await seat_for(connection, key)
        live = seat.state is SeatState.AGREED
        booking = await seats.booking_in(connection, seat.catchup_id) if live else None
        asked_by, other = await both_of(connection, seat)
        closed = None
        if booking is not None:
            try:
                await check_guest_may_enter(connection, seat, now, window)
            except CallClosed as refusal:
                closed = refusal
        opens_at = window.opens_at(booking) if booking else None
        comes = booking is not None and await guest_comes(connection, seat)
        return GuestPage(seat, door_of(seat), booking, asked_by, other, opens_at, closed, comes)
