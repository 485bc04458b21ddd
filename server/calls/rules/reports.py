"""How a catch-up was, in the words of those who were there. What each says is kept, and nobody is right."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from server.calls.rules.errors import TooEarlyToTell
from server.catchups.rules.bookings import CALLED_OFF, Booking, BookingState
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import Door
from server.catchups.rules.offers import Medium

REPORTS_LAST = timedelta(days=14)


class Outcome(StrEnum):
    SPOKE = "spoke"
    PARTLY = "partly"
    TROUBLE = "trouble"
    MISSED = "missed"


TALKED = frozenset({Outcome.SPOKE, Outcome.PARTLY})


def check_report(booking: Booking, door: Door, now: datetime) -> None:
    """Returns when one may say how it was: from its end, by video from when its call was open, until two weeks after.

    Raises TooEarlyToTell, or BookingOver when it is too late or was called off.
    """
    if booking.state in CALLED_OFF or now >= booking.end + REPORTS_LAST:
        raise BookingOver
    if now < (door.opens_at(booking) if booking.medium is Medium.VIDEO else booking.end):
        raise TooEarlyToTell


def may_report(booking: Booking, door: Door, now: datetime) -> bool:
    """Whether one may say how it was."""
    try:
        check_report(booking, door, now)
    except (BookingOver, TooEarlyToTell):
        return False
    return True


def is_asked(booking: Booking, now: datetime) -> bool:
    """Whether people are asked how it was: when it is over, for two weeks."""
    return booking.state not in CALLED_OFF and booking.end <= now < booking.end + REPORTS_LAST


def both_spoke(booking: Booking, reports: Mapping[int, Outcome], people: Collection[int]) -> bool:
    """Whether all `people` say that they spoke, in a catch-up that could be by phone and is not known to be held."""
    could = booking.medium is Medium.PHONE or booking.phone_fallback
    return (
        booking.state is BookingState.CONFIRMED
        and could
        and all(reports.get(person_id) in TALKED for person_id in people)
    )
