"""A call of three after an introduction: Maya offers it to Sam, and Ana is asked once Sam has agreed."""

from datetime import datetime

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.db.database import Database
from server.guests.actions.seats import agree_to_seat
from server.guests.rules.seats import GuestSeat
from server.introductions.actions.answering import agree
from server.introductions.actions.three import join_three, plan_three
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, SHOWN, Pair, accepting
from tests.server.guests.seating import newest
from tests.server.introductions.people import YES, Introduced, introduced

BY_VIDEO = Draft("Together with Ana.", frozenset({Medium.VIDEO}), (FIRST, SECOND), 30)
WITH_THIRD, JOINS, JOINS_NOT = (
    SHOWN[kind] for kind in (ChoiceKind.AGREED_GUEST, ChoiceKind.TOOK_SEAT, ChoiceKind.LEFT_SEAT)
)


async def in_contact(database: Database, pair: Pair, now: datetime = NOW) -> Introduced:
    """An introduction that both have agreed to."""
    found = await introduced(database, pair, now)
    for each in (pair.mentee, found.ana):
        await agree(database, each, found.id, YES, now)
    return found


async def offered(database: Database, pair: Pair, introduction: Introduced, now: datetime = NOW) -> Offer:
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, BY_VIDEO, OFFERED, now)
    await plan_three(database, pair.mentor, introduction.id, offer.id, WITH_THIRD, now)
    return offer


async def booked(
    database: Database, pair: Pair, introduction: Introduced, now: datetime = NOW
) -> tuple[Booking, GuestSeat]:
    """Sam has accepted a time, and agreed that Ana may join."""
    offer = await offered(database, pair, introduction, now)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(), now)
    seat = await newest(database)
    await agree_to_seat(database, pair.mentee, booking.id, seat.id, WITH_THIRD, now)
    return booking, await newest(database)


async def joined(
    database: Database, pair: Pair, introduction: Introduced, now: datetime = NOW
) -> tuple[Booking, GuestSeat]:
    booking, seat = await booked(database, pair, introduction, now)
    await join_three(database, introduction.ana, introduction.id, seat.id, JOINS, now)
    return booking, seat
