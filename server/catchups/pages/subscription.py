"""Making one's own calendar feed, and ending it."""

from aiohttp import web

from server.catchups.actions.feed import subscribe, unsubscribe
from server.people.pages.me import me_page
from server.people.queries.own_data import read_own_data
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def make(request: web.Request) -> web.Response:
    """Shows a new feed's address, this once."""
    database, visitor, now = request.app[DATABASE], visitor_of(request), request.app[CLOCK]()
    own = await read_own_data(database, visitor, now)
    secret = await subscribe(database, visitor, now)
    return await me_page(request, own=own, feed=secret)


async def end(request: web.Request) -> web.Response:
    await unsubscribe(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return see_other("/me#calendar")
