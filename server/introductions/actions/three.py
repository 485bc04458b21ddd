"""A call of three after an introduction that both agreed to: the mentor plans it with an offer to the mentee, and the
third person says yes or no to the time that is agreed."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.rules.bookings import Booking
from server.catchups.rules.ledger import ChoiceKind, NewChoice, ShownWording, guest_subject, statement_of
from server.catchups.store.bookings import lock_any_booking
from server.catchups.store.catchups import mentorship_of
from server.catchups.store.ledger import entries_about
from server.catchups.store.offers import lock_offer_of
from server.db.database import Database
from server.errors import NotFound
from server.guests.rules.seats import (
    ANSWERED_EMAIL,
    JOINED_EMAIL,
    GuestDraft,
    GuestRole,
    GuestSeat,
    SeatEvent,
    SeatOver,
    SeatState,
    agreeing,
    check_seatable,
)
from server.guests.saving import end_seat, note_seat, tell_agreed, tell_one
from server.guests.store import seats
from server.introductions.rules.introductions import IN_CONTACT, Introduction, IntroductionOver, Part, contact_of
from server.introductions.store.answers import consents_in
from server.introductions.store.introductions import any_person, lock_introduction_of
from server.people.rules.visitors import Visitor


async def plan_three(
    db: Database, visitor: Visitor, introduction_id: int, offer_id: int, shown: ShownWording, now: datetime
) -> None:
    """The mentor plans a seat for the third person in the catch-up that this offer is about. The third person hears
    nothing of it until the mentee has accepted the offer and agreed to the seat. Planning it twice plans it once.

    Raises NotFound, also for the two who were introduced, or IntroductionOver.
    """
    async with db.writing() as connection:
        introduction = await lock_introduction_of(connection, visitor, introduction_id)
        if introduction.mentor_id != visitor.person.id:
            raise NotFound
        offer = await lock_offer_of(connection, visitor, offer_id)
        mentorship = await mentorship_of(connection, offer.catchup_id)
        third_id = await _third_in_contact(connection, introduction, now)
        if mentorship.id != introduction.mentorship_id:
            raise NotFound
        if await seats.newest_seat_in(connection, offer.catchup_id) is not None:
            return
        third = await any_person(connection, third_id)
        seat_id = await seats.add_seat(
            connection,
            offer.catchup_id,
            visitor.person.id,
            GuestDraft(third.name, "", GuestRole.GUEST.value, third.language),
            secrets.token_hex(16),
            now,
            introduction_id=introduction.id,
            third_id=third_id,
        )
        said = NewChoice(ChoiceKind.AGREED_GUEST, statement_of(visitor, shown))
        await record_choice(connection, guest_subject(seat_id), said, now)


async def join_three(
    db: Database, visitor: Visitor, introduction_id: int, seat_id: int, shown: ShownWording, now: datetime
) -> None:
    """The third person says yes, of which the two and the third person's calendar are told. Saying it twice says it
    once.

    Raises NotFound, IntroductionOver, SeatOver or NoGuestSeat.
    """
    async with db.writing() as connection:
        seat, booking = await _lock_own_seat(connection, visitor, introduction_id, seat_id, now)
        check_seatable(booking, now)
        if visitor.person.id in agreeing(await entries_about(connection, guest_subject(seat.id))):
            return
        said = NewChoice(ChoiceKind.TOOK_SEAT, statement_of(visitor, shown))
        await record_choice(connection, guest_subject(seat.id), said, now)
        mentorship = await mentorship_of(connection, seat.catchup_id)
        for person_id in (mentorship.mentor_id, mentorship.mentee_id):
            await tell_one(connection, seat, person_id, ANSWERED_EMAIL, now)
        await tell_agreed(connection, seat, booking, JOINED_EMAIL, now)
        note_seat(connection, seat)


async def leave_three(
    db: Database, visitor: Visitor, introduction_id: int, seat_id: int, shown: ShownWording, now: datetime
) -> tuple[GuestSeat, Booking]:
    """The third person says no, or takes their yes back: the seat, and the booking out of whose call they are to be
    taken. The catch-up of the two stays. Raises NotFound, IntroductionOver or SeatOver."""
    async with db.writing() as connection:
        seat, booking = await _lock_own_seat(connection, visitor, introduction_id, seat_id, now)
        await end_seat(connection, seat, SeatEvent.REFUSE, now, statement_of(visitor, shown))
        return seat, booking


async def _lock_own_seat(
    connection: AsyncConnection, visitor: Visitor, introduction_id: int, seat_id: int, now: datetime
) -> tuple[GuestSeat, Booking]:
    """The seat that the third person was shown, to which the two have agreed. Raises NotFound for anybody else,
    IntroductionOver or SeatOver."""
    introduction = await lock_introduction_of(connection, visitor, introduction_id)
    if introduction.part_of(visitor.person.id) is not Part.THIRD:
        raise NotFound
    if introduction.as_of(now).state not in IN_CONTACT:
        raise IntroductionOver
    seat = await seats.newest_seat_of(connection, introduction.id)
    booking = await seats.booking_in(connection, seat.catchup_id) if seat else None
    if seat is None or booking is None or seat.id != seat_id:
        raise SeatOver
    await lock_any_booking(connection, booking.id)
    seat = await seats.newest_seat_of(connection, introduction.id)
    booking = await seats.booking_in(connection, seat.catchup_id) if seat else None
    if seat is None or booking is None or seat.state is not SeatState.AGREED:
        raise SeatOver
    return seat, booking


async def _third_in_contact(connection: AsyncConnection, introduction: Introduction, now: datetime) -> int:
    """The third person's id, while the consents of both stand. Raises IntroductionOver."""
    consents = await consents_in(connection, introduction.id)
    third_id = contact_of(introduction, introduction.mentee_id, consents, now)
    if third_id is None:
        raise IntroductionOver
    return third_id
