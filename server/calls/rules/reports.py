"""How a catch-up was, as the two report it. Both reports are kept; neither overrides the other."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from server.calls.rules.errors import TooEarlyToTell
from server.catchups.rules.bookings import CALLED_OFF, Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import JoinWindow

REPORTS_LAST = timedelta(days=14)


class Outcome(StrEnum):
    SPOKE = "spoke"
    PARTLY = "partly"
    TROUBLE = "trouble"
    MISSED = "missed"


TALKED = frozenset({Outcome.SPOKE, Outcome.PARTLY})


def check_report(booking: Booking, window: JoinWindow, now: datetime) -> None:
    """Returns when one may report: from the end, or by video from when the call opened, until two weeks after.

    Raises TooEarlyToTell, or BookingOver when it is too late or the catch-up was called off.
    """
    if booking.state in CALLED_OFF or now >= booking.end + REPORTS_LAST:
        raise BookingOver
    if now < (window.opens_at(booking) if booking.medium is Medium.VIDEO else booking.end):
        raise TooEarlyToTell


def may_report(booking: Booking, window: JoinWindow, now: datetime) -> bool:
    """Whether one may report now."""
    try:
        check_report(booking, window, now)
    except (BookingOver, TooEarlyToTell):
        return False
    return True


def is_asked(booking: Booking, now: datetime) -> bool:
    """Whether people are asked for a report: for two weeks after the end."""
    return booking.state not in CALLED_OFF and booking.end <= now < booking.end + REPORTS_LAST


def both_spoke(booking: Booking, reports: Mapping[int, Outcome], people: Collection[int]) -> bool:
    """Whether all `people` report that they spoke, in a confirmed catch-up that could be by phone."""
    could = booking.medium is Medium.PHONE or booking.phone_fallback
    return (
        booking.state is BookingState.CONFIRMED
        and could
        and all(reports.get(person_id) in TALKED for person_id in people)
    )
