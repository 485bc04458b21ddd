"""What rests on an answer; what undoing does then is tried in tests/server/catchups/actions/test_answers.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.join_window import Door
from server.catchups.rules.offers import Medium, Offer, OfferState
from server.catchups.rules.undoing import Built, may_undo

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = NOW + timedelta(days=1)
DOOR = Door()
MENTOR, MENTEE = 1, 2
OFFER = Offer(1, 1, MENTOR, MENTEE, "", frozenset(Medium), (START,), 30, OfferState.DECLINED, NOW, START)
ACCEPTED = replace(OFFER, state=OfferState.ACCEPTED)
SUGGESTED = replace(OFFER, state=OfferState.SUPERSEDED)
COUNTER = replace(OFFER, id=2, author_id=MENTEE, recipient_id=MENTOR, state=OfferState.OPEN, supersedes_id=1)
BOOKING = Booking(1, 1, 1, START, 30, Medium.VIDEO, BookingState.CONFIRMED)
NOTHING = Built(None, None, None)


@pytest.mark.parametrize(
    ("offer", "built", "expected"),
    [
        (OFFER, NOTHING, True),
        (OFFER, Built(None, COUNTER, None), False),
        (OFFER, Built(None, None, None, anew=True), False),
        (OFFER, Built(None, None, BOOKING), True),
        (OFFER, Built(None, None, replace(BOOKING, state=BookingState.CANCELLED)), False),
        (OFFER, Built(None, None, replace(BOOKING, start=NOW - timedelta(minutes=30))), False),
        (ACCEPTED, Built(BOOKING, None, None), True),
        (ACCEPTED, NOTHING, False),
        (ACCEPTED, Built(BOOKING, COUNTER, None), False),
        (ACCEPTED, Built(BOOKING, None, BOOKING), False),
        (ACCEPTED, Built(replace(BOOKING, start=NOW + DOOR.early), None, None), False),
        (ACCEPTED, Built(replace(BOOKING, state=BookingState.HELD), None, None), False),
        (SUGGESTED, Built(None, COUNTER, None), True),
        (SUGGESTED, NOTHING, False),
        (SUGGESTED, Built(None, replace(COUNTER, id=3, supersedes_id=2), None), False),
    ],
)
def test_an_answer_is_taken_back_while_nothing_rests_on_it(offer: Offer, built: Built, expected: bool) -> None:
    assert may_undo(offer, MENTEE, built, DOOR, NOW) is expected
    assert not may_undo(offer, MENTOR, built, DOOR, NOW)
    assert not may_undo(offer, MENTEE, built, DOOR, START)


@pytest.mark.parametrize("state", [OfferState.OPEN, OfferState.WITHDRAWN, OfferState.EXPIRED])
def test_where_nothing_was_answered_there_is_nothing_to_take_back(state: OfferState) -> None:
    assert not may_undo(replace(OFFER, state=state), MENTEE, NOTHING, DOOR, NOW)
