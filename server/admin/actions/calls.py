"""Ending a call that goes on, and letting a relay process end with its calls."""

from datetime import datetime

from server.calls.rules.errors import CallOver
from server.calls.store.sessions import set_ended
from server.catchups.store.bookings import lock_any_booking
from server.catchups.store.catchups import both_in
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store.audit import record


async def end_running_call(
    db: Database, visitor: Visitor, booking_id: int, reason: str, now: datetime
) -> tuple[int, int]:
    """Closes the booking's call for good; returns the ids of its two people, who are to be taken out of it.

    Raises NotFound, CallOver when nobody has entered it or it was ended before, or InvalidInput about `reason`.
    """
    async with db.writing() as connection:
        booking = await lock_any_booking(connection, booking_id)
        if booking is None:
            raise NotFound
        if not await set_ended(connection, booking.id, now):
            raise CallOver
        people = await both_in(connection, booking.catchup_id)
        subject = AuditSubject("booking", booking.id)
        await record(connection, acting(visitor), Act.ENDED_CALL, now, people=people, subject=subject, reason=reason)
        note_change(connection, Topic("booking", booking.id))
        return people


async def note_drained(db: Database, visitor: Visitor, relay: int, now: datetime) -> None:
    """Notes that this relay process, from 1, was asked to take no new calls."""
    async with db.writing() as connection:
        await record(connection, acting(visitor), Act.DRAINED_RELAY, now, subject=AuditSubject("relay", relay))
