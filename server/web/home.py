"""A person's home: what is agreed, what waits for an answer, and whom they meet."""

from aiohttp import web

from server.domain.reports import is_asked
from server.domain.visitors import at_home
from server.keys import CLOCK, DATABASE, SETTINGS
from server.storage.bookings import bookings_of
from server.storage.offers import open_offers_of
from server.storage.people import mentorships_of
from server.storage.reports import reported_by
from server.web.entry import visitor_of
from server.web.free_times import preview_of
from server.web.render import page


async def show(request: web.Request) -> web.Response:
    visitor, now = visitor_of(request), request.app[CLOCK]()
    at_home(visitor)
    async with request.app[DATABASE].reading() as connection:
        bookings = await bookings_of(connection, visitor, now)
        asked = [view for view in bookings if is_asked(view.booking, now)]
        told = await reported_by(connection, visitor.person.id, [view.booking.id for view in asked])
        offers = await open_offers_of(connection, visitor)
        mentorships = await mentorships_of(connection, visitor.person)
    mentors = any(row.role == "mentor" for row in mentorships)
    return page(
        request,
        "home.html",
        bookings=bookings,
        asked=[view for view in asked if view.booking.id not in told],
        offers=offers,
        mentorships=mentorships,
        free=await preview_of(request) if mentors else None,
        door=request.app[SETTINGS].door,
    )
