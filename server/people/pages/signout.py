"""Signing out of this browser and of its calls. The personal link can be opened again."""

from aiohttp import web

from server.people.actions.links import end_visit
from server.web.access import drop_cookie, visitor_of
from server.web.keys import CALLS, DATABASE, SETTINGS
from server.web.rendering import see_other


async def sign_out(request: web.Request) -> web.Response:
    visitor = visitor_of(request)
    await end_visit(request.app[DATABASE], visitor)
    await request.app[CALLS].end_visit(str(visitor.visit_id))
    response = see_other("/")
    drop_cookie(response, request.app[SETTINGS])
    return response
