"""The socket that a call's page speaks through."""

from aiohttp import web

from server.calls.pages.call import entrance_of
from server.errors import NotFound
from server.web.access import from_own_pages, visitor_of
from server.web.keys import HUB, VISITOR
from signaling.hub.hub import browser_socket
from signaling.seat import Seat


async def connect(request: web.Request) -> web.StreamResponse:
    if not from_own_pages(request):
        raise NotFound
    return await serve_seat(request, (await entrance_of(request)).seat)


async def serve_seat(request: web.Request, seat: Seat, relay: int | None = None) -> web.StreamResponse:
    """Serves a browser's WebSocket in this seat until it is closed; by one relay process, if one is named. It ends
    with the visit, if there is one: a guest has none.

    Raises NotFound for a request that is not for a WebSocket.
    """
    opened = browser_socket()
    if not opened.can_prepare(request).ok:
        raise NotFound
    await opened.prepare(request)
    visit = str(visitor_of(request).visit_id) if request.get(VISITOR) else ""
    await request.app[HUB].serve(opened, seat, relay, visit)
    return opened
