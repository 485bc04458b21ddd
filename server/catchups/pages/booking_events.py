"""What changes about a booking while a page shows it: a stream that pushes its news, and whether a number is lent.

The server notes what its own processes change. What other servers or the clock change is found by looking again,
which also ends the stream of a visit that is over.
"""

from datetime import timedelta

from aiohttp import web

from server.catchups.queries.booking_events import read_booking_events
from server.catchups.queries.booking_news import find_booking
from server.db.changes import Topic
from server.db.database import Unavailable
from server.errors import NotFound
from server.web.access import find_visitor_again, visitor_of
from server.web.event_streams import EventStream
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, EVENT_STREAMS, SETTINGS
from server.web.rendering import fields_of, render

WITHOUT_DATABASE = timedelta(seconds=10)


async def connect(request: web.Request) -> web.StreamResponse:
    """The events `news` (its part of the page) and `phone` (`lent`, or nothing while it is not)."""
    db, visitor = request.app[DATABASE], visitor_of(request)
    view = await find_booking(db, visitor, id_of(request))
    topics = (
        Topic("catchup", view.booking.catchup_id),
        Topic("booking", view.booking.id),
        Topic("person", view.mentor.id),
        Topic("person", view.mentee.id),
    )
    async with request.app[EVENT_STREAMS].open(request, visitor.visit_id) as stream:
        with db.changes.watch(topics, stream.wake):
            while stream.open:
                await stream.wait(await _tell(request, stream))
    return stream.response


async def _tell(request: web.Request, stream: EventStream) -> timedelta:
    """Tells what is new, if anything is; returns after what time to look again."""
    app = request.app
    try:
        visitor = await find_visitor_again(request)
        found = await read_booking_events(
            app[DATABASE], visitor, id_of(request), app[SETTINGS].join_window, app[CLOCK]()
        )
    except NotFound:
        await stream.finish()
        return timedelta(0)
    except Unavailable:
        return WITHOUT_DATABASE
    await stream.tell("news", render(request, "catchups/booking/news.html", **fields_of(found.news)))
    await stream.tell("phone", "lent" if found.lent else "", version=repr(found.lent))
    return found.news.recheck
