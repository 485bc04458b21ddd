"""Phone numbers, and going on by phone where video fails."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.phone import allowing, check_changeable, fallback_stands
from server.catchups.actions.bookings import locked_booking
from server.catchups.actions.ledger import record_choice
from server.catchups.actions.offers import locked_offer
from server.catchups.rules.errors import NothingToWithdraw
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.rules.offers import Offer
from server.catchups.store import bookings, offers
from server.catchups.store import ledger as choices
from server.db.database import Database
from server.people.rules.people import check_phone
from server.people.rules.visitors import Visitor
from server.people.store import people


async def give_number(db: Database, visitor: Visitor, booking_id: int, phone: str) -> None:
    """Keeps the visitor's number, with them; the rules of each catch-up lend it. Raises NotFound or InvalidInput."""
    phone = check_phone(phone)
    async with db.writing() as connection:
        await locked_booking(connection, visitor, booking_id)
        await people.set_phone(connection, visitor.person.id, phone)


async def allow_phone(db: Database, visitor: Visitor, booking_id: int, shown: Shown, now: datetime) -> bool:
    """The visitor would go on by phone where video fails: whether that is news. Raises NotFound or BookingOver."""
    async with db.writing() as connection:
        offer = await _changeable(connection, visitor, booking_id, now)
        if visitor.person.id in allowing(await choices.choices_about(connection, offer.id)):
            return False
        await record_choice(connection, visitor, offer.id, ChoiceKind.ALLOWED_PHONE, shown, now)
        await follow_consents(connection, offer)
        return True


async def disallow_phone(db: Database, visitor: Visitor, booking_id: int, shown: Shown, now: datetime) -> None:
    """The visitor would not, or no more. Raises NotFound, BookingOver or NothingToWithdraw."""
    async with db.writing() as connection:
        offer = await _changeable(connection, visitor, booking_id, now)
        if visitor.person.id not in allowing(await choices.choices_about(connection, offer.id)):
            raise NothingToWithdraw
        await record_choice(connection, visitor, offer.id, ChoiceKind.DISALLOWED_PHONE, shown, now)
        await follow_consents(connection, offer)


async def follow_consents(connection: AsyncConnection, offer: Offer) -> None:
    """Brings the offer, and the booking that it became, to what the ledger says. The catch-up must be held."""
    said = await choices.choices_about(connection, offer.id)
    await offers.set_phone_fallback(connection, offer.id, fallback_stands(said, [offer.author_id]))
    booking = await bookings.live_booking_of(connection, offer.id)
    if booking:
        both = (offer.author_id, offer.recipient_id)
        await bookings.set_phone_fallback(connection, booking.id, fallback_stands(said, both))


async def _changeable(connection: AsyncConnection, visitor: Visitor, booking_id: int, now: datetime) -> Offer:
    """The offer that the booking came from, with their catch-up held."""
    booking = await locked_booking(connection, visitor, booking_id)
    offer = await locked_offer(connection, visitor, booking.offer_id)
    check_changeable(booking, now)
    return offer
