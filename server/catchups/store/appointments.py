"""The catch-ups in somebody's calendar: those that are agreed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.invitations import Invitation, Status
from server.catchups.store.bookings import booking_of
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor, in_catchups_of, person_from, with_both
from server.db.tables import bookings, catchups, offers
from server.people.rules.people import BothPeople, Person
from server.people.rules.visitors import Visitor

KEPT = timedelta(days=90)
AGREED = (BookingState.CONFIRMED, BookingState.HELD, BookingState.MISSED)

BOOKED = with_both(bookings, catchups.c.uid, catchups.c.sequence, offers.c.note).join(
    offers, offers.c.id == bookings.c.offer_id
)
AGREED_OF = BOOKED.where(
    in_catchups_of(bindparam("person_id"), bookings),
    bookings.c.state.in_([state.value for state in AGREED]),
    bookings.c.start > bindparam("since"),
).order_by(bookings.c.id)
AT = BOOKED.where(OPEN_TO_VISITOR, bookings.c.id == bindparam("id"), bookings.c.state != BookingState.RESCHEDULED.value)


@dataclass(frozen=True, slots=True)
class Appointment(BothPeople):
    """A catch-up with its one event; `decided_at` is when that got its present state."""

    catchup_id: int
    uid: str
    mentor: Person
    mentee: Person
    note: str
    invitation: Invitation
    decided_at: datetime


async def appointments_of(connection: AsyncConnection, person_id: int, now: datetime) -> tuple[Appointment, ...]:
    """All of this person's from KEPT ago on, by their start."""
    agreed = await connection.execute(AGREED_OF, {"person_id": person_id, "since": now - KEPT})
    found = {row.catchup_id: _booked(row) for row in agreed}
    return tuple(sorted(found.values(), key=lambda each: (each.invitation.start, each.catchup_id)))


async def appointment_at(connection: AsyncConnection, visitor: Visitor, booking_id: int) -> Appointment | None:
    """The booking's, when this visitor may open it, and no other has taken its place."""
    row = (await connection.execute(AT, {"id": booking_id, **as_visitor(visitor)})).one_or_none()
    return _booked(row) if row else None


def _booked(row: Row[Any]) -> Appointment:
    booking = booking_of(row)
    status = Status.CONFIRMED if booking.state in AGREED else Status.CANCELLED
    both = person_from(row, "mentor"), person_from(row, "mentee")
    return Appointment(row.catchup_id, row.uid, *both, row.note, booking.invitation(status, row.sequence), row.made_at)
