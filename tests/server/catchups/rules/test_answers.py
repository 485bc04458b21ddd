"""What rests on an answer; what undoing does then is tried in tests/server/catchups/actions/test_answers.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.answers import AnswerDependents, may_undo
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import Offer, OfferState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = NOW + timedelta(days=1)
WINDOW = JoinWindow()
MENTOR, MENTEE = 1, 2
OFFER = Offer(1, 1, MENTOR, MENTEE, "", frozenset(Medium), (START,), 30, OfferState.DECLINED, NOW, START)
ACCEPTED = replace(OFFER, state=OfferState.ACCEPTED)
SUGGESTED = replace(OFFER, state=OfferState.SUPERSEDED)
COUNTER = replace(OFFER, id=2, author_id=MENTEE, recipient_id=MENTOR, state=OfferState.OPEN, supersedes_id=1)
BOOKING = Booking(1, 1, 1, START, 30, Medium.VIDEO, BookingState.CONFIRMED)
NOTHING = AnswerDependents(None, None, None)


@pytest.mark.parametrize(
    ("offer", "built", "expected"),
    [
        (OFFER, NOTHING, True),
        (OFFER, AnswerDependents(None, COUNTER, None), False),
        (OFFER, AnswerDependents(None, None, None, new_times=True), False),
        (OFFER, AnswerDependents(None, None, BOOKING), True),
        (OFFER, AnswerDependents(None, None, replace(BOOKING, state=BookingState.CANCELLED)), False),
        (OFFER, AnswerDependents(None, None, replace(BOOKING, start=NOW - timedelta(minutes=30))), False),
        (ACCEPTED, AnswerDependents(BOOKING, None, None), True),
        (ACCEPTED, NOTHING, False),
        (ACCEPTED, AnswerDependents(BOOKING, COUNTER, None), False),
        (ACCEPTED, AnswerDependents(BOOKING, None, BOOKING), False),
        (ACCEPTED, AnswerDependents(replace(BOOKING, start=NOW + WINDOW.early), None, None), False),
        (ACCEPTED, AnswerDependents(replace(BOOKING, state=BookingState.HELD), None, None), False),
        (SUGGESTED, AnswerDependents(None, COUNTER, None), True),
        (SUGGESTED, NOTHING, False),
        (SUGGESTED, AnswerDependents(None, replace(COUNTER, id=3, supersedes_id=2), None), False),
    ],
)
def test_an_answer_is_taken_back_while_nothing_rests_on_it(
    offer: Offer, built: AnswerDependents, expected: bool
) -> None:
    assert may_undo(offer, MENTEE, built, WINDOW, NOW) is expected
    assert not may_undo(offer, MENTOR, built, WINDOW, NOW)
    assert not may_undo(offer, MENTEE, built, WINDOW, START)


@pytest.mark.parametrize("state", [OfferState.OPEN, OfferState.WITHDRAWN, OfferState.EXPIRED])
def test_where_nothing_was_answered_there_is_nothing_to_take_back(state: OfferState) -> None:
    assert not may_undo(replace(OFFER, state=state), MENTEE, NOTHING, WINDOW, NOW)
