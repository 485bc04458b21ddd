"""Times are offered anew only where an offer came to nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.errors import OfferDecided, OfferOpen
from server.catchups.rules.new_times import check_ended
from server.catchups.rules.offers import Medium, Offer, OfferState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OVER = NOW + timedelta(days=1)
OFFER = Offer(1, 1, 1, 2, "", frozenset(Medium), (OVER,), 30, OfferState.OPEN, NOW, OVER)


@pytest.mark.parametrize("state", list(OfferState))
def test_what_was_declined_taken_back_or_ran_out_came_to_nothing(state: OfferState) -> None:
    offer = replace(OFFER, state=state)
    if state in (OfferState.ACCEPTED, OfferState.SUPERSEDED):
        with pytest.raises(OfferDecided):
            check_ended(offer, OVER)
    else:
        check_ended(offer, OVER)


def test_what_waits_is_answered_first() -> None:
    with pytest.raises(OfferOpen):
        check_ended(OFFER, NOW)


def test_a_wish_to_move_came_to_nothing_but_its_booking_stands() -> None:
    with pytest.raises(OfferDecided):
        check_ended(replace(OFFER, state=OfferState.DECLINED, moves_id=7), OVER)
