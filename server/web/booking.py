"""A booking's page: when, how and with whom; joining, and withdrawing."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.actions.bookings import say_late
from server.actions.bookings import withdraw as withdraw_from
from server.domain.bookings import DELAYS
from server.domain.calls import check_open
from server.domain.consents import ChoiceKind
from server.domain.errors import CallClosed, DomainError, NotFound
from server.domain.reports import Outcome
from server.keys import CLOCK, DATABASE, HUB, SETTINGS
from server.storage.bookings import BookingView, delays_of, read_booking
from server.web.booking_phone import read_phone
from server.web.booking_reports import read_reports
from server.web.consent import shown
from server.web.entry import visitor_of
from server.web.forms import text, whole_number
from server.web.render import page, see_other


async def show(request: web.Request) -> web.Response:
    return await booking_page(request)


async def withdraw(request: web.Request) -> web.Response:
    view = await find_booking(request)
    form = await request.post()
    words = text(form, "words")
    try:
        means = shown(request, form, ChoiceKind.WITHDREW)
        now = request.app[CLOCK]()
        await withdraw_from(request.app[DATABASE], visitor_of(request), view.booking.id, words, means, now)
    except DomainError as problem:
        return await booking_page(request, problem, words)
    for person in (view.mentor, view.mentee):
        await request.app[HUB].remove(str(view.booking.id), str(person.id))
    return see_other(f"/bookings/{view.booking.id}")


async def late(request: web.Request) -> web.Response:
    booking_id = int(request.match_info["id"])
    try:
        minutes = whole_number(await request.post(), "minutes")
        await say_late(request.app[DATABASE], visitor_of(request), booking_id, minutes, request.app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem)
    return see_other(f"/bookings/{booking_id}")


async def find_booking(request: web.Request) -> BookingView:
    """The booking of this address, when it is the visitor's. Raises NotFound."""
    async with request.app[DATABASE].reading() as connection:
        return await _find(connection, request)


async def _find(connection: AsyncConnection, request: web.Request) -> BookingView:
    view = await read_booking(connection, visitor_of(request), int(request.match_info["id"]))
    if view is None:
        raise NotFound
    return view


async def booking_page(
    request: web.Request, problem: DomainError | None = None, words: str = "", phone: str | None = None
) -> web.Response:
    """The page with what was typed: `words`, or one's own `phone` number."""
    door, me, now = request.app[SETTINGS].door, visitor_of(request).person, request.app[CLOCK]()
    async with request.app[DATABASE].reading() as connection:
        view = await _find(connection, request)
        booking = view.booking
        late_by = await delays_of(connection, booking.id)
        by_phone = await read_phone(connection, view, me, door, now, phone)
        how = await read_reports(connection, view, me, door, now)
    try:
        check_open(booking, door, now)
        closed = None
    except CallClosed as refusal:
        closed = refusal
    return page(
        request,
        "booking.html",
        status=problem.status if problem else 200,
        view=view,
        booking=booking,
        other=view.other(me.id),
        opens_at=door.opens_at(booking),
        closed=closed,
        problem=problem,
        words=words,
        delays=DELAYS,
        late_by=late_by,
        phone=by_phone,
        how=how,
        outcomes=tuple(Outcome),
    )
