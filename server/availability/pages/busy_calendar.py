"""The calendar elsewhere from which the server knows when the visitor is busy."""

from aiohttp import web

from server.availability.actions.calendars import Fetch, follow_calendar, leave_calendar, read_calendar
from server.availability.pages.hours import hours_page
from server.errors import InvalidInput, TooManyTries
from server.web.access import visitor_of
from server.web.forms import text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other

PLACE = "/hours#elsewhere"
FETCH: web.AppKey[Fetch] = web.AppKey("fetch")


async def follow(request: web.Request) -> web.Response:
    app, url = request.app, text(await request.post(), "url").strip()
    try:
        await follow_calendar(app[DATABASE], app[FETCH], visitor_of(request), url, app[CLOCK]())
    except (InvalidInput, TooManyTries) as problem:
        return await hours_page(request, problem=problem, url=url)
    return see_other(PLACE)


async def read(request: web.Request) -> web.Response:
    app = request.app
    await read_calendar(app[DATABASE], app[FETCH], visitor_of(request), app[CLOCK]())
    return see_other(PLACE)


async def leave(request: web.Request) -> web.Response:
    await leave_calendar(request.app[DATABASE], visitor_of(request))
    return see_other(PLACE)
