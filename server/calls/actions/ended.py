"""Noting that a call has ended: all have left it, and nobody came back within a few minutes."""

from datetime import datetime, timedelta
from functools import partial

from server.calls.store import sessions
from server.calls.store.sessions import LeftSession
from server.catchups.rules.bookings import BookingState
from server.catchups.store.bookings import lock_any_booking
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.webhooks.rules.events import HookEvent
from server.webhooks.store.queue import queue_event

# People whose connection broke, or who reload the page, are back by then.
AWAY = timedelta(minutes=5)


async def note_ended(db: Database, now: datetime) -> int:
    """Notes since when nobody is in these calls, and tells the webhooks of those that took place; returns how many."""
    before = now - AWAY
    async with db.reading() as connection:
        left = {each.booking_id: each for each in await sessions.left_by_all(connection, before)}
    return await for_each(db, Work.ENDED, left, partial(_end, db, left, before), now)


async def _end(db: Database, left: dict[int, LeftSession], before: datetime, booking_id: int) -> bool:
    """Whether they are all still away."""
    async with db.writing() as connection:
        booking = await lock_any_booking(connection, booking_id)
        if booking is None or not await sessions.note_left(connection, left[booking_id], before):
            return False
        if booking.state is BookingState.HELD:
            await queue_event(connection, HookEvent.ENDED, booking_id, left[booking_id].at)
        return True
