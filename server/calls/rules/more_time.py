"""More time than was agreed: one asks in the call, the other agrees, and neither has another catch-up by then."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.calls.rules.errors import NoMoreTime
from server.catchups.rules.bookings import MOST_EXTRA, Booking, BookingState, PairSide, overlap

STEP = 15


class MoreTime(StrEnum):
    """Whether more can be agreed to: `taken` by another catch-up of one of the two, or `most`, all that there is."""

    FREE = "free"
    TAKEN = "taken"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class CallTime:
    """When the call is to end (aware UTC), the id of who `asked` for more time, and whether there is `more`."""

    end: datetime
    asked: int | None
    more: MoreTime


def more_time(booking: Booking, others: Iterable[Booking]) -> MoreTime:
    """`others` are what the two have agreed to around its end, with whomever."""
    if booking.extra_minutes + STEP > MOST_EXTRA:
        return MoreTime.MOST
    taken = any(other.id != booking.id and overlap(booking.end, STEP, other) for other in others)
    return MoreTime.TAKEN if taken else MoreTime.FREE


def ask_for_more(booking: Booking, by: PairSide, seen: datetime, others: Iterable[Booking]) -> Booking:
    """The booking when one of the two asks for more time, and longer when the other has asked already.

    `seen` is the end that they saw when they asked: a page that did not know yet that it is later asks for nothing.
    Raises NoMoreTime.
    """
    if seen != booking.end:
        return booking
    if booking.state is not BookingState.HELD or more_time(booking, others) is not MoreTime.FREE:
        raise NoMoreTime
    if booking.more_time_asked_by in (None, by):
        return replace(booking, more_time_asked_by=by)
    return replace(booking, extra_minutes=booking.extra_minutes + STEP, more_time_asked_by=None)


def drop_request(booking: Booking, seen: datetime) -> Booking:
    """The booking when one of the two takes the request back, or does not agree to it; `seen` as above."""
    return replace(booking, more_time_asked_by=None) if seen == booking.end else booking


def taken_until(booking: Booking) -> datetime:
    """Until when other catch-ups matter."""
    return booking.end + timedelta(minutes=STEP)
