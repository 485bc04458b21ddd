"""What the visitor has agreed to, beside the times that they type: none of these can be agreed a second time."""

from aiohttp import web

from server.catchups.rules.drafts import FURTHEST
from server.catchups.store.bookings import live_between
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE

Span = tuple[str, str]


async def agreed_of(request: web.Request, moves_id: int | None = None) -> tuple[Span, ...]:
    """From when until when the visitor's coming catch-ups are, for the page's script.

    The booking that an offer asks to move, `moves_id`, would give way.
    """
    now = request.app[CLOCK]()
    async with request.app[DATABASE].reading() as connection:
        agreed = await live_between(connection, (visitor_of(request).person.id,), now, now + FURTHEST)
    return tuple((booking.start.isoformat(), booking.end.isoformat()) for booking in agreed if booking.id != moves_id)
