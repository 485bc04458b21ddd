"""A booking's page: when, how and with whom; joining, and withdrawing."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.actions.bookings import say_late
from server.actions.bookings import withdraw as withdraw_from
from server.domain.bookings import DELAYS
from server.domain.calls import check_open
from server.domain.consents import ChoiceKind
from server.domain.errors import CallClosed, DomainError, NotFound
from server.keys import CLOCK, DATABASE, HUB, SETTINGS
from server.storage.bookings import BookingView, delays_of, read_booking
from server.web.consent import shown
from server.web.entry import visitor_of
from server.web.forms import text, whole_number
from server.web.render import page, see_other


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def withdraw(request: web.Request) -> web.Response:
    view = await find_booking(request)
    form = await request.post()
    words = text(form, "words")
    try:
        means = shown(request, form, ChoiceKind.WITHDREW)
        now = request.app[CLOCK]()
        await withdraw_from(request.app[DATABASE], visitor_of(request), view.booking.id, words, means, now)
    except DomainError as problem:
        return await _page(request, problem, words)
    for person in (view.mentor, view.mentee):
        await request.app[HUB].remove(str(view.booking.id), str(person.id))
    return see_other(f"/bookings/{view.booking.id}")


async def late(request: web.Request) -> web.Response:
    booking_id = int(request.match_info["id"])
    try:
        minutes = whole_number(await request.post(), "minutes")
        await say_late(request.app[DATABASE], visitor_of(request), booking_id, minutes, request.app[CLOCK]())
    except DomainError as problem:
        return await _page(request, problem)
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


async def _page(request: web.Request, problem: DomainError | None = None, words: str = "") -> web.Response:
    door = request.app[SETTINGS].door
    async with request.app[DATABASE].reading() as connection:
        view = await _find(connection, request)
        late_by = await delays_of(connection, view.booking.id)
    try:
        check_open(view.booking, door, request.app[CLOCK]())
        closed = None
    except CallClosed as refusal:
        closed = refusal
    return page(
        request,
        "booking.html",
        status=problem.status if problem else 200,
        view=view,
        booking=view.booking,
        other=view.other(visitor_of(request).person.id),
        opens_at=door.opens_at(view.booking),
        closed=closed,
        problem=problem,
        words=words,
        delays=DELAYS,
        late_by=late_by,
    )
