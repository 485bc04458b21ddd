"""A booking's page: how it stands, what can still be done with it, and how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.queries.free_times import taken_between
from server.calls.queries.booking_phone import PhonePart, read_phone
from server.calls.queries.booking_reports import ReportsPart, read_reports
from server.calls.rules.entering import Stage, check_open
from server.calls.rules.errors import CallClosed
from server.catchups.calendar.web_links import WebLink, web_links
from server.catchups.queries.booking_news import BookingNews, booking_for, news_of
from server.catchups.queries.calendar_files import read_event
from server.catchups.rules.answers import may_undo
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.times import two_times
from server.catchups.store.answers import answer_dependents
from server.catchups.store.bookings import BookingView, moved_to
from server.catchups.store.ledger import Ending, ending_of
from server.catchups.store.offers import read_offer
from server.db.database import Database
from server.guests.queries.seat import SeatPart, read_seat
from server.mentorships.queries.situations import situation_of
from server.mentorships.rules.situations import Situation
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.room.queries.records import RecordWish, record_wish
from server.room.queries.reflections import own_reflection
from server.room.sealing import Sealer

LOOKED_AT = timedelta(weeks=3)


@dataclass(frozen=True, slots=True)
class BookingPage:
    """`closed` is why its call cannot be joined now. `may_move`: another time could be agreed; `may_ask`: and nobody
    has asked for one yet; `instead` are two times that could be asked for with one tap. `may_undo`: the visitor
    accepted, and can choose another of the times. `moved_to` is the id of the booking that took its place. `reflection`
    is the visitor's own, None when it cannot be read; `situation` is how things are with the other.
    """

    view: BookingView
    news: BookingNews
    opens_at: datetime
    closed: CallClosed | None
    may_move: bool
    may_ask: bool
    instead: tuple[datetime, ...]
    may_undo: bool
    calendars: tuple[WebLink, ...]
    ending: Ending | None
    moved_to: int | None
    phone: PhonePart
    how: ReportsPart
    record: RecordWish
    reflection: str | None
    situation: Situation | None
    guest: SeatPart


async def read_booking_page(
    db: Database,
    sealer: Sealer,
    visitor: Visitor,
    booking_id: int,
    window: JoinWindow,
    base_url: str,
    sender: str,
    now: datetime,
) -> BookingPage:
    """`base_url` and `sender` go into the links to web calendars. Raises NotFound."""
    me = visitor.person
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        news = await news_of(connection, view, me, window, now)
        booking = view.booking
        may_move = booking.stands(now)
        may_ask = may_move and news.move is None
        waiting = may_ask and news.stage is Stage.WAITING
        before = news.stage is Stage.BEFORE
        cancelled, moved = booking.state is BookingState.CANCELLED, booking.state is BookingState.RESCHEDULED
        return BookingPage(
            view=view,
            news=news,
            opens_at=window.opens_at(booking),
            closed=_closed(booking, window, now),
            may_move=may_move,
            may_ask=may_ask,
            instead=await times_instead(connection, me, view) if waiting else (),
            may_undo=may_move and await _may_choose_again(connection, visitor, booking, window, now),
            calendars=await _calendars(connection, visitor, booking, base_url, sender) if before else (),
            ending=await ending_of(connection, booking.id) if cancelled else None,
            moved_to=await moved_to(connection, booking.id) if moved else None,
            phone=await read_phone(connection, view, visitor, window, now),
            how=await read_reports(connection, view, me, window, now),
            record=await record_wish(connection, booking.id, me.id),
            reflection=await own_reflection(connection, sealer, booking.catchup_id, me.id),
            situation=await situation_of(connection, sealer, view.mentorship_id, view.other(me.id), now),
            guest=await read_seat(connection, booking, now),
        )


async def times_instead(connection: AsyncConnection, person: Person, view: BookingView) -> tuple[datetime, ...]:
    """Two times at which this person could ask to meet instead: both seem to have time then."""
    booking, other = view.booking, view.other(person.id)
    taken = await taken_between(connection, person.id, (other.id,), booking.start, booking.start + LOOKED_AT)
    return two_times(booking, person.zone, taken)


def _closed(booking: Booking, window: JoinWindow, now: datetime) -> CallClosed | None:
    try:
        check_open(booking, window, now)
    except CallClosed as refusal:
        return refusal
    return None


async def _may_choose_again(
    connection: AsyncConnection, visitor: Visitor, booking: Booking, window: JoinWindow, now: datetime
) -> bool:
    """Whether the visitor could take back the acceptance that became the booking, and has other times to choose."""
    view = await read_offer(connection, visitor, booking.offer_id)
    if view is None or not set(view.offer.still_open(now)) - {booking.start}:
        return False
    return may_undo(view.offer, visitor.person.id, await answer_dependents(connection, view.offer), window, now)


async def _calendars(
    connection: AsyncConnection, visitor: Visitor, booking: Booking, base_url: str, sender: str
) -> tuple[WebLink, ...]:
    """The web calendars that the booking can be put into."""
    event = await read_event(connection, visitor, booking.id, base_url, sender)
    return web_links(event) if event else ()
