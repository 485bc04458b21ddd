"""Live now: the calls that go on and their relay processes, pushed to the page while it is open."""

from datetime import timedelta
from typing import Any

from aiohttp import web

from server.admin.queries.live import read_live_calls
from server.errors import NotFound
from server.web.access import find_visitor_again, visitor_of
from server.web.keys import DATABASE, EVENT_STREAMS, HUB
from server.web.rendering import page, render

# A relay process that begins to drain says nothing of its calls; and the visit may be over.
LOOK_AGAIN = timedelta(seconds=10)


async def show(request: web.Request) -> web.Response:
    return page(request, "admin/live.html", **await _state(request), done=request.query.get("done"))


async def connect(request: web.Request) -> web.StreamResponse:
    """The event `live`: the page's part that changes."""
    async with request.app[EVENT_STREAMS].open(request, visitor_of(request).visit_id) as stream:

        async def tell() -> timedelta:
            if (await find_visitor_again(request)).account is None:
                raise NotFound
            await stream.tell("live", render(request, "admin/live/calls.html", **await _state(request)))
            return LOOK_AGAIN

        with request.app[HUB].watch(stream.wake):
            await stream.follow(tell)
    return stream.response


async def _state(request: web.Request) -> dict[str, Any]:
    hub = request.app[HUB]
    running = [(each.joined, each.relay, each.newest) for each in hub.attendances]
    return {"calls": await read_live_calls(request.app[DATABASE], running), "relays": hub.relay_counts}
