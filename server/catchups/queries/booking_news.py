"""A booking, and what may change on its page while it is open: who is late or there, what is asked, how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.entering import Stage, stage_of
from server.calls.store.sessions import present_in
from server.catchups.rules.bookings import Booking
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer
from server.catchups.store.bookings import BookingView, delays_of, read_booking
from server.catchups.store.offers import open_offer_in
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor

OFTEN, SELDOM = timedelta(seconds=10), timedelta(minutes=1)
SOON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class BookingNews:
    """A booking as it stands now. `late_by` and `present` are by people's ids; `move` is the wish to move it that waits
    for an answer. What is not told at once is looked for again after `recheck`.
    """

    booking: Booking
    other: Person
    stage: Stage
    late_by: Mapping[int, int]
    present: frozenset[int]
    move: Offer | None
    recheck: timedelta


async def find_booking(db: Database, visitor: Visitor, booking_id: int) -> BookingView:
    """The booking, if it is the visitor's. Raises NotFound."""
    async with db.reading() as connection:
        return await booking_for(connection, visitor, booking_id)


async def read_booking_news(
    db: Database, visitor: Visitor, booking_id: int, window: JoinWindow, now: datetime
) -> BookingNews:
    """Raises NotFound."""
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        return await news_of(connection, view, visitor.person, window, now)


async def booking_for(connection: AsyncConnection, visitor: Visitor, booking_id: int) -> BookingView:
    """The booking, if it is the visitor's. Raises NotFound."""
    view = await read_booking(connection, visitor, booking_id)
    if view is None:
        raise NotFound
    return view


async def news_of(
    connection: AsyncConnection, view: BookingView, reader: Person, window: JoinWindow, now: datetime
) -> BookingNews:
    """The booking's news, to one of the two."""
    booking = view.booking
    return BookingNews(
        booking=booking,
        other=view.other(reader.id),
        stage=stage_of(booking, window, now),
        late_by=await delays_of(connection, booking.id),
        present=await present_in(connection, booking.id),
        move=await wish_to_move(connection, booking, now),
        recheck=_recheck(window.opens_at(booking), now),
    )


async def wish_to_move(connection: AsyncConnection, booking: Booking, now: datetime) -> Offer | None:
    """The offer of another time for this booking that waits for an answer."""
    waiting = await open_offer_in(connection, booking.catchup_id)
    return waiting if waiting and waiting.moves_id == booking.id and waiting.waits(now) else None


def _recheck(opens_at: datetime, now: datetime) -> timedelta:
    """Often once it is soon."""
    return OFTEN if now > opens_at - SOON else SELDOM
