"""What a filter means and its counts say."""

from datetime import UTC, date, datetime

from server.admin.rules.history import HistoryCounts, HistoryFilter, HistoryState
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.offers import OfferState


def counts(most=None, **numbers):
    return HistoryCounts({state: numbers.get(state.value, 0) for state in HistoryState}, most)


def test_every_state_of_a_booking_or_of_an_offer_without_one_can_be_shown():
    without = {OfferState.ACCEPTED, OfferState.SUPERSEDED}
    assert set(HistoryState) == set(BookingState) | set(OfferState) - without
    assert [state for state in HistoryState if state.booked] == [*HistoryState][: len(BookingState)]


def test_days_begin_and_end_at_midnight_of_their_zone():
    wanted = HistoryFilter("Europe/Stockholm", date(2026, 10, 24), date(2026, 10, 25))
    assert wanted.begins == datetime(2026, 10, 23, 22, tzinfo=UTC)
    assert wanted.ends == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_no_states_are_all_and_some_keep_their_order():
    assert HistoryFilter("UTC").wanted_states == tuple(HistoryState)
    some = frozenset({HistoryState.OPEN, HistoryState.HELD})
    assert HistoryFilter("UTC", states=some).wanted_states == (HistoryState.HELD, HistoryState.OPEN)


def test_what_was_moved_or_is_to_come_was_not_to_take_place_yet():
    found = counts(held=41, missed=4, cancelled=2, rescheduled=5, confirmed=3, open=7)
    assert (found.held, found.over) == (41, 47)
    assert found.of_states(tuple(HistoryState)) == 62


def test_up_to_most_counts_are_exact():
    assert counts(most=10, held=10).over == 10
    assert counts(most=10, held=10, missed=1).over is None
    assert counts(most=10, open=11).of_states((HistoryState.OPEN,)) is None
    assert (counts(most=10).is_more(11), counts(most=10).is_more(10), counts().is_more(10**6)) == (True, False, False)
