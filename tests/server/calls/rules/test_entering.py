"""The call: open from a little before the start until a while after the end."""

from datetime import UTC, datetime, timedelta

import pytest

from server.calls.rules.entering import Stage, may_enter, stage_of
from server.calls.rules.errors import CallCancelled, CallClosed, CallOver, ConsentMissing, NotByVideo, TooEarly
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
WINDOW = JoinWindow()
BOTH = (1, 2)


def a_booking(state: BookingState = BookingState.CONFIRMED, medium: Medium = Medium.VIDEO) -> Booking:
    return Booking(1, 1, 1, START, 30, medium, state)


@pytest.mark.parametrize("minutes", [-15, 0, 30, 89])
def test_the_call_is_open_around_its_time(minutes: int) -> None:
    may_enter(a_booking(), BOTH, BOTH, WINDOW, START + timedelta(minutes=minutes))
    may_enter(a_booking(BookingState.HELD), BOTH, BOTH, WINDOW, START + timedelta(minutes=minutes))


@pytest.mark.parametrize("consenting", [(), (1,), (2,), (1, 3)])
def test_without_both_consents_it_stays_closed(consenting: tuple[int, ...]) -> None:
    """W2: consent is never assumed."""
    with pytest.raises(ConsentMissing):
        may_enter(a_booking(), consenting, BOTH, WINDOW, START)


def test_before_it_says_when_it_opens() -> None:
    with pytest.raises(TooEarly) as refusal:
        may_enter(a_booking(), BOTH, BOTH, WINDOW, START - timedelta(minutes=16))
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
        may_enter(booking, BOTH, BOTH, WINDOW, START + timedelta(minutes=minutes))


def test_who_loses_the_connection_comes_back_to_a_talk_that_goes_on() -> None:
    """Nobody is cut off in the middle of a sentence; two browsers that were left open are no talk."""
    late = START + timedelta(minutes=30) + WINDOW.late
    may_enter(a_booking(BookingState.HELD), BOTH, BOTH, WINDOW, late, talking=True)
    for booking, hours in ((a_booking(BookingState.HELD), 6), (a_booking(BookingState.MISSED), 7)):
        with pytest.raises(CallOver):
            may_enter(booking, BOTH, BOTH, WINDOW, late + timedelta(hours=hours), talking=True)
    with pytest.raises(CallCancelled):
        may_enter(a_booking(BookingState.CANCELLED), BOTH, BOTH, WINDOW, late, talking=True)


@pytest.mark.parametrize(
    ("medium", "state", "minutes", "stage"),
    [
        (Medium.VIDEO, BookingState.CONFIRMED, -16, Stage.BEFORE),
        (Medium.VIDEO, BookingState.CONFIRMED, -15, Stage.WAITING),
        (Medium.VIDEO, BookingState.HELD, 89, Stage.WAITING),
        (Medium.VIDEO, BookingState.HELD, 90, Stage.OVER),
        (Medium.PHONE, BookingState.CONFIRMED, 29, Stage.WAITING),
        (Medium.PHONE, BookingState.CONFIRMED, 30, Stage.OVER),
        (Medium.VIDEO, BookingState.CANCELLED, -60, Stage.OVER),
        (Medium.VIDEO, BookingState.RESCHEDULED, -60, Stage.OVER),
        (Medium.VIDEO, BookingState.MISSED, 60, Stage.OVER),
    ],
)
def test_where_a_catch_up_has_come_to(medium, state, minutes, stage):
    assert stage_of(a_booking(state, medium), WINDOW, START + timedelta(minutes=minutes)) is stage
