"""The catch-ups in somebody's calendar: those that are agreed, and the offers that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.invitations import Invitation, Status
from server.catchups.rules.offers import OfferState
from server.catchups.store.bookings import booking_of
from server.catchups.store.catchups import open_to, person_from, with_both
from server.catchups.store.offers import offer_of, starts_by_offer
from server.db.tables import bookings, catchups, mentorships, offers
from server.people.rules.people import BothPeople, Person
from server.people.rules.visitors import Visitor

KEPT = timedelta(days=90)
AGREED = (BookingState.CONFIRMED, BookingState.HELD, BookingState.MISSED)


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
    """All of this person's, by their start: agreed ones from KEPT ago on, and offers that wait for an answer."""
    theirs = or_(mentorships.c.mentor_id == person_id, mentorships.c.mentee_id == person_id)
    agreed = await connection.execute(
        _bookings(theirs)
        .where(bookings.c.state.in_([state.value for state in AGREED]), bookings.c.start > now - KEPT)
        .order_by(bookings.c.id)
    )
    found = {row.catchup_id: _booked(row) for row in agreed}
    offered = [row for row in await connection.execute(_waiting(theirs, now)) if row.catchup_id not in found]
    starts = await starts_by_offer(connection, [row.id for row in offered])
    found |= {row.catchup_id: _offered(row, starts[row.id], now) for row in offered}
    return tuple(sorted(found.values(), key=lambda each: (each.invitation.start, each.catchup_id)))


async def appointment_at(connection: AsyncConnection, visitor: Visitor, booking_id: int) -> Appointment | None:
    """The booking's, when this visitor may open it, and no other has taken its place."""
    asked = _bookings(open_to(visitor)).where(
        bookings.c.id == booking_id, bookings.c.state != BookingState.RESCHEDULED.value
    )
    row = (await connection.execute(asked)).one_or_none()
    return _booked(row) if row else None


def _bookings(access: ColumnElement[bool]) -> Select[Any]:
    with_note = with_both(bookings, catchups.c.uid, catchups.c.sequence, offers.c.note)
    return with_note.join(offers, offers.c.id == bookings.c.offer_id).where(access)


def _waiting(access: ColumnElement[bool], now: datetime) -> Select[Any]:
    return with_both(offers, catchups.c.uid, catchups.c.sequence).where(
        access,
        offers.c.state == OfferState.OPEN.value,
        offers.c.moves_id.is_(None),
        offers.c.expires_at > now,
    )


def _booked(row: Row[Any]) -> Appointment:
    booking = booking_of(row)
    status = Status.CONFIRMED if booking.state in AGREED else Status.CANCELLED
    return _appointment(row, booking.invitation(status, row.sequence))


def _offered(row: Row[Any], starts: Sequence[datetime], now: datetime) -> Appointment:
    return _appointment(row, offer_of(row, starts).invitation(Status.TENTATIVE, row.sequence, now))


def _appointment(row: Row[Any], invitation: Invitation) -> Appointment:
    both = person_from(row, "mentor"), person_from(row, "mentee")
    return Appointment(row.catchup_id, row.uid, *both, row.note, invitation, row.made_at)
