"""What becomes of catch-ups when their mentorship is paused or ends."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.saving import save
from server.catchups.rules import bookings as booking_rules
from server.catchups.rules import offers as offer_rules
from server.catchups.rules.bookings import Booking, BookingEvent
from server.catchups.rules.offers import OfferEvent
from server.catchups.store import bookings, offers
from server.mail import outbox
from server.people.rules.people import Mentorship

# What was written about an offer and has not left is of no use any more once that is taken back.
ABOUT_OFFERS = ("offer_made", "offer_reworded", "move_asked", "other_suggested", "you_suggested")


async def take_back_offers(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> None:
    """Withdraws what waits for an answer. The catch-ups and the mentorship must be locked."""
    for offer in await offers.open_offers_in(connection, mentorship.id):
        await save(connection, offer_rules.apply(offer, OfferEvent.MENTORSHIP_RESTS, now), now)
        for person_id in (offer.author_id, offer.recipient_id):
            await outbox.drop_unsent(connection, offer.catchup_id, person_id, ABOUT_OFFERS, now)


async def call_off_bookings(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> tuple[Booking, ...]:
    """Calls off what is to come; returns it. The catch-ups and the mentorship must be locked."""
    coming = await bookings.coming_in(connection, mentorship.id, now)
    both = (mentorship.mentor_id, mentorship.mentee_id)
    for booking in coming:
        await save(connection, booking_rules.apply(booking, BookingEvent.CALL_OFF, now, both=both), now)
    return coming
