"""Saving what the rules decided, with all that follows from it, in the transaction that decided it."""

from datetime import datetime
from typing import overload

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.changes.notifications import change_of, notify, schedule_reminders
from server.catchups.rules.bookings import Booking, BookingState, BookingTransition, NewBooking
from server.catchups.rules.effects import Effects
from server.catchups.rules.ledger import offer_subject
from server.catchups.rules.offers import Offer, OfferTransition
from server.catchups.rules.proposals import NewOffer
from server.catchups.store import bookings, catchups, offers, pauses
from server.db.changes import Topic, note_change
from server.mail import outbox
from server.webhooks.rules.events import HookEvent
from server.webhooks.store.queue import queue_event

HOOK_EVENTS = {BookingState.CANCELLED: HookEvent.CANCELLED, BookingState.HELD: HookEvent.HELD}


@overload
async def save(connection: AsyncConnection, change: OfferTransition | NewOffer, now: datetime) -> Offer: ...


@overload
async def save(connection: AsyncConnection, change: BookingTransition | NewBooking, now: datetime) -> Booking: ...


async def save(
    connection: AsyncConnection, change: OfferTransition | NewOffer | BookingTransition | NewBooking, now: datetime
) -> Offer | Booking:
    """The offer or booking that the change is of. The catch-up must be locked.

    The state comes first, then the choices in the ledger, and then the emails, which tell of both.
    """
    if isinstance(change, OfferTransition | NewOffer):
        offer = await _write_offer(connection, change, now)
        await _follow(connection, offer, offer.id, change, now)
        return offer
    booking = await _write_booking(connection, change, now)
    await _follow(connection, booking, booking.offer_id, change, now)
    if isinstance(change, NewBooking):
        await schedule_reminders(connection, booking, change.reminders, now)
    return booking


async def _follow(
    connection: AsyncConnection, subject: Offer | Booking, offer_id: int, change: Effects, now: datetime
) -> None:
    note_change(connection, Topic("catchup", subject.catchup_id))
    for choice in change.choices:
        await record_choice(connection, offer_subject(offer_id), choice, now)
    if isinstance(change, OfferTransition):
        await _keep_pause(connection, change)
    if change.notices:
        await notify(connection, await change_of(connection, subject, change.calendar, now), change.notices)


async def _write_offer(connection: AsyncConnection, change: OfferTransition | NewOffer, now: datetime) -> Offer:
    if isinstance(change, NewOffer):
        return await offers.add_offer(connection, change, now)
    if change.draft:
        return await offers.reword_offer(connection, change.offer, change.draft)
    await offers.set_state(connection, change.offer.id, change.state, now)
    return change.offer


async def _write_booking(connection: AsyncConnection, change: BookingTransition | NewBooking, now: datetime) -> Booking:
    if isinstance(change, NewBooking):
        booking = await bookings.add_booking(connection, change, now)
        event = HookEvent.BOOKED if change.offer.moves_id is None else HookEvent.MOVED
        await queue_event(connection, event, booking.id, now)
        await catchups.look_at_course(connection, booking.catchup_id, now)
        return booking
    if change.state is not change.booking.state:
        await bookings.set_state(connection, change.booking.id, change.state)
        if change.state in HOOK_EVENTS:
            await queue_event(connection, HOOK_EVENTS[change.state], change.booking.id, now)
        held = change.state is BookingState.HELD
        if held:
            await catchups.note_met(connection, change.booking.catchup_id, change.booking.start)
        # It is held from when both are there: nobody is told of the end before that is over.
        looks_at = max(now, change.booking.end) if held else now
        await catchups.look_at_course(connection, change.booking.catchup_id, looks_at)
    if change.wish:
        await save(connection, change.wish, now)
    if change.drops_reminders:
        await outbox.drop_emails(connection, change.booking.id, now)
    return change.booking


async def _keep_pause(connection: AsyncConnection, change: OfferTransition) -> None:
    """After the choices: they have locked the ledger's head, so of two pauses at once one comes after the other."""
    offer = change.offer
    if change.pause_until:
        await pauses.set_pause(connection, offer.catchup_id, offer.recipient_id, change.pause_until)
    if change.pause_end:
        await pauses.end_pause(connection, offer.catchup_id, offer.recipient_id, change.pause_end.until)
