"""A person's home: bookings, offers that wait for an answer, recent answers, and mentorships."""

from aiohttp import web

from server.people.queries.home import read_home_page
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    found = await read_home_page(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return page(request, "people/home.html", **fields_of(found), window=request.app[SETTINGS].join_window)
