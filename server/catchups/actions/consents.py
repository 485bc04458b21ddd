"""Consents by themselves: going on by phone where video fails; and withdrawing one from the list of one's choices."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.bookings import withdraw
from server.catchups.actions.offers import withdraw_offer
from server.catchups.changes.ledger import record_choice
from server.catchups.rules.consents import OwnChoice, allowing, check_changeable, fallback_stands, withdrawals
from server.catchups.rules.errors import NothingToWithdraw
from server.catchups.rules.ledger import (
    ChoiceKind,
    NewChoice,
    ShownWording,
    Statement,
    offer_subject,
    statement_of,
)
from server.catchups.rules.offers import Offer
from server.catchups.store import bookings, offers
from server.catchups.store import ledger as choices
from server.catchups.store.own_choices import choices_of
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.people.rules.visitors import Visitor


async def allow_phone(db: Database, visitor: Visitor, booking_id: int, shown: ShownWording, now: datetime) -> bool:
    """Notes that the visitor would go on by phone where video fails; whether that was new.

    Raises NotFound or BookingOver.
    """
    async with db.writing() as connection:
        offer = await _lock_changeable(connection, visitor, booking_id, now)
        if visitor.person.id in allowing(await choices.choices_about(connection, offer.id)):
            return False
        await _choose(connection, offer, ChoiceKind.ALLOWED_PHONE, statement_of(visitor, shown), now)
        return True


async def disallow_phone(db: Database, visitor: Visitor, booking_id: int, shown: ShownWording, now: datetime) -> None:
    """Notes that they would no longer. Raises NotFound, BookingOver or NothingToWithdraw."""
    async with db.writing() as connection:
        offer = await _lock_changeable(connection, visitor, booking_id, now)
        if visitor.person.id not in allowing(await choices.choices_about(connection, offer.id)):
            raise NothingToWithdraw
        await _choose(connection, offer, ChoiceKind.DISALLOWED_PHONE, statement_of(visitor, shown), now)


async def withdraw_consent(
    db: Database, visitor: Visitor, choice: OwnChoice, kind: ChoiceKind, shown: ShownWording, now: datetime
) -> None:
    """Withdraws it by that `kind` of choice: the same as on the page of what it was given to.

    Raises NotFound, NothingToWithdraw, BookingOver or what `rules.offers.apply` raises.
    """
    if choice.offer_id is None:
        raise NothingToWithdraw
    if kind is ChoiceKind.WITHDREW and choice.booking_id is not None:
        await withdraw(db, visitor, choice.booking_id, "", shown, now)
    elif kind is ChoiceKind.TOOK_BACK:
        await withdraw_offer(db, visitor, choice.offer_id, shown, now)
    else:
        await _withdraw_phone(db, visitor, choice.id, choice.offer_id, shown, now)


async def _withdraw_phone(
    db: Database, visitor: Visitor, choice_id: int, offer_id: int, shown: ShownWording, now: datetime
) -> None:
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        if choice_id not in withdrawals(await choices_of(connection, visitor), now):
            raise NothingToWithdraw
        await _choose(connection, offer, ChoiceKind.DISALLOWED_PHONE, statement_of(visitor, shown), now)


async def _lock_changeable(connection: AsyncConnection, visitor: Visitor, booking_id: int, now: datetime) -> Offer:
    """The offer that the booking came from, with their catch-up locked."""
    booking = await bookings.lock_booking_of(connection, visitor, booking_id)
    offer = await offers.any_offer(connection, booking.offer_id)
    check_changeable(booking, now)
    return offer


async def _choose(connection: AsyncConnection, offer: Offer, kind: ChoiceKind, by: Statement, now: datetime) -> None:
    """Adds the choice to the ledger, then brings the offer and its booking in line with that."""
    note_change(connection, Topic("catchup", offer.catchup_id))
    await record_choice(connection, offer_subject(offer.id), NewChoice(kind, by), now)
    said = await choices.choices_about(connection, offer.id)
    await offers.set_phone_fallback(connection, offer.id, fallback_stands(said, [offer.author_id]))
    booking = await bookings.live_booking_of(connection, offer.id)
    if booking:
        both = (offer.author_id, offer.recipient_id)
        await bookings.set_phone_fallback(connection, booking.id, fallback_stands(said, both))
