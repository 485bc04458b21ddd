"""More time: one asks, the other agrees, and neither has another catch-up by then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.calls.rules.errors import NoMoreTime
from server.calls.rules.more_time import MoreTime, ask_for_more, drop_request, more_time
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
HELD = Booking(1, 1, 1, START, 30, Medium.VIDEO, BookingState.HELD)
END = HELD.end


def another(minutes: int) -> Booking:
    """One of the two has it, so many minutes after the end of this one."""
    return replace(HELD, id=2, start=END + timedelta(minutes=minutes), state=BookingState.CONFIRMED)


def test_it_is_longer_when_both_have_asked() -> None:
    asked = ask_for_more(HELD, "mentee", END, [HELD])
    assert (asked.end, asked.more_time_asked_by) == (END, "mentee")
    agreed = ask_for_more(asked, "mentor", END, [HELD])
    assert (agreed.end, agreed.more_time_asked_by) == (END + timedelta(minutes=15), None)


def test_asking_twice_agrees_to_nothing() -> None:
    asked = ask_for_more(HELD, "mentee", END, [])
    assert ask_for_more(asked, "mentee", END, []) == asked


def test_who_presses_again_before_their_page_knows_asks_for_nothing() -> None:
    agreed = ask_for_more(ask_for_more(HELD, "mentee", END, []), "mentor", END, [])
    assert ask_for_more(agreed, "mentor", END, []) == agreed
    assert drop_request(replace(agreed, more_time_asked_by="mentee"), END).more_time_asked_by == "mentee"


def test_a_request_is_taken_back_or_not_agreed_to() -> None:
    assert drop_request(ask_for_more(HELD, "mentee", END, []), END) == HELD


@pytest.mark.parametrize(("minutes", "more"), [(0, MoreTime.TAKEN), (14, MoreTime.TAKEN), (15, MoreTime.FREE)])
def test_another_catch_up_of_one_of_the_two_leaves_no_time(minutes: int, more: MoreTime) -> None:
    assert more_time(HELD, [HELD, another(minutes)]) is more


def test_with_another_catch_up_nothing_is_asked_or_agreed_to() -> None:
    asked = ask_for_more(HELD, "mentee", END, [])
    for booking in (HELD, asked):
        with pytest.raises(NoMoreTime):
            ask_for_more(booking, "mentor", END, [another(5)])


def test_there_is_an_hour_more_and_not_longer() -> None:
    booking = HELD
    for _ in range(4):
        assert more_time(booking, []) is MoreTime.FREE
        for by in ("mentor", "mentee"):
            booking = ask_for_more(booking, by, booking.end, [])
    assert (booking.end, more_time(booking, [])) == (END + timedelta(hours=1), MoreTime.MOST)
    with pytest.raises(NoMoreTime):
        ask_for_more(booking, "mentor", booking.end, [])


def test_before_both_were_there_nothing_is_asked() -> None:
    with pytest.raises(NoMoreTime):
        ask_for_more(replace(HELD, state=BookingState.CONFIRMED), "mentor", END, [])
