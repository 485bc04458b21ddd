"""Bookings: the table of transitions, and when two of them overlap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.bookings import (
    TRANSITIONS,
    Booking,
    BookingEvent,
    BookingState,
    after_move,
    decide,
    may_be_moved,
    overlap,
    withdraw,
)
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.offers import Medium

START = datetime(2026, 11, 24, 15, tzinfo=UTC)


def a_booking(state: BookingState = BookingState.CONFIRMED) -> Booking:
    return Booking(1, 1, 1, START, 30, Medium.VIDEO, state)


@pytest.mark.parametrize("state", BookingState)
@pytest.mark.parametrize("event", BookingEvent)
def test_every_event_in_every_state_follows_the_table(state: BookingState, event: BookingEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert decide(a_booking(state), event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(BookingOver):
            decide(a_booking(state), event)


@pytest.mark.parametrize("state", [BookingState.CONFIRMED, BookingState.HELD])
def test_withdrawing_is_possible_until_its_time_is_over(state: BookingState) -> None:
    booking = a_booking(state)
    assert withdraw(booking, booking.end - timedelta(seconds=1)) is BookingState.CANCELLED
    with pytest.raises(BookingOver):
        withdraw(booking, booking.end)


@pytest.mark.parametrize("state", sorted(set(BookingState) - {BookingState.CONFIRMED, BookingState.HELD}))
def test_what_is_over_cannot_be_withdrawn_from(state: BookingState) -> None:
    with pytest.raises(BookingOver):
        withdraw(a_booking(state), START)


@pytest.mark.parametrize("state", BookingState)
def test_another_time_may_be_asked_for_until_its_own_is_over(state: BookingState) -> None:
    booking = a_booking(state)
    if state is BookingState.CONFIRMED:
        may_be_moved(booking, booking.end - timedelta(seconds=1))
    else:
        with pytest.raises(BookingOver):
            may_be_moved(booking, START)
    with pytest.raises(BookingOver):
        may_be_moved(booking, booking.end)


@pytest.mark.parametrize("state", BookingState)
def test_a_moved_booking_gives_way_and_a_missed_one_stays_missed(state: BookingState) -> None:
    after = {BookingState.CONFIRMED: BookingState.RESCHEDULED, BookingState.MISSED: BookingState.MISSED}
    if state in after:
        assert after_move(a_booking(state)) is after[state]
    else:
        with pytest.raises(BookingOver):
            after_move(a_booking(state))


@pytest.mark.parametrize(
    ("offset", "minutes", "expected"),
    [(0, 30, True), (-30, 30, False), (-29, 30, True), (30, 30, False), (29, 15, True), (-60, 90, True)],
)
def test_touching_is_not_overlapping(offset: int, minutes: int, expected: bool) -> None:
    assert overlap(START + timedelta(minutes=offset), minutes, a_booking()) is expected


@given(st.integers(-300, 300), st.sampled_from([15, 30, 45, 60, 90]))
def test_an_overlap_is_a_minute_that_both_hold(offset: int, minutes: int) -> None:
    theirs = set(range(30))
    ours = set(range(offset, offset + minutes))
    assert overlap(START + timedelta(minutes=offset), minutes, a_booking()) is bool(theirs & ours)
