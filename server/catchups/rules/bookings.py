"""A booking: the agreed catch-up that an accepted offer becomes.

    confirmed -> cancelled | rescheduled | held | missed
    held -> cancelled

Both were in its call, or both say that they spoke by phone: held. Its time is over and they were not: missed. Either of
them withdraws: cancelled, also in the midst of the call, until its time is over. Asked to move it, the other accepts
another time: rescheduled, and a booking of that time takes its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.catchups.rules.errors import BookingOver
from server.catchups.rules.offers import Medium
from server.errors import InvalidInput
from server.i18n.texts import N_

DELAYS = (5, 10, 15)


class BookingState(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    HELD = "held"
    MISSED = "missed"


LIVE = frozenset({BookingState.CONFIRMED, BookingState.HELD})
CALLED_OFF = frozenset({BookingState.CANCELLED, BookingState.RESCHEDULED})


class BookingEvent(StrEnum):
    WITHDRAW = "withdraw"
    RESCHEDULE = "reschedule"
    BOTH_PRESENT = "both_present"
    BOTH_SPOKE = "both_spoke"
    TIME_OVER = "time_over"


TRANSITIONS: Mapping[tuple[BookingState, BookingEvent], BookingState] = {
    (BookingState.CONFIRMED, BookingEvent.WITHDRAW): BookingState.CANCELLED,
    (BookingState.HELD, BookingEvent.WITHDRAW): BookingState.CANCELLED,
    (BookingState.CONFIRMED, BookingEvent.RESCHEDULE): BookingState.RESCHEDULED,
    (BookingState.CONFIRMED, BookingEvent.BOTH_PRESENT): BookingState.HELD,
    (BookingState.CONFIRMED, BookingEvent.BOTH_SPOKE): BookingState.HELD,
    (BookingState.CONFIRMED, BookingEvent.TIME_OVER): BookingState.MISSED,
}


@dataclass(frozen=True, slots=True)
class Booking:
    """`start` is aware UTC. `phone_fallback`: both would go on by phone where video fails."""

    id: int
    catchup_id: int
    offer_id: int
    start: datetime
    minutes: int
    medium: Medium
    state: BookingState
    phone_fallback: bool = False

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def stands(self, now: datetime) -> bool:
        """Whether it is agreed and its time is not over: then one can still be late for it, or move it."""
        return self.state is BookingState.CONFIRMED and now < self.end


def decide(booking: Booking, event: BookingEvent) -> BookingState:
    """The state after `event`. Raises BookingOver when there is none."""
    state = TRANSITIONS.get((booking.state, event))
    if state is None:
        raise BookingOver
    return state


def withdraw(booking: Booking, now: datetime) -> BookingState:
    """The state after somebody withdrew. Raises BookingOver when it is over, or was called off before."""
    if now >= booking.end:
        raise BookingOver
    return decide(booking, BookingEvent.WITHDRAW)


def check_delay(booking: Booking, minutes: int, now: datetime) -> None:
    """Returns when the other may be told of a delay: until the catch-up is over. Raises InvalidInput or BookingOver."""
    if minutes not in DELAYS:
        raise InvalidInput("minutes", N_("Please choose how many minutes late you will be."))
    if not booking.stands(now):
        raise BookingOver


def may_be_moved(booking: Booking, now: datetime) -> None:
    """Returns when another time may be asked for: until its own is over. Raises BookingOver."""
    if not booking.stands(now):
        raise BookingOver


def after_move(booking: Booking) -> BookingState:
    """The state of a booking whose other time was accepted: one that was missed meanwhile stays so.

    Raises BookingOver when it was held or called off.
    """
    return booking.state if booking.state is BookingState.MISSED else decide(booking, BookingEvent.RESCHEDULE)


def overlap(start: datetime, minutes: int, other: Booking) -> bool:
    """Whether a catch-up at `start` would run into the other booking."""
    return start < other.end and other.start < start + timedelta(minutes=minutes)
