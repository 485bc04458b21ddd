"""The calls are open from a little before the start until a while after the end."""

from datetime import UTC, datetime, timedelta

from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow

START = datetime(2026, 11, 24, 15, tzinfo=UTC)


def a_booking(state: BookingState = BookingState.CONFIRMED, medium: Medium = Medium.VIDEO) -> Booking:
    return Booking(1, 1, 1, START, 30, medium, state)


def test_the_window_can_be_wider() -> None:
    wide = JoinWindow(timedelta(minutes=30), timedelta(minutes=90))
    assert (wide.opens_at(a_booking()), wide.closes_at(a_booking())) == (
        START - timedelta(minutes=30),
        START + timedelta(minutes=120),
    )
