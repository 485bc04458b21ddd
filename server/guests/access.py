"""What a guest may reach: their seat, by their link alone; and the call, once the consents of both stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.attendances import still_talking
from server.calls.rules.entering import may_enter
from server.calls.rules.errors import CallEnded, ConsentMissing
from server.calls.store import sessions
from server.catchups.rules.bookings import Booking
from server.catchups.rules.consents import consenting
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import guest_subject
from server.catchups.store import ledger as choices
from server.catchups.store.catchups import mentorship_of
from server.errors import NotFound
from server.guests.rules.links import opens, seat_of_token
from server.guests.rules.seats import GuestSeat, SeatState, agreeing, wanted_by
from server.guests.store import seats


@dataclass(frozen=True, slots=True)
class GuestKey:
    """What a browser shows for a seat, and the server's key that it must have been made with."""

    token: str
    secret_key: bytes


async def find_seat(connection: AsyncConnection, key: GuestKey) -> GuestSeat | None:
    """The seat that this opens, live or ended."""
    seat_id = seat_of_token(key.token)
    seat = await seats.any_seat(connection, seat_id) if seat_id is not None else None
    return seat if seat and opens(key.token, key.secret_key, seat.id, seat.key) else None


async def seat_for(connection: AsyncConnection, key: GuestKey) -> GuestSeat:
    """The seat that this opens, live or ended. Raises NotFound."""
    seat = await find_seat(connection, key)
    if seat is None:
        raise NotFound
    return seat


async def check_guest_may_enter(
    connection: AsyncConnection, seat: GuestSeat, now: datetime, window: JoinWindow
) -> Booking:
    """The booking whose call is open to the guest, once they are let in: the consents of both stand, to the catch-up
    and to the guest, and that of a third person who was introduced.

    Raises NotFound or the CallClosed that says why not.
    """
    booking = await seats.booking_in(connection, seat.catchup_id)
    if booking is None or seat.state is not SeatState.AGREED:
        raise NotFound
    mentorship = await mentorship_of(connection, seat.catchup_id)
    both = (mentorship.mentor_id, mentorship.mentee_id)
    talking = still_talking(await sessions.attendances_of(connection, booking.id), now)
    consents = consenting(await choices.choices_about(connection, booking.offer_id))
    may_enter(booking, consents, both, window, now, talking)
    agreed = agreeing(await choices.entries_about(connection, guest_subject(seat.id)))
    if not wanted_by(seat, *both) <= agreed or not await seats.stands(connection, seat.id):
        raise ConsentMissing
    if await sessions.was_ended(connection, booking.id):
        raise CallEnded
    return booking


async def third_joins(connection: AsyncConnection, seat: GuestSeat | None) -> bool:
    """Whether somebody who was introduced has agreed to come, and still does."""
    if seat is None or seat.third_id is None:
        return False
    return seat.third_id in agreeing(await choices.entries_about(connection, guest_subject(seat.id)))


async def guest_comes(connection: AsyncConnection, seat: GuestSeat) -> bool:
    """Whether the guest of an agreed seat comes: somebody who was introduced, once they have said so."""
    return seat.third_id is None or await third_joins(connection, seat)
