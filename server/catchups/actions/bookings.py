"""What people do with bookings."""

from datetime import datetime
from functools import partial

from server.catchups.changes.limits import count_proposal, may_email_late
from server.catchups.changes.saving import save
from server.catchups.rules import bookings as rules
from server.catchups.rules.bookings import Booking, BookingEvent
from server.catchups.rules.drafts import SUGGESTIONS_LIMIT, Draft, Medium, check_draft, check_words
from server.catchups.rules.errors import BookingOver, OfferOpen
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ShownWording, statement_of
from server.catchups.rules.offers import Offer
from server.catchups.rules.proposals import propose
from server.catchups.store import bookings, catchups, offers
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.people.rules.mentorships import check_active
from server.people.rules.visitors import Visitor
from server.people.store.contacts import keep_phone


async def withdraw(
    db: Database, visitor: Visitor, booking_id: int, words: str, shown: ShownWording, now: datetime
) -> Booking:
    """Withdraws from a booking, which calls it off and ends the wish to move it.

    Raises NotFound, InvalidInput or BookingOver.
    """
    by = statement_of(visitor, shown, check_words(words))
    async with db.writing() as connection:
        booking = await bookings.lock_booking_of(connection, visitor, booking_id)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        wish = await offers.open_offer_in(connection, booking.catchup_id)
        change = rules.apply(booking, BookingEvent.WITHDRAW, now, by, both=both, wish=wish)
        return await save(connection, change, now)


async def ask_to_move(
    db: Database,
    visitor: Visitor,
    booking_id: int,
    draft: Draft,
    shown: ShownWording,
    now: datetime,
    phone: ShownWording | None = None,
    number: str = "",
) -> Offer:
    """Asks the other for another time: the booking stays until they accept one.

    `phone` is what the visitor was shown when they allowed to go on by phone, None when they did not.
    Raises NotFound, InvalidInput, BookingOver, MentorshipAtRest, TooManyProposals, or OfferOpen when one waits for an
    answer already.
    """
    draft = check_draft(draft, now, SUGGESTIONS_LIMIT)
    async with db.writing() as connection:
        booking = await bookings.lock_booking_of(connection, visitor, booking_id)
        rules.may_be_moved(booking, now)
        if await offers.open_offer_in(connection, booking.catchup_id):
            raise OfferOpen
        await keep_phone(connection, visitor.person.id, number)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        check_active(mentorship.state)
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        wish = propose(
            draft,
            statement_of(visitor, shown),
            phone,
            catchup_id=booking.catchup_id,
            recipient_id=mentorship.other(visitor.person.id),
            moves_id=booking.id,
        )
        return await save(connection, wish, now)


async def say_late(db: Database, visitor: Visitor, booking_id: int, minutes: int, now: datetime) -> None:
    """Tells the other that the visitor comes about `minutes` late; the newest time that is said counts.

    The pages show it at once. An email goes only when it says something new, and not too often.

    Raises NotFound, InvalidInput or BookingOver.
    """
    async with db.writing() as connection:
        booking = await bookings.lock_booking_of(connection, visitor, booking_id)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        me = visitor.person.id
        change = rules.run_late(booking, minutes, mentorship.other(me), now)
        said = (await bookings.delays_of(connection, booking.id)).get(me)
        await bookings.set_delay(connection, booking.id, me, minutes, now)
        if said != minutes and await may_email_late(connection, me, booking.id, now):
            await save(connection, change, now)


async def close_missed(db: Database, window: JoinWindow, now: datetime) -> int:
    """Marks the video bookings whose call closed without both having been there as missed; returns how many."""
    async with db.reading() as connection:
        begun = await bookings.confirmed_before(connection, Medium.VIDEO, now - window.late)
    over = [booking.id for booking in begun if window.closes_at(booking) <= now]
    return await for_each(db, Work.MISSED, over, partial(_miss, db, now), now)


async def _miss(db: Database, now: datetime, booking_id: int) -> bool:
    """Whether it was still confirmed: both may have come in since it was read."""
    async with db.writing() as connection:
        booking = await bookings.lock_any_booking(connection, booking_id)
        if booking is None:
            return False
        try:
            change = rules.apply(booking, BookingEvent.TIME_OVER, now)
        except BookingOver:
            return False
        await save(connection, change, now)
        return True
