"""What changes about a booking while a page shows it: a stream that pushes its news, whether a number is lent, when its
call is to end, what the two keep of it, and the third person at its door.

The server notes what its own processes change. What other servers or the clock change is found by looking again,
which also ends the stream of a visit that is over.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from server.catchups.queries.booking_events import read_booking_events
from server.catchups.queries.booking_news import find_booking
from server.db.changes import Topic
from server.db.database import Unavailable
from server.errors import NotFound
from server.guests.rules.seats import GuestSeat, SeatState, door_of
from server.people.rules.visitors import Visitor
from server.room.pages.content import SEALER, as_told
from server.room.queries.contents import read_changes
from server.room.rules.edits import UnreadableContent
from server.web.access import find_visitor_again, visitor_of
from server.web.event_streams import WITHOUT_DATABASE, EventStream
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, EVENT_STREAMS, SETTINGS
from server.web.rendering import fields_of, render


@dataclass(slots=True)
class _Told:
    """What is to be told: `news`, with the number, or only the content, of which the page knows up to `version`."""

    news: bool = True
    version: int = -1
    recheck: timedelta = timedelta(0)


async def connect(request: web.Request) -> web.StreamResponse:
    """The events `news` (its part of the page), `phone` (`lent`, or nothing while it is not), `time`, `guest`, and
    `content`: what came after the content's version that this stream told last, first all of it. It is `unreadable`
    where it cannot be read.
    """
    db, visitor = request.app[DATABASE], visitor_of(request)
    view = await find_booking(db, visitor, id_of(request))
    topics = (
        Topic("catchup", view.booking.catchup_id),
        Topic("booking", view.booking.id),
        Topic("person", view.mentor.id),
        Topic("person", view.mentee.id),
    )
    told = _Told()
    async with request.app[EVENT_STREAMS].open(request, visitor.visit_id) as stream:

        def wake_for_news() -> None:
            told.news = True
            stream.wake()

        with (
            db.changes.watch(topics, wake_for_news),
            db.changes.watch((Topic("content", view.booking.catchup_id),), stream.wake),
        ):
            while stream.open:
                if not await stream.wait(await _tell(request, stream, told)):
                    told.news = True
    return stream.response


async def _tell(request: web.Request, stream: EventStream, told: _Told) -> timedelta:
    """Tells what is new, if anything is; returns after what time to look again."""
    try:
        visitor = await find_visitor_again(request)
        if told.news:
            told.news = False
            told.recheck = await _tell_news(request, stream, visitor)
        await _tell_content(request, stream, visitor, told)
    except NotFound:
        await stream.finish()
        return timedelta(0)
    except Unavailable:
        told.news = True
        return WITHOUT_DATABASE
    return told.recheck


async def _tell_news(request: web.Request, stream: EventStream, visitor: Visitor) -> timedelta:
    """Raises NotFound or Unavailable."""
    app = request.app
    found = await read_booking_events(app[DATABASE], visitor, id_of(request), app[SETTINGS].join_window, app[CLOCK]())
    await stream.tell("news", render(request, "catchups/booking/news.html", **fields_of(found.news)))
    await stream.tell("phone", "lent" if found.lent else "", version=repr(found.lent))
    time = {"end": found.time.end.isoformat(), "asked": found.time.asked, "more": found.time.more.value}
    now = round(app[CLOCK]().timestamp() * 1000)
    await stream.tell("time", json.dumps(time | {"now": now}), version=repr(found.time))
    await stream.tell("guest", json.dumps(_guest(found.guest)) if found.guest else "")
    return found.news.recheck


def _guest(seat: GuestSeat) -> dict[str, object]:
    """What the call's page needs at the door."""
    door = door_of(seat) if seat.state is SeatState.AGREED else None
    return {"id": seat.id, "person": seat.person, "name": seat.name, "role": seat.role, "door": door}


async def _tell_content(request: web.Request, stream: EventStream, visitor: Visitor, told: _Told) -> None:
    """Raises NotFound or Unavailable."""
    app = request.app
    try:
        changes = await read_changes(app[DATABASE], app[SEALER], visitor, id_of(request), told.version)
    except UnreadableContent:
        await stream.tell("content", "unreadable")
        return
    if changes is not None:
        await stream.tell("content", json.dumps(as_told(changes)), version=str(changes.version))
        told.version = changes.version
