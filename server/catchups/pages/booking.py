"""A booking's page: when, how and with whom; joining, asking for another time, and withdrawing."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.pages.ending import end_call_of
from server.calls.queries.booking_phone import read_phone
from server.calls.queries.booking_reports import read_reports
from server.calls.rules.errors import CallClosed
from server.calls.rules.reports import Outcome
from server.catchups.actions.bookings import say_late
from server.catchups.actions.bookings import withdraw as withdraw_from
from server.catchups.actions.feed import read_event
from server.catchups.calendar.web_links import WebLink, web_links
from server.catchups.pages.booking_news import News, read_news
from server.catchups.pages.consent import shown
from server.catchups.pages.move import times_instead
from server.catchups.rules.bookings import DELAYS, Booking, BookingState
from server.catchups.rules.join_window import Door, Stage, check_open
from server.catchups.rules.ledger import Channel, ChoiceKind
from server.catchups.rules.undoing import may_undo
from server.catchups.store.answers import built_on_answer
from server.catchups.store.bookings import BookingView, moved_to, read_booking
from server.catchups.store.ledger import ending_of
from server.catchups.store.offers import read_offer
from server.errors import DomainError, NotFound
from server.people.rules.visitors import Visitor
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    return await booking_page(request)


async def withdraw(request: web.Request) -> web.Response:
    try:
        await withdraw_on(request, Channel.PAGE)
    except NotFound:
        raise
    except DomainError as problem:
        return await booking_page(request, problem, text(await request.post(), "words"))
    return see_other(f"/bookings/{id_of(request)}")


async def withdraw_on(request: web.Request, channel: Channel) -> None:
    """Withdraws from the booking by the form sent, and takes both out of its call.

    Raises NotFound, WordingChanged, InvalidInput or BookingOver.
    """
    view = await find_booking(request)
    form = await request.post()
    means = shown(request, form, ChoiceKind.WITHDREW, channel)
    now = request.app[CLOCK]()
    await withdraw_from(request.app[DATABASE], visitor_of(request), view.booking.id, text(form, "words"), means, now)
    await end_call_of(request, view)


async def late(request: web.Request) -> web.Response:
    booking_id = id_of(request)
    try:
        minutes = whole_number(await request.post(), "minutes")
        await say_late(request.app[DATABASE], visitor_of(request), booking_id, minutes, request.app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem)
    return see_other(f"/bookings/{booking_id}")


async def find_booking(request: web.Request) -> BookingView:
    """The booking of this address, when it is the visitor's. Raises NotFound."""
    async with request.app[DATABASE].reading() as connection:
        view = await read_booking(connection, visitor_of(request), id_of(request))
    if view is None:
        raise NotFound
    return view


async def booking_page(
    request: web.Request, problem: DomainError | None = None, words: str = "", phone: str | None = None
) -> web.Response:
    """The page as things stand, with what stood in the way and what was typed: `words`, or one's own `phone` number."""
    visitor, door, now = visitor_of(request), request.app[SETTINGS].door, request.app[CLOCK]()
    async with request.app[DATABASE].reading() as connection:
        news = await read_news(connection, visitor, id_of(request), door, now)
        booking = news.booking
        may_move = booking.stands(now)
        may_ask = may_move and news.move is None
        waiting = may_ask and news.stage is Stage.WAITING
        instead = await times_instead(connection, visitor.person, news.view) if waiting else ()
        ending = await ending_of(connection, booking.id) if booking.state is BookingState.CANCELLED else None
        moved = await moved_to(connection, booking.id) if booking.state is BookingState.RESCHEDULED else None
        undoable = may_move and await _may_choose_again(connection, visitor, booking, door, now)
        calendars = await _calendars(request, connection, news)
        by_phone = await read_phone(connection, news.view, visitor.person, door, now, phone)
        how = await read_reports(connection, news.view, visitor.person, door, now)
    return page(
        request,
        "catchups/booking.html",
        status=status_of(problem),
        view=news.view,
        opens_at=door.opens_at(booking),
        closed=_closed(booking, door, now),
        problem=problem,
        words=words,
        delays=DELAYS,
        may_move=may_move,
        may_ask=may_ask,
        instead=instead,
        may_undo=undoable,
        calendars=calendars,
        ending=ending,
        moved_to=moved,
        phone=by_phone,
        how=how,
        outcomes=tuple(Outcome),
        **news.told(visitor.person),
    )


def _closed(booking: Booking, door: Door, now: datetime) -> CallClosed | None:
    """Why its call cannot be joined now; None when it can."""
    try:
        check_open(booking, door, now)
    except CallClosed as refusal:
        return refusal
    return None


async def _may_choose_again(
    connection: AsyncConnection, visitor: Visitor, booking: Booking, door: Door, now: datetime
) -> bool:
    """Whether the visitor could take the acceptance back that the booking came of, and has other times to choose."""
    view = await read_offer(connection, visitor, booking.offer_id)
    if view is None or not set(view.offer.still_open(now)) - {booking.start}:
        return False
    return may_undo(view.offer, visitor.person.id, await built_on_answer(connection, view.offer), door, now)


async def _calendars(request: web.Request, connection: AsyncConnection, news: News) -> tuple[WebLink, ...]:
    """The web calendars that a booking can be put into, while it is still before it."""
    if news.stage is not Stage.BEFORE:
        return ()
    settings = request.app[SETTINGS]
    event = await read_event(connection, visitor_of(request), news.booking.id, settings.base_url, settings.mail_from)
    return web_links(event) if event else ()
