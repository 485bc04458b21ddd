"""The call's door: open from a little before the start until a while after the end."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.bookings import Booking, BookingState
from server.domain.calls import Door, may_enter
from server.domain.errors import CallCancelled, CallClosed, CallOver, NotByVideo, TooEarly
from server.domain.offers import Medium

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
DOOR = Door()


def a_booking(state: BookingState = BookingState.CONFIRMED, medium: Medium = Medium.VIDEO) -> Booking:
    return Booking(1, 1, 1, START, 30, medium, state, "uid", 0)


@pytest.mark.parametrize("minutes", [-15, 0, 30, 89])
def test_the_call_is_open_around_its_time(minutes: int) -> None:
    may_enter(a_booking(), DOOR, START + timedelta(minutes=minutes))
    may_enter(a_booking(BookingState.HELD), DOOR, START + timedelta(minutes=minutes))


def test_before_it_says_when_it_opens() -> None:
    with pytest.raises(TooEarly) as refusal:
        may_enter(a_booking(), DOOR, START - timedelta(minutes=16))
    assert refusal.value.opens_at == START - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("booking", "minutes", "refusal"),
    [
        (a_booking(), 90, CallOver),
        (a_booking(BookingState.MISSED), 0, CallOver),
        (a_booking(BookingState.CANCELLED), 0, CallCancelled),
        (a_booking(BookingState.RESCHEDULED), 0, CallCancelled),
        (a_booking(medium=Medium.PHONE), 0, NotByVideo),
    ],
)
def test_a_closed_call_says_why(booking: Booking, minutes: int, refusal: type[CallClosed]) -> None:
    with pytest.raises(refusal):
        may_enter(booking, DOOR, START + timedelta(minutes=minutes))
