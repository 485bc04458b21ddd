"""Whether one would like the record of what was agreed by email: said with a tick, which the page's script sends."""

from aiohttp import web

from server.room.actions.records import wish_record
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE


async def wish(request: web.Request) -> web.Response:
    """`wished` is yes or nothing."""
    wished = text(await request.post(), "wished") == "yes"
    await wish_record(request.app[DATABASE], visitor_of(request), id_of(request), wished, request.app[CLOCK]())
    return web.Response(status=204)
