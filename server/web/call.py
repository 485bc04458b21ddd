"""The call: its page (the lobby first), and the socket that the page speaks through."""

from aiohttp import web

from server.actions.calls import enter_call
from server.domain.errors import NotFound
from server.keys import CLOCK, DATABASE, HUB, SETTINGS
from server.web.booking import find_booking
from server.web.entry import from_own_pages, visitor_of
from server.web.render import page
from signaling.hub import browser_socket
from signaling.seat import Seat


async def show(request: web.Request) -> web.Response:
    seat = await _seat(request)
    view = await find_booking(request)
    me = visitor_of(request).person
    other = view.other(me.id)
    return page(
        request,
        "call.html",
        booking=view.booking,
        me=me,
        other=other,
        call={
            "socket": f"/calls/{view.booking.id}/socket",
            "slots": seat.seats - 1,
            "me": {"person": seat.person, "name": seat.name},
            "other": {"person": str(other.id), "name": other.name},
            "back": f"/bookings/{view.booking.id}",
        },
    )


async def socket(request: web.Request) -> web.StreamResponse:
    if not from_own_pages(request):
        raise NotFound
    seat = await _seat(request)
    socket = browser_socket()
    if not socket.can_prepare(request).ok:
        raise NotFound
    await socket.prepare(request)
    await request.app[HUB].serve(socket, seat)
    return socket


async def _seat(request: web.Request) -> Seat:
    app, settings = request.app, request.app[SETTINGS]
    return await enter_call(
        app[DATABASE],
        visitor_of(request),
        int(request.match_info["id"]),
        app[CLOCK](),
        settings.door,
        settings.turn,
    )
