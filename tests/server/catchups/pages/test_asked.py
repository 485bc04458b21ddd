"""What stands chosen on an offer's page. What it says of times and of undoing: test_offer.py, test_answer.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.catchups.pages.asked import Asked, Filled, filled
from server.catchups.rules.times import PossibleTime, TimeConflict

FIRST = datetime(2026, 11, 24, 15, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)
ASKED = Asked(times=(PossibleTime(FIRST), PossibleTime(SECOND)))


def test_the_first_that_is_left_stands_chosen() -> None:
    assert ASKED.chosen == FIRST
    assert replace(ASKED, times=(PossibleTime(FIRST, TimeConflict.TAKEN), PossibleTime(SECOND))).chosen == SECOND
    assert Asked().chosen is None


def test_what_was_chosen_stays_chosen_while_it_is_left() -> None:
    again = replace(ASKED, filled=Filled(start=SECOND.isoformat()))
    assert again.chosen == SECOND
    assert replace(again, times=(PossibleTime(FIRST), PossibleTime(SECOND, TimeConflict.OWN))).chosen == FIRST
    assert replace(again, filled=Filled(start="noon")).chosen == FIRST


def test_a_fresh_page_is_empty() -> None:
    assert filled(None) == Filled()
