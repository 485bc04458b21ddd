"""What people do with bookings."""

from datetime import datetime

from server.actions.ledger import record_choice
from server.actions.offers import check_words
from server.domain import bookings as rules
from server.domain.bookings import BookingEvent
from server.domain.calls import Door
from server.domain.consents import ChoiceKind
from server.domain.errors import NotFound
from server.domain.offers import Medium
from server.domain.visitors import Visitor
from server.storage import bookings, catchups, outbox
from server.storage.database import Database


async def withdraw(db: Database, visitor: Visitor, booking_id: int, words: str, now: datetime) -> None:
    """Withdraws from a booking, which calls it off. Raises NotFound, BadDraft or BookingOver."""
    words = check_words(words)
    async with db.writing() as connection:
        booking = await bookings.lock_booking(connection, visitor, booking_id)
        if booking is None:
            raise NotFound
        state = rules.withdraw(booking, now)
        await bookings.set_state(connection, booking.id, state, booking.sequence + 1)
        await record_choice(connection, visitor, booking.offer_id, ChoiceKind.WITHDREW, now, words=words)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        for recipient_id in (mentorship.mentor_id, mentorship.mentee_id):
            await outbox.promise_letter(
                connection,
                recipient_id=recipient_id,
                event=f"booking:{booking.id}:cancelled",
                letter="booking_cancelled",
                catchup_id=booking.catchup_id,
                path=f"/bookings/{booking.id}",
                now=now,
            )


async def close_missed(db: Database, door: Door, now: datetime) -> int:
    """Marks the video bookings whose call closed without both having been there as missed; returns how many."""
    closed = 0
    async with db.writing() as connection:
        for booking in await bookings.confirmed_before(connection, Medium.VIDEO, now - door.late):
            if door.closes_at(booking) <= now:
                await bookings.set_state(connection, booking.id, rules.decide(booking, BookingEvent.TIME_OVER))
                closed += 1
    return closed
