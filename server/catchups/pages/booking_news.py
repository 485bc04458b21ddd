"""What may change on a booking's page while it is open: who is late or there, what is asked, how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.entering import Stage, stage_of
from server.calls.store.sessions import present_in
from server.catchups.rules.bookings import Booking
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer
from server.catchups.store.bookings import BookingView, delays_of, read_booking
from server.catchups.store.offers import open_offer_in
from server.errors import NotFound
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page

OFTEN, SELDOM = timedelta(seconds=10), timedelta(minutes=5)
SOON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class News:
    """A booking as it stands now. `late_by` and `present` are by people's ids; `move` is what is asked, and waits."""

    view: BookingView
    stage: Stage
    late_by: Mapping[int, int]
    present: frozenset[int]
    move: Offer | None
    every: int

    @property
    def booking(self) -> Booking:
        return self.view.booking

    def told(self, reader: Person) -> dict[str, Any]:
        """What templates/catchups/booking/news.html tells this reader."""
        return {
            "booking": self.booking,
            "other": self.view.other(reader.id),
            "stage": self.stage,
            "late_by": self.late_by,
            "present": self.present,
            "move": self.move,
            "every": self.every,
        }


async def show(request: web.Request) -> web.Response:
    visitor, now = visitor_of(request), request.app[CLOCK]()
    async with request.app[DATABASE].reading() as connection:
        news = await read_news(connection, visitor, id_of(request), request.app[SETTINGS].join_window, now)
    return page(request, "catchups/booking/news.html", **news.told(visitor.person))


async def read_news(
    connection: AsyncConnection, visitor: Visitor, booking_id: int, window: JoinWindow, now: datetime
) -> News:
    """Raises NotFound when the booking is not the visitor's."""
    view = await read_booking(connection, visitor, booking_id)
    if view is None:
        raise NotFound
    waiting = await open_offer_in(connection, view.booking.catchup_id)
    return News(
        view=view,
        stage=stage_of(view.booking, window, now),
        late_by=await delays_of(connection, booking_id),
        present=await present_in(connection, booking_id),
        move=waiting if waiting and waiting.moves_id == booking_id and waiting.waits(now) else None,
        every=_every(window.opens_at(view.booking), now),
    )


def _every(opens_at: datetime, now: datetime) -> int:
    """After how many seconds to ask again: often once it is soon."""
    return int((OFTEN if now > opens_at - SOON else SELDOM).total_seconds())
