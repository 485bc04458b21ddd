"""A link for going on in another browser, where this one cannot make calls."""

from aiohttp import web

from server.calls.actions.other_browser import make_link_to_call
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS


async def make(request: web.Request) -> web.Response:
    app, settings = request.app, request.app[SETTINGS]
    secret = await make_link_to_call(
        app[DATABASE], visitor_of(request), id_of(request), settings.join_window, app[CLOCK]()
    )
    return web.json_response({"link": f"{settings.base_url}/l/{secret}"})
