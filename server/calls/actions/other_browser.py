"""Going on in another browser, where one is not signed in."""

from datetime import datetime, timedelta

from server.calls.rules.errors import CallOver
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store import bookings
from server.db.database import Database
from server.people.actions.links import make_link
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor

# After the call one can still say there how it was.
GOOD_AFTERWARDS = timedelta(days=1)


async def make_link_to_call(db: Database, visitor: Visitor, booking_id: int, window: JoinWindow, now: datetime) -> str:
    """The secret of a link of the visitor's own to the catch-up, which is good for little longer than its call.

    Raises NotFound or CallOver.
    """
    async with db.writing() as connection:
        booking = await bookings.lock_booking_of(connection, visitor, booking_id)
        closes_at = window.closes_at(booking)
        if now >= closes_at:
            raise CallOver
        return await make_link(
            connection,
            now,
            person_id=visitor.person.id,
            purpose=Purpose.CATCHUP,
            path=f"/bookings/{booking.id}",
            catchup_id=booking.catchup_id,
            expires_at=closes_at + GOOD_AFTERWARDS,
        )
