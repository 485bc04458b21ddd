"""The call: its page (the lobby first), and the socket that the page speaks through."""

from aiohttp import web

from server.calls.actions.entering import enter_call
from server.calls.rules.reports import Outcome
from server.catchups.pages.booking import find_booking, withdraw_on
from server.catchups.rules.ledger import Channel
from server.errors import NotFound
from server.web.access import from_own_pages, visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, HUB, SETTINGS
from server.web.rendering import page
from signaling.hub.hub import browser_socket
from signaling.seat import Seat


async def show(request: web.Request) -> web.Response:
    seat = await _seat(request)
    view = await find_booking(request)
    me = visitor_of(request).person
    other = view.other(me.id)
    return page(
        request,
        "calls/call.html",
        booking=view.booking,
        me=me,
        other=other,
        call={
            "socket": f"/calls/{view.booking.id}/socket",
            "slots": seat.seats - 1,
            "me": {"person": seat.person, "name": seat.name},
            "other": {"person": str(other.id), "name": other.name},
            "back": f"/bookings/{view.booking.id}",
            "phone": f"/calls/{view.booking.id}/number.json",
            "withdrawal": f"/calls/{view.booking.id}/withdrawal",
        },
        outcomes=tuple(Outcome),
    )


async def withdraw(request: web.Request) -> web.Response:
    """Withdraws from within the call. The page stays as it is; what it shows comes by its socket."""
    await withdraw_on(request, Channel.CALL)
    return web.Response(status=204)


async def socket(request: web.Request) -> web.StreamResponse:
    if not from_own_pages(request):
        raise NotFound
    return await serve_seat(request, await _seat(request))


async def serve_seat(request: web.Request, seat: Seat, relay: int | None = None) -> web.StreamResponse:
    """Serves a browser's WebSocket in this seat, by one relay process if one is named, until it is closed.

    Raises NotFound for what is no WebSocket.
    """
    opened = browser_socket()
    if not opened.can_prepare(request).ok:
        raise NotFound
    await opened.prepare(request)
    await request.app[HUB].serve(opened, seat, relay, str(visitor_of(request).visit_id))
    return opened


async def _seat(request: web.Request) -> Seat:
    app, settings = request.app, request.app[SETTINGS]
    return await enter_call(
        app[DATABASE],
        visitor_of(request),
        id_of(request),
        app[CLOCK](),
        settings.join_window,
        settings.turn,
    )
