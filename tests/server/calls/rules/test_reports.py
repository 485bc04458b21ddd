"""When people are asked how it was, when they may say so, and what follows from it."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from server.calls.rules.errors import TooEarlyToTell
from server.calls.rules.reports import TALKED, Outcome, both_spoke, check_report, is_asked, may_report
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import Door
from server.catchups.rules.offers import Medium

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
END = START + timedelta(minutes=30)
LAST = END + timedelta(days=14)
SECOND = timedelta(seconds=1)
MOVED = (BookingState.CANCELLED, BookingState.RESCHEDULED)


def a_booking(
    medium: Medium = Medium.PHONE, state: BookingState = BookingState.CONFIRMED, fallback: bool = False
) -> Booking:
    return Booking(1, 1, 1, START, 30, medium, state, fallback)


def test_they_are_asked_when_it_is_over_for_two_weeks() -> None:
    for medium in Medium:
        found = [is_asked(a_booking(medium), now) for now in (END - SECOND, END, LAST - SECOND, LAST)]
        assert found == [False, True, True, False]
    assert [state for state in BookingState if not is_asked(a_booking(state=state), END)] == list(MOVED)


def test_by_phone_they_may_say_so_from_its_end() -> None:
    with pytest.raises(TooEarlyToTell):
        check_report(a_booking(), Door(), END - SECOND)
    check_report(a_booking(), Door(), END)


def test_by_video_they_may_say_so_when_they_leave_the_call() -> None:
    opens = START - timedelta(minutes=15)
    with pytest.raises(TooEarlyToTell):
        check_report(a_booking(Medium.VIDEO), Door(), opens - SECOND)
    check_report(a_booking(Medium.VIDEO), Door(), opens)


@pytest.mark.parametrize("state", MOVED)
def test_of_what_was_called_off_there_is_nothing_to_say(state: BookingState) -> None:
    with pytest.raises(BookingOver):
        check_report(a_booking(state=state), Door(), END)


def test_after_two_weeks_it_is_too_late() -> None:
    with pytest.raises(BookingOver):
        check_report(a_booking(), Door(), LAST)
    assert [may_report(a_booking(), Door(), now) for now in (START, END, LAST - SECOND, LAST)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("one", "other"), list(product([None, *Outcome], repeat=2)))
def test_by_phone_it_was_held_when_both_say_they_spoke(one: Outcome | None, other: Outcome | None) -> None:
    said = {person: outcome for person, outcome in ((1, one), (2, other)) if outcome}
    assert both_spoke(a_booking(), said, (1, 2)) == (one in TALKED and other in TALKED)


def test_by_video_alone_words_do_not_make_it_held_and_what_was_settled_stays() -> None:
    said = {1: Outcome.SPOKE, 2: Outcome.PARTLY}
    assert not both_spoke(a_booking(Medium.VIDEO), said, (1, 2))
    assert both_spoke(a_booking(Medium.VIDEO, fallback=True), said, (1, 2))
    for state in BookingState:
        assert both_spoke(a_booking(state=state), said, (1, 2)) == (state is BookingState.CONFIRMED)
