"""Ending one of one's visits or links, or all others: at once, in a running call too."""

from aiohttp import web

from server.calls.pages.ending import start_ending_closed_calls
from server.people.actions.revocations import end_all_others, end_link_of, end_visit_of
from server.web.access import drop_cookie, visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other

PAGE = "/me/sign-ins"


async def end_visit(request: web.Request) -> web.Response:
    visitor, visit_id = visitor_of(request), id_of(request)
    await end_visit_of(request.app[DATABASE], visitor, visit_id)
    start_ending_closed_calls(request.app)
    if visit_id != visitor.visit_id:
        return see_other(PAGE)
    response = see_other("/")
    drop_cookie(response, request.app[SETTINGS])
    return response


async def end_link(request: web.Request) -> web.Response:
    await end_link_of(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    start_ending_closed_calls(request.app)
    return see_other(f"{PAGE}#links")


async def end_others(request: web.Request) -> web.Response:
    await end_all_others(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    start_ending_closed_calls(request.app)
    return see_other(f"{PAGE}?ended=1")
