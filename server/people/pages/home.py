"""A person's home: bookings, offers that wait for an answer, recent answers, and mentorships.

For those who came by a link to one catch-up it is that catch-up, and the way to a link to all the rest.
"""

from aiohttp import web

from server.people.queries.catchup_home import read_catchup_home_page
from server.people.queries.home import read_home_page
from server.people.rules.accounts import START
from server.web.keys import CLOCK, DATABASE, SETTINGS, VISITOR
from server.web.rendering import fields_of, page, see_other


async def show(request: web.Request) -> web.Response:
    """Nobody is told that there is nothing here: without a visit, the front page says how to get in."""
    visitor, database, now = request.get(VISITOR), request.app[DATABASE], request.app[CLOCK]()
    if visitor is None:
        return see_other("/")
    if visitor.home:
        found = await read_home_page(database, visitor, now)
        return page(request, "people/home.html", **fields_of(found), window=request.app[SETTINGS].join_window)
    if visitor.catchups:
        return page(
            request, "people/catchup_home.html", **fields_of(await read_catchup_home_page(database, visitor, now))
        )
    return see_other(START)
