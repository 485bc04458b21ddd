"""A person's home: bookings, offers that wait for an answer, recent answers, and mentorships."""

from datetime import timedelta

from aiohttp import web

from server.availability.pages.free_times import preview_of
from server.calls.rules.reports import is_asked
from server.calls.store.reports import reported_by
from server.catchups.store.answers import answers_to
from server.catchups.store.bookings import bookings_of
from server.catchups.store.offers import ended_offers_of, open_offers_of
from server.catchups.store.pauses import pauses_of
from server.people.rules.visitors import check_home
from server.people.store.people import mentorships_of
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page

LATELY = timedelta(days=14)
MOST_ENDED = 5


async def show(request: web.Request) -> web.Response:
    visitor, now = visitor_of(request), request.app[CLOCK]()
    check_home(visitor)
    async with request.app[DATABASE].reading() as connection:
        bookings = await bookings_of(connection, visitor, now)
        asked = [view for view in bookings if is_asked(view.booking, now)]
        told = await reported_by(connection, visitor.person.id, [view.booking.id for view in asked])
        waiting = [view for view in await open_offers_of(connection, visitor) if view.offer.waits(now)]
        ended = await ended_offers_of(connection, visitor, now - LATELY, MOST_ENDED)
        answers = await answers_to(connection, [view.offer.id for view in ended])
        mentorships = await mentorships_of(connection, visitor.person)
        pauses = await pauses_of(connection, tuple(row.id for row in mentorships))
    mentors = any(row.role == "mentor" for row in mentorships)
    return page(
        request,
        "people/home.html",
        bookings=bookings,
        asked=[view for view in asked if view.booking.id not in told],
        # Offers that the visitor has to answer come first.
        offers=sorted(waiting, key=lambda view: view.recipient.id != visitor.person.id),
        ended=ended,
        answers=answers,
        mentorships=mentorships,
        pauses={row.id: pauses.get((row.id, row.other.id)) for row in mentorships},
        free=await preview_of(request) if mentors else None,
        door=request.app[SETTINGS].door,
    )
