"""What people do with bookings."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.answers import check_words
from server.catchups.actions.ledger import record_choice
from server.catchups.actions.notifications import change_of_booking, news_of_booking, tell, tell_of_offer
from server.catchups.actions.offers import propose
from server.catchups.rules import bookings as rules
from server.catchups.rules import offers as offer_rules
from server.catchups.rules.bookings import Booking, BookingEvent, BookingState
from server.catchups.rules.errors import OfferOpen
from server.catchups.rules.invitations import Status
from server.catchups.rules.join_window import Door
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.rules.offers import SUGGESTIONS_LIMIT, Draft, Medium, Offer, OfferState
from server.catchups.store import bookings, catchups, offers
from server.db.database import Database
from server.errors import NotFound
from server.mail import outbox
from server.people.rules.visitors import Visitor


async def withdraw(db: Database, visitor: Visitor, booking_id: int, words: str, shown: Shown, now: datetime) -> Booking:
    """Withdraws from a booking, which calls it off, and with it the wish to move it.

    Raises NotFound, InvalidInput or BookingOver.
    """
    words = check_words(words)
    async with db.writing() as connection:
        booking = await locked_booking(connection, visitor, booking_id)
        state = rules.withdraw(booking, now)
        await bookings.set_state(connection, booking.id, state)
        await end_wish_to_move(connection, booking, now)
        await record_choice(connection, visitor, booking.offer_id, ChoiceKind.WITHDREW, shown, now, words=words)
        await outbox.drop_emails(connection, booking.id, now)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        change = await change_of_booking(connection, booking, Status.CANCELLED, now)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        await tell(connection, change, dict.fromkeys(both, "booking_cancelled"))
        return booking


async def ask_to_move(
    db: Database,
    visitor: Visitor,
    booking_id: int,
    draft: Draft,
    shown: Shown,
    now: datetime,
    phone: Shown | None = None,
) -> Offer:
    """Asks the other for another time: the booking stays until they accept one.

    `phone` is what the visitor was shown when they allowed to go on by phone, None when they did not.
    Raises NotFound, InvalidInput, BookingOver, or OfferOpen when one waits for an answer already.
    """
    draft = offer_rules.check_draft(draft, now, SUGGESTIONS_LIMIT)
    async with db.writing() as connection:
        booking = await locked_booking(connection, visitor, booking_id)
        rules.may_be_moved(booking, now)
        if await offers.open_offer_in(connection, booking.catchup_id):
            raise OfferOpen
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        offer = await propose(
            connection,
            visitor,
            draft,
            catchup_id=booking.catchup_id,
            recipient_id=mentorship.other(visitor.person.id),
            shown=shown,
            phone=phone,
            now=now,
            moves_id=booking.id,
        )
        await tell_of_offer(connection, offer, "move_asked", now)
        return offer


async def end_wish_to_move(connection: AsyncConnection, booking: Booking, now: datetime) -> None:
    """With a booking that was called off or held, what was asked about it is moot. Its catch-up must be held."""
    waiting = await offers.open_offer_in(connection, booking.catchup_id)
    if waiting:
        await offers.set_state(connection, waiting.id, OfferState.WITHDRAWN, now)


async def say_late(db: Database, visitor: Visitor, booking_id: int, minutes: int, now: datetime) -> None:
    """Tells the other that one comes about `minutes` late; saying so again says the newer.

    Raises NotFound, InvalidInput or BookingOver.
    """
    async with db.writing() as connection:
        booking = await locked_booking(connection, visitor, booking_id)
        rules.check_delay(booking, minutes, now)
        await bookings.set_delay(connection, booking.id, visitor.person.id, minutes, now)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        change = await news_of_booking(connection, booking, now)
        await tell(connection, change, {mentorship.other(visitor.person.id): "running_late"})


async def locked_booking(connection: AsyncConnection, visitor: Visitor, booking_id: int) -> Booking:
    """The booking, with its catch-up held. Raises NotFound."""
    booking = await bookings.lock_booking(connection, visitor, booking_id)
    if booking is None:
        raise NotFound
    return booking


async def close_missed(db: Database, door: Door, now: datetime) -> int:
    """Marks the video bookings whose call closed without both having been there as missed; returns how many."""
    async with db.reading() as connection:
        begun = await bookings.confirmed_before(connection, Medium.VIDEO, now - door.late)
    return sum([await _miss(db, booking.id) for booking in begun if door.closes_at(booking) <= now])


async def _miss(db: Database, booking_id: int) -> bool:
    """Whether it had still been confirmed: the news that both were there may have come between."""
    async with db.writing() as connection:
        booking = await bookings.hold_booking(connection, booking_id)
        if booking is None or booking.state is not BookingState.CONFIRMED:
            return False
        await bookings.set_state(connection, booking.id, rules.decide(booking, BookingEvent.TIME_OVER))
        return True
