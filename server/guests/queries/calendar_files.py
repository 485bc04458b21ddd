"""Catch-ups for the calendar of a guest: the one of a seat, and calls of three for the feed of who was introduced."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.calendar.event import CalendarEvent, invitation
from server.catchups.rules.invitations import Status
from server.catchups.store.catchups import sequence_of
from server.db.database import Database
from server.errors import NotFound
from server.guests.access import GuestKey, guest_comes, seat_for
from server.guests.calendar import guest_event
from server.guests.contact import both_of, contact_of_guest
from server.guests.rules.seats import GuestSeat, SeatState
from server.guests.store import seats


async def read_guest_invitation(db: Database, key: GuestKey, base_url: str, sender: str, now: datetime) -> bytes:
    """The calendar file of the catch-up in which this opens a seat. Raises NotFound, also once the seat has ended."""
    async with db.reading() as connection:
        seat = await seat_for(connection, key)
        event = await _event(connection, seat, f"{base_url}/g/{key.token}", sender, now)
    if event is None:
        raise NotFound
    return invitation(event)


async def read_calls_of_three(
    connection: AsyncConnection, person_id: int, base_url: str, sender: str
) -> tuple[CalendarEvent, ...]:
    """Those to which this person comes, as somebody who was introduced: each until the day after it. They lead to the
    page of the introduction, where no secret is needed in the address."""
    events = [
        await _event(connection, seat, f"{base_url}/introductions/{seat.introduction_id}", sender, booked_at)
        for seat, booked_at in await seats.agreed_seats_of(connection, person_id)
    ]
    return tuple(event for event in events if event is not None)


async def _event(
    connection: AsyncConnection, seat: GuestSeat, link: str, sender: str, stamp: datetime
) -> CalendarEvent | None:
    """None where the guest does not come, or not any more."""
    booking = await seats.booking_in(connection, seat.catchup_id)
    if booking is None or seat.state is not SeatState.AGREED or not await guest_comes(connection, seat):
        return None
    both = await both_of(connection, seat)
    told = booking.invitation(Status.CONFIRMED, await sequence_of(connection, seat.catchup_id))
    guest = await contact_of_guest(connection, seat, both[0])
    return guest_event(told, seat, guest, both, address=link, sender=sender, stamp=stamp)
