"""The two sockets of a media check: one sends, one receives."""

from aiohttp import web

from server.calls.actions.media_check import loop_seat
from server.calls.pages.call_socket import serve_seat
from server.errors import NotFound
from server.web.access import from_own_pages, visitor_of
from server.web.keys import HUB


async def connect(request: web.Request) -> web.StreamResponse:
    if not from_own_pages(request):
        raise NotFound
    seat = loop_seat(visitor_of(request), request.query.get("loop", ""), request.query.get("end", ""))
    return await serve_seat(request, seat, _relay(request))


def _relay(request: web.Request) -> int:
    """The number of the relay process to check. Raises NotFound."""
    asked = request.query.get("relay", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 4) or int(asked) >= request.app[HUB].relays:
        raise NotFound
    return int(asked)
