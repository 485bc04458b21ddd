"""The visitor's own calendar, from which the server reads when they are busy."""

from aiohttp import web

from server.availability.actions.calendars import Fetch, refresh_calendar, remove_calendar, set_calendar
from server.availability.pages.hours import hours_page
from server.errors import InvalidInput, TooManyTries
from server.web.access import visitor_of
from server.web.forms import text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other

SECTION = "/hours#elsewhere"
FETCH: web.AppKey[Fetch] = web.AppKey("fetch")


async def save(request: web.Request) -> web.Response:
    app, url = request.app, text(await request.post(), "url").strip()
    try:
        await set_calendar(app[DATABASE], app[FETCH], visitor_of(request), url, app[CLOCK]())
    except (InvalidInput, TooManyTries) as problem:
        return await hours_page(request, problem=problem, url=url)
    return see_other(SECTION)


async def refresh(request: web.Request) -> web.Response:
    app = request.app
    await refresh_calendar(app[DATABASE], app[FETCH], visitor_of(request), app[CLOCK]())
    return see_other(SECTION)


async def remove(request: web.Request) -> web.Response:
    await remove_calendar(request.app[DATABASE], visitor_of(request))
    return see_other(SECTION)
