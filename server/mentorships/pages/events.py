"""What changes in a mentorship's messages while its page is open: pushed as the part of the page that shows them."""

from datetime import timedelta

from aiohttp import web

from server.db.changes import Topic
from server.mentorships.queries.thread import read_own_thread
from server.room.pages.content import SEALER
from server.web.access import find_visitor_again, visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, EVENT_STREAMS
from server.web.rendering import render

# What other servers change is found by looking again; that also ends the stream of a visit that is over.
LOOK_AGAIN = timedelta(minutes=1)


async def connect(request: web.Request) -> web.StreamResponse:
    """The event `thread`: the newest messages, as HTML."""
    app, visitor = request.app, visitor_of(request)
    db, sealer, mentorship_id = app[DATABASE], app[SEALER], id_of(request)
    await read_own_thread(db, sealer, visitor, mentorship_id, app[CLOCK]())
    async with app[EVENT_STREAMS].open(request, visitor.visit_id) as stream:

        async def tell() -> timedelta:
            visitor = await find_visitor_again(request)
            row, thread = await read_own_thread(db, sealer, visitor, mentorship_id, app[CLOCK]())
            await stream.tell("thread", render(request, "mentorships/thread.html", row=row, thread=thread))
            return LOOK_AGAIN

        with db.changes.watch((Topic("messages", mentorship_id),), stream.wake):
            await stream.follow(tell)
    return stream.response
