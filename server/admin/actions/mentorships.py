"""Pausing a mentorship, ending it, and bringing it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.saving import save
from server.catchups.rules import bookings as booking_rules
from server.catchups.rules import offers as offer_rules
from server.catchups.rules.bookings import Booking, BookingEvent
from server.catchups.rules.offers import OfferEvent
from server.catchups.store import bookings, catchups, offers
from server.db.database import Database
from server.errors import NotFound
from server.mail import outbox
from server.people.actions.audit import acting
from server.people.actions.mentorships import change_state
from server.people.rules.mentorships import MentorshipEvent, MentorshipState
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store import people

# What was written about an offer and has not left is of no use any more once that is taken back.
ABOUT_OFFERS = ("offer_made", "offer_reworded", "move_asked", "other_suggested", "you_suggested")


@dataclass(frozen=True, slots=True)
class ArrangedMentorship:
    """The mentorship as it was, its new state, and the bookings that were called off."""

    mentorship: Mentorship
    state: MentorshipState
    called_off: tuple[Booking, ...] = ()


async def arrange(
    db: Database,
    visitor: Visitor,
    mentorship_id: int,
    event: MentorshipEvent,
    now: datetime,
    *,
    call_off: bool = False,
) -> ArrangedMentorship:
    """Pauses, ends or brings back a mentorship, and tells both people by email.

    While it is paused or ended nothing new is offered: offers that wait are taken back. Bookings to come stay, unless
    `call_off`. Raises NotFound, or MentorshipUnchanged.
    """
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await people.lock_any_mentorship(connection, mentorship_id)
        if mentorship is None:
            raise NotFound
        state = await change_state(connection, mentorship, event, acting(visitor), now)
        if state is MentorshipState.ACTIVE:
            return ArrangedMentorship(mentorship, state)
        await _take_back_offers(connection, mentorship, now)
        called_off = await _call_off(connection, mentorship, now) if call_off else ()
        return ArrangedMentorship(mentorship, state, called_off)


async def _take_back_offers(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> None:
    for offer in await offers.open_offers_in(connection, mentorship.id):
        await save(connection, offer_rules.apply(offer, OfferEvent.MENTORSHIP_RESTS, now), now)
        for person_id in (offer.author_id, offer.recipient_id):
            await outbox.drop_unsent(connection, offer.catchup_id, person_id, ABOUT_OFFERS, now)


async def _call_off(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> tuple[Booking, ...]:
    coming = await bookings.coming_in(connection, mentorship.id, now)
    both = (mentorship.mentor_id, mentorship.mentee_id)
    for booking in coming:
        await save(connection, booking_rules.apply(booking, BookingEvent.CALL_OFF, now, both=both), now)
    return coming
