"""Which of an offer's times are left, and what stands in the way of the others."""

from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.offers import Medium, Offer, OfferState
from server.catchups.rules.possible_times import PossibleTime, TimeConflict, possible_times

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, SECOND = NOW + HOUR, NOW + 2 * HOUR
OFFER = Offer(1, 1, 1, 2, "", frozenset(Medium), (FIRST, SECOND), 30, OfferState.OPEN, NOW, SECOND, moves_id=9)


def a_booking(start: datetime, number: int = 3) -> Booking:
    return Booking(number, 2, 2, start, 30, Medium.VIDEO, BookingState.CONFIRMED)


def test_all_are_left_where_nothing_stands_in_the_way() -> None:
    assert possible_times(OFFER, (), (), NOW) == (PossibleTime(FIRST), PossibleTime(SECOND))


def test_what_has_passed_cannot_be_chosen() -> None:
    [first, second] = possible_times(OFFER, (), (), FIRST)
    assert (first.conflict, second.conflict) == (TimeConflict.PASSED, None)


@pytest.mark.parametrize(
    ("minutes", "conflict"), [(-30, None), (-29, "taken"), (0, "taken"), (29, "taken"), (30, None)]
)
def test_what_the_one_who_asked_has_agreed_to_meanwhile_takes_a_time(minutes: int, conflict: str | None) -> None:
    booking = a_booking(FIRST + timedelta(minutes=minutes))
    [first, second] = possible_times(OFFER, (), (booking,), NOW)
    assert (first.conflict, first.booking, second.conflict) == (conflict, None, None)


def test_ones_own_is_named_first() -> None:
    booking = a_booking(FIRST)
    [first, _] = possible_times(OFFER, (booking,), (booking,), NOW)
    assert first == PossibleTime(FIRST, TimeConflict.OWN, booking)


def test_the_booking_that_is_to_be_moved_gives_way() -> None:
    moved = a_booking(FIRST, number=9)
    assert possible_times(OFFER, (moved,), (moved,), NOW) == (PossibleTime(FIRST), PossibleTime(SECOND))
