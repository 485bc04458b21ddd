"""Signing out of this browser; the personal link works again."""

from aiohttp import web

from server.actions.visits import end_visit
from server.keys import DATABASE, SETTINGS
from server.web.entry import drop_cookie, visitor_of
from server.web.render import see_other


async def sign_out(request: web.Request) -> web.Response:
    await end_visit(request.app[DATABASE], visitor_of(request))
    response = see_other("/")
    drop_cookie(response, request.app[SETTINGS])
    return response
