"""What a guest does by their link: open it, wait at the door, enter the call, and say no."""

from datetime import datetime

from server.calls.actions.entering import SEATS
from server.calls.rules.turn import Turn
from server.catchups.rules.bookings import Booking
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import lock_any_booking
from server.db.database import Database
from server.errors import NotFound
from server.guests.access import GuestKey, check_guest_may_enter, find_seat, seat_for
from server.guests.rules.seats import GuestSeat, SeatEvent, SeatState
from server.guests.saving import end_seat, forget_guest, note_seat
from server.guests.store import seats
from server.people.actions.links import count_wrong_link
from server.people.rules.rate_limits import WRONG_LINKS, Counted
from signaling.seat import IceServer, Seat


async def open_guest_link(db: Database, key: GuestKey, now: datetime, caller: Counted | None) -> GuestSeat:
    """Decides nothing. Raises LinkNotFound or TooManyWrongLinks."""
    async with db.reading() as connection:
        seat = await find_seat(connection, key)
    if seat is None:
        raise await count_wrong_link(db, WRONG_LINKS, caller, now)
    return seat


async def take_guest_seat(
    db: Database, key: GuestKey, now: datetime, window: JoinWindow, turn: Turn | None = None
) -> Seat:
    """The guest's seat in the call, once they are let in. What was written in its chat before they came stays unread.

    Raises NotFound, also while they wait, or the CallClosed that says why not.
    """
    async with db.reading() as connection:
        seat = await seat_for(connection, key)
        booking = await check_guest_may_enter(connection, seat, now, window)
    if not seat.let_in:
        raise NotFound
    servers = () if turn is None else (IceServer(turn.urls, *turn.credential(seat.person, now)),)
    return Seat(
        call=str(booking.id), person=seat.person, name=seat.name, seats=SEATS, reads_earlier=False, ice_servers=servers
    )


async def wait_at_door(db: Database, key: GuestKey, now: datetime, window: JoinWindow) -> GuestSeat:
    """The guest is in the lobby and asks to come in. Raises NotFound or the CallClosed that says why not."""
    async with db.writing() as connection:
        seat = await seat_for(connection, key)
        await check_guest_may_enter(connection, seat, now, window)
        if not seat.waits:
            await seats.set_door(connection, seat.id, waits=True, put_off=False)
            note_seat(connection, seat)
        return seat


async def leave_door(db: Database, seat: GuestSeat) -> None:
    """The guest waits no longer."""
    async with db.writing() as connection:
        await seats.set_door(connection, seat.id, waits=False)
        note_seat(connection, seat)


async def refuse_seat(db: Database, key: GuestKey, now: datetime) -> tuple[GuestSeat, Booking | None]:
    """The guest says that this is not for them: their name and address are deleted. The seat, and the booking out of
    whose call they are to be taken. Somebody who was introduced says it on that page. Raises NotFound or SeatOver."""
    async with db.writing() as connection:
        seat = await seat_for(connection, key)
        if seat.third_id is not None:
            raise NotFound
        booking = await seats.booking_in(connection, seat.catchup_id)
        if booking is not None:
            await lock_any_booking(connection, booking.id)
            seat = await seat_for(connection, key)
        if seat.state is SeatState.AGREED:
            await end_seat(connection, seat, SeatEvent.REFUSE, now)
        else:
            await forget_guest(connection, seat, now)
        return seat, booking
