"""What the two do with the seat of a third person: ask for it, agree, end it, and open the door of the call."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.changes.limits import count_proposal
from server.catchups.rules.bookings import Booking
from server.catchups.rules.ledger import ChoiceKind, NewChoice, ShownWording, guest_subject, statement_of
from server.catchups.store.bookings import lock_booking_of
from server.catchups.store.catchups import mentorship_of
from server.db.database import Database
from server.guests.rules.seats import (
    ANSWERED_EMAIL,
    ASKED_EMAIL,
    INVITED_EMAIL,
    GuestDraft,
    GuestSeat,
    SeatEvent,
    SeatOver,
    SeatState,
    SeatTaken,
    check_guest,
    check_seatable,
    next_state,
)
from server.guests.saving import end_seat, note_seat, tell_agreed, tell_guest, tell_one
from server.guests.store import seats
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact


async def ask_for_seat(
    db: Database, visitor: Visitor, booking_id: int, draft: GuestDraft, shown: ShownWording, now: datetime
) -> None:
    """Asks the other whether a third person may come; the visitor agrees with that.

    Raises NotFound, NoGuestSeat, SeatTaken, InvalidInput or TooManyProposals.
    """
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        check_seatable(booking, now)
        if await seats.live_seat_in(connection, booking.catchup_id) is not None:
            raise SeatTaken
        mentorship = await mentorship_of(connection, booking.catchup_id)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        draft = check_guest(draft, [(await any_contact(connection, each)).email for each in both])
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        key = secrets.token_hex(16)
        seat_id = await seats.add_seat(connection, booking.catchup_id, visitor.person.id, draft, key, now)
        said = NewChoice(ChoiceKind.AGREED_GUEST, statement_of(visitor, shown))
        await record_choice(connection, guest_subject(seat_id), said, now)
        seat = await _seat_in(connection, booking)
        await tell_one(connection, seat, mentorship.other(visitor.person.id), ASKED_EMAIL, now)
        note_seat(connection, seat)


async def agree_to_seat(
    db: Database, visitor: Visitor, booking_id: int, seat_id: int, shown: ShownWording, now: datetime
) -> None:
    """The one who is asked agrees, and the guest gets their link. Raises NotFound, NoGuestSeat or SeatOver."""
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        check_seatable(booking, now)
        seat = await _seat_in(connection, booking, seat_id)
        if seat.asked_by == visitor.person.id:
            raise SeatOver
        await seats.set_state(connection, seat.id, next_state(seat.state, SeatEvent.AGREE), now)
        said = NewChoice(ChoiceKind.AGREED_GUEST, statement_of(visitor, shown))
        await record_choice(connection, guest_subject(seat.id), said, now)
        await seats.set_told(connection, seat.id, booking.start)
        if seat.third_id is None:
            await tell_agreed(connection, seat, booking, INVITED_EMAIL, now)
        else:
            await tell_guest(connection, seat, INVITED_EMAIL, now)
        await tell_one(connection, seat, seat.asked_by, ANSWERED_EMAIL, now)
        note_seat(connection, seat)


async def end_seat_of(
    db: Database, visitor: Visitor, booking_id: int, seat_id: int, shown: ShownWording, now: datetime
) -> GuestSeat:
    """Declines the seat, takes it back or withdraws from it: the seat that is gone. Raises NotFound or SeatOver."""
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        seat = await _seat_in(connection, booking, seat_id)
        event = SeatEvent.DECLINE if seat.state is SeatState.ASKED else SeatEvent.WITHDRAW
        await end_seat(connection, seat, event, now, statement_of(visitor, shown))
        return seat


async def open_door(db: Database, visitor: Visitor, booking_id: int, seat_id: int) -> None:
    """Lets the guest in, who waits or will. Raises NotFound or SeatOver."""
    await _set_door(db, visitor, booking_id, seat_id, let_in=True, put_off=False)


async def put_off(db: Database, visitor: Visitor, booking_id: int, seat_id: int) -> None:
    """Lets the guest wait on. Raises NotFound or SeatOver."""
    await _set_door(db, visitor, booking_id, seat_id, put_off=True)


async def close_door(db: Database, visitor: Visitor, booking_id: int, seat_id: int) -> GuestSeat:
    """Asks the guest to leave: they are to be taken out of the call, and wait if they come again.

    Raises NotFound or SeatOver.
    """
    return await _set_door(db, visitor, booking_id, seat_id, let_in=False, put_off=False)


async def _set_door(db: Database, visitor: Visitor, booking_id: int, seat_id: int, **door: bool) -> GuestSeat:
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        seat = await _seat_in(connection, booking, seat_id)
        if seat.state is not SeatState.AGREED:
            raise SeatOver
        await seats.set_door(connection, seat.id, **door)
        note_seat(connection, seat)
        return seat


async def _seat_in(connection: AsyncConnection, booking: Booking, seat_id: int | None = None) -> GuestSeat:
    """The catch-up's seat, if it is the one that the page showed. Raises SeatOver."""
    seat = await seats.live_seat_in(connection, booking.catchup_id)
    if seat is None or seat_id not in (None, seat.id):
        raise SeatOver
    return seat
