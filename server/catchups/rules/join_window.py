"""Who may enter a call, and from when until when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.calls.rules.errors import CallCancelled, CallOver, ConsentMissing, NotByVideo, TooEarly
from server.catchups.rules.bookings import CALLED_OFF, LIVE, Booking, BookingState
from server.catchups.rules.offers import Medium


@dataclass(frozen=True, slots=True)
class Door:
    """How long before a catch-up's start and after its end its call is open."""

    early: timedelta = timedelta(minutes=15)
    late: timedelta = timedelta(minutes=60)

    def opens_at(self, booking: Booking) -> datetime:
        return booking.start - self.early

    def closes_at(self, booking: Booking) -> datetime:
        return booking.end + self.late


class Stage(StrEnum):
    """Where a catch-up has come to: still before it, about to begin or going on, or over."""

    BEFORE = "before"
    WAITING = "waiting"
    OVER = "over"


def stage_of(booking: Booking, door: Door, now: datetime) -> Stage:
    """By phone it is over with its end, by video when its call closes, and at once when it was called off or moved."""
    ends = door.closes_at(booking) if booking.medium is Medium.VIDEO else booking.end
    if booking.state not in LIVE or now >= ends:
        return Stage.OVER
    return Stage.BEFORE if now < door.opens_at(booking) else Stage.WAITING


def may_enter(
    booking: Booking, consenting: Collection[int], people: Collection[int], door: Door, now: datetime
) -> None:
    """Returns when the call is open to its `people`, else raises the CallClosed that says why.

    `consenting` are the ids of those whose consent stands in the ledger: it is never assumed.
    """
    check_open(booking, door, now)
    if not set(people) <= set(consenting):
        raise ConsentMissing


def check_open(booking: Booking, door: Door, now: datetime) -> None:
    """Returns when the call's time has come and is not over, else raises the CallClosed that says why."""
    if booking.state in CALLED_OFF:
        raise CallCancelled
    if booking.medium is not Medium.VIDEO:
        raise NotByVideo
    if now < door.opens_at(booking):
        raise TooEarly(door.opens_at(booking))
    if now >= door.closes_at(booking) or booking.state is BookingState.MISSED:
        raise CallOver
