"""Asking for more time in the call, agreeing to it, and not."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.more_time import ask_for_more, drop_request, taken_until
from server.catchups.rules.bookings import Booking, PairSide
from server.catchups.store.bookings import live_between, lock_booking_of, set_more_time
from server.catchups.store.catchups import mentorship_of
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.people.rules.visitors import Visitor


async def request_more_time(db: Database, visitor: Visitor, booking_id: int, seen: datetime) -> None:
    """Asks for more time, or agrees where the other has asked; `seen` is the end that the visitor's page showed.

    Raises NotFound or NoMoreTime.
    """
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        mentorship = await mentorship_of(connection, booking.catchup_id)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        others = await live_between(connection, both, booking.end, taken_until(booking))
        by: PairSide = "mentor" if visitor.person.id == mentorship.mentor_id else "mentee"
        await _save(connection, booking, ask_for_more(booking, by, seen, others))


async def refuse_more_time(db: Database, visitor: Visitor, booking_id: int, seen: datetime) -> None:
    """Does not agree, or takes one's own request back. Raises NotFound."""
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        await _save(connection, booking, drop_request(booking, seen))


async def _save(connection: AsyncConnection, before: Booking, after: Booking) -> None:
    if after != before:
        await set_more_time(connection, after)
        note_change(connection, Topic("booking", after.id))
