"""Which reminders of guests are of use."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from server.catchups.store.email_context import still_current
from server.db.tables import bookings, guest_seats, outbox
from server.guests.rules.seats import REMINDERS, SeatState
from server.guests.store.seats import INTRODUCTION_STANDS


def still_of_use(now: datetime) -> ColumnElement[bool]:
    """The condition that an outbox entry is of use; a guest's reminder only while their seat and, if it comes of one,
    the introduction stand."""
    seated = exists().where(
        bookings.c.id == outbox.c.booking_id,
        guest_seats.c.catchup_id == bookings.c.catchup_id,
        guest_seats.c.state == SeatState.AGREED.value,
        or_(guest_seats.c.introduction_id.is_(None), INTRODUCTION_STANDS),
    )
    return and_(still_current(now), or_(outbox.c.kind.not_in(list(REMINDERS)), seated))
